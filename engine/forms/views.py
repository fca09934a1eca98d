"""A form laid out for a page: plain values ready for HTML, every text still to be escaped by the template."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

from engine.forms import notation
from engine.forms.answers import as_posted, due_pairs, is_blank
from engine.forms.components import Block, Component, Field, Group
from engine.forms.conditions import Condition, for_browser
from engine.forms.context import FormContext, options_of
from engine.forms.text import LONGEST_LINE, LONGEST_TEXT, clean, filled


@dataclass(frozen=True, slots=True)
class OptionView:
    """One option of a question."""

    id: str
    value: str
    label: str
    hint: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class FieldView:
    """One question: `kind` says which control; `value` is text as typed, `display` what a read-only question shows."""

    id: str
    name: str
    kind: str
    label: str
    help: str
    value: str
    display: str
    options: tuple[OptionView, ...]
    required: bool
    readonly: bool
    several: bool
    error: str
    show_if: str
    anchor: str
    described_by: str
    longest: int | None = None
    accept: str = ""
    input_mode: str = "text"
    example: str = ""
    suffix: str = ""
    ticked: bool = False
    phrases: bool = False  # where an opinion, an instruction or a reason is written


@dataclass(frozen=True, slots=True)
class BlockView:
    """A text to read (`lines` of paragraph, heading or list item) or a line between parts."""

    id: str
    kind: Literal["static", "separator"]
    lines: tuple[tuple[Literal["heading", "item", "paragraph"], str], ...]
    show_if: str


@dataclass(frozen=True, slots=True)
class GroupView:
    """Questions under one heading."""

    id: str
    kind: Literal["group"]
    label: str
    parts: tuple[PartView, ...]
    show_if: str
    panel: bool = False


PartView: TypeAlias = FieldView | BlockView | GroupView


@dataclass(frozen=True, slots=True)
class FormView:
    """A whole form: its parts in order, the errors with the control each belongs to, whether files are asked."""

    parts: tuple[PartView, ...]
    errors: tuple[tuple[str, str], ...] = ()
    has_files: bool = False
    fields: tuple[FieldView, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class _Page:
    values: Mapping[str, Any]
    context: FormContext
    errors: Mapping[str, str]
    known: Mapping[str, Any]
    asked: frozenset[str]


def lay_out(
    parts: Sequence[Component],
    values: Mapping[str, Any],
    context: FormContext,
    errors: Mapping[str, str],
    known: Mapping[str, Any],
    asked: frozenset[str],
) -> FormView:
    """Return the page view of `parts`: raw or typed `values`, `errors` by key, `known` and `asked` for conditions.

    What process data hides is left out; what an answer may hide stays, marked for form.js (`show_if`).
    """
    page = _Page(values, context, errors, known, asked)
    laid = tuple(view for part in parts if (view := _part(part, page)) is not None)
    fields = tuple(_fields(laid))
    summary = tuple((view.anchor, view.error) for view in fields if view.error)
    shown = {view.name for view in fields}
    orphans = tuple(("", sentence) for key, sentence in errors.items() if key not in shown)
    return FormView(laid, summary + orphans, any(v.kind == "file" and not v.readonly for v in fields), fields)


def _fields(parts: Sequence[PartView]) -> list[FieldView]:
    found: list[FieldView] = []
    for part in parts:
        found += _fields(part.parts) if isinstance(part, GroupView) else [part] if isinstance(part, FieldView) else []
    return found


def _part(part: Component, page: _Page) -> PartView | None:
    show_if = _show_if(part.hidden_when, page)
    if show_if is None:
        return None
    if isinstance(part, Block):
        return BlockView(f"part-{part.id}", part.kind, _lines(filled(part.text, page.context.data)), show_if)
    if isinstance(part, Group):
        inner = tuple(view for child in part.parts if (view := _part(child, page)) is not None)
        label = filled(part.label, page.context.data)
        panel = part.panel and _side_by_side(inner, show_if)
        return GroupView(f"group-{part.id}", "group", label, inner, show_if, panel) if inner else None
    return _field(part, page, show_if)


def _side_by_side(parts: Sequence[PartView], show_if: str) -> bool:
    """Whether pickers can share rows: one of them takes one line, all are asked together, nothing is only read."""
    pickers = [each for each in parts if isinstance(each, FieldView) and each.kind in ("select", "checklist", "dues")]
    alone = [each for each in pickers if each.kind == "select"]
    together = all(each.show_if == show_if and not each.readonly for each in pickers)
    return len(alone) == 1 and bool(alone[0].options) and len(pickers) > 1 and together


def _show_if(conditions: Sequence[Condition], page: _Page) -> str | None:
    """Return JSON for form.js, "" when always shown, None when never."""
    shown: list[Any] = []
    for condition in conditions:
        hide = for_browser(condition, page.known, page.asked)
        if hide is True:
            return None
        if isinstance(hide, list):
            shown.append(["not", hide])
    if not shown:
        return ""
    return json.dumps(shown[0] if len(shown) == 1 else ["and", *shown], ensure_ascii=True)


def _field(question: Field, page: _Page, show_if: str) -> FieldView:
    key, raw = question.key, page.values.get(question.key)
    if question.readonly:
        raw = page.context.data.get(key, raw)
    options = _option_views(question, raw, page.context)
    error = page.errors.get(key, "")
    help_text = filled(question.help, page.context.data)
    described = [f"help-{key}"] * bool(help_text) + [f"error-{key}"] * bool(error)
    return FieldView(
        id=f"field-{key}",
        name=key,
        kind=question.kind,
        label=filled(question.label, page.context.data),
        help=help_text,
        value=_typed_text(question, raw),
        display=_display(question, raw, options),
        options=options,
        required=question.limits.required,
        readonly=question.readonly,
        several=question.limits.several,
        error=error,
        show_if=show_if,
        anchor=options[0].id if options and question.kind in ("radio", "checklist") else f"field-{key}",
        described_by=" ".join(described),
        longest=_longest(question),
        accept=",".join(question.limits.accept),
        input_mode={"number": "decimal", "date": "numeric"}.get(question.kind, "text"),
        example={"date": "23/11/2026", "time": "08:15", "datetime": "23/11/2026 08:15"}.get(question.kind, ""),
        suffix=question.suffix,
        ticked=raw is True or as_posted(raw) in ("on", "true", "1"),
        phrases=question.kind == "textarea" and not question.drafting,
    )


def _longest(question: Field) -> int | None:
    if question.kind not in ("text", "textarea"):
        return None
    cap = LONGEST_TEXT if question.kind == "textarea" else LONGEST_LINE
    return min(question.limits.longest or cap, cap)


def _option_views(question: Field, raw: Any, context: FormContext) -> tuple[OptionView, ...]:
    if question.kind == "dues":
        days = due_pairs(raw).items()
        return tuple(OptionView(f"field-{question.key}-{i}", i, notation.show_date(d), "", False) for i, d in days)
    if question.kind not in ("select", "radio", "checklist"):
        return ()
    chosen = {as_posted(item) for item in (raw if isinstance(raw, (list, tuple)) else [raw]) if not is_blank(item)}
    return tuple(
        OptionView(
            f"field-{question.key}-{number}",
            as_posted(option.value),
            filled(option.label, context.data),
            option.hint,
            as_posted(option.value) in chosen,
        )
        for number, option in enumerate(options_of(question, context), start=1)
    )


def _typed_text(question: Field, raw: Any) -> str:
    if isinstance(raw, (list, tuple)) or raw is None or question.kind in ("checkbox", "checklist", "file", "dues"):
        return ""
    if isinstance(raw, (int, float)) and not isinstance(raw, bool):
        return notation.show_number(raw) if question.kind == "number" else str(raw)
    text = clean(str(raw), lines=question.kind == "textarea")
    if question.kind == "date":
        return notation.show_date(text)
    return notation.show_moment(text) if question.kind == "datetime" else text


def _display(question: Field, raw: Any, options: Sequence[OptionView]) -> str:
    if question.kind == "checkbox":
        return "Có" if raw is True or as_posted(raw) in ("on", "true", "1") else "Không"
    if question.kind == "file":
        items = raw if isinstance(raw, (list, tuple)) else []
        return ", ".join(clean(str(item.get("name", ""))) for item in items if isinstance(item, Mapping))
    if options:
        return ", ".join(option.label for option in options if option.chosen)
    if isinstance(raw, (list, tuple)):
        return ", ".join(clean(str(item)) for item in raw)
    return _typed_text(question, raw)


def _lines(text: str) -> tuple[tuple[Literal["heading", "item", "paragraph"], str], ...]:
    """Split static text: `# ` begins a heading, `- ` a list item; everything else is a paragraph."""
    lines: list[tuple[Literal["heading", "item", "paragraph"], str]] = []
    for line in (raw.strip() for raw in text.split("\n")):
        if line.startswith("#"):
            lines.append(("heading", line.lstrip("#").strip()))
        elif line.startswith(("- ", "* ")):
            lines.append(("item", line[2:].strip()))
        elif line:
            lines.append(("paragraph", line))
    return tuple(lines)
