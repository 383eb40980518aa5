"""Run the due tasks in place: what Celery's beat and worker do where there is a Redis."""

import time
from typing import Any

from celery.beat import Scheduler
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections

from taian_factors.celery import app

LONGEST_NAP = 5.0  # seconds, so that Ctrl-C and a changed system clock are noticed soon


def make_scheduler() -> Scheduler:
    """Return beat's scheduler, with every task known by name: an unknown one would be sent away and never run."""
    app.loader.import_default_modules()
    return Scheduler(app=app)


class Command(BaseCommand):
    """Beat's own scheduler over the schedule of taian_factors/celery.py; its tasks run in this process."""

    help = "不用 Redis 时，在本进程内按时执行后台任务。"

    def handle(self, **options: Any) -> None:
        """Tick until interrupted. A task that fails is logged and tried again when it is due again."""
        if settings.REDIS_URL:
            raise CommandError("已设置 REDIS_URL：请运行 celery beat 和 celery worker。")
        self.stdout.write(f"未设置 REDIS_URL：{len(app.conf.beat_schedule)} 项定时任务在本进程内执行。")
        scheduler = make_scheduler()
        try:
            while True:
                pause = scheduler.tick() or 0.0
                close_old_connections()
                time.sleep(min(max(pause, 0.1), LONGEST_NAP))
        except KeyboardInterrupt:
            self.stdout.write("已停止。")
