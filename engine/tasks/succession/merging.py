"""A unit that is merged into another, or moved whole: its people with their open work, its dossiers and papers."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, insert, literal, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from engine.directory import queries as directory
from engine.directory import rules as directory_rules
from engine.directory.models import Person, RoleGrant, Unit
from engine.documents.models import Assignment, Document, Party
from engine.errors import InvalidInput
from engine.platform import Work
from engine.records.models import Dossier
from engine.records.rules import DONE
from engine.tasks.models import Task, TaskCandidate
from engine.tasks.succession import queries, rules
from engine.tasks.succession.commands import numbered
from engine.tasks.succession.models import HandedItem, HandOver, Succession

QUIET = {"synchronize_session": False}


def merge_unit(work: Work, unit_id: int, to_unit_id: int, reason: str = "") -> HandOver:
    """Take a unit with its people and all its open work over into another, and close it after today (ND30-31.3.đ).

    InvalidInput when one of them is closed or both are the same.
    """
    old = directory.unit(work.session, work.actor.agency_id, unit_id)
    new = directory.unit(work.session, old.agency_id, to_unit_id)
    work.require(rules.may_arrange(work.actor, old.agency_id))
    today = directory.today(work.now)
    if problem := rules.merger_problem(old, new, today):
        raise InvalidInput(problem, {"to_unit_id": problem})
    row = numbered(work, old.agency_id, "unit", unit_id=old.id, to_unit_id=new.id, receivers={}, reason=reason)
    counts = {kind: _written(work, row, kind, query) for kind, query in _held(old).items()}
    for change in _changes(work, old, new):
        work.session.execute(change, execution_options=QUIET)
    row.counts = counts
    old.valid_to = today
    work.note("unit.merged", "unit", old.id, old.agency_id, into=new.id, hand_over=row.id, counts=counts)
    work.session.flush()
    work.session.expire_all()
    work.session.refresh(row)
    return row


def _held(unit: Unit) -> dict[str, Any]:
    """What goes over with a unit, each as id, title, document."""
    tasks = (
        select(Task.id, func.concat_ws(": ", Task.name, Document.subject), Task.document_id)
        .outerjoin(Document, Document.id == Task.document_id)
        .where(Task.agency_id == unit.agency_id, Task.state.in_(queries.WAITING), Task.id.in_(_named(unit.id)))
    )
    assignments = (
        select(Assignment.id, queries.called(), Document.id)
        .join(Document, Document.id == Assignment.document_id)
        .where(Document.agency_id == unit.agency_id, Assignment.unit_id == unit.id, Assignment.state == "open")
    )
    return {
        "person": select(Person.id, Person.full_name, queries.NO_ID).where(Person.unit_id == unit.id, Person.active),
        "task": tasks, "assignment": assignments,
        "draft": select(Document.id, queries.called(), Document.id).where(_drafts(unit)),
        "dossier": select(Dossier.id, func.concat(Dossier.notation, " · ", Dossier.title), queries.NO_ID).where(
            Dossier.unit_id == unit.id, Dossier.state.in_(queries.KEPT)
        ),
    }  # fmt: skip


def _written(work: Work, row: HandOver, kind: str, query: Any) -> int:
    there, title, document = query.subquery().c
    columns = ["hand_over_id", "kind", "subject_id", "document_id", "title", "at"]
    rows = select(
        literal(row.id), literal(kind), there, document, func.left(func.coalesce(title, ""), 600), literal(work.now)
    )
    made: Sequence[int] = work.session.scalars(
        insert(HandedItem).from_select(columns, rows).returning(HandedItem.id)
    ).all()
    return len(made)


def _named(unit_id: int) -> Any:
    return select(TaskCandidate.task_id).where(TaskCandidate.group.endswith(f"@{unit_id}"))


def _drafts(unit: Unit) -> Any:
    return (
        (Document.unit_id == unit.id)
        & (Document.agency_id == unit.agency_id)
        & Document.issued_at.is_(None)
        & (Document.direction == "outgoing")
        & Document.status.not_in(DONE)
    )


def _changes(work: Work, old: Unit, new: Unit) -> list[Any]:
    """One statement per table; what is finished keeps the unit of its time."""
    role = func.split_part(TaskCandidate.group, "@", 1)
    open_tasks = select(Task.id).where(Task.agency_id == old.agency_id, Task.state.in_(queries.WAITING))
    theirs = TaskCandidate.group.endswith(f"@{old.id}") & TaskCandidate.task_id.in_(open_tasks)
    renamed = select(TaskCandidate.task_id, func.concat(role, f"@{new.id}"), TaskCandidate.agency_id).where(theirs)
    seen = select(Party.document_id, literal(new.id), literal("hand-over"), literal(work.now)).where(
        Party.unit_id == old.id
    )
    today = directory.today(work.now)
    valid = (RoleGrant.unit_id == old.id) & (RoleGrant.valid_to.is_(None) | (RoleGrant.valid_to >= today))
    yesterday = today - timedelta(days=1)
    granted = ["agency_id", "person_id", "role", "unit_id", "valid_from", "valid_to"]
    again = select(
        RoleGrant.agency_id, RoleGrant.person_id, RoleGrant.role, literal(new.id),
        func.greatest(RoleGrant.valid_from, today), RoleGrant.valid_to,
    ).where(valid)  # fmt: skip
    groups = [
        {"agency_id": old.agency_id, "old": f"{name}@{old.id}", "new": f"{name}@{new.id}", "since": work.now}
        for name in directory_rules.ROLES
    ]
    followed = [
        update(Succession).where(Succession.agency_id == old.agency_id, Succession.new == each["old"])
        .values(new=each["new"])
        for each in groups
    ]  # fmt: skip
    return [
        upsert(TaskCandidate).from_select(["task_id", "group", "agency_id"], renamed).on_conflict_do_nothing(),
        delete(TaskCandidate).where(theirs),
        upsert(Party).from_select(["document_id", "unit_id", "reason", "since"], seen)
        .on_conflict_do_nothing(index_elements=["document_id", "person_id", "unit_id"]),
        update(Assignment).where(Assignment.unit_id == old.id, Assignment.state == "open").values(unit_id=new.id),
        update(Document).where(_drafts(old)).values(unit_id=new.id, version=Document.version + 1),
        update(Dossier).where(Dossier.unit_id == old.id, Dossier.state.in_(queries.KEPT))
        .values(unit_id=new.id, version=Dossier.version + 1),
        update(Person).where(Person.unit_id == old.id).values(unit_id=new.id, version=Person.version + 1),
        insert(RoleGrant).from_select(granted, again),
        delete(RoleGrant).where(valid, RoleGrant.valid_from > yesterday),
        update(RoleGrant).where(valid).values(valid_to=yesterday),
        *followed, insert(Succession).values(groups),
    ]  # fmt: skip
