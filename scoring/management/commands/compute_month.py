"""Compute one month and store the run: ``manage.py compute_month 2023-06 --json``."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scoring import digests, runs
from scoring.models import ScoringRun
from taian_factors.lib.clock import now
from taian_factors.lib.periods import Period


def print_run(command: BaseCommand, run: ScoringRun, *, as_json: bool) -> None:
    """Print a stored run: one JSON object, or a table for a person."""
    output = digests.machine_output(run, digests.loaded(run))
    if as_json:
        command.stdout.write(json.dumps(output, ensure_ascii=False))
        return
    command.stdout.write(
        f"{output['period']}　细则 {output['rules']}　第 {run.pk} 次计算　{run.get_state_display()}"
    )
    for row in output["departments"]:
        command.stdout.write(f"{row['place']:>3}  {row['total']:>6}  {row['name']}")
    for row in output["unranked"]:
        command.stdout.write(f"  —       —  {row['name']}（本期无应办事项）")


class Command(BaseCommand):
    """Compute every department for a month; a new run each time."""

    help = "计算一个月的得分和排名，存为一次新的计算。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the month, and whether a machine reads."""
        parser.add_argument("month", help="月份，如 2023-06")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compute and print."""
        try:
            run = runs.compute_month(period=Period.parse(options["month"]), at=now())
        except (ValueError, runs.RunError) as error:
            raise CommandError(str(error)) from error
        print_run(self, run, as_json=options["json"])
