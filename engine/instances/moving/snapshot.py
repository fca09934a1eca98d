"""The rows that hang on an instance, as data: taken before a move, put back when it is undone."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from engine import outbox
from engine.instances.models import Incident, Instance, Subscription
from engine.tasks.models import Task, TaskCandidate

_SUBSCRIPTION = tuple(column.name for column in Subscription.__table__.columns)
_TASK = ("element", "name", "form", "due_at", "priority")


def taken(session: Session, instance_id: int) -> dict[str, Any]:
    """Everything of an instance that a move may change besides its state, fit for JSON."""
    subscriptions = session.scalars(
        select(Subscription).where(Subscription.instance_id == instance_id).order_by(Subscription.id)
    ).all()
    tasks = session.scalars(_open_tasks(instance_id)).all()
    return {
        "subscriptions": [{name: _plain(getattr(each, name)) for name in _SUBSCRIPTION} for each in subscriptions],
        "tasks": [
            {"id": each.id, "groups": _groups(session, each.id)} | {n: _plain(getattr(each, n)) for n in _TASK}
            for each in tasks
        ],
    }


def put_back(session: Session, instance_id: int, before: Mapping[str, Any], renamed: Mapping[str, str]) -> None:
    """Write the rows as they were; elements in deliveries and incidents get their old names."""
    session.execute(delete(Subscription).where(Subscription.instance_id == instance_id))
    rows = [{**each, "due_at": _moment(each["due_at"])} for each in before["subscriptions"]]
    if rows:
        session.execute(insert(Subscription), rows)
    for each in before["tasks"]:
        values = {name: each[name] for name in _TASK} | {"due_at": _moment(each["due_at"])}
        session.execute(update(Task).where(Task.id == each["id"]).values(**values, version=Task.version + 1))
        offer(session, each["id"], each["groups"])
    rename(session, instance_id, {new: old for old, new in renamed.items()})


def rename(session: Session, instance_id: int, renamed: Mapping[str, str]) -> None:
    """Let everything of the instance that is still open name the elements of its new version."""
    for old, new in renamed.items():
        for table, is_open in (
            (Task, Task.state.in_(("open", "planned"))),
            (Subscription, Subscription.id.is_not(None)),
            (Incident, Incident.state == "open"),
            (outbox.Delivery, outbox.Delivery.state.in_((outbox.WAITING, outbox.CARRIED))),
        ):
            session.execute(
                update(table)
                .where(table.instance_id == instance_id, table.element == old, is_open)
                .values(element=new)
                .execution_options(synchronize_session=False)
            )


def offer(session: Session, task_id: int, groups: list[str]) -> None:
    """Let exactly these groups take a task."""
    agency_id = session.scalar(select(Task.agency_id).where(Task.id == task_id))
    session.execute(delete(TaskCandidate).where(TaskCandidate.task_id == task_id))
    if groups:
        session.execute(
            insert(TaskCandidate), [{"task_id": task_id, "group": group, "agency_id": agency_id} for group in groups]
        )


def fingerprint(session: Session, instance: Instance) -> str:
    """What tells whether anybody or anything has acted on an instance: SHA-256 over its state and what hangs on it."""
    parts = [
        session.execute(
            select(Subscription.token, Subscription.kind, Subscription.settled)
            .where(Subscription.instance_id == instance.id)
            .order_by(Subscription.token, Subscription.kind)
        ).all(),
        session.execute(select(Task.id, Task.state).where(Task.instance_id == instance.id).order_by(Task.id)).all(),
        session.execute(
            select(outbox.Delivery.id, outbox.Delivery.state)
            .where(outbox.Delivery.instance_id == instance.id)
            .order_by(outbox.Delivery.id)
        ).all(),
    ]
    told = repr([[tuple(row) for row in rows] for rows in parts]).encode()
    return hashlib.sha256(instance.state + b"\0" + told).hexdigest()


def _open_tasks(instance_id: int) -> Any:
    return select(Task).where(Task.instance_id == instance_id, Task.state.in_(("open", "planned"))).order_by(Task.id)


def _groups(session: Session, task_id: int) -> list[str]:
    rows = select(TaskCandidate.group).where(TaskCandidate.task_id == task_id).order_by(TaskCandidate.group)
    return list(session.scalars(rows))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
