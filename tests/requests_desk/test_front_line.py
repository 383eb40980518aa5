"""Front-line visits: planned within the cap, recorded, cancelled; what is heard on the spot is filed and tied."""

from datetime import date, timedelta

import pytest
from django.db import Error, IntegrityError, transaction

from requests_desk import front_line
from requests_desk.front_line import CapReachedError
from requests_desk.front_line_register import Wanted, register, summary
from requests_desk.journal import NotAllowedError, RefusedError, WrongStateError
from requests_desk.models import FrontLineEvent, FrontLineVisit
from taian_factors.directory.models import Organization
from tests.directory import factories as directory
from tests.requests_desk import factories as desk

pytestmark = pytest.mark.django_db
TODAY = date(2023, 6, 13)


def test_a_planned_visit_has_its_team_and_its_dated_step(enterprise, department_clerk, at):
    team = [directory.body("B01"), directory.body("ZB-C01"), department_clerk.organization]
    visit = desk.front_line_visit(enterprise.organization, by=department_clerk, at=at, team=team)
    assert (visit.state, visit.planned_for.code) == ("planned", "ZGJ")
    assert {body.code for body in visit.team.all()} == {"B01", "ZB-C01"}
    event = visit.events.get()
    assert (event.verb, event.user, event.at) == ("plan", department_clerk.user, at)
    assert event.note == "2023-06-13：了解技改项目用地需求"


@pytest.mark.parametrize("role", ["office_clerk", "department_clerk", "county_office", "chain_team"])
def test_office_departments_counties_and_chain_teams_plan(role, enterprise, at, request):
    assert desk.front_line_visit(enterprise.organization, by=request.getfixturevalue(role), at=at).pk


@pytest.mark.parametrize("role", ["bank", "enterprise", "stranger", "office_auditor"])
def test_nobody_else_plans(role, enterprise, at, request):
    with pytest.raises(NotAllowedError):
        desk.front_line_visit(enterprise.organization, by=request.getfixturevalue(role), at=at)


def test_the_same_plan_sent_twice_is_one(enterprise, department_clerk, at):
    first = desk.front_line_visit(enterprise.organization, by=department_clerk, at=at)
    assert desk.front_line_visit(enterprise.organization, by=department_clerk, at=at) == first
    assert FrontLineEvent.objects.count() == 1


def test_a_past_day_and_a_foreign_project_are_refused(enterprise, stranger, at):
    with pytest.raises(RefusedError) as past:
        desk.front_line_visit(enterprise.organization, at=at, planned_on=TODAY - timedelta(1))
    assert past.value.field == "planned_on"
    foreign = directory.project(stranger.organization)
    with pytest.raises(RefusedError) as other:
        desk.front_line_visit(enterprise.organization, at=at, project=foreign)
    assert other.value.field == "project"


@pytest.fixture
def often_visited(at):
    """An enterprise with the four visits that a year allows: two carried out, two planned."""
    owner = directory.enterprise("示例常客有限公司")
    desk.front_line_done(owner, at=at, by=desk.acting("FGW"))
    desk.front_line_done(owner, at=at, by=desk.acting("ZGJ"))
    for days, code in ((7, "TB-370902"), (14, "ZB-C01")):
        desk.front_line_visit(owner, at=at, by=desk.acting(code), planned_on=TODAY + timedelta(days))
    return owner


def test_the_fifth_visit_of_a_year_is_refused_with_the_four_that_were(often_visited, at):
    with pytest.raises(CapReachedError) as refusal:
        desk.front_line_visit(often_visited, at=at, by=desk.acting("SPJ"))
    said = str(refusal.value)
    assert "2023 年已有 4 次走访，达到每年 4 次的上限" in said
    for part in ("2023-06-13 市发改委（已走访）", "2023-06-20 泰山区推进办（待走访）", "市工业推进办负责人"):
        assert part in said or part.split("（")[0].split(" ")[0] in said
    assert said.count("（已走访）") == said.count("（待走访）") == 2


def test_next_year_counts_anew_and_a_cancelled_visit_does_not_count(often_visited, at):
    assert desk.front_line_visit(often_visited, at=at, by=desk.acting("SPJ"), planned_on=date(2024, 1, 3)).pk
    planned = FrontLineVisit.objects.filter(state="planned", planned_on__year=2023).first()
    front_line.cancel(planned, reason="企业停产检修", actor=desk.office(), at=at)
    assert desk.front_line_visit(often_visited, at=at, by=desk.acting("SPJ")).pk


def test_an_office_lead_goes_beyond_the_cap_with_a_reason_only(often_visited, office_lead, office_clerk, at):
    with pytest.raises(CapReachedError) as bare:
        desk.front_line_visit(often_visited, at=at, by=office_lead)
    assert bare.value.field == "over_cap_reason"
    with pytest.raises(CapReachedError):
        desk.front_line_visit(often_visited, at=at, by=office_clerk, over_cap_reason="急事")
    visit = desk.front_line_visit(often_visited, at=at, by=office_lead, over_cap_reason="一号项目投产在即")
    assert visit.over_cap_reason == "一号项目投产在即"
    assert "超出次数上限：一号项目投产在即" in visit.events.get().note


def test_a_reason_that_was_not_needed_is_not_kept(enterprise, office_lead, at):
    visit = desk.front_line_visit(enterprise.organization, by=office_lead, at=at, over_cap_reason="以防万一")
    assert visit.over_cap_reason == ""


def test_the_cap_is_a_setting(enterprise, at, settings):
    settings.FRONT_LINE_VISITS_A_YEAR = 1
    desk.front_line_visit(enterprise.organization, at=at)
    with pytest.raises(CapReachedError, match="达到每年 1 次的上限"):
        desk.front_line_visit(enterprise.organization, at=at, by=desk.acting("FGW"))


def test_recording_keeps_day_people_and_minutes(enterprise, bank, at):
    visit = desk.front_line_visit(enterprise.organization, at=at, team=[bank.organization])
    done = front_line.record(
        visit, visited_on=TODAY, minutes=" 看了厂房。 ", people="张某", actor=bank, at=at
    )
    assert (done.state, done.visited_on, done.minutes, done.people) == ("done", TODAY, "看了厂房。", "张某")
    assert list(visit.events.order_by("pk").values_list("verb", flat=True)) == ["plan", "record"]


def test_a_visit_is_recorded_neither_ahead_nor_long_after_nor_without_minutes(enterprise, at):
    visit, by = desk.front_line_visit(enterprise.organization, at=at), desk.acting("ZGJ")
    for day, minutes, field in (
        (TODAY + timedelta(1), "好", "visited_on"),
        (TODAY - timedelta(40), "好", "visited_on"),
        (TODAY, "  ", "minutes"),
    ):
        with pytest.raises(RefusedError) as refusal:
            front_line.record(visit, visited_on=day, minutes=minutes, actor=by, at=at)
        assert refusal.value.field == field


def test_who_has_no_part_in_a_visit_neither_records_nor_cancels_it(
    enterprise, other_department, bank, office_auditor, at
):
    visit = desk.front_line_visit(enterprise.organization, at=at)
    for actor in (other_department, bank, office_auditor, enterprise):
        with pytest.raises(NotAllowedError):
            front_line.record(visit, visited_on=TODAY, minutes="好", actor=actor, at=at)
        with pytest.raises(NotAllowedError):
            front_line.cancel(visit, reason="不去了", actor=actor, at=at)


def test_what_is_over_is_neither_moved_nor_recorded_again(enterprise, office_clerk, at):
    visit = desk.front_line_done(enterprise.organization, at=at)
    later = TODAY + timedelta(3)
    with pytest.raises(WrongStateError):
        front_line.move(visit, planned_on=later, reason="改", actor=office_clerk, at=at)
    with pytest.raises(WrongStateError):
        front_line.record(visit, visited_on=TODAY, minutes="再记", actor=office_clerk, at=at)
    with pytest.raises(WrongStateError):
        front_line.cancel(visit, reason="不去了", actor=office_clerk, at=at)
    front_line.add(visit, text="企业补充了用电清单。", actor=office_clerk, at=at)
    visit.refresh_from_db()
    assert visit.minutes == "现场查看了二期厂房，企业提出用电增容。"
    assert visit.events.order_by("pk").last().note == "企业补充了用电清单。"


def test_moving_says_from_where_to_where_and_why(enterprise, at):
    visit = desk.front_line_visit(enterprise.organization, at=at)
    by, later = desk.acting("ZGJ"), TODAY + timedelta(3)
    moved = front_line.move(visit, planned_on=later, reason="企业负责人外出", actor=by, at=at)
    assert moved.planned_on == later
    last = visit.events.order_by("pk").last()
    assert last.note == "由 2023-06-13 改为 2023-06-16：企业负责人外出"
    with pytest.raises(RefusedError):
        front_line.move(visit, planned_on=later, reason="又", actor=by, at=at)
    with pytest.raises(RefusedError):
        front_line.move(visit, planned_on=TODAY - timedelta(1), reason="又", actor=by, at=at)


def test_steps_are_appended_and_never_changed(enterprise, at):
    event = desk.front_line_visit(enterprise.organization, at=at).events.get()
    with pytest.raises(Error, match="pgtrigger"), transaction.atomic():
        FrontLineEvent.objects.filter(pk=event.pk).update(note="别的")
    with pytest.raises(Error, match="pgtrigger"), transaction.atomic():
        event.delete()


def test_the_database_refuses_a_visit_without_minutes_or_reason(enterprise, at):
    visit = desk.front_line_visit(enterprise.organization, at=at)
    for changes in ({"state": "done"}, {"state": "cancelled"}, {"minutes": "无人去过"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            FrontLineVisit.objects.filter(pk=visit.pk).update(**changes)


def test_who_sees_a_visit(
    enterprise,
    stranger,
    office_auditor,
    department_clerk,
    other_department,
    bank,
    county_office,
    chain_team,
    at,
):
    visit = desk.front_line_visit(enterprise.organization, at=at, team=[bank.organization])

    def sees(actor):
        return FrontLineVisit.objects.visible_to(actor).filter(pk=visit.pk).exists()

    for actor in (enterprise, office_auditor, department_clerk, bank, county_office, chain_team):
        assert sees(actor), actor
    assert not sees(stranger)
    assert not sees(other_department)
    elsewhere = directory.enterprise(division="370982", chain="C07")
    far = desk.front_line_visit(elsewhere, at=at, by=desk.acting("FGW"))
    for actor in (county_office, chain_team, department_clerk):
        assert not FrontLineVisit.objects.visible_to(actor).filter(pk=far.pk).exists()


def test_the_register_puts_key_projects_and_the_never_visited_first(at, office_clerk):
    often, once, never = (directory.enterprise(f"示例{name}有限公司") for name in ("甲", "乙", "丙"))
    key_visited, key_never = (directory.enterprise(f"示例{name}有限公司") for name in ("丁", "戊"))
    for each in (key_visited, key_never):
        directory.project(each, is_key=True)
    for each in (often, key_visited):
        desk.front_line_done(each, at=at)
    desk.front_line_visit(once, at=at)
    desk.filed(enterprise=never)
    rows = list(register(office_clerk, wanted=Wanted(words="示例"), today=TODAY))
    assert rows[:2] == [key_never, key_visited]
    assert [row.last_on for row in rows[2:]] == sorted(
        (r.last_on for r in rows[2:]), key=lambda d: (d is not None, d)
    )
    by_name = {row.name: row for row in rows}
    assert by_name[once.name].next_on == TODAY
    assert (by_name[once.name].times, by_name[once.name].last_on) == (1, None)
    assert by_name[never.name].open_needs == 1
    assert summary(office_clerk, wanted=Wanted(words="示例"), today=TODAY) == {
        "enterprises": 5,
        "visited": 2,
        "never": 3,
        "key_never": 1,
    }


def test_the_register_is_narrowed_by_place_chain_key_and_never(at, office_clerk, county_office, chain_team):
    here = directory.enterprise(division="370902", chain="C01")
    far = directory.enterprise(division="370982", chain="C07")
    directory.project(far, is_key=True)
    desk.front_line_done(here, at=at)

    def found(actor=office_clerk, **wanted):
        return set(register(actor, wanted=Wanted(**wanted), today=TODAY))

    assert found(division=here.profile.division) == {here}
    assert found(chain=far.profile.chain) == {far}
    assert found(is_key=True) == {far}
    assert found(is_never=True) == {far}
    assert found(county_office) == found(chain_team) == {here}
    assert set(Organization.objects.enterprises()) == found()
