"""要素保障周: what is settled is written off, what is overdue stays and becomes work of its department."""

from datetime import datetime

import pytest
from django.urls import reverse

from requests_desk import tasks
from requests_desk.models import RequestEvent
from scoring.models import DutyRecord
from taian_factors.lib.periods import SHANGHAI
from tests.requests_desk import factories

LEDGER = reverse("requests_desk:ledger")
BULK = reverse("requests_desk:bulk")
NOTICES = reverse("requests_desk:notices")
pytestmark = pytest.mark.django_db


def state(factor_request):
    factor_request.refresh_from_db()
    return factor_request.state


def test_the_factor_week_of_july_2023(
    clock_at, read, sign_in, office_clerk, enterprise, as_enterprise, as_department_clerk
):
    owner = enterprise.organization
    solved = factories.confirmed(enterprise=owner)
    barred = factories.ineligible(enterprise=owner)
    late = factories.assigned(enterprise=owner, at=datetime(2023, 6, 1, 9, 0, tzinfo=SHANGHAI))
    numbers = [solved.number, barred.number, late.number]

    # The last working day of June: the ledger offers no 对账销号, and the check says why.
    clock_at("2023-06-30 10:00")
    as_office_clerk = sign_in(office_clerk)
    assert "所选对账销号" not in read(as_office_clerk.get(LEDGER))
    early = read(as_office_clerk.get(BULK, {"move": "write_off", "number": numbers}))
    assert "不能对账销号 3 项" in early
    assert "只在要素保障周" in early
    as_office_clerk.post(BULK, {"move": "write_off", "number": [solved.number]})
    assert state(solved) == "confirmed"

    # Monday 3 July: two of the three can go; sent together with the third, they go and it says why not.
    clock_at("2023-07-03 10:00")
    as_office_clerk = sign_in(office_clerk)  # a session does not live over a weekend
    assert "所选对账销号" in read(as_office_clerk.get(LEDGER))
    check = read(as_office_clerk.get(BULK, {"move": "write_off", "number": numbers}))
    assert "可以对账销号 2 项" in check
    assert "不能对账销号 1 项" in check
    done = as_office_clerk.post(BULK, {"move": "write_off", "number": numbers}, follow=True)
    assert "办理 2 项，1 项没有办理" in read(done)
    assert (state(solved), state(barred), state(late)) == ("written_off", "written_off", "assigned")
    assert RequestEvent.objects.filter(verb="write_off").count() == 2

    # The enterprise is told of each, and sees on its own page that the matter has ended.
    tasks.announce_events()
    assert read(as_enterprise.get(NOTICES)).count("已对账销号。") == 2
    assert "已对账销号，办理结束" in read(as_enterprise.get(reverse("requests_desk:mine")))

    # What is overdue stays: red in the ledger and first on the department's worklist.
    red = read(as_office_clerk.get(LEDGER, {"light": "red"}))
    assert late.number in red
    assert solved.number not in red
    assert "逾期" in read(as_department_clerk.get(reverse("requests_desk:worklist"), {"light": "red"}))

    # The office makes it work of the department, which finds it among its duties.
    overdue = reverse("scoring:overdue_duties")
    assert "逾期未办结 1 项" in read(as_office_clerk.get(overdue))
    arrange = reverse("scoring:arrange_overdue", args=["ZGJ"])
    answer = as_office_clerk.post(arrange, {"ZGJ-due_on": "2023-07-28"}, follow=True)
    assert late.number in read(answer)
    assert DutyRecord.objects.get().organization.code == "ZGJ"
    assert "办结逾期事项 1 项" in read(
        as_department_clerk.get(reverse("scoring:duties"), {"period": "2023-07"})
    )

    # The week is over: the same matter, confirmed late, waits for October.
    after = factories.confirmed(enterprise=owner, at=datetime(2023, 7, 4, 9, 0, tzinfo=SHANGHAI))
    clock_at("2023-07-10 10:00")
    as_office_clerk = sign_in(office_clerk)
    late_try = {"move": "write_off", "number": [after.number]}
    assert "1 项没有办理" in read(as_office_clerk.post(BULK, late_try, follow=True))
    assert state(after) == "confirmed"
