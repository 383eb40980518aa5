"""What a change of the dispatch directory would do to filings that wait, before it is used. Never writes."""

from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import Count

from requests_desk.dispatch_directory import Entry, Handout, best, entry
from requests_desk.models import DispatchRule, FactorRequest
from requests_desk.workflow import State
from taian_factors.directory.models import Division, Factor

UNDISPATCHED = [State.FILED, State.RETURNED, State.ACCEPTED]
SHOWN = 20  # requests that a preview names


@dataclass(frozen=True)
class Change:
    """A change that is thought of: rules that would ``end`` on a day, be taken out, and entries that would be added."""

    factor: Factor
    from_on: date
    ends: dict[int, date] = field(default_factory=dict)
    takes_out: frozenset[int] = frozenset()
    adds: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Effect:
    """What a change does to the undispatched requests of one division; an entry is None where no rule covers it."""

    division: Division
    before: Entry | None
    after: Entry | None
    requests: int
    filings: int

    @property
    def is_changed(self) -> bool:
        """Other bodies than before."""
        if self.before is None or self.after is None:
            return self.before is not self.after
        return not self.before.handout.names_the_same(self.after.handout)


@dataclass(frozen=True)
class Preview:
    """What a change would do to what waits: division by division, and the first requests that it would turn."""

    day: date
    effects: list[Effect]
    turned: list[FactorRequest]

    @property
    def changed(self) -> list[Effect]:
        """The divisions whose needs would go to other bodies."""
        return [effect for effect in self.effects if effect.is_changed]

    @property
    def count(self) -> int:
        """How many undispatched requests would go to other bodies."""
        return sum(effect.requests for effect in self.changed)


def preview(change: Change) -> Preview:
    """Say what a change would do, on its first day, to filings that are not dispatched; four queries."""
    day = change.from_on
    rules = DispatchRule.objects.standing().filter(factor=change.factor).with_bodies()
    now = [entry(rule) for rule in rules]
    then = [e for e in now if _stays(e, change, day)] + list(change.adds)
    waiting = FactorRequest.objects.filter(factor=change.factor, state__in=UNDISPATCHED)
    counts = waiting.order_by().values("division").annotate(n=Count("pk"), m=Count("filing", distinct=True))
    waits = {row["division"]: (row["n"], row["m"]) for row in counts}
    effects = [
        Effect(
            division,
            best(now, change.factor.pk, division.pk, day),
            best(then, change.factor.pk, division.pk, day),
            *waits.get(division.pk, (0, 0)),
        )
        for division in Division.objects.filter(is_active=True).order_by("code")
    ]
    turned = waiting.filter(division__in=[e.division.pk for e in effects if e.is_changed and e.requests])
    return Preview(day, effects, list(turned.with_parts().order_by("filed_at", "pk")[:SHOWN]))


def _stays(standing: Entry, change: Change, day: date) -> bool:
    rule = standing.handout.rule
    assert rule is not None
    return rule.pk not in change.takes_out and day <= change.ends.get(rule.pk, date.max)


class ClashError(Exception):
    """The days of an entry are taken by a rule that has not begun; ``rule`` is that one."""

    def __init__(self, rule: DispatchRule) -> None:
        super().__init__(f"{rule}")
        self.rule = rule


def entering(new: Entry, *, today: date) -> Change:
    """Return the change that an entry makes: what is in force for the same needs ends the day before it begins.

    When the entry has a last day, what it replaced goes on after it. Three queries.

    Raises:
        ClashError: on a rule that begins later, in the entry's days.
    """
    same = DispatchRule.objects.filter(factor=new.factor, division=new.division)
    ends: dict[int, date] = {}
    takes_out: set[int] = set()
    adds = [new]
    for rule in same.overlapping(new.from_on, new.until_on).with_bodies():
        if rule.from_on > today and rule.from_on >= new.from_on:
            raise ClashError(rule)
        if rule.from_on < new.from_on:
            ends[rule.pk] = new.from_on - timedelta(1)
        else:
            takes_out.add(rule.pk)
        if new.until_on and (rule.until_on is None or rule.until_on > new.until_on):
            adds.append(_after(rule, new.until_on))
    return Change(new.factor, new.from_on, ends, frozenset(takes_out), tuple(adds))


def _after(rule: DispatchRule, last: date) -> Entry:
    """What a rule says, from the day after ``last`` on."""
    handout = Handout(rule.lead, tuple(rule.supports.all()))
    return Entry(rule.factor, rule.division, handout, last + timedelta(1), rule.until_on, rule.reason)


def ending(rule: DispatchRule, *, until_on: date) -> Change:
    """Return the change that a last day makes to a rule: it is felt on the day after."""
    return Change(rule.factor, until_on + timedelta(1), ends={rule.pk: until_on})


def withdrawing(rule: DispatchRule) -> Change:
    """Return the change that taking out a rule makes which has not begun: it is felt on its first day."""
    return Change(rule.factor, rule.from_on, takes_out=frozenset({rule.pk}))
