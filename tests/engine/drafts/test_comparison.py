"""Two texts compared: nothing is lost, what is equal isn't told as different, and time stays bounded."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.drafts import comparison
from engine.drafts.comparison import ADDED, REMOVED, SAME, compare, words_of

WORDS = st.lists(
    st.sampled_from(["Sở", "Xây", "dựng", "đề", "nghị", "rà", "soát", "05/QĐ", "tháng", "12;", "–"]), max_size=60
)


@given(WORDS, WORDS)
@settings(max_examples=50, deadline=None)
def test_both_texts_can_be_read_out_of_the_comparison(older: list[str], newer: list[str]) -> None:
    found = compare(" ".join(older), "\n".join(newer))
    assert [word for part in found.parts if part.kind != ADDED for word in part.words] == older
    assert [word for part in found.parts if part.kind != REMOVED for word in part.words] == newer
    assert (found.places == 0) == (older == newer)


def test_what_was_put_in_and_left_out_is_told_in_its_place() -> None:
    found = compare("Gửi báo cáo trước ngày 05 tháng 12.", "Gửi báo cáo gấp trước ngày 15 tháng 12.")
    assert [(part.kind, part.text) for part in found.parts] == [
        (SAME, "Gửi báo cáo"), (ADDED, "gấp"), (SAME, "trước ngày"), (REMOVED, "05"), (ADDED, "15"),
        (SAME, "tháng 12."),
    ]  # fmt: skip
    assert (found.places, found.added, found.removed) == (2, 2, 1)


def test_line_ends_and_page_numbers_are_no_differences() -> None:
    word = "Sở Xây dựng đề nghị các địa phương\nrà soát quy hoạch."
    pdf = "Sở Xây dựng đề nghị\ncác địa phương rà soát\n 2 \nquy hoạch."
    assert compare(word, pdf).places == 0
    assert words_of("Năm 2026 có\n12\ntháng") == ["Năm", "2026", "có", "tháng"]


def test_long_texts_that_have_nothing_in_common_take_no_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "MOST_WORDS", 30_000)
    older = " ".join(f"a{n % 977}" for n in range(30_005))
    newer = " ".join(f"b{n % 983}" for n in range(30_000))
    began = time.process_time()
    found = compare(older, newer)
    assert time.process_time() - began < 1
    assert found.partly
    assert found.places == 1


def test_a_long_text_with_few_changes_is_compared_word_by_word() -> None:
    words = [f"từ{n}" for n in range(30_000)]
    changed = [*words[:500], "thêm", *words[500:20_000], *words[20_003:]]
    found = compare(" ".join(words), " ".join(changed))
    assert (found.places, found.added, found.removed) == (2, 1, 3)
