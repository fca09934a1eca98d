"""What people are told of running procedures."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import event, select

from engine.audit import AuditEntry
from engine.directory import commands as directory
from engine.directory import queries as directory_queries
from engine.instances import commands, queries
from engine.instances.models import Instance
from engine.platform import Actor, Work
from engine.tasks import commands as tasks
from tests.bpmn_text import END, START, chain, process, user
from tests.engine.instances.conftest import Office
from tests.engine.instances.test_commands import ONE, fan


def stand_in(office: Office, absent: str, instead: str) -> Actor:
    """Let one person stand in for another; the actor that person now is."""
    now = office.clock.now()

    def appoint(work: Work) -> None:
        directory.add_stand_in(
            work, office.people[absent].person_id or 0, office.people[instead].person_id or 0,
            valid_from=now, valid_to=now + timedelta(days=3),
        )  # fmt: skip

    office.platform.run(office.people["admin"], appoint)
    with office.platform.reading() as session:
        return directory_queries.actor_of(session, office.people[instead].person_id or 0, office.clock.now())


def test_the_timeline_names_who_acted_and_on_whose_behalf(office: Office) -> None:
    office.publish(ONE)
    instance_id = office.start("one")
    task_id = office.task(instance_id, "work")
    office.platform.run(office.people["clerk"], tasks.claim_task, task_id)
    acting = stand_in(office, "clerk", "clerk2")
    office.platform.run(acting, commands.complete_task, task_id, {})
    with office.platform.reading() as session:
        events = queries.course(session, session.get_one(Instance, instance_id)).events
        told = {each.element: (each.person, each.acting_for) for each in events}
        audited = session.scalars(select(AuditEntry).where(AuditEntry.action == "task.completed")).one()
    assert told == {"start": (None, None), "work": ("Người clerk2", "Người clerk"), "end": (None, None)}
    assert (audited.person_id, audited.acting_for_id) == (acting.person_id, office.people["clerk"].person_id)


def test_ones_own_work_is_on_nobodys_behalf(office: Office) -> None:
    office.publish(ONE)
    instance_id = office.start("one")
    acting = stand_in(office, "clerk", "clerk2")
    office.platform.run(acting, commands.complete_task, office.task(instance_id, "work"), {})
    with office.platform.reading() as session:
        events = queries.course(session, session.get_one(Instance, instance_id)).events
        told = {each.element: (each.person, each.acting_for) for each in events}
    assert told["work"] == ("Người clerk2", None)


def test_who_takes_part_is_asked_in_one_statement(office: Office) -> None:
    office.publish(fan())
    instance_id = office.start("fan", {"people": list(range(30))})
    said: list[str] = []
    with office.platform.reading() as session:
        assert queries.takes_part(session, office.people["clerk"], instance_id)
        session.execute(select(1))

        def count(connection: object, cursor: object, statement: str, *more: object) -> None:
            said.append(statement)

        event.listen(office.platform.engine, "before_cursor_execute", count)
        try:
            assert not queries.takes_part(session, office.people["stranger"], instance_id)
            assert queries.takes_part(session, office.people["leader"], instance_id)
        finally:
            event.remove(office.platform.engine, "before_cursor_execute", count)
    assert len(said) == 2


def test_a_task_for_one_person_alone_is_nothing_for_another(office: Office) -> None:
    mine = f'<bpmn:userTask id="own" name="own" camunda:assignee="{office.people["clerk"].person_id}"/>'
    office.publish(process("alone", [START, mine, user("after"), END, chain("start", "own", "after", "end")]))
    instance_id = office.start("alone")
    nobody = Actor(10_000, office.agency_id, "Ai đó")
    with office.platform.reading() as session:
        assert queries.takes_part(session, office.people["clerk"], instance_id)
        assert not queries.takes_part(session, nobody, instance_id)
