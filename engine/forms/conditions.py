"""When a field is hidden: the small condition language shared by the server and the browser.

Reads form-js FEEL (`=decision = "refuse"`) and the same written as CEL (`${decision == 'refuse'}`): comparisons of one
name with one literal, joined by and, or, not. Anything richer is CEL and is decided on the server alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Set
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from engine.forms.text import look_up

Literals: TypeAlias = str | int | float | bool | None
Sign: TypeAlias = Literal["==", "!=", "<", "<=", ">", ">="]

LONGEST_CONDITION = 500
_DEEPEST = 20
_TOKEN = re.compile(
    r"""\s*(?:(?P<string>"[^"\\]*"|'[^'\\]*')|(?P<number>-?\d{1,15}(?:\.\d{1,10})?)"""
    r"""|(?P<sign>==|!=|<=|>=|=|<|>)|(?P<join>&&|\|\||!|\(|\))|(?P<name>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*))"""
)
_WORDS: Mapping[str, Literals] = {"true": True, "false": False, "null": None}
_JOINS = {"&&": "and", "||": "or", "!": "not"}


class NotSimple(ValueError):
    """The text is not in the small language; the message says where it stopped being so."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """One name compared with one literal; a missing name counts as null."""

    name: str
    sign: Sign
    literal: Literals


@dataclass(frozen=True, slots=True)
class Joined:
    """Conditions joined by one word: and, or, not (not has one part)."""

    word: Literal["and", "or", "not"]
    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Computed:
    """A condition only the server can decide; `decide` gets process data plus the answers so far."""

    source: str
    decide: Callable[[Mapping[str, Any]], bool]
    names: frozenset[str]


Condition: TypeAlias = Comparison | Joined | Computed


def parse(text: str) -> Condition:
    """Return the condition written in `text` (without `=` or `${ }` around it); NotSimple when it is richer."""
    if len(text) > LONGEST_CONDITION:
        raise NotSimple("biểu thức quá dài")
    return _Reader(text).whole()


def holds(condition: Condition, values: Mapping[str, Any]) -> bool:
    """Tell whether `condition` is true for `values` (process data overlaid with answers)."""
    if isinstance(condition, Computed):
        return condition.decide(values)
    if isinstance(condition, Comparison):
        return _compare(look_up(values, condition.name), condition.sign, condition.literal)
    if condition.word == "not":
        return not holds(condition.parts[0], values)
    decide = all if condition.word == "and" else any
    return decide(holds(part, values) for part in condition.parts)


def names(condition: Condition) -> frozenset[str]:
    """Return the first step of every name the condition looks at."""
    if isinstance(condition, Computed):
        return condition.names
    if isinstance(condition, Comparison):
        return frozenset({condition.name.split(".")[0]})
    return frozenset().union(*(names(part) for part in condition.parts))


def for_browser(condition: Condition, values: Mapping[str, Any], asked: Set[str]) -> list[Any] | bool | None:
    """Return the condition as nested lists for form.js.

    A constant when no asked field matters, None when only the server can decide. Names that are not asked in the form
    are settled here from `values`, so the browser sees form fields only.
    """
    if not names(condition) & asked:
        return holds(condition, values)
    if isinstance(condition, Computed):
        return None
    if isinstance(condition, Comparison):
        return [condition.sign, condition.name, condition.literal]
    parts = [for_browser(part, values, asked) for part in condition.parts]
    return None if any(part is None for part in parts) else [condition.word, *parts]


def _compare(found: Any, sign: Sign, literal: Literals) -> bool:
    if sign in ("==", "!="):
        same = found == literal and isinstance(found, bool) == isinstance(literal, bool)
        return same is (sign == "==")
    if isinstance(found, bool) or isinstance(literal, bool):
        return False
    if isinstance(found, (int, float)) and isinstance(literal, (int, float)):
        return _ordered(found, sign, literal)
    if isinstance(found, str) and isinstance(literal, str):
        return _ordered(found, sign, literal)
    return False


def _ordered(left: Any, sign: Sign, right: Any) -> bool:
    if sign == "<":
        return bool(left < right)
    if sign == "<=":
        return bool(left <= right)
    return bool(left > right) if sign == ">" else bool(left >= right)


class _Reader:
    """Recursive descent over the tokens: or, and, not, comparison."""

    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        self._at = 0
        position = 0
        while text[position:].strip():
            match = _TOKEN.match(text, position)
            if match is None:
                raise NotSimple(f"không hiểu “{text[position:].strip()[:20]}”")
            kind = str(match.lastgroup)
            self._tokens.append((kind, match.group(kind)))
            position = match.end()

    def whole(self) -> Condition:
        condition = self._either(0)
        if self._at != len(self._tokens):
            raise NotSimple(f"không hiểu “{self._tokens[self._at][1]}”")
        return condition

    def _either(self, depth: int) -> Condition:
        return self._series("or", self._both, depth)

    def _both(self, depth: int) -> Condition:
        return self._series("and", self._single, depth)

    def _series(self, word: Literal["and", "or"], part: Callable[[int], Condition], depth: int) -> Condition:
        parts = [part(depth)]
        while self._word() == word:
            self._at += 1
            parts.append(part(depth))
        return parts[0] if len(parts) == 1 else Joined(word, tuple(parts))

    def _single(self, depth: int) -> Condition:
        if depth > _DEEPEST:
            raise NotSimple("biểu thức lồng quá sâu")
        word = self._word()
        if word == "not":
            self._at += 1
            return Joined("not", (self._single(depth + 1),))
        if word == "(":
            self._at += 1
            inner = self._either(depth + 1)
            self._take("join", ")")
            return inner
        return self._comparison()

    def _comparison(self) -> Condition:
        name = self._take("name")
        if self._at == len(self._tokens) or self._tokens[self._at][0] != "sign":
            return Comparison(name, "==", True)
        sign = self._take("sign")
        return Comparison(name, _sign(sign), self._literal())

    def _literal(self) -> Literals:
        kind, text = self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")
        self._at += 1
        if kind == "string":
            return text[1:-1]
        if kind == "number":
            return float(text) if "." in text else int(text)
        if kind == "name" and text in _WORDS:
            return _WORDS[text]
        raise NotSimple(f"chờ một giá trị, gặp “{text}”")

    def _word(self) -> str:
        if self._at == len(self._tokens):
            return ""
        kind, text = self._tokens[self._at]
        return _JOINS.get(text, text) if kind in ("join", "name") else ""

    def _take(self, kind: str, text: str = "") -> str:
        found_kind, found = self._tokens[self._at] if self._at < len(self._tokens) else ("end", "")
        if found_kind != kind or (text and found != text) or (kind == "name" and found in _WORDS):
            raise NotSimple(f"không hiểu “{found}”")
        self._at += 1
        return found


def _sign(text: str) -> Sign:
    signs: Mapping[str, Sign] = {"=": "==", "==": "==", "!=": "!=", "<": "<", "<=": "<=", ">": ">", ">=": ">="}
    return signs[text]
