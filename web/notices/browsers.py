"""Browsers that show notices while the page is closed: registered and removed by their person, and their script."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from flask import Response, flash, redirect, request, url_for
from flask_babel import gettext as _

from connectors.notification import push
from connectors.notification.settings import PushSettings
from engine.errors import Conflict, InvalidInput
from engine.notices import pushing
from web.notices.routes import screen
from web.session import actor, platform

WORKER = Path(__file__).with_name("push-worker.js")


@screen.post("/notices/browsers")
def register_browser() -> Any:
    """Register the browser this comes from; what it says of itself is checked, since we send where it points."""
    settings = PushSettings.from_environment()
    sent = {name: request.form.get(name, "") for name in ("endpoint", "public_key", "secret", "browser")}
    try:
        if not settings.key:
            raise InvalidInput(_("Hệ thống này chưa thiết lập khóa gửi thông báo đến trình duyệt."))
        browser = push.Browser(sent["endpoint"], sent["public_key"], sent["secret"])
        push.check(browser, internal=settings.internal == "allowed")
        platform().run(actor(), pushing.register, browser.endpoint, browser.public_key, browser.secret, sent["browser"])
        flash(_("Trình duyệt này nhận thông báo từ bây giờ."), "done")
    except (InvalidInput, Conflict) as error:
        flash(str(error), "late")
    return redirect(url_for("notices.preferences", _anchor="browsers"), 303)


@screen.post("/notices/browsers/<int:subscription_id>/remove")
def remove_browser(subscription_id: int) -> Any:
    """Send nothing more to one of one's browsers."""
    platform().run(actor(), pushing.remove, subscription_id)
    flash(_("Trình duyệt đó không nhận thông báo nữa."), "done")
    return redirect(url_for("notices.preferences", _anchor="browsers"), 303)


@screen.get("/push-worker.js")
def push_worker() -> Response:
    """Serve the script that stays in the browser; at the root, since it answers for the whole site."""
    answer = Response(WORKER.read_bytes(), mimetype="text/javascript")
    answer.headers["Cache-Control"] = "no-cache"
    return answer
