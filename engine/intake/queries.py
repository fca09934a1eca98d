"""Reading scans and kept registration forms, always within the registry of one agency."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session

from engine.documents.models import Document
from engine.errors import NotFound
from engine.intake.models import OPEN, RegistrationForm, Scan
from engine.platform import Actor, Work

MOST = 200


def within(actor: Actor) -> ColumnElement[bool]:
    """Scans are the registry's alone: they aren't documents yet and may be anything (ND30-21)."""
    allowed = actor.is_system or "clerk" in actor.roles
    return (Scan.agency_id == actor.agency_id) if allowed else (Scan.id < 0)


def scans(session: Session, actor: Actor, states: Sequence[str] = (*OPEN, "stopped")) -> Sequence[Scan]:
    """Scans that wait, the oldest first: as they lie on the desk."""
    query = select(Scan).where(within(actor), Scan.state.in_(states)).order_by(Scan.id).limit(MOST)
    return session.scalars(query).all()


def waiting(session: Session, actor: Actor) -> int:
    """How many scans wait for the registry."""
    query = select(func.count()).select_from(Scan).where(within(actor), Scan.state.in_(OPEN))
    return session.scalar(query) or 0


def scan(session: Session, actor: Actor, scan_id: int) -> Scan:
    """One scan; NotFound for another agency's and for who isn't of the registry."""
    row = session.scalar(select(Scan).where(within(actor), Scan.id == scan_id))
    if row is None:
        raise NotFound("Không tìm thấy bản quét này.")
    return row


def locked(work: Work, scan_id: int) -> Scan:
    """The same, locked until the end of the transaction: who comes second sees what the first has done."""
    row = work.session.scalar(select(Scan).where(within(work.actor), Scan.id == scan_id).with_for_update())
    if row is None:
        raise NotFound("Không tìm thấy bản quét này.")
    return row


def forms(session: Session, actor: Actor) -> Sequence[RegistrationForm]:
    """Kept registration forms somebody may use: their own and those their roles share."""
    shared = RegistrationForm.role.in_(sorted(actor.roles))
    query = select(RegistrationForm).where(
        RegistrationForm.agency_id == actor.agency_id, or_(RegistrationForm.person_id == actor.person_id, shared)
    )
    return session.scalars(query.order_by(RegistrationForm.name, RegistrationForm.id).limit(MOST)).all()


def form(session: Session, actor: Actor, form_id: int) -> RegistrationForm:
    """One of them; NotFound otherwise."""
    found = next((each for each in forms(session, actor) if each.id == form_id), None)
    if found is None:
        raise NotFound("Không tìm thấy mẫu đăng ký này.")
    return found


def issuers(session: Session, agency_id: int) -> Sequence[str]:
    """Names of agencies that have written to this one, the most frequent first: what a head in capitals may mean."""
    count = func.count()
    query = (
        select(Document.organ_name)
        .where(Document.agency_id == agency_id, Document.direction == "incoming", Document.organ_name != "")
        .where(Document.destroyed_at.is_(None), Document.id > _recent(session))
        .group_by(Document.organ_name)
        .order_by(count.desc(), Document.organ_name)
        .limit(300)
    )
    return session.scalars(query).all()


def _recent(session: Session) -> int:
    """The id 20,000 documents back; looking further is slow and tells nothing new."""
    return (session.scalar(select(func.max(Document.id))) or 0) - 20_000


def held_by_scans(session: Session, hashes: Sequence[str]) -> set[str]:
    """Those of these hashes that an open scan holds."""
    rows = session.execute(select(Scan.given, Scan.file_hash, Scan.pictures).where(Scan.state.in_(OPEN)))
    return {each for given, file_hash, pictures in rows for each in _hashes(given, file_hash, pictures)} & set(hashes)


def bytes_of(row: Scan) -> list[str]:
    """Every hash a scan keeps in the file store: what was given, the joined file, the pictures of its pages."""
    return _hashes(row.given, row.file_hash, row.pictures)


def _hashes(given: Mapping[str, Any], file_hash: str | None, pictures: Mapping[str, Any]) -> list[str]:
    files = [each["hash"] for each in given.get("files", [])]
    return list(dict.fromkeys([*files, *([file_hash] if file_hash else []), *pictures.get("pages", [])]))
