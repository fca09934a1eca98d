"""What the drawer “Kịch bản” asks the server: play, run, keep. JSON in, JSON out; playing keeps nothing."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, Response, jsonify, request
from sqlalchemy.orm import Session

from engine.definitions import catalog, drafting, queries, rules
from engine.definitions.models import Definition, Version
from engine.definitions.scenarios import Limits, Surroundings, coverage, play, read_scenario, walk_all
from engine.definitions.scenarios.naming import free_key
from engine.definitions.shipped import Bundle
from engine.errors import InvalidInput, NotFound
from web.errors import answer_scripts
from web.scenarios.told import told_coverage, told_standing, told_walk
from web.sent import body
from web.session import actor, platform

screen = Blueprint("scenarios", __name__, url_prefix="/modeler/drafts/<int:version_id>/scenarios")
answer_scripts(screen)
MOST_BYTES = 3 * drafting.MAX_BYTES
MOST_SCENARIOS = 200
PLAYING = Limits(seconds=5.0, total_seconds=5.0)
RUNNING = Limits(seconds=5.0, total_seconds=20.0)


@screen.get("")
def listing(version_id: int) -> Response:
    """Return the scenarios as they are saved, and whether this person may change them."""
    with platform().reading() as reading:
        version, definition = queries.version(reading, actor(), version_id)
    may_change = version.state == "draft" and bool(rules.may_change(actor(), definition.agency_id))
    return jsonify(scenarios=version.scenarios, edition=version.edition, may_change=may_change)


@screen.post("/play")
def playing(version_id: int) -> Response:
    """Replay the steps so far on what is drawn now, and say where it stands and what can be answered there."""
    bundle, around, sent = _asked(version_id, PLAYING)
    return jsonify(told_standing(play(bundle, sent.get("scenario"), around)))


@screen.post("/run")
def running(version_id: int) -> Response:
    """Run every scenario on what is drawn now; say how each came out and what they cover together."""
    began = time.perf_counter()
    bundle, around, _sent = _asked(version_id, RUNNING)
    walks = walk_all(bundle, around)
    covered = coverage(bundle, walks)
    took = round((time.perf_counter() - began) * 1000)
    return jsonify(results=[told_walk(each) for each in walks], coverage=told_coverage(covered), milliseconds=took)


@screen.post("/keep")
def keeping(version_id: int) -> Response:
    """Save one scenario into the draft: a new one, or `key` again; Conflict when somebody else saved meanwhile."""
    scenarios, edition, sent = _to_change(version_id)
    table = sent.get("scenario")
    key = sent.get("key")
    if key is not None and (not isinstance(key, str) or key not in scenarios):
        raise NotFound("Kịch bản này đã bị xóa hoặc đổi tên. Lưu lại thành kịch bản mới.")
    name = str(table.get("name", "")) if isinstance(table, dict) else ""
    read_scenario(str(key or "moi"), table)
    key = str(key or free_key(name, scenarios))
    if len(scenarios) >= MOST_SCENARIOS and key not in scenarios:
        raise InvalidInput(f"Bản nháp đã có {MOST_SCENARIOS} kịch bản; xóa bớt trước khi thêm.")
    return _kept(version_id, edition, {**scenarios, key: table}, key)


@screen.post("/rename")
def renaming(version_id: int) -> Response:
    """Give a scenario another name; what it does and expects stays."""
    scenarios, edition, sent = _to_change(version_id)
    key, name = _key(sent, scenarios), str(sent.get("name", "")).strip()
    if not name:
        raise InvalidInput("Nhập tên mới cho kịch bản.")
    table = {**scenarios[key], "name": name}
    read_scenario(key, table)
    return _kept(version_id, edition, {**scenarios, key: table}, key)


@screen.post("/remove")
def removing(version_id: int) -> Response:
    """Take a scenario out of the draft."""
    scenarios, edition, sent = _to_change(version_id)
    gone = _key(sent, scenarios)
    return _kept(version_id, edition, {key: table for key, table in scenarios.items() if key != gone}, gone)


def _asked(version_id: int, limits: Limits) -> tuple[Bundle, Surroundings, dict[str, Any]]:
    """What is drawn now (what isn't sent is as saved), and the procedures it calls, as cases begun now would."""
    with platform().reading() as reading:
        version, definition = queries.version(reading, actor(), version_id)
        sent = _sent()
        bundle = _drawn(version, definition, sent)
        around = Surroundings(platform().catalog, _called(reading, bundle, definition), limits=limits)
    return bundle, around, sent


def _called(reading: Session, bundle: Bundle, definition: Definition) -> dict[str, Bundle]:
    found = {key: catalog.in_force(reading, definition.agency_id, key) for key in catalog.called_keys(bundle.diagram)}
    return {key: each for key, each in found.items() if each is not None}


def _drawn(version: Version, definition: Definition, sent: dict[str, Any]) -> Bundle:
    diagram = sent.get("diagram")
    if diagram is not None and not isinstance(diagram, str):
        raise InvalidInput("Sơ đồ gửi lên không phải là văn bản XML.")
    parts = {}
    for name in ("forms", "decisions", "scenarios"):
        value = sent.get(name)
        if value is not None and not isinstance(value, dict):
            raise InvalidInput("Biểu mẫu, bảng quyết định hoặc kịch bản gửi lên không đúng dạng.")
        parts[name] = getattr(version, name) if value is None else value
    if len(parts["scenarios"]) > MOST_SCENARIOS:
        raise InvalidInput(f"Nhiều nhất {MOST_SCENARIOS} kịch bản cho một quy trình.")
    drawn = version.diagram if diagram is None else diagram.encode("utf-8", "replace")
    return Bundle(definition.key, definition.name, drawn, **parts)


def _to_change(version_id: int) -> tuple[dict[str, Any], int, dict[str, Any]]:
    with platform().reading() as reading:
        version, _definition = queries.version(reading, actor(), version_id)
    sent = _sent()
    edition = sent.get("edition")
    if not isinstance(edition, int) or isinstance(edition, bool):
        raise InvalidInput("Thiếu số lần lưu của bản nháp. Tải lại trang rồi tiếp tục.")
    return dict(version.scenarios), edition, sent


def _kept(version_id: int, edition: int, scenarios: dict[str, Any], key: str) -> Response:
    version = platform().run(actor(), drafting.keep_draft, version_id, edition, scenarios=scenarios)
    return jsonify(edition=version.edition, key=key, scenarios=version.scenarios)


def _key(sent: dict[str, Any], scenarios: dict[str, Any]) -> str:
    key = sent.get("key")
    if not isinstance(key, str) or key not in scenarios:
        raise NotFound("Không có kịch bản này trong bản nháp.")
    return key


def _sent() -> dict[str, Any]:
    if (request.content_length or 0) > MOST_BYTES:
        raise InvalidInput("Nội dung gửi lên quá lớn để chạy thử; chia quy trình thành các quy trình con.")
    return body()
