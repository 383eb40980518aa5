"""What an enterprise booked for stands first at the stall that handles it, and is filed by one press."""

from datetime import timedelta

import pytest

from fairs.models import Booking
from requests_desk.drafting import save_draft
from requests_desk.intake import Need, file
from requests_desk.models import BookedNeed, FactorRequest
from taian_factors.lib.clock import now
from tests.directory import factories as directory
from tests.fairs import factories as fairs
from tests.requests_desk import factories
from tests.requests_desk.counters import Counter, counter_at


@pytest.fixture
def counter(hall, sign_in) -> Counter:
    made = counter_at(hall, sign_in)
    made.stall.handles.add(factories.factor("TD"))
    return made


@pytest.fixture
def booking(hall, counter) -> Booking:
    place = fairs.booked(fairs.slot(counter.stall, "00:00", "23:59"), at=now() - timedelta(days=1))
    return place.booking


def wish(booking, code="TD", headline="三期用地", filed=None):
    return BookedNeed.objects.create(
        booking=booking, factor=factories.factor(code), headline=headline, added_at=now(),
        factor_request=filed, filing=filed and filed.filing,
    )  # fmt: skip


def press(counter, ticket, which, **more):
    given = {"key": fairs.key(), "ticket": ticket.pk, "which": which, "outcome": "kept", **more}
    return counter.client.post("/desk/stall/need/", given)


def test_what_was_booked_for_this_stall_stands_first_and_one_press_files_it(counter, booking):
    other, mine = wish(booking, "JR", "流动资金贷款"), wish(booking)
    ticket = counter.serving(booking.enterprise)
    page = counter.page()
    assert page.index("三期用地") < page.index("流动资金贷款") < page.index("本次已办")
    assert f'value="{mine.key}"' in page
    assert f'value="{other.key}"' not in page
    assert press(counter, ticket, mine.key).status_code == 302
    made = FactorRequest.objects.get()
    assert (made.headline, made.factor.code, made.state, made.enterprise) == (
        "三期用地", "TD", "assigned", booking.enterprise,
    )  # fmt: skip
    mine.refresh_from_db()
    assert (mine.factor_request, mine.filing) == (made, made.filing)
    assert f'value="{mine.key}"' not in counter.page()


def test_it_is_filed_once_whoever_presses(counter, booking, hall, sign_in):
    mine = wish(booking)
    ticket = counter.serving(booking.enterprise)
    twice = {"key": fairs.key()}
    assert press(counter, ticket, mine.key, **twice).status_code == 302
    assert press(counter, ticket, mine.key, **twice).status_code == 302
    assert press(counter, ticket, mine.key).status_code == 422
    assert FactorRequest.objects.count() == 1


def test_an_outcome_of_the_form_is_kept_and_a_factor_alone_has_words(counter, booking):
    mine = wish(booking, headline="")
    ticket = counter.serving(booking.enterprise)
    assert "预约：土地（土地）" in counter.page()
    nothing = press(counter, ticket, mine.key, outcome="completed")
    assert nothing.status_code == 422
    assert "请写明现场办结的结果" in nothing.content.decode()
    assert press(counter, ticket, mine.key, outcome="completed", text="已核准用地").status_code == 302
    made = FactorRequest.objects.get()
    assert (made.headline, made.state) == ("预约来谈：土地", "completed")


def test_a_request_that_was_booked_is_taken_on_by_one_press(counter, booking):
    filed = factories.filed("TD", enterprise=booking.enterprise)
    wish(booking, headline=filed.headline, filed=filed)
    ticket = counter.serving(booking.enterprise)
    assert press(counter, ticket, filed.pk).status_code == 302
    filed.refresh_from_db()
    assert filed.state == "assigned"


def test_a_stall_that_names_no_factors_takes_all_and_others_wishes_are_nobody_s(counter, booking):
    counter.stall.handles.clear()
    finance = wish(booking, "JR", "流动资金贷款")
    foreign = wish(fairs.booked(fairs.slot(counter.stall, "00:01", "23:58"), at=now()).booking)
    ticket = counter.serving(booking.enterprise)
    page = counter.page()
    assert f'value="{finance.key}"' in page
    assert foreign.key not in page
    assert press(counter, ticket, foreign.key).status_code == 422
    assert not FactorRequest.objects.exists()


def test_who_did_not_book_has_no_such_part(counter, booking):
    wish(booking)
    counter.serving(directory.enterprise())
    assert "预约来谈的需求" not in counter.page()


def written(booking, *headlines):
    """A draft of the enterprise with one need of land for each headline."""
    actor = directory.actor(booking.enterprise)
    needs = [
        {"id": f"n{place}", "factor": "TD", "values": {"headline": headline}}
        for place, headline in enumerate(headlines)
    ]
    draft = save_draft(None, enterprise=booking.enterprise, content={"needs": needs}, actor=actor, at=now())
    return draft, actor


def booked_out_of(draft, booking, headline):
    wished = wish(booking, headline=headline)
    BookedNeed.objects.filter(pk=wished.pk).update(filing=draft)
    return wished


def test_a_need_of_a_draft_that_is_filed_here_leaves_the_draft(counter, booking):
    draft, actor = written(booking, "三期用地", "四期用地")
    mine = booked_out_of(draft, booking, "三期用地")
    ticket = counter.serving(booking.enterprise)
    assert press(counter, ticket, mine.key).status_code == 302
    draft.refresh_from_db()
    assert [need["id"] for need in draft.draft["needs"]] == ["n1"]
    # A page that was still open saves the need again: it does not come back.
    late = {"needs": [{"id": name, "factor": "TD", "values": {}} for name in ("n0", "n1")]}
    saved = save_draft(draft, enterprise=booking.enterprise, content=late, actor=actor, at=now())
    assert [need["id"] for need in saved.draft["needs"]] == ["n1"]


def test_a_draft_of_which_nothing_is_left_is_put_away(counter, booking):
    draft, _ = written(booking, "三期用地")
    mine = booked_out_of(draft, booking, "三期用地")
    assert press(counter, counter.serving(booking.enterprise), mine.key).status_code == 302
    draft.refresh_from_db()
    assert draft.is_discarded


def test_a_draft_that_was_sent_before_the_fair_is_the_request_that_was_booked(counter, booking):
    draft, actor = written(booking, "三期用地")
    mine = booked_out_of(draft, booking, "三期用地")
    need = Need(factories.factor("TD"), "三期用地", key="n0")
    sent = file(enterprise=booking.enterprise, needs=[need], actor=actor, at=now(), draft=draft)
    mine.refresh_from_db()
    assert mine.factor_request == sent.factor_requests.get()
    ticket = counter.serving(booking.enterprise)
    assert press(counter, ticket, mine.key).status_code == 422
    assert press(counter, ticket, mine.factor_request_id).status_code == 302
    assert FactorRequest.objects.count() == 1
