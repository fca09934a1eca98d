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
        (r"^[A-Y]\d{2}(\.[A-Z0-9]+)*$", "H37.DN.001", "h37.dn.001"),
        (r"^\p{L}+$", "Đặng", "Đặng 2"),
    ],
)
def test_useful_patterns(pattern: str, good: str, bad: str) -> None:
    matches = compile_pattern(pattern)
    assert matches(good)
    assert not matches(bad)


@pytest.mark.parametrize("pattern", [r"(a)\1", r"(?=a)b", r"a{1,100000}", "(", "[", "a**", "x" * 300, "a\0b", "\ud800"])
def test_broken_patterns_are_refused_in_words(pattern: str) -> None:
    with pytest.raises(UnsafePattern, match="Mẫu kiểm tra"):
        compile_pattern(pattern)


@pytest.mark.parametrize("pattern", [r"^(a+)+$", r"^(a|a)*$", r"^(a|aa)+$", r"^.*.*.*.*.*x$", r"^(a?){60}a{60}b$"])
def test_patterns_that_would_explode_elsewhere_end_at_once(pattern: str) -> None:
    matches = compile_pattern(pattern)
    begin = time.process_time()
    assert not matches("a" * 255 + "!")
    assert time.process_time() - begin < 1
