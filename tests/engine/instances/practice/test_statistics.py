"""Counts and office time per element: what the heat map of a procedure shows."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import NotAllowed
from engine.instances.commands import cancel_instance
from engine.instances.practice.statistics import Figures, Practice, hottest, practice, share
from tests.bpmn_text import END, START, chain, inputs_of, process, service, user
from tests.engine.instances.conftest import Office

ONE = process("one", [START, user("a"), user("b"), END, chain("start", "a", "b", "end")])
MONDAY = datetime.fromisoformat("2026-11-16T08:00:00+07:00")
HOUR = timedelta(hours=1)


def seen(office: Office, since: datetime = MONDAY - 30 * 24 * HOUR, until: datetime | None = None) -> Practice:
    now = office.clock.now()
    with office.platform.reading() as session:
        return practice(session, office.people["admin"], "one", since, until or now + HOUR, now)


def test_times_are_office_time(office: Office):
    office.publish(ONE)
    office.clock.set(MONDAY)
    case = office.start("one")
    office.clock.set(datetime.fromisoformat("2026-11-17T08:00:00+07:00"))  # one working day later
    office.do(case, "a")
    office.clock.advance(HOUR)
    office.do(case, "b")
    figures = seen(office).figures
    assert figures["a"].median == timedelta(hours=8)
    assert figures["b"].median == HOUR
    assert (figures["a"].finished, figures["a"].standing) == (1, 0)


def test_what_stands_is_late_or_was_stopped_is_counted(office: Office):
    office.publish(process("one", [START, user("a").replace("userTask ", 'userTask camunda:dueDate="PT1H" ', 1), END,
                                   chain("start", "a", "end")]))  # fmt: skip
    office.clock.set(MONDAY)
    stands, stopped, done = office.start("one"), office.start("one"), office.start("one")
    office.clock.advance(2 * HOUR)
    office.do(done, "a")
    office.platform.run(office.people["admin"], cancel_instance, stopped, "Nhập nhầm")
    found = seen(office)
    assert (found.started, found.ended, found.running) == (3, 1, 1)
    a = found.figures["a"]
    assert (a.finished, a.cancelled, a.standing, a.late) == (1, 1, 1, 2)
    assert office.instance(stands).status == "running"


def test_open_incidents_are_shown_at_their_element(office: Office):
    office.publish(
        process("one", [START, service("a", "test.add", inputs_of(a="${0 - 1}")), END, chain("start", "a", "end")])
    )
    office.start("one")
    assert seen(office).figures["a"].incidents == 1


def test_only_the_period_and_the_own_agency_count(office: Office):
    office.publish(ONE)
    office.clock.set(MONDAY)
    case = office.start("one")
    office.do(case, "a")
    office.clock.advance(48 * HOUR)
    later = office.clock.now()
    office.do(case, "b")
    assert "a" not in {e for e, f in seen(office, since=later - HOUR).figures.items() if f.finished}
    assert seen(office, until=later - HOUR).figures["a"].finished == 1
    with office.platform.reading() as session, pytest.raises(NotAllowed):
        practice(session, office.people["stranger"], "one", MONDAY, later, later)


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=50))
def test_nine_of_ten_lie_within_the_ninetieth(minutes: list[int]):
    times = [timedelta(minutes=each) for each in minutes]
    ninetieth = share(times, 0.9)
    assert ninetieth in times
    assert sum(each <= ninetieth for each in times) >= 0.9 * len(times)
    median = share(times, 0.5)
    assert median is not None
    assert ninetieth is not None
    assert median <= ninetieth


def test_heat_is_spread_over_the_steps():
    figures = [Figures(str(n), 1, 0, 0, 0, 0, n * HOUR, n * HOUR) for n in range(1, 9)]
    heat = hottest(figures)
    assert (heat["1"], heat["8"]) == (1, 4)
    assert sorted(heat.values()) == [1, 1, 2, 2, 3, 3, 4, 4]
