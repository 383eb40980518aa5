"""现场会商: asked for at a stall, confirmed or declined by the office; who may not, may not."""

from types import SimpleNamespace

import pytest

from fairs import arrivals, queueing
from fairs.joint_tables import TableError
from fairs.locks import ForbiddenError
from fairs.models import Desk, Ticket
from requests_desk import conferring, counter, minuting, notices
from requests_desk.counter import Outcome, Result
from requests_desk.intake import Need
from requests_desk.journal import NotAllowedError, RefusedError
from requests_desk.models import Delivery, JointConsultation
from tests.directory import factories as directory
from tests.fairs import factories as fairs
from tests.requests_desk import factories


@pytest.fixture
def scene(db, at, office_clerk):
    """A clerk serves an enterprise; a bank's stall and a joint table of the office stand by."""
    fair = fairs.fair()
    stall, bank, table = (
        fairs.stall(fair, "ZGJ"),
        fairs.stall(fair, "B01"),
        fairs.stall(fair, "GTB", is_joint_table=True),
    )
    (desk, clerk), (bank_desk, bank_clerk) = fairs.seated(stall, at=at), fairs.seated(bank, at=at)
    ticket = fairs.serving(desk, clerk, at=at)
    made = counter.file_need(
        desk=desk,
        ticket=ticket,
        key=fairs.key(),
        need=Need(factories.factor("TD"), "二期用地与贷款"),
        result=Result(Outcome.KEPT),
        actor=clerk,
        at=at,
    )
    found = {
        "fair": fair,
        "stall": stall,
        "bank": bank,
        "table": table,
        "desk": desk,
        "clerk": clerk,
        "made": made,
    }
    return SimpleNamespace(
        **found, bank_desk=bank_desk, bank_clerk=bank_clerk, ticket=ticket, office=office_clerk
    )


def asked(scene, at, **more):
    given = {
        "desk": scene.desk,
        "ticket": scene.ticket,
        "table": scene.table,
        "stalls": [scene.bank],
        "subject": "二期用地与贷款一并解决",
        "factor_requests": [scene.made],
        "actor": scene.clerk,
        "key": fairs.key(),
    }
    return conferring.ask(**{**given, **more}, at=at)


def is_paused(scene):
    return Desk.objects.get(pk=scene.bank_desk.pk).is_paused


def test_asking_files_a_table_that_waits_for_the_office(scene, at):
    table = asked(scene, at)
    assert (table.stage, table.asked_for, table.asked_by) == (
        "asked",
        scene.clerk.organization,
        scene.clerk.user,
    )
    assert {body.code for body in table.invited.all()} == {"ZGJ", "B01"}
    assert table.ticket.stall == scene.table
    assert is_paused(scene)
    scene.made.refresh_from_db()
    assert scene.made.state == "assigned"


def test_the_same_click_asks_once_and_a_second_table_is_refused(scene, at):
    assert asked(scene, at, key="k") == asked(scene, at, key="k")
    with pytest.raises(RefusedError, match="已经请求过会商"):
        asked(scene, at)
    assert JointConsultation.objects.count() == 1


def test_asking_needs_a_subject_a_table_and_the_enterprise_s_own_needs(scene, at):
    other = factories.filed(at=at)
    with pytest.raises(RefusedError, match="议题"):
        asked(scene, at, subject=" ")
    with pytest.raises(RefusedError, match="这家企业的需求"):
        asked(scene, at, factor_requests=[other])
    with pytest.raises(TableError):
        asked(scene, at, table=scene.bank)
    with pytest.raises(ForbiddenError):
        asked(scene, at, actor=scene.bank_clerk)
    assert not JointConsultation.objects.exists()
    assert not is_paused(scene)


def test_the_office_confirms_and_the_clock_rests(scene, at):
    table = asked(scene, at)
    assert conferring.confirm(table, actor=scene.office, at=at) == []
    scene.made.refresh_from_db()
    table.refresh_from_db()
    assert (scene.made.state, table.stage) == ("consulting", "sitting")
    assert scene.made.events.filter(verb="convene").count() == 1
    with pytest.raises(RefusedError, match="会商中"):
        conferring.confirm(table, actor=scene.office, at=at)


def test_a_need_that_is_not_handed_out_stays_beside_the_table(scene, at):
    waiting = factories.filed(enterprise=scene.ticket.visit.enterprise, at=at)
    table = asked(scene, at, factor_requests=[scene.made, waiting])
    assert conferring.confirm(table, actor=scene.office, at=at) == [waiting]
    waiting.refresh_from_db()
    assert waiting.state == "filed"


def test_the_office_declines_and_the_desks_go_on(scene, at):
    table = asked(scene, at)
    with pytest.raises(RefusedError, match="理由"):
        conferring.decline(table, reason=" ", actor=scene.office, at=at)
    conferring.decline(table, reason="银行单独可以办", actor=scene.office, at=at)
    table.refresh_from_db()
    assert (table.stage, table.ticket.state) == ("declined", "left")
    assert not is_paused(scene)
    assert Ticket.objects.get(pk=scene.ticket.pk).state == "serving"
    for late in (conferring.confirm, lambda table, **by: conferring.decline(table, reason="再次", **by)):
        with pytest.raises(RefusedError, match="不予会商"):
            late(table, actor=scene.office, at=at)
    assert asked(scene, at) != table


def test_who_sits_at_the_table_already_is_not_sent_away(scene, at):
    table = asked(scene, at)
    queueing.finish(desk=scene.desk, actor=scene.clerk, at=at, key=fairs.key())
    desk, clerk = fairs.seated(scene.table, at=at)
    queueing.call_next(desk=desk, actor=clerk, at=at, key=fairs.key())
    queueing.begin(desk=desk, actor=clerk, at=at, key=fairs.key())
    with pytest.raises(RefusedError, match="已经坐到会商桌"):
        conferring.decline(table, reason="太晚", actor=scene.office, at=at)
    queueing.finish(desk=desk, actor=clerk, at=at, key=fairs.key(), outcome="consulted")
    assert not is_paused(scene)


def test_only_the_office_confirms_or_declines(scene, at, office_auditor, stranger):
    table = asked(scene, at)
    for actor in (scene.clerk, scene.bank_clerk, office_auditor, stranger):
        with pytest.raises(NotAllowedError):
            conferring.confirm(table, actor=actor, at=at)
        with pytest.raises(NotAllowedError):
            conferring.decline(table, reason="不", actor=actor, at=at)


def test_no_minutes_before_the_office_has_confirmed(scene, at):
    table = asked(scene, at)
    with pytest.raises(RefusedError, match="还没有确认"):
        minuting.minute(table, minutes="已商定", actor=scene.office, at=at)
    conferring.confirm(table, actor=scene.office, at=at)
    minuting.minute(table, minutes="已商定", actor=scene.office, at=at)
    table.refresh_from_db()
    assert table.stage == "concluded"


def bell(*actors):
    users = [actor.user for actor in actors]
    told = Delivery.objects.at_the_bell().filter(user__in=users, subject_key__startswith="consultation:")
    return list(told.order_by("pk").values_list("user", "text"))


def test_the_invited_and_the_office_hear_of_it_once_and_who_asked_does_not(scene, at, stranger):
    table = asked(scene, at, key="k")
    asked(scene, at, key="k")
    enterprise = scene.ticket.visit.enterprise.short
    (_, to_bank), (_, to_office) = bell(scene.bank_clerk, scene.office)
    assert f"到 会商桌 {scene.table.code} 现场会商{enterprise}" in to_bank
    assert to_office.endswith("请确认。")
    assert scene.bank.organization.short in to_office
    assert bell(scene.clerk, stranger) == []
    assert {row.url for row in Delivery.objects.filter(subject_key=f"consultation:{table.pk}:asked")} == {
        f"/desk/consultations/{table.pk}/"
    }


def test_a_table_about_no_need_is_told_all_the_same(scene, at):
    asked(scene, at, factor_requests=[])
    assert len(bell(scene.bank_clerk, scene.office)) == 2


def test_the_need_says_it_in_its_timeline_and_its_enterprise_is_told(scene, at):
    owner = directory.actor(scene.ticket.visit.enterprise)
    table = asked(scene, at)
    event = scene.made.events.get(verb="ask_table")
    assert (event.text, event.organization, event.detail) == (
        "二期用地与贷款一并解决",
        scene.clerk.organization,
        {"consultation": table.pk},
    )
    assert (event.from_state, event.to_state, event.is_internal) == ("assigned", "assigned", False)
    notices.announce(at=at)
    assert "请求多个单位现场会商“二期用地与贷款”" in Delivery.objects.get(user=owner.user, event=event).text


def test_who_was_called_hears_that_it_is_declined(scene, at):
    table = asked(scene, at)
    conferring.decline(table, reason="银行单独可以办。", actor=scene.office, at=at)
    assert bell(scene.bank_clerk)[-1][1].endswith("银行单独可以办。应邀席位已恢复叫号。")
    assert "不予现场会商" in bell(scene.clerk)[-1][1]
    assert scene.made.events.get(verb="decline_table").text == "银行单独可以办。"


def test_what_was_declined_while_missed_pauses_nobody_when_it_comes_back(scene, at):
    table = asked(scene, at)
    queueing.finish(desk=scene.desk, actor=scene.clerk, at=at, key=fairs.key())
    desk, clerk = fairs.seated(scene.table, at=at)
    queueing.call_next(desk=desk, actor=clerk, at=at, key=fairs.key())
    queueing.pass_over(desk=desk, actor=clerk, at=at, key=fairs.key())
    conferring.decline(table, reason="银行单独可以办", actor=scene.office, at=at)
    arrivals.reenter(ticket=Ticket.objects.get(pk=table.ticket_id), actor=scene.office, at=at)
    queueing.call_next(desk=desk, actor=clerk, at=at, key=fairs.key())
    assert not is_paused(scene)
