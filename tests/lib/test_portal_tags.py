"""What the tags write, character by character."""

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.template import RequestContext, Template
from django.test import RequestFactory
from django.urls import resolve


class State(models.TextChoices):
    ASSIGNED = "assigned", "已交办"
    WITHDRAWN = "withdrawn", "已撤回"


class Record:
    state = "assigned"

    def get_state_display(self) -> str:
        return "已交办"


def render(source: str, request: HttpRequest | None = None, **context: object) -> str:
    return Template(source).render(RequestContext(request or RequestFactory().get("/"), context))


@pytest.mark.parametrize(
    ("name", "word", "shape"),
    [
        ("green", "正常", "●"),
        ("yellow", "临期", "▲"),
        ("amber", "临期", "▲"),
        ("red", "逾期", "■"),
        ("grey", "挂起", "‖"),
    ],
)
def test_light_has_a_word_and_a_shape(name: str, word: str, shape: str) -> None:
    drawn = render("{% light name %}", name=name)
    assert word in drawn
    assert f'<span aria-hidden="true">{shape}</span>' in drawn


def test_light_takes_another_word() -> None:
    assert "已解决" in render('{% light "green" "已解决" %}')


def test_no_light_draws_nothing() -> None:
    assert render("{% light none %}") == ""


def test_state_badge_of_a_record_shows_its_label() -> None:
    assert (
        render("{% state_badge record %}", record=Record())
        == '<span class="badge-state tone-works">已交办</span>'
    )


def test_state_badge_of_a_choice_shows_its_label() -> None:
    drawn = render("{% state_badge state %}", state=State.WITHDRAWN)
    assert drawn == '<span class="badge-state tone-over">已撤回</span>'


@pytest.mark.parametrize(
    ("left", "words"),
    [(2, "还剩 2 个工作日"), (0, "今天到期"), (-3, "逾期 3 个工作日"), (None, "—")],
)
def test_due_label_counts_working_days(left: int | None, words: str) -> None:
    assert render("{{ left|due_label }}", left=left) == words


@pytest.mark.parametrize(("value", "shown"), [(None, "—"), ("", "—"), (0, "0"), ("字", "字")])
def test_dash_stands_for_nothing_but_not_for_nought(value: object, shown: str) -> None:
    assert render("{{ value|dash }}", value=value) == shown


def test_moment_is_tai_an_time() -> None:
    assert render("{{ at|moment }}", at=datetime(2023, 6, 13, 6, 5, 59, tzinfo=UTC)) == "2023-06-13 14:05"
    assert render("{{ at|moment }}", at=None) == "—"


def test_day_of_a_late_moment_is_the_next_day_in_tai_an() -> None:
    assert render("{{ at|day }}", at=datetime(2023, 6, 12, 16, 30, tzinfo=UTC)) == "2023-06-13"
    assert render("{{ on|day }}", on=date(2023, 6, 13)) == "2023-06-13"
    assert render("{{ on|day }}", on=None) == "—"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("6000.00"), "6,000"),
        (Decimal("0.350"), "0.35"),
        (Decimal("1E+3"), "1,000"),
        (100, "100"),
        (None, "—"),
    ],
)
def test_number_has_no_trailing_noughts(value: object, shown: str) -> None:
    assert render("{{ value|number }}", value=value) == shown


def test_quantity_and_money_carry_their_unit() -> None:
    assert render('{% quantity value "亩" %}', value=Decimal("35.50")) == "35.5 亩"
    assert render("{{ value|money }}", value=Decimal("6000.00")) == "6,000 万元"
    assert render('{% quantity value "亩" %}', value=None) == "—"


@pytest.mark.parametrize(
    ("rate", "shown"),
    [
        (Fraction(12, 13), "92.31%"),
        (Decimal("0.88465"), "88.47%"),
        (Fraction(1, 3), "33.33%"),
        (Decimal(1), "100.00%"),
        (Decimal(0), "0.00%"),
        (None, "—"),
    ],
)
def test_percent_is_rounded_half_up(rate: object, shown: str) -> None:
    assert render("{{ rate|percent }}", rate=rate) == shown


def test_current_nav_marks_pages_under_its_prefix() -> None:
    request = RequestFactory().get("/directory/profile/")
    request.resolver_match = resolve("/directory/profile/")
    assert render('{% current_nav "directory:" %}', request) == 'aria-current="page"'
    assert render('{% current_nav "home" "fairs:" %}', request) == ""


def test_csrf_field_is_written_inside_an_isolated_include() -> None:
    drawn = render(
        '{% include "components/_confirm.html" with action="/x/" verb="发布" question="发布 2023年6月？" only %}'
    )
    assert 'name="csrfmiddlewaretoken" value="' in drawn
    assert "发布 2023年6月？" in drawn


def test_pagination_keeps_the_filters_in_the_address() -> None:
    page = Paginator(range(100), 10).page(2)
    request = RequestFactory().get("/?light=red&page=2")
    drawn = render('{% include "components/_pagination.html" with page=page only %}', request, page=page)
    assert 'href="?light=red&amp;page=3" rel="next"' in drawn
    assert "第 2 / 10 页，共 100 条" in drawn
