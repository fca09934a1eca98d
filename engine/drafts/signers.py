"""Who a draft names as its signer: whether they can still sign it, who else may, who may say so (ND30-13)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from engine.directory import queries as directory
from engine.directory.authority import queries as authority
from engine.directory.authority.rules import BY_POST
from engine.directory.models import Person, Post
from engine.directory.names import name_order
from engine.documents.models import Document
from engine.platform import ALLOWED, Actor, Verdict

UNSIGNED = ("draft", "content_check", "form_check", "approval", "approved")
"""The statuses of a draft that nobody has signed."""


def problem(session: Session, document: Document, on: date) -> Verdict:
    """Why the person a draft names as signer can't sign it any more, or ALLOWED; drafts that name nobody are fine."""
    if not is_open(document) or document.signer_id is None:
        return ALLOWED
    person = session.get(Person, document.signer_id)
    if person is None or person.agency_id != document.agency_id or not person.active:
        return _stopped(f"{document.signer_name or 'Người ký'} đã ngừng hoạt động trong cơ quan.")
    if person.closes_on is not None:
        return _stopped(f"{person.full_name} đã bàn giao công việc để nghỉ từ ngày {person.closes_on:%d/%m/%Y}.")
    found = authority.capacity_of(session, document.agency_id, person.id, document.type_name, on)
    if not found.verdict:
        return found.verdict
    named, now = (document.signer_capacity, document.signer_position), (found.line[:100], found.position)
    if named != now:
        return _stopped(f"Dự thảo ghi {person.full_name} ký với tư cách {_said(*named)}, nay là {_said(*now)}.")
    return ALLOWED


def is_open(document: Document) -> bool:
    """Whether it is an outgoing document that waits for its signature."""
    return document.direction == "outgoing" and document.status in UNSIGNED and document.destroyed_at is None


def candidates(session: Session, document: Document, on: date) -> Sequence[tuple[Person, authority.Capacity]]:
    """People at work in the agency who may sign this kind of document on a day, each with the lines above it."""
    posts = select(Post.id).where(or_(*(Post.capacity.ilike(f"{line}%") for line in BY_POST)))
    by_post = select(Person.id).where(Person.agency_id == document.agency_id, Person.post_id.in_(posts))
    ids = {each.id for each in directory.people_with(session, document.agency_id, role="leader", on=on)}
    ids |= {*authority.authorised(session, document.agency_id, on), *session.scalars(by_post)}
    rows = select(Person).where(Person.id.in_(ids), Person.active, Person.closes_on.is_(None))
    found = [
        (each, authority.capacity_of(session, document.agency_id, each.id, document.type_name, on))
        for each in session.scalars(rows)
    ]
    return sorted(((p, c) for p, c in found if c.verdict), key=lambda each: name_order(each[0].full_name))


def may_choose(actor: Actor, document: Document) -> Verdict:
    """Who drafts, the head of the drafting unit and leaders choose another signer, until somebody has signed."""
    if not is_open(document):
        return Verdict(False, "Chỉ chọn được người ký khi dự thảo chưa ký.", "ND30-13.7")
    if document.frozen:
        return Verdict(False, "Văn bản đã thu hồi, không sửa được.", "SYS-8")
    if actor.is_system or document.drafter_id in {actor.person_id, *actor.standing_in_for}:
        return ALLOWED
    if "leader" in actor.roles:
        return ALLOWED
    if document.unit_id is not None and f"unit-head@{document.unit_id}" in actor.groups | actor.stand_in_groups:
        return ALLOWED
    said = "Chỉ người soạn thảo, trưởng đơn vị soạn thảo và lãnh đạo chọn được người ký khác."
    return Verdict(False, said, "ND30-10.2")


def naming(agency_id: int, person_id: int) -> Any:
    """Condition on Document: unsigned drafts that name somebody as signer."""
    return and_(
        Document.agency_id == agency_id, Document.direction == "outgoing", Document.signer_id == person_id,
        Document.status.in_(UNSIGNED), Document.destroyed_at.is_(None),
    )  # fmt: skip


def _stopped(said: str) -> Verdict:
    return Verdict(False, said, "ND30-13.1")


def _said(capacity: str, position: str) -> str:
    lines = [each for each in dict.fromkeys((capacity, position)) if each]
    return f"“{', '.join(lines)}”" if lines else "chưa rõ chức vụ"
