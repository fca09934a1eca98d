"""Patterns on text fields: useful ones run, explosive ones are refused."""

import time

import pytest

from engine.forms.patterns import UnsafePattern, compile_pattern


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (r"^\d{3}\.\d{2}\.\d{2}\.[A-Y]\d{2}$", "000.00.15.H99", "H99"),
        (r"^(\d{2}|\d{4})$", "26", "261"),
        (r"^[A-Z]{1,5}(-[A-Z])?$", "SXD-Q", "sxd"),
        (r"^[^]a]+$", "bc", "ab"),
        (r"^(?:ab)+$", "abab", "aba"),
    ],
)
def test_useful_patterns(pattern: str, good: str, bad: str) -> None:
    matches = compile_pattern(pattern)
    assert matches(good)
    assert not matches(bad)


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)+$",
        r"(a|a)*$",
        r"((a)*b)*",
        r"(a?){60}a{60}",
        r"(\w+\s?)*$",
        r"(a)\1",
        r"(?=a)b",
        r"a*a*a*a*b",
        r"a{1,100000}",
        "(",
        "[",
        "x" * 300,
    ],
)
def test_explosive_or_broken_patterns_are_refused(pattern: str) -> None:
    with pytest.raises(UnsafePattern):
        compile_pattern(pattern)


@pytest.mark.parametrize("pattern", [r"^a*a*a*b$", r"^.*.*.*x$", r"^[a-z]*[a-c]*a{0,60}$"])
def test_what_is_let_through_ends_soon_on_the_longest_text(pattern: str) -> None:
    matches = compile_pattern(pattern)
    begin = time.perf_counter()
    assert not matches("a" * 255 + "!")
    assert time.perf_counter() - begin < 5
