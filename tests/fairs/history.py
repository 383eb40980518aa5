"""The queue's law, told a second time and slowly: what must be true of the tables, and of the whole history."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection

from fairs.models import DeskClaim, Fair, Ticket, TicketEvent
from fairs.workflow import LIVE, MOVES, RECORDS

# One statement, so one snapshot: each line is a way in which the tables could contradict the law.
BROKEN = """
WITH mine AS (
    SELECT t.* FROM fairs_ticket t JOIN fairs_stall s ON s.id = t.stall_id WHERE s.fair_id = %(fair)s
), live AS (SELECT * FROM mine WHERE state IN ('called', 'serving'))
SELECT 'two tickets at a desk' FROM live GROUP BY desk_id HAVING count(*) > 1
UNION ALL SELECT 'a live ticket without a desk' FROM live WHERE desk_id IS NULL
UNION ALL SELECT 'a ticket at a desk of another stall'
    FROM live JOIN fairs_desk d ON d.id = live.desk_id WHERE d.stall_id <> live.stall_id
UNION ALL SELECT 'a visit at two desks' FROM live GROUP BY visit_id HAVING count(*) > 1
UNION ALL SELECT 'a visit that is at a desk and does not know it'
    FROM live JOIN fairs_visit v ON v.id = live.visit_id WHERE v.busy_ticket_id IS DISTINCT FROM live.id
UNION ALL SELECT 'a visit that believes itself at a desk'
    FROM fairs_visit v LEFT JOIN live ON live.id = v.busy_ticket_id
    WHERE v.fair_id = %(fair)s AND v.busy_ticket_id IS NOT NULL AND live.id IS NULL
UNION ALL SELECT 'two places of a visit at a stall'
    FROM mine WHERE state IN ('waiting', 'called', 'serving') GROUP BY visit_id, stall_id HAVING count(*) > 1
UNION ALL SELECT 'taken differs from the sum of the states'
    FROM (SELECT count(*) FILTER (WHERE verb = 'take') AS taken FROM fairs_ticketevent WHERE fair_id = %(fair)s) e,
         (SELECT count(*) AS there FROM mine
          WHERE state IN ('waiting', 'called', 'serving', 'served', 'missed', 'left')) t
    WHERE e.taken <> t.there
UNION ALL SELECT 'a state that is not the last event''s'
    FROM mine JOIN LATERAL (
        SELECT to_state FROM fairs_ticketevent e WHERE e.ticket_id = mine.id ORDER BY e.id DESC LIMIT 1
    ) last ON true WHERE last.to_state <> mine.state
"""


def broken_now(fair: Fair) -> list[str]:
    """Return the sentences of the law that the tables contradict at this moment."""
    with connection.cursor() as cursor:
        cursor.execute(BROKEN, {"fair": fair.pk})
        return [row[0] for row in cursor.fetchall()]


@dataclass
class Line:
    """The fair as the events tell it so far."""

    visit_of: dict[int, int]
    stall_of: dict[int, int]
    state: dict[int, str] = field(default_factory=dict)
    place: dict[int, tuple[int, datetime, int]] = field(default_factory=dict)
    named: frozenset[tuple[int, datetime]] = frozenset()  # ticket and moment of calls without a line
    desk: dict[int, int] = field(default_factory=dict)  # ticket at a desk: desk
    found: list[str] = field(default_factory=list)
    verbs: Counter[str] = field(default_factory=Counter)

    def first_free(self, stall: int) -> int | None:
        """Look through the whole line for the ticket that must be called next."""
        away = {self.visit_of[ticket] for ticket in self.desk}
        free = [
            ticket
            for ticket, state in self.state.items()
            if state == "waiting" and self.stall_of[ticket] == stall and self.visit_of[ticket] not in away
        ]
        return min(free, key=lambda ticket: self.place[ticket], default=None)

    def step(self, event: TicketEvent) -> None:
        """Take one event, and note what it has done that the law forbids."""
        ticket, verb = event.ticket_id, event.verb
        self.verbs[verb] += 1
        if verb == "call":
            self._call(event)
        before = self.state.get(ticket, "")
        row = MOVES.get(verb) or RECORDS[verb]
        allowed = before in row.sources if row.sources else before == ""
        if not allowed or before != event.from_state:
            self.found.append(f"event {event.pk}: {verb} from {before!r}, it says {event.from_state!r}")
        self.state[ticket] = event.to_state
        self.place[ticket] = (-event.priority, event.place_at, ticket)
        if event.to_state in LIVE:
            self.desk[ticket] = event.desk_id
        else:
            self.desk.pop(ticket, None)

    def _call(self, event: TicketEvent) -> None:
        ticket = event.ticket_id
        if event.desk_id in self.desk.values():
            self.found.append(f"event {event.pk}: desk {event.desk_id} holds a ticket already")
        if (
            ticket,
            event.at,
        ) in self.named:  # from the list that the desk had: free it must be, first it need not
            if self.visit_of[ticket] in {self.visit_of[other] for other in self.desk}:
                self.found.append(f"event {event.pk}: called {ticket}, whose visit is at a desk")
            return
        first = self.first_free(self.stall_of[ticket])
        if first != ticket:
            self.found.append(f"event {event.pk}: called {ticket}, passed over {first}")


def retell(fair: Fair) -> Line:
    """Tell the whole history in the order of its events and check each step against the law.

    Events are numbered under the locks of stall and visit, so among those that touch each other the order of the
    numbers is the order in which they happened.
    """
    tickets = Ticket.objects.filter(stall__fair=fair).values_list("pk", "visit_id", "stall_id")
    line = Line({pk: visit for pk, visit, _ in tickets}, {pk: stall for pk, _, stall in tickets})
    claims = DeskClaim.objects.filter(desk__stall__fair=fair, verb="call", acted_at__isnull=False)
    line.named = frozenset(claims.values_list("ticket", "acted_at"))
    for event in TicketEvent.objects.filter(fair=fair).order_by("pk"):
        line.step(event)
    now = dict(Ticket.objects.filter(stall__fair=fair).values_list("pk", "state"))
    if now != line.state:
        line.found.append("the tables do not stand where the history ends")
    return line
