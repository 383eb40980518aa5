"""Drafts of bulletins: edited in versions, compared, set aside, signed off."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from scoring import bulletins as verbs
from scoring import permissions, wording
from scoring.differences import compare
from scoring.forms.bulletins import BulletinForm, CompareForm, IssueForm
from scoring.models import Bulletin
from scoring.views import doors
from scoring.views.bulletins import found, show, start_printing
from taian_factors.lib.clock import now
from taian_factors.lib.pages import paginate


@require_http_methods(["GET", "POST"])
def edit_bulletin(request: HttpRequest, pk: int) -> HttpResponse:
    """Change the words of a draft; each save is a version, and a late one shows the difference."""
    actor = doors.office(request, allowed=permissions.may_compose(request.actor))
    shown = found(request, pk)
    if stands := verbs.why_it_stands(shown):
        return show(request, shown, error=stands, status=doors.refusal(request))
    form = BulletinForm(request.POST or None, bulletin=shown)
    if not form.is_valid():
        return _editor(request, shown, form, 422 if form.is_bound else 200)
    words = {"title": form.cleaned_data["title"], "texts": form.texts(), "base": form.cleaned_data["base"]}
    try:
        saved = verbs.edit(bulletin=shown, actor=actor, at=now(), **words)
    except verbs.StaleError as error:
        return _editor(request, Bulletin.objects.get(pk=pk), form, 409, str(error))
    except verbs.BulletinError as error:
        return show(request, shown, error=str(error), status=409)
    then = "签发前还须改好下面列出的内容" if verbs.obstacles(saved) else "可由另一位负责人签发"
    messages.success(request, f"文字已保存为第{saved.version}版，{then}。")
    return redirect("scoring:bulletin", pk=pk)


def _editor(
    request: HttpRequest, shown: Bulletin, form: BulletinForm, status: int, stale: str = ""
) -> HttpResponse:
    """The form with the count of its words; after a late save also what the other version says otherwise."""
    if stale:
        form.rebase(shown.version)
    title, sections = form.words() if form.is_bound else (shown.title, shown.sections)
    context = {
        "form": form,
        "bulletin": shown,
        "length": wording.length(title, sections),
        "fixed": sum(len(section["heading"]) for section in shown.sections),
        "longest": wording.LONGEST,
        "stale": stale,
        "parts": compare((shown.title, shown.sections), (title, sections)) if stale else [],
    }
    return render(request, "scoring/edit_bulletin.html", context, status=status)


@require_GET
def bulletin_versions(request: HttpRequest, pk: int) -> HttpResponse:
    """List the versions of a bulletin, and show what changed between two of them."""
    doors.office(request)
    shown = found(request, pk)
    page = paginate(request, shown.versions.select_related("saved_by").order_by("-number"))
    newest = {"earlier": max(shown.version - 1, 1), "later": shown.version}
    form = CompareForm(request.GET if "later" in request.GET else newest, last=shown.version)
    texts = {}
    if form.is_valid():
        texts = {each.number: each for each in shown.versions.filter(number__in=form.cleaned_data.values())}
    pair = [texts[form.cleaned_data[name]] for name in ("earlier", "later")] if texts else []
    parts = compare(*((each.title, each.sections) for each in pair)) if pair else []
    context = {"bulletin": shown, "page": page, "form": form, "parts": parts}
    return render(request, "scoring/bulletin_versions.html", context, status=200 if form.is_valid() else 422)


@require_POST
def set_aside(request: HttpRequest, pk: int) -> HttpResponse:
    """Set a draft aside."""
    actor = doors.office(request, allowed=permissions.may_compose(request.actor))
    shown = found(request, pk)
    try:
        verbs.set_aside(bulletin=shown, actor=actor, at=now())
    except verbs.BulletinError as error:
        return show(request, shown, error=str(error), status=409)
    messages.success(request, f"已搁置《{shown.title}》，各版本仍可查看。")
    return redirect("scoring:bulletins")


@require_POST
def issue(request: HttpRequest, pk: int) -> HttpResponse:
    """Issue a bulletin: number it, freeze it, and start to make its files."""
    doors.office(request)
    if not permissions.may_issue(request.actor):
        raise PermissionDenied
    shown, form = found(request, pk), IssueForm(request.POST)
    if not form.is_valid():
        return show(request, shown, form=form, status=422)
    try:
        issued = verbs.issue(
            bulletin=shown, number=form.cleaned_data["number"], actor=request.actor, at=now()
        )
    except verbs.BulletinError as error:
        return show(request, shown, error=str(error), form=form, status=409)
    messages.success(request, f"已印发，文号{issued.document_number}；各部门现在都能看到。")
    return start_printing(request, issued)
