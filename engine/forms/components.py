"""What a form is made of: fields that are answered, static blocks, groups of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from engine.forms.conditions import Condition

FieldKind: TypeAlias = Literal[
    "text", "textarea", "number", "date", "time", "datetime", "select", "radio", "checkbox", "checklist", "file",
    "dues",
]  # fmt: skip
PickerKind: TypeAlias = Literal[
    "person", "people", "unit", "units", "agency", "agencies", "document", "register", "dossier", "dues"
]  # fmt: skip

SEVERAL: frozenset[PickerKind] = frozenset({"people", "units", "agencies"})


@dataclass(frozen=True, slots=True)
class Option:
    """One thing that may be chosen; `value` is what goes into process data, `hint` a second line for people."""

    value: str | int | bool
    label: str
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Limits:
    """What an answer must keep to; None means no limit beyond the platform's own."""

    required: bool = False
    shortest: int | None = None
    longest: int | None = None
    lowest: float | None = None
    highest: float | None = None
    decimals: int | None = None
    pattern: Callable[[str], bool] | None = None
    no_past: bool = False
    several: bool = False
    accept: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Picker:
    """A field answered with something of the directory or registers; `narrowing` goes to the source of options."""

    kind: PickerKind
    narrowing: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Field:
    """One question of a form."""

    key: str
    id: str
    kind: FieldKind
    label: str
    help: str = ""
    limits: Limits = Limits()
    picker: Picker | None = None
    options: tuple[Option, ...] = ()
    options_from: str | None = None  # dotted name in process data (form-js valuesKey)
    default: Any = None
    computed_default: Callable[[Mapping[str, Any]], Any] | None = None
    readonly: bool = False
    hidden_when: tuple[Condition, ...] = ()  # own condition and those of the groups around it
    suffix: str = ""
    drafting: bool = False  # the answer becomes part of the document itself


@dataclass(frozen=True, slots=True)
class Block:
    """Something only read: a text or a line between parts."""

    id: str
    kind: Literal["static", "separator"]
    text: str = ""
    hidden_when: tuple[Condition, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Components under one heading."""

    id: str
    label: str
    parts: tuple[Component, ...]
    hidden_when: tuple[Condition, ...] = ()
    panel: bool = False  # pickers of the same people or units stand side by side, a row each


Component: TypeAlias = Field | Block | Group
