"""A folder of certificates with their keys, for its owner alone: written whole or not at all, one process at a time."""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from asn1crypto import keys, x509
from cryptography import x509 as pyca
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa

_REVOKED = "revoked.json"


@dataclass(frozen=True)
class Entry:
    """A certificate and its key, as they lie in one file."""

    certificate: pyca.Certificate
    key: rsa.RSAPrivateKey

    @property
    def as_asn1(self) -> x509.Certificate:
        """The certificate in the library pyHanko works with."""
        return x509.Certificate.load(self.certificate.public_bytes(serialization.Encoding.DER))

    @property
    def key_as_asn1(self) -> keys.PrivateKeyInfo:
        """The key in the library pyHanko works with."""
        return keys.PrivateKeyInfo.load(
            self.key.private_bytes(
                serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )


class KeyStore:
    """Entries by name and the list of revoked serial numbers; use it inside `with store.locked()`."""

    def __init__(self, folder: Path, passphrase: str = "") -> None:
        """`folder` gets mode 0700, its files 0600; with a passphrase the keys are encrypted as well."""
        self.folder = folder
        self._passphrase = passphrase.encode() or None
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.chmod(folder, 0o700)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep every other process (and thread) out meanwhile."""
        with (self.folder / "lock").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def entry(self, name: str, make: Callable[[], Entry]) -> Entry:
        """The entry of this name; made and kept when there is none. ValueError when the passphrase is another."""
        file = self.folder / f"{name}.pem"
        if not file.exists():
            made = make()
            self.save(name, made)
            return made
        content = file.read_bytes()
        key = serialization.load_pem_private_key(content, self._passphrase)
        assert isinstance(key, rsa.RSAPrivateKey)
        return Entry(pyca.load_pem_x509_certificate(content), key)

    def save(self, name: str, entry: Entry) -> None:
        """Keep an entry in the place of whatever had its name."""
        shield: serialization.KeySerializationEncryption = serialization.NoEncryption()
        if self._passphrase:
            shield = serialization.BestAvailableEncryption(self._passphrase)
        key = entry.key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, shield)
        self._write(f"{name}.pem", key + entry.certificate.public_bytes(serialization.Encoding.PEM))

    def revoked(self) -> dict[int, datetime]:
        """Revoked serial numbers and since when."""
        file = self.folder / _REVOKED
        if not file.exists():
            return {}
        return {int(s): datetime.fromisoformat(t) for s, t in json.loads(file.read_text()).items()}

    def revoke(self, serial: int, at: datetime) -> None:
        """Add to the revoked ones; the first time stays."""
        revoked = self.revoked()
        revoked.setdefault(serial, at.astimezone(UTC))
        self._write(_REVOKED, json.dumps({str(s): t.isoformat() for s, t in revoked.items()}, indent=1).encode())

    def _write(self, name: str, content: bytes) -> None:
        """Swap a finished file in, so that a reader never sees half of one."""
        handle, temporary = tempfile.mkstemp(dir=self.folder)  # mkstemp gives 0600
        with os.fdopen(handle, "wb") as new:
            new.write(content)
        os.replace(temporary, self.folder / name)
