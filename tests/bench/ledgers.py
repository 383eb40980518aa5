"""A past ledger as five CSV files of any size, written line by line."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import TextIO

from taian_factors.directory.models import Chain, Division, Factor, Organization
from taian_factors.lib.periods import SHANGHAI
from tests.directory.factories import credit_code

ENTERPRISES = 5_000
_BEGIN = datetime(2022, 1, 1, 9, tzinfo=SHANGHAI)
_HEADINGS = {
    "enterprises": "uscc,name,division,chain",
    "requests": "number,filed_at,enterprise_uscc,factor,list,headline,quantity,unit,ineligible_at",
    "assignments": "request_number,department,role,assigned_at,reply_due_at,replied_at,complete_due_at,completed_at,"
    "ended_at,end_reason",
    "reviews": "request_number,department,rating,contacted,solved,submitted_at,excluded_reason",
    "duties": "department,title,due_on,result",
}
_LISTS = ("key_project", "problem", "fair", "online", "visit")


def write_ledger(folder: Path, *, assignments: int) -> None:
    """Write a year's ledger: three assignments for two requests, a review of every third, duties for everybody."""
    requests = assignments * 2 // 3
    bodies = list(Organization.objects.departments().filter(takes_part=True).values_list("code", flat=True))
    codes = [credit_code(n) for n in range(ENTERPRISES)]
    files = {name: (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") for name in _HEADINGS}
    for name, file in files.items():
        file.write(_HEADINGS[name] + "\n")
    _write_enterprises(files["enterprises"], codes)
    factors = list(Factor.objects.values_list("code", flat=True))
    for n in range(requests):
        filed = _BEGIN + timedelta(seconds=n * 31_000_000 // requests)
        lead, support = bodies[n % len(bodies)], bodies[(n + 1) % len(bodies)]
        number, factor = f"LS-{n:07}", factors[n % len(factors)]
        declared = _after(filed, days=5) if n % 40 == 1 else ""
        files["requests"].write(
            f"{number},{filed.isoformat()},{codes[n % ENTERPRISES]},{factor},{_LISTS[n % 5]},"
            f"示例项目第{n}期用地与审批,{n % 300 + 1},亩,{declared}\n"
        )
        files["assignments"].write(_lead(number, lead, filed, n))
        if n % 2 == 0:
            due, done = _after(filed, days=3), _after(filed, hours=n % 80)
            files["assignments"].write(f"{number},{support},support,{filed.isoformat()},{due},{done},,,,\n")
        if n % 3 == 0:
            given = _after(filed, days=14)
            files["reviews"].write(
                f"{number},{lead},{n % 5 + 1},yes,{('yes', 'partly', 'no')[n % 3]},{given},\n"
            )
    for month in range(1, 13):
        for body in bodies:
            files["duties"].write(f"{body},示例工作{month}月,2022-{month:02}-15,on_time\n")
    for file in files.values():
        file.close()


def _write_enterprises(file: TextIO, codes: list[str]) -> None:
    divisions = list(Division.objects.values_list("code", flat=True))
    chains = list(Chain.objects.values_list("code", flat=True))
    for n, code in enumerate(codes):
        file.write(
            f"{code},示例历史企业{n}有限公司,{divisions[n % len(divisions)]},{chains[n % len(chains)]}\n"
        )


def _lead(number: str, body: str, filed: datetime, n: int) -> str:
    """Return a lead's line; one in fifty was undone by a redo, some were late, some never completed."""
    done = "" if n % 50 == 7 else _after(filed, days=2 + n % 16)
    ended, reason = (_after(filed, days=20), "redone") if n % 50 == 0 else ("", "")
    return (
        f"{number},{body},lead,{filed.isoformat()},{_after(filed, days=3)},{_after(filed, hours=n % 80)},"
        f"{_after(filed, days=15)},{done},{ended},{reason}\n"
    )


def _after(moment: datetime, **how_long: int) -> str:
    return (moment + timedelta(**how_long)).isoformat()
