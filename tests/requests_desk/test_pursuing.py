"""揭榜之后: milestones, checking, acceptance, and winning support from above."""

from datetime import date, datetime, timedelta

import pytest

from requests_desk import pursuing, transitions
from requests_desk.journal import NotAllowedError, RefusedError, WrongStateError
from requests_desk.models import FactorRequest, UpwardEffort
from taian_factors.lib.periods import SHANGHAI
from tests.requests_desk import factories
from tests.requests_desk.factories import START, acting, office

pytestmark = pytest.mark.django_db
A_DAY = timedelta(days=1)
IN_WEEK = datetime(2023, 7, 3, 10, 0, tzinfo=SHANGHAI)


def planned(made: FactorRequest, title: str = "完成省厅预审"):
    pursuing.plan_milestone(
        made, title=title, due_on=date(2023, 6, 20), actor=acting("ZGJ"), at=START + 3 * A_DAY
    )
    return made.open_calls.get().milestones.get(title=title)


def test_partners_of_the_chosen_claim_become_supports_and_the_enterprise_stays_one():
    made = factories.awarded()
    running = made.assignments.filter(ended_at=None).order_by("part")
    assert [(a.part, a.organization.code) for a in running] == [("lead", "ZGJ"), ("support", "TB-370902")]
    assert {p.kind for p in made.open_calls.get().claims.get().partners.all()} == {
        "county_office",
        "enterprise",
    }


def test_a_milestone_is_reached_checked_and_only_then_the_matter_is_accepted():
    made = factories.awarded()
    milestone = planned(made)
    late = datetime(2023, 6, 21, 9, 0, tzinfo=SHANGHAI)
    event = pursuing.reach_milestone(
        made, milestone=milestone, report="预审已过", actor=acting("ZGJ"), at=late
    )
    assert event.detail["is_behind"] is True
    opinion = {"opinion": "缺批文", "actor": office(), "at": late}
    pursuing.check_milestone(made, milestone=milestone, is_passed=False, **opinion)
    milestone.refresh_from_db()
    assert milestone.reached_at is None
    transitions.complete(made, text="指标已落实", actor=acting("ZGJ"), at=late)
    with pytest.raises(RefusedError, match="还有节点没有通过"):
        pursuing.accept_challenge(made, acceptance="合格", actor=office(), at=late)


def test_without_acceptance_there_is_no_write_off():
    made = factories.awarded()
    done = START + 4 * A_DAY
    transitions.complete(made, text="指标已落实", actor=acting("ZGJ"), at=done)
    transitions.confirm(made, answer="solved", actor=acting(made.enterprise), at=done)
    with pytest.raises(RefusedError, match="须先经推进办验收"):
        transitions.write_off(made, actor=office(), at=IN_WEEK)
    pursuing.accept_challenge(made, acceptance="目标达成", actor=office(), at=done)
    with pytest.raises(RefusedError, match="已经验收"):
        pursuing.accept_challenge(made, acceptance="再验", actor=office(), at=done)
    transitions.write_off(made, actor=office(), at=IN_WEEK)
    assert made.state == "written_off"


def test_a_redo_undoes_the_acceptance_and_the_next_completion_is_accepted_anew():
    made = factories.awarded()
    done = START + 4 * A_DAY
    transitions.complete(made, text="指标已落实", actor=acting("ZGJ"), at=done)
    pursuing.accept_challenge(made, acceptance="目标达成", actor=office(), at=done)
    transitions.redo(made, reason="没有落实", actor=acting(made.enterprise), at=done + A_DAY)
    again = done + 2 * A_DAY
    transitions.complete(made, text="再次办结", actor=acting("ZGJ"), at=again)
    transitions.confirm(made, answer="solved", actor=acting(made.enterprise), at=again)
    assert not made.open_calls.get().is_accepted
    with pytest.raises(RefusedError, match="须先经推进办验收"):
        transitions.write_off(made, actor=office(), at=IN_WEEK)
    pursuing.accept_challenge(made, acceptance="这次达成", actor=office(), at=again)
    transitions.write_off(made, actor=office(), at=IN_WEEK)
    assert [event.text for event in made.events.filter(verb="accept_challenge").order_by("pk")] == [
        "目标达成",
        "这次达成",
    ]


def test_efforts_are_a_log_that_the_enterprise_does_not_read():
    made = factories.awarded()
    said = {
        "level": "provincial",
        "counterpart": "省自然资源厅",
        "matter": "点供指标",
        "result": "已列入计划",
    }
    event = pursuing.log_effort(
        made, sought_on=START.date(), actor=acting("TB-370902"), at=START + 4 * A_DAY, **said
    )
    assert event.is_internal
    assert UpwardEffort.objects.get().organization.code == "TB-370902"
    with pytest.raises(RefusedError, match="不应晚于今天"):
        pursuing.log_effort(made, sought_on=date(2023, 8, 1), actor=office(), at=START + 4 * A_DAY, **said)
    with pytest.raises(NotAllowedError):
        pursuing.log_effort(made, sought_on=START.date(), actor=acting("B01"), at=START + 4 * A_DAY, **said)


def test_only_an_awarded_call_has_milestones_and_only_its_own():
    plain = factories.assigned()
    plan = {"due_on": date(2023, 6, 30), "at": START + A_DAY}
    with pytest.raises(RefusedError, match="揭榜确定后"):
        pursuing.plan_milestone(plain, title="一", actor=acting("ZGJ"), **plan)
    with pytest.raises(WrongStateError):
        pursuing.plan_milestone(factories.on_open_call(), title="一", actor=office(), **plan)
    one, other = factories.awarded(), factories.awarded()
    foreign = planned(other)
    with pytest.raises(RefusedError, match="从本榜的节点中选择"):
        pursuing.reach_milestone(
            one, milestone=foreign, report="完成", actor=acting("ZGJ"), at=START + 4 * A_DAY
        )
