"""What is known beside the diagram of a version: its forms and tables, the operations, the agency's people."""

from __future__ import annotations

import dataclasses
import types
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from lxml import etree
from sqlalchemy.orm import Session

from engine.bpmn import decisions as dmn
from engine.bpmn.checks import check
from engine.bpmn.checks.facts import Knowledge, OperationFacts, ParameterFacts, ProcedureFacts, TableFacts
from engine.bpmn.checks.law.acts import acts_in
from engine.bpmn.checks.variables.shapes import ANY, Shape, as_kinds, listed, maybe, of, of_value, union
from engine.bpmn.checks.variables.summary import summary
from engine.bpmn.decisions.facts import table_facts
from engine.bpmn.dialect import BPMN
from engine.bpmn.expressions import FUNCTION_NAMES
from engine.bpmn.reading import read, read_xml
from engine.definitions import queries, waivers
from engine.definitions.models import Definition, Version
from engine.definitions.rules import sound
from engine.definitions.shipped import Bundle, read_folder
from engine.directory.rules import ROLES
from engine.directory.strength import Strength
from engine.errors import DefinitionError, Finding, NotFound
from engine.forms.facts import form_facts
from engine.operations import Catalog, Operation, Parameter

Procedures = Callable[[str], Bundle | None]


def catalog_for(
    session: Session, content: Bundle, agency_id: int | None, operations: Catalog, now: datetime
) -> Knowledge:
    """What the diagram of `content` is checked against in an agency; None: the shipped line, which has no people.

    Forms and tables that can't be read count as there but unknown (`rules.sound` reports what is wrong in them).
    """
    people = None if agency_id is None else Strength(session, agency_id, now).count
    known = knowledge(content, operations, partial(in_force, session, agency_id), people)
    return dataclasses.replace(known, waived=waivers.told(session, content.key, agency_id))


def knowledge(
    content: Bundle,
    operations: Catalog,
    procedures: Procedures | None = None,
    people: Callable[[str], int | None] | None = None,
) -> Knowledge:
    """The same without a database: `procedures` finds other procedures by key, `people` counts a candidate group."""
    facts = {each.key: operation_facts(each) for each in operations}
    found = _own(content, facts)
    if procedures is not None:
        called = {key: _called(key, content, procedures, facts) for key in called_keys(content.diagram)}
        found["procedures"] = {key: each for key, each in called.items() if each is not None}
    if people is not None:
        found["people"] = people
    return Knowledge(**found)


def _own(content: Bundle, operations: Mapping[str, OperationFacts]) -> dict[str, Any]:
    """What comes with the procedure itself, and what is the same everywhere."""
    tables: dict[str, TableFacts] = {}
    for text in content.decisions.values():
        try:
            tables |= {key: table_facts(table) for key, table in dmn.read_decisions(text.encode()).items()}
        except DefinitionError:
            tables |= {key: TableFacts(known=False) for key in _table_ids(text)}
    return {
        "operations": operations,
        "forms": {key: form_facts(schema) for key, schema in content.forms.items()},
        "decisions": tables,
        "starts": _starts(content),
        "functions": FUNCTION_NAMES,
        "roles": frozenset(ROLES),
    }


def _starts(content: Bundle) -> dict[str, Mapping[str, Shape]]:
    """What scenarios begin with, by start element (empty: the plain one); a name some leave out may be missing."""
    found: dict[str, list[Mapping[str, Any]]] = {}
    for table in content.scenarios.values():
        data = table.get("data") if isinstance(table, Mapping) else None
        if isinstance(data, Mapping):
            found.setdefault(str(table.get("start") or ""), []).append(data)
    return {start: _begun(each) for start, each in found.items()}


def _begun(each: list[Mapping[str, Any]]) -> Mapping[str, Shape]:
    names = dict.fromkeys(name for data in each for name in data)
    shapes = {name: union(*(as_kinds(of_value(data[name])) for data in each if name in data)) for name in names}
    return {name: shape if all(name in data for data in each) else maybe(shape) for name, shape in shapes.items()}


def _table_ids(text: str) -> list[str]:
    """Ids of the decisions of a file that has faults."""
    try:
        root = read_xml(text.encode())
    except DefinitionError:
        return []
    found = (each.get("id") for each in root if isinstance(each.tag, str) and etree.QName(each).localname == "decision")
    return [each for each in found if each]


def called_keys(diagram: bytes) -> Collection[str]:
    """The procedures a diagram calls by name; none when it can't be read."""
    try:
        root = read_xml(diagram)
    except DefinitionError:
        return ()
    named = (each.get("calledElement") or "" for each in root.iter(f"{{{BPMN}}}callActivity"))
    return {name for name in named if name and "${" not in name}


def _called(
    key: str, caller: Bundle, procedures: Procedures, operations: Mapping[str, OperationFacts]
) -> ProcedureFacts | None:
    if key == caller.key:
        return ProcedureFacts(name=caller.name, does=frozenset())  # it adds nothing to what it does itself
    bundle = procedures(key)
    if bundle is None:
        return None
    facts = summary(bundle.diagram, Knowledge(**_own(bundle, operations)))
    return dataclasses.replace(facts, does=_does(bundle, procedures, frozenset({caller.key})))


def _does(bundle: Bundle, procedures: Procedures, above: frozenset[str]) -> frozenset[str] | None:
    """What a called procedure may do, and those it calls; None when it can't be read."""
    try:
        diagram = read(bundle.diagram)
    except DefinitionError:
        return None
    above |= {bundle.key}
    known = {key: ProcedureFacts(does=frozenset()) for key in above}
    for key in set(called_keys(bundle.diagram)) - above:
        called = procedures(key)
        known[key] = ProcedureFacts(does=None if called is None else _does(called, procedures, above))
    return acts_in(diagram, {key: form_facts(schema) for key, schema in bundle.forms.items()}, known)


def in_force(session: Session, agency_id: int | None, key: str) -> Bundle | None:
    """The procedure as a case begun now would call it: the agency's variant or the shipped one."""
    try:
        found = queries.current(session, key, agency_id)
    except NotFound:
        return None
    version = session.get_one(Version, found)
    return queries.content(version, key, session.get_one(Definition, version.definition_id).name)


def check_file(file: Path, operations: Catalog) -> tuple[Finding, ...]:
    """Everything wrong with a diagram on disk; OSError when it can't be read.

    Beside a `process.toml` it is checked with the forms, tables and scenarios there, the procedures in the folders next
    to it and the installed operations; a diagram by itself only for what the drawing says.
    """
    xml = file.read_bytes()
    if not (file.parent / "process.toml").is_file():
        return check(xml)
    try:
        bundle = dataclasses.replace(read_folder(file.parent), diagram=xml)
    except DefinitionError as error:
        return (*error.findings, *check(xml))
    found = (*check(xml, knowledge(bundle, operations, partial(_beside, file.parent.parent))), *sound(bundle))
    return tuple(dict.fromkeys(each for each in found if each.rule not in ("support", "reading")))


def _beside(processes: Path, key: str) -> Bundle | None:
    try:
        return read_folder(processes / key) if (processes / key / "process.toml").is_file() else None
    except DefinitionError:
        return None


def operation_facts(operation: Operation) -> OperationFacts:
    """An operation as diagrams may use it; what it gives is read from the type it returns."""
    return OperationFacts(
        parameters={each.name: _parameter(each) for each in operation.parameters},
        results=_results(get_type_hints(operation.function).get("return")),
        errors=operation.errors,
        legal_basis=operation.legal_basis,
        name=operation.name,
        outside=operation.outside,
    )


_REFERENCE_KINDS = frozenset({"document", "register", "dossier", "person", "unit", "agency"})


def _parameter(each: Parameter) -> ParameterFacts:
    shape = shape_of(each.annotation, each.kind if each.kind in _REFERENCE_KINDS else None)
    if each.kind == "date" and "text" in shape.kinds:
        shape = Shape(shape.kinds - {"text"} | {"time"})
    return ParameterFacts(each.required, each.kind, shape, each.label, tuple(each.choices))


def _results(annotation: Any) -> Mapping[str, Shape] | None:
    if annotation is None or annotation is type(None):
        return {}
    if not dataclasses.is_dataclass(annotation):
        return None
    hints = get_type_hints(annotation)
    return {each.name: shape_of(hints[each.name]) for each in dataclasses.fields(annotation)}


def shape_of(annotation: Any, reference: str | None = None) -> Shape:
    """The shape of values of a Python type; whole numbers are ids of a `reference` where one is named."""
    origin, inner = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return union(*(shape_of(each, reference) for each in inner))
    if annotation is None or annotation is type(None):
        return of("null")
    if origin in (list, tuple, set, frozenset) or annotation in (list, tuple):
        return listed(shape_of(inner[0], reference) if inner else ANY)
    if origin is Literal:
        return union(*(of("text") if isinstance(each, str) else ANY for each in inner))
    if annotation is int:
        return of(reference or "whole")
    if dataclasses.is_dataclass(annotation) or _is_mapping(origin or annotation):
        return of("map")
    return {str: of("text"), bool: of("flag"), float: of("whole", "decimal")}.get(annotation, ANY)


def _is_mapping(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, Mapping)
