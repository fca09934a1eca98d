"""The operation that makes the pages of a copy; what makes PDFs is loaded by the first that needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from connectors.conversion.draft import Draft
from engine.copying import commands, queries, rules
from engine.copying.models import DocumentCopy
from engine.directory.models import Agency, Unit
from engine.documents import formats
from engine.documents import queries as documents
from engine.documents.models import Document
from engine.documents.registers.numbers import written_date
from engine.errors import BusinessError, InvalidInput, NotFound
from engine.files import FileMissing
from engine.operations import Outside, operation, parameter
from engine.platform import Work, system

if TYPE_CHECKING:
    from connectors.conversion.copies.foot import Foot

FILE = "conversion.file"
_NAMES = {"Sao y": "sao-y", "Sao lục": "sao-luc", "Trích sao": "trich-sao"}


@dataclass(frozen=True)
class PrepareCopy:
    """Make the pages of a copy that has its number."""

    document: int = parameter("Bản sao", kind="document", help="Văn bản là bản sao, thường là ${copy_document}.")


@dataclass(frozen=True)
class CopyPrepared:
    """The PDF by its hash and name, and how many pages it has."""

    file_hash: str
    file_name: str
    pages: int


def record_prepared(given: PrepareCopy, result: Mapping[str, Any], work: Work) -> None:
    """Make the PDF the main file of the copy."""
    commands.keep_prepared(work, given.document, result["file_hash"], result["file_name"])


@operation(
    "conversion.prepare-copy", version=1, name="Làm bản sao", outside=True, settle=record_prepared, errors=(FILE,),
    legal_basis=("ND30-25",),
)  # fmt: skip
def prepare(given: PrepareCopy, outside: Outside) -> CopyPrepared:
    """Sao toàn bộ, các trang, hoặc trình bày lại phần trích; bản giấy có phần thể thức bản sao dưới nội dung."""
    from connectors.conversion.copies.foot import with_foot
    from connectors.conversion.copies.pages import count
    from connectors.pdf_fonts import FONTS

    platform = outside.platform
    with platform.reading() as session:
        document = documents.get(session, system(outside.agency_id), given.document)
        row = queries.copy_of(session, document.id)
        if row is None or document.code is None:
            raise NotFound("Không tìm thấy bản sao đã có số.")
        original = documents.get(session, system(outside.agency_id), row.original_id)
        sources, excerpt = _sources(session, row, original), _excerpt(session, row, original)
        foot = _foot(session, document) if row.form == rules.PAPER else None
    try:
        content = _content(row, original, [platform.files.get(each) for each in sources], excerpt)
        if foot is not None:
            content = with_foot(content, foot, FONTS)
        if content is None:
            raise InvalidInput("Văn bản không có tệp PDF nên không làm được bản sao điện tử.")
        name = f"{_NAMES[row.kind]}.pdf"
        return CopyPrepared(platform.files.put(content), name, count(content))
    except (InvalidInput, FileMissing) as error:
        raise BusinessError(FILE, str(error)) from error


def _content(row: DocumentCopy, original: Document, sources: list[bytes], excerpt: Draft | None) -> bytes | None:
    from connectors.conversion.copies.pages import copied
    from connectors.conversion.layout import render_excerpt
    from connectors.pdf_fonts import FONTS

    if excerpt is not None:
        day = written_date(original.issued_date) if original.issued_date else ""
        return render_excerpt(excerpt, original.code or "", day, FONTS)
    if not sources:
        return None
    return copied(sources, rules.page_numbers(row.pages) or () if row.pages else ())


def _sources(session: Session, row: DocumentCopy, original: Document) -> list[str]:
    """The bytes to be copied, annexes last; of a digitised paper document the scan, without the mark it got then."""
    main = documents.main_file(session, original.id)
    if main is None or main.media_type != formats.PDF:
        return []
    digitised = original.checks.get("digitised") or {}
    first = digitised["input_hash"] if digitised.get("file_hash") == main.file_hash else main.file_hash
    if row.kind == rules.EXCERPT:
        return [first]
    annexes = [each for each in documents.attachments(session, original.id) if each.part == "annex"]
    return [first, *(each.file_hash for each in annexes if each.media_type == formats.PDF)]


def _excerpt(session: Session, row: DocumentCopy, original: Document) -> Draft | None:
    """An excerpt has every component of the original, and of its text the part that is wanted."""
    if not row.excerpt:
        return None
    issuer_id = original.agency_id if original.direction == "outgoing" else original.sender_id
    issuer = session.get(Agency, issuer_id) if issuer_id else None
    return Draft(
        agency_name=original.organ_name, parent_name=issuer.parent_name if issuer else "",
        place=issuer.place if issuer else "", type_name=original.type_name, subject=original.subject,
        body=row.excerpt, signer_position=original.signer_position, signer_name=original.signer_name,
        capacity=original.signer_capacity, kept="",
    )  # fmt: skip


def _foot(session: Session, document: Document) -> Foot:
    from connectors.conversion.copies.foot import Foot

    agency = session.get_one(Agency, document.agency_id)
    unit = session.get(Unit, document.unit_id) if document.unit_id else None
    day = written_date(document.issued_date) if document.issued_date else ""
    places = tuple(line.strip(" -;.") for line in document.to_places.replace(";", "\n").splitlines())
    return Foot(
        kind=document.type_name, agency_name=agency.name, parent_name=agency.parent_name, code=document.code or "",
        dated=f"{agency.place}, {day}" if agency.place else day, capacity=document.signer_capacity,
        signer_position=document.signer_position, signer_name=document.signer_name,
        recipients=tuple(each for each in places if each),
        kept=", ".join(["VT", *([unit.abbreviation] if unit else [])]),
    )  # fmt: skip
