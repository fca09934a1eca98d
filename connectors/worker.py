"""The worker process: RQ wakes it with a delivery's id, a sweep beside it finds what a queue has lost."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Sequence

import structlog
from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.exceptions import StopRequested
from rq.serializers import JSONSerializer

from connectors.assembly import make_platform
from connectors.chores import CHORES_EVERY, do_chores, follow_calendars, make_words
from connectors.delivery import deliver, sweep
from connectors.exchange.receive import handle as handle_arrival
from connectors.notification.telling import tell_people
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


class Bell(SimpleWorker):
    """RQ's worker without its command channel, whose thread sleeps for a minute and would hold up every stop."""

    def subscribe(self) -> None:
        """Nothing is commanded through the queue."""

    def unsubscribe(self) -> None:
        """There is nothing to leave."""

    def _install_signal_handlers(self) -> None:
        """`main` has set its own, before there was anything to stop."""


class _Running:
    """What the RQ job and the signal handler of this process have to know."""

    platform: Platform | None = None
    worker: Bell | None = None
    busy = False


def run_delivery(delivery_id: int) -> None:
    """The RQ job: it carries an id and nothing else."""
    assert _Running.platform is not None
    _Running.busy = True
    try:
        deliver(_Running.platform, delivery_id)
    finally:
        _Running.busy = False


def stop_soon(_number: int, _frame: object) -> None:
    """End after the delivery in hand; at once when there is none."""
    if _Running.busy and _Running.worker is not None:
        _Running.worker._stop_requested = True
        return
    raise StopRequested


def main(settings: Settings | None = None) -> int:
    """Run one worker until it is told to stop: RQ jobs in this process, the sweep in a thread beside it."""
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, stop_soon)
    stop = threading.Event()
    sweeper: threading.Thread | None = None
    try:
        settings = settings or Settings.from_environment()
        platform = make_platform(settings, wake=wake(settings.redis_url, settings.job_seconds))
        _Running.platform = platform
        sweeper = threading.Thread(target=_sweep_until, args=(platform, stop), name="sweep", daemon=True)
        sweeper.start()
        queue = Queue(QUEUE, connection=Redis.from_url(settings.redis_url), serializer=JSONSerializer)
        _Running.worker = Bell([queue], connection=queue.connection, serializer=JSONSerializer, maintenance_interval=30)
        _Running.worker.work(logging_level="WARNING")
    except StopRequested:
        log.info("worker told to stop")
    finally:
        stop.set()
        if sweeper is not None:
            sweeper.join(timeout=10)
    return 0


def _sweep_until(platform: Platform, stop: threading.Event) -> None:
    next_chores = platform.clock.now()
    while not stop.wait(0 if _safely_sweep(platform) else platform.settings.sweep_seconds):
        if platform.clock.now() >= next_chores:
            do_chores(platform)
            next_chores = platform.clock.now() + CHORES_EVERY


def _safely_sweep(platform: Platform) -> int:
    try:
        make_words(platform)
        done = sweep(platform, handle_arrival) + follow_calendars(platform)
        return done + tell_people(platform)
    except Exception:
        log.exception("sweep failed")
        return 0
