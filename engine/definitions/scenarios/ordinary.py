"""What the outside answers when nothing special happens, and what else it may answer; by operation and message.

A result is made from the types of the operation's result class. Values an analyst should recognise stand in `SPECIAL`,
other outcomes worth trying in `OTHERS`: a new operation works without either as long as its result has types.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Union, get_args, get_origin, get_type_hints

from engine.operations import Operation

MOMENT, DAY, HASH = "2026-11-23T09:00:00+07:00", "2026-11-23", "0" * 64

SPECIAL: Mapping[str, Mapping[str, Any]] = {
    "conversion.check-layout": {
        "checked": True,
        "errors": 0,
        "warnings": 1,
        "sentence": "0 lỗi, 1 chỗ cần xem lại.",
        "file": 1,
    },
    "conversion.render-draft": {"file_name": "du-thao.pdf", "pages": 2},
    "copying.grant": {"document": 9},
    "copying.issue": {"dispatches": [501]},
    "documents.check": {"passed": True, "duplicate": False, "complete": True, "findings": [], "secret": False},
    "documents.assign": {"unit_dues": {}, "person_dues": {}, "lead_due": None},
    "documents.deadline-setter": {"group": "leader", "person": 12},
    "documents.resume-deadline": {"stood_still": "PT14400S"},
    "documents.suspend-deadline": {"until": "2026-12-04T17:00:00+07:00", "dues": {}},
    "documents.instruct": {"lead_unit": 3, "support_units": [], "due_at": None},
    "documents.replace-lead": {"lead_unit": 4, "support_units": [], "due_at": None},
    "documents.issue": {"dispatches": [501, 502], "reply_required": False, "due_at": None},
    "documents.number": {"number": 125, "code": "125/SXD-QLXD", "identifier": "H99.15-2026-125"},
    "documents.plan-approval": {"levels": []},
    "documents.record-opinion": {"status": "draft", "signer": 5, "urgency": 0},
    "documents.register-incoming": {"number": 41},
    "exchange.send": {"transport_id": "axis-1"},
    "opinions.close": {"agreed": 1, "with_remarks": 1, "disagreed": 0, "silent": 0, "to_explain": [{"request": 901}]},
    "opinions.open": {
        "round": 9,
        "due_at": "2026-11-25T17:00:00+07:00",
        "asked": [{"request": 901, "unit": 4, "person": None}, {"request": 902, "unit": None, "person": 31}],
    },
    "signing.seal": {"sealed_at": "2026-11-23T09:40:00+07:00", "conclusion": "original", "annexes": []},
    "signing.sign": {"signed_at": "2026-11-23T09:20:00+07:00"},
    "signing.verify": {"conclusion": "original", "valid": True, "sentence": "Chữ ký số hợp lệ."},
}


@dataclass(frozen=True, slots=True)
class Other:
    """Another outcome to choose: what a button says, and the entries of the step that make it happen."""

    label: str
    step: Mapping[str, Any]


def _verified(label: str, conclusion: str) -> Other:
    result = {"conclusion": conclusion, "valid": False, "sentence": f"{label}.", "report": {}}
    return Other(label, {"answer": result})


def _checked(finding: str, **said: bool) -> dict[str, Any]:
    ordinary = {"passed": False, "duplicate": False, "complete": True, "secret": False}
    return {"answer": {**ordinary, "findings": [finding], **said}}


# The result of a check that says no is a result, not an error: so these are answers.
OTHERS: Mapping[str, tuple[Other, ...]] = {
    "signing.verify": (
        _verified("Chữ ký số không hợp lệ", "invalid"),
        _verified("Văn bản chưa được ký số", "unsigned"),
        _verified("Thiếu chữ ký số của người có thẩm quyền", "missing-person"),
        _verified("Thiếu chữ ký số của cơ quan", "missing-agency"),
        _verified("Chưa kết luận được về chữ ký số", "indeterminate"),
    ),
    "documents.check": (
        Other(
            "Thiếu tệp kèm theo",
            _checked("Thiếu phụ lục 1.", passed=False, duplicate=False, complete=False),
        ),
        Other(
            "Trùng văn bản đã nhận",
            _checked("Đã nhận văn bản này.", passed=True, duplicate=True, complete=True),
        ),
        Other(
            "Có dấu chỉ mức độ mật",
            _checked("Văn bản có dấu chỉ mức độ mật: MẬT.", secret=True),
        ),
        Other(
            "Không đạt kiểm tra khác",
            _checked("Gửi nhầm nơi nhận.", passed=False, duplicate=False, complete=True),
        ),
    ),
}
TIMED_OUT = Other("Quá thời gian chờ, hệ thống bên ngoài không trả lời", {"failure": "Hệ thống không trả lời."})

ERRORS: Mapping[str, str] = {
    "conversion.file": "Không tạo được tệp PDF từ dự thảo",
    "document.transition": "Văn bản không ở trạng thái cho phép",
    "opinions.invalid": "Chưa đủ thông tin để lấy ý kiến",
    "copying.refused": "Không sao được văn bản này",
    "records.refused": "Hồ sơ không nhận được văn bản này",
    "exchange.recalled": "Văn bản đã được thu hồi trước khi gửi",
    "exchange.failed": "Trục không nhận văn bản",
    "signing.failed": "Không ký được",
    "signing.certificate": "Chứng thư số hết hạn hoặc bị thu hồi",
    "signing.device": "Không đọc được thiết bị ký số",
    "signing.file": "Tệp hỏng hoặc không ký được",
    "signing.signer": "Người ký không có thẩm quyền hoặc không có chứng thư",
}

# What messages of the platform bring, as examples to choose from (processes/README.md, “Data a procedure needs”).
MESSAGES: Mapping[str, tuple[Other, ...]] = {
    "dispatch-status": (
        Other("Nơi nhận báo đã đến (01)", {"answer": {"code": "01", "state": "arrived", "reason": ""}}),
        Other("Nơi nhận từ chối (02)", {"answer": {"code": "02", "state": "refused", "reason": "Thiếu phụ lục."}}),
        Other("Nơi nhận đã tiếp nhận (03)", {"answer": {"code": "03", "state": "accepted", "reason": ""}}),
        Other("Nơi nhận đã xử lý xong (06)", {"answer": {"code": "06", "state": "done", "reason": ""}}),
    ),
    "reply-received": (Other("Văn bản trả lời đến", {"answer": {"reply_id": 88}}),),
    "recall-received": (Other("Bên gửi thu hồi văn bản", {"answer": {"reason": "Ban hành nhầm."}}),),
    "recall-answered": (
        Other("Nơi nhận đã hủy (15)", {"answer": {"code": "15", "reason": ""}}),
        Other("Nơi nhận không hủy (16)", {"answer": {"code": "16", "reason": "Đang dùng để giải quyết hồ sơ."}}),
    ),
    "answer-issued": (Other("Văn bản trả lời đã phát hành", {"answer": {"reply": 88}}),),
    "document-recalled": (Other("Văn bản đã bị thu hồi", {"answer": {}}),),
}


class NoOrdinaryResult(TypeError):
    """An operation's result has no types, so nothing can stand for it."""


def ordinary_result(operation: Operation) -> dict[str, Any]:
    """What an operation answers when nothing special happens; NoOrdinaryResult when its result has no types."""
    fields = result_fields(operation)
    return {name: _value(name, annotation) for name, annotation in fields.items()} | dict(
        SPECIAL.get(operation.key, {})
    )


def result_fields(operation: Operation) -> dict[str, Any]:
    """The names of an operation's result with their types; empty when it answers nothing."""
    found = get_type_hints(operation.function).get("return", Any)
    if found is type(None) or found is None:
        return {}
    if dataclasses.is_dataclass(found) and isinstance(found, type):
        hints = get_type_hints(found)
        return {field.name: hints[field.name] for field in dataclasses.fields(found)}
    raise NoOrdinaryResult(f"{operation.key} must say what it answers: a dataclass or None, not {found!r}")


def other_outcomes(operation: Operation, caught: typing.Iterable[str] = ()) -> tuple[Other, ...]:
    """What else can come of an operation: other results, its business errors and those `caught` in the diagram, and
    for one that reaches outside that nobody answers.
    """
    codes = dict.fromkeys((*operation.errors, *caught))
    errors = [Other(ERRORS.get(code, f"Lỗi “{code}”"), error_step(code)) for code in codes]
    return (*OTHERS.get(operation.key, ()), *errors, *((TIMED_OUT,) if operation.outside else ()))


def error_step(code: str) -> dict[str, Any]:
    """The entries of a step that make something fail with a business error."""
    return {"error": code, "message": f"{ERRORS.get(code, 'Không thực hiện được')}."}


def _value(name: str, annotation: Any) -> Any:
    origin = get_origin(annotation)
    if origin in (Union, types.UnionType):
        return None if type(None) in get_args(annotation) else _value(name, get_args(annotation)[0])
    if origin is typing.Literal:
        return get_args(annotation)[0]
    if annotation is str:
        return _text(name)
    if annotation in (datetime, date):
        return MOMENT if annotation is datetime else DAY
    simple: Mapping[Any, Any] = {bool: True, int: 1, float: 1.0, list: [], tuple: [], dict: {}, Mapping: {}}
    found = simple.get(origin or annotation, None)
    return found if origin is None or not isinstance(found, list | dict) else type(found)()


def _text(name: str) -> str:
    if name.endswith("_at"):
        return MOMENT
    if name.endswith("date"):
        return DAY
    return HASH if name.endswith("hash") else "mẫu"
