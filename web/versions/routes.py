"""Versions of a procedure: the list, one read-only, two compared, a draft begun from an older one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from engine.definitions import adapting, commands, drafting, publishing, queries
from engine.definitions.comparison import Comparison, compare
from engine.definitions.comparison.diagrams import outline
from engine.definitions.comparison.words import title
from engine.definitions.models import Definition, Version
from engine.definitions.rules import may_change
from engine.directory.models import Person
from engine.errors import DefinitionError, InvalidInput, NotFound
from engine.instances.models import Instance
from web.session import actor, now, platform

screen = Blueprint("versions", __name__)


@dataclass(frozen=True, slots=True)
class Row:
    """One version as the list shows it."""

    version: Version
    base: str
    ended: adapting.Ending | None


@dataclass(frozen=True, slots=True)
class Line:
    """The shipped line of a procedure or the own agency's, with what the person may do to it."""

    definition: Definition
    rows: tuple[Row, ...]
    may_change: bool
    in_force: Version | None
    moved_on: Version | None  # a newer version of the base than the one in force was made from
    obstacle: str  # why the one in force can't simply end


@screen.get("/versions/of/<key>")
def history(key: str) -> Any:
    """Show every version of a procedure: the shipped line and the own agency's variant."""
    with platform().reading() as reading:
        lines = tuple(_line(reading, each) for each in _definitions(reading, key))
        people = _people(reading, lines)
    if not lines:
        raise NotFound(_("Không có quy trình này."))
    return render_template(
        "versions/history.html", key=key, lines=lines, people=people, chosen=_chosen(lines), states=states(),
        editor=editor,
        may_adapt=bool(may_change(actor(), actor().agency_id)) if actor().agency_id else False,
    )  # fmt: skip


@screen.get("/versions/<int:version_id>")
def version(version_id: int) -> Any:
    """Show one version, read only: diagram, forms, tables, scenarios."""
    with platform().reading() as reading:
        found, definition = queries.version(reading, actor(), version_id)
        people = _names(reading, [found.created_by_id, found.changed_by_id, found.published_by_id])
        base = _base_words(reading, found)
    return render_template(
        "versions/version.html", version=found, definition=definition, people=people, base=base, editor=editor,
        may_change=bool(may_change(actor(), definition.agency_id)),
    )  # fmt: skip


@screen.get("/versions/<int:version_id>/diagram.bpmn")
def drawing(version_id: int) -> Response:
    """Return the diagram of a version."""
    with platform().reading() as reading:
        found, _line_of = queries.version(reading, actor(), version_id)
    answer = Response(found.diagram, mimetype="application/xml")
    answer.set_etag(found.content_hash)
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer.make_conditional(request)


@screen.get("/versions/compare")
def choose() -> Any:
    """Go to the comparison of the two versions chosen in the list."""
    queries.require_reader(actor())
    old, new = request.args.get("old", type=int), request.args.get("new", type=int)
    if old is None or new is None:
        raise InvalidInput(_("Chọn hai phiên bản rồi bấm “So sánh”."))
    return redirect(url_for("versions.comparison", version_id=old, other_id=new))


@screen.get("/versions/<int:version_id>/compare/<int:other_id>")
def comparison(version_id: int, other_id: int) -> Any:
    """Show what the second version adds, removes, changes and moves against the first."""
    with platform().reading() as reading:
        old, old_line = queries.version(reading, actor(), version_id)
        new, new_line = queries.version(reading, actor(), other_id)
    if old_line.key != new_line.key:
        raise InvalidInput(_("Hai phiên bản thuộc hai quy trình khác nhau nên không so sánh được."))
    found = compare(
        queries.content(old, old_line.key, old_line.name), queries.content(new, new_line.key, new_line.name)
    )
    return render_template(
        "versions/comparison.html", old=old, new=new, old_line=old_line, new_line=new_line, found=found,
        groups=_grouped(found), key=old_line.key,
    )  # fmt: skip


@screen.post("/versions/<int:version_id>/draft")
def draft(version_id: int) -> Any:
    """Begin a draft in the same line from this version, also from an older one."""
    with platform().reading() as reading:
        _found, definition = queries.version(reading, actor(), version_id)
    reason = request.form.get("reason", "").strip()
    made = platform().run(actor(), drafting.start_draft, definition.key, definition.agency_id, version_id, reason)
    flash(_("Đã tạo bản nháp %(number)s.", number=made.number), "done")
    return redirect(editor(made.id), 303)


@screen.get("/versions/<int:version_id>/publish")
def publish(version_id: int) -> Any:
    """Show the gates a draft has to pass, what it touches, and ask for the reason."""
    with platform().reading() as reading:
        found, definition = queries.version(reading, actor(), version_id)
        judged = publishing.gates(reading, actor(), found, platform().catalog, now()) if found.state == "draft" else ()
        flights = _flights(reading, definition, found)
        names = _element_names(found)
        rebased = adapting.moved_on(reading, found) if found.state == "draft" else None
    return render_template(
        "versions/publish.html", version=found, definition=definition, gates=judged, flights=flights, names=names,
        open=all(gate.passed for gate in judged), rebased=rebased, editor=editor, states=states(),
        may_change=bool(may_change(actor(), definition.agency_id)),
    )  # fmt: skip


@screen.post("/versions/<int:version_id>/publish")
def put_in_force(version_id: int) -> Any:
    """Publish a draft; what closes a gate is shown on the page of the gates."""
    with platform().reading() as reading:
        _found, definition = queries.version(reading, actor(), version_id)
    given = request.form
    try:
        platform().run(actor(), commands.publish, version_id, given.get("reason", ""), given.get("edition", type=int))
    except DefinitionError:
        flash(_("Chưa ban hành được: còn cổng kiểm tra chưa đạt, xem bên dưới."), "late")
        return redirect(url_for("versions.publish", version_id=version_id), 303)
    except InvalidInput as problem:
        flash(str(problem), "late")
        return redirect(url_for("versions.publish", version_id=version_id) + "#reason", 303)
    flash(_("Đã ban hành. Hồ sơ bắt đầu từ bây giờ dùng phiên bản này; hồ sơ đang chạy giữ nguyên phiên bản."), "done")
    return redirect(url_for("versions.history", key=definition.key), 303)


@screen.post("/versions/<int:version_id>/retire")
def retire(version_id: int) -> Any:
    """Take a version out of force, with the reason."""
    with platform().reading() as reading:
        _found, definition = queries.version(reading, actor(), version_id)
    platform().run(actor(), commands.retire, version_id, request.form.get("reason", ""))
    flash(_("Đã ngừng áp dụng. Hồ sơ mới dùng quy trình chung; hồ sơ đang chạy giữ nguyên phiên bản."), "done")
    return redirect(url_for("versions.history", key=definition.key), 303)


@dataclass(frozen=True, slots=True)
class Flight:
    """Cases that run on one version, and where to see what another version would mean for them."""

    version: Version
    own: bool
    count: int
    preview: str


def _flights(reading: Session, definition: Definition, draft: Version) -> list[Flight]:
    """The versions that running cases touched by a publication run on; of the own agency, or (shipped) of all."""
    found = (
        select(Version, Definition.agency_id, func.count(Instance.id))
        .join(Definition, Definition.id == Version.definition_id)
        .join(Instance, Instance.version_id == Version.id)
        .where(Instance.status == "running", Definition.key == definition.key, Version.id != draft.id)
        .group_by(Version.id, Definition.agency_id)
        .order_by(Version.id)
    )
    if definition.agency_id is None:
        rows = reading.execute(found.where(Definition.agency_id.is_(None)))
    else:
        rows = reading.execute(found.where(Instance.agency_id == definition.agency_id))
    may_look = actor().agency_id is not None
    return [
        Flight(
            version, agency_id is not None, count,
            url_for("flight.preview", old_id=version.id, new_id=draft.id) if may_look else "",
        )
        for version, agency_id, count in rows
    ]  # fmt: skip


def _element_names(version: Version) -> Mapping[str, str]:
    try:
        return {each.id: title(each) for each in outline(version.diagram).values() if each.id}
    except DefinitionError:
        return {}


def _definitions(reading: Session, key: str) -> list[Definition]:
    return [line.definition for line in queries.overview(reading, actor()) if line.definition.key == key]


def _line(reading: Session, definition: Definition) -> Line:
    rows = [
        each for each in queries.versions(reading, definition.key, definition.agency_id) if each.state != "discarded"
    ]
    endings = adapting.endings(reading, [each.id for each in rows])
    in_force = next((each for each in rows if each.state == "published"), None)
    return Line(
        definition,
        tuple(Row(each, _base_words(reading, each), endings.get(each.id)) for each in rows),
        bool(may_change(actor(), definition.agency_id)),
        in_force,
        adapting.moved_on(reading, in_force) if in_force is not None else None,
        adapting.needed(reading, definition) if in_force is not None else "",
    )


def _chosen(lines: Iterable[Line]) -> Mapping[str, int | None]:
    """What the comparison offers first: the version in force against the newest one of the last line."""
    *_others, line = lines
    ids = [row.version.id for row in line.rows]
    old = line.rows[0].version.based_on_id if line.rows else None
    return {"old": old or (ids[-1] if ids else None), "new": ids[0] if ids else None}


def states() -> Mapping[str, str]:
    """What a state of a version is called."""
    return {
        "draft": _("bản nháp"), "published": _("đang áp dụng"), "retired": _("đã ngừng áp dụng"),
        "discarded": _("đã bỏ"),
    }  # fmt: skip


def editor(version_id: int, element: str = "") -> str:
    """The address of a draft in the editor, at one of its elements."""
    return url_for("modeler.draft", version_id=version_id, _anchor=element or None)


def _base_words(reading: Session, version: Version) -> str:
    if version.based_on_id is None:
        return ""
    base = reading.get_one(Version, version.based_on_id)
    definition = reading.get_one(Definition, base.definition_id)
    if base.definition_id == version.definition_id:
        return _("phiên bản %(number)s", number=base.number)
    if definition.agency_id is None:
        return _("bản dùng chung %(number)s", number=base.number)
    return _("bản riêng %(number)s", number=base.number)


def _people(reading: Session, lines: Iterable[Line]) -> Mapping[int, str]:
    return _names(reading, [
        each for line in lines for row in line.rows for each in (row.version.created_by_id, row.version.published_by_id)
    ])  # fmt: skip


def _names(reading: Session, ids: Iterable[int | None]) -> Mapping[int, str]:
    wanted = {each for each in ids if each is not None}
    return {row.id: row.full_name for row in reading.execute(
        select(Person.id, Person.full_name).where(Person.id.in_(wanted))
    )}  # fmt: skip


def _grouped(found: Comparison) -> list[tuple[str, str, tuple[Any, ...]]]:
    """Kind, heading and changes of the diagram, in the order people look for them; redrawn lines apart."""
    drawn = found.of("diagram")
    headings = (("added", _("Thêm mới")), ("removed", _("Bỏ")), ("changed", _("Sửa")), ("moved", _("Dời chỗ")))
    groups = [
        (kind, heading, tuple(each for each in drawn if each.kind == kind and not (kind == "moved" and each.line)))
        for kind, heading in headings
    ]
    redrawn = tuple(each for each in drawn if each.kind == "moved" and each.line)
    return [group for group in (*groups, ("redrawn", _("Đường nối vẽ lại"), redrawn)) if group[2]]
