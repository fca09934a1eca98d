"""Patterns an analyst may put on a text field: regular expressions that can't be made to run for long."""

from __future__ import annotations

from collections.abc import Callable

from engine.bpmn.expressions import ExpressionError, compile_expression

LONGEST_PATTERN = 200


class UnsafePattern(ValueError):
    """The pattern can't be used; the message is a Vietnamese sentence saying why."""


def compile_pattern(source: str) -> Callable[[str], bool]:
    """Return a test that says whether a text holds the pattern, as in the browser (a search, anchored by ^ and $).

    CEL's own matcher is used because it runs in a time proportional to the text: Python's would go back and try
    again, and one careless pattern could then keep a process busy for ever. Look-around and back references don't
    exist there and are refused.
    """
    if len(source) > LONGEST_PATTERN:
        raise UnsafePattern(f"Mẫu kiểm tra dài quá {LONGEST_PATTERN} ký tự.")
    matcher = compile_expression("text.matches(pattern)")

    def matches(text: str) -> bool:
        return matcher.evaluate({"text": text, "pattern": source}) is True

    try:
        matches("")
    except ExpressionError as error:
        raise UnsafePattern(f"Mẫu kiểm tra “{source[:60]}” viết sai hoặc dùng cú pháp không được hỗ trợ.") from error
    return matches
