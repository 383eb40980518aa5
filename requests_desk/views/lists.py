"""The office's own lists in: uploaded, looked at, stored; refused rows come back in the same workbook."""

from io import BytesIO
from pathlib import PurePath

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from requests_desk.forms.lists import ListForm
from requests_desk.imports import jobs
from requests_desk.permissions import may_run_the_desk
from requests_desk.views import doors
from requests_desk.views.ledger_export import XLSX
from taian_factors.directory.models import Job
from taian_factors.directory.tasks import start_job
from taian_factors.lib.clock import now
from taian_factors.lib.pages import paginate, wants_fragment
from taian_factors.lib.sheets import write_sheet

JOBS_SHOWN = 10
HEADINGS = (
    "序号", "县市区", "企业名称", "统一社会信用代码", "项目名称", "产业链", "要素类别", "需求内容", "数量", "单位",
    "期望解决时间", "责任部门", "配合部门", "联系人", "联系电话", "备注",
)  # fmt: skip
EXAMPLES = (
    (1, "岱岳区", "山东示例装备有限公司", "", "示例产业园项目", "矿山装备", "土地", "新增工业用地指标", "120.5亩", "",
     "三季度", "市自规局", "住建局、高新区", "联系人甲", "0538-0000001", ""),
    (2, "新泰市", "示例食品有限公司", "", "示例二期项目", "现代食品", "能耗", "节能审查与能耗指标", "1.2万吨标准煤", "",
     "2023年8月", "发改委", "", "联系人乙", "0538-0000002", ""),
)  # fmt: skip
WIDTHS = (6, 12, 28, 22, 24, 16, 14, 32, 14, 10, 16, 16, 16, 10, 16, 16)
RUNNING = (Job.State.WAITING, Job.State.RUNNING)


@require_http_methods(["GET", "POST"])
def lists(request: HttpRequest) -> HttpResponse:
    """Ask for a list and show the earlier ones; POST keeps it and starts reading. Nothing is filed yet."""
    actor = doors.office(request) if request.method == "GET" else doors.desk(request)
    form = ListForm(request.POST, request.FILES) if request.method == "POST" else ListForm()
    if form.is_valid():
        file = form.cleaned_data["file"]
        asked = {"organization": actor.organization.pk, "role": actor.role, "kind": form.cleaned_data["kind"]}
        asked |= {"file": jobs.keep_file(file), "name": file.name}
        job = start_job(task=jobs.READ_TASK, label="核对清单", arguments=asked, user=actor.user, at=now())
        return redirect("requests_desk:list", pk=job.pk)
    earlier = Job.objects.visible_to(actor).filter(task=jobs.READ_TASK).select_related("created_by")
    context = {"form": form, "may_act": may_run_the_desk(actor), "jobs": earlier.order_by("-pk")[:JOBS_SHOWN]}
    return render(request, "requests_desk/lists/lists.html", context, status=422 if form.is_bound else 200)


def _reading(request: HttpRequest, pk: int, *, acts: bool = False) -> Job:
    actor = doors.desk(request) if acts else doors.office(request)
    return get_object_or_404(Job.objects.visible_to(actor).filter(task=jobs.READ_TASK), pk=pk)


@require_GET
def show_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far reading or storing is, what the list would bring, and what came of it; the page polls it."""
    job = _reading(request, pk)
    storing, preview = jobs.storing_of(job), jobs.load(job)
    page = paginate(request, preview.refused if preview else [])
    shown = {"job": job, "storing": storing, "preview": preview, "page": page}
    shown |= {"stored_so_far": jobs.stored_so_far(storing), "is_polled": wants_fragment(request)}
    shown["is_running"] = any(each and each.state in RUNNING for each in (job, storing))
    is_to_store = jobs.may_be_stored(job, storing) and bool(preview and preview.fresh)
    shown["may_store"] = is_to_store and may_run_the_desk(request.actor)
    name = "_list_progress" if wants_fragment(request) else "list"
    return render(request, f"requests_desk/lists/{name}.html", shown)


@require_POST
def store_list(request: HttpRequest, pk: int) -> HttpResponse:
    """Start storing a list that was read; one that is being stored, or was, is not stored again."""
    job, actor = _reading(request, pk, acts=True), request.actor
    if not jobs.may_be_stored(job, jobs.storing_of(job)):
        messages.info(request, "这份清单还没有核对好，或者已经在存入，没有重复存入。")
        return redirect("requests_desk:list", pk=pk)
    asked = {**job.arguments, "organization": actor.organization.pk, "role": actor.role, "reading": pk}
    start_job(task=jobs.STORE_TASK, label="存入清单", arguments=asked, user=actor.user, at=now())
    messages.success(request, "清单开始存入，存好的需求由推进办另一位同事受理。")
    return redirect("requests_desk:list", pk=pk)


@require_GET
def list_template(request: HttpRequest) -> FileResponse:
    """Give a list with the headings and two examples, to fill in or to try."""
    doors.office(request)
    target = BytesIO()
    write_sheet(target, title="要素需求清单", headings=HEADINGS, rows=EXAMPLES, widths=WIDTHS)
    target.seek(0)
    return FileResponse(target, as_attachment=True, filename="要素需求清单样表.xlsx", content_type=XLSX)


@require_GET
def refused_rows(request: HttpRequest, pk: int) -> FileResponse:
    """Give the uploaded workbook back, with the reasons beside the rows that cannot be stored."""
    job = _reading(request, pk)
    name = jobs.refused_file(job.arguments)
    if not default_storage.exists(name):
        raise Http404
    shown = f"{PurePath(job.arguments['name']).stem}-未入库原因.xlsx"
    return FileResponse(default_storage.open(name), as_attachment=True, filename=shown, content_type=XLSX)
