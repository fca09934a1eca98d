"""“Vì sao?”: which rule, role, state and clause keep an action from the page of a task."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.directory.models import Person, Unit
from engine.directory.names import name_order
from engine.directory.rules import ROLES
from engine.instances.queries import TaskView
from engine.platform import Actor, Verdict
from engine.tasks.rules import may_forward


@dataclass(frozen=True, slots=True)
class Why:
    """One action that isn't there: what the rule said, the rule itself, for whom the step is, who asks, the clause."""

    action: str
    reason: str
    rule: str
    given_to: str
    held: str
    clauses: tuple[str, ...]


def missing(session: Session, actor: Actor, view: TaskView) -> Sequence[Why]:
    """The actions of an open task that the actor doesn't have, each with its reasons; nothing when all are there."""
    if view.task.state != "open":
        return ()
    refused = [(action, rule, verdict) for action, rule, verdict in _verdicts(actor, view) if not verdict]
    if not refused:
        return ()
    given_to = _said(session, view.groups) or (view.assignee_name or "")
    held = ", ".join(ROLES[role] for role in ROLES if role in actor.roles) or _("Không có vai trò nào")
    return tuple(
        Why(action, verdict.reason, rule, given_to, held, (verdict.clause,) if verdict.clause else view.legal_basis)
        for action, rule, verdict in refused
    )


def _verdicts(actor: Actor, view: TaskView) -> Iterable[tuple[str, str, Verdict]]:
    yield (
        _("Hoàn thành"),
        _("Người đang nhận việc hoặc người được ủy quyền làm thay; khi chưa ai nhận thì người thuộc nhóm được giao."),
        view.may_complete,
    )
    if view.task.assignee_id != actor.person_id:
        yield _("Nhận việc"), _("Người thuộc nhóm được giao, khi chưa có ai nhận."), view.may_claim
    rule = _("Người đang nhận việc, người được ủy quyền làm thay hoặc quản trị cơ quan.")
    nobody = Verdict(False, _("Việc này chưa có ai nhận."))
    held = view.may_release if view.task.assignee_id else nobody
    personal = Verdict(False, _("Việc này được giao đích danh nên không có nhóm để trả lại."))
    yield _("Trả lại nhóm"), rule, held if view.groups or not held else personal
    yield _("Chuyển người khác"), rule, held
    if any("@" in group for group in view.groups):
        forward = _("Người nhận phần việc phối hợp của một đơn vị; bên chủ trì đổi bằng cách trả lại.")
        yield _("Chuyển đơn vị khác"), forward, may_forward(actor, view.task, view.groups)


def _said(session: Session, groups: Iterable[str]) -> str:
    """Groups as people call them: the role, with its unit if it is one unit's."""
    parts = [group.partition("@") for group in sorted(groups)]
    people = [int(role[7:]) for role, _at, _unit in parts if role.startswith("person:") and role[7:].isdigit()]
    of_units = [int(unit) for _role, _at, unit in parts if unit.isdigit()]
    units = _by_id(session, Unit.id, Unit.name, of_units)
    names = sorted(_by_id(session, Person.id, Person.full_name, people).values(), key=name_order)
    for role, _at, unit in parts:
        name = ROLES.get(role)
        if name:
            names.append(f"{name} ({units[int(unit)]})" if unit.isdigit() and int(unit) in units else name)
    return ", ".join(dict.fromkeys(names))


def _by_id(session: Session, key: Any, name: Any, ids: Sequence[int]) -> dict[int, str]:
    return {row[0]: row[1] for row in session.execute(select(key, name).where(key.in_(ids)))} if ids else {}
