"""Papers for the check of layout: a right one as Word and as PDF, and ways to make single things wrong."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache
from typing import Any

import docx
from docx.shared import Mm

from connectors.conversion.draft import Draft
from connectors.conversion.templates.filling import fill, values_of
from connectors.conversion.templates.standard import standard_template
from tests.connectors.conversion.conftest import LETTER


def draft(**changes: Any) -> Draft:
    """The letter of the conversion's tests, changed."""
    return replace(LETTER, **changes)


template = cache(standard_template)


def filled(type_name: str = "Công văn", **changes: Any) -> bytes:
    """The standard template of a kind, filled."""
    return fill(template(type_name), values_of(draft(type_name=type_name, **changes)))


def paper(
    *, number: str = "", left: float = 0, words: dict[str, str] | None = None, **changes: Any
) -> bytes:  # fmt: skip
    """A letter as Word with another number line, left margin or other words in single paragraphs."""
    document = docx.Document(io.BytesIO(filled(**changes)))
    if left:
        document.sections[0].left_margin = Mm(left)
    others = dict(words or {})
    for paragraph in paragraphs(document):
        if number and paragraph.text.startswith("Số:"):
            say(paragraph, number)
        for old, new in others.items():
            if old in paragraph.text:
                say(paragraph, paragraph.text.replace(old, new))
    return saved(document)


def paragraphs(document: Any) -> list[Any]:
    """Every paragraph, those in tables too."""
    inside = [p for table in document.tables for row in table.rows for cell in row.cells for p in cell.paragraphs]
    return [*document.paragraphs, *inside]


def say(paragraph: Any, text: str) -> None:
    """Change what a paragraph says and keep its look."""
    for run in paragraph.runs[1:]:
        run.text = ""
    paragraph.runs[0].text = text


def saved(document: Any) -> bytes:
    """The bytes of a Word file."""
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()
