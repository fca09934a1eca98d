"""A document comes in: checked, answered, accepted or returned by the clerk, registered, forwarded in time."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.checks.law.acts import fixed, given, is_blank
from engine.bpmn.checks.law.case import Case
from engine.bpmn.checks.law.fields import optional
from engine.bpmn.checks.law.people import is_timed, limits, may_be, office_hours
from engine.bpmn.checks.law.rule import law
from engine.bpmn.checks.rules import Found
from engine.bpmn.dialect import Node

FORWARDING_HOURS = 2


def _accepted(case: Case) -> list[str]:
    """Where a document counts as accepted: its registration, or the report 03 where nothing registers."""
    return case.doing("register") or case.doing("status-03")


def _completeness(case: Case) -> Iterator[Found]:
    for each in case.missing(_accepted(case), case.done("check"), since=case.came):
        yield each, (
            f"Có đường đi tới {case.reached(each)} mà văn bản chưa được kiểm tra tính đầy đủ, toàn vẹn; "
            "hãy đặt thao tác “Kiểm tra văn bản đến” trước khi tiếp nhận."
        )


def _signature(case: Case) -> Iterator[Found]:
    for each in case.missing(_accepted(case), case.done("verify"), since=case.came):
        yield each, (
            f"Có đường đi tới {case.reached(each)} mà chữ ký số chưa được kiểm tra; "
            "hãy đặt thao tác “Kiểm tra chữ ký số” trước khi tiếp nhận."
        )


def _clerk(case: Case) -> Iterator[Found]:
    clerks = {node.id for node in case.tasks if may_be(node, {"clerk"})} | case.done()
    targets = case.doing("register")
    nobody = set(case.missing(targets, clerks, since=case.came))
    for each in case.missing(targets, clerks, case.doing("check", "verify"), since=case.came):
        if each in nobody:
            yield each, (
                f"Có đường đi tới {case.reached(each)} mà không qua văn thư; "
                "hãy thêm một công việc của văn thư để xem kết quả kiểm tra và quyết định tiếp nhận."
            )
        else:
            yield each, (
                f"Trước {case.title(each)} văn thư quyết định khi chưa kiểm tra xong; "
                "hãy đặt các bước kiểm tra trước công việc của văn thư."
            )


def _arrival_reported(case: Case) -> Iterator[Found]:
    done = case.done("status-01")
    for each in case.arrivals:
        reached = case.paths.reached([each], done, aside=False) - done
        tasks = [node.id for node in case.tasks if node.id in reached]
        waiting = set(case.paths.missing(tasks, done, since={each}))
        waiting -= case.paths.meanwhile(waiting, done)
        if waiting or (not case.tasks and not done):
            yield each, (
                "Văn bản vừa đến mà bên gửi chưa được báo tự động; "
                "hãy báo trạng thái 01 ngay sau khi văn bản đến, trước công việc đầu tiên của người."
            )


def _arrival_answered(case: Case) -> Iterator[Found]:
    done = case.done_or_recalled("status-02", "status-03")
    for each in case.paths.unmet(case.arrivals, done):
        yield each, (
            "Có đường đi từ lúc văn bản đến tới lúc kết thúc mà bên gửi không được trả lời; "
            "hãy báo đã tiếp nhận (03) hoặc từ chối (02) trên mọi đường đi."
        )


def _arrival_settled(case: Case) -> Iterator[Found]:
    for each in case.paths.unmet(case.arrivals, case.done_or_recalled("register", "refuse"), escapes=False):
        yield each, (
            "Có đường đi từ lúc văn bản đến tới lúc kết thúc mà văn bản không được vào sổ, cũng không được trả lại; "
            "hãy thêm thao tác “Đăng ký văn bản đến” hoặc “Trả lại văn bản đến”."
        )


def _acceptance_answered(case: Case) -> Iterator[Found]:
    unmet = case.paths.unmet(case.doing("register"), case.done_or_recalled("status-03"), escapes=False)
    for each in case.without(unmet, case.done("status-03")):
        yield each, (
            f"Sau {case.title(each)} bên gửi không chắc được báo là văn bản đã tiếp nhận; "
            "hãy báo trạng thái 03 trên mọi đường đi sau bước này."
        )


def _refusal_answered(case: Case) -> Iterator[Found]:
    unmet = case.paths.unmet(case.doing("refuse"), case.done_or_recalled("status-02"), escapes=False)
    for each in case.without(unmet, case.done("status-02")):
        yield each, (
            f"Sau {case.title(each)} bên gửi không chắc được báo là văn bản bị trả lại; "
            "hãy báo trạng thái 02 kèm lý do trên mọi đường đi sau bước này."
        )


def _refusal_reason(case: Case) -> Iterator[Found]:
    told: set[str] = set()
    for node, name, label in _reasons(case):
        if is_blank(given(node, name)):
            yield node.id, f"{case.title(node.id)} chưa có “{label}”; hãy lấy lý do từ biểu mẫu của người trả lại."
        for task, field in optional(case, node.id, given(node, name)):
            if task.id not in told:
                told.add(task.id)
                yield task.id, (
                    f"Biểu mẫu của {case.title(task.id)} không bắt buộc nhập “{field.label}”, nên văn bản có thể bị "
                    "trả lại mà không rõ lý do; hãy đánh dấu trường này là bắt buộc."
                )


def _reasons(case: Case) -> Iterator[tuple[Node, str, str]]:
    """Inputs that carry the reason of a refusal."""
    for node in case.own("status-02"):
        if fixed(given(node, "code")) == "02":
            yield node, "description", "Nội dung"
    for node in case.own("refuse"):
        if node.element.attributes.get("topic") == "documents.refuse":
            yield node, "reason", "Lý do"
            yield node, "reason_code", "Loại lý do"


def _refusal_possible(case: Case) -> Iterator[Found]:
    if case.arrivals and not case.may("refuse"):
        for each in case.doing("register"):
            yield each, (
                "Văn bản không đạt hoặc gửi sai nơi nhận không trả lại được, vì quy trình chỉ có đường tiếp nhận; "
                "hãy thêm nhánh “Trả lại văn bản đến” và báo 02 kèm lý do."
            )


def _registered_first(case: Case) -> Iterator[Found]:
    if not case.does("register") and not case.arrivals:
        return
    targets = case.doing("submit", "instruct", "assign") or case.doing("status-04", "status-05")
    for each in case.without(targets, case.done("register")):
        yield each, (
            f"Có đường đi tới {case.reached(each)} mà văn bản chưa vào sổ; văn bản chưa đăng ký thì đơn vị, cá nhân "
            "không phải giải quyết. Hãy đặt thao tác “Đăng ký văn bản đến” trước bước này."
        )


def _registered_report(case: Case) -> Iterator[Found]:
    if not case.does("register") and not case.arrivals:
        return
    for each in case.without(case.doing("status-03"), case.done("register")):
        yield each, (
            f"Có đường đi tới {case.reached(each)} mà văn bản chưa vào sổ; "
            "hãy báo đã tiếp nhận (03) sau khi đăng ký văn bản đến."
        )


def _forwarding(case: Case) -> Iterator[Found]:
    if not case.does("register") and not case.arrivals:
        return
    forwarded = case.done("instruct", "assign", "submit", "refuse")
    begun = case.arrivals or case.paths.starts
    reached = case.paths.reached(begun, forwarded, aside=False)
    for node in case.tasks:
        if node.id not in reached or not may_be(node, {"clerk"}):
            continue
        if not is_timed(case, node):
            yield node.id, (
                f"{case.title(node.id)} chưa có thời hạn; văn bản đến phải được chuyển trong 02 giờ hành chính. "
                "Hãy đặt hạn xử lý hoặc bộ hẹn giờ."
            )
        elif too_long := _too_long(case, node.id):
            yield node.id, (
                f"{case.title(node.id)} có thời hạn {too_long}, dài hơn 02 giờ hành chính dành cho việc chuyển "
                "văn bản; hãy đặt thời hạn không quá PT2H."
            )


def _too_long(case: Case, element: str) -> str:
    """The first limit longer than allowed; of several timers the shortest decides."""
    hours = [(office_hours(each) or 0, each) for each in limits(case, case.nodes[element])]
    if not case.nodes[element].element.attributes.get("dueDate") and hours:
        hours = [min(hours)]
    return next((text for length, text in hours if length > FORWARDING_HOURS), "")


def _forwarded(case: Case) -> Iterator[Found]:
    others = {node.id for node in case.tasks if not may_be(node, {"clerk"})}
    done = case.done_or_recalled("instruct", "assign", "submit", "refuse") | others
    for each in case.paths.unmet(case.doing("register"), done, escapes=False):
        yield each, (
            f"Sau {case.title(each)} có đường đi mà văn bản không được trình hoặc chuyển cho ai; "
            "hãy trình người có thẩm quyền hoặc chuyển thẳng đơn vị giải quyết."
        )


RULES = (
    law(
        "completeness-checked", "QD28-9.1a LA-8.1 SYS-1.h", _completeness,
        "Kiểm tra đầy đủ, toàn vẹn trước khi tiếp nhận",
        "Trên mọi đường đi tới bước vào sổ, văn bản đã được kiểm tra tính đầy đủ, toàn vẹn, đúng nơi nhận.",
    ),
    law(
        "signature-verified", "ND30-21.2.a LA-8.1 QD28-9.1a", _signature,
        "Kiểm tra chữ ký số trước khi tiếp nhận",
        "Trên mọi đường đi tới bước vào sổ, chữ ký số của văn bản đã được kiểm tra.",
    ),
    law(
        "accepted-by-clerk", "ND30-21.2.a ND30-4.2.b", _clerk,
        "Văn thư tiếp nhận văn bản đến",
        "Trước khi vào sổ, văn bản qua một công việc của văn thư.",
    ),
    law(
        "arrival-reported", "ND30-21.2.c SYS-1.e", _arrival_reported,
        "Báo tự động khi văn bản đến",
        "Văn bản đến qua trục thì trạng thái 01 được gửi ngay, trước khi chờ người.",
    ),
    law(
        "arrival-answered", "QD28-9.1b LA-5.1.d ND30-21.2.c", _arrival_answered,
        "Văn bản đến nào cũng được trả lời bên gửi",
        "Từ lúc văn bản đến, mọi đường đi đều báo đã tiếp nhận (03) hoặc từ chối (02).",
    ),
    law(
        "arrival-settled", "ND30-4.2.c LA-8.2.a–d", _arrival_settled,
        "Văn bản đến được vào sổ hoặc trả lại",
        "Từ lúc văn bản đến, mọi đường đi đều đăng ký hoặc trả lại văn bản.",
    ),
    law(
        "acceptance-answered", "ND30-21.2.c QD28-9.2a", _acceptance_answered,
        "Vào sổ rồi thì báo đã tiếp nhận",
        "Sau khi vào sổ, mọi đường đi đều báo trạng thái 03 cho bên gửi.",
    ),
    law(
        "refusal-answered", "LA-5.1.d ND30-21.2.b QD28-5.4", _refusal_answered,
        "Trả lại thì báo cho bên gửi",
        "Sau khi trả lại văn bản, mọi đường đi đều báo trạng thái 02 cho bên gửi.",
    ),
    law(
        "refusal-reasoned", "LA-5.1.d ND30-21.2.b QD28-9.1b", _refusal_reason,
        "Trả lại phải có lý do",
        "Thao tác trả lại và trạng thái 02 đều mang lý do.",
    ),
    law(
        "refusal-possible", "ND30-21.2.b LA-5.1.d QD28-5.4", _refusal_possible,
        "Văn bản không đạt thì trả lại được",
        "Quy trình nhận văn bản qua trục có nhánh trả lại văn bản không đạt hoặc gửi sai nơi nhận.",
    ),
    law(
        "registered-before-assignment", "ND30-22.1", _registered_first,
        "Vào sổ trước khi giao việc",
        "Trước khi trình, cho ý kiến chỉ đạo, phân công hoặc báo 04, 05, văn bản đã được đăng ký tại văn thư.",
    ),
    law(
        "registered-before-report", "ND30-22.1 ND30-21.2.c", _registered_report,
        "Vào sổ trước khi báo đã tiếp nhận",
        "Trạng thái 03 chỉ được báo sau khi văn bản đã vào sổ.",
    ),
    law(
        "forwarding-timed", "LA-5.2.b ND30-23.1", _forwarding,
        "Chuyển văn bản trong 02 giờ hành chính",
        "Công việc của văn thư trước khi trình, chuyển có thời hạn, và thời hạn không quá 02 giờ hành chính.",
    ),
    law(
        "forwarded", "ND30-23.1 LA-8.2.a–d", _forwarded,
        "Văn bản đã vào sổ được trình, chuyển",
        "Sau khi vào sổ, mọi đường đi đều trình người có thẩm quyền hoặc chuyển đơn vị, cá nhân giải quyết.",
    ),
)  # fmt: skip
