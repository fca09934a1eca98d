"""`./vanthu bench scenarios`: what it takes to run every scenario of the shipped procedures, and to play one step."""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import time
from typing import Any

from connectors.catalog import catalog
from engine.bpmn import procedure
from engine.definitions.scenarios import Surroundings, coverage, play, prepared, walk_all
from engine.definitions.shipped import read_all


def main(arguments: list[str] | None = None) -> int:
    """Measure every shipped procedure and print a table; `--json FILE` writes the figures too."""
    parser = argparse.ArgumentParser(prog="vanthu bench scenarios")
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args(arguments)
    figures = measure(1 if options.quick else 5)
    for name, row in figures.items():
        cells = "".join(f"{key} {value:>9,.3f}   " for key, value in row.items())
        sys.stdout.write(f"{name:22} {cells}\n")
    if options.json == "-":
        sys.stdout.write(json.dumps(figures, indent=2) + "\n")
    elif options.json:
        with open(options.json, "w", encoding="utf-8") as file:
            json.dump(figures, file, indent=2)
    return 0


def measure(rounds: int) -> dict[str, dict[str, float]]:
    """Seconds by procedure: the first run of all its scenarios with nothing parsed, later runs, one played step."""
    bundles = {bundle.key: bundle for bundle in read_all()}
    around = Surroundings(catalog(), bundles)
    found = {}
    for key, bundle in bundles.items():
        _forget()
        cold = _seconds(lambda bundle=bundle: coverage(bundle, walk_all(bundle, around)))
        warm = [_seconds(lambda bundle=bundle: coverage(bundle, walk_all(bundle, around))) for _ in range(rounds)]
        longest = max(bundle.scenarios.values(), key=lambda table: len(table.get("step", [])))
        played = [_seconds(lambda bundle=bundle, table=longest: play(bundle, table, around)) for _ in range(rounds)]
        found[key] = {
            "scenarios": float(len(bundle.scenarios)),
            "first": cold,
            "later": statistics.median(warm),
            "play": statistics.median(played),
        }
    found["all"] = {name: sum(row[name] for row in found.values()) for name in ("scenarios", "first", "later")}
    return found


def _forget() -> None:
    procedure._compile.cache_clear()
    prepared._made.clear()
    prepared._drawn.cache_clear()


def _seconds(work: Any) -> float:
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
