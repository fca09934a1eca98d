"""Browsers of people that take notices while the page is closed: registered, listed, removed, sent to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from engine.documents.text import fitting
from engine.errors import Conflict, InvalidInput, NotFound
from engine.notices.models import PushSubscription
from engine.platform import Actor, Work

PUSH = "notification.push"
MOST = 10
"""How many browsers one person registers."""


def register(work: Work, endpoint: str, public_key: str, secret: str, browser: str) -> PushSubscription:
    """Keep a browser as one of the actor's; another person who had it has signed in there since and loses it.

    What it gave was checked before. Conflict when the person has too many.
    """
    person_id, agency_id = work.actor.person_id, work.actor.agency_id
    if person_id is None or agency_id is None:
        raise InvalidInput("Chỉ người dùng của một cơ quan đăng ký được trình duyệt.")
    own = select(func.count()).where(PushSubscription.person_id == person_id, PushSubscription.endpoint != endpoint)
    if (work.session.scalar(own) or 0) >= MOST:
        raise Conflict(f"Bạn đã đăng ký {MOST} trình duyệt; bỏ một trình duyệt không dùng nữa rồi đăng ký lại.")
    named = fitting("browser", "tên trình duyệt", browser[:100], 100) or "Trình duyệt"
    values = {
        "agency_id": agency_id, "person_id": person_id, "public_key": public_key, "secret": secret, "browser": named,
        "made_at": work.now, "sent_at": None,
    }  # fmt: skip
    row = insert(PushSubscription).values(endpoint=endpoint, **values)
    kept = work.session.scalars(
        row.on_conflict_do_update(index_elements=["endpoint"], set_=values).returning(PushSubscription)
    ).one()
    work.note("browser.registered", "person", person_id, browser=named)
    return kept


def remove(work: Work, subscription_id: int) -> None:
    """Send nothing more to one of the actor's browsers; NotFound for anybody else's."""
    row = work.session.get(PushSubscription, subscription_id)
    if row is None or row.person_id != work.actor.person_id:
        raise NotFound("Không tìm thấy trình duyệt này.")
    work.session.delete(row)
    work.note("browser.removed", "person", row.person_id, browser=row.browser)


def own(session: Session, actor: Actor) -> Sequence[PushSubscription]:
    """The browsers of a person, the newest first."""
    rows = select(PushSubscription).where(PushSubscription.person_id == actor.person_id)
    return session.scalars(rows.order_by(PushSubscription.id.desc())).all()


def of_people(session: Session, person_ids: Collection[int]) -> Mapping[int, Sequence[int]]:
    """The ids of the browsers of those of these people who have any."""
    rows = select(PushSubscription.person_id, PushSubscription.id).where(PushSubscription.person_id.in_(person_ids))
    found: dict[int, list[int]] = defaultdict(list)
    for person_id, subscription_id in session.execute(rows):
        found[person_id].append(subscription_id)
    return found


def hand_over(
    work: Work, agency_id: int, notices: Sequence[tuple[int, int, datetime]], browsers: Mapping[int, Sequence[int]]
) -> None:
    """Hand notices (id, person, when) to the outbox: one message for each browser, however many there are."""
    together: dict[tuple[int, datetime], list[int]] = defaultdict(list)
    for notice_id, person_id, moment in notices:
        together[person_id, moment].append(notice_id)
    for (person_id, moment), ids in together.items():
        for subscription_id in browsers[person_id]:
            given = {"subscription": subscription_id, "notices": ids}
            work.send(PUSH, given, agency_id=agency_id, not_before=moment)


def settle(work: Work, subscription_id: int, *, gone: bool) -> None:
    """A message has been taken; or the browser is gone and is forgotten."""
    if gone:
        work.session.execute(delete(PushSubscription).where(PushSubscription.id == subscription_id))
        return
    row = work.session.get(PushSubscription, subscription_id)
    if row is not None:
        row.sent_at = work.now
