"""Running cases on a new version: what would happen, the move, and taking it back; nothing is lost on the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from engine.audit import AuditEntry
from engine.definitions import queries as definitions
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.instances import queries
from engine.instances.models import Instance, MigrationCase, Passage, Subscription
from engine.instances.moving import commands
from engine.instances.moving.impact import Impact, impact, readied, running
from engine.tasks.models import Task, TaskCandidate
from tests.bpmn_text import END, START, boundary_timer, chain, flow, process, user
from tests.engine.instances.conftest import Office

OLD = process("one", [START, user("a"), user("b"), END, chain("start", "a", "b", "end")])
MORE = process("one", [START, user("a"), user("review", "leader"), user("b"), END,
                       chain("start", "a", "review", "b", "end")])  # fmt: skip
RENAMED = process("one", [START, user("check", "leader"), user("b"), END, chain("start", "check", "b", "end")])
TIMED = process("one", [START, user("a"), user("b"), END, chain("start", "a", "b", "end"),
                        boundary_timer("late", "a", "PT2H", False), flow("late", "end")])  # fmt: skip


def previewed(office: Office, old: int, new: int, who: str = "admin", **renamed: str) -> Impact:
    with office.platform.reading() as session:
        actor = office.people[who]
        return impact(session, actor, *readied(session, actor, old, new), office.clock.now(), renamed)


@pytest.fixture
def move(office: Office, deliver: Callable[[], int]) -> Callable[..., int]:
    """Move cases as the admin and let the worker carry it out; the migration's id."""

    def ordered(old: int, new: int, **more: Any) -> int:
        made = office.platform.run(office.people["admin"], commands.begin_migration, old, new, **more)
        deliver()
        return made.id

    return ordered


def cases(office: Office, migration_id: int) -> list[tuple[str, str]]:
    with office.platform.reading() as session:
        rows = session.scalars(
            select(MigrationCase).where(MigrationCase.migration_id == migration_id).order_by(MigrationCase.id)
        )
        return [(each.state, each.sentence) for each in rows]


def test_the_preview_says_where_cases_stand_and_writes_nothing(office: Office):
    old = office.publish(OLD)
    first, second = office.start("one"), office.start("one")
    office.do(second, "a")
    new = office.publish(MORE)
    before = office.instance(first).state
    seen = previewed(office, old, new)
    assert (seen.total, seen.tried, seen.movable, seen.refusals) == (2, 2, 2, ())
    assert {(route.element, route.target, route.cases) for route in seen.routes} == {("a", "a", 1), ("b", "b", 1)}
    assert (office.instance(first).state, office.instance(first).version_id) == (before, old)


def test_what_has_no_place_is_told_with_the_element_and_the_cases(office: Office):
    old = office.publish(OLD)
    case = office.start("one")
    new = office.publish(RENAMED)
    seen = previewed(office, old, new)
    assert seen.movable == 0
    assert [(refusal.element, refusal.instances) for refusal in seen.refusals] == [("a", (case,))]
    assert seen.gone == {"a"}
    assert previewed(office, old, new, a="check").movable == 1


def test_a_moved_case_takes_the_new_step(office: Office, move: Callable[..., int]):
    old = office.publish(OLD)
    case = office.start("one")
    new = office.publish(MORE)
    office.start("one")  # runs on the new version from the start
    assert cases(office, move(old, new)) == [("moved", "")]
    office.do(case, "a")
    assert office.open_elements(case) == ["review"]
    office.do(case, "review", who="leader")
    office.do(case, "b")
    assert office.instance(case).status == "ended"


def test_an_unmoved_case_stays_on_its_version(office: Office, move: Callable[..., int]):
    old = office.publish(OLD)
    stays, goes = office.start("one"), office.start("one")
    new = office.publish(MORE)
    move(old, new, instances=[goes])
    assert (office.instance(stays).version_id, office.instance(goes).version_id) == (old, new)
    office.do(stays, "a")
    assert office.open_elements(stays) == ["b"]


def test_a_renamed_element_takes_its_task_along_and_offers_it_anew(office: Office, move: Callable[..., int]):
    old = office.publish(OLD)
    case = office.start("one")
    task_id = office.task(case, "a")
    new = office.publish(RENAMED)
    move(old, new, renamed={"a": "check"})
    with office.platform.reading() as session:
        assert session.get_one(Task, task_id).element == "check"
        groups = session.scalars(select(TaskCandidate.group).where(TaskCandidate.task_id == task_id)).all()
        assert groups == ["leader"]
        assert queries.course(session, session.get_one(Instance, case)).tokens == {"check": 1}
    with pytest.raises(NotAllowed):
        office.do(case, "check", who="clerk")
    office.do(case, "check", who="leader")
    assert office.open_elements(case) == ["b"]


def test_a_timer_the_new_version_adds_runs_from_now(office: Office, move: Callable[..., int]):
    old = office.publish(OLD)
    case = office.start("one")
    new = office.publish(TIMED)
    assert dict(previewed(office, old, new).added) == {"late": 1}
    move(old, new)
    timers = office.rows(Subscription, case)
    assert [(each.element, each.kind) for each in timers] == [("late", "timer")]


def test_a_case_that_cannot_go_stays_and_says_why(office: Office, move: Callable[..., int]):
    old = office.publish(OLD)
    stuck, free = office.start("one"), office.start("one")
    office.do(free, "a")
    new = office.publish(RENAMED)
    migration = move(old, new)
    (first, sentence), second = cases(office, migration)
    assert (first, second[0]) == ("failed", "moved")
    assert "a" in sentence
    assert (office.instance(stuck).version_id, office.instance(free).version_id) == (old, new)
    office.do(stuck, "a")
    assert office.open_elements(stuck) == ["b"]


def test_the_move_is_in_the_history_and_in_the_audit(office: Office, move: Callable[..., int]):
    old = office.publish(OLD)
    case = office.start("one")
    move(old, office.publish(MORE))
    with office.platform.reading() as session:
        told = [event.name for event in queries.course(session, session.get_one(Instance, case)).events]
        assert "Chuyển sang phiên bản 2 của quy trình" in told
        moved = session.scalars(select(Passage).where(Passage.instance_id == case, Passage.event == "moved")).one()
        assert moved.person_id == office.people["admin"].person_id
        actions = set(session.scalars(select(AuditEntry.action)))
        assert {"migration.ordered", "instance.moved"} <= actions
        assert queries.course(session, session.get_one(Instance, case)).tokens == {"a": 1}


@pytest.mark.parametrize(("target", "renamed"), [(MORE, {}), (TIMED, {}), (RENAMED, {"a": "check"})])
def test_an_untouched_move_is_taken_back_exactly(
    office: Office, move: Callable[..., int], deliver: Callable[[], int], target: bytes, renamed: dict[str, str]
):
    old = office.publish(OLD)
    case = office.start("one")
    task_id, state = office.task(case, "a"), office.instance(case).state
    migration = move(old, office.publish(target), renamed=renamed)
    office.platform.run(office.people["admin"], commands.undo_migration, migration)
    deliver()
    assert cases(office, migration) == [("undone", "")]
    assert (office.instance(case).version_id, office.instance(case).state) == (old, state)
    assert office.waits(case) == []
    assert office.task(case, "a") == task_id
    with office.platform.reading() as session:
        assert queries.course(session, session.get_one(Instance, case)).tokens == {"a": 1}
    office.do(case, "a")
    office.do(case, "b")
    assert office.instance(case).status == "ended"


def test_a_case_somebody_worked_on_is_not_taken_back(
    office: Office, move: Callable[..., int], deliver: Callable[[], int]
):
    old = office.publish(OLD)
    touched, untouched = office.start("one"), office.start("one")
    new = office.publish(MORE)
    migration = move(old, new)
    office.do(touched, "a")
    office.platform.run(office.people["admin"], commands.undo_migration, migration)
    deliver()
    assert [state for state, _ in cases(office, migration)] == ["moved", "undone"]
    assert "không hoàn lại được" in cases(office, migration)[0][1]
    assert (office.instance(touched).version_id, office.instance(untouched).version_id) == (new, old)


def test_moving_back_and_forth_again_works(office: Office, move: Callable[..., int], deliver: Callable[[], int]):
    old = office.publish(OLD)
    case = office.start("one")
    new = office.publish(TIMED)
    first = move(old, new)
    office.platform.run(office.people["admin"], commands.undo_migration, first)
    deliver()
    move(old, new)
    assert office.instance(case).version_id == new
    assert office.waits(case) == ["timer"]


def test_only_the_agencys_own_analysts_and_admins_may(office: Office):
    old = office.publish(OLD)
    office.start("one")
    new = office.publish(MORE)
    for who in ("clerk", "leader"):
        with pytest.raises(NotAllowed):
            office.platform.run(office.people[who], commands.begin_migration, old, new)
    made = office.platform.run(office.people["admin"], commands.begin_migration, old, new)
    with pytest.raises(NotFound):
        office.platform.run(office.people["stranger"], commands.undo_migration, made.id)


def test_only_a_version_in_force_is_a_target_and_something_must_run(office: Office):
    old = office.publish(OLD)
    new = office.publish(MORE)
    with pytest.raises(InvalidInput):
        office.platform.run(office.people["admin"], commands.begin_migration, old, new)
    office.start("one")
    with pytest.raises(Conflict):
        office.platform.run(office.people["admin"], commands.begin_migration, new, old)
    other = office.publish(process("two", [START, user("a"), END, chain("start", "a", "end")]))
    with pytest.raises(Conflict):
        office.platform.run(office.people["admin"], commands.begin_migration, new, other)


def test_the_cases_of_another_agency_are_neither_counted_nor_moved(office: Office, move: Callable[..., int]):
    old = office.publish(OLD)
    office.start("one")
    from engine.instances.commands import start_instance

    theirs = office.platform.run(office.people["stranger"], start_instance, "one", office.other_agency_id, {}).id
    new = office.publish(MORE)
    assert previewed(office, old, new).total == 1
    move(old, new)
    assert office.instance(theirs).version_id == old
    with office.platform.reading() as session:
        assert running(session, None, old) == 1
        assert session.get_one(Instance, theirs).status == "running"
        assert definitions.current(session, "one", office.agency_id) == new
