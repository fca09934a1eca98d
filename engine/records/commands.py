"""Changes of dossiers: listed, opened, filled, closed, reopened, frozen; each one in the audit trail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from engine.clock import VIETNAM
from engine.directory import queries as directory
from engine.directory.models import Unit
from engine.documents import queries as documents
from engine.documents.models import Document
from engine.documents.text import fitting, fold
from engine.errors import Conflict, InvalidInput, NotFound
from engine.platform import Work
from engine.records import queries, rules, year_lists
from engine.records.models import Dossier, DossierEntry, DossierHeading
from engine.records.queries import locked

FIRST_YEAR, LAST_YEAR = 1945, 9999
NUMBERING_LOCK = 7100
LONGEST_RETENTION = 100
REASON = "lý do"


# --- The list of the year -------------------------------------------------------------------------------------


def add_heading(work: Work, year: int, code: str, title: str) -> DossierHeading:
    """Add a heading to the list of a year (ND30-28); InvalidInput by field, also when its sign is taken."""
    work.require(rules.keeps_list(work.actor))
    agency_id = _agency_id(work)
    _year(year)
    work.require(year_lists.may_enter(work.session, agency_id, year))
    sign = fitting("code", "ký hiệu đề mục", code, 10, required=True).upper().replace(" ", "").replace(".", "")
    name = fitting("title", "tên đề mục", title, 200, required=True)
    if any(each.code == sign for each in queries.headings(work.session, agency_id, year)):
        sentence = f"Danh mục năm {year} đã có đề mục {sign}."
        raise InvalidInput(sentence, {"code": sentence})
    row = DossierHeading(agency_id=agency_id, year=year, code=sign, title=name)
    work.session.add(row)
    work.session.flush()
    work.note("heading.added", "heading", row.id, agency_id, year=year, code=sign, title=name)
    return row


def add_dossier(
    work: Work,
    *,
    title: str,
    year: int,
    retention_years: int | None,
    heading_id: int | None = None,
    keeper_id: int | None = None,
    rights: str = rules.RIGHTS[0],
    construction: bool = False,
    description: str = "",
    planned: bool = False,
) -> Dossier:
    """Enter a dossier in the year's list (`planned`, by the clerk), or open one beside it (ND30-28, ND30-29.2).

    Whoever isn't the clerk opens dossiers for themselves. InvalidInput by field; NotFound for another agency's people.
    """
    agency_id = _agency_id(work)
    if planned:
        work.require(rules.keeps_list(work.actor))
        work.require(year_lists.may_enter(work.session, agency_id, year))
    keeper_id = keeper_id or work.actor.person_id
    if keeper_id is None:
        raise InvalidInput("Chưa chọn người lập hồ sơ.", {"keeper_id": "Chọn người lập hồ sơ."})
    if keeper_id != work.actor.person_id:
        work.require(rules.keeps_list(work.actor))
    keeper = directory.person(work.session, agency_id, keeper_id)
    _year(year)
    heading = _heading(work, agency_id, year, heading_id)
    sign = heading.code if heading else _sign_of(work, agency_id, keeper.unit_id)
    ordinal, notation = _next_notation(work, agency_id, year, sign)
    row = Dossier(
        agency_id=agency_id, heading_id=heading.id if heading else None, year=year, ordinal=ordinal, notation=notation,
        title=fitting("title", "tiêu đề hồ sơ", title, 500, required=True), listed=planned,
        retention_years=_retention(retention_years), rights=_rights(rights), language="Tiếng Việt",
        description=fitting("description", "ghi chú", description, 500, lines=True), construction=construction,
        keeper_id=keeper.id, unit_id=keeper.unit_id, state="planned" if planned else "open", frozen=False,
        frozen_reason="", kept_longer="", returned_reason="", created_at=work.now,
        created_by_id=work.actor.person_id, start_date=None if planned else directory.today(work.now), folded="",
    )  # fmt: skip
    _refold(row)
    work.session.add(row)
    work.session.flush()
    action = "dossier.listed" if planned else "dossier.opened"
    work.note(action, "dossier", row.id, agency_id, notation=notation, title=row.title, keeper=keeper.id)
    return row


def open_dossier(work: Work, dossier_id: int) -> Dossier:
    """Open a dossier of the list (ND30-29.2)."""
    row = locked(work, dossier_id)
    work.require(rules.may_open(work.actor, row))
    work.require(year_lists.may_open_from(work.session, row))
    row.state, row.start_date = "open", directory.today(work.now)
    work.note("dossier.opened", "dossier", row.id, row.agency_id, notation=row.notation)
    return row


def change_dossier(
    work: Work, dossier_id: int, *, title: str, retention_years: int | None, rights: str, description: str
) -> Dossier:
    """Correct what a dossier is called and how long it is kept, while it is open (ND30-29.4)."""
    row = locked(work, dossier_id)
    work.require(rules.may_change(work.actor, row))
    before = {"title": row.title, "retention": row.retention_years, "rights": row.rights}
    row.title = fitting("title", "tiêu đề hồ sơ", title, 500, required=True)
    row.retention_years, row.rights = _retention(retention_years), _rights(rights)
    row.description = fitting("description", "ghi chú", description, 500, lines=True)
    _refold(row)
    work.note("dossier.changed", "dossier", row.id, row.agency_id, before=before, title=row.title,
              retention=row.retention_years, rights=row.rights)  # fmt: skip
    return row


# --- What stands in it ----------------------------------------------------------------------------------------


def put(work: Work, dossier_id: int, document_ids: Sequence[int], note: str = "") -> list[int]:
    """Put documents into a dossier, numbered as they come; those already in it stay where they are.

    Answers the ids that are new. NotFound for a document out of the actor's scope; Conflict for a destroyed one.
    """
    row = locked(work, dossier_id)
    work.require(rules.may_change(work.actor, row))
    said = fitting("note", "ghi chú", note, 500)
    last = select(func.max(DossierEntry.ordinal)).where(
        DossierEntry.dossier_id == row.id, DossierEntry.taken_out_at.is_(None)
    )
    ordinal, added = work.session.scalar(last) or 0, []
    for document_id in dict.fromkeys(document_ids):
        document = documents.get(work.session, work.actor, document_id)
        if document.agency_id != row.agency_id:
            raise NotFound("Không tìm thấy văn bản này.")
        if document.destroyed_at is not None:
            raise Conflict("Văn bản đã bị hủy theo thông báo thu hồi, không đưa vào hồ sơ được.")
        taken = work.session.scalar(
            insert(DossierEntry)
            .values(
                dossier_id=row.id,
                document_id=document_id,
                ordinal=ordinal + 1,
                note=said,
                put_at=work.now,
                put_by_id=work.actor.person_id,
                taken_out_reason="",
            )
            .on_conflict_do_nothing()
            .returning(DossierEntry.id)
        )
        if taken is None:
            continue
        ordinal += 1
        added.append(document_id)
        work.note("dossier.document_put", "dossier", row.id, row.agency_id, document=document_id, ordinal=ordinal)
        work.note("document.put_in_dossier", "document", document_id, row.agency_id, dossier=row.notation)
    return added


def collect(work: Work, dossier_id: int, document_id: int) -> list[int]:
    """Put a document in with all others of its matter: what it answers, what answers it, … (ND30-29.3)."""
    found = queries.case_of(work.session, work.actor, document_id)
    if not found:
        raise NotFound("Không tìm thấy văn bản này.")
    kept = [each.id for each in found if each.id == document_id or each.destroyed_at is None]
    return put(work, dossier_id, kept)


def take_out(work: Work, dossier_id: int, entry_id: int, reason: str) -> None:
    """Take a document out of an open dossier (a duplicate, a wrong one); the line stays with its reason."""
    row = locked(work, dossier_id)
    work.require(rules.may_change(work.actor, row))
    why = fitting("reason", REASON, reason, 500, required=True)
    entry = work.session.get(DossierEntry, entry_id)
    if entry is None or entry.dossier_id != row.id or entry.taken_out_at is not None:
        raise NotFound("Văn bản này không có trong hồ sơ.")
    entry.taken_out_at, entry.taken_out_by_id, entry.taken_out_reason = work.now, work.actor.person_id, why
    work.session.flush()
    work.session.execute(
        update(DossierEntry)
        .where(DossierEntry.dossier_id == row.id, DossierEntry.taken_out_at.is_(None))
        .where(DossierEntry.ordinal > entry.ordinal)
        .values(ordinal=DossierEntry.ordinal - 1)
    )
    work.note("dossier.document_taken_out", "dossier", row.id, row.agency_id, document=entry.document_id, reason=why)
    work.note("document.taken_out_of_dossier", "document", entry.document_id, row.agency_id, dossier=row.notation,
              reason=why)  # fmt: skip


def undo_put(work: Work, dossier_id: int, put_at: datetime) -> int:
    """Take out again what the actor put in at one moment; how many. Refused once the dossier is closed."""
    rows = select(DossierEntry.id).where(
        DossierEntry.dossier_id == dossier_id, DossierEntry.put_at == put_at,
        DossierEntry.put_by_id == work.actor.person_id, DossierEntry.taken_out_at.is_(None),
    )  # fmt: skip
    ids = work.session.scalars(rows.order_by(DossierEntry.ordinal.desc())).all()
    for entry_id in ids:
        take_out(work, dossier_id, entry_id, "Hoàn tác việc vừa đưa vào hồ sơ")
    return len(ids)


# --- Closing, reopening, freezing -----------------------------------------------------------------------------


def close(work: Work, dossier_id: int) -> Dossier:
    """Close a dossier: documents by date, first and last day, counts, the day of the hand-over (ND30-29.4, ND30-30.2).

    NotAllowed while something in it isn't resolved or issued.
    """
    row = locked(work, dossier_id)
    found = queries.documents_in(work.session, row.id)
    work.require(rules.may_close(work.actor, row, found))
    _in_order_of_dates(work, row, found)
    dates = [dated(each) for each in found]
    row.start_date, row.end_date = min(dates), max(dates)
    row.doc_total, row.page_total = len(found), sum(each.page_amount or 0 for each in found)
    row.state, row.closed_at, row.closed_by_id = "closed", work.now, work.actor.person_id
    row.due_date, row.kept_longer, row.returned_reason = rules.hand_over_due(row), "", ""
    work.note("dossier.closed", "dossier", row.id, row.agency_id, documents=row.doc_total, pages=row.page_total,
              due=row.due_date)  # fmt: skip
    return row


def dated(document: Document) -> date:
    """The day a document stands for in a dossier: its own, else of arrival, else of its making."""
    return document.issued_date or document.arrival_date or document.created_at.astimezone(VIETNAM).date()


def _in_order_of_dates(work: Work, dossier: Dossier, found: Sequence[Document]) -> None:
    order = sorted(found, key=lambda each: (dated(each), each.id))
    entries = {line.entry.document_id: line.entry for line in queries.lines(work.session, work.actor, dossier.id)}
    for ordinal, document in enumerate(order, 1):
        entries[document.id].ordinal = ordinal


def reopen(work: Work, dossier_id: int, reason: str) -> Dossier:
    """Open a closed dossier again, with the reason; not once the archive has it (ND30-30.3.b)."""
    row = locked(work, dossier_id)
    work.require(rules.may_reopen(work.actor, row))
    why = fitting("reason", REASON, reason, 500, required=True)
    row.state, row.closed_at, row.closed_by_id = "open", None, None
    row.end_date = row.due_date = row.doc_total = row.page_total = None
    work.note("dossier.reopened", "dossier", row.id, row.agency_id, reason=why)
    return row


def freeze(work: Work, dossier_id: int, reason: str) -> Dossier:
    """Lock a dossier: nothing may be put in, taken out, changed, closed, handed over (SYS-IV)."""
    row = locked(work, dossier_id)
    work.require(rules.may_freeze(work.actor, row))
    row.frozen_reason = fitting("reason", REASON, reason, 500, required=True)
    row.frozen = True
    work.note("dossier.frozen", "dossier", row.id, row.agency_id, reason=row.frozen_reason)
    return row


def unfreeze(work: Work, dossier_id: int, reason: str) -> Dossier:
    """Take the lock off again, with the reason."""
    row = locked(work, dossier_id)
    work.require(rules.keeps_list(work.actor))
    if not row.frozen:
        raise Conflict("Hồ sơ không bị khóa.")
    why = fitting("reason", REASON, reason, 500, required=True)
    row.frozen, row.frozen_reason = False, ""
    work.note("dossier.unfrozen", "dossier", row.id, row.agency_id, reason=why)
    return row


def note_read(work: Work, dossier_id: int) -> Dossier:
    """Open a dossier to read it: NotFound outside the actor's scope, else an audit line (SYS-5.a)."""
    row = queries.get(work.session, work.actor, dossier_id)
    work.note_view("dossier.read", "dossier", row.id, row.agency_id)
    return row


# --- Clean values ---------------------------------------------------------------------------------------------


def _agency_id(work: Work) -> int:
    if work.actor.agency_id is None:
        raise NotFound("Không tìm thấy cơ quan này.")
    return work.actor.agency_id


def _year(year: int) -> None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise InvalidInput("Năm không hợp lệ.", {"year": "Nhập năm có bốn chữ số."})


def _retention(years: int | None) -> int | None:
    if years is not None and not 1 <= years <= LONGEST_RETENTION:
        sentence = f"Thời hạn bảo quản từ 1 đến {LONGEST_RETENTION} năm, hoặc vĩnh viễn."
        raise InvalidInput(sentence, {"retention_years": sentence})
    return years


def _rights(rights: str) -> str:
    if rights not in rules.RIGHTS:
        raise InvalidInput("Chế độ sử dụng không có trong danh mục.", {"rights": "Chọn chế độ sử dụng."})
    return rights


def _heading(work: Work, agency_id: int, year: int, heading_id: int | None) -> DossierHeading | None:
    if heading_id is None:
        return None
    row = work.session.get(DossierHeading, heading_id)
    if row is None or row.agency_id != agency_id:
        raise NotFound("Không tìm thấy đề mục này.")
    if row.year != year:
        sentence = f"Đề mục này thuộc danh mục năm {row.year}."
        raise InvalidInput(sentence, {"heading_id": sentence})
    return row


def _sign_of(work: Work, agency_id: int, unit_id: int | None) -> str:
    unit = work.session.get(Unit, unit_id) if unit_id is not None else None
    return (
        unit.abbreviation if unit and unit.abbreviation else directory.agency(work.session, agency_id).abbreviation
    )[:10] or "HS"


def _next_notation(work: Work, agency_id: int, year: int, sign: str) -> tuple[int, str]:
    """The next number behind a sign: 01.TCCB; whoever opens one at the same time waits here."""
    work.session.execute(text("select pg_advisory_xact_lock(:lock, :agency)"),
                         {"lock": NUMBERING_LOCK, "agency": agency_id % 2**31})  # fmt: skip
    taken = select(func.max(Dossier.ordinal)).where(
        Dossier.agency_id == agency_id, Dossier.year == year, Dossier.notation.endswith(f".{sign}", autoescape=True)
    )
    ordinal = (work.session.scalar(taken) or 0) + 1
    return ordinal, f"{ordinal:02d}.{sign}"


def _refold(row: Dossier) -> None:
    row.folded = fold(" ".join((row.notation, row.title, row.description)))
