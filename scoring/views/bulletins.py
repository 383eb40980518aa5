"""Bulletins: listed, composed, edited, issued, and out as a paper."""

from io import BytesIO

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from scoring import bulletins as verbs
from scoring import documents, permissions, standings, wording
from scoring.forms.bulletins import BulletinForm, ComposeForm
from scoring.models import Bulletin
from scoring.views import doors
from taian_factors.lib.clock import now
from taian_factors.lib.pages import paginate

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


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
    """Compose a bulletin from published months."""
    actor = doors.office(request, allowed=permissions.may_compose(request.actor))
    form = ComposeForm(request.POST, periods=standings.complete_periods())
    if not form.is_valid():
        return _list(request, form, 422)
    try:
        made = verbs.compose(period=doors.period(form.cleaned_data["period"]), actor=actor, at=now())
    except verbs.BulletinError as error:
        form.add_error("period", str(error))
        return _list(request, form, 409)
    messages.success(request, "已起草，可以修改文字，由另一位负责人签发。")
    return redirect("scoring:bulletin", pk=made.pk)


def _bulletin(request: HttpRequest, pk: int) -> Bulletin:
    return get_object_or_404(Bulletin.objects.visible_to(doors.staff(request)).select_related("run"), pk=pk)


@require_GET
def bulletin(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a bulletin as it will be printed."""
    return _show(request, _bulletin(request, pk))


def _show(request: HttpRequest, found: Bulletin, error: str = "", status: int = 200) -> HttpResponse:
    actor, numbers = request.actor, found.numbers
    context = {
        "bulletin": found,
        "sections": verbs.paragraphs(found),
        "headings": documents.ranking_headings(numbers),
        "groups": [(group["name"], documents.ranking_rows(group["rows"])) for group in numbers["groups"]],
        "unranked": documents.ranking_rows(numbers["unranked"]),
        "length": wording.length(found.title, found.sections),
        "longest": wording.LONGEST,
        "may_edit": permissions.may_compose(actor) and found.issued_at is None,
        "may_issue": permissions.may_issue(actor) and found.issued_at is None,
        "error": error,
    }
    return render(request, "scoring/bulletin.html", context, status=status)


@require_http_methods(["GET", "POST"])
def edit_bulletin(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the words of a draft."""
    actor = doors.office(request, allowed=permissions.may_compose(request.actor))
    found = _bulletin(request, pk)
    form = BulletinForm(request.POST or None, bulletin=found)
    if form.is_valid():
        title = form.cleaned_data["title"]
        try:
            verbs.edit(bulletin=found, title=title, texts=form.texts(), actor=actor, at=now())
        except verbs.BulletinError as error:
            return _show(request, found, str(error), 409)
        messages.success(request, "文字已保存。")
        return redirect("scoring:bulletin", pk=pk)
    context = {"form": form, "bulletin": found, "longest": wording.LONGEST}
    return render(request, "scoring/edit_bulletin.html", context, status=422 if form.is_bound else 200)


@require_POST
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue a bulletin: number it and freeze it."""
    doors.office(request)
    if not permissions.may_issue(request.actor):
        raise PermissionDenied
    found = _bulletin(request, pk)
    try:
        found = verbs.issue(bulletin=found, actor=request.actor, at=now())
    except verbs.BulletinError as error:
        return _show(request, found, str(error), 409)
    messages.success(request, f"已印发，文号{found.document_number}。")
    return redirect("scoring:bulletin", pk=pk)


@require_GET
def bulletin_docx(request: HttpRequest, pk: int) -> FileResponse:
    """Give a bulletin as a Word paper in the look of GB/T 9704."""
    found, paper = _bulletin(request, pk), BytesIO()
    documents.write_bulletin(found, paper)
    paper.seek(0)
    return FileResponse(paper, as_attachment=True, filename=f"{found.title}.docx", content_type=DOCX)
