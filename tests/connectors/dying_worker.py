"""A worker process for crash tests: it carries out one delivery and kills itself (SIGKILL) at the point it is told."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import engine.instances.operations  # noqa: F401
from connectors import delivery
from engine.clock import FixedClock
from engine.database import connect
from engine.files import FileStore
from engine.operations import Catalog, Outside, operation, parameter
from engine.platform import Platform
from engine.settings import Settings

POINTS = ("before-claim", "after-claim", "before-effect", "after-effect", "before-settled", "after-settled")


@dataclass(frozen=True)
class Line:
    """A line to be written outside."""

    path: str = parameter("Tệp")


@operation("test.write-line", version=1, name="Ghi một dòng ra ngoài", outside=True)
def write_line(given: Line, outside: Outside) -> dict[str, Any]:
    """Append the idempotency key to a file, the way an outside system would note a call."""
    die("before-effect")
    with Path(given.path).open("a", encoding="utf-8") as file:
        file.write(outside.idempotency_key + "\n")
        file.flush()
        os.fsync(file.fileno())
    die("after-effect")
    return {"written": True}


_point = ""


def die(point: str) -> None:
    """Kill this very process if this is the point."""
    if point == _point:
        os.kill(os.getpid(), signal.SIGKILL)


def dying(step: Callable[..., Any], point: str) -> Callable[..., Any]:
    """The same step, with death right after it (and so before its transaction commits)."""

    def stepped(*arguments: Any, **named: Any) -> Any:
        result = step(*arguments, **named)
        die(point)
        return result

    return stepped


def deliver(url: str, folder: str, delivery_id: int, now: str, point: str) -> None:
    """Carry out a delivery of a database, with files in a folder, and die at the point."""
    global _point
    _point = point
    settings = Settings(environment="test", database_url=url)
    platform = Platform(
        connect(url),
        settings=settings,
        clock=FixedClock(datetime.fromisoformat(now)),
        files=FileStore(Path(folder)),
        catalog=Catalog.registered(),
    )
    die("before-claim")
    delivery.claim = dying(delivery.claim, "after-claim")
    delivery.settle.settle_delivery = dying(delivery.settle.settle_delivery, "before-settled")
    delivery.deliver(platform, delivery_id)
    die("after-settled")
