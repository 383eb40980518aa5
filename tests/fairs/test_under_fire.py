"""Forty desks of twenty-five stalls press at once, in processes of their own, while connections are killed."""

import json
import os
import subprocess
import time
from collections import Counter
from pathlib import Path

import pytest

from fairs.models import DeskAction, Fair
from taian_factors.directory.models import Organization
from tests import processes
from tests.directory import factories as directory
from tests.fairs import factories, history

STALLS, DESKS, VISITS, PLACES, SECONDS = 25, 40, 80, 4, 12


@pytest.fixture
def hall(transactional_db, at):
    """A fair of 25 stalls with 40 clerks, and 80 enterprises that each wait at four stalls."""
    fair = factories.fair()
    owners = [*Organization.objects.departments(), *Organization.objects.institutions()][:STALLS]
    stalls = [
        factories.stall(fair, owner, desks=2 if i < DESKS - STALLS else 1) for i, owner in enumerate(owners)
    ]
    desks = [factories.seated(stall, at=at) for stall in stalls for _ in range(stall.desks.count())]
    office, visits = factories.reception(), []
    for number in range(VISITS):
        visit = factories.checked_in(fair, at=at, actor=office)
        visits.append(visit)
        for step in range(PLACES):
            # Everybody begins with the same five busy stalls, so that many lines share their visitors.
            stall = stalls[(number * 3 + step * 7) % (5 if step < 2 else STALLS)]
            factories.waiting(stall, visit=visit, at=at, actor=office, priority=int(number % 17 == 0))
    return fair, stalls, desks, visits


def orders(hall, folder: Path) -> str:
    """Tell the crowd where to go."""
    _, stalls, desks, visits = hall
    return json.dumps(
        {
            "desks": [[desk.pk, clerk.user.pk] for desk, clerk in desks],
            "stalls": [stall.pk for stall in stalls],
            "visits": [visit.pk for visit in visits],
            "office": directory.body("GTB").pk,
            "seconds": SECONDS,
            "folder": str(folder),
        }
    )


def watch(crowd: "subprocess.Popen[str]", fair: Fair) -> int:
    """Look at the tables again and again until the crowd is gone; return how often."""
    looks = 0
    while crowd.poll() is None:
        assert history.broken_now(fair) == []
        looks += 1
        time.sleep(0.05)
    return looks


def answers(folder: Path) -> list[tuple[str, object]]:
    """Read what all processes were told."""
    lines = [line for file in folder.glob("*.jsonl") for line in file.read_text().splitlines()]
    return [tuple(json.loads(line)) for line in lines]


def test_the_five_invariants_hold_under_fire(hall, tmp_path):
    fair, _, desks, _ = hall
    assert len(desks) == DESKS
    environment = {**os.environ, "DATABASE_URL": processes.database_url()}
    with (tmp_path / "crowd.log").open("w") as log:
        crowd = subprocess.Popen(
            processes.python("-m", "tests.fairs.crowd"),
            cwd=processes.ROOT,
            env=environment,
            stdin=subprocess.PIPE,
            text=True,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        crowd.stdin.write(orders(hall, tmp_path))
        crowd.stdin.close()
        looks = watch(crowd, fair)
    assert crowd.returncode == 0, (tmp_path / "crowd.log").read_text()[-3000:]

    told = answers(tmp_path)
    kinds = Counter(what for what, _ in told)
    # It was a fire: many clicks, killed connections, and a watcher who looked on all the while.
    assert looks > 10
    assert kinds["lost"] > 5
    assert kinds["call_next"] > 50
    assert kinds["refused"] == 0

    # 1, 2 and 4 at the end as at every look; 1, 2 and 3 at every single step of the history.
    assert history.broken_now(fair) == []
    line = history.retell(fair)
    assert line.found == []
    assert line.desk == {}

    # 5: one key, one step, one answer, however often it was sent and by whom; nothing acknowledged was lost.
    answered = given(told)
    actions = DeskAction.objects.in_bulk(answered, field_name="key")
    for key, answers_of_key in answered.items():
        action = actions[key]
        assert answers_of_key == {(action.ticket_id, action.answer["state"]) if action.ticket_id else None}
    done = Counter(DeskAction.objects.filter(ticket__isnull=False).values_list("verb", flat=True))
    for verb in ("recall", "begin", "finish", "pass_over", "transfer", "call"):
        assert line.verbs[verb] == done[verb]
    assert min(done.values()) > 0


def given(told: list[tuple[str, object]]) -> dict[str, set[tuple[int, str] | None]]:
    """Collect the answers (ticket and state) by key; a key that was answered in two ways has two."""
    found: dict[str, set[tuple[int, str] | None]] = {}
    for _, what in told:
        if isinstance(what, dict):
            found.setdefault(what["key"], set()).add(tuple(what["ticket"]) if what["ticket"] else None)
    return found
