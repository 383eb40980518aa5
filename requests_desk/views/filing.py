"""Filing in three steps. Each step is a form that also saves itself; what was typed is kept, right or wrong."""

import re
import unicodedata
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from requests_desk import drafting, intake
from requests_desk.forms import drafts
from requests_desk.journal import RefusedError
from requests_desk.models import FactorRequest, Filing
from requests_desk.permissions import may_file_for
from requests_desk.similar import like
from requests_desk.views import papers
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Factor, Organization
from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day

FOUND_AT_MOST = 20


@require_http_methods(["GET", "POST"])
def file(request: HttpRequest) -> HttpResponse:
    """Begin a filing: an enterprise with step one, staff by choosing the enterprise."""
    actor = _filer(request)
    if actor.is_enterprise:
        return _contact_step(request, actor.organization, _begun(request, actor))
    words = request.GET.get("q", "").strip()
    code = re.sub(r"\s", "", unicodedata.normalize("NFKC", words)).upper()  # as it was pasted
    matching = Q(name__icontains=words) | Q(short__icontains=words) | Q(profile__credit_code=code)
    found = _enterprises(actor).filter(matching).order_by("name")[:FOUND_AT_MOST] if words else []
    return render(request, "requests_desk/enterprise/find.html", {"words": words, "found": found})


@require_http_methods(["GET", "POST"])
def file_for(request: HttpRequest, enterprise: int) -> HttpResponse:
    """Begin a filing for an enterprise that the staff see; it is marked with who typed it."""
    actor = _filer(request)
    return _contact_step(
        request, get_object_or_404(_enterprises(actor), pk=enterprise), _begun(request, actor)
    )


@require_http_methods(["GET", "POST"])
def file_contact(request: HttpRequest, pk: int) -> HttpResponse:
    """Step one of a draft: project and contact."""
    draft = _draft(request, pk)
    return _contact_step(request, draft.enterprise, draft)


@require_http_methods(["GET", "POST"])
def file_needs(request: HttpRequest, pk: int) -> HttpResponse:
    """Step two: the needs. Every button sends the whole form, so that nothing typed is lost."""
    draft = _draft(request, pk)
    if request.method == "GET":
        return _needs_page(request, draft)
    draft = _save(request, draft.enterprise, draft, _with_buttons(drafts.of(draft), request.POST))
    sent = papers.laid_beside(request, draft)
    if request.htmx:
        return _autosaved(request, draft, sent)
    if sent.problems:
        return _needs_page(request, draft, problems=sent.problems)
    if "next" not in request.POST:
        return redirect(_after_button(request, draft))
    if _forms(request, draft, is_checked=True).are_needs_valid:
        return redirect("requests_desk:file_check", draft.pk)
    return _needs_page(request, draft, is_checked=True)


@require_http_methods(["GET", "POST"])
def file_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Step three: look it over and send it. Sent twice, it is the same filing."""
    actor = _filer(request)
    draft = get_object_or_404(_typed_by(actor), pk=pk)
    if draft.submitted_at:
        messages.info(request, f"申报 {draft.number} 已经提交，不用再交。")
        return redirect("requests_desk:mine")
    forms, refused = _forms(request, draft, is_checked=True), ""
    if request.method == "POST" and forms.is_complete:
        try:
            return _sent(request, _submit(draft, forms, actor))
        except RefusedError as error:
            refused = str(error)
    context = {"draft": draft, "forms": forms, "refused": refused, **_rows(forms, _blocks(draft))}
    status = 422 if request.method == "POST" else 200
    return render(request, "requests_desk/enterprise/check.html", context, status=status)


@require_POST
def file_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a draft away."""
    drafting.discard_draft(_draft(request, pk), actor=request.actor)
    messages.success(request, "草稿已放弃。")
    return redirect("requests_desk:mine")


@require_POST
def file_take_over(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an enterprise go on with what a body began for it."""
    actor = _filer(request)
    begun = get_object_or_404(Filing.objects.drafts().begun_for(actor), pk=pk)
    draft = drafting.take_over(begun, actor=actor, at=now())
    messages.success(request, f"已由您接着填。{draft.begun_for.short}先前录入的内容都在，请核对后提交。")
    return redirect("requests_desk:file_contact", draft.pk)


@require_GET
def file_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """Show who filed that it has arrived: the numbers, and what comes next."""
    sent = _typed_by(_filer(request)).submitted().select_related("enterprise")
    filing = get_object_or_404(sent.prefetch_related("factor_requests__factor"), pk=pk)
    due_at = filing.factor_requests.all()[0].accept_due_at
    return render(request, "requests_desk/enterprise/receipt.html", {"filing": filing, "due_at": due_at})


def _filer(request: HttpRequest) -> Actor:
    actor: Actor | None = request.actor
    if actor is None or not may_file_for(actor, actor.organization.pk) or actor.is_auditor:
        raise PermissionDenied
    return actor


def _enterprises(actor: Actor):
    found = Organization.objects.visible_to(actor).enterprises().active()
    return found.select_related("profile__division", "profile__chain")


def _typed_by(actor: Actor):
    """What the actor's body wrote; for an enterprise that is among what it sees, for staff it is all they may edit."""
    return Filing.objects.filter(typed_for=actor.organization, is_discarded=False)


def _draft(request: HttpRequest, pk: int) -> Filing:
    mine = Filing.objects.visible_to(_filer(request)).drafts()
    return get_object_or_404(mine.select_related("enterprise__profile__division"), pk=pk)


def _begun(request: HttpRequest, actor: Actor) -> Filing | None:
    """The draft that this very page has begun already, by an autosave or a double click."""
    key = request.POST.get("key")
    return _typed_by(actor).drafts().filter(draft__key=key).first() if key else None


def _forms(request: HttpRequest, draft: Filing, *, is_checked: bool = False) -> drafts.DraftForms:
    is_on_behalf = draft.enterprise_id != request.actor.organization.pk
    return drafts.DraftForms(
        drafts.of(draft), draft.enterprise, local_day(now()), is_on_behalf, is_checked=is_checked
    )


def _save(request: HttpRequest, enterprise: Organization, draft: Filing | None, content: dict) -> Filing:
    return drafting.save_draft(draft, enterprise=enterprise, content=content, actor=request.actor, at=now())


def _contact_step(request: HttpRequest, enterprise: Organization, draft: Filing | None) -> HttpResponse:
    content = drafts.of(draft) if draft else drafts.begin(request.POST.get("key") or uuid4().hex)
    is_sent, is_on_behalf = request.method == "POST", enterprise != request.actor.organization
    if is_sent:
        content = drafts.with_contact(content, request.POST)
        draft = _save(request, enterprise, draft, content)
    if request.htmx and is_sent:
        return HttpResponse(status=204)
    forms = drafts.DraftForms(content, enterprise, local_day(now()), is_on_behalf, is_checked=is_sent)
    if is_sent and forms.contact.is_valid():
        return redirect("requests_desk:file_needs", draft.pk)
    context = {"draft": draft, "forms": forms, "enterprise": enterprise}
    return render(request, "requests_desk/enterprise/contact.html", context, status=422 if is_sent else 200)


def _needs_page(
    request: HttpRequest, draft: Filing, *, is_checked: bool = False, problems: papers.Problems | None = None
) -> HttpResponse:
    forms = _forms(request, draft, is_checked=is_checked)
    context = {
        "draft": draft,
        "forms": forms,
        "factors": Factor.objects.filter(is_active=True).order_by("position"),
        "problems": problems,
        **_rows(forms, _blocks(draft, problems)),
    }
    status = 422 if is_checked or problems else 200
    return render(request, "requests_desk/enterprise/needs.html", context, status=status)


def _blocks(draft: Filing, problems: papers.Problems | None = None) -> dict[str, papers.Block]:
    """What stands beside each need: its papers, and earlier requests like it."""
    alike = like(draft.enterprise_id, drafts.wordings(drafts.of(draft)))
    return papers.blocks(draft, alike, problems or {})


def _rows(forms: drafts.DraftForms, blocks: dict[str, papers.Block]) -> dict[str, Any]:
    """Put each need's form and what stands beside it together, for the page."""
    return {"rows": [(form, blocks[form.need_id]) for form in forms.needs], "whole": blocks[papers.WHOLE]}


def _autosaved(request: HttpRequest, draft: Filing, sent: papers.Sent) -> HttpResponse:
    """Answer a form that saved itself: with what changed beside its needs, mostly nothing."""
    blocks = _blocks(draft, sent.problems).values()
    fresh = {
        "sent": [block for block in blocks if block.need in sent.needs],
        "alike": [block for block in blocks if block.numbers != request.POST.get(f"alike{block.need}", "")],
    }
    if not any(fresh.values()):
        return HttpResponse(status=204)
    return render(request, "requests_desk/enterprise/_autosaved.html", {**fresh, "draft": draft})


def _with_buttons(content: dict, typed) -> dict:
    """The draft as typed, and with what the button says: one need more (add) or less (remove)."""
    content = drafts.with_needs(content, typed)
    if "remove" in typed:
        content = drafts.without(content, typed["remove"])
    return drafts.with_another(content, typed["add"]) if "add" in typed else content


def _after_button(request: HttpRequest, draft: Filing) -> str:
    """Where a button leads: back to step one, or to the need that was just added."""
    typed, needs = request.POST, draft.draft["needs"]
    if "back" in typed:
        return reverse("requests_desk:file_contact", args=[draft.pk])
    if "later" in typed:
        return reverse("requests_desk:mine")
    place = f"#need{needs[-1]['id']}" if "add" in typed and needs else "#more"
    if "detach" in typed:
        place = papers.taken_away(request, draft)
    if "supplement" in typed:
        _supplement(request, draft)
    return reverse("requests_desk:file_needs", args=[draft.pk]) + place


def _supplement(request: HttpRequest, draft: Filing) -> None:
    """Add a need's words and papers to an earlier request, and say what became of it."""
    need, _, number = request.POST["supplement"].partition(":")
    earlier = get_object_or_404(FactorRequest.objects.visible_to(request.actor), number=number)
    wording = drafts.wordings(drafts.of(draft)).get(need)
    if wording is None:
        return
    said = "\n".join(filter(None, [wording.headline, wording.story]))
    try:
        drafting.supplement_instead(draft, need=need, text=said, to=earlier, actor=request.actor, at=now())
    except RefusedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已补充到 {number}，承办单位会看到；这份申报里不再重复。")


def _submit(draft: Filing, forms: drafts.DraftForms, actor: Actor) -> Filing:
    return intake.file(
        enterprise=draft.enterprise,
        needs=[form.need for form in forms.needs],
        project=forms.contact.chosen,
        new_project=forms.contact.named,
        contact=forms.contact.contact,
        channel=drafts.channel(draft),
        draft=draft,
        actor=actor,
        at=now(),
    )


def _sent(request: HttpRequest, filing: Filing) -> HttpResponse:
    messages.success(request, f"申报已提交，编号 {filing.number}，市工业推进办正在受理。")
    return redirect("requests_desk:file_receipt", filing.pk)
