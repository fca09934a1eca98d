"""Play the token game on the drawing: can it get stuck, or do a step twice at once.

Each scope is played alone: a sub-process counts as one activity, a boundary event as another way out of it. Data is not
looked at, so every branch of a choice is possible. Where several tokens may move, the one furthest back moves first; as
moves of different tokens don't disturb each other, no standstill is missed, and tokens that can meet do meet.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import combinations

from engine.bpmn.checks.rules import Found, Rule, Subject
from engine.bpmn.checks.structure import closure
from engine.bpmn.dialect import Flow, Node, Scope
from engine.bpmn.normalise import normalise
from engine.bpmn.reading import read

MAX_MARKINGS = 4_000
_MANY_BRANCHES = 5  # above this an inclusive split is tried with single branches, pairs and all

Marking = frozenset[str]  # the flows that hold a token


@dataclass(slots=True)
class Game:
    """What playing one scope from one start showed: node ids, and whether it was played to the end."""

    stuck: dict[str, int] = field(default_factory=dict)  # join → how few of its branches had come
    doubled: set[str] = field(default_factory=set)
    endless: set[str] = field(default_factory=set)
    finished: bool = True


class _Board:
    """A scope laid out for playing."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope
        self.nodes = scope.nodes
        self.outgoing: dict[str, list[Flow]] = {node: [] for node in scope.nodes}
        self.incoming: dict[str, list[Flow]] = {node: [] for node in scope.nodes}
        for flow in scope.flows.values():
            self.outgoing[flow.source].append(flow)
            self.incoming[flow.target].append(flow)
        self.boundaries = {node: scope.boundaries(node) for node in scope.nodes}
        self.rank = self._ranks()
        self._reaching: dict[tuple[str, str], set[str]] = {}

    def _next(self, node: str) -> list[str]:
        targets = [flow.target for flow in self.outgoing[node]]
        return targets + [boundary.id for boundary in self.boundaries[node]]

    def _ranks(self) -> dict[str, int]:
        """Reverse post-order: along every flow the rank grows, except where a loop goes back."""
        order: list[str] = []
        seen: set[str] = set()
        for root in self.nodes:
            if root in seen or self.incoming[root]:
                continue
            seen.add(root)
            path = [(root, iter(self._next(root)))]
            while path:
                node, following = path[-1]
                target = next(following, None)
                if target is None:
                    order.append(node)
                    path.pop()
                elif target not in seen:
                    seen.add(target)
                    path.append((target, iter(self._next(target))))
        ranks = {node: place for place, node in enumerate(reversed(order))}
        return {node: ranks.get(node, len(ranks)) for node in self.nodes}

    def joins(self, node: Node) -> bool:
        """Whether the node waits for more than one flow."""
        return node.kind in ("parallelGateway", "inclusiveGateway") and len(self.incoming[node.id]) > 1

    def outcomes(self, node: Node) -> list[tuple[list[Flow], ...]]:
        """The flows that may get a token when the node is done, one entry per possibility."""
        flows = self.outgoing[node.id]
        if node.kind in ("exclusiveGateway", "eventBasedGateway") and len(flows) > 1:
            return [([flow],) for flow in flows]
        if node.kind == "inclusiveGateway" and len(flows) > 1:
            return [(list(chosen),) for chosen in _subsets(flows, node.default)]
        found: list[tuple[list[Flow], ...]] = [(flows,)]
        for boundary in self.boundaries[node.id]:
            after = self.outgoing[boundary.id]
            found.append((after,) if boundary.interrupting else (flows, after))
        return found

    def reaching(self, flow: Flow, join: str) -> set[str]:
        """Nodes from which a token can come to `flow` without passing the join it leads into."""
        key = (flow.id, join)
        if key not in self._reaching:
            self._reaching[key] = closure([flow.source], partial(self._before, join)) - {join}
        return self._reaching[key]

    def _before(self, join: str, node: str) -> list[str]:
        if node == join:
            return []
        host = self.nodes[node].attached_to
        return [flow.source for flow in self.incoming[node]] + ([host] if host else [])


def _subsets(flows: list[Flow], default: str | None) -> Iterator[tuple[Flow, ...]]:
    conditional = [flow for flow in flows if flow.id != default]
    sizes: Iterable[int] = range(1, len(conditional) + 1)
    if len(conditional) > _MANY_BRANCHES:
        sizes = (1, 2, len(conditional))
    for size in sizes:
        yield from combinations(conditional, size)
    if default is not None:
        yield tuple(flow for flow in flows if flow.id == default)


def play(scope: Scope, start: str) -> Game:
    """Play a normalised scope from one start event, in every way that choices allow, up to MAX_MARKINGS markings."""
    board, game = _Board(scope), Game()
    first = _put(board, game, frozenset(), [board.outgoing[start]])
    waiting = [] if first is None else [first]
    seen: set[Marking] = set(waiting)
    while waiting:
        marking = waiting.pop()
        for after in _moves(board, game, marking):
            if after not in seen:
                seen.add(after)
                waiting.append(after)
        if len(seen) > MAX_MARKINGS:
            game.finished = False
            break
    return game


def _moves(board: _Board, game: Game, marking: Marking) -> list[Marking]:
    """The markings that follow; notes joins that will wait for ever when there are none."""
    flows = board.scope.flows
    tokens = sorted(marking, key=lambda flow: board.rank[flows[flow].target])
    for token in tokens:
        node = board.nodes[flows[token].target]
        if not board.joins(node):
            return _fire(board, game, marking, node, {token})
    for ready in (_all_there, _nobody_comes):
        for token in tokens:
            node = board.nodes[flows[token].target]
            arrived = {flow.id for flow in board.incoming[node.id]} & marking
            if ready(board, marking, node, arrived):
                return _fire(board, game, marking, node, arrived)
    for token in tokens:
        node = board.nodes[flows[token].target]
        arrived = {flow.id for flow in board.incoming[node.id]} & marking
        game.stuck[node.id] = min(len(arrived), game.stuck.get(node.id, len(arrived)))
    return []


def _all_there(board: _Board, marking: Marking, node: Node, arrived: set[str]) -> bool:
    return len(arrived) == len(board.incoming[node.id])


def _nobody_comes(board: _Board, marking: Marking, node: Node, arrived: set[str]) -> bool:
    """BPMN 2.0, 13.4.3: no other token can still come to an empty way into the inclusive gateway."""
    if node.kind != "inclusiveGateway":
        return False
    elsewhere = {board.scope.flows[token].target for token in marking - arrived}
    empty = [flow for flow in board.incoming[node.id] if flow.id not in arrived]
    return not any(elsewhere & board.reaching(flow, node.id) for flow in empty)


def _fire(board: _Board, game: Game, marking: Marking, node: Node, used: set[str]) -> list[Marking]:
    left = marking - used
    if node.kind == "endEvent":
        # Only ends that close the whole scope keep their token until here.
        return []
    following = [_put(board, game, left, outcome) for outcome in board.outcomes(node)]
    return [each for each in following if each is not None]


def _put(board: _Board, game: Game, marking: Marking, given: Iterable[list[Flow]]) -> Marking | None:
    """Add tokens; None when one comes where another still is, which is noted and not played on."""
    tokens = set(marking)
    for flows in given:
        for flow in flows:
            target = board.nodes[flow.target]
            if target.kind == "endEvent" and not _closes_scope(target):
                continue
            if flow.id in tokens and target.kind != "endEvent":
                looped = target.id in closure(board._next(target.id), board._next)
                (game.endless if looped else game.doubled).add(target.id)
                return None
            tokens.add(flow.id)
    return frozenset(tokens)


def _closes_scope(node: Node) -> bool:
    return node.event is not None and node.event.kind in ("terminate", "error")


@lru_cache(maxsize=8)  # four rules look at the same games
def _played(xml: bytes) -> tuple[tuple[Scope, Game], ...]:
    diagram = read(xml)
    normalise(diagram.root)
    return tuple(
        (scope, play(scope, node.id))
        for scope in diagram.root.scopes()
        for node in scope.nodes.values()
        if node.kind == "startEvent"
    )


def _told(subject: Subject, choose: Callable[[Game], Iterable[str]]) -> Iterator[tuple[Scope, Game, str]]:
    """Every node `choose` picks from any game, once."""
    seen: set[str] = set()
    for scope, game in _played(subject.xml):
        for node in sorted(choose(game)):
            if node not in seen:
                seen.add(node)
                yield scope, game, node


def _called(scope: Scope, node: str) -> str:
    """The name people know; a gateway made by `normalise` is called after the element it was made for."""
    element = scope.nodes[node.partition(":")[0]].element if node.partition(":")[0] in scope.nodes else None
    return "này" if element is None else f"“{element.name or element.id}”"


def _deadlock(subject: Subject) -> Iterator[Found]:
    for scope, game, node in _told(subject, lambda game: game.stuck):
        ways = len(scope.incoming(node))
        yield node, (
            f"Cổng {_called(scope, node)} chờ đủ {ways} luồng nhưng có trường hợp chỉ {game.stuck[node]} luồng tới, "
            "hồ sơ sẽ đứng lại; hãy tách nhánh bằng cổng song song hoặc gộp bằng cổng loại trừ."
        )


def _unsafe(subject: Subject) -> Iterator[Found]:
    for scope, _, node in _told(subject, lambda game: game.doubled):
        yield node.partition(":")[0], (
            f"Bước {_called(scope, node)} có thể được làm nhiều lần vì các nhánh song song không được gộp lại; "
            "hãy gộp bằng cổng song song trước bước này."
        )


def _endless(subject: Subject) -> Iterator[Found]:
    for scope, _, node in _told(subject, lambda game: game.endless):
        yield node.partition(":")[0], (
            f"Vòng lặp qua {_called(scope, node)} sinh thêm nhánh song song ở mỗi lượt và không bao giờ dừng; "
            "hãy gộp các nhánh trước khi quay lại."
        )


def _bound(subject: Subject) -> Iterator[Found]:
    for scope, game in _played(subject.xml):
        if not game.finished:
            yield scope.id, (
                "Sơ đồ có quá nhiều khả năng nên chưa kiểm tra hết chỗ tắc; hãy chia thành các quy trình con."
            )


RULES = (
    Rule("soundness.deadlock", _deadlock),
    Rule("soundness.endless", _endless),
    Rule("soundness.unsafe", _unsafe, "warning"),
    Rule("soundness.bound", _bound, "warning"),
)
