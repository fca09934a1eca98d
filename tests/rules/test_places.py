"""What is done in one place is done in no other: environment, time, printing, the network."""

from __future__ import annotations

import ast
from pathlib import Path

from tests.rules.sources import ROOT, name, python_files, tree

PRODUCT = python_files("engine", "connectors", "web")
ENVIRONMENT = {"engine/settings.py"}
TIME = {"engine/clock.py"}
PRINTING = {"web/cli.py"}
NETWORK = {
    "connectors/http.py": "everything outside",
    "connectors/signing/timestamps.py": "asks the time-stamp authority",
    "web/launcher/programs.py": "asks our own web on loopback whether it is up",
}
CLIENTS = {"requests", "httpx", "urllib3", "aiohttp", "urllib.request", "http.client", "smtplib", "ftplib"}
NOW = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}
EMPTY_WORDS = {"utils", "util", "helpers", "helper", "manager", "service", "services", "common", "misc"}


def attributes(path: Path) -> set[tuple[str, str]]:
    """Return every `a.b` of a file as pairs."""
    return {
        (node.value.id if isinstance(node.value, ast.Name) else getattr(node.value, "attr", ""), node.attr)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
    }


def calls(path: Path) -> set[str]:
    """Return the plain names a file calls."""
    nodes = ast.walk(tree(path))
    return {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}


def imported(path: Path) -> set[str]:
    """Return the modules a file imports, in full."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{each.name}" for each in node.names}
    return found


def test_the_environment_is_read_in_one_place():
    reads = {("os", "environ"), ("os", "getenv"), ("os", "putenv")}
    assert [name(path) for path in PRODUCT if reads & attributes(path) and name(path) not in ENVIRONMENT] == []


def test_the_time_is_asked_in_one_place():
    assert [name(path) for path in PRODUCT if NOW & attributes(path) and name(path) not in TIME] == []


def test_only_the_command_line_prints():
    assert [name(path) for path in PRODUCT if "print" in calls(path) and name(path) not in PRINTING] == []


def test_the_network_is_reached_from_named_files():
    assert [name(path) for path in PRODUCT if CLIENTS & imported(path) and name(path) not in NETWORK] == []


def test_every_module_says_in_one_line_what_it_is():
    silent = []
    for path in python_files():
        if path.name == "__init__.py" and not path.read_text(encoding="utf-8").strip():
            continue
        said = (ast.get_docstring(tree(path)) or "").splitlines()
        if not said or (len(said) > 1 and said[1]):
            silent.append(name(path))
    assert silent == []


def test_names_say_something():
    parts = {part for path in PRODUCT for part in path.relative_to(ROOT).with_suffix("").parts}
    assert parts & EMPTY_WORDS == set()
