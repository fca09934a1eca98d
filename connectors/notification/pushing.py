"""The operation that sends notices to a browser: that there is something, never what it is about."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from connectors.notification import push
from connectors.notification.settings import PushSettings
from engine.directory.queries import actor_of
from engine.errors import PermanentError, RequestError
from engine.notices import pushing, queries
from engine.notices.models import PushSubscription
from engine.notices.queries import Row
from engine.operations import Outside, operation, parameter
from engine.platform import Work


@dataclass(frozen=True)
class Push:
    """Send notices to one browser of a person."""

    subscription: int = parameter("Trình duyệt", kind="number")
    notices: list[int] = parameter("Thông báo", kind="data", default_factory=list)


@dataclass(frozen=True)
class Pushed:
    """How many notices the message told of, and whether the browser is gone."""

    notices: int
    gone: bool = False


def record(given: Push, result: Mapping[str, Any], work: Work) -> None:
    """Note that it was taken; forget a browser that is gone."""
    pushing.settle(work, given.subscription, gone=bool(result["gone"]))


@operation(pushing.PUSH, version=1, name="Gửi thông báo đến trình duyệt", outside=True, settle=record,
           legal_basis=("SYS-1.i–k",))  # fmt: skip
def push_notices(given: Push, outside: Outside) -> Pushed:
    """Báo cho trình duyệt của một người rằng có thông báo; không kèm số, trích yếu hay nội dung văn bản."""
    settings = PushSettings.from_environment()
    if not settings.key:
        raise PermanentError("Chưa thiết lập khóa gửi thông báo đến trình duyệt (VANTHU_PUSH_KEY).")
    platform = outside.platform
    with platform.reading() as session:
        row = session.get(PushSubscription, given.subscription)
        if row is None:
            return Pushed(0)
        try:
            actor = actor_of(session, row.person_id, platform.clock.now())
        except RequestError as error:
            raise PermanentError(str(error)) from error
        waiting = [each for each in queries.notices(session, actor, ids=given.notices, limit=100) if not each.read]
        browser = push.Browser(row.endpoint, row.public_key, row.secret)
    if not waiting:
        return Pushed(0)
    try:
        push.send(settings, browser, message(waiting), platform.clock.now())
    except push.Gone:
        return Pushed(0, gone=True)
    return Pushed(len(waiting))


def message(rows: Sequence[Row]) -> bytes:
    """What the browser shows: the kind of one notice, or how many there are, and where to look."""
    alone = rows[0] if len(rows) == 1 else None
    said = alone.name if alone is not None else f"{len(rows)} thông báo mới"
    where = f"/notices/{alone.id}" if alone is not None else "/notices"
    return json.dumps({"title": "Vanthu", "body": said, "url": where}, ensure_ascii=False).encode("utf-8")
