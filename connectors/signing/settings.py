"""What an installation decides about signing; read from VANTHU_SIGNING_… ."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.settings import read_settings, setting

PREFIX = "VANTHU_SIGNING_"


@dataclass(frozen=True)
class SigningSettings:
    """Where keys and trust lie, and how much of a file is looked at."""

    test_authority: bool = setting("sign with the built-in test authority; off: only with a device", default=True)
    authority_passphrase: str = setting("encrypts the keys of the test authority", default="", secret=True)
    authority_path: Path = setting("folder of the test authority; empty: `authority` beside the data", default=Path(""))
    trust_path: Path = setting("folder of further trusted roots (.pem) and revocation lists (.crl)", default=Path(""))
    largest_bytes: int = setting("largest file a verification opens", default=100 * 1024 * 1024)
    revocation_required: bool = setting("without a revocation list a signature is undecided", default=True)

    @classmethod
    def from_environment(cls) -> SigningSettings:
        """Read every field; SettingsError names the variable that can't be read."""
        return read_settings(cls, PREFIX)
