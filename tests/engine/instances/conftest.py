"""A small installation on which procedures run: one agency, a few people, operations made for tests."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

import engine.instances.moving.operations
import engine.instances.operations
import engine.tasks.operations  # noqa: F401
from engine.clock import FixedClock
from engine.database import connect
from engine.definitions import commands as definitions
from engine.definitions.shipped import Bundle
from engine.directory import calendars
from engine.directory import commands as directory
from engine.directory import queries as directory_queries
from engine.files import FileStore
from engine.instances import commands
from engine.instances.models import Incident, Instance, Passage, Subscription
from engine.operations import Catalog
from engine.platform import Actor, Platform, Work, system
from engine.tasks.models import Task
from tests.conftest import NOW
from tests.engine.instances import operations_for_tests
from tests.furnished import Furnished, furnished
from tests.played import installation
from tests.servers import TestServers


@dataclass
class Office:
    """The agency the tests act in."""

    platform: Platform
    clock: FixedClock
    agency_id: int
    other_agency_id: int
    people: dict[str, Actor]

    def publish(
        self,
        xml: bytes,
        forms: dict[str, Any] | None = None,
        decisions: dict[str, str] | None = None,
        agency_id: int | None = None,
    ) -> int:
        """Put a diagram in force and return its version's id."""
        key = xml.split(b'process id="')[1].split(b'"')[0].decode()

        def make(work: Work) -> int:
            draft = definitions.save_draft(work, Bundle(key, key, xml, forms or {}, decisions or {}), agency_id, None)
            return definitions.publish(work, draft.id).id

        return self.platform.run(system(), make)

    def start(self, key: str, data: dict[str, Any] | None = None, who: str = "clerk") -> int:
        """Start a procedure; the instance's id."""
        return self.platform.run(self.people[who], commands.start_instance, key, self.agency_id, data or {}).id

    def task(self, instance_id: int, element: str) -> int:
        """The open task at an element; fails when there isn't exactly one."""
        with self.platform.reading() as session:
            return session.scalars(
                select(Task.id).where(Task.instance_id == instance_id, Task.element == element, Task.state == "open")
            ).one()

    def do(self, instance_id: int, element: str, answers: dict[str, Any] | None = None, who: str = "clerk") -> None:
        """Complete the open task at an element."""
        self.platform.run(self.people[who], commands.complete_task, self.task(instance_id, element), answers or {})

    def instance(self, instance_id: int) -> Instance:
        """The instance as it is now."""
        with self.platform.reading() as session:
            return session.get_one(Instance, instance_id)

    def open_elements(self, instance_id: int) -> list[str]:
        """Elements with open tasks, in order."""
        with self.platform.reading() as session:
            return list(
                session.scalars(
                    select(Task.element).where(Task.instance_id == instance_id, Task.state == "open").order_by(Task.id)
                )
            )

    def rows(self, model: Any, instance_id: int) -> list[Any]:
        """All rows of a table that belong to the instance."""
        with self.platform.reading() as session:
            return list(session.scalars(select(model).where(model.instance_id == instance_id).order_by(model.id)))

    def incidents(self, instance_id: int) -> list[Incident]:
        """Its open incidents."""
        return [i for i in self.rows(Incident, instance_id) if i.state == "open"]

    def history(self, instance_id: int) -> list[tuple[str, str]]:
        """Elements entered, left, cancelled, in order."""
        return [(p.element, p.event) for p in self.rows(Passage, instance_id)]

    def waits(self, instance_id: int) -> list[str]:
        """Kinds of its subscriptions."""
        return [s.kind for s in self.rows(Subscription, instance_id)]


def people(work: Work) -> tuple[int, int, dict[str, int]]:
    """Two agencies; the first with a clerk, a second clerk, a leader and an admin."""
    calendar = calendars.add_calendar(work, "Giờ hành chính")
    since = date(2025, 1, 1)
    agency, other = (
        directory.add_agency(
            work, name, abbreviation=short, codes={"QD20": code}, valid_from=since, calendar_id=calendar.id
        )
        for name, short, code in (("Sở Thử", "ST", "H99.1"), ("Sở Khác", "SK", "H99.2"))
    )
    made: dict[str, int] = {}
    for name, role, where in (
        ("clerk", "clerk", agency),
        ("clerk2", "clerk", agency),
        ("leader", "leader", agency),
        ("admin", "agency-admin", agency),
        ("stranger", "clerk", other),
    ):
        person = directory.add_person(work, where.id, f"Người {name}", user_name=name)
        directory.grant_role(work, person.id, role, valid_from=since)
        made[name] = person.id
    return agency.id, other.id, made


def furnish(platform: Platform) -> tuple[int, int, dict[str, Actor]]:
    """The agencies, and their people as actors."""
    agency_id, other_id, ids = platform.run(system(), people)
    with platform.reading() as session:
        now = platform.clock.now()
        actors = {name: directory_queries.actor_of(session, i, now) for name, i in ids.items()}
    return agency_id, other_id, actors


@pytest.fixture(scope="session")
def made_office(
    servers: TestServers, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Furnished]:
    """A database with the agency in it, made once and copied by every test of this folder."""
    folder = tmp_path_factory.mktemp("office")
    with furnished(servers, template_database, FixedClock(NOW), folder, furnish) as made:
        yield made


@pytest.fixture
def office(made_office: Furnished, redis_url: str, clock: FixedClock, tmp_path: Path) -> Iterator[Office]:
    """The agency, ready for procedures to be published and run."""
    operations_for_tests.calls.clear()
    with made_office.copied() as url:
        settings = installation(url, tmp_path, redis_url)
        engine = connect(url)
        platform = Platform(
            engine, settings=settings, clock=clock, files=FileStore(tmp_path), catalog=Catalog.registered()
        )
        yield Office(platform, clock, *made_office.made())
        engine.dispose()


@pytest.fixture
def deliver(office: Office) -> Callable[[], int]:
    """Carry out everything due outside, as the worker does."""
    from connectors.delivery import carry_out_all

    return lambda: carry_out_all(office.platform)
