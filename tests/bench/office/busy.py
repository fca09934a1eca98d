"""How busy the processors were, with what is measured and with anything else: a crowded machine measures itself."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")


@dataclass(frozen=True)
class Busy:
    """Seconds of processors: all there were, those used by anybody, those used by us and who we started."""

    there: float
    used: float
    ours: float

    def __sub__(self, before: Busy) -> Busy:
        return Busy(self.there - before.there, self.used - before.used, self.ours - before.ours)

    def __add__(self, other: Busy) -> Busy:
        return Busy(self.there + other.there, self.used + other.used, self.ours + other.ours)


NOTHING = Busy(0.0, 0.0, 0.0)


def now() -> Busy:
    """Seconds since the machine started; nothing where there is no /proc."""
    try:
        ticks = [int(each) for each in (PROC / "stat").read_text().splitlines()[0].split()[1:9]]
    except OSError:
        return NOTHING
    second = os.sysconf("SC_CLK_TCK")
    there = sum(ticks) / second
    return Busy(there, there - (ticks[3] + ticks[4]) / second, _ours() / second)


def _ours() -> int:
    """Ticks of this process and all below it, those that have ended and were waited for included."""
    parents: dict[int, int] = {}
    ticks: dict[int, int] = {}
    for entry in PROC.iterdir():
        if not entry.name.isdigit():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        parents[int(entry.name)] = int(fields[1])
        ticks[int(entry.name)] = sum(map(int, fields[11:15]))
    own = os.getpid()
    return sum(count for pid, count in ticks.items() if _below(pid, own, parents))


def _below(pid: int, top: int, parents: dict[int, int]) -> bool:
    while pid in parents and pid != top:
        pid = parents[pid]
    return pid == top
