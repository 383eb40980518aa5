"""A list is stored by the rules of a filing, in bulk, each need once for ever; its departments are a proposal."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from requests_desk import transitions
from requests_desk.journal import NotAllowedError, RefusedError
from requests_desk.listing import StoredList, store_list
from requests_desk.models import Assignment, FactorRequest, Filing, ListedNeed, OfficeList, RequestEvent
from requests_desk.office_lists import proposals
from requests_desk.waiting import presets
from taian_factors.directory.models import EnterpriseProfile, Organization, Project
from taian_factors.lib.periods import local_day
from tests.directory import factories as directory
from tests.requests_desk.factories import START, office
from tests.requests_desk.workbooks import KEY_PROJECT, book, need, projects, taken

pytestmark = pytest.mark.django_db
CODE = directory.credit_code(7301)
LIST = (
    {"统一社会信用代码": CODE, "联系人": "联系人甲", "联系电话": "0538-0000001",
     "备注": "已对接", "产业链": "矿山装备"},
    {"要素类别": "能耗", "需求内容": "能耗指标", "数量": "1.2万吨标准煤", "单位": None,
     "期望解决时间": "长期", "责任部门": "发改委"},
    {"企业名称": "示例乙有限公司", "县市区": "新泰", "项目名称": None, "责任部门": None, "数量": None, "单位": None},
)  # fmt: skip


def store(found, actor=None, at=START, **options):
    return store_list(
        rows=found.rows, kind=found.kind, name="清单.xlsx", actor=actor or office(), at=at, **options
    )


def test_rows_become_filings_that_wait_for_acceptance(office_clerk):
    stored = store(taken(projects(*LIST)), actor=office_clerk)
    assert (stored.requests, stored.filings, stored.known) == (3, 2, 0)
    land, energy, other = FactorRequest.objects.order_by("pk")
    filing = land.filing
    assert (filing.channel, filing.typed_by, filing.typed_for) == (
        "key_project", office_clerk.user, office_clerk.organization,
    )  # fmt: skip
    assert (filing.contact_name, filing.contact_phone) == ("联系人甲", "0538-0000001")
    assert (land.number, energy.number) == (f"{filing.number}-1", f"{filing.number}-2")
    assert {r.state for r in (land, energy, other)} == {"filed"}
    assert (land.accept_due_at, land.filed_at) == (other.accept_due_at, START)
    assert land.accept_due_at > START
    assert (str(energy.quantity), energy.unit, energy.wished_on) == ("12000.0000", "吨标准煤", None)
    assert (energy.listed.wish, land.listed.remark, land.listed.row) == ("长期", "已对接", 2)
    assert (other.division.code, other.filing.project, other.quantity) == ("370982", None, None)


def test_each_request_has_its_first_event_and_nobody_is_told_one_by_one(office_clerk):
    store(taken(projects(*LIST)), actor=office_clerk)
    events = RequestEvent.objects.values_list("verb", "from_state", "to_state", "user", "at", "announced_at")
    assert set(events) == {("file", "", "filed", office_clerk.user.pk, START, START)}
    assert RequestEvent.objects.count() == 3


def test_who_stored_a_list_does_not_accept_it_and_a_colleague_does(office_clerk, office_lead):
    store(taken(projects({})), actor=office_clerk)
    filed = FactorRequest.objects.get()
    with pytest.raises(RefusedError, match="他人受理"):
        transitions.accept(filed, actor=office_clerk, at=START)
    transitions.accept(filed, actor=office_lead, at=START)
    assert filed.state == "accepted"


def test_new_enterprises_and_projects_enter_the_directory_with_unverified_contacts():
    store(taken(projects(*LIST)))
    coded = EnterpriseProfile.objects.get(credit_code=CODE)
    assert (coded.contact_verified_at, coded.division.code, coded.chain.code) == (None, "370902", "C03")
    nameless = EnterpriseProfile.objects.get(organization__name="示例乙有限公司")
    assert nameless.credit_code is None
    project = Project.objects.get()
    assert (project.name, project.is_key, project.enterprise) == ("示例项目", True, coded.organization)


def test_known_enterprises_and_projects_are_used_and_a_code_verifies_the_unverified():
    known = directory.enterprise("示例甲有限公司", code=None)
    project = directory.project(known, "示例项目")
    store(taken(projects({"统一社会信用代码": CODE})))
    known.profile.refresh_from_db()
    project.refresh_from_db()
    assert known.profile.credit_code == CODE
    assert project.is_key
    assert FactorRequest.objects.get().filing.project == project
    assert Organization.objects.enterprises().count() == 1


def test_the_same_list_again_stores_nothing_twice():
    store(taken(projects(*LIST)))
    again = taken(projects(*LIST))
    assert (len(again.known), again.fresh) == (3, 0)
    assert store(again) == StoredList(known=3)
    assert (FactorRequest.objects.count(), OfficeList.objects.count(), Project.objects.count()) == (3, 1, 1)


def test_a_mended_list_stores_only_what_is_new():
    wrong = taken(projects(*LIST, {"数量": -1, "需求内容": "四"}))
    assert (store(wrong).requests, len(wrong.refused)) == (3, 1)
    mended = taken(projects(*LIST, {"数量": 1, "需求内容": "四"}))
    assert set(mended.known.values()) == set(FactorRequest.objects.values_list("number", flat=True))
    assert store(mended).requests == 1
    added = FactorRequest.objects.latest("pk")
    assert added.headline == "四"
    assert added.filing.project == FactorRequest.objects.earliest("pk").filing.project


def test_a_name_that_gets_its_code_later_is_still_the_same_enterprise():
    store(taken(projects({})))
    assert store(taken(projects({"统一社会信用代码": CODE}))).known == 1
    assert EnterpriseProfile.objects.get().credit_code == CODE


def test_a_long_story_keeps_every_word():
    words = "需要协调" * 100
    store(taken(projects({"需求内容": words})))
    made = FactorRequest.objects.get()
    assert (len(made.headline), made.headline[-1], made.story) == (200, "…", words)


@pytest.mark.parametrize("who", ["office_auditor", "department_clerk", "county_office", "enterprise"])
def test_nobody_but_the_office_s_clerks_and_leads_stores_a_list(who, request):
    found = taken(projects({}))
    with pytest.raises(NotAllowedError):
        store(found, actor=request.getfixturevalue(who))
    assert not Filing.objects.exists()


def test_statements_do_not_grow_with_the_rows():
    def cost(first, count):
        rows = [
            {"企业名称": f"示例第{n}有限公司", "项目名称": f"项目{n}"} for n in range(first, first + count)
        ]
        found = taken(projects(*rows))
        with CaptureQueriesContext(connection) as queries:
            assert store(found).requests == count
        return len(queries)

    assert cost(0, 3) == cost(100, 60)


def test_progress_is_told_by_batches(monkeypatch):
    monkeypatch.setattr("requests_desk.listing.BATCH", 2)
    heard: list[int] = []
    rows = [{"企业名称": f"示例第{n}有限公司"} for n in range(5)]
    store(taken(projects(*rows)), progress=heard.append)
    assert heard == [2, 4, 5]


def suggested():
    asked = list(FactorRequest.objects.select_related("factor", "division").order_by("pk"))
    return [presets(asked, proposals(asked), day=local_day(START)).get(r.pk) for r in asked]


def test_a_list_s_departments_are_what_the_dispatch_page_proposes(as_office_lead, office_clerk):
    rows = [[*need(责任部门="住建局"), "自规局、高新区"], [*need(责任部门=None, 需求内容="二"), None]]
    store(taken(book([*KEY_PROJECT, "配合部门"], *rows)), actor=office_clerk)
    listed, ruled = suggested()
    assert (listed.lead.code, [s.code for s in listed.supports], listed.reason) == (
        "ZJJ", ["ZGJ", "TB-370900-GX"], "按清单建议",
    )  # fmt: skip
    assert ruled.lead.code == "ZGJ"  # the directory's
    page = as_office_lead.get(reverse("requests_desk:dispatch", args=[Filing.objects.get().pk]))
    assert "清单所写" in page.content.decode()


def test_a_body_that_may_not_lead_such_a_need_helps_instead():
    rows = [
        {"责任部门": "建行"},
        {"要素类别": "金融服务", "责任部门": "地方金融监管局", "单位": "万元", "需求内容": "二"},
    ]
    store(taken(projects(*rows)))
    land, finance = suggested()
    assert (land.lead.code, [s.code for s in land.supports]) == ("ZGJ", ["B04"])
    assert finance is None  # no rule leads finance: the office chooses, and reads what the list says
    assert ListedNeed.objects.get(factor_request__factor__code="JR").lead.code == "JRJ"


def test_one_act_hands_out_what_a_list_proposes(as_office_lead, office_clerk):
    store(taken(projects({"责任部门": "住建局"})), actor=office_clerk)
    filing, made = Filing.objects.get(), FactorRequest.objects.get()
    prefix = f"r{made.pk}-"
    given = {"is_included": "on", "lead": directory.body("ZJJ").pk, "reason": "按清单建议"}
    answer = as_office_lead.post(
        reverse("requests_desk:dispatch", args=[filing.pk]), {prefix + k: v for k, v in given.items()}
    )
    assert answer.status_code == 302
    assert Assignment.objects.get().organization.code == "ZJJ"


def test_the_request_s_page_tells_staff_what_the_list_says_and_its_enterprise_not(as_office_clerk, sign_in):
    store(taken(projects(*LIST)))
    energy = FactorRequest.objects.get(factor__code="NY")
    page = as_office_clerk.get(reverse("requests_desk:show", args=[energy.number])).content.decode()
    assert "清单所写" in page
    assert "长期" in page
    owner = sign_in(directory.actor(energy.enterprise))
    assert "清单所写" not in owner.get(reverse("requests_desk:show", args=[energy.number])).content.decode()
