"""No file grows beyond what a reader takes in."""

import ast

import pytest

from tests.house.source import lines, modules, name_of, templates

WALL = 300
TEST_WALL = 400
TEMPLATE_WALL = 120


def test_no_module_is_longer_than_three_hundred_lines():
    assert {name_of(path): lines(path) for path in modules() if lines(path) > WALL} == {}


def test_no_test_module_is_longer_than_four_hundred_lines():
    assert {name_of(path): lines(path) for path in modules(with_tests=True) if lines(path) > TEST_WALL} == {}


def test_no_template_is_longer_than_a_hundred_and_twenty_lines():
    assert {name_of(path): lines(path) for path in templates() if lines(path) > TEMPLATE_WALL} == {}


@pytest.mark.parametrize("word", ["utils", "helpers", "misc", "common"])
def test_no_module_is_a_drawer(word):
    assert [name_of(path) for path in modules(with_tests=True) if path.stem == word] == []


def test_no_view_is_longer_than_fifteen_lines():
    """Counted from ``def`` to its last line, without docstring and blank lines."""
    assert list(_long_views()) == []


def _long_views():
    for path in modules():
        if "views" not in path.parts and path.stem != "views":
            continue
        source = path.read_text(encoding="utf-8").splitlines()
        for node in ast.parse("\n".join(source)).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            first = (
                node.body[1].lineno if ast.get_docstring(node) and len(node.body) > 1 else node.body[0].lineno
            )
            written = [line for line in source[first - 1 : node.end_lineno] if line.strip()]
            if len(written) > 15:
                yield f"{name_of(path)}:{node.name} has {len(written)}"
