"""Every address: closed to who is not signed in, silent to strangers, and no act by a mere GET."""

from urllib.parse import urlsplit

import pytest
from django.apps import apps
from django.test import Client
from django.urls import reverse

from tests.directory import factories
from tests.house import world as worlds

pytestmark = pytest.mark.django_db

# Open pages show nothing of anybody, or stand behind a token that cannot be guessed.
OPEN = {
    "health",
    "fairs:hall_screen", "fairs:zone_screen", "fairs:kiosk", "fairs:door",
    "fairs:ticket", "fairs:ticket_take", "fairs:ticket_leave", "fairs:ticket_reenter",
    "requests_desk:fair_review", "requests_desk:big_screen", "requests_desk:big_screen_chart",
    "requests_desk:review", "requests_desk:review_again", "requests_desk:verify_contact", "requests_desk:track",
    # Published results are open to everybody, by intent: places, totals and counts, nothing of a matter.
    "scoring:open_data", "scoring:open_csv", "scoring:open_json",
}  # fmt: skip
OPEN_AT_THE_DOOR = {
    "account_login", "account_logout", "account_signup", "account_inactive", "account_confirm_email",
    "account_email_verification_sent", "account_confirm_login_code", "account_reset_password",
    "account_reset_password_done", "account_reset_password_from_key", "account_reset_password_from_key_done",
    "mfa_authenticate", "admin:login", "admin:logout",
}  # fmt: skip

OURS = sorted(worlds.addresses(), key=lambda address: address.route)
CLOSED = [address for address in OURS if not address.is_open]
SOMEBODYS = [address for address in CLOSED if address.row[1] is not None]


def named(addresses):
    return {"argvalues": addresses, "ids": [address.name for address in addresses]}


@pytest.fixture
def world(at):
    return worlds.build(at=at)


def test_only_the_listed_pages_are_open():
    assert {address.name for address in OURS if address.is_open} == OPEN
    assert {address.name for address in worlds.addresses(foreign=True) if address.is_open} <= OPEN_AT_THE_DOOR


def test_every_closed_page_sends_who_is_not_signed_in_to_the_door(world, client):
    astray = {}
    for address in CLOSED:
        for answer in (client.get(address.filled(world)), client.post(address.filled(world))):
            if answer.status_code != 302 or urlsplit(answer["Location"]).path != reverse("account_login"):
                astray[address.name] = answer.status_code
    assert astray == {}


def test_nobody_signs_up_by_himself(client):
    answer = client.get(reverse("account_signup"))
    assert "password1" not in answer.content.decode()


@pytest.mark.parametrize("role", ["stranger", "other_department"])
def test_no_stranger_learns_anything_of_somebody_elses(world, request, role):
    client = request.getfixturevalue(f"as_{role}")
    told = {}
    for address in SOMEBODYS:
        expected = _expected(address, role)
        got = {_answer(client, address.filled(world), method) for method in ("get", "post")} - {405}
        if not got <= expected:
            told[address.name] = got
    assert told == {}


# Departments see each other's places and reasons, the fair's figures, and file for any enterprise.
SHARED_AMONG_STAFF = {
    "fairs:fair",
    "scoring:ranking_sheet", "scoring:print_ranking", "scoring:projector",
    "scoring:preview", "scoring:publish", "scoring:why", "scoring:matters",
    "scoring:history_chart",
    "requests_desk:file_for", "requests_desk:plan_front_line",
}  # fmt: skip


def _expected(address, role):
    if role == "stranger":
        return {address.row[1], 404}
    if address.name in SHARED_AMONG_STAFF:
        return {200, 302, 403, 404, 422}
    return {403, 404} if address.route.startswith("fairs/<int:pk>") else {404}


def _answer(client, path, method):
    return getattr(client, method)(path).status_code


def test_what_does_not_exist_is_not_found(as_office_lead, world):
    missing = {
        address.name: status
        for address in SOMEBODYS
        if (status := _answer(as_office_lead, _to_nowhere(address), "post")) not in {404, 405}
    }
    assert missing == {}


def _to_nowhere(address):
    nothing = {
        "number": "no-such-number",
        "verb": "note",
        "period": "2023-06",
        "code": "NONE",
        "token": "none",
    }
    nothing |= {"indicator": "completion"}
    return reverse(address.name, kwargs={name: nothing.get(name, 999_999) for name in address.arguments})


# What must not happen by following a link: each refuses GET outright.
POST_ONLY = {
    "directory:switch",
    "fairs:close", "fairs:copy_stalls", "fairs:remove_stall", "fairs:add_desk", "fairs:empty_desk",
    "fairs:set_capacity", "fairs:renew_door", "fairs:refused_invitations", "fairs:check_in_guest",
    "fairs:take", "fairs:leave", "fairs:reenter",
    "fairs:ticket_take", "fairs:ticket_leave", "fairs:ticket_reenter",
    "requests_desk:cancel_booking", "requests_desk:name_staff",
    "requests_desk:act", "requests_desk:rehearse", "requests_desk:retire_template",
    "requests_desk:accept_filing", "requests_desk:file_discard",
    "requests_desk:file_take_over",
    "requests_desk:read_notices", "requests_desk:send_again", "requests_desk:start_export",
    "requests_desk:save_view", "requests_desk:rename_view", "requests_desk:share_view",
    "requests_desk:view_defaults", "requests_desk:retire_view",
    "requests_desk:store_list", "requests_desk:write_minutes",
    "requests_desk:open_factor_week", "requests_desk:sign_lines", "requests_desk:carry_over_rest",
    "requests_desk:see_lines", "requests_desk:differ_lines", "requests_desk:close_factor_week",
    "requests_desk:file_front_line", "requests_desk:act_front_line",
    "scoring:compute", "scoring:preview", "scoring:publish", "scoring:issue", "scoring:judge_duty",
    "scoring:print_bulletin", "scoring:set_aside",
    "scoring:answer_duty", "scoring:store_duties", "scoring:arrange_overdue",
    "scoring:draft_rules", "scoring:put_rules_in_force", "scoring:take_back_rules",
    "scoring:set_rules_aside",
}  # fmt: skip


def test_verbs_refuse_get(world, as_office_lead):
    refused = {
        address.name: status
        for address in OURS
        if address.name in POST_ONLY
        and (status := _answer(as_office_lead, address.filled(world), "get")) != 405
    }
    assert refused == {}
    assert {address.name for address in OURS} >= POST_ONLY


WRITTEN_BY_LOOKING = {"requests_desk.AttachmentDownload"}  # the log of who fetched what
LEFT_ALONE = {"sessions", "admin", "contenttypes", "auth", "account", "mfa"}


@pytest.mark.parametrize("role", ["office_lead", "department_lead", "bank", "enterprise"])
def test_no_get_writes_anything_and_none_breaks(world, request, role):
    client = request.getfixturevalue(f"as_{role}")
    before, broken = _rows(), {}
    for address in OURS:
        status = _answer(client, address.filled(world), "get")
        if status not in {200, 302, 304, 403, 404, 405}:
            broken[address.name] = status
    changed = {name: count - before[name] for name, count in _rows().items() if count != before[name]}
    assert (broken, changed) == ({}, {})


def _rows():
    return {
        model._meta.label: model.objects.count()
        for model in apps.get_models()
        if model._meta.app_label not in LEFT_ALONE and model._meta.label not in WRITTEN_BY_LOOKING
    }


def test_a_person_without_a_place_gets_no_page_that_breaks(world, db):
    client = Client()
    client.force_login(factories.person())
    broken = {
        address.name: status
        for address in CLOSED
        if (status := _answer(client, address.filled(world), "get")) not in {200, 302, 403, 404, 405}
    }
    assert broken == {}
