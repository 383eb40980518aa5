"""Play the fair of 13 June 2023 again, and print what it counted."""

import gc
import json
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from taian_factors.demo import city, figures
from taian_factors.demo.replay import replay

SUMMARY = """{fair} 要素保障大集（市民之家）
  参加：{departments} 个市直要素保障部门，{institutions} 家银行
  到场企业 {visits} 家，取号 {tickets} 个，收到评价 {reviews} 份
  要素需求 {factor_requests[received]} 项：现场办结 {factor_requests[completed_on_the_spot]} 项，\
现场拿出解决方案 {factor_requests[solution_offered]} 项
  金融需求 {finance_requests[received]} 项：现场办结 {finance_requests[completed_on_the_spot]} 项，\
现场拿出解决方案 {finance_requests[solution_offered]} 项"""


class Command(BaseCommand):
    """Check in, take tickets, call, serve, file, complete or answer, review: a whole day through the real verbs."""

    requires_system_checks = ()
    help = "重演 2023 年 6 月 13 日要素保障大集，并从记录中统计结果。重复运行不会重复生成数据。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Offer the machine's writing."""
        parser.add_argument("--json", action="store_true", help="只输出 JSON。")

    def handle(self, **options: Any) -> None:
        """Replay unless it has been, then count and print; the JSON stands last."""
        gc.set_threshold(50_000)  # looking for cycles, of which there are few, would cost a fifth of the time
        counted = figures.of_fair(replay(city.build()))
        self.stdout.write(
            json.dumps(counted, ensure_ascii=False) if options["json"] else SUMMARY.format(**counted)
        )
