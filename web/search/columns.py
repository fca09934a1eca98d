"""The columns results can have: what they are called and what stands in them, on the screen and in exports."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.directory.models import Unit
from engine.documents import kinds
from engine.documents.models import Dispatch, Document
from web.language import told
from web.layout import words


@dataclass(frozen=True, slots=True)
class Names:
    """What stands outside of the documents themselves: names of recipients and units."""

    recipients: dict[int, list[str]]
    units: dict[int, str]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in addresses, its title, what it says of a document; width in characters for exports."""

    name: str
    title: str
    said: Callable[[Document, Names], str]
    width: int = 14
    figures: bool = False
    asked: bool = True  # whether the words of a search are looked for here, and so marked


def _place(row: Document, names: Names) -> str:
    return row.organ_name if row.direction == "incoming" else "; ".join(names.recipients.get(row.id, []))


def _urgency(row: Document, _names: Names) -> str:
    return told(kinds.URGENCY.get(row.urgency, ""))


def _status(row: Document, _names: Names) -> str:
    return told(kinds.status_name(row.direction, row.status))


COLUMNS: tuple[Column, ...] = (
    Column("code", lazy_gettext("Số, ký hiệu"), lambda row, _n: row.code or "", 18),
    Column("subject", lazy_gettext("Trích yếu"), lambda row, _n: row.subject, 46),
    Column("direction", lazy_gettext("Đến hay đi"),
           lambda row, _n: _("Đến") if row.direction == "incoming" else _("Đi"), 8, asked=False),
    Column("kind", lazy_gettext("Loại văn bản"), lambda row, _n: row.type_name, 14),
    Column("place", lazy_gettext("Nơi gửi, nơi nhận"), _place, 28),
    Column("issued", lazy_gettext("Ngày văn bản"), lambda row, _n: words.day(row.issued_date), 12, True),
    Column("number", lazy_gettext("Số đến"), lambda row, _n: str(row.arrival_number or ""), 8, True),
    Column("arrived", lazy_gettext("Ngày đến"), lambda row, _n: words.day(row.arrival_date), 12, True),
    Column("urgency", lazy_gettext("Độ khẩn"), _urgency, 12, asked=False),
    Column("status", lazy_gettext("Trạng thái"), _status, 18, asked=False),
    Column("due", lazy_gettext("Hạn xử lý"), lambda row, _n: words.day(row.due_date), 12, True),
    Column("signer", lazy_gettext("Người ký"), lambda row, _n: row.signer_name, 20),
    Column("unit", lazy_gettext("Đơn vị soạn thảo"), lambda row, names: names.units.get(row.unit_id or 0, ""), 20),
    Column("pages", lazy_gettext("Số trang"), lambda row, _n: str(row.page_amount or ""), 8, True),
)  # fmt: skip
ALWAYS = "subject"
USUAL = ("code", "subject", "place", "issued", "status")


def shown(chosen: Sequence[str]) -> list[Column]:
    """The columns with these names in the order of the list; the usual ones when none is known."""
    wanted = {name for name in chosen if any(column.name == name for column in COLUMNS)} or set(USUAL)
    return [column for column in COLUMNS if column.name in wanted | {ALWAYS}]


def names_for(session: Session, rows: Iterable[Document]) -> Names:
    """Read the names that the rows' cells need, each kind in one query. Only give rows the person may see."""
    found = list(rows)
    recipients: dict[int, list[str]] = {}
    outgoing = [row.id for row in found if row.direction == "outgoing"]
    if outgoing:
        told = select(Dispatch.document_id, Dispatch.recipient_name).where(Dispatch.document_id.in_(outgoing))
        for document_id, name in session.execute(told.order_by(Dispatch.id)):
            recipients.setdefault(document_id, []).append(name)
    units = {row.unit_id for row in found if row.unit_id is not None}
    known = session.execute(select(Unit.id, Unit.name).where(Unit.id.in_(units))) if units else ()
    return Names(recipients, {row[0]: row[1] for row in known})
