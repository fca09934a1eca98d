"""Connector operations: carried out after the commit, tried again, given up with an incident, mended by an admin."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine import audit, outbox
from engine.errors import Conflict, NotAllowed
from engine.instances import settle
from engine.instances.mending import commands as mending
from engine.instances.models import Incident
from tests.bpmn_text import (
    END,
    START,
    boundary_error,
    boundary_timer,
    chain,
    error,
    inputs_of,
    outputs_of,
    process,
    service,
    user,
)
from tests.engine.instances import operations_for_tests
from tests.engine.instances.conftest import Office

Deliver = Callable[[], int]
CALL = service("ask", "test.outside", inputs_of(a="${n}"), outputs_of(total="${result.total}"))
PLAIN = process("outside", [START, CALL, user("look"), END, chain("start", "ask", "look", "end")])
CAUGHT = process(
    "outside",
    [
        START,
        CALL,
        user("look"),
        boundary_error("no", "ask", "refused"),
        user("told"),
        END,
        chain("start", "ask", "look", "end"),
        chain("no", "told", "end"),
    ],
    error("refused"),
)


def deliveries(office: Office) -> list[outbox.Delivery]:
    with office.platform.reading() as session:
        return list(session.scalars(select(outbox.Delivery).order_by(outbox.Delivery.id)))


def test_nothing_outside_happens_before_the_commit_and_everything_after(office: Office, deliver: Deliver) -> None:
    office.publish(PLAIN)
    instance_id = office.start("outside", {"n": 41})
    assert operations_for_tests.calls == []
    deliver()
    assert len(operations_for_tests.calls) == 1
    assert office.open_elements(instance_id) == ["look"]
    assert [d.state for d in deliveries(office)] == [outbox.DONE]


def test_a_temporary_failure_is_tried_again_with_growing_pauses(office: Office, deliver: Deliver) -> None:
    office.publish(PLAIN)
    instance_id = office.start("outside", {"n": 1})
    deliver()
    first = deliveries(office)[0]
    assert (first.state, first.last_error) == (outbox.WAITING, "Máy chủ bận.")
    assert office.open_elements(instance_id) == []
    office.clock.advance(timedelta(seconds=outbox.PAUSES[0]))
    deliver()
    assert deliveries(office)[0].not_before - office.clock.now() == timedelta(seconds=outbox.PAUSES[1])
    office.clock.advance(timedelta(seconds=outbox.PAUSES[1]))
    deliver()
    assert office.open_elements(instance_id) == ["look"]
    assert len(set(operations_for_tests.calls)) == 1, "every attempt carries the same idempotency key"


def test_a_permanent_failure_is_an_incident_that_an_admin_retries(office: Office, deliver: Deliver) -> None:
    office.publish(PLAIN)
    instance_id = office.start("outside", {"n": 2})
    deliver()
    (incident,) = office.incidents(instance_id)
    assert (incident.element, incident.message) == ("ask", "Bên nhận không tồn tại.")
    with pytest.raises(NotAllowed):
        office.platform.run(office.people["clerk"], mending.retry_incident, incident.id)
    office.platform.run(office.people["admin"], mending.retry_incident, incident.id)
    deliver()
    assert len(operations_for_tests.calls) == 2
    assert len(office.incidents(instance_id)) == 1, "it failed again, so there is a new one"


def test_skipping_goes_on_with_the_given_result(office: Office, deliver: Deliver) -> None:
    office.publish(PLAIN)
    instance_id = office.start("outside", {"n": 2})
    deliver()
    (incident,) = office.incidents(instance_id)
    with pytest.raises(Conflict, match="lý do"):
        office.platform.run(office.people["admin"], mending.skip_incident, incident.id, " ", {"total": 3})
    office.platform.run(office.people["admin"], mending.skip_incident, incident.id, "đã gửi bằng tay", {"total": 3})
    assert office.open_elements(instance_id) == ["look"]
    assert office.incidents(instance_id) == []
    with pytest.raises(Conflict, match=r"đã được xử lý|đã kết thúc"):
        office.platform.run(office.people["admin"], mending.skip_incident, incident.id, "lần nữa", {})


def test_a_business_error_takes_the_way_drawn_for_it(office: Office, deliver: Deliver) -> None:
    office.publish(CAUGHT)
    instance_id = office.start("outside", {"n": 3})
    deliver()
    assert office.open_elements(instance_id) == ["told"]
    assert office.incidents(instance_id) == []


def test_a_business_error_nobody_drew_is_an_incident(office: Office, deliver: Deliver) -> None:
    office.publish(PLAIN)
    instance_id = office.start("outside", {"n": 3})
    deliver()
    assert [(i.kind, i.message) for i in office.incidents(instance_id)] == [("business-error", "Bên nhận từ chối.")]


def test_a_bug_in_a_connector_is_tried_again_and_then_an_incident(office: Office, deliver: Deliver) -> None:
    office.publish(PLAIN)
    instance_id = office.start("outside", {"n": 4})
    for _ in range(len(outbox.PAUSES) + 1):
        deliver()
        office.clock.advance(timedelta(hours=1))
    (incident,) = office.incidents(instance_id)
    assert "Lỗi ngoài dự kiến" in incident.message
    assert len(operations_for_tests.calls) == len(outbox.PAUSES) + 1


ADD = service("add", "test.add", inputs_of(a="${n}"), outputs_of(total="${result.total}"))


def adding(*more: str, declared: str = "") -> bytes:
    return process(
        "adding",
        [START, user("go"), ADD, user("look"), END, chain("start", "go", "add", "look", "end"), *more],
        declared,
    )


def test_an_engine_operation_that_refuses_takes_back_what_it_wrote(office: Office) -> None:
    office.publish(adding())
    instance_id = office.start("adding", {"n": -1})
    office.do(instance_id, "go")
    assert [i.kind for i in office.incidents(instance_id)] == ["business-error"]
    assert deliveries(office) == [], "its outbox row was taken back"
    with office.platform.reading() as session:
        assert "test.added" not in session.scalars(select(audit.AuditEntry.action)).all(), "and so was its audit note"


def test_an_engine_operation_is_retried_with_corrected_data(office: Office) -> None:
    office.publish(adding())
    instance_id = office.start("adding", {"n": -1})
    office.do(instance_id, "go")
    (incident,) = office.incidents(instance_id)
    office.platform.run(office.people["admin"], mending.retry_incident, incident.id, {"n": 4})
    assert office.open_elements(instance_id) == ["look"]
    assert [i.state for i in office.rows(Incident, instance_id)] == ["retried"]


def test_missing_data_is_an_incident_that_names_the_element(office: Office) -> None:
    office.publish(adding())
    instance_id = office.start("adding", {})
    office.do(instance_id, "go")
    (incident,) = office.incidents(instance_id)
    assert incident.element == "add"
    assert "n" in incident.message
    office.platform.run(office.people["admin"], mending.retry_incident, incident.id, {"n": 4})
    assert office.open_elements(instance_id) == ["look"]


def test_a_drawn_error_of_an_engine_operation(office: Office) -> None:
    office.publish(
        adding(
            boundary_error("no", "add", "negative"),
            user("told"),
            chain("no", "told", "end"),
            declared=error("negative"),
        )
    )
    instance_id = office.start("adding", {"n": -5})
    office.do(instance_id, "go")
    assert office.open_elements(instance_id) == ["told"]


def test_a_delivery_settled_twice_moves_the_token_once(office: Office) -> None:
    office.publish(PLAIN)
    instance_id = office.start("outside", {"n": 5})
    (delivery,) = deliveries(office)

    def claim(work: Any) -> None:
        assert outbox.claim(work.session, delivery.id, work.now, timedelta(minutes=5)) is not None

    from engine.platform import system

    office.platform.run(system(), claim)
    assert office.platform.run(system(), settle.settle_delivery, delivery.id, 1, {"total": 6}) is True
    assert office.platform.run(system(), settle.settle_delivery, delivery.id, 1, {"total": 6}) is False
    assert office.open_elements(instance_id) == ["look"]


def test_a_timer_whose_step_fails_is_tried_later_and_shown_to_an_admin(office: Office, deliver: Deliver) -> None:
    ringing = boundary_timer("ring", "work", "PT1H", True)
    after = service("unlucky", "test.unlucky", inputs_of(a="${1}"))
    office.publish(
        process(
            "ringing",
            [START, user("work"), ringing, after, END, chain("start", "work", "end"), chain("ring", "unlucky", "end")],
        )
    )
    instance_id = office.start("ringing")
    office.clock.advance(timedelta(hours=1))
    for _ in range(len(outbox.PAUSES) + 1):
        deliver()
        assert office.open_elements(instance_id) == ["work"], "nothing half done"
        office.clock.advance(timedelta(hours=1))
    (incident,) = office.incidents(instance_id)
    assert incident.kind == "timer"
    operations_for_tests.calls.append("luck")
    office.platform.run(office.people["admin"], mending.retry_incident, incident.id)
    deliver()
    assert office.instance(instance_id).status == "ended"
