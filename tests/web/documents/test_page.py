"""The audit trail of a document speaks Vietnamese."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from web.documents.page import actions

ROOT = Path(__file__).parents[3]


def test_every_action_on_a_document_has_words(app: Flask) -> None:
    source = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in ("engine", "connectors")
        for path in (ROOT / folder).rglob("*.py")
    )
    noted = set(re.findall(r"note\(\s*\"([a-z_.-]+)\",\s*\"document\"", source))
    assert noted
    with app.test_request_context():
        assert noted - set(actions()) == set()
