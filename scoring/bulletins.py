"""Bulletins: composed from published months, edited, signed off by a second person, numbered and frozen."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count

from scoring import standings, wording
from scoring.computing import RunError, compute_period
from scoring.formulas import percentage, plain
from scoring.models import Bulletin, CountedInput, ScoringRun
from scoring.permissions import may_compose, may_issue
from scoring.publishing import publish
from scoring.rulebook import BESIDE, INDICATORS
from taian_factors.directory.actors import Actor
from taian_factors.lib.periods import Period, local_day


class BulletinError(Exception):
    """A bulletin cannot be composed, changed or issued so; the message is a Chinese sentence."""


@transaction.atomic
def compose(*, period: Period, actor: Actor, at: datetime) -> Bulletin:
    """Compose the bulletin of a quarter, half-year or year from its published months.

    Raises BulletinError for anybody but the office, for a month, and while a month is not published.
    """
    if not may_compose(actor):
        raise BulletinError("只有市工业推进办可以起草通报。")
    try:
        run = compute_period(period=period, at=at, actor=actor)
    except RunError as error:
        raise BulletinError(str(error)) from error
    numbers = numbers_of(run)
    return Bulletin.objects.create(
        kind=period.kind,
        period=period.key,
        run=run,
        title=wording.title(period),
        addressees=wording.ADDRESSEES,
        sections=wording.sections(period, numbers),
        numbers=numbers,
        composed_at=at,
        composed_by=actor.user,
    )


@transaction.atomic
def edit(*, bulletin: Bulletin, title: str, texts: Mapping[str, str], actor: Actor, at: datetime) -> Bulletin:
    """Change title and words before the bulletin is issued; ``texts`` maps a section's code to its lines.

    The numbers are not text: they stay those of the run.
    """
    if not may_compose(actor):
        raise BulletinError("只有市工业推进办可以修改通报。")
    bulletin = _locked(bulletin)
    bulletin.title = title.strip()
    for section in bulletin.sections:
        if section["code"] in texts:
            lines = texts[section["code"]].splitlines()
            section["paragraphs"] = [line.strip() for line in lines if line.strip()]
    bulletin.edited_at, bulletin.edited_by = at, actor.user
    bulletin.save(update_fields=["title", "sections", "edited_at", "edited_by"])
    return bulletin


@transaction.atomic
def issue(*, bulletin: Bulletin, actor: Actor, at: datetime) -> Bulletin:
    """Give the next number of the year and freeze text and numbers, as a second person who leads the office."""
    if not may_issue(actor):
        raise BulletinError("只有市工业推进办负责人可以签发。")
    bulletin = _locked(bulletin)
    if actor.user is None or actor.user.pk in (bulletin.composed_by_id, bulletin.edited_by_id):
        raise BulletinError("须由起草人、修改人以外的另一位负责人签发。")
    _check_months(bulletin)
    year = local_day(at).year
    bulletin.year, bulletin.number = year, Bulletin.objects.last_number(year) + 1
    bulletin.issued_at, bulletin.issued_by = at, actor.user
    try:
        with transaction.atomic():
            bulletin.save(update_fields=["year", "number", "issued_at", "issued_by"])
    except IntegrityError as error:
        raise BulletinError("刚刚有另一份文件用了这个文号，请再签发一次。") from error
    reason = f"重新印发：{bulletin.document_number}"
    try:
        publish(run=bulletin.run, actor=actor, at=at, correction_reason=reason)
    except RunError as error:
        raise BulletinError(str(error)) from error
    return bulletin


def _locked(bulletin: Bulletin) -> Bulletin:
    locked = (
        Bulletin.objects.select_for_update(of=("self",), no_key=True)
        .select_related("run")
        .get(pk=bulletin.pk)
    )
    if locked.issued_at is not None:
        raise BulletinError(f"{locked.document_number}已经印发，文字和数据都不能再改。")
    return locked


def _check_months(bulletin: Bulletin) -> None:
    """Refuse a bulletin whose months have been corrected since it was composed."""
    holding = ScoringRun.objects.published().filter(pk__in=bulletin.run.pooled).count()
    if holding != len(bulletin.run.pooled):
        raise BulletinError("起草后有月份作了更正，请重新起草。")


def numbers_of(run: ScoringRun) -> dict[str, Any]:
    """Return everything that the paper prints as numbers, already written out; four queries."""
    table = standings.table(run)
    left_out = _exclusions(run)
    return {
        "rules": run.rules["version"],
        "run": run.pk,
        "headings": [[name, marks] for name, marks in table.headings],
        "months": [month.label for month in table.months],
        "groups": [{"name": name, "rows": [_row(row) for row in rows]} for name, rows in table.groups],
        "unranked": [_row(row) for row in table.unranked],
        "totals": _totals(table),
        "beside_names": [BESIDE[name] for name in standings.printed_beside(run)],
        "exclusions": left_out,
    }


def _row(row: standings.Row) -> dict[str, Any]:
    card = row.card
    return {
        "place": card.place,
        "code": card.code,
        "name": card.name,
        "short": card.short,
        "total": "—" if card.total is None else f"{card.total:.2f}",
        "lines": [_line(cell) for cell in row.cells],
        "months": ["—" if total is None else total for total in row.months],
        "backlog": card.beside.get("backlog", 0),
        "beside": [
            [name, count if rate is None else percentage(rate), count]
            for name, rate, count in standings.beside(card)
        ],
    }


def _line(cell: standings.Cell) -> dict[str, Any]:
    line = cell.line
    points, marks = line.points or Decimal(0), line.full_marks or Decimal(0)
    return {
        "name": cell.name,
        "hits": plain(line.hits),
        "population": line.population,
        "rate": percentage(cell.rate),
        "share": str(cell.rate) if cell.rate is not None else "1",
        "points": f"{points:.2f}",
        "full_marks": f"{marks:.2f}",
        "lost": f"{marks - points:.2f}",
        "small_sample": cell.is_small_sample,
    }


def _totals(table: standings.Table) -> list[dict[str, Any]]:
    rows = [row for _, group in table.groups for row in group] + list(table.unranked)
    found = []
    for number, indicator in enumerate(INDICATORS):
        lines = [row.cells[number].line for row in rows]
        hits = sum((line.hits for line in lines), Decimal(0))
        population = sum(line.population for line in lines)
        found.append(
            {
                "indicator": indicator.code,
                "name": indicator.name,
                "hits": plain(hits),
                "population": population,
                "rate": percentage(Fraction(hits) / population if population else None),
            }
        )
    return found


def _exclusions(run: ScoringRun) -> list[list[Any]]:
    """Count what was excluded in the pooled months, per department and reason."""
    left_out = CountedInput.objects.filter(run__in=run.pooled, left_out=CountedInput.LeftOut.EXCLUDED)
    records = (
        Count("assignment", distinct=True)
        + Count("review", distinct=True)
        + Count("duty_record", distinct=True)
    )
    grouped = left_out.values("organization__short", "reason").annotate(records=records)
    ordered = grouped.order_by("organization__position", "organization__code", "reason")
    return [[row["organization__short"], row["reason"], row["records"]] for row in ordered]


def paragraphs(bulletin: Bulletin) -> Sequence[Mapping[str, Any]]:
    """Return the sections with their Chinese numbers: the first one, the basis, has none."""
    numerals = iter("一二三四五六七八九十")
    return [
        {**section, "heading": f"{next(numerals)}、{section['heading']}" if section["heading"] else ""}
        for section in bulletin.sections
    ]
