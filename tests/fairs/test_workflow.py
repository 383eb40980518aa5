"""The whole table: every verb in every state, and who may."""

import pytest

from fairs import arrivals, queueing
from fairs.locks import ForbiddenError, WrongStateError
from fairs.workflow import LIVE, MOVES, PLACED, RECORDS, Party, TicketState, available, find
from tests.fairs import factories

STATES = list(TicketState)


def do(verb, hall, ticket, at, actor=None):
    """Do a verb of the table to a ticket, by the party that does it usually."""
    clerk, office = actor or hall.clerk, actor or hall.office
    click = {"desk": hall.desk, "actor": clerk, "at": at, "key": factories.key()}
    ways = {
        "begin": lambda: queueing.begin(**click, ticket=ticket),
        "recall": lambda: queueing.recall(**click, ticket=ticket),
        "finish": lambda: queueing.finish(**click, ticket=ticket),
        "pass_over": lambda: queueing.pass_over(**click, ticket=ticket),
        "transfer": lambda: queueing.transfer(**click, ticket=ticket, to_stall=hall.other_stall),
        "reenter": lambda: arrivals.reenter(ticket=ticket, actor=office, at=at),
        "leave": lambda: arrivals.leave(ticket=ticket, actor=office, at=at),
    }
    return ways[verb]()


CHOSEN = ["begin", "recall", "finish", "pass_over", "transfer", "reenter", "leave"]
# Has no key, so its end is how it is known again: sent twice it is answered as done, and nothing happens.
REPEATED = {("leave", "left")}


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize("verb", CHOSEN)
def test_a_verb_does_what_the_table_says_and_nothing_else(verb, state, hall, at):
    ticket = factories.in_state(state, hall.desk, hall.clerk, at=at)
    row = find(verb)
    if (verb, state) in REPEATED:
        before = ticket.events.count()
        assert (do(verb, hall, ticket, at).state, ticket.events.count()) == (state, before)
        return
    if state not in row.sources:
        with pytest.raises(WrongStateError):
            do(verb, hall, ticket, at)
        ticket.refresh_from_db()
        assert ticket.state == state
        return
    assert do(verb, hall, ticket, at).state == (row.to or state)
    event = ticket.events.order_by("-pk").first()
    assert (event.verb, event.from_state, event.to_state) == (verb, state, row.to or state)


@pytest.mark.parametrize("verb", CHOSEN)
@pytest.mark.parametrize("party", ["stall", "reception", "visitor", "stranger", "other_stall", "auditor"])
def test_a_verb_is_for_the_parties_of_the_table(verb, party, hall, at, stranger, office_auditor):
    row = find(verb)
    state = sorted(row.sources)[0]
    ticket = factories.in_state(state, hall.desk, hall.clerk, at=at)
    actors = {
        "stall": (Party.STALL, hall.clerk),
        "reception": (Party.RECEPTION, hall.office),
        "visitor": (Party.VISITOR, factories.directory.actor(ticket.visit.enterprise)),
        "stranger": (Party.NOBODY, stranger),
        "other_stall": (Party.NOBODY, hall.other_clerk),
        "auditor": (Party.NOBODY, office_auditor),
    }
    flag, actor = actors[party]
    if row.by & flag:
        do(verb, hall, ticket, at, actor)
    else:
        with pytest.raises(ForbiddenError):
            do(verb, hall, ticket, at, actor)


def test_only_waiting_tickets_are_called(hall, at):
    for state in set(STATES) - {"waiting", *LIVE}:
        factories.in_state(state, hall.desk, hall.clerk, at=at)
        call = {"desk": hall.desk, "actor": hall.clerk, "at": at}
        assert queueing.call_next(**call, key=factories.key()) is None


def test_every_state_is_reached_and_the_dead_ends_are_the_ends_of_a_ticket():
    reached = {row.to for row in MOVES.values()}
    assert reached == set(TicketState)
    left_by = {source for row in MOVES.values() for source in row.sources}
    assert set(TicketState) - left_by == {TicketState.SERVED, TicketState.LEFT}


def test_live_tickets_have_a_place():
    assert set(LIVE) < set(PLACED)


def test_verbs_and_records_have_different_names():
    assert not set(MOVES) & set(RECORDS)
    with pytest.raises(KeyError):
        find("dance")


def test_the_buttons_come_from_the_table():
    verbs = [row.verb for row in available(TicketState.CALLED, Party.STALL)]
    assert verbs == ["begin", "transfer", "pass_over", "recall"]
    assert available(TicketState.SERVED, Party.STALL | Party.RECEPTION | Party.VISITOR) == []
    assert [row.verb for row in available(TicketState.MISSED, Party.VISITOR)] == ["reenter"]
