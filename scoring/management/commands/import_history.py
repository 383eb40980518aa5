"""Take over the ledger of past years from five CSV files."""

import json
import sys
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scoring.imports import History, import_history
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Organization
from taian_factors.lib.clock import now


class Command(BaseCommand):
    """``import_history DIR [--json]``: all or nothing; exit status 1 with a report when a row is bad."""

    help = "导入往年台账：DIR 里的五个 CSV 文件，全部入库或全部不入库。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the folder."""
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出结果")

    def handle(self, *, folder: Path, **options: Any) -> None:
        """Import, report, and leave with status 1 if anything was wrong."""
        if not folder.is_dir():
            raise CommandError(f"没有这个文件夹：{folder}")
        office = Actor(None, Organization.objects.get(kind="office"))
        found = import_history(folder, actor=office, at=now(), progress=self._progress)
        self.stdout.write(
            json.dumps(asdict(found), ensure_ascii=False) if options["json"] else self._report(found)
        )
        if found.errors:
            sys.exit(1)

    def _progress(self, file: str, done: int) -> None:
        self.stderr.write(f"{file}：已读 {done:,} 行" if file else "检查完毕，正在入库……")

    def _report(self, found: History) -> str:
        lines = [f"{p.file},{p.line},{p.column},{p.problem}" for p in found.errors]
        lines += [f"（提醒）{p.file},{p.line},{p.column},{p.problem}" for p in found.warnings]
        if found.errors:
            return "\n".join([*lines, f"共 {found.error_count} 处错误，没有导入任何内容。"])
        return "\n".join(
            [*lines, "已导入：" + "，".join(f"{name} {n:,}" for name, n in found.stored.items())]
        )
