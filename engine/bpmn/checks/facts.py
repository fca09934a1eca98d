"""What is known beside a diagram: operations, forms, tables, other procedures, people. All of it optional."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from engine.bpmn.checks.variables.shapes import ANY, Scalar, Shape


def _nothing() -> Mapping[str, object]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True)
class ParameterFacts:
    """One input of an operation: the form kind an analyst sees (`document`, `choice` …) and what it accepts."""

    required: bool = True
    kind: str = "text"
    shape: Shape = ANY
    label: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OperationFacts:
    """An installed operation. `results`: None when what it gives isn't declared."""

    parameters: Mapping[str, ParameterFacts] = field(default_factory=_nothing)  # type: ignore[arg-type]
    results: Mapping[str, Shape] | None = None
    errors: tuple[str, ...] = ()
    legal_basis: tuple[str, ...] = ()
    name: str = ""
    outside: bool = False


@dataclass(frozen=True, slots=True)
class FieldFacts:
    """One question of a form. `shape` is what its answer can be, optional where the question may be hidden.

    `bound`: the document's field its answer goes to instead of process data.
    """

    kind: str = "text"
    shape: Shape = ANY
    required: bool = False
    bound: str | None = None
    label: str = ""
    hidden_by: frozenset[str] = frozenset()  # names its condition looks at
    readonly: bool = False


@dataclass(frozen=True, slots=True)
class FormFacts:
    """A form of the procedure; `reads` are the names its conditions, defaults, labels and options take from outside."""

    fields: Mapping[str, FieldFacts] = field(default_factory=_nothing)  # type: ignore[arg-type]
    reads: frozenset[str] = frozenset()
    known: bool = True  # False: it exists but can't be read


@dataclass(frozen=True, slots=True)
class TableFacts:
    """A decision table: variables it reads, what it gives, and its rows where they are plain values.

    `complete`: some row always counts. `rows`: None when a cell is worked out. `many`: it gives a list (COLLECT …).
    """

    reads: frozenset[str] = frozenset()
    outputs: Mapping[str, Shape] = field(default_factory=_nothing)  # type: ignore[arg-type]
    rows: tuple[Mapping[str, Scalar], ...] | None = None
    complete: bool = False
    many: bool = False
    known: bool = True


@dataclass(frozen=True, slots=True)
class ProcedureFacts:
    """Another procedure in force: what it must be given, may be given, and what it has when it ends."""

    needs: frozenset[str] = frozenset()
    takes: Mapping[str, Shape] | None = None  # None: it doesn't say
    gives: Mapping[str, Shape] | None = None  # optional shapes: only on some paths; None: not known
    name: str = ""
    does: frozenset[str] | None = None  # what it may do in the words of `law.acts`; None: not known


def _unknown(_: str) -> int | None:
    return None


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A CheckCatalog as plain data; whatever is left out isn't checked."""

    operations: Mapping[str, OperationFacts] = field(default_factory=_nothing)  # type: ignore[arg-type]
    forms: Mapping[str, FormFacts] = field(default_factory=_nothing)  # type: ignore[arg-type]
    decisions: Mapping[str, TableFacts] = field(default_factory=_nothing)  # type: ignore[arg-type]
    procedures: Mapping[str, ProcedureFacts] | None = None
    starts: Mapping[str, Mapping[str, Shape]] = field(default_factory=_nothing)  # type: ignore[arg-type]
    functions: Collection[str] | None = None
    roles: Collection[str] | None = None
    people: Callable[[str], int | None] = _unknown
    waived: Mapping[str, str] = field(default_factory=_nothing)  # type: ignore[arg-type]
