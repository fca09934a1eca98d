"""Keep the words of documents up to date, keep what files say, keep searches and columns of people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from engine.directory.models import Person, Unit
from engine.documents.models import Attachment, Dispatch, Document, Instruction, Opinion
from engine.documents.searching import asking, queries, words
from engine.documents.searching.models import Content, SavedSearch, SearchChoice, WordsDue
from engine.documents.text import clean
from engine.errors import Conflict, InvalidInput
from engine.platform import Work

READ_CONTENT = "conversion.read-content"
READER = 1  # raised when files are read better than before; the chore then reads them again
AT_ONCE = 50
LONGEST_CONTENT = 400_000  # characters of one file that are kept
MOST_SAVED = 50


# --- Words of documents ----------------------------------------------------------------------------------------


def refresh(work: Work, agency_id: int | None = None, limit: int = AT_ONCE) -> int:
    """Make the words of documents whose text has changed; how many. What others are just changing is left to later.

    The document's row is only kept from being deleted; a change that commits later notes its document once more.
    """
    chosen = work.session.execute(
        text(
            "select words_due.document_id from words_due join document on document.id = words_due.document_id "
            "where cast(:agency as bigint) is null or words_due.agency_id = :agency "
            "order by words_due.document_id desc limit :limit "
            "for update of words_due skip locked for key share of document skip locked"
        ),
        {"agency": agency_id, "limit": limit},
    )
    ids = [row[0] for row in chosen]
    if not ids:
        return 0
    made = _told(work.session, ids)
    if made:
        _write(work.session, made)
    work.session.execute(delete(WordsDue).where(WordsDue.document_id.in_(ids)))
    return len(ids)


def _write(session: Session, made: Mapping[int, words.Told]) -> None:
    session.execute(
        text(
            "insert into document_words (document_id, words, told) values (:id, array_to_tsvector(:words), :told) "
            "on conflict (document_id) do update set words = excluded.words, told = excluded.told "
            "where document_words.told is distinct from excluded.told or document_words.words <> excluded.words"
        ),
        [{"id": each, "words": said.lexemes, "told": said.told} for each, said in made.items()],
    )


def _told(session: Session, ids: Sequence[int]) -> dict[int, words.Told]:
    found = session.scalars(select(Document).where(Document.id.in_(ids), Document.destroyed_at.is_(None))).all()
    said: dict[int, list[str]] = defaultdict(list)
    recipients: dict[int, list[str]] = defaultdict(list)
    for document_id, name in session.execute(
        select(Dispatch.document_id, Dispatch.recipient_name).where(Dispatch.document_id.in_(ids))
    ):
        recipients[document_id].append(name)
    people = _names(session, Person.id, Person.full_name, (row.drafter_id for row in found))
    units = _names(session, Unit.id, Unit.name, (row.unit_id for row in found))
    for table in (Instruction, Opinion):
        rows = select(table.document_id, table.text).where(table.document_id.in_(ids)).order_by(table.id)
        for document_id, each in session.execute(rows):
            said[document_id].append(each)
    files = (
        select(Attachment.document_id, Attachment.file_name, func.coalesce(Content.text, ""))
        .outerjoin(Content, Content.file_hash == Attachment.file_hash)
        .where(Attachment.document_id.in_(ids), Attachment.current)
        .order_by(Attachment.id)
    )
    for document_id, name, content in session.execute(files):
        said[document_id] += [name, content]
    return {
        row.id: words.told(
            row.agency_id,
            [*fields(row), people.get(row.drafter_id or 0, ""), units.get(row.unit_id or 0, ""),
             *recipients[row.id], *said[row.id]],
            signer=[row.signer_name], organs=[row.organ_name, *recipients[row.id]], kind=row.type_name,
            urgency=row.urgency,
        )
        for row in found
    }  # fmt: skip


def fields(row: Document) -> list[str]:
    """Everything a document's own fields say (NĐ 30/2020 PL VI), the main ones first."""
    known = (
        row.code, row.subject, row.organ_name, row.type_name, row.signer_name, row.signer_position, row.identifier,
        str(row.arrival_number or ""), row.description, row.body, row.to_places, row.result, row.reply_requirement,
        row.refusal_reason, row.file_notation, row.language,
    )  # fmt: skip
    return [each for each in known if each]


def _names(session: Session, key: Any, name: Any, ids: Iterable[int | None]) -> dict[int, str]:
    wanted = {each for each in ids if each is not None}
    return {row[0]: row[1] for row in session.execute(select(key, name).where(key.in_(wanted)))} if wanted else {}


# --- What files say --------------------------------------------------------------------------------------------


def want_reading(work: Work, file_hash: str, media_type: str, agency_id: int | None) -> None:
    """Have a worker read what a stored file says, unless that is known."""
    if work.session.scalar(select(Content.reader).where(Content.file_hash == file_hash)) is None:
        work.send(READ_CONTENT, {"file_hash": file_hash, "media_type": media_type}, agency_id=agency_id)


def keep_content(work: Work, file_hash: str, state: str, said: str, note: str = "") -> bool:
    """Keep what a file says; False when no document holds it any more (SYS-8). The words follow by themselves.

    Finding no text in a file doesn't take away what was recognised on its pages.
    """
    if work.session.scalar(select(Attachment.id).where(Attachment.file_hash == file_hash).limit(1)) is None:
        return False
    row = {"state": state, "text": clean(said, lines=True)[:LONGEST_CONTENT], "note": note[:300], "reader": READER,
           "read_at": work.now}  # fmt: skip
    if state == "empty":
        recognised = update(Content).where(Content.file_hash == file_hash, Content.state.in_(("read", "partly")))
        if work.session.scalar(recognised.values(reader=READER).returning(Content.file_hash)) is not None:
            return True
    new = insert(Content).values(file_hash=file_hash, **row)
    work.session.execute(new.on_conflict_do_update(index_elements=[Content.file_hash], set_=row))
    return True


def carry_content(work: Work, from_hash: str, to_hash: str) -> None:
    """A file made from another by a signature alone says the same."""
    known = work.session.get(Content, from_hash)
    if known is not None and known.state in ("read", "partly"):
        keep_content(work, to_hash, known.state, known.text, known.note)


def want_missing(work: Work, limit: int = 500) -> int:
    """Have files read that nobody has read, or that are read better now; how many."""
    rows = (
        select(Attachment.file_hash, func.min(Attachment.media_type), func.min(Document.agency_id))
        .join(Document, Document.id == Attachment.document_id)
        .outerjoin(Content, Content.file_hash == Attachment.file_hash)
        .where(Attachment.current, (Content.file_hash.is_(None)) | (Content.reader < READER))
        .group_by(Attachment.file_hash)
        .order_by(func.max(Attachment.id).desc())
        .limit(limit)
    )
    found = work.session.execute(rows).all()
    for file_hash, media_type, agency_id in found:
        work.send(READ_CONTENT, {"file_hash": file_hash, "media_type": media_type}, agency_id=agency_id)
    return len(found)


# --- What people keep ------------------------------------------------------------------------------------------


def save_search(work: Work, name: str, criteria: asking.Criteria) -> SavedSearch:
    """Keep a search under a name for its person alone (SYS-6); the same name takes the new criteria."""
    person = _person(work)
    called = _name(name)
    if not criteria.asked:
        raise InvalidInput("Chưa có điều kiện tìm kiếm nào để lưu.", {"name": "Nhập điều kiện tìm kiếm trước khi lưu."})
    kept = queries.saved_searches(work.session, person)
    same = next((each for each in kept if each.name == called), None)
    if same is not None:
        same.criteria = criteria.plain()
        return same
    if len(kept) >= MOST_SAVED:
        sentence = f"Mỗi người lưu được {MOST_SAVED} tìm kiếm; xóa bớt tìm kiếm không còn dùng."
        raise InvalidInput(sentence, {"name": sentence})
    row = SavedSearch(person_id=person, name=called, criteria=criteria.plain(), created_at=work.now)
    work.session.add(row)
    work.session.flush()
    return row


def rename_search(work: Work, saved_id: int, name: str) -> SavedSearch:
    """Give a kept search another name; Conflict when another of one's own has it."""
    row, called = queries.saved_search(work.session, _person(work), saved_id), _name(name)
    if any(each.name == called and each.id != row.id for each in queries.saved_searches(work.session, row.person_id)):
        raise Conflict(f"Đã có tìm kiếm tên “{called}”. Chọn tên khác.")
    row.name = called
    return row


def forget_search(work: Work, saved_id: int) -> None:
    """Delete a kept search of one's own."""
    work.session.delete(queries.saved_search(work.session, _person(work), saved_id))


def choose_columns(work: Work, columns: Sequence[str]) -> None:
    """Remember which columns a person wants to see in results (SYS-6)."""
    person = _person(work)
    new = insert(SearchChoice).values(person_id=person, columns=list(columns))
    work.session.execute(
        new.on_conflict_do_update(index_elements=[SearchChoice.person_id], set_={"columns": list(columns)})
    )


def note_export(work: Work, criteria: asking.Criteria, form: str, lines: int) -> None:
    """Note in the audit trail that somebody took a list of results away, and what they had asked for (SYS-6)."""
    work.note("search.exported", "search", _person(work), criteria=criteria.plain(), form=form, lines=lines)


def _person(work: Work) -> int:
    if work.actor.person_id is None:
        raise InvalidInput("Chỉ người dùng mới lưu được tìm kiếm.")
    return work.actor.person_id


def _name(name: str) -> str:
    called = clean(name)
    if not called or len(called) > asking.LONGEST_NAME:
        sentence = f"Nhập tên tìm kiếm, không quá {asking.LONGEST_NAME} ký tự."
        raise InvalidInput(sentence, {"name": sentence})
    return called
