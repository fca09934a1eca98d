"""What stands in for the world around a scenario: operations, office hours, people to pick, limits."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from datetime import time as clock_time
from typing import Any

from engine.calendar import OfficeCalendar, WeeklyHours
from engine.definitions.shipped import Bundle
from engine.forms.components import Option
from engine.forms.context import Choices
from engine.operations import Catalog

# The facts' placeholder of office hours (section 13.1), Monday to Friday, without holidays: a scenario comes out the
# same in every agency and in every year.
OFFICE = OfficeCalendar(
    tuple(
        WeeklyHours(day, starts, ends)
        for day in range(5)
        for starts, ends in ((clock_time(7), clock_time(11, 30)), (clock_time(13, 30), clock_time(17)))
    )
)
Functions = Mapping[str, Callable[..., Any]]


def office_functions(now: datetime) -> Functions:
    """What the platform hands to expressions, on the office hours of scenarios."""
    return {
        "office_deadline": lambda start, duration: OFFICE.office_deadline(_moment(start), duration),
        "end_of_morning_next_day": lambda start: OFFICE.end_of_morning_next_day(_moment(start)),
        "end_of_next_day": lambda start: OFFICE.end_of_next_day(_moment(start)),
        "now": lambda: now,
    }


def _moment(text: datetime | str) -> datetime:
    return datetime.fromisoformat(text) if isinstance(text, str) else text


class AnyChoice:
    """Offers numbers wherever something of an agency is picked; the first ones by name."""

    def __init__(self, most: int = 600) -> None:
        self._most = most

    def _numbered(self, word: str) -> Sequence[Option]:
        return [Option(number, f"{word} {number}") for number in range(1, self._most + 1)]

    def people(self, narrowing: Mapping[str, str]) -> Sequence[Option]:
        """Return somebody under every number."""
        return self._numbered("Người thử")

    def units(self, narrowing: Mapping[str, str]) -> Sequence[Option]:
        """Return a unit under every number."""
        return self._numbered("Đơn vị thử")

    def agencies(self, narrowing: Mapping[str, str]) -> Sequence[Option]:
        """Return an agency under every number."""
        return self._numbered("Cơ quan thử")

    def documents(self, narrowing: Mapping[str, str]) -> Sequence[Option]:
        """Return a document under every number."""
        return self._numbered("Văn bản thử")

    def registers(self, narrowing: Mapping[str, str]) -> Sequence[Option]:
        """Return a register under every number."""
        return self._numbered("Sổ thử")

    def dossiers(self, narrowing: Mapping[str, str]) -> Sequence[Option]:
        """Return a dossier under every number."""
        return self._numbered("Hồ sơ thử")


@dataclass(frozen=True, slots=True)
class Limits:
    """How far a scenario may go before it is stopped with a sentence."""

    moves: int = 2_000  # calls of the core
    seconds: float = 10.0
    total_seconds: float = 60.0  # for all scenarios of a procedure together
    state_bytes: int = 2_000_000
    open_waits: int = 2_000


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything a walk needs besides the procedure itself; nothing in it reaches outside."""

    catalog: Catalog
    called: Mapping[str, Bundle] = field(default_factory=dict)  # procedures that may be walked in full, by key
    functions: Callable[[datetime], Functions] = office_functions
    choices: Choices = field(default_factory=AnyChoice)  # what answers may name
    offered: Choices = field(default_factory=lambda: AnyChoice(12))  # what a recording offers: a list one can read
    limits: Limits = Limits()
    seconds: Callable[[], float] = time.monotonic
