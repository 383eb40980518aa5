"""A gateway of SMS and 企业微信 for tests: a real HTTP server that can be slow, fail, hang, and counts keys."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Gateway(ThreadingHTTPServer):
    """What it was asked is in ``asked``; what it took, by key, in ``taken``: each key is told once, as agreed.

    ``status`` is what it answers (0: it takes the message and never answers), ``words`` is its JSON.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 200
        self.words: dict[str, Any] = {}
        self.asked: list[dict[str, Any]] = []
        self.taken: Counter[str] = Counter()
        self.told: dict[str, dict[str, Any]] = {}
        self.closing = threading.Event()

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.server_port}/sms"


class _Handler(BaseHTTPRequestHandler):
    server: Gateway
    timeout = 10

    def do_POST(self) -> None:
        words = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        gateway, key = self.server, self.headers.get("Idempotency-Key", "")
        gateway.asked.append({**words, "path": self.path, "token": self.headers.get("Authorization", "")})
        if gateway.status in (0, 200):
            gateway.taken[key] += 1
            gateway.told.setdefault(key, words)
        if gateway.status == 0:
            gateway.closing.wait(10)
            return
        self._answer(gateway.status, {"id": f"R{len(gateway.told)}", **gateway.words})

    def do_GET(self) -> None:
        self._answer(200, {"errcode": 0, "access_token": f"token{len(self.server.asked)}"})

    def _answer(self, status: int, words: dict[str, Any]) -> None:
        said = json.dumps(words).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


@contextmanager
def running_gateway() -> Iterator[Gateway]:
    """Run a gateway until the block ends."""
    with Gateway() as gateway:
        thread = threading.Thread(target=gateway.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield gateway
        finally:
            gateway.closing.set()
            gateway.shutdown()
            thread.join()
