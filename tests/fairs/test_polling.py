"""Hall screens and phones that poll: 304 unless something changed for them, and nothing asked of the database."""

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from fairs import sharing
from fairs.models import Zone
from taian_factors.lib import clock
from tests.fairs import factories


def poll(client, address, tag=""):
    """Ask as a polling page asks; return the answer and what it cost in queries."""
    headers = {"HX-Request": "true", **({"If-None-Match": tag} if tag else {})}
    with CaptureQueriesContext(connection) as asked:
        answer = client.get(address, headers=headers)
    return answer, len(asked)


def test_a_phone_is_not_bothered_by_what_happens_at_other_stalls(today, visit, client):
    address = reverse("fairs:ticket", args=[visit.token])
    first, _ = poll(client, address)
    factories.called(today.other_desk, today.other_clerk, at=clock.now())
    assert poll(client, address, first.headers["ETag"])[0].status_code == 304


def test_polling_costs_one_query_a_second_and_nobody_is_looked_up(today, visit, as_office_clerk, settings):
    settings.SCREENS_LOOK_EVERY = 60
    sharing.forget()
    phone = reverse("fairs:ticket", args=[visit.token])
    screen = reverse("fairs:hall_screen", args=[today.fair.token])
    zone = reverse("fairs:zone_screen", args=[today.fair.token, "B"])
    tags = {address: poll(as_office_clerk, address)[0].headers["ETag"] for address in (phone, screen, zone)}
    for address, tag in tags.items():
        again, cost = poll(as_office_clerk, address, tag)
        assert (again.status_code, cost, again.content) == (304, 0, b"")
        assert poll(as_office_clerk, address)[1] == 0
    sharing.forget()


def test_a_visit_that_has_just_come_in_is_on_its_phone_at_once(today, visit, client, settings):
    settings.SCREENS_LOOK_EVERY = 60
    sharing.forget()
    poll(client, reverse("fairs:ticket", args=[visit.token]))
    other = factories.waiting(today.other_stall, at=clock.now()).visit
    answer, _ = poll(client, reverse("fairs:ticket", args=[other.token]))
    assert ">002<" in answer.content.decode()
    sharing.forget()


def test_a_zone_s_screen_shows_its_stalls_only(today, client):
    zone = Zone.objects.create(fair=today.fair, code="F", name="金融服务")
    bank = factories.stall(today.fair, "B01", zone=zone)
    page = client.get(reverse("fairs:zone_screen", args=[today.fair.token, "F"])).content.decode()
    assert (bank.code in page, today.stall.code in page, "F 金融服务" in page) == (True, False, True)
    assert client.get(reverse("fairs:zone_screen", args=[today.fair.token, "X"])).status_code == 404


def test_every_call_is_spoken_however_many_there_are(today, client):
    for number in range(8):
        desk, clerk = factories.seated(factories.stall(today.fair, "FGW", code=f"C{number}"), at=clock.now())
        factories.called(desk, clerk, at=clock.now())
    page = client.get(reverse("fairs:hall_screen", args=[today.fair.token])).content.decode()
    assert (page.count("data-speak="), page.count('class="hall-call"')) == (8, 5)


def test_a_phone_says_where_it_is_shortest_and_that_a_stall_is_paused(today, visit, client):
    factories.waiting(today.other_stall, visit=visit, at=clock.now())
    address = reverse("fairs:ticket", args=[visit.token])
    assert "现在等得最短的是" in client.get(address).content.decode()
    factories.queueing.pause_desk(desk=today.desk, is_paused=True, actor=today.clerk, at=clock.now())
    page = client.get(address).content.decode()
    assert "摊位暂停叫号" in page
    assert f"现在等得最短的是 <strong>{today.other_stall.code}" in page


def test_the_phone_offers_the_rating_when_something_was_served(today, client):
    at = clock.now()
    waiting, served = (
        factories.waiting(today.other_stall, at=at),
        factories.served(today.desk, today.clerk, at=at),
    )
    for ticket, offered in ((waiting, False), (served, True)):
        page = client.get(reverse("fairs:ticket", args=[ticket.visit.token])).content.decode()
        assert ("满意度测评" in page) is offered


def test_what_nobody_asked_for_in_a_while_is_told_to_nobody(today, visit, monkeypatch):
    old = sharing.current(today.fair.pk)
    factories.called(today.other_desk, today.other_clerk, at=clock.now())
    later = old.taken_at + 1 + sharing.TOO_OLD
    monkeypatch.setattr("fairs.sharing.time.time", lambda: later)
    monkeypatch.setattr("fairs.sharing._may_look", lambda fair_id: False)  # another process is at it
    assert sharing.current(today.fair.pk).picture.word != old.picture.word
    sharing.forget()
