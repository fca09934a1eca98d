"""For every rule of law a drawing that breaks it and one that keeps it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.bpmn.checks.facts import FieldFacts, FormFacts, Knowledge, ProcedureFacts
from engine.bpmn.checks.rules import CheckCatalog
from tests.engine.bpmn.checks.law.drawing import (
    FORMS,
    INSTRUCT,
    KNOWN,
    RECALLED,
    changed,
    following,
    op,
    outgoing,
    recalling,
    receiving,
    report,
    task,
)
from tests.engine.bpmn.diagrams import boundary, end, io, path, process, service, start, tag, timer, user


@dataclass(frozen=True)
class Example:
    """A drawing the rule finds fault with, at an element; and one it is content with."""

    rule: str
    at: str
    wrong: bytes
    right: bytes
    catalog: CheckCatalog = KNOWN
    right_catalog: CheckCatalog = KNOWN


def _reply(**fields: FieldFacts) -> Knowledge:
    asked = {"reply_required": FieldFacts(bound="reply_required"), **fields}
    return Knowledge(forms={"draft": FormFacts(asked)})


_TEXT = FieldFacts(bound="reply_requirement", required=True)
_DATE = FieldFacts(bound="due_date", required=True)
_DRAFTING = process(start(), task("draft", "specialist", form="draft"), end(), path("start draft end"))


_LATE_CHECK = op("accept", "documents.check")


_SENDING = Knowledge(forms=FORMS, procedures={"dispatch-follow-up": ProcedureFacts(does=frozenset({"send"}))})


def receiving_examples() -> list[Example]:
    """A document comes in."""
    right = receiving()
    by_itself = user("accept", candidateGroups="form-checker", dueDate="PT1H")
    return [
        Example("completeness-checked", "register", receiving("check"), right),
        Example("signature-verified", "register", receiving("verify"), right),
        Example("accepted-by-clerk", "register", receiving(accept=by_itself), right),
        Example("arrival-reported", "arrive", receiving("report-01"), right),
        Example("arrival-answered", "arrive", receiving("report-03"), right),
        Example("arrival-answered", "arrive", receiving("report-02"), right),
        Example("arrival-settled", "arrive", receiving("register"), right),
        Example("acceptance-answered", "register", receiving("report-03"), right),
        Example("refusal-answered", "refuse", receiving("report-02"), right),
        Example("refusal-reasoned", "report-02", receiving(report_02=report("02")), right),
        Example("refusal-reasoned", "refuse", receiving(refuse=op("refuse", "documents.refuse", reason=" ")), right),
        Example("accepted-by-clerk", "register", receiving(check=task("check", "clerk"), accept=_LATE_CHECK), right),
        Example("refusal-possible", "register", receiving("decide"), right),
        Example("registered-before-assignment", "instruct", receiving("register"), right),
        Example("registered-before-report", "report-03", receiving("register"), right),
        Example("forwarding-timed", "accept", receiving(accept=task("accept", "clerk", due=None)), right),
        Example("forwarding-timed", "accept", receiving(accept=task("accept", "clerk", due="P1D")), right),
        Example("forwarded", "register", receiving("instruct-task instruct report-04 work resolve"), right),
    ]


def resolving_examples() -> list[Example]:
    """A document is worked on."""
    right = receiving()
    leaving_out = {name: text for name, text in INSTRUCT.items() if name != "support_units"}
    return [
        Example(
            "lead-and-deadline", "instruct",
            receiving(instruct=op("instruct", "documents.instruct", **leaving_out)), right,
        ),
        Example("assignment-reported", "instruct", receiving("report-04"), right),
        Example("completion-reported", "register", receiving("report-06"), right),
        Example(
            "resolution-timed", "work", receiving(work=task("work", "specialist", due=None), watched=False), right
        ),
        Example("resolution-watched", "work", receiving(watched=False), right),
        Example(
            "answer-named", "resolve",
            receiving(resolve=op("resolve", "documents.resolve", resolution="${way}")), right,
        ),
        Example("filed", "register", receiving("file"), right),
    ]  # fmt: skip


def drafting_examples() -> list[Example]:
    """A document is drafted, checked and approved."""
    right = outgoing()
    return [
        Example("content-checked", "record-approval", outgoing("check-content record-content"), right),
        Example("content-checked", "record-approval", outgoing("check-content"), right),
        Example("form-checked", "record-approval", outgoing("check-form record-form"), right),
        Example(
            "content-checker", "check-content", outgoing(check_content=task("check-content", "specialist")), right
        ),
        Example("form-checker", "check-form", outgoing(check_form=task("check-form", "specialist")), right),
        Example("verdict-heeded", "record-approval", outgoing("judge"), right),
        Example("verdict-heeded", "record-content", outgoing("weigh"), right),
        Example("verdict-heeded", "record-form", outgoing("weigh"), right),
        Example("approved", "sign", outgoing("approve record-approval judge"), right),
        Example("approved-again", "sign", outgoing(sign_task=task("sign-task", "specialist", form="draft")), right),
        Example("approver", "approve", outgoing(approve=task("approve", "unit-head")), right),
        Example("returned-through-head", "draft", outgoing(back="draft"), right),
        Example("reply-complete", "draft", _DRAFTING, _DRAFTING, _reply(due_date=_DATE), _reply(a=_DATE, b=_TEXT)),
        Example("reply-complete", "draft", _DRAFTING, _DRAFTING, _reply(b=_TEXT), KNOWN),
        Example(
            "reply-complete", "draft", _DRAFTING, _DRAFTING,
            _reply(a=replace(_DATE, required=False), b=_TEXT), _reply(a=_DATE, b=_TEXT),
        ),
        Example("signed-as-pdf", "sign", outgoing("render"), right),
    ]  # fmt: skip


def issuing_examples() -> list[Example]:
    """A signed document goes out."""
    right = outgoing()
    return [
        Example("signed-before-number", "number", outgoing("sign-task sign"), right),
        Example("numbered-before-seal", "seal", outgoing("number-task number"), right),
        Example("signed-before-seal", "seal", outgoing("sign-task sign"), right),
        Example("sealed-before-issue", "issue", outgoing("seal-task seal"), right),
        Example("signed-by-competent", "sign-task", outgoing(sign_task=task("sign-task", "specialist")), right),
        Example("issued-unchanged", "link", outgoing(link=task("link", "specialist", form="draft")), right),
        Example("signed-is-issued", "sign", outgoing("issue-task issue link announce follow"), right),
        Example("issuing-timed", "issue-task", outgoing(issue_task=task("issue-task", "clerk", due=None)), right),
        Example("sealed-by-clerk", "seal-task", outgoing(seal_task=task("seal-task", "clerk,specialist")), right),
        Example("sealed-by-another", "seal-task", outgoing(seal_task=task("seal-task", "leader")), right),
        Example("answer-linked", "issue", outgoing("link announce"), right, _SENDING),
        Example("answer-linked", "announce", outgoing("link", more=_LINK_ASIDE), right),
    ]


_LINK_ASIDE = (
    boundary("maybe", "issue-task", timer("PT1H"), interrupting=False),
    op("aside", "documents.link-answer", answers="${answers}"),
    end("end-9"),
    path("maybe aside end-9"),
)


def exchanging_examples() -> list[Example]:
    """A document travels."""
    right = following()
    early = outgoing(link=service("link", io({"dispatch": "${d}"}), topic="exchange.send"))
    mail = op("send-mail", "notifications.email", attachments="${files}")
    by_hand = tag("userTask", "hand", name="Gửi văn bản qua email", camunda__candidateGroups="clerk")
    return [
        Example("issued-before-sending", "number", outgoing("issue-task issue", number=_send("number")), early),
        Example("issued-is-sent", "issue", outgoing("follow"), outgoing()),
        Example("delivery-tracked", "send", following("await status judge"), right),
        Example("tracked-until-answered", "status", following("judge"), right),
        Example("reply-tracked", "send", following(replied=False), right),
        Example("reply-tracked", "send", following(timed=False), right),
        Example("no-mail", "send-mail", process(start(), mail, end(), path("start send-mail end")), right),
        Example("no-mail", "hand", process(start(), by_hand, end(), path("start hand end")), right),
    ]


def _send(id: str) -> str:
    return service(id, io({"dispatch": "${d}"}), topic="exchange.send")


def recalling_examples() -> list[Example]:
    """A document is taken back, at the receiver and at the issuer."""
    right, sent = receiving(), recalling()
    denied = changed(RECALLED, "destroy report-15")
    silent = {**denied, "choose": task("choose", "leader"), "report-16": report("16")}
    silent = {name: silent[name] for name in ("asked", "choose", "report-16", "end-3")}
    alone = {name: silent[name] for name in ("asked", "report-16", "end-3")} | {"report-16": report("16", "${why}")}
    told = {**silent, "report-16": report("16", "${why}")}
    return [
        Example("recall-received", "arrive", receiving(recalled=None), right),
        Example("recall-destroyed", "report-15", receiving(recalled=changed(RECALLED, "destroy")), right),
        Example("recall-answered", "asked", receiving(recalled=changed(RECALLED, "report-15")), right),
        Example("recall-denied", "report-16", receiving(recalled=silent), receiving(recalled=told)),
        Example("recall-denied", "report-16", receiving(recalled=alone), receiving(recalled=told)),
        Example("recall-notified", "freeze", recalling("recall answered"), sent),
        Example("recall-frozen", "recall", recalling("freeze"), sent),
        Example("recall-followed", "recall", recalling("answered"), sent),
    ]


EXAMPLES = [
    *receiving_examples(),
    *resolving_examples(),
    *drafting_examples(),
    *issuing_examples(),
    *exchanging_examples(),
    *recalling_examples(),
]
