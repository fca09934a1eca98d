"""Putting documents into dossiers: from a document's page with its whole matter, or from a dossier by searching."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.documents import kinds
from engine.documents import queries as documents
from engine.errors import Conflict, InvalidInput, NotAllowed
from engine.platform import Work
from engine.records import commands, queries, rules
from web.records.routes import screen
from web.session import actor, moment_sent, platform

MOST_FOUND = 50


@screen.route("/dossiers/documents/<int:document_id>", methods=["GET", "POST"])
def file_document(document_id: int) -> Any:
    """Choose the dossier a document goes into, and which documents of its matter go with it."""
    with platform().reading() as session:
        document = documents.get(session, actor(), document_id)
        matter = queries.case_of(session, actor(), document_id)
        dossiers = queries.fillable(session, actor())
        standing = queries.of_document(session, actor(), document_id)
    wrong = ""
    if request.method == "POST":
        chosen = request.form.get("dossier_id", 0, type=int)
        known = {each.id for each in matter}
        wanted = [each for each in request.form.getlist("documents", type=int) if each in known]
        if chosen not in {each.id for each in dossiers}:
            wrong = _("Chọn hồ sơ đang lập.")
        elif not wanted:
            wrong = _("Chọn ít nhất một văn bản.")
        else:
            return _put(chosen, wanted)
    return render_template(
        "records/file.html", document=document, matter=[each for each in matter if each.destroyed_at is None],
        dossiers=dossiers, standing=standing, wrong=wrong, status=kinds.status_name,
    ), 422 if wrong else 200  # fmt: skip


@screen.route("/dossiers/<int:dossier_id>/add", methods=["GET", "POST"])
def add(dossier_id: int) -> Any:
    """Find documents by their words and put the chosen ones in."""
    with platform().reading() as session:
        found = queries.get(session, actor(), dossier_id)
        words = request.args.get("q", "")[:100]
        inside = {line.entry.document_id for line in queries.lines(session, actor(), dossier_id)}
        rows = [
            row
            for direction in ("incoming", "outgoing")
            for row in documents.documents(session, actor(), direction, search=words, limit=MOST_FOUND)
            if row.id not in inside and row.destroyed_at is None
        ]
    if request.method == "POST":
        wanted = [each for each in request.form.getlist("documents", type=int) if 0 < each < 2**63]
        if wanted:
            return _put(dossier_id, wanted)
        flash(_("Chọn ít nhất một văn bản."), "late")
    return render_template(
        "records/add.html", dossier=found, rows=sorted(rows, key=lambda row: -row.id)[:MOST_FOUND], q=words,
        verdict=rules.may_change(actor(), found), status=kinds.status_name,
    )  # fmt: skip


def _put(dossier_id: int, wanted: list[int]) -> Any:
    def put(work: Work) -> tuple[list[int], datetime]:
        return commands.put(work, dossier_id, wanted), work.now

    try:
        added, at = platform().run(actor(), put)
    except (InvalidInput, Conflict, NotAllowed) as error:
        flash(str(error), "late")
    else:
        flash(_("Đã đưa %(count)s văn bản vào hồ sơ.", count=len(added)), "done")
        if added:
            flash(url_for("records.undo_put", dossier_id=dossier_id, at=at.isoformat()), "undo")
    return redirect(url_for("records.dossier", dossier_id=dossier_id), 303)


@screen.post("/dossiers/<int:dossier_id>/undo")
def undo_put(dossier_id: int) -> Any:
    """Take out again what was put in a moment ago, all at once."""
    with platform().reading() as session:
        queries.get(session, actor(), dossier_id)
    at = moment_sent(request.args.get("at", ""))
    try:
        count = platform().run(actor(), commands.undo_put, dossier_id, at) if at else 0
    except (Conflict, NotAllowed) as error:
        flash(str(error), "late")
    else:
        flash(_("Đã rút lại %(count)s văn bản khỏi hồ sơ.", count=count), "done")
    return redirect(url_for("records.dossier", dossier_id=dossier_id), 303)
