"""The landing page per role and the navigation."""

from datetime import datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse

from requests_desk import records, worklists
from requests_desk.models import FactorRequest
from taian_factors import today as page_of
from taian_factors.directory.actors import Actor
from taian_factors.home import NAV, weekday_label
from taian_factors.lib.clock import now
from taian_factors.today import Today, today
from tests.directory import factories as directory
from tests.requests_desk import factories


def figure(page: Today, label: str) -> int | str | None:
    return next(figure.value for figure in page.figures if figure.label == label)


@pytest.fixture
def later() -> datetime:
    """A week after the fixed day: what was assigned then is overdue now."""
    return factories.START + timedelta(days=7)


def test_office_sees_what_waits_for_it(office_clerk: Actor) -> None:
    factories.filed()
    factories.accepted()
    page = today(office_clerk, at=factories.START + timedelta(hours=2))
    assert (figure(page, "待受理"), figure(page, "待交办")) == (1, 1)
    assert page.count == len(page.tasks) == 2
    assert {task.light for task in page.tasks} == {"yellow"}


def test_office_sees_a_decision_that_it_owes_first(office_clerk: Actor, later: datetime) -> None:
    factories.filed(at=later)
    factories.assigned(at=later)
    held = FactorRequest.objects.filter(state="assigned").get().assignments.get()
    held.hand_backs.create(
        suggested=directory.body("STJ"),
        reason="不属于本部门职责",
        proposed_at=later,
        ruling_due_at=later + timedelta(days=1),
    )
    page = today(office_clerk, at=later)
    assert figure(page, "待裁定") == 1
    assert page.tasks[0].title.startswith("退回待裁定：")


def test_department_sees_what_it_holds(department_clerk: Actor, later: datetime) -> None:
    factories.assigned()
    factories.assigned(lead="STJ")
    page = today(department_clerk, at=later)
    assert (figure(page, "手上在办"), figure(page, "逾期")) == (1, 1)
    assert page.tasks[0].light == "red"
    assert page.tasks[0].days_left is not None
    assert page.tasks[0].days_left < 0


def test_department_that_takes_part_sees_its_place_or_a_dash(department_clerk: Actor, at: datetime) -> None:
    assert figure(today(department_clerk, at=at), "最近排名") is None


def test_bank_has_no_place_in_the_competition(bank: Actor, at: datetime) -> None:
    assert "排名" not in "".join(f.label for f in today(bank, at=at).figures)


def test_county_office_sees_its_worklist(county_office: Actor, at: datetime) -> None:
    assert figure(today(county_office, at=at), "手上在办") == 0
    assert figure(today(county_office, at=at), "本地逾期") == 0


def test_county_office_sees_what_is_late_in_its_division(county_office: Actor, later: datetime) -> None:
    factories.assigned(enterprise=directory.enterprise())
    factories.assigned(enterprise=directory.enterprise(division="370921"))
    page = today(county_office, at=later)
    assert (figure(page, "本地逾期"), figure(page, "逾期"), figure(page, "手上在办")) == (1, 0, 0)


def test_chain_team_sees_what_is_late_in_its_chain(chain_team: Actor, later: datetime) -> None:
    factories.assigned(enterprise=directory.enterprise(chain="C01"))
    factories.assigned(enterprise=directory.enterprise(chain="C07"))
    page = today(chain_team, at=later)
    assert (figure(page, "本产业链在办"), figure(page, "逾期"), page.count) == (1, 1, 1)


def test_enterprise_sees_what_it_must_answer(enterprise: Actor, stranger: Actor, at: datetime) -> None:
    factories.returned(enterprise=enterprise.organization)
    factories.completed(enterprise=enterprise.organization)
    factories.returned(enterprise=stranger.organization)
    page = today(enterprise, at=at)
    assert (figure(page, "待补正"), figure(page, "待确认"), page.count) == (1, 1, 2)
    assert enterprise.organization.name not in page.tasks[0].context


def test_overdue_over_a_weekend_is_not_called_due_today(department_clerk: Actor) -> None:
    # Assigned on Tuesday, due on Friday night; on Saturday no working day has passed since.
    made = factories.assigned()
    records.acknowledge(made, actor=department_clerk, at=factories.START + timedelta(hours=2))
    saturday = factories.START + timedelta(days=4)
    task = today(department_clerk, at=saturday).tasks[0]
    assert (task.light, task.days_left) == ("red", None)


CAST = [
    "office_clerk", "office_lead", "office_auditor", "department_clerk", "department_lead", "bank", "county_office",
    "chain_team", "enterprise",
]  # fmt: skip


@pytest.mark.parametrize("who", CAST)
def test_home_has_three_to_five_numbers_and_a_list(request: pytest.FixtureRequest, who: str) -> None:
    client: Client = request.getfixturevalue(f"as_{who}")
    answer = client.get("/")
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 3 <= page.count('class="stat-label"') <= 5
    assert "今天要办" in page
    assert page.count("<h1") == 1


@pytest.mark.parametrize("who", CAST)
def test_home_costs_the_same_for_one_matter_and_for_ten(
    request: pytest.FixtureRequest, who: str, django_assert_num_queries, django_assert_max_num_queries
) -> None:
    client: Client = request.getfixturevalue(f"as_{who}")
    owner = request.getfixturevalue("enterprise").organization
    situations = (
        factories.filed,
        factories.accepted,
        factories.assigned,
        factories.returned,
        factories.completed,
    )
    for situation in situations:
        situation(enterprise=owner)
    client.get("/")
    with django_assert_max_num_queries(30) as few:
        client.get("/")
    for situation in situations * 3:
        situation(enterprise=owner)
    with django_assert_num_queries(len(few)):
        client.get("/")


@pytest.mark.parametrize("kind", list(NAV))
def test_navigation_has_at_most_seven_entries_and_every_page_is_there(kind: str) -> None:
    assert len(NAV[kind]) <= 7
    for _, name, _ in NAV[kind]:
        assert reverse(name)


def test_navigation_marks_the_page_one_is_on(as_office_clerk: Client) -> None:
    page = as_office_clerk.get("/").content.decode()
    assert 'href="/" aria-current="page"' in page


def test_enterprises_have_no_column(as_enterprise: Client) -> None:
    page = as_enterprise.get("/").content.decode()
    assert "sidenav" not in page
    assert "bottomnav" not in page


def test_column_counts_what_the_department_holds(
    as_department_clerk: Client, department_clerk: Actor
) -> None:
    factories.assigned()
    assert worklists.today_count(department_clerk, at=now()) == 1
    assert '<span class="count">1<span class="visually-hidden"> 件</span></span>' in (
        as_department_clerk.get("/").content.decode()
    )


def test_somebody_without_a_body_learns_whom_to_ask(db: None, client: Client) -> None:
    client.force_login(directory.person())
    page = client.get("/").content.decode()
    assert "您还不属于任何单位" in page


def test_home_asks_strangers_to_sign_in(db: None, client: Client) -> None:
    assert client.get("/").url == "/accounts/login/?next=/"


def test_weekday_is_written_in_chinese(at: datetime) -> None:
    assert weekday_label(at.date()) == "2023-06-13 星期二"


def test_address_of_a_page_carries_its_query() -> None:
    assert page_of.address("home", query="light=red") == "/?light=red"
