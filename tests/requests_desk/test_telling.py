"""Who is told of what, and by which channels: enterprises, staff, contacts without account, and what each chose."""

from datetime import datetime, timedelta

import pytest

from requests_desk import notices, records, timekeeping, transitions
from requests_desk.models import Delivery, FactorRequest, NoticeChoice
from requests_desk.notice_table import ALL, Kind
from requests_desk.notices import Telling, tell
from taian_factors.directory.actors import Actor
from tests.directory import factories as directory
from tests.requests_desk import factories as desk
from tests.requests_desk.test_outbox import EMAIL, SMS, WECOM, june, out, reachable

pytestmark = pytest.mark.django_db


def test_an_enterprise_hears_by_sms_and_its_bell(enterprise: Actor, at: datetime):
    reachable(enterprise)
    desk.returned(enterprise=enterprise.organization)
    notices.announce(at=at)
    assert [(d.channel, d.address) for d in out(user=enterprise.user, event__verb="send_back")] == [
        ("sms", "13800005678"),
        ("wecom", enterprise.user.wecom_id),
    ]
    assert not out(user=enterprise.user, event__verb="accept", channel=SMS), "not every step is worth an SMS"
    assert enterprise.user.deliveries.filter(channel="portal", event__verb="send_back").exists()


def test_staff_sit_before_wecom_and_get_an_sms_only_when_it_burns(department_clerk: Actor, at: datetime):
    reachable(department_clerk)
    made = desk.assigned()
    records.whistle(made, text="", actor=desk.acting(made.enterprise), at=at)
    notices.announce(at=at)
    assert [d.event.verb for d in out(user=department_clerk.user, channel=SMS)] == ["whistle"]
    assert {d.event.verb for d in out(user=department_clerk.user, channel=WECOM)} == {"assign", "whistle"}
    assert not out(user=department_clerk.user, channel=EMAIL)


def test_a_reassignment_says_so_at_the_bell_and_in_wecom(other_department: Actor, at: datetime):
    reachable(other_department)
    made = desk.assigned()
    transitions.reassign(made, lead=other_department.organization, reason="职责", actor=desk.office(), at=at)
    notices.announce(at=at)
    assert [d.channel for d in out(user=other_department.user)] == ["wecom"]


def with_contact(phone: str, by: Actor | None = None, **fields) -> FactorRequest:
    """A request whose contact has this phone, typed by the enterprise itself or by staff."""
    made = desk.completed(**fields)
    made.filing.contact_phone = phone
    if by:
        made.filing.typed_for = by.organization
    made.filing.save()
    return made


def test_a_contact_without_account_hears_by_sms(at: datetime):
    made = with_contact("138 0000 9999")
    notices.announce(at=at)
    told = out(address="13800009999")
    assert [d.event.verb for d in told] == ["assign", "complete"]
    assert {d.user for d in told} == {None}
    assert told[0].url == "/desk/track/"
    assert told[1].url == f"/desk/review/{made.invitations.get().token}/"


def test_the_review_link_goes_to_no_contact_that_staff_typed(bank: Actor, at: datetime):
    with_contact("13800009999", by=bank)
    notices.announce(at=at)
    assert {d.url for d in out(address="13800009999")} == {"/desk/track/"}


def test_a_landline_and_a_colleagues_phone_get_no_second_message(enterprise: Actor, at: datetime):
    reachable(enterprise, "13800009999")
    with_contact("0538-6991234", enterprise=enterprise.organization)
    with_contact("13800009999", enterprise=enterprise.organization)
    notices.announce(at=at)
    assert {d.user for d in out(channel=SMS)} == {enterprise.user}


def test_two_people_with_one_phone_get_one_sms(enterprise: Actor, at: datetime):
    reachable(enterprise)
    second = reachable(directory.actor(enterprise.organization))
    desk.returned(enterprise=enterprise.organization)
    notices.announce(at=at)
    assert len(out(channel=SMS, event__verb="send_back")) == 1
    assert second.user.deliveries.filter(channel="portal", event__verb="send_back").exists()


def test_what_a_person_refused_is_not_sent_and_the_bell_stays(enterprise: Actor, at: datetime):
    reachable(enterprise)
    NoticeChoice.objects.create(user=enterprise.user, channel=SMS, kinds={Kind.PROGRESS: False}, chosen_at=at)
    desk.returned(enterprise=enterprise.organization)
    notices.announce(at=at)
    assert not out(channel=SMS)
    assert enterprise.user.deliveries.filter(channel="portal").exists()


def test_a_closed_channel_gets_no_rows(settings, enterprise: Actor, at: datetime):
    settings.NOTICE_GATEWAYS = {"sms": "", "wecom": "", "email": ""}
    reachable(enterprise)
    desk.returned(enterprise=enterprise.organization)
    notices.announce(at=at)
    assert not out()


def test_nobody_gets_an_sms_about_last_spring(enterprise: Actor, at: datetime):
    reachable(enterprise)
    desk.returned(enterprise=enterprise.organization, at=at - timedelta(days=30))
    notices.announce(at=at)
    assert not out()
    assert enterprise.user.deliveries.exists()


def test_another_app_tells_by_a_key_and_only_once(enterprise: Actor, bank: Actor, at: datetime):
    telling = Telling("run:17:preview", Kind.COMPETITION, "6 月得分开始公示。", url="/scoring/", channels=ALL)
    for _ in range(2):
        tell(telling, bodies=[bank.organization], users=[enterprise.user.pk], phones=["13800007777"], at=at)
    assert {d.user for d in Delivery.objects.at_the_bell()} == {bank.user, enterprise.user}
    assert [d.address for d in out()] == ["13800007777"]


def test_an_overdue_matter_never_waits_for_a_digest(department_clerk: Actor, at: datetime):
    reachable(department_clerk)
    for channel in (SMS, WECOM):
        NoticeChoice.objects.create(user=department_clerk.user, channel=channel, is_daily=True, chosen_at=at)
    desk.assigned()
    for moment in (june(16), june(19)):
        timekeeping.remind(at=moment)
        notices.announce(at=moment)
    assert [(d.event.detail["days"], d.digest_at) for d in out(channel=WECOM, event__verb="remind")] == [
        (0, june(19, 8)),
        (1, None),
    ]
