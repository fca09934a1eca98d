"""From form-js JSON to a form; whatever can't be shown or checked is refused with the component's id and a sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from engine.errors import DefinitionError, Finding
from engine.forms.components import Block, Component, Field, Group
from engine.forms.conditions import Condition, names
from engine.forms.form import Form
from engine.forms.questions import question
from engine.forms.rich import Refused, read_condition, template
from engine.forms.text import LONGEST_TEXT

LARGEST = 256 * 1024
_MOST_COMPONENTS = 300
_DEEPEST = 4
_ID = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,99}")
# A stock form has its own buttons; here the task page has them, so they are passed over.
_PASSED_OVER = frozenset({"button", "spacer"})


def read_form(raw: bytes) -> Form:
    """Return the form written in form-js JSON; DefinitionError lists everything wrong with it."""
    document = _document(raw)
    reader = _Reader()
    form_id = document.get("id", "form")
    if not isinstance(form_id, str) or not _ID.fullmatch(form_id):
        reader.refuse("form", "form-id", "Mã của biểu mẫu chỉ gồm chữ không dấu, số, dấu gạch và dấu chấm.")
    parts = reader.parts(document["components"], (), 0)
    if reader.findings:
        raise DefinitionError(reader.findings)
    return Form(id=str(form_id), parts=parts)


def _document(raw: bytes) -> Mapping[str, Any]:
    if len(raw) > LARGEST:
        raise _unreadable(f"Biểu mẫu lớn hơn {LARGEST // 1024} KB.")
    try:
        document = json.loads(raw.decode("utf-8-sig"), parse_constant=_no_constant)
    except (UnicodeDecodeError, ValueError, RecursionError) as error:
        raise _unreadable("Biểu mẫu không phải là JSON đọc được.") from error
    if not isinstance(document, dict) or not isinstance(document.get("components"), list):
        raise _unreadable("Biểu mẫu phải là một đối tượng JSON có danh sách “components”.")
    return document


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _unreadable(sentence: str) -> DefinitionError:
    return DefinitionError([Finding("form", "form-json", sentence)])


class _Reader:
    """Walks the components once and collects what is wrong."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self._keys: set[str] = set()
        self._ids: set[str] = set()
        self._all_keys: set[str] = set()
        self._count = 0

    def refuse(self, element: str, rule: str, sentence: str) -> None:
        """Note one thing wrong."""
        self.findings.append(Finding(element, rule, sentence))

    def parts(self, listed: Any, around: tuple[Condition, ...], depth: int) -> tuple[Component, ...]:
        """Return the components of one list; `around` are the conditions of the groups it stands in."""
        if depth == 0:
            self._all_keys = set(_keys(listed, 0))
        if depth > _DEEPEST:
            self.refuse("form", "form-depth", f"Nhóm lồng nhau quá {_DEEPEST} cấp.")
            return ()
        read = (self._part(item, around, depth) for item in listed)
        return tuple(part for part in read if part is not None)

    def _part(self, item: Any, around: tuple[Condition, ...], depth: int) -> Component | None:
        self._count += 1
        if self._count > _MOST_COMPONENTS:
            if self._count == _MOST_COMPONENTS + 1:
                self.refuse("form", "form-size", f"Biểu mẫu có quá {_MOST_COMPONENTS} thành phần.")
            return None
        if not isinstance(item, dict) or not isinstance(item.get("type"), str):
            self.refuse("form", "form-component", "Có một thành phần không ghi loại (type).")
            return None
        name = self._name(item)
        try:
            return self._read(item, name, around, depth)
        except Refused as refused:
            self.refuse(name, refused.rule, refused.sentence)
            return None

    def _name(self, item: Mapping[str, Any]) -> str:
        given = item.get("id", item.get("key"))
        name = given if isinstance(given, str) and _ID.fullmatch(given) else f"component-{self._count}"
        if name in self._ids:
            self.refuse(name, "form-id", f"Mã thành phần “{name}” bị dùng hai lần.")
        self._ids.add(name)
        return name

    def _read(self, item: Mapping[str, Any], name: str, around: tuple[Condition, ...], depth: int) -> Component | None:
        kind = item["type"]
        if kind in _PASSED_OVER:
            return None
        hidden_when = around + self._condition(item)
        if kind == "group":
            return self._group(item, name, hidden_when, depth)
        if kind == "text":
            return Block(name, "static", template(item.get("text", ""), LONGEST_TEXT), hidden_when)
        if kind == "separator":
            return Block(name, "separator", "", hidden_when)
        asked = question(item, name, hidden_when)
        self._remember(asked)
        return asked

    def _group(self, item: Mapping[str, Any], name: str, hidden_when: tuple[Condition, ...], depth: int) -> Group:
        if item.get("path"):
            raise Refused("form-path", "Nhóm có “path” không được hỗ trợ; để trống, mỗi câu hỏi có khóa riêng.")
        if not isinstance(item.get("components"), list):
            raise Refused("form-component", "Nhóm phải có danh sách “components”.")
        label = template(item.get("label", ""), 300)
        parts = self.parts(item["components"], hidden_when, depth + 1)
        return Group(name, label, parts, hidden_when, (item.get("properties") or {}).get("layout") == "panel")

    def _remember(self, asked: Field) -> None:
        if asked.key in self._keys:
            raise Refused("form-key", f"Khóa “{asked.key}” bị dùng hai lần.")
        self._keys.add(asked.key)

    def _condition(self, item: Mapping[str, Any]) -> tuple[Condition, ...]:
        conditional = item.get("conditional")
        if conditional is None or conditional == {}:
            return ()
        hide = conditional.get("hide") if isinstance(conditional, dict) else None
        if hide in (None, "", False):
            return ()
        condition = read_condition(hide)
        # Answers are decided from top to bottom, so that what is hidden never depends on itself.
        later = sorted(names(condition) & (self._all_keys - self._keys))
        if later:
            sentence = f"Điều kiện ẩn nhắc tới “{later[0]}”, là câu hỏi đứng sau; chuyển câu hỏi đó lên trước."
            raise Refused("form-condition", sentence)
        return (condition,)


def _keys(listed: Any, depth: int) -> list[str]:
    if not isinstance(listed, list) or depth > _DEEPEST:
        return []
    found: list[str] = []
    for item in listed:
        if isinstance(item, dict):
            found += [item["key"]] if isinstance(item.get("key"), str) else []
            found += _keys(item.get("components"), depth + 1)
    return found
