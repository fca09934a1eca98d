"""Which files may be attached: decided by what is in them, never by their name (LA-4.4.a)."""

from __future__ import annotations

import io
import re
import struct
import threading
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

import filetype
from lxml import etree

from engine.documents.text import clean, fold, legacy_encoding, secrecy_marks
from engine.errors import InvalidInput

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ALLOWED: dict[str, str] = {
    "application/pdf": "pdf", "text/plain": "txt", "text/csv": "csv", "application/rtf": "rtf",
    "application/msword": "doc", WORD: "docx", "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.ms-excel": "xls", EXCEL: "xlsx", "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "image/png": "png", "image/jpeg": "jpg", "image/tiff": "tif",
}  # fmt: skip
PDF = "application/pdf"
LONGEST_NAME = 200
WAY_BACK = "trang “Tệp bị dừng”"
MOST_ENTRIES = 5_000
MOST_UNPACKED = 1024 * 1024 * 1024
_SAME = {"jpeg": "jpg", "tiff": "tif"}
_ENCRYPTED_PDF = re.compile(rb"/Encrypt\s+\d+\s+\d+\s+R")
_ACTIVE_PDF = re.compile(rb"/(JavaScript|JS|Launch|EmbeddedFile|RichMedia)\b")
_STREAM = re.compile(rb"\bstream\r?\n.*?\bendstream\b", re.DOTALL)  # packed bytes say such words by chance
_MARKUP = re.compile(rb"\s*<(\?xml|!doctype|html|svg|script|head|body|iframe)", re.IGNORECASE)
_OPEN_DOCUMENT = {b"application/vnd.oasis.opendocument.text", b"application/vnd.oasis.opendocument.spreadsheet"}
_TOP_LINES = 25
_LONGEST_STAMP = 30
_MOST_READ = 4 * 1024 * 1024
_ONE_AT_A_TIME = threading.Lock()  # PDFium is not made for several threads, and the web has them
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file is found to be: accepted or not, why not, and what somebody should know about it."""

    media_type: str
    extension: str
    file_name: str
    problem: str = ""
    warnings: tuple[str, ...] = ()

    @property
    def accepted(self) -> bool:
        """Whether the file may be attached."""
        return not self.problem


class Stamped(InvalidInput):
    """A file that may be attached but for the stamps of secrecy it bears; `found` is what it is otherwise."""

    def __init__(self, sentence: str, field: str, found: Inspection) -> None:
        super().__init__(sentence, {field: sentence})
        self.found = found


class _Refused(Exception):
    """Why a file isn't taken, in a sentence; never leaves this module."""


def inspect(content: bytes, file_name: str, *, largest: int | None = None) -> Inspection:
    """Look into a file; the answer is a value, whatever the bytes are (LA-4.4, LA-4.2)."""
    name = safe_name(file_name)
    warnings: list[str] = []
    try:
        if not content:
            raise _Refused("Tệp rỗng.")
        if largest is not None and len(content) > largest:
            raise _Refused(f"Tệp lớn quá {largest // (1024 * 1024)} MB.")
        media_type = _sniff(content, name, warnings)
    except _Refused as refused:
        return Inspection("application/octet-stream", "", name, f"{name}: {refused}")
    except (zipfile.BadZipFile, struct.error, EOFError, ValueError, OSError, NotImplementedError, RuntimeError):
        return Inspection("application/octet-stream", "", name, f"{name}: Tệp bị hỏng, không đọc được.")
    extension = ALLOWED[media_type]
    return Inspection(media_type, extension, _renamed(name, extension, warnings), "", tuple(warnings))


def accepted(
    content: bytes, file_name: str, *, largest: int | None = None, field: str = "files", passive: bool = False
) -> Inspection:
    """Look into a file and go on only when it may be attached; InvalidInput says what is wrong with it.

    One that bears a stamp of secrecy may not: it goes the way of paper (LA-1.2). `passive` refuses a PDF that does
    something when it is opened or carries other files: nothing of our own needs that, and nobody sees what it brings.
    """
    found = inspect(content, file_name, largest=largest)
    if found.problem:
        raise InvalidInput(found.problem, {field: found.problem})
    if passive and found.media_type == PDF and (acting := active(content)):
        sentence = (
            f"{found.file_name}: Tệp PDF có thành phần hoạt động ({', '.join(acting)}). In lại ra tệp PDF thường, gửi "
            "riêng các tệp nhúng bên trong."
        )
        raise InvalidInput(sentence, {field: sentence})
    if marks := stamps(content, found.media_type):
        sentence = (
            f"{found.file_name}: Có dấu chỉ mức độ mật ({', '.join(marks)}) ở dòng riêng trang đầu. Văn bản mật không "
            "đưa vào hệ thống; xử lý theo đường văn bản giấy. Nếu không phải dấu chỉ độ mật, bỏ dòng đó rồi tải lại, "
            f"hoặc đề nghị lãnh đạo cho đúng tệp này qua ở {WAY_BACK}."
        )
        raise Stamped(sentence, field, found)
    return found


def active(content: bytes) -> tuple[str, ...]:
    """What a PDF does when it is opened, and whether it carries other files: names as the format has them."""
    import pypdfium2.raw as pdfium  # loaded by the first PDF that is taken in
    from pypdfium2 import PdfDocument

    found = {name.decode() for name in _ACTIVE_PDF.findall(_STREAM.sub(b"", content))}
    with _ONE_AT_A_TIME:
        try:
            document = PdfDocument(content)
        except Exception:  # strangers' files break readers in ways of their own
            return tuple(sorted(found))
        try:  # what is packed into streams of objects too
            if pdfium.FPDFDoc_GetJavaScriptActionCount(document) > 0:
                found.add("JavaScript")
            if pdfium.FPDFDoc_GetAttachmentCount(document) > 0:
                found.add("EmbeddedFile")
        finally:
            document.close()
    return tuple(sorted(found))


def stamps(content: bytes, media_type: str) -> tuple[str, ...]:
    """Stamps of secrecy on lines of their own where a document bears them, at the top (PL I, box 10a; LA-1.2).

    The word in a sentence is none, and a file that can't be read bears none: what it says isn't known.
    """
    try:
        lines = _top(content, media_type)
    except Exception:  # strangers' files break readers in ways of their own
        return ()
    alone = [line for line in lines if len(line) < _LONGEST_STAMP]
    marks = [mark for line in alone for mark in secrecy_marks(line) if fold(line).strip(" .:;()[]|-_") == fold(mark)]
    return tuple(dict.fromkeys(marks))


def _top(content: bytes, media_type: str) -> list[str]:
    """The first lines of a text, of the first page of a PDF."""
    if media_type == PDF:
        import pypdfium2  # loaded by the first PDF that is taken in

        with _ONE_AT_A_TIME:
            document = pypdfium2.PdfDocument(content)
            try:
                said = document[0].get_textpage().get_text_range()
            finally:
                document.close()
    elif media_type == WORD:
        said = "\n".join(_paragraphs(content, "word/document.xml"))
    elif media_type == "application/vnd.oasis.opendocument.text":
        said = "\n".join(_paragraphs(content, "content.xml"))
    elif media_type == "text/plain":
        said = content[:20_000].decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig", "ignore")
    else:
        return []
    return [line for line in (clean(each) for each in said.splitlines()) if line][:_TOP_LINES]


def _paragraphs(content: bytes, part: str) -> Iterator[str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive, archive.open(part) as entry:
        xml = io.BytesIO(entry.read(_MOST_READ))
    found = 0
    for _event, element in etree.iterparse(xml, events=("end",), resolve_entities=False, no_network=True, recover=True):
        if isinstance(element.tag, str) and etree.QName(element).localname == "p":
            if text := "".join(str(each) for each in element.itertext()).strip():
                yield text
                found += 1
            if found >= _TOP_LINES:
                return


def safe_name(file_name: str) -> str:
    """A file name without folders and characters that mean something to a file system; never empty."""
    base = clean(file_name).replace("\\", "/").rsplit("/", 1)[-1]
    base = re.sub(r'[<>:"|?*\x00-\x1f]', "_", base).strip(". ")
    if len(base) > LONGEST_NAME:
        stem, dot, extension = base.rpartition(".")
        base = (stem[: LONGEST_NAME - 12] + dot + extension[:10]) if dot else base[:LONGEST_NAME]
    return base or "tep"


def _renamed(name: str, extension: str, warnings: list[str]) -> str:
    claimed = name.rpartition(".")[2].lower() if "." in name else ""
    if _SAME.get(claimed, claimed) == extension:
        return name
    if claimed:
        warnings.append(f"Phần mở rộng .{claimed} không đúng với nội dung ({extension}).")
    return f"{name}.{extension}"


def _sniff(content: bytes, name: str, warnings: list[str]) -> str:
    if content.startswith(b"%PDF-"):
        return _pdf(content, warnings)
    if b"%PDF-" in content[:1024]:
        raise _Refused("Tệp trộn hai định dạng (có phần đầu lạ trước nội dung PDF).")
    if content.startswith(b"PK\x03\x04"):
        return _package(content)
    if content.startswith(_OLE):
        return _compound(content)
    if content.startswith(b"{\\rtf"):
        if b"\\objdata" in content:
            raise _Refused("Tệp RTF có nhúng đối tượng bên ngoài.")
        return "application/rtf"
    kind = filetype.guess_mime(content)
    if kind in ("image/png", "image/jpeg", "image/tiff"):
        return _image(content, kind)
    if kind is not None:
        raise _Refused("Định dạng không thuộc danh mục được gửi kèm: " + ", ".join(ALLOWED.values()) + ".")
    return _plain(content, name, warnings)


def _pdf(content: bytes, warnings: list[str]) -> str:
    if b"%%EOF" not in content[-2048:]:
        raise _Refused("Tệp PDF không đầy đủ (thiếu phần cuối).")
    if _ENCRYPTED_PDF.search(content):
        raise _Refused("Tệp PDF đặt mật khẩu; gỡ mật khẩu trước khi đính kèm.")
    if _is_archive(content):
        raise _Refused("Tệp trộn hai định dạng (vừa là PDF vừa là tệp nén).")
    if _MARKUP.match(content[content.find(b"\n") + 1 :][:256]):
        raise _Refused("Tệp trộn hai định dạng (vừa là PDF vừa là trang web).")
    if active := sorted({found.decode() for found in _ACTIVE_PDF.findall(_STREAM.sub(b"", content))}):
        warnings.append("Tệp PDF có thành phần hoạt động: " + ", ".join(active) + ".")
    return PDF


def _is_archive(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            return bool(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError, struct.error, NotImplementedError):
        return False


def _package(content: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        entries = archive.infolist()
        if len(entries) > MOST_ENTRIES or sum(e.file_size for e in entries) > MOST_UNPACKED:
            raise _Refused("Tệp nén quá nhiều hoặc quá lớn khi giải nén.")
        if any(e.flag_bits & 1 for e in entries):
            raise _Refused("Tệp đặt mật khẩu; gỡ mật khẩu trước khi đính kèm.")
        names = {e.filename for e in entries}
        if "mimetype" in names:
            return _open_document(archive, names)
        return _office_document(archive, names)


def _office_document(archive: zipfile.ZipFile, names: set[str]) -> str:
    if "[Content_Types].xml" not in names:
        raise _Refused("Tệp nén không phải văn bản hay bảng tính; gửi từng tệp riêng.")
    types = _entry(archive, "[Content_Types].xml")
    if b"macroEnabled" in types or any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _Refused("Tệp có macro; lưu lại không kèm macro trước khi đính kèm.")
    if "word/document.xml" in names:
        return WORD
    if "xl/workbook.xml" in names:
        return EXCEL
    raise _Refused("Chỉ nhận văn bản (docx) và bảng tính (xlsx) trong bộ Office.")


def _open_document(archive: zipfile.ZipFile, names: set[str]) -> str:
    kind = _entry(archive, "mimetype").strip()
    if kind not in _OPEN_DOCUMENT or "content.xml" not in names:
        raise _Refused("Chỉ nhận văn bản (odt) và bảng tính (ods) trong bộ OpenDocument.")
    if any(name.startswith(("Basic/", "Scripts/")) and not name.endswith("/") for name in names):
        raise _Refused("Tệp có macro; lưu lại không kèm macro trước khi đính kèm.")
    if "META-INF/manifest.xml" in names and b"encryption-data" in _entry(archive, "META-INF/manifest.xml"):
        raise _Refused("Tệp đặt mật khẩu; gỡ mật khẩu trước khi đính kèm.")
    return kind.decode("ascii")


def _entry(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as entry:
        return entry.read(2 * 1024 * 1024)


def _compound(content: bytes) -> str:
    streams = dict(_directory(content))
    if "EncryptedPackage" in streams:
        raise _Refused("Tệp đặt mật khẩu; gỡ mật khẩu trước khi đính kèm.")
    if {"_VBA_PROJECT", "_VBA_PROJECT_CUR", "VBA", "Macros"} & set(streams):
        raise _Refused("Tệp có macro; lưu lại không kèm macro trước khi đính kèm.")
    if "WordDocument" in streams:
        flags = struct.unpack_from("<H", content, streams["WordDocument"] + 10)[0]
        kind, locked = "application/msword", bool(flags & 0x0100)
    elif "Workbook" in streams or "Book" in streams:
        at = streams.get("Workbook", streams.get("Book", 0))
        length = struct.unpack_from("<H", content, at + 2)[0]
        kind, locked = "application/vnd.ms-excel", struct.unpack_from("<H", content, at + 4 + length)[0] == 0x002F
    else:
        raise _Refused("Chỉ nhận văn bản (doc) và bảng tính (xls) trong định dạng Office cũ.")
    if locked:
        raise _Refused("Tệp đặt mật khẩu; gỡ mật khẩu trước khi đính kèm.")
    return kind


def _directory(content: bytes) -> Iterator[tuple[str, int]]:
    """Names of the streams of a compound file and the offset where each begins (large streams only)."""
    size = 1 << struct.unpack_from("<H", content, 30)[0]
    if size not in (512, 4096):
        raise ValueError("sector size")
    fat: list[int] = []
    for sector in struct.unpack_from("<109I", content, 76):
        if sector < 0xFFFFFFFA:
            fat.extend(struct.unpack_from(f"<{size // 4}I", content, (sector + 1) * size))
    sector, seen = struct.unpack_from("<I", content, 48)[0], 0
    while sector < 0xFFFFFFFA and seen < 4096:
        for offset in range((sector + 1) * size, (sector + 2) * size, 128):
            length = struct.unpack_from("<H", content, offset + 64)[0]
            if 2 <= length <= 64:
                name = content[offset : offset + length - 2].decode("utf-16-le")
                yield name, (struct.unpack_from("<I", content, offset + 116)[0] + 1) * size
        sector, seen = fat[sector] if sector < len(fat) else 0xFFFFFFFE, seen + 1


def _image(content: bytes, kind: str) -> str:
    ends = {"image/png": b"IEND", "image/jpeg": b"\xff\xd9"}.get(kind)
    if ends is not None and ends not in content[-1024:]:
        raise _Refused("Tệp ảnh không đầy đủ.")
    if _is_archive(content):
        raise _Refused("Tệp trộn hai định dạng (vừa là ảnh vừa là tệp nén).")
    return kind


def _plain(content: bytes, name: str, warnings: list[str]) -> str:
    if _MARKUP.match(content[:512].removeprefix(b"\xef\xbb\xbf")):
        raise _Refused("Không nhận trang web hoặc tệp XML làm tệp kèm theo.")
    try:
        text = content.decode("utf-16" if content[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        encoding = legacy_encoding(content[:20_000].decode("latin-1"))
        said = f"dùng bảng mã cũ {encoding}" if encoding else "không dùng bảng mã Unicode"
        raise _Refused(f"Nội dung {said}; chuyển sang Unicode (TCVN 6909:2001) trước khi đính kèm.") from None
    if any(ord(c) < 32 and c not in "\t\n\r\f" for c in text[:100_000]) or "\x00" in text:
        raise _Refused("Không nhận diện được định dạng của tệp.")
    if encoding := legacy_encoding(text[:20_000]):
        warnings.append(f"Nội dung có vẻ dùng bảng mã cũ {encoding}.")
    if marks := secrecy_marks(text[:20_000]):
        warnings.append("Nội dung có dấu chỉ mức độ mật: " + ", ".join(marks) + ".")
    return "text/csv" if name.lower().endswith(".csv") else "text/plain"
