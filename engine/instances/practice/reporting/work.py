"""In time, late, open: tasks and assignments of a period by unit, person, kind, urgency and type of deadline.

A deadline is stored in office time when it is set, so holidays are in it already; late is what ends after it. What
was open at the end of the period (or is now, while it runs) counts as open in it, whatever became of it later.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Select, Subquery, and_, case, cast, func, literal, or_, select, tuple_
from sqlalchemy.orm import Session

from engine.directory.models import Person, Unit
from engine.documents import kinds
from engine.documents.models import Assignment, Document
from engine.instances.practice.reporting.periods import Period
from engine.instances.practice.reporting.scope import Scope, people_of
from engine.tasks.models import Task, TaskCandidate

DIMENSIONS = ("unit", "person", "kind", "urgency", "deadline")
PARTS = {"lead": "Giải quyết: chủ trì", "support": "Giải quyết: phối hợp"}
NOBODY = "Chưa có người nhận"
NO_DOCUMENT = "Không gắn với văn bản"
OTHER_DEADLINE = "Hạn khác theo quy trình"
DEADLINES = {
    ("incoming-document", "accept-document"): "Tiếp nhận, chuyển văn bản đến (2 giờ làm việc)",
    ("incoming-document", "instruct-document"): "Trình, cho ý kiến chỉ đạo (trong ngày)",
    ("resolution", "assign-work"): "Phân công trong đơn vị",
    ("resolution", "resolve-document"): "Giải quyết văn bản đến",
    ("resolution", "issue-answer"): "Giải quyết văn bản đến",
    ("resolution", "give-opinion"): "Góp ý kiến phối hợp",
    ("resolution", "decide-extension"): "Xét gia hạn",
    ("outgoing-document", "check-content"): "Kiểm tra, duyệt, ký văn bản đi",
    ("outgoing-document", "check-form"): "Kiểm tra, duyệt, ký văn bản đi",
    ("outgoing-document", "approve-draft"): "Kiểm tra, duyệt, ký văn bản đi",
    ("outgoing-document", "sign-document"): "Kiểm tra, duyệt, ký văn bản đi",
    ("outgoing-document", "number-document"): "Phát hành sau khi ký",
    ("outgoing-document", "seal-document"): "Phát hành sau khi ký",
    ("outgoing-document", "issue-document"): "Phát hành sau khi ký",
    ("dispatch-follow-up", "fix-delivery"): "Theo dõi nơi nhận, đôn đốc",
    ("dispatch-follow-up", "handle-refusal"): "Theo dõi nơi nhận, đôn đốc",
    ("dispatch-follow-up", "urge-recipient"): "Theo dõi nơi nhận, đôn đốc",
    ("incoming-document", "decide-recall"): "Thu hồi văn bản",
    ("recall", "approve-recall"): "Thu hồi văn bản",
    ("recall", "urge-recall"): "Thu hồi văn bản",
    ("recall", "handle-denial"): "Thu hồi văn bản",
    ("recall", "report-recall"): "Thu hồi văn bản",
}
"""What the steps of the shipped procedures are due for; a step an agency added itself is “other”."""
_OUTCOMES = ("on_time", "late", "open", "overdue", "undated", "undated_open")


@dataclass(frozen=True, slots=True)
class Figures:
    """How much of something was done in time."""

    on_time: int = 0
    late: int = 0
    open: int = 0  # within its deadline
    overdue: int = 0  # open and over it
    undated: int = 0  # done, had no deadline
    undated_open: int = 0

    def __add__(self, other: Figures) -> Figures:
        return Figures(*(getattr(self, name) + getattr(other, name) for name in _OUTCOMES))

    @property
    def total(self) -> int:
        """Everything."""
        return sum(getattr(self, name) for name in _OUTCOMES)

    @property
    def done(self) -> int:
        """What ended in the period."""
        return self.on_time + self.late + self.undated

    @property
    def share(self) -> float | None:
        """Part done in time of what was done and had a deadline; None of nothing."""
        judged = self.on_time + self.late
        return self.on_time / judged if judged else None


@dataclass(frozen=True, slots=True)
class Line:
    """One unit, person, kind …: its name and its figures; `key` is the same in every period."""

    key: str
    label: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Timeliness:
    """What a period looks like: everything, and by each dimension, the most first."""

    total: Figures = field(default_factory=Figures)
    by: dict[str, tuple[Line, ...]] = field(default_factory=dict)

    def of(self, dimension: str, key: str) -> Figures:
        """The figures of one line; nothing when there is no such line."""
        return next((line.figures for line in self.by.get(dimension, ()) if line.key == key), Figures())


def tasks(session: Session, scope: Scope, period: Period, now: datetime) -> Timeliness:
    """Tasks of the period within the scope; work done for somebody absent counts as theirs."""
    return _counted(session, _tasks(period, now, Task.agency_id == scope.agency_id, *_task_scope(scope)).subquery())


def assignments(session: Session, scope: Scope, period: Period, now: datetime) -> Timeliness:
    """Who was to resolve incoming documents: leads and supporters with their own deadlines (ND30-24)."""
    rows = _assignments(period, now, Document.agency_id == scope.agency_id, *_assignment_scope(scope))
    return _counted(session, rows.subquery())


def tasks_by_agency(session: Session, agency_ids: frozenset[int], period: Period, now: datetime) -> dict[int, Figures]:
    """Figures of whole agencies, by their ids."""
    rows = _tasks(period, now, Task.agency_id.in_(sorted(agency_ids)), documents=False).subquery()
    counts = select(rows.c.agency_id, *_counts(rows)).group_by(rows.c.agency_id)
    return {row[0]: Figures(*row[1:]) for row in session.execute(counts)}


def _task_scope(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    if scope.person_id is not None:
        return (_responsible == scope.person_id,)
    if scope.unit_ids is None:
        return ()
    offered = select(TaskCandidate.task_id).where(
        TaskCandidate.task_id == Task.id, func.split_part(TaskCandidate.group, "@", 2).in_(_texts(scope.unit_ids))
    )
    unclaimed = and_(_responsible.is_(None), Task.state == "open", offered.exists())
    return (or_(people_of(scope.unit_ids), unclaimed),)


def _assignment_scope(scope: Scope) -> tuple[ColumnElement[bool], ...]:
    if scope.person_id is not None:
        return (Assignment.person_id == scope.person_id,)
    if scope.unit_ids is None:
        return ()
    return (func.coalesce(Assignment.unit_id, Person.unit_id).in_(sorted(scope.unit_ids)),)


def _texts(ids: frozenset[int]) -> list[str]:
    return [str(each) for each in sorted(ids)]


_responsible = case(
    (Task.state == "completed", func.coalesce(Task.acting_for_id, Task.completed_by_id, Task.assignee_id)),
    else_=Task.assignee_id,
)


def _tasks(
    period: Period, now: datetime, *conditions: ColumnElement[bool], documents: bool = True
) -> Select[*tuple[Any, ...]]:
    """One row for each task of the period: whose, about what, and how it stands."""
    offered = select(func.min(func.split_part(TaskCandidate.group, "@", 2))).where(
        TaskCandidate.task_id == Task.id, TaskCandidate.group.regexp_match("@[0-9]+$")
    )
    unit: ColumnElement[Any] = case(
        (_responsible.is_not(None), Person.unit_id), else_=cast(offered.scalar_subquery(), BigInteger)
    )
    moment = min(period.ends, now)
    columns = (Task.agency_id, unit.label("unit"), _responsible.label("person"))
    about = (Document.type_name, Document.urgency) if documents else (literal(None), literal(None))
    rows = select(
        *columns, about[0].label("kind"), about[1].label("urgency"), Task.procedure, Task.element,
        _outcome(Task.due_at, Task.completed_at, period, moment),
    ).outerjoin(Person, Person.id == _responsible)  # fmt: skip
    if documents:
        rows = rows.outerjoin(Document, Document.id == Task.document_id)
    stood = or_(Task.state == "open", Task.completed_at >= period.ends)
    return rows.where(
        *conditions, Task.created_at < moment, or_(Task.completed_at.is_(None), Task.completed_at >= period.begins),
        or_(stood, Task.state == "completed"), Task.state != "planned",
    )  # fmt: skip


def _assignments(period: Period, now: datetime, *conditions: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    """One row for each lead and supporter of the period; what somebody else took over counts as theirs alone."""
    moment = min(period.ends, now)
    stood = or_(Assignment.state == "open", Assignment.settled_at >= period.ends)
    return (
        select(
            Document.agency_id, func.coalesce(Assignment.unit_id, Person.unit_id).label("unit"),
            Assignment.person_id.label("person"), Document.type_name.label("kind"), Document.urgency.label("urgency"),
            literal("").label("procedure"), Assignment.part.label("element"),
            _outcome(Assignment.due_at, Assignment.settled_at, period, moment),
        )
        .join(Document, Document.id == Assignment.document_id)
        .outerjoin(Person, Person.id == Assignment.person_id)
        .where(
            *conditions, Assignment.part != "inform", Assignment.created_at < moment,
            or_(Assignment.settled_at.is_(None), Assignment.settled_at >= period.begins),
            or_(stood, Assignment.state == "done"),
        )
    )  # fmt: skip


def _outcome(due: Any, ended: Any, period: Period, moment: datetime) -> Any:
    """Which of the six it is."""
    stands = or_(ended.is_(None), ended >= period.ends)
    return case(
        (and_(stands, due.is_(None)), "undated_open"), (and_(stands, due < moment), "overdue"), (stands, "open"),
        (due.is_(None), "undated"), (ended > due, "late"), else_="on_time",
    ).label("outcome")  # fmt: skip


def _counts(rows: Subquery) -> list[ColumnElement[int]]:
    return [func.count().filter(rows.c.outcome == name) for name in _OUTCOMES]


def _counted(session: Session, rows: Subquery) -> Timeliness:
    """Everything at once: PostgreSQL counts by all dimensions in one reading."""
    unit, person, kind, urgency = (rows.c[name] for name in DIMENSIONS[:4])
    step = (rows.c.procedure, rows.c.element)
    which = func.grouping(unit, person, kind, urgency, rows.c.element)
    sets = func.grouping_sets(tuple_(), *(tuple_(each) for each in (unit, person, kind, urgency)), tuple_(*step))
    total = Figures()
    found: dict[str, dict[Any, Figures]] = {name: defaultdict(Figures) for name in DIMENSIONS}
    for mark, *values in session.execute(
        select(which, unit, person, kind, urgency, *step, *_counts(rows)).group_by(sets)
    ):
        figures = Figures(*values[6:])
        place = next((place for place in range(5) if not mark & 16 >> place), None)
        if place is None:
            total = figures
        elif place == 4:
            found["deadline"][_deadline(*values[4:6])] += figures
        else:
            found[DIMENSIONS[place]][values[place]] += figures
    names = {
        "unit": _names(session, Unit.name, found["unit"]),
        "person": _names(session, Person.full_name, found["person"]),
    }
    return Timeliness(total, {name: _lines(name, found[name], names.get(name, {})) for name in DIMENSIONS})


def _names(session: Session, column: Any, ids: dict[Any, Figures]) -> dict[Any, str]:
    wanted = [each for each in ids if each is not None]
    found = session.execute(select(column.class_.id, column).where(column.class_.id.in_(wanted)))
    return {row[0]: row[1] for row in found}


def _deadline(procedure: str, element: str) -> str:
    return PARTS.get(element, element) if not procedure else DEADLINES.get((procedure, element), OTHER_DEADLINE)


def _lines(dimension: str, found: dict[Any, Figures], names: dict[Any, str]) -> tuple[Line, ...]:
    lines = [Line("" if key is None else str(key), _label(dimension, key, names), each) for key, each in found.items()]
    return tuple(sorted(lines, key=lambda line: (not line.key, -line.figures.total, line.label)))


def _label(dimension: str, key: Any, names: dict[Any, str]) -> str:
    if dimension in ("unit", "person"):
        return NOBODY if key is None else names.get(key, str(key))
    if key is None:
        return NO_DOCUMENT
    return kinds.URGENCY.get(key, str(key)) if dimension == "urgency" else str(key)
