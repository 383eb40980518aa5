"""300 enterprises, 900 numbers, 25 stalls, 40 desks: lines break, buttons are pressed twice, workers are killed.

All goes through the real web server with two workers. Afterwards the law of the queue holds at every step of the
history, and the report says what the people were told. ``FAIRDAY_SEED`` repeats a day's dice (not its weather: which
request meets a dying worker is the machine's).
"""

import os
import random
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db.models import Count

from fairs.models import DeskAction, FairRating, Ticket, TicketEvent, Visit
from requests_desk.fair_report import FairReport, fair_report
from tests.bench.server import serving
from tests.fairs import history
from tests.journeys.fairday.application import day_time
from tests.journeys.fairday.book import Book
from tests.journeys.fairday.day import EACH, VISITS, Day, Hall

LABELS = {"served": "已办理", "missed": "过号", "left": "已离开"}


@pytest.mark.django_db(transaction=True)
def test_a_whole_day_adds_up(tmp_path, monkeypatch, as_office_clerk):
    seed = int(os.environ.get("FAIRDAY_SEED") or random.SystemRandom().randrange(10**6))
    print(f"FAIRDAY_SEED={seed}")
    hall, begun = Hall.of_25_stalls(), time.time() + 1
    environment = {"FAIRDAY_BEGUN": str(begun), "FAIRDAY_FOLDER": str(tmp_path)}
    with serving(tmp_path, "tests.journeys.fairday.application:application", **environment) as portal:
        day = Day(hall, portal, seed)
        # A thread of its own: the browser of other tests may hold this one's loop.
        with ThreadPoolExecutor(1) as thread:
            thread.submit(day.run).result()
    print(dict(day.weather.seen), f"{time.time() - begun:.0f} s")
    monkeypatch.setattr("django.utils.timezone.now", lambda: day_time(begun))

    it_was_a_rough_day(day)
    the_law_held(day)
    each_click_was_done_once(day.book)
    report = fair_report(hall.fair, actor=hall.office, at=day_time(begun))
    the_queue_adds_up(report, day.book)
    the_needs_add_up(report, day.book)
    page = as_office_clerk.get(f"/desk/fairs/{hall.fair.pk}/report/").content.decode()
    assert sentence(day.book) in page


def it_was_a_rough_day(day: Day) -> None:
    seen, book = day.weather.seen, day.book
    assert len(day.killed) >= 2
    assert seen["lost"] > 30
    assert seen["twice"] > 30
    assert seen["cut off"] > 0
    assert book.wished == VISITS * EACH
    assert book.is_full


def the_law_held(day: Day) -> None:
    """Every invariant, at the end and at each step."""
    fair = day.hall.fair
    assert history.broken_now(fair) == []
    line = history.retell(fair)
    assert line.found == []
    assert line.desk == {}
    # The one who was given a number twice had come back to the line in between.
    calls = TicketEvent.objects.filter(fair=fair, verb="call").values_list("ticket").annotate(n=Count("pk"))
    again = Counter(TicketEvent.objects.filter(fair=fair, verb="reenter").values_list("ticket", flat=True))
    assert [ticket for ticket, n in calls if n > 1 + again[ticket]] == []
    assert set(Ticket.objects.values_list("state", flat=True)) <= {"served", "missed", "left"}
    assert sorted(day.book.numbers.values()) == sorted(Visit.objects.values_list("number", flat=True))
    assert len(set(day.book.numbers.values())) == VISITS


def each_click_was_done_once(book: Book) -> None:
    """What was answered is there once, what was refused is not there, and nothing is there that nobody pressed."""
    actions = dict(DeskAction.objects.values_list("key", "verb"))
    assert actions == book.pressed
    assert not actions.keys() & book.refused
    events = Counter(TicketEvent.objects.values_list("verb", flat=True))
    pressed = Counter(DeskAction.objects.filter(ticket__isnull=False).values_list("verb", flat=True))
    for verb in ("call", "recall", "begin", "finish", "pass_over", "transfer"):
        assert events[verb] == pressed[verb], verb
    assert events["reenter"] == book.reentered


def the_queue_adds_up(report: FairReport, book: Book) -> None:
    assert [check.label for check in report.checks if not check.holds] == []
    assert report.visits == len(book.numbers) == VISITS
    assert report.total.taken == sum(len(places) for places in book.places.values()) >= VISITS * EACH
    for figures, stall in [(report.total, ""), *((line.figures, line.stall.code) for line in report.stalls)]:
        for state, label in LABELS.items():
            assert getattr(figures, state) == book.standing(label, stall), (stall, state)
        for outcome in ("handled", "consulted", "transferred"):
            assert getattr(figures, outcome) == book.outcomes(outcome, stall), (stall, outcome)
    # Who left, or was sent home by the close, before the clerk had looked at the page was called all the same.
    gone = TicketEvent.objects.filter(verb__in=["leave", "close"], from_state="called")
    assert report.total.waited == len({*book.calls, *gone.values_list("ticket", flat=True)})
    assert report.satisfaction.n == sum(book.ratings.values()) == FairRating.objects.count()
    assert dict(report.satisfaction.counts) == {level: book.ratings[level] for level in (5, 4, 3, 2, 1)}


def the_needs_add_up(report: FairReport, book: Book) -> None:
    for counts, is_finance in [(report.needs, False), (report.finance, True)]:
        told = Counter(need.outcome for need in book.needs if need.is_finance == is_finance)
        assert (counts.completed, counts.planned, counts.handed) == (
            told["completed"],
            told["planned"],
            told["kept"],
        )
    assert report.left_over == sum(need.outcome == "handed_over" for need in book.needs)
    taken_on = Counter(need.stall for need in book.needs if need.outcome != "handed_over")
    assert {line.stall.code: line.needs.received for line in report.stalls if line.needs.received} == taken_on


def sentence(book: Book) -> str:
    """The day as the bulletin says it, from what the people were told."""
    said = []
    for what, is_finance in (("现场受理要素需求", False), ("受理金融需求", True)):
        n = Counter(need.outcome for need in book.needs if need.is_finance == is_finance)
        parts = [f"现场办结{n['completed']}项", f"现场拿出解决方案{n['planned']}项"]
        parts += [f"转交办{n['kept']}项"] if n["kept"] else []
        received = n["completed"] + n["planned"] + n["kept"]
        said.append(f"{what}{received}项" + (f"，其中{'、'.join(parts)}" if received else ""))
    taken = sum(len(places) for places in book.places.values())
    return (
        f"到场企业{len(book.numbers)}家，取号{taken}个，办理{book.standing('已办理')}个。{'；'.join(said)}。"
    )
