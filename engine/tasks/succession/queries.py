"""What somebody holds, kind by kind; hand-overs made before; where later arrivals go."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import BigInteger, Select, and_, cast, exists, func, literal, null, or_, select
from sqlalchemy import Date as DateType
from sqlalchemy.orm import Session, aliased

from engine.directory.authority.models import Authorisation
from engine.directory.models import Person, RoleGrant, StandIn, Unit
from engine.directory.names import name_order
from engine.directory.queries import valid_on
from engine.documents.models import Assignment, Document
from engine.drafts import signers
from engine.errors import NotFound
from engine.platform import Actor
from engine.records.models import Dossier, DossierLoan
from engine.records.rules import DONE
from engine.tasks.models import KeptFilter, Task, TaskCandidate
from engine.tasks.succession import rules
from engine.tasks.succession.models import HandedItem, HandOver, Succession

MOST_SHOWN = 200
NO_ID = cast(null(), BigInteger).label("no_document")
NO_DAY = cast(null(), DateType).label("no_day")
KEPT = ("planned", "open", "closed", "offered")
WAITING = ("open", "planned")


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing somebody holds."""

    id: int
    title: str
    document_id: int | None
    day: date | None


@dataclass(frozen=True, slots=True)
class Holdings:
    """What somebody holds of one kind: how much, and the first of it by name."""

    kind: str
    name: str
    count: int
    things: Sequence[Thing]


def holdings(session: Session, agency_id: int, person_id: int, now: datetime) -> list[Holdings]:
    """Everything a person holds, every kind named even when there is nothing; one statement per kind."""
    found = []
    for kind, name in rules.KINDS.items():
        rows = held(kind, agency_id, person_id, now).add_columns(func.count().over())
        things = session.execute(rows.limit(MOST_SHOWN)).all()
        count = things[0][4] if things else 0
        found.append(Holdings(kind, name, count, [Thing(*row[:4]) for row in things]))
    return found


def held(kind: str, agency_id: int, person_id: int, now: datetime) -> Select[Any]:
    """What a person holds of one kind: id, title, document, the day it is due or ends."""
    made: dict[str, Any] = {
        "task": _tasks, "assignment": _assignments, "draft": _drafts, "issued": _issued, "dossier": _dossiers,
        "stand-in": _received, "absence": _given, "filter": _filters, "loan": _loans,
        "authorisation": _authorisations, "signer": _to_sign,
    }  # fmt: skip
    query: Select[Any] = made[kind](agency_id, person_id, now)
    return query


def day_of(moment: Any) -> Any:
    """The date in Viet Nam of a column with a moment."""
    return cast(func.timezone("Asia/Ho_Chi_Minh", moment), DateType)


def is_theirs(person_id: int) -> Any:
    """Condition on Task: assigned to a person, or open to them by name."""
    named = exists().where(TaskCandidate.task_id == Task.id, TaskCandidate.group == f"person:{person_id}")
    return or_(Task.assignee_id == person_id, and_(Task.assignee_id.is_(None), named))


def called(document: Any = Document) -> Any:
    """What a document is called in a list: its number, else nothing, and its subject."""
    return func.concat_ws(" · ", document.code, document.subject)


def _tasks(agency_id: int, person_id: int, now: datetime) -> Select[Any]:
    query = select(Task.id, func.concat_ws(": ", Task.name, Document.subject), Task.document_id, day_of(Task.due_at))
    query = query.outerjoin(Document, Document.id == Task.document_id)
    query = query.where(Task.agency_id == agency_id, Task.state.in_(WAITING), is_theirs(person_id))
    return query.order_by(Task.due_at.asc().nulls_last(), Task.id)


def _assignments(agency_id: int, person_id: int, now: datetime) -> Select[Any]:
    query = select(Assignment.id, called(), Document.id, day_of(Assignment.due_at))
    query = query.join(Document, Document.id == Assignment.document_id)
    query = query.where(
        Document.agency_id == agency_id, Assignment.person_id == person_id, Assignment.state == "open"
    )  # fmt: skip
    return query.order_by(Assignment.due_at.asc().nulls_last(), Assignment.id)


def _drafts(agency_id: int, person_id: int, now: datetime) -> Any:
    query = select(Document.id, called(), Document.id, Document.due_date)
    return query.where(drafted(agency_id, person_id)).order_by(Document.id)


def drafted(agency_id: int, person_id: int) -> Any:
    """Condition on Document: drafts of a person that aren't issued yet."""
    return and_(
        Document.agency_id == agency_id, Document.direction == "outgoing", Document.drafter_id == person_id,
        Document.issued_at.is_(None), Document.status.not_in(DONE),
    )  # fmt: skip


def _issued(agency_id: int, person_id: int, now: datetime) -> Any:
    query = select(Document.id, called(), Document.id, Document.due_date)
    query = query.where(
        Document.agency_id == agency_id, Document.direction == "outgoing", Document.drafter_id == person_id,
        Document.status == "issued", Document.reply_required,
    )  # fmt: skip
    return query.order_by(Document.due_date.asc().nulls_last(), Document.id)


def _dossiers(agency_id: int, person_id: int, now: datetime) -> Any:
    query = select(Dossier.id, func.concat(Dossier.notation, " · ", Dossier.title), NO_ID, Dossier.due_date)
    query = query.where(Dossier.agency_id == agency_id, Dossier.keeper_id == person_id, Dossier.state.in_(KEPT))
    return query.order_by(Dossier.year, Dossier.notation)


def _received(agency_id: int, person_id: int, now: datetime) -> Any:
    return _stand_ins(agency_id, now, StandIn.person_id).where(StandIn.stand_in_id == person_id)


def _given(agency_id: int, person_id: int, now: datetime) -> Any:
    return _stand_ins(agency_id, now, StandIn.stand_in_id).where(StandIn.person_id == person_id)


def _stand_ins(agency_id: int, now: datetime, whose: Any) -> Any:
    query = select(StandIn.id, Person.full_name, NO_ID, day_of(StandIn.valid_to)).join(Person, Person.id == whose)
    query = query.where(StandIn.agency_id == agency_id, StandIn.valid_to > now, StandIn.revoked_at.is_(None))
    return query.order_by(StandIn.id)


def _filters(agency_id: int, person_id: int, now: datetime) -> Any:
    query = select(KeptFilter.id, KeptFilter.name, NO_ID, NO_DAY)
    query = query.where(
        KeptFilter.agency_id == agency_id, KeptFilter.person_id == person_id, KeptFilter.role.is_not(None)
    )
    return query.order_by(KeptFilter.name)


def _loans(agency_id: int, person_id: int, now: datetime) -> Select[Any]:
    title = func.concat(Dossier.notation, " · ", Dossier.title)
    query = select(DossierLoan.id, title, NO_ID, day_of(DossierLoan.due_at))
    query = query.join(Dossier, Dossier.id == DossierLoan.dossier_id)
    query = query.where(DossierLoan.agency_id == agency_id, DossierLoan.person_id == person_id)
    return query.where(DossierLoan.state.in_(("asked", "lent"))).order_by(DossierLoan.id)


def _authorisations(agency_id: int, person_id: int, now: datetime) -> Any:
    """Authorisations to sign by written paper, given or received by name (ND30-13.3)."""
    theirs = or_(Authorisation.giver_id == person_id, Authorisation.receiver_id == person_id)
    running = (Authorisation.revoked_at.is_(None), Authorisation.valid_to >= day_of(now))
    query = select(Authorisation.id, Authorisation.code, NO_ID, Authorisation.valid_to)
    return query.where(Authorisation.agency_id == agency_id, theirs, *running).order_by(Authorisation.id)


def _to_sign(agency_id: int, person_id: int, now: datetime) -> Any:
    query = select(Document.id, called(), Document.id, Document.due_date)
    return query.where(signers.naming(agency_id, person_id)).order_by(Document.id)


# --- Between whom -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody who can take over, with their unit; whether they hold every role of who hands over."""

    person: Person
    unit: str
    same_roles: bool


def receivers(session: Session, leaver: Person, today: date) -> list[Receiver]:
    """Who can take over from somebody (`rules.receiver_problem` says nothing against them), by name."""
    rows = select(Person, Unit.name).outerjoin(Unit, Unit.id == Person.unit_id).where(
        Person.agency_id == leaver.agency_id, Person.active, Person.closes_on.is_(None), Person.id != leaver.id
    )  # fmt: skip
    held = select(RoleGrant.person_id, RoleGrant.role).where(RoleGrant.agency_id == leaver.agency_id)
    roles: dict[int, set[str]] = {}
    for person_id, role in session.execute(held.where(valid_on(RoleGrant, today))):
        roles.setdefault(person_id, set()).add(role)
    wanted = roles.get(leaver.id, set())
    found = sorted(session.execute(rows.order_by(Person.id)), key=lambda row: name_order(row[0].full_name))
    return [
        Receiver(person, unit or "", bool(wanted) and wanted <= roles.get(person.id, set())) for person, unit in found
    ]


# --- Hand-overs that were made ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Made:
    """A hand-over as a line of the list."""

    row: HandOver
    who: str
    by: str | None


def made(session: Session, agency_id: int, *, limit: int = 100, skip: int = 0) -> list[Made]:
    """Hand-overs of an agency, newest first."""
    admin = aliased(Person)
    query = (
        select(HandOver, func.coalesce(Person.full_name, Unit.name), admin.full_name)
        .outerjoin(Person, Person.id == HandOver.person_id)
        .outerjoin(Unit, Unit.id == HandOver.unit_id)
        .outerjoin(admin, admin.id == HandOver.made_by_id)
        .where(HandOver.agency_id == agency_id)
        .order_by(HandOver.id.desc())
    )
    return [Made(*row) for row in session.execute(query.limit(limit).offset(skip))]


def get(session: Session, actor: Actor, hand_over_id: int) -> HandOver:
    """A hand-over the actor may read the minutes of; NotFound for any other."""
    row = session.get(HandOver, hand_over_id)
    if row is None or row.agency_id != actor.agency_id:
        raise NotFound("Không tìm thấy biên bản bàn giao này.")
    people = frozenset({row.person_id, *row.receivers.values()} - {None})
    if not rules.may_read(actor, row.agency_id, people):
        raise NotFound("Không tìm thấy biên bản bàn giao này.")
    return row


def items(session: Session, hand_over_id: int, kind: str | None = None) -> list[tuple[HandedItem, str | None]]:
    """What was handed over and who received it, by kind and in the order it was done."""
    query = select(HandedItem, Person.full_name).outerjoin(Person, Person.id == HandedItem.receiver_id)
    query = query.where(HandedItem.hand_over_id == hand_over_id)
    if kind is not None:
        query = query.where(HandedItem.kind == kind)
    order = list(rules.KINDS)
    rows = [(item, name) for item, name in session.execute(query.order_by(HandedItem.id))]
    return sorted(rows, key=lambda row: order.index(row[0].kind) if row[0].kind in order else len(order))


def names(session: Session, ids: Iterable[int | None]) -> Mapping[int, str]:
    """People by id, for minutes."""
    wanted = {each for each in ids if each is not None}
    if not wanted:
        return {}
    rows = session.execute(select(Person.id, Person.full_name).where(Person.id.in_(wanted)))
    return {row.id: row.full_name for row in rows}


def unfinished(session: Session, agency_id: int, person_id: int) -> HandOver | None:
    """A hand-over of this person whose account isn't closed yet."""
    query = select(HandOver).where(
        HandOver.agency_id == agency_id, HandOver.person_id == person_id, HandOver.cause == "leave",
        HandOver.closed_at.is_(None),
    )  # fmt: skip
    return session.scalars(query.order_by(HandOver.id.desc()).limit(1)).first()


def heirs(session: Session, agency_id: int, people: Iterable[int], document_id: int | None) -> dict[int, int]:
    """Person → who has taken over what comes for them, of all work or of the work on this document."""
    of_this = or_(Succession.document_id.is_(None), Succession.document_id == document_id)
    query = select(Succession.old, Succession.new).where(
        Succession.agency_id == agency_id, Succession.old.in_([f"person:{each}" for each in people]), of_this
    )
    return {int(row.old[7:]): int(row.new[7:]) for row in session.execute(query.order_by(Succession.id))}


def last_of(session: Session, agency_id: int, person_id: int, today: date) -> list[str]:
    """Roles that nobody but this person holds in the agency: work for these groups would wait for nobody."""
    mine = select(RoleGrant.role).where(RoleGrant.person_id == person_id, valid_on(RoleGrant, today))
    others = (
        select(RoleGrant.role).join(Person, Person.id == RoleGrant.person_id)
        .where(RoleGrant.agency_id == agency_id, RoleGrant.person_id != person_id, Person.active)
        .where(valid_on(RoleGrant, today))
    )  # fmt: skip
    return list(session.scalars(mine.where(RoleGrant.role.not_in(others)).distinct().order_by(RoleGrant.role)))


def unit_holdings(session: Session, agency_id: int, unit_id: int) -> dict[str, int]:
    """What goes over with a unit: people, dossiers, drafts, tasks of its groups; counted in one statement."""
    pattern = literal(f"@{unit_id}")
    tasks = select(func.count(func.distinct(Task.id))).join(TaskCandidate, TaskCandidate.task_id == Task.id).where(
        Task.agency_id == agency_id, Task.state.in_(WAITING), TaskCandidate.group.endswith(pattern),
    )  # fmt: skip
    people = select(func.count()).where(Person.agency_id == agency_id, Person.unit_id == unit_id, Person.active)
    dossiers = select(func.count()).where(
        Dossier.agency_id == agency_id, Dossier.unit_id == unit_id, Dossier.state.in_(KEPT)
    )  # fmt: skip
    assignments = select(func.count()).select_from(Assignment).join(Document, Document.id == Assignment.document_id)
    assignments = assignments.where(Document.agency_id == agency_id, Assignment.unit_id == unit_id)
    assignments = assignments.where(Assignment.state == "open")
    drafts = select(func.count()).where(
        Document.agency_id == agency_id, Document.unit_id == unit_id, Document.issued_at.is_(None),
        Document.direction == "outgoing", Document.status.not_in(DONE),
    )  # fmt: skip
    counted = {"person": people, "task": tasks, "assignment": assignments, "draft": drafts, "dossier": dossiers}
    row = session.execute(select(*(each.scalar_subquery() for each in counted.values()))).one()
    return dict(zip(counted, row, strict=True))
