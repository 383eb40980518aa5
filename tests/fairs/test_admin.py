"""The fair in the administration."""

from django.urls import reverse

from taian_factors.lib import clock
from tests.directory import factories as directory
from tests.fairs import factories


def test_the_administration_edits_the_hall_and_only_shows_the_queue(today, visit, client):
    boss = directory.person(is_staff=True, is_superuser=True)
    client.force_login(boss)
    factories.called(today.other_desk, today.other_clerk, at=clock.now())
    for model in ("fair", "stall", "visit", "ticket", "ticketevent", "deskaction"):
        assert client.get(reverse(f"admin:fairs_{model}_changelist"), {"q": "1"}).status_code == 200, model
    assert client.get(reverse("admin:fairs_fair_change", args=[today.fair.pk])).status_code == 200
    assert client.get(reverse("admin:fairs_stall_change", args=[today.stall.pk])).status_code == 200
    for model in ("visit", "ticket", "ticketevent", "deskaction"):
        assert client.get(reverse(f"admin:fairs_{model}_add")).status_code == 403
    ticket = visit.tickets.get()
    assert (
        client.post(reverse("admin:fairs_ticket_change", args=[ticket.pk]), {"state": "left"}).status_code
        == 403
    )
    assert client.post(reverse("admin:fairs_ticket_delete", args=[ticket.pk])).status_code == 403
