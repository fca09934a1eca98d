"""The nine components: whether they are there, at their place, written as the norm has them (ND30 PL I, part II)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from engine.documents import kinds
from engine.documents.text import fold
from engine.drafts.layout.anatomy import Anatomy
from engine.drafts.layout.notation import Problem, date_problems, number_problems
from engine.drafts.layout.sheet import (
    ERROR,
    LEFT,
    RIGHT,
    WARNING,
    Component,
    Expected,
    Finding,
    Line,
    Place,
    Sheet,
    around,
)

NATION, MOTTO = "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", "Độc lập - Tự do - Hạnh phúc"
_TITLE_MARKS = re.compile(
    r"^\W*(GS|PGS|TS|ThS|CN|KS|BS|DS|Giáo sư|Phó giáo sư|Tiến sĩ|Thạc sĩ|Kỹ sư|Bác sĩ)\b\.?", re.I
)
_CAPACITIES = ("TM.", "Q.", "KT.", "TL.", "TUQ.")
_ODD_CAPACITY = re.compile(r"^(T/M|TM|K/T|KT|T/L|TL|TUQ|T\.U\.Q|Q)(?![A-ZĐ.])", re.IGNORECASE)


def clause(number: int) -> str:
    """The clause of a component (PL I.II.1 to 9)."""
    return f"ND30 PL I.II.{number}"


def components(found: Anatomy) -> list[Component]:
    """The nine components as they were found; the seal comes last of all, so a draft needn't have it."""
    letter = bool(found.letter_subject) or found.kind is None
    title = found.letter_subject if letter else [e for e in (found.kind, *found.subject) if e]
    given: list[tuple[str, Sequence[Line]]] = [
        (
            "Quốc hiệu và Tiêu ngữ",
            [e for e in (found.nation, found.motto) if e] if found.nation and found.motto else [],
        ),
        ("Tên cơ quan, tổ chức ban hành", found.agency),
        ("Số, ký hiệu", [found.number] if found.number else []),
        ("Địa danh và thời gian ban hành", [found.date] if found.date else []),
        ("Tên loại và trích yếu nội dung", title),
        ("Nội dung", found.body[:1]),
        ("Chức vụ, họ tên và chữ ký", [*found.titles, found.name] if found.name else []),
    ]
    made = [Component(n, name, bool(lines), around(lines)) for n, (name, lines) in enumerate(given, 1)]
    made.append(Component(8, "Dấu, chữ ký số của cơ quan", None))
    places = [e for e in (found.label, found.addressees) if e][:1]
    made.append(Component(9, "Nơi nhận", bool(places), around(places)))
    return made


def component_findings(sheet: Sheet, found: Anatomy, expected: Expected) -> Iterator[Finding]:
    """Everything about the components."""
    yield from _nation(sheet, found)
    yield from _agency(sheet, found, expected)
    yield from _number(sheet, found, expected)
    yield from _date(sheet, found, expected)
    yield from _title(sheet, found, expected)
    yield from _signature(sheet, found, expected)
    yield from _recipients(sheet, found, expected)


def _top(sheet: Sheet, side: str = "") -> Place:
    """The upper part of page 1, where something missing should stand."""
    page = sheet.pages[0]
    left, right = {LEFT: (0.0, 0.48), RIGHT: (0.45, 1.0)}.get(side, (0.0, 1.0))
    return Place(0, page.width * left, page.height * 0.06, page.width * right, page.height * 0.16)


def _end(sheet: Sheet, side: str) -> Place:
    """The end of the last page."""
    page, last = sheet.pages[-1], len(sheet.pages) - 1
    lines = sheet.on(last)
    bottom = min(max((each.place.bottom for each in lines), default=page.height * 0.5) + 40, page.height)
    left, right = (0.05, 0.48) if side == LEFT else (0.5, 0.95)
    return Place(last, page.width * left, max(bottom - 120, 0), page.width * right, bottom)


def _look(
    rule: str, number: int, name: str, line: Line | None, *, sizes: tuple[float, float] | None = None,
    bold: bool | None = None, italic: bool | None = None,
) -> Iterator[Finding]:  # fmt: skip
    """Size and cut of a component; which sizes belong to which is the table of PL I, so only a warning."""
    if line is None:
        return
    look = line.main
    if sizes and look.size is not None and not sizes[0] - 0.3 <= look.size <= sizes[1] + 0.3:
        wanted = f"{sizes[0]:.0f}" if sizes[0] == sizes[1] else f"{sizes[0]:.0f} đến {sizes[1]:.0f}"
        said = f"{name} cỡ chữ {f'{look.size:.1f}'.removesuffix('.0').replace('.', ',')}; cần cỡ {wanted}."
        yield Finding(f"{rule}.size", clause(number), said, WARNING, line.place)
    for given, wanted_cut, word in ((look.bold, bold, "đậm"), (look.italic, italic, "nghiêng")):
        if given is not None and wanted_cut is not None and given != wanted_cut:
            said = f"{name} {'in' if given else 'chưa in'} {word}; cần {'in' if wanted_cut else 'không in'} {word}."
            yield Finding(f"{rule}.cut", clause(number), said, WARNING, line.place)


# --- Head -----------------------------------------------------------------------------------------------------


def _nation(sheet: Sheet, found: Anatomy) -> Iterator[Finding]:
    if found.nation is None:
        yield Finding("nation.missing", clause(1), f"Chưa có Quốc hiệu “{NATION}” ở phía trên, bên phải trang đầu.",
                      place=_top(sheet, RIGHT))  # fmt: skip
    else:
        yield from _spelled("nation", "Quốc hiệu", found.nation, NATION)
        yield from _beside("nation", 1, "Quốc hiệu", found.nation, RIGHT)
        yield from _look("nation", 1, "Quốc hiệu", found.nation, sizes=(12, 13), bold=True, italic=False)
    if found.motto is None:
        yield Finding("motto.missing", clause(1), f"Chưa có Tiêu ngữ “{MOTTO}” dưới Quốc hiệu.",
                      place=around([found.nation] if found.nation else []) or _top(sheet, RIGHT))  # fmt: skip
    else:
        yield from _spelled("motto", "Tiêu ngữ", found.motto, MOTTO)
        yield from _look("motto", 1, "Tiêu ngữ", found.motto, sizes=(13, 14), bold=True, italic=False)


def _spelled(rule: str, name: str, line: Line, wanted: str) -> Iterator[Finding]:
    """Written letter by letter as the norm has it; another accent mark or dash is only a warning."""
    written = " ".join(line.text.split())
    if written == wanted:
        return
    near = re.sub(r"\W", "", fold(written)) == re.sub(r"\W", "", fold(wanted)) and written.isupper() == wanted.isupper()
    said = f"{name} ghi “{written[:80]}”; cần ghi “{wanted}”."
    yield Finding(f"{rule}.spelling", clause(1), said, WARNING if near else ERROR, line.place)


def _beside(rule: str, number: int, name: str, line: Line, side: str) -> Iterator[Finding]:
    if line.side in (side, "middle") and (side != RIGHT or line.place.middle > line.place.left):
        if line.side == side:
            return
        said = f"{name} nằm giữa trang; cần ở bên {'phải' if side == RIGHT else 'trái'}."
        yield Finding(f"{rule}.place", "ND30 PL I.I.6", said, WARNING, line.place)
        return
    said = f"{name} nằm bên {'trái' if side == RIGHT else 'phải'}; cần ở bên {'phải' if side == RIGHT else 'trái'}."
    yield Finding(f"{rule}.place", "ND30 PL I.I.6", said, ERROR, line.place)


def _agency(sheet: Sheet, found: Anatomy, expected: Expected) -> Iterator[Finding]:
    if not found.agency:
        yield Finding("agency.missing", clause(2), "Chưa có tên cơ quan, tổ chức ban hành ở phía trên, bên trái.",
                      place=_top(sheet, LEFT))  # fmt: skip
        return
    place = around(found.agency)
    lower = [each for each in found.agency if not each.shouted]
    if lower:
        said = f"Tên cơ quan “{' '.join(lower[0].text.split())[:80]}” cần viết bằng chữ in hoa."
        yield Finding("agency.case", clause(2), said, place=lower[0].place)
    written = fold(" ".join(each.text for each in found.agency))
    for name, what in (
        (expected.agency_name, "cơ quan ban hành"),
        (expected.parent_name, "cơ quan chủ quản trực tiếp"),
    ):
        if name and fold(name) not in written:
            said = f"Không thấy tên {what} “{name}” như trong thông tin cơ quan."
            yield Finding("agency.expected", clause(2), said, WARNING, place)
    yield from _look("agency", 2, "Tên cơ quan ban hành", found.agency[-1], sizes=(12, 13), bold=True)


def _number(sheet: Sheet, found: Anatomy, expected: Expected) -> Iterator[Finding]:
    if found.number is None:
        yield Finding("number.missing", clause(3), "Chưa có dòng số, ký hiệu (“Số: …/…”) dưới tên cơ quan ban hành.",
                      place=around(found.agency) or _top(sheet, LEFT))  # fmt: skip
        return
    yield from _beside("number", 3, "Số, ký hiệu", found.number, LEFT)
    type_name = expected.type_name or found.type_name or (kinds.OFFICIAL_LETTER if found.letter_subject else "")
    problems = number_problems(found.number.text, type_name, expected.notation)
    yield from _told(problems, 3, found.number)
    yield from _look("number", 3, "Số, ký hiệu", found.number, sizes=(13, 13), bold=False, italic=False)


def _date(sheet: Sheet, found: Anatomy, expected: Expected) -> Iterator[Finding]:
    if found.date is None:
        said = "Chưa có dòng địa danh và thời gian (“Địa danh, ngày … tháng … năm …”) dưới Tiêu ngữ."
        yield Finding("date.missing", clause(4), said, place=_top(sheet, RIGHT))
        return
    yield from _beside("date", 4, "Địa danh và thời gian", found.date, RIGHT)
    yield from _told(date_problems(found.date.text, expected.place), 4, found.date)
    yield from _look("date", 4, "Địa danh và thời gian", found.date, sizes=(13, 14), bold=False, italic=True)


def _told(problems: Iterable[Problem], number: int, line: Line) -> Iterator[Finding]:
    for each in problems:
        yield Finding(each.rule, clause(number), each.sentence, WARNING if each.doubtful else ERROR, line.place)


# --- Title ----------------------------------------------------------------------------------------------------


def _title(sheet: Sheet, found: Anatomy, expected: Expected) -> Iterator[Finding]:
    letter = _is_letter(found, expected)
    if letter:
        yield from _letter(sheet, found)
        return
    if found.kind is None:
        said = "Chưa có tên loại văn bản ở giữa trang, dưới số và ngày."
        if expected.type_name:
            said = f"Chưa có tên loại “{expected.type_name.upper()}” ở giữa trang, dưới số và ngày."
        yield Finding("kind.missing", clause(5), said, place=_below_head(sheet, found))
        return
    if not found.kind.shouted:
        said = f"Tên loại ghi “{found.kind.text.strip()}”, cần viết bằng chữ in hoa."
        yield Finding("kind.case", clause(5), said, place=found.kind.place)
    if expected.type_name and fold(expected.type_name) != fold(found.type_name):
        said = f"Tên loại ghi “{found.type_name}”; theo thông tin văn bản là “{expected.type_name}”."
        yield Finding("kind.expected", clause(5), said, WARNING, found.kind.place)
    if not found.subject:
        yield Finding("subject.missing", clause(5), "Chưa thấy trích yếu in đậm dưới tên loại.", WARNING,
                      found.kind.place)  # fmt: skip
    yield from _look("kind", 5, "Tên loại", found.kind, sizes=(13, 14), bold=True, italic=False)


def _is_letter(found: Anatomy, expected: Expected) -> bool:
    if expected.type_name:
        return fold(expected.type_name) == fold(kinds.OFFICIAL_LETTER)
    return found.kind is None


def _letter(sheet: Sheet, found: Anatomy) -> Iterator[Finding]:
    if not found.letter_subject:
        said = "Công văn chưa có trích yếu (“V/v …”) dưới số, ký hiệu."
        yield Finding("subject.missing", clause(5), said, place=_below_head(sheet, found))
    else:
        first = found.letter_subject[0]
        if not first.text.lstrip().startswith("V/v"):
            said = f"Trích yếu công văn ghi “{first.text.strip()[:60]}”; cần bắt đầu bằng “V/v”."
            yield Finding("subject.form", clause(5), said, WARNING, first.place)
        yield from _look("subject", 5, "Trích yếu", first, sizes=(12, 13), bold=False, italic=False)
    if found.addressees is None:
        yield Finding("addressee.missing", clause(9), "Công văn chưa có “Kính gửi:”.", place=_below_head(sheet, found))
    elif ":" not in found.addressees.text:
        yield Finding("addressee.form", clause(9), "Sau “Kính gửi” cần có dấu hai chấm.", place=found.addressees.place)


def _below_head(sheet: Sheet, found: Anatomy) -> Place:
    head = [e for e in (found.number, found.date) if e]
    page = sheet.pages[0]
    top = max((each.place.bottom for each in head), default=page.height * 0.16)
    return Place(0, page.width * 0.14, top + 4, page.width * 0.92, top + 40)


# --- Foot -----------------------------------------------------------------------------------------------------


def _signature(sheet: Sheet, found: Anatomy, expected: Expected) -> Iterator[Finding]:
    if found.name is None:
        yield Finding("signer.missing", clause(7), "Chưa có họ và tên người ký ở cuối văn bản, bên phải.",
                      place=around(found.titles) or _end(sheet, RIGHT))  # fmt: skip
    else:
        if _TITLE_MARKS.match(found.name.text.strip()):
            said = f"Trước họ tên “{found.name.text.strip()[:60]}” không ghi học hàm, học vị, danh hiệu."
            yield Finding("signer.titles", clause(7), said, place=found.name.place)
        if expected.signer_name and fold(expected.signer_name) not in fold(found.name.text):
            said = f"Người ký ghi “{found.name.text.strip()[:60]}”; theo thông tin văn bản là “{expected.signer_name}”."
            yield Finding("signer.expected", clause(7), said, WARNING, found.name.place)
        yield from _look("signer", 7, "Họ tên người ký", found.name, sizes=(13, 14), bold=True, italic=False)
    if not found.titles:
        yield Finding("capacity.missing", clause(7), "Chưa có chức vụ người ký (viết in hoa) trên họ tên.",
                      place=around([found.name] if found.name else []) or _end(sheet, RIGHT))  # fmt: skip
        return
    yield from _capacity(found, expected)
    yield from _look("capacity", 7, "Chức vụ người ký", found.titles[0], sizes=(13, 14), bold=True, italic=False)


def _capacity(found: Anatomy, expected: Expected) -> Iterator[Finding]:
    first = found.titles[0]
    written = " ".join(first.text.split())
    odd = _ODD_CAPACITY.match(written)
    if odd and not written.startswith(_CAPACITIES):
        wanted = re.sub(r"\W", "", odd[0]).upper() + "."
        said = f"Quyền hạn ghi “{written[:60]}”; cần viết “{wanted}” rồi đến chức vụ."
        yield Finding("capacity.form", clause(7), said, place=first.place)
    prefix = expected.signer_capacity.split(" ")[0].upper() if "." in expected.signer_capacity else ""
    if prefix in _CAPACITIES and not odd and not any(each.text.strip().startswith(prefix) for each in found.titles):
        said = f"Người ký ký “{expected.signer_capacity}”; chưa thấy “{prefix}” trước chức vụ."
        yield Finding("capacity.expected", clause(7), said, WARNING, first.place)
    if not prefix and written.startswith(("KT.", "TL.", "TUQ.")) and len(found.titles) < 2:
        said = f"Dưới “{written[:60]}” cần ghi chức vụ của người trực tiếp ký."
        yield Finding("capacity.second", clause(7), said, WARNING, first.place)


def _recipients(sheet: Sheet, found: Anatomy, expected: Expected) -> Iterator[Finding]:
    if found.label is None:
        yield Finding("recipients.missing", clause(9), "Chưa có “Nơi nhận:” ở cuối văn bản, bên trái.",
                      place=_end(sheet, LEFT))  # fmt: skip
        return
    if not found.label.text.rstrip().endswith(":"):
        yield Finding("recipients.colon", clause(9), "Sau chữ “Nơi nhận” cần có dấu hai chấm.", place=found.label.place)
    yield from _look("recipients", 9, "Chữ “Nơi nhận”", found.label, sizes=(12, 12), bold=True, italic=True)
    if found.kept is None:
        yield Finding("kept.missing", clause(9), "Dòng cuối của Nơi nhận cần ghi “- Lưu: VT, …”.",
                      place=around([found.label, *found.recipients]))  # fmt: skip
    else:
        yield from _kept(found)
    others = [each for each in found.recipients if each is not found.kept and each.text.lstrip().startswith("-")]
    open_ended = [each for each in others if not re.search(r"[;.,/]$|\($", each.text.rstrip())]
    if open_ended and sheet.declared:
        said = f"Dòng “{open_ended[0].text.strip()[:60]}” của Nơi nhận cần kết thúc bằng dấu chấm phẩy."
        yield Finding("recipients.marks", clause(9), said, WARNING, open_ended[0].place)
    if others:
        yield from _look("recipients.list", 9, "Danh sách nơi nhận", others[0], sizes=(11, 11), bold=False)


def _kept(found: Anatomy) -> Iterator[Finding]:
    assert found.kept is not None
    at = next(n for n, each in enumerate(found.recipients) if each is found.kept)
    written = " ".join(" ".join(each.text for each in found.recipients[at:]).split())
    place = found.kept.place
    if not re.match(r"-\s*Lưu\s*:", written):
        yield Finding("kept.form", clause(9), f"Ghi “{written[:60]}”; cần ghi “- Lưu: VT, …”.", place=place)
    elif not re.search(r":\s*VT\b", written):
        said = f"Ghi “{written[:60]}”; sau “Lưu:” cần ghi “VT” trước tên viết tắt đơn vị soạn thảo."
        yield Finding("kept.registry", clause(9), said, WARNING, place)
    if not written.endswith("."):
        said = f"Dòng “{written[:60]}” cần kết thúc bằng dấu chấm."
        yield Finding("kept.stop", clause(9), said, WARNING, place)
