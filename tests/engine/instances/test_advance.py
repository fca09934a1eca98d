"""What follows from a step: errors of called procedures, repeated timers, messages that cross, late answers."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

from sqlalchemy import event, select

from engine import outbox
from engine.instances import commands, settle
from engine.instances.mending import commands as mending
from engine.instances.models import Instance, PendingMessage, Subscription
from engine.platform import Work, system
from engine.tasks.models import Task
from tests.bpmn_text import (
    END,
    START,
    boundary_error,
    boundary_message,
    boundary_timer,
    call,
    catch_message,
    chain,
    error,
    error_end,
    flow,
    inputs_of,
    message,
    outputs_of,
    process,
    service,
    user,
)
from tests.engine.instances.conftest import Office

FAILING = process(
    "failing",
    [START, user("work"), error_end("broken", "bad-file"), chain("start", "work", "broken")],
    error("bad-file"),
)


def only_child(office: Office, instance_id: int) -> int:
    with office.platform.reading() as session:
        return session.scalars(select(Instance.id).where(Instance.parent_id == instance_id)).one()


def test_an_error_of_a_called_procedure_is_caught_by_its_caller(office: Office) -> None:
    office.publish(FAILING)
    office.publish(
        process(
            "caller",
            [
                START, call("inner", "failing"), boundary_error("caught", "inner", "bad-file"), user("told"), END,
                chain("start", "inner", "end"), chain("caught", "told", "end"),
            ],
            error("bad-file"),
        )
    )  # fmt: skip
    instance_id = office.start("caller")
    office.do(only_child(office, instance_id), "work")
    assert office.open_elements(instance_id) == ["told"]


def test_an_error_nobody_catches_is_an_incident_of_the_caller(office: Office) -> None:
    office.publish(FAILING)
    office.publish(process("caller", [START, call("inner", "failing"), END, chain("start", "inner", "end")]))
    instance_id = office.start("caller")
    office.do(only_child(office, instance_id), "work")
    (incident,) = office.incidents(instance_id)
    assert incident.element == "inner"
    assert "bad-file" in incident.message
    office.platform.run(office.people["admin"], mending.skip_incident, incident.id, "bỏ qua tệp hỏng")
    assert office.instance(instance_id).status == "ended"


def test_a_repeated_timer_fires_as_often_as_drawn(office: Office) -> None:
    cycle = (
        '<bpmn:boundaryEvent id="again" attachedToRef="work" cancelActivity="false"><bpmn:timerEventDefinition>'
        "<bpmn:timeCycle>R3/PT1H</bpmn:timeCycle></bpmn:timerEventDefinition></bpmn:boundaryEvent>"
    )
    office.publish(
        process(
            "cycle",
            [
                START,
                user("work"),
                cycle,
                user("ring"),
                END,
                chain("start", "work", "end"),
                chain("again", "ring", "end"),
            ],
        )
    )
    instance_id = office.start("cycle")
    for turn in range(1, 6):
        office.clock.advance(timedelta(hours=1))
        for timer in office.rows(Subscription, instance_id):
            office.platform.run(system(), commands.fire_timer, timer.id)
        assert office.open_elements(instance_id).count("ring") == min(turn, 3)


def test_a_message_and_its_receiver_can_not_miss_each_other(office: Office) -> None:
    office.publish(
        process(
            "asking",
            [
                START,
                catch_message("answered", "answer", "${case}"),
                user("read"),
                END,
                chain("start", "answered", "read", "end"),
            ],
            message("answer"),
        )
    )
    received, go_on = threading.Event(), threading.Event()
    started: list[int] = []

    def receive_slowly(work: Work) -> None:
        commands.receive_message(work, office.agency_id, "answer", "1", {})
        work.session.flush()
        received.set()
        assert go_on.wait(20)

    sender = threading.Thread(target=lambda: office.platform.run(system(), receive_slowly))
    asker = threading.Thread(target=lambda: started.append(office.start("asking", {"case": "1"})))
    sender.start()
    assert received.wait(20)
    asker.start()  # its subscription and the kept message are both uncommitted now: one of them has to wait
    asker.join(0.3)
    go_on.set()
    sender.join(20)
    asker.join(20)
    assert office.open_elements(started[0]) == ["read"]
    with office.platform.reading() as session:
        assert session.scalars(select(PendingMessage.id)).all() == []


def test_an_answer_that_comes_after_the_interruption_is_kept_and_moves_nothing(
    office: Office, deliver: Callable[[], int]
) -> None:
    office.publish(
        process(
            "stopped",
            [
                START, service("ask", "test.outside", inputs_of(a="${5}")),
                boundary_message("stop", "ask", "halt", "${case}"),
                user("after"), END, chain("start", "ask", "end"), chain("stop", "after", "end"),
            ],
            message("halt"),
        )
    )  # fmt: skip
    instance_id = office.start("stopped", {"case": "1"})
    with office.platform.reading() as session:
        delivery_id = session.scalars(select(outbox.Delivery.id)).one()

    def claim(work: Work) -> None:
        assert outbox.claim(work.session, delivery_id, work.now, timedelta(minutes=5)) is not None

    office.platform.run(system(), claim)  # a worker is on its way with it
    office.platform.run(system(), commands.receive_message, office.agency_id, "halt", "1", {})
    assert office.open_elements(instance_id) == ["after"]
    assert office.platform.run(system(), settle.settle_delivery, delivery_id, 1, {"total": 6}) is True
    assert office.open_elements(instance_id) == ["after"]
    with office.platform.reading() as session:
        assert session.get_one(outbox.Delivery, delivery_id).state == outbox.DONE


def test_a_delivery_not_yet_carried_is_withdrawn_with_its_element(office: Office, deliver: Callable[[], int]) -> None:
    office.publish(
        process(
            "stopped",
            [
                START, service("ask", "test.outside", inputs_of(a="${5}")),
                boundary_message("stop", "ask", "halt", "${case}"),
                END, chain("start", "ask", "end"), chain("stop", "end"),
            ],
            message("halt"),
        )
    )  # fmt: skip
    instance_id = office.start("stopped", {"case": "1"})
    office.platform.run(system(), commands.receive_message, office.agency_id, "halt", "1", {})
    assert office.instance(instance_id).status == "ended"
    assert deliver() == 0


def test_a_step_is_a_short_conversation_with_the_database(office: Office) -> None:
    timed = boundary_timer("late", "work", "PT2H", cancel=False)
    ways = chain("start", "work", "next", "end") + flow("late", "reminded")
    office.publish(
        process("short", [START, user("work"), timed, '<bpmn:endEvent id="reminded"/>', user("next"), END, ways])
    )
    office.start("short")  # the diagram is read once per process
    sent: list[str] = []
    event.listen(office.platform.engine, "before_cursor_execute", lambda _c, _k, text, *_rest: sent.append(text))

    instance_id = office.start("short")
    assert len(sent) == 4, sent  # version, instance, rows of the step, audit
    task_id = office.task(instance_id, "work")
    sent.clear()
    office.platform.run(office.people["clerk"], commands.complete_task, task_id, {})

    assert len(sent) == 3, sent  # lock, rows of the step, audit
    assert office.waits(instance_id) == []


def test_an_operation_sees_the_task_before_it_as_done(office: Office) -> None:
    look = service("look", "test.open-tasks", inputs_of(a="${n}"), outputs_of(seen="${result.total}"))
    office.publish(
        process("seen", [START, user("work"), look, user("next"), END, chain("start", "work", "look", "next", "end")])
    )
    instance_id = office.start("seen", {"n": 1})
    office.do(instance_id, "work")

    following = next(task for task in office.rows(Task, instance_id) if task.state == "open")
    assert following.data["seen"] == 0
