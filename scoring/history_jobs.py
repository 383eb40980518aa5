"""An import of past years as a job: its files in a folder of their own, its progress, its report."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.core.cache import cache
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile

from scoring.imports import History, Problem, import_history
from taian_factors.directory.actors import Actor

HISTORY_TASK = "scoring.import_history"
_NAMES = {
    "enterprises": "企业",
    "requests": "要素需求",
    "assignments": "交办",
    "reviews": "评价",
    "duties": "工作落实",
    "exclusions": "剔除",
}
_KEPT_FOR = 24 * 3600  # seconds that the progress is remembered


@dataclass(frozen=True)
class Report:
    """What came of an import: errors apart from warnings, how many of each, and how much was stored."""

    errors: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    error_count: int = 0
    warning_count: int = 0
    stored: dict[str, int] = field(default_factory=dict)


def keep_files(files: Mapping[str, UploadedFile]) -> str:
    """Store the uploaded files under their own names, whatever they were called; return their folder."""
    folder = f"imports/history-{uuid4().hex}"
    for name, file in files.items():
        default_storage.save(f"{folder}/{name}.csv", file)
    return folder


def run(*, job_id: int, folder: str, actor: Actor, at: datetime) -> Report:
    """Import a job's files, write its report beside them, and take the files away."""
    path = Path(default_storage.path(folder))

    # The import is one transaction, so the job's own row can't tell how far it is: the cache does.
    def progress(file: str, rows: int) -> None:
        cache.set(_key(job_id), f"{file}：已读 {rows:,} 行" if file else "检查完毕，正在入库", _KEPT_FOR)

    try:
        found = import_history(path, actor=actor, at=at, progress=progress)
    finally:
        for sheet in path.glob("*.csv"):
            sheet.unlink()
    _write(path, found)
    return load(folder)


def _write(path: Path, found: History) -> None:
    text = json.dumps(asdict(found), ensure_ascii=False)
    (path / "report.json").write_text(text, encoding="utf-8")


def load(folder: str) -> Report:
    """Read a job's report; an empty one while there is none."""
    path = Path(default_storage.path(folder)) / "report.json"
    if not path.exists():
        return Report()
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for kind in ("errors", "warnings"):
        found[kind] = [Problem(**problem) for problem in found[kind]]
    return Report(**found)


def progress_of(job_id: int) -> str:
    """Return in words how far a running import is."""
    said: str = cache.get(_key(job_id), "")
    return said


def problem_rows(report: Report) -> Iterable[tuple[str, Problem]]:
    """Return errors, then warnings, each with its word."""
    yield from (("错误", problem) for problem in report.errors)
    yield from (("提醒", problem) for problem in report.warnings)


def summary(report: Report) -> str:
    """Say how much was stored, file by file; what was there already is not counted."""
    return "，".join(f"{_NAMES.get(name, name)} {count:,} 条" for name, count in report.stored.items())


def _key(job_id: int) -> str:
    return f"scoring:history:{job_id}"
