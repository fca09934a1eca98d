"""Kept messages: who could still wait for one, and how one that nobody can wait for any more is ended."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from engine.instances import commands
from engine.instances.mending import messages
from engine.instances.models import PendingMessage
from engine.platform import system
from tests.bpmn_text import END, START, call, catch_message, chain, message, process, user
from tests.engine.instances.conftest import Office

LATE = process(
    "late",
    [START, user("before"), catch_message("answer", "answered", "${case_id}"), user("after"), END,
     chain("start", "before", "answer", "after", "end")],
    message("answered"),
)  # fmt: skip
CALLER = process("caller", [START, user("prepare"), call("follow", "late"), user("wind-up"), END,
                            chain("start", "prepare", "follow", "wind-up", "end")])  # fmt: skip
KEPT = messages.KEPT_AT_LEAST + timedelta(minutes=1)


@pytest.fixture
def wanted(office: Office) -> Callable[[str | None], bool]:
    """Whether anybody could still wait for the answer to a case."""

    def ask(correlation: str | None) -> bool:
        with office.platform.reading() as session:
            return messages.awaited(session, office.agency_id, "answered", correlation, office.clock.now())

    return ask


def kept(office: Office, correlation: str) -> None:
    office.platform.run(
        system(office.agency_id), commands.receive_message, office.agency_id, "answered", correlation, {}
    )


def states(office: Office) -> list[tuple[str | None, bool]]:
    with office.platform.reading() as session:
        rows = session.scalars(select(PendingMessage).order_by(PendingMessage.id))
        return [(row.correlation, row.ended_at is not None) for row in rows]


def test_only_the_case_it_belongs_to_may_still_wait(office: Office, wanted: Callable[[str | None], bool]) -> None:
    office.publish(LATE)
    assert not wanted("7")
    instance_id = office.start("late", {"case_id": "7"})
    assert wanted("7")
    assert not wanted("8")
    assert not wanted(None)
    kept(office, "7")
    office.do(instance_id, "before")
    office.do(instance_id, "after")
    assert not wanted("7"), "the case has ended"


def test_a_key_not_known_yet_may_become_this_one(office: Office, wanted: Callable[[str | None], bool]) -> None:
    office.publish(LATE)
    office.start("late", {})
    assert wanted("7")


def test_a_call_not_reached_yet_may_still_ask(office: Office, wanted: Callable[[str | None], bool]) -> None:
    office.publish(LATE)
    office.publish(CALLER)
    instance_id = office.start("caller", {"case_id": "7"})
    assert wanted("9")
    office.do(instance_id, "prepare")
    assert not wanted("9"), "the called case has begun, and it asks for another key"
    assert wanted("7")


def test_what_nobody_can_wait_for_is_ended_and_stays_as_evidence(office: Office) -> None:
    office.publish(LATE)
    office.start("late", {"case_id": "7"})
    kept(office, "7")
    kept(office, "8")
    assert office.platform.run(system(), messages.end_unawaited) == 0, "too young: the question may still come"
    office.clock.advance(KEPT)
    assert office.platform.run(system(), messages.end_unawaited) == 1
    assert states(office) == [("7", False), ("8", True)]
    assert office.platform.run(system(), messages.end_unawaited) == 0


def test_an_ended_message_is_given_to_nobody(office: Office) -> None:
    office.publish(LATE)
    kept(office, "8")
    office.clock.advance(KEPT)
    office.platform.run(system(), messages.end_unawaited)
    instance_id = office.start("late", {"case_id": "8"})
    office.do(instance_id, "before")
    assert office.open_elements(instance_id) == []
    assert states(office) == [("8", True)]


def test_many_kept_messages_are_looked_through_in_turn(office: Office) -> None:
    office.publish(LATE)
    office.start("late", {"case_id": "0"})
    for number in range(messages.BATCH + 1):
        kept(office, str(number))
    office.clock.advance(KEPT)
    ended = [office.platform.run(system(), messages.end_unawaited) for _ in range(2)]
    assert sum(ended) == messages.BATCH
    assert states(office)[0] == ("0", False)
