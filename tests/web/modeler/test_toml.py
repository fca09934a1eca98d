"""What is written as TOML is read back the same."""

from __future__ import annotations

import tomllib
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.clock import VIETNAM
from engine.definitions.shipped import PROCESSES, read_all
from web.modeler.toml import written

TEXT = st.text(alphabet=st.characters(blacklist_categories=["Cs"]), max_size=20)
VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(-(2**60), 2**60), st.floats(allow_nan=False, allow_infinity=False), TEXT),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(TEXT, inner, max_size=4)),
    max_leaves=20,
)


@given(st.dictionaries(TEXT, VALUES, max_size=5))
def test_any_table_survives(table: dict[str, Any]):
    assert tomllib.loads(written(table)) == table


def test_scenarios_that_ship_survive():
    for bundle in read_all(PROCESSES):
        for table in bundle.scenarios.values():
            assert tomllib.loads(written(table)) == table


def test_moments_are_written_as_moments():
    at = datetime(2026, 11, 23, 9, 0, tzinfo=VIETNAM)
    assert tomllib.loads(written({"at": at})) == {"at": at}


@pytest.mark.parametrize(("table", "text"), [({}, "\n"), ({"a": None, "b": [1, None]}, "b = [1]\n")])
def test_nothing_is_left_out(table: dict[str, Any], text: str):
    assert written(table) == text
