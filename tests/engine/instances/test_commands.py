"""Starting, completing, timers, messages, called procedures and fan-outs, on a real database."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine import audit
from engine.errors import Conflict, NotAllowed, NotFound, RequestError
from engine.instances import commands
from engine.instances.models import Instance, PendingMessage, Subscription
from engine.platform import Work, system
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
    outputs_of,
    process,
    service,
    user,
)
from tests.engine.instances.conftest import Office

ONE = process("one", [START, user("work"), END, chain("start", "work", "end")])


def test_a_task_opens_and_completing_it_ends_the_instance(office: Office) -> None:
    version_id = office.publish(ONE)
    instance_id = office.start("one", {"n": 1})
    assert office.instance(instance_id).version_id == version_id
    office.do(instance_id, "work")

    ended = office.instance(instance_id)
    assert (ended.status, ended.ended_at) == ("ended", office.clock.now())
    assert office.history(instance_id) == [
        ("start", "entered"),
        ("start", "left"),
        ("work", "entered"),
        ("work", "left"),
        ("end", "entered"),
        ("end", "left"),
    ]
    with office.platform.reading() as session:
        actions = session.scalars(select(audit.AuditEntry.action)).all()
        assert {"version.published", "instance.started", "task.completed"} <= set(actions)
        assert list(audit.verify(session)) == []


def test_the_history_knows_who_completed(office: Office) -> None:
    from engine.instances.models import Passage

    office.publish(ONE)
    instance_id = office.start("one")
    office.do(instance_id, "work", who="clerk2")
    left = [p for p in office.rows(Passage, instance_id) if (p.element, p.event) == ("work", "left")]
    assert [p.person_id for p in left] == [office.people["clerk2"].person_id]


def test_only_candidates_may_complete_and_strangers_see_nothing(office: Office) -> None:
    office.publish(ONE)
    instance_id = office.start("one")
    task_id = office.task(instance_id, "work")
    with pytest.raises(NotAllowed):
        office.platform.run(office.people["leader"], commands.complete_task, task_id, {})
    with pytest.raises(NotFound):
        office.platform.run(office.people["stranger"], commands.complete_task, task_id, {})
    assert office.open_elements(instance_id) == ["work"]


def test_claim_and_release(office: Office) -> None:
    office.publish(ONE)
    instance_id = office.start("one")
    task_id = office.task(instance_id, "work")
    office.platform.run(office.people["clerk"], tasks.claim_task, task_id)
    with pytest.raises(Conflict, match="Người clerk đã nhận việc này"):
        office.platform.run(office.people["clerk2"], tasks.claim_task, task_id)
    with pytest.raises(NotAllowed):
        office.platform.run(office.people["clerk2"], commands.complete_task, task_id, {})
    office.platform.run(office.people["clerk"], tasks.release_task, task_id)
    office.do(instance_id, "work", who="clerk2")


def test_two_people_at_once_one_wins_the_other_is_told_who(office: Office) -> None:
    office.publish(ONE)
    for _ in range(5):
        instance_id = office.start("one")
        task_id = office.task(instance_id, "work")
        outcomes: list[str] = []
        barrier = threading.Barrier(2)

        def complete(who: str, task_id: int = task_id, barrier: Any = barrier, outcomes: list[str] = outcomes) -> None:
            barrier.wait()
            try:
                office.platform.run(office.people[who], commands.complete_task, task_id, {})
                outcomes.append("done")
            except Conflict as conflict:
                outcomes.append(str(conflict))

        threads = [threading.Thread(target=complete, args=(who,)) for who in ("clerk", "clerk2")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes, key=len)[0] == "done"
        assert "đã hoàn thành việc này lúc 09:00 ngày 23/11/2026" in sorted(outcomes, key=len)[1]
        assert len([h for h in office.history(instance_id) if h == ("work", "left")]) == 1


def test_an_old_page_is_told_so(office: Office) -> None:
    office.publish(ONE)
    instance_id = office.start("one")
    task_id = office.task(instance_id, "work")
    with office.platform.reading() as session:
        seen = session.get_one(Task, task_id).version
    office.platform.run(office.people["clerk"], tasks.claim_task, task_id)
    with pytest.raises(Conflict, match="đã thay đổi"):
        office.platform.run(office.people["clerk"], commands.complete_task, task_id, {}, seen)


def test_completing_a_withdrawn_task_is_told_in_words(office: Office) -> None:
    office.publish(
        process(
            "late",
            [
                START,
                user("work"),
                END,
                boundary_timer("too-late", "work", "PT2H", True),
                user("after"),
                chain("start", "work", "end"),
                chain("too-late", "after", "end"),
            ],
        )
    )
    instance_id = office.start("late")
    task_id = office.task(instance_id, "work")
    office.clock.advance(timedelta(hours=2))
    timer = office.rows(Subscription, instance_id)[0]
    assert office.platform.run(system(), commands.fire_timer, timer.id) is True
    assert office.platform.run(system(), commands.fire_timer, timer.id) is False
    assert office.open_elements(instance_id) == ["after"]
    with pytest.raises(Conflict, match="không còn chờ xử lý"):
        office.platform.run(office.people["clerk"], commands.complete_task, task_id, {})
    assert ("work", "cancelled") in office.history(instance_id)
    assert office.waits(instance_id) == []


def test_a_timer_is_not_fired_before_it_is_due(office: Office) -> None:
    office.publish(
        process(
            "wait",
            [
                START,
                user("work"),
                END,
                boundary_timer("t", "work", "PT2H", False),
                user("remind"),
                chain("start", "work", "end"),
                chain("t", "remind", "end"),
            ],
        )
    )
    instance_id = office.start("wait")
    timer = office.rows(Subscription, instance_id)[0]
    assert timer.due_at == office.clock.now() + timedelta(hours=2)
    assert office.platform.run(system(), commands.fire_timer, timer.id) is False
    office.clock.advance(timedelta(hours=3))
    assert office.platform.run(system(), commands.fire_timer, timer.id) is True
    assert office.open_elements(instance_id) == ["work", "remind"]


def test_an_engine_operation_runs_in_the_same_transaction(office: Office) -> None:
    office.publish(
        process(
            "adding",
            [
                START,
                user("work"),
                service("add", "test.add", inputs_of(a="${n}", b="${2}"), outputs_of(total="${result.total}")),
                user("look"),
                END,
                chain("start", "work", "add", "look", "end"),
            ],
        )
    )
    instance_id = office.start("adding", {"n": 40})
    office.do(instance_id, "work")
    with office.platform.reading() as session:
        assert session.get_one(Task, office.task(instance_id, "look")).data["total"] == 42


def message_diagram(start_kind: str = START) -> bytes:
    return process(
        "asking",
        [
            start_kind,
            catch_message("answered", "answer", "${case}"),
            user("read"),
            END,
            chain("start", "answered", "read", "end"),
        ],
        message("answer"),
    )


def send(office: Office, correlation: str | None, **data: Any) -> Instance | None:
    return office.platform.run(system(), commands.receive_message, office.agency_id, "answer", correlation, data)


def test_a_message_reaches_the_instance_it_belongs_to(office: Office) -> None:
    office.publish(message_diagram())
    first, second = office.start("asking", {"case": "1"}), office.start("asking", {"case": "2"})
    taken = send(office, "2", text="xong")
    assert taken is not None
    assert taken.id == second
    assert (office.open_elements(first), office.open_elements(second)) == ([], ["read"])


def test_a_message_that_came_too_early_is_kept_and_given_once(office: Office) -> None:
    office.publish(message_diagram())
    assert send(office, "7", text="sớm") is None
    instance_id, other = office.start("asking", {"case": "7"}), office.start("asking", {"case": "7"})
    assert office.open_elements(instance_id) == ["read"]
    assert office.open_elements(other) == []
    with office.platform.reading() as session:
        assert session.scalars(select(PendingMessage)).all() == []


def test_messages_of_another_agency_never_match(office: Office) -> None:
    office.publish(message_diagram())
    instance_id = office.start("asking", {"case": "1"})
    office.platform.run(system(), commands.receive_message, office.other_agency_id, "answer", "1", {})
    assert office.open_elements(instance_id) == []


def test_a_message_starts_the_procedure_that_begins_with_it(office: Office) -> None:
    begun = '<bpmn:startEvent id="start"><bpmn:messageEventDefinition messageRef="message-answer"/></bpmn:startEvent>'
    office.publish(process("begun", [begun, user("read"), END, chain("start", "read", "end")], message("answer")))
    instance = send(office, None, document="x")
    assert instance is not None
    assert (instance.procedure, office.open_elements(instance.id)) == ("begun", ["read"])


CALLING = process("calling", [START, call("inner", "one"), user("after"), END, chain("start", "inner", "after", "end")])


def children(office: Office, instance_id: int) -> list[Instance]:
    with office.platform.reading() as session:
        return list(session.scalars(select(Instance).where(Instance.parent_id == instance_id).order_by(Instance.id)))


def test_a_called_procedure_hands_back_when_it_ends(office: Office) -> None:
    office.publish(ONE)
    office.publish(CALLING)
    instance_id = office.start("calling", {"n": 5})
    (child,) = children(office, instance_id)
    assert office.open_elements(instance_id) == []
    office.do(child.id, "work", {})
    assert office.instance(child.id).status == "ended"
    assert office.open_elements(instance_id) == ["after"]


def test_an_agency_variant_is_used_and_pinned_for_the_whole_run(office: Office) -> None:
    office.publish(ONE)
    office.publish(CALLING)
    before = office.start("calling")
    variant = office.publish(
        process("one", [START, user("own-work"), END, chain("start", "own-work", "end")]), agency_id=office.agency_id
    )
    after = office.start("calling")
    assert office.open_elements(children(office, before)[0].id) == ["work"]
    child = children(office, after)[0]
    assert (child.version_id, office.open_elements(child.id)) == (variant, ["own-work"])


def test_a_run_stays_on_its_version_when_a_new_one_is_published(office: Office) -> None:
    office.publish(ONE)
    office.publish(process("two", [START, user("a"), call("inner", "one"), END, chain("start", "a", "inner", "end")]))
    instance_id = office.start("two")
    office.publish(process("one", [START, user("newer"), END, chain("start", "newer", "end")]))
    office.do(instance_id, "a")
    assert office.open_elements(children(office, instance_id)[0].id) == ["work"]


def test_cancelling_stops_called_procedures_too(office: Office) -> None:
    office.publish(ONE)
    office.publish(CALLING)
    instance_id = office.start("calling")
    (child,) = children(office, instance_id)
    with pytest.raises(NotAllowed):
        office.platform.run(office.people["clerk"], commands.cancel_instance, instance_id, "thử")
    office.platform.run(office.people["admin"], commands.cancel_instance, instance_id, "nhầm văn bản")
    assert [office.instance(i).status for i in (instance_id, child.id)] == ["cancelled", "cancelled"]
    assert office.open_elements(child.id) == []


def many(element: str, extra: str = "", condition: str = "", sequential: str = "false") -> str:
    done = f"<bpmn:completionCondition>${{{condition}}}</bpmn:completionCondition>" if condition else ""
    return (
        f'<bpmn:userTask id="{element}" name="{element}" camunda:candidateGroups="clerk"{extra}>'
        f"<bpmn:multiInstanceLoopCharacteristics "
        f'isSequential="{sequential}" camunda:collection="people" camunda:elementVariable="person">{done}'
        "</bpmn:multiInstanceLoopCharacteristics></bpmn:userTask>"
    )


def fan(condition: str = "", sequential: str = "false") -> bytes:
    return process(
        "fan",
        [
            START,
            many("opinion", condition=condition, sequential=sequential),
            user("sum-up"),
            END,
            chain("start", "opinion", "sum-up", "end"),
        ],
    )


def complete_one(office: Office, instance_id: int) -> None:
    with office.platform.reading() as session:
        task_id = session.scalars(
            select(Task.id)
            .where(Task.instance_id == instance_id, Task.state == "open", Task.element == "opinion")
            .order_by(Task.id)
        ).first()
    assert task_id is not None
    office.platform.run(office.people["clerk"], commands.complete_task, task_id, {})


def test_many_people_are_rows_and_all_must_answer(office: Office) -> None:
    office.publish(fan())
    instance_id = office.start("fan", {"people": [1, 2, 3]})
    before = office.instance(instance_id).state
    assert office.open_elements(instance_id) == ["opinion"] * 3
    complete_one(office, instance_id)
    assert office.instance(instance_id).state == before, "one answer of many must not touch the state"
    complete_one(office, instance_id)
    complete_one(office, instance_id)
    assert office.open_elements(instance_id) == ["sum-up"]


def test_a_completion_rule_ends_the_fan_out_and_withdraws_the_rest(office: Office) -> None:
    office.publish(fan("nr_of_completed >= 2"))
    instance_id = office.start("fan", {"people": [1, 2, 3, 4]})
    complete_one(office, instance_id)
    complete_one(office, instance_id)
    assert office.open_elements(instance_id) == ["sum-up"]
    assert [t.state for t in office.rows(Task, instance_id) if t.element == "opinion"].count("withdrawn") == 2


def test_a_completion_rule_may_look_at_the_results_so_far(office: Office) -> None:
    office.publish(fan("size(results) == 2"))
    instance_id = office.start("fan", {"people": [1, 2, 3]})
    complete_one(office, instance_id)
    assert office.open_elements(instance_id) == ["opinion", "opinion"]
    complete_one(office, instance_id)
    assert office.open_elements(instance_id) == ["sum-up"]


def test_a_sequential_fan_out_opens_one_after_the_other(office: Office) -> None:
    office.publish(fan(sequential="true"))
    instance_id = office.start("fan", {"people": [1, 2, 3]})
    for _ in range(3):
        assert office.open_elements(instance_id) == ["opinion"]
        complete_one(office, instance_id)
    assert office.open_elements(instance_id) == ["sum-up"]


def test_an_empty_fan_out_is_passed(office: Office) -> None:
    office.publish(fan())
    assert office.open_elements(office.start("fan", {"people": []})) == ["sum-up"]


def test_many_calls_run_side_by_side(office: Office) -> None:
    office.publish(ONE)
    loop = '<bpmn:multiInstanceLoopCharacteristics camunda:collection="units" camunda:elementVariable="unit"/>'
    office.publish(
        process(
            "calls",
            [START, call("inner", "one", multi=loop), user("after"), END, chain("start", "inner", "after", "end")],
        )
    )
    instance_id = office.start("calls", {"units": [7, 8]})
    first, second = children(office, instance_id)
    office.do(first.id, "work")
    assert office.open_elements(instance_id) == []
    office.do(second.id, "work")
    assert office.open_elements(instance_id) == ["after"]


def test_a_failing_command_changes_nothing(office: Office) -> None:
    office.publish(ONE)
    instance_id = office.start("one")
    task_id = office.task(instance_id, "work")

    def complete_then_fail(work: Work) -> None:
        commands.complete_task(work, task_id, {})
        raise RequestError("sau khi xong")

    with pytest.raises(RequestError, match="sau khi xong"):
        office.platform.run(office.people["clerk"], complete_then_fail)
    assert office.open_elements(instance_id) == ["work"]
    assert ("work", "left") not in office.history(instance_id)


def test_rework_does_not_grow_the_state(office: Office) -> None:
    office.publish(
        process(
            "rework",
            [
                START,
                user("draft"),
                user("check"),
                '<bpmn:exclusiveGateway id="good" default="good-draft"/>',
                END,
                chain("start", "draft", "check", "good", "draft"),
                flow("good", "end", "done"),
            ],
        )
    )
    instance_id = office.start("rework", {"done": False})
    sizes = []
    for _ in range(30):
        office.do(instance_id, "draft")
        office.do(instance_id, "check")
        sizes.append(len(office.instance(instance_id).state))
    assert sizes[-1] <= sizes[4] + 16
