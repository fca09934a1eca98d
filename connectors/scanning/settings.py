"""What an installation decides about recognising text; read from VANTHU_TESSERACT… ."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from engine.settings import read_settings, setting

PREFIX = "VANTHU_"


@dataclass(frozen=True)
class ScanningSettings:
    """Where Tesseract is, and how much time and memory a page may take."""

    tesseract: str = setting("program that recognises printed text; `off` for none", default="tesseract")
    tesseract_languages: str = setting("its language models", default="vie")
    tesseract_seconds: int = setting("longest time it may take for one page", default=60)
    tesseract_megabytes: int = setting("most memory it may take for one page", default=1024)
    tesseract_pages: int = setting("most pages of one document it recognises", default=40)

    @classmethod
    def from_environment(cls) -> ScanningSettings:
        """Read every field; SettingsError names the variable that can't be read."""
        return read_settings(cls, PREFIX)

    def program(self) -> str | None:
        """Where the program is, looked up on PATH; None when this machine has none."""
        return None if self.tesseract in ("", "off") else shutil.which(self.tesseract)
