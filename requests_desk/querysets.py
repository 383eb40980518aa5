"""Filters that read as sentences, and the populations that the competition counts."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q, Subquery
from django.db.models.expressions import RawSQL

from requests_desk import searching
from requests_desk.notice_table import Channel
from requests_desk.workflow import CLAIMANTS, OPEN, RUNNING
from taian_factors.lib.periods import Period

if TYPE_CHECKING:
    from taian_factors.directory.actors import Actor

# No longer theirs when it fell due (scoring §2); the page "why this score" names these, so they stand apart.
RELEASED_BEFORE_REPLY = Q(ended_at__lte=F("reply_due_at"), replied_at__isnull=True)
RELEASED_BEFORE_COMPLETION = Q(ended_at__lte=F("complete_due_at"), completed_at__isnull=True) & ~Q(
    end_reason="redone"
)

# Of that many of the newest requests, that many hits: then a word is common.
_SAMPLE, _COMMON = 1000, 20


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


class AssignmentQuerySet(models.QuerySet[Any]):
    """Assignments. The populations of scoring §2 have one name each; exclusions are taken away in ``scoring``."""

    def leads(self) -> "AssignmentQuerySet":
        """Lead parts (主办)."""
        return self.filter(part="lead")

    def supports(self) -> "AssignmentQuerySet":
        """Support parts (协办)."""
        return self.filter(part="support")

    def running(self) -> "AssignmentQuerySet":
        """Neither ended nor completed."""
        return self.filter(ended_at__isnull=True, completed_at__isnull=True)

    def held_by(self, actor: "Actor") -> "AssignmentQuerySet":
        """In the hands of the actor's body."""
        return self.filter(organization=actor.organization)

    def visible_to(self, actor: "Actor") -> "AssignmentQuerySet":
        """Those of the requests that the actor sees."""
        requests = self.model._meta.get_field("factor_request").related_model.objects.visible_to(actor)
        return self.filter(factor_request__in=requests)

    def replies_falling_in(self, period: Period) -> "AssignmentQuerySet":
        """Leads and supports whose reply was due in the period, also those that were released before."""
        return self.filter(reply_due_at__gte=period.start, reply_due_at__lt=period.end)

    def reply_due_in(self, period: Period) -> "AssignmentQuerySet":
        """按时回复率, population: leads and supports whose reply was due in the period.

        Left out is what ended at or before its deadline without a reply: it was no longer theirs to answer.
        """
        return self.replies_falling_in(period).exclude(RELEASED_BEFORE_REPLY)

    def replied_on_time(self) -> "AssignmentQuerySet":
        """按时回复率, hit: the first substantive reply came by the deadline, to the second."""
        return self.filter(replied_at__lte=F("reply_due_at"))

    def completions_falling_in(self, period: Period) -> "AssignmentQuerySet":
        """Leads due for completion in the period, also the released ones and those of ineligible requests."""
        return self.leads().filter(complete_due_at__gte=period.start, complete_due_at__lt=period.end)

    def completion_due_in(self, period: Period) -> "AssignmentQuerySet":
        """办结率, population: leads due for completion in the period, of requests not declared ineligible.

        Left out is what ended at or before its deadline uncompleted, unless it was undone by a redo.
        """
        eligible = self.completions_falling_in(period).filter(factor_request__ineligible_at__isnull=True)
        return eligible.exclude(RELEASED_BEFORE_COMPLETION)

    def completed_by(self, moment: datetime) -> "AssignmentQuerySet":
        """办结率, hit: completed before ``moment`` (the period's end) and not undone."""
        return self.filter(completed_at__lt=moment).exclude(end_reason="redone")


class ReviewQuerySet(models.QuerySet[Any]):
    """Reviews."""

    def first_submitted_in(self, period: Period) -> "ReviewQuerySet":
        """满意率, population: reviews first submitted in the period."""
        return self.filter(first_submitted_at__gte=period.start, first_submitted_at__lt=period.end)

    def satisfied(self) -> "ReviewQuerySet":
        """满意率, hit: 3, 4 or 5."""
        return self.filter(rating__gte=3)


class DispatchRuleQuerySet(models.QuerySet[Any]):
    """The dispatch directory."""

    def standing(self) -> "DispatchRuleQuerySet":
        """Rules that were not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)

    def in_force_on(self, day: date) -> "DispatchRuleQuerySet":
        """Rules that have begun and have not ended."""
        return self.standing().filter(Q(until_on__isnull=True) | Q(until_on__gte=day), from_on__lte=day)

    def overlapping(self, start: date, end: date | None) -> "DispatchRuleQuerySet":
        """Rules that are in force on one of these days, ``end`` included; None is for ever."""
        found = self.standing().filter(Q(until_on__isnull=True) | Q(until_on__gte=start))
        return found.filter(from_on__lte=end) if end else found

    def with_bodies(self) -> "DispatchRuleQuerySet":
        """Load what a rule says, in a fixed number of queries."""
        return self.select_related("factor", "division", "lead").prefetch_related("supports")


class LedgerViewQuerySet(models.QuerySet[Any]):
    """Saved views of the ledger."""

    def in_use(self) -> "LedgerViewQuerySet":
        """Not retired."""
        return self.filter(retired_at__isnull=True)

    def visible_to(self, actor: "Actor") -> "LedgerViewQuerySet":
        """One's own; those shared with everybody; for the office also those shared with it. No enterprise has any."""
        if actor.is_enterprise:
            return self.none()
        shared = ["all", "office"] if actor.is_office else ["all"]
        own = Q(owner=actor.user, organization=actor.organization)
        return self.in_use().filter(own | Q(audience__in=shared))


class OpenCallQuerySet(models.QuerySet[Any]):
    """Open calls."""

    def open(self) -> "OpenCallQuerySet":
        """Still up for claims."""
        return self.filter(closed_at__isnull=True)

    def awaiting_acceptance(self) -> "OpenCallQuerySet":
        """Awarded, and not yet accepted by the office (验收)."""
        return self.filter(claims__is_chosen=True, accepted_at__isnull=True)


class DeliveryQuerySet(models.QuerySet[Any]):
    """Tellings."""

    def at_the_bell(self) -> "DeliveryQuerySet":
        """Those that are read in the portal."""
        return self.filter(channel=Channel.PORTAL)

    def unread(self) -> "DeliveryQuerySet":
        """Those at the bell that nobody has read."""
        return self.at_the_bell().filter(read_at__isnull=True)

    def gone_out(self) -> "DeliveryQuerySet":
        """The outbox and what has left it: everything but the bell."""
        return self.exclude(channel=Channel.PORTAL)

    def to_send(self) -> "DeliveryQuerySet":
        """Neither sent nor failed, and waiting for no digest."""
        return self.filter(sent_at__isnull=True, failed_at__isnull=True, next_try_at__isnull=False)

    def failed(self) -> "DeliveryQuerySet":
        """Given up."""
        return self.filter(failed_at__isnull=False)

    def to_digest(self, at: datetime) -> "DeliveryQuerySet":
        """Waiting for a daily digest that is due."""
        return self.filter(digest_at__lte=at, digest__isnull=True)


class AttachmentQuerySet(models.QuerySet[Any]):
    """Papers."""

    def kept(self) -> "AttachmentQuerySet":
        """Not taken away from their draft."""
        return self.filter(removed_at__isnull=True)

    def to_scan(self) -> "AttachmentQuerySet":
        """Not yet judged."""
        return self.kept().filter(scan="waiting").order_by("pk")

    def of_request(self, factor_request: Any) -> "AttachmentQuerySet":
        """Those of one request, and those of its filing as a whole."""
        whole = Q(filing=factor_request.filing_id, factor_request__isnull=True, need="")
        return self.kept().filter(Q(factor_request=factor_request.pk) | whole)

    def shown_to(self, actor: "Actor") -> "AttachmentQuerySet":
        """Without what bodies keep among themselves, for an enterprise."""
        return self.exclude(event__is_internal=True) if actor.is_enterprise else self

    def visible_to(self, actor: "Actor") -> "AttachmentQuerySet":
        """Those of the requests that the actor sees, and those of the drafts that its body writes."""
        requests = self.model._meta.get_field("factor_request").related_model.objects
        return self.reached_through(requests.visible_to(actor), actor)

    def reached_through(self, requests: FactorRequestQuerySet, actor: "Actor") -> "AttachmentQuerySet":
        """Those that belong to one of ``requests`` or to its filing as a whole, and those of own drafts."""
        drafts = self.model._meta.get_field("filing").related_model.objects.drafts().visible_to(actor)
        sent = Exists(requests.filter(filing=OuterRef("filing")))
        found = self.kept().filter(
            Q(factor_request__in=requests.values("pk"))
            | Q(sent, factor_request__isnull=True, need="", filing__submitted_at__isnull=False)
            | Q(filing__in=drafts.values("pk"), factor_request__isnull=True)
        )
        return found.shown_to(actor)
