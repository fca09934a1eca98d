"""Whole procedures in small, right in the eyes of the law, from which a step can be taken out or exchanged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

from engine.bpmn.checks import law, readable, supported
from engine.bpmn.checks.facts import FieldFacts, FormFacts, Knowledge
from engine.bpmn.checks.rules import CheckCatalog, Rule
from engine.errors import Finding
from tests.engine.bpmn.diagrams import (
    boundary,
    catch,
    end,
    event,
    first,
    flow,
    io,
    many,
    process,
    service,
    start,
    sub,
    tag,
    throw,
    timer,
    user,
    xor,
)

DUE = "${office_deadline(now(), 'PT2H')}"
ARRIVAL = start("arrive", event("message", "document-arrived"))
FORMS = {
    "draft": FormFacts({"body": FieldFacts(bound="body"), "note": FieldFacts()}),
    "verdict": FormFacts({"decision": FieldFacts(required=True)}),
}
KNOWN = Knowledge(forms=FORMS)


def law_of(xml: bytes, catalog: CheckCatalog | None = KNOWN, rules: Sequence[Rule] = law.RULES) -> list[Finding]:
    """What the rules of law find in a diagram that can be run."""
    subject, findings = readable.open_subject(xml, catalog)
    assert subject is not None, findings
    assert [found for rule in supported.RULES for found in rule.findings(subject)] == []
    return [found for rule in rules for found in rule.findings(subject)]


def laws(xml: bytes, catalog: CheckCatalog | None = KNOWN) -> list[tuple[str, str]]:
    """Element and rule, without `law.`."""
    return [(each.element, each.rule.removeprefix("law.")) for each in law_of(xml, catalog)]


def op(id: str, topic: str, **inputs: str) -> str:
    """An operation on the document."""
    return service(id, io({"document": "${document_id}", **inputs}), topic=topic)


def report(code: str, description: str = "", id: str | None = None) -> str:
    """A status told to the sender."""
    more = {"description": description} if description else {}
    return op(id or f"report-{code}", "exchange.report-status", code=code, **more)


def opinion(id: str, kind: str, verdict: str = "${verdict}", **more: str) -> str:
    """A verdict kept with the document."""
    return op(id, "documents.record-opinion", kind=kind, person="${person}", verdict=verdict, **more)


def task(id: str, role: str, due: str | None = DUE, form: str | None = None) -> str:
    """A task of a role with a deadline."""
    return user(id, candidateGroups=role, dueDate=due, formRef=form)


def line(steps: Mapping[str, str], *more: str, key: str = "p") -> bytes:
    """The steps one after the other, and whatever stands beside."""
    flows = [flow(one, other) for one, other in pairwise(steps)]
    return process(*steps.values(), *flows, *more, key=key)


def changed(steps: Mapping[str, str], drop: str = "", **exchanged: str) -> dict[str, str]:
    """Steps without those in `drop` (separated by blanks), and with others in the place of some."""
    others = {name.replace("_", "-"): step for name, step in exchanged.items()}
    return {name: others.get(name, step) for name, step in steps.items() if name not in drop.split()}


def _defaulted(steps: dict[str, str], gateway: str) -> dict[str, str]:
    """Let the step behind a gateway be its default."""
    ids = list(steps)
    if gateway not in ids:
        return steps
    return {**steps, gateway: xor(gateway, default=f"{gateway}-{ids[ids.index(gateway) + 1]}")}


INSTRUCT = {
    "text": "${text}", "lead_unit": "${lead_unit}", "support_units": "${support_units}", "due_date": "${due_date}",
}  # fmt: skip
RECEIVING = {
    "arrive": ARRIVAL,
    "report-01": report("01"),
    "check": op("check", "documents.check"),
    "verify": op("verify", "signing.verify"),
    "accept": task("accept", "clerk"),
    "decide": xor("decide"),
    "register": op("register", "documents.register-incoming"),
    "report-03": report("03"),
    "instruct-task": task("instruct-task", "leader"),
    "instruct": op("instruct", "documents.instruct", **INSTRUCT),
    "report-04": report("04"),
    "work": task("work", "specialist"),
    "resolve": op("resolve", "documents.resolve", resolution="${way}", reply="${reply}"),
    "report-06": report("06"),
    "file": op("file", "documents.file"),
    "end": end("end"),
}
REFUSING = {
    "refuse": op("refuse", "documents.refuse", reason="${reason}", reason_code="${code}"),
    "report-02": report("02", "${reason}"),
    "end-2": end("end-2"),
}
RECALLED = {
    "asked": start("asked", event("message", "recall-received")),
    "destroy": op("destroy", "documents.destroy", reason="${reason}"),
    "report-15": report("15"),
    "end-3": end("end-3"),
}


def receiving(
    drop: str = "",
    recalled: Mapping[str, str] | None = RECALLED,
    more: tuple[str, ...] = (),
    watched: bool = True,
    **exchanged: str,
) -> bytes:
    """A document comes in; the refusing branch and the recall belong to it."""
    steps, refusing = changed(RECEIVING, drop, **exchanged), changed(REFUSING, drop, **exchanged)
    steps = _defaulted(steps, "decide")
    ids = list(refusing)
    beside = [*refusing.values(), *(flow(one, other) for one, other in pairwise(ids))]
    if "decide" in steps:
        beside.append(flow("decide", ids[0], "${decision == 'refuse'}"))
    else:
        beside = []
    if recalled is not None:
        inside = [*recalled.values(), *(flow(one, other) for one, other in pairwise(recalled))]
        beside.append(sub("recall", *inside, by_event=True))
    if "work" in steps and watched:
        beside += [boundary("late", "work", timer("P1D"), interrupting=False), end("end-4"), flow("late", "end-4")]
    return line(steps, *beside, *more)


OUTGOING = {
    "start": start(),
    "draft": task("draft", "specialist", form="draft"),
    "check-content": task("check-content", "unit-head", form="verdict"),
    "record-content": opinion("record-content", "content-check"),
    "check-form": task("check-form", "form-checker", form="verdict"),
    "record-form": opinion("record-form", "form-check"),
    "weigh": xor("weigh"),
    "approve": task("approve", "leader", form="verdict"),
    "record-approval": opinion("record-approval", "approval"),
    "judge": xor("judge"),
    "render": op("render", "conversion.render-draft"),
    "sign-task": task("sign-task", "leader"),
    "sign": op("sign", "signing.sign", signer="${signer}"),
    "number-task": task("number-task", "clerk"),
    "number": op("number", "documents.number"),
    "seal-task": task("seal-task", "clerk"),
    "seal": op("seal", "signing.seal"),
    "issue-task": task("issue-task", "clerk"),
    "issue": op("issue", "documents.issue"),
    "link": op("link", "documents.link-answer", answers="${answers}"),
    "announce": throw("announce", event("message", "answer-issued")),
    "follow": tag("callActivity", "follow", many("dispatches"), calledElement="dispatch-follow-up"),
    "end": end("end"),
}


def outgoing(drop: str = "", back: str = "head", more: tuple[str, ...] = (), **exchanged: str) -> bytes:
    """A document goes out; what isn't approved goes back by way of `head`, a task of the unit's head, or another."""
    steps = _defaulted(_defaulted(changed(OUTGOING, drop, **exchanged), "judge"), "weigh")
    beside = [flow(gate, back, "${verdict != 'pass'}") for gate in ("weigh", "judge") if gate in steps]
    if beside and back == "head":
        beside += [task("head", "unit-head"), flow("head", "draft")]
    return line(steps, *beside, *more)


FOLLOWING = {
    "start": start(),
    "send": service("send", io({"dispatch": "${dispatch}"}), topic="exchange.send"),
    "await": first("await"),
    "status": catch("status", event("message", "dispatch-status")),
    "judge": xor("judge"),
    "end": end("end"),
}


def following(drop: str = "", timed: bool = True, replied: bool = True, **exchanged: str) -> bytes:
    """One recipient is sent the document and followed."""
    steps = _defaulted(changed(FOLLOWING, drop, **exchanged), "judge")
    beside = [flow("judge", "await", "${state == 'arrived'}")] if {"judge", "await"} <= set(steps) else []
    if "await" in steps:
        if timed:
            beside += [catch("wait", timer("P3D")), task("urge", "clerk"), flow("await", "wait"), flow("wait", "urge")]
            beside += [flow("urge", "end")]
        if replied:
            beside += [catch("reply", event("message", "reply-received")), flow("await", "reply"), flow("reply", "end")]
        if not timed and not replied:
            beside += [catch("other", event("message", "other")), flow("await", "other"), flow("other", "end")]
    return line(steps, *beside)


RECALLING = {
    "start": start(),
    "approve": task("approve", "leader"),
    "freeze": op("freeze", "documents.freeze", reason="${reason}"),
    "recall": service("recall", io({"dispatch": "${dispatch}"}), many("dispatches"), topic="exchange.recall"),
    "answered": catch("answered", event("message", "recall-answered")),
    "end": end("end"),
}


def recalling(drop: str = "", **exchanged: str) -> bytes:
    """The issuer takes a document back."""
    return line(changed(RECALLING, drop, **exchanged))
