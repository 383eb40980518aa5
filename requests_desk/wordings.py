"""Reply templates as pages read them: which ones somebody may use, and their words filled in. Never writes."""

import re
from collections.abc import Callable
from datetime import datetime

from django.db.models import F, QuerySet

from requests_desk.models import FactorRequest, Reply, ReplyTemplate
from taian_factors.directory.actors import Actor, any_actor, filling
from taian_factors.lib.periods import local_day
from taian_factors.lib.prepared import Prepared, slot

# verb: the outcomes that its words may have
OUTCOMES = {
    "reply": [Reply.Outcome.ANSWER, Reply.Outcome.PLAN, Reply.Outcome.PROPOSE_INELIGIBLE],
    "interim_reply": [Reply.Outcome.INTERIM],
    "complete": [Reply.Outcome.COMPLETION],
}


def _due(at: datetime | None) -> str:
    return str(local_day(at)) if at else "恢复计时后另行确定"


def _lead_due(factor_request: FactorRequest) -> str:
    lead = factor_request.running_lead
    return _due(lead.complete_due_at if lead else None)


def _lead(factor_request: FactorRequest) -> str:
    lead = factor_request.running_lead
    return lead.organization.name if lead else "主办单位"


# What may stand in braces, and what a request fills in.
PLACEHOLDERS: dict[str, Callable[[FactorRequest], str]] = {
    "企业": lambda r: r.enterprise.name,
    "项目": lambda r: r.filing.project.name if r.filing.project else "该项目",
    "需求": lambda r: r.headline,
    "编号": lambda r: r.number,
    "要素": lambda r: r.factor.name,
    "数量": lambda r: f"{r.quantity.normalize():,f} {r.unit}".strip() if r.quantity else "相应数量",
    "主办单位": _lead,
    "办结期限": _lead_due,
}
_BRACES = re.compile(r"[{｛]([^{}｛｝]*)[}｝]")


def unknown(text: str) -> list[str]:
    """Return what stands in braces and is no placeholder, and braces that stand alone."""
    strange = [name for name in _BRACES.findall(text) if name.strip() not in PLACEHOLDERS]
    return strange + re.findall(r"[{}｛｝]", _BRACES.sub("", text))


def fill(template: ReplyTemplate, factor_request: FactorRequest) -> str:
    """Return the words of a template for one request."""
    return _BRACES.sub(lambda found: PLACEHOLDERS[found[1].strip()](factor_request), template.text)


def usable(actor: Actor) -> QuerySet[ReplyTemplate]:
    """Return the live templates of the actor's body and of the office; own ones first."""
    found = ReplyTemplate.objects.visible_to(actor).live().select_related("organization", "factor")
    return found.order_by(
        "organization__kind", F("factor__position").asc(nulls_last=True), "outcome", "title"
    )


_FITTING: Prepared[ReplyTemplate] = Prepared(lambda: usable(any_actor()).for_factor(slot("factor")))


def fitting(actor: Actor, factor_request: FactorRequest) -> dict[str, list[ReplyTemplate]]:
    """Return the templates for a request, by the verb whose words they are; one query."""
    found: dict[str, list[ReplyTemplate]] = {verb: [] for verb in OUTCOMES}
    for template in _FITTING(factor=factor_request.factor_id, **filling(actor)):
        for verb, outcomes in OUTCOMES.items():
            if template.outcome in outcomes:
                found[verb].append(template)
    return found
