"""Inviting enterprises: row by row from a sheet; what cannot be read comes back with its reason."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db.models import Q

from fairs import permissions
from fairs.locks import ForbiddenError, WrongStateError, lock_fair, verb
from fairs.models import Fair, Invitation
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Organization
from taian_factors.directory.validators import clean_credit_code, validate_phone
from taian_factors.lib.periods import local_day


@dataclass(frozen=True)
class Line:
    """One row of a sheet: its number there, and what stands in it."""

    row: int
    name: str = ""
    credit_code: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    note: str = ""


@dataclass(frozen=True)
class RefusedLine:
    """A row that invites nobody, and why."""

    line: Line
    reason: str


@dataclass(frozen=True)
class Invited:
    """What a sheet brought: how many are new, how many stood there already, and what was refused."""

    new: int
    known: int
    refused: Sequence[RefusedLine]


class _RowError(Exception):
    """A row cannot be used; the text says why."""


@verb
def invite(*, fair: Fair, lines: Iterable[Line], actor: Actor, at: datetime) -> Invited:
    """Invite the enterprises of a sheet; who is invited already stays so. A fixed number of queries.

    Raises:
        ForbiddenError: the actor does not keep the list.
        WrongStateError: the fair is over.
    """
    if not permissions.may_invite(actor):
        raise ForbiddenError("只有推进办可以邀请企业。")
    fair = lock_fair(fair.pk)
    if not fair.is_open or fair.held_on < local_day(at):
        raise WrongStateError("本场大集已结束，不能再邀请。")
    lines = list(lines)
    book = _Directory(lines)
    there = set(fair.invitations.values_list("enterprise", flat=True))
    fresh: dict[int, Invitation] = {}
    known, refused = 0, []
    for line in lines:
        try:
            found = book.find(line)
        except _RowError as error:
            refused.append(RefusedLine(line, str(error)))
            continue
        if found.pk in there or found.pk in fresh:
            known += 1
            continue
        fresh[found.pk] = Invitation(
            fair=fair,
            enterprise=found,
            contact_name=line.contact_name,
            contact_phone=line.contact_phone,
            note=line.note,
            invited_at=at,
            invited_by=actor.user,
        )
    Invitation.objects.bulk_create(fresh.values())
    return Invited(len(fresh), known, refused)


class _Directory:
    """The enterprises that a sheet speaks of, by credit code and by whatever they are called; two queries."""

    def __init__(self, lines: Sequence[Line]) -> None:
        codes = {code for line in lines if (code := _normal(line.credit_code))}
        names = {line.name for line in lines if line.name}
        asked = Q(profile__credit_code__in=codes) | Q(name__in=names) | Q(short__in=names)
        asked |= Q(aliases__overlap=list(names)) | Q(former_names__name__in=names)
        rows = Organization.objects.enterprises().active().filter(asked).distinct()
        self.by_code: dict[str, Organization] = {}
        self.by_name: dict[str, set[Organization]] = {}
        for one in rows.select_related("profile").prefetch_related("former_names"):
            if one.profile.credit_code:
                self.by_code[one.profile.credit_code] = one
            for word in _called(one):
                self.by_name.setdefault(word, set()).add(one)

    def find(self, line: Line) -> Organization:
        """Return the enterprise of a row, or say why there is none."""
        _check_lengths(line)
        if line.credit_code:
            found = self._by_code(line)
            if line.name and line.name not in _called(found):
                raise _RowError(f"代码是“{found.name}”的，与企业名称不符")
            return found
        if not line.name:
            raise _RowError("企业名称和统一社会信用代码至少填一项")
        named = self.by_name.get(line.name, set())
        if not named:
            raise _RowError("名录里没有这个名称，请核对，或先登记这家企业")
        if len(named) > 1:
            raise _RowError(f"叫这个名称的有 {len(named)} 家，请填统一社会信用代码")
        return next(iter(named))

    def _by_code(self, line: Line) -> Organization:
        try:
            code = clean_credit_code(line.credit_code)
        except ValidationError as error:
            raise _RowError(error.messages[0].rstrip("。")) from error
        if code not in self.by_code:
            raise _RowError("名录里没有这个代码，请核对，或先登记这家企业")
        return self.by_code[code]


def _normal(text: str) -> str:
    try:
        return clean_credit_code(text) if text else ""
    except ValidationError:
        return ""


def _called(enterprise: Organization) -> set[str]:
    former = {former.name for former in enterprise.former_names.all()}
    return {enterprise.name, enterprise.short, *enterprise.aliases, *former}


def _check_lengths(line: Line) -> None:
    longest = (("联系人", line.contact_name, 30), ("备注", line.note, 100))
    for word, text, most in longest:
        if len(text) > most:
            raise _RowError(f"{word}超过 {most} 个字")
    if line.contact_phone:
        try:
            validate_phone(line.contact_phone)
        except ValidationError as error:
            raise _RowError(error.messages[0].rstrip("。")) from error
