"""Every command, setting and operation is in a README, and every command a README shows is understood."""

from __future__ import annotations

import argparse
import dataclasses
import re
import shlex
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

from engine.settings import Settings, helps
from tests.catalog import catalog
from tests.rules.sources import ROOT, name, repository_files
from web import cli

READMES = [path for path in repository_files() if path.suffix == ".md"]
TEXT = "\n".join(path.read_text(encoding="utf-8") for path in READMES)
SHOWN = re.compile(r"^\s*(?:\$ )?((?:VANTHU_\w+=\S+ )*\./vanthu(?: [^\n#`|&]*)?)", re.MULTILINE)


def commands() -> dict[str, argparse.ArgumentParser]:
    """Return every command with its parser."""
    parser = cli.build_parser()
    action = next(each for each in parser._actions if isinstance(each, argparse._SubParsersAction))
    return dict(action.choices)


def settings_classes() -> Iterator[tuple[type, str]]:
    """Yield every settings class with its prefix: the platform's and each connector's (their `PREFIX`)."""
    yield Settings, "VANTHU_"
    for path in sorted((ROOT / "connectors").glob("*/settings.py")):
        module = import_module(f"connectors.{path.parent.name}.settings")
        for found in vars(module).values():
            if isinstance(found, type) and dataclasses.is_dataclass(found) and found.__module__ == module.__name__:
                yield found, getattr(found, "PREFIX", module.PREFIX)


def shown_commands() -> list[tuple[str, str]]:
    """Return every command line a README shows, with where."""
    found = []
    for path in READMES:
        for block in re.findall(r"```(?:sh|bash|console|text)?\n(.*?)```", path.read_text(encoding="utf-8"), re.DOTALL):
            found += [(name(path), line.strip()) for line in SHOWN.findall(block)]
    return found


def test_every_command_is_in_a_readme_and_explains_itself():
    assert [command for command in commands() if f"./vanthu {command}" not in TEXT] == []
    assert all(parser.format_help().startswith("Cách dùng: ") for parser in commands().values())


def test_every_setting_is_in_a_readme():
    every = [variable for cls, prefix in settings_classes() for variable in helps(cls, prefix)]
    assert [variable for variable in every if variable not in TEXT] == []


def test_no_readme_names_a_setting_that_does_not_exist():
    known = {variable for cls, prefix in settings_classes() for variable in helps(cls, prefix)}
    named = set(re.findall(r"\bVANTHU_[A-Z0-9_]+\b", TEXT))
    assert {each for each in named if each.removesuffix("_FILE") not in known and not each.endswith("_")} == set()


def test_every_operation_is_in_a_readme():
    ours = list(catalog())
    assert [operation.key for operation in ours if f"`{operation.key}`" not in TEXT] == []


def test_every_shown_command_is_understood():
    for where, line in shown_commands():
        words = shlex.split(line)
        words = words[words.index("./vanthu") + 1 :]
        if words and not {"--help", "--version"} & set(words):
            assert cli.understand(words).command == words[0], where


def test_links_inside_the_documentation_lead_somewhere():
    broken = []
    for path in READMES:
        for target in re.findall(r"\]\(([^)#: ]+)(?:#[^)]*)?\)", path.read_text(encoding="utf-8")):
            if not (path.parent / target).exists() and not Path(target).is_absolute():
                broken.append(f"{name(path)}: {target}")
    assert broken == []
