"""Carry the outcome of a step of the BPMN core into rows, until nothing more can be done at once.

The core says what is wanted next; here engine operations run in the transaction, connector operations
become deliveries, people get tasks, timers and messages become subscriptions, called procedures start.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select

from engine.bpmn import run
from engine.bpmn.expressions import ExpressionError
from engine.database import NOTHING, Write, as_json, insert, inserting, write, written
from engine.definitions import queries as definitions
from engine.definitions.queries import Ready
from engine.errors import BusinessError, InvalidInput, PlatformError
from engine.instances import lines
from engine.instances.mending.incidents import raise_incident
from engine.instances.models import Instance, Passage, PendingMessage
from engine.instances.resting import rest, withdraw
from engine.instances.timing import reckonings
from engine.instances.timing.functions import functions
from engine.operations import as_data
from engine.platform import Work

THROWN = "instances.deliver-message"
MESSAGE_LOCK = 7002  # first key of the advisory locks on messages


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
    writes: list[Write] = field(default_factory=list)  # what goes into the database together with the step's rows
    reckoned: list[dict[str, Any]] = field(default_factory=list)  # deadlines its expressions have worked out
    state: bytes = field(init=False)

    def __post_init__(self) -> None:
        self.state = self.instance.state

    @property
    def functions(self) -> Mapping[str, Callable[..., Any]]:
        """What expressions of this agency may call besides CEL's own."""
        return functions(self.work, self.instance.agency_id, self.reckoned)


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
    return call(move.ready.procedure, move.state, *arguments, now=move.work.now, functions=move.functions)


def _take(move: Move, step: run.Step) -> None:
    move.state, move.ended, move.data = step.state, step.ended, step.data
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
    settle = {"operation": _operate, "decision": _decide, "call": _start_called, "message": _take_pending_message}
    if wait.kind not in settle:
        return None
    if move.writes:  # whoever works now sees what was done before
        write(move.work.session, *move.writes)
        move.writes.clear()
    return settle[wait.kind](move, wait)


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
    reckoned: list[dict[str, Any]] = []
    known = functions(work, instance.agency_id, reckoned)
    step = run.start(ready.procedure, dict(data), now=work.now, functions=known, start_element=start_element)
    instance.state = step.state
    insert(work.session, instance)
    advance(Move(work, instance, ready, reckoned=reckoned), step)


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
        .where(PendingMessage.ended_at.is_(None))
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


def _write(move: Move, status: str | None = None) -> None:
    """Bring the rows up to date in one statement; called procedures nobody waits for any more are stopped."""
    work, instance = move.work, move.instance
    writes = [*move.writes, *_progress(move, status)]
    if move.passages:
        writes.append(inserting(Passage.__table__, move.passages))
    if move.reckoned:
        writes.append(reckonings.keeping(instance, move.reckoned, work.now))
    if move.closed:
        writes += withdraw(work, instance, move.closed)
    writes += rest(work, instance, move.ready, list(move.resting.values()))
    if not writes:
        return
    found = write(work.session, *writes, then=_CALLED if move.closed else NOTHING)
    left_alone = found.scalars().all() if move.closed else ()
    for done in (move.writes, move.passages, move.reckoned, move.closed, move.resting):
        done.clear()
    if left_alone:
        children = select(Instance).where(Instance.id.in_(left_alone), Instance.status == "running")
        for child in work.session.scalars(children.order_by(Instance.id).with_for_update()).all():
            cancel(work, child)


_CALLED = """
    select id from instance
    where parent_id = :instance and parent_token = any(:tokens) and status = 'running'"""


def _progress(move: Move, status: str | None) -> list[Write]:
    """The writing of the instance's own row, when the move has changed it."""
    instance, document_id = move.instance, move.data.get("document_id")
    reached: dict[str, Any] = {name: getattr(instance, name) for name in _REACHED} | {"state": move.state}
    if isinstance(document_id, int):
        reached["document_id"] = document_id
    if instance.status == "running" and status is not None:
        reached |= {"status": status, "ended_at": move.work.now}
    elif instance.status == "running" and move.ended:
        reached |= {"status": "ended", "ended_at": move.work.now, "outcome": move.data}
    if all(getattr(instance, name) == value for name, value in reached.items()):
        return []
    written(instance, reached)
    return [Write(_PROGRESS, {**reached, "outcome": as_json(instance.outcome), "instance": instance.id})]


_REACHED = ("document_id", "status", "ended_at", "outcome")
_PROGRESS = """
    moved as (
      update instance set state = :state, document_id = :document_id, status = :status, ended_at = :ended_at,
        outcome = cast(:outcome as jsonb)
      where id = :instance
    )"""


def cancel(work: Work, instance: Instance) -> None:
    """Stop a running instance and everything below it; its history says cancelled."""
    move = Move(work, instance, definitions.ready(work.session, instance.version_id))
    _take(move, run.cancel(move.ready.procedure, instance.state))
    move.pending.clear()
    _write(move, status="cancelled")
