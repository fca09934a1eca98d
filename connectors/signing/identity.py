"""Who signs: a certificate with its key and chain; and what a certificate says about its holder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

from asn1crypto import keys, x509
from pyhanko.sign.signers import SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from engine.errors import BusinessError

Role = Literal["person", "agency", "unknown"]

_TITLE = "2.5.4.12"
_ORGANIZATION_ID = "2.5.4.97"
_SERIAL_NUMBER = "2.5.4.5"
_AGENCY_WORDS = (
    "ỦY BAN",
    "UBND",
    "SỞ ",
    "BỘ ",
    "CỤC ",
    "CHI CỤC",
    "VĂN PHÒNG",
    "HỘI ĐỒNG",
    "PHÒNG ",
    "BAN ",
    "TRUNG TÂM",
    "TỔNG CỤC",
    "THANH TRA",
    "CHI NHÁNH",
    "BẢO HIỂM",
    "TRƯỜNG ",
    "BỆNH VIỆN",
    "VIỆN ",
    "CÔNG AN",
    "TÒA ÁN",
    "KHO BẠC",
    "THUẾ ",
)


@dataclass(frozen=True, slots=True)
class Holder:
    """The subject of a certificate in words of documents: name, title, agency (NĐ 23/2025 Đ13)."""

    name: str
    title: str
    agency: str
    agency_code: str
    role: Role
    test: bool


@dataclass(frozen=True)
class Identity:
    """A certificate that can sign; the key stays behind `sign_with` (here from a file, elsewhere in a token)."""

    certificate: x509.Certificate
    chain: tuple[x509.Certificate, ...]
    key: keys.PrivateKeyInfo = field(repr=False)

    @property
    def holder(self) -> Holder:
        """What the certificate says about who signs."""
        return read_holder(self.certificate)

    @property
    def serial(self) -> int:
        """Serial number of the certificate, unique with its issuer."""
        return int(self.certificate.serial_number)

    def sign_with(self) -> SimpleSigner:
        """The signing side as pyHanko wants it; the root isn't put into the signature."""
        store = SimpleCertificateStore()
        store.register_multiple(self.chain)
        return SimpleSigner(signing_cert=self.certificate, signing_key=self.key, cert_registry=store, embed_roots=False)


def require_usable(certificates: Iterable[x509.Certificate], revoked: Iterable[int], now: datetime) -> None:
    """Refuse to sign with a certificate (or issuer's) not valid now: `signing.certificate` (NĐ 23/2025 Đ15)."""
    stopped = frozenset(revoked)
    for certificate in certificates:
        name = read_holder(certificate).name
        if certificate.not_valid_before > now:
            raise BusinessError("signing.certificate", f"Chứng thư số của {name} chưa đến ngày có hiệu lực.")
        if certificate.not_valid_after < now:
            raise BusinessError("signing.certificate", f"Chứng thư số của {name} đã hết hạn; không được ký.")
        if certificate.serial_number in stopped:
            raise BusinessError("signing.certificate", f"Chứng thư số của {name} đã bị thu hồi; không được ký.")


def read_holder(certificate: x509.Certificate) -> Holder:
    """Read the subject; the role is a guess from what certificates of people and of agencies carry."""
    parts = _parts(certificate)
    name = parts.get("2.5.4.3", "")
    title, agency = parts.get(_TITLE, ""), parts.get("2.5.4.10", "")
    code = parts.get(_ORGANIZATION_ID, "")
    return Holder(name, title, agency, code, _role(parts, name, agency), "THỬ NGHIỆM" in parts.get("2.5.4.11", ""))


def common_name(name: Any) -> str:
    """The CN of a distinguished name, else its whole text."""
    found: dict[str, str] = {}
    for part in name.chosen:
        for pair in part:
            found[pair["type"].dotted] = str(pair["value"].native)
    return found.get("2.5.4.3") or str(name.human_friendly)


def _parts(certificate: x509.Certificate) -> dict[str, str]:
    return {pair["type"].dotted: str(pair["value"].native) for part in certificate.subject.chosen for pair in part}


def _role(parts: dict[str, str], name: str, agency: str) -> Role:
    if parts.get(_ORGANIZATION_ID) or (agency and name.casefold() == agency.casefold()):
        return "agency"
    if parts.get(_TITLE) or parts.get("2.5.4.42") or parts.get("2.5.4.4"):  # title, given name, surname
        return "person"
    if name.upper().startswith(_AGENCY_WORDS):
        return "agency"
    return "person" if agency or parts.get(_SERIAL_NUMBER) else "unknown"
