"""A need written down by others: at a counter, by a chain team, on a visit; the enterprise sees it and takes over."""

import pytest
from django.test import Client
from django.urls import reverse

from requests_desk import drafting, intake
from requests_desk.journal import NotAllowedError, RefusedError
from requests_desk.models import Filing
from taian_factors.directory.actors import Actor
from tests.requests_desk import factories as desk

pytestmark = pytest.mark.django_db
CONTACT = {"key": "k1", "project": "", "contact_name": "王工", "contact_phone": "13800001234", "next": "1"}
LAND = {
    "need1-headline": "二期厂房用地",
    "need1-quantity": "35.5",
    "need1-story": "指标没有落实。",
    "next": "1",
}


def begun(client: Client, enterprise: Actor, **contact: str) -> Filing:
    """Staff write the two first steps."""
    client.post(reverse("requests_desk:file_for", args=[enterprise.organization.pk]), {**CONTACT, **contact})
    draft = Filing.objects.latest("pk")
    client.post(needs_url(draft), {"add": "TD"})
    client.post(needs_url(draft), LAND)
    draft.refresh_from_db()
    return draft


def needs_url(draft: Filing) -> str:
    return reverse("requests_desk:file_needs", args=[draft.pk])


@pytest.mark.parametrize(("heard", "channel"), [("", "counter"), ("visit", "visit")])
def test_it_is_marked_who_wrote_it_and_where_it_was_heard(
    heard, channel, as_chain_team, as_enterprise, enterprise, chain_team
):
    draft = begun(as_chain_team, enterprise)
    draft.draft["contact"]["heard"] = heard
    draft.save()
    as_chain_team.post(reverse("requests_desk:file_check", args=[draft.pk]))
    draft.refresh_from_db()
    assert (draft.typed_by, draft.typed_for, draft.channel) == (
        chain_team.user,
        chain_team.organization,
        channel,
    )
    number = draft.factor_requests.get().number
    page = as_enterprise.get(reverse("requests_desk:show", args=[number])).content.decode()
    assert f"<dt>代录</dt><dd>{chain_team.organization.short}" in page
    mine = as_enterprise.get(reverse("requests_desk:mine")).content.decode()
    assert f"{chain_team.organization.short}代录" in mine


def test_an_enterprise_cannot_say_that_it_was_visited(as_enterprise: Client, enterprise: Actor):
    draft = desk.draft(enterprise, "TD")
    draft.draft["contact"] = {**CONTACT, "heard": "visit"}
    draft.save()
    as_enterprise.post(needs_url(draft), LAND)
    as_enterprise.post(reverse("requests_desk:file_check", args=[draft.pk]))
    assert Filing.objects.get().channel == Filing.Channel.ONLINE


def test_the_enterprise_takes_over_what_others_began_and_sends_it_itself(
    as_chain_team: Client, as_enterprise: Client, enterprise: Actor, chain_team: Actor
):
    draft = begun(as_chain_team, enterprise, heard="visit")
    assert (
        f"{chain_team.organization.name}正在代您录入"
        in as_enterprise.get(reverse("requests_desk:mine")).content.decode()
    )
    assert as_enterprise.get(needs_url(draft)).status_code == 404
    answer = as_enterprise.post(reverse("requests_desk:file_take_over", args=[draft.pk]), follow=True)
    assert "已由您接着填" in answer.content.decode()
    assert 'value="二期厂房用地"' in as_enterprise.get(needs_url(draft)).content.decode()
    assert as_chain_team.get(needs_url(draft)).status_code == 404
    as_enterprise.post(reverse("requests_desk:file_check", args=[draft.pk]))
    draft.refresh_from_db()
    assert (draft.typed_by, draft.typed_for, draft.begun_for) == (
        enterprise.user,
        enterprise.organization,
        chain_team.organization,
    )
    assert draft.channel == Filing.Channel.VISIT
    page = as_enterprise.get(reverse("requests_desk:show", args=[draft.factor_requests.get().number]))
    assert f"{chain_team.organization.short}起草，企业接手" in page.content.decode()


def test_nobody_else_takes_over_and_nobody_twice(
    as_chain_team, as_stranger, enterprise, stranger, chain_team, at
):
    draft = begun(as_chain_team, enterprise)
    assert as_stranger.post(reverse("requests_desk:file_take_over", args=[draft.pk])).status_code == 404
    for other in (stranger, chain_team):
        with pytest.raises(NotAllowedError):
            drafting.take_over(draft, actor=other, at=at)
    drafting.take_over(draft, actor=enterprise, at=at)
    with pytest.raises(RefusedError, match="不在代录"):
        drafting.take_over(draft, actor=enterprise, at=at)


def test_what_was_taken_over_is_neither_saved_nor_sent_by_who_began_it(
    as_chain_team, enterprise, chain_team, at
):
    draft = begun(as_chain_team, enterprise)
    drafting.take_over(draft, actor=enterprise, at=at)
    owner = enterprise.organization
    with pytest.raises(NotAllowedError, match="接手"):
        drafting.save_draft(draft, enterprise=owner, content={}, actor=chain_team, at=at)
    with pytest.raises(RefusedError, match="接手"):
        intake.file(enterprise=owner, needs=[desk.need()], draft=draft, actor=chain_team, at=at)
    with pytest.raises(NotAllowedError):
        drafting.discard_draft(draft, actor=chain_team)
