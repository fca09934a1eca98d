"""Prescribed prints as a page of the screen and as files, whichever screen they belong to."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, url_for

from connectors.conversion.prints.operations import written
from connectors.conversion.tables import MEDIA_TYPES
from engine.records.prints import Printed
from web.layout.headers import download

FORMATS = "any(pdf, docx, xlsx):format"
"""The end of an address that gives a print as a file."""
_LABELS = {"pdf": "PDF", "docx": "Word", "xlsx": "Excel"}


def page(printed: Printed, back: tuple[str, str], endpoint: str, **where: Any) -> str:
    """Return a print as it stands on paper, with the way `back` (address, words) and its files, given by `endpoint`."""
    sheet, rows, total = printed
    files = {label: url_for(endpoint, **where, format=kind) for kind, label in _LABELS.items()}
    return render_template("layout/parts/paper_page.html", sheet=sheet, rows=rows, total=total, back=back, files=files)


def file(printed: Printed, format: str) -> Response:
    """Return a print as a file of this format; who noted that it was taken is the screen."""
    sheet, rows, total = printed
    return download(written(sheet, rows, total, format), f"{sheet.file_stem}.{format}", MEDIA_TYPES[format])
