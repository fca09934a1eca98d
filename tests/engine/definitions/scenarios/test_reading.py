"""Reading a scenario's table: what it says, and a sentence for everything that can't be understood."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from engine.definitions.scenarios import read_scenario
from engine.definitions.scenarios.reading import MORNING, MOST_STEPS
from engine.errors import InvalidInput

FULL: dict[str, Any] = {
    "name": "Đủ mọi mục",
    "start": "receive",
    "data": {"document_id": 7},
    "document": {"subject": "X"},
    "now": "2026-11-24T09:00:00",
    "operations": {"exchange.send": {"transport_id": "a"}, "documents.check": [{"passed": True}, {"passed": False}]},
    "walk_into": ["ask"],
    "step": [{"at": "check", "by": 3, "answer": {"decision": "pass"}, "expect": {"priority": 1}}, {"after": "PT1H"}],
    "end": {"at": ["end"], "data": {"a": 1}},
    "path": ["check"],
    "thrown": [{"name": "bell"}],
    "done": ["x"],
    "not_done": ["y"],
    "incidents": ["z"],
}


def test_everything_a_table_may_say_is_read():
    found = read_scenario("đủ", FULL)
    assert (found.name, found.start, found.ends, found.results) == ("Đủ mọi mục", "receive", ("end",), {"a": 1})
    assert found.now == datetime.fromisoformat("2026-11-24T09:00:00+07:00")
    assert [len(each) for each in found.operations.values()] == [1, 2]
    assert found.steps[0].by == 3
    assert found.steps[1].after == "PT1H"
    assert found.thrown == ({"name": "bell", "correlation": None, "data": {}},)


def test_what_is_not_said_is_ordinary():
    found = read_scenario("ít", {"name": "Ít"})
    assert (found.start, found.ends, found.waiting, found.thrown, found.now) == (None, None, None, (), MORNING)


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"name": ""}, "tên"),
        ({"name": 5}, "chuỗi chữ"),
        ({"steps": []}, "steps"),
        ({"step": [{}]}, "Bước 1"),
        ({"step": ["check"]}, "Bước 1"),
        ({"step": [{"at": "a", "exec": "x"}]}, "exec"),
        ({"step": [{"at": "a", "by": True}]}, "số nguyên"),
        ({"step": [{"at": "a", "answer": {}, "error": "x"}]}, "chỉ ghi được một"),
        ({"step": [{"at": "a", "expect": {"colour": 1}}]}, "colour"),
        ({"step": [{"at": "a", "results": [1]}]}, "results"),
        ({"step": [{"at": "a", "now": "mai"}]}, "mai"),
        ({"step": [{"at": "a"}] * (MOST_STEPS + 1)}, "nhiều nhất"),
        ({"now": "mai"}, "không phải thời điểm"),
        ({"waiting": ["a"]}, "một trong hai"),
        ({"waiting": "a", "end": {}}, "danh sách"),
        ({"path": [1]}, "path"),
        ({"operations": {"x": []}}, "x"),
        ({"operations": {"x": 5}}, "x"),
        ({"thrown": ["bell"]}, "thrown"),
        ({"data": {"x": float("nan")}}, "số"),
        ({"data": {"x": object()}}, "giá trị"),
    ],
)
def test_what_cannot_be_understood_is_said(change: dict[str, Any], word: str):
    with pytest.raises(InvalidInput) as refused:
        read_scenario("x", {**FULL, **change})
    assert word in str(refused.value)
