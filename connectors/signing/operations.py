"""Operations of signing: the person's signature, number and agency seal, verification of what arrived.

Every process registers the operations, few carry them out: what signs and verifies is loaded by the first that does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from engine.directory.authority import queries as authority
from engine.directory.queries import today
from engine.documents import commands as documents
from engine.documents import formats, queries
from engine.documents.models import Attachment, Document
from engine.errors import BusinessError, Conflict, PermanentError
from engine.operations import Outside, operation, parameter
from engine.platform import Work, system

if TYPE_CHECKING:
    from connectors.signing.client import SigningClient
    from connectors.signing.report import Report

SIGN, SEAL, VERIFY = "signing.sign", "signing.seal", "signing.verify"
CERTIFICATE, DEVICE, SIGNER, FILE = "signing.certificate", "signing.device", "signing.signer", "signing.file"


# --- The person -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Sign:
    """Put the competent person's signature on the main file of a document."""

    document: int = parameter("Văn bản", kind="document")
    signer: int = parameter("Người ký", kind="person", help="Người có thẩm quyền đã ký ở bước trước.")


@dataclass(frozen=True)
class Signed:
    """The signed file by its hash, made from which one, when, with which certificate."""

    input_hash: str
    file_hash: str
    file_name: str
    signed_at: str
    serial: str


def record_signature(given: Sign, result: Mapping[str, Any], work: Work) -> None:
    """Make the signed file the main file; Conflict when the one it was made from has been replaced meanwhile."""
    _require_unchanged(work, given.document, result["input_hash"])
    at = datetime.fromisoformat(result["signed_at"])
    documents.record_signature(work, given.document, result["file_hash"], result["file_name"], at)


@operation(
    SIGN, version=1, name="Ký số cá nhân", outside=True, settle=record_signature,
    errors=(CERTIFICATE, DEVICE, SIGNER, FILE), legal_basis=("ND30-13.7", "ND30-5.1", "LA-9.2.a"),
)  # fmt: skip
def sign(given: Sign, outside: Outside) -> Signed:
    """Ký số của người có thẩm quyền vào đúng vị trí trên tệp PDF, kèm dấu thời gian."""
    from connectors.signing.client import signing_client
    from connectors.signing.pades import sign_person

    client = signing_client(outside.platform)
    with outside.platform.reading() as session:
        document = queries.get(session, system(outside.agency_id), given.document)
        if document.signer_id not in (None, given.signer):
            raise BusinessError(SIGNER, f"Văn bản do {document.signer_name} ký; người khác không ký thay được.")
        _require_authority(session, document, given.signer, today(client.now))
        main = _main(session, document)
        identity = client.person(session, document.agency_id, given.signer)
    content = _in_words(sign_person, outside.platform.files.get(main.file_hash), identity, client.desk)
    done = outside.platform.files.put(content)
    return Signed(main.file_hash, done, _pdf_name(main), client.now.isoformat(), f"{identity.serial:x}")


def _require_authority(session: Session, document: Document, signer_id: int, on: date) -> None:
    """Nobody signs without a right of their own or an authorisation that covers this day and kind (ND30-13.3)."""
    verdict = authority.capacity_of(session, document.agency_id, signer_id, document.type_name, on).verdict
    if not verdict:
        raise BusinessError(SIGNER, verdict.reason)


# --- The agency -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Seal:
    """Fill in number and date and put the agency's signature on the main file and each annex."""

    document: int = parameter("Văn bản", kind="document")


@dataclass(frozen=True)
class SealedAnnex:
    """One annex and its signed version."""

    attachment: int
    file_hash: str


@dataclass(frozen=True)
class Sealed:
    """The sealed file, made from which one, what a check of it found, and the signed annexes."""

    input_hash: str
    file_hash: str
    file_name: str
    sealed_at: str
    serial: str
    conclusion: str
    annexes: list[SealedAnnex]
    report: dict[str, Any]


def record_seal(given: Seal, result: Mapping[str, Any], work: Work) -> None:
    """Make the sealed files the current ones and keep the report of their check."""
    _require_unchanged(work, given.document, result["input_hash"])
    for annex in result["annexes"]:
        documents.replace_annex(work, annex["attachment"], annex["file_hash"], "sealed")
    at = datetime.fromisoformat(result["sealed_at"])
    document = documents.record_seal(work, given.document, result["file_hash"], result["file_name"], at)
    document.verification = dict(result["report"])


@operation(
    SEAL, version=1, name="Điền số, ngày và ký số cơ quan", outside=True, settle=record_seal,
    errors=(CERTIFICATE, DEVICE, SIGNER, FILE), legal_basis=("ND30-15.3", "ND30-5.1", "ND30-32.2", "LA-9.2.b"),
)  # fmt: skip
def seal(given: Seal, outside: Outside) -> Sealed:
    """Điền số, ký hiệu, ngày ban hành, ký số của cơ quan lên văn bản đã có chữ ký của người có thẩm quyền."""
    from connectors.signing.client import signing_client
    from connectors.signing.pades import Number, fill_number_and_seal
    from connectors.signing.verification import verify

    platform, client = outside.platform, signing_client(outside.platform)
    with platform.reading() as session:
        document = queries.get(session, system(outside.agency_id), given.document)
        main = _main(session, document)
        annexes = [a for a in queries.attachments(session, document.id) if _to_be_signed(a)]
        if document.code is None or document.issued_date is None:
            raise BusinessError(FILE, "Văn bản chưa được cấp số nên chưa ký số của cơ quan được.")
        number = Number(document.code, document.issued_date)
        identity = client.agency(session, document.agency_id)
    before = platform.files.get(main.file_hash)
    _require_person(verify(before, client.trust(), client.now))
    content = _in_words(fill_number_and_seal, before, number, identity, client.desk)
    report = verify(content, client.trust(), client.now)
    if not report.valid:
        raise PermanentError("Tệp sau khi ký số của cơ quan không qua được kiểm tra: " + " ".join(report.reasons))
    signed = [
        SealedAnnex(a.id, platform.files.put(_annex(platform.files.get(a.file_hash), number.code, identity, client)))
        for a in annexes
    ]
    return Sealed(
        main.file_hash,
        platform.files.put(content),
        _pdf_name(main),
        client.now.isoformat(),
        f"{identity.serial:x}",
        report.conclusion,
        signed,
        _kept(report, client, outside),
    )


def _annex(content: bytes, code: str, identity: Any, client: SigningClient) -> bytes:
    from connectors.signing.pades import sign_attachment

    done: bytes = _in_words(sign_attachment, content, code, identity, client.desk)
    return done


def _to_be_signed(row: Attachment) -> bool:
    return row.part == "annex" and row.media_type == formats.PDF and row.origin != "sealed"


def _require_person(report: Report) -> None:
    """The agency signs only what the competent person has signed (ND30-32.2)."""
    if report.conclusion != "missing-agency":
        raise BusinessError(
            SIGNER, "Văn bản chưa có chữ ký số hợp lệ của người có thẩm quyền. " + " ".join(report.reasons)
        )


# --- Verification ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Verify:
    """Check the signatures of a document and keep the report."""

    document: int = parameter("Văn bản", kind="document")


@dataclass(frozen=True)
class Verified:
    """The legal conclusion as a code and in words, whether it equals an original, and the whole report."""

    conclusion: str
    valid: bool
    sentence: str
    report: dict[str, Any]


def record_verification(given: Verify, result: Mapping[str, Any], work: Work) -> None:
    """Keep the report with the document (TT 15/2025); a document destroyed meanwhile keeps nothing."""
    document = queries.locked(work, given.document)
    if document.destroyed_at is not None:
        return
    document.verification = dict(result["report"])
    work.note(
        "document.verified", "document", document.id, document.agency_id,
        conclusion=result["conclusion"], sha256=result["report"].get("sha256", ""),
    )  # fmt: skip


@operation(
    VERIFY, version=1, name="Kiểm tra chữ ký số", outside=True, settle=record_verification,
    legal_basis=("ND30-21.2.a", "ND30-5.1", "QD28-4.2", "LA-8.1"),
)  # fmt: skip
def check(given: Verify, outside: Outside) -> Verified:
    """Kiểm tra chữ ký số của tệp chính và từng tệp kèm theo; kết quả là báo cáo, tệp hỏng cũng không gây lỗi."""
    from connectors.signing.client import signing_client

    client = signing_client(outside.platform)
    with outside.platform.reading() as session:
        document = queries.get(session, system(outside.agency_id), given.document)
        main = queries.main_file(session, document.id)
        annexes = [a for a in queries.attachments(session, document.id) if a.part == "annex"]
    report = _verified(main, client, outside)
    data = _kept(report, client, outside)
    data["annexes"] = [_annex_line(a, _verified(a, client, outside)) for a in annexes]
    broken = [a["name"] for a in data["annexes"] if a["conclusion"] == "invalid"]
    if broken and report.conclusion != "invalid":
        data["conclusion"], data["valid"], data["proposal"] = "invalid", False, "return"
        data["sentence"] = f"Chữ ký số trên tệp kèm theo không hợp lệ: {', '.join(broken)}; đề nghị trả lại nơi gửi."
    return Verified(data["conclusion"], data["valid"], data["sentence"], data)


def _verified(row: Attachment | None, client: SigningClient, outside: Outside) -> Report:
    from connectors.signing.verification import verify

    content = outside.platform.files.get(row.file_hash) if row is not None else b""
    return verify(content, client.trust(), client.now, largest=client.own.largest_bytes)


def _annex_line(row: Attachment, report: Report) -> dict[str, Any]:
    return {
        "attachment": row.id, "name": row.file_name, "conclusion": report.conclusion, "sentence": report.sentence,
        "reasons": list(report.reasons), "signatures": report.to_dict()["signatures"],
    }  # fmt: skip


# --- Shared ---------------------------------------------------------------------------------------------------


def _kept(report: Report, client: SigningClient, outside: Outside) -> dict[str, Any]:
    """The report as kept with the document, with the revocation lists it rests on as evidence (TT 15/2025)."""
    lists = [outside.platform.files.put(one) for one in client.trust().revocation_lists] if report.signatures else []
    return {**report.to_dict(), "revocation_lists": lists}


def _main(session: Session, document: Document) -> Attachment:
    main = queries.main_file(session, document.id)
    if main is None:
        raise BusinessError(FILE, "Văn bản chưa có tệp PDF để ký.")
    if main.media_type != formats.PDF:
        raise BusinessError(FILE, "Tệp chính của văn bản không phải là PDF nên không ký số được.")
    return main


def _in_words(work: Any, *arguments: Any) -> Any:
    """Sign; a file that can't be signed is an outcome the diagram may draw, not a broken connector."""
    try:
        return work(*arguments)
    except PermanentError as error:
        raise BusinessError(FILE, str(error)) from error


def _pdf_name(main: Attachment) -> str:
    return f"{PurePath(main.file_name).stem}.pdf"


def _require_unchanged(work: Work, document_id: int, input_hash: str) -> None:
    queries.locked(work, document_id, "outgoing")
    main = queries.main_file(work.session, document_id)
    if main is None or main.file_hash != input_hash:
        raise Conflict("Tệp của văn bản đã thay đổi trong lúc ký; hệ thống sẽ ký lại tệp mới.")
