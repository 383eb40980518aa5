"""Which event tells whom what; each person once; and the bell."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from requests_desk import notice_table, notices, records, transitions
from requests_desk.models import Delivery, FactorRequest, RequestEvent
from requests_desk.workflow import OTHER_EVENTS, STEPS
from taian_factors.directory.actors import Actor
from tests.directory import factories as directory
from tests.requests_desk import factories as desk

BELL = "/desk/notices/"


def told(actor: Actor) -> list[str]:
    return list(Delivery.objects.filter(user=actor.user).order_by("pk").values_list("text", flat=True))


def quiet(at: datetime) -> None:
    """Announce what made the situation, so that only what follows is looked at."""
    notices.announce(at=at)
    Delivery.objects.all().delete()


def test_every_event_is_told_or_silent_on_purpose():
    everything = set(STEPS) | set(OTHER_EVENTS) | {"remind_overdue"}
    assert set(notice_table.NOTICES) | notice_table.SILENT == everything
    assert not set(notice_table.NOTICES) & notice_table.SILENT


def test_an_assignment_tells_lead_support_and_enterprise(
    department_clerk: Actor, other_department: Actor, enterprise: Actor, office_clerk: Actor, at: datetime
):
    made = desk.accepted(enterprise=enterprise.organization)
    quiet(at)
    transitions.assign(
        made,
        lead=department_clerk.organization,
        supports=[other_department.organization],
        actor=office_clerk,
        at=at,
    )
    assert notices.announce(at=at) == 1
    assert told(department_clerk) == [
        "主办：示例电气有限公司“新上项目用地”（土地），2023-06-16 23:59 前回复，2023-07-05 23:59 前办结。请签收。"
    ]
    assert told(other_department)[0].startswith("协办：")
    assert told(enterprise) == ["“新上项目用地”由市自然资源和规划局主办，2023-06-16 23:59 前答复您。"]
    assert told(office_clerk) == [], "who did it is not told"


def test_who_has_nothing_to_do_with_it_is_not_told(
    bank: Actor, stranger: Actor, office_auditor: Actor, enterprise: Actor, at: datetime
):
    desk.confirmed(enterprise=enterprise.organization)
    notices.announce(at=at)
    assert told(bank) == told(stranger) == told(office_auditor) == []


def test_a_reassignment_tells_the_old_and_the_new_lead(
    department_clerk: Actor, other_department: Actor, office_clerk: Actor, at: datetime
):
    made = desk.assigned()
    quiet(at)
    transitions.reassign(
        made, lead=other_department.organization, reason="职责调整", actor=office_clerk, at=at
    )
    notices.announce(at=at)
    assert told(department_clerk) == ["“新上项目用地”已转由市生态环境局主办，本单位不再办理。"]
    assert told(other_department)[0].startswith("转来主办：")


def test_telling_twice_tells_once(enterprise: Actor, at: datetime):
    desk.assigned(enterprise=enterprise.organization)
    first = notices.announce(at=at)
    count = Delivery.objects.count()
    assert first > 0
    assert notices.announce(at=at + timedelta(minutes=1)) == 0
    notices.deliver(list(RequestEvent.objects.all()), at=at)
    assert Delivery.objects.count() == count
    assert not RequestEvent.objects.exclude(announced_at=at).exists()


def test_what_is_internal_never_reaches_the_enterprise(
    enterprise: Actor, department_clerk: Actor, at: datetime
):
    made = desk.assigned(enterprise=enterprise.organization)
    quiet(at)
    records.note(made, text="企业近期有信访", actor=department_clerk, at=at)
    notices.announce(at=at)
    assert Delivery.objects.count() == 0


def test_a_department_hears_nothing_of_its_reviews():
    assert "review" in notice_table.SILENT
    assert "invite_review" in notice_table.SILENT


def test_former_colleagues_are_not_told(department_clerk: Actor, at: datetime):
    gone = directory.person("已调离")
    directory.member(gone, department_clerk.organization, until_on=at.date() - timedelta(1))
    desk.assigned()
    notices.announce(at=at)
    assert not Delivery.objects.filter(user=gone).exists()
    assert told(department_clerk)


def test_only_the_offices_leads_hear_of_an_escalation(office_clerk: Actor, office_lead: Actor, at: datetime):
    made = desk.assigned()
    for hours, lead in enumerate(("STJ", "ZGJ", "STJ"), 1):
        moment = at + timedelta(hours=hours)
        transitions.reassign(made, lead=directory.body(lead), reason="协调", actor=desk.office(), at=moment)
    notices.announce(at=at)
    assert any("提级督办" in text for text in told(office_lead))
    assert not any("提级督办" in text for text in told(office_clerk))


def test_long_words_are_quoted_shortly(enterprise: Actor, department_lead: Actor, at: datetime):
    made = desk.assigned(enterprise=enterprise.organization)
    quiet(at)
    answer = transitions.Answer("长" * 500)
    transitions.reply(made, answer=answer, actor=department_lead, at=at)
    notices.announce(at=at)
    assert told(enterprise)[0].endswith("长……")
    assert len(told(enterprise)[0]) < 200


@pytest.mark.parametrize("state", list(desk.IN_STATE))
def test_every_situation_can_be_told(state: str, office_lead: Actor, enterprise: Actor, at: datetime):
    desk.IN_STATE[state](enterprise=enterprise.organization)
    notices.announce(at=at)
    texts = told(office_lead) + told(enterprise)
    assert texts
    assert not [text for text in texts if "None" in text or "{" in text or "——" in text]


def test_many_events_are_told_with_as_many_queries_as_few(enterprise: Actor, at: datetime):
    def cost(count: int) -> int:
        for _ in range(count):
            desk.accepted(enterprise=enterprise.organization)
        with CaptureQueriesContext(connection) as found:
            notices.announce(at=at)
        return len(found)

    assert cost(40) == cost(4)


# --- the bell ---


def ring(actor: Actor, at: datetime, count: int = 1) -> list[FactorRequest]:
    made = [desk.accepted(enterprise=actor.organization) for _ in range(count)]
    notices.announce(at=at)
    return made


def test_the_bell_lists_what_one_was_told_and_links_to_it(
    as_enterprise: Client, enterprise: Actor, at: datetime
):
    (made,) = ring(enterprise, at)
    page = as_enterprise.get(BELL).content.decode()
    assert reverse("requests_desk:notices") == BELL
    assert "您的需求“新上项目用地”已受理，正在交办。" in page
    assert reverse("requests_desk:show", args=[made.number]) in page
    assert "1 条未读" in page


def test_nobody_sees_the_notices_of_others(
    as_stranger: Client, enterprise: Actor, client: Client, at: datetime
):
    ring(enterprise, at)
    assert "还没有通知" in as_stranger.get(BELL).content.decode()
    assert client.get(BELL).status_code == 302


def test_one_notice_is_marked_as_read(as_enterprise: Client, enterprise: Actor, at: datetime):
    ring(enterprise, at, 2)
    first = Delivery.objects.filter(user=enterprise.user).earliest("pk")
    as_enterprise.post("/desk/notices/read/", {"notice": str(first.pk)})
    assert notices.unread(enterprise, at) == 1
    first.refresh_from_db()
    assert first.read_at is not None


def test_all_notices_are_marked_as_read_and_only_ones_own(
    as_enterprise: Client, enterprise: Actor, office_clerk: Actor, at: datetime
):
    ring(enterprise, at, 3)
    others = notices.unread(office_clerk, at)
    answer = as_enterprise.post("/desk/notices/read/", follow=True)
    assert "3 条通知已标为已读" in answer.content.decode()
    assert notices.unread(enterprise, at) == 0
    assert notices.unread(office_clerk, at) == others > 0


def test_the_notice_of_somebody_else_stays_unread(as_stranger: Client, enterprise: Actor, at: datetime):
    ring(enterprise, at)
    other = Delivery.objects.get(user=enterprise.user)
    as_stranger.post("/desk/notices/read/", {"notice": str(other.pk)})
    assert notices.unread(enterprise, at) == 1


@pytest.mark.parametrize("number", ["x", "-1", "9" * 30])
def test_a_notice_that_is_none_marks_nothing(
    as_enterprise: Client, enterprise: Actor, at: datetime, number: str
):
    ring(enterprise, at)
    assert as_enterprise.post("/desk/notices/read/", {"notice": number}).status_code == 302
    assert notices.unread(enterprise, at) == 1


def test_marking_is_no_link(as_enterprise: Client):
    assert as_enterprise.get("/desk/notices/read/").status_code == 405


def test_ten_and_two_hundred_notices_cost_the_same(
    sign_in: Callable[[Actor], Client], enterprise: Actor, at: datetime
):
    client = sign_in(enterprise)

    def cost() -> int:
        with CaptureQueriesContext(connection) as found:
            client.get(BELL)
        return len(found)

    ring(enterprise, at, 10)
    cost()
    few = cost()
    ring(enterprise, at, 190)
    assert cost() == few
