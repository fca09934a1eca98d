"""What a verification found, as a value that can be kept with the document and shown to people (facts 9.3, 9.4)."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, Literal

from connectors.pdf_fields import COPY
from connectors.signing.identity import Role

Verdict = Literal["VALID", "INVALID", "INDETERMINATE", "NONE"]
Coverage = Literal["whole_file", "earlier_revision", "unclear"]
TimeSource = Literal["timestamp", "claimed", "none"]
Conclusion = Literal["original", "missing-person", "missing-agency", "unsigned", "invalid", "indeterminate", "copy"]
Proposal = Literal["accept", "return", "inform", "hold"]

VERDICT_WORDS: dict[Verdict, str] = {
    "VALID": "Hợp lệ",
    "INVALID": "Không hợp lệ",
    "INDETERMINATE": "Chưa xác định",
    "NONE": "Không có chữ ký số",
}

SENTENCES: dict[Conclusion, tuple[str, Proposal]] = {
    "original": (
        "Văn bản có đủ chữ ký số hợp lệ của người có thẩm quyền và của cơ quan, tổ chức; "
        "có giá trị pháp lý như bản gốc.",
        "accept",
    ),
    "missing-person": (
        "Văn bản thiếu chữ ký số của người có thẩm quyền; văn thư xem xét, đề nghị trả lại nơi gửi.",
        "return",
    ),
    "missing-agency": (
        "Văn bản thiếu chữ ký số của cơ quan, tổ chức; văn thư xem xét, đề nghị trả lại nơi gửi.",
        "return",
    ),
    "copy": (
        "Bản số hóa từ văn bản giấy, có chữ ký số hợp lệ của cơ quan số hóa; đối chiếu với bản giấy khi cần.",
        "accept",
    ),
    "unsigned": ("Văn bản không có chữ ký số; chỉ có giá trị để biết, tham khảo.", "inform"),
    "invalid": (
        "Chữ ký số trên văn bản không hợp lệ; đề nghị trả lại nơi gửi và nêu rõ lý do.",
        "return",
    ),
    "indeterminate": (
        "Chưa xác định được giá trị của chữ ký số; tạm giữ văn bản để kiểm tra lại, "
        "văn thư có thể tiếp nhận khi ghi rõ lý do.",
        "hold",
    ),
}


@dataclass(frozen=True, slots=True)
class SignatureReport:
    """One signature: what it proves, what changed after it, who made it and when."""

    field: str
    kind: Literal["signature", "timestamp"]
    verdict: Verdict
    intact: bool
    cryptographically_valid: bool
    trusted: bool
    coverage: Coverage
    modification: str
    changes: tuple[str, ...]
    role: Role
    signer_name: str
    signer_title: str
    signer_agency: str
    signer_agency_code: str
    test: bool
    issuer: str
    chain: tuple[str, ...]
    serial: str
    valid_from: str
    valid_to: str
    signed_at: str
    time_source: TimeSource
    timestamp_authority: str
    algorithm: str
    reasons: tuple[str, ...]

    @property
    def word(self) -> str:
        """The final word people see: hợp lệ, không hợp lệ … (TT 15/2025)."""
        return VERDICT_WORDS[self.verdict]


@dataclass(frozen=True, slots=True)
class Report:
    """The whole file: verdict, legal conclusion, what the clerk is advised to do, and every signature."""

    verdict: Verdict
    conclusion: Conclusion
    sentence: str
    proposal: Proposal
    reasons: tuple[str, ...]
    warnings: tuple[str, ...]
    signatures: tuple[SignatureReport, ...]
    number: str
    issued: str
    test: bool
    checked_at: str
    revocation_list_at: str
    sha256: str
    size: int

    @property
    def word(self) -> str:
        """The verdict as people read it."""
        return VERDICT_WORDS[self.verdict]

    def signature_of(self, role: Role) -> SignatureReport | None:
        """The valid signature of the person or of the agency, if there is one."""
        found = [s for s in self.signatures if s.kind == "signature" and s.role == role and s.verdict == "VALID"]
        return found[-1] if found else None

    @property
    def valid(self) -> bool:
        """Whether the document has the value of an original: both signatures, nothing wrong (ND30-5.1)."""
        return self.conclusion == "original"

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON; tuples become lists, the words for people are included."""
        data: dict[str, Any] = _plain(dataclasses.asdict(self))
        data["word"], data["valid"] = self.word, self.valid
        for given, signature in zip(data["signatures"], self.signatures, strict=True):
            given["word"] = signature.word
        return data


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return value


@dataclass(frozen=True, slots=True)
class File:
    """Facts of the checked file that every report carries."""

    sha256: str
    size: int
    checked_at: str
    revocation_list_at: str
    warnings: tuple[str, ...] = ()
    number: str = ""
    issued: str = ""


def concluded(file: File, signatures: tuple[SignatureReport, ...], problems: tuple[str, ...]) -> Report:
    """Draw the conclusion of facts 9.4 from the signatures and the problems of the file as a whole."""
    verdict = _overall(signatures, problems)
    conclusion = _conclusion(verdict, signatures)
    reasons = list(problems)
    for signature in signatures:
        if signature.verdict != "VALID":
            reasons += [f"{_whose(signature)}: {reason}" for reason in signature.reasons]
    return _report(file, verdict, conclusion, tuple(reasons), signatures)


def unreadable(file: File, verdict: Verdict, reason: str) -> Report:
    """A file that couldn't be looked into: not a PDF, broken, locked or too large."""
    conclusion: Conclusion = "indeterminate"
    if verdict in ("INVALID", "NONE"):
        conclusion = "invalid" if verdict == "INVALID" else "unsigned"
    return _report(file, verdict, conclusion, (reason,), ())


def _report(
    file: File,
    verdict: Verdict,
    conclusion: Conclusion,
    reasons: tuple[str, ...],
    signatures: tuple[SignatureReport, ...],
) -> Report:
    sentence, proposal = SENTENCES[conclusion]
    test = any(s.test for s in signatures)
    if test:
        sentence += " Chữ ký dùng chứng thư số thử nghiệm, không có giá trị ngoài hệ thống thử nghiệm."
    return Report(
        verdict,
        conclusion,
        sentence,
        proposal,
        reasons,
        file.warnings,
        signatures,
        file.number,
        file.issued,
        test,
        file.checked_at,
        file.revocation_list_at,
        file.sha256,
        file.size,
    )


def _overall(signatures: tuple[SignatureReport, ...], problems: tuple[str, ...]) -> Verdict:
    if not signatures:
        return "NONE"
    verdicts = {s.verdict for s in signatures}
    if "INVALID" in verdicts or problems:
        return "INVALID"
    return "INDETERMINATE" if "INDETERMINATE" in verdicts else "VALID"


def _conclusion(verdict: Verdict, signatures: tuple[SignatureReport, ...]) -> Conclusion:
    if verdict == "NONE":
        return "unsigned"
    if verdict == "INVALID":
        return "invalid"
    if verdict == "INDETERMINATE":
        return "indeterminate"
    roles = {s.role for s in signatures if s.kind == "signature"}
    if {"person", "agency"} <= roles:
        return "original"
    if "person" in roles:
        return "missing-agency"
    if roles == {"agency"} and all(s.field == COPY for s in signatures if s.kind == "signature"):
        return "copy"
    if "agency" in roles:
        return "missing-person"
    return "indeterminate"


def _whose(signature: SignatureReport) -> str:
    if signature.kind == "timestamp":
        return "Dấu thời gian lưu trữ"
    return f"Chữ ký của {signature.signer_name}" if signature.signer_name else f"Chữ ký ở ô “{signature.field}”"
