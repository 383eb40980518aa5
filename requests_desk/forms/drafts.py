"""What a draft keeps: everything as it was typed, right or wrong, so that nothing is lost and another device can go on.

``{"key": …, "contact": {field: text}, "needs": [{"id": "1", "factor": "TD", "values": {field: text}}], "next": 2}``
The key is made by the page, so that the same page sent twice writes one draft.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from requests_desk.forms.filing import HEARD, ContactForm, PersonForm
from requests_desk.forms.needs import NeedForm
from requests_desk.models import Filing
from requests_desk.similar import Wording
from taian_factors.directory.models import Factor, Organization

MAX_NEEDS = 20
MAX_TYPED = 4000  # characters of one answer that are kept
CONTACT = ("heard", "project", "new_project", "division", "contact_name", "contact_phone")

Content = dict[str, Any]


def begin(key: str) -> Content:
    """Return an empty draft."""
    return {"key": key[:64], "contact": {}, "needs": [], "next": 1}


def of(filing: Filing) -> Content:
    """Return what a draft keeps, with every part there, whoever wrote it."""
    return {**begin(""), **filing.draft}


def with_contact(content: Content, typed: Mapping[str, str]) -> Content:
    """Return the draft with step one as it was typed."""
    contact = {name: typed[name][:MAX_TYPED] for name in CONTACT if name in typed}
    return {**content, "contact": {**content["contact"], **contact}}


def with_needs(content: Content, typed: Mapping[str, str]) -> Content:
    """Return the draft with the answers of step two; needs that the page did not show keep theirs."""
    needs = [{**need, "values": {**need["values"], **_typed(need["id"], typed)}} for need in content["needs"]]
    return {**content, "needs": needs}


def with_another(content: Content, factor_code: str) -> Content:
    """Return the draft with one more need, of a factor; a draft that is full stays as it is."""
    if (
        len(content["needs"]) >= MAX_NEEDS
        or not Factor.objects.filter(code=factor_code, is_active=True).exists()
    ):
        return content
    need = {"id": str(content["next"]), "factor": factor_code, "values": {}}
    return {**content, "needs": [*content["needs"], need], "next": content["next"] + 1}


def without(content: Content, need_id: str) -> Content:
    """Return the draft without one of its needs."""
    return {**content, "needs": [need for need in content["needs"] if need["id"] != need_id]}


def _typed(need_id: str, typed: Mapping[str, str]) -> dict[str, str]:
    start = f"need{need_id}-"
    return {name.removeprefix(start): typed[name][:MAX_TYPED] for name in typed if name.startswith(start)}


@dataclass
class DraftForms:
    """The forms of a draft. ``is_checked`` binds them, so that they know their errors; otherwise they only show."""

    content: Content
    enterprise: Organization
    today: date
    is_on_behalf: bool = False
    is_checked: bool = False
    contact: ContactForm = field(init=False)
    needs: list[NeedForm] = field(init=False)

    def __post_init__(self) -> None:
        self.contact = ContactForm(
            **self._given(self.content["contact"]), enterprise=self.enterprise, is_on_behalf=self.is_on_behalf
        )
        factors = {
            f.code: f for f in Factor.objects.filter(code__in=[n["factor"] for n in self.content["needs"]])
        }
        self.needs = [
            NeedForm(
                **self._given(need["values"], f"need{need['id']}"),
                factor=factors[need["factor"]],
                number=number,
                today=self.today,
            )
            for number, need in enumerate(self.content["needs"], start=1)
        ]

    @property
    def are_needs_valid(self) -> bool:
        """Whether there is a need, and every need is complete."""
        return bool(self.needs) and all(form.is_valid() for form in self.needs)

    @property
    def is_complete(self) -> bool:
        """Whether the draft can be sent."""
        return self.contact.is_valid() and self.are_needs_valid

    def _given(self, values: dict[str, str], prefix: str | None = None) -> dict[str, Any]:
        if not self.is_checked:
            return {"initial": values, "prefix": prefix}
        start = f"{prefix}-" if prefix else ""
        return {"data": {f"{start}{name}": value for name, value in values.items()}, "prefix": prefix}


@dataclass(frozen=True)
class Gap:
    """Something that a draft still lacks, or has wrong: at which step, what, and where on its page."""

    step: int
    what: str
    place: str


def gaps(filing: Filing, factors: Mapping[str, Factor], today: date) -> list[Gap]:
    """Say what a draft still lacks, in the order of its steps; no query, so that a list of drafts can say it."""
    content = of(filing)
    person = PersonForm(content["contact"])
    found = [Gap(1, person[name].label, f"id_{name}") for name in person.errors]
    if not content["needs"]:
        found.append(Gap(2, "还没有写需求", "more"))
    for number, need in enumerate(content["needs"], start=1):
        values = {f"need{need['id']}-{name}": value for name, value in need["values"].items()}
        factor = factors[need["factor"]]
        form = NeedForm(values, prefix=f"need{need['id']}", factor=factor, number=number, today=today)
        found += [
            Gap(2, f"需求 {number}（{factor.name}）的{form[name].label}", form[name].auto_id)
            for name in form.errors
        ]
    return found


def title(filing: Filing, factors: Mapping[str, Factor]) -> str:
    """Name a draft by its factors: 土地、资金; ``factors`` by code."""
    found = [factors[need["factor"]].name for need in of(filing)["needs"]]
    return "、".join(found) or "还没有写需求"


def channel(filing: Filing) -> Filing.Channel:
    """Return how a need reached the desk: on a visit, or online, unless a body wrote or began it for the enterprise."""
    if filing.front_line_visit_id is not None:
        return Filing.Channel.VISIT
    if filing.helper is None:
        return Filing.Channel.ONLINE
    heard = of(filing)["contact"].get("heard")
    return Filing.Channel(heard) if heard in dict(HEARD) else Filing.Channel.COUNTER


def wordings(content: Content) -> dict[str, Wording]:
    """Return what each need says, by its key."""
    return {
        need["id"]: Wording(
            need["factor"], need["values"].get("headline", ""), need["values"].get("story", "")
        )
        for need in content["needs"]
    }
