"""The dispatch directory: entered, ended, withdrawn, previewed; nothing is overwritten, nothing is used unseen."""

import re
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from requests_desk import dispatch_directory, foreseeing
from requests_desk.directing import check, end_rule, enter_rule, withdraw_rule
from requests_desk.dispatch_directory import Entry, Handout, suggest
from requests_desk.journal import NotAllowedError, RefusedError
from requests_desk.models import DirectoryEvent, DispatchRule
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Division
from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day
from tests.directory import factories as directory
from tests.requests_desk import factories

DAY = timedelta(days=1)
ENTER = reverse("requests_desk:enter_directory_rule")


def today() -> date:
    return local_day(now())


def entry(lead: str = "STJ", division: str | None = None, from_on: date | None = None, **more: Any) -> Entry:
    where = Division.objects.get(code=division) if division else None
    supports = tuple(directory.body(code) for code in more.pop("supports", ()))
    begins = from_on or today() + DAY
    given = {"reason": "市政府专题会议纪要", **more}
    return Entry(factories.factor("TD"), where, Handout(directory.body(lead), supports), begins, **given)


def entered(actor: Actor, *args: Any, seen: int | None = None, **kwargs: Any) -> DispatchRule:
    return enter_rule(entry(*args, **kwargs), actor=actor, at=now(), seen=seen)


def leader_of(made: Any, day: date) -> str | None:
    found = suggest(made, day=day)
    return found.lead.code if found else None


def test_a_new_rule_ends_the_old_one_and_both_are_kept(office_clerk: Actor):
    old = DispatchRule.objects.get(factor__code="TD")
    new = entered(office_clerk)
    old.refresh_from_db()
    assert (old.lead.code, old.until_on, new.from_on) == ("ZGJ", today(), today() + DAY)
    made = factories.accepted()
    assert [leader_of(made, today() + n * DAY) for n in (0, 1)] == ["ZGJ", "STJ"]
    assert [(e.verb, e.rule_id) for e in DirectoryEvent.objects.order_by("pk")] == [
        ("end", old.pk),
        ("enter", new.pk),
    ]


def test_a_rule_for_a_while_gives_way_to_what_it_replaced(office_clerk: Actor):
    entered(office_clerk, until_on=today() + 5 * DAY)
    made = factories.accepted()
    assert [leader_of(made, today() + n * DAY) for n in (0, 1, 5, 6)] == ["ZGJ", "STJ", "STJ", "ZGJ"]
    assert DirectoryEvent.objects.latest("pk").verb == "resume"


def test_a_division_has_its_own_rule_beside_the_general_one(office_clerk: Actor):
    entered(office_clerk, "TB-370902", "370902", today())
    made = factories.accepted()
    assert leader_of(made, today()) == "TB-370902"
    assert DispatchRule.objects.get(factor__code="TD", division=None).until_on is None


def test_a_rule_that_begins_and_is_corrected_on_one_day_is_withdrawn_and_kept(office_clerk: Actor):
    wrong = entered(office_clerk, "STJ", "370902", today())
    entered(office_clerk, "TB-370902", "370902", today())
    wrong.refresh_from_db()
    assert wrong.withdrawn_at is not None
    assert leader_of(factories.accepted(), today()) == "TB-370902"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"from_on": date(2023, 1, 1)}, "from_on"),
        ({"until_on": date(2023, 1, 1)}, "until_on"),
        ({"lead": "B01"}, "lead"),
        ({"supports": ("STJ",)}, "supports"),
        ({"reason": " "}, "reason"),
    ],
)
def test_what_cannot_be_a_rule_is_refused_at_its_field(
    office_clerk: Actor, fields: dict[str, Any], field: str
):
    with pytest.raises(RefusedError) as refusal:
        enter_rule(entry(**fields), actor=office_clerk, at=now())
    assert refusal.value.field == field
    assert not DirectoryEvent.objects.exists()


def test_the_days_of_a_rule_that_begins_later_are_taken(office_clerk: Actor):
    entered(office_clerk, from_on=today() + 9 * DAY)
    with pytest.raises(RefusedError, match="请先撤销它"):
        check(entry("JTJ"), at=now())
    check(entry("JTJ", until_on=today() + 8 * DAY), at=now())


def test_a_rule_gets_an_end_only_from_today_on_and_only_earlier(office_clerk: Actor):
    rule = DispatchRule.objects.get(factor__code="TD")
    told = {"reason": "职责调整", "actor": office_clerk, "at": now()}
    with pytest.raises(RefusedError, match="不能早于今天"):
        end_rule(rule, until_on=today() - DAY, **told)
    end_rule(rule, until_on=today() + DAY, **told)
    with pytest.raises(RefusedError, match="本来就到"):
        end_rule(rule, until_on=today() + 2 * DAY, **told)
    with pytest.raises(RefusedError, match="还没有生效"):
        withdraw_rule(rule, **told)
    assert leader_of(factories.accepted(), today() + 2 * DAY) is None


def test_a_rule_that_has_not_begun_is_withdrawn(office_clerk: Actor):
    rule = entered(office_clerk, "TB-370902", "370902")
    withdraw_rule(rule, reason="录错", actor=office_clerk, at=now())
    assert leader_of(factories.accepted(), today() + DAY) == "ZGJ"
    with pytest.raises(RefusedError):
        end_rule(rule, until_on=today() + 9 * DAY, reason="再来", actor=office_clerk, at=now())


def test_only_who_runs_the_desk_changes_the_directory(
    office_auditor: Actor, department_lead: Actor, enterprise: Actor
):
    for actor in (office_auditor, department_lead, enterprise):
        with pytest.raises(NotAllowedError):
            entered(actor)


def test_the_database_keeps_what_rules_said_and_who_changed_them(office_clerk: Actor):
    rule = entered(office_clerk)
    for harm in (
        lambda: DispatchRule.objects.filter(pk=rule.pk).update(lead=directory.body("ZGJ")),
        lambda: DirectoryEvent.objects.filter(rule=rule).update(reason="改写"),
        lambda: DirectoryEvent.objects.filter(rule=rule).delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            harm()


def test_a_preview_counts_what_waits_division_by_division(office_clerk: Actor):
    factories.filing("TD", "TD", "NY")
    factories.accepted(enterprise=directory.enterprise(division="370982"))
    factories.assigned()
    general = foreseeing.preview(check(entry(), at=now()))
    assert general.count == 3
    assert {e.division.code: (e.requests, e.filings) for e in general.changed if e.requests} == {
        "370902": (2, 1),
        "370982": (1, 1),
    }
    own = foreseeing.preview(check(entry(division="370982"), at=now()))
    assert [e.division.code for e in own.changed] == ["370982"]
    assert [r.division.code for r in own.turned] == ["370982"]
    same = foreseeing.preview(check(entry("ZGJ", supports=_supports()), at=now()))
    assert same.count == 0
    gap = foreseeing.preview(foreseeing.ending(_general(), until_on=today()))
    assert {e.after for e in gap.changed} == {None}


def _general() -> DispatchRule:
    return DispatchRule.objects.get(factor__code="TD", division=None)


def _supports() -> list[str]:
    return [body.code for body in _general().supports.all()]


def rule_form(**fields: Any) -> dict[str, Any]:
    given = {
        "factor": factories.factor("TD").pk,
        "division": "",
        "lead": directory.body("STJ").pk,
        "supports": [directory.body("SPJ").pk],
        "from_on": today().isoformat(),
        "until_on": "",
        "reason": "专题会议纪要",
    }
    return {**given, **fields}


def hidden(page: str, name: str) -> str:
    found = re.search(f'name="{name}" value="([^"]*)"', page)
    return found[1] if found else ""


def carried(page: str) -> dict[str, str]:
    return {name: hidden(page, name) for name in ("seen", "previewed")}


def test_nothing_is_used_before_it_was_previewed(as_office_clerk: Client):
    factories.accepted()
    answer = as_office_clerk.post(ENTER, rule_form())
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "有 <strong>1</strong> 项会换单位" in page
    assert not DirectoryEvent.objects.exists()
    changed = as_office_clerk.post(ENTER, rule_form(reason="改了依据") | carried(page))
    assert "改了以后会怎样" in changed.content.decode()
    assert not DirectoryEvent.objects.exists()
    done = as_office_clerk.post(ENTER, rule_form() | carried(page), follow=True)
    assert "已录入" in done.content.decode()
    assert "由新规则接替" in done.content.decode()
    assert leader_of(factories.accepted(), today()) == "STJ"


def test_who_was_slower_keeps_the_words_and_sees_the_difference(as_office_clerk: Client, office_lead: Actor):
    page = as_office_clerk.post(ENTER, rule_form()).content.decode()
    entered(office_lead, "JTJ", None, today())
    answer = as_office_clerk.post(ENTER, rule_form() | carried(page))
    late = answer.content.decode()
    assert answer.status_code == 409
    assert re.search("<del>主办：[^<]*协办：无。</del><ins>主办：[^<]*协办：[^<]*。</ins>", late)
    assert "专题会议纪要" in late
    again = as_office_clerk.post(ENTER, rule_form() | carried(late))
    assert "改了以后会怎样" in again.content.decode()
    assert as_office_clerk.post(ENTER, rule_form() | carried(again.content.decode())).status_code == 302


def test_a_rule_is_ended_on_its_page_after_a_preview(as_office_clerk: Client):
    url = reverse("requests_desk:end_directory_rule", args=[_general().pk])
    form = {"until_on": today().isoformat(), "reason": "职责划转"}
    page = as_office_clerk.post(url, form).content.decode()
    assert "没有规则覆盖" in page
    assert as_office_clerk.post(url, form | carried(page)).status_code == 302
    assert _general().until_on == today()
    history = as_office_clerk.get(reverse("requests_desk:directory_history", args=[_general().factor_id]))
    assert "职责划转" in history.content.decode()


def test_mistakes_are_named_and_nothing_is_lost(as_office_clerk: Client):
    answer = as_office_clerk.post(ENTER, rule_form(lead=directory.body("B01").pk))
    assert answer.status_code == 422
    assert "应由部门或县市区推进办主办" in answer.content.decode()
    assert "专题会议纪要" in answer.content.decode()
    assert as_office_clerk.post(ENTER, rule_form(from_on="2023-02-31")).status_code == 422


def test_all_staff_read_the_directory_and_only_the_office_writes(
    as_department_clerk: Client, as_office_auditor: Client, as_enterprise: Client
):
    ending = reverse("requests_desk:end_directory_rule", args=[_general().pk])
    history = reverse("requests_desk:directory_history", args=[_general().factor_id])
    index = reverse("requests_desk:directory")
    assert "修订" not in as_department_clerk.get(index).content.decode()
    assert as_department_clerk.get(history).status_code == 200
    for client, status in ((as_department_clerk, 404), (as_office_auditor, 403), (as_enterprise, 404)):
        assert {client.get(url).status_code for url in (ENTER, ending)} == {status}
        assert client.post(ENTER, rule_form()).status_code == status
    assert as_enterprise.get(history).status_code == 404


def test_pages_and_previews_cost_the_same_for_many(as_office_clerk: Client, office_clerk: Actor):
    history = reverse("requests_desk:directory_history", args=[_general().factor_id])

    def costs() -> list[int]:
        found = []
        for ask in (
            lambda: as_office_clerk.get(reverse("requests_desk:directory")),
            lambda: as_office_clerk.get(history),
            lambda: as_office_clerk.post(ENTER, rule_form(from_on=(today() + 50 * DAY).isoformat())),
        ):
            with CaptureQueriesContext(connection) as counted:
                assert ask().status_code == 200
            found.append(len(counted))
        return found

    factories.accepted()
    entered(office_clerk, "TB-370902", "370902", today())
    costs()
    few = costs()
    for n, code in enumerate(["370911", "370921", "370923"]):
        entered(office_clerk, "STJ", code, today() + n * DAY)
    for _ in range(5):
        factories.accepted()
    assert costs() == few


def test_the_row_says_how_a_rule_stands(office_clerk: Actor):
    entered(office_clerk)
    states = [row.state for row in dispatch_directory.directory(today(), factor=factories.factor("TD"))]
    assert states == ["将生效", "现行"]
