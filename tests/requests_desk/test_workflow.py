"""The whole table: each verb × state × party, allowed or refused, through the real journal."""

from itertools import product

import pytest

from requests_desk import (
    case_by_case,
    clocks,
    escalation,
    follow_ups,
    pursuing,
    records,
    reviewing,
    transitions,
)
from requests_desk.journal import NotAllowedError, WrongStateError, begin
from requests_desk.models import FactorRequest, RequestEvent
from requests_desk.permissions import parties
from requests_desk.workflow import MOVES, OTHER_EVENTS, RECORDS, STEPS, Party, State, available
from taian_factors.directory.actors import Actor
from tests.requests_desk import factories

F, C, L, S, K = Party.FILER, Party.COUNTER, Party.LEAD, Party.SUPPORT, Party.CLAIMANT
O, OL = Party.OFFICE, Party.OFFICE_LEAD  # noqa: E741

# The regulation once more, by state, written by another hand than the table: verb → who.
EXPECTED: dict[str, dict[str, Party]] = {
    "filed": {"accept": C | O, "send_back": C | O, "refuse": O, "withdraw": F},
    "returned": {"refile": F, "withdraw": F},
    "refused": {"reconsider": O},
    "accepted": {"assign": C | O, "withdraw": F},
    "assigned": {
        "reassign": O, "convene": O, "open_call": O, "reply": L, "complete": L, "declare_ineligible": O,
        "withdraw": F,
    },
    "replied": {
        "reassign": O, "convene": O, "open_call": O, "reply": L, "complete": L, "declare_ineligible": O,
        "write_off_by_case": OL, "withdraw": F,
    },
    "consulting": {"conclude": O, "open_call": O},
    "open_call": {"award": O, "close_call": O},
    "completed": {"redo": F | O, "confirm": F | O},
    "confirmed": {"redo": F | O, "write_off": O, "reopen": O},
    "ineligible": {"write_off": O, "reopen": O},
    "written_off": {"reopen": O},
    "withdrawn": {},
}  # fmt: skip


def test_the_table_of_moves_is_the_regulation():
    found = {
        state.value: {verb: step.by for verb, step in MOVES.items() if state in step.from_states}
        for state in State
    }
    assert found == EXPECTED


def test_every_step_has_a_function_of_its_name_and_a_label():
    homes = [transitions, records, pursuing, clocks, case_by_case, follow_ups, escalation, reviewing]
    names = {"resume": "resume_clock"}
    for verb, step in STEPS.items():
        assert any(callable(getattr(home, names.get(verb, verb), None)) for home in homes), verb
        assert step.label
    assert not set(OTHER_EVENTS) & set(STEPS)
    assert not set(MOVES) & set(RECORDS)


def _cast(factor_request: FactorRequest) -> dict[str, Actor]:
    return {
        "filer": factories.acting(factor_request.enterprise),
        "lead": factories.acting("ZGJ"),
        "support": factories.acting("SPJ"),
        "office": factories.office(),
        "office_lead": factories.office("lead"),
        "auditor": factories.office("auditor"),
        "stranger": factories.acting("B01"),
    }


@pytest.mark.django_db
@pytest.mark.parametrize("state", factories.IN_STATE)
def test_each_party_may_do_what_the_tables_say_and_nothing_else(state: str):
    supported = (
        {"supports": ("SPJ",)}
        if state not in {"filed", "returned", "refused", "accepted", "withdrawn"}
        else {}
    )
    factor_request = factories.IN_STATE[state](**supported)
    assert factor_request.state == state
    for (who, actor), (verb, step) in product(_cast(factor_request).items(), STEPS.items()):
        mine = parties(actor, factor_request)
        if not step.by & mine:
            with pytest.raises(NotAllowedError):
                begin(verb, factor_request, actor)
        elif factor_request.state not in step.from_states:
            with pytest.raises(WrongStateError):
                begin(verb, factor_request, actor)
        else:
            assert begin(verb, factor_request, actor) == mine, (who, verb)
    # Trying wrote nothing.
    before = RequestEvent.objects.filter(factor_request=factor_request).count()
    factor_request.refresh_from_db()
    assert factor_request.state == state
    assert RequestEvent.objects.filter(factor_request=factor_request).count() == before


@pytest.mark.django_db
def test_parties_are_what_one_is_to_this_request():
    factor_request = factories.assigned(supports=("SPJ",))
    found = {who: parties(actor, factor_request) for who, actor in _cast(factor_request).items()}
    assert found == {
        "filer": F,
        "lead": L,
        "support": S,
        "office": O,
        "office_lead": O | OL,
        "auditor": Party.NOBODY,
        "stranger": Party.NOBODY,
    }
    on_call = factories.on_open_call()
    assert parties(factories.acting("B01"), on_call) == K
    assert parties(factories.acting("ZGJ"), on_call) == L | K


def test_buttons_are_the_steps_that_are_allowed():
    verbs = [step.verb for step in available(State.COMPLETED, F)]
    assert verbs == ["redo", "confirm", "supplement", "rate_again", "review"]
    assert available(State.WITHDRAWN, F) == []
