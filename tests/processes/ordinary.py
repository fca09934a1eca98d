"""What operations answer when nothing special happens, the office hours of scenarios, pickers that offer anything."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, time
from typing import Any

from engine.calendar import OfficeCalendar, WeeklyHours
from engine.forms.components import Option

ORDINARY: Mapping[str, Mapping[str, Any]] = {
    "conversion.render-draft": {"file_hash": "0" * 64, "pages": 2},
    "documents.assign": {},
    "documents.check": {"passed": True, "duplicate": False, "complete": True, "findings": []},
    "documents.destroy": {},
    "documents.file": {},
    "documents.freeze": {},
    "documents.instruct": {"lead_unit": 3, "support_units": [], "due_at": None},
    "documents.issue": {"dispatches": [501, 502], "reply_required": False, "due_at": None},
    "documents.late-dispatch": {"reminders": 1},
    "documents.link-answer": {},
    "documents.number": {
        "number": 125, "code": "125/SXD-QLXD", "issued_date": "2026-11-23", "identifier": "H99.15-2026-125",
    },
    "documents.record-opinion": {"status": "draft", "signer": 5, "urgency": 0},
    "documents.refuse": {},
    "documents.register-incoming": {"number": 41, "arrival_date": "2026-11-23"},
    "documents.resolve": {},
    "documents.set-status": {},
    "exchange.recall": {},
    "exchange.report-status": {},
    "exchange.send": {"transport_id": "axis-1", "acknowledged_at": "2026-11-23T09:00:00+07:00"},
    "signing.seal": {"sealed_at": "2026-11-23T09:40:00+07:00"},
    "signing.sign": {"signed_at": "2026-11-23T09:20:00+07:00"},
    "signing.verify": {"conclusion": "original", "valid": True, "sentence": "Chữ ký số hợp lệ."},
    "tasks.remind": {"tasks": 1},
}  # fmt: skip

# The facts' placeholder of office hours (section 13.1), Monday to Friday, without holidays.
OFFICE = OfficeCalendar(
    tuple(
        WeeklyHours(day, starts, ends)
        for day in range(5)
        for starts, ends in ((time(7), time(11, 30)), (time(13, 30), time(17)))
    )
)


def functions(now: datetime) -> dict[str, Callable[..., Any]]:
    """What the platform hands to expressions."""

    def office_deadline(start: datetime | str, duration: str) -> datetime:
        begun = datetime.fromisoformat(start) if isinstance(start, str) else start
        return OFFICE.office_deadline(begun, duration)

    return {"office_deadline": office_deadline, "now": lambda: now}


class AnyChoice:
    """Offers the numbers 1 to 600 wherever people, units, agencies, documents or registers are picked."""

    def people(self, narrowing: Mapping[str, str]) -> Sequence[Option]:
        """Return somebody under every number."""
        return [Option(number, f"Số {number}") for number in range(1, 601)]

    units = agencies = documents = registers = people
