"""A list that was read, told to a machine and to a person."""

from decimal import Decimal
from typing import Any

from requests_desk.imports.reading import ReadList
from requests_desk.office_lists import ListedRow
from taian_factors.directory.models import Organization


def as_json(found: ReadList) -> dict[str, Any]:
    """Return a list that was read as values of JSON; rows carry their sheet where there are several."""
    several = len(found.layouts) > 1

    def placed(sheet: str, number: int, **more: Any) -> dict[str, Any]:
        return {**({"sheet": sheet} if several else {}), "row": number, **more}

    return {
        "list": str(found.kind),
        "requests": len(found.rows),
        "filings": found.filings,
        "refused": [
            placed(r.sheet, r.number, column=r.problems[0][0], problem=r.problems[0][1])
            for r in found.refused
        ],
        "duplicates": [
            placed(
                d.row.sheet,
                d.row.number,
                of_row=d.of.number,
                **({"of_sheet": d.of.sheet} if several else {}),
            )
            for d in found.duplicates
        ],
        "known": [placed(sheet, number, request=request) for (sheet, number), request in found.known.items()],
        "ignored_rows": [number for _, number in found.ignored],
        "rows": [placed(row.sheet, row.number, **_said(row)) for row in found.rows],
    }


def _said(row: ListedRow) -> dict[str, Any]:
    return {
        "factor": row.factor.code,
        "content": row.content,
        "quantity": _amount(row.quantity),
        "unit": row.unit or None,
        "expected_on": row.wished_on and row.wished_on.isoformat(),
        "expected_text": row.wish or None,
        "filed_on": row.filed_on and row.filed_on.isoformat(),
        "lead": body_code(row.lead),
        "supports": [body_code(body) for body in row.supports],
        "division": row.division.code,
        "enterprise": row.enterprise.name,
        "credit_code": row.enterprise.credit_code or None,
        "project": row.project or None,
    }


def body_code(body: Organization | None) -> str | None:
    """Return a body's code; a place's office is known by its place."""
    if body is None:
        return None
    return body.division.code if body.kind == Organization.Kind.COUNTY_OFFICE else body.code


def _amount(value: Decimal | None) -> str | None:
    """Write an amount without idle noughts: 2.5, 12000."""
    return None if value is None else f"{value.normalize():f}"
