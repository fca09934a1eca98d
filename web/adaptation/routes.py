"""How an agency adapts a procedure: by data, by a shared part, by a variant of its own, asked in that order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from engine.definitions import adapting, drafting, queries
from engine.definitions.catalog import called_keys
from engine.definitions.comparison import compare
from engine.definitions.merging import Choices, Side
from engine.definitions.models import Version
from engine.definitions.rules import may_change
from engine.errors import InvalidInput, NotAllowed, NotFound
from web.session import actor, platform

screen = Blueprint("adaptation", __name__)
STEPS = ("data", "part", "variant")
CHOICE = "choice:"


@dataclass(frozen=True, slots=True)
class Standing:
    """One procedure as the agency has it: what is in force, its own drafts, and whether the base moved on."""

    key: str
    name: str
    in_force: Version
    own: bool
    drafts: tuple[Version, ...]
    base: Version | None
    moved_on: Version | None
    tables: tuple[str, ...]


@screen.get("/adaptation/<key>")
def ladder(key: str) -> Any:
    """Ask how far the adaptation has to go, the smallest step first."""
    agency_id = _own_agency()
    step = request.args.get("step", "data")
    with platform().reading() as reading:
        standing = _standing(reading, key, agency_id)
        found = (_find(reading, part, agency_id) for part in sorted(called_keys(standing.in_force.diagram)))
        parts = tuple(each for each in found if each is not None)
    return render_template(
        "adaptation/ladder.html",
        standing=standing,
        parts=parts,
        step=step if step in STEPS else "data",
        admin="agency-admin" in actor().roles,
    )


@screen.post("/adaptation/<key>/start")
def start(key: str) -> Any:
    """Begin the draft that this step of the ladder needs."""
    agency_id = _own_agency()
    reasons = {
        "data": _("Điều chỉnh bảng quyết định của cơ quan"),
        "part": _("Bản riêng của một phần dùng chung"),
        "variant": _("Bản riêng của cơ quan"),
    }
    step = request.form.get("step", "")
    if step not in reasons:
        raise InvalidInput(_("Chọn cách điều chỉnh rồi gửi lại."))
    with platform().reading() as reading:
        standing = _standing(reading, key, agency_id)
    reason = request.form.get("reason", "").strip() or reasons[step]
    made = platform().run(actor(), drafting.start_draft, key, agency_id, standing.in_force.id, reason)
    flash(_("Đã tạo bản nháp %(number)s của cơ quan từ “%(name)s”.", number=made.number, name=standing.name), "done")
    part = "tab-tables" if step == "data" else None
    return redirect(url_for("modeler.draft", version_id=made.id, _anchor=part), 303)


@screen.get("/adaptation/<int:version_id>/merge")
def merge(version_id: int) -> Any:
    """Show what a newer base brings to a variant: three sides, what merges, what has to be settled."""
    return _sides_page(version_id, {})


@screen.post("/adaptation/<int:version_id>/merge")
def settle(version_id: int) -> Any:
    """Show the merge by the choices made so far, or make a draft of it once everything is settled."""
    given = request.form
    choices: dict[str, Side] = {
        name.removeprefix(CHOICE): "theirs" if value == "theirs" else "mine"
        for name, value in given.items()
        if name.startswith(CHOICE) and value in ("mine", "theirs")
    }
    if given.get("do") != "draft":
        return _sides_page(version_id, choices)
    try:
        seen = given.get("theirs", 0, type=int), given.get("edition", 0, type=int)
        made = platform().run(actor(), adapting.take_over, version_id, *seen, choices, given.get("reason", ""))
    except InvalidInput as problem:
        return _sides_page(version_id, choices, str(problem)), 422
    flash(_("Đã tạo bản nháp %(number)s dựa trên bản gốc mới.", number=made.number), "done")
    return redirect(url_for("modeler.draft", version_id=made.id), 303)


def _sides_page(version_id: int, choices: Choices, problem: str = "") -> str:
    with platform().reading() as reading:
        found, definition = queries.version(reading, actor(), version_id)
        sides = adapting.sides(reading, found, choices)
        base = adapting.base_of(reading, found)
    marks: dict[str, dict[str, list[str]]] = {}
    if sides is not None:
        content = [
            queries.content(each, definition.key, definition.name) for each in (sides.base, sides.theirs, sides.mine)
        ]
        clashing = list(dict.fromkeys(each.element for each in sides.merged.conflicts if each.part == "diagram"))
        for name, changed in (("theirs", content[1]), ("mine", content[2])):
            marks[name] = {**compare(content[0], changed).marks("new"), "conflict": clashing}
        marks["result"] = {**compare(content[2], sides.merged.bundle).marks("new")}
    return render_template(
        "adaptation/merge.html", version=found, definition=definition, sides=sides, base=base, marks=marks,
        problem=problem, prefix=CHOICE, may_change=bool(may_change(actor(), definition.agency_id)),
        parts={"form": _("Biểu mẫu"), "table": _("Bảng"), "scenario": _("Kịch bản")},
    )  # fmt: skip


def _own_agency() -> int:
    """The agency whose procedures the person may adapt; NotAllowed for everybody else."""
    queries.require_reader(actor())
    agency_id = actor().agency_id
    if agency_id is None or not may_change(actor(), agency_id):
        raise NotAllowed(_("Chỉ người thiết kế quy trình và quản trị cơ quan được điều chỉnh quy trình của cơ quan."))
    return agency_id


def _standing(reading: Session, key: str, agency_id: int) -> Standing:
    found = _find(reading, key, agency_id)
    if found is None:
        raise NotFound(_("Không có quy trình này đang áp dụng."))
    return found


def _find(reading: Session, key: str, agency_id: int) -> Standing | None:
    try:
        in_force, definition = queries.version(reading, actor(), queries.current(reading, key, agency_id))
    except NotFound:
        return None
    drafts = tuple(each for each in queries.versions(reading, key, agency_id) if each.state == "draft")
    base = adapting.base_of(reading, in_force) if definition.agency_id is not None else None
    return Standing(
        key, definition.name, in_force, definition.agency_id is not None, drafts, base,
        adapting.moved_on(reading, in_force), tuple(sorted(in_force.decisions)),
    )  # fmt: skip
