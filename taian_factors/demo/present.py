"""The living present: something open under every light and in every state, drafts, and a fair today.

Each scene is brought about only when nothing of its kind is open; so a second start doubles nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random

from fairs.models import Fair
from requests_desk import drafting
from requests_desk.models import Extension, FactorRequest, Filing, HandBack, Reply, ReplyTemplate, Whistle
from requests_desk.phrasing import write_template
from requests_desk.workflow import State
from taian_factors.demo import lives, phrases, stories
from taian_factors.demo.city import City, Enterprise
from taian_factors.demo.filings import Coming
from taian_factors.demo.habits import Course
from taian_factors.demo.matter import Matter
from taian_factors.directory.models import Organization
from taian_factors.lib.periods import at_local, local_day
from taian_factors.lib.workdays import WorkCalendar

QUICK = timedelta(minutes=17)


@dataclass(frozen=True)
class Scene:
    """A situation to be found in the portal today.

    Attributes:
        age: how many working days ago the matter was filed.
        until: the verb after which it is left as it is.
        is_there: says whether the portal shows such a situation already.
    """

    factor: str
    age: int
    course: Course
    until: str
    is_there: Callable[[datetime], bool]


def _in_state(state: State) -> Callable[[datetime], bool]:
    return lambda at: FactorRequest.objects.filter(state=state).exists()


def _showing(light: str) -> Callable[[datetime], bool]:
    return lambda at: FactorRequest.objects.showing(light, at=at).filter(state=State.ASSIGNED).exists()


SCENES = (
    Scene("TD", 7, Course.PLANNED, "acknowledge", _showing("red")),
    Scene("GY", 2, Course.PLANNED, "acknowledge", _showing("yellow")),
    Scene("ZC", 1, Course.PLANNED, "acknowledge", _showing("green")),
    Scene("HJ", 4, Course.SUSPENDED, "decide_suspension", _showing("grey")),
    Scene("RC", 1, Course.PLANNED, "file", _in_state(State.FILED)),
    Scene("SP", 2, Course.RETURNED, "send_back", _in_state(State.RETURNED)),
    Scene("XM", 1, Course.PLANNED, "accept", _in_state(State.ACCEPTED)),
    Scene("JR", 5, Course.PLANNED, "reply", _in_state(State.REPLIED)),
    Scene("NY", 9, Course.CONSULTED, "convene", _in_state(State.CONSULTING)),
    Scene("TD", 11, Course.CHALLENGE, "lodge_claim", _in_state(State.OPEN_CALL)),
    Scene("JS", 6, Course.EXTENDED, "complete", _in_state(State.COMPLETED)),
    Scene("ZF", 8, Course.STRAIGHT, "confirm", _in_state(State.CONFIRMED)),
    Scene("ZJ", 7, Course.INELIGIBLE, "declare_ineligible", _in_state(State.INELIGIBLE)),
    Scene("SW", 1, Course.KEPT, "hand_back", lambda at: HandBack.objects.filter(ruled_at=None).exists()),
    Scene(
        "GY",
        6,
        Course.EXTENDED,
        "ask_extension",
        lambda at: Extension.objects.filter(decided_at=None).exists(),
    ),
    Scene(
        "SP", 1, Course.WHISTLED, "whistle", lambda at: Whistle.objects.filter(reported_in_at=None).exists()
    ),
)


def bring_about(city: City, calendar: WorkCalendar, *, now: datetime) -> int:
    """Bring every scene about that is missing today; return how many."""
    missing = [(number, scene) for number, scene in enumerate(SCENES) if not scene.is_there(now)]
    for number, scene in missing:
        enterprise = city.examples[(local_day(now).toordinal() * 5 + number * 7) % len(city.examples)]
        _play(scene, enterprise, city, calendar, now)
    return len(missing)


def _play(scene: Scene, enterprise: Enterprise, city: City, calendar: WorkCalendar, now: datetime) -> None:
    """File it and go step by step to the last verb, at moments of our own choice, the last before ``now``."""
    day = calendar.subtract(local_day(now), scene.age)
    chance = Random(f"{scene.until} {local_day(now)}")  # noqa: S311
    story = stories.tell(city.factors[scene.factor], enterprise, chance)
    at = at_local(day, time(9, 20)) + timedelta(minutes=chance.randint(0, 40), seconds=chance.randint(0, 59))
    coming = Coming(at, enterprise, [story], enterprise.owner, Filing.Channel.ONLINE)
    (matter,) = coming.send(city, calendar, at)
    matter.course = scene.course
    while matter.done[-1] != scene.until:
        step = lives.next_step(matter)
        assert step is not None
        _, act = step
        moment = _next_moment(matter, calendar, now)
        matter.done.append(act(matter, moment))
        matter.at = moment
        matter.forget()


def _next_moment(matter: Matter, calendar: WorkCalendar, now: datetime) -> datetime:
    """Quickly until it is in somebody's hands, then a step a day, never later than now."""
    if matter.has("acknowledge") and matter.course is not Course.SUSPENDED:
        tomorrow = at_local(calendar.add(local_day(matter.at), 1), time(10, 5)) + timedelta(seconds=37)
        if tomorrow < now:
            return tomorrow
    return min(matter.at + QUICK, matter.at + (now - matter.at) / 2).replace(microsecond=0)


def keep_templates(city: City, *, now: datetime) -> int:
    """Let the office share reply templates, and departments keep their own; return how many were missing."""
    known = set(ReplyTemplate.objects.values_list("title", "organization__code"))
    missing = [told for told in phrases.TEMPLATES if (told[0], told[3]) not in known]
    for title, outcome, factor, body, text in missing:
        write_template(
            title=title,
            text=text,
            outcome=Reply.Outcome(outcome),
            factor=city.factors[factor] if factor else None,
            actor=city.at(city.bodies[body]),
            at=now,
        )
    return len(missing)


def keep_drafts(city: City, *, now: datetime) -> int:
    """Leave two drafts lying about, one of them unfinished; return how many were missing."""
    missing = [
        e for e in city.examples[:2] if not Filing.objects.drafts().filter(enterprise=e.organization).exists()
    ]
    for enterprise in missing:
        profile = enterprise.organization.profile
        content = {
            "key": f"demo-{enterprise.owner.user}-{local_day(now)}"[:64],
            "contact": {
                "project": str(enterprise.project.pk),
                "contact_name": profile.contact_name,
                "contact_phone": profile.contact_phone,
            },
            "needs": [
                {
                    "id": "1",
                    "factor": "GY",
                    "values": {"headline": "新增用电容量 1,250 千伏安", "quantity": "1250"},
                },
                {"id": "2", "factor": "RC", "values": {}},
            ],
            "next": 3,
        }
        drafting.save_draft(
            None,
            enterprise=enterprise.organization,
            content=content,
            actor=enterprise.owner,
            at=now - timedelta(minutes=50),
        )
    return len(missing)


def is_built(now: datetime, name: str) -> bool:
    """Whether the city has been brought up to today: its fair of today stands."""
    return Fair.objects.filter(held_on=local_day(now), name=name).exists()


def popular(city: City) -> list[Organization]:
    """Return the bodies before whose stalls a line forms."""
    return [city.bodies[code] for code in ("SPJ", "ZGJ", "B01", "B04")]
