"""The desk's pages through the real server, in a city of ten thousand, two hundred thousand and a million requests."""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

import pytest
from django.urls import reverse

from requests_desk.models import FactorRequest, Filing
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import EnterpriseProfile, Job
from taian_factors.lib.clock import now
from tests import processes
from tests.bench import city
from tests.bench.conftest import scaled
from tests.bench.report import Figure, Report, broken
from tests.bench.server import Portal, Visitor, measured, told
from tests.directory.factories import actor, member, person

pytestmark = pytest.mark.bench
SIZES = tuple(max(scaled(size), 10_000) for size in (10_000, 200_000, 1_000_000))
GROWS = 1.3  # a page at a million, beside itself at ten thousand
PAGE, FILING = 40, 60  # milliseconds
EXPORTED = 10_000


@dataclass(frozen=True)
class Cast:
    """Who looks: the office, a department, an enterprise."""

    office: Visitor
    department: Visitor
    enterprise: Visitor


def _cast(portal: Portal) -> Cast:
    firm = EnterpriseProfile.objects.order_by("pk").first().organization
    clerk = person()
    member(clerk, firm)
    return Cast(
        portal.visitor(actor("GTB")),
        portal.visitor(actor("ZGJ")),
        portal.visitor(Actor(clerk, firm)),
    )


def _address(name: str, *args: object, **asked: object) -> str:
    return reverse(f"requests_desk:{name}", args=args) + (f"?{urlencode(asked)}" if asked else "")


def _looks(cast: Cast) -> dict[str, tuple[Visitor, str, float | None]]:
    """Name each page with who looks at it, its address and its limit."""
    held = FactorRequest.objects.filter(state="assigned", assignments__organization__code="ZGJ").earliest(
        "pk"
    )
    done = FactorRequest.objects.filter(state="written_off").latest("pk")
    three = {"factor": done.factor_id, "division": done.division_id, "state": done.state}
    return {
        "worklist": (cast.department, _address("worklist"), PAGE),
        "ledger, first page": (cast.office, _address("ledger"), PAGE),
        "ledger, three filters": (cast.office, _address("ledger", **three), PAGE),
        "ledger, totals": (cast.office, _address("ledger_totals"), None),
        "search, common pair": (cast.office, _address("ledger", q=city.COMMON), PAGE),
        "search, rare pair": (cast.office, _address("ledger", q=city.RARE), PAGE),
        "one request": (cast.department, _address("show", held.number), PAGE),
    }


def _filed(visitor: Visitor) -> float:
    """File two needs in three steps; return the milliseconds of the last one, which files."""
    contact = {"key": f"k{Filing.objects.count()}", "project": "", "contact_name": "王工", "next": "1"}
    needs = visitor.post(_address("file"), {**contact, "contact_phone": "13800001234"}).location
    for code in ("TD", "RC"):
        visitor.post(needs, {"add": code})
    draft = Filing.objects.latest("pk")
    first = {
        "need1-headline": "二期厂房用地",
        "need1-quantity": "35.5",
        "need1-unit": "亩",
        "need1-story": "没有落实。",
    }
    second = {
        "need2-headline": "技术人才",
        "need2-quantity": "6",
        "need2-unit": "人",
        "need2-story": "希望引进。",
    }
    check = visitor.post(needs, {**first, **second, "next": "1"}).location
    answer = visitor.post(check, {})
    draft.refresh_from_db()
    assert draft.submitted_at is not None, answer.body.decode()[-1500:]
    return answer.seconds * 1000


def _replied(visitor: Visitor) -> Callable[[], float]:
    waiting = FactorRequest.objects.filter(
        state="assigned", assignments__organization__code="ZGJ", assignments__part="lead"
    )
    numbers = iter(waiting.order_by("pk").values_list("number", flat=True)[:60])

    def reply() -> float:
        address = _address("act", next(numbers), "reply")
        answer = visitor.post(address, {"outcome": "answer", "text": "已与企业联系,正在协调。"})
        assert answer.status == 302
        return answer.seconds * 1000

    return reply


def _exported(visitor: Visitor) -> float:
    """Export ten thousand rows as the page does, in place: the sheet is written when the job's page answers."""
    day = FactorRequest.objects.order_by("-filed_at").values_list("filed_at", flat=True)
    oldest = list(day[:EXPORTED])[-1]
    answer = visitor.post(_address("start_export", filed_from=f"{oldest:%Y-%m-%d}"), {})
    processes.wait_until(lambda: Job.objects.latest("pk").state == "done", seconds=120)
    return answer.seconds


def _seen(report: Report, size: int, cast: Cast) -> dict[str, Figure]:
    """Look at every page of a city and act in it; report, and return the medians."""
    found = {}
    for name, (visitor, address, limit) in _looks(cast).items():
        [found[name]] = measured(report, f"{size:>9,}: {name}", visitor, address, limit=limit)
    cast.enterprise.hang_up()
    cast.department.hang_up()
    reply = _replied(cast.department)
    filings = [(_filed(cast.enterprise), cast.enterprise.floor()) for _ in range(15)]
    replies = [(reply(), cast.department.floor()) for _ in range(15)]
    name = "a filing with two needs"
    found[name] = told(report, f"{size:>9,}: {name}", filings[3:], limit=FILING)
    found["a reply"] = told(report, f"{size:>9,}: a reply", replies[3:])
    report.add(f"{size:>9,}: export of 10,000 rows", _exported(cast.office), "s")
    return found


@pytest.fixture(scope="module")
def seen(portal: Portal, report: Report) -> list[dict[str, Figure]]:
    """Build each city and live in it; the medians of its pages, city by city."""
    found, cast = [], None
    for size in SIZES:
        city.build(size, at=now())
        cast = cast or _cast(portal)
        found.append(_seen(report, size, cast))
    return found


def test_every_page_keeps_its_limit_in_a_city_of_a_million(
    seen: list[dict[str, Figure]], report: Report
) -> None:
    assert broken([figure for figure in report.figures if figure.name.startswith(f"{SIZES[-1]:>9,}:")]) == []


def test_no_page_grows_with_the_city(seen: list[dict[str, Figure]], report: Report) -> None:
    """Each beside its own time in a city a hundred times smaller; told beside it, in units of the sign-in page."""
    small, large = seen[0], seen[-1]
    figures = []
    for name, first in small.items():
        last = large[name]
        grown = last.value / first.value
        note = f"{grown * first.floor / last.floor:.2f} × where the machine's own pace is taken out"
        figures.append(report.add(f"{name}, the largest city beside the smallest", grown, "×", GROWS, note))
    assert broken(figures) == []
