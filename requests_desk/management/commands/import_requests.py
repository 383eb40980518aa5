"""Read one of the office's lists and, when told so, store it as requests."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from requests_desk.imports import ReadList, WorkbookError, as_json, read_list, write_refused
from requests_desk.journal import RefusedError
from requests_desk.listing import StoredList, store_list
from requests_desk.models import Filing, OfficeList
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Organization
from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day


class Command(BaseCommand):
    """``import_requests FILE [--list KIND] [--store] [--json] [--refused OUT]``: reads, and writes when told."""

    help = "读取推进办的清单（重点项目要素需求清单、要素保障问题清单）。不加 --store 只核对，不写入。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the file, which list it is, and whether to store it."""
        parser.add_argument("file", type=Path, metavar="FILE", help=".xlsx 表格")
        parser.add_argument(
            "--list", dest="kind", choices=[str(kind) for kind in OfficeList.KINDS], help="缺省按表头判断"
        )
        parser.add_argument("--dry-run", action="store_true", help="只核对，什么也不写入（缺省）")
        parser.add_argument("--store", action="store_true", help="存入")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象")
        parser.add_argument("--refused", type=Path, metavar="OUT", help="把未入库原因写进这份表格的副本")

    def handle(self, *, file: Path, **options: Any) -> None:
        """Read, store when told so, report."""
        if not file.is_file():
            raise CommandError(f"没有这个文件：{file}")
        try:
            found, stored = self._take(file, options)
        except (WorkbookError, RefusedError) as error:
            raise CommandError(str(error)) from error
        if found.emptiness:
            self.stderr.write(found.emptiness)
        for remark in found.remarks:
            self.stderr.write(remark)
        if options["json"]:
            self.stdout.write(json.dumps(_told(found, stored), ensure_ascii=False))
        else:
            self._report(found, stored)

    def _take(self, file: Path, options: dict[str, Any]) -> tuple[ReadList, StoredList | None]:
        at, kind = now(), options["kind"]
        with file.open("rb") as source:
            found = read_list(
                source,
                today=local_day(at),
                kind=Filing.Channel(kind) if kind else None,
                name=file.stem,
                progress=lambda done: self.stderr.write(f"已读 {done:,} 行"),
            )
            if options["refused"]:
                with options["refused"].open("wb") as target:
                    write_refused(source, target, found)
        if options["dry_run"] or not options["store"]:
            return found, None
        office = Actor(None, Organization.objects.get(kind="office"))
        stored = store_list(
            rows=found.rows,
            kind=found.kind,
            name=file.name,
            actor=office,
            at=at,
            progress=lambda done: self.stderr.write(f"已存 {done:,} 项"),
        )
        return found, stored

    def _report(self, found: ReadList, stored: StoredList | None) -> None:
        counts = {
            "可入库需求": len(found.rows),
            "合成申报": found.filings,
            "其中已在平台": len(found.known),
            "不能入库": len(found.refused),
            "重复": len(found.duplicates),
            "不是需求的行": len(found.ignored),
        }
        said = "，".join(f"{name} {count:,}" for name, count in counts.items())
        self.stdout.write(f"{found.kind.label}：{said}。")
        for row in found.refused:
            self.stdout.write(f"{found.where(row)}　{row.reason}")
        for duplicate in found.duplicates:
            self.stdout.write(f"{found.where(duplicate.row)}　与{found.where(duplicate.of)}重复")
        if stored is None:
            self.stdout.write("只作核对，没有写入；加 --store 存入。")
        else:
            self.stdout.write(f"已存入 {stored.requests:,} 项需求，{stored.filings:,} 份申报，等待受理。")


def _told(found: ReadList, stored: StoredList | None) -> dict[str, Any]:
    told = as_json(found)
    if stored is not None:
        told["stored"] = {"requests": stored.requests, "filings": stored.filings, "known": stored.known}
    return told
