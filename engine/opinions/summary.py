"""Bảng tổng hợp ý kiến: who was asked, what they said, how it was received; as text, whatever it is printed with."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from engine.clock import VIETNAM
from engine.directory.models import Agency
from engine.documents.models import Document
from engine.opinions import queries, rules
from engine.opinions.models import OpinionRound
from engine.opinions.queries import Line, Report

TITLE = "BẢNG TỔNG HỢP Ý KIẾN"
COLUMNS = (
    ("STT", 6), ("Người, đơn vị được hỏi", 24), ("Kết luận", 14), ("Ý kiến", 44), ("Tiếp thu, giải trình", 36),
    ("Thời điểm trả lời", 16),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Summary:
    """The table: lines above it, rows of text, totals."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def summary(session: Session, found: OpinionRound) -> Summary:
    """The summary of one round, whole (SYS-5.a)."""
    report = queries.report(session, found)
    document = session.get_one(Document, found.document_id)
    agency = session.get_one(Agency, found.agency_id)
    return Summary(
        _heads(report, document, agency.name), tuple(_row(n, each) for n, each in enumerate(report.lines, 1))
    )


def totals(report: Report) -> str:
    """Counts of every verdict in one line."""
    counts = report.counts
    said = [f"{name.lower()} {counts.get(verdict, 0)}" for verdict, name in rules.VERDICTS.items()]
    waiting = f"; chưa trả lời {report.waiting}" if report.waiting else ""
    return f"Tổng số được hỏi {len(report.lines)}: {'; '.join(said)}{waiting}."


def about(found: OpinionRound) -> str:
    """Which file, or which text, the opinions are about."""
    if not found.about_hash:
        return ""
    what = f"{found.about_name}, bản {found.about_version}" if found.about_version else "nội dung dự thảo"
    return f"{what}, mã băm {found.about_hash[:12]}…"


def _heads(report: Report, document: Document, agency: str) -> tuple[str, ...]:
    found = report.round
    moment = "%H:%M ngày %d/%m/%Y"
    lines = [
        agency,
        f"Văn bản: {document.type_name} {document.code or ''} – {document.subject}".replace("  ", " "),
        f"Nội dung lấy ý kiến: {found.question}",
        f"Người lấy ý kiến: {report.asker}; gửi lúc {found.asked_at.astimezone(VIETNAM):{moment}}, "
        f"hạn trả lời {found.due_at.astimezone(VIETNAM):{moment}}.",
    ]
    if described := about(found):
        lines.append(f"Bản được lấy ý kiến: {described}")
    if found.closed_at is not None:
        why = f" ({found.reason})" if found.reason else ""
        ended = rules.ENDINGS.get(found.ended_by, "")
        lines.append(f"Kết thúc lúc {found.closed_at.astimezone(VIETNAM):{moment}}: {ended}{why}.")
    return (*lines, totals(report))


def _row(number: int, line: Line) -> tuple[str, ...]:
    row = line.request
    who = ", ".join(part for part in (line.who, line.unit) if part)
    who += f" ({line.answered_by} trả lời)" if line.answered_by else ""
    received = ": ".join(part for part in (line.handling, row.explanation) if part)
    text = row.text + (f" (kèm tệp {line.file.file_name})" if line.file else "")
    at = f"{row.answered_at.astimezone(VIETNAM):%H:%M %d/%m/%Y}" if row.answered_at else ""
    return str(number), who, line.verdict or "Chưa trả lời", text.strip(), received, at
