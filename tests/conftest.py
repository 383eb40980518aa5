"""The ground of every test: a database as the migrations left it, the cast, real servers, a browser.

**Reference data.** Migrations fill tables (divisions, bodies, factors, calendar, dispatch rules, the first
rule version). Ordinary tests run in a transaction and see them. A test that commits (``transactional_db``,
``live_server``) ends with every table emptied, so after each of those the rows are put back by COPY, exactly
as the migrations left them and with the same ids. No test has to ask for it, in whatever order they run.
"""

import os
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from celery import Celery
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connection
from django.test import Client, override_settings
from playwright.sync_api import Browser, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from taian_factors.celery import app as celery_app
from taian_factors.directory.actors import Actor
from taian_factors.lib.periods import SHANGHAI
from tests import processes
from tests.directory import factories
from tests.ground import ground

# --- the database -----------------------------------------------------------------------------------------


def pytest_configure(config: pytest.Config) -> None:
    """Refuse to run with production settings: they redirect to HTTPS and ask for services."""
    if django_settings.PRODUCTION:
        raise pytest.UsageError("Tests do not run with PRODUCTION=1.")


@pytest.fixture(scope="session", autouse=True)
def _local_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Run tasks in place and cache in memory, even where REDIS_URL is set; hash passwords fast; keep papers apart."""
    celery_app.conf.update(
        task_always_eager=True,
        broker_url="memory://",
        result_backend="cache+memory://",
        task_eager_propagates=True,
    )
    papers = {"location": str(tmp_path_factory.mktemp("attachments"))}
    storages = django_settings.STORAGES
    with override_settings(
        STORAGES={**storages, "attachments": {**storages["attachments"], "OPTIONS": papers}},
        REDIS_URL="",
        CACHES={"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}},
        SCREENS_LOOK_EVERY=0,
        PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"],
    ):
        yield


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    cache.clear()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings: None) -> None:
    """Give a test's transaction a minute between two statements: a loaded machine is slow, not forgetful."""
    options = connection.settings_dict["OPTIONS"]
    options["options"] = options["options"].replace("session_timeout=5s", "session_timeout=60s")
    # A thread of the live server gives its connection back after each answer.
    connection.settings_dict["CONN_MAX_AGE"] = 0


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Make the test database, then remember what the migrations put into it."""
    ground.blocker = django_db_blocker
    ground.remember()
    yield
    ground.leave()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    """Put the reference data back when the test that ends has emptied the tables."""
    marker = item.get_closest_marker("django_db")
    asked_for = {"transactional_db", "live_server"} & set(getattr(item, "fixturenames", ()))
    result = yield
    if ground.rows and (asked_for or (marker and marker.kwargs.get("transaction"))):
        ground.put_back()
    return result


# --- the cast ---------------------------------------------------------------------------------------------


@pytest.fixture
def at() -> datetime:
    """The moment of most tests: the fair of 13 June 2023, a Tuesday, 09:30 in Tai'an."""
    return datetime(2023, 6, 13, 9, 30, tzinfo=SHANGHAI)


@pytest.fixture
def office_clerk(db: None) -> Actor:
    """A clerk of the industry office."""
    return factories.actor("GTB", name="办公室经办")


@pytest.fixture
def office_lead(db: None) -> Actor:
    """A lead of the industry office: publishes, decides case by case."""
    return factories.actor("GTB", "lead", name="办公室负责人")


@pytest.fixture
def office_auditor(db: None) -> Actor:
    """An auditor of the office: reads all, moves nothing."""
    return factories.actor("GTB", "auditor", name="审计人员")


@pytest.fixture
def department_clerk(db: None) -> Actor:
    """A clerk of the department that leads land (土地)."""
    return factories.actor("ZGJ", name="部门经办")


@pytest.fixture
def department_lead(db: None) -> Actor:
    """A lead of the same department."""
    return factories.actor("ZGJ", "lead", name="部门负责人")


@pytest.fixture
def other_department(db: None) -> Actor:
    """A clerk of another department."""
    return factories.actor("STJ", name="另一部门经办")


@pytest.fixture
def bank(db: None) -> Actor:
    """A clerk of a bank."""
    return factories.actor("B01", name="银行经办")


@pytest.fixture
def county_office(db: None) -> Actor:
    """A clerk of the county office of 泰山区, where ``enterprise`` has its seat."""
    return factories.actor("TB-370902", name="县区经办")


@pytest.fixture
def chain_team(db: None) -> Actor:
    """A clerk of the team of chain C01, to which ``enterprise`` belongs."""
    return factories.actor("ZB-C01", name="专班经办")


@pytest.fixture
def enterprise(db: None) -> Actor:
    """A clerk of an enterprise in 泰山区, chain C01."""
    return factories.actor(factories.enterprise("示例电气有限公司"), name="企业经办")


@pytest.fixture
def stranger(db: None) -> Actor:
    """A clerk of another enterprise, in 新泰市, chain C07."""
    other = factories.enterprise("示例食品有限公司", division="370982", chain="C07")
    return factories.actor(other, name="其他企业经办")


@pytest.fixture
def sign_in(db: None) -> Callable[[Actor], Client]:
    """Return a function that gives an actor's signed-in test client."""

    def clients(actor: Actor) -> Client:
        client = Client()
        client.force_login(actor.user)
        return client

    return clients


def _signed_in(name: str) -> Any:
    def fixture(request: pytest.FixtureRequest, sign_in: Callable[[Actor], Client]) -> Client:
        client: Client = sign_in(request.getfixturevalue(name))
        return client

    fixture.__doc__ = f"The signed-in client of ``{name}``."
    return pytest.fixture(name=f"as_{name}")(fixture)


as_office_clerk = _signed_in("office_clerk")
as_office_lead = _signed_in("office_lead")
as_office_auditor = _signed_in("office_auditor")
as_department_clerk = _signed_in("department_clerk")
as_department_lead = _signed_in("department_lead")
as_other_department = _signed_in("other_department")
as_bank = _signed_in("bank")
as_county_office = _signed_in("county_office")
as_chain_team = _signed_in("chain_team")
as_enterprise = _signed_in("enterprise")
as_stranger = _signed_in("stranger")


# --- servers ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a private Redis that lives as long as the session."""
    with processes.redis_server(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture(scope="session")
def _worker(
    redis_url: str, django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Celery]:
    with django_db_blocker.unblock():
        database_url = processes.database_url()
    log = tmp_path_factory.mktemp("worker") / "worker.log"
    command = processes.python(
        "-m", "celery", "-A", "taian_factors", "worker", "--pool=solo", "--loglevel=info"
    )
    with processes.running(command, log, DATABASE_URL=database_url, REDIS_URL=redis_url):
        sender = Celery("tests", broker=redis_url, backend=redis_url, set_as_current=False)
        processes.wait_until(lambda: sender.control.ping(timeout=0.5), seconds=60)
        yield sender
        sender.close()


@pytest.fixture
def worker(_worker: Celery, transactional_db: None) -> Callable[..., Any]:
    """Return a function that runs a task by name in a real worker, on committed data."""

    def run(task: str, **arguments: Any) -> Any:
        return _worker.send_task(task, kwargs=arguments, ignore_result=False).get(timeout=60)

    return run


# --- the browser ------------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """A real Chromium, shared by the session.

    Playwright's loop runs in this thread while the browser lives, and Django would take every query for one
    inside async code; that check is put aside for the rest of the session, as the tests are not async.
    """
    program = processes.find_program("chromium", "google-chrome")
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def open_page(chromium: Browser, live_server: LiveServer) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a page of the live server for an actor (None: nobody), 1280 px wide.

    What a page with a service worker asks for no longer passes a test's ``page.route``: ``has_worker=False`` has none.
    A script error on any of the pages fails the test at its end.
    """
    contexts, errors = [], []

    def opened(actor: Actor | None, *, width: int = 1280, height: int = 800, has_worker: bool = True) -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            service_workers="allow" if has_worker else "block",
        )
        contexts.append(context)
        if actor:
            client = Client()
            client.force_login(actor.user)
            session = client.cookies[django_settings.SESSION_COOKIE_NAME].value
            context.add_cookies(
                [{"name": django_settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}]
            )
        page = context.new_page()
        page.set_default_timeout(10_000)
        page.on("pageerror", lambda error: errors.append(str(error)))
        return page

    yield opened
    for context in contexts:
        context.close()
    assert errors == []
