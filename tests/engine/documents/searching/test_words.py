"""Words as the index holds them: folded, in pairs, within their agency, never too many."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from engine.documents.searching import words
from engine.documents.text import fold


def test_words_are_folded_and_cut_at_signs() -> None:
    assert words.tokens("Quyết định số 15/QĐ-UBND về Đất_đai") == [
        "quyet", "dinh", "so", "15", "qd", "ubnd", "ve", "dat", "dai",
    ]  # fmt: skip


def test_decomposed_letters_are_the_same_words() -> None:
    assert words.tokens("Đất đai") == words.tokens("Đất đai")


@given(st.text(max_size=60))
def test_words_are_those_of_folded_text(text: str) -> None:
    assert words.tokens(text) == words.tokens(fold(text))


@given(st.text(max_size=60))
def test_text_folded_in_place_keeps_its_places(text: str) -> None:
    assert len(words.folded_in_place(text)) == len(text)


def test_neighbours_are_words_too_but_not_across_parts() -> None:
    told = words.told(7, ["xây dựng", "đất đai"])
    assert {"7:xay", "7:dat", "7+xay dung", "7+dat dai"} <= set(told.lexemes)
    assert "7+dung dat" not in told.lexemes
    assert told.told == " xay dung | dat dai "


def test_signers_and_agencies_are_told_apart() -> None:
    told = words.told(7, ["x"], signer=["Lê An"], organs=["UBND xã"])
    assert {"7s:le", "7s:an", "7o:ubnd", "7o:xa"} <= set(told.lexemes)
    assert "7:le" not in told.lexemes


def test_kind_and_urgency_are_words_for_the_filters() -> None:
    assert {"7k:bao cao", "7u:2"} <= set(words.told(7, ["x"], kind="Báo cáo", urgency=2).lexemes)


def test_a_very_long_text_is_cut_before_the_index_refuses_it() -> None:
    told = words.told(7, [" ".join(f"tu{number}" for number in range(200_000))])
    assert sum(len(each.encode()) + 2 for each in told.lexemes) <= words.MOST_BYTES + 100
    assert "7:tu1" in told.lexemes
    assert all(len(each) < 200 for each in words.told(7, ["a" * 5000]).lexemes)
