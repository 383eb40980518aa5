"""The roster of a body's own stalls: written by its lead, told to who is new, closed to everybody else."""

from datetime import timedelta

import pytest
from django.urls import reverse

from fairs import arrivals, placing, planning
from fairs.locks import ForbiddenError
from fairs.models import StallEvent
from fairs.placing import PlanError
from requests_desk import rostering, tasks
from requests_desk.models import Delivery
from taian_factors.lib import clock
from taian_factors.lib.periods import local_day
from tests.directory import factories as directory
from tests.fairs import factories as fairs


@pytest.fixture
def fair(db):
    return fairs.fair(local_day(clock.now()) + timedelta(days=7))


@pytest.fixture
def stall(fair, department_lead):
    return fairs.stall(fair, department_lead.organization)


@pytest.fixture
def colleague(department_lead):
    return directory.actor(department_lead.organization).user


def named(stall, *people, actor):
    return rostering.name_staff(stall=stall, staff=people, actor=actor, at=clock.now())


def test_the_lead_names_who_is_on_duty_and_who_is_new_is_told(stall, colleague, department_lead):
    assert named(stall, colleague, department_lead.user, actor=department_lead) == [
        colleague,
        department_lead.user,
    ]
    assert set(stall.staff.all()) == {colleague, department_lead.user}
    told = Delivery.objects.at_the_bell().get()
    assert told.user == colleague
    assert (
        told.text
        == f"请您到{stall.fair.name}值守：{stall.fair.held_on} 09:00–17:00，{stall.code} 摊位（一楼东侧）。"
    )
    event = StallEvent.objects.get()
    assert (event.verb, event.stall, event.user) == ("roster", stall, department_lead.user)
    assert colleague.name in event.note
    assert named(stall, department_lead.user, colleague, actor=department_lead) == []
    assert (StallEvent.objects.count(), Delivery.objects.at_the_bell().count()) == (1, 1)


def test_only_its_own_lead_and_the_office_name(
    stall, colleague, department_clerk, other_department, bank, enterprise, office_auditor, office_clerk
):
    other_lead = directory.actor(other_department.organization, role="lead")
    for actor in (department_clerk, other_lead, bank, enterprise, office_auditor):
        with pytest.raises(ForbiddenError):
            named(stall, colleague, actor=actor)
    assert named(stall, colleague, actor=office_clerk) == [colleague]


def test_who_does_not_work_there_is_refused_and_so_is_a_closed_fair(stall, bank, colleague, department_lead):
    with pytest.raises(PlanError, match="任职"):
        named(stall, bank.user, actor=department_lead)
    arrivals.close_day(fair=stall.fair, at=clock.now())
    with pytest.raises(PlanError, match="已收摊"):
        named(stall, colleague, actor=department_lead)
    assert not stall.staff.exists()


def test_what_the_office_changes_in_the_plan_leaves_its_event_too(stall, colleague, office_clerk):
    plan = placing.StallPlan(
        zone=stall.zone, organization=stall.organization, code=stall.code, staff=[colleague]
    )
    placing.change_stall(stall=stall, plan=plan, actor=office_clerk, at=clock.now())
    assert StallEvent.objects.get().note == colleague.name


def test_the_page_shows_the_own_stalls_and_saves_one(stall, fair, bank, colleague, as_department_lead):
    foreign = fairs.stall(fair, bank.organization)
    address = reverse("requests_desk:roster", args=[fair.pk])
    page = as_department_lead.get(address).content.decode()
    assert stall.code in page
    assert colleague.name in page
    assert foreign.code not in page
    save = reverse("requests_desk:name_staff", args=[fair.pk, stall.pk])
    assert as_department_lead.post(save, {"staff": [colleague.pk]})["Location"] == address
    assert "checked" in as_department_lead.get(address).content.decode()
    wrong = as_department_lead.post(save, {"staff": [bank.user.pk]})
    assert wrong.status_code == 422
    assert "名单里没有这个人" in wrong.content.decode()
    not_own = reverse("requests_desk:name_staff", args=[fair.pk, foreign.pk])
    assert as_department_lead.post(not_own, {"staff": []}).status_code == 404
    assert list(stall.staff.all()) == [colleague]
    assert address in as_department_lead.get(reverse("fairs:fair", args=[fair.pk])).content.decode()


def test_the_page_is_not_there_for_clerks_and_for_bodies_without_a_stall(
    stall, fair, as_department_clerk, as_bank, as_enterprise, as_office_lead
):
    address = reverse("requests_desk:roster", args=[fair.pk])
    for client in (as_department_clerk, as_bank, as_enterprise, as_office_lead):
        assert client.get(address).status_code in {403, 404}


def test_who_is_taken_off_is_told(stall, colleague, department_lead):
    named(stall, colleague, department_lead.user, actor=department_lead)
    assert named(stall, department_lead.user, actor=department_lead) == []
    told = Delivery.objects.at_the_bell().latest("pk")
    assert told.user == colleague
    assert "您不再在" in told.text
    named(stall, actor=department_lead)  # who takes oneself off knows it
    assert Delivery.objects.at_the_bell().count() == 2


@pytest.fixture
def planned(stall, office_clerk):
    """The office saves its form of the stall with these people."""

    def save(*people, actor=office_clerk):
        names = {"zone": stall.zone, "organization": stall.organization, "code": stall.code}
        plan = placing.StallPlan(**names, position=stall.position, staff=people)
        placing.change_stall(stall=stall, plan=plan, actor=actor, at=clock.now())

    return save


def told():
    return list(Delivery.objects.at_the_bell().order_by("pk").values_list("user__name", "text"))


def test_whom_the_office_puts_on_duty_in_its_plan_or_takes_off_is_told_the_same(planned, colleague):
    planned(colleague)
    assert tasks.announce_bookings() == 1
    planned()
    assert (tasks.announce_bookings(), tasks.announce_bookings()) == (1, 0)
    (_, on), (name, off) = told()
    assert on.startswith("请您到")
    assert off.startswith("值守有调整")
    assert name == colleague.name


def test_what_the_office_changes_back_and_what_one_does_oneself_is_no_news(planned, colleague, office_clerk):
    planned(colleague)
    planned()
    assert (tasks.announce_bookings(), told()) == (2, [])
    directory.member(office_clerk.user, colleague.memberships.get().organization)
    planned(office_clerk.user)
    assert (tasks.announce_bookings(), told()) == (1, [])


def test_who_comes_along_from_the_last_fair_is_told(stall, fair, colleague, office_clerk):
    stall.staff.add(colleague)
    coming = fairs.fair(fair.held_on + timedelta(days=7), name="下一场大集")
    planning.copy_stalls(fair=coming, source=fair, actor=office_clerk, at=clock.now())
    tasks.announce_bookings()
    ((name, text),) = told()
    assert (name, "下一场大集" in text) == (colleague.name, True)


def test_a_stall_that_is_taken_out_of_the_plan_frees_its_people_and_its_code(
    planned, stall, fair, colleague, office_clerk, as_office_clerk
):
    planned(colleague)
    tasks.announce_bookings()
    address = reverse("fairs:remove_stall", args=[fair.pk, stall.pk])
    assert as_office_clerk.post(address).status_code == 302
    tasks.announce_bookings()
    assert told()[-1][1].startswith("值守有调整")
    assert not fair.stalls.exists()
    screen = reverse("fairs:hall_screen", args=[fair.token])
    assert stall.code not in as_office_clerk.get(screen, headers={"HX-Request": "true"}).content.decode()
    assert StallEvent.objects.filter(stall__code=stall.code).count() == 2
    plan = placing.StallPlan(zone=stall.zone, organization=stall.organization, code=stall.code)
    assert placing.place_stall(fair=fair, plan=plan, actor=office_clerk, at=clock.now()).pk != stall.pk
    assert as_office_clerk.post(address).status_code == 404
