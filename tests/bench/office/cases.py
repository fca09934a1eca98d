"""Cases made by the platform itself, each brought to the step that somebody will complete while it is measured."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import select, text

from connectors.delivery import carry_out_all
from engine.directory import queries as directory
from engine.documents.models import Document
from engine.instances import cases, commands
from engine.platform import Actor, Platform
from engine.tasks.models import Task
from tests.bench.office.town import Office
from tests.bench.office.waiting import Visitor

STEPS = ("accept-document", "instruct-document", "assign-work", "resolve-document")
AT = dict(zip(("clerk", "leader", "unit-head", "specialist"), STEPS, strict=True))
NEWEST = 5_000_000  # ids of these documents begin here: behind those of the archive
Answers = dict[str, Any]


def prepare(platform: Platform, offices: list[Office], people: list[Visitor], each: int) -> dict[int, list[int]]:
    """Bring `each` documents per person to their step; person → ids of the tasks that are theirs to complete."""
    with platform.engine.begin() as connection:
        connection.execute(text(f"alter sequence document_id_seq restart {NEWEST}"))
    wanted = [visitor for visitor in people for _ in range(each)]
    documents = [_arrive(platform, offices[visitor.office], number) for number, visitor in enumerate(wanted)]
    carry_out_all(platform)
    for step in STEPS[:-1]:
        for visitor, document in zip(wanted, documents, strict=True):
            if STEPS.index(AT[visitor.role]) > STEPS.index(step):
                office = offices[visitor.office]
                person = _who(office, visitor, step)
                task_id = _open(platform, document, step)
                platform.run(_actor(platform, person), commands.complete_task, task_id, answers(office, visitor, step))
        carry_out_all(platform)
    found: dict[int, list[int]] = defaultdict(list)
    for visitor, document in zip(wanted, documents, strict=True):
        found[visitor.person_id].append(_open(platform, document, AT[visitor.role]))
    return dict(found)


def _arrive(platform: Platform, office: Office, number: int) -> int:
    clerk = _actor(platform, office.people["clerk"][0])
    made: tuple[Document, Any] = platform.run(
        clerk, cases.begin_incoming, agency_id=office.id, subject=f"Đề nghị phối hợp rà soát số liệu đợt {number}",
        code=f"{number + 1}/CV-PH", organ_name="Cơ quan gửi", source="paper",
    )  # fmt: skip
    return made[0].id


def _who(office: Office, visitor: Visitor, step: str) -> int:
    if step == "assign-work":
        return next(head for head in office.people["unit-head"] if office.unit_of[head] == visitor.unit_id)
    return office.people["clerk" if step == "accept-document" else "leader"][0]


def answers(office: Office, visitor: Visitor, step: str) -> Answers:
    """What somebody writes into the form of a step."""
    if step == "accept-document":
        return {"decision": "accept", "route": "submit"}
    if step == "instruct-document":
        return {"instruction": "Giao phòng chủ trì giải quyết.", "lead_unit": visitor.unit_id}
    if step == "assign-work":
        in_unit = [person for person in office.people["specialist"] if office.unit_of[person] == visitor.unit_id]
        lead = visitor.person_id if visitor.role == "specialist" else in_unit[0]
        return {"decision": "assign", "lead_person": lead, "note": "Đối chiếu số liệu đã có."}
    return {"decision": "result", "text": "Đã rà soát, số liệu khớp với sổ theo dõi."}


def _open(platform: Platform, document: int, step: str) -> int:
    with platform.reading() as session:
        rows = select(Task.id).where(Task.document_id == document, Task.element == step, Task.state == "open")
        return session.scalars(rows).one()


def _actor(platform: Platform, person_id: int) -> Actor:
    with platform.reading() as session:
        return directory.actor_of(session, person_id, platform.clock.now())
