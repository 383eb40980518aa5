"""Who sees what (workflow §1), and what a timeline keeps from whom."""

from datetime import timedelta

import pytest

from fairs import queueing
from requests_desk import ledger, permissions, records, reviewing, transitions
from requests_desk.models import FactorRequest, Filing
from requests_desk.reviewing import Verdict
from taian_factors.directory.models import Division
from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day
from tests.directory import factories as directory
from tests.directory.factories import body
from tests.fairs import factories as fairs
from tests.requests_desk import factories
from tests.requests_desk.factories import START, acting, office

pytestmark = pytest.mark.django_db


def sees(who: str, made: FactorRequest) -> bool:
    actor = acting(made.enterprise) if who == "filer" else acting(who)
    return FactorRequest.objects.visible_to(actor).filter(pk=made.pk).exists()


def test_each_body_sees_its_part():
    made = factories.assigned(
        supports=("SPJ",), enterprise=directory.enterprise(division="370902", chain="C01")
    )
    yes = ["filer", "GTB", "ZGJ", "SPJ", "ZB-C01", "TB-370902"]
    no = ["FGW", "B01", "ZB-C02", "TB-370983"]
    assert [who for who in yes + no if sees(who, made)] == yes


def test_who_had_it_still_sees_it_and_another_enterprise_never_does():
    made = factories.assigned()
    transitions.reassign(made, lead=body("FGW"), reason="改派", actor=office(), at=START)
    assert sees("ZGJ", made)
    assert not FactorRequest.objects.visible_to(acting(directory.enterprise())).exists()


def test_the_division_is_the_projects_not_the_seats():
    owner = directory.enterprise(division="370902")
    made = factories.filed(
        enterprise=owner, project=directory.project(owner, division=Division.objects.get(code="370983"))
    )
    assert sees("TB-370983", made)
    assert not sees("TB-370902", made)


def test_a_call_is_seen_by_those_who_may_claim_it():
    made = factories.on_open_call()
    assert sees("B01", made)
    assert not sees("ZB-C13", made)


def test_a_draft_is_seen_by_its_writer_only():
    owner = directory.enterprise()
    draft = Filing.objects.create(enterprise=owner, typed_for=owner)
    assert list(Filing.objects.visible_to(acting(owner))) == [draft]
    assert not Filing.objects.visible_to(office()).exists()
    assert not Filing.objects.visible_to(acting(directory.enterprise())).exists()


def test_a_department_reads_nothing_of_its_reviews_and_an_enterprise_nothing_internal():
    made = factories.completed()
    soon = START + timedelta(days=3)
    reviewing.review(invitation=reviewing.open_invitation(made, at=soon), verdict=Verdict(1), at=soon)
    records.note(made, text="内部意见", actor=office(), at=soon)
    records.call_back(made, is_solved=False, text="未解决", actor=office(), at=soon)

    def verbs(actor) -> set[str]:
        return {event.verb for event in ledger.timeline(actor, made)} - {
            "file",
            "accept",
            "assign",
            "complete",
        }

    assert verbs(acting("ZGJ")) == {"note"}
    assert verbs(acting(made.enterprise)) == {"review"}
    assert verbs(office("auditor")) == {"review", "note", "call_back"}


def test_staff_are_counter_only_while_they_serve_the_enterprise_at_their_own_desk():
    at, key = now(), fairs.key
    desk, clerk = fairs.seated(fairs.stall(fairs.fair(held_on=local_day(at)), "ZGJ"), at=at)
    _, other = fairs.seated(fairs.stall(desk.stall.fair, "STJ"), at=at)
    ticket = fairs.called(desk, clerk, at=at)
    enterprise = ticket.visit.enterprise_id
    assert not permissions.is_counter(clerk, enterprise)
    queueing.begin(desk=desk, actor=clerk, at=at, key=key())
    assert permissions.is_counter(clerk, enterprise)
    assert not permissions.is_counter(clerk, directory.enterprise().pk)
    assert not permissions.is_counter(other, enterprise)
    queueing.finish(desk=desk, actor=clerk, at=at, key=key())
    assert not permissions.is_counter(clerk, enterprise)
