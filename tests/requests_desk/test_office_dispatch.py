"""Handing out a whole filing in one act: what the directory presets, what the office must say, what is refused."""

from datetime import timedelta

import pytest
from django.urls import reverse

from requests_desk import transitions
from requests_desk.dispatch_directory import suggest_all
from requests_desk.dispatching import NO_RULE
from requests_desk.models import Assignment, DispatchRule
from taian_factors.directory.models import Division, Organization
from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day
from tests.directory import factories as directory
from tests.requests_desk import factories
from tests.requests_desk.test_office_inbox import dispatch_url


def chosen(factor_request, lead="ZGJ", supports=(), **fields):
    """Write what the office's form would send for one request."""
    prefix = f"r{factor_request.pk}-"
    given = {"is_included": "on", "lead": directory.body(lead).pk, "reason": "专题会议已明确", **fields}
    given["supports"] = [directory.body(code).pk for code in supports]
    return {prefix + name: value for name, value in given.items()}


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
