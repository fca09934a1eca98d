"""A step nobody has opened is taken back exactly; everything else says why it can't be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from engine.errors import NotAllowed, NotFound
from engine.instances import commands, queries
from engine.instances.mending import keeping, taking_back
from engine.instances.mending.restoring import take_back
from engine.instances.models import Instance
from engine.outbox import Delivery
from engine.platform import system
from engine.tasks import commands as tasks
from engine.tasks.models import Task
from tests.bpmn_text import (
    END,
    START,
    boundary_timer,
    call,
    catch_message,
    chain,
    flow,
    inputs_of,
    message,
    process,
    service,
    user,
)
from tests.engine.instances.conftest import Office
from tests.engine.instances.test_commands import many

TWO = process("two", [START, user("write"), user("check", "leader"), END, chain("start", "write", "check", "end")])


def last(office: Office, instance_id: int, element: str) -> Task:
    return next(t for t in reversed(office.rows(Task, instance_id)) if t.element == element)


def back(office: Office, instance_id: int, element: str, who: str = "clerk") -> Task:
    return office.platform.run(office.people[who], take_back, last(office, instance_id, element).id)


def verdict(office: Office, instance_id: int, element: str, who: str = "clerk") -> str:
    with office.platform.reading() as session:
        task = session.get_one(Task, last(office, instance_id, element).id)
        said = taking_back.may_take_back(session, office.people[who], office.platform.catalog, task)
        return said.reason


def test_the_step_stands_open_again_with_its_answers_and_can_be_done_again(office: Office) -> None:
    office.publish(TWO)
    case = office.start("two", {"n": 1})
    before = office.instance(case).state
    office.do(case, "write")
    back(office, case, "write")
    assert office.open_elements(case) == ["write"]
    assert office.instance(case).state == before
    task = last(office, case, "write")
    assert (task.assignee_id, task.answers, task.completed_at) == (office.people["clerk"].person_id, {}, None)
    assert [t.state for t in office.rows(Task, case)] == ["open", "withdrawn"]
    with office.platform.reading() as session:
        assert queries.course(session, session.get_one(Instance, case)).tokens == {"write": 1}
        told = [e.name for e in queries.course(session, session.get_one(Instance, case)).events if e.person]
        assert told == ["write", "Rút lại bước “write”"]
    office.do(case, "write")
    office.do(case, "check", who="leader")
    assert office.instance(case).status == "ended"


def test_what_somebody_has_opened_stays_and_the_reason_names_them(office: Office) -> None:
    office.publish(TWO)
    case = office.start("two")
    office.do(case, "write")
    office.platform.run(office.people["leader"], tasks.note_opened, last(office, case, "check").id)
    with pytest.raises(NotAllowed, match="Người leader đã mở việc “check” lúc 09:00"):
        back(office, case, "write")
    assert verdict(office, case, "write", "clerk2") == "Chỉ người đã hoàn thành bước này mới rút lại được."
    with pytest.raises(NotFound):
        back(office, case, "write", "stranger")
    assert office.open_elements(case) == ["check"]


def test_a_claimed_a_finished_and_a_later_step_stand_against_it(office: Office) -> None:
    office.publish(TWO)
    case = office.start("two")
    office.do(case, "write")
    office.clock.advance(timedelta(minutes=1))
    task_id = last(office, case, "check").id
    office.platform.run(office.people["leader"], tasks.claim_task, task_id)
    assert "đã nhận việc “check”" in verdict(office, case, "write")
    office.platform.run(office.people["leader"], tasks.release_task, task_id)
    assert verdict(office, case, "write") == ""
    office.do(case, "check", who="leader")
    assert verdict(office, case, "write") == "Quy trình đã có bước khác được làm sau bước này."
    assert verdict(office, case, "check", "leader") == "Quy trình đã kết thúc."


@pytest.mark.parametrize("topic", ["test.add", "test.outside"])
def test_what_cannot_be_undone_is_not_taken_back(office: Office, topic: str) -> None:
    parts = [START, user("write"), service("act", topic, inputs_of(a="${7}")), user("check", "leader"), END]
    office.publish(process("acts", [*parts, chain("start", "write", "act", "check", "end")]))
    case = office.start("acts")
    office.do(case, "write")
    assert verdict(office, case, "write") == "Bước này đã kéo theo “act”, là việc không làm ngược lại được."


def test_timers_come_back_as_they_were_and_a_fired_one_stands_against_it(office: Office) -> None:
    parts = [
        START,
        user("write"),
        boundary_timer("slow", "write", "PT1H", True),
        user("check", "leader"),
        user("other"),
    ]
    flows = chain("start", "write", "check") + flow("slow", "other")
    again = boundary_timer("late", "check", "PT3H", False) + '<bpmn:endEvent id="e"/>' + flow("late", "e")
    office.publish(process("timed", [*parts, flows, again]))
    case = office.start("timed")
    due = office.clock.now() + timedelta(hours=1)
    office.clock.advance(timedelta(minutes=20))
    office.do(case, "write")
    back(office, case, "write")
    from engine.instances.models import Subscription

    (timer,) = office.rows(Subscription, case)
    assert (timer.element, timer.due_at) == ("slow", due)
    office.do(case, "write")
    (timer,) = office.rows(Subscription, case)
    office.clock.advance(timedelta(hours=4))
    assert office.platform.run(system(), commands.fire_timer, timer.id)
    assert "Sau bước này đã xảy ra “late”." in verdict(office, case, "write")


def test_a_called_procedure_begun_by_the_step_is_stopped_and_begun_anew(office: Office) -> None:
    office.publish(process("inner", [START, user("do", "leader"), END, chain("start", "do", "end")]))
    office.publish(
        process("outer", [START, user("write"), call("sub", "inner"), END, chain("start", "write", "sub", "end")])
    )
    case = office.start("outer", {"n": 1})
    office.do(case, "write")
    back(office, case, "write")

    def children() -> list[Instance]:
        with office.platform.reading() as session:
            return [each for each in session.query(Instance).order_by(Instance.id) if each.parent_id == case]

    assert [each.status for each in children()] == ["cancelled"]
    assert office.open_elements(children()[0].id) == []
    office.do(case, "write")
    assert [each.status for each in children()] == ["cancelled", "running"]
    office.do(children()[1].id, "do", who="leader")
    assert office.instance(case).status == "ended"


def test_the_end_of_a_called_procedure_is_taken_back_with_what_its_caller_did(office: Office) -> None:
    office.publish(process("inner", [START, user("do", "leader"), END, chain("start", "do", "end")]))
    office.publish(
        process("outer", [START, call("sub", "inner"), user("after"), END, chain("start", "sub", "after", "end")])
    )
    case = office.start("outer", {"n": 1})
    with office.platform.reading() as session:
        inner = next(each.id for each in session.query(Instance) if each.parent_id == case)
    office.do(inner, "do", who="leader")
    assert office.open_elements(case) == ["after"]
    back(office, inner, "do", "leader")
    assert (office.open_elements(case), office.open_elements(inner)) == ([], ["do"])
    assert office.instance(inner).status == "running"
    office.do(inner, "do", who="leader")
    office.do(case, "after")
    assert office.instance(case).status == "ended"


def test_work_beside_it_that_the_step_had_ended_waits_again(office: Office) -> None:
    split = '<bpmn:parallelGateway id="split"/>'
    stop = '<bpmn:endEvent id="stop"><bpmn:terminateEventDefinition/></bpmn:endEvent>'
    inner = [START, split, user("lead"), user("help", "leader"), END, stop]
    flows = (
        flow("start", "split")
        + flow("split", "lead")
        + flow("split", "help")
        + flow("lead", "stop")
        + flow("help", "end")
    )
    office.publish(process("inner", [*inner, flows]))
    office.publish(
        process("outer", [START, call("sub", "inner"), user("after"), END, chain("start", "sub", "after", "end")])
    )
    case = office.start("outer", {"n": 1})
    with office.platform.reading() as session:
        child = next(each.id for each in session.query(Instance) if each.parent_id == case)
    office.do(child, "lead")
    back(office, child, "lead")
    assert sorted(office.open_elements(child)) == ["help", "lead"]
    assert verdict(office, child, "help", "leader") == "Bước này chưa hoàn thành nên không có gì để rút lại."


def test_a_line_of_a_fan_out_is_taken_back_unless_another_has_answered(office: Office) -> None:
    office.publish(process("fan", [START, many("say"), user("sum-up"), END, chain("start", "say", "sum-up", "end")]))
    case = office.start("fan", {"people": [1, 2, 3]})

    def answer() -> Task:
        task: Task = next(t for t in office.rows(Task, case) if t.state == "open" and t.element == "say")
        office.platform.run(office.people["clerk"], commands.complete_task, task.id, {})
        return task

    first = answer()
    office.platform.run(office.people["clerk"], take_back, first.id)
    assert len(office.open_elements(case)) == 3
    first = answer()
    answer()
    with pytest.raises(NotAllowed, match="bước khác được làm sau"):
        office.platform.run(office.people["clerk"], take_back, first.id)
    third = answer()
    assert office.open_elements(case) == ["sum-up"]
    office.platform.run(office.people["clerk"], take_back, third.id)
    assert office.open_elements(case) == ["say"]
    answer()
    assert office.open_elements(case) == ["sum-up"]


def test_what_waits_to_be_sent_is_not_sent_and_what_is_on_its_way_stands_against_it(
    office: Office, deliver: Callable[[], int]
) -> None:
    parts = [START, user("write"), service("tell", "exchange.report-status", inputs_of(document="${7}", code="04"))]
    office.publish(
        process("tells", [*parts, user("check", "leader"), END, chain("start", "write", "tell", "check", "end")])
    )
    case = office.start("tells")
    office.do(case, "write")
    back(office, case, "write")
    assert [each.state for each in office.rows(Delivery, case)] == ["skipped"]
    office.do(case, "write")

    def carry(work: Any) -> None:
        for each in work.session.query(Delivery).filter(Delivery.state == "waiting"):
            each.state = "carried"

    office.platform.run(system(), carry)
    assert verdict(office, case, "write").startswith("Hệ thống đang gửi dữ liệu")


def test_a_message_that_came_since_stands_against_it(office: Office) -> None:
    parts = [START, user("write"), catch_message("wait", "news", "k"), user("check", "leader"), END]
    office.publish(process("hears", [*parts, chain("start", "write", "wait", "check", "end")], message("news")))
    case = office.start("hears")
    office.do(case, "write")
    assert verdict(office, case, "write") == ""
    office.platform.run(system(), commands.receive_message, office.agency_id, "news", "k", {})
    assert verdict(office, case, "write") == "Sau bước này đã xảy ra “wait”."


def test_what_can_no_longer_be_taken_back_is_let_go_of(office: Office) -> None:
    office.publish(TWO)
    done, waiting = office.start("two"), office.start("two")
    office.do(done, "write")
    office.do(done, "check", who="leader")
    office.do(waiting, "write")
    assert office.platform.run(system(), keeping.tidy) == 1
    assert verdict(office, waiting, "write") == ""
    office.clock.advance(timedelta(days=31))
    assert office.platform.run(system(), keeping.tidy) == 1
    assert verdict(office, waiting, "write") == "Quy trình đã có bước khác được làm sau bước này."
