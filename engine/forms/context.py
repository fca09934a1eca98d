"""What a form is shown and checked against: process data, today, and the things that may be picked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Protocol

from engine.forms.components import Field, Option
from engine.forms.text import clean, filled, look_up

MOST_OPTIONS = 2_000


class Choices(Protocol):
    """Where pickers get their options; the caller answers within what the person may see.

    `narrowing` holds the strings an analyst wrote in the form's properties, with `{{name}}` already filled in:
    `role`, `unit` for people; `under`, `level` for units and agencies; `direction`, `status` for documents and
    registers; `keeper` for dossiers.
    An unknown key must be ignored.
    """

    def people(self, narrowing: Mapping[str, str]) -> Sequence[Option]: ...
    def units(self, narrowing: Mapping[str, str]) -> Sequence[Option]: ...
    def agencies(self, narrowing: Mapping[str, str]) -> Sequence[Option]: ...
    def documents(self, narrowing: Mapping[str, str]) -> Sequence[Option]: ...
    def registers(self, narrowing: Mapping[str, str]) -> Sequence[Option]: ...
    def dossiers(self, narrowing: Mapping[str, str]) -> Sequence[Option]: ...


class NoChoices:
    """Offers nothing: for forms without pickers, and for checking a form's text."""

    def people(self, narrowing: Mapping[str, str]) -> Sequence[Option]:
        """Return nobody."""
        return ()

    units = agencies = documents = registers = dossiers = people


@dataclass(frozen=True, slots=True)
class FormContext:
    """Everything a form needs from outside while it is shown or checked."""

    data: Mapping[str, Any] = field(default_factory=dict)
    choices: Choices = field(default_factory=NoChoices)
    today: date | None = None


@dataclass(frozen=True, slots=True)
class Upload:
    """A file put into a form; `handle` is whatever the caller needs to store its bytes afterwards."""

    name: str
    size: int
    handle: Any = None


def options_of(question: Field, context: FormContext) -> tuple[Option, ...]:
    """Return what may be chosen for `question`: its own options, a list out of process data, or the picker's."""
    if question.picker is not None and question.kind != "dues":
        return _picked(question, context)
    if question.options_from is not None:
        listed = look_up(context.data, question.options_from)
        items = listed if isinstance(listed, (list, tuple)) else ()
        return tuple(option for option in map(_from_data, items[:MOST_OPTIONS]) if option is not None)
    return question.options


def _picked(question: Field, context: FormContext) -> tuple[Option, ...]:
    assert question.picker is not None
    from_where = {
        "person": context.choices.people,
        "people": context.choices.people,
        "unit": context.choices.units,
        "units": context.choices.units,
        "agency": context.choices.agencies,
        "agencies": context.choices.agencies,
        "document": context.choices.documents,
        "register": context.choices.registers,
        "dossier": context.choices.dossiers,
    }
    narrowing = {name: filled(text, context.data) for name, text in question.picker.narrowing.items()}
    return tuple(from_where[question.picker.kind](narrowing))[:MOST_OPTIONS]


def _from_data(item: Any) -> Option | None:
    if isinstance(item, Mapping):
        value, label = item.get("value"), item.get("label", item.get("value"))
    else:
        value = label = item
    if not isinstance(value, (str, int)):
        return None
    return Option(value, clean(str(label)))


def initial(question: Field, context: FormContext) -> Any:
    """Return the value `question` starts with, None for none."""
    if question.kind == "file" and not question.readonly:
        return None
    found = context.data.get(question.key)
    if found is not None:
        return found
    if question.computed_default is not None:
        computed = question.computed_default(context.data)
        if computed is not None:
            return computed
    return question.default
