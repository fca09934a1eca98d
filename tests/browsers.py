"""Chromium on this machine: found, else installed the way the platform allows, else said."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/snap/bin/chromium",
)
# The ones about networking keep the browser from calling home; --no-sandbox because tests may run as root.
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--disable-default-apps",
    "--force-color-profile=srgb", "--font-render-hinting=none", "--lang=vi",
)  # fmt: skip
MISSING = (
    "No Chromium on this machine and none could be installed. Install Chromium or Chrome, set CHROMIUM to its path, "
    "or leave the browser tests out knowingly with --no-browser."
)


def find_chromium() -> str | None:
    """Return the path of a Chromium, or None."""
    named = os.environ.get("CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    for place in (*PLACES, *_downloaded()):
        if Path(place).exists():
            return str(place)
    return None


def obtain_chromium() -> str:
    """Return the path of a Chromium, installing it where we may; RuntimeError says what to do when we may not."""
    found = find_chromium()
    if found:
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "-q"], env=environment, check=False, capture_output=True)
        for name in ("chromium", "chromium-browser"):
            command = ["apt-get", "install", "-q", "-y", "--no-install-recommends", name]
            if subprocess.run(command, env=environment, check=False, capture_output=True).returncode == 0:
                break
        found = find_chromium()
    if not found:
        raise RuntimeError(MISSING)
    return found


def _downloaded() -> list[Path]:
    # Where playwright keeps a browser somebody let it download.
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH") or Path.home() / ".cache" / "ms-playwright")
    return sorted(cache.glob("chromium-*/chrome-linux*/chrome"), reverse=True)


if __name__ == "__main__":
    try:
        sys.stdout.write(obtain_chromium() + "\n")
    except RuntimeError as problem:
        sys.exit(str(problem))
