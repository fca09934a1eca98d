"""Every operation an installation offers: importing this module registers them all."""

from __future__ import annotations

import connectors.archive.operations
import connectors.conversion.checking.operations
import connectors.conversion.copies.operations
import connectors.conversion.operations
import connectors.conversion.opinions
import connectors.conversion.prints.operations
import connectors.conversion.reports.operations
import connectors.exchange.operations
import connectors.notification.operations
import connectors.notification.pushing
import connectors.scanning.operations
import connectors.signing.copies
import connectors.signing.operations
import engine.copying.operations
import engine.documents.operations
import engine.holding
import engine.instances.mending.copies
import engine.instances.moving.operations
import engine.instances.operations
import engine.instances.timing.operations
import engine.opinions.operations
import engine.outages.operations
import engine.records.operations
import engine.tasks.operations
from engine.operations import Catalog


def catalog() -> Catalog:
    """All operations by key."""
    return Catalog.registered()
