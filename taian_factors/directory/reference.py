"""The reference data of the project: read from its files, and put into a database that lacks it.

``data/reference.json`` holds divisions, chains, bodies, factors and the proposed dispatch directory;
``data/calendar.json`` the working-day calendar. They are where a new database starts; afterwards the database
is right, and loading again adds what is missing and changes nothing that the office has edited.
"""

import json
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.db import models

GetModel = Callable[[str], type[models.Model]]

DATA = Path(__file__).parent / "data"


@cache
def read(name: str) -> dict[str, Any]:
    """Return one data file as Python values; treat it as read-only, it is kept."""
    content: dict[str, Any] = json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))
    return content


def dispatch() -> list[dict[str, Any]]:
    """Return the proposed dispatch directory as codes: factor, lead (None: the office decides), supports."""
    rules: list[dict[str, Any]] = read("reference")["dispatch"]
    return rules


def proposed_codes() -> frozenset[str]:
    """Return the codes of records that are our proposal (``default``); the office should look at them."""
    rows = (row for key, part in read("reference").items() if isinstance(part, list) for row in part)
    return frozenset(row["code"] for row in rows if row.get("default") and "code" in row)


def load_directory(get_model: GetModel) -> None:
    """Add the divisions, chains, bodies and factors that are missing, known by their codes.

    Args:
        get_model: returns a model of ``directory`` by its name; a migration gives the historical one.
    """
    data = read("reference")
    divisions = _add(get_model("Division"), [_division(row) for row in data["divisions"]])
    for row in data["divisions"]:
        if row["parent"]:
            get_model("Division").objects.filter(code=row["code"], parent=None).update(
                parent=divisions[row["parent"]]
            )
    groups = {row["code"]: row["name"] for row in data["groups"]}
    chains = _add(
        get_model("Chain"),
        [{**_pick(row, "code", "name", "aliases"), "group": groups[row["group"]]} for row in data["chains"]],
    )
    bodies = _appointed(data) + _county_offices(data, divisions) + _chain_teams(data, chains)
    _add(get_model("Organization"), bodies)
    _add(get_model("Factor"), [{k: v for k, v in row.items() if k != "default"} for row in data["factors"]])


def load_words(get_model: GetModel) -> None:
    """Add the other words for places, chains, factors and bodies that are missing; a word in use stays where it is."""
    data = read("reference")
    bodies = [*data["departments"], *data["institutions"]]
    for name, rows in {
        "Division": data["divisions"], "Chain": data["chains"], "Factor": data["factors"], "Organization": bodies,
    }.items():  # fmt: skip
        _add_words(get_model(name), rows)
    known = {body.code: body for body in get_model("Organization").objects.exclude(code=None)}
    get_model("FormerName").objects.bulk_create(
        [
            get_model("FormerName")(
                organization=known[row["code"]], name=name, until_on=date.fromisoformat(day)
            )
            for row in bodies
            for name, day in row.get("former", {}).items()
        ],
        ignore_conflicts=True,
    )


def _add_words(model: type[models.Model], rows: list[dict[str, Any]]) -> None:
    records = {record.code: record for record in model.objects.filter(code__isnull=False)}
    taken = {word for record in records.values() for word in (record.name, *record.aliases)}
    for row in rows:
        fresh = [word for word in row.get("aliases", ()) if word not in taken]
        if fresh and row["code"] in records:
            records[row["code"]].aliases += fresh
            records[row["code"]].save(update_fields=["aliases"])


def load_calendar(get_model: GetModel) -> None:
    """Add the years of the working-day calendar that are missing, each with all its days."""
    year_model, day_model = get_model("CalendarYear"), get_model("CalendarDay")
    known = set(year_model.objects.values_list("year", flat=True))
    for entry in read("calendar")["years"]:
        if entry["year"] in known:
            continue
        year = year_model.objects.create(year=entry["year"], source=entry["source"])
        day_model.objects.bulk_create(
            day_model(
                day=date.fromisoformat(row["day"]), year=year, is_working=row["is_working"], name=row["name"]
            )
            for row in entry["days"]
        )


def _add(model: type[models.Model], rows: list[dict[str, Any]]) -> dict[str, models.Model]:
    model.objects.bulk_create([model(**row) for row in rows], ignore_conflicts=True)
    return {record.code: record for record in model.objects.filter(code__in=[row["code"] for row in rows])}


def _pick(row: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: row[key] for key in keys}


def _division(row: dict[str, Any]) -> dict[str, Any]:
    return {**_pick(row, "code", "name", "short", "kind"), "is_active": row["active"]}


def _appointed(data: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the office, the departments and the institutions: what the file names one by one."""
    common = ("code", "name", "short", "aliases", "position")
    return [
        {**_pick(data["office"], *common), "kind": "office"},
        *({**_pick(row, *common, "takes_part"), "kind": "department"} for row in data["departments"]),
        *({**_pick(row, *common), "kind": "institution"} for row in data["institutions"]),
    ]


def _county_offices(data: dict[str, Any], divisions: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one office for each division in use below the city."""
    return [
        {
            "kind": "county_office",
            "code": f"TB-{row['code']}",
            "name": f"{row['name']}新型工业化推进办公室",
            "short": f"{row['short']}推进办",
            "division": divisions[row["code"]],
            "position": 200 + number,
        }
        for number, row in enumerate(data["divisions"])
        if row["active"] and row["parent"]
    ]


def _chain_teams(data: dict[str, Any], chains: dict[str, Any]) -> list[dict[str, Any]]:
    """Return one team for each chain."""
    return [
        {
            "kind": "chain_team",
            "code": f"ZB-{row['code']}",
            "name": f"泰安市{row['name']}产业链专班",
            "short": f"{row['name']}专班",
            "chain": chains[row["code"]],
            "position": 300 + number,
        }
        for number, row in enumerate(data["chains"], 1)
    ]
