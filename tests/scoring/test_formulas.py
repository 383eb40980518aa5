"""The arithmetic: the worked example to the digit, published points, and what must hold for every input."""

from copy import deepcopy
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scoring.formulas import Fact, adjusted_marks, percentage, plain, rounded, score, share
from scoring.rulebook import INDICATORS, Curve, Rules
from tests.scoring.factories import V1

RULES = Rules.from_json(V1)
CODES = [indicator.code for indicator in INDICATORS]


def facts(*pairs):
    return {
        code: Fact(Decimal(str(hits)), population)
        for code, (hits, population) in zip(CODES, pairs, strict=True)
    }


@st.composite
def counted(draw):
    population = draw(st.integers(0, 40))
    halves = draw(st.integers(0, 2 * population))
    return Fact(Decimal(halves) / 2, population)


@st.composite
def any_rules(draw):
    cuts = sorted(draw(st.lists(st.integers(1, 9999), min_size=3, max_size=3, unique=True)))
    cents = [b - a for a, b in zip([0, *cuts], [*cuts, 10000], strict=True)]
    data = deepcopy(V1)
    for weight, marks in zip(data["weights"], cents, strict=True):
        weight["full_marks"] = str(Decimal(marks).scaleb(-2))
        if draw(st.booleans()):
            numbers = {"threshold": (50, 100), "slope": (0, 10), "floor": (0, 100)}
            curve = {
                name: str(Decimal(draw(st.integers(*span))).scaleb(-2)) for name, span in numbers.items()
            }
            weight["curve"] = {"kind": "threshold", **curve}
    return Rules.from_json(data)


def any_facts():
    return st.fixed_dictionaries({code: counted() for code in CODES})


def test_worked_example_of_the_sheet_to_the_digit():
    result = score(facts((12, 13), (8, 9), (0, 0), (Decimal("3.5"), 4)), RULES)
    assert [str(line.full_marks) for line in result.lines] == ["30.77", "38.46", "0.00", "30.77"]
    assert [str(line.points) for line in result.lines] == ["28.40", "34.19", "0.00", "26.92"]
    assert [line.flags for line in result.lines] == [(), (), (), ("small_sample",)]
    assert str(result.total) == "89.51"


def test_the_sentence_of_arithmetic_adds_up():
    result = score(facts((12, 13), (8, 9), (0, 0), (Decimal("3.5"), 4)), RULES)
    assert result.lines[0].note == (
        "应回复 13 件，按时回复 12，12/13 = 92.31%；满分 30.77（原 20，移入 10.77）；"
        "30.77 × 12/13 = 28.40 分。"
    )
    assert result.lines[2].note == "本期没有应计入的事项，35 分移入其他指标。"


def test_everything_on_time_is_a_hundred():
    result = score(facts((5, 5), (6, 6), (7, 7), (8, 8)), RULES)
    assert [str(line.full_marks) for line in result.lines] == ["20.00", "25.00", "35.00", "20.00"]
    assert str(result.total) == "100.00"


@pytest.mark.parametrize(
    ("populations", "marks"),
    [
        ((0, 3, 3, 3), ["0.00", "45.00", "35.00", "20.00"]),  # (a) inside the dimension
        ((3, 0, 3, 3), ["45.00", "0.00", "35.00", "20.00"]),
        ((3, 3, 0, 3), ["30.77", "38.46", "0.00", "30.77"]),  # (b) the worked example
        ((3, 3, 3, 0), ["25.00", "31.25", "43.75", "0.00"]),
        ((3, 0, 0, 3), ["69.23", "0.00", "0.00", "30.77"]),
        ((3, 3, 0, 0), ["44.44", "55.56", "0.00", "0.00"]),
        ((0, 3, 0, 0), ["0.00", "100.00", "0.00", "0.00"]),
    ],
)
def test_empty_populations_give_their_marks_away(populations, marks):
    adjusted = adjusted_marks(dict(zip(CODES, populations, strict=True)), RULES)
    assert [str(adjusted[code]) for code in CODES] == marks


def test_what_rounding_loses_goes_to_the_largest_and_to_the_first_of_equals():
    data = deepcopy(V1)
    for weight, marks in zip(data["weights"], ("30", "30", "30", "10"), strict=True):
        weight["full_marks"] = marks
    adjusted = adjusted_marks(dict(zip(CODES, (1, 1, 1, 0), strict=True)), Rules.from_json(data))
    assert [str(adjusted[code]) for code in CODES] == ["33.34", "33.33", "33.33", "0.00"]


def test_a_department_without_results_has_no_place_but_its_other_rates():
    result = score(facts((0, 0), (0, 0), (3, 4), (Decimal("3.5"), 5)), RULES)
    assert (result.unranked, result.total) == ("no_matters", None)
    assert all(line.points is None and line.full_marks is None for line in result.lines)
    assert [(str(line.hits), line.population) for line in result.lines[2:]] == [("3", 4), ("3.5", 5)]
    assert "不排名" in result.lines[3].note


def test_a_version_may_keep_marks_inside_the_dimension():
    rules = Rules.from_json({**V1, "empty": "within_dimension"})
    assert score(facts((1, 1), (0, 0), (1, 1), (1, 1)), rules).total == 100
    assert score(facts((1, 1), (1, 1), (0, 0), (1, 1)), rules).unranked == "empty_dimension"


@pytest.mark.parametrize(
    ("population", "flags"), [(0, ()), (1, ("small_sample",)), (4, ("small_sample",)), (5, ())]
)
def test_one_to_four_is_a_small_sample(population, flags):
    result = score(facts((population, population), (9, 9), (9, 9), (9, 9)), RULES)
    assert result.lines[0].flags == flags


# Points that 连云港 published, which its curve must give back: on-time completion 20 points, satisfaction 25.
ON_TIME = Curve("threshold", Decimal("0.95"), Decimal("0.05"), Decimal(0))
SATISFIED_95 = Curve("threshold", Decimal("0.95"), Decimal("0.02"), Decimal("0.5"))
SATISFIED_98 = Curve("threshold", Decimal("0.98"), Decimal("0.02"), Decimal("0.5"))


@pytest.mark.parametrize(
    ("curve", "full_marks", "rate", "points"),
    [
        (ON_TIME, 20, "80", "5.00"),
        (ON_TIME, 20, "66.67", "0.00"),
        (ON_TIME, 20, "89.82", "14.82"),
        (ON_TIME, 20, "95", "20.00"),
        (ON_TIME, 20, "100", "20.00"),
        (SATISFIED_95, 25, "70.59", "12.80"),
        (SATISFIED_95, 25, "66.67", "12.50"),
        (SATISFIED_98, 25, "75", "13.50"),
        (SATISFIED_98, 25, "71.43", "12.50"),
        (SATISFIED_98, 25, "87.5", "19.75"),
        (SATISFIED_98, 25, "83.33", "17.67"),
        (SATISFIED_98, 25, "50", "12.50"),
    ],
)
def test_threshold_curve_gives_back_the_published_points(curve, full_marks, rate, points):
    assert str(rounded(full_marks * share(curve, Fraction(rate) / 100))) == points


@pytest.mark.parametrize(
    ("value", "text"),
    [("1/200", "0.01"), ("1/201", "0.00"), ("2/3", "0.67"), ("5", "5.00"), ("269237499/10000000", "26.92")],
)
def test_half_a_cent_is_rounded_up(value, text):
    assert str(rounded(Fraction(value))) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [("12", "12"), ("12.0", "12"), ("3.5", "3.5"), ("100", "100"), ("0.0", "0"), ("1E+1", "10")],
)
def test_hits_are_written_without_trailing_zeros(value, text):
    assert plain(Decimal(value)) == text


def test_no_rate_is_a_dash():
    assert (percentage(None), percentage(Fraction(12, 13)), percentage(Fraction(1))) == (
        "—",
        "92.31%",
        "100.00%",
    )


@given(any_facts(), any_rules())
def test_adjusted_marks_always_add_up_to_exactly_100(counted_facts, rules):
    populations = {code: fact.population for code, fact in counted_facts.items()}
    marks = adjusted_marks(populations, rules)
    assert sum(marks.values()) == (100 if any(populations.values()) else 0)
    assert all(marks[code] >= 0 for code in CODES)
    assert all(marks[code] == 0 for code in CODES if not populations[code])


@given(any_facts(), any_rules())
def test_a_total_is_the_sum_of_its_lines_and_never_above_100(counted_facts, rules):
    result = score(counted_facts, rules)
    if result.total is None:
        assert result.unranked == "no_matters"
        return
    assert result.total == sum(line.points for line in result.lines)
    assert 0 <= result.total <= 100
    assert all(line.points <= line.full_marks for line in result.lines)


@given(any_facts(), any_rules(), st.sampled_from(CODES))
def test_one_more_hit_never_costs_points(counted_facts, rules, code):
    before = score(counted_facts, rules)
    fact = counted_facts[code]
    if before.total is None or fact.hits + 1 > fact.population:
        return
    after = score({**counted_facts, code: Fact(fact.hits + 1, fact.population)}, rules)
    assert after.total >= before.total
