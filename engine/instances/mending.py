"""Settle the incidents an admin looks at: try again, with corrected data if need be, or go on without."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import update

from engine import outbox
from engine.bpmn import run
from engine.bpmn.expressions import ExpressionError
from engine.definitions import queries as definitions
from engine.errors import Conflict, NotFound
from engine.instances import lines, rules
from engine.instances.advance import Move, resume
from engine.instances.commands import locked, tell_parent
from engine.instances.functions import functions
from engine.instances.incidents import COMPLETION
from engine.instances.models import Incident, Instance, Subscription
from engine.instances.settle import go_on
from engine.platform import Work


def retry_incident(work: Work, incident_id: int, data_patch: Mapping[str, Any] | None = None) -> None:
    """Try again what failed; `data_patch` changes process data first (only for what failed inside the engine)."""
    incident, instance = _open(work, incident_id)
    if incident.delivery_id is not None:
        delivery = work.session.get(outbox.Delivery, incident.delivery_id, with_for_update=True)
        if delivery is None:
            raise NotFound("Không tìm thấy lượt gửi của sự cố này.")
        delivery.state, delivery.not_before, delivery.settled_at = outbox.WAITING, work.now, None
        work.deliveries.append(delivery)
    elif incident.kind == "timer":
        work.session.execute(
            update(Subscription)
            .where(Subscription.instance_id == instance.id, Subscription.token == incident.token)
            .values(due_at=work.now)
        )
    elif incident.kind == COMPLETION:
        _ask_rule_again(work, instance, incident, dict(data_patch or {}))
    else:
        move = Move(work, instance, definitions.ready(work.session, instance.version_id))
        resume(move, partial(run.retry, data_patch=dict(data_patch or {})), incident.token)
        tell_parent(work, instance)
    _settle(work, incident, "retried", {"data": sorted(data_patch or {})})


def skip_incident(work: Work, incident_id: int, reason: str, result: Mapping[str, Any] | None = None) -> None:
    """Go on as if the element had answered with `result`; the reason goes into the audit trail."""
    incident, instance = _open(work, incident_id)
    if not reason.strip():
        raise Conflict("Cần ghi lý do bỏ qua bước này.")
    index = None
    if incident.delivery_id is not None:
        delivery = work.session.get(outbox.Delivery, incident.delivery_id, with_for_update=True)
        if delivery is not None:
            delivery.state, delivery.settled_at, index = outbox.SKIPPED, work.now, delivery.index
    if incident.kind == COMPLETION:
        _end_lines(work, instance, incident.token, lines.results_so_far(work, instance, incident.token))
    else:
        go_on(work, instance, incident.token, index, dict(result or {}))
    _settle(work, incident, "skipped", {"reason": reason})
    incident.note = reason


def _ask_rule_again(work: Work, instance: Instance, incident: Incident, data_patch: dict[str, Any]) -> None:
    """Correct the data and ask the rule of a fan-out again; its lines stay as they are, so only the state is taken."""
    procedure = definitions.ready(work.session, instance.version_id).procedure
    known = functions(work, instance.agency_id)
    step = run.retry(procedure, instance.state, incident.token, work.now, known, data_patch)
    again = next((wait for wait in step.opened if wait.token == incident.token), None)
    if again is None:
        raise Conflict(step.incidents[0].message)
    try:
        results = lines.reconsider(work, instance, incident.token, again.given)
    except ExpressionError as error:
        raise Conflict(f"Vẫn chưa tính được điều kiện hoàn thành. {error}") from error
    instance.state = step.state
    if results is not None:
        _end_lines(work, instance, incident.token, results)


def _end_lines(work: Work, instance: Instance, token: str, results: list[Any]) -> None:
    """The element is complete with these results; lines that are still open are withdrawn."""
    move = Move(work, instance, definitions.ready(work.session, instance.version_id), closed=[token])
    resume(move, run.complete, token, {"results": results})
    tell_parent(work, instance)


def _open(work: Work, incident_id: int) -> tuple[Incident, Instance]:
    found = work.session.get(Incident, incident_id)
    if found is None or (found.agency_id != work.actor.agency_id and "provincial-admin" not in work.actor.roles):
        raise NotFound("Không tìm thấy sự cố này.")
    work.require(rules.may_mend(work.actor, found.agency_id))
    instance = locked(work, found.instance_id)
    work.session.refresh(found, with_for_update=True)
    if found.state != "open":
        raise Conflict("Sự cố này đã được xử lý.")
    return found, instance


def _settle(work: Work, incident: Incident, state: str, details: Mapping[str, Any]) -> None:
    incident.state, incident.settled_at, incident.settled_by_id = state, work.now, work.actor.person_id
    work.note(
        f"incident.{state}", "incident", incident.id, agency_id=incident.agency_id, element=incident.element, **details
    )
