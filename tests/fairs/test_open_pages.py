"""The open pages: the hall screen, the kiosk, the ticket on a phone, each behind its word."""

import re

import pytest
from django.urls import reverse

from fairs.models import Visit
from taian_factors.lib import clock
from taian_factors.lib.codes import qr
from tests.directory import factories as directory
from tests.fairs import factories


def test_the_screen_is_open_to_its_word_and_names_no_enterprise(today, client, sign_in):
    ticket = factories.called(today.desk, today.clerk, at=clock.now())
    page = client.get(reverse("fairs:hall_screen", args=[today.fair.token])).content.decode()
    assert "001 号" in page
    assert f'data-speak-id="call-{ticket.pk}-1"' in page
    assert ticket.visit.enterprise.name not in page
    assert ticket.visit.token not in page


@pytest.mark.parametrize("name", ["hall_screen", "kiosk", "ticket"])
def test_a_wrong_word_opens_nothing(name, today, client):
    for headers in ({}, {"HX-Request": "true"}):
        assert client.get(reverse(f"fairs:{name}", args=["wrong"]), headers=headers).status_code == 404


@pytest.mark.parametrize("name", ["hall_screen", "ticket"])
def test_a_poller_is_answered_304_until_something_happens(name, today, visit, client):
    address = reverse(f"fairs:{name}", args=[today.fair.token if name == "hall_screen" else visit.token])
    first = client.get(address, headers={"HX-Request": "true"})
    assert first.status_code == 200
    assert b"<html" not in first.content
    assert "HX-Request" in first.headers["Vary"]
    again = {"HX-Request": "true", "If-None-Match": first.headers["ETag"]}
    assert client.get(address, headers=again).status_code == 304
    factories.waiting(today.stall, at=clock.now(), priority=1)
    assert client.get(address, headers=again).status_code == 200


def test_a_whole_page_is_never_answered_from_memory(today, client):
    page = client.get(reverse("fairs:hall_screen", args=[today.fair.token]))
    assert "ETag" not in page.headers
    assert b"<html" in page.content


def test_the_phone_shows_number_and_people_ahead(visit, client):
    page = client.get(reverse("fairs:ticket", args=[visit.token])).content.decode()
    assert ">001<" in page
    assert "前面 0 家" in page
    assert "暂无法估计" in page


def test_the_phone_s_owner_takes_leaves_and_comes_back(today, visit, client):
    word = visit.token
    client.post(reverse("fairs:ticket_take", args=[word]), {"stall": today.other_stall.pk})
    other = visit.tickets.get(stall=today.other_stall)
    answer = client.post(reverse("fairs:ticket_leave", args=[word, other.pk]), follow=True)
    assert "已离开" in answer.content.decode()
    click = {"desk": today.desk, "actor": today.clerk, "at": clock.now()}
    missed = factories.queueing.call_next(**click, key=factories.key())
    factories.queueing.pass_over(**click, key=factories.key())
    assert "重新排队" in client.get(reverse("fairs:ticket", args=[word])).content.decode()
    client.post(reverse("fairs:ticket_reenter", args=[word, missed.pk]))
    missed.refresh_from_db()
    assert (missed.state, missed.has_reentered) == ("waiting", True)


def test_the_phone_refuses_in_chinese_with_a_way_back(today, visit, client):
    word, ticket = visit.token, visit.tickets.get()
    answer = client.post(reverse("fairs:ticket_reenter", args=[word, ticket.pk]))
    assert answer.status_code == 409
    assert "等候" in answer.content.decode()
    assert reverse("fairs:ticket", args=[word]) in answer.content.decode()
    assert client.post(reverse("fairs:ticket_take", args=[word]), {"stall": "x"}).status_code == 409


def test_a_word_reaches_the_tickets_of_its_own_visit_only(today, visit, client):
    other = factories.waiting(today.stall, at=clock.now())
    for name in ("ticket_leave", "ticket_reenter"):
        answer = client.post(reverse(f"fairs:{name}", args=[visit.token, other.pk]))
        assert answer.status_code == 404


def test_the_kiosk_gives_number_and_phone_page_once(today, client):
    enterprise = directory.enterprise()
    address = reverse("fairs:kiosk", args=[today.fair.door_token])
    typed = {"credit_code": f" {enterprise.profile.credit_code.lower()} ", "stalls": [today.stall.pk]}
    page = client.post(address, typed).content.decode()
    visit = Visit.objects.get(enterprise=enterprise)
    assert visit.channel == "kiosk"
    assert qr(f"http://testserver{reverse('fairs:ticket', args=[visit.token])}") in page
    # Nothing leads away from a kiosk: whoever comes next would find a stranger's page, or the sign-in.
    assert set(re.findall(r'<a [^>]*href="([^"]+)"', page)) == {"#main", address}
    again = client.post(address, {**typed, "stalls": [today.other_stall.pk]}).content.decode()
    assert "今天已签到" in again
    assert "data:image" not in again
    assert visit.tickets.count() == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"credit_code": "123"}, "18 位"),
        ({"credit_code": directory.credit_code(990001)}, "请到服务台签到"),
        ({"credit_code": ""}, "统一社会信用代码"),
        ({"contact_phone": "12"}, "11 位手机号"),
        ({"stalls": []}, "请至少选一个摊位"),
    ],
)
def test_the_kiosk_names_the_field_that_is_wrong(typed, said, today, client):
    good = {"credit_code": directory.enterprise().profile.credit_code, "stalls": [today.stall.pk]}
    answer = client.post(reverse("fairs:kiosk", args=[today.fair.door_token]), {**good, **typed})
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Visit.objects.exists()


def test_the_kiosk_of_another_day_takes_nobody_in(hall, client):
    typed = {"credit_code": directory.enterprise().profile.credit_code, "stalls": [hall.stall.pk]}
    answer = client.post(reverse("fairs:kiosk", args=[hall.fair.door_token]), typed)
    assert answer.status_code == 422
    assert "今天不能签到" in answer.content.decode()


def test_a_press_on_the_phone_that_comes_again_takes_no_second_number(today, visit, client):
    address = reverse("fairs:ticket", args=[visit.token])
    key = re.search(r'name="key" value="(\w{32})"', client.get(address).content.decode())[1]
    press = {"stall": today.other_stall.pk, "key": key}
    for _ in range(2):
        answer = client.post(f"{address}take/", press, follow=True).content.decode()
        assert f"已在 {today.other_stall.code} 排队" in answer
    taken = visit.tickets.get(stall=today.other_stall)
    client.post(reverse("fairs:ticket_leave", args=[visit.token, taken.pk]))
    answer = client.post(f"{address}take/", press, follow=True).content.decode()
    assert "先前已办过" in answer
    assert visit.tickets.filter(stall=today.other_stall).count() == 1
