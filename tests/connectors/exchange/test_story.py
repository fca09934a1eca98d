"""The shipped procedures over the axis: arrival reported, refusal back in the case, recall carried out."""

from collections.abc import Mapping
from typing import Any

import pytest

import connectors.catalog
from engine.definitions import commands as definitions
from engine.documents.models import DispatchStatus, Document
from engine.instances import commands as instances
from engine.instances.models import Incident
from engine.platform import system
from engine.tasks.models import Task
from tests import builders
from tests.connectors.exchange.conftest import Exchange


@pytest.fixture
def story(unprepared: Exchange) -> Exchange:
    """The province with every shipped procedure and every operation."""
    unprepared.platform.catalog = connectors.catalog.catalog()
    unprepared.platform.run(system(), definitions.load_shipped)
    return unprepared


def follow(story: Exchange, document: Document, office: builders.Office) -> None:
    """Start what the outgoing procedure calls per recipient."""
    drafter = story.province.department["specialist"].id
    data = {"document_id": document.id, "dispatch": story.dispatch(document, office).id, "drafter": drafter}
    data |= {"reply_required": False, "due_at": None}
    story.platform.run(
        system(document.agency_id), instances.start_instance, "dispatch-follow-up", document.agency_id, data
    )


def open_tasks(story: Exchange, office: builders.Office) -> list[str]:
    return [task.element for task in story.rows(Task, Task.agency_id == office.id, Task.state == "open")]


def complete(story: Exchange, office: builders.Office, element: str, answers: Mapping[str, Any]) -> None:
    [task] = story.rows(Task, Task.agency_id == office.id, Task.element == element, Task.state == "open")
    clerk = builders.actor(story.platform, office["clerk"])
    story.platform.run(clerk, instances.complete_task, task.id, answers)
    story.run()


def test_arrival_refusal_and_recall(story: Exchange) -> None:
    department, commune, ward = story.province.department, story.province.commune, story.province.ward
    document = story.issued()
    for office in (commune, ward):
        follow(story, document, office)
    story.run()
    assert [status.code for status in story.rows(DispatchStatus)] == ["01", "01"]
    assert [dispatch.state for dispatch in story.dispatches(document)] == ["arrived", "arrived"]
    assert open_tasks(story, commune) == open_tasks(story, ward) == ["accept-document"]

    reason = "Thiếu chữ ký số của cơ quan ban hành"
    complete(story, ward, "accept-document", {"decision": "refuse", "reason_code": "SIG_MISSING", "reason": reason})
    refused = story.dispatch(document, ward)
    assert (refused.state, refused.reason) == ("refused", reason)
    assert open_tasks(story, department) == ["handle-refusal"]

    complete(story, department, "handle-refusal", {"decision": "resend", "note": "Đã ký lại"})
    assert [received.status for received in story.received(ward)] == ["returned", "checked"]

    asked = story.dispatch(document, commune).id
    story.order(department, "exchange.recall", dispatch=asked, reason="Sai số liệu tại phụ lục")
    story.run()
    assert story.dispatch(document, commune).state == "recalled"
    [received] = story.received(commune)
    assert received.destroyed_at is not None
    assert received.tombstone["reason"] == "Sai số liệu tại phụ lục"
    assert open_tasks(story, commune) == []
    assert story.rows(Incident) == []
