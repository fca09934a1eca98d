"""Files, functions, classes and folders stay small enough to be read at once (design, section 2)."""

from __future__ import annotations

import ast
from collections import defaultdict
from pathlib import Path

from tests.rules.sources import name, python_files, tree

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
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef):
                methods = [each for each in node.body if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)]
                if len(methods) > METHODS:
                    crowded[f"{name(path)}:{node.name}"] = len(methods)
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
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                said = node.body[0] if ast.get_docstring(node) else None
                words = (said.end_lineno or 0) - said.lineno + 1 if said is not None else 0
                found.append((f"{name(path)}:{node.name}", (node.end_lineno or 0) - node.lineno + 1 - words))
    return found
