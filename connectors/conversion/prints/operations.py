"""The operation that makes a long print in the worker, as the person who ordered it, saying how far it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.directory.queries import actor_of
from engine.documents.models import PrintedBook
from engine.documents.prints import orders, reading
from engine.documents.prints.book import rows
from engine.errors import PermanentError, RequestError
from engine.operations import Outside, operation, parameter
from engine.platform import Work, system


@dataclass(frozen=True)
class PrintBook:
    """Make a print that somebody ordered."""

    print: int = parameter("Bản in", kind="number")


@dataclass(frozen=True)
class Printed:
    """The file by its hash, and how many rows it has."""

    file_hash: str
    size: int
    rows: int


def record(given: PrintBook, result: Mapping[str, Any], work: Work) -> None:
    """The file is the person's from now on."""
    orders.finish(work, given.print, result["file_hash"], result["size"], result["rows"])


@operation(
    orders.PRINT_BOOK, version=1, name="Tạo bản in sổ", outside=True, settle=record,
    legal_basis=("ND30-16.2.b", "ND30-22.3.b"),
)  # fmt: skip
def print_book(given: PrintBook, outside: Outside) -> Printed:
    """Tạo tệp PDF, Word hoặc Excel của một sổ theo mẫu Phụ lục IV, trong phạm vi người yêu cầu được xem."""
    platform = outside.platform
    who = system(outside.agency_id)

    def told(made: int) -> None:
        platform.run(who, orders.progress, given.print, made)

    try:
        with platform.reading() as session:
            row = session.get(PrintedBook, given.print)
            if row is None:
                raise PermanentError("Bản in này đã bị xóa.")
            order, person_id = orders.order_of(row.given), row.person_id
            actor = actor_of(session, person_id, platform.clock.now())
            book = reading.book_of(session, actor, order.selection, platform.clock.now())
            tally = book.tally()
            lines = reading.lines(session, actor, order.selection)
            content = written(book, rows(book, lines, tally), tally, order.format, told)
    except RequestError as error:
        # rights or the register have gone since it was ordered: nothing will change that by itself
        platform.run(who, orders.fail, given.print, str(error))
        raise PermanentError(str(error)) from error
    return Printed(platform.files.put(content), len(content), tally.counted["lines"])


def written(book: Any, made: Any, tally: Any, kind: str, told: Any = lambda _: None) -> bytes:
    """The book as a file of a kind: `pdf`, `docx` or `xlsx`; the program that makes it is loaded here."""
    if kind == "pdf":
        from connectors.conversion.prints.pdf import write_pdf
        from connectors.pdf_fonts import FONTS

        return write_pdf(book, made, tally, FONTS, told)
    if kind == "docx":
        from connectors.conversion.prints.word import write_word

        return write_word(book, made, tally, told)
    from connectors.conversion.prints.excel import write_excel

    return write_excel(book, made, tally, told)
