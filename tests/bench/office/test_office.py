"""What the benchmark makes is what the platform would have made, and the people it watches can work on it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import text

from connectors.assembly import make_platform
from engine.documents import queries as documents
from engine.documents.searching import commands, queries
from engine.documents.searching.asking import Criteria
from engine.instances.practice.reporting import periods, reports
from engine.platform import Platform, system
from engine.settings import Settings
from engine.tasks import queries as tasks
from tests.bench.office import __main__ as office
from tests.bench.office import archive, busy, cases, rounds, town, waiting, words
from tests.bench.search import Speech
from web.app import create_app

SIZE, AGENCIES, PEOPLE = 400, 7, 140


@pytest.fixture
def made(settings: Settings) -> Iterator[tuple[Platform, list[town.Office], list[waiting.Visitor]]]:
    platform = make_platform(settings)
    offices = town.settle(platform, AGENCIES, PEOPLE)
    people = waiting.visitors(offices)
    with psycopg.connect(settings.database_url.replace("+psycopg", "")) as connection:
        words.teach(connection, Speech(), 0.002)
        archive.fill(connection, offices, SIZE, platform.clock.now())
        waiting.open_tasks(connection, offices, people)
    yield platform, offices, people
    platform.engine.dispose()


def test_a_made_up_archive_is_like_one_that_has_grown(made: Any) -> None:
    platform, offices, people = made
    told = "select document_id, words::text, told from document_words where document_id < 2000000 order by document_id"
    with platform.engine.begin() as connection:
        before = connection.execute(text(told)).all()
        connection.execute(text("insert into words_due select id, agency_id from document on conflict do nothing"))
    while platform.run(system(), commands.refresh, limit=200):
        pass
    with platform.reading() as session:
        assert len(before) == SIZE
        assert session.execute(text(told)).all() == before  # the words are those the platform makes
        clerk = cases._actor(platform, offices[0].people["clerk"][0])
        specialist = cases._actor(platform, next(each.person_id for each in people if each.role == "specialist"))
        assert documents.incoming(session, clerk)
        seen, all_of_them = (len(documents.incoming(session, each, limit=100)) for each in (specialist, clerk))
        assert 0 < seen <= all_of_them
        assert queries.find(session, clerk, Criteria(kind="Công văn")).documents
        counts = tasks.counts(session, specialist, platform.clock.now())
        assert counts["mine"] == waiting.OWN
        assert tasks.counts(session, clerk, platform.clock.now())["groups"] == waiting.GROUP
        report = reports.report(
            session, clerk, periods.quarter_of(platform.clock.now().date()).before, platform.clock.now()
        )
        assert report.traffic.received.total > 0 < report.work.total.total
    # and people bring real cases to the steps they will complete
    watched = [next(each for each in people if each.role == role) for role in town.ROLES]
    found = cases.prepare(platform, offices, watched, 1)
    assert {len(found[each.person_id]) for each in watched} == {1}


def test_what_others_use_is_told_apart() -> None:
    before = busy.now()
    began = time.process_time()
    while time.process_time() - began < 0.1:
        pass
    spent = busy.now() - before
    assert 0.05 <= spent.ours <= spent.used + 0.05
    assert spent + busy.NOTHING == spent


def test_percentiles_and_aims() -> None:
    assert rounds.p95([float(each) for each in range(1, 101)]) == pytest.approx(95.95)

    class Few:
        times = {kind: [10.0, 20.0] for kind in office.AIMS}

    class Many:
        times = {kind: [10.0, 200.0] for kind in office.AIMS}

    found = office.ratios(Few(), Many())  # type: ignore[arg-type]
    assert "complete 200 ms" not in found["aims missed"]
    assert found["inbox: p95 with many to p95 with few documents"] > office.MOST_TIMES
    assert "inbox" in found["aims missed"]


def test_a_session_is_signed_as_the_web_signs_it(settings: Settings, tmp_path: Path) -> None:
    app = create_app(settings)
    cookie = rounds.signed(settings.secret_key, {"person": 7})
    with app.test_request_context(headers={"Cookie": f"vanthu={cookie}"}) as context:
        assert dict(context.session) == {"person": 7}
