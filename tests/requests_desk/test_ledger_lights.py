"""The light of a row and the light of a filter are the same light."""

from datetime import timedelta

import pytest

from requests_desk import clocks, ledger
from requests_desk.deadlines import Light
from requests_desk.models import FactorRequest, Suspension
from tests.requests_desk import factories
from tests.requests_desk.factories import START, acting, office

pytestmark = pytest.mark.django_db


def test_rows_and_filters_agree_at_every_moment_of_every_state():
    for make in factories.IN_STATE.values():
        make()
    supported = factories.assigned(supports=("SPJ",))
    suspended = factories.assigned()
    clocks.ask_suspension(
        suspended,
        cause=Suspension.Cause.PAPERS,
        reason="补材料",
        actor=acting("ZGJ"),
        at=START + timedelta(hours=3),
    )
    clocks.decide_suspension(suspended, is_approved=True, actor=office(), at=START + timedelta(hours=3))
    seen = set()
    for hours in (4, 30, 50, 60, 90, 24 * 15, 24 * 24):
        at = START + timedelta(hours=hours)
        rows = ledger.rows(FactorRequest.objects.with_parts(), at=at)
        by_row = {light: {r.factor_request.pk for r in rows if r.light == light} for light in Light}
        by_filter = {
            light: set(FactorRequest.objects.showing(light, at=at).values_list("pk", flat=True))
            for light in Light
        }
        assert by_row == by_filter, hours
        seen |= {light for light, found in by_row.items() if found}
    assert seen == set(Light)
    assert supported.pk in by_row[Light.RED]
