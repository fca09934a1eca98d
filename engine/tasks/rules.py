"""Who may take, give back and complete a task, in words that can be shown."""

from __future__ import annotations

from collections.abc import Collection

from engine.directory.rules import stands_in
from engine.platform import ALLOWED, Actor, Verdict
from engine.tasks.models import Task


def may_see(actor: Actor, task: Task, candidates: Collection[str]) -> Verdict:
    """A person sees the tasks of the own agency that are theirs or that a group of theirs may take; admins see all of
    the agency.
    """
    if actor.agency_id != task.agency_id:
        return Verdict(False, "Không tìm thấy việc này.")
    if _is_theirs(actor, task) or task.completed_by_id == actor.person_id or actor.groups & set(candidates):
        return ALLOWED
    if actor.roles & {"agency-admin", "leader", "clerk"}:
        return ALLOWED
    return Verdict(False, "Việc này được giao cho người khác.")


def may_claim(actor: Actor, task: Task, candidates: Collection[str]) -> Verdict:
    """Only somebody of a candidate group, and only while nobody has it."""
    if actor.agency_id != task.agency_id:
        return Verdict(False, "Việc này thuộc cơ quan khác.")
    if task.assignee_id is not None and task.assignee_id != actor.person_id:
        return Verdict(False, "Việc này đã có người nhận xử lý.")
    if task.assignee_id == actor.person_id or actor.groups & set(candidates):
        return ALLOWED
    return Verdict(False, "Việc này không giao cho nhóm của bạn.")


def may_complete(actor: Actor, task: Task, candidates: Collection[str]) -> Verdict:
    """The assignee (or who stands in for them); an unassigned task, anybody who may take it."""
    if actor.agency_id != task.agency_id:
        return Verdict(False, "Việc này thuộc cơ quan khác.")
    if task.assignee_id is None:
        return may_claim(actor, task, candidates)
    return Verdict(_is_theirs(actor, task), "Việc này đang do người khác xử lý.")


def may_release(actor: Actor, task: Task) -> Verdict:
    """The assignee gives it back to the group; an agency admin may do it for somebody absent."""
    if _is_theirs(actor, task) or (actor.agency_id == task.agency_id and "agency-admin" in actor.roles):
        return ALLOWED
    return Verdict(False, "Chỉ người đang nhận việc mới trả lại được cho nhóm.")


def may_forward(actor: Actor, task: Task, candidates: Collection[str]) -> Verdict:
    """A unit's share of work done side by side may go to another unit; a step of its own can't change its unit."""
    if not (verdict := may_release(actor, task) if task.assignee_id else may_claim(actor, task, candidates)):
        return verdict
    if task.index is None or not any("@" in group for group in candidates):
        return Verdict(False, "Bước này gắn với đơn vị được giao; muốn đổi đơn vị thì trả lại người đã phân công.")
    return ALLOWED


def offered(assignee_id: int | None, grouped: bool) -> tuple[str, ...]:
    """What somebody in whose box a task lies can do with it as one of many: claim, release, hand over.

    In a box lies what is theirs, theirs as a stand-in, or nobody's and open to a group of theirs.
    """
    if assignee_id is None:
        return ("claim",)
    return ("release", "hand-over") if grouped else ("hand-over",)


def _is_theirs(actor: Actor, task: Task) -> bool:
    return task.assignee_id is not None and (
        task.assignee_id == actor.person_id or stands_in(actor, task.assignee_id, task.procedure)
    )
