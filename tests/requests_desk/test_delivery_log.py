"""The delivery log for the office, the lines on a request's page, the choice page, and what the health check says."""

from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from requests_desk import delivery_log, notices, outbox
from requests_desk.choices import hearers
from requests_desk.models import Delivery, NoticeChoice
from requests_desk.notice_table import Channel, Kind
from requests_desk.notices import Telling, Wish, tell
from taian_factors.directory.actors import Actor
from taian_factors.lib.clock import now
from tests.requests_desk import factories as desk

pytestmark = pytest.mark.django_db
LOG = "/desk/deliveries/"
CHOICES = "/desk/notices/choices/"


def sent(actor: Actor, count: int = 1, channel: Channel = Channel.SMS) -> list[Delivery]:
    """Tell somebody by SMS, now, and print it."""
    actor.user.phone, actor.user.wecom_id = "13800005678", "zhangsan"
    actor.user.save()
    first = Delivery.objects.count()
    for number in range(first, first + count):
        telling = Telling(f"test:{number}", Kind.URGENT, f"第 {number} 件急事", [channel])
        tell(telling, users=[actor.user.pk], at=now() - timedelta(hours=20))
    Delivery.objects.filter(sent_at=None).update(next_try_at=now(), timing="now")
    outbox.drain(clock=now)
    return list(Delivery.objects.gone_out().order_by("-pk")[:count])


@pytest.mark.parametrize(
    ("role", "status"),
    [("office_clerk", 200), ("office_auditor", 200), ("department_lead", 404), ("enterprise", 404)],
)
def test_the_log_is_the_offices(request: pytest.FixtureRequest, enterprise: Actor, role: str, status: int):
    (row,) = sent(enterprise)
    client = request.getfixturevalue(f"as_{role}")
    assert client.get(LOG).status_code == status
    assert client.get(f"{LOG}{row.pk}/").status_code == status


def test_the_log_shows_who_was_told_what_and_hides_the_phone(as_office_clerk: Client, enterprise: Actor):
    (row,) = sent(enterprise)
    for address in (LOG, f"{LOG}{row.pk}/"):
        page = as_office_clerk.get(address).content.decode()
        assert "138****5678" in page
        assert "13800005678" not in page
        assert "企业经办" in page
        assert "已送达" in page
    assert "演示环境：不外发" in page


def test_the_link_to_a_review_is_in_no_log(as_office_clerk: Client, at: datetime):
    made = desk.completed()
    made.filing.contact_phone = "13800009999"
    made.filing.save()
    notices.announce(at=at)
    row = Delivery.objects.get(address="13800009999", event__verb="complete")
    token = made.invitations.get().token
    assert token in row.url
    for address in (f"{LOG}?since=2023-06-01", f"{LOG}{row.pk}/", f"/desk/requests/{made.number}/"):
        answer = as_office_clerk.get(address)
        assert answer.status_code == 200
        assert token not in answer.content.decode()


def failed(person: Actor) -> Delivery:
    """A message that was given up."""
    return Delivery.objects.create(
        subject_key="lost",
        address="13800005678",
        channel=Channel.SMS,
        text="没到",
        user=person.user,
        created_at=now(),
        failed_at=now(),
        next_try_at=now(),
        error="网关返回 503",
        timing="now",
    )


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("", 4),
        ("state=sent", 3),
        ("state=failed", 1),
        ("state=waiting", 0),
        ("channel=wecom", 1),
        ("q=急事 企业", 3),
        ("q=没有", 0),
        ("kind=fair", 0),
        ("since=2022-01-01&until=2023-01-01", 0),
        ("since=anything", 0),
        ("state=x", 0),
    ],
)
def test_the_log_is_filtered(as_office_clerk: Client, enterprise: Actor, query: str, count: int):
    sent(enterprise, 2)
    sent(enterprise, channel=Channel.WECOM)
    failed(enterprise)
    assert len(as_office_clerk.get(f"{LOG}?{query}").context["page"].object_list) == count


def test_what_failed_is_sent_again_by_the_office_and_not_by_its_auditor(
    as_office_clerk: Client, as_office_auditor: Client, enterprise: Actor
):
    row = failed(enterprise)
    again = f"{LOG}again/"
    assert as_office_auditor.post(again).status_code == 403
    assert "有 1 条通知发送失败" in as_office_clerk.get(LOG).content.decode()
    assert "0 条" not in as_office_clerk.post(again, {"delivery": "x"}, follow=True).content.decode()
    answer = as_office_clerk.post(again, {"delivery": str(row.pk)}, follow=True)
    assert "1 条通知已放回待发" in answer.content.decode()
    assert outbox.drain(clock=now) == 1
    page = as_office_clerk.get(f"{LOG}{row.pk}/").content.decode()
    assert "办公室经办" in page
    assert "回执：演示环境：不外发" in page


def test_the_log_costs_the_same_for_three_rows_and_thirty(as_office_clerk: Client, enterprise: Actor):
    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            as_office_clerk.get(LOG)
        return len(found)

    sent(enterprise, 3)
    cost()
    few = cost()
    sent(enterprise, 27)
    assert cost() == few


def test_the_office_sees_on_a_request_who_was_told_and_nobody_else_does(
    as_office_clerk: Client,
    as_department_clerk: Client,
    as_enterprise: Client,
    enterprise: Actor,
    at: datetime,
):
    made = desk.assigned(enterprise=enterprise.organization)
    notices.announce(at=at)
    address = f"/desk/requests/{made.number}/"
    assert "已告知（" in as_office_clerk.get(address).content.decode()
    for client in (as_department_clerk, as_enterprise):
        assert "已告知（" not in client.get(address).content.decode()


# --- one's own choice ---


def test_a_person_chooses_by_kind_and_channel_and_finds_it_kept(as_enterprise: Client, enterprise: Actor):
    page = as_enterprise.get(CHOICES)
    assert page.context["form"]["sms_progress"].initial is True
    answer = as_enterprise.post(CHOICES, {"sms_urgent": "on", "email_daily": "on"}, follow=True)
    assert "通知方式已保存" in answer.content.decode()
    hearer = hearers([enterprise.user.pk], day=now().date())[enterprise.user.pk]
    assert hearer.wants(Kind.URGENT, Channel.SMS)
    assert not hearer.wants(Kind.PROGRESS, Channel.SMS)
    assert hearer.is_daily(Kind.PROGRESS, Channel.EMAIL)
    assert not hearer.is_daily(Kind.URGENT, Channel.EMAIL)
    assert as_enterprise.get(CHOICES).context["form"]["sms_progress"].initial is False


def test_a_kind_that_comes_later_follows_the_default(enterprise: Actor, at: datetime):
    notices.choose(wishes={Channel.SMS: Wish({Kind.PROGRESS: False})}, actor=enterprise, at=at)
    hearer = hearers([enterprise.user.pk], day=at.date())[enterprise.user.pk]
    assert not hearer.wants(Kind.PROGRESS, Channel.SMS)
    assert hearer.wants(Kind.FAIR, Channel.SMS)


def test_everybody_chooses_among_the_kinds_one_ever_hears_of(as_enterprise: Client, as_bank: Client):
    assert "要办的事" not in as_enterprise.get(CHOICES).content.decode()
    assert "大集现场叫号" not in as_bank.get(CHOICES).content.decode()


def test_without_an_open_channel_there_is_nothing_to_choose(as_enterprise: Client, settings):
    settings.NOTICE_GATEWAYS = {"sms": "", "wecom": "", "email": ""}
    assert "目前只有站内通知" in as_enterprise.get(CHOICES).content.decode()
    as_enterprise.post(CHOICES, {})
    assert not NoticeChoice.objects.exists()


def test_a_person_keeps_its_own_phone(as_enterprise: Client, enterprise: Actor):
    answer = as_enterprise.post("/directory/account/reach/", {"phone": "12345"})
    assert answer.status_code == 422
    as_enterprise.post("/directory/account/reach/", {"phone": "13800001234", "wecom_id": "lisi"})
    enterprise.user.refresh_from_db()
    assert (enterprise.user.phone, enterprise.user.wecom_id) == ("13800001234", "lisi")


# --- the bell tells what is no event, the health check what is stuck ---


def test_the_bell_tells_what_is_no_event(as_enterprise: Client, enterprise: Actor):
    tell(
        Telling("run:1", Kind.COMPETITION, "6 月得分公示", url="/scoring/"),
        users=[enterprise.user.pk],
        at=now(),
    )
    page = as_enterprise.get("/desk/notices/").content.decode()
    assert "6 月得分公示" in page
    assert 'href="/scoring/"' in page


def test_health_warns_of_what_waits_too_long_and_of_what_failed(client: Client, enterprise: Actor):
    assert delivery_log.warnings(at=now()) == []
    row = {"address": "13800005678", "channel": Channel.SMS, "text": "x", "created_at": now()}
    Delivery.objects.create(subject_key="a", next_try_at=now() - timedelta(minutes=25), **row)
    Delivery.objects.create(subject_key="b", failed_at=now(), **row)
    said = [warning for warning in client.get("/health/").json()["warnings"] if "通知" in warning]
    assert [warning[:9] for warning in said] == ["最早一条未发出的通", "有 1 条通知发送"]
    assert "已等 25 分钟" in said[0]
