"""Earlier requests like the one that is written: shown, never in the way, and open ones take what is written."""

import pytest
from django.test import Client
from django.urls import reverse

from requests_desk import drafting
from requests_desk.models import Filing
from requests_desk.similar import Wording, like
from taian_factors.directory.actors import Actor
from tests.requests_desk import factories as desk

pytestmark = pytest.mark.django_db
LAND = Wording("TD", "二期厂房新增建设用地", "指标没有落实")


def earlier(
    enterprise: Actor, headline: str = "二期厂房需要建设用地", code: str = "TD", state: str = "assigned"
):
    made = desk.IN_STATE[state](code, enterprise=enterprise.organization)
    made.headline = headline
    made.save(update_fields=["headline"])
    return made


def written(enterprise: Actor) -> Filing:
    draft = desk.draft(enterprise, "TD")
    draft.draft["needs"][0]["values"] = {"headline": LAND.headline, "story": LAND.story}
    draft.save()
    return draft


def test_the_same_enterprise_and_factor_and_similar_words_make_a_request_like_another(enterprise, stranger):
    alike = earlier(enterprise)
    earlier(enterprise, "厂区道路排水不畅")
    earlier(enterprise, "二期厂房需要建设用地贷款", code="ZJ")
    earlier(stranger)
    assert like(enterprise.organization.pk, {"1": LAND}) == {"1": [alike]}


def test_the_most_alike_comes_first_and_at_most_three_are_shown(enterprise):
    made = [earlier(enterprise, f"二期厂房新增建设用地{'补充' * n}") for n in range(5)]
    assert like(enterprise.organization.pk, {"1": LAND})["1"] == made[:3]


def test_two_or_three_characters_say_nothing_yet(enterprise):
    earlier(enterprise, "用地")
    assert like(enterprise.organization.pk, {"1": Wording("TD", "用地")}) == {"1": []}


def test_its_cost_is_one_query_however_many_needs(enterprise, django_assert_num_queries):
    earlier(enterprise)
    with django_assert_num_queries(1):
        like(enterprise.organization.pk, {"1": LAND, "2": LAND, "3": Wording("ZJ", "设备更新资金")})
    with django_assert_num_queries(0):
        like(enterprise.organization.pk, {"1": Wording("TD", "")})


def test_they_appear_while_somebody_writes_and_only_when_they_change(
    as_enterprise: Client, enterprise: Actor
):
    found, draft = earlier(enterprise), desk.draft(enterprise, "TD")
    address, autosave = reverse("requests_desk:file_needs", args=[draft.pk]), {"HX-Request": "true"}
    typed = {"need1-headline": LAND.headline, "alike1": ""}
    answer = as_enterprise.post(address, typed, headers=autosave)
    page = answer.content.decode()
    assert (answer.status_code, found.number in page, "办理中" in page, "补充到原需求" in page) == (
        200,
        True,
        True,
        True,
    )
    again = as_enterprise.post(address, {**typed, "alike1": found.number}, headers=autosave)
    assert again.status_code == 204
    gone = as_enterprise.post(
        address, {"need1-headline": "别的事情", "alike1": found.number}, headers=autosave
    )
    assert found.number not in gone.content.decode()


def test_they_stand_at_the_last_step_without_a_script_and_block_nothing(
    as_enterprise: Client, enterprise: Actor
):
    found, draft = earlier(enterprise, state="written_off"), written(enterprise)
    draft.draft["contact"] = {"contact_name": "王工", "contact_phone": "13800001234"}
    draft.draft["needs"][0]["values"] |= {"quantity": "35.5", "unit": "亩"}
    draft.save()
    address = reverse("requests_desk:file_check", args=[draft.pk])
    page = as_enterprise.get(address).content.decode()
    assert found.number in page
    assert "补充到原需求" not in page, "what is closed takes nothing in"
    assert as_enterprise.post(address).status_code == 302
    draft.refresh_from_db()
    assert draft.submitted_at is not None


def test_a_need_goes_into_the_earlier_request_with_its_words_and_papers(
    as_enterprise: Client, enterprise: Actor, at
):
    found, draft = earlier(enterprise), written(enterprise)
    paper = drafting.attach(draft, paper=desk.paper(), need="1", actor=enterprise, at=at)
    address = reverse("requests_desk:file_needs", args=[draft.pk])
    answer = as_enterprise.post(address, {"supplement": f"1:{found.number}"}, follow=True)
    assert f"已补充到 {found.number}" in answer.content.decode()
    event = found.events.get(verb="supplement")
    assert event.text == "二期厂房新增建设用地\n指标没有落实"
    paper.refresh_from_db()
    assert (paper.filing, paper.factor_request, paper.event, paper.need) == (found.filing, found, event, "")
    draft.refresh_from_db()
    assert draft.draft["needs"] == []


def test_nothing_goes_into_what_is_closed_or_somebody_elses(as_enterprise: Client, enterprise, stranger):
    closed, foreign, draft = earlier(enterprise, state="written_off"), earlier(stranger), written(enterprise)
    address = reverse("requests_desk:file_needs", args=[draft.pk])
    answer = as_enterprise.post(address, {"supplement": f"1:{closed.number}"}, follow=True)
    assert "已销号" in answer.content.decode()
    assert as_enterprise.post(address, {"supplement": f"1:{foreign.number}"}).status_code == 404
    assert as_enterprise.post(address, {"supplement": "7"}).status_code == 404
    draft.refresh_from_db()
    assert len(draft.draft["needs"]) == 1
