"""A fair day, played through the verbs of the pages: who comes, who is called where, what comes of it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import Enum, auto
from random import Random

from fairs import arrivals, queueing
from fairs.models import Fair, Stall, Ticket, Visit
from requests_desk import intake, reviewing, transitions
from requests_desk.models import FactorRequest, Reply
from taian_factors.demo.city import City, Enterprise
from taian_factors.demo.hall import Seat
from taian_factors.demo.stories import Story
from taian_factors.demo.timeline import Timeline, minutes, seconds

# How enterprises rate what was settled at a desk: value and weight.
RATINGS = {5: 60, 4: 26, 3: 9, 2: 4, 1: 1}
HANDLED = {"outcome": "handled"}
CONSULTED = {"outcome": "consulted", "note": "政策咨询，已答复。"}


class Course(Enum):
    """How it goes with a ticket."""

    SERVED = auto()
    MISSED_ONCE = auto()  # called in vain, comes back, is served
    MISSED = auto()  # called in vain, does not come back
    LEAVES = auto()  # gives up while it waits
    TRANSFERRED = auto()  # is sent on to the enterprise's last stall


@dataclass(frozen=True)
class Given:
    """A need that is brought to a stall, and whether it is settled there or answered with a plan."""

    story: Story
    is_settled: bool


@dataclass
class Errand:
    """What an enterprise wants at one stall; without needs it asks for advice."""

    stall: Stall
    needs: Sequence[Given] = ()
    course: Course = Course.SERVED


@dataclass
class Guest:
    """An enterprise that comes, when, and for what."""

    enterprise: Enterprise
    comes_at: datetime
    errands: list[Errand]
    visit: Visit | None = None
    settled: list[FactorRequest] = field(default_factory=list)


@dataclass
class Pause:
    """The lunch hour: from the last call until the next."""

    from_at: datetime
    until: datetime


class FairDay:
    """One day. ``pace`` below 1 makes everything quicker, for a fair that has to fit into little time."""

    def __init__(
        self,
        fair: Fair,
        city: City,
        *,
        chance: Random,
        plan_on: Sequence[date],
        pause: Pause | None = None,
        pace: float = 1,
        share_reviewed: float = 0.85,
    ) -> None:
        self.fair, self.city, self.chance, self.pause, self.pace = fair, city, chance, pause, pace
        self.plan_on, self.share_reviewed = plan_on, share_reviewed
        self.timeline = Timeline()
        self.idle: dict[int, list[Seat]] = {}
        self.errands: dict[tuple[int, int], Errand] = {}
        self.guests: dict[int, Guest] = {}
        # What every clerk sees on the screen: who waits at which stall, and who is at a desk. Nobody presses in vain.
        self.lines: dict[int, set[int]] = {}
        self.busy: set[int] = set()
        self.reception = city.clerk
        self._clicks = 0

    def play(self, guests: Sequence[Guest], seats: Sequence[Seat], *, until: datetime | None = None) -> None:
        """Let the guests come and everything take its course, up to a moment."""
        for seat in seats:
            self.idle.setdefault(seat.desk.stall_id, []).append(seat)
        for guest in guests:
            self._plan(guest.comes_at, timedelta(), lambda at, g=guest: self._arrive(g, at))
        self.timeline.run(until)

    # --- the guest ---

    def _arrive(self, guest: Guest, at: datetime) -> None:
        profile = guest.enterprise.organization.profile
        guest.visit = arrivals.check_in(
            fair=self.fair,
            enterprise=guest.enterprise.organization,
            actor=self.reception,
            at=at,
            contact_name=profile.contact_name,
            contact_phone=profile.contact_phone,
            channel=self.chance.choice([*Visit.Channel.values, Visit.Channel.RECEPTION]),
        )
        self.guests[guest.visit.pk] = guest
        for errand in guest.errands:
            self.errands[guest.visit.pk, errand.stall.pk] = errand
            at += self._stretch(seconds(self.chance, 3, 15))
            self._plan(at, timedelta(), lambda at, e=errand: self._take(guest, e, at))

    def _take(self, guest: Guest, errand: Errand, at: datetime) -> None:
        assert guest.visit is not None
        ticket = arrivals.take_ticket(visit=guest.visit, stall=errand.stall, actor=self.reception, at=at)
        self.lines.setdefault(errand.stall.pk, set()).add(guest.visit.pk)
        if errand.course is Course.LEAVES:
            self._plan(at, minutes(self.chance, 3, 12), lambda at: self._leave(ticket, at))
        else:
            self._wake(errand.stall.pk, at)

    def _leave(self, ticket: Ticket, at: datetime) -> None:
        if ticket.visit_id in self.lines[ticket.stall_id]:
            arrivals.leave(ticket=ticket, actor=self.reception, at=at)
            self.lines[ticket.stall_id].remove(ticket.visit_id)

    def _come_back(self, ticket: Ticket, at: datetime) -> None:
        arrivals.reenter(ticket=ticket, actor=self.reception, at=at)
        self.lines[ticket.stall_id].add(ticket.visit_id)
        self._wake(ticket.stall_id, at)

    def _go_home(self, guest: Guest, at: datetime) -> None:
        """Fill in the 测评表 on the way out, and say whether it is solved."""
        for factor_request in guest.settled:
            if self.chance.random() < self.share_reviewed:
                self._review(factor_request, at)
            if self.chance.random() < self.share_reviewed:
                answer = FactorRequest.Answer.SOLVED
                transitions.confirm(factor_request, answer=answer, actor=guest.enterprise.owner, at=at)

    def _review(self, factor_request: FactorRequest, at: datetime) -> None:
        invitation = reviewing.open_invitation(factor_request, at=at)
        assert invitation is not None
        rating = self.chance.choices(list(RATINGS), list(RATINGS.values()))[0]
        verdict = reviewing.Verdict(rating=rating, contacted=True, solved="yes" if rating > 2 else "partly")
        reviewing.review(invitation=invitation, verdict=verdict, at=at)

    # --- the desk ---

    def _wake(self, stall_id: int, at: datetime) -> None:
        if self.idle.get(stall_id):
            seat = self.idle[stall_id].pop(0)
            self._plan(at, seconds(self.chance, 8, 45), lambda at: self._press(seat, at))

    def _press(self, seat: Seat, at: datetime) -> None:
        if self.pause and self.pause.from_at <= at < self.pause.until:
            self._plan(self.pause.until, seconds(self.chance, 5, 120), lambda at: self._press(seat, at))
            return
        if not self.lines.get(seat.desk.stall_id, set()) - self.busy:
            self.idle[seat.desk.stall_id].append(seat)
            return
        ticket = queueing.call_next(desk=seat.desk, actor=seat.clerk, at=at, key=self._key(seat))
        assert ticket is not None
        self.lines[ticket.stall_id].remove(ticket.visit_id)
        self.busy.add(ticket.visit_id)
        errand = self.errands.get((ticket.visit_id, ticket.stall_id), Errand(seat.desk.stall))
        if errand.course in (Course.MISSED, Course.MISSED_ONCE) and not ticket.has_reentered:
            self._plan(at, seconds(self.chance, 30, 45), lambda at: self._recall(seat, errand, at))
        else:
            self._plan(at, seconds(self.chance, 15, 75), lambda at: self._begin(seat, errand, at))

    def _recall(self, seat: Seat, errand: Errand, at: datetime) -> None:
        ticket = queueing.recall(desk=seat.desk, actor=seat.clerk, at=at, key=self._key(seat))
        again = self._recall if ticket.calls < 3 else self._pass_over
        self._plan(at, seconds(self.chance, 30, 40), lambda at: again(seat, errand, at))

    def _pass_over(self, seat: Seat, errand: Errand, at: datetime) -> None:
        ticket = queueing.pass_over(desk=seat.desk, actor=seat.clerk, at=at, key=self._key(seat))
        if errand.course is Course.MISSED_ONCE:
            self._plan(at, minutes(self.chance, 3, 9), lambda at: self._come_back(ticket, at))
        self._after(ticket, seat, at)

    def _begin(self, seat: Seat, errand: Errand, at: datetime) -> None:
        ticket = queueing.begin(desk=seat.desk, actor=seat.clerk, at=at, key=self._key(seat))
        needs, errand.needs = errand.needs, ()
        for given in needs:
            at += self._stretch(minutes(self.chance, 5, 11))
            self._plan(at, timedelta(), lambda at, g=given: self._take_in(ticket, seat, g, at))
        if not needs:
            at += self._stretch(minutes(self.chance, 4, 9))
        if errand.course is Course.TRANSFERRED:
            self._plan(at, seconds(self.chance, 20, 60), lambda at: self._transfer(ticket, seat, at))
        else:
            how = HANDLED if needs else CONSULTED
            self._plan(at, seconds(self.chance, 20, 60), lambda at: self._finish(ticket, seat, how, at))

    def _take_in(self, ticket: Ticket, seat: Seat, given: Given, at: datetime) -> None:
        guest = self.guests[ticket.visit_id]
        story = given.story
        outcome: dict[str, object] = {"resolution": story.words.onsite}
        if not given.is_settled:
            owner = self.city.head_of(seat.clerk.organization).user
            plan_on = self.chance.choice(self.plan_on)
            outcome = {"plan": transitions.Answer(story.words.plan, Reply.Outcome.PLAN, plan_on, str(owner))}
        project = (
            guest.enterprise.project if guest.enterprise.is_named or self.chance.random() < 0.7 else None
        )
        filed = intake.file_at_counter(
            ticket=ticket, need=story.need, project=project, actor=seat.clerk, at=at, **outcome
        )
        if given.is_settled:
            guest.settled.append(filed)

    def _finish(self, ticket: Ticket, seat: Seat, how: dict[str, str], at: datetime) -> None:
        queueing.finish(desk=seat.desk, actor=seat.clerk, at=at, key=self._key(seat), **how)
        self._after(ticket, seat, at)

    def _transfer(self, ticket: Ticket, seat: Seat, at: datetime) -> None:
        """Send the enterprise on to the stall that comes last on its list."""
        last = self.guests[ticket.visit_id].errands[-1].stall
        queueing.transfer(desk=seat.desk, to_stall=last, actor=seat.clerk, at=at, key=self._key(seat))
        self.lines.setdefault(last.pk, set()).add(ticket.visit_id)
        self._after(ticket, seat, at)

    def _after(self, ticket: Ticket, seat: Seat, at: datetime) -> None:
        """A desk goes on, and so do the desks that waited for this enterprise."""
        self.busy.discard(ticket.visit_id)
        self._plan(at, seconds(self.chance, 10, 50), lambda at: self._press(seat, at))
        waiting = [stall_id for stall_id, line in self.lines.items() if ticket.visit_id in line]
        for stall_id in waiting:
            self._wake(stall_id, at)
        if not waiting:
            guest = self.guests[ticket.visit_id]
            home, guest.settled = guest.settled, []
            leaving = Guest(guest.enterprise, at, [], settled=home)
            self._plan(at, minutes(self.chance, 2, 8), lambda at: self._go_home(leaving, at))

    # --- time ---

    def _plan(self, at: datetime, wait: timedelta, step: object) -> None:
        self.timeline.plan(at + self._stretch(wait), step)  # type: ignore[arg-type]

    def _stretch(self, wait: timedelta) -> timedelta:
        return timedelta(seconds=round(wait.total_seconds() * self.pace))

    def _key(self, seat: Seat) -> str:
        self._clicks += 1
        return f"{self.fair.pk}-{seat.desk.pk}-{self._clicks}"
