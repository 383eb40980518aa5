"""What waits for the office: the inbox, accepting a whole filing, handing it out in one act."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from requests_desk import clocks, intake, transitions
from requests_desk.dispatch_directory import suggest_all
from requests_desk.dispatching import NO_RULE, accept_filing
from requests_desk.models import Assignment, DispatchRule, FactorRequest
from taian_factors.directory.models import Division, Organization
from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day
from tests.directory import factories as directory
from tests.requests_desk import factories

INBOX = reverse("requests_desk:inbox")


def dispatch_url(filing):
    return reverse("requests_desk:dispatch", args=[filing.pk])


def chosen(factor_request, lead="ZGJ", supports=(), **fields):
    """Write what the office's form would send for one request."""
    prefix = f"r{factor_request.pk}-"
    given = {"is_included": "on", "lead": directory.body(lead).pk, "reason": "专题会议已明确", **fields}
    given["supports"] = [directory.body(code).pk for code in supports]
    return {prefix + name: value for name, value in given.items()}


@pytest.fixture
def filing(db):
    return factories.filing("TD", "NY", at=now())


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


def test_dispatch_presets_what_the_directory_says(as_office_clerk, filing):
    page = as_office_clerk.get(dispatch_url(filing)).content.decode()
    assert page.count('<option value="" selected>') == 0
    assert "现在交办的时限" in page


def test_accepting_and_handing_out_go_in_one_act(as_office_clerk, filing):
    land, energy = filing.factor_requests.order_by("pk")
    data = chosen(land, "ZGJ", ["SPJ"]) | chosen(energy, "STJ")
    answer = as_office_clerk.post(dispatch_url(filing), data, follow=True)
    assert "已并联交办" in answer.content.decode()
    assert set(filing.factor_requests.values_list("state", flat=True)) == {"assigned"}
    parts = Assignment.objects.filter(factor_request=land).values_list("organization__code", "part")
    assert set(parts) == {("ZGJ", "lead"), ("SPJ", "support")}
    assert Assignment.objects.get(factor_request=energy).reason == "专题会议已明确"


def as_the_directory_says(factor_request, **fields):
    found = suggest_all([factor_request], day=local_day(now()))[factor_request.pk]
    codes = [body.code for body in found.supports]
    return chosen(factor_request, found.lead.code, codes, **{"reason": "", **fields})


def test_the_rule_that_was_followed_is_kept(as_office_clerk, filing):
    land, energy = filing.factor_requests.order_by("pk")
    as_office_clerk.post(dispatch_url(filing), as_the_directory_says(land) | chosen(energy, is_included=""))
    parts = Assignment.objects.filter(factor_request=land)
    assert {part.rule for part in parts} == {DispatchRule.objects.get(factor=land.factor)}
    assert {part.reason for part in parts} == {"按分办目录：分办目录（初始）"}
    assert land.events.get(verb="assign").detail["is_own_way"] is False


def test_another_way_than_the_directorys_needs_the_offices_words(as_office_clerk, filing):
    land, energy = filing.factor_requests.order_by("pk")
    others = chosen(energy, is_included="")
    answer = as_office_clerk.post(dispatch_url(filing), chosen(land, "STJ", reason=" ") | others)
    assert answer.status_code == 422
    assert "与分办目录不同，请写明理由" in answer.content.decode()
    as_office_clerk.post(dispatch_url(filing), chosen(land, "STJ", reason="县里已移交") | others)
    lead = Assignment.objects.get(factor_request=land)
    assert (lead.organization.code, lead.reason, lead.rule) == ("STJ", "县里已移交", None)
    assert land.events.get(verb="assign").detail["is_own_way"] is True


def test_one_request_alone_follows_the_same_law(as_office_clerk):
    made = factories.accepted("TD", at=now())
    url = reverse("requests_desk:act", args=[made.number, "assign"])
    assert as_office_clerk.post(url, {"lead": directory.body("STJ").pk}).status_code == 422
    assert as_office_clerk.post(url, {"lead": directory.body("STJ").pk, "reason": "移交"}).status_code == 302


def test_what_no_rule_covers_says_so(as_office_clerk):
    made = factories.filing("JR", at=now())
    need = made.factor_requests.get()
    as_office_clerk.post(dispatch_url(made), chosen(need, "B01", reason=""))
    assert Assignment.objects.get(factor_request=need).reason == NO_RULE


def test_a_dispatch_that_a_colleague_was_quicker_with_loses_no_word(as_office_clerk, office_lead, filing):
    land, energy = filing.factor_requests.order_by("pk")
    page = as_office_clerk.get(dispatch_url(filing)).content.decode()
    seen = page.split('name="seen" value="')[1].split('"')[0]
    transitions.accept(land, actor=office_lead, at=now())
    transitions.assign(land, lead=directory.body("STJ"), reason="领导批示", actor=office_lead, at=now())
    data = {"seen": seen} | chosen(land, reason="我写的理由") | chosen(energy, "FGW", reason="能耗由发改牵头")
    answer = as_office_clerk.post(dispatch_url(filing), data)
    late = answer.content.decode()
    assert answer.status_code == 409
    assert "办公室负责人" in late
    assert "领导批示" in late
    assert "我写的理由" in late
    assert "能耗由发改牵头" in late
    assert Assignment.objects.count() == 1
    again = {"seen": late.split('name="seen" value="')[1].split('"')[0]}
    rest = again | chosen(energy, "FGW", reason="能耗由发改牵头")
    assert as_office_clerk.post(dispatch_url(filing), rest).status_code == 302
    assert Assignment.objects.count() == 2


def test_what_is_not_ticked_waits(as_office_clerk, filing):
    land, energy = filing.factor_requests.order_by("pk")
    data = chosen(land) | chosen(energy, is_included="")
    as_office_clerk.post(dispatch_url(filing), data)
    land.refresh_from_db()
    energy.refresh_from_db()
    assert (land.state, energy.state) == ("assigned", "filed")


def test_a_missing_lead_is_named_at_its_request_and_nothing_is_lost(as_office_clerk, filing):
    land, energy = filing.factor_requests.order_by("pk")
    data = chosen(land, reason="请抓紧") | chosen(energy)
    data[f"r{energy.pk}-lead"] = ""
    answer = as_office_clerk.post(dispatch_url(filing), data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"{energy.number} 主办单位" in page
    assert "请选择主办单位" in page
    assert "请抓紧" in page
    assert not Assignment.objects.exists()


def test_nothing_ticked_is_refused(as_office_clerk, filing):
    answer = as_office_clerk.post(dispatch_url(filing), {})
    assert answer.status_code == 422
    assert "请至少勾选一项" in answer.content.decode()


@pytest.mark.parametrize("lead", ["B01", "ZB-C01", "GTB"])
def test_a_body_that_cannot_lead_is_no_choice(as_office_clerk, filing, lead):
    land, _ = filing.factor_requests.order_by("pk")
    answer = as_office_clerk.post(dispatch_url(filing), chosen(land, lead))
    assert answer.status_code == 422
    assert not Assignment.objects.exists()


def test_a_second_click_hands_out_nothing_twice(as_office_clerk, filing):
    land, energy = filing.factor_requests.order_by("pk")
    data = chosen(land) | chosen(energy, "FGW")
    as_office_clerk.post(dispatch_url(filing), data)
    again = as_office_clerk.post(dispatch_url(filing), data, follow=True)
    assert "可能已由他人交办" in again.content.decode()
    assert Assignment.objects.count() == 2


def test_finance_goes_to_institutions(as_office_clerk):
    made = factories.filing("JR", at=now())
    need = made.factor_requests.get()
    as_office_clerk.post(dispatch_url(made), chosen(need, "B01"))
    need.refresh_from_db()
    assert need.state == "assigned"


def test_dispatch_is_hidden_from_strangers_and_closed_to_who_sees_the_filing(
    as_stranger, as_department_clerk, sign_in
):
    made = factories.assigned(at=now())
    url = dispatch_url(made.filing)
    assert as_stranger.get(url).status_code == 404
    assert as_department_clerk.get(url).status_code == 403
    assert as_department_clerk.post(url).status_code == 403


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


def test_the_directory_prefers_the_rule_of_the_division(office_clerk):
    at = now()
    made = factories.filing("TD", "NY", at=at)
    seat = Division.objects.get(code="370902")
    lead = Organization.objects.get(code="TB-370902")
    DispatchRule.objects.create(
        factor=factories.factor("TD"), division=seat, lead=lead, from_on=local_day(at)
    )
    land, energy = made.factor_requests.select_related("factor").order_by("pk")
    found = suggest_all([land, energy], day=local_day(at))
    assert found[land.pk].lead == lead
    assert found[energy.pk].lead.code == "FGW"
    earlier = suggest_all([land], day=local_day(at) - timedelta(1))
    assert earlier[land.pk].lead.code == "ZGJ"


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
