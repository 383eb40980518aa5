"""Pool published months: ``manage.py compute_period 2023Q2 --json``, ``2023H1``, ``2023``."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scoring import runs
from scoring.management.commands.compute_month import print_run
from taian_factors.lib.clock import now
from taian_factors.lib.periods import Period


class Command(BaseCommand):
    """Compute a quarter, half-year or year from its published months; refused unless all are published."""

    help = "合并已公布的各月，计算季度、半年或全年。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the period, and whether a machine reads."""
        parser.add_argument("period", help="2023Q2、2023H1 或 2023")
        parser.add_argument("--json", action="store_true", help="输出一个 JSON 对象")

    def handle(self, *args: Any, **options: Any) -> None:
        """Compute and print."""
        try:
            run = runs.compute_period(period=Period.parse(options["period"]), at=now())
        except (ValueError, runs.RunError) as error:
            raise CommandError(str(error)) from error
        print_run(self, run, as_json=options["json"])
