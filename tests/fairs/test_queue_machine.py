"""Random days at a fair: after every step the five invariants hold, and each call took the first free ticket."""

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from fairs import arrivals, queueing
from fairs.locks import QueueError
from fairs.models import Desk, Fair, Ticket, TicketEvent
from fairs.workflow import TicketState
from taian_factors.lib.periods import SHANGHAI
from tests.directory import factories as directory
from tests.fairs import factories, history

START = datetime(2023, 6, 13, 9, 0, tzinfo=SHANGHAI)
STALLS, DESKS, ENTERPRISES = 3, 2, 6
some = st.integers(0, 1000)


class FairDay(RuleBasedStateMachine):
    """One fair: three stalls of two desks each, six enterprises. Rules pick by number among what is there."""

    world = None  # bodies and people, made once for all days

    def __init__(self):
        super().__init__()
        self.savepoint = transaction.savepoint()
        self.told = {}
        self.fair = factories.fair()
        owners = self.world["owners"]
        self.stalls = [factories.stall(self.fair, owner, desks=DESKS) for owner in owners]
        self.desks = []
        for stall, clerks in zip(self.stalls, self.world["clerks"], strict=True):
            rows = stall.desks.select_related("stall").order_by("number")
            self.desks += [
                (queueing.take_desk(desk=desk, actor=clerk, at=START), clerk)
                for desk, clerk in zip(rows, clerks, strict=True)
            ]
        self.now = START
        self.office = self.world["office"]

    def teardown(self):
        """Every step of the day is checked once more from its events; then the day never was."""
        try:
            assert history.retell(self.fair).found == []
        finally:
            transaction.savepoint_rollback(self.savepoint)

    @initialize(count=st.integers(2, ENTERPRISES))
    def arrive(self, count):
        self.visits = [
            arrivals.check_in(fair=self.fair, enterprise=enterprise, actor=self.office, at=self.now)
            for enterprise in self.world["enterprises"][:count]
        ]

    def pick(self, rows, number):
        """Choose one of the rows."""
        return rows[number % len(rows)]

    def verb(self, name):
        """Return what a button does."""
        return getattr(queueing, name)

    def click(self, verb, number, **more):
        """Press a button, sometimes twice; a refusal must leave everything as it was."""
        desk, clerk = self.pick(self.desks, number)
        key = f"{self.fair.pk}-{len(self.told)}"
        before = TicketEvent.objects.filter(fair=self.fair).count()
        try:
            answer = self.verb(verb)(desk=desk, actor=clerk, at=self.now, key=key, **more)
        except QueueError:
            assert TicketEvent.objects.filter(fair=self.fair).count() == before
            return
        self.told[key] = (verb, desk, clerk, more, answer)

    @rule(seconds=st.sampled_from([0, 0, 1, 45]))
    def time_goes_by(self, seconds):
        self.now += timedelta(seconds=seconds)

    @rule(visit=some, stall=some, priority=st.sampled_from([0, 0, 0, 1, 2]))
    def take(self, visit, stall, priority):
        place = {"visit": self.pick(self.visits, visit), "stall": self.pick(self.stalls, stall)}
        reason = "重点项目" if priority else ""
        try:
            arrivals.take_ticket(**place, actor=self.office, at=self.now, priority=priority, reason=reason)
        except QueueError:
            assert not Fair.objects.get(pk=self.fair.pk).is_open

    @rule(desk=some)
    def call(self, desk):
        self.click("call_next", desk)

    @rule(desk=some)
    def call_again(self, desk):
        self.click("call_next", desk)

    @rule(desk=some)
    def recall(self, desk):
        self.click("recall", desk)

    @rule(desk=some)
    def begin(self, desk):
        self.click("begin", desk)

    @rule(desk=some, outcome=st.sampled_from(["handled", "consulted"]))
    def finish(self, desk, outcome):
        self.click("finish", desk, outcome=outcome)

    @rule(desk=some)
    def pass_over(self, desk):
        self.click("pass_over", desk)

    @rule(desk=some, stall=some)
    def transfer(self, desk, stall):
        self.click("transfer", desk, to_stall=self.pick(self.stalls, stall))

    @precondition(lambda self: self.told)
    @rule(number=some)
    def click_again(self, number):
        """The same click, however late: the same answer, and nothing happens."""
        key, (verb, desk, clerk, more, answer) = self.pick(list(self.told.items()), number)
        before = TicketEvent.objects.filter(fair=self.fair).count()
        again = self.verb(verb)(desk=desk, actor=clerk, at=self.now, key=key, **more)
        assert again == answer
        assert again is None or again.state == answer.state
        assert TicketEvent.objects.filter(fair=self.fair).count() == before

    @rule(number=some)
    def reenter(self, number):
        missed = list(Ticket.objects.filter(stall__fair=self.fair, state="missed").order_by("pk"))
        if not missed:
            return
        ticket = self.pick(missed, number)
        line = list(Ticket.objects.waiting_at(ticket.stall_id))
        try:
            back = arrivals.reenter(ticket=ticket, actor=self.office, at=self.now)
        except QueueError:
            return
        after = list(Ticket.objects.waiting_at(ticket.stall_id))
        assert [other for other in after if other != back] == line
        third = line[2] if len(line) > 2 else None
        ahead = sum(other.priority > 0 for other in line) if third and third.priority else min(3, len(line))
        assert after.index(back) == ahead

    @rule(number=some)
    def leave(self, number):
        placed = list(Ticket.objects.placed().filter(stall__fair=self.fair).order_by("pk"))
        if placed:
            ticket = self.pick(placed, number)
            try:
                arrivals.leave(ticket=ticket, actor=self.office, at=self.now)
            except QueueError:
                assert ticket.state == "serving"

    @rule(number=some)
    def leave_fair(self, number):
        arrivals.leave_fair(visit=self.pick(self.visits, number), actor=self.office, at=self.now)

    @rule(desk=some, is_paused=st.booleans())
    def pause(self, desk, is_paused):
        place, clerk = self.pick(self.desks, desk)
        queueing.pause_desk(desk=place, is_paused=is_paused, actor=clerk, at=self.now)

    @precondition(lambda self: len(self.told) > 12)
    @rule(dice=some)
    def close(self, dice):
        if dice % 10 == 0:
            closed = arrivals.close_day(fair=self.fair, at=self.now)
            assert {ticket.state for ticket in closed.serving} <= {"serving"}
            for desk, clerk in self.desks:  # whoever still serves goes on; the others sit down again
                queueing.take_desk(desk=desk, actor=clerk, at=self.now)

    @invariant()
    def the_tables_keep_the_law(self):
        assert history.broken_now(self.fair) == []

    @invariant()
    def the_states_add_up_to_what_was_taken(self):
        states = Ticket.objects.filter(stall__fair=self.fair).values_list("state", flat=True)
        taken = TicketEvent.objects.filter(fair=self.fair, verb="take").count()
        assert taken == sum(list(states).count(state) for state in TicketState)

    @invariant()
    def clerks_sit_where_they_sat(self):
        seats = Desk.objects.filter(stall__fair=self.fair).values_list("clerk", flat=True)
        assert sorted(seats) == sorted(clerk.user.pk for _, clerk in self.desks)


def live(machine, *, days, steps):
    """Let a machine live through random days."""
    owners = [directory.body(code) for code in ("ZGJ", "STJ", "B01")][:STALLS]
    world = {
        "owners": owners,
        "clerks": [[directory.actor(owner) for _ in range(DESKS)] for owner in owners],
        "enterprises": [directory.enterprise() for _ in range(ENTERPRISES)],
        "office": directory.actor("GTB"),
        "chairs": [directory.actor("GTB") for _ in range(DESKS)],
    }
    run_state_machine_as_test(
        type(machine.__name__, (machine,), {"world": world}),
        settings=settings(
            max_examples=days,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.django_db
def test_the_five_invariants_hold_after_every_step():
    live(FairDay, days=20, steps=30)
