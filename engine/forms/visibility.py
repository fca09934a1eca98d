"""Which questions are open: decided from top to bottom out of process data and the answers above."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from marshmallow import ValidationError

from engine.forms.answers import Answer, answer_for
from engine.forms.components import Field
from engine.forms.conditions import holds, names
from engine.forms.context import FormContext


@dataclass(frozen=True, slots=True)
class Decided:
    """The open questions with their marshmallow fields, and what conditions may look at."""

    answers: Mapping[str, Answer]
    known: Mapping[str, Any]


def decide(questions: Sequence[Field], values: Mapping[str, Any], context: FormContext) -> Decided:
    """Return which of `questions` are open given raw `values`.

    A hidden question counts as unanswered for the ones below it; an answer that is wrong counts as none.
    """
    known: dict[str, Any] = dict(context.data)
    answers: dict[str, Answer] = {}
    looked_at = {name for question in questions for condition in question.hidden_when for name in names(condition)}
    for question in questions:
        if any(holds(condition, known) for condition in question.hidden_when):
            known[question.key] = None
            continue
        if question.readonly:
            continue
        answer = answers[question.key] = answer_for(question, context)
        if question.key in looked_at:
            known[question.key] = _typed(answer, values.get(question.key))
    return Decided(answers, known)


def _typed(answer: Answer, raw: Any) -> Any:
    try:
        typed = answer.deserialize(raw)
    except ValidationError:
        return None
    return None if typed == "" else typed  # to conditions a blank text is no answer, here and in the browser
