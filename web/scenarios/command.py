"""`./vanthu check --scenarios`: runs the scenarios of procedures in folders, and says what they cover."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from connectors.catalog import catalog
from engine.definitions.scenarios import Surroundings, coverage, walk_all
from engine.definitions.shipped import PROCESSES, Bundle, read_all, read_folder
from engine.errors import InvalidInput


def report(names: Sequence[str]) -> Iterator[tuple[str, bool]]:
    """A line for every scenario, every gap and every figure of the procedures named (a shipped key or a folder), with
    whether it is in order. InvalidInput when there is no such procedure.
    """
    found = [_bundle(name) for name in names]
    around = Surroundings(catalog(), {each.key: each for each in (*read_all(), *found)})
    for bundle in found:
        yield from _reported(bundle, around)


def _bundle(name: str) -> Bundle:
    for folder in (Path(name), PROCESSES / name):
        if (folder / "process.toml").is_file():
            return read_folder(folder)
    known = ", ".join(sorted(about.parent.name for about in PROCESSES.glob("*/process.toml")))
    raise InvalidInput(f"Không có quy trình “{name}”. Ghi thư mục có process.toml, hoặc một trong: {known}.")


def _reported(bundle: Bundle, around: Surroundings) -> Iterator[tuple[str, bool]]:
    walks = walk_all(bundle, around)
    for each in walks:
        yield f"{bundle.key}/{each.key}  {'đạt' if each.passed else 'CHƯA ĐẠT'}  {each.name}", each.passed
        for sentence in each.sentences:
            yield f"    {sentence}", False
    covered = coverage(bundle, walks)
    for word, missing in (("phần tử", covered.missing_elements), ("luồng", covered.missing_flows)):
        for each_missing in missing:
            yield f"{bundle.key}  chưa kịch bản nào đi qua {word} {each_missing}", False
    yield f"{bundle.key}  {covered.figure}", True
