"""Appeals and exclusions: a record leaves the count by a reason, evidence and the decision of a second person."""

from datetime import datetime

from django.db import IntegrityError, transaction

from scoring import sealing
from scoring.models import REASONS, Appeal, CountedInput, Exclusion, RunStep, ScoringRun
from scoring.permissions import may_appeal, may_decide
from scoring.publishing import preview_until, renew
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear
from taian_factors.lib.periods import Period

DECISION_DAYS = 5
RECORDS = ("assignment", "review", "duty_record")


class AppealError(Exception):
    """An appeal or exclusion is refused; the message is a Chinese sentence, ``field`` the form field."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


@transaction.atomic
def appeal(*, counted: CountedInput, reason: str, evidence: str, actor: Actor, at: datetime) -> Appeal:
    """File an appeal against one counted matter, review or duty of a run in preview, within its three days."""
    run = counted.run = _held(counted.run_id)
    if refusal := obstacle(counted=counted, actor=actor, at=at):
        raise AppealError(refusal)
    _check_words(reason, evidence)
    made = Appeal.objects.create(
        run=run,
        organization=actor.organization,
        **_named(counted),
        reason=reason,
        evidence=evidence.strip(),
        filed_at=at,
        filed_by=actor.user,
        decide_due_at=CalendarYear.objects.calendar().end_after(at, DECISION_DAYS),
    )
    sealing.step(run, RunStep.Verb.APPEALED, at=at, actor=actor, appeal=made)
    return made


def obstacle(*, counted: CountedInput, actor: Actor, at: datetime) -> str:
    """Say why the actor cannot appeal against a record now; empty when it can."""
    run = counted.run
    until = preview_until(Period.parse(run.period))
    if until is None:
        return "尚未预公布。"
    if at > until:
        return f"申诉期已于 {until:%Y-%m-%d} 结束，不再受理申诉。"
    if run.superseded_at is not None:
        return "这次计算已被新的计算替代，请在新的得分明细里申诉。"
    if not may_appeal(actor, run) or counted.organization_id != actor.organization.pk:
        return "只能在预公布期间就本部门的计入事项提出申诉。"
    if counted.left_out:
        return "这一件没有计入得分，不必申诉。"
    named = {name: row for name, row in _named(counted).items() if row}
    if Appeal.objects.about(Period.parse(run.period)).filter(**named).exists():
        return "这一件已经申诉过，决定为最终决定。"
    return ""


def _named(about: CountedInput | Appeal) -> dict[str, int | None]:
    return {f"{name}_id": getattr(about, f"{name}_id") for name in RECORDS}


def is_open(*, run: ScoringRun, actor: Actor | None, at: datetime) -> bool:
    """Whether the actor may appeal against records of this run now: while it is in preview, within the three days."""
    if not may_appeal(actor, run):
        return False
    until = preview_until(Period.parse(run.period))
    return until is not None and at <= until


def _held(run_id: int) -> ScoringRun:
    """Lock a run, so that its steps are written one after the other."""
    return ScoringRun.objects.select_for_update(of=("self",), no_key=True).get(pk=run_id)


@transaction.atomic
def decide_appeal(*, appeal: Appeal, is_upheld: bool, decision: str, actor: Actor, at: datetime) -> Appeal:
    """Decide an appeal. Upheld, it becomes an exclusion, and the month in preview gets a new run; the old one stays."""
    appeal = Appeal.objects.select_for_update(of=("self",), no_key=True).get(pk=appeal.pk)
    _check_decider(actor, appeal.filed_by_id, appeal.decided_at, decision)
    if appeal.duty_record and actor.user and appeal.duty_record.judged_by_id == actor.user.pk:
        raise AppealError("这项工作的落实结果由您认定，须由另一人决定。")
    appeal.is_upheld, appeal.decision = is_upheld, decision.strip()
    appeal.decided_at, appeal.decided_by = at, actor.user
    if is_upheld:
        appeal.exclusion = _create_exclusion(
            **_named(appeal),
            reason=appeal.reason,
            evidence=appeal.evidence,
            recorded_at=appeal.filed_at,
            recorded_by=appeal.filed_by,
            is_upheld=True,
            decided_at=at,
            decided_by=actor.user,
            decision=appeal.decision,
            run_id=appeal.run_id,
        )
    appeal.save(update_fields=["is_upheld", "decision", "decided_at", "decided_by", "exclusion"])
    sealing.step(_held(appeal.run_id), RunStep.Verb.APPEAL_DECIDED, at=at, actor=actor, appeal=appeal)
    if appeal.exclusion is not None:
        renew(exclusion=appeal.exclusion, actor=actor, at=at)
    return appeal


@transaction.atomic
def propose_exclusion(
    *, counted: CountedInput, reason: str, evidence: str, actor: Actor, at: datetime
) -> Exclusion:
    """Record that a matter, a review or a duty should not count; a second person of the office decides."""
    if not may_decide(actor):
        raise AppealError("只有市工业推进办可以登记剔除。")
    _check_words(reason, evidence)
    made = _create_exclusion(
        **_named(counted),
        reason=reason,
        evidence=evidence.strip(),
        recorded_at=at,
        recorded_by=actor.user,
        run_id=counted.run_id,
    )
    sealing.step(_held(counted.run_id), RunStep.Verb.PROPOSED, at=at, actor=actor, exclusion=made)
    return made


@transaction.atomic
def decide_exclusion(
    *, exclusion: Exclusion, is_upheld: bool, decision: str, actor: Actor, at: datetime
) -> Exclusion:
    """Uphold or refuse a proposed exclusion, as a second person; upheld, a month in preview gets a new run."""
    exclusion = Exclusion.objects.select_for_update(of=("self",), no_key=True).get(pk=exclusion.pk)
    _check_decider(actor, exclusion.recorded_by_id, exclusion.decided_at, decision)
    exclusion.is_upheld, exclusion.decision = is_upheld, decision.strip()
    exclusion.decided_at, exclusion.decided_by = at, actor.user
    exclusion.save(update_fields=["is_upheld", "decision", "decided_at", "decided_by"])
    if exclusion.run_id is not None:
        run = _held(exclusion.run_id)
        sealing.step(run, RunStep.Verb.EXCLUSION_DECIDED, at=at, actor=actor, exclusion=exclusion)
    if is_upheld:
        renew(exclusion=exclusion, actor=actor, at=at)
    return exclusion


def _create_exclusion(**fields: object) -> Exclusion:
    try:
        with transaction.atomic():
            return Exclusion.objects.create(**fields)
    except IntegrityError as error:
        raise AppealError("这一件已经登记剔除，不能重复登记。") from error


def _check_words(reason: str, evidence: str) -> None:
    if reason not in REASONS:
        raise AppealError("请从规定的理由中选择。", "reason")
    if not evidence.strip():
        raise AppealError("请写明情况和证据。", "evidence")


def _check_decider(actor: Actor, recorder_id: int | None, decided_at: datetime | None, decision: str) -> None:
    if not may_decide(actor):
        raise AppealError("只有市工业推进办可以决定。")
    if decided_at is not None:
        raise AppealError("已经决定，不能再改。")
    if actor.user is None or actor.user.pk == recorder_id:
        raise AppealError("须由登记人以外的另一人决定。")
    if not decision.strip():
        raise AppealError("请写明决定意见。", "decision")
