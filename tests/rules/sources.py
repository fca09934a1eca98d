"""The files of the repository, as the rules look at them."""

from __future__ import annotations

import ast
import functools
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
CODE = ("engine", "connectors", "web", "tests")
ASKED = (ast.Attribute, ast.Call, ast.Import, ast.ImportFrom, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
GENERATED = ("node_modules", "static", "__pycache__")


@functools.cache
def python_files(*tops: str) -> tuple[Path, ...]:
    """Return our Python files below some top folders (all of them by default), the one command included."""
    found = [path for top in tops or CODE for path in sorted((ROOT / top).rglob("*.py"))]
    found = [path for path in found if not set(GENERATED) & set(path.relative_to(ROOT).parts)]
    return tuple(found if tops else [*found, ROOT / "vanthu"])


@dataclass
class Source:
    """What the rules ask of a file; its syntax tree is let go again, as trees of all files would fill the memory."""

    said: str  # the docstring of the module
    attributes: set[tuple[str, str]] = field(default_factory=set)  # every `a.b` as a pair
    calls: set[str] = field(default_factory=set)  # plain names that are called
    imported: set[str] = field(default_factory=set)  # modules and what is taken from them, in full
    functions: list[tuple[str, int]] = field(default_factory=list)  # names with their lines, docstring not counted
    methods: dict[str, int] = field(default_factory=dict)  # classes, how many each has (of namesakes the most)

    def note(self, node: ast.AST) -> None:
        """Keep what is asked of one node."""
        match node:
            case ast.Attribute(value=ast.Name(id=name), attr=attr):
                self.attributes.add((name, attr))
            case ast.Attribute(value=value, attr=attr):
                self.attributes.add((getattr(value, "attr", ""), attr))
            case ast.Call(func=ast.Name(id=name)):
                self.calls.add(name)
            case ast.Import(names=names):
                self.imported |= {each.name for each in names}
            case ast.ImportFrom(module=str(module), names=names):
                self.imported |= {module} | {f"{module}.{each.name}" for each in names}
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                self.functions.append((node.name, _lines(node)))
            case ast.ClassDef(name=name, body=body):
                methods = sum(isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) for each in body)
                self.methods[name] = max(methods, self.methods.get(name, 0))


def _lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    said = node.body[0] if ast.get_docstring(node, clean=False) else None
    words = (said.end_lineno or 0) - said.lineno + 1 if said is not None else 0
    return (node.end_lineno or 0) - node.lineno + 1 - words


@functools.cache
def source(path: Path) -> Source:
    """Return what a file holds, read once."""
    tree = ast.parse(path.read_text(encoding="utf-8"), filename=str(path))
    found = Source(ast.get_docstring(tree) or "")
    for node in ast.walk(tree):
        if isinstance(node, ASKED):
            found.note(node)
    return found


@functools.cache
def repository_files() -> tuple[Path, ...]:
    """Return every file that is or would be committed."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return tuple(path for name in sorted(listed) if name and (path := ROOT / name).is_file())


def name(path: Path) -> str:
    """Return a path as it is spoken of."""
    return path.relative_to(ROOT).as_posix()
