"""A document travels: sent through the exchange once issued, never by e-mail, followed until each recipient answers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from engine.bpmn.checks.law.acts import given
from engine.bpmn.checks.law.case import Case
from engine.bpmn.checks.law.rule import law
from engine.bpmn.checks.rules import Found
from engine.bpmn.dialect import Node

_MAIL_KEY = re.compile(r"(^|[.\-_])(e-?mail|mail|smtp)($|[.\-_])")
_MAIL_WORD = re.compile(r"\be-?mail\b|\bgmail\b|thư điện tử|hộp thư", re.IGNORECASE)
_DOCUMENT_WORD = re.compile(r"văn bản|công văn|phát hành|quyết định|tờ trình|báo cáo", re.IGNORECASE)
_CARRIED = ("document", "dispatch", "document_id", "file", "files", "attachment", "attachments")


def _issued_before_sending(case: Case) -> Iterator[Found]:
    if case.drafts or case.does("issue", "number", "seal"):
        for each in case.without(case.doing("send"), case.done("issue", "issue-copy")):
            yield each, (
                f"Có đường đi tới {case.reached(each)} mà văn bản chưa được phát hành; "
                "hãy đặt thao tác “Phát hành văn bản” trước khi gửi."
            )


def _issued_is_sent(case: Case) -> Iterator[Found]:
    if not case.drafts and not case.does("send"):
        return  # a part that another procedure calls and sends after
    for each in case.paths.unmet(case.doing("issue"), case.done("send"), escapes=False):
        yield each, (
            f"Sau {case.title(each)} có đường đi mà văn bản không được gửi tới nơi nhận qua trục liên thông; "
            "hãy gọi quy trình gửi và theo dõi từng nơi nhận, hoặc dùng thao tác gửi qua trục."
        )


def _tracked(case: Case) -> Iterator[Found]:
    done = case.done("await:dispatch-status")
    for each in case.paths.unmet(_senders(case), done):
        yield each, (
            f"Sau {case.title(each)} không ai theo dõi nơi nhận đã nhận hay từ chối; "
            "hãy chờ thông điệp dispatch-status cho tới khi nơi nhận trả lời."
        )


def _until_answered(case: Case) -> Iterator[Found]:
    for node in case.own("await:dispatch-status"):
        if not any(event.name == "dispatch-status" for event in node.events) or not node.interrupting:
            continue
        if not case.paths.reached([node.id]) & case.done("await:dispatch-status") and case.does("send"):
            yield node.id, (
                f"Sau {case.title(node.id)} quy trình thôi theo dõi, dù trạng thái đầu tiên mới chỉ là đã đến (01); "
                "hãy quay lại chờ cho tới khi nơi nhận tiếp nhận, trả lời hoặc từ chối."
            )


def _reply_tracked(case: Case) -> Iterator[Found]:
    for each in _senders(case):
        later = case.paths.reached([each])
        if not later & case.done("await:reply-received"):
            yield each, (
                f"Sau {case.title(each)} không có chỗ chờ văn bản trả lời của nơi nhận; "
                "hãy chờ thông điệp reply-received khi văn bản yêu cầu trả lời."
            )
        timers = {node.id for node in case.nodes.values() if any(event.kind == "timer" for event in node.events)}
        if not later & (timers | case.done()):
            yield each, (
                f"Sau {case.title(each)} không có bộ hẹn giờ để đôn đốc nơi nhận chậm trả lời; "
                "hãy thêm bộ hẹn giờ theo thời hạn trả lời và bước đôn đốc."
            )


def _senders(case: Case) -> list[str]:
    """Elements of this very diagram that send a dispatch; a called procedure answers for itself."""
    return [node.id for node in case.own("send")]


def _no_mail(case: Case) -> Iterator[Found]:
    for node in case.nodes.values():
        if _mails(node):
            yield node.id, (
                f"{case.title(node.id)} đưa văn bản đi bằng thư điện tử; văn bản chỉ được phát hành qua hệ thống. "
                "Hãy gửi qua trục liên thông, thư điện tử chỉ để nhắc việc và không kèm văn bản."
            )


def _mails(node: Node) -> bool:
    attributes = node.element.attributes
    keys = (attributes.get("topic", ""), attributes.get("calledElement", ""), *(e.name or "" for e in node.events))
    if any(_MAIL_KEY.search(key.lower()) for key in keys):
        return node.kind != "serviceTask" or any(given(node, name) is not None for name in _CARRIED)
    acting = node.kind in ("userTask", "serviceTask", "sendTask", "manualTask", "task", "intermediateThrowEvent")
    name = node.element.name
    return acting and bool(_MAIL_WORD.search(name)) and bool(_DOCUMENT_WORD.search(_MAIL_WORD.sub("", name)))


RULES = (
    law(
        "issued-before-sending", "QD28-8.1 ND30-14", _issued_before_sending,
        "Phát hành rồi mới gửi",
        "Trên mọi đường đi tới bước gửi qua trục, văn bản đã được phát hành.",
    ),
    law(
        "issued-is-sent", "LA-9.2.c QD28-8.1", _issued_is_sent,
        "Văn bản phát hành được gửi qua trục",
        "Sau khi phát hành, mọi đường đi đều gửi văn bản tới nơi nhận.",
    ),
    law(
        "delivery-tracked", "LA-9.3.a QD28-8.2a QD28-6.3", _tracked,
        "Theo dõi từng nơi nhận",
        "Sau khi gửi, quy trình chờ trạng thái của nơi nhận trên mọi đường đi.",
    ),
    law(
        "tracked-until-answered", "LA-9.3.a QD28-8.2a", _until_answered,
        "Theo dõi đến khi nơi nhận trả lời",
        "Sau mỗi trạng thái của nơi nhận, quy trình có thể chờ tiếp trạng thái sau.",
    ),
    law(
        "reply-tracked", "LA-9.3.b", _reply_tracked,
        "Theo dõi, đôn đốc việc trả lời",
        "Sau khi gửi, quy trình có chỗ chờ văn bản trả lời và bộ hẹn giờ để đôn đốc.",
    ),
    law(
        "no-mail", "LA-5.1.b QD28-5.2", _no_mail,
        "Không phát hành qua thư điện tử",
        "Không bước nào gửi văn bản bằng thư điện tử.",
    ),
)  # fmt: skip
