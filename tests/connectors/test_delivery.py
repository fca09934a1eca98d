"""Whatever dies when: a delivery is carried out, its effect has one key, and the token moves on once."""

from __future__ import annotations

import multiprocessing
import signal
from datetime import timedelta
from pathlib import Path

import pytest
import redis
from sqlalchemy import select

from connectors import worker
from connectors.delivery import carry_out_all
from engine import outbox
from engine.platform import system
from tests.bpmn_text import END, START, chain, inputs_of, process, service, user
from tests.connectors import dying_worker
from tests.engine.instances.conftest import Office, made_office, office  # noqa: F401

pytestmark = pytest.mark.slow  # programs are started

# Each worker is a process of its own, forked from one that has imported the platform once for all of them.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.connectors.dying_worker"])

DIAGRAM = process(
    "writing",
    [
        START,
        service("write", "test.write-line", inputs_of(path="${path}")),
        user("look"),
        END,
        chain("start", "write", "look", "end"),
    ],
)


@pytest.fixture
def case(office: Office, tmp_path: Path) -> tuple[Office, int, int, Path]:  # noqa: F811
    office.publish(DIAGRAM)
    outside = tmp_path / "outside.txt"
    instance_id = office.start("writing", {"path": str(outside)})
    with office.platform.reading() as session:
        delivery_id = session.scalars(select(outbox.Delivery.id)).one()
    return office, instance_id, delivery_id, outside


def run_child(office: Office, delivery_id: int, point: str) -> int | None:  # noqa: F811
    settings, now = office.platform.settings, office.clock.now().isoformat()
    arguments = (settings.database_url, str(office.platform.files.folder), delivery_id, now, point)
    child = PROCESSES.Process(target=dying_worker.deliver, args=arguments)
    child.start()
    child.join()
    return child.exitcode


@pytest.mark.parametrize("point", dying_worker.POINTS)
def test_killed_at_any_point_the_result_is_the_same(case: tuple[Office, int, int, Path], point: str) -> None:
    office, instance_id, delivery_id, outside = case  # noqa: F811
    assert run_child(office, delivery_id, point) == -signal.SIGKILL
    office.clock.advance(timedelta(seconds=office.platform.settings.lease_seconds))
    carry_out_all(office.platform)

    assert set(outside.read_text(encoding="utf-8").split()) == {f"ob-{delivery_id}"}, "every attempt has the same key"
    assert office.open_elements(instance_id) == ["look"]
    assert len([h for h in office.history(instance_id) if h == ("write", "left")]) == 1
    with office.platform.reading() as session:
        assert session.get_one(outbox.Delivery, delivery_id).state == outbox.DONE


def test_before_the_lease_is_over_nobody_else_carries_it(case: tuple[Office, int, int, Path]) -> None:
    office, _, delivery_id, outside = case  # noqa: F811
    run_child(office, delivery_id, "before-effect")
    assert carry_out_all(office.platform) == 0
    assert not outside.exists()


def test_a_wiped_queue_loses_nothing(case: tuple[Office, int, int, Path], redis_url: str) -> None:
    office, instance_id, delivery_id, outside = case  # noqa: F811
    worker.wake(redis_url)([delivery_id])
    with redis.Redis.from_url(redis_url) as queue:
        assert queue.llen("rq:queue:vanthu") == 1
        queue.flushdb()
    carry_out_all(office.platform)
    assert office.open_elements(instance_id) == ["look"]
    assert outside.read_text(encoding="utf-8").split() == [f"ob-{delivery_id}"]


def test_a_queue_that_does_not_answer_is_no_reason_to_fail(case: tuple[Office, int, int, Path]) -> None:
    office, _, delivery_id, _ = case  # noqa: F811
    worker.wake("redis://127.0.0.1:1/0")([delivery_id])
    assert (
        office.platform.run(system(), lambda work: work.session.get_one(outbox.Delivery, delivery_id).state)
        == outbox.WAITING
    )
