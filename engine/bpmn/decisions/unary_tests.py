"""The tests in the cells of a decision table (S-FEEL unary tests), parsed to functions.

Understood: `-`, values and lists of values, `< 5`, `[1..10]` with open ends, `not(…)`, dates, null, and names of
variables in place of values. Numbers compare with numbers, texts with texts, dates with dates; anything else is false.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from engine.bpmn.expressions import ExpressionError, Functions, compile_expression

MAX_LENGTH = 2_000
# Vietnam has had one offset since 1975; a date in a table means the date people here write.
_LOCAL = timezone(timedelta(hours=7))

Scope = tuple[Mapping[str, Any], Functions]
Test = Callable[[Any, Scope], bool]
_Operand = Callable[[Scope], Any]


class UnaryTestError(ValueError):
    """A cell can't be read; the text says why, in Vietnamese."""


@dataclass(frozen=True, slots=True)
class Cell:
    """The test of one cell and the variables it reads. `always` is true for `-`."""

    test: Test
    names: frozenset[str] = frozenset()
    always: bool = False


_TOKEN = re.compile(
    r"""\s*(?:
      (?P<string>"(?:[^"\\]|\\.)*")
    | (?P<number>-?(?:\d+(?:\.\d+)?|\.\d+))(?!\w)
    | (?P<date>date\s+and\s+time|date)\s*\(\s*"(?P<iso>[^"]*)"\s*\)
    | (?P<name>[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)
    | (?P<sign><=|>=|!=|\.\.|[<>=(),\[\]-])
    )""",
    re.VERBOSE | re.ASCII,
)
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
_WORDS: Mapping[str, Any] = {"true": True, "false": False, "null": None}
_ESCAPE = re.compile(r'\\(u[0-9a-fA-F]{4}|.)')
_ESCAPED = {"n": "\n", "t": "\t", "r": "\r", '"': '"', "\\": "\\", "'": "'", "/": "/"}


def parse_cell(text: str) -> Cell:
    """Parse the text of an input entry. Raises UnaryTestError."""
    if len(text) > MAX_LENGTH:
        raise UnaryTestError("Ô điều kiện quá dài.")
    if text.strip() in ("", "-"):
        return Cell(lambda value, scope: True, always=True)
    parser = _Parser(text)
    test = parser.whole()
    return Cell(test, frozenset(parser.names))


class _Parser:
    """Recursive descent over the tokens of one cell; there is no nesting, so it can't run deep."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = _tokens(text)
        self.position = 0
        self.names: set[str] = set()

    def whole(self) -> Test:
        if self._ahead("name", "not") and self._ahead("sign", "(", 1):
            self.position += 2
            inner = self._list(closing=True)
            test: Test = lambda value, scope: not inner(value, scope)  # noqa: E731
        else:
            test = self._list(closing=False)
        if self.position < len(self.tokens):
            raise self._error()
        return test

    def _list(self, closing: bool) -> Test:
        tests = [self._one()]
        while self._take("sign", ","):
            tests.append(self._one())
        if closing and not self._take("sign", ")"):
            raise self._error()
        if len(tests) == 1:
            return tests[0]
        return lambda value, scope: any(test(value, scope) for test in tests)

    def _one(self) -> Test:
        kind, content = self._peek()
        if kind == "sign" and content in _COMPARE:
            self.position += 1
            return _comparison(_COMPARE[content], self._operand())
        if kind == "sign" and content in ("[", "]", "("):
            return self._interval()
        if kind == "sign" and content in ("=", "!="):
            self.position += 1
            wanted = self._operand()
            if content == "=":
                return lambda value, scope: same(value, wanted(scope))
            return lambda value, scope: not same(value, wanted(scope))
        wanted = self._operand()
        return lambda value, scope: same(value, wanted(scope))

    def _interval(self) -> Test:
        opens = self._next()[1]
        low = self._operand()
        if not self._take("sign", ".."):
            raise self._error()
        high = self._operand()
        kind, closes = self._next()
        if kind != "sign" or closes not in (")", "]", "["):
            self.position -= 1
            raise self._error()
        above = _comparison(operator.ge if opens == "[" else operator.gt, low)
        below = _comparison(operator.le if closes == "]" else operator.lt, high)
        return lambda value, scope: above(value, scope) and below(value, scope)

    def _operand(self) -> _Operand:
        kind, content = self._next()
        if kind == "value":
            return lambda scope: content
        if kind == "name" and content in _WORDS:
            word = _WORDS[content]
            return lambda scope: word
        if kind == "name" and content != "not":
            try:
                expression = compile_expression(content)
            except ExpressionError as error:
                raise UnaryTestError(str(error)) from None
            self.names |= expression.names
            return lambda scope: expression.evaluate(*scope)
        self.position -= 1
        raise self._error()

    def _peek(self, ahead: int = 0) -> tuple[str, Any]:
        place = self.position + ahead
        return self.tokens[place] if place < len(self.tokens) else ("end", None)

    def _next(self) -> tuple[str, Any]:
        token = self._peek()
        self.position += 1
        return token

    def _ahead(self, kind: str, content: str, ahead: int = 0) -> bool:
        return self._peek(ahead) == (kind, content)

    def _take(self, kind: str, content: str) -> bool:
        if self._ahead(kind, content):
            self.position += 1
            return True
        return False

    def _error(self) -> UnaryTestError:
        kind, content = self._peek()
        if kind == "end":
            return UnaryTestError(f"Điều kiện “{_short(self.text)}” viết chưa xong.")
        return UnaryTestError(f"Điều kiện “{_short(self.text)}” viết sai ở “{content}”.")


def _tokens(text: str) -> list[tuple[str, Any]]:
    found: list[tuple[str, Any]] = []
    position, end = 0, len(text.rstrip())
    while position < end:
        match = _TOKEN.match(text, position)
        if match is None:
            raise UnaryTestError(f"Điều kiện “{_short(text)}” viết sai ở “{text[position:].strip()[:10]}”.")
        position = match.end()
        if match["string"] is not None:
            found.append(("value", unescape(match["string"][1:-1])))
        elif match["number"] is not None:
            number = match["number"]
            found.append(("value", float(number) if "." in number else int(number)))
        elif match["date"] is not None:
            found.append(("value", _moment(match["date"], match["iso"])))
        else:
            kind = "name" if match["name"] is not None else "sign"
            found.append((kind, match[kind]))
    return found


def unescape(text: str) -> str:
    """The content of a quoted text, its backslash signs resolved."""
    return _ESCAPE.sub(lambda m: chr(int(m[1][1:], 16)) if len(m[1]) > 1 else _ESCAPED.get(m[1], m[1]), text)


def _moment(kind: str, text: str) -> date | datetime:
    try:
        if kind == "date":
            return date.fromisoformat(text)
        return _at_home(datetime.fromisoformat(text))
    except ValueError:
        raise UnaryTestError(f"“{text}” không phải là ngày, hãy viết như 2026-11-23.") from None


def _at_home(moment: datetime) -> datetime:
    return moment.replace(tzinfo=_LOCAL) if moment.tzinfo is None else moment.astimezone(_LOCAL)


def same(value: Any, wanted: Any) -> bool:
    """Equal and of one kind: true isn't 1, and a text equals a date only when it is that date."""
    value, wanted = _aligned(value, wanted)
    return bool(_kind(value) == _kind(wanted) and value == wanted)


def _comparison(compare: Callable[[Any, Any], bool], operand: _Operand) -> Test:
    def test(value: Any, scope: Scope) -> bool:
        left, right = _aligned(value, operand(scope))
        kind = _kind(left)
        return kind in ("number", "text", "date", "time") and kind == _kind(right) and bool(compare(left, right))

    return test


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, str):
        return "text"
    if isinstance(value, datetime):
        return "time"
    return "date" if isinstance(value, date) else "other"


def _aligned(value: Any, wanted: Any) -> tuple[Any, Any]:
    """Process data keeps dates as ISO text, so whatever meets a date or a time is read as one, if it can be."""
    if isinstance(wanted, date):
        return _as(value, wanted), wanted
    if isinstance(value, date):
        return value, _as(wanted, value)
    return value, wanted


def _as(value: Any, example: date) -> Any:
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value)
        except ValueError:
            return value
    if isinstance(value, datetime):
        local = _at_home(value)
        return local if isinstance(example, datetime) else local.date()
    if isinstance(value, date) and isinstance(example, datetime):
        return datetime(value.year, value.month, value.day, tzinfo=_LOCAL)
    return value


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 60 else text[:57] + "…"
