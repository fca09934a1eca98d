"""Hand-over to the archive (NĐ 30/2020 Đ30, Đ31), and packages of whole dossiers, which a worker makes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import func, select, text

from engine.directory import queries as directory
from engine.directory.models import Unit
from engine.documents.models import Attachment
from engine.documents.text import fitting
from engine.errors import Conflict, InvalidInput
from engine.occasions import DOSSIERS_DUE
from engine.platform import Work
from engine.records import queries, rules
from engine.records.models import ArchiveMinutes, ArchivePackage, Dossier, DossierEntry
from engine.records.queries import locked

MAKE_PACKAGE = "archive.package"
MINUTES_LOCK = 7119
GOOD = "Đầy đủ, đọc được, đúng mục lục."


# --- Hand-over ------------------------------------------------------------------------------------------------


def announce_due(work: Work) -> int:
    """Announce what the archive awaits within 30 days or already, once per dossier (SYS-5.b); how many are new."""
    work.require(rules.keeps_list(work.actor))
    last = directory.today(work.now) + rules.NOTICE
    query = queries.visible(work.actor).where(
        Dossier.state == "closed", Dossier.due_date <= last, Dossier.announced_at.is_(None)
    )
    found = work.session.scalars(query.order_by(Dossier.id).with_for_update()).all()
    keepers: dict[tuple[int, int], list[Dossier]] = {}
    for row in found:
        row.announced_at = work.now
        work.note("dossier.hand_over_announced", "dossier", row.id, row.agency_id, due=row.due_date)
        keepers.setdefault((row.agency_id, row.keeper_id), []).append(row)
    for (agency_id, keeper_id), theirs in keepers.items():
        first = min(theirs, key=lambda each: each.due_date or date.max)
        said = {"count": len(theirs), "title": f"{first.notation} · {first.title}", "due": str(first.due_date)}
        work.tell(DOSSIERS_DUE, agency_id, person_id=keeper_id, details=said)
    return len(found)


def offer(work: Work, dossier_id: int) -> Dossier:
    """Hand a closed dossier to the agency's archive, which checks it before it takes it (ND30-30.3.b)."""
    row = locked(work, dossier_id)
    work.require(rules.may_offer(work.actor, row))
    row.state, row.returned_reason = "offered", ""
    work.note("dossier.offered", "dossier", row.id, row.agency_id)
    return row


def receive(work: Work, dossier_id: int) -> ArchivePackage:
    """The archive takes an offered dossier: from now on nothing in it changes, and its package is made."""
    row = locked(work, dossier_id)
    _take(work, row)
    _minutes(work, [row], "")
    return order_package(work, row.id, "hand-over")


def receive_many(work: Work, dossier_ids: Sequence[int], condition: str = "") -> list[ArchiveMinutes]:
    """Take offered dossiers at once, with minutes for each who hands over (biên bản giao nhận, ND30-30.3.b)."""
    if not dossier_ids:
        raise InvalidInput("Chọn ít nhất một hồ sơ.", {"dossiers": "Chọn ít nhất một hồ sơ."})
    rows = [locked(work, dossier_id) for dossier_id in sorted(set(dossier_ids))]
    for row in rows:
        _take(work, row)
    made = []
    for keeper_id in sorted({row.keeper_id for row in rows}):
        made.append(_minutes(work, [row for row in rows if row.keeper_id == keeper_id], condition))
    for row in rows:
        order_package(work, row.id, "hand-over")
    return made


def _take(work: Work, row: Dossier) -> None:
    work.require(rules.may_receive(work.actor, row))
    row.state, row.handed_over_at = "handed_over", work.now
    work.note("dossier.handed_over", "dossier", row.id, row.agency_id, documents=row.doc_total)


def _minutes(work: Work, rows: Sequence[Dossier], condition: str) -> ArchiveMinutes:
    """Minutes under the next number of the year."""
    agency_id, year = rows[0].agency_id, directory.today(work.now).year
    work.session.execute(text("select pg_advisory_xact_lock(:lock, :agency)"),
                         {"lock": MINUTES_LOCK, "agency": agency_id % 2**31})  # fmt: skip
    last = select(func.max(ArchiveMinutes.number)).where(
        ArchiveMinutes.agency_id == agency_id, ArchiveMinutes.year == year
    )
    files = select(func.count(Attachment.id)).join(
        DossierEntry, DossierEntry.document_id == Attachment.document_id
    ).where(DossierEntry.dossier_id.in_([row.id for row in rows]), DossierEntry.taken_out_at.is_(None))  # fmt: skip
    if work.actor.person_id is None:
        raise Conflict("Biên bản giao nhận cần người nhận.")
    unit = work.session.get(Unit, rows[0].unit_id) if rows[0].unit_id else None
    counts = {
        "dossiers": len(rows), "documents": sum(row.doc_total or 0 for row in rows),
        "pages": sum(row.page_total or 0 for row in rows), "files": work.session.scalar(files) or 0,
        "first": str(min((row.start_date for row in rows if row.start_date), default="")),
        "last": str(max((row.end_date for row in rows if row.end_date), default="")),
    }  # fmt: skip
    row = ArchiveMinutes(
        agency_id=agency_id, year=year, number=(work.session.scalar(last) or 0) + 1, made_at=work.now,
        receiver_id=work.actor.person_id, giver_id=rows[0].keeper_id, counts=counts,
        block=f"Hồ sơ, tài liệu của {unit.name}" if unit else "Hồ sơ, tài liệu của cơ quan",
        condition=fitting("condition", "tình trạng tài liệu", condition, 500) or GOOD,
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    for dossier in rows:
        dossier.minutes_id = row.id
    work.note("archive_minutes.made", "archive_minutes", row.id, agency_id, number=row.number, counts=counts)
    return row


def give_back(work: Work, dossier_id: int, reason: str) -> Dossier:
    """The archive doesn't take it yet, and says what is missing."""
    row = locked(work, dossier_id)
    work.require(rules.may_receive(work.actor, row))
    row.returned_reason = fitting("reason", "lý do", reason, 500, required=True)
    row.state = "closed"
    work.note("dossier.given_back", "dossier", row.id, row.agency_id, reason=row.returned_reason)
    return row


def delay(work: Work, dossier_id: int, until: date, consent: str) -> Dossier:
    """Keep a dossier longer, by the head's written consent and for two years at most (ND30-31.3.d)."""
    row = locked(work, dossier_id)
    work.require(rules.may_delay(work.actor, row))
    assert row.due_date is not None
    said = fitting("consent", "văn bản đồng ý của người đứng đầu", consent, 500, required=True)
    last = rules.later(row.due_date, months=12 * rules.LONGEST_DELAY_YEARS)
    if not row.due_date < until <= last:
        sentence = f"Chỉ giữ lại được sau ngày {row.due_date:%d/%m/%Y} và không quá ngày {last:%d/%m/%Y}."
        raise InvalidInput(sentence, {"until": sentence})
    before, row.due_date, row.kept_longer = row.due_date, until, said
    row.announced_at = None
    work.note("dossier.kept_longer", "dossier", row.id, row.agency_id, before=before, until=until, consent=said)
    return row


# --- Packages -------------------------------------------------------------------------------------------------


def order_package(work: Work, dossier_id: int, purpose: str = "export") -> ArchivePackage:
    """Order the package of a closed dossier from a worker, who makes it as this person (SYS-4).

    NotAllowed while it is open, or when the person may not see everything in it; one already under way is answered.
    """
    row = locked(work, dossier_id)
    found = queries.lines(work.session, work.actor, row.id)
    work.require(rules.may_export(row, sum(line.document is None for line in found)))
    if work.actor.person_id is None:
        raise Conflict("Gói hồ sơ được tạo theo yêu cầu của một người.")
    under_way = select(ArchivePackage).where(
        ArchivePackage.dossier_id == row.id, ArchivePackage.state.in_(("waiting", "making")),
        ArchivePackage.person_id == work.actor.person_id, ArchivePackage.purpose == purpose,
    )  # fmt: skip
    if waiting := work.session.scalars(under_way).first():
        return waiting
    package = ArchivePackage(
        agency_id=row.agency_id, dossier_id=row.id, person_id=work.actor.person_id, purpose=purpose, state="waiting",
        identifier=f"urn:uuid:{uuid.uuid4()}", file_name=f"ho-so-{row.year}-{row.id}.zip", counts={}, problem="",
        created_at=work.now,
    )  # fmt: skip
    work.session.add(package)
    work.session.flush()
    work.send(MAKE_PACKAGE, {"package": package.id}, agency_id=row.agency_id)
    work.note("dossier.package_ordered", "dossier", row.id, row.agency_id, package=package.id, purpose=purpose)
    return package


def finish_package(work: Work, package_id: int, file_hash: str, size: int, counts: dict[str, Any]) -> None:
    """The package is there, and has been read back."""
    row = work.session.get_one(ArchivePackage, package_id)
    row.state, row.file_hash, row.size, row.counts = "done", file_hash, size, dict(counts)
    row.ready_at, row.problem = work.now, ""
    work.note("dossier.package_made", "dossier", row.dossier_id, row.agency_id, package=row.id, file_hash=file_hash)


def fail_package(work: Work, package_id: int, problem: str) -> None:
    """It can't be made; why, in words."""
    row = work.session.get(ArchivePackage, package_id)
    if row is not None and row.state != "done":
        row.state, row.problem = "failed", problem[:500]


def note_taken(work: Work, package_id: int) -> ArchivePackage:
    """Note that a package left the platform as a file (ND30 PL VI III.6)."""
    dossier, row = queries.package(work.session, work.actor, package_id)
    work.note("dossier.package_taken", "dossier", dossier.id, dossier.agency_id, package=row.id)
    return row
