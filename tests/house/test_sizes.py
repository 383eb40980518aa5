"""No file grows beyond what a reader takes in."""

import ast

import pytest

from tests.house.source import lines, modules, name_of, templates

WALL = 300
TEST_WALL = 450
TEMPLATE_WALL = 120


def test_no_module_is_longer_than_three_hundred_lines():
    assert {name_of(path): lines(path) for path in modules() if lines(path) > WALL} == {}


def test_no_test_module_is_longer_than_four_hundred_and_fifty_lines():
    assert {name_of(path): lines(path) for path in modules(with_tests=True) if lines(path) > TEST_WALL} == {}


def test_no_template_is_longer_than_a_hundred_and_twenty_lines():
    assert {name_of(path): lines(path) for path in templates() if lines(path) > TEMPLATE_WALL} == {}


@pytest.mark.parametrize("word", ["utils", "helpers", "misc", "common"])
def test_no_module_is_a_drawer(word):
    assert [name_of(path) for path in modules(with_tests=True) if path.stem == word] == []


def test_no_view_is_longer_than_fifteen_lines():
    """Counted as statements, so that it does not matter how the formatter wraps them."""
    assert list(_long_views()) == []


def _long_views():
    for path in modules():
        if "views" not in path.parts and path.stem != "views":
            continue
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and "request" in [a.arg for a in node.args.args[:1]]:
                statements = sum(isinstance(part, ast.stmt) for part in ast.walk(node)) - 1
                written = statements - bool(ast.get_docstring(node))
                if written > 15:
                    yield f"{name_of(path)}:{node.name} has {written}"
