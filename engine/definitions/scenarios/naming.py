"""Keys of scenarios: short names for files, made from the sentence an analyst gave."""

from __future__ import annotations

import re
from collections.abc import Collection

from engine.documents.text import fold

LONGEST = 60


def free_key(name: str, taken: Collection[str]) -> str:
    """A key for a scenario of this name that isn't taken: lower case, no diacritics, hyphens."""
    plain = re.sub(r"[^a-z0-9]+", "-", fold(name)).strip("-")[:LONGEST].strip("-") or "kich-ban"
    if plain not in taken:
        return plain
    return next(key for key in (f"{plain}-{number}" for number in range(2, len(taken) + 3)) if key not in taken)
