"""What goes into a package: the dossier, its documents in order, their files, read within what the actor may see."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from engine.directory import queries as directory
from engine.directory.models import Agency, Person
from engine.documents import queries as documents
from engine.documents.models import Attachment, Document
from engine.errors import PermanentError
from engine.files import FileStore
from engine.platform import Actor
from engine.records import queries, rules
from engine.records.models import ArchivePackage, Dossier, DossierEntry

PARTS = {
    "main": "Văn bản chính", "annex": "Phụ lục, tệp kèm theo", "notice": "Thông báo",
    "summary": "Bảng tổng hợp ý kiến", "opinion": "Ý kiến góp ý",
}  # fmt: skip
_PLAIN = re.compile(r"[^A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Original:
    """A file as it was received, signed or issued; `path` is its place below the representation's data."""

    path: str
    name: str
    part: str
    media_type: str
    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Item:
    """A document of the dossier with its files, what was said on it, and the report of its signatures."""

    entry: DossierEntry
    document: Document
    originals: tuple[Original, ...]
    trace: tuple[str, ...]
    recipients: tuple[tuple[str, str], ...]  # code, name

    @property
    def number(self) -> str:
        """Its order, for file names: 0007."""
        return f"{self.entry.ordinal:04d}"


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to the dossier, for PREMIS."""

    at: datetime
    action: str
    who: str


@dataclass(frozen=True, slots=True)
class Contents:
    """Everything a package says."""

    identifier: str
    purpose: str
    made_at: datetime
    dossier: Dossier
    agency_name: str
    agency_code: str
    keeper: str
    items: tuple[Item, ...]
    events: tuple[Event, ...]

    @property
    def maintenance(self) -> str:
        """Retention in words."""
        return rules.maintenance(self.dossier.retention_years)


def gather(session: Session, actor: Actor, package: ArchivePackage, now: datetime) -> Contents:
    """Read a closed dossier whole; PermanentError when the actor may no longer see all of it, or it was reopened."""
    dossier = queries.get(session, actor, package.dossier_id)
    lines = queries.lines(session, actor, dossier.id)
    verdict = rules.may_export(dossier, sum(line.document is None for line in lines))
    if not verdict:
        raise PermanentError(verdict.reason)
    agency = session.get_one(Agency, dossier.agency_id)
    people = {each.id: each.full_name for each in directory.people(session, agency.id)}
    items = tuple(_item(session, people, line.entry, line.document) for line in lines if line.document is not None)
    events = tuple(Event(each.at, each.action, each.person_name) for each in queries.events(session, dossier))
    code = directory.code_for(session, agency.id, directory.today(now)) or ""
    keeper = session.get_one(Person, dossier.keeper_id).full_name
    return Contents(package.identifier, package.purpose, now, dossier, agency.name, code, keeper, items, events)


def _item(session: Session, people: Mapping[int, str], entry: DossierEntry, document: Document) -> Item:
    files = [] if document.destroyed_at is not None else documents.attachments(session, document.id)
    kept = [each for each in files if each.part in PARTS]
    originals = tuple(_original(entry.ordinal, number, each) for number, each in enumerate(kept, 1))
    trace = [
        f"{each.at.isoformat()} {people.get(each.person_id or 0, '')}: {each.text}"
        for each in documents.instructions(session, document.id)
    ]
    trace += [
        f"{each.at.isoformat()} {people.get(each.person_id or 0, '')} ({each.kind} {each.verdict}): {each.text}"
        for each in documents.opinions(session, document.id)
    ]
    sent = documents.dispatches(session, document.id) if document.direction == "outgoing" else ()
    recipients = tuple((each.recipient_code, each.recipient_name) for each in sent)
    return Item(entry, document, originals, tuple(trace), recipients)


def _original(ordinal: int, number: int, row: Attachment) -> Original:
    return Original(
        f"{ordinal:04d}-{number:02d}-{plain(row.file_name)}", row.file_name, row.part, row.media_type, row.file_hash,
        row.size,
    )  # fmt: skip


def plain(name: str) -> str:
    """A file name of plain letters, short, with its extension: every program that unpacks can write it."""
    folded = unicodedata.normalize("NFD", name.replace("đ", "d").replace("Đ", "D"))
    kept = _PLAIN.sub("-", "".join(c for c in folded if not unicodedata.combining(c))).strip("-.") or "tep"
    stem, dot, extension = kept.rpartition(".")
    return f"{stem[:80]}.{extension[:10]}" if dot and stem else kept[:80]


def evidence(item: Item) -> bytes | None:
    """The report of the signature check, kept beside the originals (facts 9.4, 11.5); none where there is none."""
    report: dict[str, Any] = item.document.verification
    if not report:
        return None
    return json.dumps(report, ensure_ascii=False, indent=1, sort_keys=True).encode()


def bytes_of(files: FileStore, original: Original) -> bytes:
    """The bytes of an original, checked against their hash as they are read."""
    return files.get(original.sha256)
