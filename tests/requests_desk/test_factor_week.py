"""The factor week: the list is frozen once, each line signed once, differences said, the week a record when closed."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from requests_desk import factor_weeks, reconciled, reconciling, tasks, transitions
from requests_desk.journal import NotAllowedError, RefusedError, WrongStateError
from requests_desk.models import Delivery, ReconciliationLine, ReconciliationWeek
from tests.requests_desk import factories
from tests.requests_desk.conftest import MONDAY

TUESDAY = MONDAY + timedelta(days=1, hours=1)
PAGE = reverse("requests_desk:factor_week", args=["2023Q3"])
pytestmark = pytest.mark.django_db


def line_of(factor_request):
    return ReconciliationLine.objects.get(factor_request=factor_request)


def sign(week, *requests, outcome="written_off", at=TUESDAY, actor=None, **said):
    lines = [line_of(request).pk for request in requests]
    return factor_weeks.sign(week, lines, outcome=outcome, actor=actor or factories.office(), at=at, **said)


def test_the_list_is_every_request_that_is_not_at_its_end_as_it_stands(week, cast):
    frozen = {line.factor_request_id: (line.state, line.is_overdue) for line in week.lines.all()}
    settled, barred, overdue, running, waiting = cast
    assert frozen == {
        settled.pk: ("confirmed", False),
        barred.pk: ("ineligible", False),
        overdue.pk: ("assigned", True),
        running.pk: ("assigned", False),
        waiting.pk: ("accepted", False),
    }
    assert str(week.first_on), str(week.last_on) == ("2023-07-03", "2023-07-07")
    factories.assigned(at=TUESDAY)
    assert week.lines.count() == 5


def test_a_week_is_opened_once_in_its_days_and_by_the_office_or_the_clock(week):
    office = factories.office()
    with pytest.raises(WrongStateError, match="已经冻结"):
        factor_weeks.open_week(at=TUESDAY, actor=office)
    with pytest.raises(WrongStateError, match="只在要素保障周"):
        factor_weeks.open_week(at=MONDAY + timedelta(days=10), actor=office)
    for stranger in (factories.acting("ZGJ"), factories.acting("B01"), factories.office("auditor")):
        with pytest.raises(NotAllowedError):
            factor_weeks.open_week(at=MONDAY + timedelta(days=92), actor=stranger)


def test_the_clock_opens_it_on_the_first_morning_and_tells_each_body_what_is_its_own(
    cast, department_clerk, office_clerk, monkeypatch
):
    monkeypatch.setattr(tasks, "now", lambda: MONDAY - timedelta(days=1))
    assert not tasks.begin_factor_week()
    monkeypatch.setattr(tasks, "now", lambda: MONDAY)
    assert tasks.begin_factor_week()
    assert not tasks.begin_factor_week()
    (told,) = Delivery.objects.filter(user=department_clerk.user, channel="portal")
    assert "台账已冻结，本单位主办 4 项，其中逾期 1 项" in told.text
    assert told.url == PAGE
    assert not Delivery.objects.filter(user=office_clerk.user).exists()


def test_signing_writes_off_and_says_what_changed_since_the_freeze(week, cast):
    settled, barred, overdue, running, _ = cast
    lead = factories.acting("ZGJ", "lead")
    transitions.complete(running, text="办好", actor=lead, at=TUESDAY - timedelta(hours=2))
    assert [c.why for c in reconciled.compared(week, [line_of(running)])] == ["07-04 市自然资源和规划局办结"]
    assert sign(week, settled, barred) == 2
    settled.refresh_from_db()
    assert settled.state == "written_off"
    assert line_of(settled).changes == "07-04 市工业推进办销号"
    assert sign(week, running, outcome="carried_over", reason="等企业确认") == 1
    kept = line_of(running)
    assert (kept.state, kept.signed_state, kept.changes) == (
        "assigned",
        "completed",
        "07-04 市自然资源和规划局办结",
    )
    transitions.complete(overdue, text="办好", actor=lead, at=TUESDAY)
    assert line_of(running).changes == "07-04 市自然资源和规划局办结"


def test_what_cannot_be_written_off_leaves_all_as_they_were(week, cast):
    settled, _, overdue, *_ = cast
    with pytest.raises(WrongStateError):
        sign(week, settled, overdue)
    settled.refresh_from_db()
    assert settled.state == "confirmed"
    assert not week.lines.exclude(outcome="").exists()


def test_a_line_is_carried_over_with_a_reason_and_signed_once(week, cast):
    settled, _, overdue, *_ = cast
    with pytest.raises(RefusedError, match="结转须写明理由"):
        sign(week, overdue, outcome="carried_over", reason=" ")
    sign(week, overdue, outcome="carried_over", reason="手续在省级审批")
    with pytest.raises(RefusedError):
        sign(week, overdue, outcome="carried_over", reason="改一个")
    with pytest.raises(WrongStateError, match="已由他人签认"):
        sign(week, overdue, settled)
    for stranger in (factories.acting("ZGJ"), factories.office("auditor")):
        with pytest.raises(NotAllowedError):
            sign(week, settled, actor=stranger)


def test_what_is_written_off_from_the_ledger_is_signed_too(week, cast):
    reconciling.write_off_and_sign(cast[0], actor=factories.office(), at=TUESDAY)
    assert (line_of(cast[0]).outcome, line_of(cast[0]).signed_state) == ("written_off", "written_off")


def test_the_rest_is_carried_over_for_one_reason_and_the_week_closes_only_then(week, cast):
    settled, *_ = cast
    office = factories.office()
    transitions.write_off(settled, actor=office, at=TUESDAY)
    with pytest.raises(WrongStateError, match="还有 5 项没有签认"):
        factor_weeks.close_week(week, actor=office, at=TUESDAY)
    assert factor_weeks.carry_over_rest(week, reason="继续办理", actor=office, at=TUESDAY) == 4
    assert line_of(settled).outcome == "written_off"
    closed = factor_weeks.close_week(week, actor=office, at=TUESDAY)
    assert closed.closed_at == TUESDAY
    for late in (
        lambda: factor_weeks.see(week, actor=factories.acting("ZGJ"), at=TUESDAY),
        lambda: sign(week, settled),
        lambda: factor_weeks.close_week(week, actor=office, at=TUESDAY),
    ):
        with pytest.raises(WrongStateError, match="已经结束"):
            late()
    assert reconciled.figures(week.lines.all()) == {
        "n": 5, "written_off": 1, "carried_over": 4, "unsigned": 0, "overdue": 1, "seen": 0,
        "unseen": 4, "differing": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("model", "changes"),
    [
        (ReconciliationLine, {"state": "completed"}), (ReconciliationLine, {"is_overdue": False}),
        (ReconciliationLine, {"reason": "改"}), (ReconciliationLine, {"outcome": "written_off"}),
        (ReconciliationWeek, {"opened_at": TUESDAY}), (ReconciliationWeek, {"closed_at": None}),
    ],
)  # fmt: skip
def test_a_record_stands_even_against_sql(week, cast, model, changes):
    office = factories.office()
    factor_weeks.carry_over_rest(week, reason="继续办理", actor=office, at=TUESDAY)
    factor_weeks.close_week(week, actor=office, at=TUESDAY)
    rows = (
        model.objects.filter(factor_request=cast[2]) if model is ReconciliationLine else model.objects.all()
    )
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(**changes)
    with pytest.raises(DatabaseError), transaction.atomic():
        rows.delete()


def test_a_body_says_nothing_about_a_line_of_another(week, cast, as_other_department):
    for difference in ("不是我们的", ""):
        with pytest.raises(WrongStateError, match="不是本单位主办"):
            factor_weeks.see(
                week,
                [line_of(cast[0]).pk],
                difference=difference,
                actor=factories.acting("SPJ"),
                at=TUESDAY,
            )
    assert not week.lines.exclude(seen_at=None).exists()


def test_what_a_body_said_stands_even_against_sql(week, cast):
    factor_weeks.see(week, difference="有出入", actor=factories.acting("ZGJ"), at=TUESDAY)
    with pytest.raises(DatabaseError), transaction.atomic():
        week.lines.filter(factor_request=cast[0]).update(difference="")
