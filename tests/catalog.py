"""The catalog as it is shipped, whatever operations other tests have added in this process."""

from __future__ import annotations

from connectors.catalog import catalog as registered
from engine.operations import Catalog


def catalog() -> Catalog:
    """The operations of the product; those that tests declare begin with `test.`."""
    return Catalog(each for each in registered() if not each.key.startswith("test."))
