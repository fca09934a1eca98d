"""Sending, reporting and recalling through the outbox, on a real database."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from connectors.exchange import composing
from connectors.exchange.edxml import messages as m
from connectors.exchange.edxml.reading import read_message
from engine.documents import commands as documents
from engine.documents.models import Dispatch, DispatchStatus
from engine.errors import NotFound
from engine.operations import Outside
from engine.platform import Work, system
from tests import builders
from tests.connectors.exchange.conftest import Exchange


def raw_of(exchange: Exchange, number: int = 0) -> bytes:
    raw_hash = exchange.arrivals()[number].raw_hash
    assert raw_hash is not None
    return exchange.platform.files.get(raw_hash)


def test_what_is_sent_says_everything(exchange: Exchange) -> None:
    commune = exchange.province.commune
    document = exchange.issued(to=[commune.id], urgency=2)
    exchange.send(document)
    message = read_message(raw_of(exchange))
    assert isinstance(message, m.DocumentMessage)
    assert message.full_number == document.code == "01/SXD-QLXD"
    assert message.document_id == document.identifier
    assert (message.sender.code, message.sender.name) == ("000.00.15.H99", "Sở Xây dựng")
    assert [r.code for r in message.recipients] == ["012.00.30.H99"]
    assert (message.place, message.priority, message.typist) == ("Mẫu", 2, "QLXD")
    assert message.signer.position == "Giám đốc"
    assert message.places == ("Như trên;", "Lưu: VT")
    assert message.business.kind == m.NEW
    assert message.files[0].content == builders.pdf(f"sealed {document.id}")
    assert message.warnings == ()


def test_sending_twice_carries_once_and_the_same_bytes(exchange: Exchange) -> None:
    document = exchange.issued(to=[exchange.province.commune.id])
    [dispatch] = exchange.dispatches(document)
    delivery = exchange.order(exchange.province.department, "exchange.send", dispatch=dispatch.id)
    outside = Outside(delivery, 1, document.agency_id, exchange.platform)
    operation = exchange.platform.catalog.get("exchange.send")
    given = operation.read({"dispatch": dispatch.id})
    first = operation.function(given, outside)
    exchange.clock.advance(timedelta(hours=1))
    # the worker died before settling: the same delivery again
    assert operation.function(given, Outside(delivery, 2, document.agency_id, exchange.platform)) == first
    exchange.run()
    assert len([a for a in exchange.arrivals() if a.kind == "document"]) == 1
    assert len(exchange.received(exchange.province.commune)) == 1
    settled = exchange.dispatch(document, exchange.province.commune)
    assert settled.transport_id == first.transport_id
    assert settled.acknowledged_at is not None


def test_another_agencys_dispatch_is_not_sent(exchange: Exchange) -> None:
    document = exchange.issued(to=[exchange.province.commune.id])
    [dispatch] = exchange.dispatches(document)
    operation = exchange.platform.catalog.get("exchange.send")
    with pytest.raises(NotFound):
        operation.function(
            operation.read({"dispatch": dispatch.id}), Outside(1, 1, exchange.province.ward.id, exchange.platform)
        )
    with exchange.platform.reading() as session, pytest.raises(NotFound):
        composing.compose_document(
            session, exchange.platform.files, exchange.province.ward.id, dispatch.id, exchange.clock.now()
        )


def test_a_document_that_breaks_the_rules_fails_for_good(exchange: Exchange) -> None:
    document = exchange.issued(to=[exchange.province.commune.id], signer_id=None)
    exchange.send(document)
    [delivery] = exchange.deliveries("exchange.send")
    assert delivery.state == "failed"
    assert "họ tên người ký" in str(delivery.last_error)
    dispatch = exchange.dispatch(document, exchange.province.commune)
    assert dispatch.state == "failed"
    assert "họ tên người ký" in dispatch.reason
    assert exchange.arrivals() == []


def test_a_recipient_that_left_the_axis_is_told_to_the_clerk(exchange: Exchange) -> None:
    document = exchange.issued(to=[exchange.province.commune.id])
    exchange.platform.run(
        system(), lambda work: work.session.execute(update(Dispatch).values(recipient_code="999.00.30.H99"))
    )
    exchange.send(document)
    assert exchange.dispatch(document, exchange.province.commune).state == "failed"


def test_a_normative_number_with_its_year_reads_back(exchange: Exchange) -> None:
    document = exchange.issued(to=[exchange.province.commune.id])

    def rename(work: Work) -> None:
        row = documents.queries.locked(work, document.id)
        row.code, row.code_number, row.code_notation = "23/2026/QĐ-UBND", "23", "QĐ-UBND"

    exchange.platform.run(system(document.agency_id), rename)
    exchange.send(document)
    message = read_message(raw_of(exchange))
    assert isinstance(message, m.DocumentMessage)
    assert message.full_number == "23/2026/QĐ-UBND"
    assert exchange.received(exchange.province.commune)[0].code == "23/2026/QĐ-UBND"


@pytest.mark.parametrize("code", ["01", "02", "03", "04", "05", "06", "15", "16"])
def test_every_status_reaches_the_sender(exchange: Exchange, code: str) -> None:
    commune = exchange.province.commune
    document = exchange.issued(to=[commune.id])
    exchange.send(document)
    [received] = exchange.received(commune)
    exchange.order(commune, "exchange.report-status", document=received.id, code=code, person=commune["clerk"].id)
    exchange.run()
    [status] = exchange.rows(DispatchStatus)
    assert (status.code, status.dispatch_id) == (code, exchange.dispatches(document)[0].id)
    assert status.description
    assert commune["clerk"].full_name in status.staff


def test_a_refusal_needs_no_words_longer_than_the_wire_takes(exchange: Exchange) -> None:
    commune = exchange.province.commune
    document = exchange.issued(to=[commune.id])
    exchange.send(document)
    [received] = exchange.received(commune)
    exchange.order(commune, "exchange.report-status", document=received.id, code="02", description="x" * 1500)
    exchange.run()
    dispatch = exchange.dispatch(document, commune)
    assert dispatch.state == "refused"
    assert dispatch.reason == "x" * 1000


def test_paper_has_nobody_to_report_to(exchange: Exchange) -> None:
    commune = exchange.province.commune
    paper = builders.arrived(exchange.platform, commune, source="paper")
    stranger = builders.arrived(exchange.platform, commune, issued_date="2026-11-20")
    nameless = builders.arrived(exchange.platform, commune, identifier=None)
    for document in (paper, stranger, nameless):
        exchange.order(commune, "exchange.report-status", document=document.id, code="01")
    exchange.run()
    assert exchange.arrivals() == []
    results = [(d.state, d.result["sent"]) for d in exchange.deliveries("exchange.report-status")]
    assert results == [("done", False)] * 3
    assert "chưa đăng ký" in exchange.deliveries("exchange.report-status")[1].result["reason"]


def test_a_document_that_never_left_is_taken_back_without_a_message(exchange: Exchange) -> None:
    commune = exchange.province.commune
    document = exchange.issued(to=[commune.id])
    [dispatch] = exchange.dispatches(document)
    exchange.order(exchange.province.department, "exchange.recall", dispatch=dispatch.id, reason="Sai số liệu")
    exchange.run()
    assert exchange.dispatch(document, commune).state == "recalled_locally"
    assert exchange.arrivals() == []
    exchange.order(exchange.province.department, "exchange.send", dispatch=dispatch.id)
    exchange.run()
    assert exchange.arrivals() == []
    assert "thu hồi trước khi gửi" in str(exchange.deliveries("exchange.send")[0].last_error)


def test_a_recall_is_noted_once_however_often_it_is_tried(exchange: Exchange) -> None:
    document = exchange.issued(to=[exchange.province.commune.id])
    exchange.send(document)
    [dispatch] = exchange.dispatches(document)
    delivery = exchange.order(
        exchange.province.department, "exchange.recall", dispatch=dispatch.id, reason="Sai số liệu"
    )
    operation = exchange.platform.catalog.get("exchange.recall")
    for attempt in (1, 2):
        outside = Outside(delivery, attempt, document.agency_id, exchange.platform)
        assert operation.function(operation.read({"dispatch": dispatch.id, "reason": "Sai số liệu"}), outside).asked
    with exchange.platform.reading() as session:
        assert session.scalars(select(DispatchStatus.code)).all() == ["13"]
    assert exchange.dispatch(document, exchange.province.commune).state == "recall_asked"
    assert len(exchange.arrivals()) == 2
