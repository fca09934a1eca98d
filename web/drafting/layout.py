"""The check of form and layout of one file: findings placed on the page, with a list beside; asked for, then read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Response, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.documents.models import LayoutCheck
from engine.drafts import commands, queries
from engine.drafts.layout.checking import CHECKER, summary
from engine.errors import NotFound
from web.drafting.routes import origin, screen
from web.session import actor, platform

_RADIUS = 9.0


@dataclass(frozen=True, slots=True)
class Mark:
    """A finding with its number, and where its frame and figure stand on the page, in points."""

    number: int
    severity: str
    sentence: str
    clause: str
    page: int | None = None
    frame: tuple[float, float, float, float] | None = None
    spot: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page as it is shown: its size, its picture if there is one, the marks on it."""

    number: int
    width: float
    height: float
    picture: bool
    marks: tuple[Mark, ...]


@screen.route("/documents/<int:outgoing_id>/drafts/<int:draft_file_id>/layout", methods=["GET", "POST"])
def layout(outgoing_id: int, draft_file_id: int) -> Any:
    """Show what the check found in a file; POST has it checked (again)."""
    with platform().reading() as session:
        document = queries.draft_of(session, actor(), outgoing_id)
        file = queries.file_of(session, document, draft_file_id)
        check = queries.check_of(session, draft_file_id)
        version = queries.version(session, document, f"f{draft_file_id}")
    if request.method == "POST":
        platform().run(actor(), commands.ask_check, outgoing_id, draft_file_id)
        return redirect(url_for("drafting.layout", outgoing_id=outgoing_id, draft_file_id=draft_file_id), 303)
    report: Mapping[str, Any] = check.report if check is not None else {}
    marks = marks_of(report)
    return render_template(
        "drafting/check-result.html" if request.headers.get("HX-Request") else "drafting/layout.html",
        document=document, file=file, version=version, check=check, report=report, marks=marks, origin=origin,
        sheets=sheets(check, marks), said=summary(report) if report else "", waiting=_waiting(check),
        old=bool(report) and report.get("checker") != CHECKER, word=file.media_type != "application/pdf",
    )  # fmt: skip


def _waiting(check: LayoutCheck | None) -> bool:
    return check is not None and check.state == "waiting"


@screen.get("/documents/<int:outgoing_id>/drafts/<int:draft_file_id>/pages/<int:page>.png")
def picture(outgoing_id: int, draft_file_id: int, page: int) -> Response:
    """Return the picture of a page that a finding stands on."""
    with platform().reading() as session:
        document = queries.draft_of(session, actor(), outgoing_id)
        queries.file_of(session, document, draft_file_id)
        check = queries.check_of(session, draft_file_id)
    sha256 = check.pictures.get(str(page)) if check is not None else None
    if not sha256:
        raise NotFound(_("Không có ảnh của trang này."))
    answer = Response(mimetype="image/png")
    answer.set_etag(sha256)
    answer.headers["Cache-Control"] = "private, no-cache"
    if request.if_none_match.contains(sha256):
        answer.status_code = 304
        return answer
    answer.set_data(platform().files.get(sha256))
    return answer


def marks_of(report: Mapping[str, Any]) -> list[Mark]:
    """Return the findings numbered, each with its frame in points; figures on one spot stand beside each other."""
    made: list[Mark] = []
    taken: dict[tuple[int, int, int], int] = {}
    pages = report.get("pages", [])
    for number, each in enumerate(report.get("findings", []), 1):
        place = each.get("place")
        common = (number, each["severity"], each["sentence"], each["clause"])
        if place is None or place["page"] >= len(pages):
            made.append(Mark(*common))
            continue
        width, height = pages[place["page"]]
        left, top, right, bottom = place["box"]
        frame = (left * width / 1000 - 2, top * height / 1000 - 2,
                 max((right - left) * width / 1000, 6) + 4, max((bottom - top) * height / 1000, 6) + 4)  # fmt: skip
        key = (place["page"], round(frame[0] / 8), round(frame[1] / 8))
        beside = taken[key] = taken.get(key, -1) + 1
        x = min(max(frame[0] - _RADIUS + beside * 2.2 * _RADIUS, _RADIUS + 1), width - _RADIUS - 1)
        y = min(max(frame[1], _RADIUS + 1), height - _RADIUS - 1)
        made.append(Mark(*common, place["page"], frame, (x, y)))
    return made


def sheets(check: LayoutCheck | None, marks: list[Mark]) -> list[Sheet]:
    """Return the pages that are shown: the first, and every one with a mark."""
    if check is None or not check.report.get("pages"):
        return []
    sizes = check.report["pages"]
    wanted = sorted({0, *(mark.page for mark in marks if mark.page is not None)})
    return [
        Sheet(page, *sizes[page], str(page) in check.pictures, tuple(mark for mark in marks if mark.page == page))
        for page in wanted
    ]
