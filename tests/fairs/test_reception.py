"""Reception: find, check in, enter a walk-in, give and take places."""

import pytest
from django.urls import reverse

from fairs.models import Visit
from taian_factors.directory.models import Organization
from tests.directory import factories as directory


def test_reception_finds_by_name_and_by_code_and_checks_in(today, as_office_clerk):
    enterprise = directory.enterprise("示例轴承有限公司")
    address = reverse("fairs:reception", args=[today.fair.pk])
    for query in ("轴承", enterprise.profile.credit_code):
        assert "示例轴承" in as_office_clerk.get(address, {"q": query}).content.decode()
    typed = {"contact_name": "李经理", "stalls": [today.stall.pk, today.other_stall.pk]}
    answer = as_office_clerk.post(reverse("fairs:check_in", args=[today.fair.pk, enterprise.pk]), typed)
    visit = Visit.objects.get(enterprise=enterprise)
    assert answer.url == reverse("fairs:visit", args=[visit.pk])
    assert visit.tickets.count() == 2
    page = as_office_clerk.get(answer.url).content.decode()
    assert visit.token in page
    assert "data:image/svg" in page
    assert "已签到：001 号" in as_office_clerk.get(address, {"q": "轴承"}).content.decode()


def test_a_double_click_checks_in_once(today, as_office_clerk):
    enterprise = directory.enterprise()
    address = reverse("fairs:check_in", args=[today.fair.pk, enterprise.pk])
    for _ in range(2):
        assert as_office_clerk.post(address, {"stalls": [today.stall.pk]}).status_code == 302
    assert Visit.objects.get().tickets.count() == 1


def test_the_same_press_adds_nothing_and_the_page_shown_again_with_another_stall_does(today, as_office_clerk):
    address = reverse("fairs:check_in", args=[today.fair.pk, directory.enterprise().pk])
    for stall in (today.stall, today.stall, today.other_stall):
        as_office_clerk.post(address, {"stalls": [stall.pk], "key": "page-1"})
    visit = Visit.objects.get()
    assert set(visit.tickets.values_list("stall", flat=True)) == {today.stall.pk, today.other_stall.pk}
    ticket = visit.tickets.get(stall=today.stall)
    as_office_clerk.post(reverse("fairs:leave", args=[ticket.pk]))
    as_office_clerk.post(address, {"stalls": [today.stall.pk], "key": "page-1"})
    assert visit.tickets.filter(stall=today.stall).count() == 1


def test_priority_without_a_reason_is_asked_for_one(today, as_office_clerk):
    address = reverse("fairs:check_in", args=[today.fair.pk, directory.enterprise().pk])
    answer = as_office_clerk.post(address, {"stalls": [today.stall.pk], "priority": "on"})
    assert answer.status_code == 422
    assert "请写明为什么优先" in answer.content.decode()


def test_a_walk_in_is_entered_and_checked_in_next(today, as_office_clerk):
    division = directory.Division.objects.get(code="370902")
    typed = {"name": "示例新来有限公司", "division": division.pk}
    answer = as_office_clerk.post(reverse("fairs:walk_in", args=[today.fair.pk]), typed)
    made = Organization.objects.get(name="示例新来有限公司")
    assert answer.url == reverse("fairs:check_in", args=[today.fair.pk, made.pk])
    assert made.profile.credit_code is None
    assert "未核实" in str(made.profile)


def test_a_walk_in_whom_we_know_is_named(today, as_office_clerk):
    known = directory.enterprise()
    typed = {"name": "又来", "division": known.profile.division_id, "credit_code": known.profile.credit_code}
    answer = as_office_clerk.post(reverse("fairs:walk_in", args=[today.fair.pk]), typed)
    assert answer.status_code == 422
    assert known.name in answer.content.decode()
    assert not Organization.objects.filter(name="又来").exists()


@pytest.mark.parametrize("credit_code", ["", directory.credit_code(917)])
def test_a_walk_in_that_is_sent_twice_is_entered_once(today, as_office_clerk, credit_code):
    division = directory.Division.objects.get(code="370902")
    typed = {"name": "示例重发有限公司", "division": division.pk, "credit_code": credit_code}
    first, again = (
        as_office_clerk.post(reverse("fairs:walk_in", args=[today.fair.pk]), typed) for _ in range(2)
    )
    assert (first.status_code, first.url) == (302, again.url)
    assert Organization.objects.filter(name="示例重发有限公司").count() == 1


def test_reception_gives_and_takes_places(today, visit, as_office_clerk):
    as_office_clerk.post(reverse("fairs:take", args=[visit.pk]), {"stall": today.other_stall.pk})
    ticket = visit.tickets.get(stall=today.other_stall)
    as_office_clerk.post(reverse("fairs:leave", args=[ticket.pk]))
    ticket.refresh_from_db()
    assert ticket.state == "left"
    # The same press again (its answer was lost) does nothing and is answered alike.
    assert as_office_clerk.post(reverse("fairs:leave", args=[ticket.pk])).status_code == 302
    assert ticket.events.filter(verb="leave").count() == 1


def test_a_search_that_finds_too_many_says_so(today, as_office_clerk):
    address = reverse("fairs:reception", args=[today.fair.pk])
    for place in range(19):
        directory.enterprise(f"示例齿轮{place:02d}有限公司")
    assert "只列出前" not in as_office_clerk.get(address, {"q": "齿轮"}).content.decode()
    directory.enterprise("示例齿轮再来有限公司")
    assert "只列出前 20 家" in as_office_clerk.get(address, {"q": "齿轮"}).content.decode()
