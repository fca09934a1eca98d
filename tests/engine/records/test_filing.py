"""The shipped procedure puts what was resolved into the dossier its specialist chose, answer and all."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from connectors.catalog import catalog
from connectors.delivery import carry_out_all
from connectors.exchange.receive import handle
from engine.definitions import commands as definitions
from engine.documents import commands as documents
from engine.errors import InvalidInput
from engine.instances import commands as instances
from engine.instances.models import Incident
from engine.platform import Platform, system
from engine.records import commands, queries
from engine.tasks.models import Task
from tests import builders
from tests.builders import Office, actor


def do(platform: Platform, office: Office, who: str, element: str, answers: dict[str, Any]) -> None:
    with platform.reading() as session:
        task_id = session.scalars(select(Task.id).where(Task.element == element, Task.state == "open")).one()
    platform.run(actor(platform, office[who]), instances.complete_task, task_id, answers)


def begun(platform: Platform, office: Office) -> int:
    """A registered document at the desk of its specialist; its id."""
    platform.catalog = catalog()
    platform.run(system(), definitions.load_shipped)
    document = builders.registered(platform, office, source="paper")
    platform.run(actor(platform, office["leader"]), documents.instruct, document.id, text="Xử lý",
                 lead_unit=office.unit.id)  # fmt: skip
    data = {
        "document_id": document.id, "lead_unit": office.unit.id, "support_units": [],
        "due_at": "2026-12-01T17:00:00+07:00", "urgency": 0,
    }  # fmt: skip
    platform.run(system(office.id), instances.start_instance, "resolution", office.id, data)
    do(platform, office, "unit-head", "assign-work",
       {"decision": "assign", "lead_person": office["specialist"].id, "supporters": []})  # fmt: skip
    carry_out_all(platform, handle)
    return document.id


def test_what_is_resolved_goes_into_the_chosen_dossier(platform: Platform, office: Office) -> None:
    specialist = actor(platform, office["specialist"])
    mine = platform.run(specialist, commands.add_dossier, title="Hồ sơ của tôi", year=2026, retention_years=5)
    others = platform.run(actor(platform, office["clerk"]), commands.add_dossier, title="Của văn thư", year=2026,
                          retention_years=5)  # fmt: skip
    document_id = begun(platform, office)
    answer = {"decision": "result", "text": "Đã kiểm tra thực địa"}
    with pytest.raises(InvalidInput):
        do(platform, office, "specialist", "resolve-document", {**answer, "dossier": others.id})
    do(platform, office, "specialist", "resolve-document", {**answer, "dossier": mine.id})
    with platform.reading() as session:
        assert [row.id for row in queries.documents_in(session, mine.id)] == [document_id]
        assert [row.status for row in queries.documents_in(session, mine.id)] == ["resolved"]
        assert session.scalars(select(Incident)).all() == []


def test_a_dossier_need_not_be_chosen(platform: Platform, office: Office) -> None:
    document_id = begun(platform, office)
    do(platform, office, "specialist", "resolve-document", {"decision": "information"})
    with platform.reading() as session:
        assert queries.of_document(session, actor(platform, office["clerk"]), document_id) == []
        assert session.scalars(select(Incident)).all() == []
