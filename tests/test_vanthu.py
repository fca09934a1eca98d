"""The one command: what it answers before anything is set up, and when it sets up again."""

from __future__ import annotations

import ast
import importlib.machinery
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path
from types import ModuleType

import pytest

from tests.rules.sources import ROOT

COMMAND = ROOT / "vanthu"


def load(root: Path) -> ModuleType:
    """Return the bootstrap as a module, living in another folder."""
    loader = importlib.machinery.SourceFileLoader("vanthu_bootstrap", str(COMMAND))
    spec = importlib.util.spec_from_loader("vanthu_bootstrap", loader)
    assert spec is not None
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    for name, path in {
        "ROOT": root, "TOOLS": root / ".tools", "VENV": root / ".venv", "PYTHON": root / ".venv/bin/python",
        "LOCK": root / "requirements.lock", "ASSETS": root / "web/assets", "STATIC": root / "web/static",
    }.items():  # fmt: skip
        setattr(module, name, str(path))
    return module


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A checkout in which nothing was set up, in a path with spaces."""
    root = tmp_path / "thư mục có dấu cách"
    (root / "web").mkdir(parents=True)
    for name in ("vanthu", "pyproject.toml", "requirements.lock", "web/__init__.py", "web/cli.py"):
        shutil.copy(ROOT / name, root / name)
    return root


def say(root: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command of a checkout with a system Python's modules alone."""
    command = [sys.executable, "-I", str(root / "vanthu"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", env={"PATH": os.defpath})


@pytest.mark.parametrize(
    ("words", "code", "shown"),
    [
        (["--version"], 0, "vanthu 0."),
        (["--help"], 0, "Cách dùng: ./vanthu"),
        (["demo", "--help"], 0, "--reset"),
        ([], 2, "Cách dùng: ./vanthu"),
        (["dmeo"], 2, "không có lựa chọn"),
        (["check"], 2, "còn thiếu: FILE.bpmn"),
        (["serve", "--port", "many"], 2, "không phải số nguyên"),
        (["demo", "--port"], 2, "cần một giá trị"),
        (["demo", "--rest"], 2, "không hiểu: --rest"),
    ],
)
def test_help_version_and_wrong_usage_need_no_set_up(bare: Path, words: list[str], code: int, shown: str):
    answer = say(bare, *words)
    assert answer.returncode == code, answer.stderr
    assert shown in answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr
    assert not (bare / ".venv").exists()
    assert not list(bare.rglob("__pycache__"))


def test_the_file_can_be_read_by_old_pythons_and_needs_only_the_standard_library():
    tree = ast.parse(COMMAND.read_text(encoding="utf-8"), feature_version=(3, 6))
    modules = {each.name for node in ast.walk(tree) if isinstance(node, ast.Import) for each in node.names}
    assert modules <= set(sys.stdlib_module_names)


def test_an_old_python_is_told_what_is_missing(
    bare: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    bootstrap = load(bare)
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 9, 2))
    monkeypatch.setenv("PATH", str(bare))
    assert bootstrap.main(["demo"]) == 1
    assert "cần Python 3.11 trở lên; máy này có 3.9.2" in capsys.readouterr().err


def test_packages_are_set_up_again_when_the_lock_or_the_place_changes(bare: Path):
    bootstrap = load(bare)
    assert not bootstrap.packages_ready({"run"})
    (bare / ".venv/bin").mkdir(parents=True)
    (bare / ".venv/bin/python").touch()
    bootstrap.write_note(str(bare / ".venv/vanthu.json"), {**bootstrap.expected_note(), "groups": ["run", "test"]})
    assert bootstrap.packages_ready({"run"})
    assert bootstrap.packages_ready({"run", "test"})
    assert not bootstrap.packages_ready({"run", "node"})
    with (bare / "requirements.lock").open("a") as lock:
        lock.write("# changed\n")
    assert not bootstrap.packages_ready({"run"})


def test_bundles_are_built_again_when_a_source_changes(bare: Path):
    bootstrap = load(bare)
    shutil.copytree(ROOT / "web/assets", bare / "web/assets", ignore=shutil.ignore_patterns("node_modules"))
    assert not bootstrap.bundles_ready()
    (bare / "web/static").mkdir()
    (bare / "web/static/manifest.json").write_text("{}")
    bootstrap.write_note(
        str(bare / "web/static/built.json"), {"sources": bootstrap.fingerprint(bootstrap.bundle_sources())}
    )
    assert bootstrap.bundles_ready()
    (bare / "web/screen").mkdir()
    (bare / "web/screen/new.css").write_text("a { color: red }")
    assert not bootstrap.bundles_ready()


def test_the_lock_is_taken_in_groups(bare: Path):
    bootstrap = load(bare)
    run, test, uv = (bootstrap.lock_sections({name}) for name in ("run", "test", "uv"))
    assert "\nflask==" in run
    assert "\npytest==" not in run
    assert "\npytest==" in test
    assert uv.startswith("uv==" + ".".join(str(part) for part in bootstrap.UV))
    with pytest.raises(bootstrap.SetupError, match="thiếu phần nothing"):
        bootstrap.lock_sections({"nothing"})


@pytest.mark.parametrize("mends", [True, False])
def test_a_damaged_cache_is_gone_round_before_pip_is_asked(bare: Path, tmp_path: Path, mends: bool):
    bootstrap = load(bare)
    (bare / ".venv/bin").mkdir(parents=True)
    (bare / ".venv/bin/python").touch()
    asked, uv = tmp_path / "asked", tmp_path / "uv"
    cold = '[ "$last" = --no-cache ] &&' if mends else "false &&"
    uv.write_text(f'#!/bin/sh\nfor last; do :; done\necho "$last" >> "{asked}"\n{cold} exit 0\necho broken; exit 2\n')
    uv.chmod(0o755)
    if mends:
        bootstrap.install_by_uv(str(uv), "wanted.txt")
    else:
        with pytest.raises(bootstrap.SetupError, match="broken"):
            bootstrap.install_by_uv(str(uv), "wanted.txt")
    assert asked.read_text().split() == ["wanted.txt", "--no-cache"]


def test_two_starts_together_set_up_one_after_the_other(bare: Path):
    bootstrap = load(bare)
    inside, most, entered = [], [], threading.Barrier(2, timeout=20)

    def start() -> None:
        entered.wait()
        with bootstrap.only_one():
            inside.append(1)
            most.append(len(inside))
            inside.pop()

    threads = [threading.Thread(target=start) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert most == [1, 1]


def test_a_failing_installer_is_told_in_words_with_its_last_lines(bare: Path):
    bootstrap = load(bare)
    with pytest.raises(bootstrap.SetupError, match=r"Hỏng \(mã 3\):\n  no network") as caught:
        bootstrap.run([sys.executable, "-c", "print('no network'); raise SystemExit(3)"], "Hỏng")
    assert "Traceback" not in str(caught.value)
    with pytest.raises(bootstrap.SetupError, match="Hỏng: No such file"):
        bootstrap.run([str(bare / "nothing")], "Hỏng")


def test_installers_get_a_cache_where_the_home_folder_cannot_be_written(bare: Path, monkeypatch: pytest.MonkeyPatch):
    bootstrap = load(bare)
    monkeypatch.setenv("HOME", "/nowhere/at/all")
    environment = bootstrap.quiet_environment()
    assert environment["HOME"] == str(bare / ".tools/cache")
    assert environment["UV_CACHE_DIR"].startswith(str(bare))


def test_a_broken_note_is_no_note(bare: Path):
    bootstrap = load(bare)
    (bare / "note").write_text("{")
    assert bootstrap.read_note(str(bare / "note")) == {}
    (bare / "note").write_text(json.dumps([1]))
    assert bootstrap.read_note(str(bare / "note")) == {}
