"""A shipped procedure in force in the department."""

from __future__ import annotations

import pytest

from engine.platform import Platform
from tests import builders
from tests.web.conftest import SignIn
from tests.web.procedures import Place, make_place


@pytest.fixture
def place(platform: Platform, province: builders.Province, sign_in: SignIn) -> Place:
    """The department, its analyst and a procedure to adapt."""
    return make_place(platform, province, sign_in)
