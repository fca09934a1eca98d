"""The gates before publishing: each closes for its own reason, and the command enforces what the page shows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from engine.clock import FixedClock
from engine.definitions import commands, drafting, publishing
from engine.definitions.models import Version
from engine.definitions.publishing import Gate
from engine.definitions.shipped import PROCESSES, Bundle, read_folder
from engine.errors import DefinitionError, InvalidInput
from engine.platform import Actor, Platform, Work, system
from engine.settings import Settings
from tests import builders
from tests.catalog import catalog

SHIPPED = read_folder(PROCESSES / "resolution")
GROUP = "camunda:candidateGroups=\"${'unit-head@' + string(lead_unit)}\""
ALL = ("readable", "sound", "data", "people", "time", "law", "scenarios", "coverage")


@pytest.fixture
def platform(settings: Settings, clock: FixedClock, tmp_path: Path) -> Iterator[Platform]:
    made = builders.platform(settings, clock, tmp_path)
    made.catalog = catalog()  # with the operations of the connectors
    yield made
    made.engine.dispose()


@pytest.fixture
def office(platform: Platform) -> builders.Office:
    return builders.office(platform)


def swapped(*pairs: tuple[str, str]) -> Bundle:
    content = SHIPPED.diagram.decode()
    for old, new in pairs:
        assert old in content
        content = content.replace(old, new)
    return replace(SHIPPED, diagram=content.encode())


def draft(platform: Platform, bundle: Bundle, office: builders.Office | None) -> int:
    agency_id = office.id if office else None
    return platform.run(system(), drafting.add_version, bundle, agency_id, None, "Thử").id


def judged(
    platform: Platform, bundle: Bundle, office: builders.Office | None, actor: Actor | None = None
) -> list[Gate]:
    version_id = draft(platform, bundle, office)
    by = actor or builders.actor(platform, office["agency-admin"] if office else builders_admin(platform))
    with platform.reading() as session:
        version = session.get_one(Version, version_id)
        return list(publishing.gates(session, by, version, platform.catalog, platform.clock.now()))


def builders_admin(platform: Platform) -> Any:
    return builders.person(platform, builders.agency(platform), "provincial-admin")


def closed(found: list[Gate]) -> set[str]:
    return {gate.key for gate in found if not gate.passed}


def test_what_ships_passes_every_gate_in_an_agency(platform: Platform, office: builders.Office) -> None:
    found = judged(platform, SHIPPED, office)
    assert tuple(gate.key for gate in found) == ALL
    assert closed(found) == set()
    assert found[-2].sentence == f"Cả {len(SHIPPED.scenarios)} kịch bản đều đạt."


@pytest.mark.parametrize(
    ("bundle", "gate"),
    [
        (replace(SHIPPED, diagram=b"<x"), "readable"),
        (replace(SHIPPED, forms={**SHIPPED.forms, "assign-work": {"components": 5}}), "readable"),
        (swapped(('camunda:topic="documents.assign"', 'camunda:topic="no.such"')), "data"),
        (swapped((GROUP, 'camunda:candidateGroups="astronaut"')), "people"),
        (replace(SHIPPED, scenarios={"returned": SHIPPED.scenarios["returned"]}), "coverage"),
        (replace(SHIPPED, scenarios={}), "coverage"),
        (replace(SHIPPED, scenarios={**SHIPPED.scenarios, "extended": {"step": 5}}), "scenarios"),
    ],
    ids=["xml", "form", "operation", "people", "coverage", "no scenario", "bad scenario"],
)  # fmt: skip
def test_a_gate_closes_for_its_own_reason(
    platform: Platform, office: builders.Office, bundle: Bundle, gate: str
) -> None:
    found = judged(platform, bundle, office)
    assert gate in closed(found)
    told = next(each for each in found if each.key == gate)
    assert told.findings or told.sentence.startswith("Chưa")


def test_the_shared_procedure_has_no_people_to_look_for(platform: Platform) -> None:
    found = judged(platform, SHIPPED, None)
    assert closed(found) == set()
    people = next(gate for gate in found if gate.key == "people")
    assert "từng cơ quan kiểm tra khi áp dụng" in people.sentence


def test_a_flow_no_scenario_takes_is_a_hint(platform: Platform, office: builders.Office) -> None:
    flows = SHIPPED.diagram.decode().count("<bpmn:sequenceFlow")
    found = judged(platform, SHIPPED, office)[-1]
    assert f"{flows}/{flows} luồng" in found.sentence
    some = {key: SHIPPED.scenarios[key] for key in list(SHIPPED.scenarios)[:2]}
    hints = judged(platform, replace(SHIPPED, scenarios=some), office)[-1].findings
    assert {each.severity for each in hints} == {"error", "warning"}


def test_the_system_is_asked_for_what_depends_on_the_installation_only(platform: Platform) -> None:
    found = judged(platform, replace(SHIPPED, scenarios={}), None, system())
    assert {gate.key for gate in found} == publishing.TECHNICAL


def test_the_command_enforces_what_the_page_shows(platform: Platform, office: builders.Office) -> None:
    by = builders.actor(platform, office["agency-admin"])
    version_id = draft(platform, replace(SHIPPED, scenarios={}), office)
    with pytest.raises(DefinitionError) as caught:
        platform.run(by, commands.publish, version_id, "Thử")
    assert [each.rule for each in caught.value.findings] == ["coverage"]
    good = draft(platform, SHIPPED, office)
    with pytest.raises(InvalidInput) as missing:
        platform.run(by, commands.publish, good, "  ")
    assert missing.value.fields.keys() == {"reason"}
    version = platform.run(by, commands.publish, good, "Theo kết luận họp")
    assert (version.state, version.reason, version.published_by_id) == ("published", "Theo kết luận họp", by.person_id)


@pytest.mark.parametrize(
    "change",
    [
        "scenarios = '{}'", "forms = '{}'", "decisions = '[]'", "edition = edition + 1", "changed_at = now()",
        "changed_by_id = 1", "reason = 'khác'", "published_at = now()", "based_on_id = id", "content_hash = 'x'",
        "state = 'draft'", "state = 'discarded'",
    ],
)  # fmt: skip
def test_the_database_itself_keeps_a_published_version(
    platform: Platform, office: builders.Office, change: str
) -> None:
    def make(work: Work) -> int:
        return commands.publish(work, drafting.add_version(work, SHIPPED, office.id, None, "Thử").id).id

    version_id = platform.run(system(), make)
    engine: Engine = platform.engine
    for state in ("published", "retired"):
        with pytest.raises(DatabaseError, match="can not be"), engine.begin() as connection:
            connection.execute(text(f"update version set {change} where id = :id"), {"id": version_id})
        if state == "published":
            with engine.begin() as connection:
                connection.execute(text("update version set state = 'retired' where id = :id"), {"id": version_id})
