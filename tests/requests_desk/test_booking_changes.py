"""What the office does with an enterprise's booking: said with its reason, told to the enterprise and its contact."""

from datetime import time, timedelta

import pytest
from django.urls import reverse

from fairs import planning
from fairs.models import Booking
from requests_desk import booking
from requests_desk.models import Delivery
from requests_desk.notice_table import Channel
from taian_factors.lib import clock
from taian_factors.lib.periods import local_day
from tests.fairs import factories as fairs

pytestmark = pytest.mark.django_db
PHONE = "13800002222"


@pytest.fixture
def place(enterprise):
    """A place of the enterprise in the first of two slots, next week; its contact has no account."""
    day = local_day(clock.now()) + timedelta(days=7)
    fair = fairs.fair(held_on=day, opens_at=time(9), closes_at=time(12))
    stall = fairs.stall(fair, "ZGJ", code="B01")
    fairs.slot(stall, "10:00", "10:30")
    made = fairs.booked(
        fairs.slot(stall, "09:00", "09:30"),
        at=clock.now() - timedelta(hours=1),
        enterprise=enterprise.organization,
        actor=enterprise,
    )
    Booking.objects.filter(pk=made.booking_id).update(contact_name="张三", contact_phone=PHONE)
    return made


@pytest.fixture
def page(place):
    return reverse("requests_desk:change_place", args=[place.booking.code, place.pk])


def other_slot(place):
    return place.slot.stall.slots.exclude(pk=place.slot_id).get()


def told(enterprise):
    return list(Delivery.objects.at_the_bell().filter(user=enterprise.user).values_list("text", flat=True))


def test_the_office_changes_a_slot_and_the_enterprise_hears_why(place, page, enterprise, as_office_clerk):
    missing = as_office_clerk.post(page, {"step": "move", "slot": other_slot(place).pk})
    assert missing.status_code == 422
    assert "请填写理由" in missing.content.decode()
    nowhere = as_office_clerk.post(page, {"step": "move", "reason": "窗口上午检修"})
    assert nowhere.status_code == 422
    assert "请选择改到哪个时段" in nowhere.content.decode()
    assert "窗口上午检修" in nowhere.content.decode()
    given = {"step": "move", "slot": other_slot(place).pk, "reason": "窗口上午检修"}
    after = as_office_clerk.post(page, given, follow=True).content.decode()
    assert "改到 10:00–10:30，已通知企业" in after
    assert "理由：窗口上午检修" in after
    (text,) = told(enterprise)
    assert "09:00–09:30 改为 10:00–10:30 B01" in text
    assert "理由：窗口上午检修" in text
    assert as_office_clerk.post(page, given).status_code == 404


def test_the_office_gives_a_place_up_and_the_enterprise_hears_why(page, enterprise, as_office_clerk):
    answer = as_office_clerk.post(page, {"step": "cancel", "reason": "摊位撤下"}, follow=True)
    assert "已取消，已通知企业" in answer.content.decode()
    (text,) = told(enterprise)
    assert "取消了您在" in text
    assert "09:00–09:30 B01" in text
    assert "理由：摊位撤下" in text
    assert Delivery.objects.get(channel=Channel.SMS, address=PHONE).text == text


def test_what_the_enterprise_does_itself_is_no_news_to_it(place, page, enterprise, as_enterprise):
    assert "理由" not in as_enterprise.get(page).content.decode()
    as_enterprise.post(page, {"step": "move", "slot": other_slot(place).pk})
    moved = place.booking.places.live().get()
    assert moved.slot == other_slot(place)
    as_enterprise.post(reverse("requests_desk:cancel_booking", args=[place.booking.code]))
    assert not place.booking.places.live().exists()
    assert told(enterprise) == []


def test_nobody_cancels_all_for_an_enterprise_without_a_word(place, enterprise, as_office_clerk):
    address = reverse("requests_desk:cancel_booking", args=[place.booking.code])
    assert "请写明为什么" in as_office_clerk.post(address, follow=True).content.decode()
    assert place.booking.places.live().exists()
    as_office_clerk.post(address, {"reason": "大集改期"})
    assert "理由：大集改期" in told(enterprise)[0]


def test_who_is_booked_by_the_office_is_told(place, enterprise, office_clerk):
    booking.book(
        fair=place.booking.fair, enterprise=enterprise.organization, needs=[], actor=office_clerk,
        slots=[fairs.slot(fairs.stall(place.booking.fair, "STJ", code="B02"), "11:00", "11:30")], at=clock.now(),
    )  # fmt: skip
    assert told(enterprise) == [
        f"推进办已代您预约{place.booking.fair.name}（{place.booking.fair.held_on}）：11:00–11:30 B02 "
        f"市生态环境局，预留号 001。不能来请取消，让给下一家。"
    ]


def test_cancelling_twice_tells_once(place, enterprise, office_clerk):
    for _ in range(2):
        booking.cancel(places=[place], actor=office_clerk, at=clock.now(), reason="停电")
    assert len(told(enterprise)) == 1


def test_the_change_page_is_closed_to_others(page, as_stranger, as_department_clerk, as_office_auditor):
    assert as_stranger.get(page).status_code == 404
    assert as_department_clerk.get(page).status_code == 404
    assert as_office_auditor.get(page).status_code == 403


def replanned(fair, **changes):
    given = {name: getattr(fair, name) for name in planning.NAMES}
    actor = fairs.reception()
    return planning.plan_fair(actor=actor, at=clock.now(), fair=fair, **{**given, **changes})


def test_who_has_booked_hears_of_another_place_and_other_hours(place, enterprise):
    fair = place.booking.fair
    replanned(fair, name="改了名的大集")
    assert booking.announce(at=clock.now()) == 0
    replanned(fair, place="会展中心")
    replanned(fair, place="会展中心", closes_at=time(11, 30))
    assert booking.announce(at=clock.now()) == 2
    (text,) = told(enterprise)
    assert "地点由市民之家改为会展中心，时间由 09:00–12:00 改为 09:00–11:30" in text
    assert Delivery.objects.filter(channel=Channel.SMS, address=PHONE).count() == 1
    assert booking.announce(at=clock.now()) == 0


def test_who_cancelled_and_what_was_changed_back_are_not_news(place, enterprise):
    fair = place.booking.fair
    replanned(fair, place="会展中心")
    replanned(fair, place="市民之家")
    assert booking.announce(at=clock.now()) == 2
    booking.cancel(places=[place], actor=enterprise, at=clock.now())
    replanned(fair, place="会展中心")
    booking.announce(at=clock.now())
    assert told(enterprise) == []
