"""Files that are made here and handed over."""

from __future__ import annotations

from flask import Response


def download(content: bytes, name: str, media_type: str, *, inline: bool = False) -> Response:
    """Return bytes under a plain name: shown by the browser when `inline`, else saved."""
    answer = Response(content, mimetype=media_type)
    answer.headers["Content-Disposition"] = f'{"inline" if inline else "attachment"}; filename="{name}"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
