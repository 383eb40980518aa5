"""Filing in three steps. Each step is a form that also saves itself; what was typed is kept, right or wrong."""

import re
import unicodedata
from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from requests_desk import intake
from requests_desk.forms import drafts
from requests_desk.journal import RefusedError
from requests_desk.models import Filing
from requests_desk.permissions import may_file_for
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
    if request.htmx:
        return HttpResponse(status=204)
    if "next" not in request.POST:
        return redirect(_after_button(draft, request.POST))
    if _forms(draft, is_checked=True).are_needs_valid:
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
    forms, refused = _forms(draft, is_checked=True), ""
    if request.method == "POST" and forms.is_complete:
        try:
            return _sent(request, _submit(draft, forms, actor))
        except RefusedError as error:
            refused = str(error)
    context = {"draft": draft, "forms": forms, "refused": refused}
    status = 422 if request.method == "POST" else 200
    return render(request, "requests_desk/enterprise/check.html", context, status=status)


@require_POST
def file_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a draft away."""
    intake.discard_draft(_draft(request, pk))
    messages.success(request, "草稿已放弃。")
    return redirect("requests_desk:mine")


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


def _forms(draft: Filing, *, is_checked: bool = False) -> drafts.DraftForms:
    return drafts.DraftForms(drafts.of(draft), draft.enterprise, local_day(now()), is_checked)


def _save(request: HttpRequest, enterprise: Organization, draft: Filing | None, content: dict) -> Filing:
    return intake.save_draft(draft, enterprise=enterprise, content=content, actor=request.actor, at=now())


def _contact_step(request: HttpRequest, enterprise: Organization, draft: Filing | None) -> HttpResponse:
    content = drafts.of(draft) if draft else drafts.begin(request.POST.get("key") or uuid4().hex)
    is_sent = request.method == "POST"
    if is_sent:
        content = drafts.with_contact(content, request.POST)
        draft = _save(request, enterprise, draft, content)
    if request.htmx and is_sent:
        return HttpResponse(status=204)
    forms = drafts.DraftForms(content, enterprise, local_day(now()), is_sent)
    if is_sent and forms.contact.is_valid():
        return redirect("requests_desk:file_needs", draft.pk)
    context = {"draft": draft, "forms": forms, "enterprise": enterprise}
    return render(request, "requests_desk/enterprise/contact.html", context, status=422 if is_sent else 200)


def _needs_page(request: HttpRequest, draft: Filing, *, is_checked: bool = False) -> HttpResponse:
    factors = Factor.objects.filter(is_active=True).order_by("position")
    context = {"draft": draft, "forms": _forms(draft, is_checked=is_checked), "factors": factors}
    return render(request, "requests_desk/enterprise/needs.html", context, status=422 if is_checked else 200)


def _with_buttons(content: dict, typed) -> dict:
    """The draft as typed, and with what the button says: one need more (add) or less (remove)."""
    content = drafts.with_needs(content, typed)
    if "remove" in typed:
        content = drafts.without(content, typed["remove"])
    return drafts.with_another(content, typed["add"]) if "add" in typed else content


def _after_button(draft: Filing, typed) -> str:
    """Where a button leads: back to step one, or to the need that was just added."""
    if "back" in typed:
        return reverse("requests_desk:file_contact", args=[draft.pk])
    if "later" in typed:
        return reverse("requests_desk:mine")
    needs = draft.draft["needs"]
    place = f"#need{needs[-1]['id']}" if "add" in typed and needs else "#more"
    return reverse("requests_desk:file_needs", args=[draft.pk]) + place


def _submit(draft: Filing, forms: drafts.DraftForms, actor: Actor) -> Filing:
    return intake.file(
        enterprise=draft.enterprise,
        needs=[form.need for form in forms.needs],
        project=forms.contact.chosen,
        new_project=forms.contact.named,
        contact=forms.contact.contact,
        draft=draft,
        actor=actor,
        at=now(),
    )


def _sent(request: HttpRequest, filing: Filing) -> HttpResponse:
    messages.success(request, f"申报已提交，编号 {filing.number}，市工业推进办正在受理。")
    return redirect("requests_desk:file_receipt", filing.pk)
