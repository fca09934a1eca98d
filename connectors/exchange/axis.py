"""The axis that carries messages between agencies: what any axis offers, and the built-in one.

The built-in axis serves agencies of one installation (receivers inside it are never reached over an outside axis).
It carries the very bytes of the message: stored by hash, one inbox row for the receiver.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from sqlalchemy import select

from connectors.exchange.edxml.messages import MessageError
from engine import inbox
from engine.directory import queries as directory
from engine.errors import NotFound
from engine.inbox import Arrival
from engine.platform import Platform, Work, system

Kind = Literal["document", "status"]
Outcome = Literal["processing", "done", "fail"]

SOURCE = "axis"


@dataclass(frozen=True, slots=True)
class Letter:
    """A message handed to an axis: `key` is the same for every attempt, so that sending twice carries once."""

    key: str
    kind: Kind
    sender_code: str
    recipient_code: str
    raw: bytes


@dataclass(frozen=True, slots=True)
class Carried:
    """What an axis answers: its id for the message and when it took it over (the success report of LA-10.1)."""

    transport_id: str
    acknowledged_at: datetime


@dataclass(frozen=True, slots=True)
class Received:
    """A message that waits at an axis for an agency."""

    transport_id: str
    kind: str
    arrived_at: datetime


class Axis(Protocol):
    """What the platform needs of an axis; a provincial or national one implements the same."""

    def send(self, letter: Letter) -> Carried:
        """Hand a message over; PermanentError when it never can be, TemporaryError when later may help."""
        ...

    def list_received(self, agency_id: int) -> Sequence[Received]:
        """Messages that wait for an agency, oldest first."""
        ...

    def fetch(self, agency_id: int, transport_id: str) -> bytes:
        """The bytes of a message that was received; NotFound for another agency's."""
        ...

    def ack(self, agency_id: int, transport_id: str, outcome: Outcome) -> None:
        """Say what became of the transport (never of the business); `done` only after it was stored."""
        ...


class BuiltInAxis:
    """Carries messages between the agencies of this installation."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def send(self, letter: Letter) -> Carried:
        """Put the message into the receiver's inbox; the same key again gives the same answer and puts nothing."""
        raw_hash = self._platform.files.put(letter.raw)
        return self._platform.run(system(), carry, letter, raw_hash)

    def list_received(self, agency_id: int) -> Sequence[Received]:
        """Messages that wait for an agency, oldest first."""
        rows = select(Arrival.outside_id, Arrival.kind, Arrival.arrived_at).where(
            Arrival.source == SOURCE, Arrival.agency_id == agency_id, Arrival.state == inbox.STORED
        )
        with self._platform.reading() as session:
            return [Received(*row) for row in session.execute(rows.order_by(Arrival.id))]

    def fetch(self, agency_id: int, transport_id: str) -> bytes:
        """The bytes of a message of this agency; NotFound otherwise."""
        rows = select(Arrival.raw_hash).where(
            Arrival.source == SOURCE, Arrival.agency_id == agency_id, Arrival.outside_id == transport_id
        )
        with self._platform.reading() as session:
            raw_hash = session.scalar(rows)
        if raw_hash is None:
            raise NotFound("Không tìm thấy thông điệp này trên trục liên thông.")
        return self._platform.files.get(raw_hash)

    def ack(self, agency_id: int, transport_id: str, outcome: Outcome) -> None:
        """Mark the inbox row: handled, refused, or still stored."""
        self._platform.run(system(agency_id), acknowledge, transport_id, outcome)


def carry(work: Work, letter: Letter, raw_hash: str) -> Carried:
    """Store the message for the agency that bears the recipient's code; MessageError when nobody here does."""
    receiver = directory.agency_by_code(work.session, letter.recipient_code, directory.today(work.now))
    if receiver is None or not receiver.on_platform:
        raise MessageError(
            "unknown-recipient", f"Nơi nhận có mã “{letter.recipient_code}” chưa đăng ký trên trục liên thông."
        )
    transport_id = f"noi-bo-{letter.key}"
    kept = inbox.store(
        work.session, source=SOURCE, outside_id=transport_id, kind=letter.kind, raw_hash=raw_hash,
        agency_id=receiver.id, now=work.now,
    )  # fmt: skip
    if kept is not None:
        work.note(
            "message.carried",
            "arrival",
            kept,
            receiver.id,
            sender=letter.sender_code,
            kind=letter.kind,
            sha256=raw_hash,
        )
        return Carried(transport_id, work.now)
    earlier = work.session.scalar(
        select(Arrival.arrived_at).where(Arrival.source == SOURCE, Arrival.outside_id == transport_id)
    )
    return Carried(transport_id, earlier or work.now)


def acknowledge(work: Work, transport_id: str, outcome: Outcome) -> None:
    """Record what became of the transport; NotFound for another agency's message."""
    row = work.session.scalar(
        select(Arrival)
        .where(Arrival.source == SOURCE, Arrival.outside_id == transport_id, Arrival.agency_id == work.actor.agency_id)
        .with_for_update()
    )
    if row is None:
        raise NotFound("Không tìm thấy thông điệp này trên trục liên thông.")
    row.state = {"processing": inbox.STORED, "done": inbox.HANDLED, "fail": inbox.REFUSED}[outcome]
    row.handled_at = None if outcome == "processing" else work.now


def axis(platform: Platform) -> Axis:
    """The axis of this installation."""
    return BuiltInAxis(platform)
