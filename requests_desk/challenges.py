"""Hard matters as the pages read them: joint consultations and open calls. Never writes."""

from django.db.models import Count, F, Prefetch, Q, QuerySet, prefetch_related_objects

from requests_desk.models import Claim, ConsultationDecision, FactorRequest, JointConsultation, OpenCall
from taian_factors.directory.actors import Actor
from taian_factors.lib.prepared import Prepared, slot


def consultations(actor: Actor) -> QuerySet[JointConsultation]:
    """Return consultations, those to be confirmed first, then the open ones, then the newest.

    The office sees all; another body those to which it is invited, or over a request that it sees.
    """
    found = JointConsultation.objects.select_related(
        "project__enterprise", "convened_by", "asked_for", "ticket__visit__enterprise", "ticket__stall"
    )
    if not actor.is_office:
        over = JointConsultation.objects.filter(factor_requests__in=FactorRequest.objects.visible_to(actor))
        asked = JointConsultation.objects.filter(invited=actor.organization)
        found = found.filter(Q(pk__in=over.values("pk")) | Q(pk__in=asked.values("pk")))
    needs = FactorRequest.objects.with_parts().order_by("pk")
    return found.prefetch_related("invited", Prefetch("factor_requests", needs)).order_by(
        F("concluded_at").desc(nulls_first=True),
        F("declined_at").desc(nulls_first=True),
        F("convened_at").desc(nulls_first=True),
        "-pk",
    )


def asked_tables() -> QuerySet[JointConsultation]:
    """Return the tables that stalls of a fair have asked for and the office has not decided, the oldest first."""
    waits = JointConsultation.objects.filter(convened_at__isnull=True, declined_at__isnull=True)
    return waits.select_related("asked_for", "ticket__visit__enterprise").order_by("asked_at", "pk")


def decisions(table: JointConsultation) -> QuerySet[ConsultationDecision]:
    """Return what a joint table decided, with the assignments that came of it."""
    found = table.decisions.select_related("assignment__organization", "assignment__factor_request")
    return found.order_by("pk")


def _chosen() -> QuerySet[Claim]:
    return Claim.objects.filter(is_chosen=True).select_related("leader")


_TABLES: Prepared[JointConsultation] = Prepared(
    lambda: JointConsultation.objects.filter(factor_requests=slot("need")).order_by("-pk")
)


def tables_of(factor_request: FactorRequest) -> list[JointConsultation]:
    """Return the joint tables over a request, the newest first, each with what it decided about it as ``here``."""
    decided = ConsultationDecision.objects.filter(assignment__factor_request=factor_request)
    here = decided.select_related("assignment__organization").order_by("pk")
    found = _TABLES(need=factor_request.pk)
    prefetch_related_objects(found, "invited", Prefetch("decisions", here, to_attr="here"))
    return found


def open_calls(actor: Actor) -> QuerySet[OpenCall]:
    """Return the calls over requests that the actor sees, open ones first, the earliest end first.

    Annotated with ``lodged`` (all claims, for the office's eyes) and ``own`` (claims of the actor's body).
    """
    seen = FactorRequest.objects.visible_to(actor)
    mine = Q(claims__leader=actor.organization)
    return (
        OpenCall.objects.filter(factor_request__in=seen)
        .select_related("factor_request__factor", "factor_request__enterprise", "factor_request__division")
        .prefetch_related(Prefetch("claims", _chosen(), to_attr="chosen"))
        .annotate(lodged=Count("claims"), own=Count("claims", filter=mine))
        .order_by(F("closed_at").desc(nulls_first=True), "claims_until_on", "pk")
    )
