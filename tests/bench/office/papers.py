"""What takes longer than a page: a report over every agency, a year's register as a file."""

from __future__ import annotations

import re
import statistics
import time
from datetime import date
from typing import Any
from urllib.parse import urlencode

from engine.clock import VIETNAM, SystemClock
from tests.bench.office.load import Person
from tests.bench.office.rounds import Crowd

LONGEST = 900.0  # seconds a file is waited for


def measure(crowd: Crowd) -> dict[str, Any]:
    """Seconds of reports of the quarter before, and of last year's register of the largest agency as PDF."""
    office = crowd.site.offices[0]
    this_year = SystemClock().now().astimezone(VIETNAM).year
    admin = _person(crowd, office.people["specialist"][-1])
    clerk = _person(crowd, office.people["clerk"][-1])
    found: dict[str, Any] = {}
    for name, person, address in (
        ("the quarter's figures of every agency", admin, f"/reports/published?period={this_year}-Q3"),
        ("the quarterly report of the largest agency", clerk, f"/reports/quarterly?period={this_year}-Q3"),
        ("the timeliness of the largest agency", clerk, f"/reports?period={this_year}-Q3"),
    ):
        for _ in range(3):
            person.get(name, address)
        times = [took / 1000 for kind, took, status in person.times if kind == name and status == 200]
        found |= (
            {f"{name}, s": statistics.median(times), f"{name}, worst s": max(times)}
            if len(times) == 3
            else {f"{name}: went wrong": str(person.times[-1])}
        )
    return found | _register(clerk, office.registers["incoming"], this_year - 1)


def _person(crowd: Crowd, person_id: int) -> Person:
    return Person(crowd.site.port, {"cookie": f"vanthu={crowd.session_of(person_id)}", "seed": 0}, 0.0, 0.0)


def _register(clerk: Person, register_id: int, year: int) -> dict[str, Any]:
    """Order it as a clerk does and look at its progress until it is there."""
    page = clerk.get("ask", f"/registers/{register_id}/print?year={year}")
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token is not None
    form = {
        "csrf_token": token[1], "form": "incoming", "format": "pdf",
        "since": f"{date(year, 1, 1):%d/%m/%Y}", "until": f"{date(year, 12, 31):%d/%m/%Y}",
    }  # fmt: skip
    began = time.monotonic()
    clerk.ask("order", "POST", f"/registers/{register_id}/print", urlencode(form), expected=303)
    if clerk.times[-1][2] != 200:  # short ones come at once
        return {"a year's register as PDF, s": time.monotonic() - began}
    shown: list[int] = []
    rows = 0
    while time.monotonic() - began < LONGEST:
        listed = clerk.get("progress", "/registers/prints")
        if (file := re.search(r"/registers/prints/\d+/file", listed)) is not None:
            took = time.monotonic() - began
            clerk.get("file", file[0])
            return {
                "a year's register as PDF, rows": rows, "a year's register as PDF, s": took,
                "a year's register as PDF, times its progress was seen to move": len(shown),
            }  # fmt: skip
        if (seen := re.search(r'<progress max="(\d+)" value="(\d+)"', listed)) is not None:
            rows = int(seen[1])
            if int(seen[2]) > (shown or [0])[-1]:
                shown.append(int(seen[2]))
        time.sleep(0.25)
    return {"a year's register as PDF": "not there in time"}
