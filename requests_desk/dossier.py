"""One request with all that its page shows, as its reader may see it. Never writes.

The number of queries is bounded: what no event of the request has written is not asked for.
"""

from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.db.models import Prefetch, Q, QuerySet, prefetch_related_objects

from requests_desk import challenges, ledger, permissions
from requests_desk.ledger import Clock, Row
from requests_desk.models import (
    Assignment,
    Attachment,
    AttachmentDownload,
    Claim,
    FactorRequest,
    FollowUp,
    HandBack,
    JointConsultation,
    ListedNeed,
    Milestone,
    OfficeList,
    OpenCall,
    Reply,
    RequestEvent,
    ReviewInvitation,
    SatisfactionReview,
    Suspension,
    UpwardEffort,
    Whistle,
)
from requests_desk.next_steps import Next, next_step
from requests_desk.office_lists import proposals
from requests_desk.pleas import open_plea
from requests_desk.telling import Line, clock_changes, line
from requests_desk.workflow import RUNNING, Party
from taian_factors.directory.actors import Actor, any_actor
from taian_factors.directory.models import CalendarYear, FactorVersion
from taian_factors.lib.prepared import Prepared, keep, slot
from taian_factors.lib.workdays import WorkCalendar

_SUSPENDING = {"ask_suspension", "convene", "open_call"}  # the verbs that write a suspension
_BETWEEN_LEAD_AND_OFFICE = {"hand_back", "rule_hand_back"}  # what a body that reads an open call is not told
FETCHED = 30  # downloads that the office's page lists; the administration has all of them


@dataclass(frozen=True)
class Part:
    """One assignment: its running clocks, and what changed them, told line by line."""

    assignment: Assignment
    clocks: list[Clock]
    changes: list[str]
    is_mine: bool


@dataclass(frozen=True)
class Dossier:
    """A request as its reader sees it. ``held`` are the running parts, one's own first; ``past`` the ended ones."""

    factor_request: FactorRequest
    parties: Party
    row: Row
    next: Next
    held: list[Part]
    past: list[Part]
    replies: list[Reply]
    lines: list[Line]
    whistle: Whistle | None
    hand_back: HandBack | None
    plea: RequestEvent | None
    consultations: list[JointConsultation]
    call: OpenCall | None
    claims: list[Claim]
    reviews: list[SatisfactionReview]
    invitation: ReviewInvitation | None
    follow_up: FollowUp | None
    answers: list[tuple[str, Any]]
    listed: ListedNeed | None
    papers: list[Attachment]
    fetched: list[AttachmentDownload]
    calendar: WorkCalendar
    has_claimed: bool
    verbs_done: frozenset[str]
    sees_contact: bool
    newest: int

    @property
    def is_scanned(self) -> bool:
        """Whether a virus scanner looks at papers."""
        return bool(settings.CLAMAV_URL)


_PARTS: Prepared[Assignment] = Prepared(
    lambda: (
        Assignment.objects.filter(factor_request=slot("need"))
        .select_related("organization", "extension")
        .order_by("part", "assigned_at", "pk")
    )
)
_REPLIES: Prepared[Reply] = Prepared(
    lambda: (
        Reply.objects.filter(assignment__factor_request=slot("need")).select_related("author").order_by("pk")
    )
)


def _load_parts(factor_request: FactorRequest) -> None:
    """Load the assignments with all that is dated beside them; what no verb has written is not asked for."""
    parts, replies = _PARTS(need=factor_request.pk), _REPLIES(need=factor_request.pk)
    keep(factor_request, "assignments", parts)
    by_id = {part.pk: part for part in parts}
    for reply in replies:
        reply.assignment = by_id[reply.assignment_id]
    for part in parts:
        part.factor_request = factor_request
        keep(part, "replies", [reply for reply in replies if reply.assignment_id == part.pk])
    hand_backs = HandBack.objects.select_related("suggested").order_by("pk")
    for name, rows, verbs in (
        ("suspensions", Suspension.objects.all(), _SUSPENDING),
        ("whistles", Whistle.objects.all(), {"whistle"}),
        ("hand_backs", hand_backs, {"hand_back"}),
    ):
        if verbs & set(factor_request.happened):
            prefetch_related_objects(parts, Prefetch(name, rows))
        else:
            for part in parts:
                keep(part, name, [])


def dossier(factor_request: FactorRequest, *, actor: Actor, at: datetime) -> Dossier:
    """Gather the whole page of a request (``opened``) for one reader."""
    _load_parts(factor_request)
    calendar = CalendarYear.objects.calendar()
    found = permissions.parties(actor, factor_request)
    row = ledger.row(factor_request, at=at, calendar=calendar)
    parts = [_part(a, row, actor, calendar) for a in factor_request.assignments.all()]
    is_outside = permissions.is_outside(actor, factor_request)
    events = ledger.timeline(actor, factor_request)
    newest = events[-1].pk if events else 0
    if is_outside:
        events = [event for event in events if event.verb not in _BETWEEN_LEAD_AND_OFFICE]
    call, plea = _call(factor_request), open_plea(events)
    claims = _claims(call, actor)
    whistle = _open_whistle(row.lead) if factor_request.state in RUNNING else None
    return Dossier(
        factor_request=factor_request,
        parties=found,
        row=row,
        next=next_step(row, whistle, actor, plea),
        held=sorted((p for p in parts if p.assignment.ended_at is None), key=lambda p: not p.is_mine),
        past=[p for p in parts if p.assignment.ended_at is not None],
        replies=_replies(factor_request, actor),
        lines=[line(event, for_enterprise=actor.is_enterprise) for event in reversed(events)],
        whistle=whistle,
        hand_back=None if actor.is_enterprise or is_outside else _open_hand_back(row.lead),
        plea=plea,
        consultations=challenges.tables_of(factor_request),
        call=call,
        claims=claims,
        reviews=_reviews(factor_request, actor),
        follow_up=_follow_up(factor_request, actor),
        invitation=_invitation(factor_request, actor, at),
        answers=_answers(factor_request),
        listed=_listed(factor_request, actor),
        papers=_papers(factor_request, actor),
        fetched=_fetched(factor_request, actor),
        calendar=calendar,
        has_claimed=any(c.leader_id == actor.organization.pk for c in claims),
        verbs_done=frozenset(event.verb for event in events),
        sees_contact=bool(found) or actor.is_office,
        newest=newest,
    )


def _part(assignment: Assignment, row: Row, actor: Actor, calendar: WorkCalendar) -> Part:
    is_held = assignment.ended_at is None
    clocks = [c for c in row.clocks if is_held and c.who == assignment.organization.short]
    is_mine = is_held and assignment.organization_id == actor.organization.pk
    return Part(assignment, clocks, clock_changes(assignment, calendar), is_mine)


def _replies(factor_request: FactorRequest, actor: Actor) -> list[Reply]:
    """Return the written answers, newest first; an enterprise reads the leads', supports advise the lead."""
    found = []
    for assignment in factor_request.assignments.all():
        if assignment.is_lead or not actor.is_enterprise:
            found += assignment.replies.all()
    return sorted(found, key=lambda reply: (reply.replied_at, reply.pk), reverse=True)


def _open_whistle(lead: Assignment | None) -> Whistle | None:
    return next((w for w in lead.whistles.all() if w.reported_in_at is None), None) if lead else None


def _open_hand_back(lead: Assignment | None) -> HandBack | None:
    return next((h for h in lead.hand_backs.all() if h.ruled_at is None), None) if lead else None


def _call(factor_request: FactorRequest) -> OpenCall | None:
    if "open_call" not in factor_request.happened:
        return None
    calls = factor_request.open_calls.prefetch_related(
        Prefetch("milestones", Milestone.objects.order_by("due_on", "pk")),
        Prefetch("efforts", UpwardEffort.objects.select_related("organization").order_by("sought_on", "pk")),
    )
    return calls.order_by("-pk").first()


def _claims(call: OpenCall | None, actor: Actor) -> list[Claim]:
    """Return the claims of a call: the office reads all, a claimant its own, an enterprise the chosen one."""
    if call is None:
        return []
    claims = call.claims.select_related("leader").prefetch_related("partners").order_by("lodged_at", "pk")
    if actor.is_office:
        return list(claims)
    return list(claims.filter(Q(is_chosen=True) | Q(leader=actor.organization)))


def _reviews(factor_request: FactorRequest, actor: Actor) -> list[SatisfactionReview]:
    """Return the reviews: the enterprise reads its own, the office all; nobody else reads any of them here."""
    if actor.is_office or factor_request.enterprise_id == actor.organization.pk:
        return list(factor_request.reviews.order_by("pk"))
    return []


def _follow_up(factor_request: FactorRequest, actor: Actor) -> FollowUp | None:
    """Return what follows a bad review: for the office, for its enterprise, and with consent for the lead reviewed."""
    if "review" not in factor_request.happened:
        return None
    found = FollowUp.objects.filter(review__factor_request=factor_request)
    if not (actor.is_office or factor_request.enterprise_id == actor.organization.pk):
        found = found.filter(has_consented=True, review__assignment__organization=actor.organization)
    return found.first()


def _invitation(factor_request: FactorRequest, actor: Actor, at: datetime) -> ReviewInvitation | None:
    if factor_request.enterprise_id != actor.organization.pk:
        return None
    return factor_request.invitations.newest_open(at)


def _answers(factor_request: FactorRequest) -> list[tuple[str, Any]]:
    """Return what was answered under the words and in the order of its own version of the factor."""
    if not factor_request.answers:
        return []
    asked = FactorVersion.objects.filter(
        factor=factor_request.factor_id, version=factor_request.fields_version
    ).first()
    return (asked or FactorVersion()).in_order(factor_request.answers)


def _listed(factor_request: FactorRequest, actor: Actor) -> ListedNeed | None:
    """Return the row of the office's list that it came from; enterprises do not see what the list proposes."""
    if actor.is_enterprise or factor_request.filing.channel not in OfficeList.KINDS:
        return None
    return proposals([factor_request]).get(factor_request.pk)


@cache
def _kept(kind: str) -> Prepared[Attachment]:
    def build() -> QuerySet[Attachment]:
        papers = Attachment.objects.of_request(FactorRequest(pk=slot("need"), filing_id=slot("filing")))
        return papers.shown_to(any_actor(kind)).select_related("added_for", "event").order_by("pk")

    return Prepared(build)


def _papers(factor_request: FactorRequest, actor: Actor) -> list[Attachment]:
    """Return the request's papers, its filing's among them; an enterprise sees none that bodies keep to themselves."""
    return _kept(actor.kind)(need=factor_request.pk, filing=factor_request.filing_id)


def _fetched(factor_request: FactorRequest, actor: Actor) -> list[AttachmentDownload]:
    """Return who fetched the papers lately, for the office."""
    if not actor.is_office:
        return []
    papers = Attachment.objects.of_request(factor_request).values("pk")
    fetched = AttachmentDownload.objects.filter(attachment__in=papers)
    return list(fetched.select_related("attachment", "user", "organization").order_by("-pk")[:FETCHED])
