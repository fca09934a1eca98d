"""The contracts of pyproject.toml hold, and name every folder they should name."""

from __future__ import annotations

import tomllib
from typing import Any

from tests.rules.sources import ROOT

CONTRACTS: list[dict[str, Any]] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"][
    "importlinter"
]["contracts"]
SHARED_IN_WEB = {"assets", "demo", "launcher", "layout", "safekeeping", "static", "translations"}


def test_all_contracts_are_kept():
    from importlinter import api

    assert api.read_configuration(str(ROOT / "pyproject.toml"))["contracts_options"]
    # not importlinter.cli: it switches every logger off that this process has so far
    from importlinter.application.use_cases import lint_imports

    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), cache_dir=None)


def test_every_connector_and_every_screen_is_named():
    assert named("Connectors don't know each other") == folders("connectors")
    assert named("Screens don't know each other") == folders("web") - SHARED_IN_WEB


def test_every_part_of_the_engine_stands_in_a_layer():
    layers = next(each for each in CONTRACTS if each["name"] == "Inside the engine only downwards")["layers"]
    listed = {part.strip(" ()").split(".")[1] for layer in layers for part in layer.replace(":", "|").split("|")}
    files = {path.stem for path in (ROOT / "engine").glob("*.py")} - {"__init__"}
    assert files | folders("engine") <= listed


def named(contract: str) -> set[str]:
    """Return the folders an independence contract lists."""
    return {each.split(".")[1] for one in CONTRACTS if one["name"] == contract for each in one["modules"]}


def folders(top: str) -> set[str]:
    """Return the folders with Python files in a top folder."""
    return {path.parent.name for path in (ROOT / top).glob("*/*.py")} - {"__pycache__"}
