"""One of everything, owned by somebody, and the table that fills it into addresses."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from fairs.models import BookedPlace, Fair, Ticket
from requests_desk.models import (
    Attachment,
    DispatchRule,
    FactorRequest,
    Filing,
    FrontLineVisit,
    JointConsultation,
    LedgerView,
    ReplyTemplate,
)
from scoring.bulletins import numbers_of
from scoring.models import Bulletin, CountedInput, DutyRecord, ScoringRun
from taian_factors.directory.models import Job, Organization
from taian_factors.lib.periods import Period
from tests.directory import factories as directory
from tests.fairs import factories as fairs
from tests.requests_desk import factories as desk
from tests.scoring import factories as scoring


@dataclass(frozen=True)
class World:
    """What the addresses point at. All of it belongs to others than ``stranger`` and ``other_department``."""

    owner: Organization
    request: FactorRequest
    paper: Attachment
    draft: Filing
    consultation: JointConsultation
    front_line: FrontLineVisit
    job: Job
    view: LedgerView
    template: ReplyTemplate
    fair: Fair
    ticket: Ticket
    place: BookedPlace
    run: ScoringRun
    counted: CountedInput
    record: DutyRecord
    bulletin: Bulletin


def build(*, at: datetime) -> World:
    """Make one of everything, at a fair's morning."""
    owner = directory.enterprise("示例装备有限公司")
    fair = fairs.fair()
    clerk = directory.actor("GTB")
    scoring.worked_example("ZGJ")
    run = scoring.previewed(Period(2023, 6))
    request = desk.assigned("TD", enterprise=owner)
    return World(
        owner=owner,
        request=request,
        paper=desk.supplemented(request),
        draft=Filing.objects.create(
            enterprise=owner, typed_for=owner, draft={}, saved_at=at, channel=Filing.Channel.ONLINE
        ),
        consultation=desk.consulting("TD", enterprise=owner).consultations.get(),
        front_line=desk.front_line_visit(owner, at=at),
        template=ReplyTemplate.objects.create(
            organization=directory.body("ZGJ"), outcome="answer", title="示例", text="已收悉。", created_at=at
        ),
        job=Job.objects.create(task="none", label="导出", created_by=clerk.user, created_at=at),
        view=LedgerView.objects.create(
            name="在办", owner=clerk.user, organization=clerk.organization, saved_at=at
        ),
        fair=fair,
        ticket=fairs.waiting(fairs.stall(fair, desks=1), at=at),
        place=fairs.booked(fairs.slot(fairs.stall(fair)), enterprise=owner, at=at),
        run=run,
        counted=CountedInput.objects.filter(run=run).order_by("pk").first(),
        record=scoring.duty("ZGJ", "", "2023-07-20"),
        bulletin=Bulletin.objects.create(
            kind="quarter", period="2023Q2", run=run, title="示例通报", addressees="各单位", sections=[],
            numbers=numbers_of(run), composed_at=at, composed_by=clerk.user,
        ),
    )  # fmt: skip


Fill = Callable[[World], dict[str, Any]]

# route, what fills it, and what a stranger gets: 404 for what is somebody's, 403 for what all may know of.
# Open addresses have a token; a stranger is no stranger there, so nothing is expected.
ROUTES: list[tuple[str, Fill, int | None]] = [
    (r"directory/", lambda w: {}, None),
    (r"fairs/screen/<str:token>/<str:zone>/", lambda w: {"token": w.fair.token, "zone": "B"}, None),
    (r"fairs/screen/", lambda w: {"token": w.fair.token}, None),
    (r"fairs/(kiosk|door)/", lambda w: {"token": w.fair.door_token}, None),
    (r"fairs/t/<str:token>/\w+/<int:pk>", lambda w: {"token": w.ticket.visit.token, "pk": w.ticket.pk}, None),
    (r"fairs/t/", lambda w: {"token": w.ticket.visit.token}, None),
    (r"fairs/visits/", lambda w: {"pk": w.ticket.visit_id}, 404),
    (r"fairs/tickets/", lambda w: {"pk": w.ticket.pk}, 404),
    (r"fairs/<int:pk>/stalls/<int:stall>", lambda w: {"pk": w.fair.pk, "stall": w.ticket.stall_id}, 403),
    (r"fairs/<int:pk>/desks/<int:desk>",
     lambda w: {"pk": w.fair.pk, "desk": w.ticket.stall.desks.first().pk}, 403),
    (r"fairs/<int:pk>/slots/<int:slot>", lambda w: {"pk": w.fair.pk, "slot": w.place.slot_id}, 403),
    (r"fairs/<int:pk>/guests/<int:enterprise>", lambda w: {"pk": w.fair.pk, "enterprise": w.owner.pk}, 403),
    (r"fairs/<int:pk>/floor/$", lambda w: {"pk": w.fair.pk}, None),
    (r"fairs/<int:pk>/reception/<int:enterprise>", lambda w: {"pk": w.fair.pk, "enterprise": w.owner.pk}, 403),
    (r"fairs/<int:pk>", lambda w: {"pk": w.fair.pk}, 403),
    (r"desk/file/for/", lambda w: {"enterprise": w.owner.pk}, 404),
    (r"desk/file/", lambda w: {"pk": w.draft.pk}, 404),
    (r"desk/booking/", lambda w: {"pk": w.fair.pk}, None),
    (r"desk/bookings/<str:code>/change/<int:place>",
     lambda w: {"code": w.place.booking.code, "place": w.place.pk}, 404),
    (r"desk/bookings/", lambda w: {"code": w.place.booking.code}, 404),
    (r"desk/papers/", lambda w: {"pk": w.paper.pk}, 404),
    (r"desk/review-again/", lambda w: {"token": "no-such-token"}, None),
    (r"desk/big-screen/", lambda w: {"token": w.fair.token}, None),
    (r"desk/fair-review/", lambda w: {"token": w.ticket.visit.token}, None),
    (r"desk/review/", lambda w: {"token": "no-such-token"}, None),
    (r"desk/requests/<str:number>/<str:verb>", lambda w: {"number": w.request.number, "verb": "note"}, 404),
    (r"desk/requests/", lambda w: {"number": w.request.number}, 404),
    (r"desk/filings/", lambda w: {"pk": w.request.filing_id}, 404),
    (r"desk/lists/", lambda w: {"pk": w.job.pk}, 404),
    (r"desk/factor-week/", lambda w: {"period": "2023Q3"}, 404),
    (r"desk/ledger/views/", lambda w: {"pk": w.view.pk}, 404),
    (r"desk/ledger/export/", lambda w: {"pk": w.job.pk}, 404),
    (r"desk/deliveries/", lambda w: {"pk": 0}, 404),
    (r"desk/consultations/", lambda w: {"pk": w.consultation.pk}, 404),
    (r"desk/fairs/<int:pk>/roster/<int:stall>/", lambda w: {"pk": w.fair.pk, "stall": w.ticket.stall_id}, 404),
    (r"desk/fairs/", lambda w: {"pk": w.fair.pk}, 404),
    (r"scoring/fairs/", lambda w: {"pk": w.fair.pk}, 404),
    (r"desk/front-line/plan/", lambda w: {"enterprise": w.owner.pk}, 404),
    (r"desk/front-line/<int:pk>/<str:verb>/", lambda w: {"pk": w.front_line.pk, "verb": "cancel"}, 404),
    (r"desk/front-line/", lambda w: {"pk": w.front_line.pk}, 404),
    (r"desk/templates/", lambda w: {"pk": w.template.pk}, 404),
    (r"desk/directory/rules/", lambda w: {"pk": DispatchRule.objects.earliest("pk").pk}, 404),
    (r"desk/directory/factors/", lambda w: {"pk": w.request.factor_id}, None),
    (r"desk/stall/", lambda w: {"verb": "call_next"}, 403),
    (r"scoring/runs/", lambda w: {"pk": w.run.pk}, 404),
    (r"scoring/why/<str:period>/<str:code>/<str:indicator>/",
     lambda w: {"period": "2023-06", "code": "ZGJ", "indicator": "completion"}, 404),
    (r"scoring/why/", lambda w: {"period": "2023-06", "code": "ZGJ"}, 404),
    (r"scoring/inputs/", lambda w: {"pk": w.counted.pk}, 404),
    (r"scoring/duties/overdue/", lambda w: {"code": "ZGJ"}, 404),
    (r"scoring/duties/records/", lambda w: {"pk": w.record.pk}, 404),
    (r"scoring/duties/", lambda w: {"pk": w.record.duty_id}, 404),
    (r"scoring/(appeals|exclusions)/", lambda w: {"pk": 0}, 404),
    (r"scoring/history/", lambda w: {"pk": w.job.pk}, 404),
    (r"scoring/open/", lambda w: {"period": "2023-06"}, None),
    (r"scoring/rules/", lambda w: {"pk": w.run.rule_version_id}, 404),
    (r"scoring/bulletins/jobs/", lambda w: {"pk": w.job.pk}, 404),
    (r"scoring/bulletins/<int:pk>/files/<str:kind>/", lambda w: {"pk": w.bulletin.pk, "kind": "pdf"}, 404),
    (r"scoring/bulletins/", lambda w: {"pk": w.bulletin.pk}, 404),
]  # fmt: skip


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver."""

    name: str
    route: str
    arguments: frozenset[str]
    is_open: bool

    @property
    def row(self) -> tuple[Fill, int | None]:
        """The table's answer for this address; a new one without an answer fails the tests."""
        if not self.arguments:
            return (lambda world: {}), None
        for route, fill, status in ROUTES:
            if re.match(route, self.route):
                return fill, status
        raise AssertionError(f"tests/house/world.py has no row for {self.route}")

    def filled(self, world: World) -> str:
        """Return the address with the world's objects in it."""
        return reverse(self.name, kwargs=self.row[0](world))


def addresses(*, foreign: bool = False) -> Iterator[Address]:
    """Give every address of ours (of Django's admin and of allauth, when ``foreign``)."""
    for address in _walk(get_resolver(), (), ""):
        is_foreign = address.name.startswith("admin:") or address.route.startswith("accounts/")
        if is_foreign == foreign:
            yield address


def _walk(resolver: URLResolver, spaces: tuple[str, ...], before: str) -> Iterator[Address]:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern, (*spaces, *filter(None, [pattern.namespace])), route)
        elif isinstance(pattern, URLPattern):
            yield Address(
                name=":".join((*spaces, pattern.name or route)),
                route=route,
                arguments=frozenset(pattern.pattern.converters),
                is_open=not getattr(pattern.callback, "login_required", True),
            )
