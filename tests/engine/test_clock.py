"""The clock everything is given."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from engine.clock import VIETNAM, FixedClock, SystemClock


def test_the_system_clock_is_aware_and_in_utc():
    assert SystemClock().now().tzinfo is UTC


def test_a_fixed_clock_stands_still_until_moved():
    clock = FixedClock(datetime(2026, 11, 23, 9, 0, tzinfo=VIETNAM))
    assert clock.now() == clock.now() == datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
    assert clock.advance(hours=2) == datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
    assert clock.advance(timedelta(days=1)) == clock.now() == datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
    assert clock.set(datetime(2027, 1, 1, tzinfo=VIETNAM)).year == 2026


def test_a_fixed_clock_refuses_to_go_back_and_moments_without_a_zone():
    clock = FixedClock(datetime(2026, 11, 23, tzinfo=UTC))
    with pytest.raises(ValueError, match="only moves forward"):
        clock.advance(seconds=-1)
    with pytest.raises(ValueError, match="without a zone"):
        FixedClock(datetime(2026, 11, 23))
