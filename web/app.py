"""The table of contents of the web: what an app is made of, screen by screen."""

from __future__ import annotations

import dataclasses
import json
import logging
import secrets
from pathlib import Path
from typing import Any

from flask import Flask, url_for
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.routing import IntegerConverter

from connectors.assembly import make_platform
from connectors.worker import wake
from engine.documents.formats import WAY_BACK
from engine.platform import Platform
from engine.settings import Settings
from web import errors
from web import session as sessions
from web.adaptation import routes as adaptation
from web.archive import lending as archive_lending
from web.archive import routes as archive
from web.authority import routes as authority
from web.calendar import routes as calendar
from web.clearing import routes as clearing
from web.copying import routes as copying
from web.database import configuration, db
from web.directory import people
from web.directory import routes as directory
from web.documents import creating, files
from web.documents import people as document_people
from web.documents import routes as documents
from web.drafting import comparing
from web.drafting import layout as draft_layout
from web.drafting import routes as drafting
from web.drafting import templates as draft_templates
from web.flight import routes as flight
from web.handbook import routes as handbook
from web.instances import routes as instances
from web.intake import registering, saved, several
from web.intake import routes as intake
from web.language import language, speak
from web.layout import headers, navigation, typed, words
from web.layout import routes as layout
from web.modeler import drafts
from web.modeler import routes as modeler
from web.notices import browsers, preferences, stream
from web.notices import routes as notices
from web.opinions import routes as opinions
from web.outages import entering as outage_entries
from web.outages import routes as outages
from web.phrases import routes as phrases
from web.practice import routes as practice
from web.records import filing as dossier_filing
from web.records import keeping as dossier_keeping
from web.records import prints as dossier_prints
from web.records import routes as records
from web.registers import keeping, prints, slips
from web.registers import routes as registers
from web.reports import export as report_files
from web.reports import routes as reports
from web.reports import scheduled as scheduled_reports
from web.rights import routes as rights
from web.scenarios import routes as scenarios
from web.search import export
from web.search import routes as search
from web.succession import routes as succession
from web.versions import routes as versions
from web.waivers import routes as waivers
from web.worklist import bulk, steps
from web.worklist import keeping as keeping_filters
from web.worklist import routes as worklist

HERE = Path(__file__).parent
SCREENS = (
    layout.screen,
    directory.screen,
    authority.screen,
    calendar.screen,
    handbook.screen,
    worklist.screen,
    notices.screen,
    documents.screen,
    opinions.screen,
    copying.screen,
    drafting.screen,
    intake.screen,
    registers.screen,
    records.screen,
    archive.screen,
    succession.screen,
    rights.screen,
    clearing.screen,
    outages.screen,
    search.screen,
    reports.screen,
    instances.screen,
    modeler.screen,
    drafts.screen,
    versions.screen,
    adaptation.screen,
    scenarios.screen,
    flight.screen,
    phrases.screen,
    practice.screen,
    waivers.screen,
)

log = logging.getLogger("vanthu.web")


class Id(IntegerConverter):
    """Row numbers in addresses: what PostgreSQL can't hold as one is simply no address."""

    def __init__(self, map: Any, *arguments: Any, **named: Any) -> None:
        super().__init__(map, *arguments, **{"max": 2**63 - 1, **named})


def create_app(settings: Settings | None = None, platform: Platform | None = None) -> Flask:
    """Return the web of an installation; settings come from the environment, the platform from them."""
    settings = _with_key(settings or (platform.settings if platform else Settings.from_environment()))
    app = Flask("web", root_path=str(HERE), template_folder=".", static_folder="static")
    app.url_map.converters["int"] = Id
    app.json.ensure_ascii = False  # type: ignore[attr-defined]  # sentences stay readable on the wire and in logs
    app.config.update(configuration(settings))
    app.config.update(
        MAX_CONTENT_LENGTH=settings.max_upload_bytes + 1024 * 1024,
        MAX_FORM_MEMORY_SIZE=4 * 1024 * 1024,
        MAX_FORM_PARTS=2000,
        TEMPLATES_AUTO_RELOAD=settings.environment != "production",
    )
    db.init_app(app)
    app.extensions["vanthu"] = platform or _assemble(app, settings)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]
    sessions.protect(app, settings)
    errors.answer_errors(app, settings)
    typed.tell(app)
    headers.add_headers(app, https=settings.base_url.startswith("https://"))
    for screen in SCREENS:
        app.register_blueprint(screen)
    speak(app)
    _dress(app, settings)
    return app


def _with_key(settings: Settings) -> Settings:
    """Make a key when there is none (never in production): sessions then last as long as the process."""
    return settings if settings.secret_key else dataclasses.replace(settings, secret_key=secrets.token_urlsafe(48))


def _assemble(app: Flask, settings: Settings) -> Platform:
    waker = wake(settings.redis_url, settings.job_seconds) if settings.redis_url else None
    with app.app_context():
        return make_platform(settings, engine=db.engine, wake=waker)


def _dress(app: Flask, settings: Settings) -> None:
    """Give templates their words, navigation and bundles."""
    manifest = _manifest(Path(str(app.static_folder)))

    def asset(name: str) -> str:
        return url_for("static", filename=manifest[name]) if name in manifest else ""

    def given() -> dict[str, Any]:
        return {
            "asset": asset,
            "language": language(),
            "test_data": settings.environment == "demo",
            "handbook": handbook.address,
            "script_words": words.for_scripts,
            **navigation.context(),
            **typed.context(),
        }

    app.context_processor(given)
    app.jinja_env.filters.update(words.FILTERS)
    app.jinja_env.globals["way_back"] = WAY_BACK  # in the sentence of a stopped file, beside which the way stands
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    hashed = frozenset(manifest.values())

    def age(filename: str | None) -> int:
        # Hashed names never change their content; the rest (character maps of pdf.js) rarely.
        return 31536000 if filename in hashed or (filename or "").startswith("media/") else 86400

    app.get_send_file_max_age = age  # type: ignore[method-assign]


def _manifest(folder: Path) -> dict[str, str]:
    try:
        return dict(json.loads((folder / "manifest.json").read_text(encoding="utf-8")))
    except FileNotFoundError:
        log.warning("the browser bundles are not built; pages come without style and script")
        return {}


__all__ = ["create_app"]
_ = (
    browsers,
    bulk,
    comparing,
    creating,
    archive_lending,
    document_people,
    dossier_filing,
    dossier_keeping,
    dossier_prints,
    draft_layout,
    draft_templates,
    export,
    files,
    outage_entries,
    keeping,
    keeping_filters,
    people,
    preferences,
    prints,
    registering,
    report_files,
    scheduled_reports,
    saved,
    several,
    slips,
    steps,
    stream,
)  # their routes hang on the screens of their folders
