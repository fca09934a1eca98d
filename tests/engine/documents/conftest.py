"""Another agency beside the department."""

from __future__ import annotations

import pytest

from engine.platform import Platform
from tests import builders


@pytest.fixture
def other(platform: Platform) -> builders.Office:
    return builders.office(platform, "UBND xã An Phú", abbreviation="UBND", unit_abbreviation="KT", code="H99.30.012")
