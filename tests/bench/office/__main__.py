"""Measure and print; see `tests.bench.office`."""

from __future__ import annotations

import argparse
import json
import sys
from typing import Any

from tests.bench.office import papers, rounds
from tests.bench.office.sites import QUICK, Scale, sites

KINDS = ("inbox", "document", "search", "task", "complete", "list", "counts")


def main(arguments: list[str] | None = None) -> int:
    """Measure and print a table; `--json FILE` writes the figures too."""
    parser = argparse.ArgumentParser(prog="vanthu bench office")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args(arguments)
    scale = QUICK if options.quick else Scale()
    figures: dict[str, Any] = {}
    with sites(scale, lambda line: sys.stderr.write(line + "\n") and None) as made:
        crowds = [rounds.Crowd(site) for site in made]
        rounds.alternate(crowds, *((1, 15.0) if options.quick else (3, 60.0)))
        for crowd in crowds:
            figures |= {f"{crowd.site.documents:,} documents: {name}": value for name, value in summary(crowd).items()}
        for kind in KINDS:
            few, many = (rounds.p95(crowd.times[kind]) for crowd in crowds)
            figures[f"{kind}: p95 with many to p95 with few documents"] = many / few if few else 0.0
        figures |= papers.measure(made[1])
    for name, value in figures.items():
        sys.stdout.write(f"{name:70} {value:>12,.2f}\n" if isinstance(value, int | float) else f"{name:70} {value}\n")
    if options.json == "-":
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    elif options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(figures, file, indent=2)
    return 0


def summary(crowd: rounds.Crowd) -> dict[str, Any]:
    """What the rounds say of one installation."""
    found: dict[str, Any] = {}
    for kind in KINDS:
        times = crowd.times[kind]
        if times:
            found[f"{kind}, answers"] = len(times)
            found[f"{kind}, median ms"] = sorted(times)[len(times) // 2]
            found[f"{kind}, p95 ms"] = rounds.p95(times)
            found[f"{kind}, worst ms"] = max(times)
    if crowd.wrong:
        found["answers that went wrong"] = str(dict(crowd.wrong))
    return found


if __name__ == "__main__":
    raise SystemExit(main())
