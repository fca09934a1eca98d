"""Move running cases to another version, each in a transaction of its own, and take moves back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from sqlalchemy import func, insert, select, update

from engine.bpmn import run
from engine.bpmn.dialect import Element
from engine.definitions import queries as definitions
from engine.definitions.queries import Ready
from engine.errors import Conflict, InvalidInput, NotFound
from engine.instances import lines, rules
from engine.instances.advance import Move, advance
from engine.instances.models import Instance, Migration, MigrationCase, Passage
from engine.instances.moving import snapshot
from engine.instances.moving.impact import readied
from engine.platform import Work
from engine.tasks.models import Task

MOVE_CASES = "instances.move-cases"
MOVED = "moved"  # a line of history: the case goes on in another version


def begin_migration(
    work: Work,
    from_version_id: int,
    to_version_id: int,
    *,
    instances: Sequence[int] | None = None,
    renamed: Mapping[str, str] | None = None,
) -> Migration:
    """Order that running cases of the actor's agency go over: these, or all; a worker then moves them one by one.

    NotAllowed, NotFound; Conflict when the target isn't in force; InvalidInput when there is nothing to move.
    """
    agency_id = work.actor.agency_id or 0
    work.require(rules.may_move(work.actor, agency_id))
    readied(work.session, work.actor, from_version_id, to_version_id)
    target = definitions.version(work.session, work.actor, to_version_id)[0]
    if target.state != "published":
        raise Conflict("Chỉ chuyển hồ sơ sang phiên bản đang áp dụng; hãy ban hành phiên bản này trước.")
    chosen = select(Instance.id).where(
        Instance.agency_id == agency_id, Instance.version_id == from_version_id, Instance.status == "running"
    )
    if instances is not None:
        chosen = chosen.where(Instance.id.in_(instances))
    ids = list(work.session.scalars(chosen.order_by(Instance.id)))
    if not ids:
        raise InvalidInput("Không còn hồ sơ nào đang chạy để chuyển; hãy tải lại trang.")
    migration = Migration(
        agency_id=agency_id,
        from_version_id=from_version_id,
        to_version_id=to_version_id,
        renamed=dict(renamed or {}),
        state="running",
        total=len(ids),
        moved=0,
        failed=0,
        created_at=work.now,
        created_by_id=work.actor.person_id,
    )
    work.session.add(migration)
    work.session.flush()
    work.session.execute(
        insert(MigrationCase),
        [
            {"migration_id": migration.id, "instance_id": each, "state": "waiting", "details": {}, "sentence": "",
             "after_hash": ""}
            for each in ids
        ],
    )  # fmt: skip
    work.note(
        "migration.ordered", "migration", migration.id, from_version=from_version_id, to_version=to_version_id,
        cases=len(ids), renamed=dict(renamed or {}),
    )  # fmt: skip
    send(work, migration.id)
    return migration


def send(work: Work, migration_id: int, *, back: bool = False) -> None:
    """Let a worker go on with a migration."""
    work.send(MOVE_CASES, {"migration": migration_id, "back": back}, agency_id=work.actor.agency_id)


def move_case(work: Work, case_id: int) -> MigrationCase:
    """Put one case on the new version; what can't go over stays where it is, and the case says why."""
    case, migration, instance = _locked(work, case_id)
    if case.state != "waiting":
        return case
    if instance.status != "running" or instance.version_id != migration.from_version_id:
        return _refused(case, "Hồ sơ đã kết thúc hoặc đã ở phiên bản khác.")
    old = definitions.ready(work.session, migration.from_version_id)
    new = definitions.ready(work.session, migration.to_version_id)
    move = Move(work, instance, new)
    where = {place.token: place.element for place in run.places(old.procedure, instance.state)}
    try:
        step = run.move(new.procedure, instance.state, work.now, move.functions, migration.renamed)
    except Conflict as error:
        return _refused(case, str(error))
    case.before, case.details = instance.state, snapshot.taken(work.session, instance.id)
    instance.version_id = migration.to_version_id
    snapshot.rename(work.session, instance.id, migration.renamed)
    instance.state = step.state
    _record(work, instance, where, new)
    advance(move, step)
    work.session.flush()
    _refresh_tasks(work, move, old, migration.renamed)
    case.state = "moved"
    case.after_hash = snapshot.fingerprint(work.session, instance) if instance.state == step.state else ""
    _note(work, "instance.moved", instance, migration)
    return case


def undo_migration(work: Work, migration_id: int) -> Migration:
    """Order that every moved case nobody has touched since goes back to the version it came from."""
    migration = visible(work, migration_id, lock=True)
    work.require(rules.may_move(work.actor, migration.agency_id))
    if migration.state != "done":
        raise Conflict("Đợt chuyển này đang chạy hoặc đã được hoàn lại.")
    migration.state = "undone"
    work.note("migration.undone", "migration", migration.id)
    send(work, migration.id, back=True)
    return migration


def undo_case(work: Work, case_id: int) -> MigrationCase:
    """Take one move back exactly; a case somebody or something has acted on since stays on the new version."""
    case, migration, instance = _locked(work, case_id)
    if case.state != "moved" or case.before is None:
        return case
    untouched = instance.status == "running" and instance.version_id == migration.to_version_id
    if not untouched or not case.after_hash or snapshot.fingerprint(work.session, instance) != case.after_hash:
        case.sentence = "Đã có xử lý trên phiên bản mới nên không hoàn lại được."
        return case
    new = definitions.ready(work.session, migration.to_version_id)
    old = definitions.ready(work.session, migration.from_version_id)
    where = {place.token: place.element for place in run.places(new.procedure, instance.state)}
    instance.state, instance.version_id = case.before, migration.from_version_id
    snapshot.put_back(work.session, instance.id, case.details, migration.renamed)
    _record(work, instance, where, old)
    case.state = "undone"
    _note(work, "instance.moved-back", instance, migration)
    return case


def refuse_case(work: Work, case_id: int, sentence: str) -> MigrationCase:
    """Write down that a case couldn't be moved because of an error on the way; it is as it was."""
    case, _migration, _instance = _locked(work, case_id)
    return _refused(case, sentence) if case.state == "waiting" else case


def finish(work: Work, migration_id: int) -> Migration:
    """Close a round: count what was moved and what wasn't."""
    migration = visible(work, migration_id, lock=True)
    states = select(MigrationCase.state, func.count()).where(MigrationCase.migration_id == migration_id)
    counted = {row[0]: row[1] for row in work.session.execute(states.group_by(MigrationCase.state))}
    migration.moved = counted.get("moved", 0) + counted.get("undone", 0)
    migration.failed = counted.get("failed", 0)
    if migration.state == "running":
        migration.state = "done"
    migration.finished_at = work.now
    return migration


def visible(work: Work, migration_id: int, *, lock: bool = False) -> Migration:
    """A migration of the actor's own agency; NotFound otherwise."""
    found = work.session.get(Migration, migration_id, with_for_update=lock)
    if found is None or found.agency_id != work.actor.agency_id:
        raise NotFound("Không tìm thấy đợt chuyển hồ sơ này.")
    return found


def _locked(work: Work, case_id: int) -> tuple[MigrationCase, Migration, Instance]:
    """A case of a migration with its instance locked first, in the order every command does."""
    instance_id = work.session.scalar(select(MigrationCase.instance_id).where(MigrationCase.id == case_id))
    if instance_id is None:
        raise NotFound("Không tìm thấy hồ sơ này trong đợt chuyển.")
    instance = work.session.scalar(select(Instance).where(Instance.id == instance_id).with_for_update())
    case = work.session.get_one(MigrationCase, case_id, with_for_update=True)
    migration = work.session.get_one(Migration, case.migration_id)
    if instance is None or migration.agency_id != work.actor.agency_id:
        raise NotFound("Không tìm thấy hồ sơ này trong đợt chuyển.")
    work.require(rules.may_move(work.actor, migration.agency_id))
    return case, migration, instance


def _refused(case: MigrationCase, sentence: str) -> MigrationCase:
    case.state, case.sentence = "failed", sentence
    return case


def _record(work: Work, instance: Instance, where: Mapping[str, str], ready: Ready) -> None:
    """A line of history per token; one that goes on under another name leaves the old element and enters the new."""
    rows: list[dict[str, Any]] = []
    for place in run.places(ready.procedure, instance.state):
        before = where.get(place.token, place.element)
        if before != place.element:
            rows += [_line(work, instance, place.token, before, "cancelled")]
            rows += [_line(work, instance, place.token, place.element, "entered")]
        rows += [_line(work, instance, place.token, place.element, MOVED)]
    if rows:
        work.session.execute(insert(Passage), rows)


def _line(work: Work, instance: Instance, token: str, element: str, event: str) -> dict[str, Any]:
    by = {"person_id": work.actor.person_id, "acting_for_id": work.actor.acting_for_id} if event == MOVED else {}
    return {
        "instance_id": instance.id,
        "version_id": instance.version_id,
        "element": element,
        "token": token,
        "event": event,
        "at": work.now,
        "person_id": None,
        "acting_for_id": None,
        "flow": None,
    } | by


def _refresh_tasks(work: Work, move: Move, old: Ready, renamed: Mapping[str, str]) -> None:
    """Open tasks whose element the new version changed: its name, form, who may take it and by when."""
    instance, new = move.instance, move.ready
    origin = {target: source for source, target in renamed.items()}
    tasks = work.session.scalars(
        select(Task).where(Task.instance_id == instance.id, Task.state.in_(("open", "planned"))).order_by(Task.id)
    ).all()
    offered: dict[str, dict[int | None, Any]] = {}
    for task in tasks:
        now = new.procedure.elements.get(task.element)
        before = old.procedure.elements.get(origin.get(task.element, task.element))
        if now is None or before is None or _asks(now) == _asks(before):
            continue
        if task.token not in offered:
            offered[task.token] = {each.index: each for each in lines.tasks_of(instance, new, _announced(move, task))}
        again = offered[task.token].get(task.index)
        if again is None:
            continue
        changed = {"name": again.name, "form": again.form, "priority": again.priority}
        if now.attributes.get("dueDate") != before.attributes.get("dueDate"):
            changed["due_at"] = again.due_at
        work.session.execute(update(Task).where(Task.id == task.id).values(**changed, version=Task.version + 1))
        snapshot.offer(work.session, task.id, list(again.groups))
    work.session.expire_all()


def _asks(element: Element) -> tuple[Any, ...]:
    """What of an element a row of the worklist shows or obeys."""
    names = ("candidateGroups", "candidateUsers", "assignee", "dueDate", "priority", "formRef")
    return (element.name, *(element.attributes.get(name) for name in names))


def _announced(move: Move, task: Task) -> run.Wait:
    """The wait behind a task as the new version words it; the core says it once more, the state stays as it is."""
    step = partial(run.retry, move.ready.procedure, move.instance.state, task.token)(
        now=move.work.now, functions=move.functions
    )
    return next(wait for wait in step.opened if wait.token == task.token)


def _note(work: Work, action: str, instance: Instance, migration: Migration) -> None:
    work.note(
        action, "instance", instance.id, agency_id=instance.agency_id, migration=migration.id,
        from_version=migration.from_version_id, to_version=migration.to_version_id,
    )  # fmt: skip
