"""Choices of an inbox count what each would leave under the others."""

from __future__ import annotations

from engine.tasks.filters import Filter, facets

ROWS = [
    (Filter("late", 3, "Ký số", 1), 2),
    (Filter("late", 0, "Tiếp nhận", None), 5),
    (Filter("today", 0, "Ký số", 1), 1),
    (Filter(None, None, "Soạn thảo", 2), 4),
]


def test_without_a_choice_everything_is_counted() -> None:
    found = facets(ROWS, Filter())
    assert found.total == 12
    assert found.choices["due"] == [("late", 7), ("today", 1)]
    assert found.choices["step"] == [("Tiếp nhận", 5), ("Soạn thảo", 4), ("Ký số", 3)]
    assert found.choices["urgency"] == [(0, 6), (3, 2)]
    assert found.choices["unit"] == [(2, 4), (1, 3)]


def test_a_choice_narrows_the_others_and_not_itself() -> None:
    found = facets(ROWS, Filter(step="Ký số"))
    assert found.total == 3
    assert found.choices["due"] == [("late", 2), ("today", 1)]
    assert dict(found.choices["step"]) == {"Tiếp nhận": 5, "Soạn thảo": 4, "Ký số": 3}
    assert found.choices["unit"] == [(1, 3)]


def test_a_choice_that_leaves_nothing_stays_to_be_taken_away() -> None:
    found = facets(ROWS, Filter(urgency=2, due="late"))
    assert found.total == 0
    assert (2, 0) in found.choices["urgency"]
