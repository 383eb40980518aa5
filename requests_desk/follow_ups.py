"""After a bad review: the office calls, the department hears of it only with consent, a second rating is kept.

Source: workflow.md §4 as kept in ``docs/``. The second rating stands beside the first and is never scored.
"""

import secrets
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from requests_desk.deadlines import FOLLOW_UP_DAYS, due_after
from requests_desk.journal import RefusedError, begin, needed, record
from requests_desk.models import FactorRequest, FollowUp, RequestEvent, SatisfactionReview
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear

BAD = 2  # this rating, and what is worse


def open_follow_up(review: SatisfactionReview, *, at: datetime) -> FollowUp | None:
    """Open the follow-up of a bad review, once; a review that was bad and got better keeps the one it has."""
    if review.rating > BAD or hasattr(review, "follow_up"):
        return None
    due = due_after(at, FOLLOW_UP_DAYS, CalendarYear.objects.calendar())
    return FollowUp.objects.create(
        review=review,
        token=secrets.token_urlsafe(32),
        opened_at=at,
        call_due_at=due.at,
        call_warn_at=due.warn_at,
    )


@transaction.atomic
def follow_up(
    factor_request: FactorRequest,
    *,
    has_answered: bool,
    has_consented: bool = False,
    finding: str,
    told: str = "",
    actor: Actor,
    at: datetime,
) -> RequestEvent:
    """差评回访 by the office. Nobody reached: noted, and the clock runs on. With consent the lead reads ``told``."""
    begin("follow_up", factor_request, actor)
    opened = _open(factor_request)
    if opened.called_at is not None:
        raise RefusedError("已经回访过。")
    text = needed(finding, "finding", "请写明回访情况。")
    detail = {"has_answered": has_answered}
    if has_answered:
        opened.called_at, opened.has_consented, opened.finding = at, has_consented, text
        opened.save(update_fields=["called_at", "has_consented", "finding"])
        detail["has_consented"] = has_consented
    event = record(
        "follow_up", factor_request, actor=actor, at=at, text=text, detail=detail, is_internal=True
    )
    if has_answered and has_consented:
        words = needed(told, "told", "企业同意转部门的，请写明请部门整改什么。")
        record(
            "ask_rectification",
            factor_request,
            actor=actor,
            at=at,
            text=words,
            assignment=opened.review.assignment,
            is_internal=True,
        )
    return event


@transaction.atomic
def rectify(factor_request: FactorRequest, *, text: str, actor: Actor, at: datetime) -> RequestEvent:
    """整改反馈 by the lead, of a matter that the enterprise let it know about; then the enterprise rates again."""
    begin("rectify", factor_request, actor)
    opened = _open(factor_request)
    if not opened.has_consented:
        raise RefusedError("这项需求没有待整改的事项。")
    if opened.rectified_at is not None:
        raise RefusedError("已经反馈过整改情况。")
    opened.rectified_at, opened.rectification = at, needed(text, "text", "请写明整改情况。")
    opened.save(update_fields=["rectified_at", "rectification"])
    assignment = opened.review.assignment
    return record("rectify", factor_request, actor=actor, at=at, text=text, assignment=assignment)


@transaction.atomic
def rate_again(
    factor_request: FactorRequest,
    *,
    rating: int,
    comment: str = "",
    at: datetime,
    actor: Actor | None = None,
) -> RequestEvent:
    """二次评价, once, after rectification; ``actor`` None: whoever holds the link of the verified contact."""
    actor = actor or Actor(None, factor_request.enterprise)
    begin("rate_again", factor_request, actor)
    opened = _open(factor_request)
    if opened.rectified_at is None:
        raise RefusedError("部门还没有反馈整改情况。")
    if opened.second_rated_at is not None:
        raise RefusedError("已经再次评价过，感谢您的评价。")
    if rating not in SatisfactionReview.Rating.values:
        raise RefusedError("请选择满意度。", "rating")
    opened.second_rating, opened.second_comment, opened.second_rated_at = rating, comment, at
    opened.save(update_fields=["second_rating", "second_comment", "second_rated_at"])
    return record("rate_again", factor_request, actor=actor, at=at, assignment=opened.review.assignment)


def to_call() -> QuerySet[FollowUp]:
    """Return the bad reviews that the office has not reached anybody about, the most urgent first."""
    return _listed(FollowUp.objects.filter(called_at__isnull=True)).order_by("call_due_at", "pk")


def in_rectification() -> QuerySet[FollowUp]:
    """Return those that a department knows of and that nobody has rated again, the oldest first."""
    waiting = FollowUp.objects.filter(has_consented=True, second_rated_at__isnull=True)
    return _listed(waiting).order_by("called_at", "pk")


def _listed(found: QuerySet[FollowUp]) -> QuerySet[FollowUp]:
    return found.select_related("review__factor_request__enterprise", "review__assignment__organization")


def _open(factor_request: FactorRequest) -> FollowUp:
    """Return the follow-up of the request's review, locked."""
    found = FollowUp.objects.select_for_update(of=("self",), no_key=True).select_related("review__assignment")
    opened = found.filter(review__factor_request=factor_request).first()
    if opened is None:
        raise RefusedError("这项需求没有差评需要回访。")
    return opened
