"""Procedures in practice: where time goes, what is late, and what a draft would have changed last month."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine.clock import VIETNAM
from engine.definitions import queries as definitions
from engine.definitions.queries import Ready
from engine.errors import InvalidInput
from engine.forms.notation import read_date
from engine.instances.practice.replay import replay as play_again
from engine.instances.practice.statistics import MINUTE, Figures, hottest, practice
from web.layout.words import office_time
from web.session import actor, now, platform

screen = Blueprint("practice", __name__)
LONGEST = timedelta(days=366)
_SILENT = ("Gateway", "startEvent", "endEvent")  # nobody waits there
_SHOWN = 200  # cases of another path that are named


@screen.get("/practice")
def index() -> Any:
    """Go to the procedure that comes first."""
    with platform().reading() as reading:
        lines = definitions.overview(reading, actor())
    key = next((line.definition.key for line in lines if line.published is not None), "")
    return redirect(url_for("practice.procedure", key=key)) if key else render_template("practice/none.html")


@screen.get("/practice/<key>")
def procedure(key: str) -> Any:
    """Show counts and office time per element on the diagram, and as a table, the slowest first."""
    since, until = _period()
    with platform().reading() as reading:
        lines = definitions.overview(reading, actor())
        version_id = definitions.current(reading, key, actor().agency_id or 0)
        ready = definitions.ready(reading, version_id)
        found = practice(reading, actor(), key, since, until, now())
    heat = hottest(list(found.figures.values()))
    return render_template(
        "practice/procedure.html", ready=ready, version_id=version_id, found=found, heat=heat,
        notes={each.element: _note(each, heat.get(each.element, 0)) for each in found.figures.values()},
        rows=_rows(ready, found.figures), since=since, last=until - timedelta(days=1), choices=_procedures(lines),
        drafts=[each for line in lines if line.definition.key == key for each in line.drafts],
    )  # fmt: skip


@screen.get("/practice/replay/<int:version_id>")
def replay(version_id: int) -> Any:
    """Show which of the period's closed cases would have taken another path on a version."""
    since, until = _period()
    with platform().reading() as reading:
        version, line = definitions.version(reading, actor(), version_id)
        target = _ready(reading, version_id)
        found = play_again(reading, actor(), line.key, target, since, until)
    return render_template(
        "practice/replay.html", version=version, line=line, ready=target, found=found, shown=_SHOWN,
        since=since, last=until - timedelta(days=1),
    )  # fmt: skip


def _ready(reading: Session, version_id: int) -> Ready:
    version, line = definitions.version(reading, actor(), version_id)
    if version.state == "draft":  # it changes under the same id
        return definitions.parse(version, line.key, line.name)
    return definitions.ready(reading, version_id)


def _period() -> tuple[datetime, datetime]:
    """From the first moment of `since` to the end of `until`, both days included; the last thirty days by default."""
    today = now().astimezone(VIETNAM).date()
    last = read_date(request.args.get("until") or today.isoformat())
    first = read_date(request.args.get("since") or ((last or today) - timedelta(days=29)).isoformat())
    if first is None or last is None:
        raise InvalidInput(_("Ngày không đọc được; hãy chọn lại khoảng thời gian."))
    if first > last or last - first > LONGEST:
        raise InvalidInput(_("Ngày bắt đầu phải trước ngày kết thúc và khoảng thời gian không quá một năm."))
    begins, ends = (datetime.combine(each, time(), VIETNAM) for each in (first, last + timedelta(days=1)))
    return begins, ends


def _procedures(lines: list[definitions.Line]) -> dict[str, str]:
    return {line.definition.key: line.definition.name for line in lines if line.published is not None}


def _note(figures: Figures, heat: int) -> dict[str, Any]:
    """What stands on an element: how many, how long, what stands there now."""
    parts = [str(figures.finished)] if figures.finished else []
    if figures.median and figures.median >= MINUTE:
        parts.append(office_time(figures.median))
    said = [_("%(count)s lượt đã xong", count=figures.finished)]
    if figures.median and figures.ninetieth:
        said.append(_("một nửa trong %(time)s làm việc", time=office_time(figures.median)))
        said.append(_("chín phần mười trong %(time)s làm việc", time=office_time(figures.ninetieth)))
    if figures.late:
        said.append(_("%(count)s lượt quá hạn", count=figures.late))
    return {
        "text": " · ".join(parts), "here": figures.standing, "late": figures.late, "heat": heat,
        "trouble": figures.incidents, "title": "; ".join(said),
    }  # fmt: skip


def _rows(ready: Ready, figures: dict[str, Figures]) -> list[tuple[str, Figures]]:
    """Activities and events people know by name, the slowest first."""
    elements = ready.procedure.elements
    rows = [
        (elements[each.element].name or each.element if each.element in elements else each.element, each)
        for each in figures.values()
        if each.element not in elements or not elements[each.element].kind.endswith(_SILENT)
    ]
    return sorted(rows, key=lambda row: row[1].ninetieth or timedelta(0), reverse=True)
