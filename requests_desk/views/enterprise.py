"""What an enterprise looks at: its filings, the review of a matter, and progress without signing in."""

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from requests_desk import ledger, reviewing
from requests_desk.forms import drafts
from requests_desk.forms.enterprise import ReviewForm, TrackForm
from requests_desk.journal import RefusedError
from requests_desk.models import FactorRequest, Filing, ReviewInvitation, SatisfactionReview
from requests_desk.views import origins, tries
from requests_desk.workflow import REVIEWABLE, RUNNING
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear, Factor
from taian_factors.lib.clock import now
from taian_factors.lib.pages import paginate
from taian_factors.lib.periods import local_day

FILINGS_PER_PAGE, DRAFTS_SHOWN = 10, 20
STEPS = {1: "requests_desk:file_contact", 2: "requests_desk:file_needs", 3: "requests_desk:file_check"}


@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """List an enterprise's filings, drafts on top; for staff those that they typed for enterprises."""
    actor = request.actor
    if actor is None or actor.is_auditor:
        raise PermissionDenied
    page = paginate(request, _filings(actor), FILINGS_PER_PAGE)
    begun = Filing.objects.drafts().begun_for(actor).select_related("typed_for").order_by("-saved_at", "-pk")
    context = {"page": page, "filings": _with_rows(page), "drafts": _drafts(actor), "begun": begun}
    return render(request, "requests_desk/enterprise/mine.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def review(request: HttpRequest, token: str) -> HttpResponse:
    """Review a matter by its one-time link. Looking records nothing: link scanners must not vote."""
    invitation = get_object_or_404(_invitations(), token=token)
    closed = _why_closed(invitation)
    form = ReviewForm(request.POST or None)
    if not closed and form.is_valid():
        try:
            given = reviewing.review(
                invitation=invitation,
                verdict=form.verdict,
                at=now(),
                actor=_holder(request, invitation),
                origin=origins.origin_of(request),
            )
        except RefusedError as error:
            form.add_error(error.field, str(error))
        else:
            return _thanked(request, given)
    return _review_page(request, invitation, form, closed)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def track(request: HttpRequest) -> HttpResponse:
    """Show states and lights by number and four digits: no names, and one answer for unknown and for wrong."""
    form, rows = TrackForm(request.POST or None), []
    if form.is_valid():
        if tries.too_often(request, "track", form.cleaned_data["number"]):
            form.add_error("number", "查询次数太多，请一小时后再试，或登录后查看。")
            return render(request, "requests_desk/enterprise/track.html", {"form": form}, status=429)
        rows = _tracked(**form.cleaned_data)
        if not rows:
            form.add_error("number", "没有查到。请核对编号和联系电话后四位。")
    context = {"form": form, "rows": rows, "asked_at": now()}
    return render(request, "requests_desk/enterprise/track.html", context, status=422 if form.errors else 200)


def _filings(actor: Actor):
    found = ledger.filings(actor)
    return found if actor.is_enterprise else found.filter(typed_for=actor.organization)


def _with_rows(filings) -> list[dict]:
    """Filings as the page shows them: state, and each request with its light and what comes next."""
    at, calendar = now(), CalendarYear.objects.calendar()
    return [
        {
            "filing": filing,
            "state": ledger.filing_state(filing),
            "rows": [ledger.row(r, at=at, calendar=calendar) for r in filing.factor_requests.all()],
        }
        for filing in filings
    ]


def _drafts(actor: Actor) -> list[dict]:
    """What the actor's body is writing, each with what it still lacks and the step where that is."""
    factors = {factor.code: factor for factor in Factor.objects.all()}
    found = Filing.objects.visible_to(actor).drafts().filter(typed_for=actor.organization)
    return [
        {
            "draft": draft,
            "title": drafts.title(draft, factors),
            "gaps": (missing := drafts.gaps(draft, factors, local_day(now()))),
            "url": reverse(STEPS[missing[0].step if missing else 3], args=[draft.pk]),
        }
        for draft in found.select_related("enterprise").order_by("-saved_at", "-pk")[:DRAFTS_SHOWN]
    ]


def _invitations():
    return ReviewInvitation.objects.select_related(
        "factor_request__factor", "factor_request__enterprise", "assignment__review"
    )


def _given(invitation: ReviewInvitation) -> SatisfactionReview | None:
    return SatisfactionReview.objects.filter(factor_request=invitation.factor_request).first()


def _why_closed(invitation: ReviewInvitation) -> str:
    given = _given(invitation)
    if given is not None and given.changed_at is not None:
        return "评价已经修改过一次，不能再改。感谢您的评价。"
    if invitation.factor_request.state not in REVIEWABLE:
        return "这件事已撤回，不再评价。"
    if invitation.is_overtaken:
        return _why_overtaken(invitation.factor_request)
    return "评价期限已过。如还有意见，请联系市工业推进办。" if now() > invitation.open_until else ""


def _why_overtaken(factor_request: FactorRequest) -> str:
    """A link is about one completion; what came after a redo has its own."""
    if factor_request.completed_at is None and factor_request.state in RUNNING:
        return "这件事已重新办理，办结后会向联系人发送新的评价链接。"
    return "这件事后来重新办理过，请用最近一次办结时收到的评价链接。"


def _holder(request: HttpRequest, invitation: ReviewInvitation) -> Actor | None:
    """The enterprise's own person, when signed in; else whoever holds the link."""
    actor = request.actor
    mine = actor is not None and actor.organization.pk == invitation.factor_request.enterprise_id
    return actor if mine else None


def _thanked(request: HttpRequest, given: SatisfactionReview) -> HttpResponse:
    more = "" if given.changed_at else "期限内还可以修改一次。"
    messages.success(request, f"评价已记录，谢谢。{more}")
    return origins.remember_device(request, redirect(request.path))


def _review_page(
    request: HttpRequest, invitation: ReviewInvitation, form: ReviewForm, closed: str
) -> HttpResponse:
    context = {"invitation": invitation, "form": form, "closed": closed, "given": _given(invitation)}
    status = 410 if closed else 422 if form.errors else 200
    return render(request, "requests_desk/enterprise/review.html", context, status=status)


def _tracked(number: str, digits: str) -> list[ledger.Row]:
    whole = number.rpartition("-")[0]
    filing = Filing.objects.submitted().filter(number__in=[number, whole]).first()
    if filing is None or not constant_time_compare(filing.contact_phone[-4:], digits):
        return []
    wanted = {"number": number} if filing.number != number else {}
    requests = FactorRequest.objects.filter(filing=filing, **wanted).with_parts().order_by("pk")
    return ledger.rows(requests, at=now())
