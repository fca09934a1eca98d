"""What the axis brings: documents begin procedures, statuses and replies find theirs, duplicates are answered."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from connectors.exchange.axis import BuiltInAxis, Letter
from connectors.exchange.edxml import messages as m
from connectors.exchange.edxml.reading import read_message
from connectors.exchange.edxml.writing import write_document, write_status
from connectors.exchange.receive import handle
from engine.audit import AuditEntry
from engine.documents import commands as documents
from engine.documents import queries
from engine.documents.models import DispatchStatus, DocumentLink
from engine.instances.models import Instance, PendingMessage
from engine.platform import Work, system
from tests.connectors.exchange.conftest import Exchange, publish
from tests.connectors.exchange.edxml import samples


def message_of(exchange: Exchange, number: int) -> m.DocumentMessage:
    raw_hash = exchange.arrivals()[number].raw_hash
    assert raw_hash is not None
    message = read_message(exchange.platform.files.get(raw_hash))
    assert isinstance(message, m.DocumentMessage)
    return message


def put(exchange: Exchange, raw: bytes, key: str, to: str = "012.00.30.H99") -> None:
    """Lay bytes of an outside partner into an agency's inbox and handle everything."""
    BuiltInAxis(exchange.platform).send(Letter(key, "document", "outside", to, raw))
    exchange.run()


def put_letter(exchange: Exchange, message: m.DocumentMessage, key: str) -> None:
    put(exchange, write_document(message), key)


FROM_OUTSIDE = samples.letter(recipients=(m.Organization("012.00.30.H99", "UBND xã An Phú"),), answers=())


def test_an_issued_document_arrives_at_both_recipients(exchange: Exchange) -> None:
    document = exchange.issued()
    exchange.send(document)
    for office in (exchange.province.commune, exchange.province.ward):
        [received] = exchange.received(office)
        assert (received.code, received.subject, received.identifier) == (
            document.code, document.subject, document.identifier,
        )  # fmt: skip
        assert (received.status, received.source, received.sender_id) == ("arrived", "axis", document.agency_id)
        assert received.checks["addressed"]
        assert received.checks["missing"] == []
        [instance] = exchange.rows(Instance, Instance.agency_id == office.id)
        assert (instance.procedure, instance.document_id) == ("incoming-document", received.id)
        with exchange.platform.reading() as session:
            main = queries.main_file(session, received.id)
        assert main is not None
        assert main.origin == "received"
    assert [d.state for d in exchange.dispatches(document)] == ["sent", "sent"]
    assert [a.state for a in exchange.arrivals()] == ["handled", "handled"]


def test_a_status_goes_to_its_dispatch_and_the_procedure_that_waits(exchange: Exchange) -> None:
    commune, ward = exchange.province.commune, exchange.province.ward
    document = exchange.issued()
    followed = exchange.follow(document, commune)
    exchange.run()
    [received] = exchange.received(commune)
    exchange.order(commune, "exchange.report-status", document=received.id, code="03")
    exchange.run()
    assert exchange.dispatch(document, commune).state == "accepted"
    assert exchange.dispatch(document, ward).state == "queued"
    with exchange.platform.reading() as session:
        waits = session.get_one(Instance, followed)
        names = session.scalars(select(PendingMessage.name).where(PendingMessage.agency_id == waits.agency_id)).all()
    assert waits.status == "running"
    assert names == []


def test_statuses_nobody_follows_are_kept_with_the_dispatch_only(exchange: Exchange) -> None:
    commune = exchange.province.commune
    document = exchange.issued(to=[commune.id])
    exchange.send(document)
    [received] = exchange.received(commune)
    for code in ("03", "01", "06", "05"):
        exchange.order(commune, "exchange.report-status", document=received.id, code=code)
        exchange.run()
    assert [s.code for s in exchange.rows(DispatchStatus)] == ["03", "01", "06", "05"]
    assert exchange.dispatch(document, commune).state == "done"
    assert exchange.rows(PendingMessage) == []


def test_a_reply_is_linked_both_ways_and_told(exchange: Exchange) -> None:
    commune = exchange.province.commune
    asked = exchange.issued(to=[commune.id])
    followed = exchange.follow(asked, commune)
    exchange.run()
    [received] = exchange.received(commune)
    exchange.order(commune, "exchange.report-status", document=received.id, code="03")
    exchange.run()
    answer = exchange.issued(commune, [exchange.province.department.id], answers=[received.id], subject="Trả lời")
    exchange.send(answer)
    [reply] = exchange.received(exchange.province.department)
    assert exchange.dispatch(asked, commune).reply_id == reply.id
    links = [(link.from_id, link.to_id) for link in exchange.rows(DocumentLink, DocumentLink.kind == "answers")]
    assert links == [(answer.id, received.id), (reply.id, asked.id)]
    with exchange.platform.reading() as session:
        assert session.get_one(Instance, followed).status == "ended"


def test_a_stranger_cannot_claim_to_answer(exchange: Exchange) -> None:
    asked = exchange.issued(to=[exchange.province.ward.id])
    claimed = m.Citation("000.00.15.H99", asked.code or "", asked.identifier or "", asked.issued_date)
    department = m.Organization("000.00.15.H99", "Sở Xây dựng")
    stranger = replace(FROM_OUTSIDE, sender=samples.AN_PHU, recipients=(department,), answers=(claimed,))
    put(exchange, write_document(stranger), "s-1", "000.00.15.H99")
    assert len(exchange.received(exchange.province.department)) == 1
    assert exchange.rows(DocumentLink) == []
    assert exchange.dispatches(asked)[0].reply_id is None


def test_a_repeated_message_is_answered_not_registered_twice(exchange: Exchange) -> None:
    commune = exchange.province.commune
    document = exchange.issued(to=[commune.id])
    exchange.send(document)
    raw = write_document(message_of(exchange, 0))
    put(exchange, raw, "again-1")
    [received] = exchange.received(commune)
    assert len(exchange.rows(Instance)) == 1
    assert exchange.arrivals()[1].details["duplicate_of"] == received.id
    assert [s.code for s in exchange.rows(DispatchStatus)] == ["01"]

    def register(work: Work) -> None:
        documents.check(work, received.id)
        documents.register_incoming(work, received.id)

    exchange.platform.run(system(commune.id), register)
    put(exchange, raw, "again-2")
    assert [s.code for s in exchange.rows(DispatchStatus)] == ["01", "03"]
    assert len(exchange.received(commune)) == 1


def test_a_refused_document_may_be_sent_again(exchange: Exchange) -> None:
    commune = exchange.province.commune
    document = exchange.issued(to=[commune.id])
    exchange.send(document)
    [first] = exchange.received(commune)
    exchange.platform.run(system(commune.id), documents.refuse, first.id, "SIG_MISSING", "Thiếu chữ ký số")
    exchange.order(commune, "exchange.report-status", document=first.id, code="02", description="Thiếu chữ ký số")
    exchange.run()
    assert exchange.dispatch(document, commune).state == "refused"
    exchange.clock.advance(timedelta(hours=1))
    exchange.send(document)
    again = exchange.received(commune)
    assert len(again) == 2
    sent_again = message_of(exchange, 2)
    assert (sent_again.business.kind, sent_again.business.document_id) == (m.UPDATE, document.identifier)
    exchange.order(commune, "exchange.report-status", document=again[1].id, code="03")
    exchange.run()
    assert exchange.dispatch(document, commune).state == "accepted"
    [link] = exchange.rows(DocumentLink)
    assert (link.from_id, link.to_id, link.kind) == (again[1].id, first.id, "replaces")


def test_a_recall_reaches_the_running_procedure(exchange: Exchange) -> None:
    commune = exchange.province.commune
    document = exchange.issued(to=[commune.id])
    exchange.send(document)
    [received] = exchange.received(commune)
    [dispatch] = exchange.dispatches(document)
    exchange.order(exchange.province.department, "exchange.recall", dispatch=dispatch.id, reason="Sai số liệu")
    exchange.run()
    [instance] = exchange.rows(Instance, Instance.document_id == received.id)
    assert instance.status == "ended"
    # what to do then is the procedure's; this one did nothing
    assert exchange.received(commune)[0].destroyed_at is None
    assert exchange.arrivals()[1].details["recalled"] == received.id


def test_a_recall_after_the_procedure_is_carried_out_at_once(exchange: Exchange) -> None:
    commune = exchange.province.commune
    document = exchange.issued(to=[commune.id])
    exchange.send(document)
    [dispatch] = exchange.dispatches(document)
    for _ in range(2):
        exchange.clock.advance(timedelta(minutes=1))
        exchange.order(exchange.province.department, "exchange.recall", dispatch=dispatch.id, reason="Sai số liệu")
        exchange.run()
    [received] = exchange.received(commune)
    assert received.destroyed_at is not None
    assert received.tombstone["code"] == document.code
    assert exchange.dispatch(document, commune).state == "recalled"
    # a late copy of the recalled document doesn't bring it back
    late = replace(FROM_OUTSIDE, document_id=document.identifier, number="01")
    put_letter(exchange, late, "late")
    assert len(exchange.received(commune)) == 1
    assert exchange.arrivals()[-1].state == "handled"


def test_a_take_back_by_status_is_a_recall_too(exchange: Exchange) -> None:
    put_letter(exchange, FROM_OUTSIDE, "o-1")
    [received] = exchange.received(exchange.province.commune)
    [instance] = exchange.rows(Instance, Instance.document_id == received.id)
    about = m.Citation("012.00.30.H99", "125/SXD-QLXD", samples.IDENTIFIER, FROM_OUTSIDE.issued_on)
    asked = samples.refusal(sender=samples.CONSTRUCTION, about=about, status=m.TAKE_BACK, description="Gửi nhầm")
    put(exchange, write_status(asked), "o-2")
    assert exchange.rows(Instance, Instance.id == instance.id)[0].status == "ended"


def test_a_recall_of_what_never_came_is_answered_16(exchange: Exchange) -> None:
    exchange.issued(to=[exchange.province.commune.id])
    recall = replace(samples.recall(), recipients=FROM_OUTSIDE.recipients, answers=())
    put_letter(exchange, recall, "r-1")
    [delivery] = exchange.deliveries("exchange.answer-unknown")
    assert delivery.state == "done"
    answer = exchange.arrivals()[-1]
    assert answer.agency_id == exchange.province.department.id
    assert answer.details["unmatched"] == samples.IDENTIFIER


def test_only_the_sender_can_recall(exchange: Exchange) -> None:
    put_letter(exchange, FROM_OUTSIDE, "o-1")
    recall = replace(samples.recall(), sender=samples.BINH_MINH, recipients=FROM_OUTSIDE.recipients, answers=())
    put_letter(exchange, recall, "o-2")
    [instance] = exchange.rows(Instance)
    assert instance.status == "running"
    assert exchange.received(exchange.province.commune)[0].destroyed_at is None


def test_a_replacement_is_linked_with_what_it_replaces(exchange: Exchange) -> None:
    put_letter(exchange, FROM_OUTSIDE, "o-1")
    older = m.Replacement(samples.IDENTIFIER, ("012.00.30.H99",))
    newer = replace(
        FROM_OUTSIDE, document_id="000.00.15.H99,2026/11/21,130/SXD-QLXD", number="130",
        business=m.Business(m.REPLACE, "Thay thế", replaces=(older,)),
    )  # fmt: skip
    put_letter(exchange, newer, "o-2")
    first, second = exchange.received(exchange.province.commune)
    [link] = exchange.rows(DocumentLink)
    assert (link.from_id, link.to_id, link.kind) == (second.id, first.id, "replaces")


def test_an_unknown_status_changes_nothing_and_is_kept(exchange: Exchange) -> None:
    commune = exchange.province.commune
    document = exchange.issued(to=[commune.id])
    exchange.send(document)
    about = m.Citation("000.00.15.H99", document.code or "", document.identifier or "", document.issued_date)
    status = samples.refusal(sender=m.Organization("012.00.30.H99", "UBND xã An Phú"), about=about, status="03")
    raw = write_status(status).replace(b">03<", b">77<")
    put(exchange, raw, "x-1", "000.00.15.H99")
    assert exchange.dispatch(document, commune).state == "sent"
    assert [s.code for s in exchange.rows(DispatchStatus)] == ["77"]


@pytest.mark.parametrize("raw", [b"", b"<edXML>", b"%PDF-1.7", b"\x00" * 100])
def test_what_is_no_message_is_put_aside(exchange: Exchange, raw: bytes) -> None:
    put(exchange, raw, "bad")
    [arrival] = exchange.arrivals()
    assert (arrival.state, arrival.attempts) == ("refused", 0)
    assert arrival.last_error
    assert exchange.platform.files.get(arrival.raw_hash or "") == raw
    assert "message.refused" in [entry.action for entry in exchange.rows(AuditEntry)]
    assert handle(exchange.platform, arrival.id) is False


def test_an_unknown_business_is_put_aside(exchange: Exchange) -> None:
    put(exchange, write_document(FROM_OUTSIDE).replace(b"DocType>0<", b"DocType>7<"), "odd")
    assert exchange.arrivals()[0].state == "refused"
    assert exchange.received(exchange.province.commune) == []


def test_a_message_for_somebody_else_is_taken_in_and_marked(exchange: Exchange) -> None:
    put_letter(exchange, samples.letter(answers=()), "wrong")
    [received] = exchange.received(exchange.province.commune)
    assert received.checks["addressed"] is False


def test_what_cannot_be_taken_in_now_waits(unprepared: Exchange) -> None:
    put_letter(unprepared, FROM_OUTSIDE, "wait")
    [arrival] = unprepared.arrivals()
    assert (arrival.state, arrival.attempts) == ("stored", 1)
    assert arrival.not_before > unprepared.clock.now()
    assert unprepared.received(unprepared.province.commune) == []
    unprepared.platform.run(system(), publish)
    unprepared.clock.advance(timedelta(minutes=1))
    unprepared.run()
    [received] = unprepared.received(unprepared.province.commune)
    assert (received.identifier, received.entered_at) == (samples.IDENTIFIER, arrival.arrived_at)


def test_a_status_after_the_reply_waits_for_nobody(exchange: Exchange) -> None:
    """The follow-up of this dispatch has ended with the reply; another one of the document still runs."""
    commune, ward = exchange.province.commune, exchange.province.ward
    asked = exchange.issued()
    exchange.follow(asked, commune)
    others = exchange.follow(asked, ward)
    exchange.run()
    [received] = exchange.received(commune)
    exchange.order(commune, "exchange.report-status", document=received.id, code="03")
    exchange.run()
    answer = exchange.issued(commune, [exchange.province.department.id], answers=[received.id], subject="Trả lời")
    exchange.send(answer)
    exchange.order(commune, "exchange.report-status", document=received.id, code="06")
    exchange.run()
    assert exchange.dispatch(asked, commune).state == "done"
    with exchange.platform.reading() as session:
        assert session.get_one(Instance, others).status == "running"
    assert exchange.rows(PendingMessage) == []
