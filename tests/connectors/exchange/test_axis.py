"""The built-in axis: bytes carried once, to the right agency, and nobody else's."""

from datetime import timedelta

import pytest

from connectors.exchange.axis import BuiltInAxis, Letter
from connectors.exchange.edxml.messages import MessageError
from engine.errors import NotFound
from tests import builders
from tests.connectors.exchange.conftest import Exchange


def letter(recipient: str = "012.00.30.H99", key: str = "ob-1", raw: bytes = b"<edXML/>") -> Letter:
    return Letter(key, "document", "000.00.15.H99", recipient, raw)


def test_the_same_key_is_carried_once(exchange: Exchange) -> None:
    axis, commune = BuiltInAxis(exchange.platform), exchange.province.commune
    first = axis.send(letter())
    exchange.clock.advance(timedelta(minutes=5))
    assert axis.send(letter()) == first
    assert axis.send(letter(key="ob-2")).transport_id != first.transport_id
    waiting = axis.list_received(commune.id)
    assert [each.transport_id for each in waiting] == ["noi-bo-ob-1", "noi-bo-ob-2"]
    assert axis.fetch(commune.id, first.transport_id) == b"<edXML/>"


def test_an_acknowledged_message_waits_no_more(exchange: Exchange) -> None:
    axis, commune = BuiltInAxis(exchange.platform), exchange.province.commune
    carried = axis.send(letter())
    axis.ack(commune.id, carried.transport_id, "processing")
    assert len(axis.list_received(commune.id)) == 1
    axis.ack(commune.id, carried.transport_id, "done")
    assert axis.list_received(commune.id) == []
    assert axis.fetch(commune.id, carried.transport_id) == b"<edXML/>"


def test_another_agency_sees_nothing(exchange: Exchange) -> None:
    axis, ward = BuiltInAxis(exchange.platform), exchange.province.ward
    carried = axis.send(letter())
    assert axis.list_received(ward.id) == []
    with pytest.raises(NotFound):
        axis.fetch(ward.id, carried.transport_id)
    with pytest.raises(NotFound):
        axis.ack(ward.id, carried.transport_id, "done")


def test_an_unknown_recipient_is_said(exchange: Exchange) -> None:
    builders.agency(exchange.platform, "UBND xã Ngoài", code="000.00.99.H99", on_platform=False)
    for code in ("000.00.98.H99", "000.00.99.H99"):
        with pytest.raises(MessageError, match="chưa đăng ký") as caught:
            BuiltInAxis(exchange.platform).send(letter(code))
        assert caught.value.code == "unknown-recipient"
    assert exchange.arrivals() == []
