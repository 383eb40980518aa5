"""Files of a bulletin: equal numbers on page, in DOCX, PDF and XLSX; made once, frozen, in the standard's look."""

import re
from hashlib import sha256
from html.parser import HTMLParser
from io import BytesIO

import pdfplumber
import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from docx import Document
from openpyxl import load_workbook

from scoring import glyphs, printing
from scoring.bulletin_papers import paper_of
from scoring.models import BulletinFile
from tests.scoring.factories import moment

AT = moment("2023-07-18")
pytestmark = pytest.mark.django_db


def content(bulletin, kind):
    return BytesIO(bulletin.files.get(format=kind).content)


# --- reading tables back ------------------------------------------------------------------------------------


class Tables(HTMLParser):
    """Reads the tables of a page: rows of texts, None where the cell above goes on."""

    def __init__(self, page):
        super().__init__()
        self.tables, self.open, self.covered = [], False, 0
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
            if self.covered:
                self.covered -= 1
                self.tables[-1][-1].append(None)
        elif tag in ("td", "th"):
            self.covered += int(dict(attributes).get("rowspan", 1)) - 1
            self.tables[-1][-1].append("")
            self.open = True
        elif tag == "br":
            self.tables[-1][-1][-1] += "\n"

    def handle_endtag(self, tag):
        self.open = self.open and tag not in ("td", "th")

    def handle_data(self, text):
        if self.open:
            self.tables[-1][-1][-1] += text.strip()


def filled(rows):
    """Repeat the first cell where it covers the rows below, and leave line breaks out."""
    found = []
    for row in rows:
        first = row[0] if row[0] is not None else found[-1][0]
        found.append([re.sub(r"\s", "", text or "") for text in (first, *row[1:])])
    return found


def on_page(client, bulletin):
    page = client.get(reverse("scoring:bulletin", args=[bulletin.pk])).content.decode()
    return [filled(rows) for rows in Tables(page).tables]


def in_docx(bulletin):
    tables = Document(content(bulletin, "docx")).tables
    return [filled([[cell.text for cell in row.cells] for row in table.rows]) for table in tables]


def in_pdf(bulletin):
    """Read every ruled table; one that goes on over a page begins there with its head again."""
    found = []
    with pdfplumber.open(content(bulletin, "pdf")) as pdf:
        for page in pdf.pages:
            for rows in map(filled, (table.extract() for table in page.find_tables())):
                if found and len(rows) > 1 and rows[0] == found[-1][0]:
                    found[-1] += rows[1:]
                elif len(rows[0]) > 1:
                    found.append(rows)
    return found


def in_xlsx(bulletin):
    book = load_workbook(content(bulletin, "xlsx"))
    return [filled([[shown(cell) for cell in row] for row in sheet]) for sheet in book.worksheets[1:]]


def shown(cell):
    """Write a cell the way a spreadsheet program shows it."""
    if not isinstance(cell.value, int | float):
        return cell.value
    decimals = len(cell.number_format.partition(".")[2].rstrip('%"*'))
    percent = "%" in cell.number_format
    mark = "*" if "*" in cell.number_format else ""
    return f"{cell.value * (100 if percent else 1):.{decimals}f}{'%' * percent}{mark}"


def test_every_cell_is_equal_on_the_page_in_docx_in_pdf_and_in_xlsx(issued, as_bank):
    assert printing.print_files(bulletin=issued, at=AT) == []
    printed = [filled([table.headings, *table.rows]) for table in paper_of(issued).tables]
    assert len(printed) >= 5
    assert on_page(as_bank, issued) == printed
    assert in_docx(issued) == printed
    assert in_xlsx(issued) == printed
    # Of two lines in a cell a reader would see one: rows keep their height.
    sheets = load_workbook(content(issued, "xlsx")).worksheets
    assert not any("\n" in str(cell.value) for sheet in sheets for row in sheet for cell in row)
    assert in_pdf(issued) == printed
    cards = issued.run.cards.ranked().in_order()
    assert [(row[0], row[1], row[-1]) for row in printed[0][1:]] == [
        (str(card.place), card.short, f"{card.total:.2f}") for card in cards
    ]


# --- made once ----------------------------------------------------------------------------------------------


def test_an_issued_file_is_made_once_and_kept_with_its_sum(issued):
    steps = []
    printing.print_files(bulletin=issued, at=AT, progress=steps.append)
    assert steps == [1, 2, 3]
    first = {file.format: bytes(file.content) for file in issued.files.all()}
    printing.print_files(bulletin=issued, at=moment("2033-01-01"))
    assert {file.format: bytes(file.content) for file in issued.files.all()} == first
    for file in issued.files.all():
        assert (file.sha256, file.size) == (sha256(file.content).hexdigest(), len(file.content))


def test_the_database_keeps_the_bytes_and_checks_their_sum(draft):
    made = {"bulletin": draft, "version": 1, "is_issued": False, "size": 1, "made_at": AT}
    with pytest.raises(DatabaseError, match="the_sum_is_that_of_the_bytes"), transaction.atomic():
        BulletinFile.objects.create(format="pdf", content=b"a", sha256="0" * 64, **made)
    file = BulletinFile.objects.create(format="pdf", content=b"a", sha256=sha256(b"a").hexdigest(), **made)
    for spoil in (lambda: BulletinFile.objects.update(size=2), file.delete):
        with pytest.raises(DatabaseError), transaction.atomic():
            spoil()


def test_a_machine_that_sets_no_type_still_gives_the_other_two(draft, settings, tmp_path):
    settings.PAPER_FONTS = [str(tmp_path)]
    glyphs.font_file.cache_clear()
    try:
        (said,) = printing.print_files(bulletin=draft, at=AT)
        assert "没有公文字体" in said
        assert sorted(draft.files.values_list("format", flat=True)) == ["docx", "xlsx"]
    finally:
        glyphs.font_file.cache_clear()


def test_a_draft_says_that_it_is_one(draft):
    assert paper_of(draft).number == "（草稿，未印发）"
    assert paper_of(draft).day == "　　年　月　日"
