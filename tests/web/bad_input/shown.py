"""The forms that pages really show, filled as a person would, and tried without leaving a trace."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import text
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from engine.database import Base
from engine.platform import Platform
from tests import builders
from tests.web.test_tenancy import NOT_IDS, OF_NOBODY, address

# What people type into fields by these names; every other text field takes words.
TYPED = {
    **dict.fromkeys(("issued_date", "1-issued_date", "dated"), "20/11/2026"),
    **dict.fromkeys(("stops_at", "told_at"), "23/11/2026 07:00"), "expected_at": "23/11/2026 19:00",
    **dict.fromkeys(("restarted_at", "arrived_at", "hours"), ""), "valid_from": "24/11/2026",
    **dict.fromkeys(("valid_to", "until", "due_date"), "24/12/2026"), **dict.fromkeys(("day", "since"), "25/12/2026"),
    "morning": "07:30-11:30", "afternoon": "13:00-17:00", **dict.fromkeys(("quiet_from", "quiet_until"), "20:00"),
    **dict.fromkeys(("count", "amount", "page_amount", "year"), "2"), "pages": "1", "email": "a@b.vn",
    "telephone": "0901234567", "user_name": "thu.nghiem", "code": "77/UBND-KT", "1-code": "77/UBND-KT",
    "notation": "H1", "abbreviation": "THU",
}  # fmt: skip
WORDS = "Nội dung thử"
OTHER = {"receiver_id"}  # somebody else than the first, who gives


@dataclass
class Shown:
    """One form of a page: where it goes, what it sends as it stands, which fields take text, files, choices."""

    page: str
    action: str
    endpoint: str
    values: dict[str, list[str]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)

    @property
    def signature(self) -> tuple[object, ...]:
        """What makes it the same form on another page."""
        return (self.endpoint, *sorted(self.values), *sorted(self.texts), *sorted(self.files), *sorted(self.choices),
                *self.values.get("do", ()))  # fmt: skip

    def filled(self, **typed: str) -> MultiDict[str, Any]:
        """What a browser sends when a person fills it in well, with `typed` in its place."""
        sent: MultiDict[str, Any] = MultiDict()
        for name, values in self.values.items():
            offered = self.choices.get(name)
            for value in values:
                sent.add(name, value if value or not offered or name == "outage" else offered[-(name in OTHER)])
        for name, offered in self.choices.items():
            if name not in self.values:
                sent.add(name, offered[0])
        for name, value in self.texts.items():
            sent[name] = typed[name] if name in typed else value.strip() or TYPED.get(name, WORDS)
        for name, accept in self.files.items():
            word = accept == ".docx"
            content = builders.docx() if word else builders.pdf("tốt")
            sent[name] = (io.BytesIO(content), "tệp.docx" if word else "tệp.pdf")
        return sent

    def post(self, client: FlaskClient, **typed: str) -> TestResponse:
        """Send it as the browser would."""
        return client.post(self.action, data=self.filled(**typed), headers={"Referer": f"http://localhost{self.page}"})


def shown_forms(
    app: Flask, client: FlaskClient, ids: dict[str, int], look: Callable[[TestResponse, str], object]
) -> list[Shown]:
    """Every form that any page shows to this person, once; every page is looked at on the way."""
    found: dict[tuple[object, ...], Shown] = {}
    for rule in app.url_map.iter_rules():
        open_to_look = rule.endpoint != "static" and rule.endpoint not in OF_NOBODY and "GET" in (rule.methods or set())
        if not open_to_look or not rule.arguments <= set(ids) | set(NOT_IDS):
            continue
        where = address(app, rule, ids)
        answer = client.get(where)
        look(answer, where)
        if answer.mimetype != "text/html" or answer.status_code != 200 or not answer.text.strip():
            continue
        for form in html.fromstring(answer.text).iter("form"):
            for each in read(app, where, form):
                found.setdefault(each.signature, each)
    return list(found.values())


def read(app: Flask, where: str, form: Any) -> Iterator[Shown]:
    """A form as it may be sent: once for every button that sends it."""
    if (form.get("method") or "get").lower() != "post":
        return
    own = form.get("id")
    outside = [each for each in form.getroottree().iter("input", "select", "textarea", "button")
               if own and each.get("form") == own]  # fmt: skip
    controls = [*form.iter("input", "select", "textarea", "button"), *outside]
    buttons = [each for each in controls if each.tag == "button" and each.get("type") in (None, "submit")]
    ways = dict.fromkeys((each.get("formaction"), each.get("name"), each.get("value")) for each in buttons)
    for to, name, value in ways or {(None, None, None): None}:
        action = (to or form.get("action") or where).partition("#")[0]
        path = action.partition("?")[0] or where.partition("?")[0]
        made = Shown(where, action, app.url_map.bind("localhost").match(path, "POST")[0])
        for control in controls:
            take(made, control)
        if name:
            made.values[name] = [value or ""]
        yield made


def take(made: Shown, control: Any) -> None:
    """Put down what a control would send."""
    name, kind = control.get("name"), (control.get("type") or "text").lower()
    if not name or control.get("disabled") is not None or control.tag == "button":
        return
    if control.tag == "select":
        options = [(each.get("value", "".join(each.itertext()).strip()), each) for each in control.iter("option")]
        chosen = [value for value, each in options if each.get("selected") is not None]
        made.values.setdefault(name, []).extend(chosen or [value for value, _ in options[:1]])
        made.choices.setdefault(name, []).extend(value for value, _ in options if value)
    elif control.tag == "textarea":
        made.texts[name] = "".join(control.itertext())
    elif kind in ("checkbox", "radio"):
        if control.get("checked") is not None:
            made.values.setdefault(name, []).append(control.get("value", "on"))
        made.choices.setdefault(name, []).append(control.get("value", "on"))
    elif kind == "file":
        made.files[name] = control.get("accept") or ""
    elif kind == "hidden":
        made.values.setdefault(name, []).append(control.get("value") or "")
    elif kind not in ("submit", "button", "image", "reset"):
        made.texts[name] = control.get("value") or ""


@contextmanager
def tried(platform: Platform) -> Iterator[Callable[[], None]]:
    """A place to try things in: what commands commit there is gone with each call of what it gives, and at the end."""
    engine, reader = platform.engine, platform._reader
    with engine.connect() as connection, connection.begin() as whole:
        point = [connection.begin_nested()]
        platform.engine = platform._reader = connection  # type: ignore[assignment]

        def again() -> None:
            point[0].rollback()
            point[0] = connection.begin_nested()

        try:
            yield again
        finally:
            platform.engine, platform._reader = engine, reader
            whole.rollback()


_NOTED = {"audit_entry", "seen_today"}  # looking may be noted
_WRITTEN = " union all ".join(
    f"select '{name}', count(*), coalesce(max(xmin::text::bigint), 0) from \"{name}\""
    for name in sorted(set(Base.metadata.tables) - _NOTED)
)


def written(platform: Platform) -> dict[str, tuple[int, int]]:
    """Of every table how many rows it has and who wrote last: the same again when nothing has been written."""
    with platform.reading() as session:
        return {name: (count, last) for name, count, last in session.execute(text(_WRITTEN))}
