"""Operations that put the agency's mark and signature on copies (PL I, box 14): digitised paper, copies made here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from typing import Any

from engine.copying import commands as copying
from engine.directory import queries as directory
from engine.documents import commands as documents
from engine.documents import formats, queries, rules
from engine.documents.models import Attachment, Document
from engine.documents.searching.commands import carry_content
from engine.errors import BusinessError, Conflict, PermanentError
from engine.operations import Outside, operation, parameter
from engine.platform import Work, system

CERTIFY_COPY = "signing.certify-copy"
FILE = "signing.file"
ORIGIN = "certified"
SIGN_COPY = "signing.sign-copy"


@dataclass(frozen=True)
class CertifyCopy:
    """Mark and sign the digitised copy of a paper document for the agency."""

    document: int = parameter("Văn bản", kind="document")
    clerk: int = parameter("Người số hóa", kind="person", help="Văn thư đã quét văn bản và ký số của cơ quan.")


@dataclass(frozen=True)
class CopyCertified:
    """The signed file by its hash, made from which one, by whom, when, with which certificate."""

    input_hash: str
    file_hash: str
    file_name: str
    certified_at: str
    clerk: str
    agency: str
    serial: str
    conclusion: str
    certified: bool  # False: there was nothing to sign, and why
    reason: str = ""


def record_copy(given: CertifyCopy, result: Mapping[str, Any], work: Work) -> None:
    """Make the signed copy the main file and keep what the mark says as data; what was recognised goes along."""
    if result["input_hash"] == result["file_hash"]:
        return  # it bore the mark already, or isn't to bear one
    document = queries.locked(work, given.document, "incoming")
    if document.destroyed_at is not None:
        return
    main = queries.main_file(work.session, document.id)
    if main is None or main.file_hash != result["input_hash"]:
        raise Conflict("Tệp của văn bản đã thay đổi trong lúc ký; hệ thống sẽ ký lại tệp mới.")
    documents.replace_main(work, document.id, result["file_hash"], result["file_name"], ORIGIN)
    carry_content(work, result["input_hash"], result["file_hash"])
    kept = ("input_hash", "file_hash", "certified_at", "clerk", "agency", "serial")
    document.checks = {
        **document.checks,
        "digitised": {"kind": "Bản số hóa từ văn bản giấy", **{k: result[k] for k in kept}},
    }
    work.note("document.copy_certified", "document", document.id, document.agency_id, clerk=given.clerk,
              file_hash=result["file_hash"])  # fmt: skip


@operation(
    CERTIFY_COPY, version=1, name="Ký số bản số hóa", outside=True, settle=record_copy,
    errors=("signing.certificate", "signing.device", FILE),
    legal_basis=("ND30-18.6", "ND30-25", "ND30-32.2", "ND30-33.2"),
)  # fmt: skip
def certify_copy(given: CertifyCopy, outside: Outside) -> CopyCertified:
    """Ghi hình thức “bản số hóa”, cơ quan, thời gian, người số hóa ở góc trên bên phải trang đầu và ký số cơ quan."""
    from connectors.signing.client import signing_client
    from connectors.signing.pades import sign_copy
    from connectors.signing.verification import verify

    platform, client = outside.platform, signing_client(outside.platform)
    with platform.reading() as session:
        document = queries.get(session, system(outside.agency_id), given.document)
        main = queries.main_file(session, document.id)
        clerk = directory.person(session, document.agency_id, given.clerk)
        if main is None:
            return _unsigned(None, "Văn bản không có tệp số hóa.")
        if left := _left_alone(document, main):
            return _unsigned(main, left)
        identity = client.agency(session, document.agency_id)
    before = platform.files.get(main.file_hash)
    at = client.now.isoformat()
    about = (main.file_hash, f"{PurePath(main.file_name).stem}.pdf", at, clerk.full_name, identity.holder.name)
    if main.origin == ORIGIN:
        return _done(about, main.file_hash, f"{identity.serial:x}", "copy")
    if verify(before, client.trust(), client.now).signatures:
        return _unsigned(main, "Tệp đã có chữ ký số nên là văn bản điện tử, không phải bản số hóa từ giấy.")
    try:
        content = sign_copy(before, clerk.full_name, identity, client.desk)
    except PermanentError as error:
        raise BusinessError(FILE, str(error)) from error
    report = verify(content, client.trust(), client.now)
    return _done(about, platform.files.put(content), f"{identity.serial:x}", report.conclusion)


def _left_alone(document: Document, main: Attachment) -> str:
    """Why a file isn't a digitised copy that the agency signs; empty when it is one."""
    if document.source != "paper":
        return "Văn bản không đến bằng đường giấy."
    if main.media_type != formats.PDF:
        return "Tệp của văn bản không phải là PDF."
    return "Văn thư chọn không ký số bản số hóa." if document.checks.get("certify") is False else ""


def _unsigned(main: Attachment | None, reason: str) -> CopyCertified:
    """The file stays as it is: that is an outcome of the step, not its failure."""
    kept = main.file_hash if main is not None else ""
    name = main.file_name if main is not None else ""
    return CopyCertified(kept, kept, name, "", "", "", "", "", certified=False, reason=reason)


def _done(about: tuple[str, str, str, str, str], file_hash: str, serial: str, conclusion: str) -> CopyCertified:
    input_hash, name, at, clerk, agency = about
    return CopyCertified(input_hash, file_hash, name, at, clerk, agency, serial, conclusion, certified=True)


# --- Copies made here -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SignCopy:
    """Mark and sign an electronic copy for the agency."""

    document: int = parameter("Bản sao", kind="document", help="Văn bản là bản sao, thường là ${copy_document}.")


@dataclass(frozen=True)
class CopySigned:
    """The signed copy by its hash, made from which file, when, with which certificate, what a check of it found."""

    input_hash: str
    file_hash: str
    file_name: str
    signed_at: str
    serial: str
    report: dict[str, Any]


def record_signed_copy(given: SignCopy, result: Mapping[str, Any], work: Work) -> None:
    """Make the signed copy the main file and keep the report of its check."""
    main = queries.main_file(work.session, given.document)
    if main is None or main.file_hash != result["input_hash"]:
        raise Conflict("Tệp của bản sao đã thay đổi trong lúc ký; hệ thống sẽ ký lại tệp mới.")
    at = datetime.fromisoformat(result["signed_at"])
    document = copying.keep_signed(work, given.document, result["file_hash"], result["file_name"], at)
    document.verification = dict(result["report"])


@operation(
    SIGN_COPY, version=1, name="Ký số bản sao điện tử", outside=True, settle=record_signed_copy,
    errors=("signing.certificate", "signing.device", FILE), legal_basis=("ND30-25", "ND30-32.2", "ND30-33.2"),
)  # fmt: skip
def sign_copy_made(given: SignCopy, outside: Outside) -> CopySigned:
    """Ghi hình thức sao, tên cơ quan sao, thời gian ký ở góc trên bên phải trang đầu và ký số của cơ quan."""
    from connectors.signing.client import signing_client
    from connectors.signing.pades import sign_made_copy
    from connectors.signing.verification import verify

    platform, client = outside.platform, signing_client(outside.platform)
    with platform.reading() as session:
        document = queries.get(session, system(outside.agency_id), given.document)
        main = queries.main_file(session, document.id)
        if not rules.is_copy(document) or main is None:
            raise BusinessError(FILE, "Chỉ ký số bản sao đã làm xong.")
        identity = client.agency(session, document.agency_id)
    try:
        content = sign_made_copy(platform.files.get(main.file_hash), document.type_name, identity, client.desk)
    except PermanentError as error:
        raise BusinessError(FILE, str(error)) from error
    report = verify(content, client.trust(), client.now)
    if report.conclusion != "copy":
        raise PermanentError("Bản sao sau khi ký số không qua được kiểm tra: " + " ".join(report.reasons))
    kept = platform.files.put(content)
    return CopySigned(
        main.file_hash, kept, main.file_name, client.now.isoformat(), f"{identity.serial:x}", report.to_dict()
    )
