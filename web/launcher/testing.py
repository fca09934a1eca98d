"""`./vanthu test`: pytest on two processes beside ruff, mypy and import-linter; one clear line at the end."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from engine.settings import environment_with

ROOT = Path(__file__).resolve().parent.parent.parent
_NOTHING_COLLECTED = 5


def run(arguments: Sequence[str], *, browser: bool, checks: bool, processes: int) -> int:
    """Run everything to the end even when a part fails; return 0 only when all of it is right."""
    began = time.monotonic()
    if browser and _run("tests.browsers", quiet=True) != 0:
        return _end(["browser"], began)
    _run("tests.recognition", quiet=True)  # without Tesseract its own tests are skipped, and say so
    with ThreadPoolExecutor(1) as beside:
        checked = beside.submit(_check) if checks else None
        outcome = _pytest(arguments, browser=browser, processes=processes)
        wrong = checked.result() if checked else {}
    for name, words in wrong.items():
        sys.stdout.write(f"\n{name}:\n{words}")
    failed = list(wrong)
    if outcome:
        failed.append("pytest: no test found" if outcome == _NOTHING_COLLECTED else "pytest")
    return _end(failed, began)


def _pytest(arguments: Sequence[str], *, browser: bool, processes: int) -> int:
    command = [sys.executable, "-m", "pytest", *arguments]
    if processes > 0 and not _has(arguments, "-n", "--numprocesses", "--pdb"):
        command += ["-n", str(processes), "--dist", "worksteal"]
    if not browser:
        command.append("--no-browser")
    return subprocess.run(command, cwd=ROOT, env=_environment(), check=False).returncode


def _check() -> dict[str, str]:
    """Run the checks one after the other; what those said that failed."""
    wrong = {}
    for name, command in checks_of_the_code().items():
        done = subprocess.run(command, cwd=ROOT, env=_environment(), check=False, capture_output=True, text=True)
        if done.returncode != 0:
            wrong[name] = done.stdout + done.stderr
    return wrong


def checks_of_the_code() -> dict[str, list[str]]:
    """Return the checks of the code itself, by name."""
    return {
        "ruff": [sys.executable, "-m", "ruff", "check", "--quiet", "--output-format=concise", "."],
        "mypy": [sys.executable, "-m", "mypy", "--strict", "engine", "connectors"],
        "import-linter": [sys.executable, "-c", "import importlinter.cli as it; it.lint_imports_command()"],
    }


def bench(subject: str, target: str | None, quick: bool) -> int:
    """Run the benchmark of a part against servers with fsync on; return its exit code."""
    command = [sys.executable, "-m", f"tests.bench.{subject}"]
    if target is not None:
        command += ["--json", target]
    if quick:
        command.append("--quick")
    return subprocess.run(command, cwd=ROOT, env=_environment(), check=False).returncode


def _run(module: str, *, quiet: bool) -> int:
    output = subprocess.DEVNULL if quiet else None
    return subprocess.run(
        [sys.executable, "-m", module], cwd=ROOT, env=_environment(), stdout=output, check=False
    ).returncode


def _environment() -> dict[str, str]:
    # Settings of the person's shell must not reach the tests: they would test another installation.
    # Without bytecode every program the tests start would compile the platform anew, three times as slow.
    kept = {
        name: value
        for name, value in environment_with().items()
        if not name.startswith("VANTHU_") and name != "PYTHONDONTWRITEBYTECODE"
    }
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}


def _has(arguments: Sequence[str], *names: str) -> bool:
    return any(each == name or each.startswith(f"{name}=") for each in arguments for name in names)


def _end(failed: list[str], began: float) -> int:
    seconds = time.monotonic() - began
    if failed:
        sys.stdout.write(f"\nvanthu test: FAILED ({', '.join(failed)}) after {seconds:.0f} s\n")
        return 1
    sys.stdout.write(f"\nvanthu test: everything passed in {seconds:.0f} s\n")
    return 0
