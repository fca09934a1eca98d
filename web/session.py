"""Who is signed in: cookie, idle and absolute limits, form tokens, and a brake on guessing passwords."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from typing import Any, cast
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, make_response, redirect, render_template, request, session, url_for
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFProtect

from engine.directory import queries
from engine.directory.models import Person
from engine.errors import NotAllowed, NotFound
from engine.platform import Actor, Platform
from engine.settings import Settings
from web.layout import typed

csrf = CSRFProtect()
limiter = Limiter(key_func=get_remote_address, strategy="moving-window")

OPEN = frozenset(
    {"static", "directory.sign_in", "layout.language", "layout.alive", "layout.ready", "notices.push_worker"}
)
"""Endpoints anybody may call; every other one asks for sign-in, whether its author thought of it or not."""

PASSIVE = frozenset({"worklist.counts", "worklist.news", "notices.stream", "intake.reading"})
"""What pages ask for by themselves: it doesn't count as the person being there."""

_DURING_PASSWORD_CHANGE = frozenset({"directory.change_password", "directory.sign_out"})


def platform() -> Platform:
    """Return the installation this request works on."""
    return cast(Platform, current_app.extensions["vanthu"])


def actor() -> Actor:
    """Return who is signed in; only for routes behind sign-in."""
    return cast(Actor, g.actor)


def now() -> datetime:
    """Return the platform's current moment."""
    return platform().clock.now()


def begin(person: Person) -> None:
    """Start a fresh session for somebody whose password was right."""
    session.clear()
    moment = now().timestamp()
    session.update(person=person.id, since=moment, seen=moment, stamp=_stamp(person))
    session.permanent = True


def renew(person: Person) -> None:
    """Keep this session after the person's own change of password, which ends all their others."""
    session["stamp"] = _stamp(person)


def end() -> None:
    """Forget who was signed in."""
    language = session.get("language")
    session.clear()
    if language:
        session["language"] = language


def moment_sent(text: str) -> datetime | None:
    """Return the moment a link of ours carries, or None for what can't be one."""
    try:
        found = datetime.fromisoformat(text[:40])
    except ValueError:
        return None
    return found if found.tzinfo else None


def inside(address: str | None) -> str | None:
    """Return an address only if it is a path of this site: `next=` may not lead elsewhere."""
    if not address or not address.startswith("/") or address.startswith(("//", "/\\")):
        return None
    if any(ord(sign) < 32 for sign in address) or "\\" in address:
        return None
    parts = urlsplit(address)
    return None if parts.scheme or parts.netloc else address


def protect(app: Flask, settings: Settings) -> None:
    """Wire sign-in, form tokens and limits into the app."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="vanthu",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.base_url.startswith("https://"),
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=timedelta(hours=settings.session_hours),
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session; a half-written draft must not fail for its token
        WTF_CSRF_SSL_STRICT=settings.base_url.startswith("https://"),
        RATELIMIT_STORAGE_URI=settings.redis_url or "memory://",
        RATELIMIT_HEADERS_ENABLED=False,
        RATELIMIT_IN_MEMORY_FALLBACK_ENABLED=bool(settings.redis_url),
        RATELIMIT_IN_MEMORY_FALLBACK=["60 per minute"] if settings.redis_url else [],
    )
    csrf.init_app(app)
    limiter.init_app(app)
    app.before_request(_ask_for_sign_in)


def _stamp(person: Person) -> str:
    changed = person.password_changed_at
    return changed.isoformat() if changed else ""


def _ask_for_sign_in() -> Any:
    g.actor = g.person = g.agency = None
    if request.endpoint == "static":
        return None
    reason = _recognise()
    if request.endpoint in OPEN or request.endpoint is None:
        return None
    if g.actor is None:
        return sign_in_first(reason)
    if (g.person.must_change_password or session.get("due")) and request.endpoint not in _DURING_PASSWORD_CHANGE:
        return redirect(url_for("directory.change_password"))
    if (form := typed.sent_form()) is not None:
        g.actor = dataclasses.replace(g.actor, form=form)
    return None


def _recognise() -> str:
    """Fill g.actor, g.person and g.agency from the cookie; return why it didn't when it had one."""
    person_id = session.get("person")
    if not isinstance(person_id, int):
        return ""
    moment, settings = now(), platform().settings
    idle = moment.timestamp() - float(session.get("seen", 0))
    age = moment.timestamp() - float(session.get("since", 0))
    if idle > settings.session_minutes * 60 or age > settings.session_hours * 3600:
        end()
        return "expired"
    found = _member(person_id, moment)
    if found is None or _stamp(found.person) != session.get("stamp"):
        end()
        return "ended"
    g.person, g.agency, g.actor = found.person, found.agency, found.actor
    # Written at most once a minute: the cookie needn't travel with every answer.
    if request.endpoint not in PASSIVE and idle > 60:
        session["seen"] = moment.timestamp()
    return ""


def _member(person_id: int, moment: datetime) -> queries.Member | None:
    """Read anew for every request, so that a right taken away is gone with the next one."""
    with platform().asking() as reading:
        try:
            return queries.member(reading, person_id, moment)
        except (NotFound, NotAllowed):
            return None


def came_from() -> str | None:
    """Return the page of this site that a form was sent from, if it can be opened again; else where it was sent to."""
    parts = urlsplit(request.referrer or "")
    page = f"{parts.path}?{parts.query}" if parts.query else parts.path
    routes = current_app.url_map.bind("")
    for address, path in ((inside(page) if parts.netloc == request.host else None, parts.path), (request.path,) * 2):
        if address and routes.test(path, "GET"):
            return address
    return None


def sign_in_first(reason: str) -> Response:
    """Return the way to sign-in and back to the same page; a page that asks by itself is told in a notice."""
    if request.headers.get("HX-Request"):
        # Somebody may be in the middle of a form: say it, don't take the page away.
        answer = make_response(render_template("layout/messages/signed-out.html"), 401)
        answer.headers["HX-Retarget"] = "#notices"
        answer.headers["HX-Reswap"] = "innerHTML"
        return answer
    wanted = request.full_path.rstrip("?") if request.method == "GET" else came_from()
    if typed.sent():
        reason = "typed"
    return cast(
        Response, redirect(url_for("directory.sign_in", next=wanted if wanted != "/" else None, reason=reason or None))
    )
