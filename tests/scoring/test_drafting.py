"""Rule versions: drafted, compared, put in force from a month that was not computed, frozen by use."""

import re
from decimal import Decimal

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.urls import reverse

from scoring import comparing, drafting, runs
from scoring.drafting import DraftError
from scoring.models import RuleVersion
from taian_factors.lib.periods import Period
from tests.scoring.factories import moment

JUNE = Period.parse("2023-06")
AT = moment("2023-07-10")
pytestmark = pytest.mark.django_db


def text(response):
    return re.sub(r"\s+", " ", response.content.decode())


@pytest.fixture
def v1(db):
    return RuleVersion.objects.get(name="v1")


@pytest.fixture
def draft(v1, office_lead):
    return drafting.draft(source=v1, actor=office_lead, at=AT)


def typed(**changed):
    """What the form of a draft sends: v1's numbers but for what is changed."""
    marks = {"on_time_reply": "20", "completion": "25", "satisfaction": "35", "cooperation": "20"}
    sent = {f"marks_{code}": full for code, full in marks.items()}
    sent |= {f"curve_{code}": "proportional" for code in marks}
    sent |= {"empty": "move", "name": "v2", "first_month": "2023-08", "small_sample": "4"}
    sent |= {"groups": "市直要素保障部门：其余部门", "beside": ["solved", "reviewed"], "sources": "示例依据"}
    return sent | changed


def edit(version):
    return reverse("scoring:edit_rules", args=[version.pk])


# --- who ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("who", "status"),
    [
        ("office_lead", 302), ("office_clerk", 403), ("office_auditor", 403),
        ("department_lead", 404), ("bank", 404), ("enterprise", 404),
    ],
)  # fmt: skip
def test_only_leads_of_the_office_draft(who, status, request, v1):
    client = request.getfixturevalue(f"as_{who}")
    assert client.post(reverse("scoring:draft_rules", args=[v1.pk])).status_code == status
    assert RuleVersion.objects.count() == 1 + (status == 302)


@pytest.mark.parametrize("verb", ["draft", "revise", "put_in_force", "take_back"])
def test_the_verbs_themselves_refuse_everybody_else(verb, draft, office_clerk):
    given = {
        "draft": {"source": draft, "at": AT},
        "revise": {"version": draft, "name": "x", "first_month": "2023-08", "sources": "", "content": {}},
        "put_in_force": {"version": draft, "at": AT},
        "take_back": {"version": draft},
    }[verb]
    with pytest.raises(DraftError, match="负责人"):
        getattr(drafting, verb)(actor=office_clerk, **given)


def test_departments_read_what_is_in_force_and_no_drafts(draft, as_department_clerk, as_office_auditor):
    page = reverse("scoring:rules")
    assert "v2" not in text(as_department_clerk.get(page))
    assert "v2" in text(as_office_auditor.get(page))
    compared = text(as_department_clerk.get(reverse("scoring:compare_rules"), {"left": draft.pk}))
    assert "v2" not in compared
    assert as_department_clerk.get(edit(draft)).status_code == 404


# --- drafting -----------------------------------------------------------------------------------------------


def test_a_draft_is_a_copy_that_governs_nothing(draft, v1, office_lead):
    assert (draft.name, draft.state, draft.first_month) == ("v2", "draft", "2023-08")
    assert draft.rules.weights == v1.rules.weights
    assert RuleVersion.objects.governing(Period.parse("2023-09")).first() == v1


def test_a_draft_is_changed_on_its_page(draft, as_office_lead):
    sent = typed(
        marks_on_time_reply="15.5", marks_completion="29.5", curve_satisfaction="threshold",
        threshold_satisfaction="98", slope_satisfaction="2", floor_satisfaction="50",
        groups="第一组：市发改委、住建局\n第二组：其余部门", empty="within_dimension", small_sample="9",
    )  # fmt: skip
    assert as_office_lead.post(edit(draft), sent).status_code == 302
    draft.refresh_from_db()
    rules = draft.rules
    assert [str(w.full_marks) for w in rules.weights] == ["15.5", "29.5", "35", "20"]
    curve = rules.weights[2].curve
    assert (curve.threshold, curve.slope, curve.floor) == (Decimal("0.98"), Decimal("0.02"), Decimal("0.5"))
    assert rules.groups[0].departments == ("FGW", "ZJJ")
    assert (rules.empty, rules.small_sample, rules.beside) == ("within_dimension", 9, ("solved", "reviewed"))
    assert "第一组（市发改委、市住建局）；第二组（其余部门）" in text(
        as_office_lead.get(reverse("scoring:rules"))
    )
    page = text(as_office_lead.get(edit(draft)))
    assert "第一组：市发改委、市住建局" in page
    assert 'value="98"' in page


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"marks_completion": "20"}, "marks_on_time_reply", "各项满分合计应为 100，现为 95"),
        ({"marks_completion": "0"}, "marks_completion", "应不小于"),
        ({"marks_completion": "二十"}, "marks_completion", ""),
        ({"marks_completion": "24.999", "marks_cooperation": "20.001"}, "marks_completion", "最多两位小数"),
        ({"curve_completion": "threshold"}, "threshold_completion", "须填写"),
        ({"curve_completion": "threshold", "threshold_completion": "0", "slope_completion": "5",
          "floor_completion": "0"}, "threshold_completion", "大于 0"),
        ({"floor_completion": "120"}, "floor_completion", "应不大于 100"),
        ({"first_month": "2023-13"}, "first_month", "2023-06"),
        ({"groups": "第一组：市发改委"}, "groups", "恰有一个"),
        ({"groups": "第一组：火星局\n其余：其余部门"}, "groups", "第 1 行的“火星局”"),
        ({"groups": "甲：发改委\n乙：市发改委\n丙：其余部门"}, "groups", "两个比较组"),
        ({"groups": "没有冒号"}, "groups", "第 1 行应写成"),
        ({"name": "v1"}, "name", "已有名为“v1”的版本"),
        ({"beside": ["speed"]}, "beside", ""),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_at_its_field(changed, field, said, draft, as_office_lead):
    response = as_office_lead.post(edit(draft), typed(**changed))
    assert response.status_code == 422
    errors = response.context["form"].errors
    assert said in "".join(errors[field])
    draft.refresh_from_db()
    assert draft.rules.weights[1].full_marks == 25


def test_a_version_in_force_says_why_it_stands_and_offers_a_draft(v1, as_office_lead, as_office_clerk):
    before = v1.content
    for response, status in (
        (as_office_lead.get(edit(v1)), 200),
        (as_office_lead.post(edit(v1), typed()), 409),
    ):
        assert response.status_code == status
        assert "已生效的版本不能修改，可据此起草新版本" in text(response)
        assert f'action="{reverse("scoring:draft_rules", args=[v1.pk])}"' in response.content.decode()
    v1.refresh_from_db()
    assert v1.content == before
    assert as_office_clerk.get(edit(v1)).status_code == 403


def test_the_departments_that_can_be_grouped_are_named_on_the_page(draft, as_office_lead):
    page = text(as_office_lead.get(edit(draft)))
    assert "参加部门：市发改委、" in page


# --- in force -----------------------------------------------------------------------------------------------


def force(client, version):
    return client.post(reverse("scoring:put_rules_in_force", args=[version.pk]))


def test_a_version_governs_from_its_first_month_on(draft, v1, as_office_lead):
    runs.compute_month(period=JUNE, at=AT)
    assert force(as_office_lead, draft).status_code == 302
    assert RuleVersion.objects.governing(Period.parse("2023-07")).first() == v1
    assert RuleVersion.objects.governing(Period.parse("2023-08")).first() == draft


@pytest.mark.parametrize("first_month", ["2023-06", "2023-05", "2022-09"])
def test_a_month_that_was_computed_is_not_reached_by_a_new_version(first_month, draft, as_office_lead):
    runs.compute_month(period=JUNE, at=AT)
    RuleVersion.objects.filter(pk=draft.pk).update(first_month=first_month)
    response = force(as_office_lead, draft)
    assert response.status_code == 409
    assert "2023年6月已经计算过" in text(response)
    assert "最早可自2023年7月起施行" in text(response)
    draft.refresh_from_db()
    assert draft.state == "draft"


def test_two_versions_do_not_begin_in_one_month(draft, as_office_lead):
    RuleVersion.objects.filter(pk=draft.pk).update(first_month="2022-07")
    response = force(as_office_lead, draft)
    assert (response.status_code, "版本 v1 已定于" in text(response)) == (409, True)


def test_unsound_content_is_never_put_in_force(draft, as_office_lead):
    RuleVersion.objects.filter(pk=draft.pk).update(
        content={**draft.content, "weights": draft.content["weights"][:3]}
    )
    with pytest.raises(DraftError, match="每项指标"):
        drafting.put_in_force(
            version=draft, actor=as_office_lead.get(reverse("scoring:rankings")).wsgi_request.actor, at=AT
        )


def test_a_version_that_no_run_has_used_is_taken_back(draft, v1, as_office_lead):
    force(as_office_lead, draft)
    assert as_office_lead.post(reverse("scoring:take_back_rules", args=[draft.pk])).status_code == 302
    draft.refresh_from_db()
    assert (draft.state, draft.put_in_force_at) == ("draft", None)
    runs.compute_month(period=JUNE, at=AT)
    response = as_office_lead.post(reverse("scoring:take_back_rules", args=[v1.pk]))
    assert (response.status_code, "已经用于计算" in text(response)) == (409, True)


def test_a_draft_is_set_aside_by_a_lead_and_then_only_read_and_copied(
    draft, v1, as_office_lead, as_office_clerk, as_department_clerk
):
    aside = reverse("scoring:set_rules_aside", args=[draft.pk])
    assert (as_office_clerk.post(aside).status_code, as_department_clerk.post(aside).status_code) == (
        403,
        404,
    )
    assert "已搁置" in text(as_office_lead.post(aside, follow=True))
    draft.refresh_from_db()
    assert draft.state == "aside"
    assert "已经搁置" in text(force(as_office_lead, draft))
    assert "已搁置的草稿不能修改" in text(as_office_lead.get(edit(draft)))
    assert as_office_lead.post(aside).status_code == 409
    assert f"{draft.name}（已搁置的草稿）" in text(as_office_lead.get(reverse("scoring:rules")))
    assert draft not in as_office_lead.get(reverse("scoring:what_if")).context["versions"]
    copied = as_office_lead.post(reverse("scoring:draft_rules", args=[draft.pk]))
    assert copied.status_code == 302
    assert as_office_lead.post(reverse("scoring:set_rules_aside", args=[v1.pk])).status_code == 409


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE scoring_ruleversion SET content = '{}' WHERE name = 'v1'",
        "UPDATE scoring_ruleversion SET first_month = '2024-01' WHERE name = 'v1'",
        "UPDATE scoring_ruleversion SET state = 'draft' WHERE name = 'v1'",
        "DELETE FROM scoring_ruleversion WHERE name = 'v1'",
    ],
)
def test_a_used_version_stands_even_against_sql(sql, v1):
    runs.compute_month(period=JUNE, at=AT)
    with pytest.raises(DatabaseError, match="can no longer change"), transaction.atomic():
        connection.cursor().execute(sql)


# --- comparing ----------------------------------------------------------------------------------------------


def test_differences_are_said_in_words(draft, v1, as_office_lead):
    as_office_lead.post(edit(draft), typed(marks_on_time_reply="25", marks_completion="20"))
    response = as_office_lead.get(reverse("scoring:compare_rules"), {"left": v1.pk, "right": draft.pk})
    different = [row.about for row in response.context["rows"] if row.differs]
    assert different == ["效果 · 按时回复率：满分", "效果 · 办结率：满分", "印在旁边的指标"]
    assert "有 3 处不同" in text(response)
    assert text(response).count("不同</span>") == 3


def test_a_version_is_equal_to_itself(v1):
    assert not any(row.differs for row in comparing.compare(v1.rules, v1.rules, {}))


# --- at one moment ------------------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_no_version_is_put_in_force_while_a_month_is_computed(office_lead):
    made = drafting.draft(source=RuleVersion.objects.get(name="v1"), actor=office_lead, at=AT)
    other = connections["default"].copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("BEGIN")
            cursor.execute("SELECT 1 FROM scoring_ruleversion WHERE name = 'v1' FOR SHARE")
            with pytest.raises(DraftError, match="正在计算得分"):
                drafting.put_in_force(version=made, actor=office_lead, at=AT)
            cursor.execute("ROLLBACK")
    finally:
        other.close()
    assert drafting.put_in_force(version=made, actor=office_lead, at=AT).state == "in_force"
