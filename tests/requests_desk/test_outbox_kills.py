"""The outbox under real accidents: a worker killed in the middle, a Redis stopped, a gateway that fails.

Real processes: a private Redis, two Celery workers with a queue each, and an HTTP gateway. Nothing is lost, and no key
is told twice.
"""

import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from celery import Celery

from requests_desk.models import Delivery
from requests_desk.notice_table import Channel, Kind, Timing
from requests_desk.notices import Telling, tell
from taian_factors.lib.clock import now
from tests import processes
from tests.gateway import Gateway, running_gateway

pytestmark = pytest.mark.django_db(transaction=True)


class House:
    """The processes, each of which a test may kill."""

    def __init__(self, folder: Path, gateway: Gateway, database_url: str) -> None:
        self.folder, self.gateway, self.port = folder, gateway, processes.free_port()
        self.stack, self.redis_url = ExitStack(), f"redis://127.0.0.1:{self.port}/0"
        self.environment = {
            "DATABASE_URL": database_url,
            "REDIS_URL": self.redis_url,
            "SMS_GATEWAY": gateway.url,
            "NOTICE_TIMEOUT": "20",
        }
        self.start_redis()
        self.workers = {queue: self.start_worker(queue) for queue in ("first", "second")}
        self.sender = Celery("tests", broker=self.redis_url, backend=self.redis_url, set_as_current=False)
        self.stack.callback(self.sender.close)
        processes.wait_until(lambda: len(self.sender.control.ping(timeout=0.5)) == 2, seconds=60)

    def start_redis(self) -> None:
        self.redis = self.stack.enter_context(processes.redis_process(self.folder, self.port))

    def start_worker(self, queue: str) -> "subprocess.Popen[bytes]":
        command = ["-m", "celery", "-A", "taian_factors", "worker", "--pool=solo", "-Q", queue, "-n", queue]
        log = self.folder / f"{queue}.log"
        return self.stack.enter_context(
            processes.running(processes.python(*command), log, **self.environment)
        )

    def send(self, *queues: str) -> None:
        """Ask workers to empty the outbox, as beat does each minute."""
        for queue in queues:
            self.sender.send_task("requests_desk.send_notices", queue=queue, ignore_result=True)


@pytest.fixture(scope="module")
def house(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """Everything running, for the tests of this module."""
    with django_db_blocker.unblock():
        database_url = processes.database_url()
    with running_gateway() as gateway:
        made = House(tmp_path_factory.mktemp("house"), gateway, database_url)
        with made.stack:
            yield made


def say(count: int, name: str) -> set[str]:
    """Put messages into the outbox, and return their keys."""
    for number in range(count):
        telling = Telling(f"{name}:{number}", Kind.FAIR, "请到 3 号窗口", [Channel.SMS], Timing.NOW)
        tell(telling, phones=["13800005678"], at=now())
    rows = Delivery.objects.filter(subject_key__startswith=f"{name}:")
    return {str(key) for key in rows.values_list("key", flat=True)}


def all_sent() -> bool:
    return not Delivery.objects.filter(sent_at=None).exists()


def test_two_workers_share_the_work_and_a_failing_gateway_recovers(house: House):
    house.gateway.status = 500
    keys = say(12, "shared")
    house.send("first")
    processes.wait_until(lambda: Delivery.objects.filter(error="网关返回 500").count() == 3)
    house.gateway.status = 200
    Delivery.objects.filter(sent_at=None).update(next_try_at=now() - timedelta(seconds=1))
    house.send("first", "second")
    processes.wait_until(all_sent)
    assert {key: house.gateway.taken[key] for key in keys} == dict.fromkeys(keys, 1)


def test_what_is_told_while_redis_is_stopped_goes_out_when_it_is_back(house: House):
    house.redis.kill()
    house.redis.wait()
    keys = say(3, "without-redis")
    house.start_redis()
    house.send("first")
    processes.wait_until(all_sent, seconds=30)
    assert {key: house.gateway.taken[key] for key in keys} == dict.fromkeys(keys, 1)


def test_a_worker_killed_in_the_middle_of_sending_loses_nothing_and_tells_nothing_twice(house: House):
    house.gateway.status = 0  # it takes the message and never answers
    (key,) = say(1, "killed")
    house.send("second")
    processes.wait_until(lambda: house.gateway.taken[key])
    house.workers["second"].send_signal(signal.SIGKILL)
    house.workers["second"].wait()
    house.gateway.status = 200

    row = Delivery.objects.get(key=key)
    assert row.claimed_until > now(), "its lease still runs: nobody else takes it"
    house.send("first")
    (other,) = say(1, "meanwhile")
    house.send("first")
    processes.wait_until(lambda: house.gateway.taken[other])
    assert house.gateway.taken[key] == 1

    Delivery.objects.filter(pk=row.pk).update(claimed_until=now() - timedelta(seconds=1))
    house.send("first")
    processes.wait_until(all_sent)
    assert house.gateway.taken[key] == 2, "sent again, by the same key"
    assert [words["to"] for told, words in house.gateway.told.items() if told == key] == ["13800005678"]
    assert [a.outcome for a in row.attempts.order_by("pk")] == ["lost", "sent"]
