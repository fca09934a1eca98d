"""A platform with the department on it, and another agency, as the tests of documents have them."""

from __future__ import annotations

from tests.engine.documents.conftest import other, platform  # noqa: F401
