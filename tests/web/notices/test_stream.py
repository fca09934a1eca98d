"""Counts pushed to open pages: at once when something changes, for a while, only so many at a time."""

from __future__ import annotations

import gc
import json
import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from connectors.notification import live
from connectors.notification.telling import tell_people
from engine.instances import cases
from engine.platform import Platform
from tests import builders
from tests.web.conftest import SignIn
from web.app import create_app
from web.notices import stream

ADDRESS = "/notices/stream"


@pytest.fixture
def client(province: builders.Province, sign_in: SignIn) -> FlaskClient:
    return sign_in(province.department["clerk"])


@pytest.fixture(autouse=True)
def places(monkeypatch: pytest.MonkeyPatch) -> None:
    """Places of this test alone, and short waits."""
    monkeypatch.setattr(stream, "_places", threading.BoundedSemaphore(2))
    monkeypatch.setattr(stream, "SLICE", 0.05)


def said(events: Iterator[bytes]) -> dict[str, object]:
    """The next counts of a stream, whatever else it says before."""
    for event in events:
        if event.startswith(b"data: "):
            found: dict[str, object] = json.loads(event[6:])
            return found
    raise AssertionError("the stream ended")


def test_counts_come_at_once_and_again_when_they_change(
    platform: Platform, province: builders.Province, client: FlaskClient
) -> None:
    answer = client.get(ADDRESS, buffered=False)
    assert answer.mimetype == "text/event-stream"
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    events = iter(answer.response)
    first = said(events)
    assert first == {"boxes": {"mine": 0, "groups": 0, "stand-in": 0, "due-soon": 0}, "bell": 0}
    office = province.department
    platform.run(
        builders.actor(platform, office["leader"]), cases.begin_incoming, agency_id=office.id, subject="Mới", code="1",
        organ_name="UBND", main_file=builders.Upload("a.pdf", builders.pdf("a")),
    )  # fmt: skip
    assert tell_people(platform) > 0
    changed = said(events)
    assert (changed["bell"], changed["boxes"]["groups"]) == (1, 1)  # type: ignore[index]
    answer.close()


def test_only_so_many_are_held_and_a_place_comes_back(client: FlaskClient) -> None:
    held = [client.get(ADDRESS, buffered=False) for _ in range(2)]
    assert [each.status_code for each in held] == [200, 200]
    assert client.get(ADDRESS).status_code == 204
    held[0].close()
    again = client.get(ADDRESS, buffered=False)
    assert again.status_code == 200
    for each in (held[1], again):
        each.close()


def test_a_question_for_the_head_alone_holds_no_place(client: FlaskClient) -> None:
    assert [client.head(ADDRESS).status_code for _ in range(3)] == [200, 200, 200]


def test_an_answer_nobody_closed_gives_its_place_back(client: FlaskClient) -> None:
    for _ in range(3):
        answer = client.get(ADDRESS, buffered=False)
        assert answer.status_code == 200
        del answer
        gc.collect()


def test_a_stream_ends_by_itself(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "SECONDS", 0.0)
    assert client.get(ADDRESS).text == "retry: 3000\n\n"
    assert client.get(ADDRESS).status_code == 200


def test_a_process_that_stops_ends_its_streams(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    stopping = threading.Event()
    monkeypatch.setattr(stream.Process, "stopping", staticmethod(stopping.is_set))
    answer = client.get(ADDRESS, buffered=False)
    events = iter(answer.response)
    assert said(events)
    stopping.set()
    assert list(events) == []
    answer.close()
    assert client.get(ADDRESS).status_code == 204


def test_without_a_queue_pages_ask_by_themselves(platform: Platform, province: builders.Province) -> None:
    platform.settings = replace(platform.settings, redis_url="")
    app = create_app(platform.settings, platform)
    client = app.test_client()
    with client.session_transaction() as session:
        moment = platform.clock.now().timestamp()
        session.update(person=province.department["clerk"].id, since=moment, seen=moment, stamp="")
    assert client.get(ADDRESS).status_code == 204


def test_a_queue_that_does_not_answer_ends_the_stream(
    client: FlaskClient, platform: Platform, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = "redis://127.0.0.1:1/0"
    platform.settings = replace(platform.settings, redis_url=nowhere)
    assert client.get(ADDRESS).text == "retry: 3000\n\n"
    live.announce(nowhere, {1})  # is only logged


def test_it_is_for_people_who_are_signed_in(app: object, client: FlaskClient) -> None:
    assert client.application.test_client().get(ADDRESS).status_code == 302
