"""A form that names another body offers only those that can take the matter up, and not those that have it."""

import re
from datetime import timedelta

import pytest

from requests_desk import clocks, records
from requests_desk.journal import RefusedError
from tests.directory.factories import actor, body
from tests.requests_desk import factories
from tests.requests_desk.factories import START, acting, office
from tests.requests_desk.test_verbs_act import recent

pytestmark = pytest.mark.django_db


def names_on(client, made, verb: str, field: str) -> set[str]:
    """Return what the form of a verb offers on a request's page."""
    page = client.get(f"/desk/requests/{made.number}/?do={verb}").content.decode()
    (choices,) = re.findall(rf'<select[^>]*id="id_{verb}_{field}"[^>]*>(.*?)</select>', page, re.S)
    return {name.strip() for name in re.findall(r"<option[^>]*>([^<]*)</option>", choices)}


def test_who_hands_back_names_another_department_and_no_bank(sign_in):
    made = factories.assigned(at=recent())
    names = names_on(sign_in(actor("ZGJ")), made, "hand_back", "suggested")
    assert "市行政审批服务局" in names
    assert not names & {"市自然资源和规划局", "工商银行"}


def test_finance_is_handed_back_to_another_institution(sign_in):
    made = factories.assigned("JR", lead="B01", at=recent())
    names = names_on(sign_in(actor("B01")), made, "hand_back", "suggested")
    assert "农业银行" in names
    assert not names & {"市行政审批服务局", "工商银行"}


def test_the_office_reassigns_to_others_and_adds_who_has_no_part(sign_in):
    made = factories.assigned(at=recent())
    records.add_support(made, support=body("SPJ"), reason="", actor=office(), at=recent())
    client = sign_in(actor("GTB"))
    assert "市自然资源和规划局" not in names_on(client, made, "reassign", "lead")
    assert not names_on(client, made, "add_support", "support") & {"市自然资源和规划局", "市行政审批服务局"}


def test_a_bank_cannot_be_suggested_for_land_by_any_way():
    made = factories.assigned()
    with pytest.raises(RefusedError, match="应由部门或县市区推进办主办") as refused:
        clocks.hand_back(made, reason="非职责", suggested=body("B01"), actor=acting("ZGJ"), at=START)
    assert refused.value.field == "suggested"


def test_a_link_to_a_move_opens_its_form(sign_in):
    made = factories.on_open_call(at=recent(factories.on_open_call))
    page = sign_in(actor("FGW")).get("/desk/open-calls/").content.decode()
    assert f"/desk/requests/{made.number}/?do=lodge_claim#verb-lodge_claim" in page
    handed = factories.assigned(at=recent())
    when = recent() + timedelta(hours=2)
    clocks.hand_back(handed, reason="非职责", suggested=body("SPJ"), actor=acting("ZGJ"), at=when)
    page = sign_in(actor("GTB")).get("/desk/decisions/").content.decode()
    assert f"/desk/requests/{handed.number}/?do=rule_hand_back#verb-rule_hand_back" in page
