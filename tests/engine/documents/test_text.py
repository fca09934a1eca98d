"""Vietnamese text made clean, folded, and checked for old encodings and secrecy stamps."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.documents.text import clean, fitting, fold, legacy_encoding, secrecy_marks
from engine.errors import InvalidInput


def test_text_is_composed() -> None:
    decomposed = unicodedata.normalize("NFD", "Ủy ban nhân dân")

    assert decomposed != "Ủy ban nhân dân"
    assert clean(decomposed) == "Ủy ban nhân dân"


def test_invisible_and_direction_changing_characters_are_dropped() -> None:
    assert clean("công\u202e văn\u200b \x00mật\ufeff") == "công văn mật"
    assert clean("một\r\nhai\u2028ba", lines=True) == "một\nhai\nba"
    assert clean("một\r\nhai\tba") == "một hai ba"


@pytest.mark.parametrize(
    ("text", "folded"),
    [("Đường Nguyễn Huệ", "duong nguyen hue"), ("  ĐỀ   ÁN ", "de an"), ("15/QĐ-UBND", "15/qd-ubnd"), ("Ỷ ưỡ", "y uo")],
)
def test_folding(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(unicodedata.normalize("NFD", text)) == folded


@given(st.text())
def test_cleaning_and_folding_are_stable(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert fold(fold(text)) == fold(text)


def test_a_blank_required_field_and_a_long_one_are_named() -> None:
    with pytest.raises(InvalidInput) as blank:
        fitting("subject", "trích yếu", " \u200b ", 500, required=True)
    with pytest.raises(InvalidInput) as long:
        fitting("subject", "trích yếu", "a" * 501, 500)

    assert blank.value.fields == {"subject": "Nhập trích yếu."}
    assert long.value.fields == {"subject": "Trích yếu dài quá 500 ký tự."}


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Céng hoµ x· héi chñ nghÜa ViÖt Nam, §éc lËp - Tù do - H¹nh phóc", "TCVN3"),
        ("Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam, Ñoäc laäp - Töï do - Haïnh phuùc", "VNI"),
        ("Cộng hòa xã hội chủ nghĩa Việt Nam, Độc lập - Tự do - Hạnh phúc", None),
        ("The quick brown fox jumps over the lazy dog", None),
        ("Déjà vu à la carte, façade, naïve, résumé, crème brûlée", None),
    ],
)
def test_old_encodings_are_recognised(text: str, encoding: str | None) -> None:
    assert legacy_encoding(text) == encoding


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("TUYỆT MẬT\nKế hoạch", ("TUYỆT MẬT",)),
        ("Độ mật: MẬT", ("MẬT",)),
        ("MẬT", ("MẬT",)),
        ("Văn bản TỐI  MẬT", ("TỐI MẬT",)),
        ("BẢO MẬT THÔNG TIN", ()),
        ("Kế hoạch bảo mật, mật độ xây dựng, mật khẩu", ()),
    ],
)
def test_stamps_of_secrecy_are_seen_and_ordinary_words_are_not(text: str, marks: tuple[str, ...]) -> None:
    assert secrecy_marks(text) == marks
