"""The catalogues are those of the norms."""

from __future__ import annotations

import pytest

from engine.documents import kinds, rules


def test_there_are_29_kinds_and_two_of_them_without_abbreviation() -> None:
    assert len(kinds.KINDS) == 29
    assert [k.name for k in kinds.KINDS if not k.abbreviation] == ["Công văn", "Thư công"]
    assert len({k.abbreviation for k in kinds.KINDS if k.abbreviation}) == 27


@pytest.mark.parametrize(
    ("name", "abbreviation"),
    [
        ("Quyết định", "QĐ"),
        ("quyết  định", "QĐ"),
        ("Quy định", "QyĐ"),
        ("Tờ trình", "TTr"),
        ("Trích sao", "TrS"),
        ("Lạ", ""),
    ],
)
def test_abbreviations(name: str, abbreviation: str) -> None:
    assert kinds.abbreviation_of(name) == abbreviation


def test_every_status_in_the_tables_of_order_has_a_name() -> None:
    assert set(rules._OUTGOING) == set(kinds.OUTGOING_STATUSES)
    assert set(rules._INCOMING) == set(kinds.INCOMING_STATUSES)
    for table in (rules._OUTGOING, rules._INCOMING):
        assert all(after in table for following in table.values() for after in following)


def test_every_displayed_state_has_a_name() -> None:
    assert set(rules._PROGRESS.values()) | rules._BEFORE_PROGRESS <= set(kinds.DISPATCH_STATES)


def test_unknown_status_codes_stay_visible() -> None:
    assert kinds.status_code_name("03") == "Đã tiếp nhận"
    assert kinds.status_code_name("77") == "khác (mã 77)"
