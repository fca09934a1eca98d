"""A signed document goes out: signature, number and register, seal, issue, in this order; seal and signature apart."""

from __future__ import annotations

from collections.abc import Iterator

from engine.bpmn.checks.law.case import Case
from engine.bpmn.checks.law.drafting import drafting_tasks
from engine.bpmn.checks.law.people import is_timed, roles, same_person
from engine.bpmn.checks.law.rule import law
from engine.bpmn.checks.rules import Found

_NEVER_SIGN = frozenset({"clerk", "specialist", "form-checker", "archivist"})


def _signed_before_number(case: Case) -> Iterator[Found]:
    if case.does("sign") or case.drafts:
        for each in case.without(case.doing("number"), case.done("sign"), drafting_tasks(case)):
            yield each, (
                f"Có đường đi tới {case.reached(each)} mà người có thẩm quyền chưa ký; "
                "hãy ký số trước, rồi mới cấp số và ngày."
            )


def _numbered_before_seal(case: Case) -> Iterator[Found]:
    if case.does("number") or case.drafts:
        for each in case.without(case.doing("seal"), case.done("number")):
            yield each, (
                f"Có đường đi tới {case.reached(each)} mà văn bản chưa có số, chưa vào sổ; "
                "hãy đặt thao tác “Cấp số, đăng ký văn bản đi” trước khi đóng dấu."
            )


def _signed_before_seal(case: Case) -> Iterator[Found]:
    if case.does("sign") or case.drafts:
        for each in case.without(case.doing("seal"), case.done("sign"), drafting_tasks(case)):
            yield each, (
                f"Có đường đi tới {case.reached(each)} mà người có thẩm quyền chưa ký; "
                "văn thư chỉ đóng dấu, ký số cơ quan vào văn bản đã có chữ ký đó. Hãy đặt bước ký số trước."
            )


def _sealed_before_issue(case: Case) -> Iterator[Found]:
    if case.does("seal") or case.drafts or case.does("number"):
        for each in case.without(case.doing("issue"), case.done("seal"), drafting_tasks(case)):
            yield each, (
                f"Có đường đi tới {case.reached(each)} mà văn bản chưa có chữ ký số của cơ quan; "
                "hãy đặt thao tác “Điền số, ngày và ký số cơ quan” trước khi phát hành."
            )


def _signed_is_issued(case: Case) -> Iterator[Found]:
    if not case.does("issue", "draft", "approve"):
        return
    for each in case.paths.unmet(case.doing("sign"), case.done("issue", "cancel"), escapes=False):
        yield each, (
            f"Sau {case.title(each)} có đường đi tới lúc kết thúc mà văn bản không được phát hành; "
            "hãy dẫn mọi đường đi tới bước phát hành, hoặc ghi rõ việc hủy văn bản."
        )


def _timed(case: Case) -> Iterator[Found]:
    issued = case.done("issue")
    if not case.does("issue"):
        return
    reached = case.paths.reached(case.doing("sign"), issued | set(drafting_tasks(case)), aside=False)
    for node in case.tasks:
        if node.id in reached and node.id not in drafting_tasks(case) and not is_timed(case, node):
            yield node.id, (
                f"{case.title(node.id)} chưa có thời hạn; văn bản đã ký phải gửi trong ngày, chậm nhất là buổi sáng "
                "ngày làm việc tiếp theo. Hãy đặt hạn xử lý hoặc bộ hẹn giờ."
            )


def _by_clerk(case: Case) -> Iterator[Found]:
    for record in case.own("seal"):
        tasks = case.people(record.id)
        for node in tasks:
            known = roles(node)
            if known is not None and known != {"clerk"}:
                yield node.id, (
                    f"{case.title(node.id)} dẫn tới việc đóng dấu mà không chỉ giao cho văn thư; "
                    "văn thư phải trực tiếp ký số của cơ quan. Hãy giao riêng cho vai trò “Văn thư”."
                )
        if not tasks and case.drafts:
            yield record.id, f"{case.title(record.id)} không qua văn thư; hãy thêm công việc đóng dấu của văn thư."


def _by_another(case: Case) -> Iterator[Found]:
    signers = {node.id: node for record in case.own("sign") for node in case.people(record.id)}
    told: set[str] = set()
    for record in case.own("seal"):
        for node in case.people(record.id):
            same = node.id in signers or any(same_person(node, signer) for signer in signers.values())
            if same and node.id not in told:
                told.add(node.id)
                yield node.id, (
                    f"{case.title(node.id)} để người ký cũng là người đóng dấu; "
                    "hãy giao việc ký cho người có thẩm quyền và việc đóng dấu cho văn thư."
                )


def _unchanged(case: Case) -> Iterator[Found]:
    later = case.paths.reached(case.doing("issue"), aside=False)
    for each in case.doing("draft"):
        if each in later and case.nodes[each].kind == "userTask":
            yield each, (
                f"{case.title(each)} sửa được văn bản đã phát hành; sai nội dung thì thay thế bằng văn bản khác, "
                "sai thể thức thì đính chính bằng công văn. Hãy bỏ đường đi từ phát hành về bước này."
            )


def _competent(case: Case) -> Iterator[Found]:
    told: set[str] = set()
    for record in case.own("sign"):
        for node in case.people(record.id):
            known = roles(node)
            if known is not None and known <= _NEVER_SIGN and node.id not in told:
                told.add(node.id)
                yield node.id, (
                    f"{case.title(node.id)} dẫn tới chữ ký số mà không giao cho người có thẩm quyền ký; "
                    "hãy giao cho vai trò ký văn bản, thường là “Lãnh đạo”."
                )


def _linked(case: Case) -> Iterator[Found]:
    if not case.may("link-answer"):
        for each in case.doing("issue") if case.drafts else ():
            yield each, (
                f"{case.title(each)} phát hành văn bản mà không gắn với văn bản đến được trả lời; "
                "hãy thêm thao tác “Liên kết phúc đáp” cho các văn bản đến được trả lời."
            )
        return
    for each in case.without(case.doing("throw:answer-issued"), case.done("link-answer")):
        yield each, (
            f"Có đường đi tới {case.reached(each)} mà văn bản trả lời chưa được gắn với văn bản đến; "
            "hãy đặt thao tác “Liên kết phúc đáp” trước khi báo đã trả lời."
        )


RULES = (
    law(
        "signed-before-number", "ND30-14 QD28-8.1", _signed_before_number,
        "Ký rồi mới cấp số",
        "Trên mọi đường đi tới bước cấp số, người có thẩm quyền đã ký bản cuối cùng.",
    ),
    law(
        "numbered-before-seal", "ND30-14", _numbered_before_seal,
        "Cấp số, vào sổ rồi mới đóng dấu",
        "Trên mọi đường đi tới bước đóng dấu, văn bản đã có số, ngày và đã vào sổ.",
    ),
    law(
        "signed-before-seal", "ND30-32.2 ND30-5.1", _signed_before_seal,
        "Chỉ đóng dấu văn bản đã ký",
        "Trên mọi đường đi tới bước đóng dấu, văn bản đã có chữ ký của người có thẩm quyền.",
    ),
    law(
        "sealed-before-issue", "ND30-14 ND30-5.1 QD28-8.1", _sealed_before_issue,
        "Đóng dấu rồi mới phát hành",
        "Trên mọi đường đi tới bước phát hành, văn bản đã có chữ ký số của cơ quan.",
    ),
    law(
        "signed-by-competent", "ND30-13.7 LA-9.2.a–b", _competent,
        "Người có thẩm quyền ký số",
        "Công việc dẫn tới chữ ký số giao cho người có thẩm quyền ký, không cho văn thư hay người soạn thảo.",
    ),
    law(
        "issued-unchanged", "ND30-18.3", _unchanged,
        "Văn bản đã phát hành không sửa",
        "Từ bước phát hành không có đường đi về bước soạn thảo.",
    ),
    law(
        "signed-is-issued", "ND30-18.1 ND30-4.2.c", _signed_is_issued,
        "Văn bản đã ký được phát hành",
        "Sau khi ký, mọi đường đi đều tới phát hành hoặc hủy có ghi nhận.",
    ),
    law(
        "issuing-timed", "QD28-6.2a ND30-18.1", _timed,
        "Phát hành có thời hạn",
        "Mọi công việc từ lúc ký đến lúc phát hành có hạn xử lý hoặc bộ hẹn giờ.",
    ),
    law(
        "sealed-by-clerk", "ND30-32.2", _by_clerk,
        "Văn thư trực tiếp đóng dấu",
        "Công việc dẫn tới việc đóng dấu chỉ giao cho văn thư.",
    ),
    law(
        "sealed-by-another", "ND30-32.2", _by_another,
        "Người ký không đóng dấu",
        "Việc ký và việc đóng dấu do những người khác nhau làm.",
    ),
    law(
        "answer-linked", "LA-9.2.đ", _linked,
        "Văn bản trả lời gắn với văn bản đến",
        "Văn bản phát hành để trả lời được gắn với văn bản đến trước khi báo đã trả lời.",
    ),
)  # fmt: skip
