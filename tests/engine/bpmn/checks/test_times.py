"""Each rule of time: deadlines that can't be worked out or are no deadlines, and the same put right."""

from __future__ import annotations

import pytest

from engine.bpmn.checks import times
from engine.bpmn.checks.facts import Knowledge, OperationFacts, ParameterFacts, TableFacts
from engine.bpmn.checks.variables.shapes import ANY, literals, nullable, of
from engine.calendar import office_duration
from engine.errors import InvalidInput
from tests.engine.bpmn.checks.trial import found, sentences, work
from tests.engine.bpmn.diagrams import boundary, catch, end, io, path, process, rule, service, start, timer

ROWS = ({"remind": "PT1H", "forward": "PT2H"}, {"remind": "PT10M", "forward": "PT15M"})


def known(rows: tuple[dict[str, str], ...] = ROWS) -> Knowledge:
    """What procedures begin with here, and a table of limits with these rows."""
    columns = {name: literals(row[name] for row in rows) for name in ("remind", "forward")}
    return Knowledge(
        operations={"tasks.remind": OperationFacts({"group": ParameterFacts(False)}, {}, name="Nhắc việc")},
        decisions={"limits": TableFacts(outputs=columns, rows=rows, complete=True)},
        starts={"": {"at": of("time"), "maybe_at": nullable(of("time")), "days": of("whole"), "any": ANY}},
    )


KNOWN = known()


def due(text: str) -> bytes:
    return process(start(), work("a", camunda__dueDate=text), end(), path("start a end"))


def wait(**when: str) -> bytes:
    return process(start(), catch("a", timer(**when)), end(), path("start a end"))


def reminder(limit: str, when: str, *inputs: str) -> bytes:
    """A task with a due date, and an urging of whoever has it; `inputs` name a group that is told too."""
    given = io(dict.fromkeys(inputs, "leader"))
    return process(
        start(), rule("t", decision="limits", variable="limits"), work("a", camunda__dueDate=limit),
        boundary("r", "a", timer(date=when), interrupting=False), service("s", given, topic="tasks.remind"), end(),
        path("start t a end"), path("r s end"),
    )  # fmt: skip


def cycle(text: str) -> bytes:
    repeated = boundary("a", "w", timer(cycle=text), interrupting=False)
    return process(start(), work("w"), repeated, work("b"), end(), path("start w end"), path("a b end"))


CASES = {
    "time.kind": (due("${days}"), "a", due("${at}")),
    "time.unreadable": (due("${days > 1 ? 'P2D' : '2 ngày'}"), "a", due("${days > 1 ? 'P2D' : 'P1D'}")),
    "time.not-ahead": (wait(duration="-PT1H"), "a", wait(duration="PT1H")),
    "time.empty": (wait(date="${maybe_at}"), "a", wait(date="${maybe_at != null ? maybe_at : at}")),
    "time.office": (
        due("${office_deadline(at, '2 giờ')}"), "a",
        due("${office_deadline(at, 'PT2H')}"),
    ),
    "time.too-often": (cycle("R/PT1S"), "a", cycle("R/PT4H")),
    "time.late-reminder": (
        reminder("${office_deadline(at, 'PT2H')}", "${office_deadline(at, 'PT3H')}"), "r",
        reminder("${office_deadline(at, 'PT2H')}", "${office_deadline(at, 'PT1H')}"),
    ),
}  # fmt: skip


def test_every_rule_has_a_case() -> None:
    assert set(CASES) == {rule.id for rule in times.RULES}


@pytest.mark.parametrize("rule", CASES)
def test_wrong_and_right(rule: str) -> None:
    wrong, element, right = CASES[rule]
    assert found(wrong, KNOWN) == [(element, rule)]
    assert found(right, KNOWN) == []
    assert "hãy" in sentences(wrong, KNOWN)[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${any}", []),
        ("${maybe_at}", []),
        ("P3D", []),
        ("PT0S", ["time.not-ahead"]),
        ("${days > 1}", ["time.kind"]),
        ("${now()}", []),
        ("${now() + duration('2h')}", []),
        ("${office_deadline(days, 'PT2H')}", ["time.office"]),
        ("${office_deadline('hôm nay', 'PT2H')}", ["time.office"]),
        ("${office_deadline(at, days)}", ["time.office"]),
        ("${office_deadline(at, 'PT0H')}", ["time.office"]),
        ("${office_deadline(at, 'P1W')}", []),
        ("${office_deadline(at, 'P1M')}", ["time.office"]),
        ("${office_deadline(at, days > 1 ? 'PT2H' : 'mai')}", ["time.office"]),
        ("${office_deadline(at, 'P' + string(days) + 'D')}", []),
    ],
)
def test_due_dates(text: str, expected: list[str]) -> None:
    assert [told for _, told in found(due(text), KNOWN)] == expected


def test_cells_of_tables_are_read_as_the_calendar_reads_them() -> None:
    limit = reminder("${office_deadline(at, limits.forward)}", "${office_deadline(at, limits.remind)}")
    assert found(limit, KNOWN) == []
    wrong = known((ROWS[0], {"remind": "PT10M", "forward": "15 phút"}))
    assert found(limit, wrong) == [("a", "time.office")]
    assert "15 phút" in sentences(limit, wrong)[0]


def test_rows_are_compared_with_themselves() -> None:
    limit = reminder("${office_deadline(at, limits.forward)}", "${office_deadline(at, limits.remind)}")
    late = known((ROWS[0], {"remind": "PT30M", "forward": "PT15M"}))
    assert found(limit, late) == [("r", "time.late-reminder")]
    twisted = reminder("${office_deadline(at, limits.remind)}", "${office_deadline(at, limits.forward)}")
    assert found(twisted, KNOWN) == [("r", "time.late-reminder")]


def test_plain_durations_are_compared_too() -> None:
    late = reminder("P1D", "P2D")
    assert found(late, KNOWN) == [("r", "time.late-reminder")]
    assert found(reminder("P2D", "P1D"), KNOWN) == []


def test_telling_somebody_above_may_come_late() -> None:
    alert = reminder("${office_deadline(at, 'PT2H')}", "${office_deadline(at, 'PT3H')}", "group")
    assert found(alert, KNOWN) == []


@pytest.mark.parametrize(
    "text", ["PT2H", "P3D", "P1W", "P1DT4H", "PT15M", "PT30S", "P", "PT", "P1M", "1D", "P-1D", "pt2h", " PT2H ", ""]
)
def test_office_durations_are_read_as_the_office_calendar_does(text: str) -> None:
    try:
        office_duration(text)
        readable = True
    except InvalidInput:
        readable = False
    assert (times.office_time(text) is not None) is readable
