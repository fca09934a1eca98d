"""A form: what may be asked of a person, how the answers are checked, and how it is laid out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import EXCLUDE, Schema, ValidationError

from engine.errors import InvalidInput
from engine.forms.components import Component, Field, Group
from engine.forms.context import FormContext, Upload, initial
from engine.forms.views import FormView, lay_out
from engine.forms.visibility import decide


@dataclass(frozen=True, slots=True)
class Form:
    """A form of a user task, read from form-js JSON with `read_form`."""

    id: str
    parts: tuple[Component, ...]

    @property
    def fields(self) -> tuple[Field, ...]:
        """Every question, from top to bottom, groups opened."""
        return tuple(_questions(self.parts))

    def from_post(
        self, values: Callable[[str], Sequence[str]], files: Callable[[str], Sequence[Upload]]
    ) -> dict[str, Any]:
        """Return the raw answers of an HTML post: `values` and `files` give everything posted under a name.

        Nothing is checked yet; names the form doesn't ask are not looked at.
        """
        raw: dict[str, Any] = {}
        for question in self.fields:
            if question.readonly:
                continue
            if question.kind == "file":
                raw[question.key] = [item for item in files(question.key) if item.name or item.size]
            elif question.limits.several:
                raw[question.key] = list(values(question.key))
            else:
                raw[question.key] = next(iter(values(question.key)), None)
        return raw

    def schema(self, context: FormContext, values: Mapping[str, Any] | None = None) -> Schema:
        """Return the marshmallow schema for the questions that are open to be answered given `values`.

        Read-only questions and questions hidden by their condition are not in it, so posting them changes nothing.
        """
        given = self.proposed(context) if values is None else values
        answers = decide(self.fields, given, context).answers
        return Schema.from_dict(dict(answers), name="FormAnswers")(unknown=EXCLUDE)

    def validate(self, values: Mapping[str, Any], context: FormContext) -> dict[str, Any]:
        """Return the answers as process data keeps them; InvalidInput holds a sentence per wrong field.

        Optional blanks are "" for texts, [] for lists, None for the rest; dates ISO text; picks
        whole numbers; files `Upload`s for the caller to store. Hidden and read-only questions are absent.
        """
        try:
            loaded = self.schema(context, values).load(dict(values))
        except ValidationError as error:
            sentences = {key: _first(found) for key, found in error.messages_dict.items()}
            count = len(sentences)
            raise InvalidInput(f"Chưa ghi nhận được: có {count} mục cần sửa.", sentences) from error
        return {question.key: loaded[question.key] for question in self.fields if question.key in loaded}

    def proposed(self, context: FormContext) -> dict[str, Any]:
        """Return what the form shows before anybody has answered: process data, then defaults."""
        return {question.key: initial(question, context) for question in self.fields}

    def view(
        self, values: Mapping[str, Any] | None, context: FormContext, errors: Mapping[str, str] | None = None
    ) -> FormView:
        """Return the form laid out for a page; `values` are raw answers to show again, None for a fresh form."""
        shown = self.proposed(context) if values is None else values
        known = decide(self.fields, shown, context).known
        asked = frozenset(question.key for question in self.fields if not question.readonly)
        return lay_out(self.parts, shown, context, errors or {}, known, asked)


def _questions(parts: Sequence[Component]) -> Iterator[Field]:
    for part in parts:
        if isinstance(part, Group):
            yield from _questions(part.parts)
        elif isinstance(part, Field):
            yield part


def _first(found: Any) -> str:
    while isinstance(found, (list, dict)) and found:
        found = next(iter(found.values())) if isinstance(found, dict) else found[0]
    return str(found)
