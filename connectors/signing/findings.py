"""Turn pyHanko's status of one signature into a verdict with reasons in Vietnamese (facts 9.3, 9.4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from asn1crypto import x509
from cryptography import x509 as pyca
from cryptography.exceptions import InvalidSignature
from pyhanko.sign.ades.report import AdESIndeterminate
from pyhanko.sign.diff_analysis import DiffResult, ModificationLevel
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel

from connectors.pdf_fields import LABELS, TEXT_FIELDS
from connectors.signing.identity import common_name, read_holder
from connectors.signing.report import Coverage, SignatureReport, TimeSource, Verdict
from connectors.signing.trust import Trust
from engine.clock import VIETNAM

_ALLOWED = (ModificationLevel.NONE, ModificationLevel.LTA_UPDATES, ModificationLevel.FORM_FILLING)
_COVERAGE: dict[SignatureCoverageLevel, Coverage] = {
    SignatureCoverageLevel.ENTIRE_FILE: "whole_file",
    SignatureCoverageLevel.ENTIRE_REVISION: "earlier_revision",
}
_REVOKED = (AdESIndeterminate.REVOKED_NO_POE, AdESIndeterminate.REVOKED_CA_NO_POE)
_WEAK = (AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE, AdESIndeterminate.CRYPTO_CONSTRAINTS_FAILURE_NO_POE)
_SENTENCES = {
    AdESIndeterminate.NO_CERTIFICATE_CHAIN_FOUND: "Chứng thư số không do tổ chức có trong danh sách tin cậy cấp.",
    AdESIndeterminate.CHAIN_CONSTRAINTS_FAILURE: "Chứng thư số không được cấp để ký văn bản.",
    AdESIndeterminate.TRY_LATER: "Danh sách chứng thư thu hồi đã cũ; cần kiểm tra lại.",
    AdESIndeterminate.NO_POE: "Không có căn cứ xác định thời điểm ký.",
}
_OTHER_TRUST = "Không kiểm tra được đầy đủ chuỗi chứng thư số hoặc danh sách thu hồi."


@dataclass
class Finding:
    """The verdict so far: it only ever gets worse, each time with a reason."""

    verdict: Verdict = "VALID"
    reasons: list[str] = field(default_factory=list)

    def invalid(self, reason: str) -> None:
        """The signature is not valid."""
        self.verdict = "INVALID"
        self.reasons.append(reason)

    def doubt(self, reason: str) -> None:
        """It can't be decided, unless something worse is known."""
        if self.verdict == "VALID":
            self.verdict = "INDETERMINATE"
        self.reasons.append(reason)


@dataclass(frozen=True)
class Situation:
    """One signature among the others of the file."""

    embedded: Any
    status: PdfSignatureStatus
    trust: Trust
    at: datetime
    is_last: bool
    later_signature_fields: frozenset[str]
    covers_page: bool


def judge(given: Situation) -> SignatureReport:
    """Everything known about one signature, and whether it holds."""
    status, finding = given.status, Finding()
    _judge_integrity(status, finding)
    changes, level = _judge_changes(given, finding)
    moment, source = _judge_time(given, finding)
    _judge_trust(given, finding, moment, source)
    if finding.verdict == "VALID":
        finding.reasons.append("Chữ ký toàn vẹn, chứng thư số có hiệu lực tại thời điểm ký.")
    holder = read_holder(status.signing_cert)
    stamp = status.timestamp_validity
    return SignatureReport(
        field=str(given.embedded.field_name),
        kind="signature",
        verdict=finding.verdict,
        intact=bool(status.intact),
        cryptographically_valid=bool(status.valid),
        trusted=bool(status.trusted),
        coverage=_COVERAGE.get(status.coverage, "unclear") if status.coverage else "unclear",
        modification=level,
        changes=changes,
        role=holder.role,
        signer_name=holder.name,
        signer_title=holder.title,
        signer_agency=holder.agency,
        signer_agency_code=holder.agency_code,
        test=holder.test,
        issuer=common_name(status.signing_cert.issuer),
        chain=_chain(status),
        serial=f"{status.signing_cert.serial_number:x}",
        valid_from=shown(status.signing_cert.not_valid_before),
        valid_to=shown(status.signing_cert.not_valid_after),
        signed_at=shown(moment) if moment else "",
        time_source=source,
        timestamp_authority=common_name(stamp.signing_cert.subject) if stamp else "",
        algorithm=_algorithm(status),
        reasons=tuple(finding.reasons),
    )


def shown(moment: datetime) -> str:
    """A moment as stored in reports: Vietnam time with its offset (facts 9.5)."""
    return moment.astimezone(VIETNAM).isoformat(timespec="seconds")


def _judge_integrity(status: PdfSignatureStatus, finding: Finding) -> None:
    if not status.intact:
        finding.invalid("Nội dung đã bị thay đổi sau khi ký.")
    elif not status.valid:
        finding.invalid("Chữ ký không khớp với chứng thư số của người ký.")
    if status.coverage not in (SignatureCoverageLevel.ENTIRE_FILE, SignatureCoverageLevel.ENTIRE_REVISION):
        finding.invalid("Chữ ký không bao trùm toàn bộ nội dung của phiên bản được ký.")


def _judge_changes(given: Situation, finding: Finding) -> tuple[tuple[str, ...], str]:
    """Only number, date and later signatures may come after a signature; show each (facts 9.4)."""
    result = given.status.diff_result
    if result is None:
        return (), ModificationLevel.NONE.name
    if not isinstance(result, DiffResult) or result.modification_level not in _ALLOWED or not given.status.docmdp_ok:
        finding.invalid("Tệp có thay đổi không được phép sau khi ký.")
        return ("Thay đổi không được phép",), ModificationLevel.OTHER.name
    changes = []
    for name in sorted(result.changed_form_fields):
        if name in given.later_signature_fields:
            changes.append(f"Ký thêm: {LABELS.get(name, name)}")
            continue
        changes.append(f"Điền: {LABELS.get(name, name)}")
        if given.is_last:
            finding.invalid(f"Ô “{LABELS.get(name, name)}” bị điền hoặc sửa sau chữ ký cuối cùng.")
        elif name not in TEXT_FIELDS:
            finding.doubt(f"Ô “{name}” được điền sau khi ký, không phải ô số hoặc ngày ban hành.")
    if given.covers_page:
        finding.doubt("Ảnh chữ ký che phần lớn trang; cần xem lại nội dung bị che.")
    return tuple(changes), result.modification_level.name


def _judge_time(given: Situation, finding: Finding) -> tuple[datetime | None, TimeSource]:
    status, stamp = given.status, given.status.timestamp_validity
    claimed = status.signer_reported_dt
    if stamp is not None:
        if not (stamp.intact and stamp.valid):
            finding.invalid("Dấu thời gian không khớp với chữ ký.")
        elif stamp.trusted and stamp.timestamp <= given.at:
            return stamp.timestamp, "timestamp"
        elif stamp.trusted:
            finding.doubt("Dấu thời gian muộn hơn thời điểm kiểm tra.")
        else:
            finding.reasons.append("Dấu thời gian không do tổ chức có trong danh sách tin cậy cấp.")
    return claimed, "claimed" if claimed else "none"


def _judge_trust(given: Situation, finding: Finding, moment: datetime | None, source: TimeSource) -> None:
    status = given.status
    problem = status.trust_problem_indic
    if status.trusted or not status.valid:
        return
    if _borrowed_name(given):
        finding.invalid("Chứng thư số mang tên một tổ chức tin cậy nhưng không do tổ chức đó cấp.")
    elif problem in _REVOKED:
        _judge_revoked(given, finding, moment, source)
    elif problem in (AdESIndeterminate.OUT_OF_BOUNDS_NO_POE, AdESIndeterminate.NOT_YET_VALID):
        _judge_window(given, finding, moment, source)
    elif problem in _WEAK:
        finding.invalid("Chữ ký dùng thuật toán hoặc độ dài khóa không còn an toàn.")
    else:
        finding.doubt(_SENTENCES.get(problem, _OTHER_TRUST))  # type: ignore[call-overload]


def _judge_revoked(given: Situation, finding: Finding, moment: datetime | None, source: TimeSource) -> None:
    details = given.status.revocation_details
    before = details is not None and moment is not None and details.revocation_date <= moment
    if source == "timestamp" or before:
        finding.invalid("Chứng thư số đã bị thu hồi tại thời điểm ký.")
    else:
        finding.doubt("Chứng thư số đã bị thu hồi và không có dấu thời gian chứng minh chữ ký có trước đó.")


def _judge_window(given: Situation, finding: Finding, moment: datetime | None, source: TimeSource) -> None:
    certificate = given.status.signing_cert
    outside = moment is None or not certificate.not_valid_before <= moment <= certificate.not_valid_after
    if outside and moment is not None:
        finding.invalid("Chứng thư số đã hết hạn hoặc chưa có hiệu lực tại thời điểm ký.")
    else:
        finding.doubt("Chứng thư số đã hết hạn và không có dấu thời gian tin cậy chứng minh thời điểm ký.")


def _borrowed_name(given: Situation) -> bool:
    """A certificate that names a trusted authority as its issuer without having been signed by it."""
    names = given.trust.names
    for certificate in (given.status.signing_cert, *given.embedded.other_embedded_certs):
        known = names.get(bytes(certificate.issuer.dump()))
        if known is not None and not _issued_by(certificate, known):
            return True
    return False


def _issued_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        child, parent = (pyca.load_der_x509_certificate(c.dump()) for c in (certificate, issuer))
        child.verify_directly_issued_by(parent)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True


def _chain(status: PdfSignatureStatus) -> tuple[str, ...]:
    path = status.validation_path
    if path is None:
        return ()
    return tuple(common_name(c.subject) for c in path.iter_certs(include_root=True))


def _algorithm(status: PdfSignatureStatus) -> str:
    mechanism = str(status.pkcs7_signature_mechanism)
    kind = "RSA PSS" if "pss" in mechanism else "RSA PKCS#1 v1.5" if "rsa" in mechanism else mechanism.upper()
    if "ecdsa" in mechanism:
        kind = "ECDSA"
    return f"{kind}, {str(status.md_algorithm).upper().replace('SHA', 'SHA-').replace('SHA-3_', 'SHA3-')}"
