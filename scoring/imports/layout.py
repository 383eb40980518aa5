"""What the five files of a past ledger look like: columns, how a cell is read, what it becomes in the staging area.

Source: scoring rules §9. A cell's reader returns the value as PostgreSQL reads it, or raises ``BadCellError``.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from django.core.exceptions import ValidationError

from taian_factors.directory.validators import clean_credit_code

Reader = Callable[[str], object]


class BadCellError(ValueError):
    """A cell that can't be read; ``str()`` is the problem in Chinese."""


@dataclass(frozen=True)
class Column:
    """One column: its name, how a cell is read, its type in the staging area, and whether it may be empty."""

    name: str
    read: Reader
    sql: str = "text"
    required: bool = True


@dataclass(frozen=True)
class Sheet:
    """One file: its columns, and which of them make the key by which a row is known."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]

    @property
    def table(self) -> str:
        """The staging table."""
        return "history_" + self.name.removesuffix(".csv")


def text(longest: int) -> Reader:
    """Read words of at most ``longest`` characters."""

    def read(cell: str) -> str:
        if len(cell) > longest:
            raise BadCellError(f"超过 {longest} 个字")
        if "\x00" in cell:
            raise BadCellError("含有不可用的字符")
        return cell

    return read


def moment(cell: str) -> str:
    """Read an ISO 8601 moment with its offset."""
    try:
        found = datetime.fromisoformat(cell)
    except ValueError:
        raise BadCellError("不是时间，应写成 2023-06-13T09:30:00+08:00") from None
    if found.tzinfo is None:
        raise BadCellError("时间缺少时区，应写成 2023-06-13T09:30:00+08:00")
    return found.isoformat()


def day(cell: str) -> str:
    """Read a day."""
    try:
        return date.fromisoformat(cell).isoformat()
    except ValueError:
        raise BadCellError("不是日期，应写成 2023-06-13") from None


def number(cell: str) -> Decimal:
    """Read a decimal number that a quantity can hold."""
    try:
        found = Decimal(cell)
    except InvalidOperation:
        raise BadCellError("不是数字") from None
    if not found.is_finite() or abs(found) >= Decimal(10) ** 10:
        raise BadCellError("数字超出范围")
    return found


@lru_cache(maxsize=20_000)
def credit_code(cell: str) -> str:
    """Read a 统一社会信用代码 with its check character; that of an enterprise with many requests is worked out once."""
    try:
        return clean_credit_code(cell)
    except ValidationError as error:
        raise BadCellError(error.message.rstrip("。")) from None


def one_of(**meanings: object) -> Reader:
    """Read one of some words, each with what it becomes."""

    def read(cell: str) -> object:
        if cell not in meanings:
            raise BadCellError(f"应为 {'、'.join(meanings)} 之一")
        return meanings[cell]

    return read


def words(*allowed: str) -> Reader:
    """Read one of some words, kept as it is."""
    return one_of(**{word: word for word in allowed})


def stars(cell: str) -> int:
    """Read a rating of 1–5."""
    if not re.fullmatch("[1-5]", cell):
        raise BadCellError("评价应为 1 至 5")
    return int(cell)


def code(what: str, known: Mapping[str, int]) -> Reader:
    """Read a code of the directory and give its id."""

    def read(cell: str) -> int:
        if cell not in known:
            raise BadCellError(f"没有代码为“{cell[:20]}”的{what}")
        return known[cell]

    return read


@dataclass(frozen=True)
class Codes:
    """What the directory knows, each as code → id; inactive ones are known too."""

    divisions: Mapping[str, int]
    chains: Mapping[str, int]
    factors: Mapping[str, int]
    bodies: Mapping[str, int]


def sheets(codes: Codes) -> tuple[Sheet, ...]:
    """Return the five files, in the order in which they are read."""
    body = code("单位", codes.bodies)
    return (
        Sheet(
            "enterprises.csv",
            (
                Column("uscc", credit_code),
                Column("name", text(100)),
                Column("division", code("县市区", codes.divisions), "bigint"),
                Column("chain", code("产业链", codes.chains), "bigint", required=False),
            ),
            ("uscc",),
        ),
        Sheet(
            "requests.csv",
            (
                Column("number", text(60)),
                Column("filed_at", moment, "timestamptz"),
                Column("enterprise_uscc", credit_code),
                Column("factor", code("要素", codes.factors), "bigint"),
                Column("list", words("key_project", "problem", "fair", "online", "visit")),
                Column("headline", text(200)),
                Column("quantity", number, "numeric(14,4)", required=False),
                Column("unit", text(30), required=False),
                Column("ineligible_at", moment, "timestamptz", required=False),
            ),
            ("number",),
        ),
        Sheet(
            "assignments.csv",
            (
                Column("request_number", text(60)),
                Column("department", body, "bigint"),
                Column("role", words("lead", "support")),
                Column("assigned_at", moment, "timestamptz"),
                Column("reply_due_at", moment, "timestamptz", required=False),
                Column("replied_at", moment, "timestamptz", required=False),
                Column("complete_due_at", moment, "timestamptz", required=False),
                Column("completed_at", moment, "timestamptz", required=False),
                Column("ended_at", moment, "timestamptz", required=False),
                Column(
                    "end_reason", words("reassigned", "handed_back", "redone", "withdrawn"), required=False
                ),
            ),
            ("request_number", "department", "role", "assigned_at"),
        ),
        Sheet(
            "reviews.csv",
            (
                Column("request_number", text(60)),
                Column("department", body, "bigint"),
                Column("rating", stars, "smallint"),
                Column("contacted", one_of(yes=True, no=False), "boolean", required=False),
                Column("solved", words("yes", "partly", "no"), required=False),
                Column("submitted_at", moment, "timestamptz"),
                Column("excluded_reason", text(200), required=False),
            ),
            ("request_number", "department"),
        ),
        Sheet(
            "duties.csv",
            (
                Column("department", body, "bigint"),
                Column("title", text(120)),
                Column("due_on", day, "date"),
                Column("result", words("on_time", "late", "not_done")),
            ),
            ("department", "title", "due_on"),
        ),
    )
