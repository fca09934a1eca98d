"""A document is taken back: frozen and announced by the issuer, destroyed and answered for by the receiver."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.checks.law.acts import fixed, given, is_blank
from engine.bpmn.checks.law.case import Case
from engine.bpmn.checks.law.fields import optional
from engine.bpmn.checks.law.people import may_be
from engine.bpmn.checks.law.rule import law
from engine.bpmn.checks.rules import Found


def _received(case: Case) -> Iterator[Found]:
    if case.arrivals and not case.recalls and not case.may("await:recall-received"):
        yield case.arrivals[0], (
            "Quy trình nhận văn bản đến mà không xử lý được khi bên gửi thu hồi; hãy thêm quy trình con theo sự kiện "
            "bắt đầu bằng thông điệp recall-received để hủy văn bản và báo lại."
        )


def _destroyed(case: Case) -> Iterator[Found]:
    asked = case.recalls
    if not asked:
        return
    later = case.paths.reached(asked)
    agreed = [each for each in case.doing("status-15") if each in later]
    for each in case.missing(agreed, case.done("destroy"), since=asked):
        if each not in case.done("destroy"):
            yield each, (
                f"Có đường đi tới {case.reached(each)} mà văn bản bị thu hồi chưa được hủy; "
                "hãy đặt thao tác “Hủy văn bản bị thu hồi” trước khi báo đã thu hồi (15)."
            )


def _answered(case: Case) -> Iterator[Found]:
    answers = case.done("status-15", "status-16")
    for each in case.paths.unmet([*case.recalls, *case.doing("destroy")], answers):
        yield each, (
            f"Sau {case.title(each)} có đường đi tới lúc kết thúc mà bên gửi không được báo kết quả thu hồi; "
            "hãy báo trạng thái 15 khi đã hủy, hoặc 16 kèm giải trình."
        )


def _denied(case: Case) -> Iterator[Found]:
    asked = case.recalls
    later = case.paths.reached(asked)
    denied = [node for node in case.own("status-16") if node.id in later and fixed(given(node, "code")) == "16"]
    for node in denied:
        if is_blank(given(node, "description")):
            yield node.id, f"{case.title(node.id)} không kèm giải trình; hãy khai tham số “Nội dung”."
        for task, field in optional(case, node.id, given(node, "description")):
            yield task.id, (
                f"Biểu mẫu của {case.title(task.id)} không bắt buộc nhập “{field.label}”, nên có thể từ chối thu hồi "
                "mà không giải trình; hãy đánh dấu trường này là bắt buộc."
            )
    leaders = {node.id for node in case.tasks if may_be(node, {"leader"})} | case.done()
    for each in case.missing([node.id for node in denied], leaders, since=asked) if denied else ():
        yield each, (
            f"Có đường đi tới {case.reached(each)} mà lãnh đạo không quyết định; bên nhận có nghĩa vụ hủy văn bản bị "
            "thu hồi, nên chỉ lãnh đạo mới được từ chối. Hãy thêm một công việc của lãnh đạo."
        )


def _notified(case: Case) -> Iterator[Found]:
    for each in case.paths.unmet(case.doing("freeze"), case.done("recall"), escapes=False):
        yield each, (
            f"Sau {case.title(each)} có đường đi mà nơi nhận không được thông báo thu hồi; "
            "hãy dùng thao tác “Yêu cầu thu hồi văn bản” cho từng nơi nhận."
        )


def _frozen(case: Case) -> Iterator[Found]:
    for each in case.without(case.doing("recall"), case.done("freeze")):
        node = case.nodes[each]
        repeated = node.multi is not None or any(around.multi is not None for around in case.paths.around(each))
        if repeated or case.does("freeze"):  # else it recalls from one recipient, as a part of another procedure
            yield each, (
                f"Có đường đi tới {case.reached(each)} mà văn bản đi chưa được khóa; "
                "hãy đặt thao tác “Khóa văn bản đi đã thu hồi” trước khi yêu cầu thu hồi."
            )


def _followed(case: Case) -> Iterator[Found]:
    own = [node.id for node in case.own("recall")]
    for each in case.paths.unmet(own, case.done("await:recall-answered")):
        yield each, (
            f"Sau {case.title(each)} không chờ nơi nhận báo đã hủy văn bản; "
            "hãy chờ thông điệp recall-answered và đôn đốc khi quá hạn."
        )


RULES = (
    law(
        "recall-received", "QD28-9.2b ND30-18.4", _received,
        "Văn bản đến thu hồi được",
        "Quy trình nhận văn bản qua trục xử lý được thông báo thu hồi của bên gửi.",
    ),
    law(
        "recall-destroyed", "QD28-9.2b ND30-18.4 SYS-8", _destroyed,
        "Thu hồi thì hủy văn bản",
        "Trước khi báo đã thu hồi (15), văn bản đã được hủy.",
    ),
    law(
        "recall-answered", "ND30-18.4 QD28-9.2b", _answered,
        "Thu hồi thì trả lời bên gửi",
        "Sau thông báo thu hồi, mọi đường đi đều báo 15 hoặc 16 cho bên gửi.",
    ),
    law(
        "recall-denied", "QD28-9.2b", _denied,
        "Từ chối thu hồi do lãnh đạo, có giải trình",
        "Trạng thái 16 chỉ được báo sau công việc của lãnh đạo và kèm giải trình.",
    ),
    law(
        "recall-notified", "QD28-8.2b ND30-18.4", _notified,
        "Thu hồi thì thông báo nơi nhận",
        "Sau khi khóa văn bản đi, mọi đường đi đều yêu cầu nơi nhận thu hồi.",
    ),
    law(
        "recall-frozen", "SYS-8", _frozen,
        "Khóa văn bản trước khi thu hồi",
        "Trước khi yêu cầu nơi nhận thu hồi, văn bản đi đã được khóa.",
    ),
    law(
        "recall-followed", "QD28-8.2a QD28-9.2b", _followed,
        "Theo dõi việc thu hồi",
        "Sau khi yêu cầu thu hồi, quy trình chờ nơi nhận trả lời.",
    ),
)  # fmt: skip
