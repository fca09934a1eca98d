"""Values corrected by hand: kinds by value and by declaration, read back strictly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from engine.errors import InvalidInput
from engine.instances.mending import corrections
from engine.instances.mending.corrections import Field
from engine.operations import Catalog
from tests.engine.instances import operations_for_tests

DATA: dict[str, Any] = {
    "subject": "Về việc A", "count": 3, "rate": 1.5, "urgent": True, "due": "2026-11-23",
    "at": "2026-11-23T09:30:00+07:00", "units": [1, 2], "nothing": None, "looks": "2026-13-45",
}  # fmt: skip


def test_every_kind_is_shown_and_read_back_unchanged() -> None:
    fields = corrections.fields_of(DATA)
    assert {f.name: f.kind for f in fields} == {
        "subject": "text", "count": "number", "rate": "number", "urgent": "flag", "due": "date", "at": "moment",
        "units": "json", "nothing": "text", "looks": "text",
    }  # fmt: skip
    read = corrections.read(fields, {f.name: f.written for f in fields})
    assert read == DATA
    assert corrections.changes(DATA, read) == {}


def test_odd_values_nobody_touched_stay_as_they_are() -> None:
    odd = {"tiny": 1e-07, "huge": 10**30, "naive": "2026-11-23T09:30:00", "long": "x" * 30_000, "lines": "a\nb"}
    fields = corrections.fields_of(odd)
    assert corrections.read(fields, {f.name: f.written.replace("\n", "\r\n") for f in fields}) == odd


def test_what_was_changed_is_told_apart_by_value_and_type() -> None:
    assert corrections.changes({"a": 1, "b": True, "c": "x"}, {"a": 1.0, "b": 1, "c": "x", "d": None}) == {
        "a": 1.0, "b": 1, "d": None,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("number", "abc", "phải là một số"),
        ("number", "1e9", "phải là một số"),
        ("number", "٣", "phải là một số"),
        ("number", "9" * 40, "phải là một số"),
        ("number", "", "phải là một số"),
        ("date", "23/11/2026", "2026-11-23"),
        ("date", "2026-02-30", "2026-11-23"),
        ("moment", "2026-11-23T09:30:00", "múi giờ"),
        ("json", "[1,", "JSON"),
        ("json", "NaN", "JSON"),
        ("json", "[1e999]", "JSON"),
        ("json", "[" * 5000, "JSON"),
        ("json", '"\\u0000"', "ký tự"),
        ("text", "x" * 20_001, "dài quá"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_told_at_its_field(kind: Any, text: str, said: str) -> None:
    with pytest.raises(InvalidInput, match=said) as told:
        corrections.read([Field("one", kind, "")], {"one": text})
    assert list(told.value.fields) == ["one"]


def test_a_new_variable_has_a_name_and_a_kind() -> None:
    assert corrections.added(" ", "number", "x") == {}
    assert corrections.added("needed", "number", "2") == {"needed": 2}
    assert corrections.added("done", "flag", "true") == {"done": True}
    for name, kind, value, where in (
        ("data", "text", "x", "new_name"), ("2x", "text", "x", "new_name"), ("tên", "text", "x", "new_name"),
        ("x", "python", "1", "new_kind"), ("x", "number", "một", "new_value"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as told:
            corrections.added(name, kind, value)
        assert list(told.value.fields) == [where]


@dataclass(frozen=True)
class Answer:
    """One field of each kind."""

    number: str
    at: datetime | None
    count: int
    exact: bool
    files: list[str]


def test_the_fields_of_a_result_come_from_its_class() -> None:
    catalog = Catalog.registered()
    assert corrections.fields_of_result(catalog.get("test.outside")) == (Field("total", "number", ""),)
    assert corrections.fields_of_result(catalog.get("test.unlucky")) == ()
    assert corrections.fields_of_result(None) == ()
    assert operations_for_tests.Sum(1).total == 1

    def give(given: operations_for_tests.Numbers, work: Any) -> Answer:
        raise AssertionError

    import dataclasses

    made = dataclasses.replace(catalog.get("test.add"), function=give)
    give.__annotations__["return"] = Answer
    assert corrections.fields_of_result(made) == (
        Field("number", "text", ""), Field("at", "moment", "", True), Field("count", "number", ""),
        Field("exact", "flag", ""), Field("files", "json", "[]"),
    )  # fmt: skip
