"""How deadlines were reckoned, kept with the step that reckoned them: explained by them, moved by them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.database import Write, inserting
from engine.instances.models import Instance
from engine.instances.timing.functions import Told
from engine.instances.timing.models import Reckoning
from engine.platform import Work
from engine.tasks.models import Task

SAME = timedelta(seconds=1)
"""A moment that has been through process data may have lost what is less than a second."""


def keeping(instance: Instance, told: Sequence[Told], now: datetime) -> Write:
    """The writing of what a step has reckoned, each reckoning once; it goes with the step's other rows."""
    rows = {(each["rule"], each["start"], each["duration"]): row(instance, each, now) for each in told}
    return inserting(Reckoning.__table__, list(rows.values()))


def row(instance: Instance, told: Told, now: datetime) -> dict[str, Any]:
    """A reckoning as a plain row."""
    return {
        "agency_id": instance.agency_id, "instance_id": instance.id, "document_id": instance.document_id,
        "first_due": told["due"], "at": now, **told,
    }  # fmt: skip


def note(work: Work, instance: Instance, told: Told) -> None:
    """Keep a reckoning made outside of a step."""
    work.session.add(Reckoning(**row(instance, told, work.now)))


def of_task(session: Session, task: Task) -> Reckoning | None:
    """The reckoning a task's deadline comes from: of its own run, else of another about the same document.

    None when somebody named the moment, or when it was reckoned before reckonings were kept.
    """
    if task.due_at is None:
        return None
    theirs = Reckoning.instance_id == task.instance_id
    about = theirs if task.document_id is None else or_(theirs, Reckoning.document_id == task.document_id)
    rows = select(Reckoning).where(
        about, Reckoning.agency_id == task.agency_id, Reckoning.due.between(task.due_at - SAME, task.due_at + SAME)
    )
    return session.scalar(rows.order_by(theirs.desc(), Reckoning.id.desc()).limit(1))
