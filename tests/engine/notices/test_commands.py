"""Who is told what by running procedures: once, never for one's own doing, nothing of what isn't theirs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text, update

from engine.directory import commands as directory
from engine.directory.models import Person
from engine.directory.queries import actor_of
from engine.errors import InvalidInput, NotAllowed, NotFound
from engine.instances import commands as instances
from engine.notices import commands, queries
from engine.notices.models import Letter, Notice
from engine.occasions import Occasion
from engine.outbox import Delivery
from engine.platform import Actor, system
from engine.tasks import commands as tasks
from engine.tasks import reminders
from tests import bpmn_text as bpmn
from tests.engine.instances.conftest import Office
from tests.engine.notices.conftest import tell, told

Kinds = Callable[..., list[str]]


def drawn(key: str, *steps: str) -> bytes:
    """A procedure of steps one after the other, by the ids in their XML."""
    ids = [step.split('id="')[1].split('"')[0] for step in steps]
    return bpmn.process(key, [bpmn.START, *steps, bpmn.END, bpmn.chain("start", *ids, "end")])


TWO = drawn("two", bpmn.user("first"), bpmn.user("second"))
ASSIGNED = '<bpmn:userTask id="{id}" name="{id}" camunda:assignee="${{{who}}}" />'
MANY = (
    '<bpmn:userTask id="{id}" name="{id}" camunda:assignee="${{who}}"><bpmn:multiInstanceLoopCharacteristics '
    '{how} camunda:collection="${{people}}" camunda:elementVariable="who" /></bpmn:userTask>'
)


def personal(key: str) -> bytes:
    """A step of the clerks, then one of the person named in the data."""
    return drawn(key, bpmn.user("first"), ASSIGNED.format(id="own", who="who"))


def occasions(office: Office) -> int:
    """How many occasions wait to be told."""
    with office.platform.reading() as session:
        return session.scalar(select(func.count()).select_from(Occasion)) or 0


def test_a_group_is_told_once_and_never_who_did_it(office: Office, kinds: Kinds) -> None:
    office.publish(TWO)
    office.start("two", who="clerk")
    assert kinds(office.platform, office.people["clerk2"]) == ["offered"]
    assert told(office.platform, office.people["clerk"]) == []
    assert told(office.platform, office.people["stranger"]) == told(office.platform, office.people["leader"]) == []
    assert occasions(office) == 0 == tell(office.platform)
    assert told(office.platform, office.people["clerk2"]) == ["offered"]


def test_work_given_to_a_person_is_told_to_that_person_and_their_stand_in(office: Office, kinds: Kinds) -> None:
    office.publish(personal("given"))
    leader, clerk2 = office.people["leader"], office.people["clerk2"]
    span = {"valid_from": office.clock.now(), "valid_to": office.clock.now() + timedelta(days=1)}
    office.platform.run(leader, directory.add_stand_in, leader.person_id, clerk2.person_id, **span)
    run = office.start("given", {"who": leader.person_id})
    office.do(run, "first")
    assert kinds(office.platform, leader) == ["assigned"]
    assert told(office.platform, clerk2) == ["standing-in", "assigned"]


def test_ones_own_next_step_is_not_told(office: Office, kinds: Kinds) -> None:
    office.publish(personal("mine"))
    run = office.start("mine", {"who": office.people["clerk"].person_id})
    office.do(run, "first")
    assert kinds(office.platform, office.people["clerk"]) == []


def test_a_step_writes_one_row_however_many_are_to_be_told(office: Office) -> None:
    office.publish(drawn("many", MANY.format(id="read", how='isSequential="false"')))
    people = [office.people[name].person_id for name in ("clerk", "clerk2", "leader", "admin")]
    office.start("many", {"people": people * 25})
    with office.platform.reading() as session:
        assert session.scalar(text("select count(*) from task")) == 100
        assert session.scalars(select(Occasion.kind)).all() == ["opened"]
    tell(office.platform)
    assert len(told(office.platform, office.people["leader"])) == 25
    assert told(office.platform, office.people["clerk"]) == []


def test_the_next_line_of_a_sequence_is_told_when_it_opens(office: Office, kinds: Kinds) -> None:
    office.publish(drawn("turns", MANY.format(id="read", how='isSequential="true"')))
    clerk, leader = office.people["clerk"], office.people["leader"]
    run = office.start("turns", {"people": [clerk.person_id, leader.person_id]}, who="clerk2")
    assert kinds(office.platform, clerk) == ["assigned"]
    assert told(office.platform, leader) == []
    office.clock.advance(timedelta(minutes=1))
    office.do(run, "read")
    assert kinds(office.platform, leader) == ["assigned"]


def test_what_is_taken_back_or_handed_on_is_told_to_who_had_it(office: Office, kinds: Kinds) -> None:
    office.publish(TWO)
    run = office.start("two", who="leader")
    task = office.task(run, "first")
    office.clock.advance(timedelta(minutes=1))
    office.platform.run(office.people["clerk"], tasks.claim_task, task)
    office.platform.run(office.people["admin"], tasks.hand_over_task, task, office.people["clerk2"].person_id)
    assert kinds(office.platform, office.people["clerk"]) == ["taken-back"]
    assert told(office.platform, office.people["clerk2"]) == ["assigned"]
    office.platform.run(office.people["admin"], instances.cancel_instance, run, "nhập nhầm")
    assert kinds(office.platform, office.people["clerk2"])[-1] == "taken-back"
    assert told(office.platform, office.people["admin"]) == []


def test_nothing_is_told_of_what_was_undone(office: Office) -> None:
    office.publish(TWO)

    def fail(work: Any) -> None:
        instances.start_instance(work, "two", office.agency_id, {})
        raise InvalidInput("nhầm")

    with pytest.raises(InvalidInput):
        office.platform.run(office.people["clerk"], fail)
    assert occasions(office) == 0


def test_an_occasion_is_told_by_one_of_two_tellers(office: Office) -> None:
    office.publish(TWO)
    office.start("two", who="leader")

    def both(work: Any) -> tuple[int, int]:
        first = commands.tell(work, mail=False)[0]
        with office.platform.engine.connect() as other:
            locked = other.execute(text("select id from occasion for update skip locked")).all()
        return first, len(locked)

    assert office.platform.run(system(), both) == (1, 0)
    assert told(office.platform, office.people["clerk"]) == ["offered"]


def test_a_teller_that_dies_tells_the_same_again_and_once(office: Office) -> None:
    office.publish(TWO)
    office.start("two", who="leader")

    def die(work: Any) -> None:
        commands.tell(work, mail=False)
        work.session.flush()
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        office.platform.run(system(), die)
    assert told(office.platform, office.people["clerk"]) == []
    tell(office.platform)
    assert told(office.platform, office.people["clerk"]) == ["offered"]


def test_one_that_cannot_be_told_keeps_no_other_from_being_told(office: Office) -> None:
    office.publish(TWO)
    office.start("two", who="leader")
    office.platform.run(system(office.agency_id), lambda work: work.tell("opened", office.agency_id, instance_id=1))
    office.platform.run(system(office.agency_id), lambda work: work.tell("nonsense", office.agency_id))
    office.start("two", who="leader")
    tell(office.platform)
    assert told(office.platform, office.people["clerk"]) == ["offered", "offered"]
    assert occasions(office) == 2


def test_what_is_done_no_longer_counts_as_unread(office: Office) -> None:
    office.publish(TWO)
    run = office.start("two", who="leader")
    tell(office.platform)
    clerk, clerk2 = office.people["clerk"], office.people["clerk2"]
    assert unread(office, clerk) == unread(office, clerk2) == 1
    office.platform.run(clerk2, tasks.claim_task, office.task(run, "first"))
    assert (unread(office, clerk), unread(office, clerk2)) == (0, 1)
    office.do(run, "first", who="clerk2")
    assert unread(office, clerk2) == 0


def test_read_one_read_all_and_unread_again(office: Office) -> None:
    office.publish(TWO)
    for _ in range(3):
        office.start("two", who="leader")
    tell(office.platform)
    clerk = office.people["clerk"]
    newest = rows(office, clerk)[0]
    office.platform.run(clerk, commands.read_notice, newest.id)
    assert [row.read for row in rows(office, clerk)] == [True, False, False]
    office.platform.run(clerk, commands.unread_notice, newest.id)
    assert unread(office, clerk) == 3
    assert office.platform.run(clerk, commands.read_all, newest.id - 1) == 2
    assert unread(office, clerk) == 1
    with pytest.raises(NotFound):
        office.platform.run(office.people["clerk2"], commands.read_notice, newest.id)


def test_channels_and_hours_are_as_chosen(office: Office) -> None:
    clerk, clerk2 = office.people["clerk"], office.people["clerk2"]
    address(office, clerk, clerk2)
    office.publish(TWO)
    office.platform.run(clerk, commands.choose, {"offered": ["mail"]}, "hourly", (None, None), False)
    office.platform.run(clerk2, commands.choose, {}, "at-once", (None, None), False)
    office.start("two", who="leader")
    tell(office.platform, mail=True)
    assert told(office.platform, clerk) == told(office.platform, clerk2) == []
    with office.platform.reading() as session:
        kept = session.scalars(select(Notice)).all()
    assert [(row.person_id, row.bell) for row in kept] == [(clerk.person_id, False)]
    assert kept[0].mail_at == office.clock.now() + timedelta(hours=1)


def test_odd_choices_are_refused_at_the_field(office: Office) -> None:
    from datetime import time

    clerk = office.people["clerk"]
    for digest, quiet, field in (("weekly", (None, None), "digest"), ("hourly", (time(20), None), "quiet_until")):
        with pytest.raises(InvalidInput) as refused:
            office.platform.run(clerk, commands.choose, {}, digest, quiet, False)
        assert list(refused.value.fields) == [field]


def test_one_letter_holds_what_is_due_and_its_failure_reaches_who_urged(office: Office, kinds: Kinds) -> None:
    clerk, leader = office.people["clerk"], office.people["leader"]
    address(office, clerk)
    office.publish(TWO)
    run = office.start("two", who="leader")
    office.platform.run(clerk, tasks.claim_task, office.task(run, "first"))
    office.platform.run(leader, commands.urge, office.task(run, "first"), "Xử lý trong sáng nay.")
    with office.platform.reading() as session:
        (urged,) = reminders.of_task(session, office.task(run, "first"))
        assert (urged.kind, urged.by, urged.step) == ("urged", leader.name, "first")
    tell(office.platform, mail=True)
    assert office.platform.run(system(), commands.write_letters) == 1
    assert office.platform.run(system(), commands.write_letters) == 0
    with office.platform.reading() as session:
        assert session.scalars(select(Delivery.operation)).all() == [commands.SEND_LETTER]
        assert queries.reminders_by(session, leader)[0].letter == "waiting"
    assert office.platform.run(system(), commands.give_up_letters) == 0
    office.platform.run(system(), lambda work: work.session.execute(
        update(Delivery).values(state="failed", last_error="Hộp thư không tồn tại.")
    ))  # fmt: skip
    assert office.platform.run(system(), commands.give_up_letters) == 1
    assert office.platform.run(system(), commands.give_up_letters) == 0
    assert kinds(office.platform, leader) == ["undelivered"]
    with office.platform.reading() as session:
        sent = queries.reminders_by(session, leader)[0]
        failed = queries.failed_letters(session, office.agency_id)
    assert (sent.letter, sent.problem) == ("failed", "Hộp thư không tồn tại.")
    assert [name for _letter, name, _address in failed] == [clerk.name]


def test_a_reminder_is_a_notice_with_its_words(office: Office, kinds: Kinds) -> None:
    office.publish(TWO)
    run = office.start("two", who="clerk")
    task = office.task(run, "first")
    office.platform.run(office.people["leader"], commands.urge, task, "  Xử lý ngay.  ")
    assert kinds(office.platform, office.people["clerk2"]) == ["offered", "urged"]
    newest = rows(office, office.people["clerk2"])[0]
    assert (newest.details["message"], newest.by) == ("Xử lý ngay.", "Người leader")
    with pytest.raises(NotAllowed):
        office.platform.run(office.people["admin"], commands.urge, task, "nhanh lên")
    with pytest.raises(NotFound):
        office.platform.run(office.people["stranger"], commands.urge, task, "nhanh lên")
    with pytest.raises(InvalidInput):
        office.platform.run(office.people["leader"], commands.urge, task, " ")


def test_an_incident_is_told_to_the_admins(office: Office, kinds: Kinds) -> None:
    office.publish(drawn("broken", bpmn.service("work", "test.add", bpmn.inputs_of(a="${number}"))))
    office.start("broken", {"number": "hai"})
    assert kinds(office.platform, office.people["admin"]) == ["incident"]
    assert told(office.platform, office.people["leader"]) == []


def test_a_stand_in_is_told_when_it_begins_unless_revoked(office: Office, kinds: Kinds) -> None:
    leader, clerk = office.people["leader"], office.people["clerk"]
    begins = office.clock.now() + timedelta(days=2)
    made = [
        office.platform.run(
            leader, directory.add_stand_in, leader.person_id, clerk.person_id, valid_from=begins,
            valid_to=begins + timedelta(days=1),
        )
        for _ in range(2)
    ]  # fmt: skip
    office.platform.run(leader, directory.revoke_stand_in, made[0].id)
    assert kinds(office.platform, clerk) == []
    office.clock.advance(timedelta(days=2))
    assert kinds(office.platform, clerk) == ["standing-in"]
    assert rows(office, clerk)[0].at == begins


def test_somebody_who_has_left_is_told_nothing(office: Office, kinds: Kinds) -> None:
    office.publish(TWO)
    office.start("two", who="leader")
    office.platform.run(system(), lambda work: work.session.execute(
        update(Person).where(Person.id == office.people["clerk"].person_id).values(active=False)
    ))  # fmt: skip
    assert kinds(office.platform, office.people["clerk"]) == []
    assert told(office.platform, office.people["clerk2"]) == ["offered"]


def test_old_notices_go_and_those_of_finished_work_count_as_read(office: Office) -> None:
    office.publish(TWO)
    run = office.start("two", who="leader")
    tell(office.platform)
    office.do(run, "first", who="clerk2")
    assert office.platform.run(system(), commands.tidy) == 0
    with office.platform.reading() as session:
        assert {row.read_at for row in session.scalars(select(Notice))} == {office.clock.now()}
    office.clock.advance(commands.KEPT + timedelta(days=1))
    assert office.platform.run(system(), commands.tidy) == 2
    with office.platform.reading() as session:
        assert session.scalars(select(Letter)).all() == []


def unread(office: Office, actor: Actor) -> int:
    """How many of a person's notices count as unread."""
    with office.platform.reading() as session:
        return queries.unread(session, actor)


def rows(office: Office, actor: Actor) -> list[queries.Row]:
    """A person's notices, newest first."""
    with office.platform.reading() as session:
        return list(queries.notices(session, actor_of(session, actor.person_id or 0, office.clock.now())))


def address(office: Office, *actors: Actor) -> None:
    """Give people a mailbox."""
    ids = [actor.person_id for actor in actors]
    office.platform.run(system(), lambda work: work.session.execute(
        update(Person).where(Person.id.in_(ids)).values(email="nguoi@example.vn")
    ))  # fmt: skip
