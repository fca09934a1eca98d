"""Carry out what is due: deliveries, arrivals, timers; one at a time or all at once. No queue is needed for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import structlog
from sqlalchemy import select

from engine import inbox, outbox
from engine.errors import PlatformError, TemporaryError
from engine.instances import commands, settle
from engine.instances.models import Subscription
from engine.operations import Outside
from engine.platform import Platform, Work, system

log = structlog.get_logger(__name__)
BATCH = 50

ArrivalHandler = Callable[[Platform, int], bool]


def deliver(platform: Platform, delivery_id: int) -> bool:
    """Carry out one delivery: claim in one transaction, call outside of any, settle in another.

    Safe to run twice and to die anywhere: the lease brings it back, the idempotency key makes a repeat harmless.
    """
    lease = timedelta(seconds=platform.settings.lease_seconds)
    claimed = platform.run(system(), claim, delivery_id, lease)
    if claimed is None:
        return False
    key, given, agency_id, attempt = claimed
    who = system(agency_id)
    try:
        operation = platform.catalog.get(key)
        result = operation.function(operation.read(given), Outside(delivery_id, attempt, agency_id, platform))
    except PlatformError as error:
        platform.run(who, settle.fail_delivery, delivery_id, attempt, error)
        return True
    except Exception as error:
        log.exception("delivery failed unexpectedly", delivery=delivery_id, operation=key)
        unexpected = TemporaryError(f"Lỗi ngoài dự kiến: {type(error).__name__}")
        platform.run(who, settle.fail_delivery, delivery_id, attempt, unexpected)
        return True
    try:
        platform.run(who, settle.settle_delivery, delivery_id, attempt, result)
    except Exception as error:
        # the outside has done its part; what comes back is kept for the next try under the same key
        log.exception("delivery could not be settled", delivery=delivery_id, operation=key)
        unsettled = TemporaryError(f"Chưa ghi nhận được kết quả: {error}")
        platform.run(who, settle.fail_delivery, delivery_id, attempt, unsettled)
    return True


def claim(work: Work, delivery_id: int, lease: timedelta) -> tuple[str, dict[str, Any], int | None, int] | None:
    """Take a delivery for the length of the lease; what has to be called, or None."""
    row = outbox.claim(work.session, delivery_id, work.now, lease)
    return None if row is None else (row.operation, dict(row.given), row.agency_id, row.attempts)


def sweep(platform: Platform, handle_arrival: ArrivalHandler | None = None) -> int:
    """Look once for everything due that nobody was woken for; how much was found and done."""
    done = 0
    now = platform.clock.now()
    with platform.reading() as session:
        deliveries = list(outbox.due(session, now, BATCH))
        arrivals = list(inbox.waiting(session, now, BATCH))
        timers = list(
            session.scalars(
                select(Subscription.id)
                .where(Subscription.kind == "timer", Subscription.due_at <= now)
                .order_by(Subscription.due_at)
                .limit(BATCH)
            )
        )
    if handle_arrival is not None:
        done += sum(_safely(handle_arrival, platform, arrival_id) for arrival_id in arrivals)
    for subscription_id in timers:
        done += _safely(_fire, platform, subscription_id)
    for delivery_id in deliveries:
        done += _safely(deliver, platform, delivery_id)
    return done


def carry_out_all(platform: Platform, handle_arrival: ArrivalHandler | None = None, rounds: int = 200) -> int:
    """Sweep until nothing is due; how much was done. For tests and for stopping cleanly."""
    total = 0
    for _ in range(rounds):
        done = sweep(platform, handle_arrival)
        if not done:
            return total
        total += done
    return total


def _fire(platform: Platform, subscription_id: int) -> bool:
    try:
        return platform.run(system(), commands.fire_timer, subscription_id)
    except Exception as error:
        log.exception("timer failed", subscription=subscription_id)
        platform.run(system(), settle.postpone_timer, subscription_id, f"{type(error).__name__}: {error}"[:2000])
        return False


def _safely(step: ArrivalHandler, platform: Platform, row_id: int) -> bool:
    """One bad row must not stop the sweep for the others."""
    try:
        return bool(step(platform, row_id))
    except Exception:
        log.exception("sweep step failed", step=getattr(step, "__name__", str(step)), row=row_id)
        return False
