"""What a file says: PDF, Word and Excel files as strangers send them; bounded, never trusted, never run.

Archives are opened member by member with a limit on what comes out of each and of all; XML without entities or
network. Whatever can't be read is told in a sentence and is no error: the document is found by its fields.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from engine.documents import formats
from engine.documents.searching.commands import LONGEST_CONTENT
from engine.intake import legacy

PICTURES = ("image/png", "image/jpeg", "image/tiff")
MOST_PAGES = 2000
MOST_MEMBERS = 4000
MOST_BYTES = 60 * 1024 * 1024  # unpacked, of one file
_WORD_PARTS = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes|comments)\.xml")
_SHEETS = re.compile(r"xl/(sharedStrings|worksheets/sheet\d+|comments\d*)\.xml")


@dataclass(frozen=True, slots=True)
class Read:
    """What was read of a file: read, partly, empty or failed; why not all of it; whether it is a picture of text."""

    state: str
    text: str = ""
    note: str = ""
    picture: bool = False


class _TooMuch(Exception):
    """Enough was read."""


class _Unreadable(Exception):
    """The file can't be read; the text says why."""


class _Gathered:
    """Text as it comes, up to what is kept."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.length = 0

    def add(self, piece: str) -> None:
        """Take one more piece; _TooMuch when there is room for no more."""
        self.parts.append(piece[: LONGEST_CONTENT - self.length])
        self.length += len(piece)
        if self.length >= LONGEST_CONTENT:
            raise _TooMuch


def read(content: bytes, media_type: str) -> Read:
    """Text of a file of this media type; never raises for what is in the file."""
    reader = _READERS.get(media_type)
    if media_type in PICTURES:
        return Read("empty", note="Tệp là ảnh, chờ nhận dạng chữ.", picture=True)
    if reader is None:
        return Read("empty", note="Loại tệp này chưa đọc được nội dung.")
    gathered = _Gathered()
    state, note = "read", ""
    try:
        reader(content, gathered)
    except _TooMuch:
        state, note = "partly", f"Chỉ đọc {LONGEST_CONTENT:,} ký tự đầu.".replace(",", ".")
    except _Unreadable as why:
        state, note = ("partly" if gathered.length else "failed"), str(why)
    except Exception as error:  # whatever a parser finds in a stranger's file
        state, note = ("partly" if gathered.length else "failed"), f"Tệp hỏng, không đọc được ({type(error).__name__})."
    said = "".join(gathered.parts)
    if state == "read" and not said.strip():
        picture = media_type == formats.PDF and _has_pictures(content)
        return Read("empty", note="Tệp không có chữ; có thể là ảnh quét.", picture=picture)
    if old := legacy.converted(said[:20_000]):
        # found by what it means; the file itself stays as it came (LA-4.2)
        said, note = legacy.to_unicode(said, old[0]), note or f"Nội dung dùng bảng mã cũ {legacy.NAMES[old[0]]}."
    return Read(state, said, note)


def _has_pictures(content: bytes) -> bool:
    """Whether one of the first pages of a PDF is drawn with pictures: a scan rather than empty paper."""
    import pypdfium2 as pdfium
    import pypdfium2.raw as raw

    document = pdfium.PdfDocument(content)
    try:
        pages = [document[number] for number in range(min(len(document), 3))]
        return any(True for page in pages for _ in page.get_objects([raw.FPDF_PAGEOBJ_IMAGE]))
    except pdfium.PdfiumError:
        return False
    finally:
        document.close()


def _pdf(content: bytes, gathered: _Gathered) -> None:
    import pypdfium2 as pdfium

    try:
        document = pdfium.PdfDocument(content)
    except pdfium.PdfiumError as error:
        locked = "password" in str(error).lower()
        raise _Unreadable("Tệp có mật khẩu." if locked else "Tệp PDF hỏng, không mở được.") from error
    try:
        for number in range(min(len(document), MOST_PAGES)):
            page = document[number]
            words = page.get_textpage()
            try:
                gathered.add(words.get_text_bounded() + "\n")
            finally:
                words.close()
                page.close()
        if len(document) > MOST_PAGES:
            raise _Unreadable(f"Chỉ đọc {MOST_PAGES} trang đầu.")
    finally:
        document.close()


def _word(content: bytes, gathered: _Gathered) -> None:
    for part in _members(content, _WORD_PARTS):
        for _, node in _parse(part):
            name = etree.QName(node).localname
            if name == "t" and node.text:
                gathered.add(node.text)
            elif name in ("p", "br", "tab", "cr"):
                gathered.add("\n" if name == "p" else " ")
            if name in ("p", "tr"):
                node.clear()


def _sheet(content: bytes, gathered: _Gathered) -> None:
    for part in _members(content, _SHEETS):
        for _, node in _parse(part):
            name = etree.QName(node).localname
            if name == "t" and node.text:
                gathered.add(node.text)
            elif name == "si":
                gathered.add("\n")
                node.clear()
            elif name == "c":
                # a shared string is a number into another part, a formula's text stands in its value
                value = node.findtext("{*}v")
                if value and node.get("t") not in ("s", "b", "e"):
                    gathered.add(f"{value} ")
                elif node.get("t") == "inlineStr":
                    gathered.add(" ")
                node.clear()
            elif name == "row":
                gathered.add("\n")
                node.clear()


def _open_document(content: bytes, gathered: _Gathered) -> None:
    for part in _members(content, re.compile(r"content\.xml")):
        for _, node in _parse(part):
            if etree.QName(node).localname in ("p", "h"):
                gathered.add("".join(str(each) for each in node.itertext()) + "\n")
                node.clear()


def _plain(content: bytes, gathered: _Gathered) -> None:
    try:
        gathered.add(content[: LONGEST_CONTENT * 4].decode("utf-8-sig", errors="strict"))
    except UnicodeDecodeError as error:
        raise _Unreadable("Tệp không ở bảng mã Unicode.") from error


def _members(content: bytes, wanted: re.Pattern[str]) -> Iterator[io.BytesIO]:
    """The wanted parts of an archive, unpacked one after the other, never more than MOST_BYTES together."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if len(archive.infolist()) > MOST_MEMBERS:
            raise _Unreadable("Tệp nén chứa quá nhiều thành phần.")
        left = MOST_BYTES
        for member in sorted(archive.infolist(), key=lambda each: not each.filename.endswith("document.xml")):
            if not wanted.fullmatch(member.filename):
                continue
            if member.flag_bits & 0x1:
                raise _Unreadable("Tệp có mật khẩu.")
            with archive.open(member) as opened:
                unpacked = opened.read(left + 1)  # what the archive says of its size is not believed
            left -= len(unpacked)
            if left < 0:
                raise _Unreadable("Nội dung giải nén quá lớn nên không đọc.")
            yield io.BytesIO(unpacked)


def _parse(part: io.BytesIO) -> Iterator[tuple[str, etree._Element]]:
    yield from etree.iterparse(
        part, events=("end",), resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, recover=False
    )


_READERS = {
    formats.PDF: _pdf, formats.WORD: _word, formats.EXCEL: _sheet,
    "application/vnd.oasis.opendocument.text": _open_document,
    "application/vnd.oasis.opendocument.spreadsheet": _open_document,
    "text/plain": _plain, "text/csv": _plain,
}  # fmt: skip
