"""TCVN3 and VNI: told from Unicode, turned into it, and back without a letter lost."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.documents.text import legacy_encoding
from engine.intake import legacy

VOWELS = "aăâeêioôơuưy"
TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
LOWER = [unicodedata.normalize("NFC", vowel + tone) for vowel in VOWELS for tone in TONES] + [*"bcdđghklmnpqrstvx"]
PLAIN = [*" .,:;/-()0123456789"]
LETTERS = st.text(st.sampled_from(LOWER + PLAIN))
SENTENCES = (
    "V/v triển khai nhiệm vụ kế hoạch năm 2026", "Về việc báo cáo kết quả thực hiện nhiệm vụ quý III",
    "Sở Xây dựng tỉnh Mẫu", "Ủy ban nhân dân phường Bình Minh",
)  # fmt: skip


@given(LETTERS)
def test_tcvn3_comes_back_letter_by_letter(text: str) -> None:
    assert legacy.to_unicode(legacy.from_unicode(text, "TCVN3"), "TCVN3") == text


@given(st.text(st.sampled_from(LOWER + [each.upper() for each in LOWER] + PLAIN)))
def test_vni_comes_back_letter_by_letter(text: str) -> None:
    assert legacy.to_unicode(legacy.from_unicode(text, "VNI"), "VNI") == text


@given(st.binary(max_size=200).map(lambda raw: raw.decode("latin-1")), st.sampled_from(["TCVN3", "VNI"]))
def test_whatever_comes_becomes_composed_text(text: str, encoding: str) -> None:
    made = legacy.to_unicode(text, encoding)
    assert len(made) <= len(text)
    legacy.converted(text)


def test_samples_as_old_programs_wrote_them() -> None:
    assert legacy.converted("V/v triÓn khai nhiÖm vô kÕ ho¹ch n¨m 2026") == ("TCVN3", SENTENCES[0])
    assert legacy.converted("Veà vieäc baùo caùo keát quaû thöïc hieän nhieäm vuï quyù III") == ("VNI", SENTENCES[1])
    assert legacy.to_unicode("§¹i häc", "TCVN3") == "Đại học"
    assert legacy.to_unicode("ÑAÏI HOÏC, Aùnh", "VNI") == "ĐẠI HỌC, Ánh"
    assert legacy.decoded("Së X©y dùng tØnh MÉu b¸o c¸o".encode("latin-1")) == ("TCVN3", "Sở Xây dựng tỉnh Mẫu báo cáo")
    assert legacy.decoded("Sở Xây dựng".encode()) is None


@pytest.mark.parametrize("encoding", ["TCVN3", "VNI"])
@pytest.mark.parametrize("sentence", SENTENCES)
def test_old_text_is_told_and_unicode_left_alone(sentence: str, encoding: str) -> None:
    assert legacy_encoding(legacy.from_unicode(sentence, encoding)) == encoding
    assert legacy.converted(sentence) is None


@pytest.mark.parametrize("text", ["Plain English text with nothing", "12/UBND-KT", "Où est la bibliothèque à Genève"])
def test_other_languages_are_left_alone(text: str) -> None:
    assert legacy.converted(text) is None
