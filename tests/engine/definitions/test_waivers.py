"""Rules of law set aside: who may, with which reason, where it holds, what remains of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from engine import audit
from engine.bpmn import checks
from engine.clock import FixedClock
from engine.definitions import commands, waivers
from engine.definitions.catalog import catalog_for
from engine.definitions.models import Waiver
from engine.definitions.shipped import Bundle
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.platform import Actor, Platform, system
from engine.settings import Settings
from tests import builders
from tests.bpmn_text import END, START, chain, inputs_of, process, service

RULE = "law.registered-before-assignment"
REASON = "Thí điểm vào sổ sau theo Kế hoạch 12/KH-UBND"
UNREGISTERED = process(
    "one",
    [
        START,
        service("assign", "documents.assign", inputs_of(document="${document_id}", person="${person}")),
        service("register", "documents.register-incoming", inputs_of(document="${document_id}")),
        END,
        chain("start", "assign", "register", "end"),
    ],
)


@pytest.fixture
def platform(settings: Settings, clock: FixedClock, tmp_path: Path) -> Iterator[Platform]:
    made = builders.platform(settings, clock, tmp_path)
    made.run(system(), commands.save_draft, Bundle("one", "Một", UNREGISTERED, {}, {}), None, None)
    yield made
    made.engine.dispose()


@pytest.fixture
def admin(platform: Platform) -> Actor:
    home = builders.agency(platform, "Văn phòng UBND tỉnh Mẫu")
    return builders.actor(platform, builders.person(platform, home, "provincial-admin", full_name="Trần Thị Bích"))


def actor(platform: Platform, *roles: str, agency: int | None = None) -> Actor:
    home = builders.agency(platform)
    return builders.actor(platform, builders.person(platform, home, *roles))


def in_force(platform: Platform, agency_id: int | None) -> frozenset[str]:
    with platform.reading() as session:
        return waivers.in_force(session, "one", agency_id)


def test_a_rule_is_set_aside_everywhere_and_applies_again(platform: Platform, admin: Actor) -> None:
    somewhere = builders.agency(platform).id
    waiver = platform.run(admin, waivers.grant, RULE, "one", None, f"  {REASON}\n")
    assert (waiver.reason, waiver.granted_by_id) == (REASON, admin.person_id)
    assert in_force(platform, None) == in_force(platform, somewhere) == {RULE}
    platform.run(admin, waivers.revoke, waiver.id)
    assert in_force(platform, None) == in_force(platform, somewhere) == frozenset()
    with platform.reading() as session:
        kept = session.get_one(Waiver, waiver.id)
        assert (kept.revoked_by_id, kept.revoked_at) == (admin.person_id, platform.clock.now())


def test_a_rule_set_aside_for_one_agency_holds_there_only(platform: Platform, admin: Actor) -> None:
    here, there = builders.agency(platform).id, builders.agency(platform).id
    platform.run(admin, waivers.grant, RULE, "one", here, REASON)
    assert (in_force(platform, here), in_force(platform, there), in_force(platform, None)) == ({RULE}, set(), set())
    with platform.reading() as session:
        assert waivers.in_force(session, "another", here) == frozenset()


@pytest.mark.parametrize("roles", [("agency-admin",), ("process-analyst",), ("clerk", "leader"), ()])
def test_nobody_else_may_set_a_rule_aside(platform: Platform, admin: Actor, roles: tuple[str, ...]) -> None:
    other = actor(platform, *roles)
    with pytest.raises(NotAllowed, match="quản trị tỉnh"):
        platform.run(other, waivers.grant, RULE, "one", None, REASON)
    waiver = platform.run(admin, waivers.grant, RULE, "one", None, REASON)
    with pytest.raises((NotAllowed, NotFound)):
        platform.run(other, waivers.revoke, waiver.id)
    assert in_force(platform, None) == {RULE}


def test_the_system_sets_no_rule_aside(platform: Platform) -> None:
    with pytest.raises(NotAllowed):
        platform.run(system(), waivers.grant, RULE, "one", None, REASON)


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"rule": "law.nothing"}, "rule"),
        ({"rule": "structure.unreachable"}, "rule"),
        ({"key": "nowhere"}, "key"),
        ({"agency_id": 999_999}, "agency_id"),
        ({"reason": " \n "}, "reason"),
        ({"reason": "x" * 1001}, "reason"),
    ],
)
def test_what_is_not_there_is_told_at_its_field(platform: Platform, admin: Actor, given: dict, field: str) -> None:
    values = {"rule": RULE, "key": "one", "agency_id": None, "reason": REASON, **given}
    with pytest.raises(InvalidInput) as refused:
        platform.run(admin, waivers.grant, **values)
    assert field in refused.value.fields
    assert in_force(platform, None) == frozenset()


def test_twice_is_once_too_often(platform: Platform, admin: Actor) -> None:
    here = builders.agency(platform).id
    waiver = platform.run(admin, waivers.grant, RULE, "one", None, REASON)
    for agency_id in (None, here):
        with pytest.raises(Conflict, match="Trần Thị Bích miễn áp dụng"):
            platform.run(admin, waivers.grant, RULE, "one", agency_id, REASON)
    platform.run(admin, waivers.revoke, waiver.id)
    with pytest.raises(Conflict, match="đã được thu hồi"):
        platform.run(admin, waivers.revoke, waiver.id)
    assert platform.run(admin, waivers.grant, RULE, "one", here, REASON).id != waiver.id


def test_it_stands_in_the_audit_trail(platform: Platform, admin: Actor) -> None:
    waiver = platform.run(admin, waivers.grant, RULE, "one", None, REASON)
    platform.run(admin, waivers.revoke, waiver.id)
    with platform.reading() as session:
        lines = session.execute(
            select(audit.AuditEntry.action, audit.AuditEntry.details)
            .where(audit.AuditEntry.subject_kind == "waiver")
            .order_by(audit.AuditEntry.id)
        ).all()
    assert [line[0] for line in lines] == ["waiver.granted", "waiver.revoked"]
    assert lines[0][1]["reason"] == REASON
    assert lines[1][1]["rule"] == RULE


def test_the_finding_stays_as_a_warning_with_who_when_and_why(platform: Platform, admin: Actor) -> None:
    bundle = Bundle("one", "Một", UNREGISTERED, {}, {})

    def found() -> list[tuple[str, str]]:
        with platform.reading() as session:
            known = catalog_for(session, bundle, None, platform.catalog, platform.clock.now())
            return [(f.severity, f.sentence) for f in checks.check(bundle.diagram, known) if f.rule == RULE]

    ((severity, sentence),) = found()
    assert severity == "error"
    waiver = platform.run(admin, waivers.grant, RULE, "one", None, REASON)
    day = platform.clock.now().strftime("%d/%m/%Y")
    why = f"Được miễn áp dụng từ ngày {day} theo quyết định của Trần Thị Bích; lý do: {REASON}."
    assert found() == [("warning", f"{sentence} {why}")]
    platform.run(admin, waivers.revoke, waiver.id)
    assert found() == [("error", sentence)]


def test_an_analyst_reads_what_concerns_the_own_agency(platform: Platform, admin: Actor) -> None:
    analyst, stranger = actor(platform, "process-analyst"), actor(platform, "agency-admin")
    everywhere = platform.run(admin, waivers.grant, RULE, "one", None, REASON)
    own = platform.run(admin, waivers.grant, "law.filed", "one", analyst.agency_id, REASON)
    gone = platform.run(admin, waivers.grant, "law.forwarded", "one", analyst.agency_id, REASON)
    platform.run(admin, waivers.revoke, gone.id)
    with platform.reading() as session:
        mine = waivers.overview(session, analyst)
        theirs = waivers.overview(session, stranger)
        every = waivers.overview(session, admin)
        with pytest.raises(NotAllowed):
            waivers.overview(session, actor(platform, "clerk"))
    assert [row.waiver.id for row in mine] == [own.id, everywhere.id, gone.id]
    assert [row.in_force for row in mine] == [True, True, False]
    assert [row.waiver.id for row in theirs] == [everywhere.id]
    assert len(every) == 3
    assert (mine[1].procedure, mine[1].agency, mine[1].granted_by) == ("Một", "", "Trần Thị Bích")
    assert mine[2].revoked_by == "Trần Thị Bích"


def test_another_agencys_waiver_is_not_found(platform: Platform, admin: Actor) -> None:
    own = platform.run(admin, waivers.grant, RULE, "one", builders.agency(platform).id, REASON)
    with pytest.raises(NotFound):
        platform.run(actor(platform, "agency-admin"), waivers.revoke, own.id)
    with pytest.raises(NotFound):
        platform.run(admin, waivers.revoke, 999_999)
