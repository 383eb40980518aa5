"""Generated histories: facts, formulas and places agree with the slow count, for each month they touch."""

from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings

from scoring import digests, runs
from scoring.models import CountedInput, ScoringRun
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
