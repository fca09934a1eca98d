"""Measure and print; see `tests.bench.office`."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from tests.bench.office import paint, papers, rounds
from tests.bench.office.sites import QUICK, Scale, sites

AIMS = {"inbox": 100, "document": 100, "search": 100, "task": 100, "complete": 80, "list": 100}
"""Milliseconds at the 95th percentile, each at most half again what it takes with few documents."""
MOST_TIMES = 1.5


def main(arguments: list[str] | None = None) -> int:
    """Measure and print a table; `--json FILE` writes the figures too."""
    parser = argparse.ArgumentParser(prog="vanthu bench office")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args(arguments)
    figures: dict[str, Any] = {}
    with sites(QUICK if options.quick else Scale(), say) as made:
        crowds = [rounds.Crowd(site) for site in made]
        rounds.alternate(crowds, *((1, 15.0) if options.quick else (3, 45.0)))
        say("rounds are over")
        for crowd in crowds:
            figures |= {f"{crowd.site.documents:,} documents: {name}": value for name, value in summary(crowd).items()}
        figures |= ratios(*crowds)
        say(json.dumps(figures, ensure_ascii=False))  # what follows takes a while
        figures |= papers.measure(crowds[-1])
        figures |= paint.measure(crowds[-1])
    for name, value in figures.items():
        said = f"{value:>12,.2f}" if isinstance(value, float) else f"{value:>12,}" if isinstance(value, int) else value
        sys.stdout.write(f"{name:75} {said}\n")
    if options.json == "-":
        sys.stdout.write(json.dumps(figures, indent=2, ensure_ascii=False) + "\n")
    elif options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(figures, file, indent=2, ensure_ascii=False)
    return 0


def say(line: str) -> None:
    """Tell how far it is."""
    sys.stderr.write(line + "\n")
    sys.stderr.flush()


def summary(crowd: rounds.Crowd) -> dict[str, Any]:
    """What the rounds say of one installation."""
    found: dict[str, Any] = {}
    for kind in AIMS:
        times = crowd.times[kind]
        if times:
            found[f"{kind}, answers"] = len(times)
            found[f"{kind}, median ms"] = sorted(times)[len(times) // 2]
            found[f"{kind}, p95 ms"] = rounds.p95(times)
            found[f"{kind}, worst ms"] = max(times)
    found["answers a second"] = crowd.per_second
    if crowd.busy.there:
        used = crowd.busy
        found["processors used by this, %"] = used.ours / used.there * 100
        found["processors used by anything else, %"] = (used.used - used.ours) / used.there * 100
        found["processor ms for an answer, all programs together"] = (
            used.ours * 1000 / sum(map(len, crowd.times.values()))
        )
    if crowd.wrong:
        found["answers that went wrong"] = str(dict(crowd.wrong))
    return found


def ratios(few: rounds.Crowd, many: rounds.Crowd) -> dict[str, Any]:
    """How each compares with few documents, and what misses its aim."""
    found: dict[str, Any] = {}
    missed = []
    for kind, aim in AIMS.items():
        if few.times[kind] and many.times[kind]:
            p95 = rounds.p95(many.times[kind])
            found[f"{kind}: p95 with many to p95 with few documents"] = times = p95 / rounds.p95(few.times[kind])
            missed += [f"{kind} {p95:.0f} ms"] if p95 > aim else []
            missed += [f"{kind} {times:.2f} times"] if times > MOST_TIMES else []
    return found | {"aims missed": ", ".join(missed) or "none"}


if __name__ == "__main__":
    raise SystemExit(main())
