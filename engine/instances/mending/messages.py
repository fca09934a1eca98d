"""Messages that came before anybody asked: who could still ask for one, and when nobody can any more."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.bpmn import run
from engine.definitions import queries as definitions
from engine.definitions.queries import Ready
from engine.errors import NotFound
from engine.instances.models import Instance, Passage, PendingMessage
from engine.platform import Work

# An answer may overtake its question, and a message the case it belongs to, by hours; never by weeks.
KEPT_AT_LEAST = timedelta(days=7)
BATCH = 100


def awaited(
    session: Session, agency_id: int, name: str, correlation: str | None, now: datetime, document_id: int | None = None
) -> bool:
    """Whether a running case of the agency (`document_id`: of this document) could still wait for a message.

    A case could when its diagram catches the message under this key, or under a key it doesn't know yet, or when it
    hasn't come yet to a call of a procedure that catches it. In doubt the answer is yes.
    """
    running = select(Instance).where(Instance.agency_id == agency_id, Instance.status == "running")
    if document_id is not None:
        running = running.where(Instance.document_id == document_id)
    return any(
        _could_wait(session, instance, name, correlation, now)
        for instance in session.scalars(running.order_by(Instance.id)).yield_per(100)
    )


def _could_wait(session: Session, instance: Instance, name: str, correlation: str | None, now: datetime) -> bool:
    ready = definitions.ready(session, instance.version_id)
    if run.catches(ready.procedure, name):
        keys = run.correlations(ready.procedure, instance.state, name, now)
        if keys is None or correlation in keys:
            return True
    calls = _calls(ready)
    if not calls:
        return False
    reached = select(Passage.element).where(Passage.instance_id == instance.id, Passage.element.in_(calls))
    entered = set(session.scalars(reached.distinct()))
    return any(_calls_catcher(session, instance, calls[call], name) for call in calls.keys() - entered)


def _calls(ready: Ready) -> dict[str, str]:
    """Call activity → what it calls."""
    elements = ready.procedure.elements.values()
    return {e.id: e.attributes.get("calledElement", "") for e in elements if e.kind == "callActivity"}


def _calls_catcher(session: Session, instance: Instance, called: str, name: str) -> bool:
    """Whether a called procedure, or one that it calls, catches the message."""
    seen: set[str] = set()
    left = [called]
    while left:
        key = left.pop()
        if "${" in key:
            return True  # decided when the call is reached
        if key in seen:
            continue
        seen.add(key)
        try:
            version_id = instance.pins.get(key) or definitions.current(session, key, instance.agency_id)
        except NotFound:
            continue
        ready = definitions.ready(session, version_id)
        if run.catches(ready.procedure, name):
            return True
        left += _calls(ready).values()
    return False


def end_unawaited(work: Work) -> int:
    """End kept messages that nobody can wait for any more; the row stays as evidence. How many were ended.

    Looks at one batch a time, those first that weren't looked at for longest.
    """
    old = (
        select(PendingMessage)
        .where(PendingMessage.ended_at.is_(None), PendingMessage.looked_at < work.now - KEPT_AT_LEAST)
        .order_by(PendingMessage.looked_at, PendingMessage.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    )
    ended = 0
    for kept in work.session.scalars(old).all():
        kept.looked_at = work.now
        if awaited(work.session, kept.agency_id, kept.name, kept.correlation, work.now):
            continue
        kept.ended_at = work.now
        ended += 1
        work.note(
            "message.ended",
            "message",
            kept.id,
            agency_id=kept.agency_id,
            name=kept.name,
            correlation=kept.correlation,
        )
    return ended
