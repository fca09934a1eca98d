"""Printed Vietnamese recognised by Tesseract: run as a program of its own, bounded in time and memory, without a shell.

What it answers is a table of words with their places and how sure it is of each (TSV); `words` reads that.
"""

from __future__ import annotations

import csv
import resource
import subprocess
from dataclasses import dataclass

from connectors.scanning.settings import ScanningSettings
from engine.errors import PlatformError
from engine.intake.layout import Box, Word
from engine.settings import environment_with

ABSENT = "Máy chủ chưa cài Tesseract nên không nhận dạng được chữ trên ảnh; nhập thông tin theo ảnh trang."
_LEVEL_WORD = "5"
_LEAST_SURE = 15.0  # per cent; below, it is a stain or a stamp


class NotRecognised(PlatformError):
    """A page couldn't be recognised; the text says why."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A page as grey points, one byte each, from the upper left."""

    width: int
    height: int
    points: bytes

    @property
    def file(self) -> bytes:
        """As the plainest of picture files (PGM)."""
        return b"P5 %d %d 255\n" % (self.width, self.height) + self.points


def recognise(picture: Picture, settings: ScanningSettings) -> list[Word]:
    """The words of a page; NotRecognised when there is no program, no model, or it takes too much time or memory."""
    program = settings.program()
    if program is None:
        raise NotRecognised(ABSENT)
    command = [program, "stdin", "stdout", "-l", settings.tesseract_languages, "--psm", "3", "tsv"]
    try:
        done = subprocess.run(  # noqa: S603 - the program is the installation's own choice, nothing of the file is in it
            command, input=picture.file, capture_output=True, check=False, timeout=settings.tesseract_seconds,
            # one thread: several only wait for one another on a busy machine
            env=environment_with(OMP_THREAD_LIMIT="1", LC_ALL="C.UTF-8"),
            preexec_fn=lambda: _bound(settings),
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise NotRecognised(f"Nhận dạng một trang quá {settings.tesseract_seconds} giây nên đã dừng.") from None
    except OSError as error:
        raise NotRecognised(f"Không chạy được Tesseract: {error.strerror}.") from error
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace")
        if "loading language" in said or "load any languages" in said:
            raise NotRecognised(
                f"Tesseract chưa có mô hình “{settings.tesseract_languages}”; cài mô hình tiếng Việt (vie)."
            )
        raise NotRecognised("Tesseract không nhận dạng được trang này.")
    return words(done.stdout.decode("utf-8", "replace"), picture.width, picture.height)


def _bound(settings: ScanningSettings) -> None:
    """Before the program begins: limits of this one process, which its children keep."""
    most = settings.tesseract_megabytes * 1024 * 1024
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (settings.tesseract_seconds + 1, settings.tesseract_seconds + 5))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def words(table: str, width: int, height: int) -> list[Word]:
    """Words of Tesseract's table, their places as fractions of a page `width` by `height` points; odd rows are left."""
    found: list[Word] = []
    for row in csv.DictReader(table.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE):
        try:
            sure = float(row["conf"])
            if row["level"] != _LEVEL_WORD or sure < _LEAST_SURE or not (row["text"] or "").strip():
                continue
            left, top = int(row["left"]), int(row["top"])
            right, bottom = left + int(row["width"]), top + int(row["height"])
        except (KeyError, TypeError, ValueError):
            continue
        box = Box(left / width, top / height, right / width, bottom / height)
        found.append(Word(row["text"].strip(), box, min(sure, 100) / 100))
    return found
