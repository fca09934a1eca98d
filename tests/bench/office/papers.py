"""What takes longer than a page: a report over every agency, a year's register as a file."""

from __future__ import annotations

from typing import Any

from tests.bench.office.sites import Site


def measure(site: Site) -> dict[str, Any]:
    """To be filled."""
    return {}
