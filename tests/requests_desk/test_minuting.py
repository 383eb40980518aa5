"""会商决定 become assignments with dates, of the needs at the table and of needs that it brings to life."""

from datetime import date, datetime, timedelta

import pytest

from requests_desk import escalation
from requests_desk.journal import NotAllowedError, RefusedError
from requests_desk.minuting import Decision, minute
from requests_desk.models import FactorRequest
from taian_factors.directory.models import Factor
from taian_factors.lib.periods import SHANGHAI
from tests.directory import factories as directory
from tests.directory.factories import body
from tests.requests_desk import factories
from tests.requests_desk.factories import START, acting, office

pytestmark = pytest.mark.django_db
AT = START + timedelta(days=2)
BY = date(2023, 6, 28)
END = datetime(2023, 6, 28, 23, 59, 59, tzinfo=SHANGHAI)


def a_table(**fields):
    return escalation.call_together(
        subject="用地审批", invited=[body("ZGJ")], actor=office(), at=START + timedelta(days=1), **fields
    )


def test_decisions_open_the_parts_that_they_name_by_their_days():
    made = factories.assigned()
    table = a_table(factor_requests=[made])
    decisions = [
        Decision(made, body("ZGJ"), True, "出让方案", BY),
        Decision(made, body("SPJ"), False, "并联审批", BY),
    ]
    minute(table, minutes="同意带方案出让", decisions=decisions, actor=office(), at=AT)
    lead, support = made.assignments.order_by("part")
    assert (lead.ended_at, lead.organization.code) == (None, "ZGJ")  # it goes on, on its own clock
    assert (support.organization.code, support.reply_due_at) == ("SPJ", END)
    kept = list(table.decisions.order_by("pk").values_list("task", "due_on", "assignment"))
    assert kept == [("出让方案", BY, lead.pk), ("并联审批", BY, support.pk)]


def test_a_project_without_needs_gets_them_from_its_table():
    project = directory.project(directory.enterprise(), is_key=True)
    table = a_table(project=project)
    land = Factor.objects.get(code="TD")
    decisions = [
        Decision(land, body("ZGJ"), True, "落实用地指标", BY),
        Decision(land, body("FGW"), False, "纳入省重点", BY),
    ]
    minute(table, minutes="列入市重点", decisions=decisions, actor=office(), at=AT)
    born = FactorRequest.objects.get()
    assert (born.state, born.enterprise, born.filing.channel) == (
        "assigned", project.enterprise, "consultation"
    )  # fmt: skip
    lead, support = born.assignments.order_by("part")
    assert (lead.organization.code, lead.complete_due_at) == ("ZGJ", END)
    assert lead.reply_due_at < END
    assert support.reply_due_at == END
    assert table.factor_requests.get() == born


def test_wrong_decisions_are_refused_and_nothing_is_half_written():
    made = factories.assigned()
    table = a_table(factor_requests=[made])
    zgj, spj = body("ZGJ"), body("SPJ")
    land = Factor.objects.get(code="TD")
    wrong = {
        "应有一个主办": [Decision(made, zgj, True, "一", BY), Decision(made, spj, True, "二", BY)],
        "同一单位只能有一项": [Decision(made, zgj, True, "一", BY), Decision(made, zgj, False, "二", BY)],
        "今天之后": [Decision(made, spj, False, "一", AT.date())],
        "针对项目的会商": [Decision(land, zgj, True, "一", BY)],
        "不能主办": [Decision(made, body("B01"), True, "一", BY)],
    }
    for said, decisions in wrong.items():
        with pytest.raises(RefusedError, match=said):
            minute(table, minutes="纪要", decisions=decisions, actor=office(), at=AT)
    with pytest.raises(NotAllowedError):
        minute(table, minutes="纪要", actor=acting("ZGJ"), at=AT)
    table.refresh_from_db()
    made.refresh_from_db()
    assert (table.concluded_at, made.state, made.assignments.count()) == (None, "consulting", 1)
