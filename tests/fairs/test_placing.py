"""The plan: all of it from the last fair in one act, spots, hours, staff, slots; and what no longer moves."""

from datetime import time, timedelta

import pytest
from django.urls import reverse

from fairs import floor, placing, planning
from fairs.locks import ForbiddenError
from fairs.models import Fair, Slot, Stall, Zone
from fairs.placing import PlanError, StallPlan
from taian_factors.directory.models import Factor, Membership
from tests.directory import factories as directory
from tests.fairs import factories

pytestmark = pytest.mark.django_db


def plan_of(stall, **changes):
    given = {
        "zone": stall.zone,
        "organization": stall.organization,
        "code": stall.code,
        "desks": stall.desks.count(),
    }
    return StallPlan(**{**given, **changes})


def changed(hall, at, **changes):
    plan = plan_of(hall.stall, **changes)
    return placing.change_stall(stall=hall.stall, plan=plan, actor=hall.office, at=at)


def offered(hall, at, minutes=60, per_desk=2):
    return planning.offer_slots(fair=hall.fair, minutes=minutes, per_desk=per_desk, actor=hall.office, at=at)


def test_a_fair_is_planned_from_the_last_one_in_one_act(hall, at):
    changed(
        hall, at, spot=(2, 3), hours=(time(9, 30), time(11, 30)), desks=2, position="二楼",
        handles=[Factor.objects.get(code="TD")], staff=[hall.clerk.user],
    )  # fmt: skip
    leaves = directory.actor("STJ", name="离任者")
    hall.other_stall.staff.add(leaves.user)
    offered(hall, at)
    Membership.objects.filter(user=leaves.user).update(until_on=hall.fair.held_on)
    fair = planning.plan_fair(
        held_on=hall.fair.held_on + timedelta(days=30), name="下一场", place="会展中心", opens_at=time(9),
        closes_at=time(12), source=hall.fair, actor=hall.office, at=at,
    )  # fmt: skip
    stall = fair.stalls.get(code=hall.stall.code)
    assert (stall.row, stall.column, stall.position, stall.hours) == (
        2,
        3,
        "二楼",
        (time(9, 30), time(11, 30)),
    )
    assert (stall.desks.count(), stall.handles.get().code, stall.staff.get()) == (2, "TD", hall.clerk.user)
    assert list(stall.slots.values_list("starts_at", "capacity")) == [(time(9, 30), 4), (time(10, 30), 4)]
    other = fair.stalls.get(code=hall.other_stall.code)
    assert other.staff.count() == 0
    assert [slot.starts_at.hour for slot in other.slots.order_by("starts_at")] == [9, 10, 11]
    assert list(fair.zones.values_list("code", flat=True)) == ["B"]


def test_two_stalls_change_places_in_one_act_and_never_share_one(hall, at):
    one, other = hall.stall, hall.other_stall
    lay = {"fair": hall.fair, "zones": {}, "actor": hall.office, "at": at}
    placing.lay_out(stalls={one.pk: (1, 1), other.pk: (1, 2)}, **lay)
    placing.lay_out(stalls={one.pk: (1, 2), other.pk: (1, 1)}, **lay)
    one.refresh_from_db()
    assert (one.row, one.column) == (1, 2)
    with pytest.raises(PlanError, match="第 1 排第 2 列已是"):
        placing.lay_out(stalls={one.pk: (1, 2), other.pk: (1, 2)}, **lay)
    with pytest.raises(PlanError, match="1 至 30"):
        placing.lay_out(stalls={one.pk: (31, 1)}, **lay)
    with pytest.raises(ForbiddenError):
        placing.lay_out(stalls={}, **{**lay, "actor": hall.clerk})


def test_the_floor_draws_every_stall_once_and_none_upon_another(hall, at):
    Zone.objects.create(fair=hall.fair, code="D", name="金融服务", row=2, column=1)
    changed(hall, at, spot=(2, 2))
    for number in range(5):
        factories.stall(hall.fair, code=f"D{number}", zone=hall.fair.zones.get(code="D"))
    drawn = floor.floor_of(hall.fair)
    boxes = [box for area in drawn.areas for box in area.boxes]
    assert {box.stall.pk for box in boxes} == set(hall.fair.stalls.values_list("pk", flat=True))
    assert len({(box.x, box.y) for box in boxes}) == len(boxes)
    assert all(
        box.x + drawn.box_width <= drawn.width and box.y + drawn.box_height <= drawn.height for box in boxes
    )
    top, below = drawn.areas
    assert below.y >= top.y + top.height


@pytest.mark.parametrize(
    ("changes", "said", "field"),
    [
        ({"hours": (time(12), time(9))}, "晚于", "closes_at"),
        ({"desks": 0}, "席位数", "desks"),
        ({"spot": (0, 1)}, "1 至 30", "row"),
    ],
)
def test_a_plan_that_cannot_be_names_its_field(changes, said, field, hall, at):
    with pytest.raises(PlanError, match=said) as refused:
        changed(hall, at, **changes)
    assert refused.value.field == field


def test_staff_come_from_the_stall_s_own_body(hall, at):
    with pytest.raises(PlanError, match="当天不在"):
        changed(hall, at, staff=[hall.other_clerk.user])


def test_hours_that_would_leave_a_booking_outside_are_refused_and_free_slots_go(hall, at):
    offered(hall, at)
    booked = hall.stall.slots.get(starts_at=time(15))
    factories.booked(booked, at=at)
    with pytest.raises(PlanError, match="请先与企业改约"):
        changed(hall, at, hours=(time(9), time(12)))
    changed(hall, at, hours=(time(14), time(17)))
    assert list(hall.stall.slots.order_by("starts_at").values_list("starts_at", flat=True)) == [
        time(14), time(15), time(16),
    ]  # fmt: skip


def test_a_stall_that_is_booked_keeps_its_body_its_place_in_the_plan_and_its_day(hall, at):
    offered(hall, at)
    factories.booked(hall.stall.slots.first(), at=at - timedelta(days=1))
    with pytest.raises(PlanError, match="不能换单位"):
        changed(hall, at, organization=directory.body("FGW"))
    with pytest.raises(PlanError, match="预约过"):
        placing.remove_stall(stall=hall.stall, actor=hall.office, at=at)
    day = {name: getattr(hall.fair, name) for name in planning.NAMES}
    with pytest.raises(PlanError, match="不能改期"):
        planning.plan_fair(
            **{**day, "held_on": hall.fair.held_on + timedelta(days=1)},
            fair=hall.fair,
            actor=hall.office,
            at=at,
        )


def test_slots_are_cut_anew_only_where_nobody_has_booked(hall, at):
    joint = factories.stall(hall.fair, is_joint_table=True)
    assert offered(hall, at, minutes=60, per_desk=2) == 16
    factories.booked(hall.stall.slots.first(), at=at - timedelta(days=1))
    assert offered(hall, at, minutes=240, per_desk=1) == 8 + 2
    assert not Slot.objects.filter(stall=joint).exists()
    for wrong in ({"minutes": 5}, {"per_desk": 0}):
        with pytest.raises(PlanError):
            offered(hall, at, **wrong)
    with pytest.raises(ForbiddenError):
        planning.offer_slots(fair=hall.fair, minutes=60, per_desk=1, actor=hall.clerk, at=at)


def test_desks_are_added_behind_the_last_and_taken_away_when_unused(hall, at):
    changed(hall, at, desks=3)
    assert hall.stall.desks.count() == 3
    changed(hall, at, desks=1)
    assert list(hall.stall.desks.values_list("number", flat=True)) == [1]
    empty = factories.stall(hall.fair, desks=2)
    factories.seated(empty, at=at)
    factories.seated(empty, at=at)
    with pytest.raises(PlanError, match="不能撤"):
        placing.change_stall(stall=empty, plan=plan_of(empty, desks=1), actor=hall.office, at=at)


def test_the_form_begins_with_the_last_fair_and_the_page_plans_from_it(hall, as_office_clerk):
    address = reverse("fairs:plan")
    form = as_office_clerk.get(address).context["form"]
    assert (form["source"].initial, form["place"].initial) == (hall.fair.pk, hall.fair.place)
    day = {
        "source": hall.fair.pk, "kind": "fair", "name": "八月大集", "held_on": "2023-08-01", "opens_at": "09:00",
        "closes_at": "17:00", "place": "市民之家",
    }  # fmt: skip
    assert as_office_clerk.post(address, day).status_code == 302
    assert Fair.objects.get(name="八月大集").stalls.count() == 2


def test_a_stall_is_edited_and_half_a_spot_is_named(hall, as_office_clerk):
    address = reverse("fairs:edit_stall", args=[hall.fair.pk, hall.stall.pk])
    typed = {
        "code": "B9", "zone": hall.stall.zone_id, "organization": hall.stall.organization_id, "desks": 2,
        "row": 1, "column": 2, "staff": [hall.clerk.user.pk],
    }  # fmt: skip
    assert as_office_clerk.post(address, typed).status_code == 302
    stall = Stall.objects.get(pk=hall.stall.pk)
    assert (stall.code, stall.row, stall.staff.get()) == ("B9", 1, hall.clerk.user)
    answer = as_office_clerk.post(address, {**typed, "column": ""})
    assert answer.status_code == 422
    assert "第几列" in answer.content.decode()


def test_the_floor_is_shown_to_all_and_laid_out_by_the_office(hall, as_enterprise, as_office_clerk):
    shown = reverse("fairs:floor_plan", args=[hall.fair.pk])
    page = as_enterprise.get(shown).content.decode()
    assert "<svg" in page
    assert "调整位置" not in page
    typed = {f"zone{zone.pk}-{name}": 1 for zone in hall.fair.zones.all() for name in ("row", "column")}
    typed |= {f"stall{hall.stall.pk}-row": 1, f"stall{hall.stall.pk}-column": 2}
    address = reverse("fairs:lay_out", args=[hall.fair.pk])
    assert as_office_clerk.post(address, typed)["Location"] == shown
    half = as_office_clerk.post(address, {**typed, f"stall{hall.stall.pk}-row": ""})
    assert half.status_code == 422
    assert "要么都填" in half.content.decode()
