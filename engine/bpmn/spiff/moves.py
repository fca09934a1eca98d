"""How tokens move: placed, led on along flows, ended, taken away; and when a scope is over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from SpiffWorkflow.util.task import TaskState

from engine.bpmn.dialect import Flow
from engine.bpmn.joins import Branch, Clash, Data, Delta, Path, apply, delta
from engine.bpmn.spiff.case import Token
from engine.bpmn.spiff.texts import Held
from engine.bpmn.spiff.values import readable


def place(scope: Any, name: str, data: Data, path: Path, **marks: Any) -> Token:
    """A new token at a node; `go` lets it begin."""
    token: Token = scope.task_tree._add_child(scope.spec.task_specs[name], TaskState.FUTURE)
    scope.stand(token, data, path, marks)
    return token


def go(token: Token) -> None:
    """Let the node decide whether the token may run now or has to wait for others."""
    token.task_spec._update(token)


def again(token: Token) -> None:
    """Run the node once more, where a result has come or a trouble is over."""
    token._set_state(TaskState.READY)
    token.workflow.case.agenda.append(token)


def follow(token: Token, flows: tuple[Flow, ...]) -> None:
    """Lead a finished token on; several ways are a fork, no way is its end."""
    scope = token.workflow
    scope.drop(token)
    if not flows:
        _end(token)
        return
    path = token.path
    if len(flows) > 1:
        path = fork(scope, token.data, path)
    for child in [place(scope, flow.target, token.data, path, flow=flow.id) for flow in flows]:
        go(child)


def fork(scope: Any, data: Data, path: Path) -> Path:
    """Remember the data at a fork; returns the path of the branches."""
    number: int = scope.case.new_fork()
    scope.branches.forks[number] = data
    return (*path, number)


def conflict(clashes: tuple[Clash, ...]) -> Held:
    """Two branches disagree: say upon what, lose nothing."""
    named = "; ".join(f"«{clash.name}»: {' và '.join(readable(value) for value in clash.values)}" for clash in clashes)
    return Held(
        "join-conflict",
        f"Các nhánh song song ghi giá trị khác nhau cho {named}. Hãy chọn một giá trị rồi cho chạy tiếp.",
        values={clash.name: list(clash.values) for clash in clashes},
    )


def check_end(token: Token) -> None:
    """Before the last token of a scope ends: all branches must agree; raises Held."""
    _, clashes = _outcome(token)
    if clashes:
        raise conflict(clashes)


def _outcome(token: Token) -> tuple[Data | None, tuple[Clash, ...]]:
    """Where the procedure itself arrives with this token; nothing as long as other tokens of it are under way."""
    branches = token.workflow.branches
    if not token.node.by_event:
        if all(each is token for each in procedure(token.workflow.live())):
            data, clashes = branches.total([Branch(token.path, token.data)])
            return data, clashes
    elif branches.main is not None:
        data, clashes = apply(branches.main, _own(token))
        return data, clashes
    return None, ()


def procedure(tokens: Iterator[Token]) -> Iterator[Token]:
    """The tokens of the procedure itself, without its event sub-processes.

    One by one: of ten thousand branches that end, each mostly asks only whether there is another.
    """
    return (token for token in tokens if not token.node.by_event)


def _own(token: Token) -> Delta:
    """What an event sub-process has changed since it began."""
    begun = token.workflow.branches.forks.get(token.path[-1], {}) if token.path else {}
    return delta(begun, current(token))


def _end(token: Token) -> None:
    """The token has arrived at its end; the last one ends the scope."""
    scope = token.workflow
    data, _ = _outcome(token)
    if data is not None:
        if next(scope.live(), None) is None:
            finish(scope, data)
        else:
            scope.branches.main = data
            scope.branches.ended.clear()
    elif token.node.by_event:
        change = _own(token)
        told = [_tell(each, change) for each in procedure(scope.live())]
        if not all(told):
            scope.branches.remember(change, token.path[-1] if token.path else 0, scope.case.counter)
    else:
        ways = (each.path for each in procedure(scope.live()))
        scope.branches.end(Branch(token.path, token.data), ways, scope.case.counter)


def _tell(token: Token, change: Delta) -> bool:
    """An event sub-process works for its scope: hand on what it changed; false where the token changed it too."""
    data, clashes = apply(token.data, change)
    if clashes:
        return False
    token.data = data
    inner = token.workflow.case.inner(token) if token.node.multi is None else []
    told = [_tell(each, change) for scope in inner for each in procedure(scope.live())]
    return all(told)


def finish(scope: Any, data: Data) -> None:
    """End a scope with this data; whatever is still in it is taken away."""
    for token in scope.tokens():
        withdraw(token)
    scope.completed = True
    if scope is scope.case:
        scope.final = data
        return
    scope.case.close_scope(scope)
    scope.holder.task_spec.scope_done(scope.holder, scope.index, data)


def withdraw(token: Token) -> None:
    """Take a token away, with everything inside it and everything that stood ready because of it."""
    scope = token.workflow
    if token.id not in scope.tasks:
        return
    for inner in scope.case.inner(token):
        for each in inner.tokens():
            withdraw(each)
        scope.case.close_scope(inner)
    for each in scope.tokens():
        if each.armed and each.marks.get("host") == token.id:
            withdraw(each)
    scope.case.log.withdrawn(token)
    token._set_state(TaskState.CANCELLED)
    scope.drop(token)


def current(token: Token) -> Data:
    """What a token knows now: inside a sub-process, what its branches agree upon."""
    inner = token.workflow.case.inner(token)
    if len(inner) == 1 and token.node.multi is None:
        data: Data = token.task_spec.leaving(token, view(inner[0]))
        return data
    return token.data


def view(scope: Any, preferred: Data | None = None) -> Data:
    """What the branches of a scope agree upon now; where they don't, the value from before the fork."""
    data = arrived(scope, preferred)
    for token in scope.live():
        if token.node.by_event:
            data, _ = apply(data, _own(token), preferred)
    return data


def arrived(scope: Any, preferred: Data | None = None) -> Data:
    """What the procedure itself knows, without what event sub-processes under way have changed."""
    if scope.branches.main is not None:
        main: Data = scope.branches.main
        return main
    standing = [Branch(token.path, current(token)) for token in procedure(scope.live())]
    data: Data = scope.branches.total(standing or [Branch((), {})], preferred)[0]
    return data
