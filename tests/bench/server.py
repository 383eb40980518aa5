"""The portal behind its real web server, and people who are signed in to it and look at a clock.

Times are taken here, outside of the server, over a connection that stays open. Queries are counted by the same request
made in this process, on the same database: counting them in the server would slow what is measured.
"""

import http.client
import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from taian_factors.directory.actors import Actor
from tests import processes
from tests.bench.report import Figure, Report, median, p95

_TOKEN = "b" * 32  # a CSRF secret: cookie and form agree, that is all that is asked


@dataclass(frozen=True)
class Answer:
    """What the server said, and in how many seconds all of it was here."""

    status: int
    body: bytes
    location: str
    seconds: float


class Visitor:
    """One signed-in person with one open connection."""

    def __init__(self, port: int, actor: Actor) -> None:
        self.client = Client()  # the same person in this process, for what is not measured
        self.client.force_login(actor.user)
        session = self.client.cookies[settings.SESSION_COOKIE_NAME].value
        self.cookies = f"{settings.SESSION_COOKIE_NAME}={session}; {settings.CSRF_COOKIE_NAME}={_TOKEN}"
        self.line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def get(self, address: str, **headers: str) -> Answer:
        """Look at a page."""
        return self._ask("GET", address, None, headers)

    def post(self, address: str, data: dict[str, str], **headers: str) -> Answer:
        """Send a form."""
        form = urlencode({**data, "csrfmiddlewaretoken": _TOKEN})
        return self._ask(
            "POST", address, form, {"Content-Type": "application/x-www-form-urlencoded", **headers}
        )

    def _ask(self, method: str, address: str, body: str | None, headers: dict[str, str]) -> Answer:
        started = time.perf_counter()
        self.line.request(method, address, body, {"Cookie": self.cookies, **headers})
        there = self.line.getresponse()
        content = there.read()
        seconds = time.perf_counter() - started
        answer = Answer(there.status, content, there.headers.get("Location", ""), seconds)
        assert answer.status < 400, f"{method} {address}: {answer.status}\n{_plain(content)}"
        return answer

    def hang_up(self) -> None:
        """Close the line, which the server would do after a pause; the next request opens one."""
        self.line.close()

    def floor(self) -> float:
        """Return the milliseconds of the plainest page that the server draws: how fast the machine is just now."""
        return self.get(reverse("account_login"), Cookie="").seconds * 1000

    def queries(self, address: str) -> int:
        """Count the queries of a page."""
        with CaptureQueriesContext(connection) as asked:
            self.client.get(address)
        return len(asked)


@dataclass(frozen=True)
class Portal:
    """A running portal."""

    port: int
    process: "subprocess.Popen[bytes]"  # its children are the workers
    visitors: list[Visitor] = field(default_factory=list)

    def visitor(self, actor: Actor) -> Visitor:
        """Sign somebody in."""
        self.visitors.append(Visitor(self.port, actor))
        return self.visitors[-1]


@contextmanager
def serving(
    folder: Path, application: str = "taian_factors.wsgi:application", **environment: str
) -> Iterator[Portal]:
    """Serve the portal as the Procfile does, over the database in use."""
    port = processes.free_port()
    command = processes.python(
        "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1", "--port", str(port)
    )
    command += ["--workers", "2", "--blocking-threads", "6"]
    command += ["--backlog", "4096", "--backpressure", "4096", "--no-ws", "--respawn-failed-workers"]
    with processes.running(
        [*command, application],
        folder / "web.log",
        DATABASE_URL=processes.database_url(),
        PYTHONWARNINGS="ignore",
        **environment,
    ) as process:
        processes.wait_until(lambda: processes.answers(port), seconds=60)
        portal = Portal(port, process)
        yield portal
        for visitor in portal.visitors:
            visitor.hang_up()


def measured(
    report: Report, name: str, visitor: Visitor, address: str, *, limit: float | None = None, times: int = 40
) -> list[Figure]:
    """Look at a page many times; report its median in milliseconds, with p95 and the number of its queries."""
    visitor.hang_up()
    for _ in range(6):  # both workers have met the page
        visitor.get(address)
    taken = [(visitor.get(address).seconds * 1000, visitor.floor()) for _ in range(times)]
    return [told(report, name, taken, limit=limit, queries=visitor.queries(address))]


def told(
    report: Report,
    name: str,
    taken: list[tuple[float, float]],
    *,
    limit: float | None = None,
    queries: int | None = None,
) -> Figure:
    """Report the median of some milliseconds, each taken together with the floor of its moment."""
    values, floors = zip(*taken, strict=True)
    floor = median(floors)
    note = f"p95 {p95(values):.1f} ms, {median(values) / floor:.1f} × the sign-in page"
    return report.add(
        name, median(values), "ms", limit, note + ("" if queries is None else f", {queries} queries"), floor
    )


def _plain(content: bytes) -> str:
    text = re.sub(r"<[^>]+>|\s+", " ", content.decode(errors="replace"))
    return re.sub(r" +", " ", text)[:1500]
