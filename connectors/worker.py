"""The worker process: RQ wakes it with a delivery's id, a sweep beside it finds what a queue has lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from connectors.assembly import make_platform
from connectors.delivery import deliver, sweep
from connectors.exchange.receive import handle as handle_arrival
from engine.platform import Platform
from engine.settings import Settings

log = structlog.get_logger(__name__)
QUEUE = "vanthu"


def wake(redis_url: str, job_seconds: int = 180) -> Callable[[Sequence[int]], None]:
    """A function that queues wake-ups for deliveries; a queue that doesn't answer is left to the sweep."""
    queue = Queue(QUEUE, connection=Redis.from_url(redis_url), serializer=JSONSerializer)

    def waker(ids: Sequence[int]) -> None:
        try:
            for delivery_id in ids:
                queue.enqueue(run_delivery, delivery_id, job_timeout=job_seconds, result_ttl=0, failure_ttl=3600)
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
    _platform = make_platform(settings, wake=wake(settings.redis_url, settings.job_seconds))
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
        return sweep(platform, handle_arrival)
    except Exception:
        log.exception("sweep failed")
        return 0
