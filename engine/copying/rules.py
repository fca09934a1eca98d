"""Which copy of which document is possible, and what a request for one must say (ND30-25)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.documents import formats, kinds
from engine.documents.models import Document
from engine.platform import ALLOWED, Actor, Verdict

COPY, SECOND_COPY, EXCERPT = "Sao y", "Sao lục", "Trích sao"
PAPER, ELECTRONIC = "paper", "electronic"
FORMS = {PAPER: "Bản giấy", ELECTRONIC: "Bản điện tử"}
STATES = {
    "asked": "Chờ duyệt", "refused": "Không cho sao", "granted": "Đang làm", "made": "Chờ phát hành",
    "issued": "Đã phát hành", "failed": "Không làm được",
}  # fmt: skip
MOST_COPIES = 500
MOST_RECIPIENTS = 300
_COPIED = frozenset({"issued", "closed"})
_NOT_TAKEN_IN = frozenset({"arrived", "checked", "returned", "recalled"})
_PAGES = re.compile(r"\d{1,4}(-\d{1,4})?")


@dataclass(frozen=True, slots=True)
class Standing:
    """What a document is in the eyes of whoever copies it: on paper or not, and which copy, if it is one itself."""

    form: str
    copy_kind: str = ""


def standing(document: Document, made_as: str | None = None) -> Standing:
    """What a document is; `made_as` is the form of our own copy, when it is one.

    What came in electronically with the agency's signature alone is a copy of a paper document too (ND30-18.6).
    """
    kind = next((each for each in kinds.COPIES if each.casefold() == document.type_name.casefold()), "")
    if document.direction == "outgoing":
        return Standing(made_as or ELECTRONIC, kind)
    if document.source == "paper":
        return Standing(PAPER, kind)
    arrived_as_copy = (document.verification or {}).get("conclusion") == "copy"
    return Standing(ELECTRONIC, kind or (COPY if arrived_as_copy else ""))


def may_copy(document: Document, replaced_by: str = "") -> Verdict:
    """Whether a document may be copied at all: it is there, it is whole, it is official, nothing stands in its place.

    That a replaced document isn't copied any more is the platform's caution; ND30-25 doesn't speak of it.
    """
    if document.destroyed_at is not None and document.status != "recalled":
        return Verdict(False, "Văn bản đã hủy khi hết thời hạn bảo quản nên không sao được.", "ND30-25")
    if replaced_by:
        return Verdict(False, f"Văn bản đã được thay thế bằng {replaced_by}; sao văn bản thay thế.", "ND30-25")
    if document.destroyed_at is not None:
        return Verdict(False, "Văn bản đã hủy theo thông báo thu hồi nên không sao được.", "QD28-9.2b")
    if document.frozen or document.status == "recalled":
        return Verdict(False, "Văn bản đã thu hồi và bị khóa nên không sao được.", "SYS-8")
    if document.direction == "outgoing" and document.status not in _COPIED:
        return Verdict(False, "Chỉ sao văn bản đi đã phát hành; dự thảo chưa phải là bản gốc.", "ND30-3.8")
    if document.direction == "incoming" and document.status in _NOT_TAKEN_IN:
        return Verdict(False, "Chỉ sao văn bản đến đã vào sổ.", "ND30-22.1")
    return ALLOWED


GONE = {
    "recalled": "Văn bản gốc đã thu hồi.", "expired": "Văn bản gốc đã hủy khi hết thời hạn bảo quản.",
    "replaced": "Văn bản gốc đã được thay thế.",
}  # fmt: skip
"""What is said to whoever asked for a copy of a document, by what has become of that."""


def gone(document: Document, replaced_by: str = "") -> str:
    """What has become of an original, in a sentence; empty while it is what it was."""
    if document.frozen or document.status == "recalled":
        return GONE["recalled"]
    if document.destroyed_at is not None:
        return GONE["expired"]
    return f"Văn bản gốc đã được thay thế bằng {replaced_by}." if replaced_by else ""


def may_make(of: Standing, kind: str, form: str) -> Verdict:
    """Whether this kind of copy in this form may be made of such a document: the table of ND30-25."""
    if kind not in kinds.COPIES or form not in FORMS:
        return Verdict(False, "Chọn hình thức sao và dạng bản sao trong danh mục.", "ND30-25")
    if kind == SECOND_COPY and of.copy_kind != COPY:
        said = "Sao lục thực hiện từ bản sao y; văn bản này không phải là bản sao y."
        return Verdict(False, said, "ND30-25")
    if kind == COPY and of.copy_kind:
        said = f"Sao y thực hiện từ bản gốc, bản chính; văn bản này là bản {of.copy_kind.lower()}"
        return Verdict(False, f"{said}{', hãy chọn sao lục' if of.copy_kind == COPY else ''}.", "ND30-25")
    if kind == EXCERPT and of.copy_kind:
        said = f"Trích sao thực hiện từ bản gốc, bản chính; văn bản này là bản {of.copy_kind.lower()}."
        return Verdict(False, said, "ND30-25")
    if kind != EXCERPT and of.form == form == ELECTRONIC:
        said = f"{kind} không có dạng từ văn bản điện tử sang văn bản điện tử; gửi chính văn bản điện tử"
        return Verdict(False, f"{said}, hoặc trích sao phần cần thiết." if kind == COPY else f"{said}.", "ND30-25")
    return ALLOWED


def may_approve(actor: Actor) -> Verdict:
    """Who may let a copy be made without asking anybody: a leader of the agency."""
    if actor.is_system or "leader" in actor.roles:
        return ALLOWED
    return Verdict(False, "Việc sao văn bản do lãnh đạo cơ quan quyết định.", "ND30-25")


def file_problem(kind: str, form: str, original: Document, files: Sequence[tuple[str, str, str]]) -> str:
    """What of the original's files (part, media type, name) keeps a copy from being made; empty when nothing does.

    Sao y and sao lục are of the whole document, annexes included. What is on paper only is photocopied by hand, and
    its copy's foot is all that is made here.
    """
    main = next((media for part, media, _name in files if part == "main"), None)
    by_hand = main is None and form == PAPER and original.source == "paper"
    if main != formats.PDF and not by_hand:
        return "Văn bản không có tệp PDF nên không làm được bản sao."
    if kind == EXCERPT:
        return ""
    others = [name for part, media, name in files if part == "annex" and media != formats.PDF]
    if others:
        return f"{kind} phải sao toàn bộ văn bản, mà tệp kèm theo không phải PDF: {', '.join(others)}."
    return ""


def page_numbers(text: str) -> list[int] | None:
    """“1-3, 5” as pages in that order, each once; None when it isn't such a list."""
    found: list[int] = []
    for part in text.replace("–", "-").replace(";", ",").split(","):
        piece = part.replace(" ", "")
        if not _PAGES.fullmatch(piece):
            return None
        first, _, last = piece.partition("-")
        span = range(int(first), int(last or first) + 1)
        if not span or span[0] < 1:
            return None
        found += span
    return list(dict.fromkeys(found))


def problems(
    kind: str,
    form: str,
    pages: str,
    excerpt: str,
    recipients: Sequence[int],
    people: Sequence[int],
    places: str,
    amount: int,
) -> dict[str, str]:
    """What is wrong with a request beside the table of kinds, by field."""
    wrong: dict[str, str] = {}
    if kind == EXCERPT and bool(pages.strip()) == bool(excerpt.strip()):
        wrong["pages"] = "Trích sao phải nêu các trang cần trích, hoặc phần nội dung cần trích; chọn một trong hai."
    elif kind == EXCERPT and pages.strip() and page_numbers(pages) is None:
        wrong["pages"] = "Ghi số trang, ví dụ 1-3, 5."
    if form == ELECTRONIC and not recipients and not people:
        wrong["recipients"] = "Chọn ít nhất một cơ quan hoặc một người nhận bản sao điện tử."
    if form == PAPER and not places.strip() and not people:
        wrong["places"] = "Ghi nơi nhận bản giấy, hoặc chọn người trong cơ quan nhận bản sao."
    if form == PAPER and not 1 <= amount <= MOST_COPIES:
        wrong["amount"] = f"Nhập số bản từ 1 đến {MOST_COPIES}."
    if len(recipients) + len(people) > MOST_RECIPIENTS:
        wrong["recipients"] = f"Mỗi lần sao gửi tối đa {MOST_RECIPIENTS} nơi nhận, người nhận."
    return wrong
