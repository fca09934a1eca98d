"""Write down what came of a connector operation: its result, its failure, or that it is to be tried again."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from engine import outbox
from engine.bpmn import run
from engine.definitions import queries as definitions
from engine.errors import BusinessError, TemporaryError
from engine.instances import lines
from engine.instances.advance import Move, resume
from engine.instances.commands import FAILED, fail_wait, tell_parent
from engine.instances.mending.incidents import raise_incident
from engine.instances.models import Instance, Subscription
from engine.operations import as_data
from engine.platform import Work

LONG_PAUSE = timedelta(hours=1)


def settle_delivery(work: Work, delivery_id: int, attempt: int, result: Any) -> bool:
    """Record success: the operation's own `settle` runs, then the token goes on. False when another attempt settled
    it first.
    """
    instance = _instance_of(work, delivery_id)
    delivery = outbox.settled(work.session, delivery_id, attempt)
    if delivery is None:
        return False
    operation = work.catalog.get(delivery.operation)
    data = as_data(result)
    if operation.settle is not None:
        operation.settle(operation.read(delivery.given), data, work)
    delivery.state, delivery.settled_at, delivery.last_error, delivery.result = outbox.DONE, work.now, None, data
    if instance is not None and instance.status == "running" and delivery.token is not None:
        go_on(work, instance, delivery.token, delivery.index, data)
    return True


def go_on(work: Work, instance: Instance, token: str, index: int | None, data: Mapping[str, Any]) -> None:
    """Hand a result to the wait it belongs to, or to its line; nothing happens when nobody waits any more."""
    result: Mapping[str, Any] = data
    if index is not None:
        results = lines.settle_line(work, instance, token, index, data)
        if results is None:
            return
        result = {"results": results}
    move = Move(work, instance, definitions.ready(work.session, instance.version_id))
    with suppress(run.UnknownToken):  # interrupted meanwhile: the result is kept, nobody waits for it
        resume(move, run.complete, token, result)
        tell_parent(work, instance)


def fail_delivery(work: Work, delivery_id: int, attempt: int, error: Exception) -> bool:
    """Record failure: a temporary one is tried again after a growing pause; else the diagram's error event, else an
    incident.
    """
    instance = _instance_of(work, delivery_id)
    delivery = outbox.settled(work.session, delivery_id, attempt)
    if delivery is None:
        return False
    delivery.last_error = f"{error}"[:4000]
    pause = outbox.pause(delivery.attempts) if isinstance(error, TemporaryError) else None
    if pause is not None:
        delivery.state, delivery.not_before = outbox.WAITING, work.now + pause
        return True
    delivery.state, delivery.settled_at = outbox.FAILED, work.now
    if instance is None or instance.status != "running" or delivery.token is None:
        work.note("delivery.failed", "delivery", delivery.id, agency_id=delivery.agency_id, error=str(error))
        return True
    drawn = error if isinstance(error, BusinessError) else BusinessError(FAILED, str(error))
    with suppress(run.UnknownToken):  # interrupted meanwhile: there is nothing left that could fail
        fail_wait(work, instance, delivery.token, drawn, delivery.id)
    return True


def _instance_of(work: Work, delivery_id: int) -> Instance | None:
    """Lock the instance before the delivery, in the order every command does."""
    instance_id = work.session.scalar(select(outbox.Delivery.instance_id).where(outbox.Delivery.id == delivery_id))
    if instance_id is None:
        return None
    return work.session.scalar(select(Instance).where(Instance.id == instance_id).with_for_update())


def postpone_timer(work: Work, subscription_id: int, error: str) -> None:
    """A timer whose step failed is tried again after growing pauses; after the last one an admin sees an incident."""
    timer = work.session.get(Subscription, subscription_id, with_for_update=True)
    if timer is None or timer.kind != "timer":
        return
    attempts = int(timer.details.get("attempts", 0)) + 1
    timer.details = {**timer.details, "attempts": attempts}
    timer.due_at = work.now + (outbox.pause(attempts) or LONG_PAUSE)
    if attempts == len(outbox.PAUSES) + 1:
        instance = work.session.get_one(Instance, timer.instance_id)
        raise_incident(work, instance, timer.element, timer.token, "timer", error)
