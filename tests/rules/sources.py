"""The files of the repository, as the rules look at them."""

from __future__ import annotations

import ast
import functools
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CODE = ("engine", "connectors", "web", "tests")
GENERATED = ("node_modules", "static", "__pycache__")


@functools.cache
def python_files(*tops: str) -> tuple[Path, ...]:
    """Return our Python files below some top folders (all of them by default), the one command included."""
    found = [path for top in tops or CODE for path in sorted((ROOT / top).rglob("*.py"))]
    found = [path for path in found if not set(GENERATED) & set(path.relative_to(ROOT).parts)]
    return tuple(found if tops else [*found, ROOT / "vanthu"])


@functools.cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"), filename=str(path))


@functools.cache
def repository_files() -> tuple[Path, ...]:
    """Return every file that is or would be committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return tuple(path for name in sorted(listed) if name and (path := ROOT / name).is_file())


def name(path: Path) -> str:
    """Return a path as it is spoken of."""
    return path.relative_to(ROOT).as_posix()
