"""A draft saves itself, goes on elsewhere, is its owner's alone, and ends when it is sent or put away."""

import pytest
from django.test import Client
from django.urls import reverse

from requests_desk import drafting
from requests_desk.journal import RefusedError
from requests_desk.models import Filing
from taian_factors.directory.actors import Actor
from tests.requests_desk.test_enterprise_filing import begin, check_url, filled, needs_url, typed, with_needs


def test_opening_the_page_writes_nothing(as_enterprise: Client):
    as_enterprise.get(reverse("requests_desk:file"))
    assert not Filing.objects.exists()


def test_what_is_typed_saves_itself_even_when_it_is_wrong(as_enterprise: Client):
    address, autosave = reverse("requests_desk:file"), {"HX-Request": "true"}
    for phone in ("13", "1380000"):
        data = {"key": "k9", "contact_name": "王工", "contact_phone": phone}
        assert as_enterprise.post(address, data, headers=autosave).status_code == 204
    draft = Filing.objects.get()
    assert draft.draft["contact"]["contact_phone"] == "1380000"
    assert draft.saved_at is not None
    assert (
        'value="1380000"'
        in as_enterprise.get(reverse("requests_desk:file_contact", args=[draft.pk])).content.decode()
    )


def test_a_draft_goes_on_where_it_was_left_on_another_device(
    as_enterprise: Client, enterprise: Actor, sign_in
):
    draft = with_needs(as_enterprise, "TD")
    as_enterprise.post(needs_url(draft), typed({"headline": "写了一半"}), headers={"HX-Request": "true"})
    phone = sign_in(enterprise)
    assert needs_url(draft) in phone.get(reverse("requests_desk:mine")).content.decode()
    page = phone.get(needs_url(draft)).content.decode()
    assert 'value="写了一半"' in page
    assert "已保存" in page


def test_a_first_step_sent_twice_is_one_draft(as_enterprise: Client):
    begin(as_enterprise)
    begin(as_enterprise)
    assert Filing.objects.count() == 1


def test_a_sent_filing_is_no_draft_any_more(as_enterprise: Client):
    draft = filled(as_enterprise)
    as_enterprise.post(check_url(draft))
    assert as_enterprise.get(needs_url(draft)).status_code == 404
    assert as_enterprise.post(needs_url(draft), {"add": "TD"}).status_code == 404


def test_a_late_autosave_does_not_undo_a_submission(as_enterprise: Client, enterprise: Actor, at):
    draft = filled(as_enterprise)
    stale = Filing.objects.get(pk=draft.pk)
    as_enterprise.post(check_url(draft))

    with pytest.raises(RefusedError, match="已经提交"):
        drafting.save_draft(stale, enterprise=enterprise.organization, content={}, actor=enterprise, at=at)
    assert Filing.objects.get().submitted_at is not None


def test_a_draft_is_put_away_and_stays_in_the_database(as_enterprise: Client):
    draft = begin(as_enterprise)
    answer = as_enterprise.post(reverse("requests_desk:file_discard", args=[draft.pk]), follow=True)
    assert "草稿已放弃" in answer.content.decode()
    assert as_enterprise.get(needs_url(draft)).status_code == 404
    assert Filing.objects.get().is_discarded


@pytest.mark.parametrize("name", ["file_contact", "file_needs", "file_check"])
def test_nobody_else_sees_a_draft(
    as_enterprise: Client, as_stranger: Client, as_office_clerk: Client, client: Client, name: str
):
    address = reverse(f"requests_desk:{name}", args=[begin(as_enterprise).pk])
    assert as_stranger.get(address).status_code == 404
    assert as_office_clerk.get(address).status_code == 404
    assert client.get(address).status_code == 302


def test_nobody_else_puts_a_draft_away_or_sees_the_receipt(as_enterprise: Client, as_stranger: Client):
    draft = filled(as_enterprise)
    assert as_stranger.post(reverse("requests_desk:file_discard", args=[draft.pk])).status_code == 404
    as_enterprise.post(check_url(draft))
    assert as_stranger.get(reverse("requests_desk:file_receipt", args=[draft.pk])).status_code == 404
    assert as_enterprise.get(reverse("requests_desk:file_discard", args=[draft.pk])).status_code == 405
