"""A running instance as SpiffWorkflow sees it: workflows for scopes, tasks for tokens, and one agenda."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from engine.bpmn.dialect import Flow, Node, Scope
from engine.bpmn.joins import Branches, Data, Path
from engine.bpmn.spiff.texts import Functions, Held, stored
from engine.bpmn.step import Passage, Thrown, Trouble, Wait

MAX_MOVES = 20_000  # more in one step is a circle without a wait
ROOT = "root"
_LARGE = 100  # parts of a value


class Token(Task):  # type: ignore[misc]
    """A SpiffWorkflow task without its clock, random ids, log and data copying.

    `data` is never changed in place, only replaced, so tokens may share it and nothing of the past is rewritten.
    """

    def __init__(
        self, workflow: Any, task_spec: Any, parent: Any = None, state: int = TaskState.FUTURE, id: str | None = None
    ) -> None:
        self.id = id if id is not None else workflow.case.new_id()
        workflow.tasks[self.id] = self
        self.workflow = workflow
        self._parent = None if parent is None else parent.id
        self._children: list[str] = []
        self._state = state
        self.triggered = False
        self.task_spec = task_spec
        self.thread_id = 0
        self.last_state_change = 0.0
        self.data: Data = {}
        self.internal_data: dict[str, Any] = {}
        self.path: Path = ()
        self.chosen: tuple[Flow, ...] | None = None

    def _add_child(self, task_spec: Any, state: int = TaskState.FUTURE) -> Token:
        child = Token(self.workflow, task_spec, self, state)
        self._children.append(child.id)
        return child

    def _set_state(self, value: int) -> None:
        self._state = value

    def _inherit_data(self) -> None:
        """Data is handed on by whoever places the token."""

    @property
    def marks(self) -> dict[str, Any]:
        """What has to be remembered of the token besides its data."""
        return self.internal_data

    @property
    def node(self) -> Node:
        """The node it stands at."""
        node: Node = self.task_spec.node
        return node

    @property
    def armed(self) -> bool:
        """Whether it only stands ready for an event and is no token in the sense of BPMN."""
        return "armed" in self.internal_data


class Log:
    """Waits opened and closed, history lines, things sent, troubles."""

    def __init__(self) -> None:
        self.opened: dict[str, Wait] = {}
        self.closed: list[str] = []
        self.passages: list[Passage] = []
        self.thrown: list[Thrown] = []
        self.incidents: list[Trouble] = []

    def entered(self, token: Token) -> None:
        """The token came to its node; what only stands ready for an event hasn't."""
        if token.armed:
            return
        if not token.node.hidden:
            self.passages.append(Passage(token.node.id, "entered", token.id, token.marks.get("flow")))
        token.marks["inside"] = 1

    def left(self, token: Token) -> None:
        """The token passed its node."""
        if token.marks.pop("inside", None) and not token.node.hidden:
            self.passages.append(Passage(token.node.id, "left", token.id))

    def withdrawn(self, token: Token) -> None:
        """The token was taken away."""
        if token.marks.pop("open", None) and self.opened.pop(token.id, None) is None:
            self.closed.append(token.id)
        if token.marks.pop("inside", None) and not token.node.hidden:
            self.passages.append(Passage(token.node.id, "cancelled", token.id))

    def open(self, token: Token, wait: Wait) -> None:
        """The token waits for something outside."""
        token.marks["open"] = wait.kind
        self.opened[token.id] = replace(wait, token=token.id)

    def settled(self, token: Token) -> None:
        """What the token waited for has come."""
        token.marks.pop("open", None)

    def throw(self, thrown: Thrown) -> None:
        """Something goes out."""
        self.thrown.append(thrown)

    def trouble(self, token: Token, held: Held) -> None:
        """The token is held."""
        details: dict[str, Any] = held.details
        self.incidents.append(Trouble(token.node.id, token.id, held.code, held.message, details))


class ScopeSpec(BpmnProcessSpec):  # type: ignore[misc]
    """The specification of one scope, with what the moves have to look up."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(name=scope.id)
        self.scope = scope
        self.incoming: dict[str, tuple[Flow, ...]] = {}
        self.boundaries: dict[str, tuple[Node, ...]] = {}
        self.event_subs: tuple[tuple[Node, Node], ...] = ()  # (sub-process, its start event)
        self.inclusive: tuple[Any, ...] = ()
        self.start_node: str | None = None


class _Scope:
    """What the instance itself and an inner scope have in common."""

    spec: ScopeSpec
    tasks: dict[str, Token]
    task_tree: Token
    came: dict[str, Counter[str]]  # node → by which flows the tokens came that stand there

    def prepare(self) -> None:
        """A scope begins with SpiffWorkflow's start task; tokens hang below it, flat, as long as they live."""
        self.branches = Branches()
        self.completed = False
        self.came: dict[str, Counter[str]] = {}
        self.task_tree = Token(self, self.spec.start, None, TaskState.COMPLETED, ROOT)

    def tokens(self) -> list[Token]:
        """Every token of this scope, oldest first."""
        return [token for token in self.tasks.values() if token.id != ROOT]

    def live(self) -> Iterator[Token]:
        """Tokens that keep the scope going, oldest first: all but those that only stand ready for an event."""
        return (token for token in self.tasks.values() if token.id != ROOT and not token.armed)

    def stand(self, token: Token, data: Data, path: Path, marks: dict[str, Any]) -> None:
        """Let a new token be at its node with what it brings."""
        token.data, token.path, token.internal_data = data, path, marks
        self.came.setdefault(token.node.id, Counter())[marks.get("flow", "")] += 1

    def drop(self, token: Token) -> None:
        """Take a token off the tree."""
        if self.tasks.pop(token.id, None) is not None:
            self.task_tree._children.remove(token.id)
            flows, flow = self.came[token.node.id], token.marks.get("flow", "")
            flows[flow] -= 1
            if not flows[flow]:
                del flows[flow]


class InnerScope(_Scope, BpmnSubWorkflow):  # type: ignore[misc]
    """The inside of a sub-process, held by a token of the scope around it."""

    def __init__(self, spec: ScopeSpec, holder: Token, index: int, case: Case) -> None:
        self.case = case
        self.holder = holder
        self.index = index
        super().__init__(spec, parent_task_id=holder.id, top_workflow=case, deserializing=True)
        self.prepare()

    def _calculate_depth(self) -> int:
        return int(self.holder.workflow.depth) + 1


class Case(_Scope, BpmnWorkflow):  # type: ignore[misc]
    """One instance during one step."""

    def __init__(self, specs: dict[str, ScopeSpec], root: str, now: datetime, functions: Functions) -> None:
        self.case = self
        self.now = now
        self.functions = functions
        self.counter = 0
        self.moves = 0
        self.log = Log()
        self.agenda: deque[Token] = deque()
        self.final: Data | None = None
        self._large: dict[int, tuple[Any, Any]] = {}
        super().__init__(specs[root], subprocess_specs=specs, script_engine=_NoScripts(), deserializing=True)
        self.prepare()

    def new_id(self) -> str:
        """The next token id; ids are never used twice in an instance."""
        return f"t{self.new_fork()}"

    def new_fork(self) -> int:
        """The next number for a fork."""
        self.counter += 1
        return self.counter

    def given(self, data: Mapping[str, Any], place: str) -> dict[str, Any]:
        """A copy of the variables for whoever waits for an answer; raises Held.

        What is large is copied once for all waits of this step, so that ten thousand of them cost no more than one.
        """
        found: dict[str, Any] = {}
        for name, value in data.items():
            known = self._large.get(id(value))
            found[name] = stored(value, place) if known is None else known[1]
            if known is None and isinstance(value, dict | list) and _size(value) > _LARGE:
                self._large[id(value)] = value, found[name]  # the value too, so that its id stays taken
        return found

    def scopes(self) -> Iterator[Any]:
        """The instance and every running inner scope, outermost first."""
        yield self
        yield from list(self.subprocesses.values())

    def inner(self, token: Token) -> list[InnerScope]:
        """The scopes a token holds."""
        return [scope for scope in self.subprocesses.values() if scope.holder is token]

    def open_scope(self, holder: Token, spec: ScopeSpec, index: int) -> InnerScope:
        """Begin an inner scope."""
        scope = InnerScope(spec, holder, index, self)
        self.subprocesses[(holder.id, index)] = scope
        return scope

    def close_scope(self, scope: InnerScope) -> None:
        """Forget an inner scope."""
        scope.completed = True
        del self.subprocesses[(scope.holder.id, scope.index)]

    def find(self, identifier: str) -> Token | None:
        """The token with this id, wherever it is."""
        for scope in self.scopes():
            token: Token | None = scope.tasks.get(identifier)
            if token is not None and identifier != ROOT:
                return token
        return None

    def run(self) -> None:
        """Move tokens until each one waits."""
        while self.agenda:
            token = self.agenda.popleft()
            if token._state != TaskState.READY or token.id not in token.workflow.tasks:
                continue
            self.moves += 1
            if self.moves > MAX_MOVES:
                token._set_state(TaskState.STARTED)
                self.hold(token, Held("endless", "Quy trình chạy vòng mãi mà không có bước nào chờ người xử lý."))
            else:
                token.run()

    def hold(self, token: Token, held: Held) -> None:
        """Keep a token where it is and say why."""
        token.marks["trouble"] = held.code
        self.log.trouble(token, held)


def _size(value: Any) -> int:
    """How many parts a value has, counted no further than matters."""
    parts, left = 0, [value]
    while left and parts <= _LARGE:
        inner = left.pop()
        if isinstance(inner, dict | list):
            parts += len(inner)
            left.extend((inner.values() if isinstance(inner, dict) else inner) if parts <= _LARGE else ())
    return parts


class _NoScripts:
    """Stands where SpiffWorkflow keeps its Python engine: nothing in a diagram reaches eval or exec."""

    environment = None

    def evaluate(self, *_: Any, **__: Any) -> Any:
        raise Held("expression", "Sơ đồ không được chạy mã.")

    execute = call_service = evaluate
