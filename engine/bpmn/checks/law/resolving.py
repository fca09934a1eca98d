"""A registered document is worked on: lead, deadline, follow-up, the answer, the file, news to the sender."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.checks.law.acts import given, is_blank, words
from engine.bpmn.checks.law.case import Case
from engine.bpmn.checks.law.people import is_timed, is_watched
from engine.bpmn.checks.law.rule import law
from engine.bpmn.checks.rules import Found

_DETERMINED = {"lead_unit": "Đơn vị chủ trì", "support_units": "Đơn vị phối hợp", "due_date": "Thời hạn"}


def _determined(case: Case) -> Iterator[Found]:
    for node in case.own("instruct"):
        if node.element.attributes.get("topic") != "documents.instruct":
            continue
        absent = [label for name, label in _DETERMINED.items() if is_blank(given(node, name))]
        if absent:
            listed = ", ".join(f"“{label}”" for label in absent)
            yield node.id, (
                f"{case.title(node.id)} chưa xác định {listed}; khi nhiều đơn vị cùng giải quyết phải rõ chủ trì, "
                "phối hợp và thời hạn. Hãy khai các tham số này."
            )


def _assignment_reported(case: Case) -> Iterator[Found]:
    if not case.arrivals:
        return
    unmet = case.paths.unmet(case.doing("instruct"), case.done_or_recalled("status-04"), escapes=False)
    for each in case.without(unmet, case.done("status-04")):
        yield each, (
            f"Sau {case.title(each)} bên gửi không được báo là văn bản đã chuyển xử lý; "
            "hãy báo trạng thái 04 trên mọi đường đi sau bước này."
        )


def _completion_reported(case: Case) -> Iterator[Found]:
    if not case.arrivals:
        return
    for each in case.paths.unmet(case.doing("register"), case.done_or_recalled("status-06")):
        yield each, (
            f"Sau {case.title(each)} có đường đi tới lúc kết thúc mà bên gửi không được báo kết quả; "
            "hãy báo trạng thái 06 khi giải quyết xong."
        )


def _timed(case: Case) -> Iterator[Found]:
    told: set[str] = set()
    for each in case.doing("resolve"):
        for node in case.people(each, begun=True):
            if node.id not in told and not is_timed(case, node):
                told.add(node.id)
                yield node.id, (
                    f"{case.title(node.id)} chưa có thời hạn giải quyết; "
                    "hãy đặt hạn xử lý, thường là thời hạn người có thẩm quyền đã giao (due_at)."
                )


def _watched(case: Case) -> Iterator[Found]:
    for each in case.doing("resolve"):
        tasks = case.people(each, begun=True)
        if tasks and not any(is_watched(case, node) for node in tasks):
            yield tasks[0].id, (
                f"Không có gì theo dõi, đôn đốc khi {case.title(tasks[0].id)} quá hạn; "
                "hãy gắn bộ hẹn giờ không ngắt và nhắc người theo dõi."
            )


def _answer_named(case: Case) -> Iterator[Found]:
    for node in case.own("resolve"):
        if node.element.attributes.get("topic") != "documents.resolve":
            continue
        ways = words(given(node, "resolution"))
        if (ways is None or "answer" in ways) and is_blank(given(node, "reply")):
            yield node.id, (
                f"{case.title(node.id)} có thể kết thúc bằng văn bản trả lời mà không nêu văn bản nào; "
                "hãy khai tham số “Văn bản trả lời”."
            )


def _filed(case: Case) -> Iterator[Found]:
    done = case.done_or_recalled("file", "refuse")
    for each in case.paths.unmet(case.doing("register"), done, escapes=False):
        yield each, (
            f"Sau {case.title(each)} có đường đi tới lúc kết thúc mà văn bản không được lưu vào hồ sơ; "
            "hãy thêm thao tác “Lưu hồ sơ” trước khi kết thúc."
        )


RULES = (
    law(
        "lead-and-deadline", "ND30-23.2 ND30-23.4", _determined,
        "Rõ chủ trì, phối hợp, thời hạn",
        "Ý kiến chỉ đạo xác định đơn vị chủ trì, đơn vị phối hợp và thời hạn giải quyết.",
    ),
    law(
        "assignment-reported", "QD28-9.2a SYS-1.o", _assignment_reported,
        "Giao việc rồi thì báo đã chuyển xử lý",
        "Sau ý kiến chỉ đạo, mọi đường đi đều báo trạng thái 04 cho bên gửi.",
    ),
    law(
        "completion-reported", "QD28-9.2a SYS-1.o", _completion_reported,
        "Giải quyết xong thì báo bên gửi",
        "Văn bản đã vào sổ thì mọi đường đi tới lúc kết thúc đều báo trạng thái 06.",
    ),
    law(
        "resolution-timed", "ND30-24.2", _timed,
        "Việc giải quyết có thời hạn",
        "Công việc của người giải quyết văn bản có hạn xử lý hoặc bộ hẹn giờ.",
    ),
    law(
        "resolution-watched", "ND30-24.1 SYS-1.l–m", _watched,
        "Việc giải quyết được theo dõi, đôn đốc",
        "Khi việc giải quyết quá hạn, có bộ hẹn giờ để nhắc và báo người theo dõi.",
        "warning",
    ),
    law(
        "answer-named", "LA-9.2.đ", _answer_named,
        "Kết thúc bằng trả lời thì nêu văn bản trả lời",
        "Khi giải quyết bằng văn bản trả lời, kết quả ghi rõ văn bản nào.",
    ),
    law(
        "filed", "ND30-29.3 LA-8.2.a–d", _filed,
        "Văn bản đã giải quyết được lưu hồ sơ",
        "Văn bản đã vào sổ thì mọi đường đi tới lúc kết thúc đều lưu văn bản vào hồ sơ.",
    ),
)  # fmt: skip
