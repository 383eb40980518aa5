"""Filters that read as sentences. Related models are named by reverse relations, never imported."""

from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Count, Exists, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from fairs.workflow import LIVE, PLACED, TicketState

if TYPE_CHECKING:
    from taian_factors.directory.actors import Actor
    from taian_factors.directory.models import User

# The law of the line: priority first, then the moment of the place, then the older ticket.
LINE_ORDER = ("-priority", "place_at", "pk")


class FairQuerySet(models.QuerySet[Any]):
    """Days on which enterprises and those who can help them meet."""

    def visible_to(self, actor: "Actor") -> "FairQuerySet":
        """Everybody who is signed in: a fair is a public event."""
        return self.all()

    def open(self) -> "FairQuerySet":
        """Those not yet closed."""
        return self.filter(is_open=True)

    def held_until(self, day: date | models.Value) -> "FairQuerySet":
        """Those of ``day`` and of the days before."""
        return self.filter(held_on__lte=day)

    def with_counts(self) -> "FairQuerySet":
        """Annotate ``stall_count``, ``visit_count`` and ``ticket_count``, each counted apart."""
        stalls = self.model._meta.get_field("stalls").related_model
        visits = self.model._meta.get_field("visits").related_model
        tickets = stalls._meta.get_field("tickets").related_model
        return self.annotate(
            stall_count=_count(stalls.objects.filter(fair=OuterRef("pk")), "fair"),
            visit_count=_count(visits.objects.filter(fair=OuterRef("pk")), "fair"),
            ticket_count=_count(tickets.objects.filter(stall__fair=OuterRef("pk")), "stall__fair"),
        )


class StallQuerySet(models.QuerySet[Any]):
    """Stalls."""

    def with_line(self) -> "StallQuerySet":
        """Annotate how many tickets are in each state (``waiting`` … ``left``) and ``taken``, their sum."""
        counts = {state.value: Count("tickets", filter=Q(tickets__state=state)) for state in TicketState}
        return self.annotate(**counts, taken=Count("tickets"))


class StallManager(models.Manager.from_queryset(StallQuerySet)):  # type: ignore[misc]
    """The stalls of a plan; one that was taken out of it is only found by what happened to it."""

    def get_queryset(self) -> StallQuerySet:
        """Leave out what was removed."""
        return super().get_queryset().filter(removed_at__isnull=True)


class SlotQuerySet(models.QuerySet[Any]):
    """Slots."""

    def of(self, fair: Any) -> "SlotQuerySet":
        """Those of a fair, stall by stall, in the order of the day."""
        return self.filter(stall__fair=fair).order_by("stall__code", "starts_at")

    def with_waiting(self) -> "SlotQuerySet":
        """Annotate ``waiting_count``: how many stand on the waiting list."""
        waits = Q(places__held_at__isnull=True, places__cancelled_at__isnull=True)
        return self.annotate(waiting_count=Count("places", filter=waits))


class BookingQuerySet(models.QuerySet[Any]):
    """Bookings."""

    def visible_to(self, actor: "Actor") -> "BookingQuerySet":
        """The office all, an enterprise its own; what is reserved is nobody else's business before it comes."""
        if actor.is_office:
            return self.all()
        if actor.is_enterprise:
            return self.filter(enterprise=actor.organization)
        return self.none()


class BookedPlaceQuerySet(models.QuerySet[Any]):
    """Wishes for slots."""

    def live(self) -> "BookedPlaceQuerySet":
        """Those not cancelled: held, or on a waiting list."""
        return self.filter(cancelled_at__isnull=True)

    def cancelled(self) -> "BookedPlaceQuerySet":
        """Those given up or changed for another, the latest first."""
        return self.filter(cancelled_at__isnull=False).order_by("-cancelled_at", "-pk")

    def held(self) -> "BookedPlaceQuerySet":
        """Those that have their place."""
        return self.live().filter(held_at__isnull=False)

    def waiting(self) -> "BookedPlaceQuerySet":
        """Those on a waiting list, first come first."""
        return self.live().filter(held_at__isnull=True).order_by("asked_at", "pk")

    def to_tell(self) -> "BookedPlaceQuerySet":
        """Those that came up from a waiting list and have not been told."""
        return self.filter(was_promoted=True, told_at__isnull=True)

    def with_rank(self) -> "BookedPlaceQuerySet":
        """Annotate ``before``: how many stand before this one on its waiting list."""
        earlier = Q(asked_at__lt=OuterRef("asked_at")) | Q(
            asked_at=OuterRef("asked_at"), pk__lt=OuterRef("pk")
        )
        return self.annotate(
            before=_count(self.model.objects.waiting().filter(earlier, slot=OuterRef("slot")), "slot")
        )


class DeskQuerySet(models.QuerySet[Any]):
    """Desks."""

    def visible_to(self, actor: "Actor") -> "DeskQuerySet":
        """The office every desk, a body its own, an enterprise none."""
        if actor.is_office:
            return self.all()
        return self.filter(stall__organization=actor.organization).exclude(
            stall__organization__kind="enterprise"
        )

    def of_clerk(self, user: "User | models.Value") -> "DeskQuerySet":
        """The desk at which somebody sits: one or none."""
        return self.filter(clerk=user)


class VisitQuerySet(models.QuerySet[Any]):
    """Visits."""

    def visible_to(self, actor: "Actor") -> "VisitQuerySet":
        """The office all, an enterprise its own, a chain team its chain, a county its division too.

        Every other body: who came to its stalls.
        """
        if actor.is_office:
            return self.all()
        if actor.is_enterprise:
            return self.filter(enterprise=actor.organization)
        if actor.kind == "chain_team":
            return self.filter(enterprise__profile__chain=actor.organization.chain_id)
        tickets = self.model._meta.get_field("tickets").related_model
        came = Exists(tickets.objects.filter(visit=OuterRef("pk"), stall__organization=actor.organization))
        if actor.kind == "county_office":
            return self.filter(came | Q(enterprise__profile__division=actor.organization.division_id))
        return self.filter(came)


class TicketQuerySet(models.QuerySet[Any]):
    """Places in line."""

    def visible_to(self, actor: "Actor") -> "TicketQuerySet":
        """The office all, an enterprise its own, a chain team its chain, a body those at its stalls."""
        if actor.is_office:
            return self.all()
        if actor.is_enterprise:
            return self.filter(visit__enterprise=actor.organization)
        if actor.kind == "chain_team":
            return self.filter(visit__enterprise__profile__chain=actor.organization.chain_id)
        return self.filter(stall__organization=actor.organization)

    def waiting(self) -> "TicketQuerySet":
        """Those that wait."""
        return self.filter(state=TicketState.WAITING)

    def waiting_at(self, stall: Any) -> "TicketQuerySet":
        """The line of a stall (given as itself or its id), first to be called first."""
        return self.waiting().filter(stall=stall).in_line()

    def in_line(self) -> "TicketQuerySet":
        """In the order of the line: priority, moment of the place, id."""
        return self.order_by(*LINE_ORDER)

    def free(self) -> "TicketQuerySet":
        """Those whose visit is at no desk now."""
        return self.filter(visit__busy_ticket=None)

    def live(self) -> "TicketQuerySet":
        """Those at a desk: called or being served."""
        return self.filter(state__in=LIVE)

    def placed(self) -> "TicketQuerySet":
        """Those with a place at their stall: waiting, called or being served."""
        return self.filter(state__in=PLACED)

    def served(self) -> "TicketQuerySet":
        """Those whose serving has ended."""
        return self.filter(state=TicketState.SERVED)

    def held_by(self, desk: Any) -> "TicketQuerySet":
        """The ticket that a desk holds: one or none."""
        return self.live().filter(desk=desk)

    def being_served_by(self, user: "User | None") -> "TicketQuerySet":
        """The ticket that is being served at the desk where ``user`` sits: one or none."""
        return self.filter(state=TicketState.SERVING, desk__clerk=user)


class DeskClaimQuerySet(models.QuerySet[Any]):
    """Steps of desks without a line."""

    def visible_to(self, actor: "Actor") -> "DeskClaimQuerySet":
        """The office all, a body those of its own desks, an enterprise none."""
        if actor.is_office:
            return self.all()
        return self.filter(desk__stall__organization=actor.organization).exclude(
            desk__stall__organization__kind="enterprise"
        )

    def in_conflict(self) -> "DeskClaimQuerySet":
        """Those that the desk has still to settle, in the order in which they were made."""
        return self.filter(state="conflict").order_by("pk")


def _count(rows: models.QuerySet[Any], group: str) -> Coalesce:
    """Count correlated rows in a subquery, so that counts over several relations don't multiply."""
    counted = rows.order_by().values(group).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted, output_field=models.IntegerField()), 0)
