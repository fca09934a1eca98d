"""`./vanthu bench checks`: what a check of a diagram costs, all families together, and what hostile ones cost."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from collections.abc import Callable

from connectors.catalog import catalog
from engine.bpmn import checks
from engine.bpmn.checks import rules
from engine.definitions.catalog import knowledge
from engine.definitions.shipped import Bundle, read_all
from tests.bpmn_text import END, START, boundary_timer, chain, flow, inputs_of, outputs_of, process, service, user

LIMITS = {60: 300.0, 300: 3_000.0}
FORM = {
    "id": "decide",
    "type": "default",
    "components": [
        {
            "type": "radio",
            "id": "decision",
            "key": "decision",
            "label": "Quyết định",
            "values": [{"label": "Đồng ý", "value": "pass"}, {"label": "Trả lại", "value": "return"}],
            "validate": {"required": True},
        },
        {"type": "textarea", "id": "remark", "key": "remark", "label": "Ý kiến"},
    ],
}


def ordinary(elements: int) -> Bundle:
    """Blocks of eleven elements: steps side by side, an operation, a decision to do it again or go on, a reminder."""
    parts = [START, END, chain("start", "m0")]
    for n in range(max(1, elements // 11)):
        following = f"m{n + 1}" if n + 1 < elements // 11 else "end"
        parts += [_block(n, following), flow(f"x{n}", f"m{n}", f"d{n} == 'return'"), flow(f"x{n}", following)]
    text = process("large", parts).replace(b'<bpmn:startEvent id="start"/>', _START)
    return Bundle("large", "large", text, {"decide": FORM}, {})


_START = (
    b'<bpmn:startEvent id="start"><bpmn:extensionElements><camunda:properties>'
    b'<camunda:property name="data" value="document_id:document received_at:time"/>'
    b"</camunda:properties></bpmn:extensionElements></bpmn:startEvent>"
)


def _block(n: int, following: str) -> str:
    answers = outputs_of(**{f"d{n}": "${result.decision}", f"r{n}": "${has(result.remark) ? result.remark : ''}"})
    task = (
        f'<bpmn:userTask id="a{n}" name="A" camunda:candidateGroups="clerk" camunda:formRef="decide" '
        f"camunda:dueDate=\"${{office_deadline(received_at, 'PT4H')}}\"><bpmn:extensionElements>"
        f"<camunda:inputOutput>{answers}</camunda:inputOutput></bpmn:extensionElements></bpmn:userTask>"
    )
    given = inputs_of(document="${document_id}", message=f"${{'Việc ' + string(size(r{n})) + d{n}}}")
    gateways = "".join(f'<bpmn:{kind}Gateway id="{name}{n}"/>' for kind, name in _GATEWAYS)
    ways = chain(f"m{n}", f"f{n}", f"a{n}", f"j{n}", f"s{n}", f"x{n}") + chain(f"f{n}", f"b{n}", f"j{n}")
    return (
        f'{gateways}<bpmn:exclusiveGateway id="x{n}" default="x{n}-{following}"/>'
        + task + user(f"b{n}") + service(f"s{n}", "tasks.remind", given)
        + boundary_timer(f"t{n}", f"a{n}", "PT1H", cancel=False) + chain(f"t{n}", f"c{n}", f"e{n}")
        + user(f"c{n}") + f'<bpmn:endEvent id="e{n}"/>' + ways
    )  # fmt: skip


_GATEWAYS = (("exclusive", "m"), ("parallel", "f"), ("parallel", "j"))


def hostile() -> dict[str, Callable[[], bytes]]:
    """Diagrams made to take long."""
    wide, deep = 400, 90
    many = [f"w{n}" for n in range(wide)]
    fork = '<bpmn:parallelGateway id="f"/><bpmn:parallelGateway id="j"/>'
    inclusive = '<bpmn:inclusiveGateway id="f"/><bpmn:inclusiveGateway id="j"/>'
    spread = "".join(user(each) + flow("f", each) + flow(each, "j") for each in many)
    asked = "".join(user(each) + flow("f", each, f"q == {n}") + flow(each, "j") for n, each in enumerate(many))
    nested = "".join(f'<bpmn:subProcess id="s{n}"><bpmn:startEvent id="b{n}"/>' for n in range(deep))
    ends = "".join(
        f'<bpmn:endEvent id="e{n}"/>{flow(f"b{n}", f"e{n}")}</bpmn:subProcess>' for n in reversed(range(deep))
    )
    names = "".join(f'<camunda:outputParameter name="v{n}">1</camunda:outputParameter>' for n in range(1_500))
    box = f"<bpmn:extensionElements><camunda:inputOutput>{names}</camunda:inputOutput></bpmn:extensionElements>"
    mesh = [f"g{n}" for n in range(45)]
    web = "".join(f'<bpmn:inclusiveGateway id="{each}"/>' for each in mesh)
    web += "".join(flow(a, b, f"{a} == 1") for a in mesh for b in mesh if a != b)
    return {
        "10,000 elements": lambda: process("p", [START, END, *(user(f"a{n}") for n in range(10_000))]),
        "400 parallel branches": lambda: process(
            "p", [START, END, fork, chain("start", "f"), spread, chain("j", "end")]
        ),
        "400 inclusive branches": lambda: process(
            "p", [START, END, inclusive, chain("start", "f"), asked, chain("j", "end")]
        ),
        "90 sub-processes deep": lambda: process("p", [START, END, nested, ends, chain("start", "s0", "end")]),
        "1,500 variables, loops": lambda: process("p", [
            START, END, '<bpmn:userTask id="a" name="A" camunda:candidateGroups="clerk">', box, "</bpmn:userTask>",
            *(user(f"u{n}") for n in range(300)), chain("start", "a", *(f"u{n}" for n in range(300)), "a"),
        ]),
        "a net of 45 gateways": lambda: process("p", [START, END, web, chain("start", "g0"), flow("g44", "end", "x")]),
    }  # fmt: skip


def measure(rounds: int) -> dict[str, float]:
    """All figures by name, in milliseconds of processor time: what else the machine does doesn't count."""
    figures: dict[str, float] = {}
    offered = catalog()
    shipped = {bundle.key: bundle for bundle in read_all()}
    for key, bundle in shipped.items():
        figures[f"{key}: check"] = _time(bundle, rounds, knowledge(bundle, offered, shipped.get))
    for elements in LIMITS:
        bundle = ordinary(elements)
        figures[f"{elements} elements: check"] = _time(bundle, rounds, knowledge(bundle, offered))
        figures[f"{elements} elements: what stands beside"] = _median(rounds, lambda b=bundle: knowledge(b, offered))
    for name, make in hostile().items():
        content = make()
        known = knowledge(Bundle("p", "p", content, {}, {}), offered)
        figures[f"hostile, {name}"] = _median(1, lambda text=content, known=known: checks.check(text, known))
    return figures


def _time(bundle: Bundle, rounds: int, known: rules.CheckCatalog) -> float:
    texts = iter([bundle.diagram + b" " * n for n in range(rounds + 1)])  # other bytes each time: nothing is remembered
    return _median(rounds, lambda: checks.check(next(texts), known))


def _median(rounds: int, work: Callable[[], object]) -> float:
    taken = []
    for _ in range(rounds):
        begun = time.process_time()
        work()
        taken.append((time.process_time() - begun) * 1_000)
    return statistics.median(taken)


def main(arguments: list[str] | None = None) -> int:
    """Measure and print a table; `--json FILE` writes the figures too."""
    parser = argparse.ArgumentParser(prog="vanthu bench checks")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args(arguments)
    figures = measure(3 if options.quick else 9)
    for name, value in figures.items():
        sys.stdout.write(f"{name:45} {value:>12,.1f} ms\n")
    if options.json == "-":
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    elif options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(figures, file, indent=2)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
