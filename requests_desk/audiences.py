"""Whom an event is told: the people of the bodies that it concerns, and a filing's contact without account."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date

from django.db.models import Q

from requests_desk.choices import mobile
from requests_desk.models import Claim, Filing, RequestEvent
from requests_desk.notice_table import To
from requests_desk.notice_words import lead_of
from taian_factors.directory.models import Membership, Organization


class People:
    """Who works on a day in the office and in the bodies that events are about; read once for all of them."""

    def __init__(self, events: Sequence[RequestEvent], day: date) -> None:
        self.bodies: dict[int, set[int]] = defaultdict(set)
        self.phones: dict[int, set[str]] = defaultdict(set)
        self.office: set[int] = set()
        self.office_leads: set[int] = set()
        asked = {event.factor_request.enterprise_id for event in events}
        asked |= {a.organization_id for event in events for a in event.factor_request.assignments.all()}
        self.claimants = _claimants(events)
        asked |= {body for bodies in self.claimants.values() for body in bodies}
        told = _working(day).filter(Q(organization__in=asked) | Q(organization__kind="office"))
        self.government = _government(events, day)
        for user, phone, body, kind, role in told.values_list(
            "user_id", "user__phone", "organization_id", "organization__kind", "role"
        ):
            self.bodies[body].add(user)
            self.phones[body].add(mobile(phone))
            if kind == "office":
                self.office.add(user)
                self.office_leads |= {user} if role == Membership.Role.LEAD else set()

    def of(self, audience: To, event: RequestEvent) -> set[int]:
        """Return the ids of the people in an audience of an event."""
        audience = _resolved(audience, event)
        if audience is To.OFFICE:
            return self.office
        if audience is To.OFFICE_LEADS:
            return self.office_leads
        if audience is To.GOVERNMENT:
            return self.government
        if audience is To.CLAIMANTS:
            return {user for body in self.claimants.get(event.pk, ()) for user in self.bodies[body]}
        return {user for body in _bodies(audience, event) for user in self.bodies[body]}

    def contact(self, audience: To, event: RequestEvent) -> str:
        """Return the mobile number of the filing's contact, if it is told and belongs to nobody with an account.

        What the contact's own enterprise did by a person is no news to it.
        """
        enterprise = event.factor_request.enterprise_id
        is_own_act = event.user_id is not None and event.organization_id == enterprise
        if _resolved(audience, event) is not To.FILER or is_own_act:
            return ""
        phone = mobile(event.factor_request.filing.contact_phone)
        return "" if phone in self.phones[enterprise] else phone


def working_in(bodies: Iterable[Organization | int], *, day: date) -> set[int]:
    """Return the ids of the people who work in these bodies on a day; auditors read for themselves."""
    return set(_working(day).filter(organization__in=bodies).values_list("user_id", flat=True))


def has_verified_contact(filing: Filing) -> bool:
    """Say whether the enterprise itself gave the contact, or its owner entered the code (workflow §4)."""
    code = getattr(filing, "contact_code", None)
    is_confirmed = code is not None and code.confirmed_at is not None
    return filing.typed_for_id == filing.enterprise_id or is_confirmed


def _working(day: date):
    running = Membership.objects.running_on(day).filter(user__is_active=True)
    return running.exclude(role=Membership.Role.AUDITOR)


def _claimants(events: Sequence[RequestEvent]) -> dict[int, list[int]]:
    """Return who wanted to take up the calls that events end, by the events' ids; no query where none does."""
    ends = {(e.factor_request_id, e.at): e.pk for e in events if e.verb in ("award", "close_call")}
    if not ends:
        return {}
    found: dict[int, list[int]] = defaultdict(list)
    calls = Claim.objects.filter(open_call__factor_request__in=[request for request, _ in ends])
    for request, at, leader in calls.values_list(
        "open_call__factor_request", "open_call__closed_at", "leader"
    ):
        if (request, at) in ends:
            found[ends[request, at]].append(leader)
    return found


def _government(events: Sequence[RequestEvent], day: date) -> set[int]:
    if not any(event.verb == "open_call" for event in events):
        return set()
    return working_in(Organization.objects.handlers().active(), day=day)


def _resolved(audience: To, event: RequestEvent) -> To:
    if audience is not To.REMINDED:
        return audience
    return To.HOLDER if event.assignment_id else To[event.detail["to"]]


def _bodies(audience: To, event: RequestEvent) -> list[int]:
    if audience is To.FILER:
        return [event.factor_request.enterprise_id]
    if audience is To.HOLDER:
        return [event.assignment.organization_id] if event.assignment else []
    parts = event.factor_request.assignments.all()
    if audience is To.PREVIOUS:
        return [a.organization_id for a in parts if a.ended_at == event.at]
    if audience is To.SUPPORTS:
        return [a.organization_id for a in parts if not a.is_lead and a.ended_at is None]
    lead = lead_of(event)
    return [lead.organization_id] if lead else []
