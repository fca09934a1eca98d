"""Carry out deliveries, handle arrivals, fire timers: woken by RQ, and by a sweep that finds what a queue has lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer
from sqlalchemy import select

from connectors.assembly import make_platform
from connectors.exchange import receive
from engine import inbox, outbox
from engine.errors import PlatformError, TemporaryError
from engine.instances import commands, settle
from engine.instances.models import Subscription
from engine.operations import Outside
from engine.platform import Platform, Work, system
from engine.settings import Settings

log = structlog.get_logger(__name__)
QUEUE = "vanthu"
BATCH = 50


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


def sweep(platform: Platform) -> int:
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
    for arrival_id in arrivals:
        done += _safely(receive.handle, platform, arrival_id)
    for subscription_id in timers:
        done += _safely(_fire, platform, subscription_id)
    for delivery_id in deliveries:
        done += _safely(deliver, platform, delivery_id)
    return done


def drain(platform: Platform, rounds: int = 200) -> int:
    """Sweep until nothing is due; how much was done. For tests and for stopping cleanly."""
    total = 0
    for _ in range(rounds):
        done = sweep(platform)
        if not done:
            return total
        total += done
    return total


def _fire(platform: Platform, subscription_id: int) -> bool:
    return platform.run(system(), commands.fire_timer, subscription_id)


def _safely(step: Callable[[Platform, int], bool], platform: Platform, row_id: int) -> bool:
    """One bad row must not stop the sweep for the others."""
    try:
        return bool(step(platform, row_id))
    except Exception:
        log.exception("sweep step failed", step=step.__name__, row=row_id)
        return False


def wake(redis_url: str) -> Callable[[Sequence[int]], None]:
    """A function that queues wake-ups for deliveries; a queue that doesn't answer is left to the sweep."""
    queue = Queue(QUEUE, connection=Redis.from_url(redis_url), serializer=JSONSerializer)

    def waker(ids: Sequence[int]) -> None:
        try:
            for delivery_id in ids:
                queue.enqueue(run_delivery, delivery_id, result_ttl=0, failure_ttl=3600)
        except RedisError as error:
            log.warning("queue did not take the wake-up; the sweep will find it", error=str(error))

    return waker


_platform: Platform | None = None


def run_delivery(delivery_id: int) -> None:
    """The RQ job: it carries an id and nothing else."""
    assert _platform is not None
    deliver(_platform, delivery_id)


def main(settings: Settings | None = None) -> int:
    """Run one worker until it is told to stop: RQ jobs in this process, the sweep in a thread beside it."""
    global _platform
    settings = settings or Settings.from_environment()
    _platform = make_platform(settings, wake=wake(settings.redis_url))
    stop = threading.Event()
    sweeper = threading.Thread(target=_sweep_until, args=(_platform, stop), name="sweep", daemon=True)
    sweeper.start()
    queue = Queue(QUEUE, connection=Redis.from_url(settings.redis_url), serializer=JSONSerializer)
    worker = SimpleWorker([queue], connection=queue.connection, serializer=JSONSerializer, maintenance_interval=30)
    try:
        worker.work(logging_level="WARNING")
    finally:
        stop.set()
        sweeper.join(timeout=10)
    return 0


def _sweep_until(platform: Platform, stop: threading.Event) -> None:
    while not stop.wait(0 if _safely_sweep(platform) else platform.settings.sweep_seconds):
        pass


def _safely_sweep(platform: Platform) -> int:
    try:
        return sweep(platform)
    except Exception:
        log.exception("sweep failed")
        return 0
