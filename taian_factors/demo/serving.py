"""The processes of `make demo`: the web server and, without Redis, a clock beside it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

HOST = "127.0.0.1"
WORKERS, THREADS, CONNECTIONS = 2, 6, 1024
PATIENCE = 10  # seconds that a process gets to end before it is killed


class PortTakenError(Exception):
    """Somebody listens there already."""


def check_port(port: int) -> None:
    """Raise ``PortTakenError`` when the port cannot be listened on."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as error:
            raise PortTakenError(f"端口 {port} 已被占用，请换一个：make demo PORT={port + 1}") from error


def web(port: int) -> list[str]:
    """Return the command of the web server."""
    granian = str(Path(sys.executable).with_name("granian"))
    options = ["--interface", "wsgi", "--host", HOST, "--port", str(port), "--workers", str(WORKERS)]
    # A connection that stays open counts as pressure: screens and phones keep theirs.
    threads = [
        "--blocking-threads",
        str(THREADS),
        "--backpressure",
        str(CONNECTIONS),
        "--respawn-failed-workers",
    ]
    return [granian, *options, *threads, "--log-level", "error", "taian_factors.wsgi:application"]


def clock() -> list[str]:
    """Return the command of the clock."""
    return [sys.executable, "manage.py", "clock"]


def run(commands: Sequence[list[str]], *, cwd: Path) -> int:
    """Run processes until one ends or Ctrl-C comes, then end all; return the exit status of the first to end.

    Each has a session of its own, so that Ctrl-C reaches them through us alone, once.
    """
    # Set before the processes begin: what a shell had us ignore would be ignored by them as well.
    former = [(number, signal.signal(number, _interrupt)) for number in (signal.SIGINT, signal.SIGTERM)]
    started: list[subprocess.Popen[bytes]] = []
    try:
        for command in commands:
            started.append(subprocess.Popen(command, cwd=cwd, start_new_session=True))  # noqa: S603
        while all(process.poll() is None for process in started):
            time.sleep(0.3)
        return next(process.returncode for process in started if process.returncode is not None)
    except KeyboardInterrupt:
        return 0
    finally:
        for number, handler in former:
            signal.signal(number, handler)
        _end(started)


def _interrupt(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    """Ask every process to end, all at once, and kill what does not."""
    for process in processes:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
    for process in processes:
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
