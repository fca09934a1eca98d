"""What an installation decides about conversion; read from VANTHU_CONVERSION_… ."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from engine.settings import read_settings, setting

PREFIX = "VANTHU_CONVERSION_"


@dataclass(frozen=True)
class ConversionSettings:
    """Where the typeface of pages lies."""

    fonts_path: Path = setting("folder of the serif typeface for pages", default=Path("web/static/fonts"))

    @classmethod
    def from_environment(cls) -> ConversionSettings:
        """Read every field; SettingsError names the variable that can't be read."""
        return read_settings(cls, PREFIX)
