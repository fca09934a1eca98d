"""Phrases (mẫu ý kiến): words somebody writes again and again, one's own or shared by a role within the agency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from engine.directory.rules import ROLES
from engine.documents.text import fitting, fold
from engine.errors import Conflict, InvalidInput, NotFound
from engine.platform import ALLOWED, Actor, Verdict, Work
from engine.tasks.models import Phrase

LONGEST_NAME, LONGEST_TEXT, MOST = 60, 2000, 100


def phrases(session: Session, actor: Actor) -> Sequence[Phrase]:
    """A person's own phrases and those shared with a role of theirs in the agency, by name as people read it."""
    rows = select(Phrase).where(_theirs(actor)).order_by(Phrase.id).limit(5 * MOST)
    return sorted(session.scalars(rows), key=lambda each: (fold(each.name), each.id))


def phrase(session: Session, actor: Actor, phrase_id: int) -> Phrase:
    """One of them; NotFound for any other."""
    found = session.scalar(select(Phrase).where(_theirs(actor), Phrase.id == phrase_id))
    if found is None:
        raise NotFound("Không tìm thấy mẫu ý kiến này.")
    return found


def keep_phrase(
    work: Work, name: str, text: str, role: str | None = None, phrase_id: int | None = None
) -> Phrase:  # fmt: skip
    """Keep words under a name, or change what is kept; InvalidInput names the field.

    NotAllowed for a role that isn't one's own to share with, and for what somebody else has shared.
    """
    called = fitting("name", "tên mẫu ý kiến", name, LONGEST_NAME, required=True)
    said = fitting("text", "nội dung mẫu ý kiến", text, LONGEST_TEXT, required=True, lines=True)
    if role is not None:
        work.require(may_share(work.actor, role))
    row = phrase(work.session, work.actor, phrase_id) if phrase_id is not None else None
    if row is not None:
        work.require(may_change(work.actor, row))
    owner = row.person_id if row is not None else work.actor.person_id
    same = select(Phrase.id).where(Phrase.person_id == owner, Phrase.name == called)
    if (twin := work.session.scalar(same)) is not None and (row is None or twin != row.id):
        sentence = f"Đã có mẫu ý kiến “{called}”; đặt tên khác."
        raise InvalidInput(sentence, {"name": sentence})
    if row is None:
        mine = select(func.count()).select_from(Phrase).where(Phrase.person_id == work.actor.person_id)
        if (work.session.scalar(mine) or 0) >= MOST:
            raise Conflict(f"Mỗi người lưu được {MOST} mẫu ý kiến; xóa bớt mẫu không còn dùng.")
        row = Phrase(agency_id=work.actor.agency_id, person_id=work.actor.person_id)
        work.session.add(row)
    row.name, row.text, row.role = called, said, role
    work.session.flush()
    if role is not None:
        work.note("phrase.shared", "phrase", row.id, name=called, role=role)
    return row


def forget_phrase(work: Work, phrase_id: int) -> None:
    """Delete a phrase of one's own; a shared one may also go by the agency's admin."""
    row = phrase(work.session, work.actor, phrase_id)
    work.require(may_change(work.actor, row))
    if row.role is not None:
        work.note("phrase.removed", "phrase", row.id, name=row.name, role=row.role)
    work.session.delete(row)


def may_share(actor: Actor, role: str) -> Verdict:
    """A phrase is shared with a role one holds oneself; the agency's admin shares with any."""
    if role in ROLES and (role in actor.roles or "agency-admin" in actor.roles):
        return ALLOWED
    return Verdict(False, "Chỉ dùng chung được mẫu ý kiến cho vai trò mà bạn đang giữ.")


def may_change(actor: Actor, row: Phrase) -> Verdict:
    """Who has written it; what is shared also by the agency's admin."""
    if row.person_id == actor.person_id or (row.role is not None and "agency-admin" in actor.roles):
        return ALLOWED
    return Verdict(False, "Chỉ người lập mẫu ý kiến hoặc quản trị cơ quan được sửa, xóa mẫu dùng chung.")


def _theirs(actor: Actor) -> Any:
    shared: Any = Phrase.role.in_(actor.roles)
    if "agency-admin" in actor.roles:
        shared = or_(shared, Phrase.role.is_not(None))
    return and_(Phrase.agency_id == actor.agency_id, or_(Phrase.person_id == actor.person_id, shared))
