"""Who may change a procedure, and what has to be right before it is published."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable

from engine.bpmn import decisions as dmn
from engine.bpmn import procedure as bpmn
from engine.definitions.shipped import Bundle
from engine.errors import DefinitionError, Finding
from engine.forms import reading as forms
from engine.platform import ALLOWED, Actor, Verdict

STARTS = frozenset({"none", "message"})  # what people and messages begin; nothing looks at a clock to begin a procedure


def may_change(actor: Actor, agency_id: int | None) -> Verdict:
    """Shipped procedures: provincial admins; an agency's variant: its own analysts and admins."""
    if actor.is_system:
        return ALLOWED
    if agency_id is None:
        return Verdict("provincial-admin" in actor.roles, "Chỉ quản trị cấp tỉnh được sửa quy trình dùng chung.")
    if actor.agency_id == agency_id and actor.roles & {"process-analyst", "agency-admin"}:
        return ALLOWED
    return Verdict(False, "Bạn không có quyền sửa quy trình của cơ quan này.")


ANALYSTS = frozenset({"process-analyst", "agency-admin", "provincial-admin"})


def may_read(actor: Actor, agency_id: int | None) -> Verdict:
    """Procedures are read by analysts and admins: the shipped ones by all of them, a variant by its own agency's."""
    if actor.is_system:
        return ALLOWED
    if not actor.roles & ANALYSTS:
        return Verdict(False, "Chỉ người thiết kế quy trình và quản trị được xem phần này.")
    return Verdict(agency_id is None or agency_id == actor.agency_id, "Đây là quy trình của cơ quan khác.")


def sound(bundle: Bundle) -> Iterable[Finding]:
    """What is wrong with the forms and tables of a version, its key, and what the platform can't start by itself."""
    findings: list[Finding] = []
    for schema in bundle.forms.values():
        findings += _faults(forms.read_form, json.dumps(schema, ensure_ascii=False).encode())
    for text in bundle.decisions.values():
        findings += _faults(dmn.read_decisions, text.encode())
    try:
        procedure = bpmn.compile(bundle.diagram)
    except DefinitionError as error:
        return [*findings, *error.findings]
    if procedure.key != bundle.key:  # exported and brought back, it would become another procedure
        sentence = f"Mã quy trình trong sơ đồ là “{procedure.key}”; hãy đặt lại thành “{bundle.key}”."
        findings.append(Finding(procedure.key, "supported.key", sentence))
    for start in procedure.starts:
        if start.kind not in STARTS:
            sentence = "Hệ thống chưa tự khởi động quy trình theo giờ hoặc theo tín hiệu; hãy dùng thông điệp."
            findings.append(Finding(start.element, "supported.start", sentence))
    return findings


def _faults(read: Callable[[bytes], object], content: bytes) -> tuple[Finding, ...]:
    try:
        read(content)
    except DefinitionError as error:
        return error.findings
    return ()
