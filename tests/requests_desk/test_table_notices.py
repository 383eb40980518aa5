"""Who sits at a joint table, or wanted to take up a call, is told of it, whatever its part in the need is."""

from datetime import date, timedelta

import pytest

from requests_desk import escalation, notices, transitions
from requests_desk.minuting import Decision, minute
from requests_desk.models import Delivery, OpenCall
from requests_desk.table_notices import tell_of_table
from taian_factors.directory.actors import Actor
from tests.directory import factories as directory
from tests.directory.factories import body
from tests.requests_desk import factories
from tests.requests_desk.factories import START, acting, office

pytestmark = pytest.mark.django_db
AT = START + timedelta(days=1)


def told(actor: Actor) -> list[str]:
    """Return what a person reads at the bell, oldest first."""
    found = Delivery.objects.filter(user=actor.user, channel="portal").order_by("pk")
    return list(found.values_list("text", flat=True))


def test_who_is_invited_hears_of_a_table_over_a_project_and_of_its_end():
    guest, stranger = directory.actor("FGW"), directory.actor("KJJ")
    project = directory.project(directory.enterprise(), is_key=True)
    table = escalation.call_together(
        subject="开工前会商", invited=[body("FGW")], project=project, meets_at=START, actor=office(), at=AT
    )
    minute(table, minutes="同意。", actor=office(), at=AT + timedelta(hours=1))
    first, second = told(guest)
    assert first.startswith("市工业推进办请贵单位参加联合会商“开工前会商”，时间 2023-")
    assert "已有结论" in second
    assert told(stranger) == []
    tell_of_table("concluded", table, actor=office(), at=AT + timedelta(hours=2))
    assert len(told(guest)) == 2


def test_a_conclusion_tells_the_new_support_and_the_lead_that_it_relieves():
    former, lead, support = directory.actor("ZGJ"), directory.actor("SPJ"), directory.actor("ZJJ")
    made = factories.assigned()
    table = escalation.call_together(
        subject="审批", invited=[body("SPJ")], factor_requests=[made], actor=office(), at=AT
    )
    notices.announce(at=AT)
    Delivery.objects.all().delete()
    by = date(2023, 6, 28)
    decisions = [
        Decision(made, body("SPJ"), True, "牵头", by),
        Decision(made, body("ZJJ"), False, "配合", by),
    ]
    minute(table, minutes="换牵头单位", decisions=decisions, actor=office(), at=AT + timedelta(hours=1))
    notices.announce(at=AT + timedelta(hours=1))
    assert any("请按结论办理" in text for text in told(lead))
    assert any("请按结论协办" in text for text in told(support))
    assert any("本单位不再办理" in text for text in told(former))


def test_a_call_is_published_and_its_claimants_hear_who_was_chosen():
    former, winner, loser = directory.actor("ZGJ"), directory.actor("FGW"), directory.actor("SPJ")
    made = factories.assigned()
    transitions.open_call(
        made, problem="用地难", aim="", claims_until_on=date(2023, 6, 30), actor=office(), at=AT
    )
    notices.announce(at=AT)
    assert any("可以揭榜" in text for text in told(winner))
    chosen = escalation.lodge_claim(made, plan="一揽子方案", actor=acting("FGW"), at=AT)
    escalation.lodge_claim(made, plan="另一方案", actor=acting("SPJ"), at=AT)
    transitions.award(made, claim=chosen, reason="更可行", actor=office("lead"), at=AT + timedelta(hours=2))
    notices.announce(at=AT + timedelta(hours=2))
    assert "揭榜结果：由市发改委主办。更可行" in told(loser)[-1]
    assert "由本单位揭榜主办" in told(winner)[-1]
    assert "本单位不再办理" in told(former)[-1]
    assert OpenCall.objects.get().closed_at == AT + timedelta(hours=2)
