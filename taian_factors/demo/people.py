"""Who works in the demo city: accounts with plain user names, one or several people in every body."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from random import Random

from django.contrib.auth.hashers import make_password

from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Membership, Organization, User

FROM_ON = date(2022, 7, 1)  # the competition's first day
PASSWORD = "taishan-2023-demo"  # noqa: S105  printed on the screen; the demo city keeps no secrets
UNUSABLE = "!"

_FAMILY = (
    "王李张刘陈杨赵黄周吴徐孙马胡朱郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈"
)
_GIVEN = (
    "建国志强丽华晓东文静海涛秀英明辉玉兰振华雪梅立军小燕国庆春生慧敏永康桂芳景行思远婉清承志"
    "雨桐俊杰佳宁德明红梅少华淑芬宏伟泽宇嘉怡维民静怡广平兰英卫东新月长青若彤"
)  # two characters each


@dataclass(frozen=True)
class Seat:
    """One person's place: the user name says the body and the role."""

    username: str
    organization: Organization
    role: str = "clerk"


def person_name(username: str) -> str:
    """Return a made-up Chinese name, always the same one for a user name."""
    chance = Random(username)  # noqa: S311  a name is no secret
    given = 2 * chance.randrange(len(_GIVEN) // 2)
    return chance.choice(_FAMILY) + _GIVEN[given : given + 2]


def mobile(username: str) -> str:
    """Return a number that is plainly made up."""
    return f"1700000{Random(username).randrange(10000):04d}"  # noqa: S311


def seat(organizations: Iterable[Seat]) -> dict[str, Actor]:
    """Make the people that are missing and give each a seat; return the actors by user name.

    Few statements, however many people. Nobody can sign in until ``open_accounts``.
    """
    seats = {s.username: s for s in organizations}
    users = _users(seats)
    known = {
        (m.user_id, m.organization_id)
        for m in Membership.objects.filter(user__in=users.values(), until_on=None)
    }
    Membership.objects.bulk_create(
        Membership(user=users[name], organization=s.organization, role=s.role, from_on=FROM_ON)
        for name, s in seats.items()
        if (users[name].pk, s.organization.pk) not in known
    )
    return {name: Actor(users[name], s.organization, s.role) for name, s in seats.items()}


def _users(seats: dict[str, Seat]) -> dict[str, User]:
    there = User.objects.in_bulk(list(seats), field_name="username")
    User.objects.bulk_create(
        User(
            username=name,
            name=person_name(name),
            phone=mobile(name),
            wecom_id=name,
            password=UNUSABLE,
        )
        for name in seats
        if name not in there
    )
    return User.objects.in_bulk(list(seats), field_name="username")


def open_accounts(usernames: Iterable[str]) -> None:
    """Give these people the demo's password; one hash for all, because hashing is slow on purpose."""
    User.objects.filter(username__in=list(usernames), password=UNUSABLE).update(
        password=make_password(PASSWORD)
    )


def open_admin() -> None:
    """Make the one administrator of the demo city, who belongs to no body."""
    if not User.objects.filter(username="admin").exists():
        User.objects.create_superuser("admin", password=PASSWORD, name="系统管理员")
