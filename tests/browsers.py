"""Chromium on this machine: found, else installed the way the platform allows, else said."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

# The shell is Chromium without a window to draw around its pages: a fifth less work for the same answers.
NAMES = (
    "chromium-headless-shell", "chrome-headless-shell", "chromium", "chromium-browser", "google-chrome",
    "google-chrome-stable", "chrome", "microsoft-edge",
)  # fmt: skip
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/snap/bin/chromium",
)
# The ones about networking keep the browser from calling home; --no-sandbox because tests may run as root.
FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--disable-default-apps",
    "--force-color-profile=srgb", "--font-render-hinting=none", "--lang=vi", "--process-per-site",
)  # fmt: skip
MISSING = (
    "No Chromium on this machine and none could be installed. Install Chromium or Chrome, set CHROMIUM to its path, "
    "or leave the browser tests out knowingly with --no-browser."
)

DRAWING = ".djs-container > svg"
"""A diagram of a procedure as bpmn-js draws it."""


def new_session(chromium: Any, width: int, height: int, **options: Any) -> Any:
    """Return a fresh browser session of somebody in Vietnam."""
    session = chromium.new_context(
        viewport={"width": width, "height": height}, locale="vi-VN", timezone_id="Asia/Ho_Chi_Minh", **options
    )
    session.set_default_timeout(15_000)
    return session


class WarmSessions:
    """Sessions of one Chromium that many pages are opened in, one after the other, each by a stranger.

    A renderer that has just begun compiles everything anew, axe and the editor most of all. So one page per session
    stays behind without content: with --process-per-site the next one of the same site finds the renderer warm.
    """

    def __init__(self, chromium: Any) -> None:
        self._chromium = chromium
        self._sessions: dict[tuple[Any, ...], Any] = {}
        self._pages: list[Any] = []

    def open(self, width: int = 1440, height: int = 900, **options: Any) -> Any:
        """Return a page in the session of these options, which knows nobody."""
        kind = (width, height, *sorted(options.items()))
        if kind not in self._sessions:
            self._sessions[kind] = new_session(self._chromium, width, height, **options)
        session = self._sessions[kind]
        if any(page.context is session for page in self._pages):
            raise RuntimeError("two people can't share a session: one of them has to be a `visitor`")
        self._pages.append(session.new_page())
        return self._pages[-1]

    def leave(self) -> None:
        """Close the pages and let their sessions forget who was there."""
        for page in self._pages:
            session, where = page.context, page.url
            first = session.pages[0]
            if first is page:
                page.goto(urljoin(where, "/healthz"))
            for other in session.pages[1:]:
                other.close()
            first.evaluate("localStorage.clear()")
            session.clear_cookies()
        self._pages.clear()


# Frames and films are not looked for, as pages have none; only what is wrong is handed over.
_CHECK = """async ([hidden, rules]) => {
  const looked = { include: [document], exclude: hidden };
  const options = { resultTypes: ["violations"], iframes: false, preload: false, rules };
  const { violations } = await axe.run(looked, options);
  return violations.map(({ id, help, nodes }) => `${id}: ${help} (${nodes[0].html.slice(0, 120)})`);
}"""


def accessibility_of(page: Any, *, colours: bool = True, drawings: bool = True) -> list[str]:
    """Check a page with axe; one line per violation, none when the page is fine."""
    if not page.evaluate("typeof axe === 'object'"):
        page.evaluate(_axe())
    hidden = [] if drawings or not page.locator(DRAWING).count() else [[DRAWING]]
    found: list[str] = page.evaluate(_CHECK, [hidden, {"color-contrast": {"enabled": colours}}])
    return found


@cache
def _axe() -> str:
    from axe_playwright_python.sync_playwright import Axe

    return str(Axe().axe_script)


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
        for name in ("chromium-headless-shell", "chromium", "chromium-browser"):
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
