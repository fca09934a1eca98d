"""Whole tables: hit policies against a plain Python oracle."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bpmn.decisions import DecisionError, DecisionTable, read_decisions

URGENCY = [
    (['"hỏa tốc"', "-"], ['"PT2H"', "1"]),
    (['"khẩn","thượng khẩn"', "< 10"], ['"P1D"', "2"]),
    (["not(\"hỏa tốc\",\"khẩn\",\"thượng khẩn\")", "-"], ["default_term", "pages + 1"]),
]


def dmn(
    rules: list[Any], policy: str = "", inputs: Any = ("urgency", "pages"), outputs: Any = ("term", "rank")
) -> bytes:
    def cells(tag: str, texts: list[str]) -> str:
        return "".join(f"<{tag}><text><![CDATA[{text}]]></text></{tag}>" for text in texts)

    columns = "".join(
        f"<input id='i{n}'><inputExpression><text>{x}</text></inputExpression></input>" for n, x in enumerate(inputs)
    )
    columns += "".join(f"<output id='o{n}' name='{x}'/>" for n, x in enumerate(outputs))
    rows = "".join(
        f"<rule id='r{n}'>{cells('inputEntry', given)}{cells('outputEntry', results)}</rule>"
        for n, (given, results) in enumerate(rules, 1)
    )
    return (
        "<definitions xmlns='https://www.omg.org/spec/DMN/20191111/MODEL/' id='d' name='d' namespace='n'>"
        f"<decision id='deadline' name='Thời hạn'><decisionTable id='t' {policy}>{columns}{rows}</decisionTable>"
        "</decision>"
        "</definitions>"
    ).encode()


def table(rules: list[Any], policy: str = "", **more: Any) -> DecisionTable:
    return read_decisions(dmn(rules, policy and f"hitPolicy='{policy}'", **more))["deadline"]


def test_unique() -> None:
    found = table(URGENCY)
    assert found.evaluate({"urgency": "hỏa tốc", "pages": 3}) == {"term": "PT2H", "rank": 1}
    assert found.evaluate({"urgency": "khẩn", "pages": 3}) == {"term": "P1D", "rank": 2}
    assert found.evaluate({"urgency": "khẩn", "pages": 30}) is None
    assert found.evaluate({"urgency": "thường", "pages": 4, "default_term": "P5D"}) == {"term": "P5D", "rank": 5}
    assert found.names == {"urgency", "pages", "default_term"}
    assert (found.hit_policy, found.outputs, found.name) == ("UNIQUE", ("term", "rank"), "Thời hạn")


def test_unique_names_both_rules() -> None:
    found = table([(["> 1"], ["1"]), (["> 5"], ["2"]), (["> 7"], ["3"])], inputs=["n"], outputs=["r"])
    assert found.evaluate({"n": 3}) == {"r": 1}
    with pytest.raises(DecisionError, match="dòng 1 và dòng 2 cùng đúng"):
        found.evaluate({"n": 9})


def test_any() -> None:
    found = table([(["> 1"], ["1"]), (["> 5"], ["1"]), (["> 7"], ["3"])], "ANY", inputs=["n"], outputs=["r"])
    assert found.evaluate({"n": 6}) == {"r": 1}
    assert found.evaluate({"n": 0}) is None
    with pytest.raises(DecisionError, match="dòng 1 và dòng 3"):
        found.evaluate({"n": 8})


def test_what_is_missing_is_told() -> None:
    with pytest.raises(DecisionError, match=r"“Thời hạn”.*“pages” chưa có"):
        table(URGENCY).evaluate({"urgency": "khẩn"})
    with pytest.raises(DecisionError, match="“default_term”"):
        table(URGENCY).evaluate({"urgency": "thường", "pages": 1})


def test_empty_output_is_null() -> None:
    assert table([(["-"], [""])], inputs=["1"], outputs=["r"]).evaluate({}) == {"r": None}


def test_dates_and_expressions_in_columns() -> None:
    rules = [(['date("2026-11-23")', "true"], ['date("2026-12-01")'])]
    found = table(rules, inputs=["due", "size(copies) > 1"], outputs=["r"])
    assert found.evaluate({"due": "2026-11-23T10:00:00+07:00", "copies": [1, 2]}) == {"r": "2026-12-01"}


def test_functions_reach_the_cells() -> None:
    found = table([(["true"], ["string(now() - now())"])], inputs=["now() == now()"], outputs=["r"])
    assert found.evaluate({}, {"now": lambda: datetime(2026, 11, 23, tzinfo=UTC)}) == {"r": "0s"}


def test_aggregation_of_words_is_refused() -> None:
    attributes = "hitPolicy='COLLECT' aggregation='SUM'"
    found = read_decisions(dmn([(["-"], ['"a"'])], attributes, inputs=["1"], outputs=["r"]))
    with pytest.raises(DecisionError, match="phải là số"):
        found["deadline"].evaluate({})


_rules = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6), st.integers(0, 2)), max_size=6)


@given(_rules, st.integers(0, 6), st.sampled_from(["UNIQUE", "FIRST", "ANY", "COLLECT", "RULE ORDER"]))
def test_policies_agree_with_python(rules: list[tuple[int, int, int]], n: int, policy: str) -> None:
    found = table([([f"[{low}..{high}]"], [str(out)]) for low, high, out in rules], policy, inputs=["n"], outputs=["r"])
    hits = [{"r": out} for low, high, out in rules if low <= n <= high]
    fails = (policy == "UNIQUE" and len(hits) > 1) or (policy == "ANY" and any(hit != hits[0] for hit in hits))
    if fails:
        with pytest.raises(DecisionError):
            found.evaluate({"n": n})
        return
    first = hits[0] if hits else None
    assert found.evaluate({"n": n}) == (hits if policy in ("COLLECT", "RULE ORDER") else first)


@given(_rules, st.integers(0, 6), st.sampled_from(["SUM", "MIN", "MAX", "COUNT"]))
def test_aggregations_agree_with_python(rules: list[tuple[int, int, int]], n: int, aggregation: str) -> None:
    xml = dmn(
        [([f"[{low}..{high}]"], [str(out)]) for low, high, out in rules],
        f"hitPolicy='COLLECT' aggregation='{aggregation}'", inputs=["n"], outputs=["r"],
    )  # fmt: skip
    hits = [out for low, high, out in rules if low <= n <= high]
    oracle = {"SUM": sum, "MIN": min, "MAX": max, "COUNT": len}[aggregation]
    expected = {"r": oracle(hits)} if hits or aggregation == "COUNT" else None  # type: ignore[operator]
    assert read_decisions(xml)["deadline"].evaluate({"n": n}) == expected
