"""Arriving by oneself: the poster's word at the door, the kiosk, the code of a booking, and nothing from afar."""

import re

import pytest
from django.urls import reverse

from fairs import planning
from fairs.locks import ForbiddenError
from fairs.models import Visit
from taian_factors.lib import clock
from tests.directory import factories as directory
from tests.fairs import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def place(today):
    """Somebody has booked the first stall of today's fair."""
    return factories.booked(factories.slot(today.stall), at=clock.now())


def door(fair, name="door"):
    return reverse(f"fairs:{name}", args=[fair.door_token])


def has_the_phone_page(answer, visit):
    """At the door it is shown, at the kiosk its code is."""
    return visit.token in answer.content.decode()


def test_a_visitor_is_offered_no_joint_table_and_reception_is(today, visit, client, sign_in):
    table = factories.stall(today.fair, is_joint_table=True)
    phone = reverse("fairs:ticket", args=[visit.token])
    for address in (door(today.fair), door(today.fair, "kiosk"), phone):
        assert f"{table.code} " not in client.get(address).content.decode()
    assert client.post(f"{phone}take/", {"stall": table.pk}).status_code == 409
    page = sign_in(today.office).get(reverse("fairs:visit", args=[visit.pk])).content.decode()
    assert f"{table.code} " in page


@pytest.mark.parametrize("name", ["door", "kiosk"])
def test_the_code_of_a_booking_makes_its_number_live(name, today, place, client):
    typed = {"credit_code": f"{place.booking.code[:5].lower()} {place.booking.code[5:]}"}
    answer = client.post(door(today.fair, name), typed, follow=True)
    visit = Visit.objects.get()
    assert (visit.number, visit.tickets.get().stall) == (place.booking.number, today.stall)
    assert visit.channel == {"door": "qr", "kiosk": "kiosk"}[name]
    assert has_the_phone_page(answer, visit)
    assert has_the_phone_page(client.post(door(today.fair, name), typed, follow=True), visit)
    assert Visit.objects.count() == 1


def test_a_credit_code_with_a_booking_needs_no_stall_and_one_without_does(today, place, client):
    unbooked = directory.enterprise().profile.credit_code
    answer = client.post(door(today.fair), {"credit_code": unbooked})
    assert answer.status_code == 422
    assert "请至少选一个摊位" in answer.content.decode()
    booked = {"credit_code": place.booking.enterprise.profile.credit_code, "stalls": [today.other_stall.pk]}
    assert client.post(door(today.fair), booked).status_code == 302
    visit = Visit.objects.get()
    assert set(visit.tickets.values_list("stall", flat=True)) == {today.stall.pk, today.other_stall.pk}
    told = client.post(door(today.fair), booked).content.decode()
    assert f"{visit.number:03d}" in told
    assert visit.token not in told


def test_the_enterprise_that_is_signed_in_comes_in_by_one_button(today, enterprise, as_enterprise):
    factories.booked(factories.slot(today.stall), at=clock.now(), enterprise=enterprise.organization)
    page = as_enterprise.get(door(today.fair)).content.decode()
    assert enterprise.organization.name in page
    assert "credit_code" not in page
    answer = as_enterprise.post(door(today.fair), {"stalls": [today.stall.pk]})
    visit = Visit.objects.get()
    assert (answer["Location"], visit.typed_by) == (
        reverse("fairs:ticket", args=[visit.token]),
        enterprise.user,
    )
    assert as_enterprise.post(door(today.fair), {})["Location"] == answer["Location"]


@pytest.mark.parametrize(
    ("typed", "said"),
    [("ABCDEFGHJK", "没有这个预约码"), ("91370902", "18 位"), ("", "统一社会信用代码或预约码")],
)
def test_a_word_that_is_no_code_is_named(typed, said, today, client):
    answer = client.post(door(today.fair), {"credit_code": typed, "stalls": [today.stall.pk]})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Visit.objects.exists()


def test_the_word_of_the_screen_opens_no_door_and_a_renewed_word_closes_the_old(today, client, at):
    for name in ("door", "kiosk"):
        assert client.get(reverse(f"fairs:{name}", args=[today.fair.token])).status_code == 404
    old = door(today.fair)
    assert client.get(old).status_code == 200
    fresh = planning.renew_door(fair=today.fair, actor=today.office, at=at)
    assert client.get(old).status_code == 404
    assert client.get(door(fresh)).status_code == 200


def test_only_the_office_sees_and_renews_the_door(today, at, as_department_clerk, as_office_clerk):
    poster = reverse("fairs:door_poster", args=[today.fair.pk])
    assert as_department_clerk.get(poster).status_code == 403
    assert today.fair.name in as_office_clerk.get(poster).content.decode()
    with pytest.raises(ForbiddenError):
        planning.renew_door(fair=today.fair, actor=today.clerk, at=at)
    renewed = as_office_clerk.post(reverse("fairs:renew_door", args=[today.fair.pk]), follow=True)
    assert "门口码已更换" in renewed.content.decode()


def test_a_reserved_number_does_not_go_live_on_another_day(hall, at, client):
    place = factories.booked(factories.slot(hall.stall), at=at)
    answer = client.post(door(hall.fair), {"credit_code": place.booking.code})
    assert answer.status_code == 422
    assert "今天不能签到" in answer.content.decode()


def test_the_kiosk_goes_back_to_its_start_and_prints_a_slip(today, place, client):
    start = client.get(door(today.fair, "kiosk")).content.decode()
    assert 'data-idle="45"' in start
    done = client.post(door(today.fair, "kiosk"), {"credit_code": place.booking.code}).content.decode()
    assert "data-print" in done
    assert f'data-idle-to="{door(today.fair, "kiosk")}"' in done
    assert today.stall.code in done


@pytest.mark.parametrize("name", ["door", "kiosk"])
def test_who_never_saw_the_answer_gets_it_by_the_same_press_again(name, today, client):
    typed = {"credit_code": directory.enterprise().profile.credit_code, "stalls": [today.stall.pk]}
    key = re.search(r'name="key" value="(\w{32})"', client.get(door(today.fair, name)).content.decode())[1]
    first, again = (client.post(door(today.fair, name), {**typed, "key": key}, follow=True) for _ in range(2))
    visit = Visit.objects.get()
    assert has_the_phone_page(first, visit)
    assert has_the_phone_page(again, visit)
    assert not has_the_phone_page(client.post(door(today.fair, name), {**typed, "key": "0" * 32}), visit)
    assert visit.tickets.count() == 1


def test_the_kiosk_goes_back_to_its_start_whoever_checked_the_visit_in(today, client):
    visit = factories.checked_in(today.fair, at=clock.now())
    typed = {"credit_code": visit.enterprise.profile.credit_code, "stalls": [today.stall.pk]}
    page = client.post(door(today.fair, "kiosk"), typed).content.decode()
    assert "今天已签到" in page
    assert "下一家签到" in page
    assert "data-idle" in page
    assert "data-idle" not in client.post(door(today.fair), typed).content.decode()
