"""The operation that checks form and layout of a draft in the worker and keeps the result with the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.conversion.operations import draft_of
from engine.clock import VIETNAM
from engine.documents import queries as documents
from engine.drafts import commands, queries
from engine.drafts.layout.checking import Report, plain, summary
from engine.drafts.layout.sheet import Expected
from engine.files import FileMissing
from engine.operations import Outside, operation, parameter
from engine.platform import Work, system


@dataclass(frozen=True)
class CheckLayout:
    """Check form and layout of a draft."""

    document: int = parameter("Văn bản", kind="document")
    file: int | None = parameter(
        "Tệp",
        kind="number",
        help="Để trống thì kiểm tra tệp sẽ ký: tệp chính, hoặc bản dự thảo mới nhất.",
        default=None,
    )


@dataclass(frozen=True)
class LayoutChecked:
    """How it went: how many errors and warnings, the same in a sentence; the report itself stays with the file."""

    checked: bool
    errors: int
    warnings: int
    sentence: str
    file: int | None = None
    report: Mapping[str, Any] | None = None
    pictures: Mapping[str, str] | None = None


def record(given: CheckLayout, result: Mapping[str, Any], work: Work) -> None:
    """Keep the report with the file."""
    if result["file"] is not None:
        commands.record_check(work, given.document, result["file"], result["report"], result["pictures"])


@operation(
    commands.CHECK_LAYOUT, version=1, name="Kiểm tra thể thức dự thảo", outside=True, settle=record,
    retractable=True, legal_basis=("ND30-8", "ND30-12.2"),
)  # fmt: skip
def check_layout(given: CheckLayout, outside: Outside) -> LayoutChecked:
    """Kiểm tra thể thức, kỹ thuật trình bày theo Phụ lục I Nghị định 30/2020/NĐ-CP; kết quả lưu cùng bản dự thảo."""
    from connectors.conversion.checking.looking import look

    platform = outside.platform
    with platform.reading() as session:
        document = documents.get(session, system(outside.agency_id), given.document)
        row = (
            queries.file_to_check(session, document.id)
            if given.file is None
            else queries.file_of(session, document, given.file)
        )
        draft = draft_of(session, document, platform.clock.now().astimezone(VIETNAM).year)
    if row is None:
        return LayoutChecked(False, 0, 0, "Dự thảo chưa có tệp để kiểm tra thể thức.")
    expected = Expected(
        draft.type_name, draft.agency_name, draft.parent_name, draft.place, draft.notation, draft.signer_name,
        draft.signer_position, draft.capacity,
    )  # fmt: skip
    try:
        looked = look(platform.files.get(row.file_hash), row.media_type, expected)
        report, pictures = looked.report, looked.pictures
    except FileMissing as error:
        report, pictures = plain(Report((), problem=str(error))), {}
    kept = {str(page): platform.files.put(picture) for page, picture in pictures.items()}
    counts = int(report["errors"]), int(report["warnings"])
    return LayoutChecked(bool(report["pages"]), *counts, summary(report), row.id, report, kept)
