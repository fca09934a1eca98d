"""Each rule of structure: a drawing that breaks it, and the same drawing put right."""

from __future__ import annotations

import pytest

from engine.bpmn.checks import structure
from tests.engine.bpmn.checks.trial import found, sentences, work
from tests.engine.bpmn.diagrams import (
    both,
    boundary,
    catch,
    end,
    event,
    first,
    flow,
    link,
    path,
    process,
    start,
    sub,
    throw,
    timer,
    user,
    xor,
)

A, B = work("a"), work("b")
LINE = path("start a end")


def simple(*parts: str) -> bytes:
    return process(start(), A, end(), LINE, *parts)


def choice(*flows: str, default: str | None = None) -> bytes:
    ways = path("start x") + path("a end") + path("b end")
    return process(start(), xor("x", default=default), A, B, end(), ways, *flows)


def failing(*boundaries: str, inner: str = "") -> bytes:
    box = sub("box", start("s1"), A, end("bad", event("error", "E1")), path("s1 a bad"), inner)
    after = "".join(flow(f"c{n}", "end") for n, _ in enumerate(boundaries))
    return process(start(), box, end(), path("start box end"), *boundaries, after)


def caught_inside(code: str) -> str:
    return sub("handler", start("hs", event("error", code)), work("h"), end("he"), path("hs h he"), by_event=True)


TERMINATED = end("stop", event("terminate"))
JUMP = throw("t", link("L")) + catch("k", link("L"))
BOX = sub("box", A, B, flow("a", "b"))
WAYS = first("g") + catch("m", event("message", "m")) + catch("t", timer("P1D"))

CASES = {
    "structure.unreachable": (simple(B, flow("b", "end")), [("b", "structure.unreachable")], simple()),
    "structure.no-way-out": (
        process(start(), A, B, end(), path("start a b a"), path("start end")),
        [("a", "structure.no-way-out"), ("b", "structure.no-way-out")],
        process(start(), A, xor("x", default="x-end"), end(), path("start a x end"), flow("x", "a", "${again}")),
    ),
    "structure.gateway-end": (
        process(start(), A, xor("x"), end(), path("start a end"), path("a x")),
        [("x", "structure.gateway-end")],
        simple(),
    ),
    "structure.no-end": (
        process(start(), A, path("start a")),
        [("p", "structure.no-end"), ("a", "structure.loose-end")],
        simple(),
    ),
    "structure.loose-end": (
        process(start(), A, B, end(), path("start a end"), path("a b")),
        [("b", "structure.loose-end")],
        process(start(), A, B, end(), path("start a end"), path("a b end")),
    ),
    "structure.idle-condition": (
        choice(flow("x", "a", "${p}"), flow("x", "b", "${q}"), default="x-b"),
        [("x-b", "structure.idle-condition")],
        choice(flow("x", "a", "${p}"), flow("x", "b"), default="x-b"),
    ),
    "structure.idle-gateway": (
        process(start(), A, xor("x"), end(), path("start a x end")),
        [("x", "structure.idle-gateway")],
        simple(),
    ),
    "structure.several-starts": (
        simple(start("again"), flow("again", "a")),
        [("again", "structure.several-starts")],
        simple(start("again", event("message", "m")), flow("again", "a")),
    ),
    "structure.uncaught": (
        failing(),
        [("bad", "structure.uncaught")],
        failing(boundary("c0", "box", event("error", "E1"))),
    ),
    "structure.unnamed": (
        process(start(), user("a", assignee="x"), end(), LINE),
        [("a", "structure.unnamed")],
        simple(),
    ),
    "structure.nobody": (
        process(start(), work("a").replace("candidateGroups", "something"), end(), LINE),
        [("a", "structure.nobody")],
        process(start(), work("a"), end(), LINE),
    ),
}


def test_every_rule_has_a_case() -> None:
    assert set(CASES) == {rule.id for rule in structure.RULES}


@pytest.mark.parametrize("rule", CASES)
def test_wrong_and_right(rule: str) -> None:
    wrong, expected, right = CASES[rule]
    assert [each for each in found(wrong) if each[1].startswith("structure.")] == expected
    assert found(right) == []


@pytest.mark.parametrize(
    ("xml", "expected"),
    [
        # A boundary event leads on from its host, an event sub-process begins by itself, a link jumps.
        (simple(boundary("late", "a", timer("P1D")), B, path("late b end")), []),
        (simple(caught_inside("E1")), []),
        (process(start(), A, JUMP, end(), path("start a t"), path("k end")), []),
        # Sub-processes without start or end events.
        (process(start(), BOX, end(), path("start box end")), [("b", "structure.loose-end")]),
        # Errors caught by any code, further out, or inside.
        (failing(boundary("c0", "box", event("error"))), []),
        (failing(boundary("c0", "box", event("error", "OTHER"))), [("bad", "structure.uncaught")]),
        (failing(inner=caught_inside("E1")), []),
        (process(start(), A, end("end", event("error", "E1")), LINE), []),
        # Conditions where no choice is made.
        (
            process(start(), xor("x"), A, end(), path("start x"), flow("x", "a", "${p}"), path("a end")),
            [("x-a", "structure.idle-condition"), ("x", "structure.idle-gateway")],
        ),
        (
            process(
                start(), WAYS, end(), path("start g"), flow("g", "m", "${p}"), flow("g", "t"), path("m end"),
                path("t end"),
            ),
            [("g-m", "structure.idle-condition")],
        ),
        (process(start(), both("s"), A, B, both("j"), end(), path("start s a j end"), path("s b j")), []),
        (process(start(), A, TERMINATED, path("start a stop")), []),
        (
            process(start(), A, xor("m"), B, path("start a m b m"), end()),
            [("end", "structure.unreachable")]
            + [(node, "structure.no-way-out") for node in ("start", "a", "m", "b")],
        ),
    ],
    ids=range(13),
)  # fmt: skip
def test_more_drawings(xml: bytes, expected: list[tuple[str, str]]) -> None:
    assert [each for each in found(xml) if each[1].startswith("structure.")] == expected


def test_sentences_say_what_to_do() -> None:
    for wrong, _, _ in CASES.values():
        for sentence in sentences(wrong):
            assert any(word in sentence for word in ("hãy", "Hãy")), sentence
            assert sentence.endswith(".")
