"""Who may see, mend and stop running procedures."""

from __future__ import annotations

from engine.instances.models import Instance
from engine.platform import ALLOWED, Actor, Verdict

ADMINS = frozenset({"agency-admin", "provincial-admin"})


def may_mend(actor: Actor, agency_id: int) -> Verdict:
    """Incidents are settled by the agency's own admin, or by the province's."""
    if actor.is_system or "provincial-admin" in actor.roles:
        return ALLOWED
    if actor.agency_id == agency_id and "agency-admin" in actor.roles:
        return ALLOWED
    return Verdict(False, "Chỉ quản trị của cơ quan được xử lý sự cố quy trình.")


def may_cancel(actor: Actor, instance: Instance) -> Verdict:
    """Stopping a run by hand is for admins; procedures end through their diagrams."""
    return may_mend(actor, instance.agency_id)


def may_move(actor: Actor, agency_id: int) -> Verdict:
    """Running cases are moved between versions by their agency's own analysts and admins."""
    if actor.is_system or (actor.agency_id == agency_id and actor.roles & {"process-analyst", "agency-admin"}):
        return ALLOWED
    return Verdict(False, "Chỉ người thiết kế quy trình và quản trị của cơ quan được chuyển hồ sơ đang chạy.")
