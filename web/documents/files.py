"""The bytes of a document's files, only to whoever may see the document, and noted in the audit trail."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response, request
from flask_babel import gettext as _

from engine.documents import commands, queries
from engine.errors import NotFound
from web.documents.routes import screen
from web.session import actor, platform

_INLINE = frozenset({"application/pdf", "image/png", "image/jpeg", "image/gif", "image/webp"})


@screen.get("/documents/<int:document_id>/files/<int:file_id>/<path:name>")
def file(document_id: int, file_id: int, name: str) -> Response:
    """Return a file: shown by the browser when it is a PDF or picture, downloaded otherwise."""
    with platform().reading() as reading:
        document, found = queries.attachment(reading, actor(), file_id)
    if document.id != document_id or document.destroyed_at is not None:
        raise NotFound(_("Không tìm thấy tệp này."))
    answer = Response(mimetype=found.media_type)
    answer.set_etag(found.file_hash)
    answer.headers["Cache-Control"] = "private, no-cache"
    if request.if_none_match.contains(found.file_hash):
        answer.status_code = 304
        return answer
    platform().run(actor(), commands.note_read, document_id, found.file_name)
    answer.set_data(platform().files.get(found.file_hash))
    inline = found.media_type in _INLINE and "download" not in request.args
    answer.headers["Content-Disposition"] = disposition(found.file_name, inline=inline)
    if found.media_type not in _INLINE:
        answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


def disposition(file_name: str, *, inline: bool) -> str:
    """Return a Content-Disposition that carries a Vietnamese name (RFC 5987) and an ASCII one for old programs."""
    plain = "".join(sign if sign.isascii() and (sign.isalnum() or sign in " ._-()") else "_" for sign in file_name)
    return f"{'inline' if inline else 'attachment'}; filename=\"{plain}\"; filename*=UTF-8''{quote(file_name, safe='')}"
