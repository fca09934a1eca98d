"""Runs instances step by step; every call is pure: packed state in, `Step` out.

The platform delivers what is thrown (messages, signals, escalations), also back to the same instance, and completes
timers when they are due: the core has no clock and speaks to nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from engine.bpmn.expressions import ExpressionError
from engine.bpmn.procedure import Procedure
from engine.bpmn.spiff import core
from engine.bpmn.spiff.core import Standing
from engine.bpmn.spiff.texts import Held
from engine.bpmn.spiff.values import completed
from engine.bpmn.step import FanOut, Passage, Repeat, Share, Step, Thrown, Trouble, Uncaught, UnknownToken, Wait

__all__ = [
    "FanOut",
    "Passage",
    "Repeat",
    "Share",
    "Standing",
    "Step",
    "Thrown",
    "Trouble",
    "Uncaught",
    "UnknownToken",
    "Wait",
    "cancel",
    "catches",
    "complete",
    "correlations",
    "escalate",
    "fan_out_done",
    "move",
    "places",
    "retry",
    "standing",
    "start",
    "throw_error",
]

Functions = Mapping[str, Callable[..., Any]]
NO_FUNCTIONS: Functions = MappingProxyType({})


def start(
    procedure: Procedure,
    data: dict[str, Any],
    now: datetime,
    functions: Functions = NO_FUNCTIONS,
    start_element: str | None = None,
) -> Step:
    """Begin an instance with `data`, at the plain start event or at `start_element`.

    Raises InvalidInput when there is no such start event or data isn't JSON-like.
    """
    return core.start(procedure.core, data, now, functions, start_element)


def complete(
    procedure: Procedure, state: bytes, token: str, result: Any, now: datetime, functions: Functions = NO_FUNCTIONS
) -> Step:
    """Settle a wait with its result: answers, result of an operation, decision or call, content of a message or signal.

    A fan-out takes {"results": […]}; a timer takes {}. Raises UnknownToken when the wait isn't open.
    """
    return core.complete(procedure.core, state, token, result, now, functions)


def throw_error(
    procedure: Procedure,
    state: bytes,
    token: str,
    code: str,
    message: str,
    now: datetime,
    functions: Functions = NO_FUNCTIONS,
) -> Step:
    """A BPMN error out of an open wait; raises Uncaught when nothing catches it, UnknownToken."""
    return core.throw_error(procedure.core, state, token, code, message, now, functions)


def escalate(
    procedure: Procedure,
    state: bytes,
    token: str,
    code: str,
    message: str,
    now: datetime,
    functions: Functions = NO_FUNCTIONS,
) -> Step:
    """A BPMN escalation out of an open wait; uncaught it is in `Step.thrown` and the wait goes on. UnknownToken."""
    return core.escalate(procedure.core, state, token, code, message, now, functions)


def retry(
    procedure: Procedure,
    state: bytes,
    token: str,
    now: datetime,
    functions: Functions = NO_FUNCTIONS,
    data_patch: dict[str, Any] | None = None,
) -> Step:
    """Try a held token again, after setting `data_patch` in its data (at a join: in all branches that meet there).

    Names are those of whole variables. `result` replaces a result whose output mapping failed.

    An activity that is open is announced once more with its inputs worked out anew: for operations that failed
    outside the core. Raises UnknownToken when the token is neither held nor open.
    """
    return core.retry(procedure.core, state, token, now, functions, data_patch or {})


def cancel(procedure: Procedure, state: bytes) -> Step:
    """End the instance where it stands; every open wait is closed."""
    return core.cancel(procedure.core, state)


def move(
    procedure: Procedure,
    state: bytes,
    now: datetime,
    functions: Functions = NO_FUNCTIONS,
    renamed: Mapping[str, str] = MappingProxyType({}),
) -> Step:
    """Put an instance on another version, `procedure`; `renamed` maps old element ids to new ones.

    Open waits keep their tokens and stay open. Events at the border that the new version adds are opened, those it no
    longer has are in `closed`. Raises Conflict naming the elements the instance stands at that have no place there.
    """
    return core.move(procedure.core, state, now, functions, renamed)


def places(procedure: Procedure, state: bytes) -> tuple[core.Place, ...]:
    """Where the instance stands: its tokens, what they wait for and which are held."""
    return core.places(procedure.core, state)


def standing(procedure: Procedure, state: bytes, token: str) -> Standing | None:
    """What a token knows where it stands, for whoever has to mend it; None when it is gone."""
    return core.standing(procedure.core, state, token)


def catches(procedure: Procedure, message: str) -> bool:
    """Whether anything in the diagram, its start aside, waits for the message."""
    return bool(core.catching(procedure.core, message))


def correlations(
    procedure: Procedure, state: bytes, message: str, now: datetime, functions: Functions = NO_FUNCTIONS
) -> frozenset[str | None] | None:
    """The keys under which the instance waits for the message or might, by what it knows now; None when it can't say.

    Empty when nothing in the diagram catches it, or the instance has ended.
    """
    return core.correlations(procedure.core, state, message, now, functions)


def fan_out_done(
    fan_out: FanOut, results: list[Any], given: Mapping[str, Any], functions: Functions = NO_FUNCTIONS
) -> bool:
    """Whether a fan-out with these results (one per finished item) is over: all done, or its condition holds.

    Raises ExpressionError when the condition can't be worked out.
    """
    if len(results) >= len(fan_out.items):
        return True
    try:
        return completed(fan_out.completion, results, len(fan_out.items), len(results), given, functions)
    except Held as held:
        raise ExpressionError(held.message) from held
