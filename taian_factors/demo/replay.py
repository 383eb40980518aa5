"""The fair of 13 June 2023, played again: the published totals become needs, and the needs go through the hall.

15 departments: 116 needs, 77 settled on the spot and 39 with a plan. 10 banks: 153, 82 and 71. These numbers
say what is brought to the stalls; what is printed afterwards is counted by ``figures`` from what is stored.
"""

from collections import Counter
from datetime import date, datetime, time
from random import Random

from django.db import transaction

from fairs import arrivals
from fairs.models import Fair, Stall
from requests_desk.intake import Need
from taian_factors.demo import stories
from taian_factors.demo.city import City, Enterprise
from taian_factors.demo.day import Course, Errand, FairDay, Given, Guest, Pause
from taian_factors.demo.hall import NAME, fair_of, handled_by, sit_down
from taian_factors.demo.stories import Story
from taian_factors.demo.timeline import seconds
from taian_factors.directory.models import Organization
from taian_factors.lib.periods import at_local

HELD_ON = date(2023, 6, 13)
SEED = 20230613
# Needs brought to each stall: 116 to departments, 153 to banks.
# fmt: off
BROUGHT = {
    "FGW": 10, "SPJ": 14, "ZJJ": 9, "ZGJ": 13, "STJ": 9, "GXJ": 8, "KJJ": 6, "CZJ": 6, "RSJ": 9, "SLJ": 4,
    "YJJ": 4, "SJJ": 5, "JRJ": 4, "SWJ": 6, "GDG": 9,
    "B01": 20, "B02": 18, "B03": 15, "B04": 18, "B05": 13, "B06": 14, "B07": 12, "B08": 17, "B09": 15, "B10": 11,
}
# fmt: on
SETTLED = {Organization.Kind.DEPARTMENT: 77, Organization.Kind.INSTITUTION: 82}
# What is easily settled at a desk comes first when the settled ones are chosen.
EASY = {
    "SP": 0.35,
    "ZC": 0.35,
    "RC": 0.3,
    "XM": 0.3,
    "GY": 0.1,
    "JS": 0.1,
    "TD": -0.3,
    "ZJ": -0.2,
    "HJ": -0.1,
}
HUATONG = "华通重工"
HUATONG_BANKS = ("B01", "B03", "B04", "B07", "B08")
ASK_ADVICE, TRANSFERS, LEAVE, COME_BACK, STAY_AWAY = 14, 4, 5, 5, 4


@transaction.atomic
def replay(city: City) -> Fair:
    """Play the day, or return the fair of that day if it has been played. All of it, or nothing."""
    played = Fair.objects.filter(held_on=HELD_ON, name=NAME).first()
    if played is not None:
        return played
    chance = Random(SEED)  # noqa: S311  the same day every time
    fair = fair_of(city, held_on=HELD_ON, opens_at=time(9), closes_at=time(17))
    seats = sit_down(fair, city, at=at_local(HELD_ON, time(8, 40)))
    pause = Pause(at_local(HELD_ON, time(11, 45)), at_local(HELD_ON, time(13, 30)))
    plan_on = [date(2023, 6, day) for day in (16, 20, 21, 27, 28, 30)]
    day = FairDay(fair, city, chance=chance, plan_on=plan_on, pause=pause)
    day.play(_guests(fair, city, chance), seats)
    arrivals.close_day(fair=fair, at=at_local(HELD_ON, time(17, 5)), actor=city.clerk)
    return fair


def _guests(fair: Fair, city: City, chance: Random) -> list[Guest]:
    """Deal the needs of every stall to enterprises, then let some of them ask for advice, wait in vain, leave."""
    stalls = {s.organization.code: s for s in fair.stalls.select_related("organization").order_by("code")}
    deal = _Deal(city, chance)
    for code, number in BROUGHT.items():
        deal.out(stalls[code], number, to_huatong=code in HUATONG_BANKS)
    errands = deal.settle()
    for course, number in ((Course.SERVED, ASK_ADVICE), (Course.LEAVES, LEAVE), (Course.MISSED, STAY_AWAY)):
        for _ in range(number):
            deal.without_need(chance.choice(list(stalls.values())), course)
    for errand in chance.sample(errands, COME_BACK):
        errand.course = Course.MISSED_ONCE
    for _ in range(TRANSFERS):
        deal.without_need(chance.choice(list(stalls.values())), Course.TRANSFERRED)
    return deal.guests(chance)


class _Deal:
    """Who brings what where. Of equally busy enterprises chance decides."""

    def __init__(self, city: City, chance: Random) -> None:
        self.city, self.chance = city, chance
        self.load: Counter[int] = Counter()
        self.of: dict[int, list[Errand]] = {}
        self.by_id = {e.organization.pk: e for e in [*city.examples, city.named[HUATONG]]}
        self.brought: list[tuple[Errand, Story]] = []

    def out(self, stall: Stall, number: int, *, to_huatong: bool) -> None:
        """Deal a stall's needs: mostly one an enterprise, now and then two."""
        factors = [self.city.factors[code] for code in handled_by(stall.organization)]
        takers = self._least_busy(stall, number - number // 8 - to_huatong)
        takers += self.chance.sample(takers, number // 8)
        for enterprise in takers:
            story = stories.tell(self.chance.choice(factors), enterprise, self.chance)
            self.brought.append((self._errand(enterprise, stall), story))
        if to_huatong:
            self.brought.append((self._errand(self.city.named[HUATONG], stall), self._capital()))

    def _capital(self) -> Story:
        """What the press says of 华通重工: capital for its project, asked of several banks; no number is known."""
        named = self.city.named[HUATONG]
        told = stories.tell(self.city.factors["JR"], named, self.chance)
        need = Need(
            factor=self.city.factors["JR"],
            headline="舜通重工智能装备产业园项目建设资金",
            story="舜通重工智能装备产业园项目建设资金需求，希望与多家银行现场对接融资方案。",
        )
        return Story(need, told.words)

    def settle(self) -> list[Errand]:
        """Say which needs are settled on the spot, exactly as many as were published; return their errands."""
        for kind, number in SETTLED.items():
            brought = [(e, s) for e, s in self.brought if e.stall.organization.kind == kind]
            order = {id(s): EASY.get(s.need.factor.code, 0) + self.chance.random() for _, s in brought}
            settled = set(sorted(order, key=order.__getitem__, reverse=True)[:number])
            for errand, story in brought:
                errand.needs = [*errand.needs, Given(story, is_settled=id(story) in settled)]
        return [errand for errands in self.of.values() for errand in errands]

    def without_need(self, stall: Stall, course: Course) -> None:
        """Let an enterprise that does not come to this stall anyway come for advice."""
        (enterprise,) = self._least_busy(stall, 1)
        errand = self._errand(enterprise, stall)
        errand.course = course
        if course is Course.TRANSFERRED:  # sent on to the last of its stalls, so this one comes first
            errands = self.of[enterprise.organization.pk]
            errands.insert(0, errands.pop())

    def guests(self, chance: Random) -> list[Guest]:
        """Say when everybody comes: seven of ten in the morning, most of these early."""
        found = []
        for pk, errands in self.of.items():
            if errands[0].course is not Course.TRANSFERRED:
                chance.shuffle(errands)
            found.append(Guest(self.by_id[pk], _comes_at(chance), errands))
        return found

    def _least_busy(self, stall: Stall, number: int) -> list[Enterprise]:
        free = [e for pk, e in self.by_id.items() if e.is_named is False and not self._there(pk, stall)]
        free.sort(key=lambda e: self.load[e.organization.pk] + 2.5 * self.chance.random())
        return free[:number]

    def _there(self, pk: int, stall: Stall) -> bool:
        return any(errand.stall.pk == stall.pk for errand in self.of.get(pk, []))

    def _errand(self, enterprise: Enterprise, stall: Stall) -> Errand:
        pk = enterprise.organization.pk
        self.load[pk] += 1
        errands = self.of.setdefault(pk, [])
        errand = next((e for e in errands if e.stall.pk == stall.pk), None)
        if errand is None:
            errands.append(errand := Errand(stall))
        return errand


def _comes_at(chance: Random) -> datetime:
    if chance.random() < 0.7:
        return at_local(HELD_ON, time(9)) + seconds(chance, 60, 100 * 60)
    return at_local(HELD_ON, time(13, 30)) + seconds(chance, 60, 90 * 60)
