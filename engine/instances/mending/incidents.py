"""Where an instance can't go on: written down for an admin, whose token stays where it is."""

from __future__ import annotations

from sqlalchemy import select

from engine.instances.models import Incident, Instance
from engine.occasions import INCIDENT
from engine.platform import Work

COMPLETION = "completion"  # kind: the lines are settled, but the rule that says when they suffice can't be worked out


def raise_incident(
    work: Work, instance: Instance, element: str, token: str, kind: str, message: str, delivery_id: int | None = None
) -> Incident:
    """Write down where an instance can't go on; admins see it, the token stays."""
    incident = Incident(
        agency_id=instance.agency_id,
        instance_id=instance.id,
        element=element,
        token=token,
        kind=kind,
        message=message,
        delivery_id=delivery_id,
        state="open",
        raised_at=work.now,
    )
    work.session.add(incident)
    work.tell(INCIDENT, instance.agency_id, instance_id=instance.id, document_id=instance.document_id)
    work.note(
        "incident.raised",
        "instance",
        instance.id,
        agency_id=instance.agency_id,
        element=element,
        kind=kind,
        message=message,
    )
    return incident


def open_incident(work: Work, instance: Instance, token: str, kind: str) -> Incident | None:
    """The open incident of this kind at a token, so that one cause isn't told twice."""
    same = select(Incident).where(
        Incident.instance_id == instance.id,
        Incident.token == token,
        Incident.kind == kind,
        Incident.state == "open",
    )
    return work.session.scalar(same.limit(1))
