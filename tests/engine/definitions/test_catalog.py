"""What stands beside a diagram: read off operations, neighbours and the agency, and used by every way of checking."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.bpmn.checks import check
from engine.bpmn.checks.variables.shapes import Shape
from engine.clock import FixedClock
from engine.definitions import commands
from engine.definitions.catalog import catalog_for, check_file, knowledge, operation_facts
from engine.definitions.shipped import PROCESSES, Bundle, read_all
from engine.errors import Finding
from engine.platform import Platform, system
from engine.settings import Settings
from tests import builders
from tests.catalog import catalog
from tests.engine.bpmn.checks.trial import work
from tests.engine.bpmn.diagrams import call, end, io, passing, path, process, prop, start

SHIPPED = {bundle.key: bundle for bundle in read_all()}


@pytest.fixture
def platform(settings: Settings, clock: FixedClock, tmp_path: Path) -> Iterator[Platform]:
    made = builders.platform(settings, clock, tmp_path)
    yield made
    made.engine.dispose()


def test_operations_tell_their_types() -> None:
    facts = {each.key: operation_facts(each) for each in catalog()}
    instruct = facts["documents.instruct"]
    assert instruct.parameters["lead_unit"].shape.kinds == {"unit"}
    assert instruct.parameters["lead_person"].shape.kinds == {"person", "null"}
    assert instruct.parameters["due_date"].shape.kinds == {"time", "null"}
    assert not instruct.parameters["due_date"].required
    assert instruct.results is not None
    assert instruct.results["due_at"].kinds == {"text", "null"}
    assert facts["documents.refuse"].parameters["reason_code"].choices
    assert facts["documents.file"].results == {}
    assert facts["signing.seal"].errors
    assert all(isinstance(shape, Shape) for each in facts.values() for shape in (each.results or {}).values())


def test_called_procedures_tell_what_they_need_and_give() -> None:
    called = (knowledge(SHIPPED["incoming-document"], catalog(), SHIPPED.get).procedures or {})["resolution"]
    assert called.needs == {"document_id", "lead_unit", "support_units", "due_at", "urgency"}
    assert called.gives is not None
    assert not called.gives["outcome"].optional
    assert called.gives["outcome"].literals == ("resolved", "returned")


def test_scenarios_tell_what_a_start_is_given() -> None:
    diagram = process(start(), work("a", io({"seen": "${extra + other}"})), end(), path("start a end"))
    scenarios = {"one": {"data": {"extra": 1, "other": 2}}, "two": {"data": {"extra": 3}}, "odd": {"data": 4}}
    known = knowledge(Bundle("p", "P", diagram, {}, {}, scenarios), catalog())
    assert {name: shape.optional for name, shape in known.starts[""].items()} == {"extra": False, "other": True}
    assert [finding.rule for finding in check(diagram, known)] == ["data.maybe"]


def test_broken_forms_and_tables_are_there_but_unknown() -> None:
    bundle = Bundle("p", "P", b"", {"f": {"components": 1}}, {"t.dmn": "<x", "u.dmn": _BROKEN_TABLE})
    known = knowledge(bundle, catalog())
    assert not known.forms["f"].known
    assert {key: table.known for key, table in known.decisions.items()} == {"t": False}


_BROKEN_TABLE = '<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/"><decision id="t"/></definitions>'


# --- a folder ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def processes(tmp_path: Path) -> Path:
    """A copy of the shipped procedures to spoil."""
    return Path(shutil.copytree(PROCESSES, tmp_path / "processes"))


def errors(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(each.element, each.rule) for each in findings if each.severity == "error"]


@pytest.mark.parametrize("key", SHIPPED)
def test_shipped_folders_are_clean(key: str) -> None:
    assert check_file(PROCESSES / key / f"{key}.bpmn", catalog()) == ()


def spoil(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after), encoding="utf-8")


def test_a_diagram_is_checked_with_the_folder_it_lies_in(processes: Path) -> None:
    folder = processes / "incoming-document"
    file = folder / "incoming-document.bpmn"
    spoil(folder / "accept-document.form.json", '"key": "decision"', '"key": "verdict"')
    assert ("accept-document", "data.field") in errors(check_file(file, catalog()))
    spoil(processes / "resolution" / "resolution.bpmn", 'value="document_id:document ', 'value="document_id haste ')
    assert ("resolve-document", "data.needs") in errors(check_file(file, catalog()))
    (folder / "forwarding-deadlines.dmn").unlink()
    assert ("set-deadlines", "operations.decision") in errors(check_file(file, catalog()))
    (processes / "resolution" / "process.toml").unlink()
    assert ("resolve-document", "data.called") in errors(check_file(file, catalog()))
    (folder / "accept-document.form.json").write_text("{", encoding="utf-8")
    assert errors(check_file(file, catalog()))[0] == ("incoming-document", "readable.folder")


def test_a_diagram_by_itself_is_checked_for_what_it_says(tmp_path: Path) -> None:
    file = tmp_path / "alone.bpmn"
    shutil.copy(PROCESSES / "recall" / "recall.bpmn", file)
    assert errors(check_file(file, catalog())) == []
    file.write_bytes(b"nothing")
    assert [rule for _, rule in errors(check_file(file, catalog()))] == ["readable.xml"]


# --- an agency --------------------------------------------------------------------------------------------------------


def staffed(group: str) -> Bundle:
    diagram = process(
        start("start", prop("data", "unit:unit")), work("a", camunda__candidateGroups=group), end(),
        path("start a end"),
    )  # fmt: skip
    return Bundle("p", "P", diagram, {}, {})


def rules(platform: Platform, bundle: Bundle, agency_id: int | None) -> list[str]:
    with platform.reading() as session:
        known = catalog_for(session, bundle, agency_id, platform.catalog, platform.clock.now())
        return [finding.rule for finding in check(bundle.diagram, known)]


def test_people_are_those_of_the_agency(platform: Platform) -> None:
    one, other = builders.office(platform), builders.office(platform)
    builders.person(platform, other.agency, "archivist")
    assert rules(platform, staffed("archivist"), one.id) == ["people.nobody"]
    assert rules(platform, staffed("archivist"), other.id) == []
    assert rules(platform, staffed("archivist"), None) == []
    assert rules(platform, staffed(f"unit-head@{other.unit.id}"), one.id) == ["people.unit"]


def test_procedures_are_those_in_force_for_the_agency(platform: Platform) -> None:
    office = builders.office(platform)
    caller = process(
        start("start", prop("data", "a")), call("c", passing("in", source="a", target="a"), called="called"), end(),
        path("start c end"),
    )  # fmt: skip
    bundle = Bundle("caller", "Gọi", caller, {}, {})
    assert rules(platform, bundle, office.id) == ["data.called"]
    diagram = process(start("start", prop("data", "b")), work("a"), end(), path("start a end"), key="called")
    ordinary = {"name": "Thường", "data": {"b": 1}, "step": [{"at": "a"}]}
    draft = platform.run(
        system(), commands.save_draft, Bundle("called", "Được gọi", diagram, {}, {}, {"a": ordinary}), None, None
    )
    platform.run(system(), commands.publish, draft.id)
    assert rules(platform, bundle, office.id) == ["data.needs"]
    assert rules(platform, bundle, None) == ["data.needs"]
