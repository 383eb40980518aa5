"""Attendance at a fair (到场) as a duty: proposed from the queue's records, confirmed by the office in one act.

A department was there when one of its people called or served somebody at its stall on that day, or sits at one of
its desks. The records do not say that somebody came late: a stall to which nobody came calls nobody. So lateness is
the office's to say. Institutions are listed, and no duty is laid on them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import F, Min

from fairs.models import Desk, Fair, Stall, TicketEvent
from scoring.arranging import DutyError, arrange, judge
from scoring.models import Duty, DutyRecord
from scoring.permissions import may_arrange_duties
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Organization
from taian_factors.lib.periods import SHANGHAI, at_local, local_day
from taian_factors.lib.workdays import END_OF_DAY

Result = DutyRecord.Result


@dataclass(frozen=True)
class Attendee:
    """A body with a stall: what the records say of it, and what was recorded of it already."""

    organization: Organization
    stalls: tuple[str, ...]
    first_at: datetime | None
    is_seated: bool
    record: DutyRecord | None = None

    @property
    def was_there(self) -> bool:
        """Whether the records know of it."""
        return self.first_at is not None or self.is_seated

    @property
    def result(self) -> str:
        """What was recorded, else what is proposed."""
        if self.record is not None and self.record.result:
            return self.record.result
        return Result.ON_TIME if self.was_there else Result.NOT_DONE

    @property
    def proof(self) -> str:
        """The proof that was recorded, else the one that is proposed."""
        if self.record is not None and self.record.proof:
            return self.record.proof
        return f"{'、'.join(self.stalls)} 摊位 {self.evidence}"

    @property
    def evidence(self) -> str:
        """What the records say, in words."""
        if self.first_at is not None:
            return f"{self.first_at.astimezone(SHANGHAI):%H:%M} 首次叫号"
        return "有人在席，没有叫号" if self.is_seated else "无在席和叫号记录"


@dataclass(frozen=True)
class Attendance:
    """Who has stalls at a fair: those on whom the duty is laid, and the others; and the duty, once recorded."""

    duty: Duty | None
    departments: list[Attendee]
    others: list[Attendee]


@dataclass(frozen=True)
class Attended:
    """What the office says of one department."""

    organization: Organization
    result: str
    proof: str


@dataclass(frozen=True)
class Recorded:
    """What came of the act: the duty, and how many of its records are new or changed."""

    duty: Duty
    changed: int


def attendance(fair: Fair) -> Attendance:
    """Read who was there; five queries, however many stalls."""
    stalls: dict[Organization, list[str]] = {}
    for stall in Stall.objects.filter(fair=fair).select_related("organization").order_by("code"):
        if stall.organization.kind != Organization.Kind.OFFICE:
            stalls.setdefault(stall.organization, []).append(stall.code)
    day = (at_local(fair.held_on), at_local(fair.held_on, END_OF_DAY))
    own = TicketEvent.objects.filter(fair=fair, at__range=day, organization=F("desk__stall__organization"))
    first = dict(own.values("organization").annotate(first=Min("at")).values_list("organization", "first"))
    seats = Desk.objects.filter(stall__fair=fair, clerk__isnull=False)
    seated = set(seats.values_list("stall__organization", flat=True))
    duty = Duty.objects.filter(fair=fair).first()
    records = {r.organization_id: r for r in DutyRecord.objects.filter(duty__fair=fair)}
    found = [
        Attendee(body, tuple(codes), first.get(body.pk), body.pk in seated, records.get(body.pk))
        for body, codes in stalls.items()
    ]
    found.sort(key=lambda each: (each.organization.position, each.organization.pk))
    return Attendance(
        duty,
        [each for each in found if each.organization.takes_part],
        [each for each in found if not each.organization.takes_part],
    )


@transaction.atomic
def record_attendance(*, fair: Fair, attended: Iterable[Attended], actor: Actor, at: datetime) -> Recorded:
    """Record the attendance of the departments of a fair as a duty of that day, judged at once.

    The same act twice stores nothing twice; another word on a department replaces the earlier judgement, as
    ``arranging.judge`` does.

    Raises:
        DutyError: not by this actor, before the day, nobody named, a body that has no stall or no part.
    """
    if not may_arrange_duties(actor):
        raise DutyError("只有市工业推进办可以登记部门到场。")
    if fair.held_on > local_day(at):
        raise DutyError("大集还没有举办，当天起才能登记部门到场。")
    chosen = list(attended)
    _check(fair, chosen)
    Fair.objects.select_for_update(of=("self",), no_key=True).get(pk=fair.pk)
    duty = _duty(fair, chosen, actor=actor, at=at)
    records = {r.organization_id: r for r in duty.records.all()}
    changed = 0
    for each in chosen:
        record = records[each.organization.pk]
        if (record.result, record.proof) != (each.result, each.proof.strip()):
            judge(record=record, result=each.result, proof=each.proof, actor=actor, at=at)
            changed += 1
    return Recorded(duty, changed)


def _check(fair: Fair, chosen: list[Attended]) -> None:
    if not chosen:
        raise DutyError("这场大集没有参加大比拼的部门摊位。")
    here = set(Stall.objects.filter(fair=fair).values_list("organization", flat=True))
    outside = [each.organization.short for each in chosen if each.organization.pk not in here]
    if outside:
        raise DutyError(f"{'、'.join(outside)}在这场大集没有摊位。")


def _duty(fair: Fair, chosen: list[Attended], *, actor: Actor, at: datetime) -> Duty:
    """Return the fair's duty with a record of each department, arranged now if it was not yet."""
    bodies = [each.organization for each in chosen]
    duty = Duty.objects.filter(fair=fair).first()
    if duty is None:
        title = f"{fair.name}到场"
        requirement = f"{fair.held_on:%Y-%m-%d} 在{fair.place}按时到摊位接待企业。"
        duty = arrange(
            title=title, due_on=fair.held_on, requirement=requirement, departments=bodies, actor=actor, at=at
        )
        duty.fair = fair
        duty.save(update_fields=["fair"])
        return duty
    there = set(duty.records.values_list("organization", flat=True))
    DutyRecord.objects.bulk_create(
        DutyRecord(duty=duty, organization=body) for body in bodies if body.pk not in there
    )
    return duty
