"""The lists of NĐ 30/2020 PL V as a page to print and as files; packages that are ready."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template, request, url_for
from flask_babel import gettext as _

from engine.errors import NotFound
from engine.platform import Work
from engine.records import handover, prints, queries
from engine.records.prints import Printed
from web.layout import printed as papers
from web.layout.headers import download
from web.layout.printed import FORMATS
from web.records.routes import chosen_year, screen
from web.session import actor, now, platform

MOST_SHOWN = 200


@screen.get("/dossiers/<int:dossier_id>/contents")
def contents(dossier_id: int) -> Any:
    """Show the list of documents in a dossier as it stands on paper."""
    made = _contents(dossier_id)
    back = (url_for("records.dossier", dossier_id=dossier_id), made[0].named)
    return papers.page(made, back, "records.contents_file", dossier_id=dossier_id)


@screen.get(f"/dossiers/<int:dossier_id>/contents.<{FORMATS}>")
def contents_file(dossier_id: int, format: str) -> Response:
    """Return the list of documents in a dossier as a file."""
    printed = _contents(dossier_id)
    platform().run(actor(), _note, dossier_id, format)
    return papers.file(printed, format)


def _note(work: Work, dossier_id: int, format: str) -> None:
    row = queries.get(work.session, work.actor, dossier_id)
    work.note("dossier.printed", "dossier", row.id, row.agency_id, format=format)


def _contents(dossier_id: int) -> Printed:
    with platform().reading() as session:
        return prints.contents(session, actor(), queries.get(session, actor(), dossier_id), now())


@screen.get("/dossiers/lists/<any(year, inventory):what>")
def lists(what: str) -> Any:
    """Show the year's list, or what it hands over, as it stands on paper."""
    year = chosen_year()
    back = (url_for("records.index", year=year), _("Hồ sơ công việc %(year)s", year=year))
    return papers.page(_list(what), back, "records.list_file", what=what, year=year)


@screen.get(f"/dossiers/lists/<any(year, inventory):what>.<{FORMATS}>")
def list_file(what: str, format: str) -> Response:
    """Return the year's list, or what it hands over, as a file."""
    printed = _list(what)
    platform().run(actor(), _note_list, what, chosen_year(), format)
    return papers.file(printed, format)


def _note_list(work: Work, what: str, year: int, format: str) -> None:
    work.note("dossier_list.printed", "agency", work.actor.agency_id, list=what, year=year, format=format)


def _list(what: str) -> Printed:
    make = prints.year_list if what == "year" else prints.inventory
    with platform().reading() as session:
        return make(session, actor(), chosen_year(), now())


@screen.route("/dossiers/packages", methods=["GET", "POST"])
def check_package() -> Any:
    """Read a package back, wherever it comes from, and tell every difference; nothing of it is kept."""
    from connectors.archive.verification import verify

    report, known, wrong = None, None, ""
    if request.method == "POST":
        file = request.files.get("file")
        content = file.read() if file is not None else b""
        if content:
            with platform().reading() as session:
                report, known = verify(content), queries.package_of_bytes(session, actor(), content)
        else:
            wrong = _("Chọn tệp ZIP của gói hồ sơ.")
    page = render_template("records/check.html", report=report, known=known, wrong=wrong, most=MOST_SHOWN)
    return page, 422 if wrong else 200


@screen.get("/dossiers/packages/<int:package_id>.zip")
def package_file(package_id: int) -> Response:
    """Return a package that is ready."""
    with platform().reading() as session:
        _dossier, row = queries.package(session, actor(), package_id)
    if row.state != "done" or row.file_hash is None:
        raise NotFound(_("Gói hồ sơ này chưa tạo xong."))
    platform().run(actor(), handover.note_taken, package_id)
    return download(platform().files.get(row.file_hash), row.file_name, "application/zip")
