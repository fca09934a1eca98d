"""Letters through a real mail server: what they say, what is tried again, what is given up and to whom it is told."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update

from connectors import chores, worker
from connectors.delivery import carry_out_all
from connectors.notification.settings import MailSettings
from connectors.notification.telling import tell_people
from engine import outbox
from engine.clock import FixedClock
from engine.directory.models import Person
from engine.notices import commands, queries
from engine.notices.models import Letter, Notice
from engine.platform import Platform, system
from engine.settings import Settings, SettingsError
from engine.tasks.models import Task
from tests import builders
from tests.catalog import catalog
from tests.connectors.notification import mail_server
from tests.connectors.notification.mail_server import MailServer

SUBJECT = 'Về việc "rà soát" <quy hoạch>'


@pytest.fixture
def platform(settings: Settings, clock: FixedClock, tmp_path: Path) -> Iterator[Platform]:
    made = builders.platform(settings, clock, tmp_path / "files")
    made.catalog = catalog()
    yield made
    made.engine.dispose()


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[MailServer]:
    """A mail server, and settings that lead to it."""
    with mail_server.running() as made:
        values = {"HOST": "127.0.0.1", "PORT": str(made.port), "ENCRYPTION": "none", "SENDER": "vanthu@example.vn"}
        for name, value in values.items():
            monkeypatch.setenv(f"VANTHU_MAIL_{name}", value)
        yield made


@pytest.fixture
def office(platform: Platform) -> builders.Office:
    """An agency whose clerk has a mailbox."""
    made = builders.office(platform)
    platform.run(system(), _address, made["clerk"].id, "van.thu@example.vn")
    return made


def _address(work: Any, person_id: int, address: str) -> None:
    work.session.execute(update(Person).where(Person.id == person_id).values(email=address))


def waiting(platform: Platform, office: builders.Office, subject: str = SUBJECT) -> int:
    """A task of the clerk on a document."""
    document = builders.arrived(platform, office, subject=subject, code="12/UBND")

    def add(work: Any) -> int:
        task = Task(
            agency_id=office.id, instance_id=1, token="t", data={}, element="e", name="Trình lãnh đạo", procedure="p",
            document_id=document.id, assignee_id=office["clerk"].id, created_at=work.now, answers={},
        )  # fmt: skip
        work.session.add(task)
        work.session.flush()
        return int(task.id)

    return platform.run(system(), add)


def urge(platform: Platform, office: builders.Office) -> None:
    """Have the leader urge the clerk, and everybody told."""
    task_id = waiting(platform, office)
    platform.run(builders.actor(platform, office["leader"]), commands.urge, task_id, "Trình trong sáng nay.")
    tell_people(platform)


def letters(platform: Platform) -> list[Letter]:
    with platform.reading() as session:
        return list(session.scalars(select(Letter).order_by(Letter.id)))


def body(letter: EmailMessage, kind: str) -> str:
    part = letter.get_body((kind,))
    assert isinstance(part, EmailMessage)
    return str(part.get_content())


def test_a_letter_says_what_it_is_about_and_leads_there(
    platform: Platform, office: builders.Office, server: MailServer
) -> None:
    urge(platform, office)
    carry_out_all(platform)
    (letter,) = server.letters
    assert letter["To"].addresses[0].addr_spec == "van.thu@example.vn"
    assert letter["Subject"] == "Đôn đốc của lãnh đạo: 12/UBND"
    assert letter["Auto-Submitted"] == "auto-generated"
    plain, rich = body(letter, "plain"), body(letter, "html")
    name = office["leader"].full_name
    assert f"{name} đôn đốc việc “Trình lãnh đạo”." in plain
    assert f"12/UBND · {SUBJECT} · Trình trong sáng nay." in plain
    with platform.reading() as session:
        notice_id = session.scalar(select(Notice.id).where(Notice.kind == "urged"))
    assert f"{platform.settings.base_url}/notices/{notice_id}" in plain
    assert "&lt;quy hoạch&gt;" in rich
    assert "<quy hoạch>" not in rich
    assert [part.get_content_type() for part in letter.walk()] == ["multipart/alternative", "text/plain", "text/html"]
    assert [each.state for each in letters(platform)] == ["sent"]
    assert carry_out_all(platform) == tell_people(platform) == 0


def test_what_comes_together_is_one_letter(platform: Platform, office: builders.Office, server: MailServer) -> None:
    clerk = builders.actor(platform, office["clerk"])
    platform.run(clerk, commands.choose, {"urged": ["mail"]}, "hourly", (None, None), False)
    urge(platform, office)
    urge(platform, office)
    carry_out_all(platform)
    assert server.letters == []
    platform.clock.advance(timedelta(hours=1))  # type: ignore[attr-defined]
    tell_people(platform)
    carry_out_all(platform)
    (letter,) = server.letters
    assert letter["Subject"] == "2 thông báo về công việc"
    assert body(letter, "plain").count("/notices/") == 3  # and one to the choices


def test_a_busy_server_is_tried_again_and_a_repeated_letter_has_the_same_id(
    platform: Platform, office: builders.Office, server: MailServer
) -> None:
    server.answers["END"] = "451 later"  # it has taken the letter, and says that it hasn't
    urge(platform, office)
    carry_out_all(platform)
    assert [each.state for each in letters(platform)] == ["waiting"]
    del server.answers["END"]
    platform.clock.advance(timedelta(minutes=1))  # type: ignore[attr-defined]
    carry_out_all(platform)
    assert [each.state for each in letters(platform)] == ["sent"]
    assert len(server.letters) == 2
    assert server.letters[0]["Message-ID"] == server.letters[1]["Message-ID"]


@pytest.mark.parametrize("answer", ["550 no such mailbox", "452 full"])
def test_a_letter_that_never_arrives_is_told_to_who_urged_and_shown_to_admins(
    platform: Platform, office: builders.Office, server: MailServer, answer: str
) -> None:
    server.answers["RCPT"] = answer
    urge(platform, office)
    for _ in range(len(outbox.PAUSES) + 1):
        carry_out_all(platform)
        platform.clock.advance(timedelta(hours=1))  # type: ignore[attr-defined]
    tell_people(platform)
    (letter,) = letters(platform)
    assert (letter.state, answer in letter.problem.replace("(mã ", "").replace("):", "")) == ("failed", True)
    leader = builders.actor(platform, office["leader"])
    with platform.reading() as session:
        assert [row.kind for row in queries.notices(session, leader)] == ["undelivered"]
        assert queries.reminders_by(session, leader)[0].letter == "failed"
        assert len(queries.failed_letters(session, office.id)) == 1
    assert server.letters == []
    assert tell_people(platform) == 0


def test_a_worker_that_looks_tells_and_sends_by_itself(
    platform: Platform, office: builders.Office, server: MailServer
) -> None:
    task_id = waiting(platform, office)
    platform.run(builders.actor(platform, office["leader"]), commands.urge, task_id, "Trình trong sáng nay.")
    while worker._safely_sweep(platform):
        pass
    assert [letter["To"].addresses[0].addr_spec for letter in server.letters] == ["van.thu@example.vn"]


def test_letters_go_with_their_notices(platform: Platform, office: builders.Office, server: MailServer) -> None:
    urge(platform, office)
    carry_out_all(platform)
    platform.clock.advance(commands.KEPT - timedelta(days=1))  # type: ignore[attr-defined]
    chores.tidy_notices(platform)
    assert len(letters(platform)) == 1
    platform.clock.advance(timedelta(days=2))  # type: ignore[attr-defined]
    chores.tidy_notices(platform)
    assert letters(platform) == []


def test_without_a_mail_server_nothing_is_kept_back(platform: Platform, office: builders.Office) -> None:
    urge(platform, office)
    assert letters(platform) == []
    with platform.reading() as session:
        assert session.scalars(select(Notice.mail_at)).all() == [None]


def test_who_has_no_mailbox_gets_no_letter(platform: Platform, office: builders.Office, server: MailServer) -> None:
    platform.run(system(), _address, office["clerk"].id, "")
    urge(platform, office)
    assert letters(platform) == []


@pytest.mark.parametrize("address", ["không phải địa chỉ", "a@b\nBcc: x@example.vn", "@"])
def test_an_address_that_is_none_fails_at_once(
    platform: Platform, office: builders.Office, server: MailServer, address: str
) -> None:
    platform.run(system(), _address, office["clerk"].id, address)
    urge(platform, office)
    carry_out_all(platform)
    tell_people(platform)
    assert [each.state for each in letters(platform)] == ["failed"]
    assert server.letters == []


def test_a_subject_cant_add_headers(platform: Platform, office: builders.Office, server: MailServer) -> None:
    task_id = waiting(platform, office, "Tên văn bản")
    platform.run(system(), lambda work: work.session.execute(
        update(Task).where(Task.id == task_id).values(name="Trình\r\nBcc: x@example.vn")
    ))  # fmt: skip
    platform.run(builders.actor(platform, office["leader"]), commands.urge, task_id, "Dòng\nBcc: y@example.vn")
    tell_people(platform)
    carry_out_all(platform)
    (letter,) = server.letters
    assert letter["Bcc"] is None
    assert letter["To"].addresses[0].addr_spec == "van.thu@example.vn"


def test_a_server_that_isnt_there_is_tried_again(
    platform: Platform, office: builders.Office, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listened at: refused
        monkeypatch.setenv("VANTHU_MAIL_PORT", str(taken.getsockname()[1]))
        urge(platform, office)
        carry_out_all(platform)
    with platform.reading() as session:
        delivery = session.scalars(select(outbox.Delivery).where(outbox.Delivery.operation == commands.SEND_LETTER))
        row = delivery.one()
    assert (row.state, row.attempts) == ("waiting", 1)


def test_encryption_that_the_server_lacks_is_never_left_out(
    platform: Platform, office: builders.Office, server: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VANTHU_MAIL_ENCRYPTION", "starttls")
    urge(platform, office)
    carry_out_all(platform)
    tell_people(platform)
    assert server.letters == []
    assert [each.state for each in letters(platform)] == ["failed"]


def test_a_host_wants_a_sender() -> None:
    with pytest.raises(SettingsError, match="VANTHU_MAIL_SENDER"):
        MailSettings(host="mail.example.vn")
