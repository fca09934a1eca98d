"""What one step of an instance answers: what is wanted next, what happened, what went wrong."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Literal

from engine.errors import Conflict, PlatformError

WaitKind = Literal["user_task", "operation", "decision", "call", "timer", "message", "signal"]


class Uncaught(PlatformError):
    """An error that no boundary event and no event sub-process catches; the state is unchanged."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message or f"Lỗi nghiệp vụ «{code}» không được xử lý ở đâu trong sơ đồ.")
        self.code = code


class UnknownToken(Conflict):
    """The wait isn't open any more (done, withdrawn) or never was."""

    def __init__(self, token: str) -> None:
        super().__init__("Bước này đã xong hoặc đã được thu hồi, không còn chờ xử lý.")
        self.token = token


@dataclass(frozen=True, slots=True)
class Repeat:
    """A timer that fires again: how often still after this time (None: without end) and how far apart."""

    remaining: int | None
    interval: str


@dataclass(frozen=True, slots=True)
class Share:
    """One item of a fan-out, with everything that may differ from item to item."""

    item: Any
    given: dict[str, Any]
    name: str = ""
    assignee: str | None = None
    candidate_groups: tuple[str, ...] = ()
    candidate_users: tuple[str, ...] = ()
    due: datetime | None = None
    priority: int | None = None


@dataclass(frozen=True, slots=True)
class FanOut:
    """A multi-instance wait: one wait here, one row per item at the platform.

    `completion` is CEL over nr_of_instances, nr_of_completed and results; see `run.fan_out_done`.
    """

    items: tuple[Any, ...]
    item_variable: str
    sequential: bool = False
    completion: str | None = None
    output: str | None = None
    shares: tuple[Share, ...] = ()


@dataclass(frozen=True, slots=True)
class Wait:
    """Something the instance waits for; `token` is what `complete` takes."""

    token: str
    element: str
    kind: WaitKind
    given: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    correlation: str | None = None
    due: datetime | None = None
    repeat: Repeat | None = None
    assignee: str | None = None
    candidate_groups: tuple[str, ...] = ()
    candidate_users: tuple[str, ...] = ()
    priority: int | None = None
    form: str | None = None
    fan_out: FanOut | None = None
    host: str | None = None  # for a boundary event: the token of the activity it is attached to
    interrupting: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A line of the history: a token came to an element, left it or was taken away there."""

    element: str
    event: Literal["entered", "left", "cancelled"]
    token: str
    flow: str | None = None  # entered: the sequence flow it came by


@dataclass(frozen=True, slots=True)
class Thrown:
    """Something the diagram sends out; the platform delivers it, also back to this instance."""

    kind: Literal["message", "signal", "escalation", "error"]
    name: str
    correlation: str | None = None
    data: dict[str, Any] = field(default_factory=dict)
    element: str = ""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a token can't move; it stays where it is until `retry`.

    Codes: "expression", "no-branch", "join-conflict", "value", "endless", "stuck".
    """

    element: str
    token: str
    code: str
    message: str
    details: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """The new state and everything the platform has to do because of it."""

    state: bytes
    ended: bool
    data: dict[str, Any]
    opened: tuple[Wait, ...] = ()
    closed: tuple[str, ...] = ()
    passages: tuple[Passage, ...] = ()
    thrown: tuple[Thrown, ...] = ()
    incidents: tuple[Trouble, ...] = ()


MAX_NESTING = 50
MAX_INTEGER = 2**63  # what CEL and the database hold


def plain(value: Any, depth: int = 0) -> Any:
    """A copy of `value` that shares nothing and holds only what JSON can; raises ValueError otherwise.

    Times become ISO 8601 text, tuples lists, keys text.
    """
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, int):
        if not -MAX_INTEGER <= value < MAX_INTEGER:
            raise ValueError("số nguyên quá lớn")
        return value
    if depth > MAX_NESTING:
        raise ValueError("dữ liệu lồng nhau quá sâu")
    if isinstance(value, dict):
        return {_text(str(key)): plain(each, depth + 1) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each, depth + 1) for each in value]
    if isinstance(value, float):
        if value != value or value in (float("inf"), float("-inf")):
            raise ValueError("số không xác định")
        return value
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, timedelta):
        return iso_duration(value)
    raise ValueError(f"giá trị kiểu {type(value).__name__}")


def _text(value: str) -> str:
    """Text that UTF-8 and PostgreSQL can hold."""
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError as error:
            raise ValueError("ký tự không hợp lệ") from error
    if "\0" in value:
        raise ValueError("ký tự NUL")
    return value


def iso_duration(value: timedelta) -> str:
    """A timedelta as ISO 8601 text, in days and seconds."""
    sign = "-" if value < timedelta(0) else ""
    value = abs(value)
    seconds = f"{value.seconds}.{value.microseconds:06d}".rstrip("0") if value.microseconds else str(value.seconds)
    days = f"{value.days}D" if value.days else ""
    clock = f"T{seconds}S" if value.seconds or value.microseconds or not days else ""
    return f"{sign}P{days}{clock}"
