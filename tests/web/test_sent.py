"""What may come in from outside: values that are kept come back the same, others are refused with a sentence."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask

from engine.errors import InvalidInput
from web.sent import body, storable


def nested(depth: int) -> Any:
    value: Any = 1
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        {}, {"a": None, "b": True, "c": -1, "d": 1.5, "e": "Đặng 👍\n\t", "f": [{}, [], {"g": [1]}]},
        {"a": 2**63 - 1}, {"a": nested(40)}, {"construct": 1, "key": "constructor_name", "name": "constructor"},
    ],
)  # fmt: skip
def test_what_people_make_is_kept_as_it_is(value: dict[str, Any]) -> None:
    assert storable(value) == value


def test_times_of_a_file_become_text() -> None:
    assert storable({"now": date(2026, 11, 23)}) == {"now": "2026-11-23"}


UNKEPT = {
    "not a number": {"x": float("nan")},
    "endless": {"x": [float("-inf")]},
    "half a letter": {"x": "a\ud800"},
    "half a letter as a name": {"\udfff": 1},
    "the sign that ends a text": {"x": "a\0b"},
    "the same in a name": {"a\0": {}},
    "a number no column holds": {"x": 2**63},
    "too deep": {"x": nested(200)},
    "bytes": {"x": b"1"},
    "what all objects inherit from": {"a": [{"__proto__": {"polluted": 1}}]},
    "what makes objects": {"constructor": {"prototype": {"polluted": 1}}},
    "an answer written there": {"components": [{"type": "textfield", "key": "__proto__.polluted"}]},
    "a group written there": {"components": [{"type": "group", "path": "a.constructor.prototype"}]},
}


@pytest.mark.parametrize("what", UNKEPT)
def test_what_nobody_types_is_refused_in_words(what: str) -> None:
    with pytest.raises(InvalidInput, match=r"(lưu|dành riêng).*\.$"):
        storable(UNKEPT[what])


@pytest.mark.parametrize("text", ["", "{", "null", "[]", '"x"', "[" * 20_000, '{"a":' * 20_000, '{"a":1' + "0" * 5000])
def test_a_body_that_is_no_object_is_refused_in_words(text: str) -> None:
    request = Flask("alone").test_request_context(method="POST", data=text.encode(), content_type="application/json")
    with request, pytest.raises(InvalidInput, match="không đọc được"):
        body()
