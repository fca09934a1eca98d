"""Values an admin corrects by hand: shown by their kind, read back with a sentence where they don't fit."""

from __future__ import annotations

import dataclasses
import json
import re
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from engine.errors import InvalidInput
from engine.operations import Operation

Kind = Literal["text", "number", "flag", "date", "moment", "json"]
KINDS: tuple[Kind, ...] = ("text", "number", "flag", "date", "moment", "json")
LONGEST = 20_000
BRIEF = 80  # longer lists and maps are laid out on lines

_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*")
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}")
_NUMBER = re.compile(r"-?\d{1,15}(?:[.,]\d{1,15})?", re.ASCII)
_PLATFORM = frozenset({"data", "result"})  # names with a meaning of their own in expressions


@dataclass(frozen=True, slots=True)
class Field:
    """One value to be corrected: its name, how it is written, and whether it may be left empty (which is null)."""

    name: str
    kind: Kind
    written: str
    optional: bool = False


def fields_of(data: Mapping[str, Any]) -> tuple[Field, ...]:
    """Fields for what is in process data, by the values."""
    return tuple(
        Field(name, kind, written(kind, value), value is None)
        for name, value in sorted(data.items())
        for kind in (_kind_of(value),)
    )


def fields_of_result(operation: Operation | None) -> tuple[Field, ...]:
    """Fields for what an operation answers, by the class of its answer; none when it answers nothing."""
    if operation is None:
        return ()
    answer = get_type_hints(operation.function).get("return")
    if not (isinstance(answer, type) and dataclasses.is_dataclass(answer)):
        return ()
    hints = get_type_hints(answer)
    return tuple(Field(f.name, *_declared(hints[f.name])) for f in dataclasses.fields(answer))


def written(kind: Kind, value: Any) -> str:
    """A value as it stands in a field."""
    if value is None:
        return ""
    if kind == "flag":
        return "true" if value else ""
    if kind == "json":
        brief = json.dumps(value, ensure_ascii=False)
        return brief if len(brief) <= BRIEF else json.dumps(value, ensure_ascii=False, indent=1)
    return str(value)


def read(fields: Iterable[Field], sent: Mapping[str, str]) -> dict[str, Any]:
    """The values of the fields as typed; a field that wasn't sent is left out. InvalidInput has a sentence per field.

    An empty optional field is null.
    """
    values: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for each in fields:
        if each.kind != "flag" and each.name not in sent:
            continue
        try:
            values[each.name] = _value(each, sent.get(each.name, ""))
        except ValueError as problem:
            problems[each.name] = f"“{each.name}” {problem}"
    if problems:
        raise InvalidInput(" ".join(problems.values()), problems)
    return values


def added(name: str, kind: str, text: str) -> dict[str, Any]:
    """A variable the data doesn't have yet; empty when no name is given. InvalidInput at `new_name` or `new_value`."""
    name = name.strip()
    if not name:
        return {}
    if not _NAME.fullmatch(name) or name in _PLATFORM:
        sentence = "Tên biến gồm chữ không dấu, số, gạch dưới và bắt đầu bằng chữ; không dùng data, result."
        raise InvalidInput(sentence, {"new_name": sentence})
    known = next((each for each in KINDS if each == kind), None)
    if known is None:
        raise InvalidInput("Chọn kiểu của biến mới.", {"new_kind": "Chọn kiểu của biến mới."})
    try:
        return {name: _value(Field(name, known, ""), text)}
    except ValueError as problem:
        raise InvalidInput(f"“{name}” {problem}", {"new_value": f"“{name}” {problem}"}) from problem


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    """What of `after` differs from `before`."""
    return {name: value for name, value in after.items() if name not in before or not _same(before[name], value)}


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and bool(one == other)


def _kind_of(value: Any) -> Kind:
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, list | dict):
        return "json"
    if isinstance(value, str) and _DAY.fullmatch(value) and _reads(date.fromisoformat, value):
        return "date"
    if isinstance(value, str) and _MOMENT.fullmatch(value) and _reads(datetime.fromisoformat, value):
        return "moment"
    return "text"


def _reads(reader: Any, text: str) -> bool:
    try:
        reader(text)
    except ValueError:
        return False
    return True


def _declared(annotation: Any) -> tuple[Kind, str, bool]:
    """Kind, written default and whether null is allowed, of a declared type."""
    if get_origin(annotation) in (Union, types.UnionType):
        inner = [each for each in get_args(annotation) if each is not type(None)]
        kind = _declared(inner[0])[0] if len(inner) == 1 else "json"
        return kind, "", type(None) in get_args(annotation)
    simple: dict[Any, Kind] = {bool: "flag", int: "number", float: "number", str: "text", date: "date"}
    simple[datetime] = "moment"
    kind = simple.get(annotation, "json")
    return kind, {list: "[]", tuple: "[]"}.get(get_origin(annotation) or annotation, ""), False


def _value(field: Field, text: str) -> Any:
    if field.written and text.replace("\r\n", "\n") == field.written and field.kind != "flag":
        # as it was: nobody has to correct what only looks odd, such as 1e-07 or a time without zone
        return json.loads(field.written) if field.kind in ("number", "json") else field.written
    if len(text) > LONGEST:
        raise ValueError(f"dài quá {LONGEST} ký tự.")
    if field.kind == "flag":
        return text == "true"
    if field.kind == "text":
        kept = text.replace("\r\n", "\n")
        return None if field.optional and not kept.strip() else kept
    text = text.strip()
    if not text and field.optional:
        return None
    if field.kind == "number":
        return _number(text)
    if field.kind == "json":
        return _json(text)
    reader = date.fromisoformat if field.kind == "date" else datetime.fromisoformat
    example = "2026-11-23" if field.kind == "date" else "2026-11-23T09:30:00+07:00"
    try:
        read_value: date = reader(text)
    except ValueError:
        raise ValueError(f"phải viết như {example}.") from None
    if isinstance(read_value, datetime) and read_value.tzinfo is None:
        raise ValueError(f"cần múi giờ, viết như {example}.")
    return text


def _number(text: str) -> int | float:
    if not _NUMBER.fullmatch(text):
        raise ValueError("phải là một số, ví dụ 12 hoặc 1,5.")
    return float(text.replace(",", ".")) if re.search("[.,]", text) else int(text)


def _json(text: str) -> Any:
    try:
        value = json.loads(text)
        plain = json.dumps(value, allow_nan=False)
    except (ValueError, RecursionError):
        raise ValueError('phải là JSON đúng, ví dụ [1, 2] hoặc {"a": "b"}.') from None
    if "\\u0000" in plain:
        raise ValueError("có ký tự không hợp lệ.")
    return value
