"""申报、摊位受理、并联交办."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from fairs import queueing
from requests_desk import dispatching, drafting, intake
from requests_desk.dispatch_directory import Handout, suggest
from requests_desk.intake import Need
from requests_desk.journal import NotAllowedError, RefusedError
from requests_desk.models import FactorRequest, Filing, Reply
from requests_desk.transitions import Answer
from taian_factors.directory.models import Chain, Division
from tests.directory import factories as directory
from tests.directory.factories import body
from tests.fairs import factories as fairs
from tests.requests_desk import factories
from tests.requests_desk.factories import START, acting, factor, office

pytestmark = pytest.mark.django_db


def test_a_filing_gives_birth_to_one_request_per_need_in_the_projects_division():
    owner = directory.enterprise(division="370902", chain="C01")
    project = directory.project(
        owner, division=Division.objects.get(code="370983"), chain=Chain.objects.get(code="C02")
    )
    filing = factories.filing("TD", "JR", enterprise=owner, project=project)
    first, second = filing.factor_requests.order_by("pk")
    assert filing.number == f"20230613-{filing.pk:06d}"
    assert [first.number, second.number] == [f"{filing.number}-1", f"{filing.number}-2"]
    assert (first.division.code, first.chain.code) == ("370983", "C02")
    assert [e.verb for e in first.events.all()] == ["file"]


@pytest.mark.parametrize(
    ("fields", "field"), [({"quantity": Decimal("-1"), "unit": "亩"}, "quantity"), ({"unit": "万元"}, "unit")]
)
def test_a_need_that_cannot_be_is_refused_and_nothing_is_stored(fields: dict, field: str):
    owner = directory.enterprise()
    with pytest.raises(RefusedError) as caught:
        intake.file(
            enterprise=owner,
            needs=[factories.need(), factories.need(**fields)],
            actor=acting(owner),
            at=START,
        )
    assert caught.value.field == field
    assert not Filing.objects.exists()


def test_nobody_files_for_another_enterprise_but_staff_may_and_are_marked():
    owner, other = directory.enterprise(), directory.enterprise()
    with pytest.raises(NotAllowedError):
        intake.file(enterprise=owner, needs=[factories.need()], actor=acting(other), at=START)
    filing = intake.file(enterprise=owner, needs=[factories.need()], actor=acting("ZB-C01"), at=START)
    assert filing.typed_for.code == "ZB-C01"


def test_a_draft_becomes_the_filing_once_however_often_it_is_sent():
    owner = directory.enterprise()
    actor = acting(owner)
    draft = drafting.save_draft(None, enterprise=owner, content={"needs": [{}]}, actor=actor, at=START)
    sent = {"enterprise": owner, "needs": [factories.need()], "actor": actor, "at": START, "draft": draft}
    first, second = intake.file(**sent), intake.file(**sent)
    assert first == second == draft
    assert FactorRequest.objects.count() == 1
    with pytest.raises(RefusedError, match="已经提交"):
        drafting.save_draft(first, enterprise=owner, content={}, actor=actor, at=START)


def test_accepting_and_dispatching_a_filing_are_one_act_each_and_parallel():
    filing = factories.filing("TD", "SP", "NY")
    assert dispatching.accept_filing(filing, actor=office(), at=START) == 3
    day = START.date()
    handouts = {r.pk: suggest(r, day=day) for r in filing.factor_requests.all()}
    assert dispatching.dispatch(filing, handouts=handouts, actor=office(), at=START) == 3
    leads = {r.factor.code: r.running_lead.organization.code for r in filing.factor_requests.all()}
    assert leads == {"TD": "ZGJ", "SP": "SPJ", "NY": "FGW"}
    assert dispatching.dispatch(filing, handouts=handouts, actor=office(), at=START) == 0


def test_dispatch_is_all_or_nothing():
    filing = factories.filing("TD", "SP")
    dispatching.accept_filing(filing, actor=office(), at=START)
    first, second = filing.factor_requests.order_by("pk")
    handouts = {
        first.pk: Handout(body("ZGJ"), reason="专题会议"),
        second.pk: Handout(body("B01"), reason="专题会议"),
    }
    with pytest.raises(RefusedError):
        dispatching.dispatch(filing, handouts=handouts, actor=office(), at=START)
    assert {r.state for r in filing.factor_requests.all()} == {"accepted"}


def test_what_no_rule_covers_waits_for_the_office():
    assert suggest(factories.filed("JR"), day=date(2023, 6, 13)) is None


@pytest.fixture
def at_the_desk():
    """A visit that is being served at a desk of ZGJ."""
    fair = fairs.fair()
    stall = fairs.stall(fair, "ZGJ")
    desk, clerk = fairs.seated(stall, at=START)
    ticket = fairs.waiting(stall, at=START)
    queueing.call_next(desk=desk, actor=clerk, at=START, key=fairs.key())
    ticket = queueing.begin(desk=desk, actor=clerk, at=START, key=fairs.key())
    return ticket, clerk


def test_at_a_counter_a_need_travels_the_same_road_in_one_transaction(at_the_desk):
    ticket, clerk = at_the_desk
    need = Need(factor("TD"), "用地预审")
    made = intake.file_at_counter(ticket=ticket, need=need, resolution="当场出具意见", actor=clerk, at=START)
    assert made.state == "completed"
    assert [e.verb for e in made.events.order_by("pk")] == ["file", "accept", "assign", "complete"]
    assert (made.filing.channel, made.filing.visit) == ("fair", ticket.visit)


def test_a_plan_at_a_counter_has_owner_and_date_or_nothing_is_written(at_the_desk):
    ticket, clerk = at_the_desk
    need = Need(factor("TD"), "用地预审")
    with pytest.raises(RefusedError):
        intake.file_at_counter(
            ticket=ticket, need=need, plan=Answer("一周内踏勘", Reply.Outcome.PLAN), actor=clerk, at=START
        )
    assert not FactorRequest.objects.exists()
    plan = Answer("一周内踏勘", Reply.Outcome.PLAN, plan_on=date(2023, 6, 20), plan_owner="示例科长")
    made = intake.file_at_counter(ticket=ticket, need=need, plan=plan, actor=clerk, at=START)
    assert (made.state, made.assignments.get().replied_at) == ("replied", START)


def test_staff_are_counter_only_while_they_serve_that_enterprise(at_the_desk):
    ticket, clerk = at_the_desk
    colleague = directory.actor("ZGJ")
    need = Need(factor("TD"), "用地预审")
    with pytest.raises(NotAllowedError):
        intake.file_at_counter(ticket=ticket, need=need, actor=colleague, at=START)
    queueing.finish(
        desk=ticket.desk, outcome="consulted", actor=clerk, at=START + timedelta(minutes=5), key=fairs.key()
    )
    with pytest.raises(NotAllowedError):
        intake.file_at_counter(ticket=ticket, need=need, actor=clerk, at=START)
