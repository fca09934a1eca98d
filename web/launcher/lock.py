"""Writes requirements.lock from pyproject.toml: names, versions and hashes in groups, no address anywhere.

Run by `./vanthu lock`; standard library only. Groups: `run` (the platform and its embedded servers), `test` (what
`./vanthu test` needs on top), `node` (only where the machine has no node), `uv` (the installer itself).
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from pathlib import Path

HEAD = """\
# Every Python package, pinned with hashes and without an address, so that any mirror may serve it.
# Written by `./vanthu lock`; installed by `./vanthu` in groups. For pip: --require-hashes -r requirements.lock
"""
COOL_DOWN = "7 days"
"""A release must be this old before it is taken: bad ones are mostly found in their first days."""
GROUPS = {
    "run": ["--extra", "embedded"],
    "test": ["--extra", "embedded", "--group", "dev"],
    "node": ["--extra", "embedded", "--extra", "node"],
    "uv": ["--group", "uv"],
}


def main(arguments: list[str]) -> int:
    """Resolve each group; `--upgrade` takes newer versions, else the locked ones are kept where they fit."""
    uv, lock, *options = arguments
    project = Path(lock).parent
    with tempfile.TemporaryDirectory() as folder:
        everything = Path(folder) / "all.txt"
        if "--upgrade" not in options and Path(lock).exists():
            everything.write_text(Path(lock).read_text(encoding="utf-8"), encoding="utf-8")
        choices = sorted({each for options in GROUPS.values() for each in _pairs(options)})
        resolve(uv, project, [part for pair in choices for part in pair], everything, [])
        blocks: dict[str, dict[str, str]] = {}
        for name, options in GROUPS.items():
            part = Path(folder) / f"{name}.txt"
            resolve(uv, project, options, part, ["--constraints", str(everything)])
            blocks[name] = packages(part.read_text(encoding="utf-8"))
    # A package stands once: what runs comes first, then what only tests, node or the installer need.
    runtime = set(blocks["run"])
    text = HEAD
    for name, found in blocks.items():
        mine = [block for package, block in sorted(found.items()) if name == "run" or package not in runtime]
        text += f"# group: {name}\n" + "".join(mine)
    Path(lock).write_text(text, encoding="utf-8")
    return 0


def resolve(uv: str, project: Path, options: list[str], target: Path, more: list[str]) -> None:
    """Let uv write one resolution for every platform and every Python since 3.11."""
    command = [
        uv, "pip", "compile", str(project / "pyproject.toml"), "--universal", "--python-version", "3.11", "--quiet",
        "--generate-hashes", "--no-annotate", "--no-header", "--no-emit-index-url", "--no-emit-find-links",
        "--exclude-newer", COOL_DOWN, "--exclude-newer-package", "uv=1 day",
        "--output-file", str(target), *options, *more,
    ]  # fmt: skip
    subprocess.run(command, check=True, cwd=project)


def packages(text: str) -> dict[str, str]:
    """Split a requirements file into its packages; a package with markers may stand in several blocks."""
    found: dict[str, str] = {}
    for block in re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE):
        name = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", block)
        if name:
            found[name.group()] = found.get(name.group(), "") + block.rstrip("\n") + "\n"
    return found


def _pairs(options: list[str]) -> list[tuple[str, str]]:
    return list(zip(options[::2], options[1::2], strict=True))


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except subprocess.CalledProcessError as problem:
        sys.exit(f"vanthu lock: uv ended with {problem.returncode}")
