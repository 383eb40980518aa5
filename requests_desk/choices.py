"""Where somebody wants to hear of what: the person's own choice, else the default of the role."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date

from requests_desk.models import NoticeChoice
from requests_desk.notice_table import AT_ONCE, OUTSIDE, Channel, Kind
from taian_factors.directory.models import Membership, User

MOBILE = re.compile(r"1[3-9]\d{9}")
# Enterprises are on the road, so they get SMS; staff sit before 企业微信, and are called by SMS only when it burns.
_DEFAULTS: dict[str, dict[Channel, set[Kind]]] = {
    "enterprise": {Channel.SMS: set(Kind), Channel.WECOM: set(Kind), Channel.EMAIL: set()},
    "lead": {
        Channel.SMS: {Kind.URGENT},
        Channel.WECOM: {Kind.TASK, Kind.REMINDER, Kind.URGENT, Kind.COMPETITION},
        Channel.EMAIL: set(),
    },
    "clerk": {Channel.SMS: {Kind.URGENT}, Channel.WECOM: set(Kind), Channel.EMAIL: set()},
    "auditor": {channel: set() for channel in OUTSIDE},
}
_FOR_ENTERPRISES = [Kind.PROGRESS, Kind.REMINDER, Kind.URGENT, Kind.FAIR]
_FOR_STAFF = [Kind.TASK, Kind.PROGRESS, Kind.REMINDER, Kind.URGENT, Kind.COMPETITION]


@dataclass(frozen=True)
class Hearer:
    """A person with addresses, role and choices."""

    user_id: int
    addresses: dict[Channel, str]
    role: str
    chosen: dict[Channel, NoticeChoice] = field(default_factory=dict)

    def wants(self, kind: Kind, channel: Channel) -> bool:
        """Say whether this person wants to hear of a kind by a channel; the bell is always on."""
        if channel == Channel.PORTAL:
            return True
        by_default = kind in _DEFAULTS[self.role][channel]
        choice = self.chosen.get(channel)
        return choice.kinds.get(kind, by_default) if choice else by_default

    def is_daily(self, kind: Kind, channel: Channel) -> bool:
        """Say whether it waits for the daily digest; what is urgent never does."""
        choice = self.chosen.get(channel)
        return choice is not None and choice.is_daily and kind not in AT_ONCE


def hearers(users: Collection[int], *, day: date) -> dict[int, Hearer]:
    """Return people with what they want, by id: three queries, however many."""
    roles: dict[int, str] = {}
    running = Membership.objects.running_on(day).filter(user__in=users).order_by("-pk")
    for user, kind, role in running.values_list("user_id", "organization__kind", "role"):
        roles[user] = "enterprise" if kind == "enterprise" else role
    chosen: dict[int, dict[Channel, NoticeChoice]] = {}
    for choice in NoticeChoice.objects.filter(user__in=users):
        chosen.setdefault(choice.user_id, {})[Channel(choice.channel)] = choice
    return {
        user.pk: Hearer(user.pk, _addresses(user), roles.get(user.pk, "clerk"), chosen.get(user.pk, {}))
        for user in User.objects.filter(pk__in=users, is_active=True)
    }


def kinds_for(hearer: Hearer) -> list[Kind]:
    """Return the kinds of which such a person ever hears."""
    return _FOR_ENTERPRISES if hearer.role == "enterprise" else _FOR_STAFF


def mobile(phone: str) -> str:
    """Return a number that takes SMS, or nothing: landlines do not."""
    plain = re.sub(r"[\s-]", "", phone)
    return plain if MOBILE.fullmatch(plain) else ""


def _addresses(user: User) -> dict[Channel, str]:
    return {
        Channel.SMS: mobile(user.phone),
        Channel.WECOM: user.wecom_id.strip(),
        Channel.EMAIL: user.email.strip(),
    }
