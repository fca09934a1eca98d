"""Recognition by the real Tesseract where it is; what it answers is read without it too."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from connectors.scanning.pages import Paper
from connectors.scanning.settings import ScanningSettings
from connectors.scanning.tesseract import NotRecognised, Picture, recognise, words
from engine.intake import layout, proposing
from tests import papers, recognition

WHITE = Picture(40, 40, b"\xff" * 1600)
HEAD = "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext"


def test_its_table_becomes_words_with_places() -> None:
    table = "\n".join(
        (
            HEAD,
            "1\t1\t0\t0\t0\t0\t0\t0\t1000\t1414\t-1\t",
            "5\t1\t1\t1\t1\t1\t100\t141\t50\t20\t96.5\tSố:",
            '5\t1\t1\t1\t1\t2\t160\t141\t90\t20\t91\t12/"UBND',
            "5\t1\t1\t1\t1\t3\t300\t141\t90\t20\t3\t~~",
            "5\t1\t1\t1\t1\t4\tx\t141\t90\t20\t90\tbad",
            "5\t1\t1",
        )
    )
    found = words(table, 1000, 1414)
    assert [(word.text, round(word.confidence, 2)) for word in found] == [("Số:", 0.96), ('12/"UBND', 0.91)]
    assert found[0].box == layout.Box(0.1, 141 / 1414, 0.15, 161 / 1414)
    assert words("", 10, 10) == []


def program(folder: Path, body: str) -> ScanningSettings:
    """A program in Tesseract's place."""
    path = folder / "tesseract"
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return ScanningSettings(tesseract=str(path), tesseract_seconds=1)


def test_whatever_goes_wrong_is_said(tmp_path: Path) -> None:
    with pytest.raises(NotRecognised, match="chưa cài Tesseract"):
        recognise(WHITE, ScanningSettings(tesseract="off"))
    with pytest.raises(NotRecognised, match="mô hình tiếng Việt"):
        recognise(WHITE, program(tmp_path, "echo 'Failed loading language vie' >&2; exit 1"))
    with pytest.raises(NotRecognised, match="không nhận dạng được trang"):
        recognise(WHITE, program(tmp_path, "exit 3"))
    with pytest.raises(NotRecognised, match="quá 1 giây"):
        recognise(WHITE, program(tmp_path, "exec sleep 20"))


def test_it_runs_within_bounds(tmp_path: Path) -> None:
    settings = program(
        tmp_path, f"ulimit -v >&2; printf '{HEAD}\\n5\\t1\\t1\\t1\\t1\\t1\\t4\\t4\\t4\\t4\\t90\\t'; ulimit -v"
    )
    assert recognise(WHITE, settings)[0].text == str(settings.tesseract_megabytes * 1024)


@pytest.mark.skipif(recognition.find_tesseract() is None, reason=recognition.MISSING)
def test_printed_vietnamese_is_recognised_and_proposes_its_fields() -> None:
    from connectors.scanning.pages import join

    with Paper(join([papers.scanned()])) as paper:
        assert paper.words(0) == []
        page = layout.page_of(0, recognise(paper.picture(0), ScanningSettings()), paper.ratio(0))
    found = {name: each.value for name, each in proposing.propose([page]).items()}
    assert found["code"] == "12/UBND-KT"
    assert found["issued_date"] == "2026-11-05"
    assert found["organ_name"] == "Ủy ban nhân dân xã Bên Kia"
    assert found["subject"] == "Về việc rà soát, thống kê công trình xây dựng trên địa bàn xã năm 2026"
    assert (found["signer_name"], found["signer_position"]) == ("Trần Thị Thu Hà", "Phó Chủ tịch")
