"""In time, late and open against work that was counted by hand."""

from __future__ import annotations

from datetime import date

from engine.instances.practice.reporting import work
from engine.instances.practice.reporting.periods import Period
from engine.instances.practice.reporting.scope import Scope, scope_of
from engine.instances.practice.reporting.work import Figures, Timeliness
from tests.engine.instances.practice.reporting.conftest import FOURTH, NOW, House


def counted(house: House, scope: Scope, period: Period = FOURTH) -> Timeliness:
    with house.platform.reading() as session:
        return work.tasks(session, scope, period, NOW)


def agency(house: House) -> Scope:
    return scope_of(house.actor(house.counted.clerk))


def test_the_quarter_is_what_was_counted_by_hand(house: House) -> None:
    # exactly at its deadline, over a holiday, for somebody absent | one second late, two from the quarter before
    found = counted(house, agency(house))
    assert found.total == Figures(on_time=3, late=3, open=2, overdue=1, undated=1)
    assert (found.total.total, found.total.done, found.total.share) == (10, 7, 0.5)


def test_what_was_open_at_the_end_of_a_period_is_open_in_it_whatever_became_of_it(house: House) -> None:
    found = counted(house, agency(house), FOURTH.before)
    assert found.total == Figures(open=1, overdue=2)  # the one withdrawn in October still stood in September


def test_by_unit_person_kind_urgency_and_type_of_deadline(house: House) -> None:
    by = counted(house, agency(house)).by
    of_a, of_b = Figures(on_time=3, late=3, undated=1), Figures(open=2, overdue=1)
    assert [(line.label, line.figures) for line in by["unit"]] == [("Phòng A", of_a), ("Phòng B", of_b)]
    assert [(line.label, line.figures) for line in by["person"]] == [
        ("Lê Thị An", of_a), ("Trần Bình", Figures(open=1, overdue=1)), ("Chưa có người nhận", Figures(open=1)),
    ]  # fmt: skip
    one = Figures(on_time=1, late=1)
    assert (by["kind"][0].label, by["kind"][0].figures) == ("Báo cáo", one)
    assert (by["urgency"][0].label, by["urgency"][0].figures) == ("Thượng khẩn", one)
    assert by["kind"][1].label == by["urgency"][1].label == "Không gắn với văn bản"
    assert {line.label: line.figures for line in by["deadline"]} == {
        "Giải quyết văn bản đến": of_a, "Hạn khác theo quy trình": of_b,
    }  # fmt: skip
    total = counted(house, agency(house)).total
    for lines in by.values():
        assert sum((line.figures for line in lines), Figures()) == total


def test_assignments_are_judged_by_their_own_deadlines(house: House) -> None:
    with house.platform.reading() as session:
        found = work.assignments(session, agency(house), FOURTH, NOW)
        own = work.assignments(session, scope_of(house.actor(house.counted.an)), FOURTH, NOW)
        units = work.assignments(session, scope_of(house.actor(house.counted.head)), FOURTH, NOW)
    assert found.total == Figures(on_time=1, overdue=1)  # nothing of who is only told, nothing returned
    assert [line.label for line in found.by["deadline"]] == ["Giải quyết: chủ trì", "Giải quyết: phối hợp"]
    assert (own.total, units.total) == (Figures(overdue=1), Figures(on_time=1))


def test_a_period_without_work_is_empty(house: House) -> None:
    found = counted(house, agency(house), Period(date(2020, 1, 1), date(2020, 1, 31)))
    assert found.total == Figures()
    assert found.total.share is None
    assert set(found.by.values()) == {()}
    assert counted(house, agency(house), Period(date(2030, 1, 1), date(2030, 1, 31))).total.done == 0


def test_whole_agencies_side_by_side(house: House) -> None:
    ids = frozenset({house.counted.clerk.agency_id, house.counted.other.agency_id})
    with house.platform.reading() as session:
        found = work.tasks_by_agency(session, ids, FOURTH, NOW)
    assert found == {
        house.counted.clerk.agency_id: Figures(3, 3, 2, 1, 1), house.counted.other.agency_id: Figures(late=1),
    }  # fmt: skip
