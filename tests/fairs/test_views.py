"""The pages: who gets in, what they answer, and that nothing is lost when they refuse."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from fairs import arrivals
from taian_factors.lib import clock
from tests.directory import factories as directory

ANONYMOUS, STRANGER, STAFF, AUDITOR, OFFICE = "anonymous", "stranger", "staff", "auditor", "office"


@pytest.fixture
def clients(sign_in, hall, stranger, office_auditor):
    return {
        ANONYMOUS: Client(),
        STRANGER: sign_in(stranger),
        STAFF: sign_in(hall.clerk),
        AUDITOR: sign_in(office_auditor),
        OFFICE: sign_in(hall.office),
    }


def addresses(hall, visit):
    ticket = visit.tickets.get()
    fair, stall = hall.fair.pk, hall.other_stall.pk
    return {
        "overview": reverse("fairs:overview"),
        "fair": reverse("fairs:fair", args=[fair]),
        "plan": reverse("fairs:plan"),
        "replan": reverse("fairs:replan", args=[fair]),
        "plan_stalls": reverse("fairs:plan_stalls", args=[fair]),
        "copy_stalls": reverse("fairs:copy_stalls", args=[fair]),
        "remove_stall": reverse("fairs:remove_stall", args=[fair, stall]),
        "add_desk": reverse("fairs:add_desk", args=[fair, stall]),
        "desks": reverse("fairs:desks", args=[fair]),
        "empty_desk": reverse("fairs:empty_desk", args=[fair, hall.other_desk.pk]),
        "close": reverse("fairs:close", args=[fair]),
        "reception": reverse("fairs:reception", args=[fair]),
        "check_in": reverse("fairs:check_in", args=[fair, visit.enterprise_id]),
        "walk_in": reverse("fairs:walk_in", args=[fair]),
        "visit": reverse("fairs:visit", args=[visit.pk]),
        "take": reverse("fairs:take", args=[visit.pk]),
        "leave": reverse("fairs:leave", args=[ticket.pk]),
        "reenter": reverse("fairs:reenter", args=[ticket.pk]),
    }


# What each gets for a GET (a page) or a POST (a verb).
PAGES = {
    "overview": {STRANGER: 200, STAFF: 200, AUDITOR: 200, OFFICE: 200},
    "fair": {STRANGER: 403, STAFF: 200, AUDITOR: 200, OFFICE: 200},
    "plan": {STRANGER: 403, STAFF: 403, AUDITOR: 403, OFFICE: 200},
    "replan": {STRANGER: 403, STAFF: 403, AUDITOR: 403, OFFICE: 200},
    "plan_stalls": {STRANGER: 403, STAFF: 403, AUDITOR: 403, OFFICE: 200},
    "desks": {STRANGER: 403, STAFF: 403, AUDITOR: 200, OFFICE: 200},
    "reception": {STRANGER: 403, STAFF: 403, AUDITOR: 403, OFFICE: 200},
    "check_in": {STRANGER: 403, STAFF: 403, AUDITOR: 403, OFFICE: 200},
    "walk_in": {STRANGER: 403, STAFF: 403, AUDITOR: 403, OFFICE: 200},
    "visit": {STRANGER: 404, STAFF: 403, AUDITOR: 403, OFFICE: 200},
}
VERBS = {
    "copy_stalls": {STRANGER: 403, STAFF: 403, AUDITOR: 403, OFFICE: 422},
    "remove_stall": {STRANGER: 403, STAFF: 403, AUDITOR: 403, OFFICE: 302},
    "add_desk": {STRANGER: 403, STAFF: 403, AUDITOR: 403, OFFICE: 302},
    "empty_desk": {STRANGER: 404, STAFF: 404, AUDITOR: 403, OFFICE: 302},
    "close": {STRANGER: 403, STAFF: 403, AUDITOR: 403, OFFICE: 302},
    "take": {STRANGER: 404, STAFF: 403, AUDITOR: 403, OFFICE: 409},
    "leave": {STRANGER: 404, STAFF: 403, AUDITOR: 403, OFFICE: 302},
    "reenter": {STRANGER: 404, STAFF: 403, AUDITOR: 403, OFFICE: 409},
}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_opens_for_whom_it_is(page, today, visit, clients):
    address = addresses(today, visit)[page]
    assert clients[ANONYMOUS].get(address).status_code == 302
    got = {who: clients[who].get(address).status_code for who in PAGES[page]}
    assert got == PAGES[page]


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_is_done_for_whom_it_is_and_by_post_only(verb, today, visit, clients):
    address = addresses(today, visit)[verb]
    assert "/accounts/login/" in clients[ANONYMOUS].post(address).url
    assert clients[OFFICE].get(address).status_code == 405
    got = {who: clients[who].post(address).status_code for who in VERBS[verb]}
    assert got == VERBS[verb]


def test_somebody_without_a_body_finds_nothing(today, client):
    client.force_login(directory.person())
    assert client.get(reverse("fairs:overview")).status_code == 404


def test_an_enterprise_finds_its_ticket_on_the_overview(today, sign_in, enterprise):
    visit = arrivals.check_in(
        fair=today.fair, enterprise=enterprise.organization, actor=today.office, at=clock.now()
    )
    page = sign_in(enterprise).get(reverse("fairs:overview")).content.decode()
    assert reverse("fairs:ticket", args=[visit.token]) in page
    assert reverse("fairs:fair", args=[today.fair.pk]) not in page


def test_pages_carry_no_script_and_no_style_of_their_own(today, visit, clients):
    for name in PAGES:
        page = clients[OFFICE].get(addresses(today, visit)[name]).content.decode()
        assert not re.search(r"<script(?![^>]*src=)|\sstyle=|<style|\son\w+=", page), name


def test_the_day_leads_to_the_screen_of_each_zone(today, clients):
    page = clients[OFFICE].get(reverse("fairs:fair", args=[today.fair.pk])).content.decode()
    code = today.stall.zone.code
    address = reverse("fairs:zone_screen", args=[today.fair.token, code])
    assert page.count(f'href="{address}"') == 1
    assert clients[OFFICE].get(address).status_code == 200
