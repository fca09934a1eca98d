"""Incidents settled by an admin: with corrected data, with a result given by hand, and told in the audit trail."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from engine import outbox
from engine.audit import AuditEntry
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.instances.mending import commands as mending
from tests.engine.instances import operations_for_tests
from tests.engine.instances.conftest import Office
from tests.engine.instances.test_settle import PLAIN, adding

Deliver = Callable[[], int]


def seen(office: Office, instance_id: int, who: str = "admin") -> mending.Trouble:
    (incident,) = office.incidents(instance_id)
    with office.platform.reading() as session:
        return mending.trouble(session, office.people[who], office.platform.catalog, incident.id)


def mend(office: Office, how: Any, *arguments: Any) -> None:
    office.platform.run(office.people["admin"], how, *arguments)


def audited(office: Office, action: str) -> dict[str, Any]:
    with office.platform.reading() as session:
        return session.scalars(select(AuditEntry).where(AuditEntry.action == action)).one().details


def test_a_failed_delivery_goes_out_again_with_corrected_data(office: Office, deliver: Deliver) -> None:
    office.publish(PLAIN)
    instance_id = office.start("outside", {"n": 2})
    deliver()
    trouble = seen(office, instance_id)
    assert [(f.name, f.kind, f.written) for f in trouble.fields] == [("n", "number", "2")]
    mend(office, mending.retry_incident, trouble.incident.id, {"n": 40})
    deliver()
    assert office.open_elements(instance_id) == ["look"]
    assert len(set(operations_for_tests.calls)) == 1, "the same delivery, so the same idempotency key"
    with office.platform.reading() as session:
        assert session.scalars(select(outbox.Delivery.given)).one() == {"a": 40}
    told = audited(office, "incident.retried")
    assert (told["before"], told["after"]) == ({"n": 2}, {"n": 40})


def test_a_correction_of_the_wrong_kind_is_refused_before_anything_goes_out(office: Office, deliver: Deliver) -> None:
    office.publish(PLAIN)
    instance_id = office.start("outside", {"n": 2})
    deliver()
    with pytest.raises(InvalidInput, match="Số thứ nhất"):
        mend(office, mending.retry_incident, seen(office, instance_id).incident.id, {"n": "bốn"})
    assert seen(office, instance_id).fields[0].written == "2", "nothing was changed"


def test_skipping_takes_a_result_whose_fields_are_known(office: Office, deliver: Deliver) -> None:
    office.publish(PLAIN)
    instance_id = office.start("outside", {"n": 2})
    deliver()
    trouble = seen(office, instance_id)
    assert trouble.skippable
    assert [(f.name, f.kind) for f in trouble.result_fields] == [("total", "number")]
    mend(office, mending.skip_incident, trouble.incident.id, "Đã cộng bằng tay", {"total": 43})
    office.do(instance_id, "look")
    assert office.instance(instance_id).outcome["total"] == 43
    told = audited(office, "incident.skipped")
    assert (told["reason"], told["after"]) == ("Đã cộng bằng tay", {"total": 43})
    assert told["before"] == "Bên nhận không tồn tại."


def test_a_step_that_never_came_to_wait_is_not_skipped_silently(office: Office) -> None:
    office.publish(adding())
    instance_id = office.start("adding", {})
    office.do(instance_id, "go")
    trouble = seen(office, instance_id)
    assert not trouble.skippable
    with pytest.raises(Conflict, match="không bỏ qua được"):
        mend(office, mending.skip_incident, trouble.incident.id, "thử", {})
    assert len(office.incidents(instance_id)) == 1


def test_a_result_that_could_not_be_taken_over_is_corrected_too(office: Office) -> None:
    from tests.bpmn_text import END, START, chain, inputs_of, outputs_of, process, service, user

    wrong = service("add", "test.add", inputs_of(a="${n}"), outputs_of(total="${result['sum']}"))
    office.publish(process("wrong", [START, user("go"), wrong, user("look"), END,
                                     chain("start", "go", "add", "look", "end")]))  # fmt: skip
    instance_id = office.start("wrong", {"n": 1})
    office.do(instance_id, "go")
    trouble = seen(office, instance_id)
    assert {f.name: f.written for f in trouble.fields}["result"] == '{"total": 2}'
    mend(office, mending.retry_incident, trouble.incident.id, {"result": {"sum": 5}})
    assert office.open_elements(instance_id) == ["look"]


def test_only_admins_see_an_incident(office: Office, deliver: Deliver) -> None:
    office.publish(PLAIN)
    instance_id = office.start("outside", {"n": 2})
    deliver()
    with pytest.raises(NotAllowed):
        seen(office, instance_id, "clerk")
    with pytest.raises(NotFound):
        seen(office, instance_id, "stranger")
