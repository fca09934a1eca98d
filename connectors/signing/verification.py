"""Check the signatures of a PDF. The answer is always a report, whatever the file is; nothing is ever fetched."""

from __future__ import annotations

import hashlib
import logging
from dataclasses import replace
from datetime import datetime
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import enumerate_sig_fields
from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
from pyhanko.sign.validation.generic_cms import extract_tst_data_iter
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.settings import KeyUsageConstraints

from connectors.pdf_fields import DATE, NUMBER, field_box, find_field
from connectors.signing.findings import Situation, judge, shown
from connectors.signing.identity import common_name
from connectors.signing.report import File, Report, SignatureReport, Verdict, concluded, unreadable
from connectors.signing.trust import Trust

log = logging.getLogger(__name__)
# what they warn of, with stack traces, is an ordinary finding here and stands in the report
for _library in ("pyhanko", "pyhanko_certvalidator"):
    logging.getLogger(_library).setLevel(logging.CRITICAL)

LARGEST = 100 * 1024 * 1024
MOST_SIGNATURES = 50
LARGE_PART_OF_PAGE = 0.25
_USAGE = KeyUsageConstraints(key_usage={"non_repudiation", "digital_signature"})
_ACTIVE = (
    (b"/JavaScript", "Tệp có chứa mã lệnh JavaScript."),
    (b"/Launch", "Tệp có lệnh mở chương trình khác."),
    (b"/EmbeddedFile", "Tệp có đính kèm tệp khác bên trong."),
)


def verify(pdf: bytes, trust: Trust, at: datetime, *, largest: int = LARGEST) -> Report:
    """Check every signature of `pdf` as of `at` against `trust`; never raises for a bad file.

    Covers facts 9.3–9.5: integrity, coverage, later changes, chain, revocation and validity at the time of signing.
    """
    newest = trust.newest_list
    warnings = tuple(sentence for mark, sentence in _ACTIVE if mark in pdf)
    file = File(hashlib.sha256(pdf).hexdigest(), len(pdf), shown(at), shown(newest) if newest else "", warnings)
    refused = _refused(pdf, largest)
    if refused is not None:
        return unreadable(file, *refused)
    try:
        return _verified(pdf, file, trust, at)
    except Exception as error:  # parsers of hostile files raise anything; each of them means: can't be read
        log.info("PDF could not be verified: %s", type(error).__name__)
        return unreadable(file, "INVALID", "Tệp PDF bị hỏng, bị cắt cụt hoặc có cấu trúc bất thường.")


def _refused(pdf: bytes, largest: int) -> tuple[Verdict, str] | None:
    if not pdf:
        return "INVALID", "Tệp rỗng."
    if len(pdf) > largest:
        return "INDETERMINATE", "Tệp quá lớn nên không kiểm tra được chữ ký số."
    if b"%PDF-" not in pdf[:1024]:
        return "NONE", "Tệp không phải là PDF nên không có chữ ký số PDF để kiểm tra."
    return None


def _verified(pdf: bytes, file: File, trust: Trust, at: datetime) -> Report:
    reader = PdfFileReader(BytesIO(pdf))
    if reader.encrypted:
        return unreadable(file, "INDETERMINATE", "Tệp PDF có mật khẩu bảo vệ nên không kiểm tra được chữ ký số.")
    filled = [str(name) for name, _value, _field in enumerate_sig_fields(reader, filled_status=True)]
    if len(filled) > MOST_SIGNATURES:
        return unreadable(file, "INDETERMINATE", "Tệp có quá nhiều chữ ký số nên không kiểm tra hết được.")
    embedded = list(reader.embedded_signatures)
    signatures = [_checked(reader, one, embedded, trust, at) for one in embedded]
    known = {str(one.field_name) for one in embedded}
    signatures += [
        _undecided(name, "Loại chữ ký này chưa được hỗ trợ nên không kiểm tra được.")
        for name in filled
        if name not in known
    ]
    texts = [_text_of(reader, name) for name in (NUMBER, DATE)]
    told = File(
        file.sha256,
        file.size,
        file.checked_at,
        file.revocation_list_at,
        (*file.warnings, *_warnings(reader, pdf)),
        texts[0],
        texts[1],
    )
    return concluded(told, tuple(signatures), _loose_ends(reader, pdf, embedded) if signatures else ())


def _checked(
    reader: PdfFileReader, one: EmbeddedPdfSignature, embedded: list[EmbeddedPdfSignature], trust: Trust, at: datetime
) -> SignatureReport:
    name = str(one.field_name)
    try:
        if one.sig_object_type == "/DocTimeStamp":
            return _archive_stamp(one, trust, at)
        signing = [e for e in embedded if e.sig_object_type != "/DocTimeStamp"]
        later = frozenset(str(e.field_name) for e in embedded if e.signed_revision > one.signed_revision)
        return judge(
            Situation(
                one,
                _status(one, trust, at),
                trust,
                at,
                one is signing[-1],
                later,
                len(signing) > 1 and one is not signing[0] and _covers_page(reader, name),
            )
        )
    except Exception as error:  # malformed CMS, certificates, forms: no proof, so not valid
        log.info("signature %r could not be checked: %s", name, type(error).__name__)
        return _undecided(name, "Dữ liệu của chữ ký bị hỏng hoặc sai định dạng.", "INVALID")


def _status(one: EmbeddedPdfSignature, trust: Trust, at: datetime) -> Any:
    """pyHanko's status, with the certificate judged at the time of a trusted time stamp, else at `at`."""
    stamped = _stamped_time(one)
    if stamped is not None and stamped <= at:
        status = validate_pdf_signature(one, trust.context(stamped), trust.context(at), key_usage_settings=_USAGE)
        stamp = status.timestamp_validity
        if stamp is not None and stamp.intact and stamp.valid and stamp.trusted:
            return status
    return validate_pdf_signature(one, trust.context(at), trust.context(at), key_usage_settings=_USAGE)


def _stamped_time(one: EmbeddedPdfSignature) -> datetime | None:
    for token in extract_tst_data_iter(one.signer_info, signed=False):
        moment = token["encap_content_info"]["content"].parsed["gen_time"].native
        return moment if isinstance(moment, datetime) else None
    return None


def _archive_stamp(one: EmbeddedPdfSignature, trust: Trust, at: datetime) -> SignatureReport:
    status = validate_pdf_timestamp(one, trust.context(at))
    sound = bool(status.intact and status.valid) and status.coverage is not None
    verdict: Verdict = "VALID" if sound and status.trusted else "INDETERMINATE" if sound else "INVALID"
    words = {
        "VALID": "Dấu thời gian hợp lệ.",
        "INDETERMINATE": "Đơn vị cấp dấu thời gian chưa được tin cậy.",
        "INVALID": "Dấu thời gian không khớp với nội dung tệp.",
    }
    blank = _undecided(str(one.field_name), words[verdict], verdict)
    moment = shown(status.timestamp)
    return replace(
        blank,
        kind="timestamp",
        intact=sound,
        cryptographically_valid=bool(status.valid),
        trusted=bool(status.trusted),
        signed_at=moment,
        time_source="timestamp",
        timestamp_authority=common_name(status.signing_cert.subject),
    )


def _undecided(name: str, reason: str, verdict: Verdict = "INDETERMINATE") -> SignatureReport:
    return SignatureReport(
        field=name,
        kind="signature",
        verdict=verdict,
        intact=False,
        cryptographically_valid=False,
        trusted=False,
        coverage="unclear",
        modification="",
        changes=(),
        role="unknown",
        signer_name="",
        signer_title="",
        signer_agency="",
        signer_agency_code="",
        test=False,
        issuer="",
        chain=(),
        serial="",
        valid_from="",
        valid_to="",
        signed_at="",
        time_source="none",
        timestamp_authority="",
        algorithm="",
        reasons=(reason,),
    )


def _loose_ends(reader: PdfFileReader, pdf: bytes, embedded: list[EmbeddedPdfSignature]) -> tuple[str, ...]:
    """Bytes that belong to no revision: a second file hidden behind the end of the first."""
    last = max((e for e in embedded), key=lambda e: e.signed_revision, default=None)
    if last is None:
        return ()
    end = pdf.rfind(b"%%EOF") + len(b"%%EOF")
    if last.signed_revision == reader.xrefs.total_revisions - 1:
        end = int(last.byte_range[2]) + int(last.byte_range[3])
    if pdf[end:].strip(b"\r\n\t \x00"):
        return ("Tệp có dữ liệu lạ nối thêm sau phần đã ký.",)
    return ()


def _covers_page(reader: PdfFileReader, name: str) -> bool:
    field = find_field(reader, name, "/Sig")
    if field is None or "/Rect" not in field:
        return False
    x0, y0, x1, y1 = field_box(field)
    page = reader.find_page_for_modification(0)[0].get_object()
    while "/MediaBox" not in page and "/Parent" in page:
        page = page["/Parent"]
    px0, py0, px1, py1 = (float(v) for v in page["/MediaBox"])
    return (x1 - x0) * (y1 - y0) > LARGE_PART_OF_PAGE * abs((px1 - px0) * (py1 - py0))


def _text_of(reader: PdfFileReader, name: str) -> str:
    try:
        field = find_field(reader, name, "/Tx")
    except ValueError:
        return ""
    return str(field["/V"]) if field is not None and "/V" in field else ""


def _warnings(reader: PdfFileReader, pdf: bytes) -> tuple[str, ...]:
    found = []
    if "/OpenAction" in reader.root or "/AA" in reader.root:
        found.append("Tệp có hành động tự chạy khi mở.")
    if not pdf.startswith(b"%PDF-"):
        found.append("Tệp có dữ liệu đứng trước phần đầu của PDF.")
    return tuple(found)
