"""The files of the project, as the house tests read them."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
PACKAGES = ("taian_factors", "fairs", "requests_desk", "scoring")
TEMPLATES = ROOT / "templates"


def modules(*, with_tests: bool = False, with_migrations: bool = False) -> Iterator[Path]:
    """Give every Python file of ours."""
    for folder in (*PACKAGES, *(("tests",) if with_tests else ())):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if with_migrations or "migrations" not in path.parts:
                yield path


def templates() -> Iterator[Path]:
    """Give every template."""
    yield from sorted(path for path in TEMPLATES.rglob("*") if path.suffix in {".html", ".txt"})


def name_of(path: Path) -> str:
    """Return a file's path inside the project."""
    return path.relative_to(ROOT).as_posix()


def nodes(path: Path) -> Iterator[ast.AST]:
    """Give every node of a module's syntax tree."""
    yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def lines(path: Path) -> int:
    """Count a file's lines."""
    return len(path.read_text(encoding="utf-8").splitlines())
