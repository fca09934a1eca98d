"""Carry the outcome of a step of the BPMN core into rows, until nothing more can be done at once.

The core says what is wanted next; here engine operations run in the transaction, connector operations
become deliveries, people get tasks, timers and messages become subscriptions, called procedures start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Table, delete, func, select, update

from engine import outbox
from engine.bpmn import run
from engine.bpmn.expressions import ExpressionError
from engine.database import insert_rows
from engine.definitions import queries as definitions
from engine.definitions.queries import Ready
from engine.errors import BusinessError, InvalidInput, PlatformError
from engine.instances import lines
from engine.instances.functions import functions
from engine.instances.incidents import raise_incident
from engine.instances.models import Incident, Instance, Passage, PendingMessage, Subscription
from engine.instances.resting import rest
from engine.operations import as_data
from engine.platform import Work
from engine.tasks import commands as tasks

THROWN = "instances.deliver-message"
MESSAGE_LOCK = 7002  # first key of the advisory locks on messages
_PASSAGES = cast(Table, Passage.__table__)


@dataclass
class Move:
    """One instance on the move inside one command."""

    work: Work
    instance: Instance
    ready: Ready
    left_by: str | None = None  # token of the wait a person has just completed
    pending: dict[str, run.Wait] = field(default_factory=dict)
    resting: dict[str, run.Wait] = field(default_factory=dict)
    closed: list[str] = field(default_factory=list)
    passages: list[dict[str, Any]] = field(default_factory=list)
    ended: bool = False
    data: dict[str, Any] = field(default_factory=dict)

    @property
    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """What expressions of this agency may call besides CEL's own."""
        return functions(self.work, self.instance.agency_id)


def advance(move: Move, step: run.Step) -> None:
    """Apply a step and everything that follows from it at once; rows are written as the last thing."""
    _take(move, step)
    while move.pending:
        token = next(iter(move.pending))
        wait = move.pending.pop(token)
        further = _settle_at_once(move, wait)
        if further is None:
            move.resting[token] = wait
        else:
            _take(move, further)
    _write(move)


def resume(move: Move, call: Callable[..., run.Step], *arguments: Any) -> None:
    """Call the core on the instance's state (complete, throw_error, retry …) and advance with what it answers."""
    advance(move, _call(move, call, *arguments))


def _call(move: Move, call: Callable[..., run.Step], *arguments: Any) -> run.Step:
    return call(move.ready.procedure, move.instance.state, *arguments, now=move.work.now, functions=move.functions)


def _take(move: Move, step: run.Step) -> None:
    move.instance.state = step.state
    move.ended, move.data = step.ended, step.data
    for token in step.closed:
        if move.pending.pop(token, None) is None and move.resting.pop(token, None) is None:
            move.closed.append(token)
    move.pending.update((wait.token, wait) for wait in step.opened)
    for passage in step.passages:
        by_person = passage.event == "left" and passage.token == move.left_by
        actor = move.work.actor
        move.passages.append(
            {
                "instance_id": move.instance.id,
                "version_id": move.instance.version_id,
                "element": passage.element,
                "token": passage.token,
                "event": passage.event,
                "at": move.work.now,
                "person_id": actor.person_id if by_person else None,
                "acting_for_id": actor.acting_for_id if by_person else None,
                "flow": passage.flow,
            }
        )
    for trouble in step.incidents:
        raise_incident(move.work, move.instance, trouble.element, trouble.token, trouble.code, trouble.message)
    for thrown in step.thrown:
        _throw(move, thrown)


def _settle_at_once(move: Move, wait: run.Wait) -> run.Step | None:
    """Do what needs nobody and nothing outside; None when the wait has to rest."""
    if wait.kind == "operation":
        return _operate(move, wait)
    if wait.kind == "decision":
        return _decide(move, wait)
    if wait.kind == "call":
        return _start_called(move, wait)
    if wait.kind == "message":
        return _take_pending_message(move, wait)
    return None


def _operate(move: Move, wait: run.Wait) -> run.Step | None:
    operation = move.work.catalog.get(wait.name) if wait.name in move.work.catalog else None
    if operation is None:
        _stuck(move, wait, "operation", f"Chưa cài đặt thao tác “{wait.name}”.")
        return None
    if operation.outside:
        for line in lines.of(wait):
            move.work.send(
                wait.name,
                line.given,
                agency_id=move.instance.agency_id,
                instance_id=move.instance.id,
                token=wait.token,
                index=line.index,
                element=wait.element,
            )
        return _finished_if_no_lines(move, wait)
    results = []
    for line in lines.of(wait):
        notes, deliveries = len(move.work.notes), len(move.work.deliveries)
        try:
            with move.work.session.begin_nested():
                results.append(as_data(operation.function(operation.read(line.given), move.work)))
        except (BusinessError, InvalidInput) as error:
            # the savepoint took the rows back; what was to be written at the end goes with them
            del move.work.notes[notes:], move.work.deliveries[deliveries:]
            if isinstance(error, BusinessError):
                return business_error(move, wait, error)
            _stuck(move, wait, "operation", str(error))
            return None
    result = {"results": results} if wait.fan_out is not None else results[0]
    return _call(move, run.complete, wait.token, result)


def _decide(move: Move, wait: run.Wait) -> run.Step | None:
    table = move.ready.decisions.get(wait.name)
    if table is None:
        _stuck(move, wait, "decision", f"Không có bảng quyết định “{wait.name}”.")
        return None
    try:
        result = table.evaluate(wait.given, move.functions)
    except (PlatformError, ExpressionError) as error:
        _stuck(move, wait, "decision", str(error))
        return None
    return _call(move, run.complete, wait.token, result if isinstance(result, dict) else {"result": result})


def _start_called(move: Move, wait: run.Wait) -> run.Step | None:
    called = lines.of(wait)
    ended: dict[int, dict[str, Any]] = {}
    for line in called:
        child = start_child(move, wait, line)
        if child.error is not None:
            return business_error(move, wait, error_of(child))
        if child.status == "ended":
            ended[line.index or 0] = child.outcome
    if wait.fan_out is None:
        return _call(move, run.complete, wait.token, ended[0]) if ended else None
    if len(ended) == len(called):
        return _call(move, run.complete, wait.token, {"results": [ended[i] for i in sorted(ended)]})
    return None


def start_child(move: Move, wait: run.Wait, line: lines.Line) -> Instance:
    """Start the called procedure for one line; the version is the one pinned when the root started, else resolved
    now.
    """
    key = line.name or wait.name
    version_id = move.instance.pins.get(key)
    if version_id is None:
        version_id = definitions.current(move.work.session, key, move.instance.agency_id)
        move.instance.pins = {**move.instance.pins, key: version_id}
    child = Instance(
        agency_id=move.instance.agency_id,
        version_id=version_id,
        procedure=key,
        parent_id=move.instance.id,
        parent_token=wait.token,
        parent_index=line.index,
        document_id=move.instance.document_id,
        pins=move.instance.pins,
        state=b"",
        status="running",
        outcome={},
        started_at=move.work.now,
        started_by_id=move.work.actor.person_id,
    )
    begin(move.work, child, line.given)
    return child


def begin(work: Work, instance: Instance, data: Mapping[str, Any], start_element: str | None = None) -> None:
    """Run a new instance's first steps; it may have ended when this returns."""
    ready = definitions.ready(work.session, instance.version_id)
    move = Move(work, instance, ready)
    step = run.start(ready.procedure, dict(data), now=work.now, functions=move.functions, start_element=start_element)
    instance.state = step.state
    work.session.add(instance)
    work.session.flush()
    advance(move, step)


def error_of(child: Instance) -> BusinessError:
    """The error a called procedure ended with, as its caller meets it."""
    return BusinessError(child.error or "", f"Quy trình con “{child.procedure}” kết thúc với lỗi {child.error}.")


def correlate(work: Work, agency_id: int, name: str, correlation: str | None) -> None:
    """Let only one transaction at a time pair this message with its receiver, so that the two can't miss each other."""
    key = f"{agency_id}/{name}/{correlation}"
    work.session.execute(select(func.pg_advisory_xact_lock(MESSAGE_LOCK, func.hashtext(key))))


def _take_pending_message(move: Move, wait: run.Wait) -> run.Step | None:
    correlate(move.work, move.instance.agency_id, wait.name, wait.correlation)
    same_correlation = (
        PendingMessage.correlation.is_(None)
        if wait.correlation is None
        else PendingMessage.correlation == wait.correlation
    )
    kept = move.work.session.scalar(
        select(PendingMessage)
        .where(PendingMessage.agency_id == move.instance.agency_id, PendingMessage.name == wait.name, same_correlation)
        .order_by(PendingMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    if kept is None:
        return None
    move.work.session.delete(kept)
    return _call(move, run.complete, wait.token, kept.data)


def business_error(move: Move, wait: run.Wait, error: BusinessError) -> run.Step | None:
    """Let the diagram catch the error; where nothing is drawn for it, an incident."""
    try:
        step = _call(move, run.throw_error, wait.token, error.code, str(error))
        move.closed.append(wait.token)  # lines of it that still run or wait
        return step
    except run.Uncaught:
        _stuck(move, wait, "business-error", str(error))
        return None


def _stuck(move: Move, wait: run.Wait, kind: str, message: str) -> None:
    raise_incident(move.work, move.instance, wait.element, wait.token, kind, message)


def _finished_if_no_lines(move: Move, wait: run.Wait) -> run.Step | None:
    if wait.fan_out is not None and not wait.fan_out.items:
        return _call(move, run.complete, wait.token, {"results": []})
    return None


def _throw(move: Move, thrown: run.Thrown) -> None:
    """Messages and signals leave through the outbox: another instance is another transaction."""
    if thrown.kind in ("message", "signal"):
        given = {"kind": thrown.kind, "name": thrown.name, "correlation": thrown.correlation, "data": thrown.data}
        move.work.send(THROWN, given, agency_id=move.instance.agency_id)
        return
    if thrown.kind == "error":
        move.instance.error = thrown.name
    move.work.note(
        f"{thrown.kind}.thrown", "instance", move.instance.id, agency_id=move.instance.agency_id, name=thrown.name
    )


def _write(move: Move) -> None:
    work, instance = move.work, move.instance
    if isinstance(document_id := move.data.get("document_id"), int):
        instance.document_id = document_id
    if move.ended and instance.status == "running":
        instance.status, instance.ended_at, instance.outcome = "ended", work.now, move.data
    if move.closed:
        withdraw(work, instance, move.closed)
    if move.passages:
        insert_rows(work.session, _PASSAGES, move.passages)
        move.passages.clear()
    rest(work, instance, move.ready, list(move.resting.values()))
    move.resting.clear()


def withdraw(work: Work, instance: Instance, tokens: list[str]) -> None:
    """Take back everything that hangs on these tokens: tasks, subscriptions, deliveries, incidents, called
    procedures.
    """
    mine = instance.id
    work.session.execute(delete(Subscription).where(Subscription.instance_id == mine, Subscription.token.in_(tokens)))
    tasks.withdraw_tasks(work, mine, tokens)
    work.session.execute(
        update(outbox.Delivery)
        .where(
            outbox.Delivery.instance_id == mine,
            outbox.Delivery.token.in_(tokens),
            outbox.Delivery.state == outbox.WAITING,
        )
        .values(state=outbox.SKIPPED, settled_at=work.now)
    )
    work.session.execute(
        update(Incident)
        .where(Incident.instance_id == mine, Incident.token.in_(tokens), Incident.state == "open")
        .values(state="withdrawn", settled_at=work.now)
    )
    children = select(Instance).where(
        Instance.parent_id == mine, Instance.parent_token.in_(tokens), Instance.status == "running"
    )
    for child in work.session.scalars(children.with_for_update()).all():
        cancel(work, child)


def cancel(work: Work, instance: Instance) -> None:
    """Stop a running instance and everything below it; its history says cancelled."""
    move = Move(work, instance, definitions.ready(work.session, instance.version_id))
    _take(move, run.cancel(move.ready.procedure, instance.state))
    move.pending.clear()
    instance.status, instance.ended_at = "cancelled", work.now
    move.ended = False
    _write(move)
