"""Vietnamese names stand by given name, letters before tones."""

from __future__ import annotations

import random
import unicodedata

import pytest

from engine.directory.names import name_order

IN_ORDER = [
    "Phạm Văn An", "Trần An", "Lê Thị Ân", "Đỗ Bình", "Nguyễn Bính", "Lý Dũng", "Cao Đào", "Vũ Hoa", "Vũ Hòa",
    "Vũ Hỏa", "Vũ Hõa", "Vũ Hóa", "Vũ Họa", "Bùi Hoài", "Ngô Tú", "Ngô Tư", "Hà Uyên", "Đặng Ước", "Mai Ý",
]  # fmt: skip


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_names_stand_as_in_a_vietnamese_list(form: str) -> None:
    shuffled = [unicodedata.normalize(form, name) for name in IN_ORDER]
    random.Random(4).shuffle(shuffled)
    assert [unicodedata.normalize("NFC", name) for name in sorted(shuffled, key=name_order)] == IN_ORDER


def test_the_same_given_name_goes_by_the_family() -> None:
    names = ["Nguyễn Thị Lan", "Đỗ Lan", "Lê Văn Lan", "Lê Lan"]
    assert sorted(names, key=name_order) == ["Đỗ Lan", "Lê Lan", "Lê Văn Lan", "Nguyễn Thị Lan"]


@pytest.mark.parametrize("odd", ["", " ", "X", "李 小龍", "O'Brien-Nguyễn"])
def test_any_name_has_a_place(odd: str) -> None:
    assert sorted([odd, "Lê An"], key=name_order)
