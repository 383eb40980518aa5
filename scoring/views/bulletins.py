"""Bulletins: listed, composed, read, and out as files; slow work is a job that the page watches."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET, require_POST

from scoring import bulletins as verbs
from scoring import permissions, standings, wording
from scoring.bulletin_papers import paper_of
from scoring.forms.bulletins import ComposeForm, IssueForm
from scoring.models import Bulletin, BulletinFile
from scoring.views import doors
from taian_factors.directory.models import Job
from taian_factors.directory.tasks import start_job
from taian_factors.lib.clock import now
from taian_factors.lib.pages import paginate, wants_fragment
from taian_factors.lib.periods import local_day

COMPOSE_TASK, PRINT_TASK = "scoring.compose_bulletin", "scoring.print_bulletin"
TYPES = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}


@require_GET
def bulletins(request: HttpRequest) -> HttpResponse:
    """List the bulletins, with the form that composes one."""
    return _list(request, ComposeForm(periods=standings.complete_periods()))


def _list(request: HttpRequest, form: ComposeForm, status: int = 200) -> HttpResponse:
    actor = doors.staff(request)
    page = paginate(request, Bulletin.objects.visible_to(actor).order_by("-composed_at", "-pk"))
    context = {"page": page, "form": form, "may_compose": permissions.may_compose(actor)}
    return render(request, "scoring/bulletins.html", context, status=status)


@require_POST
def compose(request: HttpRequest) -> HttpResponse:
    """Start to compose a bulletin from published months."""
    actor = doors.office(request, allowed=permissions.may_compose(request.actor))
    form = ComposeForm(request.POST, periods=standings.complete_periods())
    if not form.is_valid():
        return _list(request, form, 422)
    asked = {"period": doors.period(form.cleaned_data["period"]).key}
    asked |= {"organization": actor.organization.pk, "role": actor.role, "again": form.cleaned_data["again"]}
    job = start_job(task=COMPOSE_TASK, label="起草通报", arguments=asked, user=actor.user, at=now())
    return redirect("scoring:bulletin_job", pk=job.pk)


@require_GET
def bulletin_job(request: HttpRequest, pk: int) -> HttpResponse:
    """Show how far the composing is; the page polls it, and a finished one leads to its bulletin."""
    actor = doors.office(request)
    job = get_object_or_404(Job.objects.visible_to(actor).filter(task=COMPOSE_TASK), pk=pk)
    fragment = wants_fragment(request)
    if job.state == Job.State.DONE and not fragment:
        messages.success(request, job.message)
        return redirect(job.result_url)
    name = "_bulletin_progress" if fragment else "bulletin_job"
    return render(request, f"scoring/{name}.html", {"job": job})


def found(request: HttpRequest, pk: int) -> Bulletin:
    """Return a bulletin that the actor sees."""
    seen = Bulletin.objects.visible_to(doors.staff(request)).with_people()
    return get_object_or_404(seen, pk=pk)


@require_GET
def bulletin(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a bulletin as it will be printed."""
    return show(request, found(request, pk))


def show(
    request: HttpRequest,
    shown: Bulletin,
    *,
    error: str = "",
    form: IssueForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """Answer with a bulletin's page, with what went wrong on it."""
    actor = request.actor
    proposed = Bulletin.objects.last_number(local_day(now()).year) + 1
    may_issue = permissions.may_issue(actor) and shown.is_draft
    context = _files(request, shown) | {
        "paper": paper_of(shown),
        "length": wording.length(shown.title, shown.sections),
        "longest": wording.LONGEST,
        "may_edit": permissions.may_compose(actor) and shown.is_draft,
        "may_issue": may_issue,
        "issue_form": form or IssueForm(initial={"number": proposed}),
        "obstacles": verbs.obstacles(shown) if shown.is_draft else [],
        "error": error,
    }
    return render(request, "scoring/bulletin.html", context, status=status)


def _files(request: HttpRequest, shown: Bulletin) -> dict[str, Any]:
    """The files as they stand, and the job that makes them, if the address names one."""
    number = request.GET.get("job", "")
    jobs = Job.objects.filter(task=PRINT_TASK, arguments__bulletin=shown.pk)
    return {
        "bulletin": shown,
        "files": list(BulletinFile.objects.of(shown)),
        "wanted": len(BulletinFile.Format),
        "job": jobs.filter(pk=number).first() if number.isdigit() else None,
    }


@require_GET
def bulletin_files(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the files of a bulletin and how far they are; the page polls it."""
    return render(request, "scoring/_bulletin_files.html", _files(request, found(request, pk)))


@require_POST
def print_bulletin(request: HttpRequest, pk: int) -> HttpResponse:
    """Start to make the files that a bulletin does not have yet."""
    return start_printing(request, found(request, pk))


def start_printing(request: HttpRequest, shown: Bulletin) -> HttpResponse:
    """Start the job that makes the files, and lead to the page that watches it."""
    asked = {"bulletin": shown.pk}
    job = start_job(task=PRINT_TASK, label="生成通报文件", arguments=asked, user=request.actor.user, at=now())
    return redirect(f"{reverse('scoring:bulletin', args=[shown.pk])}?job={job.pk}")


@require_GET
def bulletin_file(request: HttpRequest, pk: int, kind: str) -> HttpResponse:
    """Give a file of a bulletin as it was made."""
    shown = found(request, pk)
    file = get_object_or_404(BulletinFile.objects.of(shown).filter(format=kind).defer(None))
    answer = HttpResponse(bytes(file.content), content_type=TYPES[kind])
    draft = "" if file.is_issued else f"（草稿第{file.version}版）"
    answer["Content-Disposition"] = content_disposition_header(True, f"{shown.title}{draft}.{kind}")
    return answer
