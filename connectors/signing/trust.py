"""Whom a verification believes: roots of the administrator, intermediates, revocation lists. Nothing is fetched."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from asn1crypto import crl, pem, x509
from pyhanko_certvalidator import ValidationContext

from engine.errors import PlatformError


class TrustUnreadable(PlatformError):
    """A file of trusted certificates or revocation lists can't be read."""


@dataclass(frozen=True)
class Trust:
    """Trusted roots, known intermediates and revocation lists; `revoked_required` wants a list for every issuer.

    Chains are built by cryptography up to a root given here, never by comparing names (TT 15/2025, facts 9.2).
    """

    roots: tuple[x509.Certificate, ...]
    intermediates: tuple[x509.Certificate, ...] = ()
    revocation_lists: tuple[bytes, ...] = field(default=(), repr=False)
    revocation_required: bool = True

    def context(self, moment: datetime) -> ValidationContext:
        """What pyHanko validates against, as of `moment`; addresses inside certificates are never visited."""
        return ValidationContext(
            trust_roots=list(self.roots),
            other_certs=list(self.intermediates),
            moment=moment,
            allow_fetching=False,
            crls=[crl.CertificateList.load(der) for der in self.revocation_lists],
            ocsps=[],
            revocation_mode="require" if self.revocation_required else "soft-fail",
            retroactive_revinfo=True,
        )

    @property
    def names(self) -> dict[bytes, x509.Certificate]:
        """Every trusted authority by its distinguished name, to find certificates that only borrow one."""
        return {bytes(c.subject.dump()): c for c in (*self.roots, *self.intermediates)}

    @property
    def newest_list(self) -> datetime | None:
        """When the newest revocation list was published."""
        times = [crl.CertificateList.load(der)["tbs_cert_list"]["this_update"].native for der in self.revocation_lists]
        return max(times, default=None)

    def with_(self, other: Trust) -> Trust:
        """Both together; revocation lists are required as soon as one of the two wants them."""
        return Trust(
            (*self.roots, *other.roots),
            (*self.intermediates, *other.intermediates),
            (*self.revocation_lists, *other.revocation_lists),
            self.revocation_required or other.revocation_required,
        )


def read_trust(folder: Path, *, revocation_required: bool = True) -> Trust:
    """Roots and intermediates from the .pem/.crt/.cer files of a folder, lists from its .crl files; TrustUnreadable.

    A self-issued certificate becomes a root, any other an intermediate.
    """
    roots: list[x509.Certificate] = []
    intermediates: list[x509.Certificate] = []
    lists: list[bytes] = []
    for file in sorted(folder.iterdir()) if folder.is_dir() else []:
        try:
            if file.suffix in (".pem", ".crt", ".cer"):
                for der in _der(file.read_bytes()):
                    certificate = x509.Certificate.load(der)
                    own = certificate.self_issued
                    (roots if own else intermediates).append(certificate)
            elif file.suffix == ".crl":
                lists += _der(file.read_bytes())
        except (OSError, ValueError, TypeError) as error:
            raise TrustUnreadable(f"Không đọc được tệp chứng thư tin cậy “{file.name}”.") from error
    return Trust(tuple(roots), tuple(intermediates), tuple(lists), revocation_required)


def _der(content: bytes) -> list[bytes]:
    if not pem.detect(content):
        return [content]
    return [der for _kind, _headers, der in pem.unarmor(content, multiple=True)]
