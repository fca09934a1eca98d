"""Authorisations to sign and levels of approval of an agency; who may sign what today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from engine.directory import queries as directory
from engine.directory.authority import rules
from engine.directory.authority.models import ApprovalLevel, Authorisation
from engine.directory.models import Person, Post
from engine.errors import NotFound
from engine.platform import Verdict


@dataclass(frozen=True, slots=True)
class Capacity:
    """The lines above and at a signature, and the authorisation they rest on, if any."""

    verdict: Verdict
    line: str = ""
    position: str = ""
    authorisation: Authorisation | None = None


def authorisations(session: Session, agency_id: int) -> Sequence[Authorisation]:
    """Every authorisation of an agency, those that end last first."""
    rows = select(Authorisation).where(Authorisation.agency_id == agency_id)
    return session.scalars(rows.order_by(Authorisation.valid_to.desc(), Authorisation.id.desc())).all()


def authorisation(session: Session, agency_id: int | None, row_id: int) -> Authorisation:
    """One of this agency (None: of any); NotFound otherwise."""
    row = session.get(Authorisation, row_id)
    if row is None or (agency_id is not None and row.agency_id != agency_id):
        raise NotFound("Không tìm thấy giấy ủy quyền này.")
    return row


def held_by(session: Session, person: Person) -> Sequence[Authorisation]:
    """Authorisations given to a person or to the post they hold, newest first."""
    mine = Authorisation.receiver_id == person.id
    if person.post_id is not None:
        mine = or_(mine, Authorisation.post_id == person.post_id)
    rows = select(Authorisation).where(Authorisation.agency_id == person.agency_id, mine)
    return session.scalars(rows.order_by(Authorisation.valid_to.desc(), Authorisation.id.desc())).all()


def capacity_of(session: Session, agency_id: int, person_id: int, type_name: str, on: date) -> Capacity:
    """In which capacity somebody signs a document of this kind on a day; its verdict says why not.

    NotFound for people of another agency. By authorisation the line is “TUQ. GIÁM ĐỐC”, after the giver's post.
    """
    person = directory.person(session, agency_id, person_id)
    post = session.get(Post, person.post_id) if person.post_id else None
    position, line = (post.name, post.capacity) if post else ("", "")
    own = rules.signs_by_own_right({g.role for g in directory.roles_of(session, person_id, on=on)}, line)
    held = held_by(session, person)
    verdict = rules.may_sign(person.full_name, own, held, type_name, on)
    if own or not verdict:
        return Capacity(verdict, line, position)
    used = next(row for row in held if rules.in_force(row, on) and rules.covers(row, type_name))
    return Capacity(verdict, f"{rules.TUQ} {_post_of(session, used.giver_id).upper()}".strip(), position, used)


def signs_by_own_right(session: Session, person: Person, on: date) -> bool:
    """Whether somebody signs without anybody's authorisation."""
    post = session.get(Post, person.post_id) if person.post_id else None
    roles = {grant.role for grant in directory.roles_of(session, person.id, on=on)}
    return rules.signs_by_own_right(roles, post.capacity if post else "")


def _post_of(session: Session, person_id: int) -> str:
    found = session.scalar(select(Post.name).join(Person, Person.post_id == Post.id).where(Person.id == person_id))
    return found or ""


def authorised(session: Session, agency_id: int, on: date) -> dict[int, Authorisation]:
    """Active people who may sign by authorisation on a day, each with one that says so."""
    rows = select(Authorisation).where(
        Authorisation.agency_id == agency_id, Authorisation.revoked_at.is_(None),
        Authorisation.valid_from <= on, Authorisation.valid_to >= on,
    )  # fmt: skip
    found: dict[int, Authorisation] = {}
    for row in session.scalars(rows.order_by(Authorisation.id)):
        whose = Person.id == row.receiver_id if row.receiver_id is not None else Person.post_id == row.post_id
        ids = select(Person.id).where(Person.agency_id == agency_id, Person.active, whose)
        for person_id in session.scalars(ids):
            found.setdefault(person_id, row)
    return found


def levels(session: Session, agency_id: int) -> Sequence[ApprovalLevel]:
    """The levels of approval an agency has set, in their order."""
    rows = select(ApprovalLevel).where(ApprovalLevel.agency_id == agency_id)
    return session.scalars(rows.order_by(ApprovalLevel.position, ApprovalLevel.id)).all()


def levels_for(session: Session, agency_id: int, type_name: str, signer_id: int | None) -> list[ApprovalLevel]:
    """The levels a document of this kind passes; the signer's own level is left out, approving is theirs anyway."""
    return [
        row for row in levels(session, agency_id)
        if rules.covers(row, type_name) and (row.person_id is None or row.person_id != signer_id)
    ]  # fmt: skip
