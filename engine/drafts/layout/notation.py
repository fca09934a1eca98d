"""The number line and the date line: what is written, and what is wrong with how it is written (facts 5.6, 13.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from engine.documents import kinds
from engine.documents.registers import numbers

_LINE = re.compile(r"\s*s\s*ố\s*(?P<colon>:?)(?P<rest>.*)", re.IGNORECASE | re.DOTALL)
_BLANK = re.compile(r"[\s.…_\-–]*")
_DIGITS = re.compile(r"(?P<number>\d{1,9})(?P<suffix>[A-Za-zđĐ]?)")
_ABBREVIATIONS = {kind.abbreviation.casefold(): kind.abbreviation for kind in kinds.KINDS if kind.abbreviation}
_ABBREVIATIONS |= {each.casefold(): each for each in kinds.COPIES.values()}
_LETTER_MARKS = frozenset({"CV", "C.V", "TC"})  # what people write for a công văn, which has no abbreviation
_DATE = re.compile(
    r"^(?P<place>.*?)(?P<comma>\s*,?\s*)ng[àa]y(?P<day>[\s.…_]*\d*[\s.…_]*)th[áa]ng(?P<month>[\s.…_]*\d*[\s.…_]*)"
    r"n[ăa]m(?P<year>[\s.…_]*\d*)[\s.…_]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, in a sentence; a doubtful one is only a warning."""

    rule: str
    sentence: str
    doubtful: bool = False


@dataclass(frozen=True, slots=True)
class NumberLine:
    """“Số: 15/QĐ-BNV” taken apart; the number is empty while the document has none."""

    number: str
    year: str
    notation: str
    colon: bool
    written: str


def read_number(text: str) -> NumberLine | None:
    """Take a number line apart; None when it isn't one."""
    match = _LINE.fullmatch(text.strip())
    if match is None or "/" not in match["rest"]:
        return None
    written = " ".join(match["rest"].split())
    before, *middle, last = match["rest"].split("/")
    year = middle[0].strip() if middle else ""
    number = "" if _BLANK.fullmatch(before) else before.strip()
    return NumberLine(number, year, last.strip(), bool(match["colon"]), written)


def number_problems(text: str, type_name: str = "", expected: str = "") -> list[Problem]:
    """What is wrong with a number line for a document of this kind whose notation should be `expected`."""
    line = read_number(text)
    if line is None:
        return [Problem("number.form", f"Dòng số, ký hiệu ghi “{text.strip()[:80]}”; cần ghi dạng “Số: 15/QĐ-BNV”.")]
    found = [] if line.colon else [Problem("number.colon", "Sau chữ “Số” cần có dấu hai chấm.")]
    found += _number(line)
    found += _notation(line.notation)
    if not found:
        found += _kind(line.notation, type_name)
    if expected and line.notation and line.notation != expected and not found:
        found.append(
            Problem("number.expected", f"Ký hiệu ghi “{line.notation}”; theo thông tin văn bản là “{expected}”.", True)
        )
    return found


def _number(line: NumberLine) -> list[Problem]:
    found = []
    digits = _DIGITS.fullmatch(line.number)
    if line.number and digits is None:
        found.append(Problem("number.digits", f"Số ghi “{line.number[:40]}”; cần ghi bằng chữ số Ả Rập."))
    elif digits is not None:
        wanted = numbers.format_number(int(digits["number"]))
        if digits["number"] != wanted:
            said = "số nhỏ hơn 10 thêm số 0 ở trước" if int(digits["number"]) < 10 else "không thêm số 0 ở trước"
            found.append(Problem("number.padding", f"Số ghi “{digits['number']}”, cần ghi “{wanted}” ({said})."))
        if re.search(r"\d\s+/|/\s+\S", line.written):
            found.append(Problem("number.spaces", f"“{line.written}”: bỏ khoảng trắng quanh dấu gạch chéo (/)."))
    if line.year:
        sentence = f"Số có năm “{line.year}” ở giữa; năm chỉ ghi ở số của văn bản quy phạm pháp luật."
        found.append(Problem("number.year", sentence, True))
    return found


def _notation(notation: str) -> list[Problem]:
    if not notation or _BLANK.fullmatch(notation):
        return [Problem("number.notation", "Chưa có ký hiệu sau dấu gạch chéo, ví dụ “/QĐ-BNV”.")]
    found = []
    if re.search(r"[–—_]", notation):
        found.append(Problem("number.hyphen", f"Ký hiệu “{notation}”: giữa các nhóm chữ dùng dấu gạch nối (-)."))
    if re.search(r"\s", notation):
        found.append(Problem("number.spaces", f"Ký hiệu “{notation}”: không có khoảng trắng."))
    if re.search(r"-{2,}|^-|-$", notation):
        found.append(Problem("number.groups", f"Ký hiệu “{notation}”: có nhóm chữ viết tắt để trống."))
    if not found and (wrong := _lower_case(notation)):
        found.append(Problem("number.case", f"Ký hiệu “{notation}”: nhóm “{wrong}” cần viết bằng chữ in hoa."))
    return found


def _lower_case(notation: str) -> str:
    """The first group that isn't in capitals and is no abbreviation of a kind written as the norm writes it."""
    for group in notation.split("-"):
        if group.upper() != group and group not in _ABBREVIATIONS.values():
            return _ABBREVIATIONS.get(group.casefold(), group)
    return ""


def _kind(notation: str, type_name: str) -> list[Problem]:
    """Whether the first group fits the kind: a công văn has none (PL III), the others have their own."""
    kind = kinds.kind_named(type_name) if type_name else None
    if kind is None:
        return []
    first = notation.split("-")[0]
    if kind.abbreviation:
        if first == kind.abbreviation:
            return []
        return [
            Problem(
                "number.kind",
                f"Ký hiệu ghi “{notation}”; {kind.name.lower()} bắt đầu bằng “{kind.abbreviation}-” (Phụ lục III).",
            )
        ]
    if first.upper() in _LETTER_MARKS:
        said = f"Ký hiệu ghi “{notation}”; {kind.name.lower()} không có chữ viết tắt tên loại."
        return [Problem("number.kind", said, first.upper() == "TC")]
    if "-" in notation and first in _ABBREVIATIONS.values():
        said = f"Ký hiệu ghi “{notation}” có vẻ mang chữ viết tắt của tên loại khác; {kind.name.lower()} không có."
        return [Problem("number.kind", said, True)]
    return []


# --- Date -----------------------------------------------------------------------------------------------------


def is_date_line(text: str) -> bool:
    """Whether a line is one of place and date, filled in or not."""
    return _DATE.match(text.strip()) is not None


def date_problems(text: str, place: str = "") -> list[Problem]:
    """What is wrong with “Địa danh, ngày 05 tháng 01 năm 2020”; blanks are right while there is no date yet."""
    match = _DATE.match(text.strip())
    if match is None:
        said = f"Ghi “{text.strip()[:80]}”; cần ghi dạng “Địa danh, ngày 05 tháng 01 năm 2026”."
        return [Problem("date.form", said)]
    found = []
    if not match["place"].strip():
        found.append(Problem("date.place", "Thiếu địa danh trước ngày, tháng, năm."))
    elif "," not in match["comma"]:
        found.append(Problem("date.comma", "Sau địa danh cần có dấu phẩy."))
    elif place and match["place"].strip().casefold() != place.casefold():
        said = f"Địa danh ghi “{match['place'].strip()}”; theo thông tin cơ quan là “{place}”."
        found.append(Problem("date.expected-place", said, True))
    return found + _day(*(re.sub(r"\D", "", match[part]) for part in ("day", "month", "year")))


def _day(day: str, month: str, year: str) -> list[Problem]:
    found = []
    if day and len(day) == 1:
        found.append(Problem("date.padding", f"Ngày ghi “{day}”, cần ghi “0{day}” (ngày nhỏ hơn 10 thêm số 0)."))
    if month and int(month) < 3 and len(month) == 1:
        found.append(Problem("date.padding", f"Tháng ghi “{month}”, cần ghi “0{month}” (tháng 1, 2 thêm số 0)."))
    if month and len(month) == 2 and 3 <= int(month) <= 9:
        said = f"Tháng ghi “{month}”; chỉ tháng 1 và tháng 2 thêm số 0 ở trước."
        found.append(Problem("date.padding", said, True))
    if year and len(year) != 4:
        found.append(Problem("date.year", f"Năm ghi “{year}”, cần ghi đủ bốn chữ số."))
    if day and month and len(year) == 4 and not found:
        try:
            date(int(year), int(month), int(day))
        except ValueError:
            found.append(Problem("date.real", f"Không có ngày {day} tháng {month} năm {year}."))
    return found
