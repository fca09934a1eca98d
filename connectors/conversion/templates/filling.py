"""Fill a template: every name between double brackets gives way to what the document says."""

from __future__ import annotations

import copy
import io
import re
import zipfile
from collections.abc import Sequence
from typing import Any

from lxml import etree

from connectors.conversion.checking.word_styles import W
from connectors.conversion.draft import Draft
from connectors.conversion.templates.wording import body_of
from connectors.pdf_fonts import composed
from engine.drafts.fields import PLACE, Values, field_named, named_in, value_of
from engine.errors import InvalidInput

_FILLED = re.compile(r"word/(document|header\d*|footer\d*|footnotes|endnotes)\.xml")
_SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_MOST_BYTES = 60 * 1024 * 1024
_MOST_MEMBERS = 2000
_HEADING = re.compile(r"(Chương|Mục|Phần) [IVXLC\d]+\.?$")
_BLANK_NUMBER = "        "


def values_of(draft: Draft) -> Values:
    """What a document says, field by field; a body nobody has written yet is the pattern of its kind."""
    body = [line.strip() for line in composed(draft.body).splitlines() if line.strip()]
    if body and draft.is_letter and not body[-1].endswith("./."):
        body[-1] = body[-1].rstrip(" .") + "./."  # as agencies close a công văn
    names = [name.strip().lstrip("- ").rstrip(";.") for name in draft.recipients if name.strip()]
    return {
        "Cơ quan chủ quản": composed(draft.parent_name), "Tên cơ quan": composed(draft.agency_name),
        "Số": _BLANK_NUMBER, "Ký hiệu": draft.notation, "Địa danh": composed(draft.place),
        "Năm": str(draft.year or ""), "Tên loại": draft.type_name, "Trích yếu": composed(draft.subject),
        "Kính gửi": _addressees(draft.addressees), "Nội dung": body or list(body_of(draft.type_name)),
        "Quyền hạn": composed(draft.capacity), "Chức vụ": composed(draft.signer_position) or "…………",
        "Họ tên": composed(draft.signer_name) or "…………………", "Nơi nhận": [composed(each) for each in names] or ["…………"],
        "Lưu": composed(draft.kept).rstrip("."),
    }  # fmt: skip


def _addressees(names: Sequence[str]) -> list[str]:
    """“Kính gửi” on its line for one, as a list for more (box 9a)."""
    given = [composed(name).strip().rstrip(";.") for name in names if name.strip()]
    if len(given) < 2:
        return [f"Kính gửi: {given[0] if given else '…………………'}"]
    return ["Kính gửi:", *(f"- {name};" for name in given[:-1]), f"- {given[-1]}."]


def fill(template: bytes, values: Values) -> bytes:
    """The template with its fields filled in; InvalidInput when it isn't a Word file we can open."""
    made = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(template)) as given, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as filled:
            for name, content in members(given):
                filled.writestr(name, _filled(content, values) if _FILLED.fullmatch(name) else content)
    except (zipfile.BadZipFile, etree.XMLSyntaxError, EOFError, OSError, RuntimeError, NotImplementedError,
            ValueError) as error:  # fmt: skip
        raise InvalidInput("Tệp mẫu hỏng, không đọc được.", {"file": "Chọn tệp Word (.docx) mở được."}) from error
    return made.getvalue()


def members(archive: zipfile.ZipFile) -> list[tuple[str, bytes]]:
    """Every part of a file, unpacked within limits; InvalidInput beyond them."""
    if len(archive.infolist()) > _MOST_MEMBERS:
        raise InvalidInput("Tệp mẫu chứa quá nhiều thành phần.", {"file": "Tệp mẫu chứa quá nhiều thành phần."})
    found: list[tuple[str, bytes]] = []
    left = _MOST_BYTES
    for each in archive.infolist():
        if each.is_dir():
            continue
        with archive.open(each) as opened:
            content = opened.read(left + 1)
        left -= len(content)
        if left < 0:
            raise InvalidInput("Tệp mẫu quá lớn.", {"file": "Nội dung tệp mẫu giải nén quá lớn."})
        found.append((each.filename, content))
    return found


def names_in(template: bytes) -> list[str]:
    """Names between double brackets anywhere in a template."""
    found: list[str] = []
    with zipfile.ZipFile(io.BytesIO(template)) as archive:
        for name, content in members(archive):
            if _FILLED.fullmatch(name):
                for paragraph in _tree(content).iter(f"{W}p"):
                    found += named_in("".join(node.text or "" for node in paragraph.iter(f"{W}t")))
    return found


def _tree(content: bytes) -> Any:
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)
    return etree.fromstring(content, parser)


def _filled(content: bytes, values: Values) -> bytes:
    root = _tree(content)
    for paragraph in list(root.iter(f"{W}p")):
        _fill_paragraph(paragraph, values)
    made: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True)
    return made


def _fill_paragraph(paragraph: Any, values: Values) -> None:
    text = "".join(node.text or "" for node in paragraph.iter(f"{W}t"))
    names = named_in(text)
    if not names:
        return
    field = field_named(names[0])
    if len(names) == 1 and field is not None and field.many:
        lines = value_of(values, names[0])
        _repeat(paragraph, text, lines, prose=field.name == "Nội dung")
        return
    if all(not "".join(value_of(values, name)).strip() for name in names) and not PLACE.sub("", text).strip():
        _take_out(paragraph)
        return
    _replace(paragraph, values)


def _repeat(paragraph: Any, text: str, lines: list[str], *, prose: bool) -> None:
    """One paragraph per line, each like the one that held the name."""
    if not lines:
        _take_out(paragraph)
        return
    before, _, after = PLACE.sub("\x00", text, count=1).partition("\x00")
    last = paragraph
    copies = [paragraph, *(copy.deepcopy(paragraph) for _ in lines[1:])]
    for each, line in zip(copies, lines, strict=True):
        if each is not paragraph:
            last.addnext(each)
            last = each
        _write(each, f"{before}{line}{after}")
        if prose:
            _dress(each, line)
        elif line.startswith("- ") and not before:
            _align(each, "left", indent=2700)
        elif line == "Kính gửi:":
            _align(each, "left", indent=1700)


def _write(paragraph: Any, text: str) -> None:
    """Put a text into the first run of letters; the others are emptied."""
    nodes = list(paragraph.iter(f"{W}t"))
    for number, node in enumerate(nodes):
        node.text = text if number == 0 else ""
        node.set(_SPACE, "preserve")


def _dress(paragraph: Any, line: str) -> None:
    """Legal basis in italics, lines in capitals and headings centred and bold, “Điều 1.” bold (PL I.II.6)."""
    if (line.isupper() and len(line) <= 90) or _HEADING.fullmatch(line):
        _align(paragraph, "center")
        _cut(paragraph, "b")
    elif re.match(r"(Căn cứ|Theo đề nghị|Xét đề nghị)\b.*[;.]$", line):
        _cut(paragraph, "i")
    elif match := re.match(r"Điều \d+[a-zđ]?\.", line):
        _bold_begin(paragraph, match[0])


def _cut(paragraph: Any, name: str) -> None:
    for run in paragraph.iter(f"{W}r"):
        _set_cut(run, name)


def _set_cut(run: Any, name: str) -> None:
    properties = run.find(f"{W}rPr")
    if properties is None:
        properties = etree.Element(f"{W}rPr")
        run.insert(0, properties)
    mark = properties.find(f"{W}{name}")
    if mark is None:
        mark = etree.SubElement(properties, f"{W}{name}")
        fonts = properties.find(f"{W}rFonts")
        properties.insert(0 if fonts is None else 1, mark)
    mark.attrib.clear()


def _bold_begin(paragraph: Any, beginning: str) -> None:
    """Split the run that holds the text, so that only its beginning is bold."""
    node = next(iter(paragraph.iter(f"{W}t")))
    run = node.getparent()
    rest = copy.deepcopy(run)
    node.text, said = beginning, node.text
    next(iter(rest.iter(f"{W}t"))).text = said[len(beginning) :]
    run.addnext(rest)
    _set_cut(run, "b")


def _align(paragraph: Any, align: str, indent: int = 0) -> None:
    properties = paragraph.find(f"{W}pPr")
    if properties is None:
        properties = etree.Element(f"{W}pPr")
        paragraph.insert(0, properties)
    for name in ("ind", "jc"):
        old = properties.find(f"{W}{name}")
        if old is not None:
            properties.remove(old)
    marks = properties.find(f"{W}rPr")
    at = len(properties) if marks is None else properties.index(marks)
    if indent:
        properties.insert(at, etree.Element(f"{W}ind", {f"{W}left": str(indent)}))
        at += 1
    properties.insert(at, etree.Element(f"{W}jc", {f"{W}val": align}))


def _take_out(paragraph: Any) -> None:
    """Remove a paragraph that would be empty; the last of a cell is only emptied, since a cell needs one."""
    parent = paragraph.getparent()
    if parent is not None and (parent.tag != f"{W}tc" or len(parent.findall(f"{W}p")) > 1):
        parent.remove(paragraph)
    else:
        _write(paragraph, "")


def _replace(paragraph: Any, values: Values) -> None:
    """Put values in the place of names, whose letters Word may have spread over several runs."""
    nodes = list(paragraph.iter(f"{W}t"))
    text = "".join(node.text or "" for node in nodes)
    for match in reversed(list(PLACE.finditer(text))):
        _splice(nodes, match.start(), match.end(), "; ".join(value_of(values, match[1])))


def _splice(nodes: Sequence[Any], start: int, end: int, said: str) -> None:
    at = 0
    for node in nodes:
        held = node.text or ""
        first, last = max(start - at, 0), min(end - at, len(held))
        at += len(held)
        if last <= 0 or first >= len(held):
            continue
        begins = start >= at - len(held)
        node.text = held[:first] + (said if begins else "") + held[last:]
        node.set(_SPACE, "preserve")
