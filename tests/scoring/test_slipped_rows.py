"""Rows put in, taken away or emptied out by SQL: the database refuses them, or `verify_period` names the difference.

With the triggers on first, as anybody with the table's rights would try; then past them, as only a superuser can.
"""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from scoring.appealing import appeal, decide_appeal, decide_exclusion, propose_exclusion
from scoring.models import Appeal, CountedInput, Exclusion, RunStep, Scorecard, ScoreLine, ScoringRun
from scoring.runs import preview_until, publish
from taian_factors.lib.periods import Period
from tests.directory.factories import actor
from tests.scoring.factories import completed, duty, moment, previewed, reviewed

JULY = Period.parse("2023-07")
AT = moment("2023-08-08")
WORDS = {"reason": "重复", "evidence": "与另一件为同一事项。"}
STORED = [ScoringRun, Scorecard, ScoreLine, CountedInput, RunStep, Appeal, Exclusion]
pytestmark = pytest.mark.django_db


@pytest.fixture
def runs(office_clerk, office_lead):
    """July's runs that were shown, the last one published: appeals upheld and refused, exclusions of both kinds."""
    for result in ("on_time", "late"):
        duty("ZGJ", result, on="2023-07-10")
    for _ in range(4):
        completed("ZGJ", due="2023-07-20", done=None)
    reviewed(completed("ZGJ", due="2023-07-20"), 2)
    first = previewed(JULY, AT)
    misses = first.inputs.filter(organization__code="ZGJ", credit=0).order_by("pk")
    clerk = actor("ZGJ", name="规划局经办")
    cases = [appeal(counted=miss, actor=clerk, at=AT, **WORDS) for miss in misses[:2]]
    for case, is_upheld in zip(cases, (True, False), strict=True):
        decide_appeal(appeal=case, is_upheld=is_upheld, decision="已核实。", actor=office_clerk, at=AT)
    held = ScoringRun.objects.in_preview().get()
    for miss, is_upheld in zip(held.inputs.filter(credit=0, left_out="")[:2], (False, True), strict=True):
        found = propose_exclusion(counted=miss, actor=office_clerk, at=AT, **WORDS)
        decide_exclusion(exclusion=found, is_upheld=is_upheld, decision="已定。", actor=office_lead, at=AT)
    last = ScoringRun.objects.order_by("-pk").first()
    publish(run=last, actor=office_lead, at=preview_until(JULY) + timedelta(seconds=1))
    assert said() == ""
    return list(ScoringRun.objects.exclude(state="draft").order_by("pk"))


def said():
    """What `verify_period` says against any of the runs; nothing when every byte is the same."""
    try:
        for run in ScoringRun.objects.exclude(state="draft").order_by("pk"):
            call_command("verify_period", run.period, run=run.pk)
        call_command("verify_period", JULY.key)
    except CommandError as error:
        return str(error)
    return ""


def attacked(*statements, past_triggers):
    """Try statements and say what came of it: refused by the database, or what the check names; then undo them."""
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                # References are looked at when a transaction ends; a test's never does.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                if past_triggers:
                    cursor.execute("SET LOCAL session_replication_role = replica")
                for statement in statements:
                    cursor.execute(statement)
                cursor.execute("SET LOCAL session_replication_role = origin")
            found = said()
            transaction.set_rollback(True)
    except DatabaseError as error:
        return f"refused: {error}"
    return found


def copied(model, pk, **changed):
    """The statement that puts a row in which is like another but for its key and what is changed."""
    names = [field.column for field in model._meta.concrete_fields if field.column != "id"]
    values = ", ".join(str(changed.get(name, f'"{name}"')) for name in names)
    columns = ", ".join(f'"{name}"' for name in names)
    table = model._meta.db_table
    return f"INSERT INTO {table} ({columns}) SELECT {values} FROM {table} WHERE id = {pk}"


@pytest.mark.parametrize("past_triggers", [False, True])
def test_a_row_that_is_deleted_is_refused_or_named(runs, past_triggers):
    where = {ScoringRun: {"pk__in": [run.pk for run in runs]}, ScoreLine: {"card__run__in": runs}}
    for model in STORED:
        rows = model.objects.filter(**where.get(model, {"run__in": runs})).order_by("pk")
        assert rows
        for row in {*rows[:2], *rows.order_by("-pk")[:2]}:
            attack = f"DELETE FROM {model._meta.db_table} WHERE id = {row.pk}"
            assert attacked(attack, past_triggers=past_triggers), (model, row)


@pytest.mark.parametrize("past_triggers", [False, True])
def test_a_row_that_is_inserted_is_refused_or_named(runs, past_triggers):
    for model in (Scorecard, ScoreLine, CountedInput, RunStep, Appeal, Exclusion):
        where = {"card__run__in": runs} if model is ScoreLine else {"run__in": runs}
        rows = model.objects.filter(**where).order_by("pk")
        for row in {*rows[:2], *rows.order_by("-pk")[:2]}:
            assert attacked(copied(model, row.pk), past_triggers=past_triggers), (model, row)


def test_a_case_that_was_slipped_in_is_named_as_one_without_a_step(runs):
    last = runs[-1]
    free = CountedInput.objects.filter(run=last, left_out="", indicator="cooperation").first()
    about = {
        "assignment_id": "NULL",
        "review_id": "NULL",
        "duty_record_id": free.duty_record_id,
        "run_id": last.pk,
    }
    undecided = {"is_upheld": "NULL", "decided_at": "NULL", "decided_by_id": "NULL", "decision": "''"}
    case, ruled = Appeal.objects.order_by("-pk").first(), Exclusion.objects.order_by("-pk").first()
    for extra in ({}, undecided):
        put_in = copied(Appeal, case.pk, exclusion_id="NULL", **about, **extra)
        assert "号申诉没有步骤记录" in attacked(put_in, past_triggers=False)
        put_in = copied(Exclusion, ruled.pk, **about, **extra)
        assert "号剔除没有步骤记录" in attacked(put_in, past_triggers=False)


def test_a_decision_that_nobody_took_is_named(office_clerk):
    held = previewed(JULY, AT) if completed("ZGJ", due="2023-07-20", done=None) else None
    miss = held.inputs.filter(credit=0).first()
    appeal(counted=miss, actor=actor("ZGJ", name="规划局经办"), at=AT, **WORDS)
    decided = f"is_upheld = false, decided_at = filed_at, decided_by_id = {office_clerk.user.pk}"
    assert "号申诉的决定没有步骤记录" in attacked(f"UPDATE scoring_appeal SET {decided}", past_triggers=False)


def test_what_was_slipped_in_beside_the_cards_lines_and_steps_is_named_in_words(runs):
    last = runs[-1]
    card = last.cards.order_by("-printed_order").first()
    a_body = (
        "INSERT INTO directory_organization (kind, code, name, short, aliases, position, takes_part,"
        " lead_signs_replies, is_active) VALUES ('department', 'ZZZ', '某局', '某局', '{}', 99, false, false, true)"
    )
    other = {
        "organization_id": "(SELECT id FROM directory_organization WHERE code = 'ZZZ')",
        "printed_order": 99,
    }
    assert "某局" in attacked(
        a_body, copied(Scorecard, card.pk, code="'ZZZ'", name="'某局'", **other), past_triggers=False
    )
    more = copied(ScoreLine, card.lines.first().pk, indicator="'other'", number=9)
    assert "指标有增减" in attacked(more, past_triggers=False)
    step = last.steps.order_by("-pk").first()
    assert "封签" in attacked(copied(RunStep, step.pk, verb="'closed'"), past_triggers=False)


@pytest.mark.parametrize("past_triggers", [False, True])
def test_a_table_that_is_emptied_out_is_refused_or_named(runs, past_triggers):
    for model in STORED:
        for cascade in ("", " CASCADE"):
            attack = f"TRUNCATE {model._meta.db_table}{cascade}"
            assert attacked(attack, past_triggers=past_triggers), attack


def test_inputs_lines_and_steps_that_are_emptied_out_are_named(runs):
    for model, words in (
        (CountedInput, "与重算的不同"),
        (ScoreLine, "指标有增减"),
        (RunStep, "没有“计算”这一步"),
    ):
        assert words in attacked(f"TRUNCATE {model._meta.db_table} CASCADE", past_triggers=False), model
    assert "没有计算过" in attacked("TRUNCATE scoring_scoringrun CASCADE", past_triggers=False)


def test_the_duties_of_a_run_are_those_that_it_counted(runs):
    """A duty that was counted is kept by the run's own row; what becomes of it in the register changes nothing."""
    counted = CountedInput.objects.filter(run=runs[-1], indicator="cooperation").order_by("pk")
    assert sorted(counted.values_list("result", flat=True)) == ["late", "on_time"]
    for row in counted:
        away = f"DELETE FROM scoring_dutyrecord WHERE id = {row.duty_record_id}"
        assert attacked(away, past_triggers=False).startswith("refused")
        assert attacked(copied(CountedInput, row.pk), past_triggers=False)
        assert attacked(f"DELETE FROM scoring_countedinput WHERE id = {row.pk}", past_triggers=True)
        other = "late" if row.result == "on_time" else "on_time"
        edit = f"UPDATE scoring_countedinput SET result = '{other}' WHERE id = {row.pk}"
        assert attacked(edit, past_triggers=False).startswith("refused")
        assert "条计入事项的计分与它自己的时点不符" in attacked(edit, past_triggers=True)
    for table in ("scoring_duty", "scoring_dutyrecord"):
        assert attacked(f"TRUNCATE {table}", past_triggers=False).startswith("refused")
        assert attacked(f"TRUNCATE {table} CASCADE", past_triggers=False)
