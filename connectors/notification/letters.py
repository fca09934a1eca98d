"""What a letter says: which notices there are, with a link to each; never a document."""

from __future__ import annotations

import html
from collections.abc import Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr

from engine.clock import VIETNAM
from engine.notices.queries import Row
from engine.notices.sentences import headline, matter

FOOTER = (
    "Thư này được gửi tự động, không kèm văn bản. Chọn loại thông báo và giờ nhận thư tại: {address}"  # said to people
)


def compose(
    to: str, name: str, rows: Sequence[Row], *, sender: str, base_url: str, reference: str
) -> EmailMessage:  # fmt: skip
    """A letter in plain text and plain HTML; `reference` makes its Message-ID, the same however often it is sent."""
    base = base_url.rstrip("/")
    message = EmailMessage()
    message["Subject"] = _subject(rows)
    message["From"] = Address("Vanthu", addr_spec=parseaddr(sender)[1])
    message["To"] = Address(name, addr_spec=to)
    message["Message-ID"] = f"<{reference}@{parseaddr(sender)[1].rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_text(name, rows, base))
    message.add_alternative(_html(name, rows, base), subtype="html")
    return message


def _subject(rows: Sequence[Row]) -> str:
    if len(rows) == 1:
        number = f": {rows[0].number}" if rows[0].number else ""
        return f"{rows[0].name}{number}"
    return f"{len(rows)} thông báo về công việc"


def _text(name: str, rows: Sequence[Row], base: str) -> str:
    lines = [f"Kính gửi {name},", ""]
    for row in rows:
        lines += [f"- {_when(row)} {headline(row)}"]
        lines += [f"  {matter(row)}"] if matter(row) else []
        lines += [f"  {base}/notices/{row.id}", ""]
    return "\n".join([*lines, FOOTER.format(address=f"{base}/notices/preferences"), ""])


def _html(name: str, rows: Sequence[Row], base: str) -> str:
    said = html.escape
    items = "".join(
        f"<li><p>{said(_when(row))} {said(headline(row))}<br>{said(matter(row))}<br>"
        f'<a href="{said(base)}/notices/{row.id}">Mở trong hệ thống</a></p></li>'
        for row in rows
    )
    footer = said(FOOTER.format(address=f"{base}/notices/preferences"))
    return f'<html lang="vi"><body><p>Kính gửi {said(name)},</p><ul>{items}</ul><p>{footer}</p></body></html>'


def _when(row: Row) -> str:
    return f"{row.at.astimezone(VIETNAM):%H:%M %d/%m/%Y}:"
