"""What is taken in: content and name say the same, and nothing in it runs."""

import io
import zipfile
import zlib

import openpyxl
import pytest
from docx import Document
from PIL import Image, PngImagePlugin

from requests_desk import filetypes
from requests_desk.filetypes import UnwantedError, clean_name, examine
from tests.requests_desk.factories import PDF


def picture(form: str, size: tuple[int, int] = (40, 20), **saved: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "white").save(out, form, **saved)
    return out.getvalue()


def photo() -> bytes:
    """A photo that says where it was taken, lies on its side, and has a comment."""
    exif = Image.Exif()
    exif[0x0112], exif[0x8825] = 6, {1: "N", 2: (36.0, 12.0, 0.0)}
    return picture("JPEG", exif=exif, comment=b"secret place")


def docx() -> bytes:
    out = io.BytesIO()
    Document().save(out)
    return out.getvalue()


def xlsx() -> bytes:
    out = io.BytesIO()
    openpyxl.Workbook().save(out)
    return out.getvalue()


def with_part(office: bytes, name: str, content: bytes = b"x") -> bytes:
    """The office document with one more part."""
    out = io.BytesIO(office)
    with zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def pdf_with(words: bytes) -> bytes:
    return PDF.replace(b"/Type /Catalog", b"/Type /Catalog " + words)


def pdf_with_packed(words: bytes) -> bytes:
    packed = zlib.compress(words)
    return PDF.replace(
        b"trailer", b"2 0 obj << /Type /ObjStm >> stream\n" + packed + b"\nendstream endobj\ntrailer"
    )


def in_words(value):
    """Name a case by its words: the bytes of a workbook carry the time of its making."""
    return value if isinstance(value, str) else "content"


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("红线图.pdf", PDF, "pdf"),
        ("扫描件.PDF", PDF, "pdf"),
        ("现场.jpg", picture("JPEG"), "jpg"),
        ("现场.jpeg", picture("JPEG"), "jpg"),
        ("截图.png", picture("PNG"), "png"),
        ("申请书.docx", docx(), "docx"),
        ("设备清单.xlsx", xlsx(), "xlsx"),
    ],
    ids=in_words,
)
def test_papers_of_an_office_are_taken(name, content, kind):
    paper = examine(name, content)
    assert (paper.name, paper.kind) == (name, kind)
    assert len(paper.digest) == 64


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("资料.zip", docx(), "压缩包"),
        ("资料.rar", b"Rar!\x1a\x07\x01\x00", "压缩包"),
        ("申请.doc", bytes.fromhex("d0cf11e0a1b11ae1"), "旧版格式"),
        ("申请.wps", b"x", "旧版格式"),
        ("表.xlsm", xlsx(), "宏"),
        ("run.exe", b"MZ", "不是可以上传的类型"),
        ("网页.html", b"<script>", "不是可以上传的类型"),
        ("没有扩展名", PDF, "不是可以上传的类型"),
        ("空.pdf", b"", "空文件"),
        ("假.pdf", b"<html><script>alert(1)</script>", "内容与扩展名不符"),
        ("假.pdf", picture("PNG"), "内容与扩展名不符"),
        ("假.png", picture("JPEG"), "内容与扩展名不符"),
        ("假.docx", xlsx(), "内容与扩展名不符"),
        ("假.docx", PDF, "内容与扩展名不符"),
        ("半截.pdf", b"%PDF-1.4 nothing more", "内容与扩展名不符"),
        ("半截.png", picture("PNG")[:60], "内容与扩展名不符"),
        ("半截.xlsx", xlsx()[:200], "内容与扩展名不符"),
        ("加密.docx", bytes.fromhex("d0cf11e0a1b11ae1") + b"EncryptedPackage", "加了密码"),
        ("加密.pdf", pdf_with(b"/Encrypt 5 0 R"), "加了密码"),
        ("会动.pdf", pdf_with(b"/OpenAction << /S /JavaScript /JS (app.alert) >>"), "自动运行"),
        ("会动.pdf", pdf_with(b"/OpenAction << /S /J#61vaScript >>"), "自动运行"),
        ("会动.pdf", pdf_with(b"/A << /S /Launch /F (cmd.exe) >>"), "自动运行"),
        ("藏着.pdf", pdf_with_packed(b"<< /S /JavaScript /JS (x) >>"), "自动运行"),
        ("宏.docx", with_part(docx(), "word/vbaProject.bin"), "宏"),
        ("宏.xlsx", with_part(xlsx(), "xl/vbaProject.bin"), "宏"),
        ("物.docx", with_part(docx(), "word/embeddings/oleObject1.bin"), "嵌有别的程序"),
        ("物.xlsx", with_part(xlsx(), "xl/activeX/activeX1.xml"), "嵌有别的程序"),
        ("程序.docx", with_part(docx(), "word/media/image9.png", b"MZ\x90\x00"), "嵌有别的程序"),
        ("程序.docx", with_part(docx(), "word/setup.exe"), "嵌有别的程序"),
    ],
    ids=in_words,
)
def test_what_runs_or_lies_is_refused_by_name(name, content, said):
    with pytest.raises(UnwantedError) as refused:
        examine(name, content)
    assert said in str(refused.value)
    assert f"“{name}”" in str(refused.value)


def test_a_picture_is_drawn_anew_upright_and_without_its_place():
    kept = examine("现场.jpg", photo()).content
    drawn = Image.open(io.BytesIO(kept))
    assert drawn.size == (20, 40)
    assert not drawn.getexif()
    assert b"secret place" not in kept


def test_what_hides_beside_the_pixels_of_a_picture_is_gone():
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", "secret name")
    kept = examine("截图.png", picture("PNG", pnginfo=info) + b"PK\x03\x04 secret tail").content
    assert b"secret" not in kept


def test_a_picture_that_would_unfold_to_billions_of_pixels_is_refused():
    bomb = bytearray(picture("PNG"))
    bomb[16:24] = (50_000).to_bytes(4) * 2
    bomb[29:33] = zlib.crc32(bomb[12:29]).to_bytes(4)
    with pytest.raises(UnwantedError, match="尺寸太大"):
        examine("大图.png", bytes(bomb))


def test_an_office_document_that_would_unfold_to_gigabytes_is_refused(monkeypatch):
    monkeypatch.setattr(filetypes, "MOST_UNPACKED", 1024 * 1024)
    bomb = with_part(docx(), "word/x.xml", bytes(1024 * 1024))
    assert len(bomb) < 100_000
    with pytest.raises(UnwantedError, match="尺寸太大"):
        examine("炸弹.docx", bomb)


def test_a_hostile_pdf_costs_linear_time():
    examine("长.pdf", PDF.replace(b"trailer", b"stream " * 400_000 + b"trailer"))


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/红线图.pdf", "红线图.pdf"),
        ("C:\\文件\\红线图.pdf", "红线图.pdf"),
        ("图\u202efdp.exe", "图fdp.exe"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie: x.pdf"),
        ("{0.__class__}.pdf", "0.__class__.pdf"),
        ("长" * 300 + ".pdf", "长" * 116 + ".pdf"),
        ("", "附件"),
    ],
)
def test_names_are_shown_without_tricks(name, clean):
    assert clean_name(name) == clean
