"""The office's plan: the day, its stalls, its desks, its end."""

from datetime import timedelta

import pytest
from django.urls import reverse

from fairs import placing, planning, walkins
from fairs.locks import ForbiddenError
from fairs.models import Desk, Fair, Stall, Zone
from taian_factors.directory.models import Factor
from taian_factors.lib import clock
from tests.directory import factories as directory
from tests.fairs import factories

DAY = {
    "kind": "fair",
    "name": "秋季大集",
    "held_on": "2023-09-12",
    "opens_at": "09:00",
    "closes_at": "17:00",
    "place": "市民之家",
}


def test_a_fair_is_planned_from_the_last_one(today, as_office_clerk):
    answer = as_office_clerk.post(reverse("fairs:plan"), DAY)
    fair = Fair.objects.get(name="秋季大集")
    assert answer.url == reverse("fairs:plan_stalls", args=[fair.pk])
    assert fair.zones.count() == 4
    as_office_clerk.post(reverse("fairs:copy_stalls", args=[fair.pk]), {"source": today.fair.pk})
    assert set(fair.stalls.values_list("code", flat=True)) == {today.stall.code, today.other_stall.code}
    assert all(desk.clerk is None for desk in Desk.objects.filter(stall__fair=fair))
    typed = {
        "code": "C01",
        "zone": fair.zones.get(code="C").pk,
        "organization": today.office.organization.pk,
        "desks": 2,
    }
    as_office_clerk.post(reverse("fairs:plan_stalls", args=[fair.pk]), typed)
    made = Stall.objects.get(fair=fair, code="C01")
    assert (made.is_joint_table, made.desks.count()) == (True, 2)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"held_on": "2023-02-30"}, "日期"),
        ({"closes_at": "08:00"}, "晚于开始时间"),
        ({"name": ""}, "名称"),
        ({"kind": "party"}, "类别"),
    ],
)
def test_a_plan_that_cannot_be_names_the_field(typed, said, today, as_office_clerk):
    answer = as_office_clerk.post(reverse("fairs:plan"), {**DAY, **typed})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert Fair.objects.count() == 1


def test_two_fairs_of_a_name_on_one_day_are_refused(today, as_office_clerk):
    as_office_clerk.post(reverse("fairs:plan"), DAY)
    answer = as_office_clerk.post(reverse("fairs:plan"), DAY)
    assert answer.status_code == 422
    assert "已有同名" in answer.content.decode()


def test_the_day_is_changed_until_somebody_came(today, visit, as_office_clerk):
    address = reverse("fairs:replan", args=[today.fair.pk])
    same_day = {**DAY, "held_on": today.fair.held_on.isoformat(), "place": "会展中心"}
    assert as_office_clerk.post(address, same_day).status_code == 302
    today.fair.refresh_from_db()
    assert (today.fair.place, today.fair.last_number) == ("会展中心", 1)
    other_day = {**same_day, "held_on": (today.fair.held_on + timedelta(1)).isoformat()}
    answer = as_office_clerk.post(address, other_day)
    assert answer.status_code == 422
    assert "不能改期" in answer.content.decode()


@pytest.mark.parametrize(
    ("typed", "said"),
    [({"code": "B"}, "已有了"), ({"desks": -1}, "席位数"), ({"desks": 21}, "席位数"), ({"zone": ""}, "展区")],
)
def test_a_stall_that_cannot_be_names_the_field(typed, said, today, as_office_clerk):
    Stall.objects.filter(pk=today.stall.pk).update(code="B")
    good = {
        "code": "C",
        "zone": today.fair.zones.get().pk,
        "organization": today.office.organization.pk,
        "desks": 1,
    }
    answer = as_office_clerk.post(reverse("fairs:plan_stalls", args=[today.fair.pk]), {**good, **typed})
    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_stall_with_tickets_stays_in_the_plan(today, visit, as_office_clerk):
    answer = as_office_clerk.post(reverse("fairs:remove_stall", args=[today.fair.pk, today.stall.pk]))
    assert answer.status_code == 409
    assert "不能撤下" in answer.content.decode()


def test_a_desk_that_serves_is_not_emptied(today, as_office_clerk):
    factories.serving(today.desk, today.clerk, at=clock.now())
    answer = as_office_clerk.post(reverse("fairs:empty_desk", args=[today.fair.pk, today.desk.pk]))
    assert answer.status_code == 409
    assert "请先办理结束" in answer.content.decode()


def test_closing_says_how_many_left(today, visit, as_office_clerk):
    answer = as_office_clerk.post(reverse("fairs:close", args=[today.fair.pk]), follow=True)
    assert "1 个号记为离开" in answer.content.decode()
    assert "已收摊" in answer.content.decode()


def test_only_the_office_plans_and_enters_walk_ins(hall, at, stranger, office_auditor):
    for actor in (hall.clerk, stranger, office_auditor):
        for verb, arguments in (
            (placing.remove_stall, {"stall": hall.stall}),
            (placing.add_desk, {"stall": hall.stall}),
            (planning.copy_stalls, {"fair": hall.fair, "source": hall.fair}),
            (walkins.add_walk_in, {"name": "某公司", "division": directory.Division.objects.first()}),
        ):
            with pytest.raises(ForbiddenError):
                verb(**arguments, actor=actor, at=at)


def test_a_stall_has_twenty_desks_at_most(hall, at):
    for _ in range(19):
        placing.add_desk(stall=hall.stall, actor=hall.office, at=at)
    with pytest.raises(placing.PlanError, match="最多 20 席"):
        placing.add_desk(stall=hall.stall, actor=hall.office, at=at)
    assert list(hall.stall.desks.order_by("number").values_list("number", flat=True)) == list(range(1, 21))


def test_a_zone_of_another_fair_is_refused(hall, at):
    zone = factories.fair().zones.get()
    plan = placing.StallPlan(zone=zone, organization=hall.office.organization, code="X")
    with pytest.raises(placing.PlanError, match="展区"):
        placing.place_stall(fair=hall.fair, plan=plan, actor=hall.office, at=at)


def test_copying_keeps_what_is_there_and_goes_again_without_doubling(hall, at):
    hall.stall.handles.add(Factor.objects.get(name="土地"))
    fair = planning.plan_fair(
        held_on=hall.fair.held_on,
        name="下一场",
        place="市民之家",
        opens_at=hall.fair.opens_at,
        closes_at=hall.fair.closes_at,
        actor=hall.office,
        at=at,
    )
    copy = {"fair": fair, "source": hall.fair, "actor": hall.office, "at": at}
    assert (planning.copy_stalls(**copy), planning.copy_stalls(**copy)) == (2, 0)
    assert fair.stalls.get(code=hall.stall.code).handles.get().name == "土地"


def test_the_floor_is_laid_out_zone_by_zone_as_it_stands(today, as_office_clerk):
    for code, row in (("Y", 9), ("Z", 8)):
        Zone.objects.create(fair=today.fair, code=code, name=f"展区{code}", row=row)
    page = as_office_clerk.get(reverse("fairs:lay_out", args=[today.fair.pk])).content.decode()
    assert page.index("展区Z") < page.index("展区Y")
