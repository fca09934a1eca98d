"""Files, functions, classes and folders stay small enough to be read at once (design, section 2)."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

from tests.rules.sources import name, python_files, source

FILE, FUNCTION, METHODS, ENTRIES = 600, 60, 15, 15
WANTED_FILE, WANTED_FUNCTION = 400, 40
MOST_OVER_WANTED = 0.05
"""How many files and functions may lie between what is wanted and what is allowed."""


def test_no_file_is_too_long():
    assert {name(path): size for path in python_files() if (size := length(path)) > FILE} == {}


def test_few_files_are_longer_than_wanted():
    files = python_files("engine", "connectors", "web")
    long = [name(path) for path in files if length(path) > WANTED_FILE]
    assert len(long) <= MOST_OVER_WANTED * len(files), long


def test_no_function_is_too_long():
    assert {where: size for where, size in functions() if size > FUNCTION} == {}


def test_few_functions_are_longer_than_wanted():
    every = [(where, size) for where, size in functions() if not where.startswith("tests/")]
    long = [where for where, size in every if size > WANTED_FUNCTION]
    assert len(long) <= MOST_OVER_WANTED * len(every), long


def test_no_class_has_too_many_methods():
    crowded = {}
    for path in python_files("engine", "connectors", "web"):
        for each, methods in source(path).methods.items():
            if methods > METHODS:
                crowded[f"{name(path)}:{each}"] = methods
    assert crowded == {}


def test_no_folder_is_crowded():
    entries: dict[Path, set[str]] = defaultdict(set)
    for path in python_files("engine", "connectors", "web"):
        entries[path.parent].add(path.name)
        entries[path.parent.parent].add(path.parent.name)
    # The top of the engine is fixed by the design, and versions of the schema pile up by nature.
    free = {"engine", "engine/migrations/versions", "web"}
    crowded = {
        name(folder): len(inside - {"__init__.py"})
        for folder, inside in entries.items()
        if name(folder) not in free and len(inside - {"__init__.py"}) > ENTRIES
    }
    assert crowded == {}


def length(path: Path) -> int:
    """Return the number of lines of a file."""
    return len(path.read_text(encoding="utf-8").splitlines())


def functions() -> list[tuple[str, int]]:
    """Return every function with its number of lines, docstring not counted."""
    found = []
    for path in python_files():
        if path.parent.name == "versions":  # a migration spells out tables, it decides nothing
            continue
        found += [(f"{name(path)}:{each}", lines) for each, lines in source(path).functions]
    return found
