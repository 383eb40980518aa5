"""Filters that read as sentences."""

from requests_desk.querysets.assignments import (
    RELEASED_BEFORE_COMPLETION,
    RELEASED_BEFORE_REPLY,
    AssignmentQuerySet,
    ReviewQuerySet,
)
from requests_desk.querysets.beside import (
    AttachmentQuerySet,
    DeliveryQuerySet,
    DispatchRuleQuerySet,
    LedgerViewQuerySet,
    OpenCallQuerySet,
    ReplyTemplateQuerySet,
    ReviewInvitationQuerySet,
)
from requests_desk.querysets.front_line import FrontLineVisitQuerySet
from requests_desk.querysets.requests import FactorRequestQuerySet, FilingQuerySet, shows

__all__ = [
    "RELEASED_BEFORE_COMPLETION",
    "RELEASED_BEFORE_REPLY",
    "AssignmentQuerySet",
    "AttachmentQuerySet",
    "DeliveryQuerySet",
    "DispatchRuleQuerySet",
    "FactorRequestQuerySet",
    "FilingQuerySet",
    "FrontLineVisitQuerySet",
    "LedgerViewQuerySet",
    "OpenCallQuerySet",
    "ReplyTemplateQuerySet",
    "ReviewInvitationQuerySet",
    "ReviewQuerySet",
    "shows",
]
