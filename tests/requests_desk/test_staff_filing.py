"""Staff file for an enterprise that they may file for, and are named; nobody else does."""

import pytest
from django.test import Client
from django.urls import reverse

from requests_desk.models import Filing
from taian_factors.directory.actors import Actor
from tests.requests_desk.test_enterprise_filing import CONTACT, LAND, check_url, needs_url, typed


@pytest.mark.parametrize("who", ["department_clerk", "chain_team", "county_office", "office_clerk", "bank"])
def test_staff_file_for_an_enterprise_and_are_named(who: str, enterprise: Actor, sign_in, request):
    staff = request.getfixturevalue(who)
    client = sign_in(staff)
    found = client.get(reverse("requests_desk:file"), {"q": "示例电气"}).content.decode()
    address = reverse("requests_desk:file_for", args=[enterprise.organization.pk])
    assert address in found
    client.post(address, CONTACT)
    draft = Filing.objects.get()
    client.post(needs_url(draft), {"add": "TD"})
    client.post(needs_url(draft), {**typed(LAND), "next": "1"})
    client.post(check_url(draft))
    answer = client.post(check_url(draft), follow=True)
    filing = Filing.objects.get()
    assert answer.status_code == 200, (
        "a double click is answered, even where the filing is not seen afterwards"
    )
    assert filing.submitted_at is not None
    assert (filing.enterprise, filing.typed_by, filing.typed_for) == (
        enterprise.organization,
        staff.user,
        staff.organization,
    )
    assert client.get(reverse("requests_desk:file_receipt", args=[filing.pk])).status_code == 200


def test_an_enterprise_is_found_by_its_credit_code(
    as_office_clerk: Client, enterprise: Actor, stranger: Actor
):
    code = enterprise.organization.profile.credit_code
    page = as_office_clerk.get(
        reverse("requests_desk:file"), {"q": f" {code[:9].lower()} {code[9:]}"}
    ).content.decode()
    assert enterprise.organization.name in page
    assert stranger.organization.name not in page


def test_a_chain_team_does_not_find_enterprises_of_other_chains(as_chain_team: Client, stranger: Actor):
    page = as_chain_team.get(reverse("requests_desk:file"), {"q": "示例食品"}).content.decode()
    assert "没有找到这家企业" in page
    address = reverse("requests_desk:file_for", args=[stranger.organization.pk])
    assert as_chain_team.get(address).status_code == 404
    assert as_chain_team.post(address, CONTACT).status_code == 404


def test_an_enterprise_does_not_file_for_another(as_enterprise: Client, stranger: Actor):
    address = reverse("requests_desk:file_for", args=[stranger.organization.pk])
    assert as_enterprise.post(address, CONTACT).status_code == 404
    assert not Filing.objects.exists()


def test_an_auditor_files_nothing(as_office_auditor: Client, enterprise: Actor):
    assert as_office_auditor.get(reverse("requests_desk:file")).status_code == 403
    address = reverse("requests_desk:file_for", args=[enterprise.organization.pk])
    assert as_office_auditor.post(address, CONTACT).status_code == 403


def test_an_enterprise_does_not_see_what_staff_are_still_typing(
    as_department_clerk: Client, as_enterprise: Client, enterprise: Actor
):
    as_department_clerk.post(reverse("requests_desk:file_for", args=[enterprise.organization.pk]), CONTACT)
    assert as_enterprise.get(needs_url(Filing.objects.get())).status_code == 404
