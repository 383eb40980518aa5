"""Situations of the directory: bodies, people, projects. Reference data is there from the migrations."""

from datetime import date
from itertools import count
from typing import Any

from stdnum.cn import uscc

from taian_factors.directory.actors import Actor
from taian_factors.directory.models import (
    Chain,
    Division,
    EnterpriseProfile,
    Membership,
    Organization,
    Project,
    User,
)

PASSWORD = "taishan-2023-spring"
LONG_AGO = date(2022, 7, 1)
_numbers = count(1)


def credit_code(number: int, region: str = "370902") -> str:
    """Return a valid 统一社会信用代码 that belongs to nobody."""
    body = f"91{region}MA9{number:06d}"
    return body + uscc.calc_check_digit(body)


def body(code: str) -> Organization:
    """Return an organization of the reference data: ``GTB``, ``FGW``, ``B01``, ``TB-370902``, ``ZB-C01`` …"""
    return Organization.objects.select_related("division", "chain").get(code=code)


def enterprise(
    name: str = "", *, division: str = "370902", chain: str | None = "C01", code: str | None = ""
) -> Organization:
    """Make an enterprise with its profile; ``code=None`` leaves it unverified."""
    number = next(_numbers)
    name = name or f"示例企业{number}有限公司"
    made = Organization.objects.create(kind=Organization.Kind.ENTERPRISE, name=name, short=name[:40])
    EnterpriseProfile.objects.create(
        organization=made,
        credit_code=credit_code(number) if code == "" else code,
        division=Division.objects.get(code=division),
        chain=Chain.objects.get(code=chain) if chain else None,
        contact_name="示例联系人",
        contact_phone=f"138{number:08d}",
    )
    return made


def project(owner: Organization, name: str = "", **fields: Any) -> Project:
    """Make a project of an enterprise, in the division and chain of its profile unless told otherwise."""
    number = next(_numbers)
    given = {
        "code": f"2306-370902-04-01-{number:06d}",
        "name": name or f"示例项目{number}",
        "division": owner.profile.division,
        "chain": owner.profile.chain,
    }
    return Project.objects.create(enterprise=owner, **{**given, **fields})


def person(name: str = "", **fields: Any) -> User:
    """Make a person who can sign in with ``PASSWORD``."""
    number = next(_numbers)
    return User.objects.create_user(
        **{"username": f"user{number}", "password": PASSWORD, "name": name or f"示例人员{number}", **fields}
    )


def member(user: User, organization: Organization, role: str = "clerk", **fields: Any) -> Membership:
    """Give a person a place in a body that has run since July 2022."""
    return Membership.objects.create(
        user=user, organization=organization, role=role, **{"from_on": LONG_AGO, **fields}
    )


def actor(organization: Organization | str, role: str = "clerk", name: str = "") -> Actor:
    """Make a new person in a body (or in the one with this code) and return the two as an Actor."""
    where = body(organization) if isinstance(organization, str) else organization
    user = person(name)
    member(user, where, role)
    return Actor(user, where, role)
