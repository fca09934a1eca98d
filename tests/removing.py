"""Carrying out what takes bytes out of the store, as a worker does some minutes after the destruction."""

from __future__ import annotations

import os

from sqlalchemy import select

from engine.documents.recall import REMOVE_BYTES
from engine.holding import remove_bytes
from engine.operations import Outside
from engine.outbox import Delivery
from engine.platform import Platform

LONG_AGO = 1_600_000_000  # seconds since 1970


def grown_old(platform: Platform, *hashes: str) -> None:
    """These bytes were put long ago: no transaction under way can be about them."""
    for each in hashes:
        path = platform.files.path(each)
        if path.exists():
            os.utime(path, (LONG_AGO, LONG_AGO))


def carry_out(platform: Platform) -> int:
    """Carry out every removal that was ordered; how many."""
    with platform.reading() as session:
        sent = session.scalars(select(Delivery).where(Delivery.operation == REMOVE_BYTES)).all()
    for each in sent:
        given = platform.catalog.get(REMOVE_BYTES).read(each.given)
        grown_old(platform, *given.hashes)
        remove_bytes(given, Outside(each.id, 1, each.agency_id, platform))
    return len(sent)
