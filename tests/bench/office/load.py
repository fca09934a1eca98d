"""People at work: each opens a page, reads, goes on; a program of its own, so that its own work isn't the server's.

Times are taken from the first byte sent to the last byte of the answer: waiting for a thread of the server is in them.
As in a browser, every page is followed by an attempt at a stream of events, held until the next page.
"""

from __future__ import annotations

import http.client
import json
import random
import re
import socket
import sys
import threading
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

ACTIONS = {"inbox": 30, "document": 25, "search": 15, "task": 12, "complete": 10, "list": 8}
SHORTEST, LONGEST = 1.0, 20.0  # seconds of reading


@dataclass
class Person:
    """One person with a session of their own."""

    port: int
    plan: Mapping[str, Any]
    think: float
    until: float
    times: list[tuple[str, float, int]] = field(default_factory=list)
    stream: socket.socket | None = None
    cookie: str = ""  # once the server has given another

    def work(self) -> None:
        """Act and think until time is up."""
        chance = self.chance = random.Random(self.plan["seed"])
        # Everybody is reading something when it begins: were all to open their first page within one time of reading,
        # those who go on would come on top of them, and what was measured would be that one crowd.
        time.sleep(min(chance.expovariate(1 / self.think), LONGEST))
        while time.monotonic() < self.until:
            action = chance.choices(list(ACTIONS), list(ACTIONS.values()))[0]
            try:
                getattr(self, action)()
                self._beside()
            except OSError:
                self.times.append((action, 0.0, 599))
            time.sleep(min(max(chance.expovariate(1 / self.think), SHORTEST), LONGEST))
        self._leave()

    def inbox(self) -> None:
        """Look at one's own box, or at the group's."""
        self.get("inbox", "/?" + urlencode({"box": self.chance.choice(("mine", "mine", "groups"))}))

    def document(self) -> None:
        """Open a document."""
        self.get("document", f"/documents/{self.chance.choice(self.plan['documents'])}")

    def search(self) -> None:
        """Search for words, as everybody puts them."""
        self.get("search", "/search?" + urlencode(self.chance.choice(self.plan["searches"])))

    def task(self) -> None:
        """Open a task."""
        self.get("task", f"/tasks/{self.chance.choice(self.plan['waiting'])}")

    def list(self) -> None:
        """Look at the newest documents."""
        self.get("list", f"/documents/{self.chance.choice(('incoming', 'outgoing'))}")

    def complete(self) -> None:
        """Open a task, fill in its form and send it."""
        if not self.plan["tasks"]:
            return
        task = self.plan["tasks"].pop()
        page = self.get("task", f"/tasks/{task}")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        version = re.search(r'name="version" value="(\d+)"', page)
        if token is None or version is None:
            self.times.append(("complete", 0.0, 598))
            return
        time.sleep(0.5)
        form = {**self.plan["answers"], "csrf_token": token[1], "version": version[1]}
        self.ask("complete", "POST", f"/tasks/{task}", urlencode(form), expected=303)

    def get(self, kind: str, address: str) -> str:
        """Ask for a page."""
        return self.ask(kind, "GET", address)

    def ask(self, kind: str, method: str, address: str, body: str = "", expected: int = 200) -> str:
        """Ask for a page or send a form; the answer's text."""
        self._leave()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        headers = {"Cookie": self.cookie or self.plan["cookie"]}
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        began = time.perf_counter()
        connection.request(method, address, body or None, headers)
        answer = connection.getresponse()
        said = answer.read()
        took = (time.perf_counter() - began) * 1000
        connection.close()
        self.cookie = (answer.headers["Set-Cookie"] or self.cookie).partition(";")[0]
        self.times.append((kind, took, 200 if answer.status == expected else answer.status + 1000))
        return said.decode(errors="replace")

    def _beside(self) -> None:
        held = socket.create_connection(("127.0.0.1", self.port), timeout=60)
        held.sendall(f"GET /notices/stream HTTP/1.1\r\nHost: x\r\nCookie: {self.cookie}\r\n\r\n".encode())
        if held.recv(12)[-3:] == b"200":
            self.stream = held
        else:
            held.close()

    def _leave(self) -> None:
        if self.stream is not None:
            with suppress(OSError):
                self.stream.close()
            self.stream = None


def main() -> int:
    """Read the plan from standard input, write what it took to standard output."""
    plan = json.load(sys.stdin)
    until = time.monotonic() + plan["seconds"]
    people = [Person(plan["port"], each, plan["think"], until) for each in plan["people"]]
    threads = [threading.Thread(target=each.work) for each in people]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    done = [[each.times for each in people], {each.plan["id"]: each.plan["tasks"] for each in people}]
    json.dump(done, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
