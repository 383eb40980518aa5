"""A year entered late in the administration: open deadlines that were fixed without it move later."""

from datetime import datetime

import pytest
from django.urls import reverse

from requests_desk.models import RequestEvent
from taian_factors.directory.models import User
from taian_factors.lib.periods import SHANGHAI, local_day
from tests.requests_desk import factories

pytestmark = pytest.mark.django_db


def test_entering_a_missing_year_moves_open_deadlines_and_says_how_many(client):
    before_new_year = datetime(2026, 12, 30, 10, tzinfo=SHANGHAI)
    request = factories.assigned("TD", at=before_new_year)
    lead = request.assignments.get()
    planned = lead.reply_due_at
    assert local_day(planned).isoformat() == "2027-01-04"  # 31 December, 1 and 4 January, Monday to Friday

    client.force_login(User.objects.create_superuser("admin", name="系统管理员"))
    days = {
        "days-TOTAL_FORMS": 1,
        "days-INITIAL_FORMS": 0,
        "days-0-day": "2027-01-01",
        "days-0-name": "元旦",
    }
    address = reverse("admin:directory_calendaryear_add")
    answer = client.post(address, {"year": 2027, "source": "示例通知", **days}, follow=True)

    lead.refresh_from_db()
    assert local_day(lead.reply_due_at).isoformat() == "2027-01-05"
    assert "1 件在办事项的期限已相应顺延" in answer.content.decode()
    event = RequestEvent.objects.get(factor_request=request, verb="recalculate")
    assert event.organization.code == "GTB"
