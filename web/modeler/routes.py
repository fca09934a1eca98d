"""The pages: procedures of the agency, and the editor of a draft."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.definitions import drafting, queries, rules, templates
from engine.directory.rules import ROLES
from engine.errors import InvalidInput
from web.modeler.archive import read_upload
from web.modeler.commands import import_draft
from web.modeler.listing import Row, rows
from web.session import actor, platform

screen = Blueprint("modeler", __name__, url_prefix="/modeler")


@screen.get("")
def index() -> Any:
    """List the procedures in force for the agency, its variants and the drafts."""
    return _listing()


def _listing(wrong: str = "") -> str:
    """The list; `wrong` says at its field why a file wasn't brought in."""
    with platform().reading() as reading:
        found: list[Row] = rows(reading, actor())
    may = {
        "own": bool(rules.may_change(actor(), actor().agency_id)),
        "shipped": bool(rules.may_change(actor(), None)),
    }
    return render_template("modeler/index.html", rows=found, may=may, wrong=wrong)


@screen.post("/drafts")
def start() -> Any:
    """Begin a draft from a version, in the own agency's line or in the shipped one."""
    based_on_id = request.form.get("version", type=int)
    if based_on_id is None:
        raise InvalidInput(_("Chọn phiên bản để dựa theo rồi làm lại."))
    with platform().reading() as reading:
        _version, definition = queries.version(reading, actor(), based_on_id)
    agency_id = None if request.form.get("line") == "shipped" else actor().agency_id
    reason = request.form.get("reason", "").strip()
    draft = platform().run(actor(), drafting.start_draft, definition.key, agency_id, based_on_id, reason)
    return redirect(url_for("modeler.draft", version_id=draft.id), 303)


@screen.post("/drafts/<int:version_id>/discard")
def discard(version_id: int) -> Any:
    """Set a draft aside."""
    platform().run(actor(), drafting.discard_draft, version_id, request.form.get("reason", "").strip())
    flash(_("Đã bỏ bản nháp. Nội dung vẫn được lưu để tra cứu."), "done")
    return redirect(url_for("modeler.index"), 303)


@screen.post("/import")
def bring() -> Any:
    """Begin a draft from a BPMN file, or from a zip with its forms, tables and scenarios."""
    queries.require_reader(actor())
    file = request.files.get("file")
    if file is None or not file.filename:
        raise InvalidInput(_("Chọn tệp .bpmn hoặc .zip rồi gửi lại."))
    agency_id = None if request.form.get("line") == "shipped" else actor().agency_id
    try:
        bundle = read_upload(file.filename, file.stream)
        draft = platform().run(actor(), import_draft, bundle, agency_id, file.filename)
    except InvalidInput as refused:
        if not rules.may_change(actor(), agency_id):
            raise  # the list shows no field to tell it at
        return _listing(str(refused)), 422
    return redirect(url_for("modeler.draft", version_id=draft.id), 303)


@screen.get("/drafts/<int:version_id>")
def draft(version_id: int) -> Any:
    """Show the editor; what is no draft any more, or the person may not change, is shown to be read."""
    with platform().reading() as reading:
        version, definition = queries.version(reading, actor(), version_id)
        if version.state != "draft" or not rules.may_change(actor(), definition.agency_id):
            return redirect(url_for("versions.version", version_id=version_id))
    return render_template("modeler/editor.html", version=version, definition=definition)


@screen.get("/templates.json")
def palette() -> Response:
    """Return the element templates of this installation, and the roles people may have."""
    queries.require_reader(actor())
    return jsonify(
        templates=templates.element_templates(platform().catalog),
        roles=[{"name": role, "label": ROLES[role]} for role in templates.doers()],
    )
