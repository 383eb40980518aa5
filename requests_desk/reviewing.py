"""The one review per matter (一事一评): recorded on POST only, changeable once, every value kept."""

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Prefetch

from fairs.models import Visit
from requests_desk.follow_ups import open_follow_up
from requests_desk.journal import RefusedError, begin, record
from requests_desk.models import (
    FactorRequest,
    ReviewInvitation,
    ReviewOrigin,
    ReviewVersion,
    SatisfactionReview,
)
from taian_factors.directory.actors import Actor


@dataclass(frozen=True)
class Verdict:
    """What an enterprise says: a rating of 1–5, and facts. ``contacted`` None and ``solved`` "" mean not said."""

    rating: int
    contacted: bool | None = None
    solved: str = ""
    comment: str = ""


@dataclass(frozen=True)
class Origin:
    """Where a review came from, as the office may know it: keyed hashes, and whether that is a place to look at."""

    device_hash: str = ""
    network_hash: str = ""
    listed_id: int | None = None
    is_staff_device: bool = False


def open_invitation(factor_request: FactorRequest, *, at: datetime) -> ReviewInvitation | None:
    """Return the invitation by which this matter can be reviewed now, the newest one."""
    return factor_request.invitations.newest_open(at)


@transaction.atomic
def review(
    *,
    invitation: ReviewInvitation,
    verdict: Verdict,
    at: datetime,
    actor: Actor | None = None,
    origin: Origin | None = None,
) -> SatisfactionReview:
    """Record or change (once) the review of a matter; ``actor`` None: whoever holds the one-time link.

    ``origin`` is kept for the office's eyes; wherever a review comes from, it is never blocked.

    Raises:
        RefusedError: the window has closed, the matter was taken up again since the link was handed out, the review was
            changed already, or the rating is not 1–5.
    """
    factor_request = invitation.factor_request
    actor = actor or Actor(None, factor_request.enterprise)
    begin("review", factor_request, actor)
    if invitation.is_overtaken:
        raise RefusedError("这件事已退回重办，再次办结后会发新的评价链接。")
    if at > invitation.open_until:
        raise RefusedError("评价期限已过。")
    if verdict.rating not in SatisfactionReview.Rating.values:
        raise RefusedError("请选择满意度。", "rating")
    given = SatisfactionReview.objects.filter(factor_request=factor_request).first()
    if given is None:
        given = _first(invitation, verdict, at)
    elif given.changed_at is not None:
        raise RefusedError("评价只能修改一次，已经修改过。")
    else:
        _set(given, verdict, changed_at=at)
        given.save()
    version = ReviewVersion.objects.create(review=given, submitted_at=at, **_values(verdict))
    if origin is not None:
        listed = origin.listed_id is not None
        ReviewOrigin.objects.create(version=version, is_from_listed_network=listed, **asdict(origin))
    record("review", factor_request, actor=actor, at=at, assignment=given.assignment)
    open_follow_up(given, at=at)
    return given


def _first(invitation: ReviewInvitation, verdict: Verdict, at: datetime) -> SatisfactionReview:
    given = SatisfactionReview(
        # The number tells the department nothing, not even in which order its matters were reviewed.
        number=f"PJ{secrets.randbelow(10**12):012d}",
        factor_request=invitation.factor_request,
        assignment=invitation.assignment,
        first_submitted_at=at,
    )
    _set(given, verdict)
    given.save()
    return given


def _set(given: SatisfactionReview, verdict: Verdict, **more: datetime) -> None:
    for name, value in {**_values(verdict), **more}.items():
        setattr(given, name, value)


def _values(verdict: Verdict) -> dict[str, object]:
    return {
        "rating": verdict.rating,
        "contacted": verdict.contacted,
        "solved": verdict.solved,
        "comment": verdict.comment,
    }


@dataclass(frozen=True)
class Matter:
    """A request that came of a visit, and how it can be reviewed: by which open invitation, or what was said."""

    factor_request: FactorRequest
    invitation: ReviewInvitation | None
    given: SatisfactionReview | None

    @property
    def is_changeable(self) -> bool:
        """Was reviewed, and can be changed once."""
        return self.given is not None and self.given.changed_at is None and self.invitation is not None


def matters_of(visit: Visit, *, at: datetime) -> list[Matter]:
    """Return the matters of a visit to a fair, in the order in which they were filed; three queries."""
    rows = FactorRequest.objects.filter(filing__visit=visit).select_related("factor").order_by("pk")
    found = []
    links = ReviewInvitation.objects.select_related("assignment__review")
    for factor_request in rows.prefetch_related(Prefetch("invitations", links), "reviews"):
        invited = [
            row for row in factor_request.invitations.all() if row.open_until >= at and not row.is_overtaken
        ]
        newest = max(invited, key=lambda row: (row.invited_at, row.pk), default=None)
        found.append(Matter(factor_request, newest, next(iter(factor_request.reviews.all()), None)))
    return found
