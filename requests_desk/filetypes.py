"""What may be handed in: a file whose content and name say the same, and in which nothing runs.

Pictures are made anew, so that neither a place nor a camera nor a hidden tail travels with them.
"""

import io
import re
import unicodedata
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import PurePosixPath

import filetype
from PIL import Image, ImageOps

LONGEST_NAME = 120
MOST_PIXELS = 60_000_000
MOST_PARTS, MOST_UNPACKED = 5_000, 300 * 1024 * 1024  # of an office document
MOST_INFLATED = 8 * 1024 * 1024  # of a PDF's packed objects
ACCEPT = ".pdf,.jpg,.jpeg,.png,.docx,.xlsx"
WANTED = "PDF、JPG、PNG、DOCX、XLSX"

_OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_RUNS = re.compile(rb"/(?:JavaScript|JS|Launch)(?=[\s(<\[/>]|$)")
_PROGRAMS = ("exe", "dll", "com", "scr", "msi", "bat", "cmd", "ps1", "vbs", "js", "hta", "jar", "lnk")
_PROGRAM_STARTS = (b"MZ", b"\x7fELF", b"#!")

_ARCHIVE = "“{name}”是压缩包。请解压后把文件逐个上传。"
_OLD = "“{name}”是旧版格式。请在 WPS 或 Office 中另存为 DOCX 或 XLSX 后上传。"
_MACRO = "“{name}”里可以运行程序（宏）。请另存为不带宏的 DOCX 或 XLSX 后上传。"
_INSIDE = "“{name}”里嵌有别的程序或对象。请去掉后再上传，或导出为 PDF。"
_LOCKED = "“{name}”加了密码，别人打不开。请去掉密码后上传。"
_BROKEN = "“{name}”的内容与扩展名不符，或已损坏。请用原来的程序打开，另存后再上传。"
_SCRIPT = "“{name}”里带有会自动运行的内容。请用“打印为 PDF”重新生成后上传。"
_LARGE = "“{name}”尺寸太大，展开后无法处理。请缩小后再上传。"
_EMPTY = "“{name}”是空文件。"
_OTHER = "“{name}”不是可以上传的类型。可以上传 " + WANTED + "。"
_BY_NAME = {
    _ARCHIVE: ("zip", "rar", "7z", "tar", "gz", "tgz", "bz2", "xz", "iso"),
    _OLD: ("doc", "xls", "ppt", "dot", "xlt", "wps", "et", "dps"),
    _MACRO: ("docm", "dotm", "xlsm", "xltm", "xlsb", "xlam", "pptm"),
}


class UnwantedError(Exception):
    """A file that is not taken in; ``str()`` is a Chinese sentence that names it and says what to do."""


@dataclass(frozen=True)
class Paper:
    """A file that was looked through and may be kept; ``content`` is what is kept."""

    name: str
    kind: str
    content: bytes = field(repr=False)

    @property
    def digest(self) -> str:
        """The SHA-256 of what is kept, in hexadecimal."""
        return sha256(self.content).hexdigest()


def examine(name: str, content: bytes) -> Paper:
    """Look a file through; return what may be kept of it.

    Raises:
        UnwantedError: an empty file, another type, a name that lies, a macro, a script, a password, a bomb.
    """
    name = clean_name(name)
    ending = PurePosixPath(name).suffix.lower().removeprefix(".")
    for sentence, endings in _BY_NAME.items():
        if ending in endings:
            raise UnwantedError(sentence.format(name=name))
    if ending not in _KINDS:
        raise UnwantedError(_OTHER.format(name=name))
    if not content:
        raise UnwantedError(_EMPTY.format(name=name))
    kind, contents, taken = _KINDS[ending]
    found = filetype.guess(content)
    if content.startswith(_OLE):  # an office document behind a password is wrapped in the old format
        raise UnwantedError(_LOCKED.format(name=name))
    if found is None or found.extension not in contents:
        raise UnwantedError(_BROKEN.format(name=name))
    try:
        return Paper(name, kind, taken(content))
    except UnwantedError as error:
        raise UnwantedError(str(error).format(name=name)) from error


def clean_name(name: str) -> str:
    """Return a file's name without folders, invisible characters and braces, short enough to be shown."""
    last = unicodedata.normalize("NFC", name).replace("\\", "/").rpartition("/")[2]
    shown = "".join(c for c in last if unicodedata.category(c)[0] != "C" and c not in '{}"<>|').strip(" .")
    path = PurePosixPath(shown or "附件")
    return path.stem[: LONGEST_NAME - len(path.suffix)] + path.suffix[:LONGEST_NAME]


def _picture(content: bytes, form: str) -> bytes:
    """Draw a picture again: upright, and with nothing beside its pixels."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            picture = Image.open(io.BytesIO(content), formats=[form])
            if picture.width * picture.height > MOST_PIXELS:
                raise UnwantedError(_LARGE)
            drawn = ImageOps.exif_transpose(picture)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise UnwantedError(_LARGE) from error
    except (OSError, ValueError, SyntaxError, TypeError, zlib.error) as error:
        raise UnwantedError(_BROKEN) from error
    drawn.info = {key: value for key, value in drawn.info.items() if key == "transparency"}
    if form == "JPEG" and drawn.mode not in {"RGB", "L"}:
        drawn = drawn.convert("RGB")
    out = io.BytesIO()
    drawn.save(out, form, **({"quality": 88} if form == "JPEG" else {}))
    return out.getvalue()


def _jpeg(content: bytes) -> bytes:
    return _picture(content, "JPEG")


def _png(content: bytes) -> bytes:
    return _picture(content, "PNG")


def _pdf(content: bytes) -> bytes:
    """Refuse passwords and what runs by itself, also where its name is written in codes or packed away."""
    if b"%%EOF" not in content[-2048:]:
        raise UnwantedError(_BROKEN)
    for part in _pdf_words(content):
        plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda code: bytes.fromhex(code[1].decode()), part)
        if b"/Encrypt" in plain:
            raise UnwantedError(_LOCKED)
        if _RUNS.search(plain):
            raise UnwantedError(_SCRIPT)
    return content


def _pdf_words(content: bytes) -> Iterator[bytes]:
    """Give what stands outside of streams, and the objects packed into streams; in linear time."""
    place, room = 0, MOST_INFLATED
    while (begin := content.find(b"stream", place)) >= 0:
        end = content.find(b"endstream", begin)
        if end < 0:
            break
        words = content[place:begin]
        yield words
        if b"/ObjStm" in words[-1024:] and room > 0:
            packed = _inflated(content[begin + len(b"stream") : end].lstrip(b"\r\n"), room)
            room -= len(packed)
            yield packed
        place = end + len(b"endstream")
    yield content[place:]


def _inflated(packed: bytes, room: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, room)
    except zlib.error:
        return b""


def _docx(content: bytes) -> bytes:
    return _office(content, "word/document.xml")


def _xlsx(content: bytes) -> bytes:
    return _office(content, "xl/workbook.xml")


def _office(content: bytes, main: str) -> bytes:
    """Look into an office document: its main part is there, and no part of it is a program or holds one."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
                raise UnwantedError(_LARGE)
            names = {part.filename for part in parts}
            if main not in names or "[Content_Types].xml" not in names:
                raise UnwantedError(_BROKEN)
            if b"macroEnabled" in archive.read("[Content_Types].xml"):
                raise UnwantedError(_MACRO)
            for part in parts:
                _check_part(archive, part)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, ValueError, NotImplementedError) as error:
        raise UnwantedError(_BROKEN) from error
    return content


def _check_part(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> None:
    path = PurePosixPath(part.filename.lower())
    if part.flag_bits & 1:
        raise UnwantedError(_LOCKED)
    if path.name.startswith("vba"):
        raise UnwantedError(_MACRO)
    is_object = "activex" in path.parts or ("embeddings" in path.parts and path.suffix in {".bin", ".ole"})
    if is_object or path.suffix.removeprefix(".") in _PROGRAMS:
        raise UnwantedError(_INSIDE)
    with archive.open(part) as opened:
        if opened.read(4).startswith(_PROGRAM_STARTS):
            raise UnwantedError(_INSIDE)


Taken = Callable[[bytes], bytes]
# by the name's ending: the kind, what the content may be called, and how it is looked through
_KINDS: dict[str, tuple[str, frozenset[str], Taken]] = {
    "pdf": ("pdf", frozenset({"pdf"}), _pdf),
    "jpg": ("jpg", frozenset({"jpg"}), _jpeg),
    "jpeg": ("jpg", frozenset({"jpg"}), _jpeg),
    "png": ("png", frozenset({"png"}), _png),
    "docx": ("docx", frozenset({"docx", "zip"}), _docx),
    "xlsx": ("xlsx", frozenset({"xlsx", "zip"}), _xlsx),
}
MIME = {
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
