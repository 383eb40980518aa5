"""Master data in the admin: editable, findable, never deleted."""

import pytest
from django.contrib import admin
from django.urls import reverse

from taian_factors.directory.models import CalendarYear, Job, Membership, Organization, User
from tests.directory import factories

pytestmark = pytest.mark.django_db

MODELS = [model for model in admin.site._registry if model._meta.app_label == "directory"]


@pytest.fixture
def as_admin(client):
    client.force_login(User.objects.create_superuser("admin", password=factories.PASSWORD, name="系统管理员"))
    return client


def page(model, action, *args):
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{action}", args=args)


@pytest.mark.parametrize("model", MODELS)
def test_every_list_opens_and_can_be_searched(as_admin, model):
    assert as_admin.get(page(model, "changelist")).status_code == 200
    assert as_admin.get(page(model, "changelist"), {"q": "泰安"}).status_code == 200


@pytest.mark.parametrize("model", [model for model in MODELS if model is not Job])
def test_every_record_of_master_data_can_be_added_and_none_deleted(as_admin, model):
    assert as_admin.get(page(model, "add")).status_code == 200
    record = model.objects.first()
    if record is not None:
        assert as_admin.get(page(model, "change", record.pk)).status_code == 200
        assert as_admin.post(page(model, "delete", record.pk), {"post": "yes"}).status_code == 403


def test_jobs_are_only_looked_at(as_admin):
    assert as_admin.get(page(Job, "add")).status_code == 403


def test_an_enterprise_is_found_by_its_credit_code(as_admin):
    enterprise = factories.enterprise("示例电气有限公司")
    answer = as_admin.get(page(Organization, "changelist"), {"q": enterprise.profile.credit_code})
    assert answer.context["cl"].result_count == 1


def test_only_enterprises_are_offered_a_profile(as_admin):
    office = Organization.objects.get(code="GTB")
    enterprise = factories.enterprise()
    assert "统一社会信用代码" not in as_admin.get(page(Organization, "change", office.pk)).content.decode()
    assert "统一社会信用代码" in as_admin.get(page(Organization, "change", enterprise.pk)).content.decode()


def test_the_list_of_bodies_costs_the_same_for_ten_and_for_sixty(as_admin, django_assert_max_num_queries):
    address = page(Organization, "changelist")
    as_admin.get(address)
    with django_assert_max_num_queries(12):
        as_admin.get(address)
    for _ in range(40):
        factories.enterprise()
    with django_assert_max_num_queries(12):
        as_admin.get(address)


def entered(year, *days):
    data = {"year": year, "source": "示例通知", "days-INITIAL_FORMS": 0, "days-TOTAL_FORMS": len(days)}
    for place, (day, is_working, name) in enumerate(days):
        data |= {f"days-{place}-day": day, f"days-{place}-name": name}
        if is_working:
            data[f"days-{place}-is_working"] = "on"
    return data


def test_entering_a_year_saves_its_days_and_says_so(as_admin):
    days = [("2027-01-01", False, "元旦"), ("2027-01-03", True, "元旦调休")]
    answer = as_admin.post(page(CalendarYear, "add"), entered(2027, *days), follow=True)
    assert "2027 年 工作日历已录入，共 2 个调整日。" in answer.content.decode()
    assert CalendarYear.objects.calendar().knows(CalendarYear.objects.get(year=2027).days.first().day)


def test_a_year_is_announced_once_after_its_days_are_saved(as_admin, monkeypatch):
    heard = []
    site_admin = admin.site._registry[CalendarYear]
    monkeypatch.setattr(
        site_admin, "year_entered", lambda request, year: heard.append((year.year, year.days.count()))
    )
    as_admin.post(page(CalendarYear, "add"), entered(2027, ("2027-01-01", False, "元旦")))
    change = page(CalendarYear, "change", 2027)
    as_admin.post(change, entered(2027) | {"days-INITIAL_FORMS": 0})
    assert heard == [(2027, 1)]


def test_a_day_of_another_year_is_refused_at_the_form(as_admin):
    answer = as_admin.post(page(CalendarYear, "add"), entered(2027, ("2026-12-31", False, "元旦")))
    assert "日期应在 2027 年内。" in answer.content.decode()
    assert not CalendarYear.objects.filter(year=2027).exists()


def test_a_person_can_be_added_with_a_place(as_admin):
    answer = as_admin.post(
        page(User, "add"),
        {
            "username": "zhangsan",
            "usable_password": "true",
            "password1": factories.PASSWORD,
            "password2": factories.PASSWORD,
            "memberships-TOTAL_FORMS": 0,
            "memberships-INITIAL_FORMS": 0,
        },
    )
    user = User.objects.get(username="zhangsan")
    assert answer.status_code == 302
    place = {
        "memberships-TOTAL_FORMS": 1,
        "memberships-INITIAL_FORMS": 0,
        "memberships-0-organization": factories.body("FGW").pk,
        "memberships-0-role": "clerk",
        "memberships-0-from_on": "2023-06-01",
    }
    as_admin.post(
        page(User, "change", user.pk), {"username": "zhangsan", "name": "张三", "is_active": "on"} | place
    )
    assert Membership.objects.get(user=user).organization.code == "FGW"


def test_staff_of_bodies_do_not_enter_the_admin(as_office_lead, as_enterprise):
    for client in (as_office_lead, as_enterprise):
        assert client.get(reverse("admin:index")).status_code == 302
