"""Settle the incidents an admin looks at: try again, with corrected data if need be, or go on without."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import update
from sqlalchemy.orm import Session

from engine import outbox
from engine.bpmn import run
from engine.bpmn.expressions import ExpressionError
from engine.bpmn.run import Standing
from engine.definitions import queries as definitions
from engine.definitions.queries import Ready
from engine.documents.text import fitting
from engine.errors import Conflict, NotAllowed, NotFound
from engine.instances import lines, rules
from engine.instances.advance import Move, resume
from engine.instances.commands import locked, tell_parent
from engine.instances.mending.corrections import Field, changes, fields_of, fields_of_result
from engine.instances.mending.incidents import COMPLETION
from engine.instances.models import Incident, Instance, Subscription
from engine.instances.settle import go_on
from engine.instances.timing.functions import functions
from engine.operations import Catalog
from engine.platform import Actor, Work


@dataclass(frozen=True, slots=True)
class Trouble:
    """An incident with everything an admin needs to settle it."""

    incident: Incident
    instance: Instance
    ready: Ready
    fields: tuple[Field, ...]  # the element's data; empty where trying again can't change any
    skippable: bool
    result_fields: tuple[Field, ...]  # what the step would have answered


def trouble(session: Session, actor: Actor, catalog: Catalog, incident_id: int) -> Trouble:
    """An incident as an admin of the agency (or the province's) sees it; NotFound, NotAllowed for everybody else."""
    incident = session.get(Incident, incident_id)
    if incident is None or (incident.agency_id != actor.agency_id and "provincial-admin" not in actor.roles):
        raise NotFound("Không tìm thấy sự cố này.")
    if not (verdict := rules.may_mend(actor, incident.agency_id)):
        raise NotAllowed(verdict.reason)
    instance = session.get_one(Instance, incident.instance_id)
    ready = definitions.ready(session, instance.version_id)
    token = _standing(ready, instance, incident) if incident.state == "open" else None
    if token is None:
        return Trouble(incident, instance, ready, (), False, ())
    fields = () if incident.kind == "timer" else fields_of(_known(token))
    return Trouble(incident, instance, ready, fields, token.open, _result_fields(ready, catalog, incident, token))


def _result_fields(ready: Ready, catalog: Catalog, incident: Incident, token: Standing) -> tuple[Field, ...]:
    if not token.open or incident.kind in (COMPLETION, "timer"):
        return ()
    if token.fanned_out and incident.delivery_id is None:
        return (Field("results", "json", "[]"),)
    topic = ready.procedure.elements[incident.element].attributes.get("topic", "")
    return fields_of_result(catalog.get(topic) if topic in catalog else None)


def _standing(ready: Ready, instance: Instance, incident: Incident) -> Standing | None:
    return run.standing(ready.procedure, instance.state, incident.token) if instance.status == "running" else None


def _known(token: Standing) -> dict[str, Any]:
    """The variables at a token; `result` is an answer that couldn't be taken over."""
    return token.data if token.result is None else {**token.data, "result": token.result}


def retry_incident(work: Work, incident_id: int, data_patch: Mapping[str, Any] | None = None) -> None:
    """Try again what failed; `data_patch` changes process data first, and both values go into the audit trail.

    Conflict when the incident is settled already, or when the corrected data still doesn't do.
    """
    incident, instance = _open(work, incident_id)
    ready = definitions.ready(work.session, instance.version_id)
    token = _standing(ready, instance, incident)
    patch = changes(_known(token), data_patch or {}) if token is not None else {}
    before = {name: _known(token).get(name) for name in patch} if token is not None else {}
    if incident.kind == "timer":
        _set_timer_off(work, incident)
    elif token is None:
        raise Conflict("Quy trình không còn ở bước này nên không chạy lại được.")
    elif incident.delivery_id is not None:
        _deliver_again(work, instance, incident, patch)
    elif incident.kind == COMPLETION:
        _ask_rule_again(work, instance, incident, patch)
    else:
        resume(Move(work, instance, ready), partial(run.retry, data_patch=patch), incident.token)
        tell_parent(work, instance)
    _settle(work, incident, "retried", {"before": before, "after": patch})


def skip_incident(work: Work, incident_id: int, reason: str, result: Mapping[str, Any] | None = None) -> None:
    """Go on as if the element had answered with `result`; the reason goes into the audit trail.

    Conflict when the element has nothing that could be skipped: then only its data can be corrected.
    """
    incident, instance = _open(work, incident_id)
    reason = fitting("reason", "lý do", reason, 500)
    if not reason:
        raise Conflict("Cần ghi lý do bỏ qua bước này.")
    token = _standing(definitions.ready(work.session, instance.version_id), instance, incident)
    if token is None or not token.open:
        raise Conflict("Bước này không bỏ qua được; hãy sửa dữ liệu rồi chạy lại.")
    index = None
    if incident.delivery_id is not None:
        delivery = work.session.get(outbox.Delivery, incident.delivery_id, with_for_update=True)
        if delivery is not None:
            delivery.state, delivery.settled_at, index = outbox.SKIPPED, work.now, delivery.index
    if incident.kind == COMPLETION:
        _end_lines(work, instance, incident.token, lines.results_so_far(work, instance, incident.token))
    else:
        go_on(work, instance, incident.token, index, dict(result or {}))
    _settle(work, incident, "skipped", {"reason": reason, "before": incident.message, "after": dict(result or {})})
    incident.note = reason


def _set_timer_off(work: Work, incident: Incident) -> None:
    mine = (Subscription.instance_id == incident.instance_id, Subscription.token == incident.token)
    work.session.execute(update(Subscription).where(*mine).values(due_at=work.now))


def _deliver_again(work: Work, instance: Instance, incident: Incident, patch: dict[str, Any]) -> None:
    """The same delivery, so under the same idempotency key, with inputs worked out from the corrected data."""
    delivery = work.session.get(outbox.Delivery, incident.delivery_id, with_for_update=True)
    if delivery is None:
        raise NotFound("Không tìm thấy lượt gửi của sự cố này.")
    if patch:
        wait = _announced(work, instance, incident, patch)
        line = next((each for each in lines.of(wait) if each.index == delivery.index), None)
        if line is None:
            raise Conflict("Dữ liệu mới không còn dòng này; hãy bỏ qua bước thay vì chạy lại.")
        work.catalog.get(delivery.operation).read(line.given)
        delivery.given = line.given
    delivery.state, delivery.not_before, delivery.settled_at = outbox.WAITING, work.now, None
    work.deliveries.append(delivery)


def _announced(work: Work, instance: Instance, incident: Incident, patch: dict[str, Any]) -> run.Wait:
    """Put the correction into the state and work out anew what the element wants; Conflict when that fails."""
    procedure = definitions.ready(work.session, instance.version_id).procedure
    known = functions(work, instance.agency_id)
    step = run.retry(procedure, instance.state, incident.token, work.now, known, patch)
    again = next((wait for wait in step.opened if wait.token == incident.token), None)
    if again is None:
        raise Conflict(step.incidents[0].message)
    instance.state = step.state
    return again


def _ask_rule_again(work: Work, instance: Instance, incident: Incident, patch: dict[str, Any]) -> None:
    """Correct the data and ask the rule of a fan-out again; its lines stay as they are, so only the state is taken."""
    again = _announced(work, instance, incident, patch)
    try:
        results = lines.reconsider(work, instance, incident.token, again.given)
    except ExpressionError as error:
        raise Conflict(f"Vẫn chưa tính được điều kiện hoàn thành. {error}") from error
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
