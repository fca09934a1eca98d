"""Which form was taken or refused, for the browser that keeps what is typed until it is taken (scripts/typed.js)."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, request, session, url_for
from werkzeug.exceptions import HTTPException

MARK = "_typed"
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
