"""Filters of the inbox that people keep, for themselves or for everybody of a role, and how many tasks each finds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ARRAY, BigInteger, String, and_, any_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from engine.directory.rules import ROLES
from engine.documents.models import Document
from engine.documents.text import fitting, fold
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.platform import ALLOWED, Actor, Verdict, Work
from engine.tasks.filters import DUE, URGENCIES, Filter, narrow
from engine.tasks.models import KeptFilter, Task
from engine.tasks.queries import BOXES, Box, in_box, searched

LONGEST_NAME = 60
LONGEST_SEARCH = 200
MOST = 20
"""How many one person keeps, and how many of a role's are shown to its holders."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A kept filter as its person sees it: what is asked, and whom it is shared with."""

    id: int
    name: str
    box: Box
    wanted: Filter
    search: str
    role: str | None
    person_id: int


def kept_filters(session: Session, actor: Actor) -> Sequence[Kept]:
    """A person's own filters and those shared with a role of theirs in the agency, by name."""
    if actor.person_id is None:
        return ()
    return [_read(row) for row in session.scalars(_KEPT, _own(actor))]


def kept_filter(session: Session, actor: Actor, filter_id: int) -> Kept:
    """One of them; NotFound for any other."""
    row = session.scalar(select(KeptFilter).where(_THEIRS, KeptFilter.id == filter_id), _own(actor))
    if row is None:
        raise NotFound("Không tìm thấy bộ lọc này.")
    return _read(row)


def kept_counts(session: Session, actor: Actor, kept: Sequence[Kept], now: datetime) -> dict[int, int]:
    """How many open tasks each of these finds for this person, in one statement."""
    if not kept:
        return {}
    counted = [_count(actor, each, now).label(f"kept_{each.id}") for each in kept]
    return dict(zip((each.id for each in kept), session.execute(select(*counted)).one(), strict=True))


def _count(actor: Actor, each: Kept, now: datetime) -> Any:
    rows = select(func.count()).select_from(Task).outerjoin(Document, Document.id == Task.document_id)
    rows = searched(narrow(in_box(rows, actor, each.box, now), each.wanted, now), fold(each.search))
    return rows.scalar_subquery()


def keep_filter(work: Work, name: str, box: str, wanted: Filter, search: str, role: str | None = None) -> KeptFilter:
    """Keep what an inbox is narrowed by under a name, for oneself or for everybody of a role.

    The same name of one's own takes the new choices. InvalidInput names the field, NotAllowed for a role that isn't
    one's own to share with.
    """
    called = fitting("name", "tên bộ lọc", name, LONGEST_NAME, required=True)
    if box not in BOXES or not (wanted.chosen or search):
        raise InvalidInput("Chọn điều kiện lọc trước khi lưu bộ lọc.", {"name": "Chọn ít nhất một điều kiện lọc."})
    if role is not None:
        work.require(may_share(work.actor, role))
    own = work.session.scalars(select(KeptFilter).where(KeptFilter.person_id == work.actor.person_id)).all()
    row = next((each for each in own if each.name == called), None)
    if row is None:
        if len(own) >= MOST:
            raise InvalidInput(f"Mỗi người lưu được {MOST} bộ lọc; xóa bớt bộ lọc không còn dùng.")
        row = KeptFilter(agency_id=work.actor.agency_id, person_id=work.actor.person_id, name=called)
        work.session.add(row)
    asked = {kind: getattr(wanted, kind) for kind in wanted.chosen}
    row.box, row.asked, row.role = box, {**asked, "q": search[:LONGEST_SEARCH]}, role
    work.session.flush()
    if role is not None:
        work.note("filter.shared", "filter", row.id, name=called, role=role)
    return row


def forget_filter(work: Work, filter_id: int) -> None:
    """Delete a filter of one's own; a shared one may also go by the agency's admin."""
    row = work.session.get(KeptFilter, filter_id)
    if row is None or row.agency_id != work.actor.agency_id:
        raise NotFound("Không tìm thấy bộ lọc này.")
    if not may_forget(work.actor, row.person_id, row.role):
        if row.role is None or row.role not in work.actor.roles:
            raise NotFound("Không tìm thấy bộ lọc này.")
        raise NotAllowed("Chỉ người lập bộ lọc hoặc quản trị cơ quan được xóa bộ lọc dùng chung.")
    work.session.delete(row)


def may_share(actor: Actor, role: str) -> Verdict:
    """A filter is shared with a role one holds oneself; the agency's admin shares with any."""
    if role in ROLES and (role in actor.roles or "agency-admin" in actor.roles):
        return ALLOWED
    return Verdict(False, "Chỉ dùng chung được bộ lọc cho vai trò mà bạn đang giữ.")


def may_forget(actor: Actor, person_id: int, role: str | None) -> bool:
    """Whether somebody may delete a filter of this person, shared with this role."""
    return person_id == actor.person_id or (role is not None and "agency-admin" in actor.roles)


def _own(actor: Actor) -> dict[str, Any]:
    return {"agency": actor.agency_id, "person": actor.person_id, "roles": sorted(actor.roles)}


# Every page asks for them: the statement is made once, not for each of them.
_THEIRS = and_(
    KeptFilter.agency_id == bindparam("agency", type_=BigInteger),
    or_(
        KeptFilter.person_id == bindparam("person", type_=BigInteger),
        KeptFilter.role == any_(bindparam("roles", type_=ARRAY(String))),
    ),
)
_KEPT = select(KeptFilter).where(_THEIRS).order_by(KeptFilter.name, KeptFilter.id).limit(2 * MOST)


def _read(row: KeptFilter) -> Kept:
    asked: Mapping[str, Any] = row.asked
    due, urgency, step, unit = (asked.get(name) for name in ("due", "urgency", "step", "unit"))
    wanted = Filter(due if due in DUE else None, urgency if urgency in URGENCIES else None, step, unit)
    return Kept(row.id, row.name, cast(Box, row.box), wanted, asked.get("q", ""), row.role, row.person_id)
