"""Reads: a bulletin as it is printed. Nothing is counted here: its words, and the numbers that were stored with it."""

from collections.abc import Iterator

from scoring.bulletin_tables import attachments, rankings
from scoring.models import Bulletin
from scoring.papers import Line, Paper, Table, line_of
from scoring.wording import HEADINGS, numerals
from taian_factors.lib.periods import Period, chinese_day, local_day

NO_DAY = "　　年　月　日"


def paper_of(bulletin: Bulletin) -> Paper:
    """Return a bulletin as it is printed; a draft says so in place of its number and has no day."""
    numbers = bulletin.numbers
    issued = bulletin.issued_at
    number = bulletin.document_number if issued else "（草稿，未印发）"
    day = chinese_day(local_day(issued)) if issued else NO_DAY
    return Paper(
        number=number,
        title=bulletin.title,
        addressees=bulletin.addressees,
        parts=list(_parts(bulletin)),
        attachments=attachments(numbers),
        day=day,
        facts=[
            ("标题", bulletin.title),
            ("文号", number),
            ("期间", Period.parse(bulletin.period).label),
            ("计分版本", numbers["rules"]),
            ("成文日期", day if issued else "未印发"),
        ],
    )


def _parts(bulletin: Bulletin) -> Iterator[Line | Table]:
    chinese = numerals()
    for section in bulletin.sections:
        if heading := HEADINGS[section["code"]]:
            yield Line(1, f"{next(chinese)}、{heading}")
        yield from (line_of(text) for text in section["paragraphs"])
        if section["code"] == "ranking":
            yield from rankings(bulletin.numbers)
