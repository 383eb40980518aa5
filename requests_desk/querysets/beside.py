"""What is kept beside the matters: rules, views, templates, calls, tellings, papers."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Exists, F, OuterRef, Q

from requests_desk.notice_table import Channel
from requests_desk.querysets.requests import FactorRequestQuerySet

if TYPE_CHECKING:
    from taian_factors.directory.actors import Actor


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


class ReplyTemplateQuerySet(models.QuerySet[Any]):
    """Reply templates."""

    def live(self) -> "ReplyTemplateQuerySet":
        """The newest version of each that was not retired."""
        return self.filter(retired_at__isnull=True)

    def visible_to(self, actor: "Actor") -> "ReplyTemplateQuerySet":
        """A body's own, and the office's, which all may use."""
        return self.filter(Q(organization=actor.organization) | Q(organization__kind="office"))

    def for_factor(self, factor_id: int) -> "ReplyTemplateQuerySet":
        """Those for a factor, and those for every factor."""
        return self.filter(Q(factor=factor_id) | Q(factor__isnull=True))

    def lineage(self, template: Any) -> list[Any]:
        """Return a template and the versions before it, the newest first; one query for each version."""
        found = [template]
        while found[-1].follows_id is not None:
            found.append(self.select_related("created_by").get(pk=found[-1].follows_id))
        return found


class OpenCallQuerySet(models.QuerySet[Any]):
    """Open calls."""

    def open(self) -> "OpenCallQuerySet":
        """Still up for claims."""
        return self.filter(closed_at__isnull=True)

    def awaiting_acceptance(self) -> "OpenCallQuerySet":
        """Awarded, and not accepted by the office (验收) since its request was last completed."""
        before = Q(accepted_at__isnull=True) | Q(accepted_at__lt=F("factor_request__completed_at"))
        return self.filter(before, claims__is_chosen=True)


class ReviewInvitationQuerySet(models.QuerySet[Any]):
    """One-time links to a review."""

    def open_at(self, at: datetime) -> "ReviewInvitationQuerySet":
        """In their days, and about the completion that stands, or about a review that was given already.

        One review per request: a redo closes a link that nobody used, because the next completion hands out another;
        one that was used stays for the one change, because no second one follows it.
        """
        stands = Q(invited_at__gte=F("factor_request__completed_at"))
        is_used = Q(assignment__review__isnull=False)
        return self.filter(stands | is_used, open_until__gte=at)

    def newest_open(self, at: datetime) -> Any:
        """Return the newest link that is open at a moment, or None."""
        return self.open_at(at).order_by("-invited_at", "-pk").first()


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
