"""Which line of a page is which component: found by words and place, so that a badly written one is found too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from engine.documents import kinds
from engine.documents.text import fold
from engine.drafts.layout.notation import is_date_line, read_number
from engine.drafts.layout.sheet import LEFT, MIDDLE, RIGHT, Line, Sheet

_KINDS = {fold(kind.name): kind.name for kind in kinds.KINDS}
_STAMPS = frozenset({"khan", "thuong khan", "hoa toc", "mat", "toi mat", "tuyet mat", "hoa toc hen gio"})
_CIRCULATION = frozenset({"xem xong tra lai", "luu hanh noi bo"})
HEAD = 0.5  # the part of page 1 in which the head stands


@dataclass
class Anatomy:
    """The components of a document as lines; what wasn't found is None or empty."""

    nation: Line | None = None
    motto: Line | None = None
    agency: list[Line] = field(default_factory=list)
    number: Line | None = None
    date: Line | None = None
    kind: Line | None = None
    type_name: str = ""
    subject: list[Line] = field(default_factory=list)
    letter_subject: list[Line] = field(default_factory=list)
    addressees: Line | None = None
    body: list[Line] = field(default_factory=list)
    titles: list[Line] = field(default_factory=list)
    name: Line | None = None
    label: Line | None = None
    recipients: list[Line] = field(default_factory=list)
    kept: Line | None = None
    stamps: list[Line] = field(default_factory=list)
    numbers: list[Line] = field(default_factory=list)


def anatomy(sheet: Sheet) -> Anatomy:
    """Name the lines of a document."""
    found = Anatomy()
    rest = _page_numbers(sheet, found)
    rest = _stamps(rest, found)
    rest = _head(sheet, rest, found)
    rest = _foot(rest, found)
    rest = _title(rest, found)
    found.body = rest
    return found


def _page_numbers(sheet: Sheet, found: Anatomy) -> list[Line]:
    """Lone figures in the upper or lower margin."""
    rest = []
    for each in sheet.lines:
        height = sheet.pages[each.place.page].height if each.place.page < len(sheet.pages) else 842
        in_margin = each.place.bottom < height * 0.085 or each.place.top > height * 0.915
        if in_margin and re.fullmatch(r"[-–\s]*(trang\s*)?\d{1,4}(\s*/\s*\d{1,4})?[-–\s]*", each.text.strip().lower()):
            found.numbers.append(each)
        else:
            rest.append(each)
    return rest


def _stamps(lines: Iterable[Line], found: Anatomy) -> list[Line]:
    rest = []
    for each in lines:
        said = fold(each.text).strip(" :.")
        if each.place.page == 0 and each.shouted and (said in _STAMPS or said in _CIRCULATION):
            found.stamps.append(each)
        else:
            rest.append(each)
    return rest


def _head(sheet: Sheet, lines: Sequence[Line], found: Anatomy) -> list[Line]:
    height = sheet.pages[0].height if sheet.pages else 842
    head = [each for each in lines if each.place.page == 0 and each.place.top < height * HEAD]
    found.nation = _first(head, lambda said: "cong hoa xa hoi chu nghia" in said)
    found.motto = _first(head, lambda said: "doc lap" in said and "hanh phuc" in said)
    found.number = _number(head)
    found.date = next((each for each in head if is_date_line(each.text)), None)
    edge = found.number.place.top if found.number else (found.date.place.top if found.date else height * 0.2)
    taken = [each for each in (found.nation, found.motto, found.number, found.date) if each]
    found.agency = [
        each for each in head
        if not _among(each, taken) and each.place.bottom <= edge + 2 and each.side != RIGHT
        and any(c.isalpha() for c in each.text)
    ]  # fmt: skip
    taken += found.agency
    found.letter_subject = _letter_subject([each for each in head if not _among(each, taken)], edge)
    taken += found.letter_subject
    return [each for each in lines if not _among(each, taken)]


def _number(head: Sequence[Line]) -> Line | None:
    """The number line; a line that begins with “Số” on the left is taken for it too, however it goes on."""
    exact = next((each for each in head if read_number(each.text) is not None), None)
    return exact or next(
        (each for each in head if re.match(r"so\s*[:.…\d/]", fold(each.text)) and each.side != RIGHT), None
    )


def _letter_subject(lines: Sequence[Line], edge: float) -> list[Line]:
    first = next((n for n, each in enumerate(lines) if re.match(r"(v/v|ve viec)\b", fold(each.text))
                  and each.side == LEFT and each.place.top >= edge - 2), None)  # fmt: skip
    if first is None:
        return []
    found = [lines[first]]
    for each in lines[first + 1 :]:
        if each.side != LEFT or each.place.top - found[-1].place.bottom > 12 or fold(each.text).startswith("kinh gui"):
            break
        found.append(each)
    return found


def _title(lines: Sequence[Line], found: Anatomy) -> list[Line]:
    """Kind and subject of a named document, and “Kính gửi”; what comes after is the body."""
    rest = list(lines)
    for number, each in enumerate(rest):
        said = fold(each.text).strip(" .:")
        if each.place.page == 0 and each.side == MIDDLE and said in _KINDS and not each.text.rstrip().endswith(":"):
            found.kind, found.type_name = each, _KINDS[said]
            found.subject = _subject(rest[number + 1 :], each)
            rest = [one for one in rest if one is not each and not _among(one, found.subject)]
            break
    at = next((n for n, each in enumerate(rest) if fold(each.text).startswith("kinh gui")), None)
    if at is None:
        return rest
    found.addressees = rest[at]
    after = at + 1
    while after < len(rest) and rest[after].text.lstrip().startswith(("-", "–")) and rest[after].place.page == 0:
        after += 1
    return rest[:at] + rest[after:]


def _subject(after: Sequence[Line], kind: Line) -> list[Line]:
    """Lines right below the kind that are bold as it is, up to the first that isn't."""
    found: list[Line] = []
    for each in after[:6]:
        bold = each.main.bold
        if each.place.page != kind.place.page or each.side != MIDDLE or bold is False or _starts_body(each.text):
            break
        if bold is None and found:
            break
        found.append(each)
    return found


def _starts_body(text: str) -> bool:
    return re.match(r"(can cu|kinh gui|theo de nghi|xet de nghi|dieu \d|chuong )", fold(text)) is not None


def _foot(lines: Sequence[Line], found: Anatomy) -> list[Line]:
    """“Nơi nhận” on the left and the signer's block on the right, looked for from the end."""
    places = [n for n, each in enumerate(lines) if re.match(r"noi nhan\s*:?$", fold(each.text))]
    label = lines[places[-1]] if places else None
    found.label = label
    block = _block(lines, label)
    if label is not None:
        found.recipients = _recipients(lines, label, block)
        found.kept = next((each for each in reversed(found.recipients) if _is_kept(each.text)), None)
    found.titles = [each for each in block if each.shouted]
    names = [each for each in block if not each.shouted and any(c.isalpha() for c in each.text)]
    below = [each for each in names if not found.titles or each.place.top > found.titles[-1].place.top]
    found.name = next((each for each in reversed(below) if not each.text.lstrip().startswith("(")), None)
    signed = [*found.titles, *([found.name] if found.name else [])]
    taken = [*([label] if label else []), *found.recipients, *signed]
    return [each for each in lines if not _among(each, taken)]


def _is_kept(text: str) -> bool:
    return re.match(r"-?\s*luu\b", fold(text)) is not None


def _block(lines: Sequence[Line], label: Line | None) -> list[Line]:
    """Lines on the right beside “Nơi nhận”, or the last ones on the right when there is none."""
    if label is not None:
        page, top = label.place.page, label.place.top - 60
        beside = [e for e in lines if e.place.page == page and e.place.top >= top and e.side == RIGHT]
        first = next((n for n, each in enumerate(beside) if each.shouted), 0)
        block = beside[first:]
        if all(each.shouted for each in block):  # the name has slipped on to the next page
            block += [e for e in lines if e.place.page == page + 1 and e.side == RIGHT][:3]
        return block
    last = lines[-1].place.page if lines else 0
    right = [e for e in lines if e.place.page == last and e.side == RIGHT]
    first_shouted = next((n for n, each in enumerate(right) if each.shouted and each.main.bold is not False), None)
    return right[first_shouted:] if first_shouted is not None else []


def _recipients(lines: Sequence[Line], label: Line, block: Sequence[Line]) -> list[Line]:
    """What stands under “Nơi nhận” on the left, also on the next page; it ends with what is kept."""
    found: list[Line] = []
    for each in lines:
        below = each.place.page > label.place.page or each.place.top > label.place.top + 1
        if each is label or _among(each, block) or not below or each.side == RIGHT:
            continue
        listed = each.text.lstrip().startswith("-") or bool(found)
        if not listed or (each.side == MIDDLE and not each.text.lstrip().startswith("-")):
            continue
        found.append(each)
        if _is_kept(each.text) and each.text.rstrip().endswith("."):
            break
    return found


def _first(lines: Iterable[Line], fits: object) -> Line | None:
    return next((each for each in lines if callable(fits) and fits(fold(each.text))), None)


def _among(line: Line, lines: Iterable[Line]) -> bool:
    return any(each is line for each in lines)
