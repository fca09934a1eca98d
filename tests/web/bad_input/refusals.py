"""What a refusal has to be: the right status, a sentence, no trace, and everything as it was."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask
from lxml import html
from sqlalchemy import text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from engine.database import Base
from engine.platform import Platform

EVERY_ROLE = ("clerk", "leader", "unit-head", "specialist", "form-checker", "agency-admin", "process-analyst")
NOT_IDS = {
    "turn": "submit",
    "decision": "confirm",
    "about": "minutes",
    "name": "tep.pdf",
    "extension": "csv",
    "key": "incoming-document",
    "direction": "incoming",
    "filename": "none.js",
    "slug": "none",
    "kind": "none",
    "format": "pdf",
    "what": "year",
    "step": "close",
}
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"
FOREVER = 10**30
GOOD = {"line": "Đồng ý"}
PAPER = {
    "source": "paper", "organ_name": "UBND xã Bên Kia", "code": "12/UBND-KT", "issued_date": "20/11/2026",
    "type_name": "Công văn", "subject": "Về việc rà soát", "urgency": "1",
}  # fmt: skip
_INTERNALS = re.compile(r"Traceback|File \"|werkzeug|sqlalchemy|psycopg|marshmallow|jinja2|(Key|Type|Value|Data)Error")
_VIETNAMESE = re.compile(r"[ăâđêôơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]")


def _question(kind: str, key: str, label: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, "id": f"ask-{key}", "key": key, "label": label, **more}


RICH = {
    "type": "default",
    "id": "accept",
    "components": [
        _question("textfield", "line", "Dòng chữ", validate={"required": True, "maxLength": 100}),
        _question("textarea", "note", "Ghi chú"),
        _question("number", "amount", "Số lượng", validate={"min": 1, "max": 60}, decimalDigits=0),
        _question("datetime", "until", "", subtype="date", dateLabel="Đến ngày", disallowPassedDates=True),
        _question("checklist", "units", "Đơn vị", properties={"kind": "units"}),
        _question("select", "person", "Người xử lý", properties={"kind": "person"}),
        _question(
            "select", "urgency", "Độ khẩn", properties={"bind": "document.urgency"},
            values=[{"value": "0", "label": "Thường"}, {"value": "1", "label": "Khẩn"}],
        ),
        _question("filepicker", "files", "Tệp kèm theo", multiple=True, properties={"bind": "document.files"}),
    ],
}  # fmt: skip
"""A form with every kind of question, two of them bound to the document."""


def state(platform: Platform) -> dict[str, str]:
    """A digest of every table and the names in the file store; reading may be noted, so the audit trail is left out."""
    digests = {}
    with platform.reading() as session:
        for name in sorted(Base.metadata.tables):
            if name != "audit_entry":
                rows = text(f"select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) from \"{name}\" t")
                digests[name] = str(session.scalar(rows))
    store = platform.files.folder
    digests["files"] = "|".join(sorted(path.name for path in store.rglob("*") if path.is_file()))
    return digests


@contextmanager
def unchanged(platform: Platform) -> Iterator[None]:
    """Whatever happens in the block: database and file store are as before, and no connection is kept."""
    before = state(platform)
    yield
    after = state(platform)
    assert {name for name in before if before[name] != after[name]} == set()
    assert platform.engine.pool.checkedout() == 0  # type: ignore[attr-defined]


def refused(answer: TestResponse, *statuses: int, about: object = "") -> str:
    """Check that an answer is a refusal people can read; its words."""
    assert answer.status_code in statuses, (about, answer.status_code, answer.text[:300])
    read = html.fromstring(answer.text).xpath("//text()[not(parent::script or parent::style)]")
    words = " ".join(" ".join(read).split())
    assert _VIETNAMESE.search(words), about
    assert not _INTERNALS.search(answer.text), about
    assert "Content-Security-Policy" in answer.headers, about
    return words


def upload(content: bytes, name: str) -> tuple[io.BytesIO, str]:
    """A file as the test client posts it."""
    return io.BytesIO(content), name


def addressed(app: Flask, rule: Rule, number: int) -> str:
    """The address of a route with this number for every id."""
    values = {name: NOT_IDS.get(name, number) for name in rule.arguments}
    return app.url_map.bind("localhost").build(rule.endpoint, values)
