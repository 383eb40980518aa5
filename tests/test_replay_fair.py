"""The fair of 13 June 2023 is played through the verbs, counts what was published, and happens once."""

import json
from collections import Counter
from datetime import date
from io import StringIO

import pytest
from django.core.management import call_command
from django.db.models import Count, Exists, F, OuterRef, Q

from fairs.models import Fair, Ticket, TicketEvent
from requests_desk.fair_report import fair_report
from requests_desk.models import FactorRequest, Filing, RequestEvent, SatisfactionReview
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import EnterpriseProfile, Organization, Project, User
from taian_factors.lib.clock import now
from taian_factors.lib.periods import local_day

pytestmark = pytest.mark.django_db


def _tables() -> dict[str, int]:
    models = (Fair, Ticket, TicketEvent, Filing, FactorRequest, RequestEvent, SatisfactionReview)
    models += (Organization, Project, User)
    return {model.__name__: model.objects.count() for model in models}


def _run(*arguments: str) -> str:
    out = StringIO()
    call_command("replay_fair", *arguments, stdout=out)
    return out.getvalue()


@pytest.fixture
def printed(db):
    return json.loads(_run("--json").splitlines()[-1])


def test_the_day_is_played_counted_and_not_repeated(printed):
    """One test, because the day takes seconds to play."""
    assert {name: printed[name] for name in ("fair", "departments", "institutions")} == {
        "fair": "2023-06-13",
        "departments": 15,
        "institutions": 10,
    }
    assert printed["factor_requests"] == {
        "received": 116,
        "completed_on_the_spot": 77,
        "solution_offered": 39,
    }
    assert printed["finance_requests"] == {
        "received": 153,
        "completed_on_the_spot": 82,
        "solution_offered": 71,
    }
    _check_the_queue()
    _check_the_requests(printed)
    _check_who_came()
    _check_the_report(printed)
    before = _tables()
    assert json.loads(_run("--json").splitlines()[-1]) == printed
    assert _tables() == before
    assert "现场拿出解决方案 71 项" in _run()


def _check_the_queue():
    fair = Fair.objects.get(held_on=date(2023, 6, 13))
    tickets = Ticket.objects.filter(stall__fair=fair)
    states = Counter(tickets.values_list("state", flat=True))
    assert set(states) == {"served", "missed", "left"}
    assert not fair.visits.exclude(busy_ticket=None).exists()
    events = list(TicketEvent.objects.filter(fair=fair).order_by("pk").select_related("ticket"))
    assert [e.at for e in events] == sorted(e.at for e in events)
    assert not any(e.at.microsecond for e in events)
    desks, visits = {}, {}
    for event in events:
        if event.verb == "call":
            assert desks.setdefault(event.desk_id, event.ticket_id) == event.ticket_id
            assert visits.setdefault(event.ticket.visit_id, event.ticket_id) == event.ticket_id
        elif event.verb in {"finish", "pass_over", "transfer"}:
            del desks[event.desk_id], visits[event.ticket.visit_id]
    assert {"recall", "reenter", "leave", "transfer"} <= {e.verb for e in events}


def _check_the_requests(printed):
    assert SatisfactionReview.objects.count() == printed["reviews"] > 100
    births = RequestEvent.objects.filter(factor_request=OuterRef("pk"), verb="file")
    for factor_request in FactorRequest.objects.filter(Exists(births)).prefetch_related("events"):
        verbs = [e.verb for e in sorted(factor_request.events.all(), key=lambda e: e.pk)]
        assert verbs[:3] == ["file", "accept", "assign"]
        assert verbs[3] in {"complete", "reply"}
    assert {local_day(at) for at in RequestEvent.objects.values_list("at", flat=True)} == {date(2023, 6, 13)}
    counted = FactorRequest.objects.aggregate(
        finance=Count("pk", filter=Q(factor__is_finance=True)),
        elsewhere=Count("pk", filter=~Q(filing__visit__enterprise=F("enterprise"))),
    )
    assert counted == {"finance": 153, "elsewhere": 0}


def _check_the_report(printed):
    """The day's report says what the replay counted, number for number."""
    fair = Fair.objects.get(held_on=date(2023, 6, 13))
    report = fair_report(fair, actor=Actor(None, Organization.objects.get(code="GTB")), at=now())
    for needs, counted in (
        (report.needs, printed["factor_requests"]),
        (report.finance, printed["finance_requests"]),
    ):
        assert (needs.received, needs.completed, needs.planned, needs.handed) == (*counted.values(), 0)
    assert report.bodies == {"departments": printed["departments"], "institutions": printed["institutions"]}
    assert (report.visits, report.total.taken) == (printed["visits"], printed["tickets"])
    assert report.reviews.n == printed["reviews"]
    assert report.adds_up, report.checks
    assert (
        "现场受理要素需求116项，其中现场办结77项、现场拿出解决方案39项；"
        "受理金融需求153项，其中现场办结82项、现场拿出解决方案71项。"
    ) in report.sentence
    assert len(report.open) == 39 + 71
    assert all(each.plan and each.owner for each in report.open)


def _check_who_came():
    huatong = Organization.objects.get(name="华通重工")
    asked = FactorRequest.objects.filter(enterprise=huatong)
    assert asked.values("assignments__organization").distinct().count() > 2
    assert set(asked.values_list("filing__project__name", flat=True)) == {"舜通重工智能装备产业园项目"}
    assert huatong.profile.credit_code is None
    assert huatong.profile.contact_phone == ""
    came = Organization.objects.filter(visits__isnull=False).exclude(pk=huatong.pk)
    assert all(name.startswith("示例") for name in came.values_list("name", flat=True))
    for profile in EnterpriseProfile.objects.exclude(credit_code=None):
        profile.full_clean()
