"""PDFs checked: our own pass, others are measured; damaged, locked, scanned and endless ones get a sentence."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader, PdfWriter
from reportlab.pdfgen.canvas import Canvas

from connectors.conversion.checking import pdf as reading
from connectors.conversion.checking.limits import MOST_PAGES, Unreadable
from connectors.conversion.checking.looking import look
from connectors.conversion.checking.pdf import read_pdf
from connectors.conversion.checking.pictures import pictures
from connectors.conversion.layout import render_draft
from connectors.pdf_fonts import typeface
from engine.documents import formats
from engine.documents.registers.numbers import notation
from engine.drafts.layout.checking import check, plain
from engine.drafts.layout.sheet import Expected
from tests.connectors.conversion.checking.papers import draft

LONG = "\n".join(["Nội dung của văn bản được trình bày thành nhiều đoạn, mỗi đoạn nhiều dòng. " * 6] * 14)


def drawn(fonts: Path, draw: Any, size: tuple[float, float] = (595.3, 841.9)) -> bytes:
    face, buffer = typeface(fonts), BytesIO()
    canvas = Canvas(buffer, pagesize=size, invariant=1)
    draw(canvas, face)
    canvas.save()
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["Công văn", "Quyết định", "Tờ trình", "Thông báo"])
@pytest.mark.parametrize("body", ["Nội dung ngắn của văn bản.", LONG])
def test_a_pdf_of_ours_passes_the_check(fonts: Path, kind: str, body: str) -> None:
    given = draft(type_name=kind, notation=notation(kind, "SXD", "QLXD"), body=body)
    expected = Expected(kind, given.agency_name, given.parent_name, given.place, given.notation, given.signer_name,
                        given.signer_position, given.capacity)  # fmt: skip
    report = check(read_pdf(render_draft(given, fonts)), expected)
    assert [each.sentence for each in report.findings] == []
    assert [each.number for each in report.components if each.found is False] == []


def test_what_is_measured_on_a_foreign_page(fonts: Path) -> None:
    def draw(canvas: Canvas, face: Any) -> None:
        for page in range(2):
            canvas.setFont("Helvetica", 12)
            canvas.setFillColorRGB(0, 0, 0.8)
            for line in range(20):
                canvas.drawString(
                    30, 780 - line * 30, "Noi dung cua van ban nay chay gan het chieu ngang cua trang giay " * 1
                )
            canvas.setFont(face.regular, 13)
            canvas.drawCentredString(297, 20, str(page + 1))
            canvas.showPage()

    found = {each.rule: each for each in check(read_pdf(drawn(fonts, draw))).findings}
    assert {"margin.left", "font.face", "font.colour", "body.size", "pages.first", "pages.place", "nation.missing",
            "number.missing", "signer.missing", "recipients.missing"} <= set(found)  # fmt: skip
    assert found["font.face"].sentence == "Phông chữ Helvetica; cần Times New Roman."
    assert found["margin.left"].sentence == "Lề trái trang 1 là 11 mm; cần 30–35 mm."


def test_another_paper_and_a_turned_page(fonts: Path) -> None:
    def draw(canvas: Canvas, face: Any) -> None:
        canvas.setFont(face.regular, 13)
        canvas.drawString(100, 300, "Một dòng chữ đủ dài để trang giấy này được coi là có chữ.")

    assert "paper.size" in {each.rule for each in check(read_pdf(drawn(fonts, draw, (612, 792)))).findings}
    assert "paper.turned" in {each.rule for each in check(read_pdf(drawn(fonts, draw, (841.9, 595.3)))).findings}


def test_sizes_are_those_seen_whatever_the_file_scales(fonts: Path) -> None:
    def draw(canvas: Canvas, face: Any) -> None:
        canvas.scale(0.5, 0.5)
        canvas.setFont(face.regular, 28)
        canvas.drawString(200, 1200, "Chữ này nhìn thấy ở cỡ mười bốn")

    [line] = read_pdf(drawn(fonts, draw)).lines
    assert line.main.size == pytest.approx(14, abs=0.2)


def test_words_set_close_by_kerning_stay_apart(fonts: Path) -> None:
    def draw(canvas: Canvas, face: Any) -> None:
        canvas.setFont(face.bold, 14)
        canvas.drawString(90, 500, "CHỦ NGHĨA")
        canvas.drawString(90 + face.width("CHỦ NGHĨA", 14, face.bold) + 2.4, 500, "VIỆT NAM")

    assert [line.text for line in read_pdf(drawn(fonts, draw)).lines] == ["CHỦ NGHĨA VIỆT NAM"]


def locked(fonts: Path) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(BytesIO(render_draft(draft(), fonts))))
    writer.encrypt("secret", algorithm="AES-256")
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def test_what_cannot_be_read_is_told_in_a_sentence(fonts: Path) -> None:
    whole = render_draft(draft(), fonts)
    said = {
        "broken": look(b"%PDF-1.7 broken", formats.PDF, Expected()), "cut": look(whole[:900], formats.PDF, Expected()),
        "locked": look(locked(fonts), formats.PDF, Expected()),
        "scan": look(drawn(fonts, lambda canvas, face: canvas.rect(0, 0, 9, 9)), formats.PDF, Expected()),
    }  # fmt: skip
    assert "hỏng" in said["broken"].report["problem"]
    assert "hỏng" in said["cut"].report["problem"]
    assert "mật khẩu" in said["locked"].report["problem"]
    assert "ảnh quét" in said["scan"].report["problem"]
    assert all(each.report["errors"] == 0 for each in said.values())
    with pytest.raises(Unreadable):
        pictures(b"%PDF-1.7 broken", [0])


def test_an_endless_file_is_looked_at_in_part(fonts: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(canvas: Canvas, face: Any) -> None:
        for page in range(MOST_PAGES + 3):
            canvas.setFont(face.regular, 14)
            canvas.drawString(90, 500, f"Trang {page} có một dòng chữ")
            canvas.showPage()

    content = drawn(fonts, draw)
    sheet = read_pdf(content)
    assert len(sheet.pages) == MOST_PAGES
    assert "trang đầu" in plain(check(sheet))["problem"]
    moments = iter([0.0, 0.0, 1.0, 99.0])
    slow = read_pdf(content, clock=lambda: next(moments))
    assert len(slow.pages) == 2
    monkeypatch.setattr(reading, "MOST_LETTERS", 5)
    assert all(len(line.text) <= 5 for line in read_pdf(content).lines)


def test_pictures_are_small_whatever_the_paper(fonts: Path) -> None:
    content = drawn(fonts, lambda canvas, face: canvas.rect(0, 0, 9, 9), (14_000, 14_000))
    [picture] = pictures(content, [0, 7]).values()
    width = int.from_bytes(picture[16:20], "big")
    assert picture.startswith(b"\x89PNG")
    assert width <= 1001
