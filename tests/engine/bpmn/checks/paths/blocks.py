"""Small drawings made of blocks, drawn as BPMN and told as every course they can take."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from engine.bpmn.dialect import Scope
from engine.bpmn.reading import read
from tests.engine.bpmn.diagrams import (
    both,
    boundary,
    end,
    event,
    flow,
    process,
    start,
    sub,
    user,
    xor,
)

Course = tuple[str, ...]
MOST = 600


@dataclass(frozen=True)
class Block:
    """One block: a task (`a` …), or `seq`, `one`, `all`, `loop`, `scope` (body, what follows its interruption)."""

    kind: str
    parts: tuple[Block, ...] = ()
    name: str = ""


def courses(block: Block) -> set[Course]:
    """Every order in which the tasks of a block can be done; loops are gone through at most three times."""
    inner = [courses(part) for part in block.parts]
    if block.kind == "task":
        return {(block.name,)}
    if block.kind == "seq":
        return _sequence(inner)
    if block.kind == "one":
        return set().union(*inner)
    if block.kind == "loop":
        return inner[0] | _sequence([inner[0]] * 2) | _sequence([inner[0]] * 3)
    if block.kind == "scope":
        begun = {one[:length] for one in inner[0] for length in range(len(one))}
        return inner[0] | _sequence([begun, inner[1]])
    found: set[Course] = {()}
    for each in inner:
        found = {mixed for one in found for other in each for mixed in _mixed(one, other)}
        if len(found) > MOST:
            raise OverflowError
    return found


def _sequence(inner: list[set[Course]]) -> set[Course]:
    found: set[Course] = {()}
    for each in inner:
        found = {one + other for one in found for other in each}
        if len(found) > MOST:
            raise OverflowError
    return found


def _mixed(one: Course, other: Course) -> Iterator[Course]:
    if not one or not other:
        yield one + other
        return
    yield from ((one[0], *rest) for rest in _mixed(one[1:], other))
    yield from ((other[0], *rest) for rest in _mixed(one, other[1:]))


@dataclass
class Drawing:
    """Writes blocks as BPMN; element ids of tasks are the names of the blocks."""

    parts: list[str] = field(default_factory=list)
    count: int = 0

    def fresh(self, word: str) -> str:
        self.count += 1
        return f"{word}{self.count}"

    def draw(self, block: Block) -> tuple[str, str]:
        """Add a block; its first and last element."""
        if block.kind == "task":
            self.parts.append(user(block.name, assignee="x"))
            return block.name, block.name
        if block.kind == "seq":
            ends = [self.draw(part) for part in block.parts]
            self.parts += [flow(one[1], other[0]) for one, other in pairwise(ends)]
            return ends[0][0], ends[-1][1]
        if block.kind == "loop":
            return self._loop(block)
        if block.kind == "scope":
            return self._scope(block)
        gate = both if block.kind == "all" else xor
        opening, closing = self.fresh("open"), self.fresh("close")
        self.parts += [gate(opening), gate(closing)]
        for part in block.parts:
            first, last = self.draw(part)
            self.parts += [flow(opening, first), flow(last, closing)]
        return opening, closing

    def _loop(self, block: Block) -> tuple[str, str]:
        entry, choice = self.fresh("merge"), self.fresh("again")
        first, last = self.draw(block.parts[0])
        self.parts += [xor(entry), xor(choice), flow(entry, first), flow(last, choice), flow(choice, entry)]
        return entry, choice

    def _scope(self, block: Block) -> tuple[str, str]:
        name, caught, closing = self.fresh("scope"), self.fresh("caught"), self.fresh("close")
        inner = Drawing(count=1000 * self.count)
        first, last = inner.draw(block.parts[0])
        self.count = inner.count
        begin, over = self.fresh("begin"), self.fresh("over")
        body = [start(begin), end(over), flow(begin, first), flow(last, over), *inner.parts]
        instead = self.draw(block.parts[1])
        self.parts += [sub(name, *body), boundary(caught, name, event("message", "m")), xor(closing)]
        self.parts += [flow(name, closing), flow(caught, instead[0]), flow(instead[1], closing)]
        return name, closing


def drawn(block: Block) -> Scope:
    """A procedure around a block."""
    drawing = Drawing()
    first, last = drawing.draw(block)
    parts = [start(), end(), flow("start", first), flow(last, "end"), *drawing.parts]
    return read(process(*parts)).root


def some_block(dice: random.Random, size: int, kinds: tuple[str, ...]) -> Block:
    """A block of `size` tasks named a, b, c …"""
    names = iter("abcdefghijkl")

    def build(size: int) -> Block:
        if size == 1:
            return Block("task", name=next(names))
        kind = dice.choice(kinds)
        if kind == "loop":
            return Block("loop", (build(size),)) if dice.random() < 0.3 else Block("seq", tuple(parts(size)))
        return Block(kind, tuple(parts(size)))

    def parts(size: int) -> Iterator[Block]:
        first = dice.randint(1, size - 1)
        yield build(first)
        yield build(size - first)

    return build(size)
