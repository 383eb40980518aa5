"""A half-year's ranking, six months beside four indicators, is read without pushing the page sideways."""

import pytest
from django.urls import reverse

from scoring import runs
from taian_factors.lib.periods import Period
from tests.scoring.factories import answered, completed, moment, published

HALF = Period.parse("2023H1")
SIDEWAYS = (
    "[...document.querySelectorAll('.table-region, .paper-scroll')].some(e => e.scrollWidth > e.clientWidth)"
)
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_a_half_year_fits_the_phone_the_desk_and_the_printed_sheet(office_lead, open_page, look):
    for month in HALF.months:
        for code in ("FGW", "ZJJ"):
            answered(code, due=f"{month.key}-10")
            completed(code, due=f"{month.key}-20", done=f"{month.key}-12")
        published(month, office_lead)
    run = runs.compute_period(period=HALF, at=moment("2023-07-20"), actor=office_lead)
    page = open_page(office_lead)
    page.goto(f"{reverse('scoring:rankings')}?period={HALF.key}&run={run.pk}")
    look(page)
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert not page.evaluate(SIDEWAYS), width
    page.goto(reverse("scoring:print_ranking", args=[run.pk]))
    look(page)
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        assert not page.evaluate(SIDEWAYS), width
