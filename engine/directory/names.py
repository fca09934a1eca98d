"""The order of Vietnamese names: by the given name (tên), then the family name and what stands between."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import Protocol, TypeVar

_LETTERS = {letter: place for place, letter in enumerate("aăâbcdđeêfghijklmnoôơpqrstuưvwxyz")}
_TONES = {"\u0300": 1, "\u0309": 2, "\u0303": 3, "\u0301": 4, "\u0323": 5}  # huyền, hỏi, ngã, sắc, nặng; none first

Order = tuple[tuple[tuple[tuple[int, ...], tuple[int, ...]], ...], str]


class Named(Protocol):
    """Whoever has a name."""

    @property
    def full_name(self) -> str:
        """Family name first, given name last, as it is written."""


N = TypeVar("N", bound=Named)


def by_name(people: Iterable[N]) -> list[N]:
    """People in the order of a Vietnamese list; who has the same name stays as it came."""
    return sorted(people, key=lambda each: name_order(each.full_name))


@lru_cache(maxsize=20_000)
def name_order(full_name: str) -> Order:
    """What a name is sorted by: An before Ánh before Bình, whatever the family; letters first, then tones."""
    *others, given = full_name.split() or [""]
    return tuple(_word(word) for word in (given, *others)), full_name


def _word(word: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    letters: list[int] = []
    tones: list[int] = []
    for letter in unicodedata.normalize("NFC", word.casefold()):
        apart = unicodedata.normalize("NFD", letter)
        tone = next((sign for sign in apart if sign in _TONES), "")
        bare = unicodedata.normalize("NFC", apart.replace(tone, "")) if tone else letter
        letters.append(_LETTERS.get(bare, 100 + ord(bare[0])))
        tones.append(_TONES.get(tone, 0))
    return tuple(letters), tuple(tones)
