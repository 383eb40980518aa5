"""How needs come in: drafts, filing, filing at a counter."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from fairs.models import Ticket, Visit
from requests_desk.deadlines import OFFICE_DAYS
from requests_desk.journal import NotAllowedError, RefusedError, birth
from requests_desk.models import BookedNeed, FactorRequest, Filing
from requests_desk.permissions import is_counter, may_file_for
from requests_desk.transitions import Answer, accept, assign, complete, reply
from requests_desk.workflow import State
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear, Division, Factor, Organization, Project
from taian_factors.lib.periods import local_day


@dataclass(frozen=True)
class Need:
    """One need as it is written down. ``quantity`` is in ``unit``, one of the factor's; ``answers`` by field name.

    ``key`` is its name in the draft, by which its papers find it.
    """

    factor: Factor
    headline: str
    story: str = ""
    quantity: Decimal | None = None
    unit: str = ""
    answers: dict[str, Any] = field(default_factory=dict)
    wished_on: date | None = None
    key: str = ""


@dataclass(frozen=True)
class Contact:
    """Whom to call."""

    name: str = ""
    phone: str = ""


@dataclass(frozen=True)
class NewProject:
    """A project that is named for the first time, and where it stands."""

    name: str
    division: Division


@transaction.atomic
def file(
    *,
    enterprise: Organization,
    needs: Sequence[Need],
    actor: Actor,
    at: datetime,
    project: Project | None = None,
    new_project: NewProject | None = None,
    contact: Contact | None = None,
    channel: Filing.Channel = Filing.Channel.ONLINE,
    visit: Visit | None = None,
    draft: Filing | None = None,
) -> Filing:
    """Send a filing with one or several needs; each is born as a request of its own, in one transaction.

    A draft is turned into the filing; sent twice (a double click) it gives the filing it became. A
    ``new_project`` joins the enterprise's projects, unless it has one of that name.

    Raises:
        NotAllowedError: not for this enterprise.
        RefusedError: no need, a unit that is not the factor's, a foreign project.
    """
    if not may_file_for(actor, enterprise.pk):
        raise NotAllowedError("您不能为这家企业申报。")
    if not needs:
        raise RefusedError("请至少填写一项需求。", "needs")
    if project is not None and project.enterprise_id != enterprise.pk:
        raise RefusedError("所选项目不属于这家企业。", "project")
    filing = _taken_up(draft, actor)
    if filing.submitted_at is not None:
        return filing
    if new_project is not None:
        project = _project(enterprise, new_project)
    contact = contact or Contact()
    filing.enterprise, filing.project, filing.channel, filing.visit = enterprise, project, channel, visit
    filing.contact_name, filing.contact_phone = contact.name, contact.phone
    filing.save()
    filing.number, filing.submitted_at = f"{local_day(at):%Y%m%d}-{filing.pk:06d}", at
    filing.save(update_fields=["number", "submitted_at"])
    due = CalendarYear.objects.calendar().end_after(at, OFFICE_DAYS)
    for place, need in enumerate(needs, start=1):
        born = file_request(filing, need, place=place, accept_due_at=due, actor=actor, at=at)
        if need.key:
            _out_of_draft(need, born)
    return filing


def _out_of_draft(need: Need, born: FactorRequest) -> None:
    """Give a draft's papers to the request, and let what was booked out of the draft be it from now on."""
    filing = born.filing
    filing.attachments.kept().filter(need=need.key).update(factor_request=born, need="")
    booked = BookedNeed.objects.filter(filing=filing, factor_request=None, factor=need.factor)
    booked.filter(headline=need.headline.strip()[:200]).update(factor_request=born)


def _taken_up(draft: Filing | None, actor: Actor) -> Filing:
    """Return the locked draft, which the actor's body still writes, or a new filing."""
    if draft is None:
        return Filing(typed_by=actor.user, typed_for=actor.organization)
    filing = Filing.objects.select_for_update(of=("self",)).get(pk=draft.pk)
    if filing.submitted_at is None and filing.typed_for_id != actor.organization.pk:
        raise RefusedError("企业已接手填写这份申报，由企业提交。")
    return filing


def _project(enterprise: Organization, named: NewProject) -> Project:
    found = Project.objects.filter(enterprise=enterprise, name=named.name, is_active=True).first()
    return found or Project.objects.create(
        enterprise=enterprise, name=named.name, division=named.division, chain=enterprise.profile.chain
    )


def file_request(
    filing: Filing, need: Need, *, place: int, accept_due_at: datetime, actor: Actor, at: datetime
) -> FactorRequest:
    """Bring one request into the world, with its first event."""
    if need.quantity is not None and need.quantity <= 0:
        raise RefusedError("数量应大于 0。", "quantity")
    if need.unit and need.unit not in need.factor.units:
        raise RefusedError(f"“{need.factor.name}”的单位应为{'、'.join(need.factor.units)}。", "unit")
    factor_request = unborn(filing, need, place=place, accept_due_at=accept_due_at, at=at)
    factor_request.save(force_insert=True)
    birth(factor_request, actor=actor, at=at)
    return factor_request


def unborn(filing: Filing, need: Need, *, place: int, accept_due_at: datetime, at: datetime) -> FactorRequest:
    """Return a need of a filing as the request that it will be. Its division is the project's, else the seat's."""
    home = filing.project or filing.enterprise.profile
    return FactorRequest(
        number=f"{filing.number}-{place}",
        filing=filing,
        enterprise=filing.enterprise,
        division_id=home.division_id,
        chain_id=home.chain_id or filing.enterprise.profile.chain_id,
        factor=need.factor,
        headline=need.headline,
        story=need.story,
        quantity=need.quantity,
        unit=need.unit,
        answers=need.answers,
        fields_version=need.factor.fields_version,
        wished_on=need.wished_on,
        filed_at=at,
        accept_due_at=accept_due_at,
    )


@transaction.atomic
def file_at_counter(
    *,
    ticket: Ticket,
    need: Need,
    actor: Actor,
    at: datetime,
    resolution: str = "",
    plan: Answer | None = None,
    hands_over: bool = False,
    project: Project | None = None,
) -> FactorRequest:
    """A ticket in, a request out: file it, and take it on as ``take_at_counter`` does, in one transaction."""
    visit = ticket.visit
    if not is_counter(actor, visit.enterprise_id):
        raise NotAllowedError("只有正在本摊位接待这家企业时，才能现场受理。")
    filing = file(
        enterprise=visit.enterprise,
        needs=[need],
        actor=actor,
        at=at,
        project=project,
        contact=Contact(visit.contact_name, visit.contact_phone),
        channel=Filing.Channel.FAIR,
        visit=visit,
    )
    factor_request = filing.factor_requests.get()
    take_at_counter(
        factor_request, actor=actor, at=at, resolution=resolution, plan=plan, hands_over=hands_over
    )
    return factor_request


@transaction.atomic
def take_at_counter(
    factor_request: FactorRequest,
    *,
    actor: Actor,
    at: datetime,
    resolution: str = "",
    plan: Answer | None = None,
    hands_over: bool = False,
) -> None:
    """Accept a request (unless it is) and assign it to the own organization; complete it or answer with a plan.

    With ``resolution`` it is 现场办结, with ``plan`` 现场拿出解决方案, with neither it stays assigned (转交办).
    With ``hands_over`` it is accepted only: another body's matter, which the office hands out.
    The same road as everywhere: moves, one event each.
    """
    if factor_request.state == State.FILED:
        accept(factor_request, actor=actor, at=at)
    if hands_over:
        return
    assign(factor_request, lead=actor.organization, actor=actor, at=at, reason="现场受理")
    if resolution:
        complete(factor_request, text=resolution, actor=actor, at=at)
    elif plan is not None:
        reply(factor_request, answer=plan, actor=actor, at=at)
