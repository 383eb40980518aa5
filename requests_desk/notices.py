"""Telling people: events become tellings by the table, other apps tell by ``tell``, and the bell is read here.

A telling is one ``Delivery`` per subject, person and channel, so telling twice is impossible in effect. The bell's rows
are told by being written; the others are the outbox, which ``outbox`` empties. See docs/decisions/0007.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse

from requests_desk.audiences import People, has_verified_contact, working_in
from requests_desk.choices import Hearer, hearers, mobile
from requests_desk.models import Delivery, NoticeChoice, RequestEvent
from requests_desk.notice_table import ALL, NOTICES, Channel, Kind, Notice, Timing
from requests_desk.notice_words import words
from requests_desk.pacing import house_hours
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear, Organization, User
from taian_factors.lib import channels as ways
from taian_factors.lib.periods import local_day
from taian_factors.lib.prepared import Prepared, slot
from taian_factors.lib.workdays import WorkCalendar

BATCH = 200  # events that one transaction tells
# What happened longer ago is told at the bell only: nobody gets an SMS about last spring.
NEWS_FOR = timedelta(days=7)


@dataclass(frozen=True)
class Telling:
    """What is told, whoever hears it."""

    subject_key: str
    kind: Kind
    text: str
    channels: Collection[Channel] = ALL
    timing: Timing = Timing.DAY
    url: str = ""
    expires_at: datetime | None = None
    event: RequestEvent | None = None


def announce(*, at: datetime, batch: int = BATCH) -> int:
    """Tell what has not been told yet; return how many events. Two workers share the work without colliding."""
    told = 0
    while count := _announce_some(at=at, batch=batch):
        told += count
    return told


@transaction.atomic
def _announce_some(*, at: datetime, batch: int) -> int:
    waiting = (
        RequestEvent.objects.filter(announced_at__isnull=True)
        .select_related(
            "factor_request__factor",
            "factor_request__enterprise",
            "factor_request__filing__contact_code",
            "organization",
            "assignment__organization",
            "assignment__invitation",
        )
        .prefetch_related("factor_request__assignments__organization")
        .select_for_update(of=("self",), no_key=True, skip_locked=True)
        .order_by("pk")[:batch]
    )
    events = list(waiting)
    if events:
        deliver(events, at=at)
    RequestEvent.objects.filter(pk__in=[event.pk for event in events]).update(announced_at=at)
    return len(events)


def deliver(events: Sequence[RequestEvent], *, at: datetime) -> None:
    """Write the tellings of events (loaded as ``announce`` loads them), each person once per event.

    Who did it is not told of it. A fixed number of queries, however many events there are.
    """
    people = People(events, local_day(at))
    told: list[tuple[Telling, set[int], str]] = []
    for event in events:
        heard: set[int] = set()
        for notice in _notices_of(event):
            telling = _telling(notice, event, at)
            users = people.of(notice.to, event) - {event.user_id} - heard
            contact = people.contact(notice.to, event) if Channel.SMS in telling.channels else ""
            told.append((telling, users, contact))
            heard |= users
    writer = _Writer({user for _, users, _ in told for user in users}, at)
    rows = [row for telling, users, contact in told for row in writer.rows(telling, users, [contact])]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def tell(
    telling: Telling,
    *,
    at: datetime,
    users: Collection[int] = (),
    bodies: Collection[Organization | int] = (),
    phones: Iterable[str] = (),
) -> None:
    """Tell people of something that is no event of a request: a ranking's preview, a call at the fair.

    ``users`` are ids, ``bodies`` stand for who works there, ``phones`` for people without account. The telling's
    ``subject_key`` begins with its subject ("run:17:preview"); told again under the same key, nothing happens.
    """
    found = set(users) | (working_in(bodies, day=local_day(at)) if bodies else set())
    rows = _Writer(found, at).rows(telling, found, phones)
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)


@dataclass(frozen=True)
class Wish:
    """What somebody wants by one channel: kinds wanted or refused, and whether once a day."""

    kinds: dict[Kind, bool]
    is_daily: bool = False


@transaction.atomic
def choose(*, wishes: dict[Channel, Wish], actor: Actor, at: datetime) -> None:
    """Keep what the actor's person wants to hear by which channel, from now on."""
    for channel, wish in wishes.items():
        kept = {"kinds": wish.kinds, "is_daily": wish.is_daily, "chosen_at": at}
        NoticeChoice.objects.update_or_create(user=actor.user, channel=channel, defaults=kept)


def told_to(user: User) -> QuerySet[Delivery]:
    """Return what a person was told in the portal, newest first, each with its request."""
    mine = Delivery.objects.at_the_bell().filter(user=user)
    return mine.select_related("event__factor_request").order_by("-pk")


_UNREAD: Prepared[Delivery] = Prepared(
    lambda: Delivery.objects.unread().filter(user=slot("user")).values("pk")
)


def unread(actor: Actor, at: datetime) -> int:
    """Count what the actor's person has not read: the number at the bell; one query."""
    return 0 if actor.user is None else unread_by(actor.user)


def unread_by(user: User) -> int:
    """Count what a person has not read."""
    return _UNREAD.count(user=user.pk)


def mark_read(user: User, *, at: datetime, only: int | None = None) -> int:
    """Mark a person's notices as read, all or ``only`` one; return how many were unread."""
    mine = Delivery.objects.unread().filter(user=user)
    return (mine if only is None else mine.filter(pk=only)).update(read_at=at)


def _notices_of(event: RequestEvent) -> list[Notice]:
    verb = event.verb
    if verb == "remind" and event.detail.get("days", 0) > 0:
        verb = "remind_overdue"
    found = NOTICES.get(verb, [])
    return [notice for notice in found if not (event.is_internal and notice.to.is_outside)]


def _telling(notice: Notice, event: RequestEvent, at: datetime) -> Telling:
    is_news = event.at >= at - NEWS_FOR
    return Telling(
        subject_key=f"event:{event.pk}",
        kind=notice.kind,
        text=notice.text.format_map(words(event)),
        channels=notice.channels if is_news else {Channel.PORTAL},
        timing=notice.timing,
        url=reverse("requests_desk:show", args=[event.factor_request.number]),
        event=event,
    )


class _Writer:
    """Makes the rows of tellings for people, each by the channels that the telling allows and the person wants."""

    def __init__(self, users: Collection[int], at: datetime) -> None:
        self.at, self.hours = at, house_hours()
        self.calendar: WorkCalendar = CalendarYear.objects.calendar()
        self.hearers = hearers(users, day=local_day(at)) if users else {}

    def rows(self, telling: Telling, users: Iterable[int], phones: Iterable[str]) -> list[Delivery]:
        """Return the rows for people with and without account."""
        known = [self.hearers[user] for user in users if user in self.hearers]
        allowed = [channel for channel in Channel if channel in telling.channels]
        made = [self._for(hearer, telling, channel) for hearer in known for channel in allowed]
        made += [self._by_phone(telling, phone) for phone in phones]
        return [row for row in made if row is not None]

    def _for(self, hearer: Hearer, telling: Telling, channel: Channel) -> Delivery | None:
        if channel == Channel.PORTAL:
            return self._row(telling, channel, user_id=hearer.user_id, sent_at=self.at)
        address = hearer.addresses[channel]
        if not (address and ways.is_on(channel) and hearer.wants(telling.kind, channel)):
            return None
        is_daily = hearer.is_daily(telling.kind, channel)
        return self._row(
            telling, channel, user_id=hearer.user_id, address=address, **self._when(telling, is_daily)
        )

    def _by_phone(self, telling: Telling, phone: str) -> Delivery | None:
        address = mobile(phone)
        if not address or Channel.SMS not in telling.channels or not ways.is_on(Channel.SMS):
            return None
        return self._row(
            telling, Channel.SMS, address=address, url=_open_page(telling), **self._when(telling)
        )

    def _when(self, telling: Telling, is_daily: bool = False) -> dict[str, datetime]:
        if is_daily:
            return {"digest_at": self.hours.next_digest(self.at, self.calendar)}
        return {"next_try_at": self.hours.earliest(self.at, telling.timing, self.calendar)}

    def _row(self, telling: Telling, channel: Channel, **fields: object) -> Delivery:
        given = {
            "event": telling.event,
            "subject_key": telling.subject_key,
            "channel": channel,
            "kind": telling.kind,
            "timing": telling.timing,
            "text": telling.text,
            "url": telling.url,
            "created_at": self.at,
            "expires_at": telling.expires_at,
        }
        return Delivery(**{**given, **fields})


def _open_page(telling: Telling) -> str:
    """Return the page that somebody without account may open: the review of a completion, else the tracking.

    The link to a review goes to a verified contact only (workflow §4).
    """
    event = telling.event
    if event is None:
        return telling.url
    if has_verified_contact(event.factor_request.filing):
        if event.verb == "complete" and hasattr(event.assignment, "invitation"):
            return reverse("requests_desk:review", args=[event.assignment.invitation.token])
        if event.verb == "rectify":
            return reverse("requests_desk:review_again", args=[event.assignment.review.follow_up.token])
    return reverse("requests_desk:track")
