"""Random days with a joint table, and with desks that lose their line and send later what they did: nothing is lost."""

import random
from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from fairs import arrivals, claims, joint_tables, queueing
from fairs.claims import Step
from fairs.locks import QueueError
from fairs.models import Desk, DeskAction, DeskClaim, StallEvent, Ticket, TicketEvent
from fairs.workflow import PLACED
from tests.fairs import factories
from tests.fairs.test_queue_machine import DESKS, START, FairDay, live, some

PAUSING = {"pause": True, "summon": True, "go_on": False, "let_go": False}
ROADS = (["begin", "consult"], ["begin", "consult"], ["recall", "pass_over"], ["begin"], [])


class OfflineDay(FairDay):
    """The same hall with a joint table of two seats; desks without a line go on from the list that they had."""

    def __init__(self):
        super().__init__()
        self.table = factories.stall(self.fair, "GTB", desks=DESKS, is_joint_table=True)
        rows = self.table.desks.select_related("stall").order_by("number")
        for desk, chair in zip(rows, self.world["chairs"], strict=True):
            self.desks.append((queueing.take_desk(desk=desk, actor=chair, at=START), chair))
        self.stalls.append(self.table)
        self.offline = []  # what desks have on their own: clerk and steps
        self.sent = {}  # key: the claim that it became

    def verb(self, name):
        return getattr(joint_tables, name, None) or getattr(queueing, name)

    arrive = None  # the other machine's beginning

    @initialize(stalls=st.lists(st.tuples(some, some), min_size=8, max_size=14))
    def line_up(self, stalls):
        """Nobody has time to wait until chance has filled the hall: the day begins with lines."""
        for enterprise in self.world["enterprises"]:
            arrivals.check_in(fair=self.fair, enterprise=enterprise, actor=self.office, at=self.now)
        self.visits = list(self.fair.visits.order_by("pk"))
        for visit, stall in stalls:
            place = {"visit": self.pick(self.visits, visit), "stall": self.pick(self.stalls[:3], stall)}
            arrivals.take_ticket(**place, actor=self.office, at=self.now)

    @rule(desk=some, called=st.sets(st.integers(0, 2), min_size=1))
    def ask_for_a_table(self, desk, called):
        """Serve somebody, ask for the table, and be done."""
        self.click("call_next", desk)
        self.click("begin", desk)
        held = Ticket.objects.filter(desk=self.pick(self.desks, desk)[0], state="serving").first()
        if held is not None:
            stalls = [self.stalls[number] for number in sorted(called)]
            self.click("call_to_table", desk, ticket=held, table=self.table, stalls=stalls)
            self.click("finish", desk)

    @rule(chair=st.integers(-DESKS, -1), verb=st.sampled_from(["pass_over", "begin"]))
    def sit_at_the_table(self, chair, verb):
        """The chair calls who waits at the table; a missed one comes back."""
        self.click("call_next", chair)
        self.click(verb, chair)
        for missed in Ticket.objects.filter(stall=self.table, state="missed", has_reentered=False):
            try:
                arrivals.reenter(ticket=missed, actor=self.office, at=self.now)
            except QueueError:
                return

    @rule(seed=some)
    def a_busy_while(self, seed):
        """Many of these things in a row, which chance alone hardly ever brings together."""
        dice = random.Random(seed)
        for _ in range(8):
            self.now += timedelta(seconds=dice.choice([0, 20]))
            luck, desk = dice.random(), dice.randrange(3 * DESKS)
            if luck < 0.25:
                self.ask_for_a_table(desk, set(dice.sample(range(3), dice.randint(1, 2))))
            elif luck < 0.45:
                self.sit_at_the_table(-dice.randint(1, DESKS), dice.choice(["pass_over", "begin"]))
            elif luck < 0.7:
                self.lose_the_line(desk, dice.choices(ROADS, k=3), dice.randint(-5, 90))
            elif luck < 0.85:
                self.click(dice.choice(["call_next", "finish"]), dice.randrange(len(self.desks)))
            elif self.offline:
                self.the_line_is_back(dice.randrange(1000), dice.randrange(1000))
            self.nothing_that_was_claimed_is_lost_or_done_twice()
            self.who_is_called_to_a_table_is_paused_while_its_place_stands()

    @rule(number=some)
    def call_off(self, number):
        places = list(Ticket.objects.filter(stall=self.table).order_by("pk"))
        if places:
            try:
                joint_tables.call_off(place=self.pick(places, number), actor=self.office, at=self.now)
            except QueueError:
                return

    @rule(
        desk=some, roads=st.lists(st.sampled_from(ROADS), min_size=1, max_size=3), behind=st.integers(-5, 90)
    )
    def lose_the_line(self, desk, roads, behind):
        """Write down what a desk does alone: what it holds, then whom it has in its list; its clock may be wrong."""
        place, clerk = self.pick(self.desks, desk)
        held = Ticket.objects.held_by(place).first()
        line = list(Ticket.objects.waiting_at(place.stall_id).free())
        steps, moment = [], self.now - timedelta(seconds=behind)
        for ticket, road in zip([held, *line] if held else line, roads, strict=False):
            for verb in road if ticket == held else ["call", *road]:
                moment += timedelta(seconds=7)
                key = f"alone-{self.fair.pk}-{len(self.offline)}-{len(steps)}"
                steps.append(Step(key, verb, place, ticket, moment))
        if steps:
            self.offline.append((clerk, steps))
            if behind % 2:
                self.the_line_is_back(number=-1, upto=len(steps) - 1)

    @precondition(lambda self: self.offline)
    @rule(number=some, upto=some)
    def the_line_is_back(self, number, upto):
        """Send from the first step on, as far as the line holds, perhaps for the third time."""
        clerk, steps = self.pick(self.offline, number)
        part = steps[: 1 + upto % len(steps)]
        fresh = [step.key for step in part if step.key not in self.sent]
        before = self.events()
        for claim in claims.receive(part, actor=clerk, at=self.now):
            was = self.sent.setdefault(claim.key, claim)
            assert (claim.pk, claim.local_at) == (was.pk, was.local_at)
        if not fresh:
            assert self.events() == before

    @precondition(lambda self: self.sent)
    @rule(number=some, resolution=st.sampled_from(["server", "applied", "noted"]))
    def settle(self, number, resolution):
        claim = self.pick(list(self.sent.values()), number)
        clerk = next(clerk for desk, clerk in self.desks if desk.pk == claim.desk_id)
        given = {"desk": claim.desk, "ticket": claim.ticket, "resolution": resolution, "note": "现场已说明"}
        before, open_before = self.events(), DeskClaim.objects.in_conflict().count()
        try:
            claims.settle(**given, actor=clerk, at=self.now)
        except QueueError:
            assert (self.events(), DeskClaim.objects.in_conflict().count()) == (before, open_before)

    def events(self):
        return TicketEvent.objects.filter(fair=self.fair).count()

    @invariant()
    def nothing_that_was_claimed_is_lost_or_done_twice(self):
        there = DeskClaim.objects.filter(desk__stall__fair=self.fair)
        assert set(there.values_list("key", flat=True)) == self.sent.keys()
        done = {
            claim.key
            for claim in there
            if claim.state == "applied" or (claim.state, claim.resolution) == ("settled", "applied")
        }
        assert set(DeskAction.objects.filter(key__in=self.sent).values_list("key", flat=True)) == done

    @invariant()
    def who_is_called_to_a_table_is_paused_while_its_place_stands(self):
        for desk in Desk.objects.filter(stall__fair=self.fair).select_related("paused_for"):
            if desk.paused_for is not None:
                assert desk.is_paused
                assert desk.paused_for.stall_id == self.table.pk
                assert desk.paused_for.state in PLACED
            last = StallEvent.objects.filter(desk=desk, verb__in=PAUSING).order_by("pk").last()
            assert desk.is_paused == (PAUSING[last.verb] if last else False)


@pytest.mark.django_db
def test_tables_and_desks_without_a_line_keep_the_law():
    live(OfflineDay, days=20, steps=20)
