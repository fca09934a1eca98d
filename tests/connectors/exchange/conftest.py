"""A province whose agencies exchange documents over the built-in axis."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import connectors.exchange.operations  # noqa: F401
import engine.documents.operations
import engine.instances.operations  # noqa: F401
from connectors.delivery import carry_out_all
from connectors.exchange.receive import handle
from engine.clock import FixedClock
from engine.definitions import commands as definitions
from engine.definitions.shipped import Bundle
from engine.directory import commands as directory
from engine.documents.models import Dispatch, Document
from engine.inbox import Arrival
from engine.instances import commands as instances
from engine.outbox import Delivery
from engine.platform import Platform, Work, system
from tests import bpmn_text, builders
from tests.conftest import NOW
from tests.furnished import Furnished, furnished
from tests.played import installation
from tests.servers import TestServers

RECEIVE = bpmn_text.process(
    "incoming-document",
    [
        '<bpmn:startEvent id="start"><bpmn:messageEventDefinition messageRef="message-document-arrived"/>'
        "</bpmn:startEvent>",
        bpmn_text.catch_message("wait-recall", "recall-received", "${string(document_id)}"),
        bpmn_text.END,
        bpmn_text.chain("start", "wait-recall", "end"),
    ],
    '<bpmn:message id="message-document-arrived" name="document-arrived"/>'
    '<bpmn:message id="message-recall-received" name="recall-received"/>',
)
FOLLOW = bpmn_text.process(
    "follow",
    [
        bpmn_text.START,
        bpmn_text.service("send", "exchange.send", bpmn_text.inputs_of(dispatch="${dispatch}")),
        bpmn_text.catch_message("wait-status", "dispatch-status", "${string(dispatch)}"),
        bpmn_text.catch_message("wait-reply", "reply-received", "${string(dispatch)}"),
        bpmn_text.END,
        bpmn_text.chain("start", "send", "wait-status", "wait-reply", "end"),
    ],
    '<bpmn:message id="message-dispatch-status" name="dispatch-status"/>'
    '<bpmn:message id="message-reply-received" name="reply-received"/>',
)


@dataclass
class Exchange:
    """The province, and what the tests do in it."""

    platform: Platform
    clock: FixedClock
    province: builders.Province

    def issued(self, office: builders.Office | None = None, to: list[int] | None = None, **fields: Any) -> Document:
        """An issued document of the department to the commune and the ward, signed by the leader."""
        office = office or self.province.department
        recipients = to or [self.province.commune.id, self.province.ward.id]
        fields = {"signer_id": office["leader"].id, "issued_amount": 1, "to_places": "Như trên;\nLưu: VT"} | fields
        return builders.issued(self.platform, office, recipients, **fields)

    def order(self, office: builders.Office, operation: str, **given: Any) -> int:
        """Write an outbox row; its id."""

        def write(work: Work) -> int:
            delivery = work.send(operation, given)
            work.session.flush()
            return delivery.id

        return self.platform.run(system(office.id), write)

    def run(self) -> None:
        """Carry out everything that is due, arrivals included."""
        carry_out_all(self.platform, handle)

    def send(self, document: Document) -> None:
        """Send a document to all its recipients and let everything happen."""
        for dispatch in self.dispatches(document):
            self.order(self.office(document.agency_id), "exchange.send", dispatch=dispatch.id)
        self.run()

    def office(self, agency_id: int) -> builders.Office:
        """The office of an agency."""
        offices = (self.province.department, self.province.commune, self.province.ward)
        return next(office for office in offices if office.id == agency_id)

    def rows(self, model: Any, *conditions: Any) -> list[Any]:
        """Rows of a table in the order they were made."""
        with self.platform.reading() as session:
            return list(session.scalars(select(model).where(*conditions).order_by(model.id)))

    def dispatches(self, document: Document) -> list[Dispatch]:
        """Recipients of a document."""
        return self.rows(Dispatch, Dispatch.document_id == document.id)

    def dispatch(self, document: Document, office: builders.Office) -> Dispatch:
        """What became of a document at one recipient."""
        [found] = [d for d in self.dispatches(document) if d.recipient_id == office.id]
        return found

    def received(self, office: builders.Office) -> list[Document]:
        """Incoming documents of an office."""
        return self.rows(Document, Document.agency_id == office.id, Document.direction == "incoming")

    def arrivals(self) -> list[Arrival]:
        """Everything the axis ever brought."""
        return self.rows(Arrival)

    def deliveries(self, operation: str) -> list[Delivery]:
        """Outbox rows of an operation."""
        return self.rows(Delivery, Delivery.operation == operation)

    def follow(self, document: Document, office: builders.Office) -> int:
        """Start a procedure that sends to one recipient and follows it; the instance's id."""
        data = {"document_id": document.id, "dispatch": self.dispatch(document, office).id}
        return self.platform.run(
            system(document.agency_id), instances.start_instance, "follow", document.agency_id, data
        ).id


def furnish(platform: Platform) -> builders.Province:
    """The invented province, whose leaders hold the post their signatures name."""
    province = builders.province(platform)

    def name_posts(work: Work) -> None:
        for office in (province.department, province.commune, province.ward):
            post = directory.add_post(work, office.id, "Giám đốc", capacity="")
            directory.change_person(work, office["leader"].id, {"post_id": post.id})

    platform.run(system(), name_posts)
    return province


@pytest.fixture(scope="session")
def made_province(
    servers: TestServers, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Furnished]:
    """A database with the province in it, made once and copied by every test of this folder."""
    folder = tmp_path_factory.mktemp("province")
    with furnished(servers, template_database, FixedClock(NOW), folder, furnish) as made:
        yield made


@pytest.fixture
def unprepared(made_province: Furnished, tmp_path: Path) -> Iterator[Exchange]:
    """A province with people who sign, and no procedure for what arrives."""
    with made_province.copied() as url:
        clock = FixedClock(NOW)
        platform = builders.platform(installation(url, tmp_path), clock, tmp_path)
        yield Exchange(platform, clock, made_province.made())
        platform.engine.dispose()


@pytest.fixture
def exchange(unprepared: Exchange) -> Exchange:
    """The province with a short procedure for what arrives, and one that follows what was sent."""
    unprepared.platform.run(system(), publish)
    return unprepared


def publish(work: Work) -> None:
    """Put both procedures in force."""
    for key, xml in (("incoming-document", RECEIVE), ("follow", FOLLOW)):
        draft = definitions.save_draft(work, Bundle(key, key, xml, {}, {}), None, None)
        definitions.publish(work, draft.id)
