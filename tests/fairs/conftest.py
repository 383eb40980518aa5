"""A small hall: one fair, a stall of the land department with a clerk at its desk, a second stall, the office."""

from dataclasses import dataclass

import pytest

from fairs.models import Desk, Fair, Stall, Visit
from taian_factors.directory.actors import Actor
from taian_factors.lib import clock
from taian_factors.lib.periods import local_day
from tests.fairs import factories


@dataclass(frozen=True)
class Hall:
    """The hall and those who work there. ``clerk`` sits at ``desk`` of ``stall``; ``other_clerk`` at the other."""

    fair: Fair
    stall: Stall
    desk: Desk
    clerk: Actor
    other_stall: Stall
    other_desk: Desk
    other_clerk: Actor
    office: Actor


@pytest.fixture
def hall(db, at, office_clerk) -> Hall:
    fair = factories.fair()
    stall, other = factories.stall(fair, "ZGJ"), factories.stall(fair, "STJ")
    desk, clerk = factories.seated(stall, at=at)
    other_desk, other_clerk = factories.seated(other, at=at)
    return Hall(fair, stall, desk, clerk, other, other_desk, other_clerk, office_clerk)


@pytest.fixture
def today(hall: Hall) -> Hall:
    """The hall's fair is today, for pages read the clock."""
    Fair.objects.filter(pk=hall.fair.pk).update(held_on=local_day(clock.now()))
    hall.fair.refresh_from_db()
    return hall


@pytest.fixture
def visit(today: Hall) -> Visit:
    """An enterprise that has checked in today and waits at the first stall."""
    ticket = factories.waiting(today.stall, at=clock.now(), actor=today.office)
    return ticket.visit
