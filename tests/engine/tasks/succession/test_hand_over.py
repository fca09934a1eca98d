"""Hand-over of everything: what is moved, what is told, what still comes afterwards, and how much it costs."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from engine.audit import AuditEntry
from engine.clock import FixedClock
from engine.database import write
from engine.directory import commands as directory
from engine.directory import queries as directory_queries
from engine.directory.models import Person, RoleGrant, StandIn
from engine.documents import queries as documents
from engine.documents.models import Assignment, Document
from engine.errors import Conflict, InvalidInput, NotAllowed
from engine.notices import receivers
from engine.occasions import Occasion
from engine.platform import Platform, Work, system
from engine.records import commands as records
from engine.records.models import Dossier
from engine.tasks import commands as tasks
from engine.tasks import kept
from engine.tasks.filters import Filter
from engine.tasks.models import KeptFilter, Task, TaskCandidate
from engine.tasks.succession import commands, merging, queries, rules
from engine.tasks.succession.models import HandedItem, HandOver
from tests import builders
from tests.builders import Office, actor

TODAY = date(2026, 11, 23)


@pytest.fixture
def receiver(platform: Platform, office: Office) -> Person:
    return builders.person(platform, office.agency, "specialist", unit=office.unit, full_name="Lê Thị Nhận")


def opened(work: Work, office: Office, document_id: int | None, to: int | None, *groups: str, token: str = "t") -> int:
    """A task as the engine opens one; its id."""
    new = tasks.NewTask(
        office.id, 1, token, "resolve", "Giải quyết văn bản", "resolution", None, document_id, groups, to, None, 0
    )
    write(work.session, tasks.opening([new], work.now))
    return work.session.scalars(select(Task.id).order_by(Task.id.desc())).first() or 0


def burden(platform: Platform, office: Office, count: int = 1) -> None:
    """Give the specialist of the office so many of everything."""
    leaver = office["specialist"]
    clerk = actor(platform, office["clerk"])
    arrived = builders.arrived(platform, office)
    for number in range(count):
        builders.draft(platform, office, subject=f"Dự thảo {number}")
        platform.run(clerk, records.add_dossier, title=f"Hồ sơ {number}", year=2026, retention_years=10,
                     keeper_id=leaver.id)  # fmt: skip

    def more(work: Work) -> None:
        for number in range(count):
            opened(work, office, arrived.id, leaver.id, token=f"t{number}")
            opened(work, office, arrived.id, None, f"person:{leaver.id}", token=f"n{number}")
            work.session.add(Assignment(
                document_id=arrived.id, person_id=leaver.id, part="support", state="open", created_at=work.now,
            ))  # fmt: skip
        directory.add_stand_in(work, office["clerk"].id, leaver.id, valid_from=work.now,
                               valid_to=work.now + timedelta(days=3))  # fmt: skip
        directory.add_stand_in(work, leaver.id, office["unit-head"].id, valid_from=work.now,
                               valid_to=work.now + timedelta(days=3))  # fmt: skip

    platform.run(system(office.id), more)
    platform.run(actor(platform, leaver), kept.keep_filter, "Việc gấp", "mine", Filter(due="late"), "", "specialist")


def leave(platform: Platform, office: Office, receiver: Person, **more: Any) -> HandOver:
    values = {"cause": "leave", "closes_on": TODAY, "reason": "Nghỉ hưu"} | more
    admin = actor(platform, office["agency-admin"])
    return platform.run(admin, commands.hand_over, office["specialist"].id, {"all": receiver.id}, **values)


def test_everything_goes_over_and_nothing_is_left(platform: Platform, office: Office, receiver: Person) -> None:
    burden(platform, office)
    leaver = office["specialist"]
    with platform.reading() as session:
        before = {
            each.kind: each.count for each in queries.holdings(session, office.id, leaver.id, platform.clock.now())
        }
    assert before == {"task": 2, "assignment": 1, "draft": 1, "issued": 0, "dossier": 1, "stand-in": 1, "filter": 1,
                      "absence": 1, "loan": 0, "authorisation": 0, "signer": 0}  # fmt: skip
    made = leave(platform, office, receiver)
    assert made.counts == before
    with platform.reading() as session:
        assert not any(each.count for each in queries.holdings(session, office.id, leaver.id, platform.clock.now()))
        after = queries.holdings(session, office.id, receiver.id, platform.clock.now())
        held = {each.kind: each.count for each in after}
        assert held == before | {"absence": 0}
        assert session.scalars(select(Task.assignee_id).order_by(Task.id)).all() == [receiver.id, None]
        assert session.scalars(select(TaskCandidate.group)).all() == [f"person:{receiver.id}"]
        assert session.scalars(select(KeptFilter.person_id)).all() == [receiver.id]
        assert session.scalars(select(StandIn.stand_in_id).where(StandIn.revoked_at.is_(None))).all() == [receiver.id]
        for document in session.scalars(select(Document)):  # what was taken over can be read
            assert documents.get(session, actor(platform, receiver), document.id)
        assert not session.get_one(Person, leaver.id).active
        roles = directory_queries.roles_of(session, leaver.id, on=TODAY)
        assert roles == []
        said = session.scalars(select(AuditEntry).where(AuditEntry.action == "task.handed-over")).all()
        assert [each.details["to"] for each in said] == ["Lê Thị Nhận"] * 2
        told = session.scalars(select(Occasion).where(Occasion.kind == "handed-over")).all()
        assert [(each.person_id, each.details["count"]) for each in told] == [(receiver.id, 7)]


def test_kinds_go_to_different_people(platform: Platform, office: Office, receiver: Person) -> None:
    burden(platform, office)
    admin, leaver, head = actor(platform, office["agency-admin"]), office["specialist"], office["unit-head"]
    platform.run(
        admin, commands.hand_over, leaver.id, {"all": receiver.id, "dossier": head.id}, cause="leave", closes_on=TODAY
    )
    with platform.reading() as session:
        assert session.scalars(select(Dossier.keeper_id)).all() == [head.id]
        assert session.scalars(select(Task.assignee_id).order_by(Task.id)).first() == receiver.id


def test_statements_dont_grow_with_what_is_handed_over(platform: Platform, office: Office, receiver: Person) -> None:
    def counted(count: int) -> int:
        burden(platform, office, count)
        seen = []

        def note(*about: Any) -> None:
            seen.append(about[2])

        event.listen(platform.engine, "before_cursor_execute", note)
        try:
            leave(platform, office, receiver)
        finally:
            event.remove(platform.engine, "before_cursor_execute", note)
        return len(seen)

    few = counted(1)
    platform.run(actor(platform, office["agency-admin"]), commands.come_back, office["specialist"].id)
    platform.run(system(office.id), directory.grant_role, office["specialist"].id, "specialist")
    assert counted(12) == few


def test_what_comes_later_goes_to_the_receiver(
    platform: Platform, office: Office, receiver: Person, clock: FixedClock
) -> None:
    leaver = office["specialist"]
    leave(platform, office, receiver, closes_on=TODAY + timedelta(days=2))

    def arrive(work: Work) -> int:
        return opened(work, office, None, leaver.id, "clerk", f"person:{leaver.id}")

    early = platform.run(system(office.id), arrive)
    with platform.reading() as session:
        assert session.get_one(Task, early).assignee_id == leaver.id  # still at work until the day
    assert platform.run(system(), commands.close_due) == 0
    clock.advance(timedelta(days=2))
    with pytest.raises(NotAllowed, match="ngừng hoạt động"):
        actor(platform, leaver)  # at once, before any worker has come to it
    assert platform.run(system(), commands.close_due) == 1
    late = platform.run(system(office.id), arrive)
    with platform.reading() as session:
        assert session.get_one(Task, early).assignee_id == receiver.id
        assert session.get_one(Task, late).assignee_id == receiver.id
        groups = session.scalars(select(TaskCandidate.group).where(TaskCandidate.task_id == late))
        assert set(groups) == {"clerk", f"person:{receiver.id}"}
    third = builders.person(platform, office.agency, "specialist", unit=office.unit)
    admin = actor(platform, office["agency-admin"])
    platform.run(admin, commands.hand_over, receiver.id, {"all": third.id}, cause="leave",
                 closes_on=TODAY + timedelta(days=2))  # fmt: skip
    assert platform.run(system(), commands.close_due) == 0
    last = platform.run(system(office.id), arrive)
    with platform.reading() as session:
        assert session.get_one(Task, last).assignee_id == third.id


def test_who_moves_keeps_the_account_and_new_work(platform: Platform, office: Office, receiver: Person) -> None:
    burden(platform, office)
    mover = office["specialist"]
    leave(platform, office, receiver, cause="move", closes_on=None)
    with platform.reading() as session:
        draft = session.scalars(select(Document.id).where(Document.direction == "outgoing")).one()
        assert session.get_one(Person, mover.id).active
    back = platform.run(system(office.id), lambda work: opened(work, office, draft, mover.id))
    new = platform.run(system(office.id), lambda work: opened(work, office, None, mover.id))
    with platform.reading() as session:
        assert session.get_one(Task, back).assignee_id == receiver.id
        assert session.get_one(Task, new).assignee_id == mover.id


def test_who_may_and_whom_to(platform: Platform, office: Office, other: Office, receiver: Person) -> None:
    admin, leaver = actor(platform, office["agency-admin"]), office["specialist"]

    def tried(receivers: dict[str, int], **more: Any) -> HandOver:
        values = {"cause": "leave", "closes_on": TODAY} | more
        return platform.run(admin, commands.hand_over, leaver.id, receivers, **values)

    for chosen, field in (({}, "all"), ({"all": leaver.id}, "all"), ({"all": other["clerk"].id}, "all"),
                             ({"all": receiver.id, "task": leaver.id}, "task")):  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            tried(chosen)
        assert field in refused.value.fields
    for more in ({"closes_on": None}, {"closes_on": date(2026, 11, 22)}, {"cause": "x"}):
        with pytest.raises(InvalidInput):
            tried({"all": receiver.id}, **more)
    with pytest.raises(NotAllowed):
        platform.run(actor(platform, office["clerk"]), commands.hand_over, leaver.id, {"all": receiver.id},
                     cause="move")  # fmt: skip
    with pytest.raises(Conflict, match="chính mình"):
        platform.run(admin, commands.hand_over, office["agency-admin"].id, {"all": receiver.id}, cause="move")
    tried({"all": receiver.id}, closes_on=date(2026, 12, 1))
    with pytest.raises(Conflict, match="đã bàn giao"):
        tried({"all": receiver.id})


def test_a_unit_goes_over_with_its_people_and_work(platform: Platform, office: Office) -> None:
    burden(platform, office)
    admin = actor(platform, office["agency-admin"])
    new = builders.unit(platform, office.agency, "Phòng Tổng hợp")
    old = office.unit.id
    waiting = platform.run(system(office.id), lambda work: opened(work, office, None, None, f"unit-head@{old}"))
    made = platform.run(admin, merging.merge_unit, old, new.id, "Sắp xếp bộ máy")
    assert made.counts == {"person": 6, "task": 1, "assignment": 0, "draft": 1, "dossier": 1}
    later = platform.run(system(office.id), lambda work: opened(work, office, None, None, f"unit-head@{old}"))
    head = actor(platform, office["unit-head"])
    assert f"unit-head@{new.id}" in head.groups
    assert f"unit-head@{old}" not in head.groups
    with platform.reading() as session:
        for task in (waiting, later):
            groups = session.scalars(select(TaskCandidate.group).where(TaskCandidate.task_id == task)).all()
            assert groups == [f"unit-head@{new.id}"]
        assert set(session.scalars(select(Person.unit_id).where(Person.agency_id == office.id))) == {new.id}
        assert session.scalars(select(Dossier.unit_id)).all() == [new.id]
        kinds = session.scalars(select(HandedItem.kind).order_by(HandedItem.id)).all()
        assert kinds == ["person"] * 6 + ["task", "draft", "dossier"]
        assert session.scalars(select(RoleGrant.unit_id).where(RoleGrant.role == "unit-head")).all() == [new.id]
    with pytest.raises(InvalidInput):
        platform.run(admin, merging.merge_unit, new.id, new.id)


def test_news_of_what_was_issued_reaches_the_receiver(platform: Platform, office: Office, receiver: Person) -> None:
    document = builders.issued(platform, office, reply_required=True, reply_requirement="Báo cáo",
                               due_date=TODAY + timedelta(days=9), to_places="Lưu: VT")  # fmt: skip
    made = leave(platform, office, receiver)
    assert made.counts["issued"] == 1

    def told(work: Work) -> list[int]:
        news = Occasion(agency_id=office.id, kind="answered", at=work.now, not_before=work.now, details={},
                        document_id=document.id)  # fmt: skip
        work.session.add(news)
        work.session.flush()
        return [each.person_id for each in receivers.of(work.session, news, work.now)]

    assert platform.run(system(office.id), told) == [receiver.id]


def test_only_who_may_take_over_is_offered_those_of_the_same_roles_first(
    platform: Platform, office: Office, receiver: Person
) -> None:
    closing = builders.person(platform, office.agency, "specialist", unit=office.unit, full_name="Sắp Nghỉ")

    def leaves(work: Work) -> None:
        work.session.get_one(Person, closing.id).closes_on = TODAY + timedelta(days=9)
        work.session.get_one(Person, office["form-checker"].id).active = False

    platform.run(system(), leaves)
    with platform.reading() as session:
        leaver = session.get_one(Person, office["specialist"].id)
        found = queries.receivers(session, leaver, TODAY)
        assert all(rules.receiver_problem(leaver, each.person, office.id, TODAY) is None for each in found)
        offered = {each.person.id: each.same_roles for each in found}
    assert offered[receiver.id] is True
    assert offered[office["clerk"].id] is False
    assert not {leaver.id, closing.id, office["form-checker"].id} & set(offered)
