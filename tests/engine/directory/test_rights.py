"""Changes of rights wait for a second person (SYS-3.c): who may confirm, what happens then, who is exempt."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.audit import AuditEntry
from engine.directory import commands, queries, rights
from engine.directory.models import Person, RightsChange, RoleGrant
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.occasions import Occasion
from engine.platform import Platform, system
from tests import builders
from tests.builders import Office, actor


def asked(platform: Platform, office: Office, role: str = "clerk") -> RightsChange:
    change = platform.run(actor(platform, office["agency-admin"]), rights.ask_grant, office["specialist"].id, role)
    assert change is not None
    return change


def test_a_role_is_held_when_somebody_else_confirms(platform: Platform, office: Office) -> None:
    change = asked(platform, office)
    assert "clerk" not in actor(platform, office["specialist"]).roles
    with platform.reading() as session:
        (line,) = rights.changes(session, office.id, waiting=True)
        assert rights.sentence(line) == "Giao vai trò Văn thư trong toàn cơ quan"
        (told,) = session.scalars(select(Occasion).where(Occasion.kind == "rights-asked"))
        assert told.actor_id == office["agency-admin"].id  # everybody who may confirm but not who asked
    platform.run(actor(platform, office["leader"]), rights.confirm, change.id)
    assert "clerk" in actor(platform, office["specialist"]).roles
    with platform.reading() as session:
        said = session.scalars(select(AuditEntry).where(AuditEntry.action == "rights.change_confirmed")).one()
        assert (said.person_id, said.details["asked_by"]) == (office["leader"].id, office["agency-admin"].id)
    with pytest.raises(NotAllowed, match="không còn chờ"):
        platform.run(actor(platform, office["leader"]), rights.refuse, change.id, "Muộn")


def test_nobody_confirms_for_themselves(platform: Platform, office: Office, other: Office) -> None:
    change = asked(platform, office)
    for person, error in (
        (office["agency-admin"], NotAllowed), (office["clerk"], NotFound), (other["leader"], NotFound),
    ):  # fmt: skip
        with pytest.raises(error):
            platform.run(actor(platform, person), rights.confirm, change.id)
    own = platform.run(actor(platform, office["agency-admin"]), rights.ask_grant, office["leader"].id, "clerk")
    assert own is None  # nobody else could confirm the leader's: who asks and whose it is are left out
    second = builders.person(platform, office.agency, "agency-admin")
    waits = platform.run(actor(platform, second), rights.ask_grant, office["leader"].id, "form-checker")
    assert waits is not None
    with pytest.raises(NotAllowed, match="chính mình"):
        platform.run(actor(platform, office["leader"]), rights.confirm, waits.id)


def test_the_command_itself_refuses(platform: Platform, office: Office) -> None:
    admin = actor(platform, office["agency-admin"])
    with platform.reading() as session:
        grant = session.scalars(select(RoleGrant.id).where(RoleGrant.person_id == office["clerk"].id)).one()
    unit = builders.unit(platform, office.agency)
    for command, arguments in (
        (commands.grant_role, (office["specialist"].id, "clerk")), (commands.revoke_role, (grant,)),
        (commands.change_person, (office["clerk"].id, {"unit_id": unit.id})),
    ):  # fmt: skip
        with pytest.raises(NotAllowed, match="xác nhận"):
            platform.run(admin, command, *arguments)


def test_roles_and_units_are_taken_back_and_refused(platform: Platform, office: Office) -> None:
    admin, leader = actor(platform, office["agency-admin"]), actor(platform, office["leader"])
    unit = builders.unit(platform, office.agency, "Phòng Mới")
    with platform.reading() as session:
        grant = session.scalars(select(RoleGrant.id).where(RoleGrant.person_id == office["clerk"].id)).one()
    revoke = platform.run(admin, rights.ask_revoke, grant)
    move = platform.run(admin, rights.ask_unit, office["clerk"].id, unit.id)
    assert revoke
    assert move
    with pytest.raises(Conflict, match="đang chờ"):
        platform.run(admin, rights.ask_unit, office["clerk"].id, unit.id)
    with pytest.raises(InvalidInput):
        platform.run(leader, rights.refuse, move.id, "  ")
    platform.run(leader, rights.refuse, move.id, "Chưa có quyết định")
    platform.run(leader, rights.confirm, revoke.id)
    assert actor(platform, office["clerk"]).roles == frozenset()
    with platform.reading() as session:
        assert session.get_one(Person, office["clerk"].id).unit_id == office.unit.id
        past = rights.changes(session, office.id, waiting=False)
        assert [(each.change.state, each.decided_by) for each in past] == [
            ("refused", office["leader"].full_name), ("confirmed", office["leader"].full_name),
        ]  # fmt: skip


def test_who_asked_may_withdraw(platform: Platform, office: Office) -> None:
    change = asked(platform, office)
    with pytest.raises(NotFound):
        platform.run(actor(platform, office["leader"]), rights.withdraw, change.id)
    platform.run(actor(platform, office["agency-admin"]), rights.withdraw, change.id)
    with platform.reading() as session:
        assert rights.changes(session, office.id, waiting=True) == []


def test_an_agency_being_set_up_and_the_installation_are_exempt(platform: Platform) -> None:
    agency = builders.agency(platform)
    first = builders.person(platform, agency, "agency-admin")
    new = builders.person(platform, agency)
    assert platform.run(actor(platform, first), rights.ask_grant, new.id, "leader") is None
    assert "leader" in actor(platform, new).roles
    third = builders.person(platform, agency)
    assert platform.run(actor(platform, first), rights.ask_grant, third.id, "clerk") is not None
    assert platform.run(system(agency.id), commands.grant_role, third.id, "clerk")


def test_the_leader_switches_it_not_the_admin(platform: Platform, office: Office) -> None:
    admin, leader = actor(platform, office["agency-admin"]), actor(platform, office["leader"])
    with pytest.raises(NotAllowed):
        platform.run(admin, rights.set_confirmation, False)
    with platform.reading() as session:
        policy = queries.agency(session, office.id).policy
    with pytest.raises(NotAllowed):
        platform.run(admin, commands.change_agency, office.id, {"policy": {**policy, "confirm_rights": False}})
    platform.run(leader, rights.set_confirmation, False)
    assert platform.run(admin, rights.ask_grant, office["specialist"].id, "clerk") is None
