"""Pages of scanned paper: pictures joined into one PDF, pages drawn, text that a PDF brings along; all bounded."""

from __future__ import annotations

import io
import warnings
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from connectors.scanning.tesseract import Picture
from engine.errors import PlatformError
from engine.intake.layout import Box, Word

MOST_PAGES = 500
MOST_POINTS = 60_000_000  # of one picture: A3 at 600 dpi is 70 million, A4 at 600 dpi 35 million
SHOWN_WIDTH = 1100
RECOGNISED_DPI = 250
_MOST_SIDE = 5000
_A4_WIDTH, _A4_HEIGHT = 595.276, 841.89


class Unreadable(PlatformError):
    """The pages can't be opened; the text says why, and what to do."""


def join(pictures: Sequence[bytes]) -> bytes:
    """Pictures (JPEG, PNG, TIFF with any number of pages) as the pages of one PDF; the same bytes for the same ones.

    Unreadable when one is damaged or larger than a page can be.
    """
    from pypdf import PdfWriter

    writer = PdfWriter()
    for number, content in enumerate(pictures, 1):
        with _opened(content, number) as picture:
            for frame in _frames(picture, number):
                _add_page(writer, _size(frame), _kept(frame, content))
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def _add_page(writer: Any, size: tuple[float, float], image: tuple[int, int, str, int, str, bytes]) -> None:
    from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, NumberObject, StreamObject

    width, height, colours, bits, coding, data = image
    page, drawn = writer.add_blank_page(*size), StreamObject()
    drawn._data = data
    drawn.update({
        NameObject("/Type"): NameObject("/XObject"), NameObject("/Subtype"): NameObject("/Image"),
        NameObject("/Width"): NumberObject(width), NameObject("/Height"): NumberObject(height),
        NameObject("/ColorSpace"): NameObject(colours), NameObject("/BitsPerComponent"): NumberObject(bits),
        NameObject("/Filter"): NameObject(coding),
    })  # fmt: skip
    shown = DecodedStreamObject()
    shown.set_data(b"q %.2f 0 0 %.2f 0 0 cm /Scan Do Q" % size)
    named = DictionaryObject({NameObject("/Scan"): writer._add_object(drawn)})
    page[NameObject("/Resources")] = DictionaryObject({NameObject("/XObject"): named})
    page[NameObject("/Contents")] = writer._add_object(shown)


@contextmanager
def _opened(content: bytes, number: int) -> Iterator[Any]:
    from PIL import Image, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # an odd tag of a scanner is no matter
            with Image.open(io.BytesIO(content), formats=("JPEG", "PNG", "TIFF")) as picture:
                yield picture
    except PlatformError:
        raise
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError, TypeError,
            EOFError, KeyError, OverflowError, MemoryError) as error:  # fmt: skip
        raise Unreadable(f"Ảnh thứ {number} bị hỏng hoặc không đọc được; quét lại trang này.") from error


def _frames(picture: Any, number: int) -> Iterator[Any]:
    for index in range(min(getattr(picture, "n_frames", 1), MOST_PAGES)):
        picture.seek(index)
        if picture.width * picture.height > MOST_POINTS:
            raise Unreadable(f"Ảnh thứ {number} quá lớn ({picture.width} × {picture.height} điểm); quét ở 200–300 dpi.")
        yield picture


def _size(frame: Any) -> tuple[float, float]:
    """The page in points: as the scanner says, within what paper can be; else A4 by its longer side."""
    horizontal, vertical = (float(each) for each in (frame.info.get("dpi") or (0, 0))[:2])
    if 72 <= horizontal <= 1200 and 72 <= vertical <= 1200:
        return frame.width * 72 / horizontal, frame.height * 72 / vertical
    if frame.width <= frame.height:
        return _A4_WIDTH, _A4_WIDTH * frame.height / frame.width
    return _A4_HEIGHT, _A4_HEIGHT * frame.height / frame.width


def _kept(frame: Any, content: bytes) -> tuple[int, int, str, int, str, bytes]:
    """JPEG as it is, byte for byte; anything else as points that PDF knows: size, colours, bits, coding, bytes."""
    from PIL import Image, ImageOps

    turned = (frame.getexif() or {}).get(0x0112, 1) if frame.format == "JPEG" else 1
    if frame.format == "JPEG" and turned == 1 and frame.mode in ("L", "RGB"):
        return frame.width, frame.height, _COLOURS[frame.mode], 8, "/DCTDecode", content
    upright = ImageOps.exif_transpose(frame)
    if "A" in upright.mode or upright.mode == "P":
        ground, plain = Image.new("RGB", upright.size, "white"), upright.convert("RGBA")
        ground.paste(plain, mask=plain.getchannel("A"))
        upright = ground
    elif upright.mode not in _COLOURS:
        upright = upright.convert("L" if upright.mode.startswith(("I", "F")) else "RGB")
    bits = 1 if upright.mode == "1" else 8
    return upright.width, upright.height, _COLOURS[upright.mode], bits, "/FlateDecode", zlib.compress(upright.tobytes())


_COLOURS = {"1": "/DeviceGray", "L": "/DeviceGray", "RGB": "/DeviceRGB"}


class Paper:
    """A PDF opened to be looked at; closed at the end of a `with`."""

    def __init__(self, pdf: bytes) -> None:
        import pypdfium2 as pdfium

        try:
            self._document = pdfium.PdfDocument(pdf)
            self.count = len(self._document)
        except (pdfium.PdfiumError, ValueError, TypeError) as error:
            raise Unreadable("Tệp PDF hỏng hoặc có mật khẩu, không mở được; quét hoặc xuất lại tệp.") from error
        if not 0 < self.count <= MOST_PAGES:
            self._document.close()
            sentence = "Tệp PDF không có trang nào." if not self.count else f"Tệp PDF có quá {MOST_PAGES} trang."
            raise Unreadable(sentence)

    def __enter__(self) -> Paper:
        return self

    def __exit__(self, *_: object) -> None:
        self._document.close()

    def ratio(self, number: int) -> float:
        """Height of a page by its width."""
        with self._page(number) as page:
            width, height = page.get_size()
        return float(height / width) if width and height else 1.414

    def shown(self, number: int) -> bytes:
        """A page as a JPEG to be looked at."""
        with self._page(number) as page:
            width, height = page.get_size()
            bitmap = page.render(scale=min(SHOWN_WIDTH / max(width, 1), _MOST_SIDE / max(height, 1)))
            picture = bitmap.to_pil().convert("RGB")
        buffer = io.BytesIO()
        picture.save(buffer, "JPEG", quality=72, optimize=True)
        return buffer.getvalue()

    def picture(self, number: int) -> Picture:
        """A page as grey points, as fine as recognition wants them."""
        with self._page(number) as page:
            width, height = page.get_size()
            scale = min(RECOGNISED_DPI / 72, _MOST_SIDE / max(width, height, 1))
            grey = page.render(scale=scale, grayscale=True).to_pil().convert("L")
        return Picture(grey.width, grey.height, grey.tobytes())

    def words(self, number: int) -> list[Word]:
        """Words a page brings along as text, with their places; none for a scan."""
        with self._page(number) as page:
            width, height = page.get_size()
            reading = page.get_textpage()
            try:
                return [
                    w for at in range(min(reading.count_rects(), 5000)) for w in _pieces(reading, at, width, height)
                ]
            finally:
                reading.close()

    @contextmanager
    def _page(self, number: int) -> Iterator[Any]:
        import pypdfium2 as pdfium

        try:
            page = self._document[number]
            try:
                yield page
            finally:
                page.close()
        except (pdfium.PdfiumError, OSError, MemoryError) as error:
            raise Unreadable(f"Trang {number + 1} của tệp PDF bị hỏng, không đọc được.") from error


def _pieces(reading: Any, at: int, width: float, height: float) -> Iterator[Word]:
    """The text of one rectangle, cut into words by the share of signs each has."""
    left, bottom, right, top = reading.get_rect(at)
    text = reading.get_text_bounded(left, bottom, right, top).strip()
    if not text or right <= left:
        return
    step, start = (right - left) / len(text), 0
    for word in text.split():
        start = text.index(word, start)
        box = Box(
            (left + step * start) / width, 1 - top / height,
            (left + step * (start + len(word))) / width, 1 - bottom / height,
        )  # fmt: skip
        yield Word(word, box)
        start += len(word)
