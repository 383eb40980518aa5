"""Reviews are flagged for the office and never blocked; a fifth of completions is drawn for a call."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from requests_desk import drawing, records, reviewing
from requests_desk.models import CallBackDraw, ListedNetwork, ReviewOrigin, SatisfactionReview
from requests_desk.reviewing import Verdict
from taian_factors.lib.clock import now
from tests.directory import factories as directory
from tests.requests_desk.factories import START, assigned, completed, confirmed, office

pytestmark = pytest.mark.django_db
CALL_BACKS = reverse("requests_desk:call_backs")
VOTE = {"rating": "5", "contacted": "yes", "solved": "yes"}


@pytest.fixture
def invitation():
    """An invitation that is open now."""
    return completed(at=now() - timedelta(days=4)).invitations.get()


def vote(client, invitation, **more):
    response = client.post(reverse("requests_desk:review", args=[invitation.token]), VOTE, **more)
    assert response.status_code == 302
    return ReviewOrigin.objects.get(version__review__factor_request=invitation.factor_request_id)


def test_looking_at_the_review_records_no_origin(client, invitation):
    client.get(reverse("requests_desk:review", args=[invitation.token]))
    assert not ReviewOrigin.objects.exists()


def test_a_review_keeps_hashes_and_never_the_address(client, invitation):
    origin = vote(client, invitation, REMOTE_ADDR="10.20.30.40")
    assert (len(origin.device_hash), len(origin.network_hash)) == (64, 64)
    assert "10.20.30" not in str(vars(origin))
    assert (origin.is_from_listed_network, origin.is_staff_device) == (False, False)


def test_two_reviews_from_one_device_and_network_have_equal_hashes(client, invitation):
    other = completed(at=now() - timedelta(days=4)).invitations.get()
    one = vote(client, invitation, REMOTE_ADDR="10.20.30.40")
    two = vote(client, other, REMOTE_ADDR="10.20.30.99")
    assert (one.device_hash, one.network_hash) == (two.device_hash, two.network_hash)


def test_another_browser_is_another_device(client, sign_in, invitation, enterprise):
    other = completed(at=now() - timedelta(days=4)).invitations.get()
    assert vote(client, invitation).device_hash != vote(sign_in(enterprise), other).device_hash


@pytest.mark.parametrize("address", ["10.20.30.40", "2001:db8:7::9"])
def test_a_review_from_a_departments_network_is_flagged_and_counted_all_the_same(client, invitation, address):
    cidr = "10.20.30.0/24" if "." in address else "2001:db8:7::/48"
    listed = ListedNetwork.objects.create(cidr=cidr, organization=directory.body("ZGJ"))
    origin = vote(client, invitation, REMOTE_ADDR=address)
    assert (origin.is_from_listed_network, origin.listed) == (True, listed)
    assert SatisfactionReview.objects.get().rating == 5


def test_a_flag_stays_when_the_network_is_taken_off_the_list(client, invitation):
    listed = ListedNetwork.objects.create(cidr="127.0.0.0/8")
    origin = vote(client, invitation)
    listed.delete()
    origin.refresh_from_db()
    assert (origin.is_from_listed_network, origin.listed) == (True, None)


def test_a_device_on_which_staff_signed_in_is_known_after_they_left(as_department_clerk, invitation):
    as_department_clerk.get("/")
    del as_department_clerk.cookies["sessionid"]
    assert vote(as_department_clerk, invitation).is_staff_device is True


def test_an_enterprises_device_is_not_marked_and_a_forged_mark_is_none(as_enterprise, invitation):
    as_enterprise.get("/")
    as_enterprise.cookies["portal_staff_device"] = "staff:forged"
    as_enterprise.cookies["portal_device"] = "forged"
    assert vote(as_enterprise, invitation).is_staff_device is False


def test_a_review_without_an_origin_is_a_review(invitation):
    reviewing.review(invitation=invitation, verdict=Verdict(5), at=now())
    assert not ReviewOrigin.objects.exists()


@pytest.mark.parametrize("cidr", ["10.1.2.3/24", "内网", "10.1.2.0/33"])
def test_a_network_is_written_as_one(cidr):
    with pytest.raises(ValidationError, match="网段应写成"):
        ListedNetwork(cidr=cidr).full_clean()


def test_a_department_is_never_told_where_a_review_came_from(client, as_department_clerk, invitation):
    ListedNetwork.objects.create(cidr="127.0.0.0/8", organization=directory.body("ZGJ"))
    vote(client, invitation)
    page = as_department_clerk.get(reverse("requests_desk:show", args=[invitation.factor_request.number]))
    assert "网段" not in page.content.decode()


# --- the lot ------------------------------------------------------------------------------------------------

LATER = START + timedelta(days=5)


def test_every_completion_has_one_lot_however_often_it_is_drawn():
    completed()
    assigned()
    assert drawing.draw_call_backs(at=LATER, wins=lambda: True) == 1
    assert drawing.draw_call_backs(at=LATER, wins=lambda: True) == 0
    assert CallBackDraw.objects.get().is_drawn is True


def test_a_lot_that_lost_is_not_drawn_again():
    completed()
    drawing.draw_call_backs(at=LATER, wins=lambda: False)
    drawing.draw_call_backs(at=LATER, wins=lambda: True)
    assert not drawing.waiting().exists()


def test_about_a_fifth_wins_by_the_systems_own_randomness():
    wins = sum(drawing._wins() for _ in range(5000))
    assert 800 < wins < 1200  # five standard deviations are 141


def test_who_was_reached_waits_no_more_and_who_was_not_waits_on():
    made = confirmed()
    drawing.draw_call_backs(at=LATER, wins=lambda: True)
    records.call_back(made, is_solved=None, text="无人接听", actor=office(), at=LATER)
    assert drawing.waiting().count() == 1
    records.call_back(made, is_solved=False, text="没有解决", actor=office(), at=LATER)
    assert not drawing.waiting().exists()


def test_the_office_lists_the_drawn_and_nobody_else_does(
    as_office_clerk, as_office_auditor, as_department_clerk, as_enterprise
):
    made = completed()
    assert "没有等待回访" in as_office_clerk.get(CALL_BACKS).content.decode()
    drawing.draw_call_backs(at=LATER, wins=lambda: True)
    assert made.number in as_office_clerk.get(CALL_BACKS).content.decode()
    assert "查看" in as_office_auditor.get(CALL_BACKS).content.decode()
    for client in (as_department_clerk, as_enterprise):
        assert client.get(CALL_BACKS).status_code == 404


def test_ten_drawn_cost_as_much_as_one(as_office_clerk):
    counts = []
    for number in (1, 9):
        for _ in range(number):
            completed()
        drawing.draw_call_backs(at=LATER, wins=lambda: True)
        as_office_clerk.get(CALL_BACKS)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            as_office_clerk.get(CALL_BACKS)
        counts.append(len(queries))
    assert counts[0] == counts[1]
