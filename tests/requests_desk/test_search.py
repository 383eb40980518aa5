"""The search text: kept by the database, found by two characters, and only what is really there."""

import pytest
from django.db import connection

from requests_desk import search_texts, searching
from requests_desk.models import FactorRequest, SearchText
from taian_factors.directory.models import EnterpriseProfile, Organization
from tests.directory import factories as directory
from tests.requests_desk import factories

pytestmark = pytest.mark.django_db

AWKWARD = [
    "泰安示例电缆（集团）有限公司",
    "ＡＢＣ－１２３　Ｇａｓ",
    "  两 个\t地块\u3000红线 ",
    "91370900MA3EXAMPLE",
    "20230613-000123-1",
    "①㎡ﬁ",
    "一",
    "",
    "𠮷野家😀零散",
]


@pytest.mark.parametrize("text", AWKWARD)
def test_python_and_the_database_make_the_same_of_a_text(text):
    plain = searching.plain(text)
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_plain(%s), search_pieces(%s)", [text, plain])
        in_database, pieces = cursor.fetchone()
    assert in_database == plain
    assert sorted(set(pieces)) == searching.pieces(plain)


def found(words):
    return {r.number for r in FactorRequest.objects.containing(words)}


def test_a_request_is_found_by_everything_that_stands_for_it():
    owner = directory.enterprise("泰安示例电缆有限公司")
    made = factories.filed(enterprise=owner)
    FactorRequest.objects.filter(pk=made.pk).update(headline="二期厂房用地", story="地块红线需要调整")
    code = owner.profile.credit_code
    for words in ("厂房", "红线", "示例电缆", code.lower(), made.number, made.number[-4:]):
        assert found(words) == {made.number}, words
    assert found("用地 电缆 红线") == {made.number}
    assert found("用地 龘龘") == set()


def test_a_new_name_and_a_late_code_are_found_at_once_and_the_old_name_no_more():
    owner = directory.enterprise("泰安示例电缆有限公司")
    made = factories.filed(enterprise=owner)
    Organization.objects.filter(pk=owner.pk).update(name="山东新名科技有限公司", short="新名科技")
    EnterpriseProfile.objects.filter(pk=owner.pk).update(credit_code=None)
    assert found("新名") == {made.number}
    assert found("电缆") == set()
    EnterpriseProfile.objects.filter(pk=owner.pk).update(credit_code="91370900MA3XYZ0001")
    assert found("ma3xyz") == {made.number}


def test_pairs_that_stand_apart_are_no_hit():
    made = factories.filed()
    FactorRequest.objects.filter(pk=made.pk).update(headline="用电地块用地电力")
    assert found("用电地块") == {made.number}
    assert found("电力用地") == set()
    assert found("用地用电") == set()


def test_every_request_has_its_text_however_many_come_at_once():
    first = factories.filed()
    values = FactorRequest.objects.filter(pk=first.pk).values().get()
    copies = [FactorRequest(**{**values, "id": None, "number": f"复制-{n}"}) for n in range(30)]
    FactorRequest.objects.bulk_create(copies)
    assert SearchText.objects.count() == 31
    assert found("复制") == {c.number for c in copies}


def test_signs_of_a_pattern_are_only_signs():
    made = factories.filed()
    FactorRequest.objects.filter(pk=made.pk).update(headline="降低50%_成本\\税")
    assert found("0%_成") == {made.number}
    assert found("5_%") == set()
    assert found("\\税") == {made.number}


def test_found_words_are_marked_where_they_stand_in_the_text_as_it_is_written():
    assert searching.marked("泰安ＡＢ 电缆", ["ab电"]) == [
        ("泰安", False),
        ("ＡＢ", True),
        (" ", False),
        ("电", True),
        ("缆", False),
    ]
    assert searching.marked("电电电", ["电电"]) == [("电电电", True)]
    assert searching.marked("无", ["有有"]) == [("无", False)]


def test_a_ledger_of_past_years_becomes_searchable_in_portions_after_it_is_stored(monkeypatch):
    monkeypatch.setattr(search_texts, "PORTION", 2)
    made = [factories.filed() for _ in range(5)]
    SearchText.objects.all().delete()
    told = []
    assert search_texts.write_missing(progress=told.append) == 5
    assert told == [2, 4, 5]
    assert found(made[3].number) == {made[3].number}
    assert search_texts.write_missing() == 0
