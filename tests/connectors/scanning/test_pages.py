"""Pictures become one PDF, pages are drawn and read within bounds; what is damaged is told in a sentence."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from connectors.scanning import pages
from connectors.scanning.pages import Paper, Unreadable, join
from engine.documents import formats
from tests import builders, papers


def picture(kind: str, mode: str = "RGB", size: tuple[int, int] = (200, 280), frames: int = 1) -> bytes:
    drawn = [Image.new(mode, size, number) for number in range(frames)]
    buffer = io.BytesIO()
    drawn[0].save(buffer, kind, **({"save_all": True, "append_images": drawn[1:]} if frames > 1 else {}))
    return buffer.getvalue()


def test_pictures_of_every_kind_become_the_pages_of_one_pdf() -> None:
    given = [picture("JPEG"), picture("PNG", "RGBA"), picture("TIFF", "1", frames=3), picture("PNG", "P")]
    made = join(given)
    assert formats.inspect(made, "a.pdf").media_type == formats.PDF
    assert join(given) == made  # the same again: a repeated delivery keeps one file
    with Paper(made) as paper:
        assert paper.count == 6
        assert paper.ratio(0) == pytest.approx(1.4, abs=0.01)
        assert Image.open(io.BytesIO(paper.shown(5))).format == "JPEG"


def test_a_jpeg_is_kept_as_it_came() -> None:
    scan = papers.scanned()
    assert scan in join([scan])


def test_damaged_pages_are_told_by_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Unreadable, match="Ảnh thứ 2"):
        join([picture("JPEG"), picture("PNG")[:60]])
    monkeypatch.setattr(pages, "MOST_POINTS", 1000)
    with pytest.raises(Unreadable, match="quá lớn"):
        join([picture("PNG")])
    for content in (b"%PDF-1.7 cut", builders.pdf("x")[:40]):
        with pytest.raises(Unreadable, match="hỏng"):
            Paper(content)


def test_text_a_pdf_brings_along_is_read_with_its_places() -> None:
    with Paper(papers.paper()) as paper:
        words = paper.words(0)
    number = next(word for word in words if "12/UBND-KT" in word.text)
    assert 0.1 < number.box.left < 0.4
    assert 0.1 < number.box.top < 0.14
