"""Reproduce a period from its stored inputs: ``manage.py verify_period 2023-06``."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from scoring.models import ScoringRun
from scoring.verifying import first_difference
from taian_factors.lib.periods import Period


class Command(BaseCommand):
    """Say "identical", or name the first difference and end with status 1."""

    help = "用存下的计入事项重算一个期间，核对是否逐字节相同。"

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the period, and the run where it is not the one that holds."""
        parser.add_argument("period", help="2023-06、2023Q2、2023H1 或 2023")
        parser.add_argument("--run", type=int, help="第几次计算；缺省为已公布的，没有公布则为最新的")

    def handle(self, *args: Any, **options: Any) -> None:
        """Recompute and compare."""
        try:
            runs = ScoringRun.objects.of(Period.parse(options["period"]))
        except ValueError as error:
            raise CommandError(str(error)) from error
        wanted = runs.filter(pk=options["run"]) if options["run"] else runs
        run = wanted.published().first() or wanted.first()
        if run is None:
            raise CommandError(f"{options['period']} 没有计算过。")
        different = first_difference(run)
        if different:
            raise CommandError(f"第 {run.pk} 次计算不一致：{different}")
        self.stdout.write(
            f"identical：{run.period} 第 {run.pk} 次计算与存下的计入事项逐字节一致。{run.digest}"
        )
