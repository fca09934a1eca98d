"""`./vanthu bench flight`: what a preview, a move, the heat map and a replay cost over a thousand cases."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from engine.definitions import commands as definitions
from engine.definitions import queries as versions
from engine.definitions.shipped import Bundle
from engine.instances import commands
from engine.instances.models import MigrationCase
from engine.instances.moving import commands as moving
from engine.instances.moving.impact import impact, readied
from engine.instances.practice.replay import replay
from engine.instances.practice.statistics import practice
from engine.platform import Actor, system
from engine.tasks.models import Task
from tests.bench import diagrams
from tests.bench.stage import Stage, stage

CASES, CLOSED, MOVED = 1_000, 200, 200
KEY = "bench-case"


def main(arguments: list[str] | None = None) -> int:
    """Measure and print a table; `--json FILE` writes the figures too, `-` to the screen."""
    parser = argparse.ArgumentParser(prog="vanthu bench flight")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args(arguments)
    share = 10 if options.quick else 1
    with stage(2) as ready:
        figures = measure(ready, CASES // share, CLOSED // share, MOVED // share)
    for name, value in figures.items():
        sys.stdout.write(f"{name:40} {value:>12,.3f}\n")
    if options.json == "-":
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    elif options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(figures, file, indent=2)
    return 0


def measure(ready: Stage, cases: int, closed: int, moved: int) -> dict[str, float]:
    """Seconds over so many running and closed cases of thirty elements."""
    platform, clerk = ready.platform, ready.clerk
    analyst = dataclasses.replace(clerk, roles=clerk.roles | {"process-analyst"})
    for _ in range(cases):
        platform.run(clerk, commands.start_instance, KEY, ready.agency_id, {"again": False})
    for _ in range(closed):
        _through(ready, clerk)
    with platform.reading() as session:
        old = versions.current(session, KEY, ready.agency_id)
    xml = diagrams.long_case().replace(b'name="step-5"', b'name="step five"')
    draft = platform.run(system(), definitions.save_draft, Bundle(KEY, KEY, xml, {}, {}), None, None)
    new = platform.run(system(), definitions.publish, draft.id).id
    now = platform.clock.now()
    since, until = now - timedelta(days=1), now + timedelta(days=1)
    with platform.reading() as session:
        both = readied(session, analyst, old, new)
        previewing, seen = _timed(lambda: impact(session, analyst, *both, now))
        mapping, _figures = _timed(lambda: practice(session, analyst, KEY, since, until, now))
        replaying, played = _timed(lambda: replay(session, analyst, KEY, both[1], since, until))
    moving_one = _moved(ready, analyst, old, new, moved)
    return {
        "running cases previewed": seen.tried,
        "of these movable": seen.movable,
        "preview, seconds": previewing,
        "moving one case, milliseconds": moving_one * 1000,
        "heat map, seconds": mapping,
        "closed cases replayed": played.tried,
        "of these told apart": played.tried - played.unclear,
        "replay, seconds": replaying,
    }


def _through(ready: Stage, clerk: Actor) -> None:
    """One case from its start to its end."""
    platform = ready.platform
    instance_id = platform.run(clerk, commands.start_instance, KEY, ready.agency_id, {"again": False}).id
    while True:
        with platform.reading() as session:
            task = session.scalar(select(Task.id).where(Task.instance_id == instance_id, Task.state == "open"))
        if task is None:
            return
        platform.run(clerk, commands.complete_task, task, {})


def _moved(ready: Stage, analyst: Actor, old: int, new: int, cases: int) -> float:
    """Seconds a case takes to go over, each in a transaction of its own."""
    platform = ready.platform
    migration = platform.run(analyst, moving.begin_migration, old, new)
    with platform.reading() as session:
        rows = select(MigrationCase.id).where(MigrationCase.migration_id == migration.id)
        ids = session.scalars(rows.order_by(MigrationCase.id).limit(cases)).all()
    took, _ = _timed(lambda: [platform.run(analyst, moving.move_case, each) for each in ids])
    return took / len(ids)


def _timed(call: Callable[[], Any]) -> tuple[float, Any]:
    begun = time.perf_counter()
    found = call()
    return time.perf_counter() - begun, found


if __name__ == "__main__":
    raise SystemExit(main())
