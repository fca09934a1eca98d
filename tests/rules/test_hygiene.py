"""Nothing in the repository knows this machine, a registry's address, or another's code."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from tests.rules.sources import ROOT, name, repository_files

REGISTRIES = ("pypi" + ".org", "pythonhosted" + ".org", "npmjs" + ".org", "npmjs" + ".com", "yarnpkg" + ".com",
              "deb.debian" + ".org", "jsdelivr" + ".net", "unpkg" + ".com", "googleapis" + ".com")  # fmt: skip
MACHINE = re.compile(r"/(?:work|home/[a-z]+|Users/[A-Za-z]+|root)/[A-Za-z.]")
FOREIGN = {".ttf", ".otf", ".woff", ".woff2", ".min.js", ".whl", ".jar", ".so"}
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def texts() -> list[tuple[Path, str]]:
    """Return the repository's files that are text."""
    found = []
    for path in repository_files():
        try:
            found.append((path, path.read_text(encoding="utf-8")))
        except UnicodeDecodeError:
            continue
    return found


def test_no_file_names_a_package_registry():
    assert [name(path) for path, text in texts() if any(host in text for host in REGISTRIES)] == []


def test_no_file_knows_a_machine():
    found = [(name(path), match.group()) for path, text in texts() if (match := MACHINE.search(text))]
    assert found == []


def test_no_third_party_file_is_committed():
    assert [name(path) for path in repository_files() if any(path.name.endswith(end) for end in FOREIGN)] == []
    assert not {"uv.lock", "poetry.lock"} & {path.name for path in repository_files()}


def blocks() -> dict[str, str]:
    """Return the lock's packages: the line with the version, and the rest."""
    found = re.split(r"^(?=[A-Za-z0-9])", re.sub(r"^#.*\n", "", LOCK, flags=re.MULTILINE), flags=re.MULTILINE)
    return {block.splitlines()[0]: block for block in found if block.strip()}


def test_every_locked_package_has_hashes_and_no_address():
    assert len(blocks()) > 50
    for head, block in blocks().items():
        assert re.match(r"[a-z0-9-]+==[^ ]+( ; .+)? \\$", head), head
        assert "--hash=sha256:" in block
    assert not re.search(r"https?:|file:|--index|--find-links|@ ", LOCK)


def test_no_package_is_locked_twice_for_the_same_place():
    heads = [re.sub(r"==[^ ]+", "", head) for head in blocks()]
    assert len(heads) == len(set(heads))


def test_every_dependency_is_locked_within_its_bounds():
    from packaging.requirements import Requirement
    from packaging.utils import canonicalize_name

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = [*project["project"]["dependencies"]]
    for group in (*project["project"]["optional-dependencies"].values(), *project["dependency-groups"].values()):
        wanted += group
    locked: dict[str, list[str]] = {}
    for package, version in re.findall(r"^([a-z0-9-]+)==([^ ]+)", LOCK, re.MULTILINE):
        locked.setdefault(package, []).append(version)
    for line in wanted:
        needed = Requirement(line)
        versions = locked.get(canonicalize_name(needed.name), [])
        assert versions, f"{needed.name} is not locked; run ./vanthu lock"
        assert all(needed.specifier.contains(version) for version in versions), f"{line}: locked at {versions}"


def test_the_browser_lock_has_hashes_and_no_address():
    lock = json.loads((ROOT / "web/assets/package-lock.json").read_text(encoding="utf-8"))
    wanted = json.loads((ROOT / "web/assets/package.json").read_text(encoding="utf-8"))
    for place, package in lock["packages"].items():
        if not place.startswith("node_modules/") or package.get("link"):
            continue
        assert package.get("integrity", "").startswith("sha512-"), place
        assert "resolved" not in package, place
    assert lock["packages"][""]["dependencies"] == wanted["dependencies"]
    assert lock["packages"][""]["devDependencies"] == wanted["devDependencies"]
    versions = [version for group in ("dependencies", "devDependencies") for version in wanted[group].values()]
    assert all(re.match(r"\d|file:", version) for version in versions), "browser packages are pinned exactly"
