"""Filings and requests: what somebody sees, what is open, which light shows, which words are found."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, Subquery
from django.db.models.expressions import RawSQL

from requests_desk import searching
from requests_desk.workflow import CLAIMANTS, OPEN, RUNNING

if TYPE_CHECKING:
    from taian_factors.directory.actors import Actor

# Of that many of the newest requests, that many hits: then a word is common.
_SAMPLE, _COMMON = 400, 8


def shows(light: str, *, at: datetime) -> Q:
    """Return what holds of a request whose worst running clock shows ``light`` at a moment."""
    return {
        "red": Q(due_at__lt=at),
        "yellow": Q(due_at__gte=at, warn_at__lte=at),
        "grey": Q(is_suspended=True) & (Q(warn_at__isnull=True) | Q(due_at__gte=at, warn_at__gt=at)),
        "green": Q(is_suspended=False, due_at__gte=at, warn_at__gt=at),
    }[light]


class FilingQuerySet(models.QuerySet[Any]):
    """Filings."""

    def drafts(self) -> "FilingQuerySet":
        """Not yet submitted, not given up."""
        return self.filter(submitted_at__isnull=True, is_discarded=False)

    def submitted(self) -> "FilingQuerySet":
        """Sent."""
        return self.filter(submitted_at__isnull=False)

    def begun_for(self, actor: "Actor") -> "FilingQuerySet":
        """What bodies write for the actor's enterprise, which may take it over."""
        return self.filter(enterprise=actor.organization).exclude(typed_for=actor.organization)

    def visible_to(self, actor: "Actor") -> "FilingQuerySet":
        """A draft is seen by whoever writes it; a sent filing by everybody who sees one of its requests."""
        if actor.is_enterprise:
            return self.filter(
                Q(submitted_at__isnull=False) | Q(typed_for=actor.organization), enterprise=actor.organization
            )
        sent = self.model._meta.get_field("factor_requests").related_model.objects.visible_to(actor)
        return self.filter(
            Q(submitted_at__isnull=True, typed_for=actor.organization)
            | Q(Exists(sent.filter(filing=OuterRef("pk"))), submitted_at__isnull=False)
        )


class FactorRequestQuerySet(models.QuerySet[Any]):
    """Factor requests."""

    def open(self) -> "FactorRequestQuerySet":
        """Not at their end. What was taken over from past years is read, not worked on."""
        return self.filter(state__in=OPEN, is_historic=False)

    def running(self) -> "FactorRequestQuerySet":
        """In somebody's hands."""
        return self.filter(state__in=RUNNING, is_historic=False)

    def visible_to(self, actor: "Actor") -> "FactorRequestQuerySet":
        """Who sees what (workflow §1).

        An enterprise its own; the office all; a chain team its chain; a county office its division and what it
        holds; every body each request on which it has *or had* an assignment, and what is put up for claims.
        """
        if actor.is_office:
            return self.all()
        if actor.is_enterprise:
            return self.filter(enterprise=actor.organization)
        assignments = self.model._meta.get_field("assignments").related_model.objects
        held = Q(Exists(assignments.filter(factor_request=OuterRef("pk"), organization=actor.organization)))
        if actor.kind in CLAIMANTS:
            held |= Q(state="open_call")
        if actor.kind == "chain_team":
            return self.filter(held | Q(chain=actor.organization.chain_id))
        if actor.kind == "county_office":
            return self.filter(held | Q(division=actor.organization.division_id))
        return self.filter(held)

    def showing(self, light: str, *, at: datetime) -> "FactorRequestQuerySet":
        """Those whose worst running clock shows ``light`` at a moment, as ``ledger`` computes it per row."""
        return self.filter(shows(light, at=at))

    def last_led_by(self, organization: Any) -> "FactorRequestQuerySet":
        """Those whose lead is a body, or was the last one when they ended."""
        assignments = self.model._meta.get_field("assignments").related_model.objects
        leads = assignments.filter(factor_request=OuterRef("pk"), part="lead")
        last = leads.order_by("-assigned_at", "-pk").values("organization")[:1]
        held = Exists(
            leads.filter(organization=organization)
        )  # an index narrows before the look at the last one
        return self.filter(held).alias(last_lead=Subquery(last)).filter(last_lead=organization.pk)

    def handled_by(self, organization: Any, **part: str) -> "FactorRequestQuerySet":
        """Those that a body holds or held, in whatever part or in the one that is named."""
        assignments = self.model._meta.get_field("assignments").related_model.objects
        held = assignments.filter(factor_request=OuterRef("pk"), organization=organization, **part)
        return self.filter(Exists(held))

    def in_backlog(self, *, at: datetime) -> "FactorRequestQuerySet":
        """Those in hand whose completion is overdue (积案)."""
        assignments = self.model._meta.get_field("assignments").related_model.objects
        late = assignments.filter(
            part="lead", ended_at__isnull=True, completed_at__isnull=True, complete_due_at__lt=at
        )
        return self.running().filter(Exists(late.filter(factor_request=OuterRef("pk"))))

    def containing(self, text: str) -> "FactorRequestQuerySet":
        """Those in which every word of ``text`` is found (words of two characters or more; none given: nothing).

        A look at the newest tells which road is short: common words are met soon when one walks from the newest on,
        rare ones are looked up in the index. One query here; no statistics of the database could tell, because
        pieces of words never come together by chance.
        """
        words = [word for word in searching.words(text) if len(word) >= searching.SHORTEST]
        if not words:
            return self.none()
        texts = self.model._meta.get_field("search_text").related_model.objects
        newest = texts.filter(pk__in=texts.order_by("-pk").values("pk")[:_SAMPLE])
        here = [Q(text__contains=word) for word in words]
        if newest.filter(*here).count() >= _COMMON:
            return self.filter(*(Q(search_text__text__contains=word) for word in words))
        pieces = sorted({piece for word in words for piece in searching.pieces(word)})
        patterns = [searching.pattern(word) for word in words]
        return self.filter(pk__in=RawSQL("SELECT search_hits(%s, %s)", [pieces, patterns]))

    def with_parts(self) -> "FactorRequestQuerySet":
        """Load what a list row shows, in a fixed number of queries."""
        return self.select_related(
            "factor", "enterprise", "division", "chain", "filing__project"
        ).prefetch_related("assignments__organization")
