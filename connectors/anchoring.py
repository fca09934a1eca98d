"""Ends of the audit chains laid down outside the database with a time stamp, so that a cut-off end shows.

A chain proves that nothing in it was changed, but not that its last lines are still there. Once an hour the end of
every chain goes into a file of the day beside the data, with an RFC 3161 time stamp of that file next to it.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import structlog
from asn1crypto import cms
from pyhanko.sign.validation.generic_cms import validate_tst_signed_data
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connectors.signing.client import signing_client
from connectors.signing.trust import Trust
from engine.audit import AuditEntry
from engine.clock import VIETNAM
from engine.errors import PlatformError
from engine.platform import Platform
from engine.settings import Settings

log = structlog.get_logger(__name__)


def folder(settings: Settings) -> Path:
    """Where the ends are laid down; it belongs into another backup than the database."""
    return settings.data_path / "audit-heads"


def lay_down(platform: Platform) -> Path | None:
    """Write the ends of all chains and their time stamp into the file of the day; None when nothing is new.

    Without a time-stamp authority the file is written nevertheless: better an unproven time than no end at all.
    """
    now = platform.clock.now().astimezone(VIETNAM)
    target = folder(platform.settings) / f"{now:%Y-%m-%d}.json"
    with platform.reading() as session:
        ends = _ends(session)
        lost = list(_lost(session, target)) if target.exists() else []
    if not ends or _told(target) == ends:
        return None
    if lost:  # the file is the proof now: the next one goes beside it
        log.error("audit trail doesn't hold what was laid down", found=lost[:10])
        target = target.with_name(f"{now:%Y-%m-%dT%H%M%S}.json")
    content = json.dumps({"at": now.isoformat(), "ends": ends}, sort_keys=True).encode()
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        token: bytes | None = _stamped(platform, content)
    except PlatformError as error:
        log.warning("ends of the audit chains have no time stamp", error=str(error))
        token = None
    _write(target.with_suffix(".tst"), token)
    _write(target, content)
    return target


def breaks(platform: Platform, session: Session) -> Iterator[str]:
    """Sentences on every laid-down end the database doesn't hold any more, and on files that were changed."""
    trust, now = signing_client(platform).trust(), platform.clock.now()
    for path in sorted(folder(platform.settings).glob("*.json")):
        content = path.read_bytes()
        token = path.with_suffix(".tst")
        if token.exists() and not _is_genuine(token.read_bytes(), content, trust, now):
            yield f"Tệp neo {path.name} không khớp với dấu thời gian của nó."
        yield from _lost(session, path)


def _lost(session: Session, path: Path) -> Iterator[str]:
    try:
        told = json.loads(path.read_bytes())["ends"].items()
        ends = {int(chain): (int(place), str(own)) for chain, (place, own) in told}
    except (ValueError, TypeError, KeyError, AttributeError):
        yield f"Tệp neo {path.name} bị hỏng."
        return
    for chain, (sequence, own) in ends.items():
        same_place = select(AuditEntry.hash).where(AuditEntry.chain == chain, AuditEntry.sequence == sequence)
        found = session.scalar(same_place)
        if found is None:
            yield f"Chuỗi {chain}: mất các dòng cuối; dòng {sequence} còn ở tệp neo {path.name}."
        elif found != own:
            yield f"Chuỗi {chain}, dòng {sequence}: khác với tệp neo {path.name}."


def _ends(session: Session) -> dict[str, list[object]]:
    last = select(AuditEntry.chain, func.max(AuditEntry.sequence).label("sequence")).group_by(AuditEntry.chain)
    ends = last.subquery()
    rows = select(AuditEntry.chain, AuditEntry.sequence, AuditEntry.hash).join(
        ends, (ends.c.chain == AuditEntry.chain) & (ends.c.sequence == AuditEntry.sequence)
    )
    return {str(row.chain): [row.sequence, row.hash] for row in session.execute(rows.order_by(AuditEntry.chain))}


def _told(path: Path) -> object:
    try:
        return json.loads(path.read_bytes())["ends"]
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _stamped(platform: Platform, content: bytes) -> bytes:
    desk = signing_client(platform).desk
    digest = hashlib.sha256(content).digest()
    return bytes(asyncio.run(desk.timestamper.async_timestamp(digest, "sha256")).dump())


def _is_genuine(token: bytes, content: bytes, trust: Trust, now: datetime) -> bool:
    """Whether the token stamps these bytes and comes from a trusted authority."""

    def imprint(algorithm: str) -> bytes:
        return hashlib.new(algorithm, content, usedforsecurity=False).digest()

    try:
        signed = cms.ContentInfo.load(token, strict=True)["content"]
        status = asyncio.run(validate_tst_signed_data(signed, trust.context(now), imprint))
    except Exception as error:  # a hostile or broken token raises anything; each of them means: no proof
        log.info("time stamp could not be read", error=type(error).__name__)
        return False
    return bool(status.get("valid") and status.get("intact") and status.get("trust_problem_indic") is None)


def _write(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
        return
    fresh = path.with_name(path.name + ".new")
    fresh.write_bytes(content)
    os.replace(fresh, path)
