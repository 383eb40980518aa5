"""What the office's leads and auditors look at so that the ranking stays fair: a month, in a fixed cost.

Nothing here changes a score or is shown to a department; each figure is counted over set-based queries.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import groupby
from typing import Any

from django.db.models import Count, F, Min, Q
from django.db.models.functions import Coalesce

from requests_desk.models import Assignment, FactorRequest, HandBack, ReviewOrigin, SatisfactionReview
from scoring.models import DutyRecord, Exclusion, ScoringRun
from taian_factors.lib.periods import Period, local_day

BURST_OF, BURST_WITHIN = 3, timedelta(minutes=10)
MOST_SHOWN = 200
_BODY = "organization__short"


@dataclass(frozen=True)
class Share:
    """So many of so many, for one body."""

    body: str
    hits: int
    of: int

    @property
    def rate(self) -> Fraction | None:
        """The share; None of nothing."""
        return Fraction(self.hits, self.of) if self.of else None


def undone(period: Period) -> list[Share]:
    """Return by body how many of the month's completions were undone by a redo."""
    done = Assignment.objects.leads().filter(completed_at__gte=period.start, completed_at__lt=period.end)
    rows = done.order_by("organization__position", _BODY).values(_BODY)
    rows = rows.annotate(hits=Count("pk", filter=Q(end_reason="redone")), of=Count("pk"))
    return [Share(row[_BODY], row["hits"], row["of"]) for row in rows]


def hand_backs(period: Period) -> list[dict[str, Any]]:
    """Count by body the hand-backs that were proposed in the month: upheld, refused, open."""
    proposed = HandBack.objects.filter(proposed_at__gte=period.start, proposed_at__lt=period.end)
    rows = proposed.values(body=F("assignment__organization__short"))
    rows = rows.annotate(
        n=Count("pk"),
        upheld=Count("pk", filter=Q(is_upheld=True)),
        refused=Count("pk", filter=Q(is_upheld=False)),
        waiting=Count("pk", filter=Q(ruled_at__isnull=True)),
    )
    return list(rows.order_by("-n", "body"))


_WHOSE = Coalesce(
    "assignment__organization__short",
    "review__assignment__organization__short",
    "duty_record__organization__short",
)


def exclusions(period: Period) -> list[dict[str, Any]]:
    """Count by body and reason the exclusions that touch the month: upheld, refused, waiting."""
    rows = Exclusion.objects.touching(period).values("reason", body=_WHOSE)
    rows = rows.annotate(
        upheld=Count("pk", filter=Q(is_upheld=True), distinct=True),
        refused=Count("pk", filter=Q(is_upheld=False), distinct=True),
        waiting=Count("pk", filter=Q(is_upheld__isnull=True), distinct=True),
    )
    return list(rows.order_by("body", "reason"))


@dataclass(frozen=True)
class Burst:
    """Reviews of one body that came in so quick a row that somebody should look."""

    body: str
    first_at: datetime
    last_at: datetime
    reviews: Sequence[tuple[str, int]]  # number, rating

    @property
    def count(self) -> int:
        """How many."""
        return len(self.reviews)


def bursts(period: Period) -> list[Burst]:
    """Return the runs of reviews of one body in which three or more lie within ten minutes of each other."""
    given = SatisfactionReview.objects.filter(
        is_historic=False, first_submitted_at__gte=period.start, first_submitted_at__lt=period.end
    )
    rows = given.order_by("assignment__organization__short", "first_submitted_at", "pk").values_list(
        "assignment__organization__short", "first_submitted_at", "number", "rating"
    )
    by_body = groupby(rows.iterator(), key=lambda row: row[0])
    return [burst for body, mine in by_body for burst in _bursts(body, list(mine))]


def _bursts(body: str, rows: Sequence[tuple[Any, ...]]) -> Iterable[Burst]:
    """Slide over one body's reviews in their order; windows that share a review are one burst."""
    spans: list[list[int]] = []
    for last in range(BURST_OF - 1, len(rows)):
        first = last - BURST_OF + 1
        if rows[last][1] - rows[first][1] > BURST_WITHIN:
            continue
        if spans and first <= spans[-1][1]:
            spans[-1][1] = last
        else:
            spans.append([first, last])
    for first, last in spans:
        mine = rows[first : last + 1]
        yield Burst(body, mine[0][1], mine[-1][1], [(number, rating) for _, _, number, rating in mine])


def flagged_reviews(period: Period) -> list[ReviewOrigin]:
    """Return the month's reviews from a listed network, a staff device, or one device for several enterprises."""
    sent = ReviewOrigin.objects.filter(
        version__submitted_at__gte=period.start, version__submitted_at__lt=period.end
    )
    enterprises = Count("version__review__factor_request__enterprise", distinct=True)
    shared = sent.exclude(device_hash="").values("device_hash").annotate(n=enterprises).filter(n__gt=1)
    flagged = sent.annotate(is_shared=Q(device_hash__in=shared.values("device_hash")))
    flagged = flagged.filter(Q(is_from_listed_network=True) | Q(is_staff_device=True) | Q(is_shared=True))
    related = ("listed__organization", "listed__fair", "version__review__assignment__organization")
    flagged = flagged.select_related(*related, "version__review__factor_request__enterprise")
    return list(flagged.order_by("device_hash", "-version__submitted_at")[:MOST_SHOWN])


@dataclass(frozen=True)
class Late:
    """Something recorded about the month after its preview had begun."""

    at: datetime
    body: str
    what: str
    number: str
    person: str


def late_evidence(period: Period) -> tuple[datetime | None, list[Late]]:
    """Return when the preview began, and what was recorded about the month's matters after it; four statements."""
    began = ScoringRun.objects.of(period).aggregate(first=Min("previewed_at"))["first"]
    if began is None:
        return None, []
    found = [*_late_duties(period, began), *_late_exclusions(period, began), *_late_ineligible(period, began)]
    return began, sorted(found, key=lambda late: late.at, reverse=True)[:MOST_SHOWN]


def _late_duties(period: Period, began: datetime) -> list[Late]:
    late = DutyRecord.objects.due_in(period).filter(Q(judged_at__gt=began) | Q(answered_at__gt=began))
    late = late.select_related("duty", "organization", "judged_by")
    return [
        Late(at, record.organization.short, f"{what}：{record.duty.title}", "", person)
        for record in late.order_by("-pk")[:MOST_SHOWN]
        for at, what, person in (
            (record.judged_at, "认定工作落实", str(record.judged_by or "")),
            (record.answered_at, "部门反馈工作", ""),
        )
        if at is not None and at > began
    ]


def _late_exclusions(period: Period, began: datetime) -> list[Late]:
    late = Exclusion.objects.touching(period).filter(recorded_at__gt=began).annotate(body=_WHOSE)
    late = late.annotate(
        number=Coalesce("assignment__factor_request__number", "review__factor_request__number")
    ).select_related("recorded_by", "appeal")
    return [
        Late(
            each.recorded_at,
            each.body,
            f"{'申诉' if hasattr(each, 'appeal') else '登记剔除'}：{each.reason}",
            each.number or "",
            str(each.recorded_by or ""),
        )
        for each in late.order_by("-pk")[:MOST_SHOWN]
    ]


def _late_ineligible(period: Period, began: datetime) -> list[Late]:
    due = Assignment.objects.completions_falling_in(period).values("factor_request")
    late = FactorRequest.objects.filter(pk__in=due, ineligible_at__gt=began, is_historic=False)
    rows = late.order_by("-ineligible_at").values_list("ineligible_at", "number")
    return [Late(at, "市工业推进办", "认定不符合办理条件", number, "") for at, number in rows[:MOST_SHOWN]]


def months_to_watch(at: datetime, shown: Period, count: int = 24) -> list[Period]:
    """Return this month and those before it, the newest first; the one that is shown is always among them."""
    this = Period.month_of(local_day(at))
    months = {this.shifted(-number) for number in range(count)} | {shown}
    return sorted(months, key=lambda month: month.first_day, reverse=True)
