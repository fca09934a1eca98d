"""`./vanthu bench search`: what a search costs with ten thousand documents and with a hundred thousand."""

from __future__ import annotations

import argparse
import json
import random
import statistics
import sys
import time
from bisect import bisect
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import accumulate
from typing import Any

import psycopg

from engine.directory import commands as directory
from engine.documents.searching import commands, queries
from engine.documents.searching.asking import Criteria
from engine.platform import Actor, Work, system
from tests.bench.stage import Stage, stage
from web.app import create_app

AGENCIES = 20  # besides the one that is searched, which holds half of all documents
SYLLABLES = 2_500
WORDS = 20_000  # of two syllables each
ROUNDS = 8


class Speech:
    """Sentences of words of two syllables, the frequent ones as frequent as in a language (Zipf)."""

    def __init__(self) -> None:
        self.chance = random.Random(5)
        starts, ends = (
            ["b", "c", "d", "g", "h", "k", "l", "m", "n", "ng", "nh", "ph", "t", "th", "tr", "v", "x"],
            ["a", "ai", "an", "ang", "ao", "e", "en", "i", "inh", "o", "on", "ong", "u", "uc"],
        )
        made = [
            f"{first}{last}{tone}" for tone in ("", "n", "m", "p", "t", "ch", "y") for first in starts for last in ends
        ]
        self.syllables = made[:SYLLABLES]
        self.chance.shuffle(self.syllables)
        self.words = [f"{self._syllable()} {self._syllable()}" for _ in range(WORDS)]
        self.weights = list(accumulate(1 / rank for rank in range(1, WORDS + 1)))

    def _syllable(self) -> str:
        return self.syllables[min(int(self.chance.paretovariate(0.6)), len(self.syllables)) - 1]

    def say(self, count: int) -> str:
        """So many words."""
        picked = (bisect(self.weights, self.chance.random() * self.weights[-1]) for _ in range(count))
        return " ".join(self.words[each] for each in picked)


def main(arguments: list[str] | None = None) -> int:
    """Measure and print a table; `--json FILE` writes the figures too."""
    parser = argparse.ArgumentParser(prog="vanthu bench search")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args(arguments)
    sizes = (1_000, 4_000) if options.quick else (10_000, 100_000)
    figures: dict[str, Any] = {}
    with stage(people=20) as ready:
        speech, held = Speech(), 0
        others = ready.platform.run(system(), _other_agencies)
        for size in sizes:
            began = time.perf_counter()
            fill(ready, speech, others, held, size)
            figures[f"{size:,} documents: making words, per second"] = (size - held) / (time.perf_counter() - began)
            held = size
            for name, value in measure(ready, speech).items():
                figures[f"{size:,} documents: {name}"] = value
    for name, value in figures.items():
        sys.stdout.write(f"{name:70} {value:>12,.2f}\n")
    if options.json and options.json != "-":
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(figures, file, indent=2)
    elif options.json:
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    return 0


def _other_agencies(work: Work) -> list[int]:
    since = date(2025, 1, 1)
    return [
        directory.add_agency(
            work, f"Cơ quan {n}", abbreviation=f"C{n}", codes={"QD20": f"H99.{n}"}, valid_from=since
        ).id
        for n in range(AGENCIES)
    ]


def fill(ready: Stage, speech: Speech, others: list[int], begin: int, end: int) -> None:
    """Documents with a file each, and what the file says; then their words, as a worker would make them."""
    address = ready.settings.database_url.replace("+psycopg", "")
    with psycopg.connect(address) as connection:
        for table, columns, rows in (
            ("document", DOCUMENT, _documents(speech, ready, others, begin, end)),
            ("attachment", ATTACHMENT, _attachments(begin, end)),
            ("content", "file_hash, state, text, note, reader, read_at", _contents(speech, begin, end)),
            ("party", "document_id, person_id, reason, since", _parties(ready, begin, end)),
        ):
            with connection.cursor().copy(f"copy {table} ({columns}) from stdin") as copy:
                for row in rows:
                    copy.write_row(row)
    while ready.platform.run(system(), commands.refresh, limit=500):
        pass
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("vacuum analyze")


NOW = "2026-11-23 08:00+07"
DOCUMENT = (
    "id, agency_id, direction, status, type_name, code, issued_date, organ_name, subject, language, description, "
    "urgency, secrecy, due_date, signer_name, signer_position, signer_capacity, body, reply_required, "
    "reply_requirement, to_places, source, verification, checks, refusal_reason, result, resolution, frozen, "
    "tombstone, created_at, folded, version"
)
ATTACHMENT = "document_id, part, number, version, current, file_hash, file_name, media_type, size, origin, created_at"


def _documents(speech: Speech, ready: Stage, others: list[int], begin: int, end: int) -> Iterator[tuple[Any, ...]]:
    for number in range(begin, end):
        agency = ready.agency_id if number % 2 else others[number % AGENCIES]
        code, subject = f"{number}/SXD-QLXD", speech.say(8)
        day = date(2020, 1, 1) + timedelta(days=speech.chance.randrange(2400))
        yield (
            1_000_000 + number, agency, "incoming" if number % 3 else "outgoing", "registered",
            _kind(number), code, day, speech.say(2), subject, "Tiếng Việt", "",
            number % 40 // 39, "none", day + timedelta(days=10) if number % 5 == 0 else None, speech.say(1), "", "", "",
            False, "", "", "axis", "{}", "{}", "", "", "", False, "{}", NOW, f"{code.lower()} {subject}", 1,
        )  # fmt: skip


def _kind(number: int) -> str:
    return "Báo cáo" if number % 8 == 1 else "Tờ trình" if number % 997 == 1 else "Công văn"


def _attachments(begin: int, end: int) -> Iterator[tuple[Any, ...]]:
    for number in range(begin, end):
        yield (1_000_000 + number, "main", 1, 1, True, f"{number:064x}", "van-ban.pdf", "application/pdf", 1000,
               "received", NOW)  # fmt: skip


def _contents(speech: Speech, begin: int, end: int) -> Iterator[tuple[Any, ...]]:
    for number in range(begin, end):
        yield f"{number:064x}", "read", speech.say(120), "", commands.READER, NOW


def _parties(ready: Stage, begin: int, end: int) -> Iterator[tuple[Any, ...]]:
    for number in range(begin | 1, end, 2):
        yield 1_000_000 + number, ready.people[2 + number % 18].person_id, "", NOW


def asked(speech: Speech) -> dict[str, list[Criteria]]:
    """Questions of every kind; each is asked once, as people do."""
    chance = random.Random(7)

    def words(low: int, high: int) -> list[str]:
        return [speech.words[chance.randrange(low, high)] for _ in range(ROUNDS)]

    def text(found: list[str], form: str = "{}") -> list[Criteria]:
        return [Criteria(text=form.format(each)) for each in found]

    return {
        "most frequent words": text(words(0, 10)),
        "frequent words, by date": [replace(each, order="issued") for each in text(words(0, 10))],
        "frequent words, one kind": [replace(each, kind="Báo cáo") for each in text(words(0, 10))],
        "middling phrase": text(words(100, 1_000), '"{}"'),
        "rare phrase": text(words(5_000, 20_000), '"{}"'),
        "beginning of a word": [Criteria(text=f"{each[:2]}*") for each in words(0, 1_000)],
        "number": [Criteria(text=f"{chance.randrange(1_000) * 2 + 1}/SXD-QLXD") for _ in range(ROUNDS)],
        "nothing to be found": text(["zz qq xx"] * ROUNDS),
        "filters only, by date": [Criteria(kind="Báo cáo", order="issued")] * ROUNDS,
        "filters only, a rare kind": [Criteria(kind="Tờ trình", order="issued")] * ROUNDS,
        "filters only, a kind never used": [Criteria(kind="Quy chế")] * ROUNDS,
        "filters only, a rare state": [Criteria(status="incoming:returned")] * ROUNDS,
        "filters only, by deadline": [Criteria(direction="incoming", order="due")] * ROUNDS,
        "signer": [Criteria(signer=each) for each in words(0, 1_000)],
    }


def measure(ready: Stage, speech: Speech) -> dict[str, float]:
    """Milliseconds of the whole page as the web answers it: 95th percentile, by kind of question and of person."""
    app = create_app(ready.settings, ready.platform)
    app.config.update(WTF_CSRF_ENABLED=False)
    figures: dict[str, float] = {}
    everything: list[float] = []
    for who, actor in (("clerk", ready.clerk), ("specialist", ready.people[3])):
        client = app.test_client()
        moment = ready.platform.clock.now().timestamp()
        with client.session_transaction() as session:
            session.update(person=actor.person_id, since=moment, seen=moment, stamp=_stamp(ready, actor))
        client.get("/search?q=a")
        for kind, criteria in asked(speech).items():
            times = []
            for each in criteria:
                began = time.perf_counter()
                answer = client.get("/search", query_string=each.plain())
                times.append((time.perf_counter() - began) * 1000)
                assert answer.status_code == 200
            everything += times
            figures[f"{who}: {kind}, median ms"] = statistics.median(times)
            figures[f"{who}: {kind}, worst ms"] = max(times)
    figures["all questions, p95 ms"] = statistics.quantiles(everything, n=20)[-1]
    with ready.platform.reading() as reading:
        figures["found for the most frequent word"] = queries.count(
            reading, ready.clerk, Criteria(text=speech.words[0]), most=1_000_000
        )
    return figures


def _stamp(ready: Stage, actor: Actor) -> str:
    from engine.directory.models import Person

    with ready.platform.reading() as session:
        changed = session.get_one(Person, actor.person_id).password_changed_at
    return changed.isoformat() if changed else ""


if __name__ == "__main__":
    sys.exit(main())
