"""Conditions and mappings of a diagram: CEL inside `${ }`, compiled once, evaluated often.

The parser and evaluator is Google's C++ CEL (cel-expr-python). Of the two libraries compared it alone stops endless
nesting and looping by itself (the Rust one ran out of stack on `1+1+…` and never came back from nested loops), checks
types when it compiles and counts letters, not bytes (size('Đặng') is 4). What it lacks is added here: limits on input,
names that an expression reads, functions bound at evaluation, and sentences for people.
"""

from __future__ import annotations

import datetime
import json
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from cel_expr_python import cel

from engine.bpmn.expressions.sentences import at_compile, at_evaluation, only_mixed_branches
from engine.bpmn.expressions.tree import TAKEN_NAMES, Tree, parsed, read_tree
from engine.errors import PlatformError

MAX_LENGTH = 2_000
MAX_LOOPS = 6
MAX_GROWTH = 10_000  # how many times larger than its variables a result may become
MAX_DEPTH = 40
# Items and letters an expression may read; fewer when it loops, because each turn may read them all again.
MAX_READ = 200_000
MAX_READ_LOOPING = 5_000
MAX_READ_MATCHING = 250  # a pattern may look at each letter a thousand ways
MAX_RESULT = 400_000
MAX_TURNS = 10_000  # what the library lets an expression loop, whatever is nested
# Items that all turns of all loops together may read again, or copy into what they gather.
MAX_WORK = 1_000_000
MAX_STEP_WORK = 5_000_000  # what all expressions of one step, or of one table, may read together
MATCHING_WEIGHT = 1_000
LETTERS_PER_ITEM = 20

ALL_DATA = "data"  # `has(data.reason)` asks whether a variable is set; `data` is every variable

_TYPES = cel.Type
# name → parameter lists it accepts and what it gives; the platform hands in what they do.
_FUNCTIONS: Mapping[str, tuple[tuple[tuple[Any, ...], ...], Any]] = {
    "now": (((),), _TYPES.TIMESTAMP),
    "office_deadline": (
        ((_TYPES.TIMESTAMP, _TYPES.STRING), (_TYPES.STRING, _TYPES.STRING)),
        _TYPES.TIMESTAMP,
    ),
    "end_of_morning_next_day": (((_TYPES.TIMESTAMP,), (_TYPES.STRING,)), _TYPES.TIMESTAMP),
    "end_of_next_day": (((_TYPES.TIMESTAMP,), (_TYPES.STRING,)), _TYPES.TIMESTAMP),
}
FUNCTION_NAMES = frozenset(_FUNCTIONS)

Functions = Mapping[str, Callable[..., Any]]
NO_FUNCTIONS: Functions = MappingProxyType({})


class ExpressionError(PlatformError):
    """An expression can't be read, or not be worked out with these variables; the text is for people."""


class _Bound(threading.local):
    """The functions of the evaluation under way in this thread, what one of them raised, and what work is left."""

    functions: Functions = NO_FUNCTIONS
    raised: BaseException | None = None
    left: int | None = None


_bound = _Bound()


@contextmanager
def limited(work: int) -> Iterator[None]:
    """Let all expressions inside the block read and make so many items together; ExpressionError beyond."""
    before = _bound.left
    _bound.left = work
    try:
        yield
    finally:
        _bound.left = before


def _spend(work: int) -> None:
    if _bound.left is not None:
        _bound.left -= work
        if _bound.left < 0:
            raise ExpressionError("Các biểu thức của bước này phải đọc quá nhiều dữ liệu; hãy chia thành nhiều bước.")


def _caller(name: str) -> Callable[..., Any]:
    def call(*arguments: Any) -> Any:
        try:
            function = _bound.functions.get(name)
            if function is None:
                raise ExpressionError(f"Hàm {name}() không dùng được ở chỗ này.")
            return function(*arguments)
        except Exception as error:
            _bound.raised = error
            raise

    return call


def _declare() -> list[Any]:
    return [
        cel.FunctionDecl(
            name,
            [
                cel.Overload(
                    "_".join([name, *(kind.name().lower() for kind in kinds)]),
                    return_type=result,
                    parameters=list(kinds),
                    impl=_caller(name),
                )
                for kinds in accepted
            ],
        )
        for name, (accepted, result) in _FUNCTIONS.items()
    ]


_declarations = _declare()
_parser = cel.NewEnv()


@lru_cache(maxsize=512)
def _environment(names: frozenset[str]) -> Any:
    return cel.NewEnv(variables=dict.fromkeys(names, _TYPES.DYN), functions=_declarations)


@dataclass(frozen=True, slots=True, eq=False)
class Expression:
    """A compiled expression. `names` are the variables it reads (`data`, which is all of them, not counted)."""

    text: str
    names: frozenset[str]
    _program: Any
    _tree: Tree
    _most: int
    _reads_all: bool

    def evaluate(self, variables: Mapping[str, Any], functions: Functions = NO_FUNCTIONS) -> Any:
        """Work the expression out: plain Python values in and out, times as aware datetimes.

        Times in `variables` reach the expression as ISO text, as they would from stored process data.
        Raises ExpressionError, with the name of a missing variable in it.
        """
        given = self._read(variables)
        before = _bound.functions, _bound.raised
        _bound.functions, _bound.raised = functions, None
        try:
            value = self._program.eval(data=given)
            result = value.plain_value()
            # An error comes back as a value whose plain form is a text; asking each result costs 2 µs.
            failed = type(result) is str and value.type() == _TYPES.ERROR
        except RuntimeError as error:
            result, failed = str(error), True
        finally:
            raised = _bound.raised
            _bound.functions, _bound.raised = before
        if not failed:
            return _taken(result)
        if isinstance(raised, ExpressionError):
            raise raised
        if raised is not None:
            raise ExpressionError(f"Biểu thức “{self.text}”: {raised}") from raised
        raise ExpressionError(f"Biểu thức “{self.text}”: {at_evaluation(result)}")

    def _read(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        """What the program gets; ExpressionError when it would have to read too much, or too much again and again."""
        budget, sizes = _Budget(self._most), {}
        given: dict[str, Any] = {}
        for name in self.names:
            if name in variables:
                before = budget.left
                given[name] = _given(variables[name], budget)
                sizes[name] = 1 + before - budget.left
        if self._reads_all:
            given[ALL_DATA] = _given(variables, budget)
            sizes[ALL_DATA] = self._most - budget.left
        _spend(self._work(self._most - budget.left, sizes))
        return given

    def _work(self, read: int, sizes: Mapping[str, int]) -> int:
        """A bound of how many items are read or made, out of how many the variables have."""
        tree = self._tree
        weight = MATCHING_WEIGHT if "matches" in tree.functions else 1
        work = (read + 1) * max(weight, min(tree.size, MAX_GROWTH))
        if tree.loops:
            turns = min((read + tree.written + 1) ** tree.loops, MAX_TURNS)
            again = sum(times * sizes.get(name, 0) for name, times in tree.inside.items()) + tree.carried * read
            repeated = turns * again * weight
            if repeated > MAX_WORK:
                raise ExpressionError(f"Biểu thức “{_short(self.text)}” đọc lại quá nhiều dữ liệu trong vòng lặp.")
            work += turns + repeated
        return work


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Expression:
    """Read the text of a CEL expression (without `${ }`). Raises ExpressionError with what is wrong and where."""
    if not text.strip():
        raise ExpressionError("Biểu thức đang để trống.")
    if "\0" in text:
        raise ExpressionError("Biểu thức có ký tự không hợp lệ.")
    if len(text) > MAX_LENGTH:
        raise ExpressionError(f"Biểu thức dài quá {MAX_LENGTH} ký tự; hãy tách thành nhiều bước.")
    try:
        tree = read_tree(_parser.compile(text, disable_check=True).serialize())
        unknown = sorted(name for name in tree.functions if name in _UNSUPPORTED)
        if unknown:
            raise ExpressionError(f"Biểu thức “{text}”: hàm {unknown[0]}() không có.")
        for name in sorted(tree.names & TAKEN_NAMES):
            raise ExpressionError(f"Tên “{name}” là từ dành riêng; hãy viết {ALL_DATA}.{name} hoặc đổi tên biến.")
        if tree.loops > MAX_LOOPS or tree.size > MAX_GROWTH:
            raise ExpressionError("Biểu thức lặp quá nhiều lần; hãy tách thành nhiều bước.")
        program = _program(text, frozenset(tree.names))
    except (RuntimeError, UnicodeError, ValueError) as error:
        raise ExpressionError(f"Biểu thức “{_short(text)}”: {at_compile(str(error))}") from None
    names = frozenset(tree.names - {ALL_DATA})
    return Expression(text, names, program, tree, _most(tree), ALL_DATA in tree.names)


def _most(tree: Tree) -> int:
    """How much the variables of an expression may hold together."""
    most = MAX_READ_LOOPING if tree.loops else MAX_READ
    if "matches" in tree.functions:
        most = min(most, MAX_READ_MATCHING)
    return min(most, MAX_RESULT // max(1, tree.size))


def parse_tree(text: str) -> bytes:
    """The parse tree of an expression that compiles, as protobuf `cel.expr.Expr`."""
    return parsed(_parser.compile(text, disable_check=True).serialize())


def _program(text: str, names: frozenset[str]) -> Any:
    """Compile with type check; but `set ? text : null` is sound for process data, though not one type in CEL."""
    environment = _environment(names)
    try:
        return environment.compile(text)
    except RuntimeError as error:
        if not only_mixed_branches(str(error)):
            raise
    return environment.compile(text, disable_check=True)


# Building protobuf messages or bytes has no meaning in a diagram.
_UNSUPPORTED = frozenset({"bytes"})


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:77] + "…"


class _Budget:
    """Counts what an expression is given to read, so that no data can make it run long."""

    __slots__ = ("left",)

    def __init__(self, left: int) -> None:
        self.left = left

    def take(self, amount: int) -> None:
        self.left -= amount
        if self.left < 0:
            raise ExpressionError("Dữ liệu đưa vào biểu thức quá lớn; quy trình chỉ nên giữ mã số và quyết định.")


def _given(value: Any, budget: _Budget, depth: int = 0) -> Any:
    """Turn a Python value into what CEL takes; times become ISO text."""
    kind = type(value)
    if kind is str:
        if len(value) > LETTERS_PER_ITEM:
            budget.take(len(value) // LETTERS_PER_ITEM)
        return _whole(value)
    if kind is int or kind is bool or kind is float or value is None:
        return value
    if depth > MAX_DEPTH:
        raise ExpressionError("Dữ liệu đưa vào biểu thức lồng nhau quá sâu.")
    if isinstance(value, Mapping):
        budget.take(len(value) + 1)
        return {_whole(str(key)): _given(inner, budget, depth + 1) for key, inner in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        budget.take(len(value) + 1)
        return [_given(inner, budget, depth + 1) for inner in value]
    if isinstance(value, datetime.datetime | datetime.date):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return f"{value.total_seconds():f}s"
    if isinstance(value, int | str | float):  # enumerations and the like
        return kind.__base__(value) if kind.__base__ in (int, str, float) else str(value)
    raise ExpressionError(f"Biểu thức không đọc được giá trị kiểu {kind.__name__}.")


def _whole(text: str) -> str:
    """Refuse NUL, at which the library would cut the text off: 'approve' must not equal 'approve\\0d'."""
    if "\0" in text:
        raise ExpressionError("Dữ liệu đưa vào biểu thức có ký tự không hợp lệ.")
    return text


def _taken(value: Any) -> Any:
    """Turn a result into plain values; bytes and types, which process data can't hold, are refused."""
    if isinstance(value, dict):
        return {str(key): _taken(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_taken(inner) for inner in value]
    if value is None or isinstance(value, bool | int | float | str | datetime.datetime | datetime.timedelta):
        return value
    raise ExpressionError("Kết quả của biểu thức không lưu được; phải là số, chữ, đúng/sai, ngày giờ hoặc danh sách.")


@dataclass(frozen=True, slots=True, eq=False)
class Value:
    """The value of an attribute: text as it stands, one expression, or text with expressions in it."""

    text: str
    parts: tuple[str | Expression, ...]
    names: frozenset[str]
    is_literal: bool

    def evaluate(self, variables: Mapping[str, Any], functions: Functions = NO_FUNCTIONS) -> Any:
        """Literal text as it is; a lone `${ }` gives what it gives; mixed text is put together to one string."""
        if len(self.parts) == 1:
            part = self.parts[0]
            return part if isinstance(part, str) else part.evaluate(variables, functions)
        return "".join(
            part if isinstance(part, str) else as_text(part.evaluate(variables, functions)) for part in self.parts
        )


@lru_cache(maxsize=4096)
def parse_value(text: str) -> Value:
    """Read an attribute value: literal, `${CEL}`, or a mixture. Raises ExpressionError."""
    if "#{" in text:
        raise ExpressionError("Biểu thức phải viết trong ${ }, không dùng #{ }.")
    if "${" not in text:
        return Value(text, (text,), frozenset(), True)
    parts: list[str | Expression] = []
    rest = text.strip()
    while "${" in rest:
        before, _, rest = rest.partition("${")
        end = _closing(rest)
        if end < 0:
            raise ExpressionError(f"Biểu thức trong “{_short(text)}” thiếu dấu }} ở cuối.")
        if before:
            parts.append(before)
        parts.append(compile_expression(rest[:end].strip()))
        rest = rest[end + 1 :]
    if rest:
        parts.append(rest)
    names = frozenset(name for part in parts if isinstance(part, Expression) for name in part.names)
    return Value(text, tuple(parts), names, False)


def _closing(text: str) -> int:
    """Where the `}` that ends the expression stands: not inside quotes, not inside a map."""
    depth, quote, position = 0, "", 0
    while position < len(text):
        letter = text[position]
        if quote:
            if letter == "\\":
                position += 1
            elif letter == quote:
                quote = ""
        elif letter in "'\"":
            quote = letter
        elif letter == "{":
            depth += 1
        elif letter == "}":
            if depth == 0:
                return position
            depth -= 1
        position += 1
    return -1


def as_text(value: Any) -> str:
    """How a value reads inside a sentence: nothing for null, JSON for lists, ISO for times."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    return str(value)
