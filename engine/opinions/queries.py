"""What is known about rounds of opinions: counts while they run, and the table of everything said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.directory.models import Person, Unit
from engine.documents import queries as documents
from engine.documents.models import Attachment, Document
from engine.errors import NotFound
from engine.opinions import rules
from engine.opinions.models import OpinionRequest, OpinionRound
from engine.platform import Actor, Work


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody asked, with names instead of ids."""

    request: OpinionRequest
    who: str
    unit: str
    answered_by: str
    file: Attachment | None

    @property
    def verdict(self) -> str:
        """The verdict in words; empty while nothing has come."""
        return rules.VERDICTS.get(self.request.verdict, "")

    @property
    def handling(self) -> str:
        """How the opinion was received, in words."""
        return rules.HANDLINGS.get(self.request.handling, "")


@dataclass(frozen=True, slots=True)
class Report:
    """A round whole: its lines and counts."""

    round: OpinionRound
    asker: str
    lines: tuple[Line, ...]
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def waiting(self) -> int:
        """How many haven't answered while it still runs."""
        return self.counts.get("", 0)


def get(session: Session, actor: Actor, round_id: int) -> tuple[OpinionRound, Document]:
    """A round and its document, within what the actor may see; NotFound otherwise."""
    found = session.get(OpinionRound, round_id)
    if found is None:
        raise NotFound("Không tìm thấy đợt lấy ý kiến này.")
    return found, documents.get(session, actor, found.document_id)


def locked(work: Work, round_id: int) -> OpinionRound:
    """A round of the actor's agency, locked until the transaction ends; NotFound for any other."""
    found = work.session.scalar(select(OpinionRound).where(OpinionRound.id == round_id).with_for_update())
    if found is None or (work.actor.agency_id is not None and found.agency_id != work.actor.agency_id):
        raise NotFound("Không tìm thấy đợt lấy ý kiến này.")
    return found


def running(session: Session, document_id: int) -> OpinionRound | None:
    """The round that still gathers opinions on a document."""
    return session.scalar(
        select(OpinionRound).where(OpinionRound.document_id == document_id, OpinionRound.closed_at.is_(None))
    )


def count(session: Session, document_id: int) -> int:
    """How many rounds there have been on a document."""
    rows = select(func.count()).select_from(OpinionRound).where(OpinionRound.document_id == document_id)
    return session.scalar(rows) or 0


def of_document(session: Session, document_id: int) -> Sequence[Report]:
    """Every round on a document, the newest first."""
    rows = select(OpinionRound).where(OpinionRound.document_id == document_id).order_by(OpinionRound.id.desc())
    return reports(session, session.scalars(rows).all())


def report(session: Session, found: OpinionRound) -> Report:
    """One round whole."""
    return reports(session, [found])[0]


def reports(session: Session, rounds: Sequence[OpinionRound]) -> list[Report]:
    """Rounds whole; each kind of row in one query."""
    if not rounds:
        return []
    ids = [each.id for each in rounds]
    asked = session.scalars(
        select(OpinionRequest).where(OpinionRequest.round_id.in_(ids)).order_by(OpinionRequest.id)
    ).all()
    people = _rows(session, Person, [*(r.person_id for r in asked), *(r.answered_by_id for r in asked),
                                     *(each.asker_id for each in rounds)])  # fmt: skip
    units = _rows(session, Unit, [*(r.unit_id for r in asked), *(p.unit_id for p in people.values())])
    files = _rows(session, Attachment, [r.file_id for r in asked])
    made = []
    for each in rounds:
        mine = [_line(row, people, units, files) for row in asked if row.round_id == each.id]
        counts = Counter(line.request.verdict for line in mine)
        made.append(Report(each, people[each.asker_id].full_name, tuple(mine), dict(counts)))
    return made


def _rows(session: Session, model: Any, ids: Iterable[int | None]) -> dict[int, Any]:
    wanted = {each for each in ids if each is not None}
    return {row.id: row for row in session.scalars(select(model).where(model.id.in_(wanted)))} if wanted else {}


def _line(row: OpinionRequest, people: Mapping[int, Any], units: Mapping[int, Any], files: Mapping[int, Any]) -> Line:
    by = people[row.answered_by_id].full_name if row.answered_by_id is not None else ""
    if row.unit_id is not None:
        return Line(row, units[row.unit_id].name, "", by, files.get(row.file_id or 0))
    person: Person = people[row.person_id or 0]
    unit = units[person.unit_id].name if person.unit_id is not None and person.unit_id in units else ""
    return Line(row, person.full_name, unit, by if by != person.full_name else "", files.get(row.file_id or 0))


def shown_in_form(session: Session, request_id: int, agency_id: int) -> dict[str, Any]:
    """What the forms about one opinion show: the question, who was asked, what was said so far."""
    row = session.get(OpinionRequest, request_id)
    found = session.get(OpinionRound, row.round_id) if row is not None else None
    if row is None or found is None or found.agency_id != agency_id:
        return {}
    line = next(each for each in report(session, found).lines if each.request.id == request_id)
    asker = session.get_one(Person, found.asker_id).full_name
    who = f"{line.who} ({line.answered_by})" if line.answered_by else line.who
    return {
        "question": found.question, "asker": asker, "who": who, "verdict": row.verdict, "said": line.verdict,
        "text": row.text, "handling": row.handling, "explanation": row.explanation,
    }  # fmt: skip
