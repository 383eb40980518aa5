"""Rule versions as data: what is sound, and what is refused with a sentence."""

from copy import deepcopy
from decimal import Decimal

import pytest

from scoring.rulebook import Curve, Rules, RulesError, Weight
from tests.scoring.factories import V1


def changed(**changes):
    return {**deepcopy(V1), **changes}


def with_marks(*marks):
    data = deepcopy(V1)
    for weight, full_marks in zip(data["weights"], marks, strict=True):
        weight["full_marks"] = full_marks
    return data


def test_version_one_reads_back_as_it_was_written():
    rules = Rules.from_json(V1)
    assert [str(weight.full_marks) for weight in rules.weights] == ["20", "25", "35", "20"]
    assert Rules.from_json(rules.to_json()) == rules


def test_full_marks_that_do_not_add_up_to_100_are_refused():
    with pytest.raises(RulesError, match=r"合计应为 100，现为 99\.99"):
        Rules.from_json(with_marks("20", "25", "35", "19.99"))


def test_full_marks_with_decimals_that_add_up_are_taken():
    rules = Rules.from_json(with_marks("33.33", "33.33", "33.33", "0.01"))
    assert rules.weights[3].full_marks == Decimal("0.01")


@pytest.mark.parametrize(
    "marks", [("0", "45", "35", "20"), ("-1", "46", "35", "20"), ("20.001", "24.999", "35", "20")]
)
def test_full_marks_that_cannot_be_given_are_refused(marks):
    with pytest.raises(RulesError):
        Rules.from_json(with_marks(*marks))


def test_a_float_is_refused_because_it_is_not_exact():
    with pytest.raises(RulesError, match="带引号的小数"):
        Rules.from_json(with_marks(20.0, "25", "35", "20"))


@pytest.mark.parametrize("marks", ["二十", "NaN", "Infinity", None, True])
def test_marks_that_are_no_number_are_refused(marks):
    with pytest.raises(RulesError):
        Rules.from_json(with_marks(marks, "25", "35", "20"))


def test_a_missing_or_doubled_or_unknown_indicator_is_refused():
    weights = deepcopy(V1["weights"])
    for wrong in (weights[:3], [weights[0], *weights[:3]], [weights[1], weights[0], *weights[2:]]):
        with pytest.raises(RulesError):
            Rules.from_json(changed(weights=wrong))
    with pytest.raises(RulesError, match="没有“speed”这项指标"):
        Weight.from_json({"indicator": "speed", "full_marks": "20"})


@pytest.mark.parametrize(
    "curve",
    [
        {"kind": "steps"},
        {"kind": "threshold", "threshold": "0"},
        {"kind": "threshold", "threshold": "1.01"},
        {"kind": "threshold", "slope": "-0.01"},
        {"kind": "threshold", "floor": "1.5"},
        {"kind": "threshold", "floor": 0.5},
    ],
)
def test_a_curve_out_of_bounds_is_refused(curve):
    with pytest.raises(RulesError):
        Curve.from_json(curve)


@pytest.mark.parametrize(
    "groups",
    [
        [],
        [{"name": "甲", "departments": ["FGW"]}],
        [{"name": "甲", "departments": None}, {"name": "乙", "departments": None}],
        [{"name": "甲", "departments": None}, {"name": "乙", "departments": ["FGW", "FGW"]}],
        [{"name": "甲", "departments": None}, {"name": "甲", "departments": ["FGW"]}],
        [{"name": "", "departments": None}],
    ],
)
def test_groups_that_lose_or_double_a_department_are_refused(groups):
    with pytest.raises(RulesError):
        Rules.from_json(changed(groups=groups))


def test_a_department_that_no_group_names_stands_in_the_rest():
    rules = Rules.from_json(
        changed(groups=[{"name": "甲", "departments": ["FGW"]}, {"name": "其余", "departments": None}])
    )
    assert (rules.group_of("FGW"), rules.group_of("ZJJ")) == ("甲", "其余")


@pytest.mark.parametrize(
    "content",
    [{}, {"weights": "all"}, {"weights": [1, 2, 3, 4]}, changed(small_sample=-1), changed(empty="zero")],
)
def test_content_of_the_wrong_shape_is_a_sentence_not_a_crash(content):
    with pytest.raises(RulesError):
        Rules.from_json(content)
