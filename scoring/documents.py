"""Papers out: a bulletin as .docx, a ranking as .xlsx. Both print what is stored and count nothing."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import IO, Any

from scoring import official_paper as look
from scoring import standings
from scoring.bulletins import paragraphs
from scoring.formulas import percentage, plain
from scoring.models import Bulletin, ScoringRun
from taian_factors.lib.periods import local_day
from taian_factors.lib.sheets import Value, write_sheet

ISSUER = "泰安市新型工业化强市建设推进委员会办公室"
COPIES = "市委办公室，市人大常委会办公室，市政府办公室，市政协办公室。"
SMALL = "*"  # beside a rate whose population is below five


def write_bulletin(bulletin: Bulletin, target: IO[bytes]) -> None:
    """Write a bulletin as .docx in the look of GB/T 9704; a draft says so in place of its number."""
    paper = look.new_paper(bulletin.title)
    issued = bulletin.issued_at is not None
    look.red_head(paper, ISSUER, bulletin.document_number if issued else "（草稿，未印发）")
    look.blank_lines(paper, 2)
    look.write(paper, bulletin.title, font=look.SONG_TITLE, size=look.SIZE_2, align=look.CENTRE)
    look.blank_lines(paper, 1)
    look.write(paper, bulletin.addressees)
    for section in paragraphs(bulletin):
        if section["heading"]:
            look.level_1(paper, section["heading"])
        for text in section["paragraphs"]:
            look.write(paper, text, indent=2)
        if section["code"] == "ranking":
            _ranking_tables(paper, bulletin.numbers)
    _attachments_named(paper)
    _signature(paper, bulletin)
    _attachments(paper, bulletin.numbers)
    printed = chinese_day(local_day(bulletin.issued_at)) if bulletin.issued_at else "　　年　月　日"
    look.end_notes(paper, COPIES, ISSUER, printed)
    paper.save(target)


def chinese_day(day: date) -> str:
    """Return a day as papers write it: full year, no leading noughts (7.3.5)."""
    return f"{day.year}年{day.month}月{day.day}日"


def ranking_headings(numbers: Mapping[str, Any]) -> list[str]:
    """Return the heading of the ranking table; each indicator names its full marks on a second line."""
    return ["名次", "部门", *(f"{name}\n（{marks}分）" for name, marks in numbers["headings"]), "总分"]


def ranking_rows(rows: Sequence[Mapping[str, Any]]) -> list[list[str]]:
    """Return the rows of the ranking table; an indicator shows rate, count and points on a line each."""
    return [
        [
            str(row["place"] or "—"),
            row["short"],
            *(_indicator(row, line) for line in row["lines"]),
            row["total"],
        ]
        for row in rows
    ]


def _indicator(row: Mapping[str, Any], line: Mapping[str, Any]) -> str:
    if not line["population"]:
        return "—"
    mark = SMALL if line["small_sample"] else ""
    figures = [f"{line['rate']}{mark}", f"{line['hits']}/{line['population']}"]
    return "\n".join(figures + ([f"{line['points']}分"] if row["place"] else []))


def _ranking_tables(paper: look.Paper, numbers: Mapping[str, Any]) -> None:
    for group in numbers["groups"]:
        look.write(paper, group["name"], font=look.KAI, align=look.CENTRE)
        look.add_table(paper, ranking_headings(numbers), ranking_rows(group["rows"]))
    if numbers["unranked"]:
        look.write(paper, "无应办事项的部门", font=look.KAI, align=look.CENTRE)
        look.add_table(paper, ranking_headings(numbers), ranking_rows(numbers["unranked"]))
    look.write(
        paper,
        f"注：带 {SMALL} 的指标样本不足 5 件。计分版本 {numbers['rules']}。",
        size=look.SIZE_4,
        indent=2,
    )


def _attachments_named(paper: look.Paper) -> None:
    look.blank_lines(paper, 1)
    look.write(paper, "附件：1.各月得分和参考指标", indent=2)
    look.write(paper, "2.剔除事项情况", indent=5)


def _signature(paper: look.Paper, bulletin: Bulletin) -> None:
    look.blank_lines(paper, 2)
    signed = look.write(paper, ISSUER, align=look.RIGHT)
    signed.paragraph_format.right_indent = look.Pt(32)
    day = chinese_day(local_day(bulletin.issued_at)) if bulletin.issued_at else "　　年　月　日"
    dated = look.write(paper, day, align=look.RIGHT)
    dated.paragraph_format.right_indent = look.Pt(64)
    look.write(paper, "（此件公开发布）", indent=2)


def _attachments(paper: look.Paper, numbers: Mapping[str, Any]) -> None:
    paper.add_page_break()
    everybody = [row for group in numbers["groups"] for row in group["rows"]] + list(numbers["unranked"])
    look.write(paper, "附件 1", font=look.HEI)
    look.write(paper, "各月得分和参考指标", font=look.SONG_TITLE, size=look.SIZE_2, align=look.CENTRE)
    look.add_table(
        paper,
        ["部门", *numbers["months"], *numbers["beside_names"]],
        [[row["short"], *row["months"], *(text for _, text, _ in row["beside"])] for row in everybody],
        numeric_from=1,
    )
    look.blank_lines(paper, 1)
    look.write(paper, "附件 2", font=look.HEI)
    look.write(paper, "剔除事项情况", font=look.SONG_TITLE, size=look.SIZE_2, align=look.CENTRE)
    if numbers["exclusions"]:
        rows = [[short, reason, str(count)] for short, reason, count in numbers["exclusions"]]
        look.add_table(paper, ["部门", "剔除理由", "件数"], rows)
    else:
        look.write(paper, "本期没有剔除事项。", indent=2)
    look.blank_lines(paper, 1)


def write_ranking(run: ScoringRun, target: IO[bytes]) -> int:
    """Write a run's table as .xlsx, one row per department, numbers as numbers; return the number of rows."""
    table = standings.table(run)
    rows = [row for _, group in table.groups for row in group] + list(table.unranked)
    headings = ["比较组", "名次", "代码", "部门"]
    for name, _ in table.headings:
        headings += [f"{name}达标", f"{name}应计", name, f"{name}满分", f"{name}得分"]
    headings += ["总分", "说明", *(f"{month.label}总分" for month in table.months)]
    return write_sheet(
        target,
        title=f"{table.period.label}排名",
        headings=headings,
        rows=(_sheet_row(row) for row in rows),
        widths=[18, 6, 8, 30],
    )


def _sheet_row(row: standings.Row) -> list[Value]:
    card = row.card
    cells: list[Value] = [card.group, card.place, card.code, card.name]
    for cell in row.cells:
        line = cell.line
        cells += [line.hits, line.population, percentage(cell.rate), line.full_marks, line.points]
    notes = ["本月无应办事项"] if card.place is None else []
    notes += [
        f"{cell.name}样本不足（{plain(cell.line.hits)}/{cell.line.population}）"
        for cell in row.cells
        if cell.is_small_sample
    ]
    return [*cells, card.total, "；".join(notes), *row.months]
