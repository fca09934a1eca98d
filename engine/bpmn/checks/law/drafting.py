"""An outgoing document comes about: content and form checked, approved by who signs, changed only on the way back."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.checks.law.acts import fixed, given
from engine.bpmn.checks.law.case import Case
from engine.bpmn.checks.law.people import may_be, roles
from engine.bpmn.checks.law.rule import law
from engine.bpmn.checks.rules import Found
from engine.bpmn.dialect import Node

HEADS = frozenset({"unit-head", "leader"})
DRAFTER = "specialist"


def drafting_tasks(case: Case) -> list[str]:
    """Tasks in which a drafter changes the draft; a leader's or head's own corrections belong to their verdict."""
    found = (case.nodes[each] for each in case.doing("draft"))
    return [node.id for node in found if node.kind == "userTask" and not _heads(node)]


def _heads(node: Node) -> bool:
    known = roles(node)
    return known is not None and known <= HEADS


_VERDICTS = ("content-check", "form-check", "approve", "return")


def _judged(case: Case, act: str) -> frozenset[str]:
    """Records of a verdict that somebody gave for itself: in a task of its own, which isn't the drafter's."""
    stale = set(drafting_tasks(case)) | {node.id for node in case.own(*_VERDICTS)}
    return frozenset(
        each
        for each in case.done(act)
        if case.nodes[each].kind == "callActivity"
        or not any(before.id in stale for before in case.paths.last(each, lambda node: _task_or(node, stale)))
    )


def _task_or(node: Node, others: set[str]) -> bool:
    return node.kind == "userTask" or node.id in others


def _content(case: Case) -> Iterator[Found]:
    yield from _checked(case, "content-check", "nội dung", "người đứng đầu đơn vị soạn thảo kiểm tra nội dung")


def _form(case: Case) -> Iterator[Found]:
    yield from _checked(case, "form-check", "thể thức", "người được giao kiểm tra thể thức xem lại")


def _checked(case: Case, act: str, what: str, wanted: str) -> Iterator[Found]:
    targets = case.doing("approve") or case.doing("sign")
    for each in case.without(targets, _judged(case, act), drafting_tasks(case)):
        yield each, (
            f"Có đường đi tới {case.reached(each)} mà {what} của bản thảo lần cuối chưa được kiểm tra; "
            f"hãy để {wanted}, rồi ghi ý kiến loại “Kiểm tra {what}” trước bước này."
        )


def _content_checker(case: Case) -> Iterator[Found]:
    for node in _tasks(case, "content-check"):
        if not may_be(node, HEADS):
            yield node.id, (
                f"{case.title(node.id)} không giao cho người đứng đầu đơn vị; người kiểm tra và chịu trách nhiệm về "
                "nội dung là trưởng đơn vị soạn thảo. Hãy chọn vai trò “Trưởng phòng”."
            )


def _form_checker(case: Case) -> Iterator[Found]:
    for node in _tasks(case, "form-check"):
        if roles(node) == frozenset({DRAFTER}):
            yield node.id, (
                f"{case.title(node.id)} lại giao cho người soạn thảo; hãy giao cho người được phân công kiểm tra "
                "thể thức."
            )


def _tasks(case: Case, act: str) -> list[Node]:
    """Whose tasks lead to the records of a verdict, drafting tasks left aside."""
    records, drafting = {node.id for node in case.own(*_VERDICTS)}, set(drafting_tasks(case))
    found: dict[str, Node] = {}
    for record in case.own(act):
        for before in case.paths.last(record.id, lambda node: _task_or(node, records)):
            if before.kind == "userTask" and before.id not in drafting:
                found[before.id] = before
    return list(found.values())


_ONWARD = {"content-check": ("approve", "sign"), "form-check": ("approve", "sign"), "approve": ("sign",)}


def _heeded(case: Case) -> Iterator[Found]:
    choices = {node.id for node in case.nodes.values() if _chooses(case, node)}
    for act, targets in _ONWARD.items():
        for record in case.own(act):
            past = case.paths.reached([record.id], choices, aside=False) - {record.id}
            if past & set(case.doing(*targets)) and not fixed(given(record, "verdict")):
                yield record.id, (
                    f"Sau {case.title(record.id)} văn bản đi tiếp dù kết luận thế nào; "
                    "hãy đặt cổng loại trừ để văn bản không đạt quay lại người soạn thảo."
                )


def _chooses(case: Case, node: Node) -> bool:
    flows = case.paths.points.scope_of[node.id].outgoing(node.id)
    return len(flows) > 1 and any(flow.condition for flow in flows)


def _approved(case: Case) -> Iterator[Found]:
    for each in case.without(case.doing("sign"), _judged(case, "approve")):
        yield each, (
            f"Có đường đi tới {case.reached(each)} mà bản thảo chưa được duyệt; "
            "hãy để người có thẩm quyền ký duyệt bản thảo và ghi ý kiến loại “Duyệt” trước khi ký."
        )


def _approved_again(case: Case) -> Iterator[Found]:
    done = _judged(case, "approve")
    never = set(case.without(case.doing("sign"), done))
    for each in case.without(case.doing("sign"), done, drafting_tasks(case)):
        if each not in never:
            yield each, (
                f"Bản thảo có thể bị sửa sau khi duyệt mà vẫn tới {case.reached(each)}; "
                "hãy dẫn mọi lần sửa trở lại bước duyệt của người có thẩm quyền ký."
            )


def _approver(case: Case) -> Iterator[Found]:
    signers = [node for record in case.own("sign") for node in case.people(record.id)]
    known = [known for node in signers if (known := roles(node)) is not None]
    if not signers or len(known) < len(signers):
        return
    for node in _tasks(case, "approve"):
        if not may_be(node, frozenset().union(*known)):
            yield node.id, (
                f"{case.title(node.id)} giao cho vai trò không ký văn bản; bản thảo phải do người có thẩm quyền ký "
                "duyệt. Hãy giao việc duyệt cho vai trò ký."
            )


def _returned(case: Case) -> Iterator[Found]:
    heads = {node.id for node in case.tasks if may_be(node, {"unit-head"})} | case.done()
    verdicts = set(case.doing("approve", "return"))
    targets = [each for each in drafting_tasks(case) if each not in heads]
    for each in case.paths.missing(targets, heads, verdicts, at_first=True):
        yield each, (
            f"Ý kiến của người có thẩm quyền về thẳng {case.title(each)}; "
            "hãy chuyển qua trưởng đơn vị soạn thảo trước khi tới người soạn thảo."
        )


def _reply(case: Case) -> Iterator[Found]:
    for node in case.tasks:
        facts = None if case.catalog is None else case.catalog.forms.get(node.element.attributes.get("formRef", ""))
        bound = {} if facts is None else {field.bound: field for field in facts.fields.values() if field.bound}
        if "reply_required" not in bound or bound["reply_required"].readonly:
            continue
        for name, label in (("reply_requirement", "nội dung cần trả lời"), ("due_date", "thời hạn trả lời")):
            if name not in bound or not bound[name].required:
                yield node.id, (
                    f"Biểu mẫu của {case.title(node.id)} cho yêu cầu trả lời mà không bắt buộc nhập {label}; "
                    f"hãy thêm trường gắn với document.{name} và đánh dấu bắt buộc."
                )


def _as_pdf(case: Case) -> Iterator[Found]:
    if not case.does("draft", "render"):
        return
    for each in case.without(case.doing("sign"), case.done("render"), drafting_tasks(case)):
        yield each, (
            f"Có đường đi tới {case.reached(each)} mà bản thảo lần cuối chưa thành tệp PDF; "
            "hãy đặt thao tác “Tạo tệp PDF của dự thảo” trước khi ký."
        )


RULES = (
    law(
        "content-checked", "ND30-12.1 LA-9.1", _content,
        "Kiểm tra nội dung trước khi duyệt",
        "Bản thảo lần cuối đã được kiểm tra nội dung trên mọi đường đi tới bước duyệt.",
    ),
    law(
        "form-checked", "ND30-12.2 LA-9.1", _form,
        "Kiểm tra thể thức trước khi duyệt",
        "Bản thảo lần cuối đã được kiểm tra thể thức, kỹ thuật trình bày trên mọi đường đi tới bước duyệt.",
    ),
    law(
        "content-checker", "ND30-12.1", _content_checker,
        "Trưởng đơn vị kiểm tra nội dung",
        "Việc kiểm tra nội dung giao cho người đứng đầu đơn vị soạn thảo hoặc lãnh đạo.",
    ),
    law(
        "form-checker", "ND30-12.2", _form_checker,
        "Người khác kiểm tra thể thức",
        "Việc kiểm tra thể thức không giao cho chính người soạn thảo.",
    ),
    law(
        "verdict-heeded", "ND30-12.1 ND30-12.2 ND30-11", _heeded,
        "Kết luận kiểm tra, duyệt có hệ quả",
        "Sau mỗi kết luận kiểm tra nội dung, thể thức hoặc duyệt có cổng rẽ nhánh theo kết luận.",
    ),
    law(
        "approved", "ND30-11 QD28-8.1", _approved,
        "Duyệt trước khi ký",
        "Trên mọi đường đi tới bước ký số, bản thảo đã được duyệt.",
    ),
    law(
        "approved-again", "ND30-11", _approved_again,
        "Sửa sau khi duyệt thì duyệt lại",
        "Bản thảo đã duyệt mà sửa thì phải trở lại người có thẩm quyền ký trước khi ký.",
    ),
    law(
        "approver", "ND30-11", _approver,
        "Người có thẩm quyền ký là người duyệt",
        "Vai trò duyệt bản thảo cũng là vai trò ký.",
    ),
    law(
        "returned-through-head", "ND30-10.3", _returned,
        "Trả lại qua trưởng đơn vị",
        "Ý kiến của người có thẩm quyền về bản thảo qua trưởng đơn vị rồi mới tới người soạn thảo.",
    ),
    law(
        "reply-complete", "LA-9.2.d", _reply,
        "Yêu cầu trả lời phải đủ nội dung và thời hạn",
        "Biểu mẫu cho yêu cầu trả lời bắt buộc nhập nội dung cần trả lời và thời hạn.",
    ),
    law(
        "signed-as-pdf", "LA-4.4.b", _as_pdf,
        "Văn bản ký số là PDF",
        "Bản thảo lần cuối được chuyển thành PDF trước khi ký số.",
    ),
)  # fmt: skip
