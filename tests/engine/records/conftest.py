"""A platform with the department on it, as the tests of documents have it."""

from __future__ import annotations

from tests.engine.documents.conftest import other, platform  # noqa: F401
