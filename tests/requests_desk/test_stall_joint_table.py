"""The stall desk's ways on: add a stall, send on with a word, ask for a joint table; and what the office says to it."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from fairs.models import Desk, Ticket
from requests_desk.models import Attachment, FactorRequest, JointConsultation
from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day
from tests.fairs import factories as fairs
from tests.requests_desk import factories
from tests.requests_desk.counters import Counter, counter_at


@pytest.fixture
def bank(hall, sign_in) -> Counter:
    return counter_at(hall, sign_in, "B01")


@pytest.fixture
def table(hall):
    return fairs.stall(hall, "GTB", is_joint_table=True)


def ask(counter, ticket, at_table, bank, **more):
    given = {"table": at_table.pk, "stalls": [bank.stall.pk], "subject": "用地与贷款一并解决", **more}
    return counter.press("table", ticket=ticket.pk, **given)


def test_a_stall_is_added_and_the_next_clerk_reads_the_word(counter, bank):
    ticket = counter.serving()
    assert counter.press("add", ticket=ticket.pk).status_code == 409
    assert counter.press("add", ticket=ticket.pk, to_stall=bank.stall.pk, note="y" * 101).status_code == 422
    added = counter.press("add", ticket=ticket.pk, to_stall=bank.stall.pk, note="已核对备案")
    assert "本摊位继续办理" in counter.client.get(added.url).content.decode()
    assert bank.stall.code in counter.page()
    counter.press("consult", ticket=ticket.pk)
    assert "有交接" in bank.page()
    bank.press("call")
    assert "交接说明：已核对备案" in bank.page()


def test_who_is_sent_on_brings_a_word_along(counter, bank):
    ticket = counter.serving()
    counter.press("transfer", ticket=ticket.pk, to_stall=bank.stall.pk, note="请看授信材料")
    bank.press("call")
    assert "交接说明：请看授信材料" in bank.page()


def test_papers_are_kept_with_the_need(counter):
    ticket = counter.serving()
    paper = SimpleUploadedFile("备案证明.pdf", b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n")
    assert counter.file(ticket, papers=paper).status_code == 302
    kept = Attachment.objects.get()
    assert (kept.factor_request, kept.name) == (FactorRequest.objects.get(), "备案证明.pdf")
    answer = counter.file(ticket, papers=SimpleUploadedFile("宏.exe", b"MZ"))
    assert answer.status_code == 422
    assert FactorRequest.objects.count() == 1


def test_the_history_of_the_enterprise_is_at_hand(counter):
    made = factories.written_off(at=now() - timedelta(days=40))
    earlier = fairs.fair(local_day(now()) - timedelta(days=40), name="上一场大集")
    fairs.checked_in(earlier, at=now() - timedelta(days=40), enterprise=made.enterprise)
    counter.serving(made.enterprise)
    page = counter.page()
    assert "上一场大集" in page
    assert "办过的需求" in page


def test_a_table_is_asked_for_and_the_called_desk_says_why_it_is_paused(
    counter, bank, table, as_office_clerk
):
    ticket = counter.serving()
    counter.file(ticket, headline="二期用地")
    made = FactorRequest.objects.get()
    answer = ask(counter, ticket, table, bank, needs=[made.pk])
    assert "等推进办确认" in counter.client.get(answer.url).content.decode()
    asked = JointConsultation.objects.get()
    assert list(asked.factor_requests.all()) == [made]
    assert "待推进办确认" in counter.page()
    assert f"应邀到 {table.code} 会商" in bank.page()
    assert bank.press("call").status_code == 409
    page = as_office_clerk.get(f"/desk/consultations/{asked.pk}/").content.decode()
    assert "同意会商" in page
    assert "形成结论</button>" not in page
    assert "待推进办确认" in as_office_clerk.get("/desk/consultations/").content.decode()
    assert "待确认现场会商" in as_office_clerk.get("/").content.decode()
    confirmed = as_office_clerk.post(f"/desk/consultations/{asked.pk}/confirm/")
    assert "已确认会商" in as_office_clerk.get(confirmed.url).content.decode()
    assert "会商中" in counter.page()
    assert bank.press("go_on").status_code == 302
    assert not Desk.objects.get(pk=bank.desk.pk).is_paused


def test_what_asking_lacks_is_said_and_nothing_happens(counter, bank, table):
    ticket = counter.serving()
    for more, words in (
        ({"stalls": []}, "请到会商的摊位：请至少选一个"),
        ({"stalls": [0]}, "没有这个摊位"),
        ({"table": bank.stall.pk}, "没有这张会商桌"),
        ({"subject": ""}, "议题"),
        ({"needs": [0]}, "不属于该企业"),
    ):
        answer = ask(counter, ticket, table, bank, **more)
        assert answer.status_code == 422, more
        assert words in answer.content.decode()
    assert ask(counter, Ticket(pk=ticket.pk + 99), table, bank).status_code == 409
    assert ask(bank, ticket, table, counter).status_code == 409
    assert ask(counter, ticket, table, bank).status_code == 302
    assert ask(counter, ticket, table, bank).status_code == 409
    assert JointConsultation.objects.count() == 1


def test_the_office_declines_with_a_reason(counter, bank, table, as_office_clerk, as_office_auditor):
    ticket = counter.serving()
    ask(counter, ticket, table, bank)
    asked = JointConsultation.objects.get()
    decline = f"/desk/consultations/{asked.pk}/decline/"
    assert as_office_auditor.post(decline, {"reason": "不"}).status_code == 403
    assert counter.client.post(decline, {"reason": "不"}).status_code == 404
    assert as_office_clerk.post(decline).status_code == 422
    assert as_office_clerk.post(decline, {"reason": "银行单独可以办"}).status_code == 302
    assert "银行单独可以办" in counter.page()
    assert "席位已暂停" not in bank.page()
    assert as_office_clerk.post(decline, {"reason": "再次"}).status_code == 409
    answer = as_office_clerk.post(f"/desk/consultations/{asked.pk}/confirm/")
    assert "不予会商" in as_office_clerk.get(answer.url).content.decode()


def test_the_same_press_is_told_the_same_when_the_desk_was_emptied_and_another_one_where_to_sit(
    counter, bank, table, as_office_clerk, hall
):
    ticket = counter.serving()
    given = {"table": table.pk, "stalls": [bank.stall.pk], "subject": "用地", "ticket": ticket.pk}
    assert counter.press("table", key="press-1", **given).status_code == 302
    counter.press("consult", ticket=ticket.pk)
    as_office_clerk.post(f"/fairs/{hall.pk}/desks/{counter.desk.pk}/empty/")
    again = counter.press("table", key="press-1", **given)
    assert "已请求会商" in counter.client.get(again.url).content.decode()
    for verb, key in (("table", "press-2"), ("call", "press-3")):
        answer = counter.press(verb, key=key, **given)
        assert answer.status_code == 403
        page = answer.content.decode()
        assert "您已不在席位上" in page
        assert "就座" in page
    assert JointConsultation.objects.count() == 1
