"""Bulletins: composed from published months only, signed off by a second person, numbered once, frozen."""

import re

import pytest
from django.db import DatabaseError, connection, transaction

from requests_desk.models import Whistle
from scoring import bulletins, office_clocks, runs, wording
from scoring.bulletin_papers import paper_of
from scoring.models import Bulletin, ScoringRun
from taian_factors.lib.periods import Period
from tests.directory.factories import actor as person_of
from tests.scoring.conftest import QUARTER
from tests.scoring.factories import matter, moment, need, published

AT = moment("2023-07-18")
pytestmark = pytest.mark.django_db


def words(bulletin):
    return "\n".join(text for section in bulletin.sections for text in section["paragraphs"])


def section(bulletin, code):
    return next(each["paragraphs"] for each in bulletin.sections if each["code"] == code)


def retitled(bulletin, actor, title="关于某事的通报"):
    return bulletins.edit(bulletin=bulletin, title=title, texts={}, base=bulletin.version, actor=actor, at=AT)


# --- composing ----------------------------------------------------------------------------------------------


def test_a_bulletin_is_composed_with_every_section_and_the_version_it_used(draft):
    assert draft.title == "关于2023年第二季度要素保障大比拼情况的通报"
    assert [each["code"] for each in draft.sections] == list(wording.HEADINGS)
    assert "计分版本v1" in words(draft)
    assert "2023年4月至6月" in words(draft)
    assert all(each["paragraphs"] for each in draft.sections)


def test_departments_without_matters_are_listed_in_the_words(draft):
    assert "无应办事项、不参加排名的部门：" in words(draft)
    assert all(row["place"] is None for row in draft.numbers["unranked"])


def test_low_scores_are_explained_indicator_by_indicator_with_hits_and_population(draft):
    weak = section(draft, "weak")
    named = [text for text in weak if re.fullmatch(r"（[一二三]）.+。得[\d.]+分，居第\d+位。", text)]
    lines = [text for text in weak if re.match(r"\d\..+%（[\d.]+/\d+.*）", text)]
    assert (len(named), len(named) + len(lines)) == (3, len(weak))
    assert all(re.search(r"满分[\d.]+分，失[\d.]+分。$", text) for text in lines)


def test_high_scores_are_explained_too_and_small_samples_are_marked(draft):
    strong = section(draft, "strong")
    assert all(re.search(r"%（[\d.]+/\d+", text) for text in strong)
    assert "样本不足" in words(draft)


def test_exclusions_are_printed_with_number_and_reason(draft):
    assert draft.numbers["exclusions"] == [["市发改委", "重复", 1]]
    tables = {table.name: table.rows for table in paper_of(draft).tables}
    assert tables["剔除事项情况"] == [["市发改委", "重复", "1"]]


def test_composing_is_refused_while_a_month_is_not_published(office_clerk, office_lead):
    published(Period.parse("2023-06"), office_lead)
    with pytest.raises(bulletins.BulletinError, match="尚未公布"):
        bulletins.compose(period=QUARTER, actor=office_clerk, at=AT)


def test_two_people_who_compose_at_one_moment_make_one_draft(draft, office_clerk, monkeypatch):
    asked, seen = bulletins.standing_in_the_way, []

    def blind_once(period, *, again):
        # The second one looked before the first had stored.
        seen.append(period)
        return "" if len(seen) == 1 else asked(period, again=again)

    monkeypatch.setattr(bulletins, "standing_in_the_way", blind_once)
    runs_before = ScoringRun.objects.of(QUARTER).count()
    with pytest.raises(bulletins.BulletinError, match="已有一份草稿"):
        bulletins.compose(period=QUARTER, actor=office_clerk, at=AT)
    assert Bulletin.objects.drafts().of(QUARTER).count() == 1
    assert ScoringRun.objects.of(QUARTER).count() == runs_before


@pytest.mark.parametrize("who", ["office_auditor", "department_lead", "bank", "enterprise"])
def test_only_the_office_composes(who, request):
    with pytest.raises(bulletins.BulletinError, match="只有市工业推进办"):
        bulletins.compose(period=QUARTER, actor=request.getfixturevalue(who), at=AT)


@pytest.mark.parametrize(
    ("key", "kind", "word"), [("2023H1", "半年小结", "小结如下"), ("2023", "年终总结", "总结如下")]
)
def test_half_years_and_years_have_papers_of_their_own(key, kind, word, months, office_clerk, office_lead):
    period = Period.parse(key)
    for month in period.months:
        if month not in QUARTER.months:
            published(month, office_lead)
    made = bulletins.compose(period=period, actor=office_clerk, at=moment("2024-01-20"))
    assert made.get_kind_display() == kind
    assert word in words(made)
    assert wording.length(made.title, made.sections) < wording.LONGEST


# --- the office's own clocks --------------------------------------------------------------------------------


def test_the_offices_own_clocks_and_late_report_ins_are_printed(months, office_clerk):
    due = moment("2023-06-14", "23:59:59")
    for accepted in (moment("2023-06-14"), moment("2023-06-15")):
        request = need(is_historic=False, accept_due_at=due, accepted_at=accepted, assign_due_at=due)
        request.events.create(verb="accept", at=accepted, organization=office_clerk.organization)
        matter("ZGJ", of=request, assigned_at=moment("2023-06-14"))
    withdrawn = need(is_historic=False, accept_due_at=due, state="withdrawn")
    withdrawn.events.create(verb="withdraw", at=moment("2023-06-14"), organization=office_clerk.organization)
    for assignment, reported in ((matter("ZGJ"), moment("2023-06-13", "12:00:01")), (matter("ZGJ"), None)):
        Whistle.objects.create(
            assignment=assignment,
            whistled_at=moment("2023-06-13"),
            due_at=moment("2023-06-13", "12:00:00"),
            reported_in_at=reported,
        )
    clocks = [(each.name, each.hits, each.population) for each in office_clocks.own_clocks(QUARTER)]
    assert clocks == [("受理", 1, 2), ("交办", 2, 2)]
    made = bulletins.compose(period=QUARTER, actor=office_clerk, at=AT)
    assert "应受理2件，按时受理1件，占50.00%；应交办2件，按时交办2件，占100.00%" in words(made)
    assert "企业吹哨2次，部门逾期报到2次" in words(made)
    tables = {table.name: table.rows for table in paper_of(made).tables}
    assert tables["企业吹哨、部门报到"] == [["市自然资源和规划局", "2", "0", "2"]]


# --- signing off --------------------------------------------------------------------------------------------


def test_a_clerk_does_not_issue_and_nobody_issues_what_they_wrote(draft, office_clerk, office_lead):
    with pytest.raises(bulletins.BulletinError, match="负责人"):
        bulletins.issue(bulletin=draft, actor=office_clerk, at=AT)
    edited = retitled(draft, office_lead)
    retitled(edited, office_clerk, "关于另一事的通报")
    with pytest.raises(bulletins.BulletinError, match="另一位"):
        bulletins.issue(bulletin=draft, actor=office_lead, at=AT)
    other = person_of("GTB", "lead")
    assert bulletins.issue(bulletin=draft, actor=other, at=AT).document_number == "泰工推办〔2023〕1号"


def test_the_database_refuses_a_writer_who_issues(draft, office_lead):
    retitled(draft, office_lead)
    row = Bulletin.objects.filter(pk=draft.pk)
    with pytest.raises(DatabaseError, match="who wrote"), transaction.atomic():
        row.update(issued_at=AT, year=2023, number=1, issued_by=office_lead.user)


def test_issuing_publishes_the_period_and_freezes_text_and_numbers(issued, office_clerk):
    assert ScoringRun.objects.published().get(period="2023Q2").pk == issued.run_id
    with pytest.raises(bulletins.BulletinError, match="已经印发"):
        retitled(issued, office_clerk)
    for change in ("title = '改'", "numbers = '{}'", "issued_at = NULL", "number = 7", "version = 9"):
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE scoring_bulletin SET {change}")
    with pytest.raises(DatabaseError), transaction.atomic():
        issued.delete()


def test_document_numbers_follow_each_other_through_the_year(issued, office_clerk, office_lead):
    again = bulletins.compose(period=QUARTER, actor=office_clerk, at=AT, again=True)
    assert bulletins.issue(bulletin=again, actor=office_lead, at=AT).number == 2
    third = bulletins.compose(period=QUARTER, actor=office_clerk, at=AT, again=True)
    assert bulletins.issue(bulletin=third, actor=office_lead, at=moment("2024-01-10")).number == 1


def test_a_number_may_be_chosen_and_is_given_once(issued, office_clerk, office_lead):
    again = bulletins.compose(period=QUARTER, actor=office_clerk, at=AT, again=True)
    with pytest.raises(bulletins.BulletinError, match="泰工推办〔2023〕1号已经用过"):
        bulletins.issue(bulletin=again, actor=office_lead, at=AT, number=1)
    chosen = bulletins.issue(bulletin=again, actor=office_lead, at=AT, number=12)
    assert chosen.document_number == "泰工推办〔2023〕12号"


def test_an_issued_period_gets_a_second_paper_only_when_asked_and_the_words_say_what_it_replaces(
    issued, office_clerk
):
    with pytest.raises(bulletins.BulletinError, match=f"已印发{issued.document_number}"):
        bulletins.compose(period=QUARTER, actor=office_clerk, at=AT)
    again = bulletins.compose(period=QUARTER, actor=office_clerk, at=AT, again=True)
    assert section(again, "basis")[0] == f"本通报替代{issued.document_number}，原件同时停止使用。"
    for asked in (False, True):
        with pytest.raises(bulletins.BulletinError, match="已有一份草稿"):
            bulletins.compose(period=QUARTER, actor=office_clerk, at=AT, again=asked)


def test_a_draft_that_was_set_aside_makes_room_for_another(draft, office_clerk):
    bulletins.set_aside(bulletin=draft, actor=office_clerk, at=AT)
    made = bulletins.compose(period=QUARTER, actor=office_clerk, at=AT)
    assert section(made, "basis")[0].startswith("依据")


def test_a_month_corrected_after_composing_stops_the_issue(draft, office_lead):
    run = runs.compute_month(period=Period.parse("2023-06"), at=AT)
    runs.publish(run=run, actor=office_lead, at=AT, correction_reason="补录。")
    with pytest.raises(bulletins.BulletinError, match="请重新起草"):
        bulletins.issue(bulletin=draft, actor=office_lead, at=AT)


def test_too_many_words_or_a_character_without_a_glyph_stop_the_issue(draft, office_clerk, office_lead):
    missing = "“六、下步要求”第2段有字库中没有的字“\ue000”（U+E000）"
    for text, said in (("字" * 4001, "超过4000字"), ("第一段。\n示例\ue000公司。", missing)):
        draft = bulletins.edit(
            bulletin=draft,
            title=draft.title,
            texts={"next": text},
            base=draft.version,
            actor=office_clerk,
            at=AT,
        )
        assert said in "".join(bulletins.obstacles(draft))
        with pytest.raises(bulletins.BulletinError, match=re.escape(said)):
            bulletins.issue(bulletin=draft, actor=office_lead, at=AT)
