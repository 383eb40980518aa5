"""What comes next for a matter, read from its state; the acts stand in ``acts`` and ``hard_acts``.

Because it is read from the state, a life goes on from wherever it is: after a restart of the demo city, and
after somebody has worked on the matter by hand.
"""

from collections.abc import Callable

from requests_desk import follow_ups
from requests_desk.deadlines import HAND_BACK_DAYS
from requests_desk.journal import RefusedError
from requests_desk.models import FactorRequest
from requests_desk.workflow import State
from taian_factors.demo import acts, hard_acts
from taian_factors.demo.habits import Course, is_punctual
from taian_factors.demo.matter import Life, Matter, Next
from taian_factors.demo.weeks import next_factor_week

# After these the lead and its deadlines are what they were.
LEAVES_LEAD = {"acknowledge", "support_reply", "reply", "whistle", "report_in", "hand_back", "ask_suspension"}


def life(matter: Matter, refused: list[str]) -> Life:
    """Let a matter live: yield the moment of each step, and do it when resumed; ends with the matter.

    Args:
        refused: gets a line for a step that was refused, after which the matter is left to people.
    """
    while (step := next_step(matter)) is not None:
        moment, act = step
        yield moment
        try:
            matter.done.append(act(matter, moment))
        except RefusedError as error:
            refused.append(f"{matter.factor_request.number} {matter.course.name} {matter.done}: {error}")
            return
        matter.at = moment
        if matter.done[-1] not in LEAVES_LEAD:
            matter.forget()


def next_step(matter: Matter) -> Next | None:
    """Return when something happens next, and what; None when nothing does."""
    choose = _STATES.get(State(matter.factor_request.state))
    return choose(matter) if choose else None


def _filed(m: Matter) -> Next:
    if m.course is Course.RETURNED and not m.has("send_back"):
        return m.after(m.chance().randint(0, 1)), acts.send_back
    if m.course is Course.REFUSED:
        return m.after(1), acts.refuse
    return m.after(0 if m.chance().random() < 0.55 else 1 + (m.chance().random() < 0.05)), acts.accept


def _returned(m: Matter) -> Next:
    return m.after(m.chance().randint(1, 6)), acts.refile


def _accepted(m: Matter) -> Next:
    return m.after(0 if m.chance().random() < 0.6 else 1 + (m.chance().random() < 0.04)), acts.assign


def _assigned(m: Matter) -> Next:
    if not m.has_now("acknowledge"):
        return m.after(0 if m.chance().random() < 0.5 else 1 + (m.chance().random() < 0.06)), acts.acknowledge
    return _peculiar(m) or _support(m) or _answer(m)


def _peculiar(m: Matter) -> Next | None:
    """What belongs to the course of a matter while the reply is awaited."""
    for courses, verb, act in _PECULIAR:
        if m.course in courses and not m.has(verb) and _is_in_time(verb, m):
            return m.soon(), act
    if m.course is Course.WITHDRAWN:
        return m.after(2), acts.withdraw
    if m.has("ask_suspension") and not m.has("decide_suspension"):
        return m.soon(), acts.decide_suspension
    if m.has("decide_suspension") and not m.has("resume"):
        return m.after(m.chance().randint(4, 18)), acts.resume
    if m.has("hand_back") and not m.has("rule_hand_back"):
        return m.after(1), acts.rule_hand_back
    if m.has("whistle") and not m.has("report_in"):
        return m.after(0), acts.report_in
    return None


_PECULIAR = (
    ({Course.HANDED_BACK, Course.KEPT}, "hand_back", acts.hand_back),
    ({Course.SUSPENDED}, "ask_suspension", acts.ask_suspension),
    ({Course.WHISTLED}, "whistle", acts.whistle),
)


def _is_in_time(verb: str, m: Matter) -> bool:
    """Whether it can still be asked: each of them comes right after the matter was taken into hand."""
    if m.done[-1] != "acknowledge":
        return False
    if verb == "hand_back":
        return m.soon() <= m.calendar.end_after(m.lead.assigned_at, HAND_BACK_DAYS)
    return verb == "whistle" or (m.lead.reply_due_at is not None and m.soon() <= m.lead.reply_due_at)


def _support(m: Matter) -> Next | None:
    supports = hard_acts.open_supports(m) if m.has_supports and not m.has("support_reply") else []
    if not supports:
        m.has_supports = False
        return None
    due = supports[0].reply_due_at
    is_late = m.chance().random() < 0.06
    return (m.beyond(due, at_most=2) if is_late else m.before(due, at_most=1)), acts.support_reply


def _answer(m: Matter) -> Next:
    """Reply, or complete at once; in time or not, as the body is."""
    if m.has_now("reply"):
        return _finish(m)
    due, chance = m.lead.reply_due_at, m.chance()
    is_quick = m.course in (Course.STRAIGHT, Course.REDONE, Course.SILENT) and chance.random() < 0.3
    act = acts.complete if is_quick else acts.reply
    if is_punctual(m.lead.organization, m.month, chance):
        return m.before(due), act
    return m.beyond(due, at_most=4), act


def _replied(m: Matter) -> Next:
    if m.course is Course.INELIGIBLE:
        return m.after(m.chance().randint(1, 3)), acts.declare_ineligible
    if m.course is Course.CONSULTED and not m.has("convene"):
        return m.after(2), hard_acts.call_together
    if m.course is Course.CHALLENGE and not m.has("open_call"):
        return m.after(2), hard_acts.open_call
    if m.course is Course.EXTENDED and not m.has("ask_extension"):
        return m.before(m.lead.complete_due_at, at_most=8), acts.ask_extension
    if m.has("ask_extension") and not m.has("decide_extension"):
        return m.after(1), acts.decide_extension
    return _finish(m)


def _finish(m: Matter) -> Next:
    """Complete, in time or not, as the body is."""
    if m.has("award") and not m.has("reach_milestone"):
        return m.after(1), hard_acts.reach
    due, chance = m.lead.complete_due_at, m.chance()
    if is_punctual(m.lead.organization, m.month, chance):
        return m.before(due, at_most=12), acts.complete
    return m.beyond(due), acts.complete


def _completed(m: Matter) -> Next:
    if m.course is Course.SILENT:
        return _silent(m)
    if not m.has("review") and not m.enterprise.is_named and m.chance().random() < 0.78:
        return m.after(m.chance().randint(0, 4)), acts.review
    if m.course is Course.REDONE and not m.has("redo"):
        return m.after(m.chance().randint(1, 3)), acts.ask_redo
    return m.before(m.factor_request.confirm_due_at, at_most=4), acts.confirm


def _is_to_be_called(m: Matter) -> bool:
    """Whether a bad review waits for the office's call."""
    if not m.has("review") or m.has("follow_up"):
        return False
    return follow_ups.to_call().filter(review__factor_request=m.factor_request).exists()


def _is_to_be_rectified(m: Matter) -> bool:
    """Whether a department was told of a bad review, and the enterprise has not rated again."""
    if not m.has("follow_up") or m.has("rate_again"):
        return False
    return follow_ups.in_rectification().filter(review__factor_request=m.factor_request).exists()


def _silent(m: Matter) -> Next:
    calls = m.done.count("phone")
    if calls >= 3:
        return m.after(1), acts.note_silence
    if calls == 0:
        return m.beyond(m.factor_request.confirm_due_at, at_most=1), acts.phone
    return m.after(calls - 1), acts.phone


def _closed(m: Matter) -> Next:
    """Called back after a bad review, and now and then; a challenge accepted; then written off in a factor week."""
    if _is_to_be_called(m):
        return m.after(2), acts.follow_up
    if _is_to_be_rectified(m):
        return (m.after(2), acts.rate_again) if m.has("rectify") else (m.after(3), acts.rectify)
    if m.factor_request.state == State.CONFIRMED and m.has("award") and not m.has("accept_challenge"):
        return m.after(1), hard_acts.accept
    if m.factor_request.state == State.CONFIRMED and not m.has("call_back") and m.chance().random() < 0.2:
        return m.after(2), acts.call_back
    return next_factor_week(m.at, m.calendar, m.chance()), acts.write_off


_STATES: dict[State, Callable[[Matter], Next]] = {
    State.FILED: _filed,
    State.RETURNED: _returned,
    State.ACCEPTED: _accepted,
    State.ASSIGNED: _assigned,
    State.REPLIED: _replied,
    State.CONSULTING: lambda m: (m.after(4), hard_acts.minute),
    State.OPEN_CALL: hard_acts.next_in_call,
    State.COMPLETED: _completed,
    State.CONFIRMED: _closed,
    State.INELIGIBLE: _closed,
}


def is_over(factor_request: FactorRequest) -> bool:
    """Whether nothing will happen to it any more."""
    return State(factor_request.state) not in _STATES
