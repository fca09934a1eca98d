"""What people type, made clean: Unicode NFC, no control or direction-changing characters, bounded length."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

LONGEST_LINE = 1_000
LONGEST_TEXT = 20_000

# Bidirectional overrides and invisible joiners can make a subject read differently from what is stored.
_INVISIBLE = frozenset("\u200b\u200e\u200f\u2060\ufeff\u00ad").union(
    chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
)
_SLOT = re.compile(r"\{\{\s*([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)\s*\}\}")


def clean(raw: str, *, lines: bool = False) -> str:
    """Return `raw` in NFC without control characters; line breaks stay only when `lines`."""
    if raw.isascii() and raw.isprintable():  # numbers and keys of hundreds of options
        return raw.strip()
    text = raw.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    if not lines:
        text = text.replace("\n", " ").replace("\t", " ").replace("\u00a0", " ")
    kept = "".join(c for c in text if c in "\n\t" or not _is_control(c))
    return unicodedata.normalize("NFC", kept).strip()


def _is_control(character: str) -> bool:
    return character in _INVISIBLE or unicodedata.category(character) in {"Cc", "Cs", "Cn", "Co"}


def slots(template: str) -> tuple[str, ...]:
    """Return the names inside `{{ }}` of a label or static text."""
    return tuple(match.group(1) for match in _SLOT.finditer(template))


def filled(template: str, data: Mapping[str, Any]) -> str:
    """Return `template` with every `{{name}}` replaced by plain text out of `data`; unknown names become empty."""
    return _SLOT.sub(lambda match: _as_text(look_up(data, match.group(1))), template)


def look_up(data: Mapping[str, Any], path: str) -> Any:
    """Return the value at a dotted `path` of `data`, None when a step is missing."""
    value: Any = data
    for step in path.split("."):
        if not isinstance(value, Mapping) or step not in value:
            return None
        value = value[step]
    return value


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "có" if value else "không"
    if isinstance(value, (str, int, float)):
        return clean(str(value), lines=True)[:LONGEST_TEXT]
    if isinstance(value, (list, tuple)):
        return ", ".join(_as_text(item) for item in value)
    return ""
