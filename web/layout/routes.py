"""What belongs to no screen: the language switch, and the two questions a load balancer asks."""

from __future__ import annotations

from flask import Blueprint, Response, redirect, request, session, url_for

from engine.database import ping
from web.session import inside, platform

screen = Blueprint("layout", __name__)


@screen.post("/language")
def language() -> Response:
    """Switch between Vietnamese and English, and go back to where the person was."""
    if request.form.get("language") in ("vi", "en"):
        session["language"] = request.form["language"]
    return redirect(inside(request.form.get("next")) or url_for("worklist.inbox"))  # type: ignore[return-value]


@screen.get("/healthz")
def alive() -> Response:
    """Answer as long as the process runs."""
    return Response("ok\n", mimetype="text/plain")


@screen.get("/readyz")
def ready() -> Response:
    """Answer 200 when the database does, 503 (through the error page) when it doesn't."""
    ping(platform().engine)
    return Response("ok\n", mimetype="text/plain")
