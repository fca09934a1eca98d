"""Counts and office time per element over a period: the heat map of a procedure in one agency."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session

from engine.definitions import queries as definitions
from engine.directory import queries as directory
from engine.instances.models import Incident, Instance, Passage
from engine.platform import Actor
from engine.tasks.models import Task

MINUTE = timedelta(minutes=1)  # what takes less is the machine's own work
MAX_STAYS = 50_000  # stays at elements that are measured; of more, the latest


@dataclass(frozen=True, slots=True)
class Figures:
    """What one element did in the period; times are office time."""

    element: str
    finished: int  # tokens that left it
    cancelled: int  # taken away: interrupted, or the case was stopped
    standing: int  # tokens there now
    late: int  # tasks finished after their deadline in the period, or open and over it now
    incidents: int  # open now
    median: timedelta | None
    ninetieth: timedelta | None  # nine of ten were done within this


@dataclass(frozen=True, slots=True)
class Practice:
    """One procedure of one agency over a period."""

    key: str
    since: datetime
    until: datetime
    started: int
    ended: int
    running: int
    figures: dict[str, Figures]
    complete: bool  # false when there were more stays than are measured


def practice(session: Session, actor: Actor, key: str, since: datetime, until: datetime, now: datetime) -> Practice:
    """Figures of a procedure for the actor's agency, over every version it ran on, by element id.

    NotAllowed without the role of an analyst or admin.
    """
    definitions.require_reader(actor)
    agency_id = actor.agency_id or 0
    stays = session.execute(_stays(agency_id, key, since, until)).all()
    calendar = directory.office_calendar(session, agency_id)
    times: dict[str, list[timedelta]] = {}
    cancelled: Counter[str] = Counter()
    for element, event, entered_at, left_at in stays[:MAX_STAYS]:
        if event == "cancelled":
            cancelled[element] += 1
        else:
            times.setdefault(element, []).append(calendar.office_time_between(entered_at, left_at))
    standing = _counted(session, _standing(agency_id, key))
    late = _counted(session, _late(agency_id, key, since, until, now))
    troubles = _counted(session, _troubles(agency_id, key))
    elements = times.keys() | cancelled.keys() | standing.keys() | late.keys() | troubles.keys()
    started, ended, running = session.execute(_cases(agency_id, key, since, until)).one()
    return Practice(
        key, since, until, started, ended, running,
        {
            each: Figures(
                each, len(times.get(each, ())), cancelled[each], standing.get(each, 0), late.get(each, 0),
                troubles.get(each, 0), share(times.get(each, ()), 0.5), share(times.get(each, ()), 0.9),
            )
            for each in elements
        },
        len(stays) <= MAX_STAYS,
    )  # fmt: skip


def share(times: Iterable[timedelta], part: float) -> timedelta | None:
    """The time within which this part of them lies (nearest rank); None of nothing."""
    ordered = sorted(times)
    if not ordered:
        return None
    return ordered[max(0, -(-int(part * 1000) * len(ordered) // 1000) - 1)]


def _counted(session: Session, rows: Select[*tuple[Any, ...]]) -> dict[str, int]:
    return {row[0]: row[1] for row in session.execute(rows)}


def _stays(agency_id: int, key: str, since: datetime, until: datetime) -> Select[*tuple[Any, ...]]:
    """Element, how it was left, entered and left at: of the tokens that left in the period, the latest first."""
    same = (Passage.instance_id, Passage.token, Passage.element)
    pairs = (
        select(
            Passage.element,
            Passage.event,
            Passage.at.label("left_at"),
            func.lag(Passage.at).over(partition_by=same, order_by=Passage.id).label("entered_at"),
            func.lag(Passage.event).over(partition_by=same, order_by=Passage.id).label("before"),
        )
        .join(Instance, Instance.id == Passage.instance_id)
        .where(
            Instance.agency_id == agency_id,
            Instance.procedure == key,
            Instance.started_at < until,
            or_(Instance.ended_at.is_(None), Instance.ended_at >= since),
            Passage.event.not_in(("moved", "taken-back")),
        )
        .subquery()
    )
    return (
        select(pairs.c.element, pairs.c.event, pairs.c.entered_at, pairs.c.left_at)
        .where(
            pairs.c.event != "entered",
            pairs.c.before == "entered",
            pairs.c.left_at >= since,
            pairs.c.left_at < until,
        )
        .order_by(pairs.c.left_at.desc())
        .limit(MAX_STAYS + 1)
    )


def _standing(agency_id: int, key: str) -> Select[*tuple[Any, ...]]:
    """Where tokens of running cases stand now: entered more often than left."""
    entered = func.count().filter(Passage.event == "entered")
    left = func.count().filter(Passage.event.in_(("left", "cancelled")))
    return (
        select(Passage.element, entered - left)
        .join(Instance, Instance.id == Passage.instance_id)
        .where(Instance.agency_id == agency_id, Instance.procedure == key, Instance.status == "running")
        .group_by(Passage.element)
        .having(entered > left)
    )


def _late(agency_id: int, key: str, since: datetime, until: datetime, now: datetime) -> Select[*tuple[Any, ...]]:
    finished = (Task.state == "completed") & (Task.completed_at > Task.due_at)
    in_period = (Task.completed_at >= since) & (Task.completed_at < until)
    overdue = (Task.state == "open") & (Task.due_at < now)
    return (
        select(Task.element, func.count())
        .where(Task.agency_id == agency_id, Task.procedure == key, or_(finished & in_period, overdue))
        .group_by(Task.element)
    )


def _troubles(agency_id: int, key: str) -> Select[*tuple[Any, ...]]:
    return (
        select(Incident.element, func.count())
        .join(Instance, Instance.id == Incident.instance_id)
        .where(Incident.agency_id == agency_id, Incident.state == "open", Instance.procedure == key)
        .group_by(Incident.element)
    )


def _cases(agency_id: int, key: str, since: datetime, until: datetime) -> Select[*tuple[Any, ...]]:
    begun = (Instance.started_at >= since) & (Instance.started_at < until)
    ended = (Instance.status == "ended") & (Instance.ended_at >= since) & (Instance.ended_at < until)
    return select(
        func.count().filter(begun), func.count().filter(ended), func.count().filter(Instance.status == "running")
    ).where(Instance.agency_id == agency_id, Instance.procedure == key)


def hottest(figures: Sequence[Figures], steps: int = 4) -> dict[str, int]:
    """A step of heat (1 the coolest) per element that takes a minute or more; every step has about as many elements."""
    slow = [(each.median, each.element) for each in figures if each.median and each.median >= MINUTE]
    return {element: 1 + place * steps // len(slow) for place, (_median, element) in enumerate(sorted(slow))}
