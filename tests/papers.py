"""Paper documents as tests scan them: laid out as NĐ 30/2020 PL I, as a PDF with text or as the picture of a page."""

from __future__ import annotations

import functools
import io
from typing import Any

from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from connectors.pdf_fonts import FONTS, typeface
from connectors.scanning.pages import Paper

WIDTH, HEIGHT = A4


@functools.cache
def paper(
    *, code: str = "12/UBND-KT", day: str = "05 tháng 11 năm 2026", urgency: str = "", secrecy: str = "",
    subject: tuple[str, ...] = ("V/v rà soát, thống kê công trình xây", "dựng trên địa bàn xã năm 2026"),
) -> bytes:  # fmt: skip
    """A công văn of one page as PDF with text."""
    face, buffer = typeface(FONTS), io.BytesIO()
    canvas = Canvas(buffer, pagesize=A4, invariant=1, initialFontName=face.regular)
    put = functools.partial(_put, canvas)
    put(face.regular, 12, 170, 60, "ỦY BAN NHÂN DÂN")
    put(face.bold, 12, 170, 76, "XÃ BÊN KIA")
    put(face.bold, 12, 405, 60, "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")
    put(face.bold, 13, 405, 76, "Độc lập - Tự do - Hạnh phúc")
    put(face.regular, 13, 170, 104, f"Số: {code}")
    put(face.italic, 13, 405, 104, f"Bên Kia, ngày {day}")
    for at, line in enumerate(subject):
        put(face.regular, 12, 170, 126 + 15 * at, line)
    if mark := urgency or secrecy:
        put(face.bold, 14, 150, 186, mark)
    put(face.regular, 14, 300, 216, "Kính gửi: Sở Xây dựng tỉnh Mẫu")
    body = ("Ủy ban nhân dân xã báo cáo kết quả rà soát, đề nghị Sở Xây dựng xem xét,",
            "có ý kiến trả lời trước ngày 15/12/2026 để xã tổng hợp, báo cáo Ủy ban nhân dân tỉnh.")  # fmt: skip
    for at, line in enumerate(body):
        put(face.regular, 14, 320, 260 + 20 * at, line)
    put(face.bold, 14, 430, 330, "KT. CHỦ TỊCH")
    put(face.bold, 14, 430, 348, "PHÓ CHỦ TỊCH")
    put(face.bold, 14, 430, 440, "Trần Thị Thu Hà")
    put(face.bold_italic, 12, 130, 330, "Nơi nhận:")
    for at, line in enumerate(("- Như trên;", "- UBND tỉnh (để b/c);", "- Lưu: VT, KT.")):
        put(face.regular, 11, 130, 346 + 14 * at, line)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def _put(canvas: Any, font: str, size: float, middle: float, down: float, text: str) -> None:
    canvas.setFont(font, size)
    canvas.drawCentredString(middle, HEIGHT - down, text)


@functools.cache
def scanned(kind: str = "JPEG", **about: Any) -> bytes:
    """The same as a scanner gives it: a grey picture at 250 dpi without any text."""
    with Paper(paper(**about)) as opened:
        grey = opened.picture(0)
    picture = Image.frombytes("L", (grey.width, grey.height), grey.points)
    buffer = io.BytesIO()
    picture.save(buffer, kind, dpi=(250, 250))
    return buffer.getvalue()
