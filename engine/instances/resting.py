"""Rows for what has to wait: tasks of people, subscriptions to timers, messages and signals, lines of a fan-out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from engine import occasions, outbox
from engine.bpmn import run
from engine.database import Write, as_json
from engine.definitions.queries import Ready
from engine.documents import commands as documents
from engine.instances import lines
from engine.instances.models import Instance
from engine.platform import Work
from engine.tasks import commands as tasks


def rest(work: Work, instance: Instance, ready: Ready, waits: Sequence[run.Wait]) -> list[Write]:
    """The writing of tasks and subscriptions for everything that has to wait."""
    new_tasks: list[tasks.NewTask] = []
    subscriptions: list[dict[str, Any]] = []
    for wait in waits:
        if wait.kind == "user_task":
            new_tasks += lines.tasks_of(instance, ready, wait)
        if wait.fan_out is not None:
            subscriptions.append(lines.subscription(instance, wait))
        elif wait.kind in ("timer", "message", "signal"):
            subscriptions.append(_subscription(instance, wait))
    if instance.document_id:
        parties = dict.fromkeys(party for task in new_tasks for party in _parties(task))
        documents.add_parties(work, instance.document_id, parties)
    writes = [tasks.opening(new_tasks, work.now)] if new_tasks else []
    if new_tasks:
        tokens = list(dict.fromkeys(task.token for task in new_tasks))
        writes.append(occasions.opened(instance.agency_id, instance.id, tokens, work.actor.person_id, work.now))
    return [*writes, _subscribing(instance, subscriptions)] if subscriptions else writes


def _subscribing(instance: Instance, subscriptions: Sequence[dict[str, Any]]) -> Write:
    """The writing of what is waited for; a moment from the process data as a changed calendar has moved it since."""
    given = {"waited": as_json(subscriptions), "waiting_document": instance.document_id}
    return Write(_SUBSCRIBE, given)


_COLUMNS = "agency_id, instance_id, token, element, kind, name, correlation, due_at, total, settled, details"
_SUBSCRIBE = f"""
    subscribed as (
      insert into subscription ({_COLUMNS})
      select {_COLUMNS.replace("due_at", "coalesce(reckoned_anew.due, due_at)")}
      from jsonb_populate_recordset(null::subscription, cast(:waited as jsonb)) as given
      left join lateral (
        select due from reckoning
        where (reckoning.document_id = :waiting_document or reckoning.instance_id = given.instance_id)
          and reckoning.agency_id = given.agency_id and first_due = given.due_at and due <> first_due
        order by reckoning.id desc limit 1
      ) as reckoned_anew on true
    )"""  # noqa: S608  # the names of our own columns


def withdraw(work: Work, instance: Instance, tokens: Sequence[str]) -> list[Write]:
    """The taking back of what hangs on these tokens: tasks, subscriptions, deliveries, incidents."""
    mine = {"instance": instance.id, "tokens": list(tokens), "now": work.now}
    return [
        tasks.withdrawing(instance.id, tokens, work.now, work.actor.person_id),
        outbox.skipping(instance.id, tokens, work.now),
        Write(_WITHDRAW, mine),
    ]


_WITHDRAW = """
    unsubscribed as (delete from subscription where instance_id = :instance and token = any(:tokens)),
    withdrawn_incidents as (
      update incident set state = 'withdrawn', settled_at = :now
      where instance_id = :instance and token = any(:tokens) and state = 'open'
    )"""


def _parties(task: tasks.NewTask) -> Iterator[tuple[int | None, int | None, str]]:
    """Whoever has to act on a document may see it."""
    if task.assignee_id is not None:
        yield task.assignee_id, None, "task"
    for group in task.groups:
        role, _, unit = group.partition("@")
        if group.startswith("person:"):
            yield int(group.partition(":")[2]), None, "task"
        elif role and unit.isdigit():
            yield None, int(unit), "task"


def _subscription(instance: Instance, wait: run.Wait) -> dict[str, Any]:
    return {
        "agency_id": instance.agency_id,
        "instance_id": instance.id,
        "token": wait.token,
        "element": wait.element,
        "kind": wait.kind,
        "name": wait.name or "",
        "correlation": wait.correlation,
        "due_at": wait.due,
        "total": None,
        "settled": None,
        "details": {},
    }
