"""What diagrams may call: the agency's own calendar, and the present."""

from __future__ import annotations

from datetime import datetime

import pytest

from engine.bpmn.expressions import FUNCTION_NAMES
from engine.clock import VIETNAM
from engine.instances.timing.functions import functions
from engine.platform import Work, system
from engine.tasks.models import Task
from tests.bpmn_text import END, START, chain, process
from tests.engine.instances.conftest import Office


def due(office: Office, expression: str) -> datetime | None:
    task = f'<bpmn:userTask id="send" name="send" camunda:candidateGroups="clerk" camunda:dueDate="${{{expression}}}"/>'
    office.publish(process("sending", [START, task, END, chain("start", "send", "end")]))
    return office.rows(Task, office.start("sending", {"signed_at": "2026-11-23T09:20:00+07:00"}))[0].due_at


@pytest.mark.parametrize(
    ("expression", "expected"),
    [  # 24/11 is a public holiday since 2026, so the next working day is Wednesday
        ("end_of_morning_next_day(signed_at)", datetime(2026, 11, 25, 11, 30, tzinfo=VIETNAM)),
        ("end_of_next_day(signed_at)", datetime(2026, 11, 25, 17, 0, tzinfo=VIETNAM)),
        ("end_of_morning_next_day(now())", datetime(2026, 11, 25, 11, 30, tzinfo=VIETNAM)),
        ("office_deadline(signed_at, 'PT2H')", datetime(2026, 11, 23, 11, 20, tzinfo=VIETNAM)),
    ],
)
def test_a_task_is_due_by_the_calendar(office: Office, expression: str, expected: datetime) -> None:
    assert due(office, expression) == expected


def test_everything_that_is_declared_is_there(office: Office) -> None:
    def names(work: Work) -> set[str]:
        return set(functions(work, office.agency_id))

    assert office.platform.run(system(), names) == FUNCTION_NAMES
