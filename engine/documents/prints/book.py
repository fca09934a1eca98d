"""A book ready to be written: whose it is, what it covers, its rows one after the other, its totals at the end."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from engine.clock import VIETNAM
from engine.documents.prints.forms import Form
from engine.documents.prints.rows import ROWS, Line, Row, Tally, day, figure


@dataclass(frozen=True, slots=True)
class Book:
    """The head of a printed book; writers take its rows from `rows` and then ask `tally` for the totals."""

    form: Form
    agency_name: str
    parent_name: str
    register_name: str
    since: date
    until: date
    first: str
    last: str
    count: int
    made_at: datetime
    made_by: str

    @property
    def year_said(self) -> str:
        """“Năm: 2026”, or both years of a period that goes over New Year."""
        years = sorted({self.since.year, self.until.year})
        return "Năm: " + " - ".join(map(str, years))

    @property
    def named(self) -> str:
        """The register's own name where it says more than the title."""
        return "" if self.register_name.casefold() == self.form.title.casefold() else self.register_name

    @property
    def period_said(self) -> str:
        """From which day to which."""
        return f"Từ ngày {day(self.since)} đến ngày {day(self.until)}"

    @property
    def range_said(self) -> str:
        """From which number to which."""
        return f"Từ số {self.first} đến số {self.last}" if self.count else "Chưa có số nào"

    @property
    def made_said(self) -> str:
        """Who printed it and when."""
        at = self.made_at.astimezone(VIETNAM)
        return f"In từ hệ thống lúc {at:%H:%M} ngày {at:%d/%m/%Y}; người in: {self.made_by}."

    @property
    def file_stem(self) -> str:
        """A plain name for its file."""
        name = {"incoming": "so-van-ban-den", "outgoing": "so-van-ban-di", "follow-up": "so-theo-doi-giai-quyet",
                "postal": "so-gui-buu-dien"}  # fmt: skip
        return f"{name.get(self.form.key, 'muc-luc-van-ban')}-{self.since:%Y%m%d}-{self.until:%Y%m%d}"

    def tally(self) -> Tally:
        """A fresh count, to be filled by `rows`."""
        return Tally(self.form, self.made_at.astimezone(VIETNAM).date())


def rows(book: Book, lines: Iterable[Line], tally: Tally) -> Iterator[Row]:
    """The rows of a book, counted as they go by."""
    make = ROWS[book.form.key]
    for line in lines:
        tally.add(line)
        yield make(line, tally.today)


__all__ = ["Book", "figure", "rows"]
