"""Play the token game on the drawing: can it get stuck, or do a step twice at once.

Each scope is played alone: a sub-process counts as one activity, a boundary event as another way out of it. Data is not
looked at, so every branch of a choice is possible. Small drawings are played in every order of moves. In large ones the
token furthest back always moves first: as moves of different tokens don't disturb each other no standstill is missed;
that two tokens meet may be missed only where one of them runs round a loop.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache, partial
from itertools import combinations

from engine.bpmn.checks.rules import Found, Rule, Subject, as_run
from engine.bpmn.checks.structure import closure
from engine.bpmn.dialect import Flow, Node, Scope

MAX_MARKINGS = 4_000
MAX_ALL_ORDERS = 500
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
        # What only a non-interrupting boundary event leads to, reminders say, may well run several times at once.
        starts = [node.id for node in scope.nodes.values() if node.kind == "startEvent"]
        self.main = closure(starts, self._next_on_main)
        self._reaching: dict[tuple[str, str], set[str]] = {}

    def _next(self, node: str) -> list[str]:
        targets = [flow.target for flow in self.outgoing[node]]
        return targets + [boundary.id for boundary in self.boundaries[node]]

    def _next_on_main(self, node: str) -> list[str]:
        targets = [flow.target for flow in self.outgoing[node]]
        return targets + [boundary.id for boundary in self.boundaries[node] if boundary.interrupting]

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

    def place(self, token: str) -> str:
        """Where a token waits: in front of a gateway on its flow, else at the activity or event itself."""
        target = self.scope.flows[token].target
        return token if self.nodes[target].kind.endswith("Gateway") else target

    def vanishes(self, flow: Flow) -> bool:
        """Whether a token on the flow is simply over: it leads to an end that doesn't close the whole scope."""
        target = self.nodes[flow.target]
        return target.kind == "endEvent" and (target.event is None or target.event.kind not in ("terminate", "error"))

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
    """Play a normalised scope from one start event, in every way that choices allow."""
    board = _Board(scope)
    game = _Player(board, every_order=True, most=MAX_ALL_ORDERS).play(start)
    return game if game.finished else _Player(board, every_order=False, most=MAX_MARKINGS).play(start)


class _Player:
    """Goes through the markings that can be reached, and notes what happens."""

    def __init__(self, board: _Board, every_order: bool, most: int) -> None:
        self.board = board
        self.every_order = every_order
        self.most = most
        self.game = Game()
        self.before: dict[Marking, Marking | None] = {}  # how each marking was first reached

    def play(self, start: str) -> Game:
        """Play from a start event until nothing new comes or there are too many markings."""
        first = self._put(None, frozenset(), [self.board.outgoing[start]])
        waiting = [] if first is None else [first]
        self.before = dict.fromkeys(waiting)
        while waiting:
            marking = waiting.pop()
            for after in self._moves(marking):
                if after not in self.before:
                    self.before[after] = marking
                    waiting.append(after)
            if len(self.before) > self.most:
                self.game.finished = False
                break
        return self.game

    def _moves(self, marking: Marking) -> list[Marking]:
        """The markings that follow; notes joins that will wait for ever when there are none."""
        following: list[Marking] = []
        moved = False
        for node, used in self._ready(marking):
            moved = True
            following += self._fire(marking, node, used)
            if not self.every_order:
                break
        if not moved:
            for join, arrived in self._waiting(marking).items():
                self.game.stuck[join] = min(len(arrived), self.game.stuck.get(join, len(arrived)))
        return following

    def _waiting(self, marking: Marking) -> dict[str, set[str]]:
        """Join → the flows that have come."""
        flows, found = self.board.scope.flows, dict[str, set[str]]()
        for token in sorted(marking):
            if self.board.joins(self.board.nodes[flows[token].target]):
                found.setdefault(flows[token].target, set()).add(token)
        return found

    def _ready(self, marking: Marking) -> Iterator[tuple[Node, set[str]]]:
        """What may move, furthest back first: activities and simple gateways, and joins that wait for nobody."""
        board, waiting = self.board, self._waiting(marking)
        places = {board.place(token): token for token in marking}
        for place, token in sorted(places.items(), key=lambda each: board.rank[board.scope.flows[each[1]].target]):
            node = board.nodes[board.scope.flows[token].target]
            arrived = waiting.get(node.id)
            if arrived is None:
                yield node, {token}
            elif place == max(arrived) and _may_join(board, marking, node, arrived):
                yield node, arrived

    def _fire(self, marking: Marking, node: Node, used: set[str]) -> list[Marking]:
        if node.kind == "endEvent":  # only ends that close the whole scope hold a token
            return []
        left = marking - used
        following = [self._put(marking, left, outcome) for outcome in self.board.outcomes(node)]
        return [each for each in following if each is not None]

    def _put(self, marking: Marking | None, left: Marking, given: Iterable[list[Flow]]) -> Marking | None:
        """Add tokens; None when one comes where another still is, which is noted and not played on."""
        tokens, places = set(left), {self.board.place(token) for token in left}
        new = [flow for flows in given for flow in flows if not self.board.vanishes(flow)]
        for flow in new:
            place = self.board.place(flow.id)
            if place in places and flow.target in self.board.main and self.board.nodes[flow.target].kind != "endEvent":
                grows = self._covers(marking, left, [each.id for each in new])
                (self.game.endless if grows else self.game.doubled).add(flow.target)
                return None
            tokens.add(flow.id)
            places.add(place)
        return frozenset(tokens)

    def _covers(self, marking: Marking | None, left: Marking, new: list[str]) -> bool:
        """Whether a marking on the way here is contained in this one with a token to spare: it grows for ever."""
        now = left.union(new)
        while marking is not None:
            if marking <= now:
                return True
            marking = self.before.get(marking)
        return False


def _may_join(board: _Board, marking: Marking, node: Node, arrived: set[str]) -> bool:
    """BPMN 2.0, 13.4.3: every flow has come or, if inclusive, no other token can still come to an empty one, but for
    those that could as well come where one is.
    """
    if len(arrived) == len(board.incoming[node.id]):
        return True
    if node.kind != "inclusiveGateway":
        return False
    elsewhere = {board.scope.flows[token].target for token in marking - arrived}
    coming: set[str] = set()
    full: set[str] = set()
    for flow in board.incoming[node.id]:
        (full if flow.id in arrived else coming).update(board.reaching(flow, node.id))
    return not elsewhere & (coming - full)


@lru_cache(maxsize=8)  # four rules look at the same games
def _played(xml: bytes) -> tuple[tuple[Scope, Game], ...]:
    return tuple(
        (scope, play(scope, node.id))
        for scope in as_run(xml).root.scopes()
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
