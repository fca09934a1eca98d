"""Messages and signals thrown by a diagram, delivered to others in a transaction of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine import inbox
from engine.instances import commands
from engine.instances.advance import THROWN
from engine.operations import Outside, operation, parameter
from engine.platform import Work, system


@dataclass(frozen=True)
class DeliverMessage:
    """A message or signal on its way to whoever waits for it."""

    name: str = parameter("Tên thông điệp")
    kind: str = parameter("Loại", kind="choice", choices=("message", "signal"), default="message")
    correlation: str | None = parameter("Khóa đối chiếu", default=None)
    data: dict[str, Any] = parameter("Dữ liệu", kind="data", default_factory=dict)


@operation(THROWN, version=1, name="Chuyển thông điệp giữa các quy trình", outside=True)
def deliver_message(given: DeliverMessage, outside: Outside) -> None:
    """Chuyển thông điệp đến quy trình đang chờ, đúng một lần dù phải thử lại nhiều lần."""
    agency_id = outside.agency_id
    if agency_id is None:
        return
    outside.platform.run(system(agency_id), hand_over, outside.idempotency_key, given)


def hand_over(work: Work, key: str, given: DeliverMessage) -> bool:
    """Give the message or signal to its receivers; False when this very delivery was handed over before."""
    agency_id = work.actor.agency_id
    assert agency_id is not None
    kept = inbox.store(
        work.session,
        source="internal",
        outside_id=key,
        kind=given.kind,
        raw_hash=None,
        agency_id=agency_id,
        now=work.now,
        state=inbox.HANDLED,
    )
    if kept is None:
        return False
    if given.kind == "signal":
        commands.receive_signal(work, agency_id, given.name, given.data)
    else:
        commands.receive_message(work, agency_id, given.name, given.correlation, given.data)
    return True
