"""Tell people what has happened, note what they have read, keep what they choose, and urge somebody."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any, cast

import structlog
from sqlalchemy import delete, exists, select, text, update
from sqlalchemy.dialects.postgresql import insert

from engine import occasions, outbox
from engine.database import as_json
from engine.directory import queries as directory
from engine.directory.calendars import office_calendar
from engine.directory.models import Person
from engine.documents import queries as documents
from engine.documents.text import fitting
from engine.errors import InvalidInput
from engine.notices import pushing, queries, receivers, rules
from engine.notices.models import Letter, Notice, NoticePreference
from engine.notices.receivers import Told
from engine.notices.rules import CHANNELS, DEFAULT, DIGESTS, KINDS, Channel, mail_at, push_at
from engine.occasions import Occasion
from engine.opinions import queries as opinions
from engine.opinions.commands import requests as asked_in
from engine.opinions.rules import is_asker
from engine.platform import Work
from engine.tasks import commands as tasks
from engine.tasks import reminders
from engine.tasks.models import Task

log = structlog.get_logger(__name__)
SEND_LETTER = "notification.send-letter"
AT_ONCE = 50
LONG_PAUSE = timedelta(hours=1)
KEPT = timedelta(days=90)


def tell(work: Work, *, mail: bool, push: bool = True, limit: int = AT_ONCE) -> tuple[int, frozenset[int]]:
    """Tell people what occasions concern them; how many occasions, and which agencies they were in.

    An occasion goes in the transaction that tells it, so it is told once whatever dies when. Without `mail` nothing is
    kept back for letters, without `push` nothing is sent to browsers.
    """
    rows = occasions.due(work.session, work.now, limit)
    for occasion in rows:
        try:
            with work.session.begin_nested():
                _tell(work, occasion, mail, push)
        except Exception:  # one that can't be told must not keep the others from being told
            log.exception("occasion could not be told", occasion=occasion.id, kind=occasion.kind)
            occasion.not_before = work.now + LONG_PAUSE
    return len(rows), frozenset(row.agency_id for row in rows)


def _tell(work: Work, occasion: Occasion, mail: bool, push: bool) -> None:
    if occasion.details.get("everywhere"):
        _in_every_agency(work, occasion)
    elif told := receivers.of(work.session, occasion, work.now):
        _write(work, occasion, told, mail, push)
    work.session.delete(occasion)


def _in_every_agency(work: Work, occasion: Occasion) -> None:
    """What concerns the whole province is told agency by agency, each by its own calendar and in its own transaction
    of moderate size.
    """
    details = {key: value for key, value in occasion.details.items() if key != "everywhere"}
    for agency in directory.agencies(work.session, directory.today(work.now), on_platform=True):
        row = occasions.of(occasion.kind, agency.id, occasion.at, occasion.actor_id, details=details)
        work.session.add(row)


def _write(work: Work, occasion: Occasion, told: Sequence[Told], mail: bool, push: bool) -> None:
    people = {each.person_id for each in told}
    chosen = queries.preferences(work.session, people)
    reachable = set(work.session.scalars(select(Person.id).where(Person.id.in_(people), Person.email != "")))
    browsers = pushing.of_people(work.session, people) if push else {}
    calendar = office_calendar(work.session, occasion.agency_id)
    rows = []
    for each in told:
        wanted = chosen.get(each.person_id, DEFAULT)
        channels = wanted.of(each.kind)
        mailed = mail and "mail" in channels and each.person_id in reachable
        pushed = "push" in channels and each.person_id in browsers
        if mailed or pushed or "bell" in channels:
            rows.append({
                "agency_id": occasion.agency_id, "person_id": each.person_id, "kind": each.kind, "mark": each.mark,
                "at": max(occasion.at, occasion.not_before), "by_id": occasion.actor_id, "task_id": each.task_id,
                "document_id": occasion.document_id, "instance_id": occasion.instance_id,
                "details": dict(each.details), "bell": "bell" in channels,
                "mail_at": mail_at(wanted.at_hours_of(each.kind), work.now, calendar) if mailed else None,
            })  # fmt: skip
    if rows:
        written = work.session.execute(text(_WRITE), {"rows": as_json(rows)}).all()
        wishes = {row.id: chosen.get(row.person_id, DEFAULT) for row in written}
        pushed_ones = [
            (row.id, row.person_id, push_at(wishes[row.id].at_hours_of(row.kind), work.now, calendar))
            for row in written
            if row.person_id in browsers and "push" in wishes[row.id].of(row.kind)
        ]
        pushing.hand_over(work, occasion.agency_id, pushed_ones, browsers)


_COLUMNS = "agency_id, person_id, kind, mark, at, by_id, task_id, document_id, instance_id, details, bell, mail_at"
# one parameter however many there are
_WRITE = f"""
    insert into notice ({_COLUMNS})
    select {_COLUMNS} from jsonb_populate_recordset(null::notice, cast(:rows as jsonb))
    on conflict (person_id, mark) do nothing
    returning id, person_id, kind"""  # noqa: S608  # the names of our own columns


# --- Letters ---------------------------------------------------------------------------------------------------


def write_letters(work: Work, limit: int = AT_ONCE) -> int:
    """Put what is due for a person into one letter and hand it to the outbox; how many letters."""
    due = (
        select(Notice.id, Notice.person_id, Notice.agency_id)
        .where(Notice.mail_at <= work.now, Notice.mail_at.is_not(None), Notice.letter_id.is_(None))
        .order_by(Notice.mail_at)
        .limit(limit * 10)
        .with_for_update(skip_locked=True)
    )
    of_people: dict[tuple[int, int], list[int]] = {}
    for notice_id, person_id, agency_id in work.session.execute(due):
        of_people.setdefault((person_id, agency_id), []).append(notice_id)
    for (person_id, agency_id), ids in of_people.items():
        letter = Letter(agency_id=agency_id, person_id=person_id, state="waiting", created_at=work.now, problem="")
        work.session.add(letter)
        work.session.flush()
        delivery = work.send(SEND_LETTER, {"letter": letter.id}, agency_id=agency_id)
        work.session.flush()
        letter.delivery_id = delivery.id
        work.session.execute(update(Notice).where(Notice.id.in_(ids)).values(letter_id=letter.id))
    return len(of_people)


def settle_letter(work: Work, letter_id: int) -> None:
    """A letter has left."""
    letter = work.session.get(Letter, letter_id)
    if letter is not None and letter.state == "waiting":
        letter.state, letter.settled_at, letter.problem = "sent", work.now, ""


def give_up_letters(work: Work, limit: int = AT_ONCE) -> int:
    """Note the letters whose delivery has failed for good; who had urged by them is told."""
    rows = work.session.execute(
        select(Letter, outbox.Delivery.last_error)
        .join(outbox.Delivery, outbox.Delivery.id == Letter.delivery_id)
        .where(Letter.state == "waiting", outbox.Delivery.state == outbox.FAILED)
        .limit(limit)
        .with_for_update(of=Letter, skip_locked=True)
    ).all()
    for letter, error in rows:
        letter.state, letter.settled_at, letter.problem = "failed", work.now, (error or "")[:2000]
        by = select(Notice.by_id, Notice.task_id).where(
            Notice.letter_id == letter.id, Notice.kind == "urged", Notice.by_id.is_not(None)
        )
        for sender_id, task_id in work.session.execute(by.distinct()).all():
            about = {"person_id": sender_id, "task_id": task_id, "details": {"to": letter.person_id}}
            work.tell(occasions.UNDELIVERED, letter.agency_id, **about)
    return len(rows)


# --- What a person does with them ------------------------------------------------------------------------------


def read_notice(work: Work, notice_id: int) -> Notice:
    """Note that somebody has read a notice of theirs; NotFound for anybody else's."""
    row = queries.own(work.session, work.actor, notice_id)
    row.read_at = row.read_at or work.now
    return row


def unread_notice(work: Work, notice_id: int) -> None:
    """Let a notice count as unread again."""
    queries.own(work.session, work.actor, notice_id).read_at = None


def read_all(work: Work, until_id: int) -> int:
    """Note that everything up to the newest notice that was shown has been read; how many."""
    rows = update(Notice).where(
        Notice.person_id == work.actor.person_id, Notice.id <= until_id, Notice.bell, Notice.read_at.is_(None)
    )
    return _count(work, rows.values(read_at=work.now))


def unread_again(work: Work, read_at: datetime) -> int:
    """Let everything of the actor's that counts as read since one moment count as unread again; how many."""
    rows = update(Notice).where(
        Notice.person_id == work.actor.person_id, Notice.read_at == read_at, Notice.bell
    )  # fmt: skip
    return _count(work, rows.values(read_at=None))


def choose(
    work: Work, channels: Mapping[str, Collection[str]], digest: str, quiet: tuple[time | None, time | None],
    working_days_only: bool,
) -> None:  # fmt: skip
    """Keep what somebody chooses about notices; InvalidInput names the field."""
    if digest not in DIGESTS:
        raise InvalidInput("Chọn cách gửi thư.", {"digest": "Chọn một cách gửi thư trong danh sách."})
    if (quiet[0] is None) != (quiet[1] is None):
        missing = "quiet_from" if quiet[0] is None else "quiet_until"
        raise InvalidInput(
            "Giờ yên lặng cần cả giờ bắt đầu và giờ kết thúc.", {missing: "Nhập giờ, hoặc để trống cả hai ô."}
        )
    kept: dict[str, list[Channel]] = {
        kind: [channel for channel in CHANNELS if channel in channels.get(kind, ())] for kind in KINDS
    }
    values = {
        "channels": kept, "digest": digest, "quiet_from": quiet[0], "quiet_until": quiet[1],
        "working_days_only": working_days_only,
    }  # fmt: skip
    row = insert(NoticePreference).values(person_id=work.actor.person_id, **values)
    work.session.execute(row.on_conflict_do_update(index_elements=["person_id"], set_=values))


def urge_round(work: Work, round_id: int, message: str) -> int:
    """Urge everybody who owes an opinion in a round, by who asked for it; how many (ND30-24.1)."""
    found = opinions.locked(work, round_id)
    work.require(is_asker(work.actor, found))
    owed = {row.id for row in asked_in(work, found.id) if not row.verdict}
    rows = select(Task).where(Task.document_id == found.document_id, Task.state == "open", Task.index.is_not(None))
    late = [task.id for task in work.session.scalars(rows.order_by(Task.id)) if owed & set(_requests(task))]
    if found.closed_at is not None or not late:
        raise InvalidInput("Không còn ai chưa trả lời.", {"message": "Không còn ai chưa trả lời."})
    for task_id in late:
        urge(work, task_id, message, asked_by_actor=True)
    return len(late)


def _requests(task: Task) -> list[int]:
    return [item["request"] for item in task.data.values() if isinstance(item, dict) and "request" in item]


def urge(work: Work, task_id: int, message: str, *, asked_by_actor: bool = False) -> Task:
    """Urge who has a task, or who may take it: a notice with these words, and the task rises (ND30-24.1)."""
    task = tasks.locked(work, task_id)
    tasks.require_open(work, task)
    if task.document_id is not None:
        documents.get(work.session, work.actor, task.document_id)  # nobody learns of what isn't theirs to see
    work.require(rules.may_urge(work.actor, task, asked_by_actor=asked_by_actor))
    said = fitting("message", "nội dung đôn đốc", message, rules.LONGEST_MESSAGE, required=True, lines=True)
    task.priority += 10
    reminders.note_reminder(work, task, "urged", said)
    work.tell(occasions.URGED, task.agency_id, task_id=task.id, document_id=task.document_id, details={"message": said})
    work.note("task.urged", "task", task.id, agency_id=task.agency_id, message=said, document=task.document_id)
    return task


# --- Now and then ----------------------------------------------------------------------------------------------


def tidy(work: Work, limit: int = 5_000) -> int:
    """Let notices about work that is over count as read, and take those away that are 90 days old; how many went."""
    over = exists().where(Task.id == Notice.task_id, Task.state.in_(("completed", "withdrawn")))
    some = select(Notice.id).where(
        Notice.read_at.is_(None), Notice.kind.in_(queries.WORK_KINDS), Notice.task_id.is_not(None), over
    )
    work.session.execute(
        update(Notice).where(Notice.id.in_(some.limit(limit).scalar_subquery())).values(read_at=work.now)
    )
    old = select(Notice.id).where(Notice.at < work.now - KEPT).limit(limit).scalar_subquery()
    gone = _count(work, delete(Notice).where(Notice.id.in_(old)))
    empty = ~exists().where(Notice.letter_id == Letter.id)
    work.session.execute(delete(Letter).where(Letter.created_at < work.now - KEPT, empty))
    return gone


def _count(work: Work, statement: Any) -> int:
    return int(cast(Any, work.session.execute(statement)).rowcount)
