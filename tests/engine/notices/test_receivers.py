"""Whom documents, deadlines and prints concern: real documents, real commands."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update

from engine.clock import FixedClock
from engine.documents import commands as documents
from engine.documents.models import Assignment, Dispatch, Document
from engine.documents.prints import orders
from engine.documents.prints.reading import Selection
from engine.notices import queries
from engine.notices.models import Notice
from engine.notices.sentences import headline, matter
from engine.occasions import Occasion
from engine.platform import Actor, Platform, Work, system
from engine.settings import Settings
from engine.tasks import commands as tasks
from engine.tasks.models import Task, TaskCandidate
from tests import builders

Kinds = Callable[..., list[str]]


@pytest.fixture
def platform(settings: Settings, clock: FixedClock, tmp_path: Path) -> Iterator[Platform]:
    made = builders.platform(settings, clock, tmp_path / "files")
    yield made
    made.engine.dispose()


@pytest.fixture
def province(platform: Platform) -> builders.Province:
    return builders.province(platform)


@pytest.fixture
def office(province: builders.Province) -> builders.Office:
    return province.department


def person(platform: Platform, office: builders.Office, role: str) -> Actor:
    return builders.actor(platform, office[role])


def waiting(platform: Platform, document: Document, *, due_in: int, assignee: int | None, group: str = "") -> None:
    """A task on a document, due in so many hours."""

    def add(work: Any) -> None:
        task = Task(
            agency_id=document.agency_id, instance_id=1, token="t", data={}, element="e", name="Xử lý", procedure="p",
            document_id=document.id, assignee_id=assignee, created_at=work.now, answers={},
            due_at=work.now + timedelta(hours=due_in),
        )  # fmt: skip
        work.session.add(task)
        work.session.flush()
        if group:
            work.session.add(TaskCandidate(task_id=task.id, group=group, agency_id=document.agency_id))

    platform.run(system(), add)


def done_by(work: Work, document_id: int, person_id: int | None) -> None:
    """The open tasks of a document, completed by somebody."""
    rows = update(Task).where(Task.document_id == document_id, Task.state == "open")
    work.session.execute(rows.values(state="completed", completed_at=work.now, completed_by_id=person_id))


def test_a_returned_draft_reaches_all_who_acted(platform: Platform, office: builders.Office, kinds: Kinds) -> None:
    document = builders.draft(platform, office)
    head, checker, leader = (person(platform, office, role) for role in ("unit-head", "form-checker", "leader"))
    for who, status in ((head, "content_check"), (checker, "form_check")):
        platform.run(who, documents.set_status, document.id, status)
        platform.run(who, documents.record_opinion, document.id, who.person_id, "content-check", "pass")
    assert kinds(platform, head) == []
    follow_up = builders.actor(platform, builders.person(platform, office.agency, "follow-up"))
    waiting(platform, document, due_in=1, assignee=follow_up.person_id)
    platform.run(system(), done_by, document.id, follow_up.person_id)

    def send_back(work: Work) -> None:
        documents.record_opinion(work, document.id, leader.person_id, "level-approval", "return", "Thiếu căn cứ.")
        documents.set_status(work, document.id, "draft")

    platform.run(leader, send_back)
    assert kinds(platform, person(platform, office, "specialist")) == ["returned"]
    for who in (head, checker, follow_up):  # by a verdict, or by completing any task of the case
        assert kinds(platform, who) == ["rejected"]
    with platform.reading() as session:
        [row] = queries.notices(session, head)
    assert headline(row) == f"{leader.name} trả lại dự thảo mà bạn đã tham gia."
    assert matter(row).endswith("Thiếu căn cứ.")
    assert kinds(platform, leader) == kinds(platform, person(platform, office, "clerk")) == []


def test_what_becomes_of_a_document_is_told_to_who_drafted_it(
    platform: Platform, province: builders.Province, kinds: Kinds
) -> None:
    office, drafter = province.department, person(platform, province.department, "specialist")
    document = builders.issued(platform, office, recipients=[province.commune.id, province.ward.id])
    with platform.reading() as session:
        first, second = session.scalars(
            select(Dispatch.id).where(Dispatch.document_id == document.id).order_by(Dispatch.id)
        )
    for code in ("01", "02", "02"):
        platform.run(system(office.id), documents.record_dispatch_status, first, code, "Gửi sai nơi nhận")
    assert kinds(platform, drafter) == ["refused"]
    for code in ("01", "03", "06", "06"):
        platform.run(system(office.id), documents.record_dispatch_status, second, code)
    assert kinds(platform, drafter) == ["refused", "answered"]
    with platform.reading() as session:
        said = queries.notices(session, drafter)[0]
    assert said.details["recipient"] == province.ward.agency.name
    assert (said.number, said.subject) == (document.code, document.subject)


def test_a_reply_is_told_to_who_asked(platform: Platform, province: builders.Province, kinds: Kinds) -> None:
    office = province.department
    asked = builders.issued(platform, office, recipients=[province.commune.id])
    builders.arrived(platform, office, response_for=[asked.identifier], organ_name="UBND xã An Phú")
    assert kinds(platform, person(platform, office, "specialist")) == ["answered"]


@pytest.mark.parametrize(("due_in", "kind"), [(1, "near"), (-1, "late")])
def test_a_timer_reminds_who_has_the_work_and_the_group_it_calls_in(
    platform: Platform, office: builders.Office, kinds: Kinds, due_in: int, kind: str
) -> None:
    document = builders.arrived(platform, office)
    clerk = office["clerk"]
    waiting(platform, document, due_in=due_in, assignee=clerk.id)
    platform.run(system(office.id), tasks.remind, document.id, "Sắp hết hạn.", "leader")
    assert kinds(platform, person(platform, office, "clerk")) == [kind]
    assert kinds(platform, person(platform, office, "leader")) == [kind]
    assert kinds(platform, person(platform, office, "specialist")) == []
    platform.run(system(office.id), tasks.remind, document.id, "Vẫn chưa xong.")
    assert kinds(platform, person(platform, office, "clerk")) == [kind, kind]


def test_a_group_of_a_unit_is_that_unit_and_who_holds_the_role_everywhere(
    platform: Platform, office: builders.Office, kinds: Kinds
) -> None:
    other = builders.unit(platform, office.agency)
    elsewhere = builders.person(platform, office.agency, "clerk", unit=other)
    document = builders.arrived(platform, office)
    waiting(platform, document, due_in=1, assignee=None, group=f"clerk@{office.unit.id}")
    platform.run(system(office.id), tasks.remind, document.id, "Nhắc")
    assert kinds(platform, person(platform, office, "clerk")) == ["near"]
    assert kinds(platform, builders.actor(platform, elsewhere)) == ["near"]  # holds it in the whole agency
    waiting(platform, document, due_in=1, assignee=None, group="unit-head@999999")
    waiting(platform, document, due_in=1, assignee=None, group="unit-head@x")
    platform.run(system(office.id), tasks.remind, document.id, "Nhắc")
    assert kinds(platform, person(platform, office, "unit-head")) == []


def test_who_is_named_to_know_is_told_once_by_one_row_and_never_of_ones_own_step(
    platform: Platform, office: builders.Office, kinds: Kinds
) -> None:
    document = builders.registered(platform, office)
    leader, clerk = person(platform, office, "leader"), person(platform, office, "clerk")
    other = builders.unit(platform, office.agency)
    readers = [builders.actor(platform, builders.person(platform, office.agency, unit=other)) for _ in range(2)]
    named = {"lead_unit": office.unit.id, "inform_units": [other.id], "text": "Để các phòng biết."}
    platform.run(leader, documents.instruct, document.id, **named)
    with platform.reading() as session:
        informing = session.scalars(select(Occasion).where(Occasion.kind == "informed")).all()
    assert len(informing) == 1
    for reader in readers:
        assert kinds(platform, reader) == ["informed"]
    with platform.reading() as session:
        [row] = queries.notices(session, readers[0])
    assert headline(row) == f"{leader.name} chuyển văn bản cho bạn để biết."
    assert row.subject == document.subject
    head = person(platform, office, "unit-head")
    who = {"person_id": office["specialist"].id, "informed": [clerk.person_id, head.person_id, office["leader"].id]}
    platform.run(head, documents.assign, document.id, **who)
    assert kinds(platform, clerk) == ["informed"]
    assert kinds(platform, head) == []  # one's own doing
    assert kinds(platform, readers[0]) == ["informed"]  # the earlier line isn't told anew


def test_a_step_taken_back_informs_nobody(platform: Platform, office: builders.Office, kinds: Kinds) -> None:
    document = builders.registered(platform, office)
    leader, clerk = person(platform, office, "leader"), person(platform, office, "clerk")
    platform.run(leader, documents.instruct, document.id, lead_unit=office.unit.id, text="")
    informed = {"person_id": office["specialist"].id, "informed": [clerk.person_id]}
    platform.run(person(platform, office, "unit-head"), documents.assign, document.id, **informed)
    gone = update(Assignment).where(Assignment.part == "inform")
    platform.run(system(), lambda work: work.session.execute(gone.values(state="replaced")))
    assert kinds(platform, clerk) == []


def test_a_print_is_told_to_who_ordered_it(platform: Platform, office: builders.Office, kinds: Kinds) -> None:
    assert office.registers
    clerk = person(platform, office, "clerk")
    year = Selection(office.registers[0].id, "incoming", date(2026, 1, 1), date(2026, 12, 31))
    ordered = platform.run(clerk, orders.order_print, orders.Order(year, "pdf"))
    platform.run(system(office.id), orders.finish, ordered.id, "0" * 64, 10, 0)
    assert kinds(platform, clerk) == ["ready"]
    with platform.reading() as session:
        assert queries.notices(session, clerk)[0].details["title"] == ordered.title


def test_nothing_of_a_document_is_kept_in_a_notice(platform: Platform, office: builders.Office, kinds: Kinds) -> None:
    document = builders.arrived(platform, office, subject="Nội dung không được lưu ở đây")
    waiting(platform, document, due_in=1, assignee=office["clerk"].id)
    platform.run(system(office.id), tasks.remind, document.id, "Nhắc")
    kinds(platform, person(platform, office, "clerk"))
    with platform.reading() as session:
        kept = session.scalars(select(func.row_to_json(Notice.__table__.table_valued()))).all()
    assert len(kept) == 1
    assert "Nội dung" not in str(kept)
