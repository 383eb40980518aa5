"""The layers hold, and each contract breaks when it is violated."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.house.source import PACKAGES, ROOT

CONTRACTS = [
    contract["name"]
    for contract in tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
]
# contract: the module that sins, and what it imports
SINS = {
    "Apps point one way": ("taian_factors/lib/clock.py", "fairs.models"),
    "Inside an app: surface, verbs, reads, data, rules": ("fairs/permissions.py", "fairs.queueing"),
    "The arithmetic is plain Python": ("scoring/formulas.py", "django"),
    "Only tasks know Celery": ("fairs/queueing.py", "celery"),
    "No app reaches up into the project": ("scoring/runs.py", "taian_factors.settings"),
    "The surface of requests_desk is its own": ("taian_factors/health.py", "requests_desk.views"),
    "The surface of fairs is its own": ("taian_factors/health.py", "fairs.views"),
}


def lint(folder: Path) -> str:
    """Return what import-linter says about the sources under a folder."""
    command = [sys.executable, "-c", "from importlinter.cli import lint_imports_command as run; run()"]
    done = subprocess.run(
        [*command, "--no-cache", "--config", "pyproject.toml"],
        cwd=folder,
        env={"PYTHONPATH": str(folder), "PATH": "", "COLUMNS": "200"},
        capture_output=True,
        text=True,
    )
    return done.stdout + done.stderr


def verdicts(report: str) -> dict[str, str]:
    """Return each contract's verdict."""
    return {
        name: word
        for name in CONTRACTS
        for word in re.findall(rf"^{re.escape(name)}\s+(KEPT|BROKEN)", report, re.MULTILINE)
    }


@pytest.fixture(scope="module")
def sinful(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The report on a copy of the sources in which every contract is violated once."""
    copy = tmp_path_factory.mktemp("sinful")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__", "data"))
    shutil.copy(ROOT / "pyproject.toml", copy)
    for module, imported in SINS.values():
        with (copy / module).open("a") as source:
            source.write(f"\nimport {imported}\n")
    return lint(copy)


def test_every_contract_is_kept():
    report = lint(ROOT)
    assert verdicts(report) == dict.fromkeys(CONTRACTS, "KEPT"), report


def test_every_contract_has_its_sin():
    assert sorted(SINS) == sorted(CONTRACTS)


@pytest.mark.parametrize("contract", SINS)
def test_contract_breaks_when_it_is_violated(sinful, contract):
    assert verdicts(sinful).get(contract) == "BROKEN", sinful
    module, imported = SINS[contract]
    sinner = module.removesuffix(".py").replace("/", ".")
    assert re.search(
        rf"{re.escape(sinner)}\s*(->|is not allowed to import)\s*{re.escape(imported)}", sinful
    ), sinful
