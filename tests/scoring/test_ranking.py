"""Places: 1, 1, 3; order inside a tie; groups; those without a place apart."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from scoring.ranking import Entrant, places

ONE = ["市直要素保障部门"]


def entrant(code, total, position=0, group=ONE[0]):
    return Entrant(code, position, group, None if total is None else Decimal(total))


def test_equal_totals_share_a_place_and_the_next_is_skipped():
    rows = places([entrant("A", "90"), entrant("B", "95.50"), entrant("C", "95.5"), entrant("D", "80")], ONE)
    assert [(row.code, place) for row, place in rows] == [("B", 1), ("C", 1), ("A", 3), ("D", 4)]


def test_inside_a_tie_position_decides_the_order_then_code():
    rows = places([entrant("C", "90", 2), entrant("B", "90", 1), entrant("A", "90", 2)], ONE)
    assert [(row.code, place) for row, place in rows] == [("B", 1), ("A", 1), ("C", 1)]


def test_those_without_a_total_stand_apart_by_position():
    rows = places([entrant("A", None, 9), entrant("B", "1"), entrant("C", None, 3)], ONE)
    assert [(row.code, place) for row, place in rows] == [("B", 1), ("C", None), ("A", None)]


def test_each_group_has_its_own_first():
    rows = places(
        [entrant("A", "90", group="乙"), entrant("B", "80", group="甲"), entrant("C", "70", group="甲")],
        ["甲", "乙"],
    )
    assert [(row.code, place) for row, place in rows] == [("B", 1), ("C", 2), ("A", 1)]


def test_nobody_is_an_empty_table():
    assert places([], ONE) == []


@given(st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 5)), st.integers(0, 3)), max_size=12))
def test_a_place_is_one_more_than_the_number_of_better_totals(drawn):
    entrants = [entrant(f"D{i:02}", total, position) for i, (total, position) in enumerate(drawn)]
    rows = places(entrants, ONE)
    assert sorted(row.code for row, _ in rows) == [each.code for each in entrants]
    for row, place in rows:
        better = sum(
            each.total is not None and row.total is not None and each.total > row.total for each in entrants
        )
        assert place == (None if row.total is None else better + 1)
