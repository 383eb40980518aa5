"""Saved views of the ledger: whose they are, who shares them, with which one the ledger opens."""

import pytest
from django.urls import reverse

from requests_desk import shelving
from requests_desk.journal import NotAllowedError, RefusedError
from requests_desk.models import DefaultView, LedgerView
from taian_factors.lib.clock import now
from tests.requests_desk import factories

pytestmark = pytest.mark.django_db
LEDGER, VIEWS = reverse("requests_desk:ledger"), reverse("requests_desk:ledger_views")
ALL, OFFICE, OWN = LedgerView.Audience.ALL, LedgerView.Audience.OFFICE, LedgerView.Audience.OWN


def saved(actor, name="逾期的", query="light=red"):
    return shelving.save_view(name=name, query=query, actor=actor, at=now())


def seen(actor):
    return set(LedgerView.objects.visible_to(actor).values_list("name", flat=True))


def test_what_the_ledger_shows_is_kept_under_a_name_for_oneself(as_department_clerk, other_department):
    said = "state=open&col=number&col=headline&order=oldest&after=1.2.3&view=9"
    answer = as_department_clerk.post(
        reverse("requests_desk:save_view"), {"name": "我的在办", "query": said}, follow=True
    )
    view = LedgerView.objects.get()
    assert view.query == "state=open&col=number&col=headline&order=oldest"
    assert "已存为视图“我的在办”" in answer.content.decode()
    page = as_department_clerk.get(LEDGER).content.decode()
    assert f"{view.query.replace('&', '&amp;')}&amp;view={view.pk}" in page
    assert "；自选 2 列" in as_department_clerk.get(VIEWS).content.decode()
    assert seen(other_department) == set()


def test_a_name_is_given_once_and_needed(office_clerk, as_office_clerk):
    saved(office_clerk)
    with pytest.raises(RefusedError):
        saved(office_clerk)
    for name, told in (("逾期的", "已有名为“逾期的”的视图"), ("", "请给视图起个名称")):
        answer = as_office_clerk.post(reverse("requests_desk:save_view"), {"name": name, "query": ""})
        assert answer.status_code == 422
        assert told in answer.content.decode()


def test_nobody_keeps_more_views_than_a_list_can_show(office_clerk):
    for place in range(shelving.MOST):
        saved(office_clerk, name=f"视图{place}")
    with pytest.raises(RefusedError, match="每人最多保存"):
        saved(office_clerk)


def test_only_the_offices_leads_share_and_what_is_shared_is_theirs(
    office_lead, office_clerk, office_auditor, bank
):
    view = saved(office_lead)
    shelving.share_view(view, audience=OFFICE, actor=office_lead, at=now())
    assert (seen(office_clerk), seen(office_auditor), seen(bank)) == ({"逾期的"}, {"逾期的"}, set())
    shelving.share_view(view, audience=ALL, actor=office_lead, at=now())
    assert seen(bank) == {"逾期的"}
    for act in (
        lambda: shelving.rename_view(view, name="别的", actor=office_clerk),
        lambda: shelving.retire_view(view, actor=bank, at=now()),
        lambda: shelving.share_view(
            saved(office_clerk, name="乙"), audience=ALL, actor=office_clerk, at=now()
        ),
        lambda: shelving.set_defaults(view, readers=["institution"], actor=office_clerk, at=now()),
    ):
        with pytest.raises(NotAllowedError):
            act()
    shelving.share_view(view, audience=OWN, actor=office_lead, at=now())
    assert seen(office_clerk) == {"乙"}


def test_a_view_is_retired_and_kept(office_clerk, as_office_clerk, as_other_department):
    view = saved(office_clerk)
    url = reverse("requests_desk:retire_view", args=[view.pk])
    assert as_other_department.post(url).status_code == 404
    answer = as_office_clerk.post(url, follow=True)
    assert "已停用" in answer.content.decode()
    view.refresh_from_db()
    assert view.retired_at is not None
    assert seen(office_clerk) == set()
    saved(office_clerk)  # the name is free again


def test_renaming_keeps_what_a_view_says(office_clerk, as_office_clerk):
    view = saved(office_clerk)
    as_office_clerk.post(reverse("requests_desk:rename_view", args=[view.pk]), {"name": "红灯"})
    view.refresh_from_db()
    assert (view.name, view.query) == ("红灯", "light=red")


def test_the_ledger_opens_with_the_default_of_its_reader(
    office_lead, as_office_lead, as_bank, as_office_clerk
):
    view = saved(office_lead, query="state=open")
    for url, given in (("share_view", {"audience": "all"}), ("view_defaults", {"readers": ["institution"]})):
        assert as_office_lead.post(reverse(f"requests_desk:{url}", args=[view.pk]), given).status_code == 302
    assert as_bank.get(LEDGER).url == f"{LEDGER}?state=open&view={view.pk}"
    assert as_bank.get(LEDGER, {"view": "all"}).status_code == 200
    assert as_office_clerk.get(LEDGER).status_code == 200


def test_a_reader_has_one_default_and_it_ends_with_its_view(office_lead):
    one, two = saved(office_lead, name="甲"), saved(office_lead, name="乙")
    for view in (one, two):
        shelving.share_view(view, audience=OFFICE, actor=office_lead, at=now())
        shelving.set_defaults(view, readers=["office_clerk", "office_lead"], actor=office_lead, at=now())
    running = DefaultView.objects.filter(ended_at__isnull=True)
    assert set(running.values_list("view__name", "reader")) == {("乙", "office_clerk"), ("乙", "office_lead")}
    with pytest.raises(RefusedError, match="没有共享给"):
        shelving.set_defaults(two, readers=["department"], actor=office_lead, at=now())
    shelving.share_view(two, audience=OWN, actor=office_lead, at=now())
    assert not running.exists()
    assert DefaultView.objects.count() == 4


def test_the_list_counts_what_each_view_holds_for_its_reader(
    office_lead, as_office_clerk, as_department_clerk, django_assert_max_num_queries
):
    for name, query in (("在办", "state=open"), ("办结", "state=completed"), ("坏的", "state=lost")):
        shelving.share_view(
            saved(office_lead, name=name, query=query), audience=ALL, actor=office_lead, at=now()
        )
    factories.assigned(at=now())
    factories.filed(at=now())
    counts = reverse("requests_desk:ledger_counts")
    with django_assert_max_num_queries(6):
        answer = as_office_clerk.get(counts)
    assert {each["view"].name: each["count"] for each in answer.context["views"]} == {
        "在办": 2,
        "办结": 0,
        "坏的": 0,
    }
    told = as_department_clerk.get(counts).context["views"]
    assert {each["view"].name: each["count"] for each in told} == {"在办": 1, "办结": 0, "坏的": 0}


def test_enterprises_have_no_views(as_enterprise):
    assert as_enterprise.get(VIEWS).status_code == 404
    assert as_enterprise.post(reverse("requests_desk:save_view"), {"name": "甲"}).status_code == 404
