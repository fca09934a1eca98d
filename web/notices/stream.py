"""Counts pushed to open pages while they are looked at: a stream of events of a minute, then another.

One stream holds one thread of the web server. Only so many are held at a time; whoever comes later, or where no queue
is there to be listened to, is answered 204 and the page goes on asking by itself.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator

from flask import Response, request

from connectors.notification import live
from engine.directory.queries import actor_of
from engine.errors import NotAllowed, NotFound
from engine.notices import queries
from engine.platform import Actor, Platform
from web.notices.routes import screen
from web.session import actor, platform

SECONDS = 50.0  # how long a stream lasts; the page opens the next one
AGAIN = 15.0  # when it counts though it has heard nothing: what colleagues take away is told by nobody
SLICE = 1.0  # how soon it notices that the process is to stop, or (by a heartbeat) that the page has gone
HEARTBEAT = ":\n\n"
MOST = 6  # of the 16 threads of a process

_places = threading.BoundedSemaphore(MOST)


class Process:
    """Whether this process is told to stop: streams then end instead of holding it up; the launcher says how to ask."""

    stopping: Callable[[], bool] = staticmethod(lambda: False)


@screen.get("/notices/stream")
def stream() -> Response:
    """Push the counts of the bell and of the inbox whenever they change."""
    asker, installation = actor(), platform()
    redis_url = installation.settings.redis_url
    if request.method == "HEAD":  # nothing would be read, so nothing would ever be closed
        return Response(mimetype="text/event-stream")
    if not redis_url or Process.stopping() or not _places.acquire(blocking=False):
        return Response(status=204)
    held = _Held(_events(installation, asker, redis_url), _places)
    answer = Response(held, mimetype="text/event-stream")
    answer.call_on_close(held.close)
    answer.headers["X-Accel-Buffering"] = "no"  # nginx passes on what comes as it comes
    return answer


class _Held:
    """The events of a stream; gives its place back once, however it ends."""

    def __init__(self, events: Iterator[str], places: threading.BoundedSemaphore) -> None:
        self._events = events
        self._places = places
        self._open = True

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        return next(self._events)

    def close(self) -> None:
        """End the stream."""
        if self._open:
            self._open = False
            try:
                self._events.close()  # type: ignore[attr-defined]
            finally:
                self._places.release()

    def __del__(self) -> None:
        """Give the place back though nobody closed the answer."""
        self.close()


def _events(installation: Platform, asker: Actor, redis_url: str) -> Iterator[str]:
    yield "retry: 3000\n\n"
    known, changed = "", True
    begun = counted = time.monotonic() - SLICE
    try:
        with live.listening(redis_url, asker.agency_id or 0) as ear:
            while time.monotonic() - begun < SECONDS and not Process.stopping():
                rested = time.monotonic() - counted
                if rested >= AGAIN or (changed and rested >= SLICE):
                    found = _counts(installation, asker)
                    yield f"data: {found}\n\n" if found != known else HEARTBEAT
                    known, changed, counted = found, False, time.monotonic()
                else:
                    yield HEARTBEAT
                changed = ear.wait(SLICE) or changed
    except (live.RedisError, NotFound, NotAllowed):
        return  # nothing to be heard, or nobody to be told any more: the page asks by itself


def _counts(installation: Platform, asker: Actor) -> str:
    """The counts as the sidebar shows them, with the rights the person has now."""
    now = installation.clock.now()
    with installation.reading() as reading:
        found = queries.waiting(reading, actor_of(reading, asker.person_id or 0, now), now)
    filters = {f"kept-{each}": count for each, count in found.filters.items()}
    return json.dumps({"boxes": {**found.boxes, **filters}, "bell": found.unread})
