"""The health check: are the parts up, and is anything going to be missed? It tells nothing of anybody.

Open to everybody, so it is cheap (slow answers are remembered) and says no more than the parts' names.
"""

from collections.abc import Callable
from datetime import date

from celery import current_app
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from kombu.exceptions import OperationalError as BrokerError
from redis.exceptions import RedisError

from requests_desk import delivery_log
from taian_factors.directory.models import CalendarYear
from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day

REMEMBERED = {"health:migrations": 300, "health:worker": 30}
BROKEN = (DatabaseError, RedisError, BrokerError, OSError)


@login_not_required
@never_cache
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 when all parts are up (a warning does no harm), 503 when one is down; JSON in Chinese."""
    checks = {"数据库": _database, "数据库结构": _migrations, "缓存": _cache}
    if settings.REDIS_URL:
        checks["后台任务"] = _worker
    parts = {name: "正常" if _holds(check) else "异常" for name, check in checks.items()}
    at, is_ready = now(), parts["数据库结构"] == "正常"
    warnings = [*calendar_warnings(local_day(at)), *delivery_log.warnings(at=at)] if is_ready else []
    is_up = "异常" not in parts.values()
    return JsonResponse(
        {"status": "正常" if is_up else "异常", "parts": parts, "warnings": warnings},
        status=200 if is_up else 503,
        json_dumps_params={"ensure_ascii": False},
    )


def calendar_warnings(today: date) -> list[str]:
    """Return one sentence for each year whose working days are needed and not entered."""
    return [
        f"{year} 年工作日历尚未录入，暂按周一至周五计算，请市工业推进办录入。"
        for year in CalendarYear.objects.missing_for(today)
    ]


def _holds(check: Callable[[], bool]) -> bool:
    try:
        return check()
    except BROKEN:
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return cursor.fetchone() == (1,)


def _migrations() -> bool:
    return _remembered("health:migrations", _all_applied)


def _all_applied() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _cache() -> bool:
    cache.set("health:cache", "1", 10)
    return cache.get("health:cache") == "1"


def _worker() -> bool:
    return _remembered("health:worker", lambda: bool(current_app.control.ping(timeout=1, limit=1)))


def _remembered(key: str, check: Callable[[], bool]) -> bool:
    """Ask once in a while; only a good answer is remembered. A cache that is down does not fail it."""
    try:
        if cache.get(key):
            return True
        if good := check():
            cache.set(key, good, REMEMBERED[key])
        return good
    except RedisError:
        return check()
