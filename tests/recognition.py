"""Tesseract with its Vietnamese model for tests: found, or installed where we may; else its tests are skipped."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

MISSING = "Tesseract with the model `vie` isn't here: install tesseract-ocr and tesseract-ocr-vie."


def find_tesseract() -> str | None:
    """Return the path of a Tesseract that knows Vietnamese, or None."""
    program = shutil.which("tesseract")
    if program is None:
        return None
    done = subprocess.run([program, "--list-langs"], capture_output=True, text=True, check=False)
    return program if "vie" in done.stdout.split() else None


def obtain_tesseract() -> str | None:
    """Return its path, installing it where we may; None when there is none to be had."""
    if find_tesseract() is None and os.geteuid() == 0 and shutil.which("apt-get"):
        environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        packages = ["tesseract-ocr", "tesseract-ocr-vie"]
        for command in (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends", *packages]):
            subprocess.run(["apt-get", *command], env=environment, check=False, capture_output=True)
    return find_tesseract()


if __name__ == "__main__":
    sys.stdout.write((obtain_tesseract() or MISSING) + "\n")
