"""Builds the waits the platform is told of, from the element and the data at the token."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from engine.bpmn.dialect import Element, Node
from engine.bpmn.spiff.texts import Held, work_out
from engine.bpmn.spiff.timers import moment
from engine.bpmn.spiff.values import inputs, items, passed, texts
from engine.bpmn.step import FanOut, Repeat, Share, Wait, WaitKind

if TYPE_CHECKING:
    from engine.bpmn.spiff.case import Case

_KINDS: dict[str, WaitKind] = {
    "userTask": "user_task",
    "serviceTask": "operation",
    "businessRuleTask": "decision",
    "callActivity": "call",
}
_NAMED_BY = {"serviceTask": "topic", "businessRuleTask": "decisionRef", "callActivity": "calledElement"}


def activity_wait(case: Case, element: Element, data: Mapping[str, Any]) -> Wait:
    """The wait of a user task, operation, decision or call; raises Held."""
    share = _share(case, element, data, None)
    return Wait(
        token="",
        element=element.id,
        kind=_KINDS[element.kind],
        given=share.given,
        name=share.name,
        due=share.due,
        assignee=share.assignee,
        candidate_groups=share.candidate_groups,
        candidate_users=share.candidate_users,
        priority=share.priority,
        form=element.attributes.get("formRef") or element.attributes.get("formKey"),
    )


def fan_out_wait(case: Case, node: Node, data: Mapping[str, Any]) -> Wait:
    """The one wait of a multi-instance activity, with a share for each item; raises Held."""
    multi, element = node.multi, node.element
    assert multi is not None
    found = items(multi, data, case.functions)
    shares = tuple(
        _share(case, element, {**data, multi.item_variable: item, "loop_counter": index}, item)
        for index, item in enumerate(found)
    )
    return Wait(
        token="",
        element=element.id,
        kind=_KINDS[element.kind],
        given=case.given(data, element.id) if element.kind == "userTask" else {},
        name=shares[0].name if shares else "",
        form=element.attributes.get("formRef") or element.attributes.get("formKey"),
        fan_out=FanOut(tuple(found), multi.item_variable, multi.sequential, multi.completion, multi.output, shares),
    )


def _share(case: Case, element: Element, data: Mapping[str, Any], item: Any) -> Share:
    local = inputs(element, data, case.functions)
    variables = {**data, **local} if local else data
    return Share(
        item=item,
        given=_given(case, element, variables, local),
        name=_name(case, element, variables),
        assignee=_text(case, element, "assignee", variables),
        candidate_groups=texts(_value(case, element, "candidateGroups", variables)),
        candidate_users=texts(_value(case, element, "candidateUsers", variables)),
        due=_due(case, element, variables),
        priority=_priority(case, element, variables),
    )


def _given(case: Case, element: Element, variables: Mapping[str, Any], local: dict[str, Any]) -> dict[str, Any]:
    if element.kind in ("userTask", "businessRuleTask"):
        return case.given(variables, element.id)
    if element.kind == "callActivity":
        return {**local, **passed(element.passes_in, variables, case.functions)}
    return local


def _name(case: Case, element: Element, variables: Mapping[str, Any]) -> str:
    attribute = _NAMED_BY.get(element.kind)
    if attribute is None:
        return element.name
    value = work_out(element.attributes[attribute], variables, case.functions)
    if not isinstance(value, str) or not value:
        raise Held("value", f"Thuộc tính «{attribute}» phải cho ra một tên.")
    return value


def _value(case: Case, element: Element, attribute: str, variables: Mapping[str, Any]) -> Any:
    text = element.attributes.get(attribute)
    return None if not text else work_out(text, variables, case.functions)


def _text(case: Case, element: Element, attribute: str, variables: Mapping[str, Any]) -> str | None:
    value = _value(case, element, attribute, variables)
    return None if value is None or value == "" else str(value)


def _due(case: Case, element: Element, variables: Mapping[str, Any]) -> datetime | None:
    value = _value(case, element, "dueDate", variables)
    if value is None or value == "":
        return None
    try:
        return moment(value, case.now)
    except ValueError as error:
        raise Held("value", f"Hạn xử lý: {error}.") from error


def _priority(case: Case, element: Element, variables: Mapping[str, Any]) -> int | None:
    value = _value(case, element, "priority", variables)
    if value is None or value == "":
        return None
    try:
        return int(value)
    except (TypeError, ValueError) as error:
        raise Held("value", f"Mức ưu tiên «{value}» phải là số nguyên.") from error


def event_wait(
    case: Case, node: Node, data: Mapping[str, Any], due: datetime | None, repeat: Repeat | None, host: str | None
) -> Wait:
    """The wait for a timer, message or signal; raises Held."""
    event, element = node.event, node.element
    assert event is not None
    kind: WaitKind = "message" if event.kind == "message" else "signal" if event.kind == "signal" else "timer"
    correlation = element.properties.get("correlation")
    key = None
    if correlation and kind != "timer":
        value = work_out(correlation, data, case.functions)
        if value is None or value == "":
            raise Held("value", "Khóa tương quan (correlation) để trống.")
        key = str(value)
    return Wait(
        token="",
        element=element.id,
        kind=kind,
        name=event.name or element.name,
        correlation=key,
        due=due,
        repeat=repeat,
        host=host,
        interrupting=node.interrupting,
    )
