"""What elements do in the eyes of the law: register, seal, report 03, draft; read off operations, messages, forms."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from engine.bpmn.checks.facts import FormFacts, ProcedureFacts
from engine.bpmn.dialect import Diagram, Node

# Acts are words: those below, `status-03` for a status reported, `start:`, `await:` and `throw:` with a message's name.
OPERATIONS: Mapping[str, str] = {
    "documents.check": "check",
    "signing.verify": "verify",
    "documents.register-incoming": "register",
    "documents.refuse": "refuse",
    "documents.instruct": "instruct",
    "documents.assign": "assign",
    "documents.resolve": "resolve",
    "documents.file": "file",
    "conversion.render-draft": "render",
    "signing.sign": "sign",
    "documents.number": "number",
    "signing.seal": "seal",
    "documents.issue": "issue",
    "copying.issue": "issue-copy",
    "documents.link-answer": "link-answer",
    "exchange.send": "send",
    "documents.destroy": "destroy",
    "documents.freeze": "freeze",
    "exchange.recall": "recall",
}
STATUSES = ("01", "02", "03", "04", "05", "06", "13", "15", "16")
OPINIONS: Mapping[str, str] = {"content-check": "content-check", "form-check": "form-check", "approval": "approve"}
SET: Mapping[str, str] = {
    "submitted": "submit", "directed": "instruct", "resolved": "resolve", "filed": "file", "approved": "approve",
    "cancelled": "cancel", "returned": "refuse",
}  # fmt: skip
CONTENT = frozenset({"type_name", "subject", "body", "main_file", "files"})  # what a draft is made of (ND30-11)
UNKNOWN = "?"  # a procedure is called and nobody knows what it does
_RETURNING = frozenset({"return", "returned", "refuse", "refused", "reject", "rejected", "fail", "failed"})
_QUOTED = re.compile(r"'([^']*)'|\"([^\"]*)\"")


def given(node: Node, name: str) -> Any:
    """What an element maps to an input, None when it doesn't."""
    return next((each.value for each in node.element.inputs if each.name == name), None)


def is_blank(value: Any) -> bool:
    """Whether an input is left out or has nothing in it whatever the data is."""
    return value is None or (isinstance(value, str) and value.strip().strip("${}").strip() in ("", "''", '""', "null"))


def words(value: Any) -> frozenset[str] | None:
    """The texts an input or attribute may have as far as they are written down; None when none is."""
    if not isinstance(value, str) or not value.strip():
        return None
    if "${" not in value:
        return frozenset({value.strip()})
    found = frozenset(text for pair in _QUOTED.findall(value) if (text := "".join(pair)))
    return found or None


def fixed(value: Any) -> str:
    """The text of an input that doesn't depend on data; empty for others."""
    return value.strip() if isinstance(value, str) and "${" not in value else ""


def messages(node: Node) -> Iterator[str]:
    """Names of the messages an event or task is about."""
    for event in node.events:
        if event.kind == "message" and event.name:
            yield event.name


def own_acts(node: Node, forms: Mapping[str, FormFacts] | None) -> frozenset[str]:
    """What one element does, calls left aside."""
    topic = node.element.attributes.get("topic", "")
    if topic in OPERATIONS:
        return frozenset({OPERATIONS[topic]})
    if topic == "exchange.report-status":
        codes = words(given(node, "code")) or frozenset()
        return frozenset(f"status-{code}" for code in STATUSES if code in codes or not codes & set(STATUSES))
    if topic == "documents.record-opinion":
        return _opinion(node)
    if topic == "documents.set-status":
        return _statuses(given(node, "status"))
    if node.kind == "userTask" and edits(node, forms):
        return frozenset({"draft"})
    return frozenset(_events(node))


def _opinion(node: Node) -> frozenset[str]:
    kinds = words(given(node, "kind"))
    found = {act for kind, act in OPINIONS.items() if kinds is None or kind in kinds}
    if "approve" in found and (fixed(given(node, "verdict")) in _RETURNING or fixed(given(node, "status")) == "draft"):
        found = found - {"approve"} | {"return"}
    return frozenset(found) | (_statuses(given(node, "status")) - {"approve"})


def _statuses(value: Any) -> frozenset[str]:
    return frozenset(SET[word] for word in words(value) or () if word in SET)


def edits(node: Node, forms: Mapping[str, FormFacts] | None) -> bool:
    """Whether a person changes the draft itself in this task; unknown forms are taken not to."""
    facts = (forms or {}).get(node.element.attributes.get("formRef", ""))
    return facts is not None and any(field.bound in CONTENT and not field.readonly for field in facts.fields.values())


def _events(node: Node) -> Iterator[str]:
    for name in messages(node):
        if node.kind == "startEvent":
            yield f"start:{name}"
        elif node.kind in ("intermediateThrowEvent", "endEvent", "sendTask"):
            yield f"throw:{name}"
        else:
            yield f"await:{name}"


def called_acts(node: Node, procedures: Mapping[str, ProcedureFacts] | None) -> frozenset[str]:
    """What a called procedure may do; `?` when it isn't known."""
    facts = (procedures or {}).get(node.element.attributes.get("calledElement", ""))
    return frozenset({UNKNOWN}) if facts is None or facts.does is None else facts.does


def acts_in(
    diagram: Diagram, forms: Mapping[str, FormFacts] | None, procedures: Mapping[str, ProcedureFacts] | None
) -> frozenset[str]:
    """Everything a procedure may do, for those who call it; starts don't count."""
    found: set[str] = set()
    for node in diagram.nodes():
        if node.kind == "callActivity":
            found |= called_acts(node, procedures)
        else:
            found |= own_acts(node, forms)
    return frozenset(act for act in found if not act.startswith("start:"))
