"""A fair from the first check-in to the close of day: reception, two stalls, needs, a phone, who was left waiting."""

import pytest
from django.urls import reverse

from fairs import tasks as fair_tasks
from fairs.models import Ticket, Visit
from requests_desk import tasks
from requests_desk.models import FactorRequest
from tests.directory import factories as directory
from tests.fairs import factories as fairs
from tests.requests_desk import factories

pytestmark = pytest.mark.django_db


class Stall:
    """A clerk's client at the stall desk: every press with the ticket that is held, and a key of its own."""

    def __init__(self, client, stall):
        self.client, self.stall = client, stall
        assert client.post("/desk/stall/sit/", {"desk": stall.desks.get().pk}).status_code == 302

    def held(self):
        return Ticket.objects.filter(desk__stall=self.stall, state__in=["called", "serving"]).first()

    def press(self, verb, **data):
        held = self.held()
        given = {"key": fairs.key(), **({"ticket": held.pk} if held else {}), **data}
        answer = self.client.post(f"/desk/stall/{verb}/", given)
        assert answer.status_code == 302, answer.content.decode()

    def take_in(self, code, headline, outcome, **more):
        given = {"key": fairs.key(), "ticket": self.held().pk, "which": "new", "headline": headline}
        given |= {"factor": factories.factor(code).pk, "outcome": outcome, **more}
        assert self.client.post("/desk/stall/need/", given).status_code == 302
        return FactorRequest.objects.get(headline=headline)


def test_the_fair_of_13_june_2023(
    clock_at, read, client, as_office_clerk, as_department_clerk, as_bank, sign_in
):
    hall = fairs.fair()
    land, money = fairs.stall(hall, "ZGJ"), fairs.stall(hall, "B01")
    owners = [directory.enterprise(f"示例{name}有限公司") for name in ("轴承", "玻纤", "药业", "线缆")]

    def arrives(owner, *stalls):
        address = reverse("fairs:check_in", args=[hall.pk, owner.pk])
        typed = {
            "stalls": [s.pk for s in stalls],
            "contact_name": "示例联系人",
            "contact_phone": "13800000000",
        }
        assert as_office_clerk.post(address, typed).status_code == 302
        return Visit.objects.get(enterprise=owner)

    # Nine o'clock: four enterprises get one number each, the first at both stalls at once.
    clock_at("2023-06-13 09:00")
    first = arrives(owners[0], land, money)
    clock_at("2023-06-13 09:02")
    second, third, fourth = arrives(owners[1], land), arrives(owners[2], money), arrives(owners[3], land)
    assert [v.number for v in (first, second, third, fourth)] == [1, 2, 3, 4]
    phone = reverse("fairs:ticket", args=[first.token])
    assert "您的号码" in read(client.get(phone))

    # Land calls 001; the bank passes over it to 003, and 001 keeps its place at the bank.
    clock_at("2023-06-13 09:05")
    at_land, at_bank = Stall(as_department_clerk, land), Stall(as_bank, money)
    at_land.press("call")
    at_bank.press("call")
    assert (at_land.held().visit, at_bank.held().visit) == (first, third)
    assert f"请到 {land.code}" in read(client.get(phone))
    screen = read(client.get(reverse("fairs:hall_screen", args=[hall.token])))
    assert "001" in screen
    assert owners[0].name not in screen

    # A need is completed on the spot; at the bank another leaves with a dated plan.
    at_land.press("begin")
    at_bank.press("begin")
    clock_at("2023-06-13 09:20")
    spot = at_land.take_in("TD", "二期厂房用地预审", "completed", text="当场出具用地预审意见。")
    finance = (
        FactorRequest._meta.get_field("factor").related_model.objects.filter(is_finance=True).first().code
    )
    plan = {"text": "给予授信，月内放款。", "plan_on": "2023-06-30", "plan_owner": "客户经理"}
    loan = at_bank.take_in(finance, "设备贷款", "planned", **plan)
    at_land.press("finish")
    at_bank.press("finish")
    assert (spot.state, loan.state) == ("completed", "replied")
    assert {spot.filing.visit, loan.filing.visit} == {first, third}

    # 001 goes on to the bank with the place of nine o'clock; 002 only had a question; 004 is called and does not come.
    clock_at("2023-06-13 09:30")
    at_bank.press("call")
    assert at_bank.held().visit == first
    at_land.press("call")
    at_land.press("begin")
    assert at_land.held().visit == second
    at_land.press("consult")
    at_land.press("call")
    at_land.press("pass_over")
    assert fourth.tickets.get().state == "missed"
    # It comes back by its own phone, once, and a fifth enterprise arrives late.
    again = reverse("fairs:ticket_reenter", args=[fourth.token, fourth.tickets.get().pk])
    assert client.post(again).status_code == 302
    at_bank.press("begin")
    late = arrives(directory.enterprise("示例迟到有限公司"), land)

    # Eight in the evening: who waits has left, who is being served stays and is reported, nothing is lost.
    clock_at("2023-06-13 20:00")
    assert fair_tasks.close_tickets() == 1
    assert (fourth.tickets.get().state, late.tickets.get().state) == ("left", "left")
    assert at_bank.held().state == "serving"
    states = list(Ticket.objects.values_list("state", flat=True))
    assert sorted(states) == ["left", "left", "served", "served", "served", "serving"]
    page = read(as_office_clerk.get(reverse("fairs:fair", args=[hall.pk])))
    assert "到场企业 5 家" in page
    assert "取号 6 个" in page
    assert "已收摊" in read(as_office_clerk.get(reverse("fairs:overview")))

    # The ledger counts the day's needs by where they came from; the enterprise confirms the next morning.
    ledger = read(as_office_clerk.get(reverse("requests_desk:ledger_totals"), {"fair": hall.pk}))
    assert "2 项" in ledger
    owner = directory.actor(owners[0])
    clock_at("2023-06-14 09:00")
    assert tasks.announce_events() > 0
    as_owner = sign_in(owner)
    assert "请您办理" in read(as_owner.get(reverse("requests_desk:show", args=[spot.number])))
    confirm = reverse("requests_desk:act", args=[spot.number, "confirm"])
    assert as_owner.post(confirm, {"answer": "solved"}).status_code == 302
    spot.refresh_from_db()
    assert (spot.state, spot.answer) == ("confirmed", "solved")
