"""Pages ask the database a few questions, however long the lists are."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import event, select

from engine.instances import cases
from engine.platform import Platform
from engine.tasks.models import Task
from tests import builders
from tests.web.conftest import SignIn

STATIC = Path(__file__).parents[2] / "web" / "static"


@contextmanager
def counted(platform: Platform) -> Iterator[list[str]]:
    """Collect the statements sent to the database."""
    sent: list[str] = []

    def listen(_connection, _cursor, statement, *_rest) -> None:
        sent.append(statement)

    event.listen(platform.engine, "before_cursor_execute", listen)
    try:
        yield sent
    finally:
        event.remove(platform.engine, "before_cursor_execute", listen)


def arrive(platform: Platform, office: builders.Office, how_many: int) -> None:
    clerk = builders.actor(platform, office["clerk"])
    for number in range(how_many):
        platform.run(
            clerk, cases.begin_incoming, agency_id=office.id, subject=f"Văn bản {number}", code=f"{number}/UBND",
            organ_name="UBND",
        )  # fmt: skip


def test_lists_cost_the_same_however_long(platform: Platform, province: builders.Province, sign_in: SignIn) -> None:
    office = province.department
    client = sign_in(builders.person(platform, office.agency, "clerk", "agency-admin"))
    pages = ("/?box=groups", "/documents/incoming", "/documents/outgoing", "/instances", "/people", "/tasks/counts")
    arrive(platform, office, 2)
    costs: list[dict[str, int]] = []
    for _ in range(2):
        cost = {}
        for where in pages:
            client.get(where)
            with counted(platform) as sent:
                assert client.get(where).status_code == 200
            cost[where] = len(sent)
        costs.append(cost)
        arrive(platform, office, 12)
    assert costs[0] == costs[1]
    assert max(costs[0].values()) <= 16, costs[0]


def test_what_is_done_costs_the_same_however_much(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    office = province.department
    client = sign_in(office["clerk"])
    costs: list[int] = []
    for how_many in (2, 6):
        arrive(platform, office, how_many)
        with platform.reading() as session:
            waiting = session.scalars(
                select(Task.id).where(Task.state == "open", Task.name == "Tiếp nhận văn bản")
            ).all()
        for task_id in waiting:
            assert client.post(f"/tasks/{task_id}", data={"decision": "accept"}).status_code == 303
        client.get("/tasks/done")
        with counted(platform) as sent:
            page = client.get("/tasks/done").text
        assert page.count('class="row-link"') == sum((2, 6)[: len(costs) + 1])
        costs.append(len(sent))
    assert costs[0] == costs[1]
    assert costs[0] <= 22, costs


def test_completing_a_task_is_a_short_conversation(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    arrive(platform, province.department, 1)
    client = sign_in(province.department["clerk"])
    with platform.reading() as session:
        task = session.scalars(select(Task)).one()
    task_id = task.id
    client.get(f"/tasks/{task_id}")
    with counted(platform) as sent:
        page = client.get(f"/tasks/{task_id}")
    assert 'id="count-groups">1<' in page.text  # what waits stands in the page: nothing asks for it afterwards
    assert len(sent) <= 14, "\n".join(sent)
    with counted(platform) as sent:
        assert client.get(f"/documents/{task.document_id}").status_code == 200
    assert any("INSERT INTO seen_today" in each for each in sent)
    with counted(platform) as sent:
        assert client.get(f"/documents/{task.document_id}").status_code == 200
    assert not any(each.startswith(("INSERT", "UPDATE")) for each in sent)  # it has been noted today
    assert len(sent) <= 14, "\n".join(sent)
    with counted(platform) as sent:
        assert client.post(f"/tasks/{task_id}", data={"decision": "accept"}).status_code == 303
    assert len(sent) <= 12, "\n".join(sent)  # ten today


def test_what_every_page_loads_stays_small() -> None:
    if not (STATIC / "manifest.json").exists():
        pytest.skip("the browser bundles are not built")
    manifest = json.loads((STATIC / "manifest.json").read_text(encoding="utf-8"))
    script = len(gzip.compress((STATIC / manifest["app.js"]).read_bytes()))
    assert script <= 30 * 1024
    assert len(gzip.compress((STATIC / manifest["app.css"]).read_bytes())) <= 20 * 1024
