"""The rating of a fair as a whole (大集满意度测评): one per visit, changeable once, every value kept; and its count.

Nobody but the office reads it, and the office in sums: no name of an enterprise leaves this module.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction

from fairs.locks import QueueError, WrongStateError, lock_visit
from fairs.models import QUESTIONS, Fair, FairRating, FairRatingVersion, Level, Visit
from fairs.workflow import TicketState
from taian_factors.directory.models import CalendarYear
from taian_factors.lib.periods import at_local
from taian_factors.lib.workdays import END_OF_DAY

SMALL = 5  # fewer ratings than this are a small sample
OPEN_FOR = 10  # working days after the fair, as the review of a matter


class RatingMissingError(QueueError):
    """The word on the whole was not chosen from the five."""


@dataclass(frozen=True)
class Opinion:
    """What a visit says: a word on the whole, the questions of ``QUESTIONS`` (None: not said), room for more."""

    rating: int
    organization: int | None = None
    attitude: int | None = None
    efficiency: int | None = None
    result: int | None = None
    comment: str = ""


def open_until(fair: Fair) -> datetime:
    """Return until when a fair can be rated; one query."""
    return CalendarYear.objects.calendar().end_after(at_local(fair.held_on, END_OF_DAY), OPEN_FOR)


def why_closed(visit: Visit, *, at: datetime) -> str:
    """Say why a visit cannot rate its fair now; empty when it can. Rating begins when a ticket was served."""
    if not visit.tickets.filter(state=TicketState.SERVED).exists():
        return "办理结束后可以测评。"
    if at > open_until(visit.fair):
        return "测评期限已过。"
    given = FairRating.objects.filter(visit=visit).first()
    return "测评只能修改一次，已经修改过。" if given and given.changed_at else ""


@transaction.atomic
def rate(*, visit: Visit, opinion: Opinion, at: datetime) -> FairRating:
    """Record or change (once) what a visit thinks of its fair; whoever holds the visit's word speaks for it.

    The very same opinion sent again is no change: the answer was lost, or the button pressed twice.

    Raises:
        WrongStateError: nothing was served yet, the days are over, or it was changed already.
        RatingMissingError: the word on the whole is not one of the five.
    """
    lock_visit(visit.pk)  # two clicks stand in line
    given = FairRating.objects.filter(visit=visit).first()
    values = asdict(opinion)
    if given is not None and all(getattr(given, name) == value for name, value in values.items()):
        return given
    if closed := why_closed(visit, at=at):
        raise WrongStateError(closed)
    if opinion.rating not in Level.values:
        raise RatingMissingError("请选择总体满意度。")
    if given is None:
        given = FairRating(visit=visit, first_submitted_at=at)
    else:
        given.changed_at = at
    for name, value in values.items():
        setattr(given, name, value)
    given.save()
    FairRatingVersion.objects.create(given=given, submitted_at=at, **values)
    return given


@dataclass(frozen=True)
class Question:
    """The answers to one question: how many said anything, how many said each level (5 … 1), the mean level."""

    name: str
    label: str
    n: int
    counts: dict[int, int]
    mean: Decimal | None

    @property
    def levels(self) -> list[tuple[str, int]]:
        """The levels in words, the best first, each with its count."""
        return [(level.label, self.counts[level.value]) for level in Level]

    @property
    def satisfied(self) -> int:
        """How many were satisfied: 非常满意, 满意 and 基本满意."""
        return sum(count for level, count in self.counts.items() if level >= Level.FAIR)

    @property
    def satisfied_rate(self) -> Decimal | None:
        """The share of them (0–1), None when nobody said anything."""
        return Decimal(self.satisfied) / self.n if self.n else None


@dataclass(frozen=True)
class FairSatisfaction(Question):
    """What those who rated a fair think of the whole, and of each question."""

    questions: tuple[Question, ...] = ()

    @property
    def is_small(self) -> bool:
        """Whether so few rated it that a share says little."""
        return 0 < self.n < SMALL


def satisfaction_of(fair: Fair) -> FairSatisfaction:
    """Count the ratings of a fair, in sums; one query. Means are rounded half-up to two places."""
    rows = list(FairRating.objects.filter(visit__fair=fair).values("rating", *QUESTIONS))
    questions = tuple(
        Question(name, label, *_counted([row[name] for row in rows])) for name, label in QUESTIONS.items()
    )
    return FairSatisfaction("rating", "总体", *_counted([row["rating"] for row in rows]), questions)


@dataclass(frozen=True)
class Comment:
    """What somebody wrote, and the word on the whole beside it; never who it was."""

    level: Level
    text: str


def comments_on(fair: Fair) -> list[Comment]:
    """Return what was written, the worst word on the whole first, then by the alphabet, not as it came; one query."""
    rows = FairRating.objects.filter(visit__fair=fair).exclude(comment="").values_list("rating", "comment")
    return [Comment(Level(rating), text) for rating, text in sorted(rows)]


def _counted(said: Sequence[int | None]) -> tuple[int, dict[int, int], Decimal | None]:
    given = [level for level in said if level is not None]
    found, n = Counter(given), len(given)
    mean = (Decimal(sum(given)) / n).quantize(Decimal("0.01"), ROUND_HALF_UP) if n else None
    return n, {level: found[level] for level in Level.values}, mean
