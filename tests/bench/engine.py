"""`./vanthu bench engine`: the price of a step with history, rights, tasks, outbox and a durable commit each."""

from __future__ import annotations

import argparse
import json
import re
import statistics
import sys
import time
import zlib
from collections.abc import Callable
from functools import partial
from typing import Any

import psycopg
from sqlalchemy import select, text

from engine.instances import commands
from engine.instances.models import Instance
from engine.tasks.models import Task
from tests.bench import bare, diagrams
from tests.bench.stage import PASSWORD, Stage, stage
from web.app import create_app


def main(arguments: list[str] | None = None) -> int:
    """Measure everything and print a table; `--json FILE` writes the figures too."""
    parser = argparse.ArgumentParser(prog="vanthu bench engine")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args(arguments)
    scale = 0.1 if options.quick else 1.0
    with stage(people=501) as ready:
        figures = measure(ready, scale)
    for name, value in figures.items():
        sys.stdout.write(f"{name:45} {value:>14,.3f}\n" if isinstance(value, float) else f"{name:45} {value:>14,}\n")
    if options.json == "-":
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    elif options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(figures, file, indent=2)
    return 0


def measure(ready: Stage, scale: float) -> dict[str, Any]:
    """All figures, by name; times in milliseconds, sizes in bytes."""
    figures: dict[str, Any] = {}
    rounds = max(30, int(600 * scale))
    ours, bare_rate = _alternate(ready, rounds)
    figures["instances_per_second"] = ours
    figures["bare_library_instances_per_second"] = bare_rate
    figures["ratio_to_bare_library"] = ours / bare_rate
    figures |= _long_case(ready, max(5, int(40 * scale)))
    figures |= _web(ready, max(3, int(20 * scale)))
    figures |= _loops(ready, 200 if scale == 1.0 else 50)
    figures |= _fan_out(ready, max(3, int(10 * scale)))
    figures |= _flat(ready, 100_000 if scale == 1.0 else 5_000, max(20, int(200 * scale)))
    return figures


def _alternate(ready: Stage, rounds: int) -> tuple[float, float]:
    """Ours and the bare library in turns, so that a drifting machine hits both alike; medians of both rates."""
    ours, bare_rates = [], []
    _rate(lambda: _start_and_finish(ready), 20)
    with psycopg.connect(ready.settings.database_url.replace("+psycopg", "")) as connection:
        library = bare.Library(connection, diagrams.one_task())
        _rate(lambda: _seconds(library.start_and_finish)[0], 20)
        for _ in range(6):
            ours.append(_rate(lambda: _start_and_finish(ready), rounds // 6))
            bare_rates.append(_rate(lambda: _seconds(library.start_and_finish)[0], rounds // 6))
    return statistics.median(ours), statistics.median(bare_rates)


def _rate(once: Callable[[], float], rounds: int) -> float:
    return rounds / sum(once() for _ in range(rounds))


def _seconds(once: Callable[..., Any], *arguments: Any) -> tuple[float, Any]:
    began = time.perf_counter()
    answer = once(*arguments)
    return time.perf_counter() - began, answer


def _start_and_finish(ready: Stage) -> float:
    """Seconds of both commands; whoever completes a task knows its number, so finding it isn't part of them."""
    run = partial(ready.platform.run, ready.clerk)
    started, instance = _seconds(run, commands.start_instance, "bench-one", ready.agency_id, {"n": 1})
    finished, _ = _seconds(run, commands.complete_task, _open_task(ready, instance.id), {})
    return started + finished


def _open_task(ready: Stage, instance_id: int) -> int:
    with ready.platform.reading() as session:
        return int(session.execute(_OPEN_TASK, {"instance": instance_id}).scalar_one())


_OPEN_TASK = text("select id from task where instance_id = :instance and state = 'open' order by id limit 1")


def _step(ready: Stage, instance_id: int) -> float:
    """Complete the instance's open task; milliseconds."""
    task_id = _open_task(ready, instance_id)
    return _seconds(ready.platform.run, ready.clerk, commands.complete_task, task_id, {})[0] * 1000


def _state_bytes(ready: Stage, instance_id: int) -> int:
    with ready.platform.reading() as session:
        state = session.get_one(Instance, instance_id).state
    return min(len(state), len(zlib.compress(state)))


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _long_case(ready: Stage, cases: int) -> dict[str, Any]:
    times: list[float] = []
    largest = 0
    for _ in range(cases):
        data = {"document_id_text": "1", "again": False, "received_at": "2026-11-23T08:15:00+07:00", "urgency": 1}
        instance = ready.platform.run(ready.clerk, commands.start_instance, "bench-case", ready.agency_id, data)
        for number in range(12):
            times.append(_step(ready, instance.id))
            if number == 10:
                largest = max(largest, _state_bytes(ready, instance.id))
    return {
        "case_step_median_ms": statistics.median(times),
        "case_step_p95_ms": _p95(times),
        "case_state_near_end_bytes": largest,
    }


def _web(ready: Stage, cases: int) -> dict[str, Any]:
    """The same case through the web: completing a task as a signed-in person, with form, checks and redirect."""
    client = create_app(platform=ready.platform).test_client()
    form = {**_proof(client.get("/sign-in").text), "user_name": "nguoi0", "password": PASSWORD}
    signed_in = client.post("/sign-in", data=form)
    assert signed_in.status_code in (302, 303), signed_in.text
    proof = _proof(client.get("/").text)
    times = []
    for _ in range(cases):
        instance = ready.platform.run(
            ready.clerk, commands.start_instance, "bench-case", ready.agency_id, {"again": False}
        )
        for _ in range(12):
            task_id = _open_task(ready, instance.id)
            began = time.perf_counter()
            answer = client.post(f"/tasks/{task_id}", data=proof)
            times.append((time.perf_counter() - began) * 1000)
            assert answer.status_code == 303, answer.text
    return {"web_complete_median_ms": statistics.median(times), "web_complete_p95_ms": _p95(times)}


def _proof(page: str) -> dict[str, str]:
    token = re.search(r'name="csrf[-_]token"[^>]*(?:content|value)="([^"]+)"', page)
    assert token is not None
    return {"csrf_token": token[1]}


def _loops(ready: Stage, loops: int) -> dict[str, Any]:
    instance = ready.platform.run(
        ready.clerk, commands.start_instance, "bench-rework", ready.agency_id, {"done": False}
    )
    times = [_step(ready, instance.id) for _ in range(loops * 2)]
    tenth = max(2, len(times) // 10)
    return {
        f"state_after_{loops}_rework_loops_bytes": _state_bytes(ready, instance.id),
        "rework_last_to_first_step_ratio": statistics.median(times[-tenth:]) / statistics.median(times[:tenth]),
    }


def _fan_out(ready: Stage, rounds: int) -> dict[str, Any]:
    """Completing one of 500 assignees against one of 3, in turns."""
    few, many, state = [], [], 0
    for _ in range(rounds):
        for count, times in ((3, few), (500, many)):
            people = [str(a.person_id) for a in ready.people[1 : count + 1]]
            instance = ready.platform.run(
                ready.clerk, commands.start_instance, "bench-fan-out", ready.agency_id, {"people": people}
            )
            with ready.platform.reading() as session:
                rows = session.execute(
                    select(Task.id, Task.assignee_id).where(Task.instance_id == instance.id).order_by(Task.id).limit(2)
                ).all()
            actors = {a.person_id: a for a in ready.people}
            for task_id, person_id in rows:
                began = time.perf_counter()
                ready.platform.run(actors[person_id], commands.complete_task, task_id, {})
                times.append((time.perf_counter() - began) * 1000)
            if count == 500:
                state = max(state, _state_bytes(ready, instance.id))
    return {
        "one_of_3_ms": statistics.median(few),
        "one_of_500_ms": statistics.median(many),
        "one_of_500_to_one_of_3_ratio": statistics.median(many) / statistics.median(few),
        "state_with_500_assignees_bytes": state,
    }


def _flat(ready: Stage, many: int, rounds: int) -> dict[str, Any]:
    """The same work with few and with many running instances beside it."""
    few_ms = 1000 / _rate(lambda: _start_and_finish(ready), rounds)
    _multiply(ready, many)
    _rate(lambda: _start_and_finish(ready), 20)
    many_ms = 1000 / _rate(lambda: _start_and_finish(ready), rounds)
    return {
        "running_instances": many,
        "few_running_ms": few_ms,
        "many_running_ms": many_ms,
        "many_to_few_running_ratio": many_ms / few_ms,
    }


def _multiply(ready: Stage, many: int) -> None:
    """Copy one running instance with its task, candidates and history as often as asked, inside the database."""
    instance = ready.platform.run(ready.clerk, commands.start_instance, "bench-one", ready.agency_id, {"n": 1})
    copies = {
        "instance": ("id", "select setval(pg_get_serial_sequence('instance', 'id'), max(id)) from instance"),
        "task": ("id", "select setval(pg_get_serial_sequence('task', 'id'), max(id)) from task"),
    }
    with ready.platform.engine.begin() as connection:
        task_id = connection.execute(
            text("select id from task where instance_id = :i"), {"i": instance.id}
        ).scalar_one()
        offsets = {"i": instance.id, "t": task_id, "n": many}
        _copy(connection, "instance", {"id": "id + g"}, "id = :i", offsets)
        _copy(connection, "task", {"id": "id + g", "instance_id": "instance_id + g"}, "id = :t", offsets)
        _copy(connection, "task_candidate", {"task_id": "task_id + g"}, "task_id = :t", offsets)
        _copy(connection, "passage", {"id": None, "instance_id": "instance_id + g"}, "instance_id = :i", offsets)
        for _, reset in copies.values():
            connection.execute(text(reset))
    with ready.platform.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))


def _copy(connection: Any, table: str, changed: dict[str, str | None], where: str, values: dict[str, int]) -> None:
    columns = connection.execute(
        text("select column_name from information_schema.columns where table_name = :t and table_schema = 'public'"),
        {"t": table},
    ).scalars()
    kept = [c for c in columns if changed.get(c, "") is not None]
    names = ", ".join(f'"{c}"' for c in kept)
    sources = ", ".join(str(changed.get(c) or f'"{c}"') for c in kept)
    connection.execute(
        text(f"insert into {table} ({names}) select {sources} from {table}, generate_series(1, :n) g where {where}"),
        {k: v for k, v in values.items() if f":{k}" in where or k == "n"},
    )


if __name__ == "__main__":
    raise SystemExit(main())
