"""The real servers that some tests need: Redis, a Celery worker, a browser."""

import redis


def test_redis_of_the_session_is_private_and_answers(redis_url):
    with redis.Redis.from_url(redis_url) as client:
        assert client.ping()
        assert client.config_get("save") == {"save": ""}


def test_worker_knows_the_tasks_of_every_app_and_runs_one(worker):
    assert worker("directory.sweep_jobs") == 0


def test_chromium_opens_the_login_page_without_a_script_error(open_page):
    page = open_page(None)
    page.goto("/accounts/login/")
    assert page.evaluate("document.characterSet") == "UTF-8"


def test_chromium_is_signed_in_when_it_opens_a_page_for_an_actor(open_page, enterprise):
    page = open_page(enterprise, width=360, height=740)
    answer = page.goto("/")
    assert "/accounts/login/" not in answer.url
