"""Shipped procedures: a folder each under `processes/`, read into one content-hashed bundle."""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.errors import DefinitionError, Finding

PROCESSES = Path(__file__).resolve().parents[2] / "processes"


@dataclass(frozen=True, slots=True)
class Bundle:
    """Everything one version of a procedure is made of."""

    key: str
    name: str
    diagram: bytes
    forms: Mapping[str, Any]
    decisions: Mapping[str, str]
    scenarios: Mapping[str, Any] = field(default_factory=dict)

    @property
    def content_hash(self) -> str:
        """SHA-256 over diagram, forms, tables and scenarios: equal content is the same version."""
        texts = [self.forms, self.decisions, self.scenarios]
        parts = json.dumps(texts, ensure_ascii=False, sort_keys=True).encode()
        return hashlib.sha256(self.diagram + b"\0" + parts).hexdigest()


def read_folder(folder: Path) -> Bundle:
    """Read one procedure folder; DefinitionError names the file that is missing or unreadable."""
    try:
        about = tomllib.loads((folder / "process.toml").read_text(encoding="utf-8"))
        key, name = str(about["key"]), str(about["name"])
        diagram = (folder / f"{key}.bpmn").read_bytes()
        forms = {
            path.name.removesuffix(".form.json"): json.loads(path.read_text(encoding="utf-8"))
            for path in sorted(folder.glob("*.form.json"))
        }
        decisions = {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob("*.dmn"))}
        scenarios = {
            path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
            for path in sorted((folder / "scenarios").glob("*.toml"))
        }
    except (OSError, KeyError, ValueError) as error:
        sentence = f"Không đọc được quy trình trong thư mục {folder.name}: {error}"
        raise DefinitionError([Finding(folder.name, "readable.folder", sentence)]) from error
    return Bundle(key, name, diagram, forms, decisions, scenarios)


def read_all(processes: Path = PROCESSES) -> Iterator[Bundle]:
    """Every shipped procedure, in the order of folder names."""
    for about in sorted(processes.glob("*/process.toml")):
        yield read_folder(about.parent)
