"""A test certification authority kept in a folder: root, issuing CA, time-stamp authority, people and agencies.

Everything it issues says THỬ NGHIỆM (test); nothing it signs has legal value.
"""

from __future__ import annotations

import hashlib
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509 as pyca
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from connectors.signing.identity import Identity
from connectors.signing.keystore import Entry, KeyStore
from connectors.signing.timestamps import LocalTimeStamper
from connectors.signing.trust import Trust

TEST = "THỬ NGHIỆM"
_OWNER = f"Vanthu - {TEST}, không có giá trị pháp lý"
_CA_LIFE = timedelta(days=3650)
_LIFE = timedelta(days=1095)
_RENEW = timedelta(days=30)
_LIST_LIFE = timedelta(days=30)
_BACKDATED = timedelta(days=1)
_Name = dict[pyca.ObjectIdentifier, str]


class LocalAuthority:
    """Opens (and on first use makes) the authority of a folder; safe when several processes start at once."""

    def __init__(self, folder: Path, now: datetime, passphrase: str = "") -> None:
        """With a passphrase the keys are encrypted; ValueError when they are, with another."""
        self.folder = folder
        self._store = KeyStore(folder, passphrase)
        with self._store.locked():
            self._root = self._store.entry("root", lambda: self._make_ca("gốc", None, now))
            self._issuing = self._store.entry("issuing", lambda: self._make_ca("cấp chứng thư", self._root, now))
            self._stamping = self._store.entry("tsa", lambda: self._make_tsa(now))

    def person(self, code: str, name: str, title: str, agency: str, now: datetime) -> Identity:
        """The certificate of a person, issued on first use and again when name, title or agency changed."""
        subject = {
            NameOID.COMMON_NAME: name,
            NameOID.TITLE: title,
            NameOID.ORGANIZATION_NAME: agency,
            NameOID.ORGANIZATIONAL_UNIT_NAME: TEST,
            NameOID.COUNTRY_NAME: "VN",
        }
        return self._identity(f"person-{_slug(code)}", subject, now)

    def agency(self, code: str, name: str, now: datetime) -> Identity:
        """The certificate of an agency (its digital seal), issued on first use."""
        subject = {
            NameOID.COMMON_NAME: name,
            NameOID.ORGANIZATION_NAME: name,
            NameOID.ORGANIZATION_IDENTIFIER: code,
            NameOID.ORGANIZATIONAL_UNIT_NAME: TEST,
            NameOID.COUNTRY_NAME: "VN",
        }
        return self._identity(f"agency-{_slug(code)}", subject, now)

    def timestamper(self, now: datetime | None = None) -> LocalTimeStamper:
        """A time-stamp authority in this process; `now` is the time it certifies (the machine's when not given)."""
        issuing = self._issuing.as_asn1
        return LocalTimeStamper(self._stamping.as_asn1, self._stamping.key_as_asn1, [issuing], now)

    def trust(self, now: datetime) -> Trust:
        """The root, the issuing CA, and revocation lists of both as of `now`."""
        with self._store.locked():
            revoked = self._store.revoked()
        lists = tuple(self._revocation_list(issuer, revoked, now) for issuer in (self._root, self._issuing))
        return Trust((self._root.as_asn1,), (self._issuing.as_asn1,), lists)

    def revoke(self, serial: int, at: datetime) -> None:
        """Put a certificate on the revocation list from `at` on; repeating it changes nothing."""
        with self._store.locked():
            self._store.revoke(serial, at)

    def revoked(self) -> frozenset[int]:
        """Serial numbers of every revoked certificate."""
        with self._store.locked():
            return frozenset(self._store.revoked())

    def _identity(self, file: str, subject: _Name, now: datetime) -> Identity:
        with self._store.locked():
            entry = self._store.entry(file, lambda: self._make_end(subject, now))
            held = {a.oid: str(a.value) for a in entry.certificate.subject}
            if held != _cut(subject) or entry.certificate.not_valid_after_utc < now + _RENEW:
                entry = self._make_end(subject, now)
                self._store.save(file, entry)
        return Identity(entry.as_asn1, (self._issuing.as_asn1,), entry.key_as_asn1)

    def _make_ca(self, rank: str, issuer: Entry | None, now: datetime) -> Entry:
        subject = {
            NameOID.COMMON_NAME: f"CA {rank} {TEST} Vanthu",
            NameOID.ORGANIZATION_NAME: _OWNER,
            NameOID.COUNTRY_NAME: "VN",
        }
        usage = _usage(key_cert_sign=True, crl_sign=True)
        limits = pyca.BasicConstraints(ca=True, path_length=1 if issuer is None else 0)
        return _issue(subject, issuer, now, _CA_LIFE, [(limits, True), (usage, True)])

    def _make_tsa(self, now: datetime) -> Entry:
        subject = {
            NameOID.COMMON_NAME: f"Dấu thời gian {TEST} Vanthu",
            NameOID.ORGANIZATION_NAME: _OWNER,
            NameOID.COUNTRY_NAME: "VN",
        }
        purpose = pyca.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        return _issue(subject, self._issuing, now, _CA_LIFE, [(_usage(digital_signature=True), True), (purpose, True)])

    def _make_end(self, subject: _Name, now: datetime) -> Entry:
        usage = _usage(digital_signature=True, content_commitment=True)
        limits = pyca.BasicConstraints(ca=False, path_length=None)
        return _issue(subject, self._issuing, now, _LIFE, [(limits, True), (usage, True)])

    def _revocation_list(self, issuer: Entry, revoked: dict[int, datetime], now: datetime) -> bytes:
        builder = (
            pyca.CertificateRevocationListBuilder()
            .issuer_name(issuer.certificate.subject)
            .last_update(now - timedelta(hours=1))
            .next_update(now + _LIST_LIFE)
            .add_extension(pyca.CRLNumber(int(now.timestamp())), critical=False)
            .add_extension(pyca.AuthorityKeyIdentifier.from_issuer_public_key(issuer.key.public_key()), critical=False)
        )
        if issuer is self._issuing:
            for serial, at in revoked.items():
                entry = pyca.RevokedCertificateBuilder().serial_number(serial).revocation_date(at)
                reason = pyca.CRLReason(pyca.ReasonFlags.unspecified)
                builder = builder.add_revoked_certificate(entry.add_extension(reason, critical=False).build())
        return builder.sign(issuer.key, hashes.SHA256()).public_bytes(serialization.Encoding.DER)


def _issue(
    subject: _Name,
    issuer: Entry | None,
    now: datetime,
    life: timedelta,
    extensions: list[tuple[pyca.ExtensionType, bool]],
) -> Entry:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    name = pyca.Name([pyca.NameAttribute(oid, value) for oid, value in _cut(subject).items()])
    signing_key = issuer.key if issuer else key
    start = now.astimezone(UTC).replace(microsecond=0) - _BACKDATED
    end = start + life
    if issuer:
        end = min(end, issuer.certificate.not_valid_after_utc)
    builder = (
        pyca.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer.certificate.subject if issuer else name)
        .public_key(key.public_key())
        .serial_number(pyca.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(pyca.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(pyca.AuthorityKeyIdentifier.from_issuer_public_key(signing_key.public_key()), critical=False)
    )
    for extension, critical in extensions:
        builder = builder.add_extension(extension, critical=critical)
    return Entry(builder.sign(signing_key, hashes.SHA256()), key)


def _usage(**allowed: bool) -> pyca.KeyUsage:
    names = (
        "digital_signature",
        "content_commitment",
        "key_encipherment",
        "data_encipherment",
        "key_agreement",
        "key_cert_sign",
        "crl_sign",
        "encipher_only",
        "decipher_only",
    )
    return pyca.KeyUsage(**{name: allowed.get(name, False) for name in names})


def _cut(subject: _Name) -> _Name:
    """Names hold 64 bytes (X.520, as the library counts); longer ones end with an ellipsis, empty ones are left out."""
    return {oid: _fitting(value) for oid, value in subject.items() if value}


def _fitting(value: str) -> str:
    if len(value.encode()) <= 64:
        return value
    return value.encode()[:61].decode(errors="ignore").rstrip() + "…"


def _slug(code: str) -> str:
    """A file name for any code; the hash keeps two codes apart that look alike as file names."""
    plain = re.sub(r"[^A-Za-z0-9.-]", "-", code)[:40]
    return f"{plain}-{hashlib.sha256(code.encode()).hexdigest()[:8]}"
