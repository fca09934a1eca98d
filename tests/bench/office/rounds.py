"""Rounds of work on both installations in turns, so that a drifting machine hits both alike."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
from collections import defaultdict
from typing import Any

import psycopg
from itsdangerous import URLSafeTimedSerializer

from tests.bench.office import busy, cases
from tests.bench.office.sites import Site
from tests.bench.office.waiting import Visitor
from web.launcher.programs import ROOT, environment_of

THINK = 5.0  # seconds between two pages, on average
Times = dict[str, list[float]]


class Crowd:
    """The people watched on one installation: what they may open, what they haven't completed yet."""

    def __init__(self, site: Site, seed: int = 3) -> None:
        self.site = site
        self.chance = random.Random(seed)
        self.left = {str(person): list(tasks) for person, tasks in site.tasks.items()}
        self.times: Times = defaultdict(list)
        self.wrong: dict[str, int] = defaultdict(int)
        self.seconds = 0.0
        self.busy = busy.NOTHING
        with psycopg.connect(site.address) as connection:
            self.plans = [self._plan(connection, each) for each in site.visitors]

    def work(self, seconds: float, think: float = THINK) -> None:
        """One round."""
        for each in self.plans:
            each |= {"tasks": self.left[each["id"]], "seed": self.chance.randrange(2**32)}
        plan = {"port": self.site.port, "seconds": seconds, "think": think, "people": self.plans}
        before = busy.now()
        ran = subprocess.run(
            [sys.executable, "-m", "tests.bench.office.load"], input=json.dumps(plan).encode(), check=True, cwd=ROOT,
            stdout=subprocess.PIPE, env=environment_of(self.site.settings),
        )  # fmt: skip
        done, self.left = json.loads(ran.stdout)
        self.seconds += seconds
        self.busy += busy.now() - before
        for kind, took, status in (each for person in done for each in person):
            if status == 200:
                self.times[kind].append(took)
            else:
                self.wrong[f"{kind} {status}"] += 1

    def forget(self) -> None:
        """Begin to count anew."""
        self.times.clear()
        self.wrong.clear()
        self.seconds = 0.0
        self.busy = busy.NOTHING

    @property
    def per_second(self) -> float:
        """Answers a second, all kinds together."""
        return sum(map(len, self.times.values())) / (self.seconds or 1.0)

    def _plan(self, connection: Any, visitor: Visitor) -> dict[str, Any]:
        office = self.site.offices[visitor.office]
        wide = visitor.role in ("clerk", "leader")
        part = "select document_id from party where person_id = %(me)s or unit_id = %(unit)s"
        seen = "true" if wide else f"id in ({part})"
        given = {"me": visitor.person_id, "agency": office.id, "unit": visitor.unit_id}
        documents = connection.execute(
            f"select id from document where agency_id = %(agency)s and {seen} "
            "order by hashint8extended(id, 7) limit 60",
            given,
        ).fetchall()
        waiting = connection.execute(
            "select id from task where state = 'open' and assignee_id = %(me)s and id >= 20000000", given
        ).fetchall()
        if not waiting or not documents:
            raise RuntimeError(f"{visitor} has nothing to open")
        return {
            "id": str(visitor.person_id), "cookie": f"vanthu={self.session(connection, visitor.person_id)}",
            "documents": [row[0] for row in documents], "waiting": [row[0] for row in waiting],
            "searches": self._searches(), "answers": cases.answers(office, visitor, cases.AT[visitor.role]),
        }  # fmt: skip

    def session_of(self, person_id: int) -> str:
        """The cookie of somebody who has signed in just now."""
        with psycopg.connect(self.site.address) as connection:
            return self.session(connection, person_id)

    def session(self, connection: Any, person_id: int) -> str:
        """The cookie of somebody who has signed in."""
        changed, moment = connection.execute(
            "select password_changed_at, extract(epoch from now())::float8 from person where id = %s", [person_id]
        ).fetchone()
        stamp = changed.isoformat() if changed else ""
        return signed(self.site.settings.secret_key, {"person": person_id, "since": moment, "seen": moment,
                                                      "stamp": stamp, "_permanent": True})  # fmt: skip

    def _searches(self) -> list[dict[str, str]]:
        """What people ask for: mostly a phrase or a number they know, some words everybody uses, some filters."""
        words, chance = self.site.speech.words, self.chance
        found: list[dict[str, str]] = [{"q": words[chance.randrange(0, 10)]} for _ in range(2)]
        found += [{"q": f"{words[chance.randrange(50, 400)]} {words[chance.randrange(50, 400)]}"} for _ in range(3)]
        found += [{"q": f'"{words[chance.randrange(200, 5_000)]}"'} for _ in range(4)]
        found += [{"q": f"{chance.randrange(1001, 1040)}/CV-VP"} for _ in range(3)]
        found.append({"q": f"{chance.randrange(100, 104)}/C"})  # part of a number
        found += [{"q": f"{words[chance.randrange(20, 500)][:3]}*"} for _ in range(2)]
        found += [{"kind": "Báo cáo", "order": "issued"}, {"direction": "incoming", "order": "due"},
                  {"q": words[chance.randrange(10, 200)], "direction": "outgoing", "order": "issued"}]  # fmt: skip
        return found


def signed(key: str, session: dict[str, Any]) -> str:
    """A session as the web would sign it."""
    from flask.sessions import SecureCookieSessionInterface, session_json_serializer

    kind = SecureCookieSessionInterface
    made = URLSafeTimedSerializer(
        [key], salt=kind.salt, serializer=session_json_serializer,
        signer_kwargs={"key_derivation": kind.key_derivation, "digest_method": kind.digest_method},
    )  # fmt: skip
    return str(made.dumps(session))


def p95(times: list[float]) -> float:
    """The 95th percentile."""
    return statistics.quantiles(times, n=20)[-1] if len(times) > 1 else (times or [0.0])[0]


def alternate(crowds: list[Crowd], rounds: int, seconds: float) -> None:
    """Each installation in turns; a first short round warms both and isn't counted."""
    for crowd in crowds:
        crowd.work(min(seconds, 20.0), THINK / 2)
        crowd.forget()
    for _ in range(rounds):
        for crowd in crowds:
            crowd.work(seconds)
