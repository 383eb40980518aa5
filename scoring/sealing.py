"""The steps of a run, written once and sealed: each seal covers the step, what it decided, and the seal before it.

The digest says that the numbers follow from the inputs. The seals say that nothing around them was edited: when and
by whom a run was computed, shown and published, by which rules, and which decisions took records out of it.
"""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from django.db import connection, models

from scoring.models import Appeal, CountedInput, Exclusion, RunStep, ScoringRun
from taian_factors.directory.actors import Actor
from taian_factors.lib.periods import SHANGHAI

_RUN = (
    "id",
    "period",
    "kind",
    "rule_version_id",
    "rules",
    "computed_by_id",
    "pooled",
    "inputs_hash",
    "digest",
)
_STEP = ("run_id", "verb", "at", "user_id", "appeal_id", "exclusion_id")
_ABOUT = ("assignment_id", "review_id", "duty_record_id", "reason", "evidence")
_FILED = (*_ABOUT, "run_id", "organization_id", "filed_at", "filed_by_id", "decide_due_at")
_RECORDED = (*_ABOUT, "recorded_at", "recorded_by_id", "is_historic", "run_id")
_DECIDED = ("is_upheld", "decided_at", "decided_by_id", "decision")

# The decisions that took a record out of a run: order-free, like the hash of its inputs.
_RULING = ", '|', ".join(
    [
        "e.id",
        *(f"e.{name}" for name in (*_RECORDED, *_DECIDED) if not name.endswith("_at")),
        *(f"(date_part('epoch', e.{name}) * 1000000)::bigint" for name in ("recorded_at", "decided_at")),
    ]
)
_OUT = f"SELECT {{0}} FROM {CountedInput._meta.db_table} WHERE run_id = %(run)s AND left_out = 'excluded'"  # noqa: S608
_RULINGS = f"""
    SELECT count(*), coalesce(sum(('x' || left(h, 16))::bit(64)::bigint), 0),
           coalesce(sum(('x' || right(h, 16))::bit(64)::bigint), 0)
    FROM (SELECT md5(concat({_RULING})) AS h FROM scoring_exclusion e
          WHERE e.is_upheld AND (e.assignment_id IN ({_OUT.format("assignment_id")})
             OR e.review_id IN ({_OUT.format("review_id")}) OR e.duty_record_id IN ({_OUT.format("duty_record_id")}))
         ) AS hashed
"""  # noqa: S608

_DONE_BY = {  # which columns of a run each step has written
    RunStep.Verb.PREVIEWED: ("previewed_at", "previewed_by_id"),
    RunStep.Verb.RENEWED: ("previewed_at", "previewed_by_id"),
    RunStep.Verb.PUBLISHED: ("published_at", "published_by_id"),
    RunStep.Verb.CORRECTED: ("published_at", "published_by_id"),
    RunStep.Verb.SUPERSEDED: ("superseded_at", None),
}
_STATE_AFTER = {
    RunStep.Verb.PREVIEWED: ScoringRun.State.PREVIEW,
    RunStep.Verb.RENEWED: ScoringRun.State.PREVIEW,
    RunStep.Verb.PUBLISHED: ScoringRun.State.PUBLISHED,
    RunStep.Verb.CORRECTED: ScoringRun.State.PUBLISHED,
}


def step(
    run: ScoringRun,
    verb: RunStep.Verb,
    *,
    at: datetime,
    actor: Actor | None = None,
    appeal: Appeal | None = None,
    exclusion: Exclusion | None = None,
) -> RunStep:
    """Write and seal one step of a run that the caller holds locked, or has just made; two or three statements."""
    made = RunStep(
        run=run, verb=verb, at=at, user=actor.user if actor else None, appeal=appeal, exclusion=exclusion
    )
    last = None if verb == RunStep.Verb.COMPUTED else run.steps.order_by("-pk").first()
    made.seal = _seal(made, last.seal if last else "", rulings_of(run) if last is None else "")
    made.save(force_insert=True)
    return made


def rulings_of(run: ScoringRun) -> str:
    """Return the hash over the decisions that took records out of a run; one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_RULINGS, {"run": run.pk})
        return ":".join(str(int(part)) for part in cursor.fetchone())


def _seal(made: RunStep, before: str, rulings: str) -> str:
    content: dict[str, Any] = {"before": before}
    content |= {name: getattr(made, name) for name in _STEP}
    if made.verb == RunStep.Verb.COMPUTED:
        content |= {"of": _columns(made.run, _RUN), "rulings": rulings}
    elif made.verb == RunStep.Verb.CORRECTED:
        content["of"] = [made.run.correction_number, made.run.correction_reason]
    elif made.appeal is not None:
        content["of"] = _said_of_appeal(made)
    elif made.exclusion is not None:
        names = _RECORDED if made.verb == RunStep.Verb.PROPOSED else _DECIDED
        content["of"] = _columns(made.exclusion, ("id", *names))
    canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_text)
    return hashlib.sha256(canonical.encode()).hexdigest()


def _said_of_appeal(made: RunStep) -> list[Any]:
    appeal = made.appeal
    assert appeal is not None
    if made.verb == RunStep.Verb.APPEALED:
        return _columns(appeal, ("id", *_FILED))
    ruled = appeal.exclusion
    follows = None if ruled is None else _columns(ruled, ("id", *_RECORDED, *_DECIDED))
    return [*_columns(appeal, ("id", "exclusion_id", *_DECIDED)), follows]


def _columns(row: models.Model, names: Sequence[str]) -> list[Any]:
    return [getattr(row, name) for name in names]


def _text(value: Any) -> str:
    # A moment is one moment, in whichever time zone it was read.
    return value.astimezone(UTC).isoformat() if isinstance(value, datetime) else str(value)


def first_broken(run: ScoringRun) -> str | None:
    """Name the first step whose seal does not hold, or the first column or case that no step has written.

    Four statements.
    """
    steps = list(run.steps.select_related("appeal__exclusion", "exclusion").order_by("pk"))
    if not steps or steps[0].verb != RunStep.Verb.COMPUTED:
        return "没有“计算”这一步的记录。"
    before, rulings = "", rulings_of(run)
    for number, each in enumerate(steps, start=1):
        each.run = run
        if each.seal != _seal(each, before, rulings):
            return f"第 {number} 步“{each.get_verb_display()}”的封签与内容不符：{_suspects(each)}有改动。"
        before = each.seal
    return _unwritten(run, steps) or _slipped_in(run, steps)


def _slipped_in(run: ScoringRun, steps: Sequence[RunStep]) -> str | None:
    """Name the first appeal or exclusion about a run, or decision of one, of which no step tells; two statements."""
    told = {(each.verb, each.appeal_id, each.exclusion_id) for each in steps}
    follows = {each.appeal.exclusion_id for each in steps if each.appeal is not None}
    verbs = RunStep.Verb
    for row in Appeal.objects.filter(run=run).order_by("pk"):
        if (verbs.APPEALED, row.pk, None) not in told:
            return f"第 {row.pk} 号申诉没有步骤记录。"
        if row.decided_at is not None and (verbs.APPEAL_DECIDED, row.pk, None) not in told:
            return f"第 {row.pk} 号申诉的决定没有步骤记录。"
    for ruled in Exclusion.objects.filter(run=run).exclude(pk__in=follows - {None}).order_by("pk"):
        if (verbs.PROPOSED, None, ruled.pk) not in told:
            return f"第 {ruled.pk} 号剔除没有步骤记录。"
        if ruled.decided_at is not None and (verbs.EXCLUSION_DECIDED, None, ruled.pk) not in told:
            return f"第 {ruled.pk} 号剔除的决定没有步骤记录。"
    return None


def _suspects(made: RunStep) -> str:
    """Say what a seal covers, for the one who has to find the edit."""
    if made.verb == RunStep.Verb.COMPUTED:
        return "这次计算的期间、细则、计算人或校验值，或者所依据的剔除决定"
    if made.appeal_id is not None:
        return "申诉或其决定"
    if made.exclusion_id is not None:
        return "剔除或其决定"
    return "时间、操作人或理由"


def _unwritten(run: ScoringRun, steps: Sequence[RunStep]) -> str | None:
    written: dict[str, Any] = {"computed_at": steps[0].at, "computed_by_id": steps[0].user_id}
    written |= dict.fromkeys(
        ("previewed_at", "previewed_by_id", "published_at", "published_by_id", "superseded_at")
    )
    state, is_corrected = ScoringRun.State.DRAFT, False
    for each in steps:
        moment, person = _DONE_BY.get(RunStep.Verb(each.verb), (None, None))
        written |= {moment: each.at} if moment else {}
        written |= {person: each.user_id} if person else {}
        state = _STATE_AFTER.get(RunStep.Verb(each.verb), state)
        is_corrected |= each.verb == RunStep.Verb.CORRECTED
    written["state"] = state
    if not is_corrected:
        written |= {"correction_number": 0, "correction_reason": ""}
    return next(
        (
            f"{run._meta.get_field(name.removesuffix('_id')).verbose_name}存的是“{_shown(was)}”，步骤记录是“{_shown(now)}”。"
            for name, now in written.items()
            if (was := getattr(run, name)) != now
        ),
        None,
    )


def _shown(value: Any) -> str:
    return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M:%S}" if isinstance(value, datetime) else str(value)
