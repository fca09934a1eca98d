"""What was posted, as engine.forms wants it, and the forms that belong to screens rather than procedures."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import request
from werkzeug.datastructures import FileStorage

from engine.forms.context import FormContext, Upload
from engine.forms.form import Form
from engine.forms.reading import read_form


def screen_form(beside: str, name: str) -> Form:
    """Return the form `name`.form.json that stands beside a screen's module (`__file__`)."""
    return read_form((Path(beside).parent / f"{name}.form.json").read_bytes())


def posted(form: Form) -> dict[str, Any]:
    """Return the raw answers of this request to a form; nothing is checked yet."""
    return form.from_post(request.form.getlist, uploads)


def again(form: Form, sent: dict[str, Any] | None, context: FormContext) -> dict[str, Any] | None:
    """Return what a refused form shows again: what was sent, and the defaults of questions that stayed hidden.

    Boxes are left as sent: an unticked one isn't posted either.
    """
    if sent is None:
        return None
    boxes = {question.key for question in form.fields if question.kind in ("checkbox", "checklist")}
    unasked = {
        key: value for key, value in form.proposed(context).items() if sent.get(key) is None and key not in boxes
    }
    return {**sent, **unasked}


def uploads(name: str) -> Sequence[Upload]:
    """Return the files posted under a name; inputs left empty post one without a name."""
    return [_upload(file) for file in request.files.getlist(name) if file.filename]


def _upload(file: FileStorage) -> Upload:
    file.stream.seek(0, os.SEEK_END)
    size = file.stream.tell()
    file.stream.seek(0)
    # Some browsers send the whole path, with either slash.
    name = (file.filename or "").replace("\\", "/").rsplit("/", 1)[-1]
    return Upload(name, size, file.stream)
