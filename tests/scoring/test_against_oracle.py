"""Generated histories: facts, formulas and places agree with the slow count, for each month they touch."""

from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from requests_desk.models import Assignment, SatisfactionReview
from scoring import digests, runs
from scoring.models import CountedInput, Exclusion, ScoringRun
from taian_factors.directory.models import Organization
from taian_factors.lib.periods import Period
from tests.scoring import oracle
from tests.scoring.factories import moment
from tests.scoring.histories import histories, write

MONTHS = [Period.parse(key) for key in ("2023-05", "2023-06", "2023-07")]
AT = moment("2023-08-10")
pytestmark = pytest.mark.django_db


@contextmanager
def undone():
    """Undo what one generated example wrote."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def competing():
    return list(Organization.objects.filter(kind="department", takes_part=True))


def result_of(run):
    output = digests.machine_output(run, digests.loaded(run))
    return {key: output[key] for key in ("departments", "unranked")}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories)
def test_any_history_gives_exactly_the_places_totals_and_lines_of_the_slow_count(drawn):
    with undone():
        history = write(drawn)
        for period in MONTHS:
            run = runs.compute_month(period=period, at=AT)
            assert result_of(run) == oracle.month(competing(), history, period)
            for card in run.cards.select_related("organization"):
                assert card.beside == oracle.figures(card.organization, history, period), card
            due = [
                a
                for a in history["assignments"]
                if a.reply_due_at and period.start <= a.reply_due_at < period.end
            ]
            mine = {department.pk for department in competing()}
            stored = CountedInput.objects.filter(run=run, indicator="on_time_reply").values_list(
                "assignment", flat=True
            )
            # Counted or left out with its reason: every reply that was due is told, once.
            assert sorted(stored) == sorted(a.pk for a in due if a.organization_id in mine)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories)
def test_a_quarter_pools_its_months_and_is_never_their_mean(drawn):
    quarter, departments = Period.parse("2023Q2"), competing()
    with undone():
        history = write(drawn)
        for period in quarter.months:
            run = runs.compute_month(period=period, at=AT)
            ScoringRun.objects.filter(pk=run.pk).update(state="published", published_at=AT)
        pooled = []
        for department in departments:
            months = [oracle.count(department, history, period) for period in quarter.months]
            sums = {
                code: tuple(sum(month[code][i] for month in months) for i in (0, 1)) for code in oracle.ORDER
            }
            pooled.append((department, oracle.judge(department, sums)))
        assert result_of(runs.compute_period(period=quarter, at=AT)) == oracle.table(pooled)


def named_populations(period):
    """The populations and hits of the rules, as the named querysets say them."""
    replies = Assignment.objects.reply_due_in(period)
    completions = Assignment.objects.completion_due_in(period)
    reviews = SatisfactionReview.objects.first_submitted_in(period)
    return {
        "on_time_reply": ("assignment", replies, replies.replied_on_time()),
        "completion": ("assignment", completions, completions.completed_by(period.end)),
        "satisfaction": ("review", reviews, reviews.satisfied()),
    }


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories)
def test_the_named_populations_are_what_a_run_counts(drawn):
    with undone():
        write(drawn)
        excluded = Exclusion.objects.filter(is_upheld=True)
        for period in MONTHS:
            run = runs.compute_month(period=period, at=AT)
            for indicator, (name, population, hits) in named_populations(period).items():
                of_department = "organization" if name == "assignment" else "assignment__organization"
                counting = {f"{of_department}__in": competing()}
                gone = excluded.filter(**{f"{name}__isnull": False}).values(name)
                stored = CountedInput.objects.filter(run=run, indicator=indicator, left_out="")
                for expected, found in ((population, stored), (hits, stored.filter(credit=1))):
                    named = expected.filter(**counting).exclude(pk__in=gone).values_list("pk", flat=True)
                    assert set(named) == set(found.values_list(name, flat=True)), indicator
