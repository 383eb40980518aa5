"""Rows of the office's lists, whom they are about, and which of them became requests already. Never writes."""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from requests_desk.models import FactorRequest, ListedNeed
from taian_factors.directory.models import Chain, Division, EnterpriseProfile, Factor, Organization

AT_ONCE = 5_000  # values that one query asks for


@dataclass(frozen=True)
class Named:
    """An enterprise as a row names it: by its credit code, by its name where there is none."""

    name: str
    credit_code: str = ""

    @property
    def token(self) -> str:
        """What makes two rows speak of the same enterprise."""
        return self.credit_code or plain(self.name)


@dataclass(frozen=True)
class ListedRow:
    """A row of a list that was understood: one need, with what it says beside it."""

    sheet: str
    number: int
    enterprise: Named
    division: Division
    chain: Chain | None
    project: str
    factor: Factor
    content: str
    quantity: Decimal | None
    unit: str
    wished_on: date | None
    wish: str
    filed_on: date | None
    lead: Organization | None
    supports: tuple[Organization, ...]
    contact_name: str = ""
    contact_phone: str = ""
    mark: str = ""
    remark: str = ""

    @property
    def about(self) -> str:
        """What the row is about, in words that do not change: twice the same is a duplicate."""
        amount = f"{self.quantity.normalize():f}" if self.quantity is not None else ""
        parts = (plain(self.project), self.factor.code, plain(self.content), amount, self.unit)
        return "|".join(parts)


def plain(text: str) -> str:
    """Return a text half-width and without blanks: what people write differently and mean the same."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def key_of(row: ListedRow, enterprise_id: int) -> str:
    """Return what a row is known by once it is stored."""
    return hashlib.sha256(f"{enterprise_id}|{row.about}".encode()).hexdigest()


@dataclass(frozen=True)
class KnownEnterprises:
    """The enterprises of the directory that a list may mean, with their profiles."""

    by_code: Mapping[str, EnterpriseProfile]
    by_name: Mapping[str, Sequence[EnterpriseProfile]]

    def find(self, named: Named) -> EnterpriseProfile | None:
        """Return the enterprise of a credit code; by name where the row or the directory has no code."""
        if named.credit_code in self.by_code:
            return self.by_code[named.credit_code]
        same = self.by_name.get(plain(named.name), ())
        if named.credit_code:
            same = [profile for profile in same if profile.credit_code is None]
        return same[0] if len(same) == 1 else None

    def other_code(self, named: Named) -> str:
        """Return the code that the directory has for a name that a row gives another one; empty when they agree."""
        if not named.credit_code or self.find(named):
            return ""
        return next((p.credit_code or "" for p in self.by_name.get(plain(named.name), ())), "")


def known_enterprises(named: Iterable[Named]) -> KnownEnterprises:
    """Look the enterprises of a list up, in sets."""
    asked = list(named)
    codes = sorted({each.credit_code for each in asked} - {""})
    names = sorted({form for each in asked for form in _forms(each.name)} - {""})
    profiles = EnterpriseProfile.objects.select_related("organization", "division", "chain")
    by_code = {p.credit_code: p for part in _parts(codes) for p in profiles.filter(credit_code__in=part)}
    by_name: dict[str, list[EnterpriseProfile]] = {}
    for part in _parts(names):
        for profile in profiles.filter(organization__name__in=part, organization__is_active=True):
            by_name.setdefault(plain(profile.organization.name), []).append(profile)
    return KnownEnterprises(by_code, by_name)


def numbers_of(keys: Iterable[str]) -> dict[str, str]:
    """Return the numbers of the requests that rows became, by their keys."""
    found = FactorRequest.objects.values_list("listed__key", "number")
    return {
        key: number
        for part in _parts(sorted(set(keys)))
        for key, number in found.filter(listed__key__in=part)
    }


def _forms(name: str) -> set[str]:
    """The ways in which a name may stand in the directory: （） and () are the same to everybody."""
    half = plain(name)
    return {name.strip(), half, half.replace("(", "（").replace(")", "）")}


def _parts(values: Sequence[str]) -> Iterable[Sequence[str]]:
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))


def proposals(factor_requests: Iterable[FactorRequest]) -> dict[int, ListedNeed]:
    """Return the rows of lists that requests came from, by the requests' ids; two queries."""
    found = ListedNeed.objects.filter(factor_request__in=[r.pk for r in factor_requests])
    return {
        need.factor_request_id: need
        for need in found.select_related("office_list", "lead").prefetch_related("supports")
    }
