"""A line of a register as a row of one of the prescribed books; what is counted at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from engine.documents import kinds
from engine.documents.prints.forms import Form
from engine.documents.registers import numbers

Row = tuple[str, ...]

HIDDEN = "Văn bản ngoài phạm vi được xem"
EMPTY = {"cancelled": "Số đã hủy", "held": "Số đang giữ", "released": "Số thôi giữ, chưa dùng", "used": HIDDEN}
FINISHED = frozenset({"resolved", "filed"})


@dataclass(frozen=True, slots=True)
class Paper:
    """What a book says of a document."""

    id: int
    type_name: str
    subject: str
    code: str
    issued_date: date | None
    organ_name: str
    status: str
    arrival_date: date | None = None
    due: date | None = None
    signer_name: str = ""
    to_places: str = ""
    copies: int | None = None
    unit_name: str = ""
    description: str = ""
    issued_on: date | None = None
    forwarded_on: date | None = None
    settled_on: date | None = None
    receivers: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    pages: str = ""
    posted: tuple[str, ...] = ()  # who gets it on paper, outside of the agency

    @property
    def what(self) -> str:
        """Kind and subject, as every book has them in one column."""
        return f"{self.type_name}: {self.subject}" if self.type_name else self.subject

    @property
    def forwarded_to(self) -> str:
        """Who leads, then who helps."""
        return "; ".join(self.receivers)


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a register: its number, what became of it, and its document as far as the reader may see it."""

    id: int
    year: int
    number: int
    suffix: str
    state: str
    dated: date
    entered_on: date
    note: str = ""
    held_for: str = ""
    held_until: date | None = None
    paper: Paper | None = None

    @property
    def written(self) -> str:
        """The number as written: 05, 123a."""
        return numbers.format_number(self.number, self.suffix)

    @property
    def empty(self) -> str:
        """What stands where the document would."""
        return EMPTY[self.state]

    @property
    def remark(self) -> str:
        """The last column: why held, released, cancelled, entered afterwards; else what was noted."""
        if self.state == "held":
            whom = f" cho {self.held_for}" if self.held_for else ""
            until = f" đến {day(self.held_until)}" if self.held_until else ""
            return f"Giữ số{whom}{until}: {self.note}" if self.note else ""
        if self.suffix and self.state == "used":
            return f"Vào sổ bổ sung ngày {day(self.entered_on)}: {self.note}" if self.note else ""
        return self.note or (self.paper.description if self.paper else "")


def day(value: date | None) -> str:
    """A date as books write it: 05/01/2026."""
    return value.strftime("%d/%m/%Y") if value else ""


def incoming_row(line: Line, today: date) -> Row:
    """A row of the register of incoming documents."""
    paper = line.paper
    if paper is None:
        return (day(line.dated), line.written, "", "", "", line.empty, "", "", "", line.remark)
    return (
        day(paper.arrival_date or line.dated), line.written, paper.organ_name, paper.code, day(paper.issued_date),
        paper.what, paper.forwarded_to, day(paper.forwarded_on), "", line.remark,
    )  # fmt: skip


def outgoing_row(line: Line, today: date) -> Row:
    """A row of the register of outgoing documents."""
    paper = line.paper
    if paper is None or not paper.code:
        what = f"{line.empty} ({paper.what})" if paper else line.empty
        return (line.written, day(line.dated), what, "", "", "", "", "", "", line.remark)
    copies = paper.copies or len(paper.recipients)
    return (
        paper.code, day(paper.issued_date or line.dated), paper.what, paper.signer_name,
        "; ".join([*paper.recipients, *filter(None, map(str.strip, paper.to_places.splitlines()))]), paper.unit_name,
        str(copies) if copies else "", day(paper.issued_on), "", line.remark,
    )  # fmt: skip


def follow_up_row(line: Line, today: date) -> Row:
    """A row of the book in which the resolution of incoming documents is followed."""
    paper = line.paper
    if paper is None:
        return (line.written, line.empty, "", "", "", "", line.remark)
    numbered = f" số {paper.code}" if paper.code else ""
    dated = f" ngày {day(paper.issued_date)}" if paper.issued_date else ""
    whose = f" của {paper.organ_name}" if paper.organ_name else ""
    return (
        line.written, f"{paper.type_name}{numbered}{dated}{whose}", paper.forwarded_to, day(paper.due),
        progress(paper, today), "; ".join(paper.answers), line.remark,
    )  # fmt: skip


def postal_row(line: Line, today: date) -> Row:
    """A row of the book of what is sent by post: an envelope for each place that gets paper.

    Whether the post or a hand brings it isn't known here; what was handed over is struck out on paper.
    """
    paper = line.paper
    if paper is None:
        return ("", line.written, line.empty, "", "", line.remark)
    return (
        day(paper.issued_on), paper.code, "; ".join(paper.posted), str(len(paper.posted)), "", line.remark,
    )  # fmt: skip


def progress(paper: Paper, today: date) -> str:
    """How far the resolution is, and whether in time (ND30-24)."""
    said = kinds.status_name("incoming", paper.status)
    if paper.status in FINISHED:
        on = f" ngày {day(paper.settled_on)}" if paper.settled_on else ""
        if paper.due is None or paper.settled_on is None:
            return f"{said}{on}"
        return f"{said}{on}, {'đúng hạn' if paper.settled_on <= paper.due else 'quá hạn'}"
    if paper.status in ("returned", "recalled") or paper.due is None:
        return said
    return f"{said}, {'trong hạn' if today <= paper.due else 'quá hạn'}"


def contents_row(number: int, paper: Paper, note: str = "") -> Row:
    """A row of the list of documents in a dossier."""
    return (
        str(number), paper.code, day(paper.issued_date), paper.what, paper.organ_name, paper.pages,
        note or paper.description,
    )  # fmt: skip


ROWS: dict[str, Callable[[Line, date], Row]] = {
    "incoming": incoming_row, "outgoing": outgoing_row, "follow-up": follow_up_row,
    "postal": postal_row,
}  # fmt: skip


@dataclass
class Tally:
    """What is counted while rows go by, said at the end of the book."""

    form: Form
    today: date
    counted: Counter[str] = field(default_factory=Counter)

    def add(self, line: Line) -> None:
        """Count one line."""
        self.counted["lines"] += 1
        self.counted[line.state] += 1
        self.counted["secondary"] += bool(line.suffix)
        paper = line.paper
        if paper is None:
            return
        if self.form.key == "outgoing" and line.state == "used":
            self.counted["copies"] += paper.copies or len(paper.recipients)
        if self.form.key == "postal":
            self.counted["envelopes"] += len(paper.posted)
        if self.form.key == "follow-up" and line.state == "used":
            done = paper.status in FINISHED
            ended = paper.settled_on if done else self.today
            self.counted["done" if done else "open"] += 1
            self.counted["late"] += bool(paper.due and ended and ended > paper.due)
            self.counted["answered"] += bool(paper.answers)

    def said(self) -> tuple[str, ...]:
        """The totals in words."""
        count = self.counted
        if self.form.key == "contents":
            return (f"Tổng số: {figure(count['lines'])} văn bản.",)
        parts = [f"{figure(count['used'])} văn bản"]
        for key, words in (
            ("secondary", "số phụ"), ("held", "số đang giữ"), ("released", "số thôi giữ"), ("cancelled", "số đã hủy"),
        ):  # fmt: skip
            if count[key]:
                parts.append(f"{figure(count[key])} {words}")
        lines = [f"Tổng số: {figure(count['lines'])} dòng, gồm {'; '.join(parts)}."]
        if self.form.key == "outgoing":
            lines.append(f"Tổng số bản phát hành: {figure(count['copies'])}.")
        if self.form.key == "postal":
            lines.append(f"Tổng số bì: {figure(count['envelopes'])}.")
        if self.form.key == "follow-up":
            lines.append(
                f"Đã giải quyết: {figure(count['done'])}; đang giải quyết: {figure(count['open'])}; "
                f"quá hạn: {figure(count['late'])}; có văn bản trả lời: {figure(count['answered'])}."
            )
        return tuple(lines)


def figure(number: int) -> str:
    """A number with points between thousands: 20.000."""
    return f"{number:,}".replace(",", ".")
