"""What people type is understood, and what can't be meant is told at its field."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.documents.searching import asking
from engine.documents.searching.asking import Criteria, Term, read, terms
from engine.errors import InvalidInput


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ("Xây dựng", (Term(("xay",)), Term(("dung",)))),
        ("“xây dựng” đất", (Term(("xay", "dung")), Term(("dat",)))),
        ('"trật tự xây dựng"', (Term(("trat", "tu", "xay", "dung")),)),
        ("15/QĐ-UBND", (Term(("15", "qd", "ubnd")),)),
        ("quy* hoạch", (Term(("quy",), True), Term(("hoach",)))),
        ("15/SX*", (Term(("15", "sx"), True),)),
        ("x*", (Term(("x",)),)),  # a single letter would be half of all words
        ('chưa đóng "ngoặc kép', (Term(("chua",)), Term(("dong",)), Term(("ngoac",)), Term(("kep",)))),
        ("* / ' & | ! ( ) : \\ --", ()),
        ("đất đất đất", (Term(("dat",)),)),
        ("", ()),
    ],
)
def test_terms(said: str, expected: tuple[Term, ...]) -> None:
    assert terms(said) == expected


@given(st.text(max_size=200))
def test_whatever_is_typed_gives_few_plain_words(said: str) -> None:
    found = terms(said)
    assert len(found) <= asking.MOST_TERMS
    assert all(word.isalnum() for term in found for word in term.words)


def test_all_fields_are_read_and_written_back() -> None:
    said = {
        "q": "đất đai", "direction": "incoming", "kind": "Công văn", "register": "3", "urgency": "2",
        "since": "01/02/2026", "until": "2026-11-23", "status": "incoming:registered", "organ": "UBND", "signer": "An",
        "unit": "4", "attached": "yes", "order": "due",
    }  # fmt: skip
    found = read(said)
    assert found == Criteria(
        "đất đai", "incoming", "Công văn", 3, 2, date(2026, 2, 1), date(2026, 11, 23), "incoming:registered", "UBND",
        "An", 4, "yes", "due",
    )  # fmt: skip
    assert found.plain() == said | {"until": "23/11/2026"}
    assert read(found.plain()) == found
    assert found.narrowed == 11
    assert not Criteria(order="due").asked
    assert Criteria(text="a").narrowed == 0


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("since", "31/02/2026"), ("until", "hôm qua"), ("direction", "sideways"), ("status", "registered"),
        ("register", "x"), ("unit", "-1"), ("urgency", "9" * 30), ("order", "random"), ("organ", "a" * 500),
        ("attached", "maybe"), ("q", "a" * 300), ("since", "٠١/٠١/٢٠٢٦x"),
    ],
)  # fmt: skip
def test_what_cannot_be_meant_is_told_at_its_field(field: str, value: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        read({field: value})
    assert set(refused.value.fields) == {field}


def test_a_period_ends_after_it_begins() -> None:
    with pytest.raises(InvalidInput) as refused:
        read({"since": "02/01/2026", "until": "01/01/2026"})
    assert set(refused.value.fields) == {"until"}
