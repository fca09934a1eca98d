"""The rules of law on the shipped procedures: quiet as they are, loud when an obligatory step is taken out."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from lxml import etree

from engine.bpmn.checks import check, law, readable
from engine.bpmn.checks.facts import Knowledge
from engine.bpmn.dialect import BPMN
from engine.definitions.catalog import knowledge
from engine.definitions.shipped import read_all
from tests.catalog import catalog
from tests.engine.bpmn.checks.law.drawing import FORMS, law_of, laws
from tests.engine.bpmn.diagrams import (
    both,
    boundary,
    end,
    event,
    flow,
    path,
    process,
    service,
    some,
    start,
    sub,
    timer,
    user,
    xor,
)

SHIPPED = {bundle.key: bundle for bundle in read_all()}
KNOWN: dict[str, Knowledge] = {key: knowledge(each, catalog(), SHIPPED.get) for key, each in SHIPPED.items()}


@pytest.mark.parametrize("key", SHIPPED)
def test_shipped_procedures_keep_every_rule(key: str) -> None:
    assert law_of(SHIPPED[key].diagram, KNOWN[key]) == []
    assert law_of(SHIPPED[key].diagram, None) == []


def without(xml: bytes, *elements: str) -> bytes:
    """The diagram without some steps: what led to one leads to what came after it."""
    root = etree.fromstring(xml)
    for element in elements:
        (node,) = root.xpath("//*[@id=$id]", id=element)
        flows = list(root.iter(f"{{{BPMN}}}sequenceFlow"))
        onward = [each for each in flows if each.get("sourceRef") == element]
        for each in flows:
            if each.get("targetRef") == element:
                each.set("targetRef", onward[0].get("targetRef"))
        borders = [each for each in root.iter(f"{{{BPMN}}}boundaryEvent") if each.get("attachedToRef") == element]
        gone = {element, *(each.get("id") for each in borders)}
        for each in [node, *borders, *flows]:
            if each in (node, *borders) or each.get("sourceRef") in gone:
                each.getparent().remove(each)
    return etree.tostring(root)


@pytest.mark.parametrize(
    ("key", "taken", "at", "rule"),
    [
        ("incoming-document", "check-document", "register-document", "completeness-checked"),
        ("incoming-document", "verify-signatures", "register-document", "signature-verified"),
        ("incoming-document", "accept-document", "register-document", "accepted-by-clerk"),
        ("incoming-document", "report-arrival", "receive-document", "arrival-reported"),
        ("incoming-document", "report-acceptance", "receive-document", "arrival-answered"),
        ("incoming-document", "report-acceptance", "register-document", "acceptance-answered"),
        ("incoming-document", "report-refusal", "refuse-document", "refusal-answered"),
        ("incoming-document", "report-refusal", "receive-document", "arrival-answered"),
        ("incoming-document", "register-document", "receive-document", "arrival-settled"),
        ("incoming-document", "register-document", "record-transfer", "registered-before-assignment"),
        ("incoming-document", "register-document", "report-acceptance", "registered-before-report"),
        ("incoming-document", "report-assignment", "record-instruction", "assignment-reported"),
        ("incoming-document", "report-completion", "register-document", "completion-reported"),
        ("incoming-document", "file-document", "register-document", "filed"),
        ("incoming-document", "destroy-document", "report-recall", "recall-destroyed"),
        ("incoming-document", "report-recall", "receive-recall", "recall-answered"),
        ("incoming-document", "decide-recall", "report-denial", "recall-denied"),
        ("outgoing-document", "check-content", "record-approval", "content-checked"),
        ("outgoing-document", "record-content-check", "record-approval", "content-checked"),
        ("outgoing-document", "check-form", "record-approval", "form-checked"),
        ("outgoing-document", "record-form-check", "record-approval", "form-checked"),
        ("outgoing-document", "record-approval", "apply-signature", "approved"),
        ("outgoing-document", "render-preview render-draft", "apply-signature", "signed-as-pdf"),
        ("outgoing-document", "forward-comments", "draft-document", "returned-through-head"),
        ("outgoing-document", "apply-signature", "assign-number", "signed-before-number"),
        ("outgoing-document", "apply-signature", "apply-seal", "signed-before-seal"),
        ("outgoing-document", "assign-number", "apply-seal", "numbered-before-seal"),
        ("outgoing-document", "apply-seal", "issue-dispatches", "sealed-before-issue"),
        ("outgoing-document", "issue-dispatches", "apply-signature", "signed-is-issued"),
        ("outgoing-document", "link-answer", "issue-dispatches", "answer-linked"),
        ("outgoing-document", "follow-dispatches", "issue-dispatches", "issued-is-sent"),
        ("dispatch-follow-up", "receive-reply catch-reply", "send-dispatch", "reply-tracked"),
        ("recall", "freeze-document", "send-recall", "recall-frozen"),
        ("recall", "send-recall", "freeze-document", "recall-notified"),
    ],
)  # fmt: skip
def test_a_step_taken_out_is_missed(key: str, taken: str, at: str, rule: str) -> None:
    xml = SHIPPED[key].diagram
    for element in taken.split():
        xml = _cut(xml, element) if element in EVENTS else without(xml, element)
    assert (at, rule) in laws(xml, KNOWN[key])


EVENTS = ("receive-reply", "catch-reply")


def _cut(xml: bytes, element: str) -> bytes:
    """The diagram without an event and the flows at it."""
    root = etree.fromstring(xml)
    for each in root.xpath("//*[@id=$id or @sourceRef=$id or @targetRef=$id]", id=element):
        each.getparent().remove(each)
    return etree.tostring(root)


@pytest.mark.parametrize(
    ("key", "old", "new", "at", "rule"),
    [
        ("incoming-document", b'"clerk" camunda:dueDate="${office_deadline(received_at, deadlines.forward)}"',
         b'"clerk" camunda:dueDate="${office_deadline(received_at, \'P1D\')}"', "accept-document", "forwarding-timed"),
        ("incoming-document", b'name="description">${reason}', b'name="other">${reason}', "report-refusal",
         "refusal-reasoned"),
        ("incoming-document", b'<camunda:inputParameter name="support_units">${support_units}</camunda:inputParameter>',
         b"", "record-instruction", "lead-and-deadline"),
        ("incoming-document", b'name="description">${recall_reason}', b'name="other">${recall_reason}',
         "report-denial", "recall-denied"),
        ("incoming-document", b'name="recall-received"', b'name="something-else"', "receive-document",
         "recall-received"),
        ("outgoing-document", b'camunda:formRef="handle-signing-failure" camunda:candidateGroups="leader"',
         b'camunda:formRef="draft-document" camunda:candidateGroups="specialist"', "apply-signature",
         "approved-again"),
        ("outgoing-document", b'camunda:formRef="seal-document" camunda:candidateGroups="clerk"',
         b'camunda:formRef="seal-document" camunda:candidateGroups="leader"', "seal-document", "sealed-by-another"),
        ("dispatch-follow-up", b'name="dispatch-status"', b'name="something-else"', "send-dispatch",
         "delivery-tracked"),
        ("recall", b'name="recall-answered"', b'name="something-else"', "send-recall", "recall-followed"),
        ("resolution", b'<camunda:inputParameter name="reply">${reply}</camunda:inputParameter>', b"",
         "record-result", "answer-named"),
    ],
)  # fmt: skip
def test_a_change_for_the_worse_is_seen(key: str, old: bytes, new: bytes, at: str, rule: str) -> None:
    xml = SHIPPED[key].diagram
    assert old in xml
    assert (at, rule) in laws(xml.replace(old, new), KNOWN[key])


def test_a_table_with_too_long_a_limit_is_seen() -> None:
    bundle = SHIPPED["incoming-document"]
    tables = {name: text.replace("PT2H", "PT4H") for name, text in bundle.decisions.items()}
    changed = type(bundle)(**{**{f: getattr(bundle, f) for f in bundle.__dataclass_fields__}, "decisions": tables})
    assert tables != bundle.decisions
    found = laws(bundle.diagram, knowledge(changed, catalog(), SHIPPED.get))
    assert ("accept-document", "forwarding-timed") in found


def test_a_form_that_forgets_the_deadline_is_seen() -> None:
    forms = dict(KNOWN["outgoing-document"].forms)
    draft = forms["draft-document"]
    kept = {name: field for name, field in draft.fields.items() if field.bound != "due_date"}
    forms["draft-document"] = type(draft)(kept)
    found = laws(SHIPPED["outgoing-document"].diagram, Knowledge(forms=forms))
    assert ("draft-document", "reply-complete") in found


@pytest.mark.parametrize(
    ("form", "field", "at", "rule"),
    [
        ("accept-document", "reason", "accept-document", "refusal-reasoned"),
        ("accept-document", "reason_code", "accept-document", "refusal-reasoned"),
        ("decide-recall", "explanation", "decide-recall", "recall-denied"),
    ],
)
def test_a_form_that_lets_a_reason_be_left_out_is_seen(form: str, field: str, at: str, rule: str) -> None:
    known = KNOWN["incoming-document"]
    asked = dict(known.forms[form].fields)
    asked[field] = replace(asked[field], required=False)
    forms = {**known.forms, form: replace(known.forms[form], fields=asked)}
    assert laws(SHIPPED["incoming-document"].diagram, replace(known, forms=forms)) == [(at, rule)]


def test_what_a_called_procedure_does_counts() -> None:
    follow = KNOWN["outgoing-document"].procedures
    assert follow is not None
    assert follow["dispatch-follow-up"].does == {"send", "await:dispatch-status", "await:reply-received"}
    idle = type(follow["dispatch-follow-up"])(does=frozenset())
    known = Knowledge(forms=KNOWN["outgoing-document"].forms, procedures={"dispatch-follow-up": idle})
    found = laws(SHIPPED["outgoing-document"].diagram, known)
    assert found == [("issue-dispatches", "issued-is-sent")]
    nothing = Knowledge(forms=KNOWN["outgoing-document"].forms, procedures=None)
    assert laws(SHIPPED["outgoing-document"].diagram, nothing) == []


def test_the_biggest_shipped_diagram_is_looked_at_quickly() -> None:
    best = 9.0
    for _ in range(3):
        subject, _none = readable.open_subject(SHIPPED["outgoing-document"].diagram, KNOWN["outgoing-document"])
        assert subject is not None
        begun = time.process_time()
        assert [found for rule in law.RULES for found in rule.findings(subject)] == []
        best = min(best, time.process_time() - begun)
    assert best < 0.1


OPERATIONS = [
    "documents.check", "signing.verify", "documents.register-incoming", "documents.instruct", "documents.assign",
    "documents.resolve", "documents.file", "signing.sign", "documents.number", "signing.seal", "documents.issue",
    "exchange.send", "exchange.recall", "documents.freeze",
]  # fmt: skip


def _large(blocks: int) -> bytes:
    """Blocks of eight elements that do everything in the wrong order, in a case that can be recalled."""
    recalled = [start("r", event("message", "recall-received")), end("gone"), path("r gone")]
    parts = [start("start", event("message", "document-arrived")), end(), flow("start", "m0")]
    parts.append(sub("recall", *recalled, by_event=True))
    for n in range(blocks):
        work = [service(f"a{n}", topic=OPERATIONS[n % len(OPERATIONS)]), user(f"b{n}", candidateGroups="clerk")]
        parts += [*work, xor(f"m{n}"), both(f"f{n}"), both(f"j{n}"), xor(f"x{n}", default=f"on{n}"), end(f"e{n}")]
        parts += [boundary(f"t{n}", f"b{n}", timer("PT1H"), interrupting=False), path(f"t{n} e{n}")]
        parts += [path(f"m{n} f{n} a{n} j{n} x{n}"), path(f"f{n} b{n} j{n}"), flow(f"x{n}", f"m{n}", "${again}")]
        parts.append(flow(f"x{n}", f"m{n + 1}" if n + 1 < blocks else "end", id=f"on{n}"))
    return process(*parts)


def _ladder(rungs: int) -> bytes:
    """Choices one after the other, each with a way that edits and one that signs: every rule has much to tell."""
    parts = [start(), end(), flow("start", "g0")]
    for n in range(rungs):
        edit = user(f"a{n}", candidateGroups="specialist", formRef="draft")
        parts += [some(f"g{n}", default=f"d{n}"), edit, service(f"z{n}", topic="signing.sign"), some(f"j{n}")]
        parts += [flow(f"g{n}", f"a{n}", "${x}"), flow(f"g{n}", f"z{n}", id=f"d{n}"), path(f"a{n} j{n}")]
        parts += [path(f"z{n} j{n}"), flow(f"j{n}", f"g{n + 1}" if n + 1 < rungs else "end")]
    return process(*parts)


@pytest.mark.parametrize("xml", [_large(38), _ladder(75)], ids=["wrong", "ladder"])
def test_three_hundred_elements_are_looked_at_in_a_second(xml: bytes) -> None:
    subject, _ = readable.open_subject(xml, Knowledge(forms=FORMS))
    assert subject is not None
    assert sum(1 for _ in subject.diagram.nodes()) >= 300
    begun = time.process_time()
    found = [each for rule in law.RULES for each in rule.findings(subject)]
    assert len(found) > 20
    assert time.process_time() - begun < 1


def test_the_whole_check_tells_of_law_too() -> None:
    xml = without(SHIPPED["incoming-document"].diagram, "check-document")
    found = [each for each in check(xml, KNOWN["incoming-document"]) if each.rule == "law.completeness-checked"]
    assert [(each.element, each.clause) for each in found] == [("register-document", "QD28-9.1a")]
