"""Another agency, as the tests of documents have it."""

from __future__ import annotations

from tests.engine.documents.conftest import other  # noqa: F401
