"""Operations of conversion: the approved draft becomes the PDF that will be signed.

Every process registers the operations, few carry them out: what makes PDFs is loaded by the first that does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from connectors.conversion.draft import Draft
from engine.clock import VIETNAM
from engine.directory.models import Agency, Unit
from engine.documents import commands as documents
from engine.documents import formats, queries
from engine.documents.models import Attachment, Document
from engine.documents.registers import numbers
from engine.documents.searching import commands as searching
from engine.errors import BusinessError, InvalidInput
from engine.files import FileMissing
from engine.intake import commands as intake
from engine.operations import Outside, operation, parameter
from engine.platform import Work, system

RENDER = "conversion.render-draft"
FILE = "conversion.file"


@dataclass(frozen=True)
class RenderDraft:
    """Make the PDF of a draft, with places for number, date and signatures."""

    document: int = parameter("Văn bản", kind="document")


@dataclass(frozen=True)
class Rendered:
    """The PDF by its hash and name, and how many pages it has."""

    file_hash: str
    file_name: str
    pages: int


def record_rendered(given: RenderDraft, result: Mapping[str, Any], work: Work) -> None:
    """Make the PDF the main file of the draft."""
    documents.replace_main(work, given.document, result["file_hash"], result["file_name"], "rendered")


@operation(
    RENDER, version=1, name="Tạo tệp PDF của dự thảo", outside=True, settle=record_rendered,
    errors=(FILE,), legal_basis=("LA-4.4.b", "ND30-11"), retractable=True,
)  # fmt: skip
def render(given: RenderDraft, outside: Outside) -> Rendered:
    """Trình bày dự thảo theo thể thức Nghị định 30/2020/NĐ-CP thành PDF, hoặc dùng tệp PDF đã tải lên."""
    from connectors.conversion.layout import render_draft
    from connectors.pdf_fonts import FONTS

    platform = outside.platform
    with platform.reading() as session:
        document = queries.get(session, system(outside.agency_id), given.document)
        uploaded = uploaded_file(session, document)
        draft = draft_of(session, document, platform.clock.now().astimezone(VIETNAM).year)
    if uploaded is not None and uploaded.media_type == formats.PDF:
        content = _prepared(platform.files.get(uploaded.file_hash), draft.signer_name)
    elif uploaded is not None and not draft.body.strip():
        raise BusinessError(FILE, "Dự thảo tải lên không phải là PDF; hãy tải lên tệp PDF hoặc nhập nội dung văn bản.")
    else:
        content = render_draft(draft, FONTS)
    return Rendered(platform.files.put(content), "van-ban.pdf", _count_pages(content))


@dataclass(frozen=True)
class ReadContent:
    """Read what a stored file says, so that its documents are found by it."""

    file_hash: str = parameter("Mã băm của tệp")
    media_type: str = parameter("Loại tệp")


@dataclass(frozen=True)
class ContentRead:
    """How far it was read; the text itself is kept with the file and nowhere else (SYS-8)."""

    state: str
    characters: int


@operation(searching.READ_CONTENT, version=1, name="Đọc nội dung tệp để tìm kiếm", outside=True, legal_basis=("SYS-6",))
def read_content(given: ReadContent, outside: Outside) -> ContentRead:
    """Đọc chữ trong tệp PDF, Word, Excel để tìm được văn bản theo nội dung; tệp không đọc được thì ghi rõ lý do."""
    from connectors.conversion.reading import Read, read

    platform = outside.platform
    try:
        found = read(platform.files.get(given.file_hash), given.media_type)
    except FileMissing as error:
        found = Read("failed", note=str(error))
    platform.run(
        system(outside.agency_id), searching.keep_content, given.file_hash, found.state, found.text, found.note
    )
    if found.picture:
        platform.run(system(outside.agency_id), intake.want_recognising, given.file_hash, given.media_type)
    platform.run(system(), searching.refresh)
    return ContentRead(found.state, len(found.text))


def _prepared(content: bytes, signer_name: str) -> bytes:
    from connectors.conversion.uploaded import prepare_uploaded

    try:
        return prepare_uploaded(content, signer_name=signer_name)
    except InvalidInput as error:
        raise BusinessError(FILE, str(error)) from error


def _count_pages(content: bytes) -> int:
    import pypdfium2 as pdfium

    document = pdfium.PdfDocument(content)
    try:
        return len(document)
    finally:
        document.close()


def uploaded_file(session: Session, document: Document) -> Attachment | None:
    """The draft as people uploaded it, the main file before any rendering first; None when only text was written."""
    main = queries.main_file(session, document.id)
    if main is not None and main.origin == "uploaded":
        return main
    return queries.draft_file(session, document.id)


def draft_of(session: Session, document: Document, year: int) -> Draft:
    """What a document says, in the terms of a page."""
    agency = session.get_one(Agency, document.agency_id)
    unit = session.get(Unit, document.unit_id) if document.unit_id else None
    addressees = tuple(d.recipient_name for d in queries.dispatches(session, document.id) if d.for_action)
    recipients, kept = _places(document.to_places, unit)
    letter = document.type_name.casefold() in ("công văn", "thư công")
    if addressees:
        others = tuple(r for r in recipients if r.casefold() != "như trên")
        recipients = ("Như trên", *others) if letter else (*addressees, *recipients)
    return Draft(
        agency_name=agency.name, parent_name=agency.parent_name, place=agency.place, type_name=document.type_name,
        subject=document.subject, body=document.body, urgency=document.urgency, year=year,
        notation=numbers.notation(document.type_name, agency.abbreviation, unit.abbreviation if unit else ""),
        signer_name=document.signer_name, signer_position=document.signer_position,
        capacity=document.signer_capacity, addressees=addressees, recipients=recipients, kept=kept,
    )  # fmt: skip


def _places(text: str, unit: Unit | None) -> tuple[tuple[str, ...], str]:
    """Lines of “Nơi nhận” as people typed them, and what is kept: “VT” and the drafting unit (PL I.II.9.b)."""
    lines = [line.strip(" -;.") for line in text.replace(";", "\n").splitlines()]
    kept = [line[4:].lstrip(" :") for line in lines if line.casefold().startswith("lưu")]
    others = tuple(line for line in lines if line and not line.casefold().startswith("lưu"))
    return others, kept[0] if kept else ", ".join(["VT", *([unit.abbreviation] if unit else [])])
