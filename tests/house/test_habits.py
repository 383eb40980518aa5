"""Habits of the house that no linter knows: one way to move, no hidden callers, no leftovers."""

import ast
import re
import subprocess
import tomllib

import pytest
from django.core.management import call_command

from taian_factors import settings
from tests.house.source import ROOT, modules, name_of, nodes

# Where the state of a request or a ticket is written, and why just there.
WRITERS_OF_STATE = {
    "requests_desk/journal.py": "the one way to move",
    "requests_desk/intake.py": "birth",
    "requests_desk/front_line.py": "a front-line visit is no matter; its verbs stand there",
    "fairs/journal.py": "the one way to move a ticket, and its birth",
    "fairs/clicks.py": "a repeated click is answered as it was answered then; nothing is saved",
    "fairs/claims.py": "a claim of a desk without a line is no matter; its verbs stand there",
    "fairs/picture.py": "a ticket drawn from what was read; nothing is saved",
    "scoring/imports/storing.py": "ledgers of past years bring their states along",
}
# Models with a state of their own that is no matter's life.
OTHER_STATES = re.compile(
    r"^(Job|RuleVersion|ScoringRun|Bulletin|Appeal|self|run|job|version|bulletin|appeal)\b"
)
SQL_WRITE = re.compile(r"\bUPDATE\b.*\bSET\b[^;]*\bstate\s*=", re.DOTALL)


def test_only_the_journal_assigns_the_state_of_a_matter():
    found = {f"{name_of(path)}:{line}" for path in modules() for line in _writes_of_state(path)}
    assert {place for place in found if place.rpartition(":")[0] not in WRITERS_OF_STATE} == set()


def _writes_of_state(path):
    for node in nodes(path):
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign):
            yield from _state_assigned(node)
        elif isinstance(node, ast.Call):
            yield from _state_given_to_a_writer(node)
        elif isinstance(node, ast.Constant) and SQL_WRITE.search(str(node.value)):
            yield node.lineno


def _state_assigned(node):
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        is_state = isinstance(target, ast.Attribute) and target.attr == "state"
        if is_state and not OTHER_STATES.match(ast.unparse(target)):
            yield node.lineno


def _state_given_to_a_writer(call):
    writer = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if writer not in {"update", "create", "get_or_create", "update_or_create", "FactorRequest", "Ticket"}:
        return
    for given in call.keywords:
        if given.arg == "state" and not OTHER_STATES.match(ast.unparse(given.value)):
            yield call.lineno


def test_no_model_hides_work_in_save_or_delete():
    hidden = [
        f"{name_of(path)}:{node.lineno}"
        for path in modules()
        if {"models", "querysets"} & {path.stem, path.parent.name}
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef) and node.name in {"save", "delete"}
    ]
    assert hidden == []


def test_nobody_sends_or_hears_signals():
    word = re.compile(r"django\.(dispatch|db\.models\.signals|core\.signals)|@receiver\b")
    assert [name_of(path) for path in modules() if word.search(path.read_text())] == []


def test_no_import_hides_in_a_function():
    hidden = [
        f"{name_of(path)}:{inner.lineno}"
        for path in modules()
        for node in nodes(path)
        if isinstance(node, ast.FunctionDef)
        for inner in ast.walk(node)
        if isinstance(inner, ast.Import | ast.ImportFrom)
    ]
    assert hidden == []


def test_no_ordering_hides_in_a_model():
    hidden = [
        f"{name_of(path)}:{node.lineno}"
        for path in modules()
        for node in nodes(path)
        if isinstance(node, ast.ClassDef) and node.name == "Meta" and "ordering" in _assigned(node)
    ]
    assert hidden == []


def _assigned(node):
    return {target.id for part in node.body if isinstance(part, ast.Assign) for target in part.targets}


def tracked():
    """Give every text file that belongs to the project."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    ).stdout.split("\n")
    names = (
        listed if any(listed) else [name_of(path) for path in ROOT.rglob("*") if ".venv" not in path.parts]
    )
    for name in names:
        path = ROOT / name
        if name and path.is_file() and path.suffix in SUFFIXES and name != name_of(THIS):
            yield path


SUFFIXES = {
    ".py",
    ".html",
    ".css",
    ".js",
    ".md",
    ".toml",
    ".yml",
    ".yaml",
    ".json",
    ".txt",
    ".svg",
    ".example",
    "",
}
THIS = ROOT / "tests" / "house" / "test_habits.py"
LEFTOVERS = re.compile(r"\b(TODO|FIXME)\b|\bbreakpoint\(\)|\bpdb\b|console\.log\(")
ELSEWHERE = re.compile(
    r"/(home|Users|root|work)/[a-z]|\.\./shared|\bshared/(architecture|workflow|scoring|look|domain)\b"
)


def test_nothing_is_left_lying_about():
    found = {name_of(path) for path in tracked() if LEFTOVERS.search(path.read_text(encoding="utf-8"))}
    assert found == set()


def test_no_file_speaks_of_a_place_outside_the_project():
    found = {name_of(path) for path in tracked() if ELSEWHERE.search(path.read_text(encoding="utf-8"))}
    assert found == set()


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command("makemigrations", check_changes=True, dry_run=True, verbosity=0)


def test_the_example_lists_every_setting_and_no_other():
    read = set(re.findall(r'env\.\w+\(\s*"([A-Z_]+)"', (ROOT / "taian_factors" / "settings.py").read_text()))
    names = re.findall(r"^([A-Z_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE)
    listed = set(names)
    assert len(names) == len(listed), "a setting stands twice"
    only_for_compose = {"POSTGRES_PASSWORD", "PORTAL_PORT"}
    assert settings.PRODUCTION is False
    assert listed - only_for_compose == read
    assert only_for_compose <= set(re.findall(r"\$\{([A-Z_]+)", (ROOT / "docker-compose.yml").read_text()))


def test_compose_has_no_default_for_a_secret():
    text = (ROOT / "docker-compose.yml").read_text()
    for secret in ("SECRET_KEY", "POSTGRES_PASSWORD"):
        uses = re.findall(rf"\$\{{{secret}([^}}]*)\}}", text)
        assert uses
        assert set(uses) == {":?"}


def test_every_dependency_has_its_line_in_the_decisions():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"].values()
    wanted = [*project["project"]["dependencies"], *(line for group in groups for line in group)]
    names = {re.match(r"[\w-]+", line)[0] for line in wanted}
    decided = (ROOT / "docs" / "decisions" / "0002-dependencies.md").read_text()
    assert {name for name in names if f"`{name}`" not in decided} == set()
