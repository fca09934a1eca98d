"""Documents that came, or were numbered on paper, before they could be entered: their own day, and why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import exists, select

from engine.documents.models import Document, Register, RegisterEntry, RegisterYear
from engine.documents.registers import lines, numbers
from engine.platform import Work

KEY = "afterwards"
LONGEST_NOTE = 500


@dataclass(frozen=True, slots=True)
class Afterwards:
    """The day a document belongs to in its register, and what the register says of it."""

    day: date
    said: str


def mark(document: Document, day: date, said: str) -> None:
    """Note with a document that it is entered afterwards; its register line then follows that day."""
    document.checks = {**document.checks, KEY: {"day": day.isoformat(), "said": said[:LONGEST_NOTE]}}


def mark_of(document: Document) -> Afterwards | None:
    """What was noted; None for a document entered in its time."""
    noted = document.checks.get(KEY)
    return Afterwards(date.fromisoformat(noted["day"]), str(noted["said"])) if noted else None


def enter_on(work: Work, register: Register, document: Document, today: date) -> tuple[RegisterEntry, date]:
    """Enter a document in a register; the line, and the day it stands for.

    What is entered afterwards keeps its own day (ND30-15.1): as the next number while the order of days allows it,
    else as a secondary number behind the last of that day. The line says why.
    """
    noted = mark_of(document)
    if noted is None:
        entry = lines.enter(work, register, document, today)
        return entry, entry.dated if entry.suffix else today
    behind = None if lines.waits_in(work, register, document, noted.day.year) else _behind(work, register, noted.day)
    if behind is None:
        entry = lines.enter(work, register, document, noted.day)
    else:
        entry = lines.enter_behind(work, behind, document, noted.day)
    if not entry.suffix:
        entry.dated = noted.day  # a number held beforehand bears the day it was held on until then
    if noted.said not in entry.note:
        entry.note = f"{noted.said}. {entry.note}"[:LONGEST_NOTE] if entry.note else noted.said
    return entry, entry.dated


def _behind(work: Work, register: Register, day: date) -> RegisterEntry | None:
    """The number of that day or before which a late line stands behind; None when the next number is in order."""
    # nobody takes a number of this year between the question and the answer
    here = (RegisterYear.register_id == register.id, RegisterYear.year == day.year)
    work.session.execute(select(RegisterYear.next_number).where(*here).with_for_update())
    mine = (RegisterEntry.register_id == register.id, RegisterEntry.year == day.year, RegisterEntry.suffix == "")
    if not work.session.scalar(select(exists().where(*mine, RegisterEntry.dated > day))):
        return None
    before = select(RegisterEntry).where(*mine, RegisterEntry.dated <= day)
    found = work.session.scalar(before.order_by(RegisterEntry.number.desc()).limit(1).with_for_update())
    if found is None or numbers.next_suffix(lines.suffixes(work, found)) is None:
        return None  # nothing to stand behind: a number of its own, out of order, and the line says why
    return found
