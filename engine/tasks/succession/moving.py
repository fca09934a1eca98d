"""The statements of a hand-over: one per kind, however much there is, each writing down what it has moved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import delete, func, insert, literal, select, union, update
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.directory.authority.models import Authorisation
from engine.directory.models import StandIn
from engine.documents.models import Assignment, Document, Party
from engine.platform import Work
from engine.records.models import Dossier, DossierEntry, DossierLoan
from engine.records.rules import DONE
from engine.tasks.models import KeptFilter, Task, TaskCandidate
from engine.tasks.succession import queries, rules
from engine.tasks.succession.models import HandedItem, HandOver, Succession

Receivers = Mapping[str, int]


class Handed(NamedTuple):
    """A thing that was moved."""

    kind: str
    subject_id: int
    document_id: int | None
    receiver_id: int | None


@dataclass(frozen=True, slots=True)
class From:
    """Whose things go to whom in which hand-over."""

    hand_over_id: int
    agency_id: int
    person_id: int
    receivers: Receivers
    now: datetime

    def to(self, kind: str) -> int | None:
        """Who takes over a kind; nobody what ends."""
        return None if kind in rules.ENDED else self.receivers[kind]


def move_everything(work: Work, row: HandOver, person_id: int) -> list[Handed]:
    """Write down everything somebody holds, then give it to its receivers; answers what was moved."""
    work.session.flush()
    source = From(row.id, row.agency_id, person_id, row.receivers, work.now)
    theirs = (Task.agency_id == row.agency_id, Task.state.in_(queries.WAITING), queries.is_theirs(person_id))
    work.session.execute(select(Task.id).where(*theirs).order_by(Task.id).with_for_update(of=Task))
    handed = [each for kind in rules.KINDS for each in _written(work, source, kind)]
    for change in _changes(source):
        work.session.execute(change, execution_options={"synchronize_session": False})
    work.session.execute(_parties(source, row.id))
    work.session.expire_all()
    return handed


def _written(work: Work, source: From, kind: str) -> Sequence[Handed]:
    found = queries.held(kind, source.agency_id, source.person_id, source.now).subquery()
    there, title, document, _day = found.c
    columns = ["hand_over_id", "kind", "subject_id", "document_id", "receiver_id", "title", "at"]
    rows = select(
        literal(source.hand_over_id), literal(kind), there, document, literal(source.to(kind)),
        func.left(func.coalesce(title, ""), 600), literal(source.now),
    )  # fmt: skip
    answered = insert(HandedItem).from_select(columns, rows)
    answered_with = answered.returning(HandedItem.subject_id, HandedItem.document_id, HandedItem.receiver_id)
    return [Handed(kind, *row) for row in work.session.execute(answered_with)]


def _changes(source: From) -> list[Any]:
    """What is written where, kind by kind; each over the things the list above names."""

    def those(kind: str) -> Any:
        return select(HandedItem.subject_id).where(
            HandedItem.hand_over_id == source.hand_over_id, HandedItem.kind == kind, HandedItem.at == source.now
        )

    old, new = f"person:{source.person_id}", f"person:{source.receivers['task']}"
    named = select(TaskCandidate.task_id, literal(new), TaskCandidate.agency_id).where(
        TaskCandidate.group == old, TaskCandidate.task_id.in_(those("task"))
    )
    keeper = source.receivers["dossier"]
    return [
        update(Task).where(Task.id.in_(those("task")), Task.assignee_id == source.person_id)
        .values(assignee_id=source.receivers["task"], claimed_at=source.now, version=Task.version + 1),
        upsert(TaskCandidate).from_select(["task_id", "group", "agency_id"], named).on_conflict_do_nothing(),
        delete(TaskCandidate).where(TaskCandidate.group == old, TaskCandidate.task_id.in_(those("task"))),
        update(Assignment).where(Assignment.id.in_(those("assignment")))
        .values(person_id=source.receivers["assignment"]),
        update(Document).where(Document.id.in_(those("draft")))
        .values(drafter_id=source.receivers["draft"], version=Document.version + 1),
        update(Dossier).where(Dossier.id.in_(those("dossier"))).values(keeper_id=keeper, version=Dossier.version + 1),
        *_stand_ins(source, those),
        update(DossierLoan).where(DossierLoan.id.in_(those("loan"))).values(
            state="returned", returned_at=source.now, remark="Kết thúc khi bàn giao công việc"
        ),
        delete(Party).where(Party.person_id == source.person_id, Party.reason == "loan"),
        update(Authorisation).where(Authorisation.id.in_(those("authorisation")))
        .values(revoked_at=source.now, reason="Kết thúc khi bàn giao công việc"),
        *_filters(source, those),
    ]  # fmt: skip


def _stand_ins(source: From, those: Any) -> list[Any]:
    """Whoever stood in for others is followed by the receiver, unless that is the absent one; own absences end."""
    receiver = source.receivers["stand-in"]
    ended = StandIn.id.in_(those("absence").union(those("stand-in")))
    columns = ["agency_id", "person_id", "stand_in_id", "valid_from", "valid_to", "reason", "kinds"]
    followed = select(
        StandIn.agency_id, StandIn.person_id, literal(receiver), func.greatest(StandIn.valid_from, source.now),
        StandIn.valid_to, StandIn.reason, StandIn.kinds,
    ).where(StandIn.id.in_(those("stand-in")), StandIn.person_id != receiver)  # fmt: skip
    return [
        insert(StandIn).from_select(columns, followed),
        update(StandIn).where(ended).values(revoked_at=source.now),
    ]


def _filters(source: From, those: Any) -> list[Any]:
    """Shared filters are kept by the receiver; a name the receiver already uses is told apart."""
    receiver = source.receivers["filter"]
    taken = select(KeptFilter.name).where(KeptFilter.person_id == receiver)
    apart = func.left(KeptFilter.name, 48).concat(" (bàn giao)")
    mine = KeptFilter.id.in_(those("filter"))
    return [
        update(KeptFilter).where(mine, KeptFilter.name.in_(taken)).values(person_id=receiver, name=apart),
        update(KeptFilter).where(mine).values(person_id=receiver),
    ]


def _parties(source: From, hand_over_id: int) -> Any:
    """Whoever takes over sees what they have taken over: documents of each thing, of dossiers, of open matters."""
    items = select(HandedItem.document_id.label("document"), HandedItem.receiver_id.label("receiver")).where(
        HandedItem.hand_over_id == hand_over_id, HandedItem.document_id.is_not(None),
        HandedItem.receiver_id.is_not(None),
    )  # fmt: skip
    entries = (
        select(DossierEntry.document_id, HandedItem.receiver_id)
        .join(HandedItem, HandedItem.subject_id == DossierEntry.dossier_id)
        .where(HandedItem.hand_over_id == hand_over_id, HandedItem.kind == "dossier")
        .where(DossierEntry.taken_out_at.is_(None))
    )
    matters = (
        select(Party.document_id, literal(source.receivers["task"]))
        .join(Document, Document.id == Party.document_id)
        .where(Party.person_id == source.person_id, Party.reason != "loan")
        .where(Document.status.not_in(DONE), Document.agency_id == source.agency_id)
    )
    seen = union(items, entries, matters).subquery()
    document, receiver = seen.c
    rows = select(document, receiver, literal("hand-over"), literal(source.now))
    made = upsert(Party).from_select(["document_id", "person_id", "reason", "since"], rows)
    return made.on_conflict_do_nothing(index_elements=["document_id", "person_id", "unit_id"])


def redirect(work: Work, row: HandOver, person_id: int, *, everything: bool) -> None:
    """From now on what would come to a person by name goes to the receiver: all of it, or what belongs to the matters
    that were handed over. Those who had handed over to this person are followed on.
    """
    old, new = f"person:{person_id}", f"person:{row.receivers['task']}"
    columns = ["agency_id", "old", "new", "document_id", "since"]
    if everything:
        rows = select(literal(row.agency_id), literal(old), literal(new), queries.NO_ID, literal(work.now))
    else:
        documents = select(HandedItem.document_id).where(
            HandedItem.hand_over_id == row.id, HandedItem.document_id.is_not(None)
        )
        found = documents.distinct().subquery()
        rows = select(literal(row.agency_id), literal(old), literal(new), found.c[0], literal(work.now))
    if everything:
        followed = update(Succession).where(Succession.agency_id == row.agency_id, Succession.new == old)
        work.session.execute(followed.values(new=new), execution_options={"synchronize_session": False})
    work.session.execute(insert(Succession).from_select(columns, rows))
