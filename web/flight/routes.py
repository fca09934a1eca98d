"""Cases in flight: on which versions they run, what another version would mean, the move and its progress."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.definitions import queries as definitions
from engine.errors import InvalidInput
from engine.instances import rules
from engine.instances.moving import commands, queries
from engine.instances.moving.impact import impact, readied
from web.session import actor, now, platform

screen = Blueprint("flight", __name__)
LISTED = 200  # cases offered one by one; the rest go with “all”


@screen.get("/flight")
def index() -> Any:
    """List the versions cases run on, and the moves ordered so far."""
    with platform().reading() as reading:
        return render_template(
            "flight/index.html",
            flights=queries.flights(reading, actor()),
            moves=queries.migrations(reading, actor()),
        )


@screen.get("/flight/<int:old_id>/<int:new_id>")
def preview(old_id: int, new_id: int) -> Any:
    """Show what another version would mean for each running case, tried on copies."""
    with platform().reading() as reading:
        old, new = readied(reading, actor(), old_id, new_id)
        renamed = _renamed(new.procedure.elements)
        seen = impact(reading, actor(), old, new, now(), renamed)
        versions = [definitions.version(reading, actor(), each)[0] for each in (old_id, new_id)]
        rows = queries.cases(reading, actor(), old_id, LISTED)
        places = sorted(
            ((e.id, e.name or e.id) for e in new.procedure.elements.values() if not e.kind.endswith("Gateway")),
            key=lambda each: each[1],
        )
    return render_template(
        "flight/preview.html", old=versions[0], new=versions[1], name=new.name, impact=seen, renamed=renamed,
        names={e.id: e.name or e.id for e in old.procedure.elements.values()}, places=places, rows=rows, listed=LISTED,
        may_move=rules.may_move(actor(), actor().agency_id or 0),
    )  # fmt: skip


@screen.post("/flight/<int:old_id>/<int:new_id>")
def order(old_id: int, new_id: int) -> Any:
    """Order the move of the chosen cases, or of all."""
    with platform().reading() as reading:
        _old, new = readied(reading, actor(), old_id, new_id)
    chosen: list[int] | None = None
    if request.form.get("which") == "chosen":
        chosen = [int(each) for each in request.form.getlist("case") if each.isdigit()]
        if not chosen:
            raise InvalidInput(_("Chọn ít nhất một hồ sơ để chuyển, hoặc chọn chuyển tất cả."))
    made = platform().run(
        actor(), commands.begin_migration, old_id, new_id,
        instances=chosen, renamed=_renamed(new.procedure.elements),
    )  # fmt: skip
    flash(_("Đã bắt đầu chuyển %(count)s hồ sơ.", count=made.total), "done")
    return redirect(url_for("flight.migration", migration_id=made.id), 303)


@screen.get("/flight/migrations/<int:migration_id>")
def migration(migration_id: int) -> Any:
    """Show how far a move is, what couldn't go over and why; htmx asks again until it is done."""
    with platform().reading() as reading:
        row = queries.migration(reading, actor(), migration_id)
        page = {
            "row": row,
            "counts": queries.progress(reading, migration_id),
            "remarks": queries.remarks(reading, actor(), migration_id),
            "may_move": rules.may_move(actor(), row.migration.agency_id),
        }
    part = "flight/progress.html" if request.headers.get("HX-Request") else "flight/migration.html"
    return render_template(part, **page)


@screen.post("/flight/migrations/<int:migration_id>/undo")
def undo(migration_id: int) -> Any:
    """Take a move back, for every case nobody has acted on since."""
    platform().run(actor(), commands.undo_migration, migration_id)
    flash(_("Đang hoàn lại các hồ sơ chưa có xử lý mới."), "done")
    return redirect(url_for("flight.migration", migration_id=migration_id), 303)


def _renamed(elements: Any) -> dict[str, str]:
    """Old element → new one, from fields `to-<element>`; InvalidInput for a target the new version doesn't have."""
    found = {}
    for name, value in request.values.items():
        if name.startswith("to-") and value:
            if value not in elements:
                raise InvalidInput(_("Phiên bản mới không có bước đã chọn; hãy chọn bước khác."))
            found[name[3:]] = value
    return found
