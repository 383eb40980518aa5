"""Every stored column of a run can be edited by somebody who switches the triggers off; each edit is named."""

import json
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, models, transaction

from scoring.models import CountedInput, Scorecard, ScoreLine, ScoringRun
from scoring.runs import compute_period
from scoring.verifying import first_difference
from taian_factors.lib.periods import Period
from tests.scoring.factories import completed, excluded, matter, moment, published, reviewed, worked_example

JUNE = Period.parse("2023-06")
# What no recomputation can know: who pressed the button. The order of the steps is checked, their minute is not.
OF_THE_STEPS = {
    *("id", "state", "computed_at", "computed_by", "previewed_at", "previewed_by", "published_at"),
    *("published_by", "superseded_at", "correction_number", "correction_reason"),
}
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
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        try:
            cursor.execute(
                f'UPDATE {row._meta.db_table} SET "{column}" = %s WHERE id = %s',
                [value, row.pk],
            )
            assert cursor.rowcount == 1
        finally:
            cursor.execute("SET session_replication_role = origin")


def another(field, value):
    """Return a value of the same kind that is not the one that stands."""
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
    return {"kind": "quarter", "period": "2023-05", "indicator": "edited"}.get(field.name, "x")


def columns(model, *without):
    return [field for field in model._meta.concrete_fields if field.name not in {"id", *without}]


def named(run):
    return first_difference(ScoringRun.objects.get(pk=run.pk))


@pytest.mark.parametrize("field", columns(ScoringRun, *OF_THE_STEPS), ids=lambda f: f.name)
def test_an_edited_column_of_a_run_is_named(run, field):
    edited(run, field.column, another(field, getattr(run, field.attname)))
    assert named(run)


@pytest.mark.parametrize("field", columns(Scorecard, "unranked"), ids=lambda f: f.name)
def test_an_edited_column_of_a_card_is_named(run, field):
    card = run.cards.get(code="FGW")
    edited(card, field.column, another(field, getattr(card, field.attname)))
    assert named(run)


def test_an_edited_reason_for_no_place_is_named(run):
    edited(run.cards.filter(place=None).first(), "unranked", "edited")
    assert "不排名原因" in named(run)


@pytest.mark.parametrize("field", columns(ScoreLine), ids=lambda f: f.name)
def test_an_edited_column_of_a_line_is_named(run, field):
    line = ScoreLine.objects.get(card__run=run, card__code="FGW", indicator="cooperation")
    edited(line, field.column, another(field, getattr(line, field.attname)))
    assert named(run)


@pytest.mark.parametrize("field", columns(CountedInput), ids=lambda f: f.name)
@pytest.mark.parametrize("indicator", ["on_time_reply", "completion", "satisfaction", "cooperation"])
def test_an_edited_column_of_an_input_is_named(run, indicator, field):
    row = CountedInput.objects.filter(run=run, indicator=indicator).order_by("pk").first()
    edited(row, field.column, another(field, getattr(row, field.attname)))
    assert named(run)


@pytest.mark.parametrize("model", [Scorecard, ScoreLine, CountedInput])
def test_a_row_that_was_taken_away_is_named(run, model):
    where = {"card__run": run} if model is ScoreLine else {"run": run}
    row = model.objects.filter(**where).order_by("pk").first()
    with connection.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        if model is Scorecard:
            cursor.execute("DELETE FROM scoring_scoreline WHERE card_id = %s", [row.pk])
        cursor.execute(f"DELETE FROM {model._meta.db_table} WHERE id = %s", [row.pk])
        cursor.execute("SET session_replication_role = origin")
    assert named(run)


def test_a_row_that_was_slipped_in_is_named(run):
    row = CountedInput.objects.filter(run=run, left_out="").first()
    row.pk = None
    row.save()
    assert named(run)


def test_steps_out_of_order_are_named(run):
    edited(run, "previewed_at", moment("2023-08-30"))
    assert "公布时间早于预公布时间" in named(run)


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
