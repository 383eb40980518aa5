"""A hall full of people pressing buttons: one process per desk, each with its own connection.

Run as ``python -m tests.fairs.crowd`` with DATABASE_URL; reads its orders from standard input as JSON
(``desks``: [[desk, user], …], ``visits``, ``stalls``, ``office``, ``seconds``, ``folder``) and has every process
write what it was told, one JSON line per answer, into ``folder``.

A process that loses its connection in the middle does what a browser does: it sends the same click again.
Some desks are pressed by two processes at once that send the very same clicks (twins).
"""

import json
import os
import random
import sys
import time
from collections.abc import Callable
from typing import Any

import django
from django.db import Error, connection, transaction

django.setup()

from fairs import arrivals, queueing  # noqa: E402
from fairs.locks import BusyError, QueueError, WrongStateError  # noqa: E402
from fairs.models import Desk, Stall, Ticket, Visit  # noqa: E402
from taian_factors.directory.actors import Actor  # noqa: E402
from taian_factors.directory.models import Organization, User  # noqa: E402
from taian_factors.lib import clock  # noqa: E402

Orders = dict[str, Any]


def insist(said: Any, act: Callable[[], Any]) -> Any:
    """Do something until there is an answer: the vandal may strike at any statement, also at one that only reads."""
    while True:
        try:
            answer = act()
        except BusyError as error:
            said("busy", str(error.__cause__)[:90])
        except Error as error:  # killed, cancelled
            said("lost", type(error).__name__)
            connection.close()
            time.sleep(0.01)
        else:
            return answer


def press(function: Callable[..., Any], said: Any, **arguments: Any) -> Any:
    """Click until there is an answer; a lost connection or a crowd is a reason to send the same click again."""
    return insist(said, lambda: function(at=clock.now(), **arguments))


def at_desk(orders: Orders, desk_id: int, user_id: int, seed: int, said: Any) -> None:
    """Call, begin, finish, pass over, transfer, until the time is over and the desk is empty."""
    dice, number, held = random.Random(seed), 0, None
    user = insist(said, lambda: User.objects.get(pk=user_id))
    desk = insist(said, lambda: Desk.objects.select_related("stall__organization").get(pk=desk_id))
    actor = Actor(user, desk.stall.organization)
    others = Stall.objects.filter(pk__in=orders["stalls"]).exclude(pk=desk.stall_id)
    stalls = insist(said, lambda: list(others))
    until = time.monotonic() + orders["seconds"]
    while time.monotonic() < until or (held and held.state in ("called", "serving")):
        number += 1
        verb, more = choose(dice, held.state if held else "", stalls)
        if verb != "call_next":
            more["ticket"] = held
        clicks = 2 if dice.random() < 0.15 else 1
        common = {"desk": desk, "actor": actor, "key": f"{desk_id}-{number}", **more}
        try:
            answers = [press(getattr(queueing, verb), said, **common) for _ in range(clicks)]
        except WrongStateError as error:
            # The reception let a called enterprise go: this very ticket is gone, for the twin as well.
            said("gone", f"{verb}: {error}")
            if verb == "call_next" or state_of(held, said) != "left":
                raise
            answers = []
        for answer in answers:
            said(verb, {"key": common["key"], "ticket": [answer.pk, answer.state] if answer else None})
        held = answers[-1] if answers else None
        time.sleep(dice.random() * (0.06 if held else 0.2))


def state_of(ticket: Ticket, said: Any) -> str:
    """Read the state of a ticket as it is now."""
    return insist(said, lambda: Ticket.objects.get(pk=ticket.pk)).state


def choose(dice: random.Random, state: str, stalls: list[Stall]) -> tuple[str, dict[str, Any]]:
    """Pick the next button. Twins pick alike: it depends on the dice and on what was answered, nothing else."""
    luck, stall = dice.random(), dice.choice(stalls)
    if state not in ("called", "serving"):
        return "call_next", {}
    if state == "called":
        if luck < 0.12:
            return "pass_over", {}
        if luck < 0.2:
            return "recall", {}
        return "begin", {}
    if luck < 0.12:
        return "transfer", {"to_stall": stall}
    return "finish", {"outcome": dice.choice(["handled", "consulted"])}


def at_reception(orders: Orders, seed: int, said: Any) -> None:
    """Give places, bring missed ones back, let others go, and lock rows that the verbs want, for a moment."""
    dice = random.Random(seed)
    office = insist(said, lambda: Organization.objects.get(pk=orders["office"]))
    clerks = User.objects.filter(memberships__organization=office)
    actor = Actor(insist(said, clerks.first), office)
    visits = insist(said, lambda: list(Visit.objects.filter(pk__in=orders["visits"])))
    stalls = insist(said, lambda: list(Stall.objects.filter(pk__in=orders["stalls"])))
    until = time.monotonic() + orders["seconds"] * 0.9
    while time.monotonic() < until:
        try:
            walk(dice, actor, dice.choice(visits), dice.choice(stalls), said)
        except QueueError as error:
            said("refused at reception", type(error).__name__)
        time.sleep(0.01)


def walk(dice: random.Random, actor: Actor, visit: Visit, stall: Stall, said: Any) -> None:
    """Do one thing of the reception."""
    luck = dice.random()
    if luck < 0.5:
        rank = {"priority": 1, "reason": "重点项目"} if luck < 0.05 else {}
        press(arrivals.take_ticket, said, visit=visit, stall=stall, actor=actor, **rank)
    elif luck < 0.9:
        missed = Ticket.objects.filter(state="missed", has_reentered=False).select_related("visit", "stall")
        if (ticket := insist(said, missed.order_by("?").first)) is not None:
            press(arrivals.reenter, said, ticket=ticket, actor=actor)
    elif luck < 0.97:
        waiting = Ticket.objects.filter(visit=visit, state="waiting").select_related("visit", "stall")
        if (ticket := insist(said, waiting.first)) is not None:
            press(arrivals.leave, said, ticket=ticket, actor=actor)
    else:
        press(arrivals.leave_fair, said, visit=visit, actor=actor)


def vandal(orders: Orders, seed: int, said: Any) -> None:
    """Kill connections and cancel statements of the others, wherever they happen to be."""
    dice = random.Random(seed)
    until = time.monotonic() + orders["seconds"] * 0.9
    while time.monotonic() < until:
        how = dice.choice(["pg_terminate_backend", "pg_cancel_backend"])
        with transaction.atomic(), connection.cursor() as cursor:
            # Only those inside a transaction: between two clicks there is nothing to lose.
            cursor.execute(
                f"SELECT {how}(pid) FROM pg_stat_activity WHERE application_name = 'crowd'"
                " AND pid <> pg_backend_pid() AND xact_start IS NOT NULL ORDER BY random() LIMIT 1"
            )
            said("vandal", how if cursor.fetchone() else None)
        time.sleep(0.04)


def child(orders: Orders, name: str, work: Callable[..., None], *arguments: Any) -> int:
    """Start a process that works and writes down what it is told; return its id."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        with open(f"{orders['folder']}/{name}.jsonl", "w") as log:
            work(orders, *arguments, lambda what, told: log.write(json.dumps([what, told]) + "\n"))
        code = 0
    finally:
        sys.stderr.flush()
        if code:
            sys.excepthook(*sys.exc_info())
        os._exit(code)


def main() -> int:
    """Send everybody in and wait for all."""
    orders = json.load(sys.stdin)
    connection.settings_dict["OPTIONS"]["application_name"] = "crowd"
    connection.close()
    pids = []
    for number, (desk, user) in enumerate(orders["desks"]):
        for twin in range(2 if number % 5 == 0 else 1):
            pids.append(child(orders, f"desk-{desk}-{twin}", at_desk, desk, user, number))
    pids += [child(orders, f"reception-{n}", at_reception, 1000 + n) for n in range(2)]
    pids.append(child(orders, "vandal", vandal, 2000))
    return max(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) for pid in pids)


if __name__ == "__main__":
    sys.exit(main())
