"""What is done in one place is done in no other: environment, time, printing, the network."""

from __future__ import annotations

from tests.rules.sources import ROOT, name, python_files, source

PRODUCT = python_files("engine", "connectors", "web")
ENVIRONMENT = {"engine/settings.py"}
TIME = {"engine/clock.py"}
PRINTING = {"web/cli.py"}
NETWORK = {
    "connectors/http.py": "everything outside",
    "connectors/notification/client.py": "hands letters to the mail server",
    "connectors/notification/push.py": "hands notices to the services of browsers, none of them inside",
    "connectors/signing/timestamps.py": "asks the time-stamp authority",
    "web/launcher/programs.py": "asks our own web on loopback whether it is up",
}
CLIENTS = {"requests", "httpx", "urllib3", "aiohttp", "urllib.request", "http.client", "smtplib", "ftplib"}
NOW = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time")}
EMPTY_WORDS = {"utils", "util", "helpers", "helper", "manager", "service", "services", "common", "misc"}


def test_the_environment_is_read_in_one_place():
    reads = {("os", "environ"), ("os", "getenv"), ("os", "putenv")}
    assert [name(path) for path in PRODUCT if reads & source(path).attributes and name(path) not in ENVIRONMENT] == []


def test_the_time_is_asked_in_one_place():
    assert [name(path) for path in PRODUCT if NOW & source(path).attributes and name(path) not in TIME] == []


def test_only_the_command_line_prints():
    assert [name(path) for path in PRODUCT if "print" in source(path).calls and name(path) not in PRINTING] == []


def test_the_network_is_reached_from_named_files():
    assert [name(path) for path in PRODUCT if CLIENTS & source(path).imported and name(path) not in NETWORK] == []


def test_every_module_says_in_one_line_what_it_is():
    silent = []
    for path in python_files():
        if path.name == "__init__.py" and not path.read_text(encoding="utf-8").strip():
            continue
        said = source(path).said.splitlines()
        if not said or (len(said) > 1 and said[1]):
            silent.append(name(path))
    assert silent == []


def test_names_say_something():
    parts = {part for path in PRODUCT for part in path.relative_to(ROOT).with_suffix("").parts}
    assert parts & EMPTY_WORDS == set()
