"""A rule of a fan-out that can't be worked out holds the element, not the person who answered."""

from __future__ import annotations

from typing import Any

import pytest

from engine.errors import Conflict
from engine.instances import commands
from engine.instances.mending import commands as mending
from engine.instances.models import Incident
from engine.tasks.models import Task
from tests.bpmn_text import END, START, chain, process, user
from tests.engine.instances.conftest import Office
from tests.engine.instances.test_commands import many


@pytest.fixture
def held(office: Office) -> int:
    """A case of three people whose rule asks for `needed`, which nobody gave."""
    office.publish(
        process(
            "fan",
            [
                START,
                many("opinion", condition="nr_of_completed >= needed"),
                user("sum-up"),
                END,
                chain("start", "opinion", "sum-up", "end"),
            ],
        )
    )
    return office.start("fan", {"people": [1, 2, 3]})


def answer(office: Office, instance_id: int) -> int:
    """Complete the first open line; its task's id."""
    task: Task = next(t for t in office.rows(Task, instance_id) if t.state == "open" and t.element == "opinion")
    office.platform.run(office.people["clerk"], commands.complete_task, task.id, {})
    return task.id


def mend(office: Office, how: Any, *arguments: Any) -> None:
    office.platform.run(office.people["admin"], how, *arguments)


def test_the_answer_stays_and_an_admin_is_told_once(office: Office, held: int) -> None:
    answered = answer(office, held)
    assert {t.id: t.state for t in office.rows(Task, held)}[answered] == "completed"
    (incident,) = office.incidents(held)
    assert (incident.kind, incident.element) == ("completion", "opinion")
    assert "needed" in incident.message
    answer(office, held)
    assert [i.id for i in office.incidents(held)] == [incident.id], "the same cause isn't told twice"
    assert office.open_elements(held) == ["opinion"]


def test_an_admin_gives_the_missing_value_and_the_case_goes_on(office: Office, held: int) -> None:
    answer(office, held)
    mend(office, mending.retry_incident, office.incidents(held)[0].id, {"needed": 2})
    assert office.open_elements(held) == ["opinion", "opinion"], "no line is asked twice"
    assert office.incidents(held) == []
    answer(office, held)
    assert office.open_elements(held) == ["sum-up"]
    assert [t.state for t in office.rows(Task, held)].count("withdrawn") == 1


def test_a_rule_that_holds_after_the_correction_ends_the_element_at_once(office: Office, held: int) -> None:
    answer(office, held)
    mend(office, mending.retry_incident, office.incidents(held)[0].id, {"needed": 1})
    assert office.open_elements(held) == ["sum-up"]
    office.do(held, "sum-up")
    assert office.instance(held).outcome["needed"] == 1, "the correction is part of the case's data"


def test_a_correction_that_does_not_help_is_told_and_keeps_the_incident(office: Office, held: int) -> None:
    answer(office, held)
    (incident,) = office.incidents(held)
    with pytest.raises(Conflict, match="needed"):
        mend(office, mending.retry_incident, incident.id, {})
    assert [i.id for i in office.incidents(held)] == [incident.id]


def test_skipping_ends_the_element_with_the_answers_so_far(office: Office, held: int) -> None:
    answer(office, held)
    mend(office, mending.skip_incident, office.incidents(held)[0].id, "đủ ý kiến rồi")
    assert office.open_elements(held) == ["sum-up"]
    assert [i.state for i in office.rows(Incident, held)] == ["skipped"]


def test_the_last_answer_ends_the_element_whatever_the_rule(office: Office, held: int) -> None:
    for _ in range(3):
        answer(office, held)
    assert office.open_elements(held) == ["sum-up"]
    assert [i.state for i in office.rows(Incident, held)] == ["withdrawn"]
