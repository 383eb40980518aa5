"""The life of a month: provisional, preview, appeals, published, corrected; every step refused out of order."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from scoring import digests, runs
from scoring.appealing import appeal
from scoring.models import CountedInput, ScoringRun
from scoring.verifying import first_difference
from taian_factors.directory.models import Organization
from taian_factors.lib.periods import Period
from tests.scoring.factories import (
    answered,
    duty,
    moment,
    previewed,
    published,
    worked_example,
)

JUNE = Period.parse("2023-06")
# July 2023 begins on a Saturday: its first working day is the 3rd, its sixth the 10th.
FIRST, SIXTH, TENTH = moment("2023-07-03", "02:30:00"), moment("2023-07-10", "02:30:00"), moment("2023-07-14")
pytestmark = pytest.mark.django_db


def miss(run, code="FGW", indicator="on_time_reply"):
    found = CountedInput.objects.filter(
        run=run, organization__code=code, indicator=indicator, credit=0, left_out=""
    )
    return found.order_by("pk").first()


def appealed(run, actor):
    words = {"reason": "重复", "evidence": "与另一件相同。"}
    return appeal(counted=miss(run, "ZGJ"), actor=actor, at=moment("2023-07-11"), **words)


def total(run, code="FGW"):
    return str(run.cards.get(code=code).total)


def test_nothing_is_made_before_the_first_working_day():
    assert "没有要做" in runs.advance(period=JUNE, at=moment("2023-07-02"))
    assert not ScoringRun.objects.exists()


def test_the_first_working_day_makes_one_provisional_run_however_often_it_is_asked():
    for at in (FIRST, FIRST, moment("2023-07-05")):
        runs.advance(period=JUNE, at=at)
    assert [run.state for run in ScoringRun.objects.all()] == ["draft"]


def test_the_sixth_working_day_makes_the_run_that_goes_to_preview_once():
    runs.advance(period=JUNE, at=FIRST)
    for _ in range(2):
        runs.advance(period=JUNE, at=SIXTH)
    assert sorted(run.state for run in ScoringRun.objects.all()) == ["draft", "preview"]


def test_a_duty_without_a_result_holds_up_the_preview_until_it_is_judged():
    record = duty(result="")
    assert "没有落实结果" in runs.advance(period=JUNE, at=SIXTH)
    type(record).objects.filter(pk=record.pk).update(result="on_time", judged_at=SIXTH)
    assert "已预公布" in runs.advance(period=JUNE, at=SIXTH + timedelta(days=1))


def test_preview_before_the_sixth_working_day_is_refused(office_clerk):
    run = runs.compute_month(period=JUNE, at=FIRST)
    with pytest.raises(runs.RunError, match="第 6 个工作日"):
        runs.preview(run=run, actor=office_clerk, at=moment("2023-07-07"))
    with pytest.raises(runs.RunError, match="第 6 个工作日"):
        # An old computation does not become fit for preview by waiting.
        runs.preview(run=run, actor=office_clerk, at=SIXTH)


def test_only_the_newest_run_moves_on(office_clerk):
    old = runs.compute_month(period=JUNE, at=SIXTH)
    runs.compute_month(period=JUNE, at=SIXTH)
    with pytest.raises(runs.RunError, match="请用最新的一次"):
        runs.preview(run=old, actor=office_clerk, at=SIXTH)


def test_a_month_that_has_not_begun_is_not_computed():
    july = Period.parse("2023-07")
    with pytest.raises(runs.RunError, match="2023年7月还没有开始"):
        runs.compute_month(period=july, at=moment("2023-06-30", "23:59:59"))
    assert runs.compute_month(period=july, at=moment("2023-07-01", "00:00:00")).period == "2023-07"


def test_publishing_without_preview_is_refused(office_lead):
    run = runs.compute_month(period=JUNE, at=SIXTH)
    with pytest.raises(runs.RunError, match="尚未预公布"):
        runs.publish(run=run, actor=office_lead, at=TENTH)


def test_publishing_inside_the_three_days_is_refused(office_lead):
    run = previewed(JUNE, SIXTH)
    with pytest.raises(runs.RunError, match="预公布到 2023-07-13 结束"):
        runs.publish(run=run, actor=office_lead, at=moment("2023-07-13", "23:59:59"))
    assert runs.publish(run=run, actor=office_lead, at=moment("2023-07-14", "00:00:00")).state == "published"


@pytest.mark.parametrize("who", ["office_clerk", "office_auditor", "department_lead", "bank", "enterprise"])
def test_only_a_lead_of_the_office_publishes(who, request):
    run = previewed(JUNE, SIXTH)
    with pytest.raises(runs.NotAllowedError):
        runs.publish(run=run, actor=request.getfixturevalue(who), at=TENTH)


@pytest.mark.parametrize("who", ["office_auditor", "department_lead", "bank", "enterprise"])
def test_only_the_office_computes_and_previews(who, request):
    actor = request.getfixturevalue(who)
    run = runs.compute_month(period=JUNE, at=SIXTH)
    for verb in (
        lambda: runs.compute_month(period=JUNE, at=SIXTH, actor=actor),
        lambda: runs.compute_period(period=Period.parse("2023Q2"), at=SIXTH, actor=actor),
        lambda: runs.preview(run=run, actor=actor, at=SIXTH),
    ):
        with pytest.raises(runs.NotAllowedError):
            verb()


def test_publishing_twice_is_refused(office_lead):
    run = published(JUNE, office_lead)
    with pytest.raises(runs.RunError, match="已经公布"):
        runs.publish(run=run, actor=office_lead, at=TENTH)


# --- published stands ---------------------------------------------------------------------------------------


def test_later_facts_never_change_a_published_month(office_lead):
    worked_example()
    run = published(JUNE, office_lead)
    before = digests.machine_output(run, digests.loaded(run))
    answered(on_time=False)
    Organization.objects.filter(code="FGW").update(name="改了名的委", takes_part=False)
    run = ScoringRun.objects.get(pk=run.pk)
    assert digests.machine_output(run, digests.loaded(run)) == before
    assert first_difference(run) is None


def test_a_correction_does_not_count_a_duty_that_nobody_judged(office_lead):
    worked_example()
    published(JUNE, office_lead)
    record, at = duty(result=""), moment("2023-08-01")
    words = {"actor": office_lead, "at": at, "correction_reason": "补登一项工作。"}
    with pytest.raises(runs.RunError, match="1 项工作在计算时没有落实结果"):
        runs.publish(run=runs.compute_month(period=JUNE, at=at), **words)
    record.result, record.judged_at = "on_time", at
    record.save()
    assert runs.publish(run=runs.compute_month(period=JUNE, at=at), **words).correction_number == 1


def test_a_correction_is_a_numbered_new_run_with_a_reason_and_the_old_one_stays_readable(office_lead):
    worked_example()
    first = published(JUNE, office_lead)
    answered(on_time=False)
    second = runs.compute_month(period=JUNE, at=moment("2023-08-01"))
    with pytest.raises(runs.RunError, match="写明理由"):
        runs.publish(run=second, actor=office_lead, at=moment("2023-08-01"), correction_reason="  ")
    second = runs.publish(
        run=second, actor=office_lead, at=moment("2023-08-01"), correction_reason="补录一件。"
    )
    assert (second.correction_number, second.correction_reason) == (1, "补录一件。")
    assert ScoringRun.objects.published().get(period="2023-06") == second
    first.refresh_from_db()
    assert (first.state, first_difference(first)) == ("published", None)
    third = runs.compute_month(period=JUNE, at=moment("2023-08-02"))
    with pytest.raises(runs.RunError, match="已经公布"):
        runs.preview(run=third, actor=office_lead, at=moment("2023-08-02"))
    assert (
        runs.publish(
            run=third, actor=office_lead, at=moment("2023-08-02"), correction_reason="再次。"
        ).correction_number
        == 2
    )


@pytest.mark.parametrize(
    "change",
    [
        "state = 'draft', published_at = NULL",
        "published_at = published_at + interval '1 day'",
        "correction_number = 3",
        "previewed_at = NULL",
    ],
)
def test_a_published_run_cannot_be_taken_back_by_sql(office_lead, change):
    published(JUNE, office_lead)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"UPDATE scoring_scoringrun SET {change}")


# --- verification -------------------------------------------------------------------------------------------

TAMPERED = [
    ("scoring_countedinput", "credit = 1 - credit WHERE indicator = 'on_time_reply'", "自己的时点不符"),
    ("scoring_countedinput", "left_out = 'excluded' WHERE credit = 0", "存的是"),
    ("scoring_countedinput", "assignment_id = assignment_id + 1 WHERE assignment_id IS NOT NULL", "有改动"),
    ("scoring_scoreline", "points = points + 0.01 WHERE points > 0", "得分存的是"),
    ("scoring_scorecard", "total = total + 1 WHERE total IS NOT NULL", "总分存的是"),
    ("scoring_scorecard", "name = '某委'", "名称"),
]


@pytest.mark.parametrize(("table", "change", "found"), TAMPERED)
def test_a_hand_edit_that_gets_past_the_triggers_is_found_and_named(table, change, found):
    worked_example()
    run = runs.compute_month(period=JUNE, at=SIXTH)
    assert first_difference(run) is None
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        cursor.execute(f"UPDATE {table} SET {change}")
    assert found in first_difference(run)


def test_an_input_that_was_added_is_found():
    worked_example()
    run = runs.compute_month(period=JUNE, at=SIXTH)
    extra = CountedInput.objects.filter(run=run, indicator="satisfaction").first() or miss(run)
    extra.pk = None
    extra.left_out = "excluded"
    extra.save(force_insert=True)
    assert "有增减" in first_difference(run)


# --- longer periods -----------------------------------------------------------------------------------------


def test_a_quarter_is_refused_until_every_month_is_published(office_lead):
    published(JUNE, office_lead)
    with pytest.raises(runs.RunError, match="2023年4月、2023年5月尚未公布"):
        runs.compute_period(period=Period.parse("2023Q2"), at=TENTH)


def test_a_month_is_no_longer_period():
    with pytest.raises(runs.RunError, match="只合并季度"):
        runs.compute_period(period=JUNE, at=TENTH)


def test_a_quarter_pools_hits_and_populations_and_prints_each_months_total(office_lead):
    for due in ("2023-04-10", "2023-04-11", "2023-05-10"):
        answered(due=due, on_time=due == "2023-04-10")
    answered(due="2023-06-10")
    for key in ("2023-04", "2023-05", "2023-06"):
        published(Period.parse(key), office_lead)
    run = runs.compute_period(period=Period.parse("2023Q2"), at=TENTH)
    card = run.cards.get(code="FGW")
    line = card.lines.get(indicator="on_time_reply")
    assert (str(line.hits), line.population, str(card.total)) == ("2.0", 4, "50.00")
    assert card.months == {"2023-04": "50.00", "2023-05": "0.00", "2023-06": "100.00"}
    assert first_difference(run) is None


def test_months_without_a_place_pool_too(office_lead):
    duty(on="2023-04-10", result="not_done")
    answered(due="2023-05-10")
    for key in ("2023-04", "2023-05", "2023-06"):
        published(Period.parse(key), office_lead)
    card = runs.compute_period(period=Period.parse("2023Q2"), at=TENTH).cards.get(code="FGW")
    assert (card.months["2023-04"], str(card.lines.get(indicator="cooperation").hits)) == (None, "0.0")
    assert card.lines.get(indicator="cooperation").population == 1
