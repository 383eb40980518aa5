"""Booking with needs first: which stalls are proposed, what is kept, who is told, who sees it."""

from datetime import time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fairs import reserving
from fairs.inviting import Line, invite
from fairs.models import Booking, Fair
from requests_desk import booking, proposing
from requests_desk.models import BookedNeed, Delivery, Filing
from requests_desk.tasks import announce_bookings
from taian_factors.lib import clock
from taian_factors.lib.periods import local_day
from tests.directory import factories as directory
from tests.fairs import factories as fairs
from tests.requests_desk import factories as desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def fair(db) -> Fair:
    """A fair in a week with stalls of the land department, a bank that handles finance, and one more body."""
    made = fairs.fair(
        held_on=local_day(clock.now()) + timedelta(days=7), opens_at=time(9), closes_at=time(12)
    )
    for code in ("ZGJ", "B01", "STJ"):
        stall = fairs.stall(made, code, code=code)
        for start in ("09:00", "10:00", "11:00"):
            fairs.slot(stall, start, f"{int(start[:2]) + 1:02d}:00")
    made.stalls.get(code="B01").handles.add(desk.factor("JR"))
    fairs.stall(made, "GTB", code="C01", is_joint_table=True)
    return made


def proposals(fair, owner, *keys, there=None):
    needs = proposing.chosen_needs(owner, keys)
    return proposing.propose(fair, needs, booking=there, at=clock.now())


def test_the_directory_leads_to_the_stall_of_the_lead_and_handling_stalls_follow(fair, enterprise):
    land = desk.filed("TD", enterprise=enterprise.organization)
    keys = (f"r{land.pk}", f"f{desk.factor('JR').pk}")
    found = proposals(fair, enterprise.organization, *keys)
    near = {one.stall.code: one for one in found.near}
    assert near["ZGJ"].nearness == proposing.LEADS
    assert "土地由" in near["ZGJ"].reasons[0]
    assert any("金融" in reason for reason in near["B01"].reasons)
    assert "C01" not in {one.stall.code for one in (*found.near, *found.others)}
    chosen = [one.chosen for one in found.near if one.chosen]
    assert len(chosen) == 2
    assert not chosen[0].overlaps(chosen[1])


def test_a_body_without_a_stall_is_said_to_be_absent(fair, enterprise):
    fair.stalls.get(code="ZGJ").slots.all().delete()
    stall = fair.stalls.get(code="ZGJ")
    stall.desks.all().delete()
    stall.delete()
    found = proposals(fair, enterprise.organization, f"f{desk.factor('TD').pk}")
    assert found.near == []
    assert "本场没有它的摊位" in found.absent[0]


def test_full_slots_are_not_chosen_beforehand_and_stalls_booked_already_not_offered(fair, enterprise):
    first, second, _ = fair.stalls.get(code="ZGJ").slots.order_by("starts_at")
    fairs.booked(first, at=clock.now())
    key = f"f{desk.factor('TD').pk}"
    near = proposals(fair, enterprise.organization, key).near
    assert near[0].chosen == second
    there = fairs.booked(second, at=clock.now(), enterprise=enterprise.organization).booking
    offered = proposals(fair, enterprise.organization, key, there=there)
    assert "ZGJ" not in {one.stall.code for one in (*offered.near, *offered.others)}


def test_needs_are_the_enterprise_s_own_requests_and_drafts(enterprise, stranger):
    mine = desk.filed("TD", enterprise=enterprise.organization)
    foreign = desk.filed("TD", enterprise=stranger.organization)
    need = {"id": "1", "factor": "JR", "values": {"headline": "流动资金贷款"}}
    draft = Filing.objects.create(
        enterprise=enterprise.organization,
        typed_for=enterprise.organization,
        draft={"needs": [need]},
        saved_at=clock.now(),
    )
    found = proposing.needs_of(enterprise.organization)
    assert [one.key for one in found] == [f"r{mine.pk}", f"d{draft.pk}-1"]
    assert found[1].label == "流动资金贷款（金融服务）"
    assert proposing.chosen_needs(enterprise.organization, [f"r{foreign.pk}"]) == []


def test_the_proposals_cost_the_same_whatever_the_size(fair, enterprise, django_assert_num_queries):
    keys = [f"f{desk.factor(code).pk}" for code in ("TD", "JR")]
    needs = proposing.chosen_needs(enterprise.organization, keys)
    at = clock.now()
    with django_assert_num_queries(5):
        proposing.propose(fair, needs, booking=None, at=at)
    for number in range(10):
        fairs.slot(fairs.stall(fair, "FGW", code=f"F{number}"))
    with django_assert_num_queries(5):
        proposing.propose(fair, needs, booking=None, at=at)


def test_an_enterprise_books_by_two_pages_and_gets_its_code(fair, enterprise, as_enterprise):
    land = desk.filed("TD", enterprise=enterprise.organization)
    assert (
        land.headline
        in as_enterprise.get(reverse("requests_desk:book_needs", args=[fair.pk])).content.decode()
    )
    address = reverse("requests_desk:book_slots", args=[fair.pk])
    assert as_enterprise.get(address)["Location"] == reverse("requests_desk:book_needs", args=[fair.pk])
    address += f"?need=r{land.pk}"
    stall = fair.stalls.get(code="ZGJ")
    slot = stall.slots.order_by("starts_at").first()
    contact = {"contact_name": "张三", "contact_phone": "13800002222"}
    nothing = as_enterprise.post(address, contact)
    assert nothing.status_code == 422
    assert "请至少选一个" in nothing.content.decode()
    page = as_enterprise.post(address, {**contact, f"stall{stall.pk}": slot.pk}, follow=True)
    made = Booking.objects.get()
    assert made.code in page.content.decode()
    need = BookedNeed.objects.get()
    assert (need.factor_request, need.filing, made.contact_name) == (land, land.filing, "张三")
    assert "已约了" not in page.content.decode()


def test_the_office_books_for_who_rings_up_and_sees_no_drafts(
    fair, enterprise, office_clerk, as_office_clerk, as_office_auditor, as_department_clerk, as_stranger
):
    owner = enterprise.organization
    need = {"id": "1", "factor": "JR", "values": {"headline": "还没想好"}}
    Filing.objects.create(enterprise=owner, typed_for=owner, draft={"needs": [need]}, saved_at=clock.now())
    first = reverse("requests_desk:book_needs", args=[fair.pk]) + f"?enterprise={owner.pk}"
    page = as_office_clerk.get(first).content.decode()
    assert owner.name in page
    assert "还没想好" not in page
    for client in (as_office_auditor, as_department_clerk):
        assert client.get(first).status_code == 403
    assert owner.name not in as_stranger.get(first).content.decode()
    assert as_office_clerk.get(first + "x").status_code == 404
    stall = fair.stalls.get(code="ZGJ")
    second = reverse("requests_desk:book_slots", args=[fair.pk])
    query = f"?enterprise={owner.pk}&need=f{desk.factor('TD').pk}"
    typed = {
        "contact_name": "张三",
        "contact_phone": "13800002222",
        f"stall{stall.pk}": stall.slots.first().pk,
    }
    made = as_office_clerk.post(second + query, typed)
    booked = Booking.objects.get()
    assert made["Location"] == reverse("requests_desk:booking", args=[booked.code])
    assert (booked.enterprise, booked.booked_by) == (owner, office_clerk.user)


def test_a_booking_is_seen_by_its_enterprise_and_the_office_alone(
    fair, enterprise, as_enterprise, as_stranger, as_department_clerk, as_office_clerk
):
    slot = fair.stalls.get(code="ZGJ").slots.first()
    place = fairs.booked(slot, at=clock.now(), enterprise=enterprise.organization)
    code = place.booking.code
    addresses = [
        reverse("requests_desk:booking", args=[code]),
        reverse("requests_desk:cancel_booking", args=[code]),
        reverse("requests_desk:change_place", args=[code, place.pk]),
    ]
    for client in (as_stranger, as_department_clerk):
        assert client.get(addresses[0]).status_code == 404
        assert {client.post(address).status_code for address in addresses[1:]} == {404}
    assert "data:image/svg" in as_enterprise.get(addresses[0]).content.decode()
    assert place.booking.enterprise.name in as_office_clerk.get(addresses[0]).content.decode()
    assert as_department_clerk.get(reverse("requests_desk:booking_list")).status_code == 403
    as_enterprise.post(addresses[2], {"step": "cancel"})
    place.refresh_from_db()
    assert place.cancelled_at


def test_scanned_at_reception_on_the_day_a_booking_opens_the_check_in(
    fair, enterprise, as_office_clerk, as_office_auditor
):
    place = fairs.booked(fair.stalls.first().slots.last(), at=clock.now(), enterprise=enterprise.organization)
    Fair.objects.filter(pk=fair.pk).update(held_on=local_day(clock.now()))
    address = reverse("requests_desk:booking", args=[place.booking.code])
    check_in = reverse("fairs:check_in", args=[fair.pk, enterprise.organization.pk])
    assert as_office_clerk.get(address)["Location"] == check_in
    assert as_office_auditor.get(address).status_code == 200


def test_who_comes_up_from_the_waiting_list_is_told_once(fair, enterprise, stranger):
    slot, at = fair.stalls.get(code="ZGJ").slots.first(), clock.now()
    held = fairs.booked(slot, at=at, enterprise=stranger.organization)
    waits = fairs.booked(slot, at=at, enterprise=enterprise.organization)
    booking.cancel(places=[held], actor=stranger, at=at)
    told = Delivery.objects.at_the_bell().get()
    assert told.user == enterprise.user
    assert "候补成功" in told.text
    assert told.url == reverse("requests_desk:booking", args=[waits.booking.code])
    assert announce_bookings() == 0
    waits.refresh_from_db()
    assert waits.told_at == at


def test_a_promotion_that_was_not_told_is_told_by_the_clock(fair, enterprise, office_clerk):
    slot, at = fair.stalls.first().slots.first(), clock.now()
    held = fairs.booked(slot, at=at)
    fairs.booked(slot, at=at, enterprise=enterprise.organization)
    reserving.cancel(places=[held], actor=office_clerk, at=at, reason="停电")
    assert (announce_bookings(), announce_bookings()) == (1, 0)
    assert Delivery.objects.at_the_bell().filter(user=enterprise.user).count() == 1


def test_the_invited_are_told_once(fair, enterprise, office_clerk):
    lines = [Line(2, name=enterprise.organization.name), Line(3, name=directory.enterprise().name)]
    invite(fair=fair, lines=lines, actor=office_clerk, at=clock.now())
    assert (announce_bookings(), announce_bookings()) == (2, 0)
    told = Delivery.objects.at_the_bell().get(user=enterprise.user)
    assert fair.name in told.text
    assert told.url == reverse("requests_desk:book_needs", args=[fair.pk])


def test_what_is_booked_twice_is_written_down_once(fair, enterprise):
    land = desk.filed("TD", enterprise=enterprise.organization)
    needs = proposing.chosen_needs(enterprise.organization, [f"r{land.pk}", f"f{desk.factor('JR').pk}"])
    slots = fair.stalls.get(code="ZGJ").slots.all()[:1], fair.stalls.get(code="B01").slots.all()[1:2]
    for chosen in slots:
        booking.book(
            fair=fair, enterprise=enterprise.organization, needs=needs, slots=list(chosen), actor=enterprise,
            at=clock.now(),
        )  # fmt: skip
    assert BookedNeed.objects.count() == 2


@pytest.mark.parametrize("page", ["booking_list", "book_needs", "book_slots"])
def test_a_booking_page_costs_the_same_with_more_fairs_and_needs(page, fair, enterprise, as_enterprise):
    query = f"?need=f{desk.factor('TD').pk}"
    address = reverse(f"requests_desk:{page}", args=[] if page == "booking_list" else [fair.pk]) + query
    assert as_enterprise.get(address).status_code == 200
    few = queries_of(as_enterprise, address)
    for number in range(5):
        other = fairs.fair(held_on=fair.held_on, name=f"另一场{number}")
        fairs.slot(fairs.stall(other, "ZGJ"))
        desk.filed("TD", enterprise=enterprise.organization)
        fairs.slot(fairs.stall(fair, "FGW", code=f"F{number}"), "09:00", "10:00")
    assert queries_of(as_enterprise, address) == few


def queries_of(client, address):
    with CaptureQueriesContext(connection) as queries:
        client.get(address)
    return len(queries)


def test_a_need_that_is_only_a_factor_is_named_once(fair, enterprise, as_enterprise):
    needs = proposing.chosen_needs(enterprise.organization, [f"f{desk.factor('TD').pk}"])
    slots = [fair.stalls.get(code="ZGJ").slots.first()]
    contact = {"contact_name": "李经理", "contact_phone": "13800004444"}
    given = {"fair": fair, "enterprise": enterprise.organization, "needs": needs, "slots": slots}
    made = booking.book(**given, **contact, actor=enterprise, at=clock.now())
    page = as_enterprise.get(reverse("requests_desk:booking", args=[made.code])).content.decode()
    assert page.partition("要谈的需求")[2].partition("</section>")[0].count("土地") == 1
    assert "先不取消" in page
