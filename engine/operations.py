"""What a service task can do: typed operations, the catalog of them, and their forms.

The input class of an operation is the form an analyst fills in; the element template of the
modeler is generated from it, so the two can't drift apart.
"""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from engine.errors import BusinessError, Conflict, InvalidInput, NotAllowed, NotFound

Kind = Literal[
    "text", "number", "flag", "date", "choice", "list", "document", "register", "dossier", "person", "unit", "agency",
    "data",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Parameter:
    """One input of an operation as an analyst sees it."""

    name: str
    label: str
    kind: Kind
    help: str
    required: bool
    choices: tuple[str, ...]
    annotation: Any


def parameter(
    label: str,
    *,
    kind: Kind = "text",
    help: str = "",
    default: Any = dataclasses.MISSING,
    choices: tuple[str, ...] = (),
    default_factory: Callable[[], Any] | None = None,
) -> Any:
    """Declare one input of an operation: Vietnamese label and help, the kind of field, the default if optional."""
    meta = {"label": label, "kind": kind, "help": help, "choices": choices}
    if default_factory is not None:
        return field(default_factory=default_factory, metadata=meta)
    if default is dataclasses.MISSING:
        return field(metadata=meta)
    return field(default=default, metadata=meta)


@dataclass(frozen=True, slots=True)
class Operation:
    """A typed function that a service task names by key."""

    key: str
    version: int
    name: str
    help: str
    given: type[Any]
    function: Callable[[Any, Any], Any]
    outside: bool
    settle: Callable[[Any, Mapping[str, Any], Any], None] | None
    errors: tuple[str, ...]
    legal_basis: tuple[str, ...]
    parameters: tuple[Parameter, ...]
    retractable: bool = False

    def read(self, given: Mapping[str, Any]) -> Any:
        """Make the input object from mapped process data; InvalidInput names what is missing, unknown or of a wrong
        type.
        """
        problems: dict[str, str] = {}
        known = {p.name: p for p in self.parameters}
        for name in given:
            if name not in known:
                problems[name] = f"Thao tác “{self.name}” không có tham số “{name}”."
        values: dict[str, Any] = {}
        for p in self.parameters:
            if p.name not in given:
                if p.required:
                    problems[p.name] = f"Thiếu tham số “{p.label}”."
                continue
            value = given[p.name]
            if not _fits(value, p.annotation):
                problems[p.name] = f"Tham số “{p.label}” nhận giá trị không đúng kiểu: {value!r}."
            values[p.name] = value
        if problems:
            raise InvalidInput(
                f"Dữ liệu vào của thao tác “{self.name}” chưa đúng: " + " ".join(problems.values()), problems
            )
        return self.given(**values)


def _fits(value: Any, annotation: Any) -> bool:
    """Whether a value from process data has the declared type; ints pass as floats, bools never as ints."""
    origin = get_origin(annotation)
    if annotation is Any:
        return True
    if origin in (Union, types.UnionType):
        return any(_fits(value, a) for a in get_args(annotation))
    if annotation is None or annotation is type(None):
        return value is None
    if origin in (list, tuple):
        inner = get_args(annotation)
        return isinstance(value, (list, tuple)) and (not inner or all(_fits(v, inner[0]) for v in value))
    if (isinstance(origin, type) and issubclass(origin, Mapping)) or annotation in (dict, Mapping):
        return isinstance(value, Mapping)
    if origin is Literal:
        return value in get_args(annotation)
    if annotation is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool)
    if annotation is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, annotation) if isinstance(annotation, type) else True


def _parameters(given: type[Any]) -> tuple[Parameter, ...]:
    hints = get_type_hints(given)
    found = []
    for f in dataclasses.fields(given):
        required = f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
        found.append(
            Parameter(
                f.name,
                f.metadata.get("label", f.name),
                f.metadata.get("kind", "text"),
                f.metadata.get("help", ""),
                required,
                f.metadata.get("choices", ()),
                hints[f.name],
            )
        )
    return tuple(found)


_registered: dict[str, Operation] = {}

Function = typing.TypeVar("Function", bound=Callable[..., Any])


def operation(
    key: str,
    *,
    version: int,
    name: str,
    outside: bool = False,
    settle: Callable[..., None] | None = None,
    errors: Iterable[str] = (),
    legal_basis: Iterable[str] = (),
    retractable: bool = False,
) -> Callable[[Function], Function]:
    """Register a function `(given, work)` (engine) or `(given, outside)` (connector, `outside=True`) under a key.

    `settle(given, result, work)` runs in the transaction that records the result of a connector operation.
    `errors` are the BusinessError codes that a diagram may catch. `retractable`: a step that went through it may be
    taken back: what it wrote is put back (engine/instances/mending), what it told outside may be told once more.
    """

    def register(function: Function) -> Function:
        if key in _registered and _registered[key].function is not function:
            raise ValueError(f"operation {key} is declared twice")
        hints = get_type_hints(function)
        given = hints["given"]
        _registered[key] = Operation(
            key,
            version,
            name,
            (function.__doc__ or "").strip(),
            given,
            function,
            outside,
            settle,
            tuple(errors),
            tuple(legal_basis),
            _parameters(given),
            retractable,
        )
        return function

    return register


@dataclass(frozen=True, slots=True)
class Outside:
    """What a connector operation gets: the idempotency key and the means to read, never to change."""

    delivery_id: int
    attempt: int
    agency_id: int | None
    platform: Any

    @property
    def idempotency_key(self) -> str:
        """The same for every attempt of one delivery."""
        return f"ob-{self.delivery_id}"


class Catalog:
    """The operations an installation offers, by key."""

    def __init__(self, operations: Iterable[Operation]) -> None:
        self._operations = {o.key: o for o in operations}

    @classmethod
    def registered(cls) -> Catalog:
        """All operations whose modules have been imported (engine.catalog and connectors.catalog import them)."""
        return cls(_registered.values())

    def __iter__(self) -> Iterator[Operation]:
        return iter(self._operations.values())

    def __contains__(self, key: object) -> bool:
        return key in self._operations

    def get(self, key: str) -> Operation:
        """The operation of this key; KeyError when it isn't installed."""
        return self._operations[key]


def as_data(result: Any) -> dict[str, Any]:
    """Turn an operation's result (dataclass, mapping or None) into plain process data."""
    if result is None:
        return {}
    if dataclasses.is_dataclass(result) and not isinstance(result, type):
        return dataclasses.asdict(result)
    if isinstance(result, Mapping):
        return dict(result)
    raise TypeError(f"an operation must return a dataclass, a mapping or None, not {type(result).__name__}")


@contextmanager
def drawn_as(code: str) -> Iterator[None]:
    """What the rules refuse becomes this business error, which a diagram may catch; other errors stay incidents."""
    try:
        yield
    except (Conflict, InvalidInput, NotAllowed, NotFound) as refused:
        raise BusinessError(code, str(refused)) from refused
