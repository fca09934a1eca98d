"""A print too long to wait for: ordered by a person, made by a worker as that person, kept for a while."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.documents.models import PrintedBook
from engine.documents.prints import reading
from engine.documents.prints.book import Book
from engine.documents.prints.reading import Selection
from engine.documents.recall import REMOVE_BYTES
from engine.errors import Conflict, InvalidInput, NotFound
from engine.occasions import READY
from engine.platform import Actor, Work

PRINT_BOOK = "conversion.print-book"
AT_ONCE = 2_000
"""Rows that are made while the person waits; more become a job."""
KEPT = timedelta(days=7)
MOST_UNDER_WAY = 3
FORMATS = {"pdf": "PDF", "docx": "Word (DOCX)", "xlsx": "Excel (XLSX)"}
LONGEST_PERIOD = timedelta(days=5 * 366)


@dataclass(frozen=True, slots=True)
class Order:
    """Which book, and as which kind of file."""

    selection: Selection
    format: str

    def data(self) -> dict[str, Any]:
        """As the row keeps it."""
        chosen = self.selection
        return {
            "register": chosen.register_id, "form": chosen.form, "since": chosen.since.isoformat(),
            "until": chosen.until.isoformat(), "format": self.format,
        }  # fmt: skip


def order_of(data: Mapping[str, Any]) -> Order:
    """An order as it was kept."""
    chosen = Selection(
        data["register"], data["form"], date.fromisoformat(data["since"]), date.fromisoformat(data["until"])
    )
    return Order(chosen, data["format"])


def checked_format(name: str) -> str:
    """A kind of file that can be made; InvalidInput otherwise."""
    if name not in FORMATS:
        raise InvalidInput("Chọn tệp PDF, Word hoặc Excel.", {"format": "Chọn loại tệp."})
    return name


def order_print(work: Work, order: Order) -> PrintedBook:
    """Order a book from a worker; it becomes a file of this person for a week.

    NotFound, InvalidInput as `reading.book_of`; Conflict while three of this person's prints are under way.
    """
    person_id, agency_id = work.actor.person_id, work.actor.agency_id
    if person_id is None or agency_id is None:
        raise NotFound("Không tìm thấy sổ này.")
    checked_format(order.format)
    book = reading.book_of(work.session, work.actor, order.selection, work.now)
    under_way = select(PrintedBook).where(
        PrintedBook.person_id == person_id, PrintedBook.state.in_(("waiting", "making")),
        PrintedBook.expires_at > work.now,
    )  # fmt: skip
    waiting = work.session.scalars(under_way).all()
    for row in waiting:
        if row.given == order.data():
            return row  # asked for twice
    if len(waiting) >= MOST_UNDER_WAY:
        raise Conflict(f"Đang có {MOST_UNDER_WAY} bản in chờ hoàn thành; đợi xong rồi in tiếp.")
    row = PrintedBook(
        agency_id=agency_id, person_id=person_id, title=title_of(book), given=order.data(), state="waiting",
        rows_made=0, rows_total=book.count, file_name=f"{book.file_stem}.{order.format}", problem="",
        created_at=work.now, expires_at=work.now + KEPT,
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    work.send(PRINT_BOOK, {"print": row.id}, agency_id=agency_id)
    note_printed(work, order, book.count)
    return row


def title_of(book: Book) -> str:
    """What a print is called in lists."""
    parts = (book.form.title.capitalize(), book.named, book.period_said.lower())
    return ", ".join(filter(None, parts))[:300]


def note_printed(work: Work, order: Order, count: int) -> None:
    """Note in the audit trail that a register left the platform as a file (ND30 PL VI III.6)."""
    details = {name: value for name, value in order.data().items() if name != "register"}
    work.note("register.printed", "register", order.selection.register_id, rows=count, **details)


def progress(work: Work, print_id: int, rows_made: int) -> None:
    """Say how far a print is."""
    row = work.session.get(PrintedBook, print_id)
    if row is not None and row.state in ("waiting", "making"):
        row.state, row.rows_made = "making", min(rows_made, row.rows_total)


def finish(work: Work, print_id: int, file_hash: str, size: int, rows_made: int) -> None:
    """The file is there."""
    row = work.session.get(PrintedBook, print_id)
    if row is not None:
        row.state, row.file_hash, row.size, row.rows_made = "done", file_hash, size, rows_made
        row.rows_total, row.ready_at, row.expires_at, row.problem = rows_made, work.now, work.now + KEPT, ""
        work.tell(READY, row.agency_id, person_id=row.person_id, details={"title": row.title})


def fail(work: Work, print_id: int, problem: str) -> None:
    """It can't be made; why, in words."""
    row = work.session.get(PrintedBook, print_id)
    if row is not None and row.state != "done":
        row.state, row.problem = "failed", problem[:500]


def own_prints(session: Session, actor: Actor, work_now: Any) -> Sequence[PrintedBook]:
    """This person's prints that haven't expired, newest first."""
    query = select(PrintedBook).where(PrintedBook.person_id == actor.person_id, PrintedBook.expires_at > work_now)
    return session.scalars(query.order_by(PrintedBook.id.desc()).limit(50)).all()


def own_print(session: Session, actor: Actor, print_id: int) -> PrintedBook:
    """A print of this person; NotFound for anybody else's, also of the same agency."""
    row = session.get(PrintedBook, print_id)
    if row is None or row.person_id != actor.person_id or row.agency_id != actor.agency_id:
        raise NotFound("Không tìm thấy bản in này.")
    return row


def drop_print(work: Work, print_id: int) -> None:
    """Take one's print away before its time."""
    row = own_print(work.session, work.actor, print_id)
    _drop(work, [row])


def drop_expired(work: Work) -> int:
    """Take prints away whose time is over, with their bytes; how many."""
    query = select(PrintedBook).where(PrintedBook.expires_at <= work.now).limit(500)
    rows = work.session.scalars(query.with_for_update(skip_locked=True)).all()
    _drop(work, rows)
    return len(rows)


def _drop(work: Work, rows: Sequence[PrintedBook]) -> None:
    hashes = sorted({row.file_hash for row in rows if row.file_hash})
    for row in rows:
        work.session.delete(row)
    work.session.flush()
    if hashes:
        work.send(REMOVE_BYTES, {"hashes": hashes})
