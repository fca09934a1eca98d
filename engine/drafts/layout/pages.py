"""Paper, margins, letters, spacing and page numbers (ND30 PL I, part I; facts, section 5.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from engine.drafts.layout.anatomy import Anatomy
from engine.drafts.layout.sheet import MM, WARNING, Finding, Line, Page, Place, Sheet, around

A4 = (210, 297)
MARGINS = {"top": (20, 25), "bottom": (20, 25), "left": (30, 35), "right": (15, 20)}
"""Millimetres from … to (PL I.I.3)."""
_SAID = {"top": "trên", "bottom": "dưới", "left": "trái", "right": "phải"}
PAPER, MARGIN, LETTERS, BODY, NUMBERS = (
    "ND30 PL I.I.1", "ND30 PL I.I.3", "ND30 PL I.I.4", "ND30 PL I.II.6", "ND30 PL I.I.7",
)  # fmt: skip
_TIMES = re.compile(r"^(times\s*new\s*roman|tinos)", re.IGNORECASE)
_LIKE_TIMES = re.compile(r"^(times|liberation\s*serif|nimbus\s*roman|thorndale|free\s*serif|tex\s*gyre\s*termes)", re.I)
_LEGACY = re.compile(r"^(\.vn|vni-)", re.IGNORECASE)
_SYMBOLS = re.compile(r"^(symbol|wingdings|webdings|cambria math|zapfdingbats)", re.IGNORECASE)
_ON_FIRST = "Trang thứ nhất có số trang; số trang không hiển thị ở trang này."
_SLACK = 1.5  # millimetres that measuring, or rounding in Word, may be off


def page_findings(sheet: Sheet, found: Anatomy) -> Iterator[Finding]:
    """Everything about the pages as such."""
    yield from _paper(sheet)
    yield from _margins(sheet)
    yield from _fonts(sheet, found)
    yield from _colours(sheet, found)
    yield from _body(found)
    yield from _page_numbers(sheet, found)


def _paper(sheet: Sheet) -> Iterator[Finding]:
    for number, page in enumerate(sheet.pages):
        size = (page.width / MM, page.height / MM)
        if all(abs(a - b) <= 2 for a, b in zip(size, A4, strict=True)):
            continue
        said = f"Trang {number + 1} khổ {size[0]:.0f} × {size[1]:.0f} mm; cần khổ A4 (210 × 297 mm)."
        if all(abs(a - b) <= 2 for a, b in zip(size, reversed(A4), strict=True)):
            said = (
                f"Trang {number + 1} nằm ngang; chỉ bảng, biểu không làm phụ lục riêng mới trình bày theo chiều rộng."
            )
            yield Finding("paper.turned", PAPER, said, WARNING, _whole(number, page))
        else:
            yield Finding("paper.size", PAPER, said, place=_whole(number, page))
        return


def _whole(number: int, page: Page) -> Place:
    return Place(number, 0, 0, page.width, page.height)


def _margins(sheet: Sheet) -> Iterator[Finding]:
    """Each margin once, on the first page where it is wrong; what is measured can only tell that it is too small."""
    wrong: set[str] = set()
    for number, page in enumerate(sheet.pages):
        for side, (least, most) in MARGINS.items():
            given = getattr(page, side)
            if given is None or side in wrong or page.width > page.height:
                continue
            width = given / MM
            strip = _strip(number, page, side, given)
            wanted = f"cần {least}–{most} mm"
            if width < least - _SLACK:
                said = f"Lề {_SAID[side]} trang {number + 1} là {width:.0f} mm; {wanted}."
                yield Finding(f"margin.{side}", MARGIN, said, place=strip)
            elif width > most + _SLACK and (sheet.declared or side == "left"):
                said = f"Lề {_SAID[side]} trang {number + 1} là {width:.0f} mm; {wanted}."
                yield Finding(f"margin.{side}", MARGIN, said, "error" if sheet.declared else WARNING, strip)
            else:
                continue
            wrong.add(side)


def _strip(number: int, page: Page, side: str, width: float) -> Place:
    """The margin itself as a place."""
    right, bottom = page.width, page.height
    return {
        "top": Place(number, 0, 0, right, width), "bottom": Place(number, 0, bottom - width, right, bottom),
        "left": Place(number, 0, 0, width, bottom), "right": Place(number, right - width, 0, right, bottom),
    }[side]  # fmt: skip


# --- Letters --------------------------------------------------------------------------------------------------


def _fonts(sheet: Sheet, found: Anatomy) -> Iterator[Finding]:
    """Every foreign typeface once, where it first stands."""
    seen: set[str] = set()
    for each in sheet.lines:
        for cut in each.cuts:
            font = _plain_font(cut.font)
            if not font or font.casefold() in seen or _TIMES.match(font) or _SYMBOLS.match(font) or cut.count < 2:
                continue
            seen.add(font.casefold())
            if _LEGACY.match(font):
                said = f"Phông chữ {font} dùng bảng mã cũ; cần Times New Roman, bộ mã Unicode (TCVN 6909:2001)."
                yield Finding("font.encoding", LETTERS, said, place=each.place)
            elif _LIKE_TIMES.match(font):
                said = f"Phông chữ {font}; cần Times New Roman. Phông này gần giống nhưng không phải Times New Roman."
                yield Finding("font.face", LETTERS, said, WARNING, each.place)
            else:
                said = f"Phông chữ {font}; cần Times New Roman."
                yield Finding("font.face", LETTERS, said, place=each.place)


def _plain_font(name: str) -> str:
    """The family's name: without the tag of a subset and the name of a cut."""
    base = name.split("+", 1)[1] if re.match(r"[A-Z]{6}\+", name) else name
    return re.sub(r"[-,](bold|italic|regular|roman|oblique).*$", "", base, flags=re.IGNORECASE).strip()


def _colours(sheet: Sheet, found: Anatomy) -> Iterator[Finding]:
    """The first line of letters that aren't black; stamps are red and links in a list of recipients are not ours."""
    stamps = {id(each) for each in found.stamps}
    wrong = [
        each for each in sheet.lines
        if id(each) not in stamps and any(cut.count > 1 and _is_coloured(cut.colour) for cut in each.cuts)
    ]  # fmt: skip
    if wrong:
        more = f" Còn {len(wrong) - 1} chỗ khác." if len(wrong) > 1 else ""
        said = f"“{_short(wrong[0].text)}” không phải màu đen; chữ trong văn bản màu đen.{more}"
        yield Finding("font.colour", LETTERS, said, place=wrong[0].place)


def _is_coloured(colour: tuple[int, int, int] | None) -> bool:
    return colour is not None and max(colour) > 70


def _short(text: str) -> str:
    said = " ".join(text.split())
    return said if len(said) <= 50 else said[:49].rstrip() + "…"


# --- Body -----------------------------------------------------------------------------------------------------


def _body(found: Anatomy) -> Iterator[Finding]:
    written = [each for each in found.body if len(each.text) > 25]
    for each in written:
        size = each.main.size
        if size is not None and not 12.8 <= size <= 14.2:
            said = f"Nội dung cỡ chữ {_figure(size)} (“{_short(each.text)}”); cần cỡ 13 đến 14."
            yield Finding("body.size", BODY, said, place=each.place)
            break
    yield from _one_size(written)
    yield from _spacing(written)


def _one_size(written: list[Line]) -> Iterator[Finding]:
    sizes = {round(each.main.size * 2) / 2 for each in written if each.main.size is not None}
    if len(sizes) > 1 and all(12.8 <= each <= 14.2 for each in sizes):
        said = " và ".join(_figure(each) for each in sorted(sizes))
        yield Finding("body.one-size", BODY, f"Nội dung có nhiều cỡ chữ ({said}); nên dùng một cỡ.", WARNING,
                      written[0].place)  # fmt: skip


def _spacing(written: list[Line]) -> Iterator[Finding]:
    """Distance of lines: as the file says it, or measured between neighbours of one paragraph."""
    for each in written:
        if each.spacing is not None and not 0.95 <= each.spacing <= 1.55:
            said = f"Khoảng cách dòng {_figure(each.spacing)}; cần từ dòng đơn đến 1,5 dòng."
            yield Finding("body.spacing", BODY, said, place=each.place)
            return
    steps = []
    for before, after in pairwise(written):
        size = after.main.size
        if size and before.place.page == after.place.page and before.spacing is None:
            steps.append(((after.place.bottom - before.place.bottom) / size, after))
    close = sorted(step for step, _ in steps if 0.5 < step < 4)
    if len(close) >= 4 and close[len(close) // 2] > 2.2:
        said = f"Khoảng cách dòng đo được khoảng {_figure(close[len(close) // 2] / 1.15)} dòng; cần không quá 1,5 dòng."
        yield Finding("body.spacing", BODY, said, WARNING, around(written[:2]))


def _figure(value: float) -> str:
    return f"{value:.1f}".rstrip("0").rstrip(".").replace(".", ",")


# --- Page numbers ---------------------------------------------------------------------------------------------


def _page_numbers(sheet: Sheet, found: Anatomy) -> Iterator[Finding]:
    if sheet.numbering is not None:
        yield from _declared_numbers(sheet)
        return
    for number, page in enumerate(sheet.pages):
        here = [each for each in found.numbers if each.place.page == number]
        upper = [each for each in here if each.place.bottom < page.height / 2]
        if number == 0:
            if here:
                yield Finding("pages.first", NUMBERS, _ON_FIRST, place=here[0].place)
            continue
        if not here:
            said = f"Trang {number + 1} chưa có số trang; cần đặt canh giữa ở lề trên."
            yield Finding("pages.missing", NUMBERS, said, place=Place(number, 0, 0, page.width, 20 * MM))
        elif not upper:
            said = f"Số trang {number + 1} đặt ở lề dưới; cần canh giữa ở lề trên."
            yield Finding("pages.place", NUMBERS, said, place=here[0].place)
        elif abs(upper[0].place.middle - page.width / 2) > 25 * MM:
            said = f"Số trang {number + 1} không canh giữa; cần canh giữa ở lề trên."
            yield Finding("pages.place", NUMBERS, said, place=upper[0].place)
        else:
            continue
        return


def _declared_numbers(sheet: Sheet) -> Iterator[Finding]:
    numbering, page = sheet.numbering, sheet.pages[0] if sheet.pages else Page(595, 842)
    if numbering is None:
        return
    top = Place(0, 0, 0, page.width, 20 * MM)
    if not numbering.where:
        if len(sheet.pages) > 1:
            yield Finding("pages.missing", NUMBERS, "Chưa đánh số trang; cần đặt canh giữa ở lề trên, từ trang 2.",
                          place=Place(1, 0, 0, page.width, 20 * MM))  # fmt: skip
        return
    if numbering.where != "top":
        foot = Place(0, 0, page.height - 20 * MM, page.width, page.height)
        yield Finding("pages.place", NUMBERS, "Số trang đặt ở lề dưới; cần canh giữa ở lề trên.", place=foot)
    elif not numbering.centred:
        yield Finding("pages.place", NUMBERS, "Số trang không canh giữa; cần canh giữa ở lề trên.", place=top)
    if numbering.on_first:
        yield Finding("pages.first", NUMBERS, _ON_FIRST, place=top)
