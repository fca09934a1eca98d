"""A scenario's table (TOML in a shipped folder, JSON in a version) read into what the walker follows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from engine.bpmn.step import plain
from engine.clock import VIETNAM
from engine.errors import InvalidInput

MORNING = datetime(2026, 11, 23, 8, 15, tzinfo=VIETNAM)  # a Monday; scenarios begin here unless they say otherwise
MOST_STEPS = 300
LONGEST_LIST = 1_000
LONGEST_NAME = 300
_YEARS = (1900, 2200)
Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens: somebody answers, the outside answers, something fails, or time passes.

    `at` is the element that waits, inside a called procedure that is walked in full `call/element`; empty when only
    time passes. `nth` tells lines of the same element apart. `expect` says what the wait has to look like before.
    """

    at: str = ""
    nth: int = 0
    by: int | None = None
    answer: Table | None = None
    results: tuple[Table, ...] | None = None  # of a fan-out, one per line
    error: str | None = None  # a business error with this code
    message: str = "Không làm được."
    failure: str | None = None  # the operation fails for a reason outside: an incident that somebody has to mend
    retry: bool = False  # what failed is tried again and works
    expect: Table = field(default_factory=dict)
    now: datetime | None = None  # time passes until here first
    after: str | None = None  # time passes so long first (ISO 8601)


@dataclass(frozen=True, slots=True)
class Scenario:
    """Answers and expectations; an expectation that is None isn't looked at."""

    key: str
    name: str
    start: str | None = None
    data: Table = field(default_factory=dict)
    document: Table = field(default_factory=dict)
    now: datetime = MORNING
    operations: Mapping[str, tuple[Table, ...]] = field(default_factory=dict)
    walk_into: tuple[str, ...] = ()  # calls whose procedure is walked in full instead of being given its outcome
    steps: tuple[Step, ...] = ()
    ends: tuple[str, ...] | None = None
    results: Table = field(default_factory=dict)  # data at the end
    waiting: tuple[str, ...] | None = None
    path: tuple[str, ...] = ()  # elements passed in this order, others may lie between
    thrown: tuple[Table, ...] | None = ()
    done: tuple[str, ...] = ()
    not_done: tuple[str, ...] = ()
    incidents: tuple[str, ...] = ()


def read_scenario(key: str, table: Any) -> Scenario:
    """The scenario of a table; InvalidInput says in words what in it can't be understood."""
    return _Reader(key, table).scenario()


_STEP_KINDS: Mapping[str, type] = {
    "at": str,
    "nth": int,
    "by": int,
    "answer": dict,
    "results": list,
    "error": str,
    "message": str,
    "failure": str,
    "retry": bool,
    "expect": dict,
    "now": str,
    "after": str,
}
_KINDS: Mapping[str, type] = {
    "name": str,
    "start": str,
    "data": dict,
    "document": dict,
    "now": str,
    "operations": dict,
    "walk_into": list,
    "step": list,
    "end": dict,
    "waiting": list,
    "path": list,
    "thrown": list,
    "done": list,
    "not_done": list,
    "incidents": list,
}
_END_KINDS: Mapping[str, type] = {"at": list, "data": dict}
_SAID: Mapping[type, str] = {
    str: "một chuỗi chữ",
    int: "một số nguyên",
    bool: "đúng hoặc sai",
    list: "một danh sách",
    dict: "một bảng",
}
EXPECTED = frozenset(
    {"due", "given", "assignee", "candidate_groups", "candidate_users", "priority", "correlation", "name", "shares"}
)
_OUTCOMES = ("answer", "results", "error", "failure", "retry")


class _Reader:
    """Reads one table; every fault is a sentence, all of them together one InvalidInput."""

    def __init__(self, key: str, table: Any) -> None:
        self._key = key
        self._faults: dict[str, str] = {}
        self._table = self._checked("kịch bản", table, _KINDS)

    def scenario(self) -> Scenario:
        table = self._table
        end = self._checked("end", table["end"], _END_KINDS) if "end" in table else None
        if not self._faults and not str(table.get("name", "")).strip():
            self._faults["name"] = "Kịch bản phải có tên (name) nói nó thử điều gì."
        steps = table.get("step", [])
        if len(steps) > MOST_STEPS:
            self._faults["step"] = f"Kịch bản có {len(steps)} bước; nhiều nhất {MOST_STEPS} bước."
        found = Scenario(
            key=self._key,
            name=str(table.get("name", ""))[:LONGEST_NAME],
            start=table.get("start") or None,
            data=table.get("data", {}),
            document=table.get("document", {}),
            now=self._moment("now", table["now"]) if "now" in table else MORNING,
            operations={key: self._specials(key, each) for key, each in table.get("operations", {}).items()},
            walk_into=self._texts("walk_into", table),
            steps=tuple(self._step(number, each) for number, each in enumerate(steps[:MOST_STEPS], start=1)),
            ends=self._texts("at", end or {}) if end is not None and "at" in end else None,
            results=end.get("data", {}) if end is not None else {},
            waiting=self._texts("waiting", table) if "waiting" in table else None,
            path=self._texts("path", table),
            thrown=self._thrown(table.get("thrown", [])),
            done=self._texts("done", table),
            not_done=self._texts("not_done", table),
            incidents=self._texts("incidents", table),
        )
        if end is not None and found.waiting is not None:
            self._faults["end"] = "Chỉ ghi một trong hai: kết thúc ở đâu (end), hoặc cuối cùng đang chờ gì (waiting)."
        if self._faults:
            raise InvalidInput(" ".join(self._faults.values()), self._faults)
        return found

    def _step(self, number: int, raw: Any) -> Step:
        where = f"Bước {number}"
        table = self._checked(where, raw, _STEP_KINDS)
        if not table.get("at") and not ("now" in table or "after" in table):
            self._faults[where] = f"{where} phải nêu phần tử đang chờ (at), hoặc khoảng thời gian trôi qua (after)."
        if len([name for name in _OUTCOMES if name in table]) > 1:
            self._faults[where] = f"{where} chỉ ghi được một trong các mục: {', '.join(_OUTCOMES)}."
        for name in set(table.get("expect", {})) - EXPECTED:
            self._faults[where] = f"{where} mong đợi “{name}”, là điều không so được."
        results = table.get("results")
        if results is not None and not all(isinstance(each, Mapping) for each in results):
            self._faults[where] = f"{where}: mỗi kết quả trong results phải là một bảng."
            results = None
        return Step(
            at=table.get("at", ""),
            nth=max(table.get("nth", 0), 0),
            by=table.get("by"),
            answer=table.get("answer"),
            results=None if results is None else tuple(results),
            error=table.get("error"),
            message=table.get("message", "Không làm được."),
            failure=table.get("failure"),
            retry=table.get("retry", False),
            expect=table.get("expect", {}),
            now=self._moment(where, table["now"]) if "now" in table else None,
            after=table.get("after"),
        )

    def _checked(self, where: str, raw: Any, kinds: Mapping[str, type]) -> dict[str, Any]:
        """The known entries of the right kind; the others become faults."""
        if not isinstance(raw, Mapping):
            self._faults[where] = f"{where[0].upper()}{where[1:]} phải là một bảng."
            return {}
        kept = {}
        for name, value in _plain(raw, self._faults).items():
            wanted = kinds.get(name)
            if wanted is None:
                self._faults[f"{where}.{name}"] = f"{where[0].upper()}{where[1:]} có mục “{name}” không được biết đến."
            elif not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
                self._faults[f"{where}.{name}"] = f"Mục “{name}” của {where} phải là {_SAID[wanted]}."
            else:
                kept[name] = value
        return kept

    def _texts(self, name: str, table: Table) -> tuple[str, ...]:
        found = table.get(name, [])
        if not all(isinstance(each, str) for each in found):
            self._faults[name] = f"Mục “{name}” phải là một danh sách các chuỗi chữ."
            return ()
        return tuple(found)

    def _specials(self, key: str, raw: Any) -> tuple[Table, ...]:
        found = raw if isinstance(raw, list) else [raw]
        if not found or not all(isinstance(each, Mapping) for each in found):
            self._faults[key] = f"Kết quả của thao tác “{key}” phải là một bảng, hoặc danh sách các bảng."
            return ()
        return tuple(found)

    def _thrown(self, raw: list[Any]) -> tuple[Table, ...]:
        if not all(isinstance(each, Mapping) and "name" in each for each in raw):
            self._faults["thrown"] = "Mỗi thông điệp trong “thrown” phải là một bảng có tên (name)."
            return ()
        return tuple({"correlation": None, "data": {}, **each} for each in raw)

    def _moment(self, where: str, text: Any) -> datetime:
        found = moment(text)
        if found is None:
            self._faults[where] = f"{where}: “{text!s:.40}” không phải thời điểm, ví dụ 2026-11-23T08:15:00+07:00."
        return found or MORNING


def moment(text: Any) -> datetime | None:
    """The time a text means, Vietnam's where it names no zone; None when it means none."""
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return None
    if not _YEARS[0] <= found.year <= _YEARS[1]:  # beyond, a change of zone or a deadline leaves the calendar
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=VIETNAM)


def _plain(raw: Table, faults: dict[str, str]) -> dict[str, Any]:
    try:
        kept: dict[str, Any] = plain(dict(raw))
    except ValueError as error:
        faults["data"] = f"Kịch bản có giá trị không dùng được: {error}."
        return {}
    if _longest_list(kept) > LONGEST_LIST:
        faults["data"] = f"Kịch bản có danh sách dài hơn {LONGEST_LIST} mục; thử với danh sách ngắn hơn."
        return {}
    return kept


def _longest_list(value: Any) -> int:
    """How many items the longest list inside a value has."""
    inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    own = len(value) if isinstance(value, list) else 0
    return max([own, *map(_longest_list, inner)])
