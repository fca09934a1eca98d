"""Diagrams the benchmark runs: one task, a long case, a rework loop, a fan-out."""

from __future__ import annotations

from tests.bpmn_text import END, START, boundary_timer, chain, flow, process, user


def one_task() -> bytes:
    """start → one user task → end."""
    return process("bench-one", [START, user("work"), END, chain("start", "work", "end")])


def long_case(steps: int = 12) -> bytes:
    """About 30 elements: user steps with a decision after each third, a reminder timer on each fourth, a parallel
    pair.
    """
    parts, order = [START], ["start"]
    flows = []
    for n in range(1, steps + 1):
        parts.append(user(f"step-{n}", "clerk" if n % 2 else "leader"))
        if n % 4 == 0:
            parts.append(
                boundary_timer(f"late-{n}", f"step-{n}", "PT2H", cancel=False)
                + f'<bpmn:endEvent id="reminded-{n}"/>'
                + flow(f"late-{n}", f"reminded-{n}")
            )
        order.append(f"step-{n}")
        if n % 3 == 0:
            parts.append(
                f'<bpmn:exclusiveGateway id="ask-{n}" default="ask-{n}-go-{n}"/><bpmn:exclusiveGateway id="go-{n}"/>'
            )
            flows.append(flow(f"ask-{n}", f"step-{n}", "again"))
            order += [f"ask-{n}", f"go-{n}"]
    parts += [END, chain(*order, "end"), *flows]
    return process("bench-case", parts)


def rework() -> bytes:
    """A loop of two steps that goes round until told otherwise."""
    parts = [
        START,
        user("draft"),
        user("check"),
        '<bpmn:exclusiveGateway id="good" default="good-draft"/>',
        END,
        chain("start", "draft", "check", "good", "draft"),
        flow("good", "end", "done"),
    ]
    return process("bench-rework", parts)


def fan_out() -> bytes:
    """One multi-instance user task over `people`, then a last step."""
    task = (
        '<bpmn:userTask id="opinion" name="opinion" camunda:assignee="${person}">'
        "<bpmn:multiInstanceLoopCharacteristics "
        'camunda:collection="people" camunda:elementVariable="person"/></bpmn:userTask>'
    )
    return process("bench-fan-out", [START, task, user("last"), END, chain("start", "opinion", "last", "end")])
