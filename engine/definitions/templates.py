"""Element templates: what the palette of the modeler offers, generated from the operation catalog and the roles."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_type_hints

from engine.definitions.verbs import CATEGORIES, OTHER, VERBS, Verb, category_of
from engine.directory.rules import ROLES
from engine.documents import kinds
from engine.operations import Catalog, Operation, Parameter

FOLDER = Path(__file__).resolve().parents[2] / "processes" / "element-templates"

# What a parameter is usually given; an analyst changes it where the procedure calls it otherwise.
_USUAL = {"document": "${document_id}", "dispatch": "${dispatch}"}
# Codes that diagrams write and people know by words.
_WORDS: dict[str, str] = {
    **kinds.REFUSAL_REASONS,
    **kinds.RESOLUTIONS,
    **kinds.OPINION_KINDS,
    **kinds.OUTGOING_STATUSES,
    **kinds.INCOMING_STATUSES,
    **kinds.STATUS_CODES,
    "complete": "Đủ ý kiến",
    "deadline": "Hết thời hạn",
    "early": "Kết thúc sớm",
    "message": "Thông điệp",
    "signal": "Tín hiệu",
}
_HINTS = {
    "document": "Mã văn bản.",
    "register": "Mã sổ văn bản.",
    "dossier": "Mã hồ sơ công việc.",
    "person": "Mã cán bộ, thường lấy từ kết quả bước trước: ${…}.",
    "unit": "Mã đơn vị, thường lấy từ kết quả bước trước: ${…}.",
    "agency": "Mã cơ quan.",
    "number": "Số, hoặc biểu thức ${…}.",
    "flag": "Có hoặc không.",
    "date": "Ngày dạng năm-tháng-ngày, hoặc biểu thức ${…}.",
    "list": "Danh sách, dạng ${[…]} hoặc tên biến trong ${…}.",
    "data": "Dữ liệu dạng ${{…}}.",
}


def element_templates(catalog: Catalog) -> list[dict[str, Any]]:
    """Return every element template, by category: one per operation, and one per verb that people carry out."""
    made = [*(_of_operation(each) for each in catalog if not _internal(each)), *(_of_verb(each) for each in VERBS)]
    order = [*CATEGORIES, OTHER]
    return sorted(made, key=lambda each: (order.index(each["category"]["id"]), each["name"], each["id"]))


def doers() -> list[str]:
    """Return the roles that carry out tasks; the others only look after the platform."""
    return [role for role in ROLES if role not in {"process-analyst", "agency-admin", "provincial-admin"}]


def files(catalog: Catalog) -> dict[str, str]:
    """Return the files of processes/element-templates: one per category, as other modelers read them."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for each in element_templates(catalog):
        groups.setdefault(each["category"]["id"], []).append(each)
    return {f"{name}.json": json.dumps(group, ensure_ascii=False, indent=2) + "\n" for name, group in groups.items()}


def write(catalog: Catalog, folder: Path = FOLDER) -> list[str]:
    """Write the files anew and remove what is no longer generated; the names written."""
    folder.mkdir(parents=True, exist_ok=True)
    made = files(catalog)
    for path in folder.glob("*.json"):
        if path.name not in made:
            path.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")
    return sorted(made)


def _internal(operation: Operation) -> bool:
    """Whether only the platform itself calls it."""
    return operation.key in {
        "archive.package", "conversion.make-report", "conversion.print-book", "conversion.read-content",
        "copying.follow-original", "documents.remove-bytes",
        "exchange.answer-unknown",
        "instances.deliver-message", "instances.move-cases", "notification.push", "notification.send-letter",
        "scanning.read-scan",
        "scanning.recognise-file",
    }  # fmt: skip


def _of_operation(operation: Operation) -> dict[str, Any]:
    category = category_of(operation.key)
    results = _results(operation)
    properties = [
        _hidden("external", {"type": "property", "name": "camunda:type"}),
        _hidden(operation.key, {"type": "property", "name": "camunda:topic"}),
        *(_field(each) for each in operation.parameters),
    ]
    if operation.legal_basis:
        properties.append(_legal_basis(" ".join(operation.legal_basis)))
    return {
        "name": operation.name,
        "id": f"vanthu.{operation.key}",
        "version": operation.version,
        "description": operation.help,
        "category": {"id": category, "name": CATEGORIES.get(category, "Thao tác khác")},
        "keywords": [operation.key],
        "appliesTo": ["bpmn:Task", "bpmn:ServiceTask"],
        "elementType": {"value": "bpmn:ServiceTask"},
        "entriesVisible": True,
        "properties": properties,
        "metadata": {
            "operation": operation.key,
            "parameters": [_facts(each) for each in operation.parameters],
            "results": results,
            "errors": list(operation.errors),
            "outside": operation.outside,
        },
    }


def _field(parameter: Parameter) -> dict[str, Any]:
    made: dict[str, Any] = {
        "label": parameter.label,
        "description": _help(parameter),
        "binding": {"type": "camunda:inputParameter", "name": parameter.name},
    }
    # A parameter without a type is one that may be left out.
    if not parameter.required:
        return made
    made["value"] = _USUAL.get(parameter.name, "")
    made["constraints"] = {"notEmpty": True}
    if parameter.choices:
        made["type"] = "Dropdown"
        made["value"] = parameter.choices[0]
        made["choices"] = _choices(parameter)
    else:
        made["type"] = "Text" if parameter.kind == "text" else "String"
    return made


def _facts(parameter: Parameter) -> dict[str, Any]:
    """What the panel of our own modeler shows beyond what the format of templates can say."""
    facts: dict[str, Any] = {
        "name": parameter.name,
        "label": parameter.label,
        "help": _help(parameter),
        "kind": parameter.kind,
        "required": parameter.required,
        "usual": _USUAL.get(parameter.name, ""),
    }
    if parameter.choices:
        facts["choices"] = _choices(parameter)
    return facts


def _help(parameter: Parameter) -> str:
    return parameter.help or _HINTS.get(parameter.kind, "")


def _choices(parameter: Parameter) -> list[dict[str, str]]:
    return [{"name": _WORDS.get(each, each), "value": each} for each in parameter.choices]


def _results(operation: Operation) -> list[str]:
    """The names a diagram may read from `result`; none when the operation answers nothing by name."""
    shape = get_type_hints(operation.function).get("return")
    return [each.name for each in dataclasses.fields(shape)] if dataclasses.is_dataclass(shape) else []


def _of_verb(verb: Verb) -> dict[str, Any]:
    return {
        "name": verb.name,
        "id": f"vanthu.task.{verb.id}",
        "version": 1,
        "description": verb.help,
        "category": {"id": verb.category, "name": CATEGORIES[verb.category]},
        "keywords": [verb.role, ROLES[verb.role]],
        "appliesTo": ["bpmn:Task", "bpmn:UserTask"],
        "elementType": {"value": "bpmn:UserTask"},
        "entriesVisible": True,
        "properties": list(_verb_properties(verb)),
        "metadata": {"role": verb.role},
    }


def _verb_properties(verb: Verb) -> Iterator[dict[str, Any]]:
    yield {
        "label": "Vai trò thực hiện",
        "description": "Ai có vai trò này trong cơ quan đều nhận được việc.",
        "type": "Dropdown",
        "value": verb.role,
        "choices": [{"name": ROLES[role], "value": role} for role in doers()],
        "binding": {"type": "property", "name": "camunda:candidateGroups"},
        "constraints": {"notEmpty": True},
    }
    if verb.within:
        yield {
            "label": "Hạn xử lý",
            "description": "Tính theo giờ làm việc của cơ quan.",
            "type": "String",
            "value": f"${{office_deadline(now(), '{verb.within}')}}",
            "binding": {"type": "property", "name": "camunda:dueDate"},
        }
    if verb.legal_basis:
        yield _legal_basis(" ".join(verb.legal_basis))


def _legal_basis(clauses: str) -> dict[str, Any]:
    return {
        "label": "Căn cứ pháp lý",
        "description": "Mã các điều khoản mà bước này thực hiện, cách nhau bằng dấu cách.",
        "type": "String",
        "value": clauses,
        "binding": {"type": "camunda:property", "name": "legalBasis"},
    }


def _hidden(value: str, binding: dict[str, str]) -> dict[str, Any]:
    return {"type": "Hidden", "value": value, "binding": binding}
