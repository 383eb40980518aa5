"""Which stalls of a fair an enterprise's needs lead to, by the dispatch directory, and which slots fit. Reads only."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from fairs.models import Booking, Fair, Slot, Stall
from fairs.reserving import is_over
from requests_desk.dispatch_directory import best, entry
from requests_desk.models import DispatchRule, FactorRequest, Filing
from taian_factors.directory.models import Factor, Organization
from taian_factors.lib.periods import local_day

LEADS, HANDLES, SUPPORTS = 0, 1, 2  # how near a stall is to a need; the near ones are chosen beforehand


@dataclass(frozen=True)
class Need:
    """Something to talk about. ``key`` names it in an address: ``r12`` request, ``d5-1`` in a draft, ``f3`` factor."""

    key: str
    factor: Factor
    division_id: int
    headline: str = ""
    filing_id: int | None = None
    factor_request_id: int | None = None

    @property
    def label(self) -> str:
        """What it is, in words."""
        return f"{self.headline}（{self.factor.name}）" if self.headline else self.factor.name


@dataclass
class Proposal:
    """A stall, why it is proposed, its slots that can still be chosen, and the one chosen beforehand, if any."""

    stall: Stall
    reasons: list[str] = field(default_factory=list)
    nearness: int = SUPPORTS + 1
    slots: list[Slot] = field(default_factory=list)
    chosen: Slot | None = None

    def add(self, nearness: int, reason: str) -> None:
        """Take one more reason."""
        self.nearness = min(self.nearness, nearness)
        self.reasons.append(reason)


@dataclass(frozen=True)
class Proposals:
    """The stalls that needs lead to, the others, and what the directory says of bodies that have no stall here."""

    near: list[Proposal]
    others: list[Proposal]
    absent: list[str]


def bookable(at: datetime) -> QuerySet[Fair]:
    """Return the fairs that can be booked, the next first."""
    slots = Slot.objects.filter(stall__fair=OuterRef("pk"))
    coming = Fair.objects.open().filter(Exists(slots), held_on__gte=local_day(at))
    return coming.order_by("held_on", "pk")


def needs_of(enterprise: Organization, *, with_drafts: bool = True) -> list[Need]:
    """Return what an enterprise has filed and is not done, and what stands in its drafts. Three queries.

    A draft is its enterprise's own: who books for it is shown none.
    """
    requests = FactorRequest.objects.filter(enterprise=enterprise).open().select_related("factor")
    found = [
        Need(f"r{r.pk}", r.factor, r.division_id, r.headline, r.filing_id, r.pk)
        for r in requests.order_by("pk")
    ]
    if not with_drafts:
        return found
    factors = {factor.code: factor for factor in Factor.objects.filter(is_active=True)}
    drafts = Filing.objects.drafts().filter(enterprise=enterprise, typed_for=enterprise)
    for draft in drafts.order_by("pk"):
        for need in draft.draft.get("needs", []):
            if (factor := factors.get(need.get("factor", ""))) is not None:
                headline = need.get("values", {}).get("headline", "").strip()[:200]
                key = f"d{draft.pk}-{need['id']}"
                found.append(Need(key, factor, enterprise.profile.division_id, headline, draft.pk))
    return found


def factor_needs(enterprise: Organization) -> list[Need]:
    """Return every factor as a need without words, for who has filed nothing yet."""
    factors = Factor.objects.filter(is_active=True).order_by("position")
    return [Need(f"f{factor.pk}", factor, enterprise.profile.division_id) for factor in factors]


def chosen_needs(enterprise: Organization, keys: Iterable[str], *, with_drafts: bool = True) -> list[Need]:
    """Return the needs that an address names; what is not the enterprise's own is left out."""
    wanted = set(keys)
    offered = [*needs_of(enterprise, with_drafts=with_drafts), *factor_needs(enterprise)]
    return [need for need in offered if need.key in wanted]


def propose(fair: Fair, needs: Sequence[Need], *, booking: Booking | None, at: datetime) -> Proposals:
    """Return where needs lead to: the stall of the lead, those that handle the factor, those of the supports.

    Joint tables and stalls where the booking has a place already are left out. Five queries, whatever the numbers.
    """
    mine = list(booking.places.live().select_related("slot")) if booking else []
    stalls = fair.stalls.filter(is_joint_table=False).exclude(pk__in=[place.slot.stall_id for place in mine])
    proposals = {stall.pk: Proposal(stall) for stall in _loaded(stalls)}
    slots = Slot.objects.of(fair).with_waiting().filter(stall__in=proposals)
    for slot in slots.select_related("stall"):
        if not is_over(slot, fair.held_on, at):
            proposals[slot.stall_id].slots.append(slot)
    absent = _reason(proposals.values(), needs, fair)
    offered = [proposal for proposal in proposals.values() if proposal.slots]
    near = sorted((p for p in offered if p.reasons), key=lambda p: (p.nearness, p.stall.code))
    _choose(near, [place.slot for place in mine])
    return Proposals(near, [p for p in offered if not p.reasons], absent)


def _loaded(stalls: QuerySet[Stall]) -> QuerySet[Stall]:
    return stalls.select_related("organization", "zone").prefetch_related("handles").order_by("code")


def _reason(proposals: Iterable[Proposal], needs: Sequence[Need], fair: Fair) -> list[str]:
    """Write down why each stall is proposed; return what is said of bodies that are not here."""
    rules = DispatchRule.objects.in_force_on(fair.held_on).filter(factor__in={n.factor.pk for n in needs})
    entries = [entry(rule) for rule in rules.with_bodies()]
    at_stalls: dict[int, list[Proposal]] = defaultdict(list)
    handling: dict[int, list[Proposal]] = defaultdict(list)
    for proposal in proposals:
        at_stalls[proposal.stall.organization_id].append(proposal)
        for factor in proposal.stall.handles.all():
            handling[factor.pk].append(proposal)
    absent: dict[str, None] = {}
    for factor, division_id in dict.fromkeys((need.factor, need.division_id) for need in needs):
        told: set[int] = set()
        if (found := best(entries, factor.pk, division_id, fair.held_on)) is not None:
            lead = found.handout.lead
            told |= _add(at_stalls.get(lead.pk, []), LEADS, f"{factor.name}由{lead.short}主办")
            if lead.pk not in at_stalls and not handling[factor.pk]:
                absent[f"{factor.name}由{lead.short}主办，本场没有它的摊位，可以先网上申报。"] = None
            for support in found.handout.supports:
                told |= _add(at_stalls.get(support.pk, []), SUPPORTS, f"{factor.name}由{support.short}协办")
        _add((p for p in handling[factor.pk] if p.stall.pk not in told), HANDLES, f"本摊位办理{factor.name}")
    return list(absent)


def _add(proposals: Iterable[Proposal], nearness: int, reason: str) -> set[int]:
    found = list(proposals)
    for proposal in found:
        proposal.add(nearness, reason)
    return {proposal.stall.pk for proposal in found}


def _choose(near: Iterable[Proposal], taken: list[Slot]) -> None:
    """Choose for each near stall the first slot with room that is not at the same time as another."""
    busy = list(taken)
    for proposal in near:
        if proposal.nearness == SUPPORTS:
            continue
        fitting = (s for s in proposal.slots if s.free > 0 and not any(s.overlaps(other) for other in busy))
        if (first := next(fitting, None)) is not None:
            proposal.chosen = first
            busy.append(first)
