"""Templates of documents by kind: the standard one to download, the agency's own to put in its place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.documents import formats, kinds
from engine.documents.editing import Upload
from engine.drafts import commands, fields, queries, rules
from engine.drafts.layout.checking import summary
from engine.errors import InvalidInput, NotFound
from web.drafting.routes import screen, slug
from web.layout.headers import download
from web.session import actor, platform

_BY_SLUG = {slug(kind.name): kind for kind in kinds.KINDS}


@screen.get("/templates")
def templates() -> Any:
    """List the kinds of documents with the template in force for each."""
    with platform().reading() as session:
        own = queries.templates(session, actor().agency_id or 0)
    return render_template("drafting/templates.html", kinds=kinds.KINDS, own=own, slug=slug)


@screen.route("/templates/<kind_slug>", methods=["GET", "POST"])
def template(kind_slug: str) -> Any:
    """Show the template of a kind and its fields; put the agency's own in force, checked first."""
    kind = _kind(kind_slug)
    errors: Mapping[str, str] = {}
    if request.method == "POST":
        errors = _keep(kind.name)
        if not errors:
            flash(_("Đã áp dụng mẫu của cơ quan cho %(kind)s.", kind=kind.name.lower()), "done")
            return redirect(url_for("drafting.template", kind_slug=kind_slug), 303)
    with platform().reading() as session:
        editions = queries.editions(session, actor().agency_id or 0, kind.name)
    page = render_template(
        "drafting/template.html", kind=kind, slug=kind_slug, editions=editions, fields=fields.FIELDS, errors=errors,
        may=rules.may_keep_templates(actor()), sent=request.form if errors else {}, summary=summary,
        largest=commands.LARGEST_TEMPLATE,
    )  # fmt: skip
    return page, 422 if errors else 200


def _keep(type_name: str) -> Mapping[str, str]:
    """Check and keep the file that was sent; what is wrong, by field."""
    from connectors.conversion.templates.uploaded import checked_template

    verdict = rules.may_keep_templates(actor())
    file = request.files.get("file")
    content = file.read() if file is not None else b""
    if not verdict:
        return {"file": verdict.reason}
    if file is None or not content:
        return {"file": _("Chọn tệp Word (.docx).")}
    upload = Upload(file.filename or "mau.docx", content)
    try:
        report = checked_template(content, upload.file_name, type_name, largest=commands.LARGEST_TEMPLATE)
        note = request.form.get("note", "")
        platform().run(actor(), commands.keep_template, type_name, upload, note, report)
    except InvalidInput as error:
        return error.fields or {"file": str(error)}
    return {}


@screen.get("/templates/<kind_slug>/standard.docx")
def standard(kind_slug: str) -> Response:
    """Return the standard template of a kind, to be adapted in Word."""
    from connectors.conversion.templates.standard import standard_template

    kind = _kind(kind_slug)
    return download(standard_template(kind.name), f"mau-{kind_slug}.docx", formats.WORD)


@screen.get("/templates/editions/<int:template_id>.docx")
def edition(template_id: int) -> Response:
    """Return an edition of the agency's own template, also one no longer in force."""
    with platform().reading() as session:
        row = queries.template(session, actor(), template_id)
    name = f"mau-{slug(row.type_name)}-{row.edition}.docx"
    return download(platform().files.get(row.file_hash), name, formats.WORD)


@screen.post("/templates/editions/<int:template_id>/drop")
def drop_template(template_id: int) -> Any:
    """Go back to the standard template."""
    with platform().reading() as session:
        row = queries.template(session, actor(), template_id)
    platform().run(actor(), commands.drop_template, template_id)
    flash(_("Đã trở lại mẫu chuẩn. Bản của cơ quan vẫn còn trong danh sách."), "done")
    return redirect(url_for("drafting.template", kind_slug=slug(row.type_name)), 303)


def _kind(name: str) -> kinds.Kind:
    kind = _BY_SLUG.get(name)
    if kind is None:
        raise NotFound(_("Không có loại văn bản này."))
    return kind
