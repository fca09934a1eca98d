"""What the pages of a document propose for its fields, by the layout of NĐ 30/2020 PL I: place and pattern; pure.

Every proposal says how sure it is and which piece of which page it was read from; a person confirms it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest
from typing import Any

from engine.documents import kinds
from engine.documents.registers import numbers
from engine.documents.text import clean, fold, secrecy_marks
from engine.intake.layout import Box, Line, PageText, around
from engine.intake.names import agency_named, is_agency_start, proper_name

SURE = 0.8
"""From here on a proposal is shown as sure; below, as one to look at."""
_HEAD = 0.45  # number, date, agency, kind and urgency stand above this part of page 1
_NUMBER = re.compile(r"^S[ốôóòỏõoOỐÔ6]\s*[:.;,]?\s*(?=\d)", re.IGNORECASE)
_CODE = re.compile(r"(\d{1,6}[a-z]?)\s*/\s*(?:(\d{4})\s*/\s*)?([A-Za-zĐđ][\w.&Đđ-]*(?:\s*-\s*[\w.&Đđ]+)*)")
_DATE = re.compile(r"ngay\s*(\d{1,2})\s*thang\s*(\d{1,2})\s*nam\s*(\d{4})")
_DUE = re.compile(r"truoc ngay\s*(\d{1,2})\s*(?:/|-|\.|thang)\s*(\d{1,2})\s*(?:/|-|\.|nam)\s*(\d{4})")
_URGENCY = {"hoa toc": 3, "thuong khan": 2, "khan": 1}
_CAPACITY = re.compile(r"^(TM|KT|TL|TUQ|Q|T/M|K/T|T/L)\s*[.,]")
_POST = re.compile(
    r"^(CHỦ TỊCH|PHÓ CHỦ TỊCH|GIÁM ĐỐC|PHÓ GIÁM ĐỐC|BỘ TRƯỞNG|THỨ TRƯỞNG|TRƯỞNG|PHÓ TRƯỞNG|CHÁNH|PHÓ CHÁNH|"
    r"VIỆN TRƯỞNG|CỤC TRƯỞNG|PHÓ CỤC TRƯỞNG|TỔNG|PHÓ TỔNG|HIỆU TRƯỞNG|PHÓ HIỆU TRƯỞNG|BÍ THƯ|PHÓ BÍ THƯ|THỦ TƯỚNG|"
    r"PHÓ THỦ TƯỚNG|CHI CỤC TRƯỞNG|KIỂM TOÁN|VỤ TRƯỞNG|PHÓ VỤ TRƯỞNG|HẠT TRƯỞNG|ĐỘI TRƯỞNG)\b"
)
_NAME = re.compile(r"^(?:[A-ZĐÀ-Ỹ][a-zđà-ỹ]+)(?: [A-ZĐÀ-Ỹ][a-zđà-ỹ]+){1,5}$")


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value for a field as a form takes it, how sure, and what was read where."""

    value: str
    confidence: float
    page: int
    box: Box
    said: str

    def plain(self) -> dict[str, Any]:
        """As JSON in the database keeps it."""
        box = [round(each, 4) for each in (self.box.left, self.box.top, self.box.right, self.box.bottom)]
        return {"value": self.value, "confidence": round(self.confidence, 2), "page": self.page, "box": box,
                "said": self.said[:300]}  # fmt: skip


def propose(pages: Sequence[PageText], *, known: Sequence[str] = (), today: date | None = None) -> dict[str, Proposal]:
    """What the pages propose, by field; `known` are names of agencies, nothing is proposed that isn't there."""
    if not pages:
        return {}
    first = pages[0]
    number = _number_line(first)
    found: dict[str, Proposal | None] = {
        "code": _code(number),
        "issued_date": _issued(first, today),
        "organ_name": _organ(first, number, known),
        "urgency": _urgency(first),
        "due_date": _due(pages, today),
        "to_places": _recipients(pages),
    }
    found |= _kind_and_subject(first, number) | _signer(pages)
    return {field: each for field, each in found.items() if each is not None}


def secrecy(pages: Sequence[PageText]) -> tuple[str, ...]:
    """Stamps of secrecy that stand by themselves in the upper part of a page (PL I, box 10a; LA-1.2)."""
    alone = [line.text for page in pages for line in page.lines if line.box.top < 0.6]
    marks = [mark for text in alone for mark in secrecy_marks(text) if fold(text).strip(" .:;()[]|-_") == fold(mark)]
    return tuple(dict.fromkeys(marks))


def _from(line: Line, value: str, sure: float) -> Proposal:
    return Proposal(value, min(1.0, sure * line.confidence), line.page, line.box, line.text)


def _of(lines: Sequence[Line], value: str, sure: float) -> Proposal:
    confidence = sum(line.confidence for line in lines) / len(lines)
    said = " ".join(line.text for line in lines)
    return Proposal(value, min(1.0, sure * confidence), lines[0].page, around(line.box for line in lines), said)


# --- Number, date, agency -------------------------------------------------------------------------------------


def _number_line(page: PageText) -> Line | None:
    left = [line for line in page.lines if line.box.top < _HEAD and line.box.left < 0.5]
    marked = [line for line in left if _NUMBER.search(line.text) and "/" in line.text]
    return next(iter(marked or [line for line in left if _CODE.fullmatch(line.text.strip(" .:"))]), None)


def _code(line: Line | None) -> Proposal | None:
    if line is None:
        return None
    match = _CODE.search(line.text)
    if match is None:
        return None
    number, year, notation = match.groups()
    spelled = "/".join(part for part in (number, year, _notation(notation)) if part)
    sure = 0.97 if numbers.parse_code(spelled) and _NUMBER.search(line.text) else 0.7
    return _from(line, spelled, sure)


def _notation(read: str) -> str:
    """A notation without the spaces of the reader, its kind spelled as in PL III (QD → QĐ)."""
    groups = [group.strip(" .") for group in read.split("-")]
    spelled = {fold(kind.abbreviation): kind.abbreviation for kind in kinds.KINDS if kind.abbreviation}
    if len(groups) > 1 and groups[0].upper() == groups[0] and fold(groups[0]) in spelled:
        groups[0] = spelled[fold(groups[0])]
    return "-".join(groups)


def _issued(page: PageText, today: date | None) -> Proposal | None:
    for line in page.lines:
        if line.box.top > _HEAD:
            break
        day = _day(_DATE.search(fold(line.text)))
        if day is not None and line.box.left > 0.38:  # further left it is the text that speaks of a date
            return _from(line, day.isoformat(), 0.97 if today is None or day <= today else 0.4)
    return None


def _day(match: re.Match[str] | None) -> date | None:
    if match is None:
        return None
    try:
        return date(int(match[3]), int(match[2]), int(match[1]))
    except ValueError:
        return None


def _organ(page: PageText, number: Line | None, known: Sequence[str]) -> Proposal | None:
    begun = [line for line in page.lines if fold(line.text).startswith("so:") and line.box.middle < 0.5]
    limit = (number or next(iter(begun), None) or Line("", Box(0, 0.16, 0, 0.16), 0, 0)).box.top
    above = [line for line in page.lines if line.box.top < limit - 0.002 and line.box.middle < 0.5]
    capitals = [
        line for line in above
        if line.text.upper() == line.text and len(re.sub(r"\W", "", line.text)) > 3
        and fold(line.text) not in _URGENCY and not secrecy_marks(line.text)
    ]  # fmt: skip
    groups: list[list[Line]] = []
    for line in capitals:
        if groups and not is_agency_start(line.text):
            groups[-1].append(line)
        else:
            groups.append([line])
    if not groups:
        return None
    said = " ".join(line.text for line in groups[-1])
    parent = " ".join(line.text for line in groups[-2]) if len(groups) > 1 else ""
    listed = agency_named(said, parent, known)
    return _of(groups[-1], listed or proper_name(said), 0.97 if listed else 0.75)


# --- Kind and subject -----------------------------------------------------------------------------------------


def _kind_and_subject(page: PageText, number: Line | None) -> dict[str, Proposal | None]:
    letter = _subject_of_letter(page)
    if letter is not None:
        kind = Proposal(kinds.OFFICIAL_LETTER, letter.confidence, letter.page, letter.box, letter.said)
        return {"type_name": kind, "subject": letter}
    for at, line in enumerate(page.lines):
        named = kinds.kind_named(clean(line.text).strip(" .:"))
        if named is not None and line.box.top < 0.5 and line.text.upper() == line.text and _centred(line):
            lines = _below(page.lines[at + 1 :], line, _centred)
            subject = _of(lines, _sentence(lines), 0.92) if lines else None
            return {"type_name": _from(line, named.name, 0.97), "subject": subject}
    return {"type_name": _kind_of_notation(number)}


def _kind_of_notation(number: Line | None) -> Proposal | None:
    code = _code(number)
    if number is None or code is None:
        return None
    first = code.value.rsplit("/", 1)[-1].split("-")[0]
    kind = next((each for each in kinds.KINDS if each.abbreviation == first), None)
    return _from(number, kind.name if kind else kinds.OFFICIAL_LETTER, 0.8 if kind else 0.5)


def _subject_of_letter(page: PageText) -> Proposal | None:
    for at, line in enumerate(page.lines):
        begins = re.match(r"^\W*(V\s*/\s*v|Về việc)\b\s*[:.]?\s*", line.text, re.IGNORECASE)
        if begins and line.box.top < _HEAD and line.box.middle < 0.5:
            lines = [line, *_below(page.lines[at + 1 :], line, lambda each: each.box.middle < 0.5)]
            return _of(lines, _sentence(lines), 0.92)
    return None


def _below(lines: Sequence[Line], above: Line, fits: Callable[[Line], bool]) -> list[Line]:
    """Lines right below one another that go on with the same text."""
    found: list[Line] = []
    last = above
    for line in lines:
        if not fits(line) or line.box.top <= last.box.top + last.box.height * 0.3:
            continue
        gap = line.box.top - last.box.bottom
        if gap > 1.3 * max(last.box.height, 0.008) or _ends_subject(line.text):
            break
        found.append(line)
        last = line
        if len(found) == 8:
            break
    return found


def _ends_subject(text: str) -> bool:
    start = fold(text)
    capitals = text.upper() == text and len(text) > 8
    return capitals or start.startswith(("kinh gui", "can cu", "thuc hien", "dieu 1")) or not re.search(r"\w", text)


def _sentence(lines: Sequence[Line]) -> str:
    text = clean(" ".join(line.text for line in lines))
    text = re.sub(r"^\W*V\s*/\s*v\b\s*[:.]?\s*(về việc\b\s*)?", "Về việc ", text, flags=re.IGNORECASE).strip(" -–—_.")
    return (text[:1].upper() + text[1:])[:500]


def _centred(line: Line) -> bool:
    return abs(line.box.middle - 0.53) < 0.12 and line.box.left > 0.12


def _urgency(page: PageText) -> Proposal | None:
    for line in page.lines:
        level = _URGENCY.get(fold(line.text).strip(" .:|[]()-"))
        if level and line.box.top < _HEAD and line.text.upper() == line.text:
            return _from(line, str(level), 0.95)
    return None


# --- Foot -----------------------------------------------------------------------------------------------------


def _signer(pages: Sequence[PageText]) -> dict[str, Proposal | None]:
    """Position and name below the text, in the right half (boxes 7a, 7b); pages after the signature are annexes."""
    for page in pages:
        right = [line for line in page.lines if line.box.middle > 0.5 and line.box.top > 0.15]
        titles = [line for line in right if _CAPACITY.match(line.text) or _POST.match(line.text)]
        if not titles:
            continue
        last = titles[-1]
        names = [line for line in right if line.box.top > last.box.top and _NAME.match(clean(line.text))]
        name = _from(names[-1], clean(names[-1].text), 0.93) if names else None
        return {"signer_name": name, "signer_position": _position(titles)}
    return {}


def _position(titles: Sequence[Line]) -> Proposal | None:
    posts = [line for line in titles if _POST.match(line.text)]
    line = posts[-1] if posts else titles[-1]
    text = _CAPACITY.sub("", line.text).strip(" .")
    return _from(line, proper_name(text), 0.88) if text else None


def _recipients(pages: Sequence[PageText]) -> Proposal | None:
    for page in pages:
        at = next((i for i, line in enumerate(page.lines) if fold(line.text).startswith("noi nhan")), None)
        if at is None:
            continue
        top = page.lines[at]
        lines = [each for each in page.lines[at + 1 :] if each.box.left < 0.45 and each.box.top > top.box.top]
        kept: list[Line] = []
        for line in lines[:20]:
            kept.append(line)
            if fold(line.text).lstrip("- ").startswith("luu"):
                break
        if kept:
            said = "\n".join(line.text.lstrip("-–— ").rstrip(" ;.") for line in kept)
            return _of([top, *kept], clean(said, lines=True)[:1000], 0.85)
    return None


def _due(pages: Sequence[PageText], today: date | None) -> Proposal | None:
    for page in pages:
        for line, after in zip_longest(page.lines, page.lines[1:]):
            day = _day(_DUE.search(fold(line.text)))
            if day is None and after is not None and "truoc" in fold(line.text):
                day = _day(_DUE.search(fold(f"{line.text} {after.text}")))
            if day is not None and (today is None or day >= today):
                return _from(line, day.isoformat(), 0.6)
    return None
