"""What somebody chooses to be told: a matrix of kinds and channels, how often letters come, when they don't."""

from __future__ import annotations

from datetime import time
from typing import Any

from flask import flash, g, redirect, render_template, request, url_for
from flask_babel import gettext as _

from connectors.notification import push
from connectors.notification.settings import MailSettings, PushSettings
from engine.errors import InvalidInput
from engine.notices import commands, pushing, queries
from engine.notices.rules import CHANNELS, DEFAULT, DIGESTS, KINDS
from web.notices.routes import screen
from web.session import actor, platform


@screen.get("/notices/preferences")
def preferences() -> Any:
    """Show what is chosen."""
    return _page()


@screen.post("/notices/preferences")
def choose() -> Any:
    """Keep what is chosen, or go back to what everybody gets."""
    if request.form.get("do") == "reset":
        everything = {kind: DEFAULT.of(kind) for kind in KINDS}
        platform().run(actor(), commands.choose, everything, DEFAULT.digest, (None, None), False)
        flash(_("Đã trở về lựa chọn ban đầu."), "done")
        return redirect(url_for("notices.preferences"), 303)
    chosen = {kind: request.form.getlist(f"kind-{kind}") for kind in KINDS}
    try:
        quiet = (_time("quiet_from"), _time("quiet_until"))
        days_only = request.form.get("working_days_only") == "yes"
        platform().run(actor(), commands.choose, chosen, request.form.get("digest", ""), quiet, days_only)
    except InvalidInput as error:
        return _page(error), 422
    flash(_("Đã lưu lựa chọn thông báo."), "done")
    return redirect(url_for("notices.preferences"), 303)


def _time(name: str) -> time | None:
    text = request.form.get(name, "").strip()
    if not text:
        return None
    try:
        found = time.fromisoformat(text if len(text) > 4 else f"0{text}")
    except ValueError:
        found = None
    if found is None or found.tzinfo is not None or found.second or found.microsecond:
        sentence = _("“%(text)s” không phải là giờ; nhập giờ và phút, ví dụ 20:00.", text=text[:20])
        raise InvalidInput(sentence, {name: sentence})
    return found


def _page(problem: InvalidInput | None = None) -> str:
    with platform().reading() as reading:
        kept = queries.preference(reading, actor().person_id or 0)
        browsers = pushing.own(reading, actor())
    roles = actor().roles
    return render_template(
        "notices/preferences.html", kept=kept, problem=problem, sent=request.form if problem else None,
        kinds={key: kind for key, kind in KINDS.items() if not kind.roles or kind.roles & roles},
        channels=CHANNELS, digests=DIGESTS, mailing=bool(MailSettings.from_environment().host), mailbox=g.person.email,
        push_key=push.public_key(PushSettings.from_environment()), browsers=browsers,
    )  # fmt: skip
