"""What enterprises ask for, and what they are told: templates per factor, filled in by chance."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

from requests_desk.intake import Need
from taian_factors.demo.city import Enterprise, read
from taian_factors.directory.models import Factor


@dataclass(frozen=True)
class Story:
    """A need with the words that answer it: a reply, a completion (at a desk or later), a dated plan."""

    need: Need
    reply: str
    done: str
    plan: str
    onsite: str


def tell(factor: Factor, enterprise: Enterprise, chance: Random) -> Story:
    """Return one story of a factor for an enterprise, with a plausible quantity in one of the factor's units."""
    template: dict[str, Any] = chance.choice(read("stories")[factor.code])
    low, high, step = template["range"]
    quantity = chance.randrange(low, high + 1, step)
    words = {
        "q": f"{quantity:,}",
        "place": enterprise.place,
        "project": f"“{enterprise.project.name}”",
    }
    need = Need(
        factor=factor,
        headline=template["headline"].format(**words),
        story=template["story"].format(**words),
        quantity=Decimal(quantity),
        unit=template["unit"],
        answers={name: value.format(**words) for name, value in template["answers"].items()},
    )
    return Story(need, template["reply"], template["done"], template["plan"], template["onsite"])
