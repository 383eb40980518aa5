"""How bodies behave in the demo city: who is given what, who is quick, who is liked. All of it made up."""

from enum import Enum, auto
from random import Random

from taian_factors.directory.models import Organization

# How often each factor is asked for.
ASKED = {
    "TD": 10,
    "ZJ": 6,
    "JR": 15,
    "NY": 6,
    "RC": 9,
    "SP": 15,
    "HJ": 8,
    "GY": 9,
    "ZC": 12,
    "ZF": 4,
    "SW": 5,
    "XM": 5,
    "JS": 6,
    "WL": 2,
    "SJ": 2,
    "QT": 1,
}
# Who leads a factor; one of several by chance. A key that is missing means the county office of the division.
LEADS = {
    "TD": ["ZGJ"],
    "ZJ": ["CZJ", "JRJ"],
    "JR": ["B01", "B02", "B03", "B04", "B05", "B06", "B07", "B08", "B09", "B10"],
    "NY": ["FGW"],
    "RC": ["RSJ", "RSJ", "KJJ"],
    "SP": ["SPJ", "SPJ", "ZJJ", "YJJ", "YJJ", "SJJ", "SJJ"],
    "HJ": ["STJ"],
    "GY": ["GDG", "GDG", "ZJJ"],
    "ZC": ["GXJ", "SWJ", "SWJ", "CZJ", "JRJ"],
    "ZF": ["ZJJ"],
    "SW": ["SLJ"],
    "XM": ["FGW"],
    "JS": ["KJJ", "KJJ", "GXJ"],
    "WL": ["JTJ"],
    "SJ": ["DSJ"],
}
# Who is asked to support, in one of two matters.
SUPPORTS = {
    "TD": "SPJ",
    "ZJ": "JRJ",
    "JR": "JRJ",
    "RC": "KJJ",
    "GY": "ZJJ",
    "JS": "GXJ",
    "NY": "STJ",
    "SP": "ZGJ",
}
# Of a hundred replies and completions, how many come in time; of a hundred reviews, how many are good.
PUNCTUAL = {
    "FGW": 96,
    "SPJ": 98,
    "ZJJ": 92,
    "ZGJ": 84,
    "STJ": 90,
    "GXJ": 95,
    "KJJ": 93,
    "CZJ": 88,
    "RSJ": 96,
    "SLJ": 91,
    "YJJ": 87,
    "SJJ": 94,
    "JRJ": 89,
    "SWJ": 97,
    "GDG": 95,
}
LIKED = {
    "FGW": 94,
    "SPJ": 97,
    "ZJJ": 92,
    "ZGJ": 86,
    "STJ": 89,
    "GXJ": 95,
    "KJJ": 94,
    "CZJ": 87,
    "RSJ": 96,
    "SLJ": 92,
    "YJJ": 88,
    "SJJ": 94,
    "JRJ": 90,
    "SWJ": 95,
    "GDG": 96,
}


class Course(Enum):
    """What is peculiar about the life of a matter."""

    STRAIGHT = auto()
    RETURNED = auto()
    REFUSED = auto()
    WITHDRAWN = auto()
    HANDED_BACK = auto()  # the hand-back is upheld
    KEPT = auto()  # the hand-back is refused
    WHISTLED = auto()
    SUSPENDED = auto()
    EXTENDED = auto()
    PLANNED = auto()  # answered with a plan first
    INELIGIBLE = auto()
    REDONE = auto()
    SILENT = auto()
    CONSULTED = auto()
    CHALLENGE = auto()  # put up for claims


COURSES = {
    Course.STRAIGHT: 620,
    Course.RETURNED: 40,
    Course.REFUSED: 12,
    Course.WITHDRAWN: 14,
    Course.HANDED_BACK: 22,
    Course.KEPT: 14,
    Course.WHISTLED: 45,
    Course.SUSPENDED: 35,
    Course.EXTENDED: 50,
    Course.PLANNED: 60,
    Course.INELIGIBLE: 18,
    Course.REDONE: 40,
    Course.SILENT: 10,
    Course.CONSULTED: 12,
    Course.CHALLENGE: 8,
}


def course_of(number: str) -> Course:
    """Return the course of a matter, always the same one for its number."""
    return Random(f"course {number}").choices(list(COURSES), list(COURSES.values()))[0]  # noqa: S311


def is_punctual(body: Organization, month: str, chance: Random) -> bool:
    """Say whether a body does a thing in time. Every month it is a little better or worse than usual."""
    mood = Random(f"{body.code} {month}").randint(-16, 2)  # noqa: S311
    return chance.random() * 100 < PUNCTUAL.get(body.code or "", 93) + mood


def rating_of(body: Organization, month: str, chance: Random) -> int:
    """Return what an enterprise thinks of a body's work, 1 to 5."""
    mood = Random(f"liked {body.code} {month}").randint(-16, 3)  # noqa: S311
    if chance.random() * 100 >= LIKED.get(body.code or "", 93) + mood:
        return chance.choice([2, 2, 2, 1])
    return chance.choices([5, 4, 3], [58, 32, 10])[0]
