"""A deadline that stands still for a supplement, who decides on more time, and which arrival ends the waiting."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from engine.clock import FixedClock
from engine.documents import commands as documents
from engine.documents import queries
from engine.documents.editing import link
from engine.documents.models import Document, Opinion
from engine.errors import Conflict, InvalidInput
from engine.instances.models import Subscription
from engine.instances.timing import operations as ops
from engine.outbox import Delivery
from engine.platform import Actor, Platform, Work, system
from engine.settings import Settings
from tests import builders


@pytest.fixture
def platform(settings: Settings, clock: FixedClock, tmp_path: Path) -> Iterator[Platform]:
    made = builders.platform(settings, clock, tmp_path / "files")
    yield made
    made.engine.dispose()


@pytest.fixture
def office(platform: Platform) -> builders.Office:
    return builders.office(platform)


def as_role(platform: Platform, office: builders.Office, role: str) -> Actor:
    return builders.actor(platform, office[role])


def run(platform: Platform, office: builders.Office, function: Any, given: Any) -> Any:
    return platform.run(as_role(platform, office, "specialist"), lambda work: function(given, work))


def assigned(
    platform: Platform, office: builders.Office, *, by: str = "leader", own: dict[str, date] | None = None
) -> Document:
    document = builders.registered(platform, office)
    wanted = {"lead_unit": office.unit.id, "text": "Giải quyết.", "due_date": date(2026, 12, 10)}
    platform.run(as_role(platform, office, by), documents.instruct, document.id, **wanted)
    who = {"person_id": office["specialist"].id, "due_dates": own or {}}
    platform.run(as_role(platform, office, "unit-head"), documents.assign, document.id, **who)
    return document


def leads(platform: Platform, document: Document) -> list[datetime | None]:
    with platform.reading() as session:
        return [row.due_at for row in queries.assignments(session, document.id) if row.part == "lead"]


def ask(document: Document, until: str = "2026-12-04") -> ops.SuspendDeadline:
    return ops.SuspendDeadline(document.id, "Bản vẽ hoàn công.", "UBND xã An Phú", until)


def test_the_deadline_stands_still_and_runs_on_with_the_time_left(
    platform: Platform, office: builders.Office, clock: FixedClock
) -> None:
    document = assigned(platform, office)
    before = leads(platform, document)
    still = run(platform, office, ops.suspend_deadline, ask(document))
    assert leads(platform, document) == [None, None]
    clock.advance(timedelta(days=1))
    given = ops.ResumeDeadline(document.id, still.since, still.dues, person=office["specialist"].id)
    on = run(platform, office, ops.resume_deadline, given)
    assert on.stood_still.startswith("PT")
    for earlier, later in zip(before, leads(platform, document), strict=True):
        assert earlier is not None
        assert later is not None
        assert later > earlier
    with platform.reading() as session:
        said = session.scalars(select(Opinion).where(Opinion.kind == "supplement").order_by(Opinion.id)).all()
    assert [(each.verdict, each.text) for each in said] == [
        ("asked", "UBND xã An Phú: Bản vẽ hoàn công."), ("received", ""),
    ]  # fmt: skip


def test_a_day_that_is_over_or_a_document_at_rest_is_refused(platform: Platform, office: builders.Office) -> None:
    with pytest.raises(InvalidInput) as refused:
        run(platform, office, ops.suspend_deadline, ask(assigned(platform, office), "2026-01-05"))
    assert list(refused.value.fields) == ["supplement_until"]
    with pytest.raises(Conflict):
        run(platform, office, ops.suspend_deadline, ask(builders.registered(platform, office)))


def test_more_time_is_asked_of_who_set_the_date(platform: Platform, office: builders.Office, clock: FixedClock) -> None:
    setter = ops.DeadlineSetter(assigned(platform, office).id)
    leader = office["leader"]
    assert run(platform, office, ops.deadline_setter, setter) == ops.SetBy("leader", leader.id)
    head = ops.SetBy(f"unit-head@{office.unit.id}", None)
    own = assigned(platform, office, own={str(office["specialist"].id): date(2026, 12, 3)})
    assert run(platform, office, ops.deadline_setter, ops.DeadlineSetter(own.id)) == head
    transferred = assigned(platform, office, by="clerk")
    assert run(platform, office, ops.deadline_setter, ops.DeadlineSetter(transferred.id)) == head

    def leave(work: Work) -> None:
        work.session.get_one(type(leader), leader.id).closes_on = clock.now().date()

    platform.run(system(office.id), leave)
    assert run(platform, office, ops.deadline_setter, setter) == ops.SetBy("leader", None)


def test_a_unit_heads_own_day_is_extended_alone(platform: Platform, office: builders.Office) -> None:
    document = assigned(platform, office, own={str(office["specialist"].id): date(2026, 12, 3)})
    by_unit = max(each for each in leads(platform, document) if each)
    platform.run(system(office.id), documents.postpone, document.id, date(2026, 12, 8))
    assert max(each for each in leads(platform, document) if each) == by_unit
    assert {each.date() for each in leads(platform, document) if each} == {date(2026, 12, 8), date(2026, 12, 10)}


def test_the_supplement_is_told_to_the_case_that_waits_and_to_no_other(
    platform: Platform, office: builders.Office
) -> None:
    waiting, busy = assigned(platform, office), assigned(platform, office)
    asked = builders.draft(platform, office)
    supplement = builders.arrived(platform, office)

    def prepare(work: Work) -> None:
        work.session.execute(text("set local session_replication_role = replica"))  # a wait without its whole case
        for each in (waiting, busy):
            link(work, asked.id, each.id, "answers")
        link(work, supplement.id, asked.id, "answers")
        wait = {"instance_id": 1, "token": "t", "element": "catch-supplement", "details": {}}
        work.session.add(
            Subscription(
                agency_id=office.id, kind="message", name=ops.SUPPLEMENTED, correlation=str(waiting.id), **wait
            )
        )

    platform.run(system(office.id), prepare)
    assert run(platform, office, ops.announce_supplement, ops.AnnounceSupplement(supplement.id)).documents == 1
    assert run(platform, office, ops.announce_supplement, ops.AnnounceSupplement(waiting.id)).documents == 0
    with platform.reading() as session:
        [sent] = session.scalars(select(Delivery.given).where(Delivery.operation == "instances.deliver-message"))
    assert (sent["correlation"], sent["data"]) == (str(waiting.id), {"supplement": supplement.id})
