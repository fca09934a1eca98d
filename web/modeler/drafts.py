"""What the editor asks the server: content, saving, checks, copies, files. JSON in, JSON out, errors included."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, Response, jsonify, request

from engine.bpmn import checks
from engine.clock import VIETNAM
from engine.definitions import catalog, drafting, queries, rules
from engine.definitions.models import Version
from engine.definitions.shipped import Bundle
from engine.directory.models import Person
from engine.errors import Conflict, Finding, InvalidInput
from web.errors import answer_scripts
from web.layout.headers import download
from web.modeler.archive import packed, read_upload
from web.modeler.commands import copy_draft
from web.sent import body
from web.session import actor, now, platform

screen = Blueprint("drafts", __name__, url_prefix="/modeler/drafts/<int:version_id>")
answer_scripts(screen)


@screen.before_request
def readable_only() -> None:
    """Another agency's draft doesn't exist, whatever else may be wrong with the request."""
    with platform().reading() as reading:
        queries.version(reading, actor(), (request.view_args or {})["version_id"])


@screen.get("/content")
def content(version_id: int) -> Response:
    """Return everything a draft is made of, and which edition that is."""
    with platform().reading() as reading:
        version, definition = queries.version(reading, actor(), version_id)
        saved = _saved(reading, version)
        lines = {line.definition.key: line.definition.name for line in queries.overview(reading, actor())}
    return jsonify(
        procedures=[{"key": key, "name": name} for key, name in lines.items()],
        diagram=version.diagram.decode("utf-8", "replace"), forms=version.forms, decisions=version.decisions,
        scenarios=version.scenarios, key=definition.key, name=definition.name, state=version.state,
        may_change=version.state == "draft" and bool(rules.may_change(actor(), definition.agency_id)), **saved,
    )  # fmt: skip


@screen.put("/content")
def keep(version_id: int) -> Any:
    """Save what is sent into the draft; 409 tells who saved another edition meanwhile, and when."""
    sent = body()
    edition = sent.get("edition")
    if not isinstance(edition, int) or isinstance(edition, bool):
        raise InvalidInput("Thiếu số lần lưu của bản nháp. Tải lại trang rồi tiếp tục.")
    try:
        version = platform().run(actor(), drafting.keep_draft, version_id, edition, **_parts(sent))
    except Conflict as refused:
        with platform().reading() as reading:
            current, _definition = queries.version(reading, actor(), version_id)
            return jsonify(message=str(refused), state=current.state, **_saved(reading, current)), 409
    with platform().reading() as reading:
        return jsonify(_saved(reading, version))


@screen.post("/check")
def check(version_id: int) -> Response:
    """Check what is drawn now, saved or not; nothing is changed."""
    began = time.perf_counter()
    sent = _parts(body())
    with platform().reading() as reading:
        version, definition = queries.version(reading, actor(), version_id)
        drawn = Bundle(
            definition.key, definition.name, sent.get("diagram", version.diagram), sent.get("forms", version.forms),
            sent.get("decisions", version.decisions), version.scenarios,
        )  # fmt: skip
        known = catalog.catalog_for(reading, drawn, definition.agency_id, platform().catalog, now())
        findings = [*checks.check(drawn.diagram, known), *rules.sound(drawn)]
    took = round((time.perf_counter() - began) * 1000)
    return jsonify(findings=[_finding(each) for each in _once(findings)], milliseconds=took)


@screen.post("/copy")
def copy(version_id: int) -> Response:
    """Keep one's own content as another draft, when somebody else saved this one meanwhile."""
    made = platform().run(actor(), copy_draft, version_id, **_parts(body()))
    return jsonify(id=made.id, number=made.number)


@screen.post("/read")
def read(version_id: int) -> Response:
    """Read a file into the editor; nothing is saved until the editor does."""
    with platform().reading() as reading:
        queries.version(reading, actor(), version_id)
    file = request.files.get("file")
    if file is None or not file.filename:
        raise InvalidInput("Chọn tệp .bpmn hoặc .zip rồi thử lại.")
    bundle = read_upload(file.filename, file.stream)
    diagram = bundle.diagram.decode("utf-8-sig", "replace")
    return jsonify(diagram=diagram, forms=dict(bundle.forms), decisions=dict(bundle.decisions), name=bundle.name)


@screen.get("/export.bpmn")
def export_diagram(version_id: int) -> Response:
    """Return the saved diagram as a file."""
    with platform().reading() as reading:
        version, definition = queries.version(reading, actor(), version_id)
    return download(version.diagram, f"{definition.key}.bpmn", "application/xml")


@screen.get("/export.zip")
def export_everything(version_id: int) -> Response:
    """Return diagram, forms, tables and scenarios as a zip."""
    with platform().reading() as reading:
        version, definition = queries.version(reading, actor(), version_id)
    bundle = queries.content(version, definition.key, definition.name)
    return download(packed(bundle), f"{definition.key}.zip", "application/zip")


def _parts(sent: dict[str, Any]) -> dict[str, Any]:
    """What was sent of a draft's parts, each of the shape it must have; InvalidInput otherwise."""
    parts: dict[str, Any] = {}
    if (diagram := sent.get("diagram")) is not None:
        if not isinstance(diagram, str):
            raise InvalidInput("Sơ đồ gửi lên không phải là văn bản XML.")
        parts["diagram"] = diagram.encode("utf-8", "replace")
    for name, inner in (("forms", dict), ("decisions", str), ("scenarios", dict)):
        if (value := sent.get(name)) is not None:
            if not isinstance(value, dict) or not all(isinstance(each, inner) for each in value.values()):
                raise InvalidInput("Biểu mẫu, bảng quyết định hoặc kịch bản gửi lên không đúng dạng.")
            parts[name] = value
    return parts


def _saved(reading: Any, version: Version) -> dict[str, Any]:
    """Which edition a draft has, who saved it and when."""
    person = reading.get(Person, version.changed_by_id) if version.changed_by_id else None
    at = version.changed_at.astimezone(VIETNAM).strftime("%H:%M") if version.changed_at else ""
    day = version.changed_at.astimezone(VIETNAM).strftime("%d/%m/%Y") if version.changed_at else ""
    return {
        "edition": version.edition,
        "saved_at": at,
        "at": f"{at} {day}".strip(),
        "by": person.full_name if person else "",
    }


def _once(findings: list[Finding]) -> list[Finding]:
    """The same sentence at the same element once, however many families find it."""
    return list({(each.element, each.sentence): each for each in findings}.values())


def _finding(found: Finding) -> dict[str, Any]:
    return {
        "element": found.element, "rule": found.rule, "sentence": found.sentence, "severity": found.severity,
        "clause": found.clause,
    }  # fmt: skip
