"""Messages of the library, also ones no expression here brings about, become Vietnamese sentences."""

from __future__ import annotations

import pytest

from engine.bpmn.expressions import sentences


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ("ERROR: <input>:1:5: Syntax error: mismatched input", "viết sai ở ký tự thứ 5."),
        ("ERROR: <input>:2:3: Syntax error: mismatched input", "viết sai ở ký tự thứ 3, dòng 2."),
        ("something new", "viết sai, hãy kiểm tra lại."),
        ("CANCELLED: Expression recursion limit exceeded", "lồng nhau quá nhiều lớp, hãy tách thành nhiều bước."),
    ],
)
def test_at_compile(message: str, sentence: str) -> None:
    assert sentences.at_compile(message) == sentence


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ("INTERNAL: Iteration budget exceeded", "lặp quá nhiều lần."),
        ("No matching overloads found : f()", "không dùng được phép f() với các giá trị này."),
        ("No matching overloads found : _+_(string, other)", "không dùng được phép + cho chữ và other."),
        ("something new", "không tính được với dữ liệu hiện có."),
    ],
)
def test_at_evaluation(message: str, sentence: str) -> None:
    assert sentences.at_evaluation(message) == sentence


def test_only_mixed_branches() -> None:
    mixed = "ERROR: <input>:1:1: found no matching overload for '_?_:_' applied to '(bool, int, string)'"
    other = "ERROR: <input>:1:1: found no matching overload for '_+_' applied to '(int, string)'"
    assert sentences.only_mixed_branches(mixed)
    assert not sentences.only_mixed_branches(f"{mixed}\n{other}")
    assert not sentences.only_mixed_branches(mixed.replace("(bool", "(int"))
    assert not sentences.only_mixed_branches("")
