"""The reports a person may ask for: timeliness, the quarterly form, the figures that may be published."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine.clock import VIETNAM
from engine.directory import queries as directory
from engine.errors import InvalidInput, NotAllowed
from engine.instances.practice.reporting import scope as scopes
from engine.instances.practice.reporting import traffic as traffics
from engine.instances.practice.reporting import work as works
from engine.instances.practice.reporting.periods import Period
from engine.instances.practice.reporting.scope import Scope
from engine.instances.practice.reporting.traffic import Traffic
from engine.instances.practice.reporting.work import Figures, Timeliness
from engine.platform import Actor, Work

SUBJECTS = ("tasks", "assignments")


@dataclass(frozen=True, slots=True)
class Report:
    """A period within the actor's scope, beside the one before it."""

    scope: Scope
    period: Period
    work: Timeliness
    work_before: Timeliness
    traffic: Traffic
    traffic_before: Traffic


@dataclass(frozen=True, slots=True)
class Published:
    """One agency in the figures for the public: counts, no title, no name of a person (LA-11.2)."""

    agency_id: int
    name: str
    traffic: Traffic
    work: Figures


def report(session: Session, actor: Actor, period: Period, now: datetime, subject: str = "tasks") -> Report:
    """What the actor's report of a period says; `subject` is what is counted in time: tasks or assignments.

    NotAllowed for an actor without an agency, InvalidInput for a subject there isn't.
    """
    if subject not in SUBJECTS:
        raise InvalidInput("Chọn đếm theo việc hoặc theo phân công giải quyết.")
    return report_within(session, scopes.scope_of(actor), period, now, subject)


def report_within(session: Session, scope: Scope, period: Period, now: datetime, subject: str = "tasks") -> Report:
    """The same for a scope that was decided on before."""
    count = works.tasks if subject == "tasks" else works.assignments
    return Report(
        scope, period, count(session, scope, period, now), count(session, scope, period.before, now),
        traffics.traffic(session, scope, period), traffics.traffic(session, scope, period.before),
    )  # fmt: skip


def published(session: Session, actor: Actor, period: Period, now: datetime) -> tuple[Published, ...]:
    """The figures that may be published: all agencies for a provincial admin, else one's own; by name.

    NotAllowed for who may not see the whole agency's figures.
    """
    verdict = scopes.may_publish(actor)
    if not verdict:
        raise NotAllowed(verdict.reason)
    if scopes.may_compare_agencies(actor):
        found = directory.agencies(session, period.last, on_platform=True)
        names = {each.id: each.name for each in found}
    else:
        names = {actor.agency_id or 0: directory.agency(session, actor.agency_id or 0).name}
    ids = frozenset(names)
    counted = traffics.traffic_by_agency(session, ids, period)
    done = works.tasks_by_agency(session, ids, period, now)
    return tuple(
        Published(each, name, counted.get(each, Traffic()), done.get(each, Figures()))
        for each, name in sorted(names.items(), key=lambda pair: pair[1])
    )


def note_export(work: Work, kind: str, period: Period, extension: str) -> None:
    """Note in the audit trail that a report left the platform as a file (SYS-6)."""
    made = work.now.astimezone(VIETNAM)
    work.note(
        "report.exported", "report", kind, since=period.first.isoformat(), until=period.last.isoformat(),
        extension=extension, made_at=made.isoformat(timespec="seconds"),
    )  # fmt: skip
