"""Packs the state of an instance into few bytes and back; the definition is never part of it."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from engine.bpmn.joins import Data, Path
from engine.errors import PlatformError

VERSION = 1

Frame = tuple[str, int]  # the token that holds an inner scope, and which of its instances

# From an older layout to the next one: {1: one_to_two}. Layouts already written to a database stay readable.
MIGRATIONS: dict[int, Callable[[Any], Any]] = {}


class UnreadableState(PlatformError):
    """The stored state of an instance isn't one, or is newer than this software."""


@dataclass(slots=True)
class TokenState:
    """One token: where it stands and what it knows."""

    id: str
    node: str
    state: int
    data: Data
    path: Path = ()
    marks: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class ScopeState:
    """One running scope: its tokens, its open forks and its ended branches."""

    spec: str
    frame: Frame | None
    tokens: list[TokenState] = field(default_factory=list)
    forks: dict[int, Data] = field(default_factory=dict)
    ended: list[tuple[Data, Data, int]] = field(default_factory=list)  # values before and after, and when
    main: Data | None = None


@dataclass(slots=True)
class Snapshot:
    """An instance between two steps; scopes outermost first."""

    counter: int
    scopes: list[ScopeState]
    data: Data
    ended: bool = False


class _Table:
    """Data shared by several tokens is written once."""

    def __init__(self) -> None:
        self.rows: list[Data] = []
        self._places: dict[int, int] = {}

    def place(self, data: Data) -> int:
        found = self._places.get(id(data))
        if found is None:
            found = self._places[id(data)] = len(self.rows)
            self.rows.append(data)
        return found


def pack(snapshot: Snapshot) -> bytes:
    """A version byte and compressed JSON."""
    table = _Table()
    root = table.place(snapshot.data)
    scopes = [_pack_scope(scope, table) for scope in snapshot.scopes]
    layout = [snapshot.counter, int(snapshot.ended), root, scopes, *_share(table.rows)]
    text = json.dumps(layout, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return bytes([VERSION]) + zlib.compress(text.encode(), 6)


def _share(rows: list[Data]) -> tuple[list[Any], list[Any]]:
    """Rows of data, and the lists and maps several of them hold, written once: [the rest, {name: place}]."""
    if len(rows) == 1:
        return rows, []
    seen: dict[int, int] = {}
    for row in rows:
        for value in row.values():
            if isinstance(value, list | dict):
                seen[id(value)] = seen.get(id(value), 0) + 1
    places: dict[int, int] = {}
    shared: list[Any] = []
    packed: list[Any] = []
    for row in rows:
        common = {name: id(value) for name, value in row.items() if seen.get(id(value), 0) > 1}
        for name, key in common.items():
            if key not in places:
                places[key] = len(shared)
                shared.append(row[name])
        rest = {name: value for name, value in row.items() if name not in common}
        packed.append([rest, {name: places[key] for name, key in common.items()}] if common else row)
    return packed, shared


def _unshare(rows: list[Any], shared: list[Any]) -> list[Data]:
    return [
        row if isinstance(row, dict) else {**row[0], **{name: shared[place] for name, place in row[1].items()}}
        for row in rows
    ]


def _pack_scope(scope: ScopeState, table: _Table) -> list[Any]:
    tokens = []
    for token in scope.tokens:
        row: list[Any] = [token.id, token.node, token.state, table.place(token.data)]
        if token.path or token.marks:
            row.append(token.path)
        if token.marks:
            row.append(token.marks)
        tokens.append(row)
    packed: list[Any] = [scope.spec, scope.frame, tokens]
    if scope.forks or scope.ended or scope.main is not None:
        packed.append([(fork, table.place(data)) for fork, data in scope.forks.items()])
        packed.append([(table.place(before), table.place(after), count) for before, after, count in scope.ended])
    if scope.main is not None:
        packed.append(table.place(scope.main))
    return packed


def unpack(state: bytes) -> Snapshot:
    """Read what `pack` wrote, in this or an older layout; raises UnreadableState."""
    if not state or not 0 < state[0] <= VERSION:
        raise UnreadableState("Không đọc được trạng thái đã lưu của hồ sơ thủ tục này.")
    try:
        layout = json.loads(zlib.decompress(state[1:]))
    except (zlib.error, ValueError) as error:
        raise UnreadableState("Trạng thái đã lưu của hồ sơ thủ tục này bị hỏng.") from error
    for version in range(state[0], VERSION):
        layout = MIGRATIONS[version](layout)
    counter, ended, root, scopes, packed, shared = layout
    rows = _unshare(packed, shared)
    return Snapshot(counter, [_unpack_scope(scope, rows) for scope in scopes], rows[root], bool(ended))


def _unpack_scope(packed: list[Any], rows: list[Data]) -> ScopeState:
    spec, frame, rows_of_tokens = packed[:3]
    tokens = [
        TokenState(
            row[0], row[1], row[2], rows[row[3]], tuple(row[4]) if len(row) > 4 else (), row[5] if len(row) > 5 else {}
        )
        for row in rows_of_tokens
    ]
    scope = ScopeState(spec, None if frame is None else (frame[0], frame[1]), tokens)
    if len(packed) > 3:
        scope.forks = {fork: rows[place] for fork, place in packed[3]}
        scope.ended = [(rows[before], rows[after], count) for before, after, count in packed[4]]
    if len(packed) > 5:
        scope.main = rows[packed[5]]
    return scope
