"""The factor week (要素保障周): the ledger's list is frozen, each line signed, and the week closed as a record."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import OuterRef, Subquery

from requests_desk.deadlines import factor_week, in_factor_week
from requests_desk.journal import NotAllowedError, RefusedError, WrongStateError, needed
from requests_desk.models import (
    Assignment,
    FactorRequest,
    ReconciliationLine,
    ReconciliationWeek,
)
from requests_desk.permissions import may_run_the_desk
from requests_desk.reconciled import changes_since
from requests_desk.transitions import write_off
from requests_desk.workflow import RUNNING, State
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear
from taian_factors.lib.periods import Period, local_day

AT_ONCE = 2000  # lines that one statement writes
AT_THEIR_END = (State.WRITTEN_OFF, State.WITHDRAWN, State.REFUSED)
Outcome = ReconciliationLine.Outcome


def quarter_of(at: datetime) -> Period:
    """The quarter in which a moment lies, which is also the name of its factor week."""
    day = local_day(at)
    return Period(day.year, (day.month - 1) // 3 * 3 + 1, "quarter")


@transaction.atomic
def open_week(*, at: datetime, actor: Actor | None = None) -> ReconciliationWeek:
    """Open the factor week and freeze its list: every request that is not at its end, as it stands at this moment.

    ``actor`` None is the clock, on the week's first morning.

    Raises:
        NotAllowedError: not by this actor. WrongStateError: not in a factor week, or opened already.
    """
    if actor is not None:
        _check(actor)
    calendar, quarter = CalendarYear.objects.calendar(), quarter_of(at)
    if not in_factor_week(at, calendar):
        raise WrongStateError("只在要素保障周（每季度首月前五个工作日）冻结台账。")
    first, last = factor_week(quarter.first_day, calendar)
    days = {"first_on": first, "last_on": last}
    opened = {"opened_at": at, "opened_by": actor.user if actor else None}
    week, is_new = ReconciliationWeek.objects.get_or_create(period=quarter.key, defaults={**days, **opened})
    if not is_new:
        raise WrongStateError(f"{quarter.label}的台账已经冻结。")
    _freeze(week)
    return week


def _freeze(week: ReconciliationWeek) -> None:
    lead = Assignment.objects.leads().filter(factor_request=OuterRef("pk")).order_by("-assigned_at", "-pk")
    listed = FactorRequest.objects.filter(is_historic=False).exclude(state__in=AT_THEIR_END).order_by("pk")
    listed = listed.annotate(
        leader=Subquery(lead.values("organization")[:1]), due=Subquery(lead.values("complete_due_at")[:1])
    )
    lines = (
        ReconciliationLine(
            week=week,
            factor_request_id=pk,
            organization_id=leader,
            state=state,
            complete_due_at=due,
            is_overdue=state in RUNNING and due is not None and due < week.opened_at,
        )
        for pk, state, leader, due in listed.values_list("pk", "state", "leader", "due")
    )
    ReconciliationLine.objects.bulk_create(lines, batch_size=AT_ONCE)


@transaction.atomic
def sign(
    week: ReconciliationWeek,
    lines: Collection[int],
    *,
    outcome: str,
    reason: str = "",
    actor: Actor,
    at: datetime,
) -> int:
    """Sign lines, all or none: 销号 writes the request off where that is not done yet, 结转 needs its reason.

    A line that its body does not agree with is signed with an explanation, whatever becomes of it.
    What changed since the list was frozen is written into each line, from the request's own events.

    Raises:
        NotAllowedError, WrongStateError: not by this actor, signed meanwhile, or not in a state to be written off.
    """
    _check(actor)
    _held(week)
    if outcome == Outcome.CARRIED_OVER:
        reason = needed(reason, "reason", "结转须写明理由。")
    locked = week.lines.unsigned().filter(pk__in=lines).select_for_update(of=("self",), no_key=True)
    found = list(locked.select_related("factor_request").order_by("factor_request"))
    if not found:
        raise RefusedError("请先勾选要签认的事项。")
    if len(found) < len(set(lines)):
        raise WrongStateError("所选事项中有的已由他人签认，请刷新后再看。")
    if any(line.difference for line in found):
        reason = needed(reason, "reason", "单位提出出入的事项，签认须写明核对结果。")
    for line in found:
        if outcome == Outcome.WRITTEN_OFF and line.factor_request.state != State.WRITTEN_OFF:
            write_off(line.factor_request, text=reason or "对账销号", actor=actor, at=at)
    _put_down(week, found, outcome=outcome, reason=reason, actor=actor, at=at)
    return len(found)


@transaction.atomic
def carry_over_rest(
    week: ReconciliationWeek, *, reason: str, body: int | None = None, actor: Actor, at: datetime
) -> int:
    """结转 every line that is not signed, of one body or of all, for one reason; those written off meanwhile say so."""
    _check(actor)
    _held(week)
    text = needed(reason, "reason", "结转须写明理由。")
    rest = week.lines.unsigned().select_for_update(of=("self",), no_key=True).select_related("factor_request")
    found = list(rest.filter(organization=body) if body else rest)
    gone = [line for line in found if line.factor_request.state == State.WRITTEN_OFF]
    _put_down(week, gone, outcome=Outcome.WRITTEN_OFF, reason="", actor=actor, at=at)
    kept = [line for line in found if line.factor_request.state != State.WRITTEN_OFF]
    _put_down(week, kept, outcome=Outcome.CARRIED_OVER, reason=text, actor=actor, at=at)
    return len(kept)


def sign_written_off(requests: Iterable[FactorRequest], *, actor: Actor, at: datetime) -> int:
    """Sign the lines of requests that were just written off from the ledger, where a week is open."""
    week = ReconciliationWeek.objects.filter(closed_at__isnull=True).order_by("-opened_at").first()
    if week is None:
        return 0
    lines = week.lines.unsigned().filter(factor_request__in=[r.pk for r in requests])
    found = list(lines.select_related("factor_request").select_for_update(of=("self",), no_key=True))
    _put_down(week, found, outcome=Outcome.WRITTEN_OFF, reason="", actor=actor, at=at)
    return len(found)


def _put_down(
    week: ReconciliationWeek,
    lines: Sequence[ReconciliationLine],
    *,
    outcome: str,
    reason: str,
    actor: Actor,
    at: datetime,
) -> None:
    said = changes_since(week.opened_at, [line.factor_request_id for line in lines])
    for line in lines:
        line.outcome, line.reason = outcome, reason
        line.signed_at, line.signed_by = at, actor.user
        line.signed_state, line.changes = line.factor_request.state, said.get(line.factor_request_id, "")
    written = ["outcome", "reason", "signed_at", "signed_by", "signed_state", "changes"]
    ReconciliationLine.objects.bulk_update(lines, written, batch_size=AT_ONCE)


@transaction.atomic
def see(
    week: ReconciliationWeek,
    lines: Collection[int] | None = None,
    *,
    difference: str = "",
    actor: Actor,
    at: datetime,
) -> int:
    """Write down that a body has gone through lines that it led: as frozen, or with a ``difference``. Return how many.

    ``lines`` None: all that it has not gone through. Each is said once.

    Raises:
        RefusedError: a difference without lines, or lines that are not its own or were gone through before.
    """
    _held(week)
    if lines is not None and not lines:
        raise RefusedError("请先勾选有出入的事项。")
    mine = week.lines.led_by(actor.organization).unseen()
    chosen = mine if lines is None else mine.filter(pk__in=lines)
    count = chosen.update(seen_at=at, seen_by=actor.user, difference=difference.strip())
    if lines is not None and count < len(set(lines)):
        raise WrongStateError("所选事项中有的不是本单位主办，或已经核对过，请刷新后再看。")
    return count


@transaction.atomic
def close_week(week: ReconciliationWeek, *, actor: Actor, at: datetime) -> ReconciliationWeek:
    """End the week: from now on it is a record. Refused while a line has no outcome."""
    _check(actor)
    week = _held(week)
    rest = week.lines.unsigned().count()
    if rest:
        raise WrongStateError(f"还有 {rest} 项没有签认，签认后才能结束对账。")
    week.closed_at, week.closed_by = at, actor.user
    week.save(update_fields=["closed_at", "closed_by"])
    return week


def _check(actor: Actor) -> None:
    if not may_run_the_desk(actor):
        raise NotAllowedError("只有市工业推进办可以对账。")


def _held(week: ReconciliationWeek) -> ReconciliationWeek:
    held = ReconciliationWeek.objects.select_for_update(no_key=True).get(pk=week.pk)
    if held.closed_at is not None:
        raise WrongStateError(f"{Period.parse(held.period).label}的对账已经结束，不能再改。")
    return held
