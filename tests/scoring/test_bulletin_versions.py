"""Drafts of bulletins: every save stays, a late one is told, and one that is set aside rests."""

import pytest
from django.db import DatabaseError, transaction

from scoring import bulletins
from scoring.differences import Piece, compare
from scoring.models import Bulletin, BulletinVersion
from tests.scoring.factories import moment

AT = moment("2023-07-18")


def saved(bulletin, actor, text, base):
    return bulletins.edit(
        bulletin=bulletin, title=bulletin.title, texts={"next": text}, base=base, actor=actor, at=AT
    )


@pytest.mark.django_db
def test_every_save_is_kept_with_who_and_when(draft, office_clerk, office_lead):
    saved(draft, office_clerk, "第一条。\n\n 第二条。 ", 1)
    saved(draft, office_lead, "第一条。", 2)
    kept = draft.versions.order_by("number")
    assert [(each.number, each.saved_by) for each in kept] == [
        (1, office_clerk.user),
        (2, office_clerk.user),
        (3, office_lead.user),
    ]
    assert [each.sections[-1]["paragraphs"] for each in kept[1:]] == [["第一条。", "第二条。"], ["第一条。"]]
    assert Bulletin.objects.get().sections == kept[2].sections


@pytest.mark.django_db
def test_saving_what_did_not_change_makes_no_version(draft, office_clerk):
    same = "\n".join(draft.sections[-1]["paragraphs"])
    assert saved(draft, office_clerk, same, 1).version == 1


@pytest.mark.django_db
def test_editing_never_changes_numbers(draft, office_clerk):
    before = draft.numbers
    assert saved(draft, office_clerk, "改。", 1).numbers == before


@pytest.mark.django_db
def test_of_two_who_edit_at_once_the_later_is_told_and_overwrites_nothing(draft, office_clerk, office_lead):
    saved(draft, office_clerk, "先存的。", 1)
    with pytest.raises(bulletins.StaleError, match="已有人保存了第2版"):
        saved(draft, office_lead, "后存的。", 1)
    assert Bulletin.objects.get().sections[-1]["paragraphs"] == ["先存的。"]
    assert saved(draft, office_lead, "合并的。", 2).version == 3


@pytest.mark.django_db
def test_only_the_office_edits_and_sets_aside(draft, office_auditor, department_lead, bank, enterprise):
    for actor in (office_auditor, department_lead, bank, enterprise):
        with pytest.raises(bulletins.BulletinError, match="只有市工业推进办"):
            saved(draft, actor, "改。", 1)
        with pytest.raises(bulletins.BulletinError, match="只有市工业推进办"):
            bulletins.set_aside(bulletin=draft, actor=actor, at=AT)


@pytest.mark.django_db
def test_a_version_is_neither_changed_nor_deleted(draft):
    with pytest.raises(DatabaseError), transaction.atomic():
        BulletinVersion.objects.update(title="改")
    with pytest.raises(DatabaseError), transaction.atomic():
        draft.versions.get().delete()


@pytest.mark.django_db
def test_a_draft_set_aside_stays_and_rests(draft, office_clerk, office_lead):
    bulletins.set_aside(bulletin=draft, actor=office_clerk, at=AT)
    for act in (
        lambda: saved(draft, office_clerk, "改。", 1),
        lambda: bulletins.issue(bulletin=draft, actor=office_lead, at=AT),
        lambda: bulletins.set_aside(bulletin=draft, actor=office_clerk, at=AT),
    ):
        with pytest.raises(bulletins.BulletinError, match="已经搁置"):
            act()
    with pytest.raises(DatabaseError), transaction.atomic():
        Bulletin.objects.get().delete()


@pytest.mark.django_db
def test_an_issued_bulletin_is_not_set_aside(issued, office_clerk):
    with pytest.raises(bulletins.BulletinError, match="已经印发"):
        bulletins.set_aside(bulletin=issued, actor=office_clerk, at=AT)


def test_a_comparison_shows_what_went_and_what_came():
    def version(text):
        return "标题", [{"code": "next", "heading": "下步要求", "paragraphs": [text]}]

    title, part = compare(version("月底前报送。"), version("下月底前报送整改情况。"))
    assert not title.has_changed
    assert part.heading == "下步要求"
    assert part.pieces == [
        Piece("new", "下"),
        Piece("same", "月底前报送"),
        Piece("new", "整改情况"),
        Piece("same", "。"),
    ]
