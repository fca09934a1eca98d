"""Word from the worker to open pages that something has changed in an agency; lost words are made up for by asking."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache

import structlog
from redis import Redis
from redis.exceptions import RedisError

log = structlog.get_logger(__name__)
CHANNEL = "vanthu:changed"


@lru_cache(maxsize=4)
def _client(url: str) -> Redis:
    return Redis.from_url(url, socket_connect_timeout=2, health_check_interval=30)


def announce(redis_url: str, agency_ids: Iterable[int]) -> None:
    """Say that something has changed in these agencies; nobody is waited for and nothing is kept."""
    if not redis_url:
        return
    try:
        for agency_id in agency_ids:
            _client(redis_url).publish(CHANNEL, str(agency_id))
    except RedisError as error:
        log.warning("open pages weren't told of changes; they ask by themselves", error=str(error))


class Listening:
    """A page's ear: waits until its agency has changed, or for so long."""

    def __init__(self, agency_id: int, subscription: object) -> None:
        self._agency = str(agency_id).encode()
        self._subscription = subscription

    def wait(self, seconds: float) -> bool:
        """True when the agency has changed before the time was over; RedisError when nothing can be heard."""
        heard = self._subscription.get_message(ignore_subscribe_messages=True, timeout=seconds)  # type: ignore[attr-defined]
        return heard is not None and heard.get("data") == self._agency


@contextmanager
def listening(redis_url: str, agency_id: int) -> Iterator[Listening]:
    """Listen for changes in an agency; RedisError when the server doesn't answer."""
    subscription = _client(redis_url).pubsub()  # type: ignore[no-untyped-call]
    try:
        subscription.subscribe(CHANNEL)
        yield Listening(agency_id, subscription)
    finally:
        subscription.close()


__all__ = ["Listening", "RedisError", "announce", "listening"]
