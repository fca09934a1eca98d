"""What the editor does with drafts beyond saving them: make one from a file, keep one's own work as a copy."""

from __future__ import annotations

import contextlib
import dataclasses
from typing import Any

from engine.definitions import commands, queries
from engine.definitions.models import Version
from engine.definitions.shipped import Bundle
from engine.errors import NotFound
from engine.platform import Work


def import_draft(work: Work, bundle: Bundle, agency_id: int | None, file_name: str) -> Version:
    """Keep what a file held as a draft; it is based on what is in force for this key, if anything is."""
    based_on_id: int | None = None
    with contextlib.suppress(NotFound):
        based_on_id = queries.current(work.session, bundle.key, agency_id)
    return commands.save_draft(work, bundle, agency_id, based_on_id, f"Nhập từ tệp {file_name}")


def copy_draft(work: Work, version_id: int, **content: Any) -> Version:
    """Keep one's own content as another draft beside a draft that somebody else saved meanwhile.

    `content` holds what differs: diagram, forms, decisions, scenarios.
    """
    version, definition = queries.version(work.session, work.actor, version_id)
    bundle = dataclasses.replace(queries.content(version, definition.key, definition.name), **content)
    reason = f"Bản riêng của {work.actor.name}, tách từ bản nháp {version.number}"
    return commands.save_draft(work, bundle, definition.agency_id, version.based_on_id, reason)
