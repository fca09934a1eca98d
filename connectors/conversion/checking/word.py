"""A Word file as the check of layout sees it: what it says of pages and letters, and where that comes to lie."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from connectors.conversion.checking.limits import MOST_PARAGRAPHS, Unreadable
from connectors.conversion.checking.word_styles import Look, Setting, Styles, W, parsed
from engine.drafts.layout.sheet import MM, Numbering

_R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
_WANTED = re.compile(
    r"word/(document|styles|numbering|theme/theme1|header\d*|footer\d*|_rels/document\.xml)\.(xml|rels)"
)
_MOST_BYTES = 40 * 1024 * 1024
_MOST_MEMBERS = 4000
_DEEPEST = 4  # tables within tables


@dataclass(frozen=True, slots=True)
class Run:
    """Letters of one look."""

    text: str
    look: Look


@dataclass(slots=True)
class Paragraph:
    """A paragraph, or a part of one between forced line ends."""

    runs: list[Run]
    setting: Setting

    @property
    def text(self) -> str:
        """What it says."""
        return "".join(each.text for each in self.runs)


@dataclass(slots=True)
class Table:
    """Rows of cells; widths of the columns in points, borders or none."""

    widths: list[float]
    rows: list[list[tuple[int, list[Block]]]] = field(default_factory=list)
    bordered: bool = False
    whole: bool = False  # no row may be broken over pages


Block = Paragraph | Table


@dataclass(slots=True)
class WordFile:
    """What is read of a file."""

    width: float
    height: float
    margins: dict[str, float]
    blocks: list[Block]
    numbering: Numbering
    partly: str = ""


def read_word(content: bytes) -> WordFile:
    """The text of a Word file with its looks, in order; Unreadable when it is damaged, locked or made too big."""
    try:
        return _Reader(_parts(content)).read()
    except Unreadable:
        raise
    except Exception as error:  # whatever a parser finds in a stranger's file
        raise Unreadable("Tệp Word hỏng, không đọc được.") from error


def _parts(content: bytes) -> dict[str, bytes]:
    """The parts that matter, unpacked, never more than a limit; what the archive says of sizes is not believed."""
    if content.startswith(b"\xd0\xcf\x11\xe0"):
        raise Unreadable("Tệp Word có mật khẩu hoặc ở định dạng cũ (.doc); lưu lại thành .docx không mật khẩu.")
    found: dict[str, bytes] = {}
    left = _MOST_BYTES
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        if len(archive.infolist()) > _MOST_MEMBERS:
            raise Unreadable("Tệp Word chứa quá nhiều thành phần nên không kiểm tra.")
        for member in archive.infolist():
            if not _WANTED.fullmatch(member.filename):
                continue
            if member.flag_bits & 0x1:
                raise Unreadable("Tệp Word có mật khẩu, không mở để kiểm tra được.")
            with archive.open(member) as opened:
                found[member.filename] = opened.read(left + 1)
            left -= len(found[member.filename])
            if left < 0:
                raise Unreadable("Nội dung tệp Word giải nén quá lớn nên không kiểm tra.")
    if "word/document.xml" not in found:
        raise Unreadable("Tệp không phải văn bản Word.")
    return found


class _Reader:
    """One file being read."""

    def __init__(self, parts: dict[str, bytes]) -> None:
        self.parts = parts
        self.styles = Styles(parsed(parts.get("word/styles.xml")), parsed(parts.get("word/theme/theme1.xml")))
        self.bullets = _bullets(parsed(parts.get("word/numbering.xml")))
        self.count = 0

    def read(self) -> WordFile:
        """Everything."""
        root = parsed(self.parts["word/document.xml"])
        body = root.find(f"{W}body") if root is not None else None
        if body is None:
            raise Unreadable("Tệp Word không có nội dung.")
        blocks = list(self._blocks(body, 0))
        sections = list(body.iter(f"{W}sectPr"))
        width, height, margins = _paper(sections[0] if sections else None)
        partly = f"Chỉ kiểm tra {MOST_PARAGRAPHS} đoạn đầu." if self.count >= MOST_PARAGRAPHS else ""
        return WordFile(width, height, margins, blocks, self._numbering(sections), partly)

    def _blocks(self, parent: Any, depth: int) -> Iterator[Block]:
        for each in parent:
            if self.count >= MOST_PARAGRAPHS:
                return
            if each.tag == f"{W}p":
                yield from self._paragraph(each)
            elif each.tag == f"{W}tbl" and depth < _DEEPEST:
                yield self._table(each, depth)
            elif each.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}customXml", f"{W}smartTag"):
                yield from self._blocks(each, depth)

    def _paragraph(self, element: Any) -> Iterator[Paragraph]:
        """A paragraph, cut where it forces a new line."""
        self.count += 1
        properties = element.find(f"{W}pPr")
        look, setting = self.styles.paragraph(properties)
        runs: list[Run] = []
        bullet = self._bullet(properties)
        if bullet:
            runs.append(Run(f"{bullet} ", look))
        pieces: list[list[Run]] = [runs]
        for run in element.iter(f"{W}r"):
            if any(parent.tag == f"{W}txbxContent" for parent in run.iterancestors()):
                continue
            for piece in self._run(run, look):
                if piece is None:
                    pieces.append([])
                else:
                    pieces[-1].append(piece)
        for each in pieces:
            yield Paragraph(each, setting)

    def _run(self, run: Any, look: Look) -> Iterator[Run | None]:
        own = self.styles.run(look, run.find(f"{W}rPr"))
        if own.hidden:
            return
        for each in run:
            if each.tag == f"{W}t" and each.text:
                yield Run(each.text.upper() if own.caps else each.text, own)
            elif each.tag in (f"{W}tab", f"{W}ptab"):
                yield Run("    ", own)
            elif each.tag == f"{W}noBreakHyphen":
                yield Run("-", own)
            elif each.tag in (f"{W}br", f"{W}cr"):
                yield None

    def _bullet(self, properties: Any | None) -> str:
        numbered = properties.find(f"{W}numPr") if properties is not None else None
        if numbered is None:
            return ""
        number, level = numbered.find(f"{W}numId"), numbered.find(f"{W}ilvl")
        key = (
            number.get(f"{W}val", "") if number is not None else "",
            level.get(f"{W}val", "0") if level is not None else "0",
        )
        return self.bullets.get(key, "")

    def _table(self, element: Any, depth: int) -> Table:
        widths = [_twips(each.get(f"{W}w"), 60) for each in element.iterfind(f"{W}tblGrid/{W}gridCol")]
        borders = element.find(f"{W}tblPr/{W}tblBorders")
        style = element.find(f"{W}tblPr/{W}tblStyle")
        drawn = borders is not None and any(each.get(f"{W}val") not in ("none", "nil") for each in borders)
        table = Table(widths, bordered=drawn or (style is not None and "Grid" in style.get(f"{W}val", "")))
        table.whole = all(row.find(f"{W}trPr/{W}cantSplit") is not None for row in element.iterfind(f"{W}tr"))
        for row in element.iterfind(f"{W}tr"):
            cells = []
            for cell in row.iterfind(f"{W}tc"):
                span = cell.find(f"{W}tcPr/{W}gridSpan")
                wide = int(_twips(span.get(f"{W}val"), 1 / 20) * 20) if span is not None else 1
                cells.append((min(max(wide, 1), 30), list(self._blocks(cell, depth + 1))))
            table.rows.append(cells)
        return table

    # --- Page numbers -----------------------------------------------------------------------------------------

    def _numbering(self, sections: list[Any]) -> Numbering:
        """Where the first section that has headers puts page numbers."""
        targets = self._targets()
        for section in sections:
            first_differs = section.find(f"{W}titlePg") is not None
            for where, tag in (("top", "headerReference"), ("bottom", "footerReference")):
                shown = {
                    each.get(f"{W}type", "default"): _page_field(self._part(targets.get(each.get(f"{_R}id"), "")))
                    for each in section.iterfind(f"{W}{tag}")
                }  # fmt: skip
                here = shown.get("default") or shown.get("even")
                if here:
                    on_first = bool(shown.get("first")) if first_differs else True
                    return Numbering(where, here == "centred", on_first)
        return Numbering("")

    def _targets(self) -> dict[Any, str]:
        relations = parsed(self.parts.get("word/_rels/document.xml.rels"))
        if relations is None:
            return {}
        return {
            each.get("Id"): "word/" + each.get("Target", "").lstrip("/").removeprefix("word/") for each in relations
        }

    def _part(self, name: str) -> Any | None:
        return parsed(self.parts.get(name))


def _page_field(part: Any | None) -> str:
    """Whether a header or footer shows the page number: "centred", "aside" or not at all ("")."""
    if part is None:
        return ""
    for paragraph in part.iter(f"{W}p"):
        codes = [each.text or "" for each in paragraph.iter(f"{W}instrText")]
        codes += [each.get(f"{W}instr", "") for each in paragraph.iter(f"{W}fldSimple")]
        if not re.search(r"(^|\s)PAGE(\s|$|\\)", " ".join(codes)):
            continue
        align = paragraph.find(f"{W}pPr/{W}jc")
        frame = paragraph.find(f"{W}pPr/{W}framePr")
        middle = any(each.get(f"{W}alignment") == "center" for each in paragraph.iter(f"{W}ptab"))
        middle = middle or (align is not None and align.get(f"{W}val") == "center")
        middle = middle or (frame is not None and frame.get(f"{W}xAlign") == "center")
        style = paragraph.find(f"{W}pPr/{W}pStyle")  # the usual header has a tab at the middle
        one_tab = style is not None and len(list(paragraph.iter(f"{W}tab"))) == 1
        return "centred" if middle or one_tab else "aside"
    return ""


def _paper(section: Any | None) -> tuple[float, float, dict[str, float]]:
    size = section.find(f"{W}pgSz") if section is not None else None
    margins = section.find(f"{W}pgMar") if section is not None else None
    width = _twips(size.get(f"{W}w") if size is not None else None, 210 * MM)
    height = _twips(size.get(f"{W}h") if size is not None else None, 297 * MM)
    given = {
        side: _twips(margins.get(f"{W}{side}") if margins is not None else None, 20 * MM)
        for side in ("top", "right", "bottom", "left")
    }
    return width, height, given


def _twips(text: str | None, otherwise: float) -> float:
    try:
        value = float(text) / 20 if text else otherwise
    except ValueError:
        return otherwise
    return value if -2000 < value < 4000 else otherwise


def _bullets(numbering: Any | None) -> dict[tuple[str, str], str]:
    """What automatic lists put before a paragraph, by list and level."""
    if numbering is None:
        return {}
    levels: dict[str, dict[str, str]] = {}
    for each in numbering.iterfind(f"{W}abstractNum"):
        said = {}
        for level in each.iterfind(f"{W}lvl"):
            form, text = level.find(f"{W}numFmt"), level.find(f"{W}lvlText")
            mark = text.get(f"{W}val", "") if text is not None else ""
            if form is not None and form.get(f"{W}val") == "bullet":
                said[level.get(f"{W}ilvl", "0")] = mark if mark in ("-", "+", "–", "•") else "-"
            elif mark:
                said[level.get(f"{W}ilvl", "0")] = re.sub(r"%\d", "1", mark)
        levels[each.get(f"{W}abstractNumId", "")] = said
    found = {}
    for each in numbering.iterfind(f"{W}num"):
        kind = each.find(f"{W}abstractNumId")
        for level, mark in levels.get(kind.get(f"{W}val", "") if kind is not None else "", {}).items():
            found[each.get(f"{W}numId", ""), level] = mark
    return found
