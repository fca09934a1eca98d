"""An agency of two units with work that was counted by hand; every test only reads it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pytest

from engine.clock import VIETNAM, FixedClock
from engine.directory import commands as directory
from engine.directory import queries
from engine.directory.models import Person, Unit
from engine.documents.models import Assignment, Dispatch, Document
from engine.instances.practice.reporting.periods import Period, quarter_of
from engine.platform import Actor, Platform, Work, system
from engine.tasks.models import Task, TaskCandidate
from tests import builders
from tests.furnished import furnished
from tests.played import installation
from tests.servers import TestServers

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=VIETNAM)
FOURTH = quarter_of(date(2026, 11, 30))


def at(day: str, hour: str = "09:00:00") -> datetime:
    """A moment of 2026 in Viet Nam."""
    return datetime.fromisoformat(f"2026-{day}T{hour}+07:00")


@dataclass
class Counted:
    """Who and what there is."""

    a: Unit
    b: Unit
    an: Person  # of unit A
    binh: Person  # of unit B
    head: Person  # heads unit B
    clerk: Person
    admin: Person  # the province's
    other: Person  # leader of another agency


@dataclass
class House:
    """The platform with the counted work on it."""

    platform: Platform
    counted: Counted
    fourth: Period = FOURTH
    now: datetime = NOW

    def actor(self, person: Person) -> Actor:
        """A person as an actor."""
        return builders.actor(self.platform, person)


@pytest.fixture(scope="session")
def house(servers: TestServers, template_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """The house, once per worker."""
    clock, folder = FixedClock(NOW), tmp_path_factory.mktemp("reports")
    with furnished(servers, template_database, clock, folder, furnish) as made, made.copied() as url:
        platform = builders.platform(installation(url, folder), clock, folder / "files")
        yield House(platform, made.made())
        platform.engine.dispose()


def furnish(platform: Platform) -> Counted:
    """Two agencies; the work of one is written row by row."""
    agency = builders.agency(platform, "Sở Xây dựng")
    a, b = builders.unit(platform, agency, "Phòng A"), builders.unit(platform, agency, "Phòng B")
    other = builders.agency(platform, "UBND xã An Phú")
    found = Counted(
        a, b, builders.person(platform, agency, unit=a, full_name="Lê Thị An"),
        builders.person(platform, agency, unit=b, full_name="Trần Bình"),
        builders.person(platform, agency, unit=b, full_name="Vũ Trưởng"),
        builders.person(platform, agency, "clerk", unit=a), builders.person(platform, agency, "provincial-admin"),
        builders.person(platform, other, "leader"),
    )  # fmt: skip
    platform.run(system(), directory.grant_role, found.head.id, "unit-head", unit_id=b.id)
    platform.run(system(), _write, agency.id, other.id, found)
    return found


def _write(work: Work, agency: int, other: int, found: Counted) -> None:
    papers = _papers(work, agency, other, found)
    an, binh = found.an.id, found.binh.id
    # one working day from Monday afternoon: Tuesday 24/11 is a holiday, so it ends on Wednesday evening
    across = queries.office_calendar(work.session, agency).office_deadline(at("11-23", "14:00:00"), "P1D")
    assert across == at("11-25", "17:00:00")
    rows: list[dict[str, Any]] = [
        _done(an, "10-05", at("10-05", "16:00:00"), at("10-05", "16:00:00"), document_id=papers["urgent"]),
        _done(an, "10-06", at("10-06", "16:00:00"), at("10-06", "16:00:01"), document_id=papers["urgent"]),
        _done(an, "11-23", across, at("11-25", "16:59:59")),
        _done(an, "11-10", None, at("11-12")),
        _done(an, "09-29", at("09-30"), at("10-02")),  # late in the fourth quarter, open and over it in the third
        _done(an, "09-15", at("09-30", "23:59:00"), at("10-01", "00:00:00")),  # the first moment of the fourth
        _done(binh, "11-02", at("11-03"), at("11-02"), acting_for_id=an),  # Bình for An: An's work
        _open(binh, "11-27", at("12-15")),
        _open(binh, "11-20", at("11-29")),
        {**_open(binh, "11-01", at("11-05")), "state": "withdrawn", "completed_at": at("11-02")},
        {**_open(binh, "09-01", at("10-30")), "state": "withdrawn", "completed_at": at("10-10")},
        {**_open(binh, "11-01", at("11-05")), "state": "planned"},
        {**_done(found.other.id, "10-05", at("10-05"), at("10-06")), "agency_id": other},
    ]
    tasks = [Task(**{"agency_id": agency, "answers": {}, "data": {}, **row}) for row in rows]
    waiting = Task(**{"agency_id": agency, "answers": {}, "data": {}, **_open(None, "11-27", at("12-20"))})
    work.session.add_all([*tasks, waiting])
    work.session.flush()
    group = f"specialist@{found.b.id}"
    work.session.add(TaskCandidate(task_id=waiting.id, group=group, agency_id=agency))


def _task(person: int | None, created: str, due: datetime | None, **more: Any) -> dict[str, Any]:
    return {
        "instance_id": 1, "token": "t", "element": "resolve-document", "name": "Giải quyết văn bản",
        "procedure": "resolution", "assignee_id": person, "due_at": due, "created_at": at(created), "priority": 0,
    } | more  # fmt: skip


def _done(person: int, created: str, due: datetime | None, ended: datetime, **more: Any) -> dict[str, Any]:
    return _task(person, created, due, state="completed", completed_at=ended, completed_by_id=person, **more)


def _open(person: int | None, created: str, due: datetime | None) -> dict[str, Any]:
    return _task(person, created, due, state="open", element="of-our-own")


def _papers(work: Work, agency: int, other: int, found: Counted) -> dict[str, int]:
    """Six that came, three that went to four recipients, and one of another agency."""
    came = {"agency_id": agency, "direction": "incoming", "source": "axis", "created_at": at("10-05")}
    went = {"agency_id": agency, "direction": "outgoing", "source": "drafted", "created_at": at("10-05")}
    rows: dict[str, dict[str, Any]] = {
        "urgent": came | {"status": "in_progress", "urgency": 2, "type_name": "Báo cáo", "received_at": at("10-05"),
                          "arrival_number": 1},
        "paper": came | {"status": "resolved", "source": "paper", "received_at": at("10-01", "00:00:00"),
                         "arrival_number": 2},
        "unsigned": came | {"status": "returned", "refusal_code": "SIG_MISSING", "received_at": at("10-06")},
        "forged": came | {"status": "returned", "refusal_code": "SIG_INVALID", "received_at": at("12-31", "23:59:59")},
        "reply": came | {"status": "filed", "source": "internal", "received_at": at("11-20", "23:30:00")},
        "third": came | {"status": "filed", "received_at": at("09-30", "23:59:59")},
        "theirs": came | {"agency_id": other, "status": "arrived", "received_at": at("10-05")},
        "asked": went | {"status": "issued", "issued_at": at("10-10"), "drafter_id": found.an.id,
                         "unit_id": found.a.id},
        "told": went | {"status": "issued", "issued_at": at("11-10"), "drafter_id": found.binh.id,
                        "unit_id": found.b.id, "urgency": 1},
        "draft": went | {"status": "draft", "drafter_id": found.an.id, "unit_id": found.a.id},
    }  # fmt: skip
    made = {name: Document(subject="Bí mật đời tư", **row) for name, row in rows.items()}
    work.session.add_all(made.values())
    work.session.flush()
    ids = {name: document.id for name, document in made.items()}
    send = {"agency_id": agency, "recipient_name": "Cơ quan khác", "state": "done"}
    work.session.add_all([
        Dispatch(**send | {"document_id": ids["asked"], "recipient_code": "1", "due_date": date(2026, 11, 20),
                           "reply_id": ids["reply"], "reminders": 2}),
        Dispatch(**send | {"document_id": ids["asked"], "recipient_code": "2", "due_date": date(2026, 11, 20),
                           "paper_reason": "APPRAISAL"}),
        Dispatch(**send | {"document_id": ids["told"], "recipient_code": "3", "state": "refused"}),
        Dispatch(**send | {"document_id": ids["told"], "recipient_code": "4", "state": "paper",
                           "paper_reason": "NO_CONNECTION"}),
    ])  # fmt: skip
    given = {"document_id": ids["urgent"], "created_at": at("10-05")}
    work.session.add_all([
        Assignment(**given, part="lead", unit_id=found.b.id, due_at=at("10-20"), state="done", settled_at=at("10-20")),
        Assignment(**given, part="support", person_id=found.an.id, due_at=at("10-20"), state="open"),
        Assignment(**given, part="inform", person_id=found.an.id, state="open"),
        Assignment(**given, part="support", person_id=found.an.id, state="returned", settled_at=at("10-06")),
    ])  # fmt: skip
    return ids
