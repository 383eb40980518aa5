"""Set the demo city up (or bring it up to today), and serve it on this machine."""

import gc
import time
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections

from taian_factors.demo import people, serving
from taian_factors.demo.setup import set_up
from taian_factors.lib.clock import now

ACCOUNTS = (
    ("gtb", "市工业推进办 经办人"),
    ("gtb-lead", "市工业推进办 负责人"),
    ("gtb-auditor", "市工业推进办 审计"),
    ("spj", "市行政审批服务局 经办人（今日大集在席）"),
    ("spj-lead", "市行政审批服务局 负责人"),
    ("zgj", "市自然资源和规划局 经办人"),
    ("b01", "工商银行 经办人"),
    ("tb-370902", "泰山区推进办"),
    ("zb-c01", "输变电装备及电线电缆专班"),
    ("qy001", "示例智能电气（企业）"),
    ("admin", "系统管理员（/admin/）"),
)


class Command(BaseCommand):
    """The city has everything at hand: a year of history, the fair of 13 June 2023, and today."""

    help = "建立演示城市并在本机启动服务（127.0.0.1）。再次运行只补充缺少的日子。"

    def add_arguments(self, parser: CommandParser) -> None:
        """Ask for the port, and whether to serve at all."""
        parser.add_argument("--port", type=int, default=8000, help="端口，默认 8000。")
        parser.add_argument("--only-setup", action="store_true", help="只建立数据，不启动服务。")

    def handle(self, *, port: int, only_setup: bool, **options: Any) -> None:
        """Set up, print the accounts, serve until Ctrl-C."""
        if settings.PRODUCTION:
            raise CommandError("演示城市不能建在正式环境中（PRODUCTION=1）。")
        if not only_setup:
            try:
                serving.check_port(port)
            except serving.PortTakenError as error:
                raise CommandError(str(error)) from error
        self._set_up()
        if only_setup:
            return
        self._introduce(port)
        commands = [serving.web(port)] + ([] if settings.REDIS_URL else [serving.clock()])
        if serving.run(commands, cwd=settings.BASE_DIR):
            raise CommandError("服务意外停止，请查看上面的输出。")
        self.stdout.write("已停止。")

    def _set_up(self) -> None:
        begun = time.monotonic()
        call_command("migrate", verbosity=0)
        self.stdout.write("正在准备演示城市，首次需要一两分钟……")
        gc.set_threshold(
            50_000
        )  # the set-up makes much that no cycle holds; looking for cycles would cost a tenth
        built = set_up(now=now())
        connections.close_all()
        for line in built.refused:
            self.stderr.write(f"有一步没有做：{line}")
        done = f"新增 {built.steps} 步" if built.is_new else "今天的数据已在，没有新增"
        self.stdout.write(f"演示城市已就绪（{done}，用时 {time.monotonic() - begun:.0f} 秒）。")

    def _introduce(self, port: int) -> None:
        self.stdout.write(f"\n地址：http://{serving.HOST}:{port}/    所有演示账号的密码：{people.PASSWORD}\n")
        for username, role in ACCOUNTS:
            self.stdout.write(f"  {username:<12} {role}")
        self.stdout.write(
            "其他账号：部门、银行为单位代码小写（如 fgw、fgw-lead、b02），企业为 qy001 至 qy067。"
        )
        self.stdout.write("按 Ctrl-C 停止。\n")
