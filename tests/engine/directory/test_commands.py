"""Who may change the directory, and what stays of what was."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from engine.clock import FixedClock
from engine.directory import commands, queries, rights
from engine.directory.models import Person
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.platform import Platform, system
from tests import builders
from tests.builders import Office


def test_an_agency_admin_runs_the_own_agency(platform: Platform, office: Office) -> None:
    admin = builders.actor(platform, office["agency-admin"])
    platform.run(builders.actor(platform, office["leader"]), rights.set_confirmation, False)

    unit = platform.run(admin, commands.add_unit, office.id, "Thanh tra", abbreviation="TTr")
    post = platform.run(admin, commands.add_post, office.id, "Chánh Thanh tra", rank=20)
    person = platform.run(
        admin, commands.add_person, office.id, "Lê Thị Bình", user_name="Binh.Le", unit_id=unit.id, post_id=post.id
    )
    platform.run(admin, commands.grant_role, person.id, "unit-head")

    actor = builders.actor(platform, person)
    assert (person.user_name, actor.roles) == ("binh.le", {"unit-head"})
    assert actor.groups == {"unit-head", f"unit-head@{unit.id}", f"person:{person.id}"}
    assert actor.unit_ids == {unit.id}


@pytest.mark.parametrize("role", ["clerk", "leader", "unit-head", "specialist", "form-checker"])
def test_nobody_else_changes_anything(platform: Platform, office: Office, role: str) -> None:
    actor = builders.actor(platform, office[role])
    target = office["specialist"].id

    for attempt in (
        lambda work: commands.add_unit(work, office.id, "x", abbreviation="x"),
        lambda work: commands.add_post(work, office.id, "x"),
        lambda work: commands.add_person(work, office.id, "x", user_name="x"),
        lambda work: commands.change_person(work, target, {"full_name": "x"}),
        lambda work: commands.deactivate_person(work, target),
        lambda work: commands.reset_password(work, target, "Mật khẩu mới 123"),
        lambda work: commands.unlock(work, target),
        lambda work: commands.grant_role(work, target, "leader"),
        lambda work: commands.grant_role(work, target, "provincial-admin"),
        lambda work: commands.add_agency(work, "x", abbreviation="x"),
        lambda work: commands.add_code(work, office.id, "QD20", "H99.1"),
        lambda work: commands.close_agency(work, office.id, date(2026, 12, 31)),
        lambda work: commands.change_agency(work, office.id, {"place": "x"}),
        lambda work: commands.close_unit(work, office.unit.id, date(2026, 12, 31)),
    ):
        with pytest.raises(NotAllowed):
            platform.run(actor, attempt)


def test_an_agency_admin_reaches_no_other_agency(platform: Platform, office: Office, other: Office) -> None:
    admin = builders.actor(platform, office["agency-admin"])
    their = other["specialist"].id

    for attempt in (
        lambda work: commands.change_person(work, their, {"full_name": "x"}),
        lambda work: commands.deactivate_person(work, their),
        lambda work: commands.reset_password(work, their, "Mật khẩu mới 123"),
        lambda work: commands.grant_role(work, their, "clerk"),
        lambda work: commands.close_unit(work, other.unit.id, date(2026, 12, 31)),
        lambda work: commands.add_person(work, office.id, "x", user_name="x", unit_id=other.unit.id),
        lambda work: commands.change_person(work, office["clerk"].id, {"unit_id": other.unit.id}),
        lambda work: commands.grant_role(work, office["clerk"].id, "clerk", unit_id=other.unit.id),
    ):
        with pytest.raises(NotFound):
            platform.run(admin, attempt)
    for forbidden in (
        lambda work: commands.add_unit(work, other.id, "x", abbreviation="x"),
        lambda work: commands.add_person(work, other.id, "x", user_name="x"),
        lambda work: commands.change_agency(work, other.id, {"place": "x"}),
        lambda work: commands.change_agency(work, office.id, {"name": "Tên khác"}),
    ):
        with pytest.raises(NotAllowed):
            platform.run(admin, forbidden)


def test_a_provincial_admin_enters_agencies_and_appoints_their_admins_only(
    platform: Platform, office: Office, other: Office
) -> None:
    central = builders.actor(platform, builders.person(platform, office.agency, "provincial-admin"))

    made = platform.run(
        central,
        commands.add_agency,
        "Sở Nội vụ",
        abbreviation="SNV",
        codes={"QCVN2016": "000.00.20.H99", "QD20": "H99.20"},
    )
    first = platform.run(central, commands.add_person, made.id, "Trần Văn Cường", user_name="cuong.tran")
    platform.run(central, commands.grant_role, first.id, "agency-admin")

    assert builders.actor(platform, first).roles == {"agency-admin"}
    with pytest.raises(NotFound):
        platform.run(central, commands.grant_role, first.id, "leader")
    with pytest.raises(NotAllowed):
        platform.run(central, commands.add_unit, made.id, "x", abbreviation="x")


def test_one_user_name_one_person(platform: Platform, office: Office, other: Office) -> None:
    builders.person(platform, office.agency, user_name="mot.nguoi")

    with pytest.raises(InvalidInput) as refused:
        builders.person(platform, other.agency, user_name="MOT.NGUOI")
    assert "user_name" in refused.value.fields


@pytest.mark.parametrize("name", ["", "có dấu", "a b", ".an", "an-", "x" * 61, "an@sxd", "admin\x00"])
def test_user_names_have_a_plain_form(platform: Platform, office: Office, name: str) -> None:
    with pytest.raises(InvalidInput):
        platform.run(system(), commands.add_person, office.id, "Nguyễn Văn An", user_name=name)


def test_a_code_has_one_bearer_at_a_time(platform: Platform, office: Office, other: Office) -> None:
    with pytest.raises(Conflict, match="Sở Xây dựng"):
        platform.run(system(), commands.add_code, other.id, "QCVN2016", "000.00.15.H99")

    with platform.reading() as session:
        (code,) = queries.codes_of(session, office.id)
    platform.run(system(), commands.end_code, code.id, date(2026, 6, 30))
    platform.run(system(), commands.add_code, other.id, "QCVN2016", "000.00.15.H99", valid_from=date(2026, 7, 1))

    with platform.reading() as session:
        bearers = [
            queries.agency_by_code(session, "000.00.15.H99", on) for on in (date(2026, 6, 30), date(2026, 7, 1), None)
        ]
    assert [a.id for a in bearers if a] == [office.id, other.id, other.id]


def test_a_closed_agency_stays_with_its_successor(platform: Platform, office: Office, other: Office) -> None:
    platform.run(system(), commands.close_agency, office.id, date(2026, 6, 30))
    platform.run(system(), commands.add_successor, office.id, other.id, date(2026, 7, 1))

    with platform.reading() as session:
        assert [s.agency.id for s in queries.successors(session, office.id)] == [other.id]
        assert office.id not in {a.id for a in queries.agencies(session, date(2026, 7, 1))}
        assert office.id in {a.id for a in queries.agencies(session, date(2026, 6, 30))}
        assert office.id in {a.id for a in queries.agencies(session)}


def test_a_unit_with_people_is_not_closed(platform: Platform, office: Office) -> None:
    admin = builders.actor(platform, office["agency-admin"])
    empty = builders.unit(platform, office.agency)

    with pytest.raises(Conflict, match="còn người"):
        platform.run(admin, commands.close_unit, office.unit.id, date(2026, 12, 31))
    platform.run(admin, commands.close_unit, empty.id, date(2026, 12, 31))
    with platform.reading() as session:
        assert empty.id not in {u.id for u in queries.units(session, office.id, date(2027, 1, 1))}


def test_a_revoked_role_ends_at_once(platform: Platform, office: Office, clock: FixedClock) -> None:
    admin = builders.actor(platform, office["agency-admin"])
    platform.run(builders.actor(platform, office["leader"]), rights.set_confirmation, False)
    clerk = office["clerk"]
    clock.advance(days=30)
    with platform.reading() as session:
        (grant,) = queries.roles_of(session, clerk.id)

    platform.run(admin, commands.revoke_role, grant.id)

    assert builders.actor(platform, clerk).roles == frozenset()
    with platform.reading() as session:
        (kept,) = queries.roles_of(session, clerk.id)
    assert kept.valid_to is not None  # when it was held stays known


def test_a_role_for_a_time_begins_and_ends_by_itself(platform: Platform, office: Office, clock: FixedClock) -> None:
    person = builders.person(platform, office.agency)
    platform.run(
        system(), commands.grant_role, person.id, "clerk", valid_from=date(2026, 11, 25), valid_to=date(2026, 11, 26)
    )

    held = []
    for _ in range(5):
        held.append("clerk" in builders.actor(platform, person).roles)
        clock.advance(days=1)
    assert held == [False, False, True, True, False]


def test_the_same_role_twice_is_one_grant(platform: Platform, office: Office) -> None:
    again = platform.run(system(), commands.grant_role, office["clerk"].id, "clerk")

    with platform.reading() as session:
        assert [g.id for g in queries.roles_of(session, office["clerk"].id)] == [again.id]


def test_a_unit_role_needs_a_unit(platform: Platform, office: Office) -> None:
    person = builders.person(platform, office.agency)

    with pytest.raises(InvalidInput) as refused:
        platform.run(system(), commands.grant_role, person.id, "specialist")
    assert "unit_id" in refused.value.fields
    with pytest.raises(InvalidInput):
        platform.run(system(), commands.grant_role, person.id, "king")


def test_a_deactivated_person_acts_no_more_and_comes_back_without_roles(platform: Platform, office: Office) -> None:
    admin = builders.actor(platform, office["agency-admin"])
    platform.run(admin, commands.deactivate_person, office["clerk"].id)

    with pytest.raises(NotAllowed, match="ngừng hoạt động"):
        builders.actor(platform, office["clerk"])
    platform.run(admin, commands.reactivate_person, office["clerk"].id)
    assert builders.actor(platform, office["clerk"]).roles == frozenset()
    with pytest.raises(Conflict):
        platform.run(admin, commands.deactivate_person, office["agency-admin"].id)


def test_stand_ins_are_named_by_the_absent_or_the_admin(platform: Platform, office: Office, clock: FixedClock) -> None:
    away, substitute = office["leader"], office["unit-head"]
    now = clock.now()
    named = {"valid_from": now, "valid_to": now + timedelta(days=5)}

    for role in ("leader", "agency-admin"):
        platform.run(builders.actor(platform, office[role]), commands.add_stand_in, away.id, substitute.id, **named)
    with pytest.raises(NotAllowed):
        platform.run(builders.actor(platform, substitute), commands.add_stand_in, away.id, substitute.id, **named)

    actor = builders.actor(platform, substitute)
    assert actor.standing_in_for == {away.id}
    assert "leader" in actor.stand_in_groups
    assert "leader" not in actor.groups | actor.roles  # kept apart from one's own


def test_standing_in_is_not_passed_on(platform: Platform, office: Office, clock: FixedClock) -> None:
    now = clock.now()
    for away, substitute in (("leader", "unit-head"), ("unit-head", "specialist")):
        platform.run(
            system(), commands.add_stand_in, office[away].id, office[substitute].id, valid_from=now,
            valid_to=now + timedelta(days=5),
        )  # fmt: skip

    actor = builders.actor(platform, office["specialist"])
    assert actor.standing_in_for == {office["unit-head"].id}
    assert "leader" not in actor.stand_in_groups


def test_bad_stand_ins_are_refused(platform: Platform, office: Office, other: Office, clock: FixedClock) -> None:
    now, leader = clock.now(), office["leader"].id
    week = now + timedelta(days=7)

    for stand_in, valid_from, valid_to in (
        (leader, now, week),
        (office["clerk"].id, week, now),
        (office["clerk"].id, now, now + timedelta(days=400)),
    ):
        with pytest.raises(InvalidInput):
            platform.run(system(), commands.add_stand_in, leader, stand_in, valid_from=valid_from, valid_to=valid_to)
    with pytest.raises(NotFound):
        platform.run(system(), commands.add_stand_in, leader, other["clerk"].id, valid_from=now, valid_to=week)


def test_people_are_listed_by_role_unit_and_rank(platform: Platform, office: Office) -> None:
    post = platform.run(system(), commands.add_post, office.id, "Phó Trưởng phòng", rank=5)
    second = builders.person(platform, office.agency, "specialist", unit=office.unit, post_id=post.id)
    elsewhere = builders.person(platform, office.agency, "specialist", unit=builders.unit(platform, office.agency))

    with platform.reading() as session:
        by_role = queries.people_with(session, office.id, "specialist")
        in_unit = queries.people_with(session, office.id, "specialist", office.unit.id)
        everybody = queries.people_with(session, office.id, unit_id=office.unit.id)
        total = session.scalars(select(Person).where(Person.agency_id == office.id)).all()
    assert {p.id for p in by_role} == {office["specialist"].id, second.id, elsewhere.id}
    assert [p.id for p in in_unit] == [second.id, office["specialist"].id]
    assert len(everybody) == len(total) - 1


def test_a_role_in_the_whole_agency_is_held_in_each_unit(platform: Platform, office: Office) -> None:
    groups = builders.actor(platform, office["clerk"]).groups

    assert {"clerk", f"clerk@{office.unit.id}"} <= groups
