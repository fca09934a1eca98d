"""Diagrams drawn to hang a worker or eat its memory: refused, or held with a sentence, after a bounded effort."""

from __future__ import annotations

from contextlib import suppress

import pytest

from engine.bpmn import procedure as procedures
from engine.bpmn import run
from engine.bpmn.checks import check
from engine.bpmn.decisions import DecisionError, read_decisions
from engine.bpmn.expressions import ExpressionError, compile_expression, limited
from engine.bpmn.spiff.values import MAX_ITEMS
from engine.bpmn.step import Step
from engine.errors import DefinitionError
from tests.engine.bpmn.decisions.test_table import dmn
from tests.engine.bpmn.diagrams import both, end, flow, io, many, path, process, start, sub, tag, throw, user, xor
from tests.engine.bpmn.play import NOW

LONG = "x" * 3_900_000


def started(*parts: str, **data: object) -> Step:
    """The first step of a drawing."""
    return run.start(procedures.compile(process(*parts)), dict(data), NOW)


def fanned_out(*children: str, rows: int, **attributes: str) -> Step:
    """A user task over many rows."""
    task = user("x", many("${rows}", "row"), *children, **attributes)
    return started(start(), task, end(), path("start x end"), rows=list(range(rows)))


def test_ten_thousand_lines_share_what_they_are_given() -> None:
    step = fanned_out(rows=MAX_ITEMS, assignee="${row}")
    fan_out = step.opened[0].fan_out
    assert fan_out is not None
    assert [share.assignee for share in fan_out.shares[:2]] == ["0", "1"]
    assert len(fan_out.shares) == MAX_ITEMS
    assert len({id(share.given["rows"]) for share in fan_out.shares}) == 1
    assert fan_out.shares[7].given["row"] == 7
    assert fan_out.shares[7].given["rows"] == list(range(MAX_ITEMS))
    procedure = procedures.compile(process(start(), user("x", many("${rows}", "row"), assignee="${row}"), end(),
                                           path("start x end")))  # fmt: skip
    results = [{"seen": row} for row in range(MAX_ITEMS)]
    assert run.complete(procedure, step.state, step.opened[0].token, {"results": results}, NOW).ended


def test_what_is_inside_is_shared_too() -> None:
    inside = (start("s"), user("y"), end("e"), path("s y e"), many("${rows}", "row"))
    step = started(start(), sub("x", *inside), end(), path("start x end"), rows=list(range(500)))
    assert len(step.opened) == 500
    assert len({id(wait.given["rows"]) for wait in step.opened}) == 1
    assert [wait.given["row"] for wait in step.opened] == list(range(500))


def test_what_one_is_given_is_not_what_the_instance_keeps() -> None:
    procedure = procedures.compile(process(start(), user("x"), end(), path("start x end")))
    step = run.start(procedure, {"rows": [1]}, NOW)
    step.opened[0].given["rows"].append(2)
    assert run.complete(procedure, step.state, step.opened[0].token, {}, NOW).data["rows"] == [1]


def test_more_lines_are_held() -> None:
    step = fanned_out(rows=MAX_ITEMS + 1)
    assert [(each.code, str(MAX_ITEMS) in each.message) for each in step.incidents] == [("value", True)]
    assert step.opened == ()


def test_lines_that_each_read_all_lines_are_held() -> None:
    step = fanned_out(rows=MAX_ITEMS, assignee="${rows[loop_counter]}")
    assert [each.code for each in step.incidents] == ["expression"]
    assert "chia thành nhiều bước" in step.incidents[0].message
    assert fanned_out(rows=300, assignee="${rows[loop_counter]}").incidents == ()


def test_a_text_that_doubles_for_ever_is_held() -> None:
    double = throw("t", '<bpmn:signalEventDefinition signalRef="signal_s"/>', io({}, {"text": "${text + text}"}))
    step = started(start(), xor("m"), double, path("start m t m"), text="x")
    assert [each.code for each in step.incidents] == ["expression"]
    assert len(step.state) < 100_000


def test_many_texts_that_double_at_once_are_held() -> None:
    copies = io({f"copy_{n}": "${text + text}" for n in range(400)})
    step = started(start(), user("x", copies), end(), path("start x end"), text="x" * 1_900_000)
    assert [each.code for each in step.incidents] == ["expression"]
    assert step.opened == ()


def test_a_circle_without_a_wait_is_held() -> None:
    step = started(start(), xor("m"), tag("task", "t"), path("start m t m"))
    assert [each.code for each in step.incidents] == ["endless"]


def test_a_circle_that_multiplies_is_held() -> None:
    step = started(start(), xor("m"), both("g"), path("start m g"), flow("g", "m", id="f1"), flow("g", "m", id="f2"))
    assert {each.code for each in step.incidents} == {"endless"}


@pytest.mark.parametrize(
    "text",
    [
        "l.map(a, l)", "l.map(a, l + l)", "l.map(a, l).map(b, l)", "l.map(a, s)", "l.map(a, s + s).map(b, b + b)",
        "l.filter(a, l == l)", "l.all(a, l.exists(b, b == a))", "l.map(a, l.map(b, a))", "l.all(a, data.l == l)",
        "s.matches('" + "(x?){50}" * 20 + "y')", "l.filter(a, s.matches('(x+x+)+y')).size()", "s.matches(s)",
        "[" + ",".join(["s + s"] * 200) + "].size()", "[" + ",".join(["s"] * 400) + "]", "s + s + s + s == s",
        "{" + ",".join(f"'{n}': s + s" for n in range(100)) + "}", "l.map(a, l.map(b, l.map(c, [a, b, c])))",
    ],
)  # fmt: skip
def test_expressions_that_read_again_and_again_are_refused_before_they_begin(text: str) -> None:
    with pytest.raises(ExpressionError, match=r"quá (lớn|nhiều)"):
        compile_expression(text).evaluate({"l": list(range(4_000)), "s": LONG})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rows.filter(r, r.unit != own).map(r, r.id).size()", 200),
        ("rows.exists(r, r.id in wanted)", True),
        ("rows.map(r, {'id': r.id, 'own': own}).size()", 200),
        ("few.map(a, few.map(b, a + b)).size()", 20),
        ("few.all(a, few.exists(b, a == b))", True),
        ("title.matches('^[^/]+/[A-ZĐ-]+$')", True),
        ("title + ' ' + title + ' ' + string(own)", "12/UBND 12/UBND 9"),
        ("size(text) > 3000000 && text.contains('x')", True),
    ],
)
def test_what_procedures_ask_is_far_below_the_bounds(text: str, expected: object) -> None:
    data = {
        "rows": [{"id": n, "unit": n % 5, "name": "Đơn vị"} for n in range(200)], "own": 9, "wanted": [3, 5, 7],
        "few": list(range(20)), "title": "12/UBND", "text": LONG,
    }  # fmt: skip
    assert compile_expression(text).evaluate(data) == expected


def test_a_limit_is_for_all_expressions_inside_it_and_gone_behind() -> None:
    reading = compile_expression("l[0]")
    data = {"l": list(range(1_000))}
    with limited(2_500):
        assert [reading.evaluate(data), reading.evaluate(data)] == [0, 0]
        with pytest.raises(ExpressionError, match="chia thành nhiều bước"):
            reading.evaluate(data)
    assert reading.evaluate(data) == 0


NAMES = [f"x{n}" for n in range(9_900)]
WIDE = {
    "one after the other": path(" ".join(["start", *NAMES, "end"])),
    "side by side": path("start g") + "".join(path(f"g {name}") for name in NAMES),
    "joined again": path("start g") + "".join(path(f"g {name} j") for name in NAMES) + path("j end"),
}


@pytest.mark.parametrize("how", WIDE)
def test_ten_thousand_elements_are_checked_and_run_in_one_go(how: str) -> None:
    gateways = {"one after the other": "", "side by side": both("g"), "joined again": both("g") + both("j")}[how]
    xml = process(start(), gateways, *(f'<bpmn:task id="{name}"/>' for name in NAMES), end(), WIDE[how])
    if how == "one after the other":
        assert [each.rule for each in check(xml)] == ["readable.size"]
    step = run.start(procedures.compile(xml), {}, NOW)
    assert (step.ended, len(step.passages) > 2 * len(NAMES)) == (True, True)


BOMBS = {
    "billion laughs": '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;"><!ENTITY c "&b;&b;&b;">]><x>&c;</x>',
    "a file": '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><x>&a;</x>',
    "an address": '<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1:9/a">]><x>&a;</x>',
    "a parameter": '<!DOCTYPE x [<!ENTITY % a SYSTEM "http://127.0.0.1:9/a"> %a;]><x/>',
    "another document type": '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/a.dtd"><x/>',
}


def test_a_table_reads_no_more_than_a_step_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.bpmn.decisions.table.MAX_STEP_WORK", 100_000)
    rows = [(["-"], ["rows[0]"])] * 1_000
    table = read_decisions(dmn(rows, "hitPolicy='COLLECT'", inputs=["own"], outputs=["first"]))["deadline"]
    assert len(table.evaluate({"own": 1, "rows": [5]}) or ()) == 1_000
    with pytest.raises(DecisionError, match="chia thành nhiều bước"):
        table.evaluate({"own": 1, "rows": list(range(30_000))})


@pytest.mark.parametrize("cell", ["not(" * 390 + "1" + ")" * 390, "(" * 900 + "1" + ")" * 900, "-" * 1_900, "1," * 900])
def test_a_cell_that_is_nested_or_endless_is_read_or_refused(cell: str) -> None:
    with suppress(DefinitionError):
        read_decisions(dmn([([cell], ["1"])], inputs=["own"], outputs=["first"]))


def test_a_table_of_too_many_rows_is_refused() -> None:
    with pytest.raises(DefinitionError, match="2000 dòng"):
        read_decisions(dmn([(["-"], ["1"])] * 2_001, inputs=["own"], outputs=["first"]))


@pytest.mark.parametrize("what", [name for name in BOMBS if name != "billion laughs"])
def test_a_table_opens_nothing_either(what: str) -> None:
    with pytest.raises(DefinitionError, match="DOCTYPE"):
        read_decisions(BOMBS[what].encode())


def test_a_file_beyond_the_bound_is_not_even_parsed() -> None:
    xml = process(start(), end(), path("start end")) + b" " * (60 * 1024 * 1024)
    found = check(xml)
    assert [each.rule for each in found] == ["readable.xml"]
    assert "2 MB" in found[0].sentence


@pytest.mark.parametrize("what", BOMBS)
def test_nothing_outside_the_file_is_opened(what: str) -> None:
    found = check(BOMBS[what].encode())
    assert [each.rule for each in found if each.severity == "error"][:1] == ["readable.xml"]
    assert not any("127.0.0.1" in each.sentence for each in found)
