"""Whom a word of a list means."""

from datetime import date

import pytest

from taian_factors.directory import naming
from taian_factors.directory.models import FormerName, Organization
from tests.directory import factories as directory

pytestmark = pytest.mark.django_db
TODAY = date(2023, 6, 13)


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("市发改委", "FGW"), ("发改委", "FGW"), ("市发展改革委", "FGW"), ("泰安市发展和改革委员会", "FGW"),
        ("自规局", "ZGJ"), ("市自然资源和规划局（牵头）", "ZGJ"), ("行政审批局", "SPJ"),
        ("供电公司", "GDG"), ("泰安供电公司", "GDG"), ("国网泰安供电公司", "GDG"),
        ("工商银行泰安分行", "B01"), ("中国工商银行", "B01"), ("泰安建行", "B04"), ("泰安银行", "B08"),
        ("泰山融资租赁", "F01"), ("泰山融资租赁公司", "F01"), ("地方金融监管局", "JRJ"), ("人民银行", "RHT"),
        ("新泰", "TB-370982"), ("新泰市", "TB-370982"), ("新泰市政府", "TB-370982"), ("宁阳县推进办", "TB-370921"),
        ("高新区", "TB-370900-GX"), ("泰安高新区管委会", "TB-370900-GX"), ("泰 山 区", "TB-370902"),
        ("国土资源局", "ZGJ"), ("市环境保护局", "STJ"),
        ("不存在的部门", None), ("岱岳区住建局", None), ("市", None), ("银行", None),
    ],
)  # fmt: skip
def test_a_word_means_a_body(word, code):
    found = naming.bodies().find(word, on=TODAY)
    assert (found and found.code) == code


@pytest.mark.parametrize(
    ("word", "code"),
    [("新泰", "370982"), ("新泰市", "370982"), ("泰安市岱岳区", "370911"), ("泰安高新区", "370900-GX"),
     ("高新区", "370900-GX"), ("徂汶景区", "370900-CW"), ("山东省泰安市肥城市", "370983"), ("市直", "370900"),
     ("历城区", None)],
)  # fmt: skip
def test_a_word_means_a_place(word, code):
    found = naming.divisions().find(word)
    assert (found and found.code) == code


@pytest.mark.parametrize(
    ("word", "code"), [("人社", "RSJ"), ("市住建", "ZJJ"), ("发改", "FGW"), ("不存在", None)]
)
def test_a_body_is_known_without_the_last_sign_of_its_name(word, code):
    found = naming.bodies().find(word, on=TODAY)
    assert (found and found.code) == code


def test_an_address_begins_with_its_place():
    places = naming.divisions()
    assert places.within("泰安市岱岳区满庄镇").code == "370911"
    assert places.within("泰山景区大津口乡").code == "370900-TS"
    assert places.within("济南市历城区") is None


def test_factors_and_chains_are_known_by_their_everyday_words():
    factors, chains = naming.factors(), naming.chains()
    assert [factors.find(w).code for w in ("用地", "资金类", "能耗指标", "用工", "环评", "其它")] == [
        "TD", "ZJ", "NY", "RC", "HJ", "QT",
    ]  # fmt: skip
    assert factors.find("外星要素") is None
    assert [chains.find(w).code for w in ("矿山装备产业链", "医药", "汽车及零部件")] == ["C03", "C10", "C02"]


def test_a_word_that_two_share_means_neither():
    names = naming.Names()
    names.add("a", ["监管局", "甲"])
    names.add("b", ["监管局"])
    assert (names.find("监管局"), names.find("甲")) == (None, "a")


def test_a_former_name_means_whom_it_named_on_the_list_s_day():
    old, new = directory.body("JRJ"), directory.body("CZJ")
    FormerName.objects.create(organization=old, name="示例监督局", until_on=date(2022, 12, 31))
    FormerName.objects.create(organization=new, name="示例监督局", until_on=date(2024, 12, 31))
    bodies = naming.bodies()
    assert bodies.find("市示例监督局", on=date(2022, 6, 1)) == old
    assert bodies.find("示例监督局", on=TODAY) == new
    assert bodies.find("示例监督局", on=date(2026, 1, 1)) == new  # nobody else took it


def test_a_body_keeps_being_found_under_its_old_name_when_it_is_renamed():
    Organization.objects.filter(code="JRJ").update(
        name="中共泰安市委金融委员会办公室", short="市委金融办", aliases=[]
    )
    FormerName.objects.create(
        organization=directory.body("JRJ"), name="地方金融监管局", until_on=date(2024, 3, 31)
    )
    bodies = naming.bodies()
    assert bodies.find("市地方金融监管局", on=TODAY).code == "JRJ"
    assert bodies.find("市委金融办", on=TODAY).code == "JRJ"


def test_a_body_that_is_switched_off_is_not_found():
    Organization.objects.filter(code="ZGJ").update(is_active=False)
    assert naming.bodies().find("自规局", on=TODAY) is None
    assert naming.bodies().find("国土资源局", on=TODAY) is None
