"""From a line's cells to a need: every cell is read, and what is wrong is said under the column's own heading."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, lru_cache
from typing import TypeVar

from django.core.exceptions import ValidationError

from requests_desk.imports.contacts import clipped, contact_of
from requests_desk.imports.layout import Layout, plain, words
from requests_desk.imports.lines import Line
from requests_desk.office_lists import KnownEnterprises, ListedRow, Named
from taian_factors.directory import naming
from taian_factors.directory.models import Chain, Division, Factor, Organization
from taian_factors.directory.validators import clean_credit_code
from taian_factors.lib.written_amounts import Amount, BadAmountError, Units
from taian_factors.lib.written_days import Around, BadDayError, WrittenDay, read_day

T = TypeVar("T")
_LEADS, _HELPS = "(?:牵头|主办|负责|为主)$", "(?:配合|协办|协助|参与|等(?:部门|单位)?)$"
LONGEST = {"enterprise": 100, "project": 100, "content": 5000}


class BadCellError(ValueError):
    """A cell that cannot be read; the text is a Chinese sentence without its stop."""


@dataclass(frozen=True)
class Directory:
    """What the words of a list may mean; read once for a whole list."""

    bodies: naming.Bodies = field(default_factory=naming.bodies)
    divisions: naming.Names[Division] = field(default_factory=naming.divisions)
    chains: naming.Names[Chain] = field(default_factory=naming.chains)
    factors: naming.Names[Factor] = field(default_factory=naming.factors)
    units: Units = field(default_factory=lambda: Units(words()["units"]))

    @cached_property
    def places(self) -> dict[str, Division]:
        """The places by their codes, with which credit codes begin too."""
        return {place.code: place for place in self.divisions.by_word.values() if place}

    @cached_property
    def city(self) -> Division:
        """The place above all others."""
        return next(place for place in self.places.values() if place.parent_id is None)


@dataclass(frozen=True)
class Refused:
    """A row that cannot become a request: its problems as (heading, problem), in the order of the columns."""

    sheet: str
    number: int
    problems: tuple[tuple[str, str], ...]

    @property
    def reason(self) -> str:
        """All problems in one line, for the one who mends the row."""
        return "；".join(f"{heading}：{problem}" for heading, problem in self.problems)


@dataclass
class _Findings:
    """What is wrong with the cells of one line, by role."""

    values: Mapping[str, object]
    problems: dict[str, str] = field(default_factory=dict)

    def read(self, role: str, how: Callable[[object], T]) -> T | None:
        """Read a cell; a problem is noted, and there is nothing to go on with."""
        try:
            return how(self.values.get(role))
        except (BadCellError, BadAmountError, BadDayError) as error:
            self.problems[role] = str(error)
        return None


@dataclass
class Reader:
    """Reads the lines of one sheet. ``codes``: credit codes that other rows give for a name."""

    sheet: str
    layout: Layout
    directory: Directory
    enterprises: KnownEnterprises
    codes: Mapping[str, str]
    wished: Around
    reported: Around
    on: date

    def read(self, line: Line) -> ListedRow | Refused:
        """Return the need of a line, or everything that hinders it."""
        found = _Findings(line.values)
        named = self._named(found)
        factor = found.read("factor", self._factor)
        role = self._amount_role(line.values, factor)
        amount = found.read(role, lambda cell: self._amount(cell, line.values.get("unit"), factor, role))
        wish = found.read("expected", lambda cell: _day(cell, self.wished)) or WrittenDay()
        filed = found.read("filed_on", lambda cell: _day(cell, self.reported)) or WrittenDay()
        lead, supports = self._lead_and_supports(found)
        division = found.read("division", lambda cell: self._division(cell, named))
        content = found.read("content", lambda cell: needed(cell, LONGEST["content"]))
        project = found.read("project", lambda cell: text_of(cell, LONGEST["project"]))
        if found.problems or factor is None or division is None or content is None:
            return self._refused(line, found.problems)
        contact_name, contact_phone = contact_of(line.values)
        return ListedRow(
            sheet=self.sheet,
            number=line.number,
            enterprise=named,
            division=division,
            chain=self._chain(line.values.get("chain")),
            project=project or "",
            factor=factor,
            content=content,
            quantity=amount.value if amount else None,
            unit=amount.unit if amount else "",
            wished_on=wish.on,
            wish=wish.words[:100],
            filed_on=filed.on or self.reported.day,
            lead=lead,
            supports=supports,
            contact_name=contact_name,
            contact_phone=contact_phone,
            mark=clipped(line.values.get("serial"), 60),
            remark=clipped(line.values.get("remark"), 500),
        )

    def _refused(self, line: Line, problems: Mapping[str, str]) -> Refused:
        order = sorted(problems, key=self.layout.place)
        found = tuple((self.layout.heading(role), problems[role]) for role in order)
        return Refused(self.sheet, line.number, found)

    def _named(self, found: _Findings) -> Named:
        code = found.read("credit_code", credit_code) or ""
        name = found.read("enterprise", lambda cell: text_of(cell, LONGEST["enterprise"])) or ""
        named = Named(name, code or self.codes.get(plain(name), ""))
        if other := self.enterprises.other_code(named):
            found.problems["credit_code"] = f"名录里这家企业的代码是 {other}"
        if known := self.enterprises.find(named):
            return Named(known.organization.name, named.credit_code or known.credit_code or "")
        if not name:
            found.problems.setdefault("enterprise", "没有填写")
        return named

    def _factor(self, cell: object) -> Factor:
        text = needed(cell, 60)
        found = self.directory.factors.find(text)
        if found is None:
            parts = [self.directory.factors.find(word) for word in split(text)]
            kinds = {factor.pk for factor in parts if factor}
            if len(kinds) > 1:
                raise BadCellError(f"“{text}”是几类要素，请一类一行")
            found = parts[0] if None not in parts else None
        if found is None:
            raise BadCellError(f"没有“{text}”这类要素")
        return found

    def _amount_role(self, values: Mapping[str, object], factor: Factor | None) -> str:
        """Return which column of amounts speaks of the row's factor, where a list has one for land, one for money."""
        filled = [role for role in self.layout.amounts if not is_blank(values.get(role))]
        units = self.directory.units
        wanted = {
            measure.base for unit in (factor.units if factor else ()) if (measure := units.measure(unit))
        }
        for role in filled:
            if (measure := units.measure(self._heading_unit(role))) and measure.base in wanted:
                return role
        return "quantity"

    def _amount(self, cell: object, unit: object, factor: Factor | None, role: str) -> Amount | None:
        if is_blank(cell) or plain(cell) in words()["no_amount"]:
            return None
        beside = "" if is_blank(unit) else plain(unit)
        usual = self._heading_unit(role) or (factor.units[0] if factor and len(factor.units) == 1 else "")
        written = self.directory.units.read(cell, beside, usual=usual)
        amount = self.directory.units.convert(written, factor.units if factor else ())
        if amount.value <= 0:
            raise BadCellError("应大于 0")
        if len(amount.unit) > 30:
            raise BadCellError(f"单位“{amount.unit[:12]}……”过长")
        return amount

    def _heading_unit(self, role: str) -> str:
        """Return the unit that the heading gives in brackets: 资金需求（万元）."""
        columns = (self.layout.columns.get(each) for each in (role, "unit"))
        found = (column.unit.removeprefix("单位:") for column in columns if column)
        return next((unit for unit in found if self.directory.units.measure(unit)), "")

    def _division(self, cell: object, named: Named) -> Division:
        if is_blank(cell):
            return self._home(named)
        text = plain(cell)
        found = self.directory.divisions.find(text) or self.directory.divisions.within(text)
        # 泰安市某某区 names a place, only none that the city has: it is not the city's own need.
        is_elsewhere = found == self.directory.city and re.search(r"市\w{2,3}[区县]", text)
        if found is None or is_elsewhere:
            raise BadCellError(f"“{text[:20]}”不是本市的县市区或功能区")
        return found

    def _home(self, named: Named) -> Division:
        """Return the place when a row does not say: the sheet's name, else where the enterprise sits, else the city."""
        if sheet_of := self.directory.divisions.find(self.sheet):
            return sheet_of
        if known := self.enterprises.find(named):
            return known.division
        return self.directory.places.get(named.credit_code[2:8], self.directory.city)

    def _chain(self, cell: object) -> Chain | None:
        return None if is_blank(cell) else self.directory.chains.find(plain(cell))

    def _lead_and_supports(self, found: _Findings) -> tuple[Organization | None, tuple[Organization, ...]]:
        """Return the lead and the supports; a lead's cell that names several names those that help it."""
        leads = found.read("lead", self._bodies) or ()
        others = found.read("supports", self._bodies) or ()
        lead = leads[0] if leads else None
        return lead, tuple(dict.fromkeys(body for body in (*leads[1:], *others) if body != lead))

    def _bodies(self, cell: object) -> tuple[Organization, ...]:
        if is_blank(cell):
            return ()
        text = str(cell)
        if whole := self.directory.bodies.find(text, on=self.on):
            return (whole,)
        found = {word: self.directory.bodies.find(word, on=self.on) for word in led_by_first(split(text))}
        if unknown := [word for word, body in found.items() if body is None]:
            raise BadCellError(f"没有“{unknown[0][:20]}”这个部门、金融机构或县市区")
        return tuple(dict.fromkeys(body for body in found.values() if body))


def is_blank(cell: object) -> bool:
    return plain(cell) in words()["nothing"]


def needed(cell: object, longest: int) -> str:
    if is_blank(cell):
        raise BadCellError("没有填写")
    return text_of(cell, longest)


def text_of(cell: object, longest: int) -> str:
    text = "" if is_blank(cell) else str(cell).replace("\x00", "").strip()
    if len(text) > longest:
        raise BadCellError(f"超过 {longest} 个字")
    return text


@lru_cache(4096)  # a list says each code several times
def _clean_code(text: str) -> str:
    return clean_credit_code(text)


def credit_code(cell: object) -> str:
    if is_blank(cell):
        return ""
    try:
        return _clean_code(str(cell))
    except ValidationError as error:
        raise BadCellError(error.messages[0].rstrip("。")) from error


def _day(cell: object, around: Around) -> WrittenDay:
    return read_day(cell, around) if plain(cell) else WrittenDay()


def split(text: str) -> list[str]:
    """Part what several departments, or several words for one factor, are joined by."""
    joined = re.sub(r"[^、,，;；/\s]{0,6}[:：]", " ", text)  # 牵头：市住建局；配合：市应急局
    return [word for word in re.split(words()["separators"], joined) if word]


def led_by_first(named: list[str]) -> list[str]:
    """Put first whom a cell calls the lead (住建局配合、审批局牵头), and take such words off the names."""
    leads = [word for word in named if re.search(_LEADS, word)]
    others = [word for word in named if word not in leads]
    return [re.sub(f"{_LEADS}|{_HELPS}", "", word) or word for word in (*leads, *others)]
