"""Who holds bytes: every table that needs them is asked, whichever agency it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from sqlalchemy.orm import Session

import engine.schema
from engine.database import Base
from engine.documents.models import Attachment, LayoutCheck, PrintedBook
from engine.drafts.models import DraftTemplate
from engine.errors import TemporaryError
from engine.files import FileMissing
from engine.holding import FILES_BY_NAME, ONE_FILE, RemoveBytes, held, remove_bytes
from engine.instances.practice.reporting.models import ReportFile, ReportSchedule
from engine.intake.models import Scan
from engine.operations import Outside
from engine.platform import Platform, Work, system
from engine.records.models import ArchivePackage, Dossier
from tests import builders, removing
from tests.builders import Office

HASH = "ab" * 32
# Columns that tell which bytes there were, and don't need them.
TELLING = {
    "arrival.raw_hash", "dispatch_status.raw_hash", "content.file_hash", "opinion.judged_hash",
    "opinion_round.about_hash", "migration_case.after_hash",
    "version.content_hash", "audit_entry.hash", "audit_entry.previous_hash", "person.password_hash",
}  # fmt: skip
SCANS = {"scan.file_hash", "scan.given", "scan.pictures"}


def test_every_column_of_a_hash_is_known_as_needed_or_not() -> None:
    assert engine.schema
    columns = {f"{table.name}.{column.name}" for table in Base.metadata.tables.values() for column in table.columns}
    hashes = {name for name in columns if name.endswith("hash")}
    needed = {f"{column.class_.__tablename__}.{column.key}" for column in (*ONE_FILE, *FILES_BY_NAME)}
    assert needed <= columns
    assert hashes - needed - SCANS == TELLING, "say in engine.holding or here what the column means"


def printed(session: Session, office: Office, now: datetime) -> None:
    session.add(
        PrintedBook(
            agency_id=office.id, person_id=office["clerk"].id, title="Sổ", given={}, rows_total=0, file_hash=HASH,
            created_at=now, expires_at=now,
        )
    )  # fmt: skip


def template(session: Session, office: Office, now: datetime) -> None:
    session.add(
        DraftTemplate(
            agency_id=office.id, type_name="Công văn", file_hash=HASH, file_name="m.docx", size=1, report={},
            created_at=now,
        )
    )  # fmt: skip


def scan(session: Session, office: Office, now: datetime) -> None:
    given = {"files": [{"hash": HASH, "name": "a.png", "type": "image/png", "size": 1}]}
    session.add(Scan(agency_id=office.id, created_at=now, given=given, pictures={}, proposals={}))


def page_of_a_scan(session: Session, office: Office, now: datetime) -> None:
    session.add(Scan(agency_id=office.id, created_at=now, given={}, pictures={"pages": [HASH]}, proposals={}))


def package(session: Session, office: Office, now: datetime) -> None:
    dossier = Dossier(
        agency_id=office.id, year=2026, ordinal=1, title="Hồ sơ", notation="01.VP", keeper_id=office["clerk"].id,
        created_at=now,
    )  # fmt: skip
    session.add(dossier)
    session.flush()
    session.add(
        ArchivePackage(
            agency_id=office.id, dossier_id=dossier.id, person_id=office["clerk"].id, purpose="export",
            identifier="urn:uuid:1", file_hash=HASH, counts={}, created_at=now,
        )
    )  # fmt: skip


def report(session: Session, office: Office, now: datetime) -> None:
    schedule = ReportSchedule(
        agency_id=office.id, kind="quarterly", every="quarter", receivers=[], made_by_id=office["clerk"].id,
        made_at=now, next_at=now,
    )  # fmt: skip
    session.add(schedule)
    session.flush()
    session.add(
        ReportFile(
            agency_id=office.id, schedule_id=schedule.id, kind="quarterly", period="2026-Q3", receivers=[],
            state="done", files={"pdf": HASH}, ordered_at=now,
        )
    )  # fmt: skip


@pytest.mark.parametrize("keep", [printed, template, scan, page_of_a_scan, package, report])
def test_who_holds_bytes_keeps_them(
    platform: Platform, office: Office, keep: Callable[[Session, Office, datetime], None]
) -> None:
    with platform.reading() as session:
        assert held(session, [HASH]) == set()

    def hold(work: Work) -> None:
        keep(work.session, office, work.now)

    platform.run(system(office.id), hold)
    with platform.reading() as session:
        assert held(session, [HASH, "cd" * 32]) == {HASH}


def test_the_picture_of_a_page_and_a_file_are_held(platform: Platform, office: Office) -> None:
    document = builders.registered(platform, office)

    def check(work: Work) -> str:
        file = work.session.query(Attachment).filter_by(document_id=document.id).one()
        work.session.add(
            LayoutCheck(
                agency_id=office.id, document_id=document.id, attachment_id=file.id, report={},
                pictures={"0": HASH, "3": "ef" * 32}, asked_at=work.now,
            )
        )  # fmt: skip
        return file.file_hash

    file_hash = platform.run(system(office.id), check)
    with platform.reading() as session:
        assert held(session, [HASH, file_hash, "cd" * 32]) == {HASH, file_hash}


def test_bytes_put_a_moment_ago_wait(platform: Platform) -> None:
    """A file may have been put for a document whose transaction isn't committed yet."""
    sha256 = platform.files.put(b"just now")
    order, outside = RemoveBytes([sha256]), Outside(1, 1, None, platform)
    with pytest.raises(TemporaryError):
        remove_bytes(order, outside)
    assert platform.files.get(sha256) == b"just now"
    removing.grown_old(platform, sha256)
    remove_bytes(order, outside)
    with pytest.raises(FileMissing):
        platform.files.get(sha256)
