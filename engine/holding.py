"""Who holds which bytes of the store, and the taking out of those that nobody holds any more (QD28-9.2b, ND30-18.4).

The one place that knows every table in which a hash means “these bytes are needed”. A table that only tells what
there was (audit trail, arrivals, status messages, verdicts, tombstones) holds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import ARRAY, TEXT
from sqlalchemy.orm import InstrumentedAttribute, Session

from engine.documents.models import Attachment, Document, LayoutCheck, PrintedBook
from engine.documents.recall import REMOVE_BYTES
from engine.drafts.models import DraftTemplate
from engine.errors import TemporaryError
from engine.instances.practice.reporting.models import ReportFile
from engine.intake import queries as intake
from engine.operations import Outside, operation, parameter
from engine.platform import Work, system
from engine.records.models import ArchivePackage

ONE_FILE = (
    Attachment.file_hash, Document.raw_hash, PrintedBook.file_hash, DraftTemplate.file_hash, ArchivePackage.file_hash,
)  # fmt: skip
FILES_BY_NAME = (LayoutCheck.pictures, ReportFile.files)  # an object whose values are hashes


def held(session: Session, hashes: Sequence[str]) -> set[str]:
    """Those of these hashes (SHA-256, lower-case hex) whose bytes somebody of any agency still needs."""
    found = intake.held_by_scans(session, hashes)
    for column in ONE_FILE:
        found |= set(session.scalars(select(column).where(column.in_(hashes)).distinct()))
    for files in FILES_BY_NAME:
        found |= _in_values(session, files, hashes)
    return found & set(hashes)


def _in_values(session: Session, column: InstrumentedAttribute[dict[str, Any]], hashes: Sequence[str]) -> set[str]:
    # written as the index ix_layout_check_picture_hashes has it
    values = func.jsonb_path_query_array(column, literal_column("'$.*'"))
    rows = session.scalars(select(column).where(values.bool_op("?|")(cast(list(hashes), ARRAY(TEXT)))))
    return {value for row in rows for value in row.values()}


@dataclass(frozen=True)
class RemoveBytes:
    """Take the bytes of what was destroyed, dropped or has expired out of the file store."""

    hashes: list[str] = parameter("Mã băm của các tệp", kind="list")
    at_once: bool = parameter("Xóa ngay, không chờ", kind="flag", default=False)


@operation(REMOVE_BYTES, version=1, name="Xóa tệp không còn ai giữ", outside=True, legal_basis=("QD28-9.2b",))
def remove_bytes(given: RemoveBytes, outside: Outside) -> None:
    """Xóa tệp khỏi kho khi không còn văn bản, bản quét, mẫu, bản in, báo cáo hay gói lưu trữ nào giữ; chạy lại nhiều
    lần không hại gì.
    """
    # The store isn't part of the transaction: bytes may only go once the destruction is committed. Bytes put a moment
    # ago may belong to a transaction that isn't committed yet, of which `held` can't know.
    platform = outside.platform
    still = platform.run(system(outside.agency_id), _held, given.hashes)
    gone = [each for each in given.hashes if each not in still]
    settled = None if given.at_once else platform.clock.now() - timedelta(seconds=platform.settings.lease_seconds)
    young = [each for each in gone if not platform.files.remove(each, unused_since=settled)]
    if young:
        raise TemporaryError("Tệp vừa được dùng lại; sẽ xóa sau nếu không còn ai giữ.")


def _held(work: Work, hashes: Sequence[str]) -> set[str]:
    return held(work.session, hashes)
