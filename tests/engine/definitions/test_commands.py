"""Versions: shipped ones loaded once, variants based on them, published ones never changed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError

from engine.clock import FixedClock
from engine.database import connect
from engine.definitions import commands, queries
from engine.definitions.models import Version
from engine.definitions.rules import may_change
from engine.definitions.shipped import Bundle
from engine.directory import commands as directory
from engine.errors import Conflict, DefinitionError, NotAllowed, NotFound
from engine.files import FileStore
from engine.operations import Catalog
from engine.platform import Actor, Platform, Work, system
from engine.settings import Settings
from tests.bpmn_text import END, START, call, chain, process, service, user

ONE = process("one", [START, user("work"), END, chain("start", "work", "end")])
TWO = process("one", [START, user("work"), user("again"), END, chain("start", "work", "again", "end")])


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    engine = connect(settings.database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def platform(engine: Engine, settings: Settings, clock: FixedClock, tmp_path: Path) -> Platform:
    return Platform(engine, settings=settings, clock=clock, files=FileStore(tmp_path), catalog=Catalog([]))


def bundle(xml: bytes = ONE) -> Bundle:
    return Bundle("one", "Một", xml, {}, {})


def put_in_force(
    platform: Platform, xml: bytes = ONE, agency_id: int | None = None, based_on: int | None = None
) -> int:
    draft = platform.run(system(), commands.save_draft, bundle(xml), agency_id, based_on)
    return platform.run(system(), commands.publish, draft.id).id


def ship(folder: Path, xml: bytes) -> Path:
    (folder / "one").mkdir(exist_ok=True)
    (folder / "one" / "process.toml").write_text('key = "one"\nname = "Một"\n', encoding="utf-8")
    (folder / "one" / "one.bpmn").write_bytes(xml)
    return folder


def test_shipped_files_become_versions_only_when_they_changed(platform: Platform, tmp_path: Path) -> None:
    assert platform.run(system(), commands.load_shipped, ship(tmp_path, ONE)) == ["one"]
    assert platform.run(system(), commands.load_shipped, tmp_path) == []
    assert platform.run(system(), commands.load_shipped, ship(tmp_path, TWO)) == ["one"]
    with platform.reading() as session:
        rows = [(v.number, v.state, v.based_on_id is not None) for v in queries.versions(session, "one", None)]
    assert rows == [(2, "published", True), (1, "retired", False)]


def test_a_folder_that_lacks_its_diagram_is_told_by_name(platform: Platform, tmp_path: Path) -> None:
    ship(tmp_path, ONE)
    (tmp_path / "one" / "one.bpmn").unlink()
    with pytest.raises(DefinitionError, match="one"):
        platform.run(system(), commands.load_shipped, tmp_path)


def test_a_diagram_with_faults_is_not_published_and_says_where(platform: Platform) -> None:
    wrong = process("one", [START, service("call", "nobody.knows"), END, chain("start", "call", "end")])
    draft = platform.run(system(), commands.save_draft, bundle(wrong), None, None)
    with pytest.raises(DefinitionError) as caught:
        platform.run(system(), commands.publish, draft.id)
    assert any(f.element == "call" for f in caught.value.findings)
    with platform.reading() as session:
        assert session.get_one(Version, draft.id).state == "draft"


def test_a_published_version_is_published_once(platform: Platform) -> None:
    version_id = put_in_force(platform)
    with pytest.raises(Conflict):
        platform.run(system(), commands.publish, version_id)


@pytest.mark.parametrize("change", ["diagram = 'x'", "state = 'draft'", "number = 9", "reason = 'khác'"])
def test_the_database_refuses_to_change_a_published_version(platform: Platform, engine: Engine, change: str) -> None:
    version_id = put_in_force(platform)
    with pytest.raises(DatabaseError, match="out of draft"), engine.begin() as connection:
        connection.execute(text(f"update version set {change} where id = :id"), {"id": version_id})
    with pytest.raises(DatabaseError, match="out of draft"), engine.begin() as connection:
        connection.execute(text("delete from version where id = :id"), {"id": version_id})


def test_a_draft_may_still_be_changed(platform: Platform, engine: Engine) -> None:
    draft = platform.run(system(), commands.save_draft, bundle(), None, None)
    with engine.begin() as connection:
        connection.execute(text("update version set reason = 'sửa' where id = :id"), {"id": draft.id})


def agency(platform: Platform) -> int:
    def make(work: Work) -> int:
        return directory.add_agency(work, "Sở Thử", abbreviation="ST", codes={"QD20": "H99.1"}).id

    return platform.run(system(), make)


def test_a_variant_is_in_force_for_its_agency_alone_and_knows_its_base(platform: Platform) -> None:
    shipped, own = put_in_force(platform), agency(platform)
    variant = put_in_force(platform, TWO, own, shipped)
    with platform.reading() as session:
        assert queries.current(session, "one", own) == variant
        assert queries.current(session, "one", own + 1) == shipped
        assert session.get_one(Version, variant).based_on_id == shipped


def test_an_unknown_procedure_is_not_found(platform: Platform) -> None:
    with platform.reading() as session, pytest.raises(NotFound):
        queries.current(session, "nothing", 1)


@pytest.mark.parametrize(
    ("roles", "own", "allowed"),
    [
        ({"provincial-admin"}, False, True),
        ({"agency-admin"}, False, False),
        ({"process-analyst"}, True, True),
        ({"clerk"}, True, False),
        ({"provincial-admin"}, True, False),
    ],
)
def test_who_may_change_what(platform: Platform, roles: set[str], own: bool, allowed: bool) -> None:
    agency_id = agency(platform)
    actor = Actor(1, agency_id, "Người thử", frozenset(roles))
    where = agency_id if own else None
    if allowed:
        assert may_change(actor, where)
    else:
        with pytest.raises(NotAllowed):
            platform.run(actor, commands.save_draft, bundle(), where, None)


def test_a_start_that_nothing_would_fire_is_refused(platform: Platform) -> None:
    start = (
        '<bpmn:startEvent id="start"><bpmn:timerEventDefinition><bpmn:timeCycle>R/P1D</bpmn:timeCycle>'
        "</bpmn:timerEventDefinition></bpmn:startEvent>"
    )
    draft = platform.run(
        system(),
        commands.save_draft,
        bundle(process("one", [start, user("work"), END, chain("start", "work", "end")])),
        None,
        None,
    )
    with pytest.raises(DefinitionError) as caught:
        platform.run(system(), commands.publish, draft.id)
    assert [(f.element, f.rule) for f in caught.value.findings] == [("start", "supported.start")]


def test_what_a_shipped_procedure_calls_is_in_force_before_it(platform: Platform, tmp_path: Path) -> None:
    # "a" comes first by name, and calls "b": whatever the order of the folders, both are put in force
    caller = process("a", [START, call("use", "b"), END, chain("start", "use", "end")])
    called = process("b", [START, user("work"), END, chain("start", "work", "end")])
    for key, xml in (("a", caller), ("b", called)):
        (tmp_path / key).mkdir()
        (tmp_path / key / "process.toml").write_text(f'key = "{key}"\nname = "{key}"\n', encoding="utf-8")
        (tmp_path / key / f"{key}.bpmn").write_bytes(xml)
    assert platform.run(system(), commands.load_shipped, tmp_path) == ["b", "a"]
    assert platform.run(system(), commands.load_shipped, tmp_path) == []
