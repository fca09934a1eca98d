"""Scans on the desk: shown page by page, set aside; two documents side by side."""

from __future__ import annotations

import io
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.documents import queries as documents
from engine.errors import NotFound
from engine.files import FileMissing
from engine.intake import commands, duplicates, queries
from engine.intake.models import Scan
from web.session import actor, platform

screen = Blueprint("intake", __name__)
POLICY = "default-src 'none'; sandbox"


def require_clerk() -> None:
    """Go on only for the registry: for everybody else these pages aren't there (ND30-4.2.b)."""
    if "clerk" not in actor().roles:
        raise NotFound(_("Trang này dành cho văn thư."))


@screen.get("/intake/reading")
def reading() -> str:
    """Say how many scans are still being read: asked by the page itself."""
    require_clerk()
    with platform().reading() as session:
        rows = queries.scans(session, actor(), ("waiting",))
    wanted = request.args.get("scan", type=int)
    left = sum(1 for row in rows if wanted is None or row.id == wanted)
    return render_template("intake/reading.html", left=left, wanted=wanted)


@screen.get("/intake/<int:scan_id>/pages/<int:number>")
def page_picture(scan_id: int, number: int) -> Response:
    """Return the picture of one page, the first is 1."""
    require_clerk()
    with platform().reading() as session:
        row = queries.scan(session, actor(), scan_id)
    return picture(_stored(row, number - 1))


@screen.get("/intake/<int:scan_id>/pieces/<name>")
def piece(scan_id: int, name: str) -> Response:
    """Return the piece of a page that a field's proposal was read from."""
    from PIL import Image

    require_clerk()
    with platform().reading() as session:
        row = queries.scan(session, actor(), scan_id)
    proposal = row.proposals.get(name)
    if proposal is None:
        raise NotFound(_("Trường này không có đề xuất."))
    with Image.open(io.BytesIO(_stored(row, int(proposal["page"])))) as page:
        left, top, right, bottom = proposal["box"]
        edge = 0.006 + (bottom - top) * 0.15  # marks above capitals stand higher than the letters
        box = (
            int(max(0, left - edge) * page.width), int(max(0, top - edge) * page.height),
            int(min(1, right + edge) * page.width), int(min(1, bottom + edge) * page.height),
        )  # fmt: skip
        buffer = io.BytesIO()
        page.crop(box).save(buffer, "JPEG", quality=80)
    return picture(buffer.getvalue())


def _stored(row: Scan, index: int) -> bytes:
    pages = row.pictures.get("pages", [])
    if not 0 <= index < len(pages):
        raise NotFound(_("Bản quét không có ảnh của trang này."))
    try:
        return platform().files.get(pages[index])
    except FileMissing as error:
        raise NotFound(_("Ảnh của trang này không còn.")) from error


def picture(content: bytes) -> Response:
    """Return a picture that can do nothing but be looked at, and isn't kept by anybody on the way."""
    answer = Response(content, mimetype="image/jpeg")
    answer.headers["Content-Security-Policy"] = POLICY
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@screen.post("/intake/<int:scan_id>/drop")
def drop(scan_id: int) -> Any:
    """Set a scan aside: scanned twice, not ours, unreadable; a stopped one is only cleared away."""
    require_clerk()
    platform().run(actor(), commands.drop, scan_id, request.form.get("reason", ""))
    flash(_("Đã bỏ bản quét. Tệp của bản quét không còn trong hệ thống."), "done")
    return redirect(url_for("intake.index"), 303)


@screen.get("/intake/compare/<int:document_id>")
def compare(document_id: int) -> str:
    """Show an incoming document beside the earlier ones it may be the same as (SYS-1.h)."""
    with platform().reading() as session:
        found = documents.get(session, actor(), document_id)
        if found.direction != "incoming":
            raise NotFound(_("Chỉ so sánh văn bản đến."))
        likenesses = duplicates.of_document(session, found)
    seen = [each for each in likenesses if each.earlier.agency_id == actor().agency_id]
    return render_template("intake/compare.html", document=found, likenesses=seen)
