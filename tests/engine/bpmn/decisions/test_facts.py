"""What a table is said to give is what it gives."""

from __future__ import annotations

import pytest

from engine.bpmn.checks.variables.shapes import of_value
from engine.bpmn.decisions import read_decisions
from engine.bpmn.decisions.facts import table_facts
from engine.definitions.shipped import read_all


def dmn(*rows: tuple[str, str, str], policy: str = "FIRST", more: str = "") -> bytes:
    """A table of one input `n` and the outputs `a`, `b`."""
    rules = "".join(
        f'<rule id="r{place}"><inputEntry id="i{place}"><text>{test}</text></inputEntry>'
        f'<outputEntry id="a{place}"><text>{one}</text></outputEntry>'
        f'<outputEntry id="b{place}"><text>{other}</text></outputEntry></rule>'
        for place, (test, one, other) in enumerate(rows)
    )
    return (
        '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="d"><decision id="t" name="T">'
        f'<decisionTable id="dt" hitPolicy="{policy}"{more}><input id="i"><inputExpression id="e"><text>n</text>'
        '</inputExpression></input><output id="oa" name="a"/><output id="ob" name="b"/>'
        f"{rules}</decisionTable></decision></definitions>"
    ).encode()


ROWS = (("&lt; 5", '"PT2H"', "1"), ("-", '"P1D"', "null"))


def facts(content: bytes):
    return table_facts(read_decisions(content)["t"])


def test_rows_of_plain_values() -> None:
    found = facts(dmn(*ROWS))
    assert found.reads == {"n"}
    assert found.complete
    assert found.rows == ({"a": "PT2H", "b": 1}, {"a": "P1D", "b": None})
    assert found.outputs["a"].literals == ("P1D", "PT2H")
    assert found.outputs["b"].kinds == {"whole", "null"}


def test_without_a_row_for_everything_nothing_is_sure() -> None:
    found = facts(dmn(ROWS[0]))
    assert not found.complete
    assert found.outputs["a"].optional


def test_cells_that_are_worked_out_have_no_known_value() -> None:
    found = facts(dmn(("-", "n + 1", "now()")))
    assert found.rows is None
    assert not found.outputs["a"].known
    assert not found.outputs["b"].known


def test_tables_that_collect_give_a_list() -> None:
    found = facts(dmn(*ROWS, policy="COLLECT"))
    assert found.many
    assert found.outputs["result"].kinds == {"list"}


@pytest.mark.parametrize("value", [0, 3, 5, 100, None, "x"])
def test_outcomes_are_among_those_told(value: object) -> None:
    table = read_decisions(dmn(*ROWS))["t"]
    outcome = table.evaluate({"n": value})
    assert isinstance(outcome, dict)
    for name, given in outcome.items():
        real, told = of_value(given), table_facts(table).outputs[name]
        assert told.values is not None
        assert (real.values or frozenset()) <= told.values


def test_shipped_tables_answer_every_case() -> None:
    tables = [
        table for b in read_all() for text in b.decisions.values() for table in read_decisions(text.encode()).values()
    ]
    assert tables
    assert all(table_facts(table).complete and table_facts(table).rows for table in tables)
