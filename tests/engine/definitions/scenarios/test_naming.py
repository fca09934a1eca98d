"""Keys of scenarios made from what an analyst called them."""

from __future__ import annotations

from engine.definitions.scenarios.naming import LONGEST, free_key


def test_a_key_is_the_name_without_marks():
    assert free_key("Đơn vị trả lại, lần 2!", ()) == "don-vi-tra-lai-lan-2"
    assert free_key("…", ()) == "kich-ban"
    assert len(free_key("dài " * 100, ())) <= LONGEST


def test_a_taken_key_gets_a_number():
    assert free_key("Một", ("mot", "mot-2")) == "mot-3"
