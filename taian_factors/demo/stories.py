"""What enterprises ask for, and what they are told: templates per factor, filled in by chance."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

from requests_desk.intake import Need
from taian_factors.demo.city import Enterprise, read
from taian_factors.directory.models import Factor


@dataclass(frozen=True)
class Words:
    """The words that answer a need: a reply, a completion (later or at a desk), a dated plan."""

    reply: str
    done: str
    plan: str
    onsite: str


@dataclass(frozen=True)
class Story:
    """A need with the words that answer it."""

    need: Need
    words: Words


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
    return Story(need, _words(template))


def recall(factor_code: str, headline: str) -> Words:
    """Return the words of the template that a headline came from; of any other headline, some of its factor."""
    templates: list[dict[str, Any]] = read("stories")[factor_code]
    return _words(max(templates, key=lambda template: _likeness(template["headline"], headline)))


def _likeness(pattern: str, headline: str) -> int:
    start, _, end = pattern.partition("{q}")
    return len(pattern) if headline.startswith(start) and headline.endswith(end) else 0


def _words(template: dict[str, Any]) -> Words:
    return Words(template["reply"], template["done"], template["plan"], template["onsite"])


def of_press(factor: Factor, row: dict[str, Any]) -> Story:
    """Return a need as the press tells it; what the press does not say is left open."""
    quantity = Decimal(row["quantity"]) if "quantity" in row else None
    need = Need(
        factor=factor,
        headline=row["headline"],
        story=row["story"],
        quantity=quantity,
        unit=row.get("unit", ""),
    )
    words = Words(
        "已安排专人对接企业，正在按程序办理。",
        "已按要素保障机制协调办结。",
        "已制定办理方案，按节点推进。",
        "",
    )
    return Story(need, words)
