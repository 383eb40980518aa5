"""What waits for the office: the inbox, accepting a whole filing, the decisions that leads ask for, and their cost."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from requests_desk import clocks, intake, transitions
from requests_desk.dispatching import accept_filing
from requests_desk.models import FactorRequest
from taian_factors.lib.clock import now
from tests.directory import factories as directory
from tests.requests_desk import factories

INBOX = reverse("requests_desk:inbox")


def dispatch_url(filing):
    return reverse("requests_desk:dispatch", args=[filing.pk])


def test_inbox_shows_each_filing_with_its_waiting_requests(as_office_clerk, filing):
    page = as_office_clerk.get(INBOX).content.decode()
    assert filing.enterprise.name in page
    assert "受理并交办" in page
    assert "市自然资源和规划局" in page  # what the directory suggests


def test_an_empty_inbox_says_what_comes_next(as_office_clerk):
    assert "没有等待受理或交办的需求" in as_office_clerk.get(INBOX).content.decode()


@pytest.mark.parametrize("who", ["office_clerk", "office_lead", "office_auditor"])
def test_the_office_sees_its_inbox(who, request, filing):
    assert request.getfixturevalue(f"as_{who}").get(INBOX).status_code == 200


@pytest.mark.parametrize(
    "who", ["department_clerk", "bank", "county_office", "chain_team", "enterprise", "stranger"]
)
def test_nobody_else_has_an_inbox(who, request):
    client = request.getfixturevalue(f"as_{who}")
    assert client.get(INBOX).status_code == 404
    assert client.get(reverse("requests_desk:decisions")).status_code == 404


def test_somebody_unknown_is_asked_to_sign_in(client, filing):
    for url in (INBOX, dispatch_url(filing), reverse("requests_desk:decisions")):
        assert client.get(url).status_code == 302


def test_an_auditor_sees_no_buttons_and_may_not_act(as_office_auditor, filing):
    assert "受理并交办" not in as_office_auditor.get(INBOX).content.decode()
    page = as_office_auditor.get(dispatch_url(filing))
    assert page.status_code == 200
    assert "一次交办" not in page.content.decode()
    assert as_office_auditor.post(dispatch_url(filing)).status_code == 403
    accept = reverse("requests_desk:accept_filing", args=[filing.pk])
    assert as_office_auditor.post(accept).status_code == 403


def test_a_filing_is_accepted_in_one_act(as_office_clerk, filing):
    answer = as_office_clerk.post(reverse("requests_desk:accept_filing", args=[filing.pk]), follow=True)
    assert set(filing.factor_requests.values_list("state", flat=True)) == {"accepted"}
    assert "已受理" in answer.content.decode()


def test_accepting_twice_changes_nothing_and_says_so(as_office_clerk, filing):
    url = reverse("requests_desk:accept_filing", args=[filing.pk])
    as_office_clerk.post(url)
    assert "可能已由他人受理" in as_office_clerk.post(url, follow=True).content.decode()


def test_who_typed_a_filing_does_not_accept_it(as_office_clerk, office_clerk):
    made = intake.file(
        enterprise=directory.enterprise(), needs=[factories.need()], actor=office_clerk, at=now()
    )
    answer = as_office_clerk.post(reverse("requests_desk:accept_filing", args=[made.pk]))
    assert answer.status_code == 422
    assert "须由他人受理" in answer.content.decode()
    assert made.factor_requests.get().state == "filed"


def test_inbox_and_dispatch_cost_the_same_for_many(as_office_clerk, django_assert_num_queries):
    def costs(url):
        with CaptureQueriesContext(
            connection,
        ) as counted:
            assert as_office_clerk.get(url).status_code == 200
        return len(counted)

    at = now()
    one = factories.filing("TD", "NY", at=at)
    few = costs(INBOX), costs(dispatch_url(one))
    many = factories.filing(*["TD", "NY", "ZJ", "RC"] * 5, at=at)
    for _ in range(12):
        factories.filing("TD", "NY", at=at)
    assert (costs(INBOX), costs(dispatch_url(many))) == few


def test_decisions_show_what_leads_ask_for(as_office_clerk, as_office_auditor):
    made = factories.assigned(at=now())
    lead = factories.acting("ZGJ")
    clocks.hand_back(made, reason="属行政审批事项", suggested=directory.body("SPJ"), actor=lead, at=now())
    clocks.ask_extension(made, days=5, reason="等待省厅批复", actor=lead, at=now())
    url = reverse("requests_desk:decisions")
    page = as_office_clerk.get(url).content.decode()
    assert "属行政审批事项" in page
    assert "延长 5 个工作日" in page
    assert "去裁定" in page
    assert "去裁定" not in as_office_auditor.get(url).content.decode()


def test_decisions_cost_the_same_for_many(as_office_clerk):
    url = reverse("requests_desk:decisions")

    def ask(count):
        for _ in range(count):
            made = factories.assigned(at=now())
            clocks.ask_extension(made, days=5, reason="等待省厅批复", actor=factories.acting("ZGJ"), at=now())

    def cost():
        with CaptureQueriesContext(connection) as counted:
            as_office_clerk.get(url)
        return len(counted)

    ask(2)
    few = cost()
    ask(10)
    assert cost() == few


def test_accepting_a_filing_counts_what_waited(office_clerk):
    made = factories.filing("TD", "NY", at=now())
    first = made.factor_requests.order_by("pk").first()
    transitions.accept(first, actor=office_clerk, at=now())
    assert accept_filing(made, actor=office_clerk, at=now()) == 1
    assert FactorRequest.objects.filter(filing=made, state="accepted").count() == 2
