"""`./vanthu check --scenarios`: a line per scenario, gap and figure; the exit code says whether all is in order."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from engine.definitions.shipped import PROCESSES
from engine.errors import InvalidInput
from web import cli
from web.scenarios.command import report


def test_a_shipped_procedure_is_named_by_its_key(capsys: pytest.CaptureFixture[str]):
    assert cli.main(["check", "--scenarios", "recall"]) == cli.DONE
    lines = capsys.readouterr().out.splitlines()
    assert lines[-1] == "recall  24/24 phần tử, 24/24 luồng"
    assert all("  đạt  " in line for line in lines[:-1])
    assert len(lines) == 1 + len(list((PROCESSES / "recall" / "scenarios").glob("*.toml")))


def test_what_fails_or_is_missed_is_told_and_the_exit_code_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    folder = tmp_path / "recall"
    shutil.copytree(PROCESSES / "recall", folder)
    (folder / "scenarios" / "unanswered.toml").unlink()
    broken = folder / "scenarios" / "rejected.toml"
    broken.write_text(broken.read_text("utf-8").replace('at = ["end-', 'at = ["not-end-'), "utf-8")
    assert cli.main(["check", "--scenarios", str(folder)]) == cli.FAILED
    said = capsys.readouterr().out
    assert "recall/rejected  CHƯA ĐẠT" in said
    assert "Đáng lẽ kết thúc ở “not-end-" in said
    assert "chưa kịch bản nào đi qua phần tử" in said


def test_an_unknown_procedure_is_refused_with_the_ones_there_are():
    with pytest.raises(InvalidInput, match="dispatch-follow-up"):
        list(report(["nothing"]))
