"""Papers out: a bulletin as .docx and .xlsx, a ranking as .xlsx. All print what is stored and count nothing."""

from datetime import datetime
from typing import IO

from scoring import official_paper as look
from scoring import standings
from scoring.formulas import percentage, plain
from scoring.models import ScoringRun
from scoring.official_foot import end_notes
from scoring.official_tables import add_table
from scoring.papers import Paper, Table
from taian_factors.lib.sheets import Sheet, Value, figure, write_book, write_sheet


def write_docx(paper: Paper, target: IO[bytes], *, at: datetime) -> None:
    """Write a paper as .docx in the look of GB/T 9704."""
    word = look.new_paper(paper.title, paper.issuer, at)
    look.red_head(word, paper.head, paper.number)
    look.blank_lines(word, 2)
    look.titled(word, paper.title_lines)
    look.blank_lines(word, 1)
    look.write(word, paper.addressees)
    for part in paper.parts:
        if isinstance(part, Table):
            _table(word, part)
        elif part.level == 1:
            look.level_1(word, part.lead)
        else:
            look.write(word, part.rest, lead=part.lead, indent=2)
    last = len(word.paragraphs) - 1
    _attachments_named(word, paper)
    look.blank_lines(word, 2)
    look.signature(word, paper.issuer, paper.day)
    look.write(word, paper.remark, indent=2)
    # A signature never stands on a page without text.
    for paragraph in word.paragraphs[last:-1]:
        paragraph.paragraph_format.keep_with_next = True
    _attachments(word, paper)
    end_notes(word, paper.copies, paper.printer, paper.day)
    word.save(target)


def _table(word: look.Paper, table: Table, *, title: str = "", size: look.Pt = look.SIZE_TABLE) -> None:
    if table.name != title:
        caption = look.write(word, table.name, font=look.KAI, align=look.CENTRE)
        caption.paragraph_format.keep_with_next = True
    add_table(word, table.headings, table.groups, size=size)
    if table.note:
        look.write(word, table.note, size=look.SIZE_TABLE, indent=2)


def _attachments_named(word: look.Paper, paper: Paper) -> None:
    look.blank_lines(word, 1)
    for place, each in enumerate(paper.attachments):
        before, indent = ("附件：", 2) if place == 0 else ("", 5)
        look.write(word, f"{before}{each.number}.{each.title}", indent=indent, hanging=6)


def _attachments(word: look.Paper, paper: Paper) -> None:
    for each in paper.attachments:
        look.attachment_number(word, f"附件{each.number}")
        look.blank_lines(word, 1)
        look.titled(word, [each.title])
        look.blank_lines(word, 1)
        for table in each.tables:
            _table(word, table, title=each.title, size=look.SIZE_SMALL)
        if not each.tables:
            look.write(word, "本期没有记录。", indent=2)


def write_workbook(paper: Paper, target: IO[bytes]) -> None:
    """Write the tables of a paper as .xlsx, a sheet each behind one that names the paper; figures as figures."""
    about = Sheet("说明", ["项目", "内容"], [list(fact) for fact in paper.facts], widths=[12, 60])
    tables = [
        Sheet(
            table.name,
            [heading.replace("\n", "") for heading in table.headings],
            # One line a cell: a row keeps its height, and of two lines a reader would see one.
            [[figure(text.replace("\n", "")) for text in row] for row in table.rows],
            widths=[18] * len(table.headings),
        )
        for table in paper.tables
    ]
    write_book(target, [about, *tables])


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
