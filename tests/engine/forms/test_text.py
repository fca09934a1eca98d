"""Cleaning what people type, and `{{name}}` in labels."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.forms.text import clean, filled, look_up, slots


@given(st.text(max_size=200))
def test_clean_text_is_normal_and_stays_so(raw: str) -> None:
    text = clean(raw, lines=True)
    assert unicodedata.is_normalized("NFC", text)
    assert not any(unicodedata.category(c) == "Cc" and c not in "\n\t" for c in text)
    assert clean(text, lines=True) == text
    text.encode("utf-8")


def test_decomposed_vietnamese_is_composed() -> None:
    assert clean(unicodedata.normalize("NFD", "Trường Sở Xây dựng")) == "Trường Sở Xây dựng"


@pytest.mark.parametrize("hidden", ["\x00", "\x1b", "\u202e", "\u2066", "\u200b", "\ufeff", "\ud800", "\x7f"])
def test_invisible_characters_go(hidden: str) -> None:
    assert clean(f"125{hidden}/SXD") == "125/SXD"


def test_lines_only_where_lines_are_asked() -> None:
    assert clean("a\r\nb\tc\u00a0d") == "a b c d"
    assert clean("a\r\nb\u2028c", lines=True) == "a\nb\nc"


def test_slots_are_filled_with_plain_text() -> None:
    data = {"number": "125/SXD", "case": {"late": True, "lines": ["a", "b"]}, "object": {"x": 1}}
    template = "{{number}}: {{ case.late }}, {{case.lines}}{{object}}{{unknown.step}}"
    assert slots(template) == ("number", "case.late", "case.lines", "object", "unknown.step")
    assert filled(template, data) == "125/SXD: có, a, b"
    assert look_up(data, "case.late.deeper") is None
