"""The operation that sends a letter, as far as what it says is still its reader's to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.errors import MessageError
from typing import Any

from sqlalchemy import select

from connectors.notification import client, letters
from connectors.notification.settings import MailSettings
from engine.directory.models import Person
from engine.directory.queries import actor_of
from engine.errors import PermanentError, RequestError
from engine.notices import commands, queries
from engine.notices.models import Letter, Notice
from engine.operations import Outside, operation, parameter
from engine.platform import Work


@dataclass(frozen=True)
class SendLetter:
    """Send a letter with the notices that were due."""

    letter: int = parameter("Thư", kind="number")


@dataclass(frozen=True)
class Sent:
    """How many notices it held; a letter whose notices have gone isn't sent."""

    notices: int


def record(given: SendLetter, result: Mapping[str, Any], work: Work) -> None:
    """The letter has left."""
    commands.settle_letter(work, given.letter)


@operation(
    commands.SEND_LETTER, version=1, name="Gửi thư thông báo", outside=True, settle=record, legal_basis=("SYS-1.i–k",)
)
def send_letter(given: SendLetter, outside: Outside) -> Sent:
    """Gửi thư điện tử có liên kết đến các thông báo; không kèm văn bản và nội dung văn bản."""
    settings = MailSettings.from_environment()
    if not settings.host:
        raise PermanentError("Chưa thiết lập máy chủ thư (VANTHU_MAIL_HOST).")
    platform = outside.platform
    with platform.reading() as session:
        letter = session.get(Letter, given.letter)
        if letter is None or letter.state != "waiting":
            return Sent(0)
        ids = list(session.scalars(select(Notice.id).where(Notice.letter_id == letter.id)))
        person = session.get_one(Person, letter.person_id)
        try:
            actor = actor_of(session, person.id, platform.clock.now())
        except RequestError as error:
            raise PermanentError(str(error)) from error
        rows = queries.notices(session, actor, ids=ids, limit=len(ids) or 1)
        address, name = person.email, person.full_name
    if not rows:
        return Sent(0)
    try:
        message = letters.compose(
            address, name, rows, sender=settings.sender, base_url=platform.settings.base_url,
            reference=outside.idempotency_key,
        )  # fmt: skip
    except (ValueError, IndexError, MessageError) as error:  # whatever the mail package finds wrong with an address
        raise PermanentError(f"Địa chỉ thư điện tử “{address}” không đúng.") from error
    client.send(settings, message)
    return Sent(len(rows))
