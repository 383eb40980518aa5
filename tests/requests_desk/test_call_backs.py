"""The page of the calls: whom to call under which number, and what the calls about drawn completions found."""

from datetime import timedelta

import pytest
from django.urls import reverse

from requests_desk import drawing, records
from taian_factors.lib.clock import now
from tests.requests_desk import factories
from tests.requests_desk.factories import office

PAGE = reverse("requests_desk:call_backs")
pytestmark = pytest.mark.django_db


def text(response) -> str:
    return " ".join(response.content.decode().split())


def test_the_calls_about_drawn_completions_are_counted_and_their_mismatch_rate_shown(as_office_clerk):
    at = now()
    made = [factories.completed(at=at - timedelta(days=5)) for _ in range(5)]
    drawing.draw_call_backs(at=at, wins=lambda: True)
    shown = text(as_office_clerk.get(PAGE))
    assert "抽中 5 件，联系上 0 件，其中企业说法与办结不符 0 件。" in shown
    assert made[0].filing.contact_phone in shown
    # Not reached, then otherwise; said otherwise, then right after all; twice right; the fifth is not called.
    for one, answers in zip(made, ((None, False), (False, True), (True,), (True,)), strict=False):
        for is_solved in answers:
            records.call_back(one, is_solved=is_solved, text="已通话", actor=office(), at=at)
    assert drawing.found(at=at) == drawing.Found(drawn=5, reached=4, mismatches=1)
    assert "不符 1 件，不符率 25%" in text(as_office_clerk.get(PAGE))


def test_completions_of_long_ago_and_those_not_drawn_are_not_counted():
    at = now()
    factories.completed(at=at - drawing.LOOK_BACK - timedelta(days=9))
    factories.completed(at=at - timedelta(days=5))
    drawing.draw_call_backs(at=at, wins=lambda: False)
    assert drawing.found(at=at) == drawing.Found(drawn=0, reached=0, mismatches=0)
