"""Real processes for tests: a private Redis, a Celery worker. Each is stopped by the one who started it."""

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

ROOT = Path(__file__).resolve().parent.parent


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def find_program(*names: str) -> str:
    """Return the path of the first program found; without any, skip aloud, or fail where CI is set."""
    for name in names:
        if path := shutil.which(name):
            return path
    message = f"{names[0]} is missing: `make system` installs it"
    if os.environ.get("CI"):
        pytest.fail(message)
    pytest.skip(message)


def wait_until(happened: Callable[[], object], *, seconds: float = 20) -> None:
    """Return when ``happened()`` is true; fail after ``seconds``."""
    until = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > until:
            pytest.fail(f"waited {seconds} s in vain for {happened}")
        time.sleep(0.05)


def answers(port: int) -> bool:
    """Say whether somebody listens on a port of 127.0.0.1."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def database_url() -> str:
    """Return the address of the database in use, as DATABASE_URL takes it."""
    there = connection.settings_dict
    secret = f":{quote(there['PASSWORD'], safe='')}" if there.get("PASSWORD") else ""
    host, port, name = str(there["HOST"]), there["PORT"] or 5432, there["NAME"]
    if host.startswith("/"):  # the folder of a Unix socket stands in the path
        return f"postgres://{there['USER']}{secret}@:{port}/{host}/{name}"
    return f"postgres://{there['USER']}{secret}@{host}:{port}/{name}"


@contextmanager
def running(command: list[str], log: Path, **environment: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a command in the project's folder until the block ends; its words go to ``log``."""
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **environment}, stdout=said, stderr=subprocess.STDOUT
        )
        try:
            yield process
        finally:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def redis_server(folder: Path) -> Iterator[str]:
    """Run a Redis of our own that keeps nothing, and give its address."""
    port = free_port()
    with redis_process(folder, port):
        yield f"redis://127.0.0.1:{port}/0"


@contextmanager
def redis_process(folder: Path, port: int) -> Iterator["subprocess.Popen[bytes]"]:
    """Run a Redis on a port, and give the process, which a test may kill."""
    program = find_program("redis-server")
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with running(command, folder / "redis.log") as process:
        wait_until(lambda: answers(port))
        yield process


def python(*arguments: str) -> list[str]:
    """Return a command line for the Python that runs the tests."""
    return [sys.executable, *arguments]
