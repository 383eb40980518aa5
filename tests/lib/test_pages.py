"""Pages of a list, whole pages and fragments."""

import pytest
from django.http import HttpRequest
from django.test import RequestFactory
from django_htmx.middleware import HtmxDetails

from taian_factors.lib.pages import paginate, wants_fragment


def asked(address: str = "/", **headers: str) -> HttpRequest:
    request = RequestFactory().get(address, headers=headers)
    request.htmx = HtmxDetails(request)
    return request


def test_page_is_the_one_asked_for() -> None:
    assert list(paginate(asked("/?page=2"), range(10), per_page=4)) == [4, 5, 6, 7]


@pytest.mark.parametrize("number", ["", "x", "0", "-1", "²"])
def test_page_that_is_no_number_is_not_an_error(number: str) -> None:
    assert paginate(asked(f"/?page={number}"), range(10), per_page=4).number in {1, 3}


def test_page_beyond_the_end_is_the_last() -> None:
    assert paginate(99, range(10), per_page=4).number == 3


def test_page_of_nothing_is_empty() -> None:
    assert list(paginate(asked(), [], per_page=4)) == []


def test_htmx_and_polls_get_the_fragment() -> None:
    assert wants_fragment(asked(hx_request="true"))


def test_browsers_get_the_whole_page() -> None:
    assert not wants_fragment(asked())
    assert not wants_fragment(RequestFactory().get("/"))


def test_going_back_and_boosted_links_get_the_whole_page() -> None:
    assert not wants_fragment(asked(hx_request="true", hx_history_restore_request="true"))
    assert not wants_fragment(asked(hx_request="true", hx_boosted="true"))
