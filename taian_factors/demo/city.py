"""The demo city itself: enterprises with their projects, and the people of every body."""

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from stdnum.cn import uscc

from taian_factors.demo import people
from taian_factors.demo.people import Seat
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import Chain, Division, EnterpriseProfile, Factor, Organization, Project

DATA = Path(__file__).parent / "data"
OFFICE = "GTB"


@cache
def read(name: str) -> dict[str, Any]:
    """Return one data file as Python values; treat it as read-only, it is kept."""
    content: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return content


@dataclass(frozen=True)
class Enterprise:
    """An enterprise of the demo city with its person, its project, and where it stands."""

    organization: Organization
    owner: Actor
    project: Project
    place: str
    is_named: bool


@dataclass
class City:
    """Everybody and everything that acts, loaded once. ``actors`` by user name, ``bodies`` by code."""

    bodies: dict[str, Organization]
    factors: dict[str, Factor]
    actors: dict[str, Actor] = field(default_factory=dict)
    examples: list[Enterprise] = field(default_factory=list)
    named: dict[str, Enterprise] = field(default_factory=dict)

    @property
    def clerk(self) -> Actor:
        """The office's clerk at the desk of the office."""
        return self.actors["gtb"]

    @property
    def second_clerk(self) -> Actor:
        """Another clerk of the office: who types is not who accepts."""
        return self.actors["gtb-2"]

    @property
    def lead(self) -> Actor:
        """The office's lead."""
        return self.actors["gtb-lead"]

    def at(self, organization: Organization, number: int = 1) -> Actor:
        """Return a clerk of a body."""
        return self.actors[username(organization, number)]

    def head_of(self, organization: Organization) -> Actor:
        """Return the lead of a body."""
        return self.actors[f"{username(organization)}-lead"]


def username(organization: Organization, number: int = 1) -> str:
    """Return the user name of a body's clerk: its code, with a number from the second on."""
    assert organization.code is not None
    base = organization.code.lower()
    return base if number == 1 else f"{base}-{number}"


def build() -> City:
    """Make what is missing of the city, change nothing that is there, and return it; some twenty statements."""
    bodies = {
        b.code: b for b in Organization.objects.exclude(kind="enterprise").select_related("chain", "division")
    }
    city = City(bodies=bodies, factors={f.code: f for f in Factor.objects.all()})
    data = read("enterprises")
    rows = [*data["examples"], *data["named"]]
    organizations = _organizations(rows)
    _profiles(rows, organizations)
    projects = _projects(rows, organizations)
    seats = [seat for body in bodies.values() for seat in _staff(body)]
    owners = [Seat(f"qy{number:03d}", organizations[row["name"]]) for number, row in enumerate(rows, 1)]
    city.actors = people.seat([*seats, *owners])
    enterprises = [
        Enterprise(
            organization=city.actors[owner.username].organization,
            owner=city.actors[owner.username],
            project=projects[row["name"]],
            place=data["places"][row["division"]],
            is_named=row in data["named"],
        )
        for row, owner in zip(rows, owners, strict=True)
    ]
    city.examples = [e for e in enterprises if not e.is_named]
    city.named = {e.organization.name: e for e in enterprises if e.is_named}
    return city


def _staff(body: Organization) -> list[Seat]:
    """The people of a body: the office three and an auditor, who leads needs two clerks and a lead, others one."""
    if body.kind == "office":
        return [
            Seat(username(body), body),
            Seat(username(body, 2), body),
            Seat(f"{username(body)}-lead", body, "lead"),
            Seat(f"{username(body)}-auditor", body, "auditor"),
        ]
    if body.kind in ("department", "institution"):
        return [
            Seat(username(body), body),
            Seat(username(body, 2), body),
            Seat(f"{username(body)}-lead", body, "lead"),
        ]
    return [Seat(username(body), body)]


def _organizations(rows: list[dict[str, Any]]) -> dict[str, Organization]:
    names = [row["name"] for row in rows]
    there = set(Organization.objects.enterprises().filter(name__in=names).values_list("name", flat=True))
    Organization.objects.bulk_create(
        Organization(
            kind=Organization.Kind.ENTERPRISE, name=row["name"], short=row["short"], position=1000 + number
        )
        for number, row in enumerate(rows)
        if row["name"] not in there
    )
    found = Organization.objects.enterprises().filter(name__in=names)
    return {organization.name: organization for organization in found}


def _profiles(rows: list[dict[str, Any]], organizations: dict[str, Organization]) -> None:
    """Example enterprises get a valid credit code that belongs to nobody; those of the press none, and no contact."""
    divisions = {d.code: d for d in Division.objects.all()}
    chains = {c.code: c for c in Chain.objects.all()}
    there = set(
        EnterpriseProfile.objects.filter(organization__in=organizations.values()).values_list("pk", flat=True)
    )
    places = read("enterprises")["places"]
    made = []
    for number, row in enumerate(rows, 1):
        organization = organizations[row["name"]]
        if organization.pk in there:
            continue
        is_example = row["name"].startswith("示例")
        owner = f"qy{number:03d}"
        made.append(
            EnterpriseProfile(
                organization=organization,
                credit_code=credit_code(number, row["division"]) if is_example else None,
                division=divisions[row["division"]],
                chain=chains[row["chain"]],
                address=f"{places[row['division']]}（示例地址）" if is_example else "",
                contact_name=people.person_name(owner) if is_example else "",
                contact_phone=people.mobile(owner) if is_example else "",
            )
        )
    EnterpriseProfile.objects.bulk_create(made)


def credit_code(number: int, division: str) -> str:
    """Return a valid 统一社会信用代码 of nobody; a functional zone has no region code and takes the city's."""
    body = f"91{division[:6]}MA9D{number:05d}"
    return body + uscc.calc_check_digit(body)


def _projects(rows: list[dict[str, Any]], organizations: dict[str, Organization]) -> dict[str, Project]:
    divisions = {d.code: d for d in Division.objects.all()}
    chains = {c.code: c for c in Chain.objects.all()}
    there = {p.enterprise_id for p in Project.objects.filter(enterprise__in=organizations.values())}
    Project.objects.bulk_create(
        Project(
            code=f"2206-{row['division'][:6]}-04-01-9{number:05d}"
            if row["name"].startswith("示例")
            else None,
            name=row["project"],
            enterprise=organizations[row["name"]],
            division=divisions[row["division"]],
            chain=chains[row["chain"]],
            is_key=row["is_key"],
        )
        for number, row in enumerate(rows, 1)
        if organizations[row["name"]].pk not in there
    )
    found = (
        Project.objects.filter(enterprise__in=organizations.values())
        .select_related("enterprise")
        .order_by("-pk")
    )
    return {project.enterprise.name: project for project in found}
