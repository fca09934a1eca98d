"""One form-js component turned into a question, or refused with a sentence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, get_args

from engine.forms.components import SEVERAL, Field, FieldKind, Limits, Option, Picker, PickerKind
from engine.forms.conditions import Condition
from engine.forms.patterns import UnsafePattern, compile_pattern
from engine.forms.rich import Refused, read_default, template
from engine.forms.text import clean

_KINDS: Mapping[str, FieldKind] = {
    "textfield": "text",
    "textarea": "textarea",
    "number": "number",
    "select": "select",
    "radio": "radio",
    "checkbox": "checkbox",
    "checklist": "checklist",
    "taglist": "checklist",
    "date": "date",
    "filepicker": "file",
}
_MOMENTS: Mapping[str, FieldKind] = {"date": "date", "time": "time", "datetime": "datetime"}
_CHOSEN = frozenset({"select", "radio", "checklist"})
_PICKER_TYPES = frozenset({"textfield", "select", "radio", "checklist", "taglist"})
_PICKERS: tuple[str, ...] = get_args(PickerKind)
_KEY = re.compile(r"[a-z][a-z0-9_]{0,63}")
_TAKEN = frozenset({"csrf_token", "outcome"})  # names the page itself posts beside the form's
_ACCEPT = re.compile(r"\.[a-z0-9]{1,10}")
_MOST_OPTIONS = 500
_READY_PATTERNS = {
    "email": r"^[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]+\.[A-Za-z]{2,24}$",
    "phone": r"^\+?[0-9][0-9 .()-]{5,24}$",
}


def question(item: Mapping[str, Any], name: str, hidden_when: tuple[Condition, ...]) -> Field:
    """Return the question that form-js component `item` asks; Refused says what can't be rendered or checked."""
    properties = _mapping(item, "properties")
    picker = _picker(item, properties)
    kind = _kind(item, picker)
    options, options_from = _options(item, kind, picker)
    asked = Field(
        key=_key(item),
        id=name,
        kind=kind,
        label=_label(item),
        help=template(item.get("description") or "", 1000),
        limits=_limits(item, kind, picker),
        picker=picker,
        options=options,
        options_from=options_from,
        default=item.get("defaultValue"),
        computed_default=read_default(properties["default"]) if "default" in properties else None,
        readonly=item.get("readonly") is True or item.get("disabled") is True,
        hidden_when=hidden_when,
        suffix=_suffix(item),
        drafting=str(properties.get("bind") or "").startswith("document."),
    )
    _check_default(asked)
    return asked


def _kind(item: Mapping[str, Any], picker: Picker | None) -> FieldKind:
    kind = item["type"]
    if picker is not None:
        if picker.kind in SEVERAL:
            return "checklist"
        if picker.kind == "dues":
            return "dues"
        return "radio" if kind == "radio" else "select"
    if kind == "datetime":
        moment = _MOMENTS.get(str(item.get("subtype", "date")))
        if moment is None:
            raise Refused("form-type", f"Loại ngày giờ “{item.get('subtype')!s:.40}” không được hỗ trợ.")
        return moment
    known = _KINDS.get(kind)
    if known is None:
        raise Refused("form-type", f"Thành phần loại “{kind[:40]}” không được hỗ trợ trong biểu mẫu.")
    return known


def _key(item: Mapping[str, Any]) -> str:
    key = item.get("key")
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        rule = "chỉ gồm chữ thường không dấu, số và gạch dưới, bắt đầu bằng chữ"
        raise Refused("form-key", f"Khóa của câu hỏi {rule}, ví dụ due_date.")
    if key in _TAKEN:
        raise Refused("form-key", f"Khóa “{key}” dành riêng cho hệ thống; đặt tên khác.")
    return key


def _label(item: Mapping[str, Any]) -> str:
    # form-js keeps the label of its date component under names of their own
    named = (item.get(name) for name in ("label", "dateLabel", "timeLabel"))
    label = template(next((raw for raw in named if raw), ""), 300)
    if not label:
        raise Refused("form-label", "Câu hỏi phải có nhãn.")
    return label


def _mapping(item: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = item.get(name)
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise Refused("form-component", f"“{name}” phải là một đối tượng.")
    return found


def _picker(item: Mapping[str, Any], properties: Mapping[str, Any]) -> Picker | None:
    kind = properties.get("kind")
    if kind is None:
        return None
    if kind not in _PICKERS or item["type"] not in _PICKER_TYPES:
        on_what = f"trên thành phần “{item['type'][:40]}”"
        raise Refused("form-kind", f"Loại chọn “{str(kind)[:40]}” không được hỗ trợ {on_what}.")
    narrowing = {}
    for name, value in properties.items():
        if name not in ("kind", "default", "bind"):
            narrowing[str(name)] = template(value, 200)
    return Picker(kind, narrowing)


def _options(item: Mapping[str, Any], kind: FieldKind, picker: Picker | None) -> tuple[tuple[Option, ...], str | None]:
    if kind not in _CHOSEN or picker is not None:
        return (), None
    if item.get("valuesExpression"):
        raise Refused("form-options", "Danh sách lựa chọn theo biểu thức không được hỗ trợ; dùng valuesKey.")
    key = item.get("valuesKey")
    if key:
        if not isinstance(key, str) or not re.fullmatch(r"[a-z][a-z0-9_.]{0,99}", key):
            raise Refused("form-options", "valuesKey phải là tên một biến của hồ sơ.")
        return (), key
    values = item.get("values")
    if not isinstance(values, list) or not values or len(values) > _MOST_OPTIONS:
        raise Refused("form-options", f"Câu hỏi lựa chọn phải có từ 1 đến {_MOST_OPTIONS} lựa chọn, hoặc valuesKey.")
    options = tuple(_option(value) for value in values)
    if len({str(option.value) for option in options}) != len(options):
        raise Refused("form-options", "Có hai lựa chọn cùng giá trị.")
    return options, None


def _option(raw: Any) -> Option:
    value = raw.get("value") if isinstance(raw, dict) else None
    if not isinstance(value, (str, int)) or value == "":
        raise Refused("form-options", "Mỗi lựa chọn phải có giá trị (value) là chữ hoặc số.")
    # what comes back from a browser is cleaned, so the value is kept in the same form
    kept = clean(value) if isinstance(value, str) else value
    return Option(kept, template(str(raw.get("label") or value), 300), template(raw.get("hint") or "", 300))


def _limits(item: Mapping[str, Any], kind: FieldKind, picker: Picker | None) -> Limits:
    rules = _mapping(item, "validate")
    return Limits(
        required=rules.get("required") is True,
        shortest=_whole(rules, "minLength"),
        longest=_whole(rules, "maxLength"),
        lowest=_number(rules, "min"),
        highest=_number(rules, "max"),
        decimals=_whole(item, "decimalDigits"),
        pattern=_pattern(rules) if kind in ("text", "textarea") else None,
        no_past=item.get("disallowPassedDates") is True or kind == "dues",
        several=kind in ("checklist", "dues") or (kind == "file" and item.get("multiple") is True),
        accept=_accept(item) if kind == "file" else (),
    )


def _whole(rules: Mapping[str, Any], name: str) -> int | None:
    number = _number(rules, name)
    if number is None:
        return None
    if number != int(number) or not 0 <= number <= 1_000_000:
        raise Refused("form-limit", f"“{name}” phải là số nguyên không âm.")
    return int(number)


def _number(rules: Mapping[str, Any], name: str) -> int | float | None:
    raw = rules.get(name)
    if raw is None or raw == "":
        return None
    try:
        number = float(raw) if isinstance(raw, (str, float)) else raw
    except ValueError:
        number = None
    if isinstance(number, bool) or not isinstance(number, (int, float)) or abs(number) > 1e15 or number != number:
        raise Refused("form-limit", f"“{name}” phải là một số.")
    return int(number) if number == int(number) else number


def _pattern(rules: Mapping[str, Any]) -> Any:
    ready = rules.get("validationType")
    source = rules.get("pattern") or _READY_PATTERNS.get(str(ready), "")
    if not source:
        return None
    if not isinstance(source, str):
        raise Refused("form-pattern", "Mẫu kiểm tra phải là chữ.")
    try:
        return compile_pattern(source)
    except UnsafePattern as error:
        raise Refused("form-pattern", str(error)) from error


def _accept(item: Mapping[str, Any]) -> tuple[str, ...]:
    raw = item.get("accept") or ""
    endings = [part.strip().lower() for part in str(raw).split(",") if part.strip()]
    if not all(_ACCEPT.fullmatch(ending) for ending in endings):
        raise Refused("form-accept", "Định dạng tệp được nhận phải ghi theo phần mở rộng, ví dụ .pdf,.docx.")
    return tuple(endings)


def _suffix(item: Mapping[str, Any]) -> str:
    return template(_mapping(item, "appearance").get("suffixAdorner") or "", 40)


def _check_default(asked: Field) -> None:
    if asked.default in (None, "", []) or asked.picker is not None or not asked.options:
        return
    wanted = asked.default if isinstance(asked.default, list) else [asked.default]
    known = {str(option.value) for option in asked.options}
    if not {str(value) for value in wanted} <= known:
        raise Refused("form-default", "Giá trị mặc định không có trong danh sách lựa chọn.")
