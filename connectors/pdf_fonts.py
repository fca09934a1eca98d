"""The serif typeface of NĐ 30/2020 (Times metrics, every Vietnamese letter) for everything drawn with ReportLab."""

from __future__ import annotations

import threading
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from reportlab import rl_config
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from engine.errors import PlatformError

FONTS = Path(__file__).resolve().parent.parent / "web" / "static" / "fonts"
"""Where set-up puts the typeface, wherever the process was started."""

rl_config.useA85 = 0  # streams as they are: writing them in letters takes longer than compressing, and a fifth more

_CUTS = ("Regular", "Bold", "Italic", "BoldItalic")
_FAMILIES = ("Tinos", "LiberationSerif")
_lock = threading.Lock()
_loaded: dict[Path, Typeface] = {}


class FontsMissing(PlatformError):
    """The folder doesn't hold the four cuts of a serif typeface with Times metrics."""


@dataclass(frozen=True, slots=True)
class Typeface:
    """ReportLab names of the four cuts."""

    regular: str
    bold: str
    italic: str
    bold_italic: str

    def width(self, text: str, size: float, cut: str | None = None) -> float:
        """How wide `text` is in points when set in `cut` (regular unless said)."""
        return float(pdfmetrics.stringWidth(composed(text), cut or self.regular, size))


def composed(text: str) -> str:
    """`text` with every letter and its marks as one character (TCVN 6909), control characters dropped."""
    if text.isprintable():  # nearly everything; nothing in it is a control character
        return unicodedata.normalize("NFC", text)
    plain = "".join(c for c in text if c in "\n\t" or unicodedata.category(c)[0] != "C" or c == "\u00ad")
    return unicodedata.normalize("NFC", plain)


def typeface(folder: Path) -> Typeface:
    """Load the typeface of `folder` once per process; FontsMissing when a cut isn't there."""
    folder = folder.resolve()
    with _lock:
        known = _loaded.get(folder)
        if known is None:
            known = _loaded[folder] = _load(folder, len(_loaded))
    return known


def _load(folder: Path, count: int) -> Typeface:
    for family in _FAMILIES:
        files = [folder / f"{family}-{cut}.ttf" for cut in _CUTS]
        if not all(file.is_file() for file in files):
            continue
        names = [f"vanthu-{count}-{cut}" for cut in _CUTS]
        for name, file in zip(names, files, strict=True):
            pdfmetrics.registerFont(TTFont(name, str(file)))
        pdfmetrics.registerFontFamily(names[0], normal=names[0], bold=names[1], italic=names[2], boldItalic=names[3])
        return Typeface(*names)
    raise FontsMissing(f"Không tìm thấy phông chữ Tinos trong thư mục “{folder}”; hãy chạy lại lệnh cài đặt.")
