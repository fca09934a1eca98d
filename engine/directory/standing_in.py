"""Stand-ins: who acts for whom from–to, for all of the work or some kinds of it; revoked at any time."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from engine.directory import queries, rules
from engine.directory.models import StandIn
from engine.errors import InvalidInput, NotFound
from engine.occasions import STANDING_IN
from engine.platform import Work

LONGEST_STAND_IN = timedelta(days=366)


def add_stand_in(
    work: Work, person_id: int, stand_in_id: int, *, valid_from: datetime, valid_to: datetime, reason: str = "",
    kinds: Sequence[str] = (),
) -> StandIn:  # fmt: skip
    """Let somebody act for a person from–to; limited in time, within the agency, and not passed on (ND30-13.3).

    With `kinds` only work of these kinds; without, everything.
    """
    person = queries.person(work.session, None if work.actor.is_system else work.actor.agency_id, person_id)
    work.require(rules.may_arrange_stand_in(work.actor, person.agency_id, person_id))
    other = queries.person(work.session, person.agency_id, stand_in_id)
    if person_id == stand_in_id:
        raise InvalidInput("Người làm thay phải là người khác.", {"stand_in_id": "Chọn người khác."})
    if not other.active:
        raise InvalidInput("Người làm thay đã ngừng hoạt động.", {"stand_in_id": "Chọn người khác."})
    if valid_to <= valid_from or valid_to - valid_from > LONGEST_STAND_IN:
        raise InvalidInput(
            "Thời gian làm thay phải từ trước đến sau và không quá một năm.", {"valid_to": "Chọn lại thời gian."}
        )
    if unknown := set(kinds) - set(rules.STAND_IN_KINDS):
        raise InvalidInput(f"Không có loại việc “{min(unknown)}”.", {"kinds": "Chọn loại việc trong danh sách."})
    row = StandIn(
        agency_id=person.agency_id, person_id=person_id, stand_in_id=stand_in_id, valid_from=valid_from,
        valid_to=valid_to, reason=reason.strip(), revoked_at=None,
        kinds=sorted(set(kinds)) if set(kinds) < set(rules.STAND_IN_KINDS) else [],
    )  # fmt: skip
    work.session.add(row)
    work.session.flush()
    work.note("stand_in.added", "person", person_id, agency_id=person.agency_id, stand_in=stand_in_id, until=valid_to)
    work.tell(
        STANDING_IN, person.agency_id, person_id=stand_in_id, not_before=max(valid_from, work.now),
        details={"stand_in": row.id},
    )  # fmt: skip
    return row


def revoke_stand_in(work: Work, id: int) -> None:
    """End a stand-in at once."""
    row = work.session.get(StandIn, id)
    if row is None or (not work.actor.is_system and row.agency_id != work.actor.agency_id):
        raise NotFound("Không tìm thấy việc cử người làm thay này.")
    work.require(rules.may_arrange_stand_in(work.actor, row.agency_id, row.person_id))
    row.revoked_at = row.revoked_at or work.now
    work.note("stand_in.revoked", "person", row.person_id, agency_id=row.agency_id, stand_in=row.stand_in_id)
