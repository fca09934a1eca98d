"""Patterns an analyst may put on a text field: regular expressions that can't be made to run for long."""

from __future__ import annotations

import re
from collections.abc import Callable

LONGEST_PATTERN = 200
_MOST_REPEATS = 3
_REPEAT = re.compile(r"[*+]|\{\d*,\}")
_BOUNDED = re.compile(r"\?|\{(\d+)(?:,(\d+))?\}")
_MOST_TIMES = 64


class UnsafePattern(ValueError):
    """The pattern can't be used; the message is a Vietnamese sentence saying why."""


def compile_pattern(source: str) -> Callable[[str], bool]:
    """Return a test that says whether a text holds the pattern, as in the browser (a search, anchored by ^ and $).

    Python's matcher goes back and tries again, so what makes that explode is refused: a repeated group that itself
    repeats or branches, back references, look-around, more than three open repeats. Callers bound the text's length.
    """
    if len(source) > LONGEST_PATTERN:
        raise UnsafePattern(f"Mẫu kiểm tra dài quá {LONGEST_PATTERN} ký tự.")
    _check(source)
    try:
        compiled = re.compile(source)
    except (re.error, OverflowError, RecursionError) as error:
        raise UnsafePattern(f"Mẫu kiểm tra viết sai: {error}.") from error
    return lambda text: compiled.search(text) is not None


def _check(source: str) -> None:
    # each open group remembers whether something inside it repeats or branches
    restless = [False]
    closed: bool | None = None  # restlessness of the group just closed, None when the last atom was no group
    repeats = 0
    at = 0
    while at < len(source):
        character = source[at]
        quantifier = _REPEAT.match(source, at) or _BOUNDED.match(source, at)
        if quantifier is not None:
            repeats += _weigh(quantifier, closed)
            restless[-1] = True
            at = quantifier.end()
            continue
        closed = None
        if character == "(":
            at = _open_group(source, at)
            restless.append(False)
            continue
        if character == ")" and len(restless) > 1:
            closed = restless.pop()
            restless[-1] = restless[-1] or closed
        elif character == "|":
            restless[-1] = True
        at = _after_atom(source, at)
    if repeats > _MOST_REPEATS:
        raise UnsafePattern(f"Mẫu kiểm tra có quá {_MOST_REPEATS} phần lặp không giới hạn.")


def _weigh(quantifier: re.Match[str], closed: bool | None) -> int:
    unbounded = _REPEAT.fullmatch(quantifier.group()) is not None
    times = 0 if unbounded or quantifier.group() == "?" else int(quantifier.group(2) or quantifier.group(1))
    if times > _MOST_TIMES:
        raise UnsafePattern(f"Mẫu kiểm tra lặp quá {_MOST_TIMES} lần một phần.")
    if closed and quantifier.group() != "?":
        raise UnsafePattern("Mẫu kiểm tra lặp một nhóm mà bên trong đã có phần lặp hoặc lựa chọn.")
    return 1 if unbounded else 0


def _open_group(source: str, at: int) -> int:
    if source.startswith("(?:", at):
        return at + 3
    if source.startswith("(?", at):
        raise UnsafePattern("Mẫu kiểm tra dùng cú pháp “(?…)” không được hỗ trợ.")
    return at + 1


def _after_atom(source: str, at: int) -> int:
    if source[at] == "\\":
        if source[at + 1 : at + 2].isdigit():
            raise UnsafePattern("Mẫu kiểm tra không được nhắc lại nhóm trước (\\1).")
        return at + 2
    if source[at] != "[":
        return at + 1
    end = at + 2 if source.startswith("[^", at) else at + 1
    end += 1 if source.startswith("]", end) else 0
    while end < len(source) and source[end] != "]":
        end += 2 if source[end] == "\\" else 1
    return end + 1
