"""Every stored column of a run can be edited by somebody who switches the triggers off; each edit is named."""

import json
from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from scoring.appealing import appeal, decide_appeal, decide_exclusion, propose_exclusion
from scoring.models import Appeal, CountedInput, Exclusion, RunStep, Scorecard, ScoreLine, ScoringRun
from scoring.runs import compute_period, preview_until, publish
from scoring.verifying import first_difference
from taian_factors.lib.periods import Period
from tests.directory.factories import actor
from tests.scoring.factories import (
    completed,
    excluded,
    matter,
    moment,
    previewed,
    published,
    reviewed,
    worked_example,
)

JUNE = Period.parse("2023-06")
pytestmark = pytest.mark.django_db


@pytest.fixture
def run(office_lead):
    """June, published: the worked example, a review, a redo, an exclusion, a tie."""
    worked_example("FGW")
    for code in ("GXJ", "STJ"):
        reviewed(completed(code), 5, solved="yes")
    reviewed(matter("GXJ"), 2)
    excluded(assignment=completed("GXJ", done=None))
    completed("CZJ", ended_at=moment("2023-07-03"), end_reason="redone")
    return published(JUNE, office_lead)


def edited(row, column, value):
    """Write a value past triggers and references, as only a superuser can."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(f'UPDATE {row._meta.db_table} SET "{column}" = %s WHERE id = %s', [value, row.pk])
        assert cursor.rowcount == 1
        cursor.execute("SET LOCAL session_replication_role = origin")


def another(field, value):
    """Return a value of the same kind that is not the one that stands."""
    if isinstance(field, models.BooleanField):
        return not value
    if isinstance(field, models.ForeignKey):
        return (value or 0) + 999_999
    if isinstance(field, models.JSONField):
        return json.dumps({**value, "hand": "edit"})
    if isinstance(field, models.DateTimeField):
        return (value or moment("2023-06-01")) + timedelta(seconds=1)
    if hasattr(field, "base_field"):
        return [7] if isinstance(field.base_field, models.BigIntegerField) else ["edited"]
    if isinstance(field, models.DecimalField):
        return (
            (value or 0) + 1 if field.name not in ("hits", "credit") else value - value + (0 if value else 1)
        )
    if isinstance(field, models.IntegerField):
        return (value or 0) + 70
    return {"kind": "quarter", "period": "2023-05", "state": "preview", "verb": "closed"}.get(field.name, "x")


def named(run):
    return first_difference(ScoringRun.objects.get(pk=run.pk))


@contextmanager
def undone():
    """Take back what the block did, so that one run serves many edits."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def unnoticed(row, *checked, without=()):
    """Edit each column of a row in turn; return those whose edit neither the database refuses nor a check names.

    A truth that is a constraint holds with the triggers off.
    """
    kept = []
    for field in row._meta.concrete_fields:
        if field.name in {"id", *without}:
            continue
        with undone(), suppress(IntegrityError):
            edited(row, field.column, another(field, getattr(row, field.attname)))
            if not any(named(run) for run in checked):
                kept.append(field.name)
    return kept


def test_an_edited_column_of_a_run_is_named(run):
    assert unnoticed(run, run) == []


def test_an_edited_column_of_a_card_is_named(run):
    assert unnoticed(run.cards.get(code="FGW"), run) == []


def test_an_edited_reason_for_no_place_is_named(run):
    edited(run.cards.filter(place=None).first(), "unranked", "edited")
    assert "不排名原因" in named(run)


def test_an_edited_column_of_a_line_is_named(run):
    line = ScoreLine.objects.get(card__run=run, card__code="FGW", indicator="cooperation")
    assert unnoticed(line, run) == []


@pytest.mark.parametrize("indicator", ["on_time_reply", "completion", "satisfaction", "cooperation"])
def test_an_edited_column_of_an_input_is_named(run, indicator):
    row = CountedInput.objects.filter(run=run, indicator=indicator).order_by("pk").first()
    assert unnoticed(row, run) == []


def test_an_edited_column_of_a_step_is_named(run):
    for step in run.steps.all():
        assert unnoticed(step, run, without={"announced_at"}) == [], step


@pytest.mark.parametrize("model", [Scorecard, ScoreLine, CountedInput, RunStep])
def test_a_row_that_was_taken_away_is_named(run, model):
    where = {"card__run": run} if model is ScoreLine else {"run": run}
    for row in model.objects.filter(**where).order_by("pk")[:3]:
        with undone(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            if model is Scorecard:
                cursor.execute("DELETE FROM scoring_scoreline WHERE card_id = %s", [row.pk])
            cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE id = %s", [row.pk])
            assert named(run), row


def test_a_step_that_nobody_took_is_named_with_both_moments(run):
    edited(run, "previewed_at", moment("2023-07-10", "09:00:00"))
    assert "预公布时间存的是“2023-07-10 09:00:00”，步骤记录是“2023-07-10 00:00:00”" in named(run)


@pytest.fixture
def decided(office_clerk, office_lead):
    """July's runs, the last one published: an appeal that was upheld, one that was refused, and an exclusion."""
    for _ in range(3):
        completed("ZGJ", due="2023-07-20", done=None)
    july, at, clerk = Period.parse("2023-07"), moment("2023-08-08"), actor("ZGJ", name="规划局经办")
    first = previewed(july, at)
    misses = first.inputs.filter(organization__code="ZGJ", credit=0).order_by("pk")
    words = {"reason": "重复", "evidence": "与另一件为同一事项。"}
    cases = [appeal(counted=miss, actor=clerk, at=at, **words) for miss in misses[:2]]
    for case, is_upheld in zip(cases, (True, False), strict=True):
        decide_appeal(appeal=case, is_upheld=is_upheld, decision="已核实。", actor=office_clerk, at=at)
    found = propose_exclusion(counted=misses[2], actor=office_clerk, at=at, **words)
    decide_exclusion(exclusion=found, is_upheld=True, decision="同意。", actor=office_lead, at=at)
    last = ScoringRun.objects.order_by("-pk").first()
    return [first, publish(run=last, actor=office_lead, at=preview_until(july) + timedelta(seconds=1))]


@pytest.mark.parametrize("model", [Appeal, Exclusion])
def test_an_edited_decision_that_a_run_used_is_named(decided, model):
    assert [named(run) for run in decided] == [None, None]
    assert [unnoticed(row, *decided) for row in model.objects.order_by("pk")] == [[], []]


def test_with_the_triggers_on_a_decision_is_neither_changed_nor_deleted(decided):
    for row in (Appeal.objects.first(), Exclusion.objects.first()):
        for attack in (lambda r=row: type(r).objects.filter(pk=r.pk).update(decision="改判"), row.delete):
            with pytest.raises(DatabaseError), transaction.atomic():
                attack()


def test_a_row_that_was_slipped_in_is_named(run):
    row = CountedInput.objects.filter(run=run, left_out="").first()
    row.pk = None
    row.save()
    assert named(run)


def test_steps_out_of_order_are_named(run):
    edited(run, "previewed_at", moment("2023-08-30"))
    assert "公布时间早于预公布时间" in named(run)


def test_a_rule_version_that_no_longer_makes_sense_is_named_too(run):
    edited(run.rule_version, "content", "{}")
    assert "所用细则与细则版本" in named(run)


def test_the_difference_is_named_with_department_indicator_and_both_values(run):
    line = ScoreLine.objects.get(card__run=run, card__code="FGW", indicator="on_time_reply")
    edited(line, "points", "28.41")
    said = named(run)
    assert "按时回复率" in said
    assert "存的是“28.41”，重算是“28.40”" in said


def test_the_command_says_identical_or_ends_with_the_difference(run, capsys):
    call_command("verify_period", "2023-06")
    assert "identical" in capsys.readouterr().out
    edited(run, "digest", "0" * 64)
    with pytest.raises(CommandError, match="不一致"):
        call_command("verify_period", "2023-06")


def test_with_the_triggers_on_the_database_refuses_each_edit(run):
    rows = [run, run.cards.first(), ScoreLine.objects.filter(card__run=run).first(), run.inputs.first()]
    for row, column in zip(rows, ("digest", "name", "note", "reason"), strict=True):
        with pytest.raises(DatabaseError), transaction.atomic():
            type(row).objects.filter(pk=row.pk).update(**{column: "x"})


def test_a_quarter_is_verified_from_its_months(office_lead):
    for key in ("2023-04", "2023-05"):
        published(Period.parse(key), office_lead)
    worked_example("FGW")
    published(JUNE, office_lead)
    quarter = compute_period(period=Period.parse("2023Q2"), at=moment("2023-07-20"))
    assert named(quarter) is None
    edited(quarter, "pooled", quarter.pooled[:2])
    assert "合并的各月" in named(quarter)
