"""The shipped procedures: an instruction taken back, people added and removed, lines with their states."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from connectors.catalog import catalog
from connectors.delivery import carry_out_all
from connectors.exchange.receive import handle
from engine.clock import FixedClock
from engine.definitions import commands as definitions
from engine.documents import queries
from engine.documents.models import Assignment, Document, Opinion
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.instances import cases
from engine.instances import commands as instances
from engine.instances.mending import people
from engine.instances.mending.restoring import take_back
from engine.instances.models import Incident, Instance
from engine.notices import commands as notices
from engine.notices.models import Notice
from engine.platform import Platform, system
from engine.tasks import assignments
from engine.tasks import commands as tasks
from engine.tasks.models import Task
from tests import builders
from tests.builders import Office, actor
from tests.conftest import NOW
from tests.furnished import Furnished, furnished
from tests.played import installation
from tests.servers import TestServers


def furnish(platform: Platform) -> Office:
    """An office in which the shipped procedures are in force."""
    platform.catalog = catalog()
    platform.run(system(), definitions.load_shipped)
    return builders.office(platform)


@pytest.fixture(scope="module")
def made_office(
    servers: TestServers, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Furnished]:
    folder = tmp_path_factory.mktemp("office")
    with furnished(servers, template_database, FixedClock(NOW), folder, furnish) as made:
        yield made


@pytest.fixture
def platform(made_office: Furnished, clock: FixedClock, tmp_path: Path) -> Iterator[Platform]:
    with made_office.copied() as url:
        made = builders.platform(installation(url, tmp_path), clock, tmp_path / "files")
        made.catalog = catalog()
        yield made
        made.engine.dispose()


@pytest.fixture
def office(platform: Platform, made_office: Furnished) -> Office:
    made: Office = made_office.made()
    return made


def task_at(platform: Platform, element: str) -> int:
    with platform.reading() as session:
        return session.scalars(select(Task.id).where(Task.element == element, Task.state == "open")).one()


def do(platform: Platform, office: Office, who: str, element: str, answers: dict[str, Any]) -> int:
    task_id = task_at(platform, element)
    platform.run(actor(platform, office[who]), instances.complete_task, task_id, answers)
    carry_out_all(platform, handle)
    return task_id


def instructed(platform: Platform, office: Office, **more: Any) -> tuple[int, int]:
    """A registered document the leader has just instructed on; its id and the leader's task."""
    document, _ = platform.run(
        actor(platform, office["clerk"]), cases.begin_incoming, agency_id=office.id, subject="Về việc rà soát",
        code="12/UBND", organ_name="UBND", main_file=builders.Upload("a.pdf", builders.pdf("a")),
    )  # fmt: skip
    carry_out_all(platform, handle)
    do(platform, office, "clerk", "accept-document", {"decision": "accept", "route": "submit"})
    answer = {"instruction": "Giao chủ trì.", "lead_unit": office.unit.id, **more}
    return document.id, do(platform, office, "leader", "instruct-document", answer)


def states(platform: Platform, document_id: int) -> list[tuple[str, str, str]]:
    with platform.reading() as session:
        found = assignments.lines(session, document_id, platform.clock.now())
        return [(line.part, line.person or line.unit, line.state) for line in found]


def test_an_instruction_is_taken_back_with_what_it_had_written(platform: Platform, office: Office) -> None:
    support = builders.unit(platform, office.agency, "Phòng Phối hợp")
    document_id, task_id = instructed(platform, office, support_units=[support.id], inform_units=[])
    assert [part for part, _who, _state in states(platform, document_id)] == ["lead", "support"]
    platform.run(actor(platform, office["leader"]), take_back, task_id)
    with platform.reading() as session:
        document = session.get_one(Document, document_id)
        assert document.status == "submitted"
        assert queries.instructions(session, document_id) == []
        assert len(queries.assignments(session, document_id, all_ever=True)) == 2
        assert states(platform, document_id) == []
        statuses = session.execute(select(Instance.procedure, Instance.status).order_by(Instance.id)).all()
        assert [tuple(row) for row in statuses] == [("incoming-document", "running"), ("resolution", "cancelled")]
        task = session.get_one(Task, task_id)
        assert (task.state, task.data["instruction"]) == ("open", "Giao chủ trì.")
        assert session.scalars(select(Incident)).all() == []
    answer = {"instruction": "Giao lại.", "lead_unit": support.id}
    do(platform, office, "leader", "instruct-document", answer)
    assert states(platform, document_id) == [("lead", "Phòng Phối hợp", "unseen")]


def test_a_return_is_taken_back_while_the_leader_has_not_opened_it(platform: Platform, office: Office) -> None:
    document_id, _ = instructed(platform, office)
    returned = do(platform, office, "unit-head", "assign-work", {"decision": "return", "return_reason": "Sai đơn vị"})
    task_at(platform, "instruct-document")
    platform.run(actor(platform, office["unit-head"]), take_back, returned)
    with platform.reading() as session:
        assert [each.withdrawn_at is None for each in session.scalars(select(Opinion))] == [False]
        assert queries.opinions(session, document_id) == []
    done = {"decision": "assign", "lead_person": office["specialist"].id, "supporters": []}
    assigned = do(platform, office, "unit-head", "assign-work", done)
    platform.run(actor(platform, office["specialist"]), tasks.note_opened, task_at(platform, "resolve-document"))
    with pytest.raises(NotAllowed, match="đã mở việc “Giải quyết văn bản”"):
        platform.run(actor(platform, office["unit-head"]), take_back, assigned)


def test_lines_say_who_has_looked_who_is_late_and_who_is_done(
    platform: Platform, office: Office, clock: FixedClock
) -> None:
    helper = builders.person(platform, office.agency, "specialist", unit=office.unit, full_name="Người Giúp")
    other = builders.unit(platform, office.agency, "Phòng Biết")
    reader = builders.person(platform, office.agency, "specialist", unit=other)
    document_id, _ = instructed(platform, office, inform_units=[other.id], due_date="2026-11-30")
    day = (clock.now() + timedelta(days=1)).date().isoformat()
    do(platform, office, "unit-head", "assign-work", {
        "decision": "assign", "lead_person": office["specialist"].id, "supporters": [helper.id],
        "due_dates": {str(helper.id): day},
    })  # fmt: skip
    unit, lead = office.unit.name, office["specialist"].full_name
    before = [("lead", unit, "doing"), ("lead", lead, "unseen"), ("support", "Người Giúp", "unseen")]
    assert states(platform, document_id) == [*before, ("inform", "Phòng Biết", "unseen")]
    platform.run(actor(platform, reader), assignments.read_document, document_id)
    platform.run(actor(platform, office["specialist"]), tasks.note_opened, task_at(platform, "resolve-document"))
    clock.advance(timedelta(days=3))
    after = [("lead", unit, "doing"), ("lead", lead, "doing"), ("support", "Người Giúp", "late")]
    assert states(platform, document_id) == [*after, ("inform", "Phòng Biết", "done")]
    platform.run(
        actor(platform, helper), instances.complete_task, task_at(platform, "give-opinion"), {"opinion": "Được"}
    )
    assert states(platform, document_id)[2] == ("support", "Người Giúp", "done")
    with platform.reading() as session:
        settled = {a.person_id: a.settled_at for a in queries.assignments(session, document_id) if a.state == "done"}
    assert settled == {helper.id: clock.now()}


def test_people_are_added_in_one_step_and_removed_with_what_was_asked_of_them(
    platform: Platform, office: Office
) -> None:
    helper = builders.person(platform, office.agency, "specialist", unit=office.unit)
    unit = builders.unit(platform, office.agency)
    document_id, _ = instructed(platform, office, due_date="2026-11-30")
    do(platform, office, "unit-head", "assign-work", {"decision": "assign", "lead_person": office["specialist"].id})
    leader = actor(platform, office["leader"])
    added = platform.run(
        leader, people.add_people, document_id, "support", units=[unit.id], people=[helper.id, helper.id],
        due_date=date(2026, 11, 27),
    )  # fmt: skip
    assert added == 2
    with platform.reading() as session:
        asked = session.scalars(select(Task).where(Task.element == "give-added-opinion").order_by(Task.index)).all()
        assert [(t.assignee_id, t.due_at.day if t.due_at else 0) for t in asked] == [(None, 27), (helper.id, 27)]
        lines = {(r.unit_id, r.person_id): r.id for r in queries.assignments(session, document_id) if r.part != "lead"}
    with pytest.raises(InvalidInput, match="chưa có trong phân công"):
        platform.run(leader, people.add_people, document_id, "support", people=[helper.id])
    platform.run(leader, people.remove_person, lines[unit.id, None])
    with platform.reading() as session:
        assert [session.get_one(Task, t.id).state for t in asked] == ["withdrawn", "open"]
    platform.run(actor(platform, helper), instances.complete_task, asked[1].id, {"opinion": "Thống nhất"})
    with platform.reading() as session:
        assert [each.text for each in queries.opinions(session, document_id)] == ["Thống nhất"]
    second = builders.person(platform, office.agency, "specialist", unit=office.unit)
    head = actor(platform, office["unit-head"])
    platform.run(head, people.add_people, document_id, "support", people=[second.id])
    line = lines_of(platform, document_id, second.id)
    platform.run(head, people.remove_person, line)
    do(platform, office, "specialist", "resolve-document", {"decision": "information"})
    with platform.reading() as session:
        assert session.get_one(Document, document_id).status == "filed"
        assert session.scalars(select(Incident)).all() == []


def lines_of(platform: Platform, document_id: int, person_id: int) -> int:
    with platform.reading() as session:
        rows = queries.assignments(session, document_id)
        return next(row.id for row in rows if row.person_id == person_id)


def test_the_lead_cannot_go_and_not_everybody_directs(platform: Platform, office: Office) -> None:
    document_id, _ = instructed(platform, office)
    do(platform, office, "unit-head", "assign-work", {"decision": "assign", "lead_person": office["specialist"].id})
    lead = lines_of(platform, document_id, office["specialist"].id)
    leader, specialist = actor(platform, office["leader"]), actor(platform, office["specialist"])
    with pytest.raises(NotAllowed, match="luôn có một bên chủ trì"):
        platform.run(leader, people.remove_person, lead)
    with pytest.raises(NotAllowed, match="Chỉ lãnh đạo và trưởng phòng của đơn vị chủ trì"):
        platform.run(specialist, people.add_people, document_id, "inform", people=[office["clerk"].id])
    stranger = actor(platform, builders.person(platform, builders.agency(platform), "leader"))
    with pytest.raises(NotFound):
        platform.run(stranger, people.remove_person, lead)
    with pytest.raises(NotFound):
        platform.run(leader, people.add_people, document_id, "inform", people=[stranger.person_id or 0])
    assert platform.run(leader, people.add_people, document_id, "inform", people=[office["clerk"].id]) == 1
    with platform.reading() as session:
        open_tasks = session.scalars(select(Task.element).where(Task.state == "open")).all()
        assert open_tasks == ["resolve-document"]
        assert session.scalars(select(Assignment.part).where(Assignment.state == "open")).all()[-1] == "inform"


def test_a_units_share_goes_to_another_unit_and_a_persons_work_to_who_may_do_it(
    platform: Platform, office: Office
) -> None:
    first, second = (builders.unit(platform, office.agency, f"Phòng {n}") for n in ("Một", "Hai"))
    heads = [builders.person(platform, office.agency, "unit-head", unit=each) for each in (first, second)]
    other = builders.person(platform, office.agency, "specialist", unit=office.unit, full_name="Chuyên Viên Khác")
    document_id, _ = instructed(platform, office, support_units=[first.id])
    do(platform, office, "unit-head", "assign-work", {"decision": "assign", "lead_person": office["specialist"].id})
    share, work = task_at(platform, "give-opinion"), task_at(platform, "resolve-document")
    platform.run(actor(platform, heads[0]), tasks.forward_line, share, second.id, "Đúng chuyên môn của phòng")
    with pytest.raises(NotAllowed):
        platform.run(actor(platform, heads[0]), instances.complete_task, share, {"opinion": "Được"})
    assert ("support", "Phòng Hai", "unseen") in states(platform, document_id)
    platform.run(actor(platform, heads[1]), instances.complete_task, share, {"opinion": "Được"})
    specialist = actor(platform, office["specialist"])
    with pytest.raises(NotAllowed, match="gắn với đơn vị được giao"):
        platform.run(specialist, tasks.forward_line, work, second.id)
    with pytest.raises(InvalidInput, match="không giữ vai trò"):
        platform.run(specialist, tasks.hand_over_task, work, office["clerk"].id)
    platform.run(specialist, tasks.hand_over_task, work, other.id, "Nhờ giải quyết")
    assert ("lead", "Chuyên Viên Khác", "unseen") in states(platform, document_id)


def test_another_unit_leads_when_the_leader_who_instructed_says_so(platform: Platform, office: Office) -> None:
    other = builders.unit(platform, office.agency, "Phòng Kinh tế")
    head = builders.person(platform, office.agency, "unit-head", unit=other)
    document_id, _ = instructed(platform, office, due_date="2026-12-10")
    do(platform, office, "unit-head", "assign-work", {"decision": "assign", "lead_person": office["specialist"].id})
    told = (document_id, other.id, "Việc thuộc Phòng Kinh tế.")
    for stranger in (office["unit-head"], builders.person(platform, office.agency, "leader")):
        with pytest.raises(NotAllowed, match="lãnh đạo đã cho ý kiến chỉ đạo"):
            platform.run(actor(platform, stranger), people.replace_lead, *told)
    leader = actor(platform, office["leader"])
    with pytest.raises(InvalidInput, match="đang chủ trì"):
        platform.run(leader, people.replace_lead, document_id, office.unit.id, "Nhầm")
    platform.run(leader, people.replace_lead, *told)
    carry_out_all(platform, handle)
    platform.run(system(), notices.tell, mail=False)
    assert states(platform, document_id) == [("lead", "Phòng Kinh tế", "unseen")]
    task_at(platform, "assign-work")
    with platform.reading() as session:
        assert session.scalars(select(Incident)).all() == []
        ever = queries.assignments(session, document_id, all_ever=True)
        assert {(row.state, row.note) for row in ever if row.unit_id == office.unit.id} == {
            ("replaced", "Việc thuộc Phòng Kinh tế.")
        }
        assert {row.due_at for row in ever if row.person_id is None} == {ever[0].due_at}
        heard = {(row.person_id, row.kind) for row in session.scalars(select(Notice))}
    assert (head.id, "offered") in heard
    assert {(office[role].id, "taken-back") for role in ("unit-head", "specialist")} <= heard
