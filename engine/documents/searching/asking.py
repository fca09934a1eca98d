"""How people ask: words, “phrases”, beginnings*, filters, order; read from what they typed, errors at the field."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime

from engine.documents import kinds
from engine.documents.searching import words
from engine.documents.text import clean
from engine.errors import InvalidInput

MOST_TERMS = 12
LONGEST_TEXT, LONGEST_NAME = 200, 120
ORDERS: dict[str, str] = {
    "newest": "Mới vào hệ thống trước",
    "oldest": "Cũ nhất trước",
    "issued": "Ngày văn bản mới nhất trước",
    "due": "Hạn xử lý gần nhất trước",
}
DIRECTIONS: dict[str, str] = {"incoming": "Văn bản đến", "outgoing": "Văn bản đi"}
ATTACHED: dict[str, str] = {"yes": "Có tệp kèm theo", "no": "Không có tệp kèm theo"}
STATUSES: dict[str, str] = {
    **{f"incoming:{key}": name for key, name in kinds.INCOMING_STATUSES.items()},
    **{f"outgoing:{key}": name for key, name in kinds.OUTGOING_STATUSES.items()},
}
QUOTES = '"“”'
_CHUNK = re.compile(r"[\"“”]([^\"“”]*)[\"“”]|(\S+)")


@dataclass(frozen=True, slots=True)
class Term:
    """One thing asked for: words that stand side by side; with `beginning` the last one may go on."""

    words: tuple[str, ...]
    beginning: bool = False


def terms(said: str) -> tuple[Term, ...]:
    """Read what somebody typed: each word counts, “a phrase” as it stands, 15/QĐ-UBND too, xây* as a beginning."""
    found = []
    for quoted, plain in _CHUNK.findall(said):
        each = tuple(words.tokens(quoted or plain))
        if each:
            beginning = plain.endswith("*") and len(each[-1]) > 1
            found.append(Term(each[:MOST_TERMS], beginning and len(each) <= MOST_TERMS))
    return tuple(dict.fromkeys(found))[:MOST_TERMS]


@dataclass(frozen=True, slots=True)
class Criteria:
    """All somebody asks for; empty fields ask for nothing."""

    text: str = ""
    direction: str = ""
    kind: str = ""
    register: int | None = None
    urgency: int | None = None
    since: date | None = None
    until: date | None = None
    status: str = ""
    organ: str = ""
    signer: str = ""
    unit: int | None = None
    attached: str = ""
    order: str = "newest"

    @property
    def asked(self) -> bool:
        """Whether anything is asked for at all."""
        return any(getattr(self, each.name) not in ("", None) for each in fields(self) if each.name != "order")

    @property
    def narrowed(self) -> int:
        """How many filters are set."""
        set_ones = (getattr(self, each.name) not in ("", None) for each in fields(self))
        return sum(set_ones) - bool(self.text) - 1

    def plain(self) -> dict[str, str]:
        """What was asked as it stands in an address: only what is set, dates as day/month/year."""
        said = {}
        for name, value in asdict(self).items():
            if value not in ("", None) and not (name == "order" and value == "newest"):
                said["q" if name == "text" else name] = f"{value:%d/%m/%Y}" if isinstance(value, date) else str(value)
        return said


def read(said: Mapping[str, str]) -> Criteria:
    """Criteria from the fields of the form or of a kept search; InvalidInput says at the field what is expected."""
    problems: dict[str, str] = {}

    def choice(name: str, known: Mapping[str, str]) -> str:
        value = said.get(name, "")
        if value and value not in known:
            problems[name] = "Chọn một giá trị trong danh sách."
        return value

    def number(name: str) -> int | None:
        value = said.get(name, "").strip()
        if value and not (value.isascii() and value.isdigit() and len(value) < 19):
            problems[name] = "Chọn một giá trị trong danh sách."
            return None
        return int(value) if value else None

    def day(name: str) -> date | None:
        value = said.get(name, "").strip()
        try:
            return _day(value) if value else None
        except ValueError:
            problems[name] = "Nhập ngày có thật theo dạng ngày/tháng/năm, ví dụ 23/11/2026."
            return None

    def text(name: str, longest: int) -> str:
        value = clean(said.get(name, ""))
        if len(value) > longest:
            problems[name] = f"Nhập không quá {longest} ký tự; hiện có {len(value)} ký tự."
        return value

    found = Criteria(
        text("q", LONGEST_TEXT), choice("direction", DIRECTIONS), text("kind", 100), number("register"),
        number("urgency"), day("since"), day("until"), choice("status", STATUSES), text("organ", LONGEST_NAME),
        text("signer", LONGEST_NAME), number("unit"), choice("attached", ATTACHED),
        choice("order", ORDERS) or "newest",
    )  # fmt: skip
    if found.since and found.until and found.since > found.until:
        problems["until"] = "Ngày đến phải từ ngày bắt đầu trở đi."
    if problems:
        raise InvalidInput("Điều kiện tìm kiếm chưa đúng. " + " ".join(dict.fromkeys(problems.values())), problems)
    return found


def _day(value: str) -> date:
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(value, form).date()  # noqa: DTZ007  # a day has no zone
        except ValueError:
            continue
    raise ValueError(value)
