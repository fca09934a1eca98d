"""Which form was taken or refused, for the browser that keeps what is typed; which form comes for the second time."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, request, session, url_for
from werkzeug.exceptions import HTTPException

from engine.platform import SentForm

MARK = "_typed"
KEY = "_form"
_NOT_FILLED_IN = frozenset({"csrf_token", MARK})
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def tell(app: Flask) -> None:
    """Note the form whose POST ends in going on to another page without a refusal; the next page tells the browser."""

    def after(answer: Response) -> Response:
        if answer.status_code in (302, 303) and getattr(g, "actor", None) is not None:
            elsewhere = urlsplit(answer.headers.get("Location", "")).path == url_for("directory.change_password")
            if sent() and not elsewhere and not _refused():
                session["finished"] = sent()
        return answer

    app.after_request(after)
    app.jinja_env.globals["form_key"] = form_key


def context() -> dict[str, Any]:
    """Give templates `finished_form` and `refused_form`: marks a browser has sent, or nothing."""
    return {"finished_form": _finished, "refused_form": sent}


def sent() -> str:
    """Return the mark of the form this request brings; nothing when it brings none."""
    if request.method != "POST" or request.mimetype not in FORMS:
        return ""
    try:
        mark = request.form.get(MARK, "")
    except HTTPException:  # larger than what is read at all
        return ""
    return mark if re.fullmatch("[0-9a-f]{16}", mark) else ""


def _refused() -> bool:
    """Tell whether the next page says why nothing was done: what was typed is then offered again."""
    return any(tone == "late" for tone, _sentence in session.get("_flashes", ()))


def _finished() -> str:
    return str(session.pop("finished")) if "finished" in session else ""


def form_key() -> str:
    """Return the key of the forms of this page: another one each time a page is made."""
    if "form_key" not in g:
        g.form_key = secrets.token_hex(8)
    return str(g.form_key)


def sent_form() -> SentForm | None:
    """Return the form this request brings, known by its page, its address and what is filled in; None for none.

    Sent again with another content (somebody went back and corrected it) it is another form.
    """
    if request.method != "POST" or request.mimetype not in FORMS:
        return None
    if not re.fullmatch("[0-9a-f]{16}", request.form.get(KEY, "")):
        return None
    seen = hashlib.sha256(request.full_path.encode())
    for name, value in request.form.items(multi=True):
        if name not in _NOT_FILLED_IN:
            seen.update(f"{name}\0{value}\0".encode())
    for name, file in request.files.items(multi=True):
        content = hashlib.file_digest(file.stream, "sha256").hexdigest()  # type: ignore[arg-type]
        file.stream.seek(0)
        seen.update(f"{name}\0{file.filename}\0{content}\0".encode())
    return SentForm(seen.hexdigest())
