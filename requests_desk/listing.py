"""The office's lists become requests: filed in bulk by the rules of a single filing, each need once for ever."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import OperationalError, connection, models, transaction

from requests_desk.deadlines import OFFICE_DAYS
from requests_desk.intake import Need, unborn
from requests_desk.journal import NotAllowedError, RefusedError, births
from requests_desk.models import FactorRequest, Filing, ListedNeed, OfficeList
from requests_desk.office_lists import ListedRow, key_of, known_enterprises, numbers_of, plain
from requests_desk.permissions import may_run_the_desk
from taian_factors.directory.actors import Actor
from taian_factors.directory.models import CalendarYear, EnterpriseProfile, Organization, Project
from taian_factors.lib.periods import local_day

BATCH = 500  # filings, and requests, that are written at once
HEADLINE = 200
Progress = Callable[[int], None]


@dataclass(frozen=True)
class StoredList:
    """What came of a list: how many requests in how many filings are new, and how many rows were there already."""

    requests: int = 0
    filings: int = 0
    known: int = 0
    pk: int | None = None


@transaction.atomic
def store_list(
    *,
    rows: Sequence[ListedRow],
    kind: Filing.Channel,
    name: str,
    actor: Actor,
    at: datetime,
    progress: Progress = lambda done: None,
) -> StoredList:
    """File every row that was not stored before: one filing per enterprise and project, one request per row.

    They wait for acceptance like any filing, with the office's own clocks; who typed them is kept, so that
    somebody else accepts. What a row says of departments is a proposal, which the dispatch page brings along.
    Statements grow with the batches, not with the rows.

    Raises:
        NotAllowedError: not by the office. RefusedError: another list is being stored.
    """
    if not may_run_the_desk(actor):
        raise NotAllowedError("只有市工业推进办可以存入清单。")
    _stand_in_line(actor)
    owners = _owners(rows)
    keys: dict[str, ListedRow] = {}
    for row in rows:
        keys.setdefault(key_of(row, owners[row.enterprise.token].pk), row)
    there = numbers_of(keys)
    fresh = {key: row for key, row in keys.items() if key not in there}
    if not fresh:
        return StoredList(known=len(rows))
    office_list = OfficeList.objects.create(kind=kind, name=name[:200], stored_by=actor.user, stored_at=at)
    groups = _groups(fresh, owners, _projects(fresh.values(), owners, kind))
    writer = _Writer(office_list, actor, at)
    done = 0
    for start in range(0, len(groups), BATCH):
        done += writer.write(groups[start : start + BATCH])
        progress(done)
    return StoredList(len(fresh), len(groups), len(rows) - len(fresh), office_list.pk)


def _stand_in_line(actor: Actor) -> None:
    """Store one list at a time: two of them could know nothing of each other's enterprises."""
    try:
        Organization.objects.select_for_update(no_key=True).get(pk=actor.organization.pk)
    except OperationalError as error:
        raise RefusedError("另一份清单正在存入，请稍后再试。") from error


def _owners(rows: Iterable[ListedRow]) -> dict[str, Organization]:
    """Return the enterprises of all rows by token; who is not in the directory enters it, its contact unverified."""
    first = {row.enterprise.token: row for row in reversed(list(rows))}
    known = known_enterprises(row.enterprise for row in first.values())
    owners: dict[str, Organization] = {}
    coded: list[EnterpriseProfile] = []
    for token, row in first.items():
        if profile := known.find(row.enterprise):
            if row.enterprise.credit_code and profile.credit_code is None:
                profile.credit_code = row.enterprise.credit_code
                coded.append(profile)
            owners[token] = profile.organization
    EnterpriseProfile.objects.bulk_update(coded, ["credit_code"], batch_size=BATCH)
    return owners | _entered([row for token, row in first.items() if token not in owners])


def _entered(rows: Sequence[ListedRow]) -> dict[str, Organization]:
    kind = Organization.Kind.ENTERPRISE
    made = Organization.objects.bulk_create(
        [
            Organization(kind=kind, name=row.enterprise.name, short=row.enterprise.name[:40])
            for row in reversed(rows)
        ],
        batch_size=BATCH,
    )
    EnterpriseProfile.objects.bulk_create(
        [
            EnterpriseProfile(
                organization=organization,
                credit_code=row.enterprise.credit_code or None,
                division=row.division,
                chain=row.chain,
                contact_name=row.contact_name,
                contact_phone=row.contact_phone,
            )
            for organization, row in zip(made, reversed(rows), strict=True)
        ],
        batch_size=BATCH,
    )
    return {
        row.enterprise.token: organization for organization, row in zip(made, reversed(rows), strict=True)
    }


Owners = dict[str, Organization]
Projects = dict[tuple[int, str], Project]


def _projects(rows: Iterable[ListedRow], owners: Owners, kind: Filing.Channel) -> Projects:
    """Return the projects that rows name, by enterprise and name; new ones join their enterprise's."""
    named = {(owners[row.enterprise.token].pk, plain(row.project)): row for row in rows if row.project}
    is_key = kind == Filing.Channel.KEY_PROJECT
    enterprises = {enterprise for enterprise, _ in named}
    found = {
        (project.enterprise_id, plain(project.name)): project
        for project in Project.objects.filter(enterprise__in=enterprises, is_active=True).order_by("-pk")
    }
    found = {key: project for key, project in found.items() if key in named}
    if is_key:
        ordinary = [project.pk for project in found.values() if not project.is_key]
        Project.objects.filter(pk__in=ordinary).update(is_key=True)
    made = [
        Project(
            enterprise=owners[row.enterprise.token],
            name=row.project,
            division=row.division,
            chain=row.chain,
            is_key=is_key,
        )
        for key, row in named.items()
        if key not in found
    ]
    for project in Project.objects.bulk_create(made, batch_size=BATCH):
        found[project.enterprise_id, plain(project.name)] = project
    return found


@dataclass(frozen=True)
class _Group:
    """The rows that become one filing: of one enterprise, about one project."""

    enterprise: Organization
    project: Project | None
    rows: list[tuple[str, ListedRow]]

    def contact(self, name: str) -> str:
        """Return the first of the rows' contacts."""
        return next((said for _, row in self.rows if (said := getattr(row, name))), "")


def _groups(fresh: dict[str, ListedRow], owners: Owners, projects: Projects) -> list[_Group]:
    found: dict[tuple[int, str], _Group] = {}
    for key, row in fresh.items():
        enterprise = owners[row.enterprise.token]
        about = enterprise.pk, plain(row.project)
        group = found.setdefault(about, _Group(enterprise, projects.get(about), []))
        group.rows.append((key, row))
    return list(found.values())


class _Writer:
    """Writes filings with their requests, first events and rows, many at a time."""

    def __init__(self, office_list: OfficeList, actor: Actor, at: datetime) -> None:
        self._list, self._actor, self._at = office_list, actor, at
        self._due = CalendarYear.objects.calendar().end_after(at, OFFICE_DAYS)

    def write(self, groups: Sequence[_Group]) -> int:
        """Write some filings; return the number of requests."""
        filings = [
            self._filing(group, pk) for group, pk in zip(groups, _ids(Filing, len(groups)), strict=True)
        ]
        Filing.objects.bulk_create(filings)
        needs = [
            (key, row, filing, place)
            for filing, group in zip(filings, groups, strict=True)
            for place, (key, row) in enumerate(group.rows, start=1)
        ]
        # One enterprise may have most of a list; a transaction that builds for seconds in silence is ended.
        for start in range(0, len(needs), BATCH):
            self._write_needs(needs[start : start + BATCH])
        return len(needs)

    def _write_needs(self, needs: Sequence[tuple[str, ListedRow, Filing, int]]) -> None:
        born = FactorRequest.objects.bulk_create(
            [self._request(filing, row, place) for _, row, filing, place in needs]
        )
        births(born, actor=self._actor, at=self._at)
        listed = ListedNeed.objects.bulk_create(
            [self._listed(key, row, made) for (key, row, *_), made in zip(needs, born, strict=True)]
        )
        proposed = ListedNeed.supports.through
        proposed.objects.bulk_create(
            proposed(listedneed_id=need.pk, organization_id=support.pk)
            for need, (_, row, *_) in zip(listed, needs, strict=True)
            for support in row.supports
        )

    def _filing(self, group: _Group, pk: int) -> Filing:
        return Filing(
            pk=pk,
            number=f"{local_day(self._at):%Y%m%d}-{pk:06d}",
            enterprise=group.enterprise,
            project=group.project,
            channel=self._list.kind,
            contact_name=group.contact("contact_name"),
            contact_phone=group.contact("contact_phone"),
            typed_by=self._actor.user,
            typed_for=self._actor.organization,
            submitted_at=self._at,
        )

    def _request(self, filing: Filing, row: ListedRow, place: int) -> FactorRequest:
        is_long = len(row.content) > HEADLINE
        need = Need(
            row.factor,
            f"{row.content[: HEADLINE - 1]}…" if is_long else row.content,
            story=row.content if is_long else "",
            quantity=row.quantity,
            unit=row.unit,
            wished_on=row.wished_on,
        )
        factor_request = unborn(filing, need, place=place, accept_due_at=self._due, at=self._at)
        factor_request.division, factor_request.chain = row.division, row.chain or factor_request.chain
        return factor_request

    def _listed(self, key: str, row: ListedRow, factor_request: FactorRequest) -> ListedNeed:
        return ListedNeed(
            office_list=self._list,
            factor_request=factor_request,
            key=key,
            sheet=row.sheet,
            row=row.number,
            mark=row.mark,
            filed_on=row.filed_on,
            wish=row.wish,
            remark=row.remark,
            lead=row.lead,
        )


def _ids(model: type[models.Model], count: int) -> list[int]:
    """Take the next ids of a table: a filing's number is made of its own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [pk for (pk,) in cursor]
