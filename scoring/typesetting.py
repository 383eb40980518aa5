"""A paper as PDF in the look of GB/T 9704: the page's own HTML, a style sheet of its own, and free fonts embedded."""

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, Any

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from scoring import glyphs
from scoring.papers import Paper


def write_pdf(paper: Paper, target: IO[bytes]) -> None:
    """Write a paper as PDF/A; the end notes stand on an even page, as on sheets printed on both sides.

    Raises GlyphError when the machine cannot set type, when a font is missing, and when a character is in none.
    """
    press = _press()
    glyphs.check(paper.texts())
    document = _set(press, paper, ends_on_even_page=False)
    if len(document.pages) % 2:
        document = _set(press, paper, ends_on_even_page=True)
    document.write_pdf(target, pdf_variant="pdf/a-3u")


@cache
def _press() -> Any:
    """Load WeasyPrint when a paper is printed: that takes a second, and needs Pango from the system."""
    try:
        return import_module("weasyprint")
    except OSError as error:
        message = "这台机器没有排版程序（Pango），不能生成 PDF；请按运维手册安装后再试。"
        raise glyphs.GlyphError(message) from error


def _set(press: Any, paper: Paper, *, ends_on_even_page: bool) -> Any:
    html = render_to_string("scoring/paper.html", {"paper": paper, "ends_on_even_page": ends_on_even_page})
    fonts = press.text.fonts.FontConfiguration()
    sheets = [
        press.CSS(string=_faces(), font_config=fonts),
        press.CSS(filename=_style_sheet(), font_config=fonts),
    ]
    return press.HTML(string=html).render(stylesheets=sheets, font_config=fonts)


def _faces() -> str:
    """Name the fonts by file, so that the ones that were checked are the ones that are used."""
    files = {face: glyphs.font_file(chain[0]) for face, chain in glyphs.FACES.items()}
    return "".join(
        f'@font-face {{ font-family: "paper-{face}"; src: url("{Path(file).as_uri()}"); }}'
        for face, file in files.items()
        if file
    )


def _style_sheet() -> str:
    found = finders.find("css/paper.css")
    assert isinstance(found, str), "the style sheet is part of the program"
    return found
