"""The health check: open, quick, and silent about everybody."""

from datetime import date

import pytest
from django.db import connection

from taian_factors import health
from taian_factors.directory.models import CalendarDay, CalendarYear

pytestmark = pytest.mark.django_db


def test_health_is_open_and_names_the_parts(client):
    answer = client.get("/health/")
    assert answer.status_code == 200
    assert answer.json()["parts"] == {"数据库": "正常", "数据库结构": "正常", "缓存": "正常"}
    assert "no-store" in answer["Cache-Control"]


def test_health_warns_of_a_missing_year_without_failing(client):
    CalendarDay.objects.all().delete()
    CalendarYear.objects.all().delete()
    answer = client.get("/health/").json()
    assert answer["status"] == "正常"
    assert "工作日历尚未录入" in answer["warnings"][0]


def test_next_year_is_missed_from_november_on():
    assert health.calendar_warnings(date(2026, 10, 31)) == []
    assert health.calendar_warnings(date(2026, 11, 1)) == [
        "2027 年工作日历尚未录入，暂按周一至周五计算，请市工业推进办录入。"
    ]


def test_a_migration_that_is_not_applied_is_down(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    answer = client.get("/health/")
    assert answer.status_code == 503
    assert answer.json()["parts"]["数据库结构"] == "异常"


def test_a_cache_that_does_not_answer_is_down(client, settings):
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1/0",
        }
    }
    answer = client.get("/health/")
    assert answer.status_code == 503
    assert answer.json()["parts"] == {"数据库": "正常", "数据库结构": "正常", "缓存": "异常"}


def test_a_worker_is_asked_for_only_where_redis_is_set(client, settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    assert client.get("/health/").json()["parts"]["后台任务"] == "异常"


def test_health_costs_three_queries_once_the_migrations_are_known(client, django_assert_num_queries):
    client.get("/health/")
    with django_assert_num_queries(3):
        client.get("/health/")
