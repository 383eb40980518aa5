"""A desk of a stall with its clerk, signed in, whose buttons a test presses."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.test import Client

from fairs.models import Desk, Stall, Ticket
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Organization
from taian_factors.lib.clock import now
from tests.fairs import factories as fairs
from tests.requests_desk import factories

SignIn = Callable[[Actor], Client]


@dataclass
class Counter:
    """A desk with its clerk, signed in."""

    stall: Stall
    desk: Desk
    clerk: Actor
    client: Client

    def press(self, verb: str, key: str = "", **data: Any) -> HttpResponse:
        return self.client.post(f"/desk/stall/{verb}/", {"key": key or fairs.key(), **data})

    def page(self) -> str:
        answer = self.client.get("/desk/stall/")
        assert answer.status_code == 200
        return answer.content.decode()

    def file(self, ticket: Ticket, **data: Any) -> HttpResponse:
        given = {"factor": factories.factor("TD").pk, "headline": "二期用地", "outcome": "kept"}
        return self.client.post(
            "/desk/stall/need/", {"key": fairs.key(), "ticket": ticket.pk, "which": "new", **given, **data}
        )

    def serving(self, enterprise: Organization | None = None) -> Ticket:
        visit = fairs.checked_in(self.stall.fair, at=now(), enterprise=enterprise)
        fairs.waiting(self.stall, at=now(), visit=visit)
        self.press("call")
        ticket = Ticket.objects.get(desk=self.desk, state="called")
        self.press("begin", ticket=ticket.pk)
        ticket.refresh_from_db()
        assert ticket.state == "serving"
        return ticket


def counter_at(hall: Any, sign_in: SignIn, organization: str = "ZGJ") -> Counter:
    stall = fairs.stall(hall, organization)
    desk, clerk = fairs.seated(stall, at=now())
    return Counter(stall, desk, clerk, sign_in(clerk))
