"""Any well-structured diagram runs to its end, packed after every step or not, and loses nothing a branch learnt."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count, pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.bpmn import procedure as procedures
from engine.bpmn import run
from engine.bpmn.spiff import core
from engine.bpmn.spiff.case import Case, Log
from engine.bpmn.spiff.freeze import thaw
from engine.bpmn.state import unpack
from tests.engine.bpmn.diagrams import (
    both,
    boundary,
    end,
    event,
    flow,
    path,
    process,
    some,
    start,
    sub,
    timer,
    user,
    xor,
)
from tests.engine.bpmn.play import NOW

Block = Any

BLOCKS = st.recursive(
    st.sampled_from(["task", "reminded", "timed"]),
    lambda inner: st.one_of(
        st.tuples(st.sampled_from(["seq", "xor", "and", "or"]), st.lists(inner, min_size=2, max_size=3)),
        st.tuples(st.sampled_from(["loop", "sub", "limited", "many"]), inner),
    ),
    max_leaves=7,
)


@dataclass
class Drawing:
    """Writes a block tree as BPMN; every user task writes a variable of its own."""

    parts: list[str] = field(default_factory=list)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))

    def name(self, kind: str) -> str:
        return f"{kind}{next(self.numbers)}"

    def draw(self, block: Block) -> tuple[str, str]:
        if isinstance(block, str):
            return self.task(block)
        kind, content = block
        return self.fork(kind, content) if isinstance(content, list) else self.wrap(kind, content)

    def task(self, kind: str) -> tuple[str, str]:
        task = self.name("task")
        self.parts.append(user(task))
        if kind == "reminded":
            late, told = self.name("late"), self.name("told")
            self.parts += [
                boundary(late, task, timer("P1D"), interrupting=False),
                end(told),
                path(f"{late} {told}"),
            ]
        if kind == "timed":
            return self.limit(task)
        return task, task

    def limit(self, host: str) -> tuple[str, str]:
        late, merge = self.name("late"), self.name("merge")
        self.parts += [boundary(late, host, timer("P1D")), xor(merge), path(f"{host} {merge}"), path(f"{late} {merge}")]
        return host, merge

    def fork(self, kind: str, blocks: list[Block]) -> tuple[str, str]:
        drawn = [self.draw(block) for block in blocks]
        if kind == "seq":
            self.parts += [flow(one[1], other[0]) for one, other in pairwise(drawn)]
            return drawn[0][0], drawn[-1][1]
        split, join = self.name("split"), self.name("join")
        default = f"{split}-{drawn[0][0]}"
        gateway = {"xor": xor, "or": some}.get(kind)
        if gateway is None:
            self.parts += [both(split), both(join)]
        else:
            self.parts += [gateway(split, default), gateway(join)]
        for number, (first, last) in enumerate(drawn):
            condition = None if kind == "and" or number == 0 else f"${{dice % {number + 2} != 0}}"
            self.parts += [flow(split, first, condition), flow(last, join)]
        return split, join

    def wrap(self, kind: str, block: Block) -> tuple[str, str]:
        if kind == "loop":
            first, last = self.draw(block)
            merge, more, decide = self.name("merge"), self.name("more"), self.name("task")
            after = self.name("task")
            self.parts += [
                xor(merge),
                user(decide),
                user(after),
                xor(more, f"{more}-{after}"),
                path(f"{merge} {first}"),
                path(f"{last} {decide} {more} {after}"),
                flow(more, merge, f"${{{decide} < 2}}"),
            ]
            return merge, after
        inner = Drawing(numbers=self.numbers)
        first, last = inner.draw(block)
        box, begin, finish = self.name("box"), self.name("begin"), self.name("finish")
        marker = (
            "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>2</bpmn:loopCardinality>"
            "</bpmn:multiInstanceLoopCharacteristics>"
            if kind == "many"
            else ""
        )
        self.parts.append(
            sub(
                box, marker, start(begin), end(finish), path(f"{begin} {first}"), path(f"{last} {finish}"), *inner.parts
            )
        )
        return self.limit(box) if kind == "limited" else (box, box)


NOTES = sub(
    "notes",
    start("hint", event("message", "hint"), isInterrupting="false"),
    user("note"),
    path("hint note"),
    by_event=True,
)


def drawn(block: Block) -> bytes:
    drawing = Drawing()
    first, last = drawing.draw(block)
    return process(start(), end(), path(f"start {first}"), path(f"{last} end"), *drawing.parts, NOTES)


class Unpacked:
    """Plays without ever packing: the same case from step to step."""

    def __init__(self, procedure: procedures.Procedure, first: run.Step) -> None:
        self.case: Case = thaw(procedure.core, unpack(first.state), NOW, {})

    def complete(self, token: str, result: Any) -> run.Step:
        self.case.log, self.case.moves = Log(), 0
        found = core._open(self.case, token)
        if found.armed:
            found.task_spec.occur(found, result)
        else:
            self.case.log.settled(found)
            found.marks["result"] = result
            core.again(found)
        return core._answer(self.case)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(block=BLOCKS, seed=st.integers(0, 2**16))
def test_well_structured_diagrams_run_to_the_end(block: Block, seed: int) -> None:
    dice = random.Random(seed)
    procedure = procedures.compile(drawn(block))
    step = run.start(procedure, {"dice": dice.randrange(30)}, NOW)
    unpacked = Unpacked(procedure, step)
    waits, written = {wait.token: wait for wait in step.opened}, {"dice": step.data["dice"]}
    many, hints = "many" in str(block), 0
    for turn in range(400):
        assert step.incidents == ()
        if step.ended:
            break
        hints += any(wait.kind == "message" for wait in waits.values())
        wait = dice.choice([wait for wait in waits.values() if wait.kind != "message" or hints < 9])
        del waits[wait.token]
        result = {}
        if wait.kind == "user_task":
            # The loop asks twice at most: its own variable counts up.
            name = wait.token if wait.element == "note" else wait.element
            result = {name: wait.given.get(name, 0) + 1}
            written.update(result)
        other = unpacked.complete(wait.token, result)
        step = run.complete(procedure, step.state, wait.token, result, NOW)
        assert other == step
        for token in step.closed:
            del waits[token]
        waits.update((opened.token, opened) for opened in step.opened)
        assert turn < 399
    assert waits == {}
    if not many:
        assert step.data == written
