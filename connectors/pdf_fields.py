"""The four form fields of an administrative PDF: number, date, signature of the person, signature of the agency.

Number and date come after the person has signed (ND30-15.3), so they are form fields: filling them is a change that
the person's signature allows. Conversion makes the fields, signing fills them; this module is what both agree on.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.form_tools import enumerate_fields_in
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import FieldMDPAction, FieldMDPSpec, SigFieldSpec, append_signature_field
from reportlab.pdfgen.canvas import Canvas

from connectors.pdf_fonts import composed

NUMBER = "so_ky_hieu"
DATE = "ngay_ban_hanh"
PERSON = "chu_ky_nguoi_ky"
AGENCY = "chu_ky_co_quan"
ANNEX = "chu_ky_phu_luc"
COPY = "chu_ky_ban_so_hoa"

TEXT_FIELDS = (NUMBER, DATE)
LABELS = {
    NUMBER: "Số, ký hiệu văn bản",
    DATE: "Ngày ban hành",
    PERSON: "Chữ ký số của người có thẩm quyền",
    AGENCY: "Chữ ký số của cơ quan, tổ chức",
    ANNEX: "Chữ ký số trên phụ lục",
    COPY: "Chữ ký số trên bản số hóa",
}

MM = 72 / 25.4
SEAL = 36 * MM
"""Side of the box of an agency's seal: the picture is shown in its real size (PL I, box 8)."""


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page, in points from its lower left corner."""

    page: int
    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        """Horizontal extent in points."""
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        """Vertical extent in points."""
        return self.y1 - self.y0


@dataclass(frozen=True, slots=True)
class Places:
    """Where the four fields of a document lie."""

    number: Box
    date: Box
    person: Box
    agency: Box


@dataclass(frozen=True, slots=True)
class Line:
    """One line of text in a field: what, in which cut and size, and at which side."""

    text: str
    font: str
    size: float = 13
    align: str = "left"


def seal_beside(person: Box) -> Box:
    """Box 8 of PL I: the seal covers about a third of the person's signature, on its left, at the same height."""
    right = person.x0 + person.width / 3
    middle = (person.y0 + person.y1) / 2
    return Box(person.page, right - SEAL, middle - SEAL / 2, right, middle + SEAL / 2)


def draw_lines(width: float, height: float, lines: Iterable[Line], *, paper: bool = False) -> bytes:
    """A one-page PDF of `width` × `height` points with lines from the top down; `paper` paints white below them."""
    buffer, lines = BytesIO(), tuple(lines)
    font = lines[0].font if lines else None
    canvas = Canvas(buffer, pagesize=(width, height), pdfVersion=(1, 7), invariant=1, initialFontName=font)
    if paper:
        canvas.setFillGray(1)
        canvas.rect(0, 0, width, height, stroke=0, fill=1)
        canvas.setFillGray(0)
    y = height
    for line in lines:
        y -= line.size * 1.15
        canvas.setFont(line.font, line.size)
        # a baseline a quarter of the size above the foot leaves room for marks below letters
        baseline = y + line.size * 0.28
        text = composed(line.text)
        if line.align == "right":
            canvas.drawRightString(width, baseline, text)
        elif line.align == "center":
            canvas.drawCentredString(width / 2, baseline, text)
        else:
            canvas.drawString(0, baseline, text)
    canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def show(writer: Any, widget: Any, picture: bytes) -> None:
    """Make the one page of the PDF `picture` the appearance of a field's widget."""
    drawn = writer.import_page_as_xobject(PdfFileReader(BytesIO(picture)))
    widget[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): drawn})


def add_fields(writer: Any, places: Places, shown: dict[str, bytes]) -> None:
    """Add the four empty fields to the PDF being written; `shown` gives what an empty text field looks like."""
    for name, box in ((NUMBER, places.number), (DATE, places.date)):
        _add_text_field(writer, name, box, shown.get(name))
    others = [NUMBER, DATE, AGENCY]
    # whoever signs for the agency fills number and date; nothing else may change after the person's signature,
    # nothing at all after the agency's
    _add_signature_field(writer, PERSON, places.person, FieldMDPSpec(FieldMDPAction.EXCLUDE, others))
    _add_signature_field(writer, AGENCY, places.agency, FieldMDPSpec(FieldMDPAction.ALL))


def _add_signature_field(writer: Any, name: str, box: Box, lock: Any) -> None:
    rectangle = (round(box.x0), round(box.y0), round(box.x1), round(box.y1))
    append_signature_field(
        writer, SigFieldSpec(name, box.page, rectangle, field_mdp_spec=lock, readable_field_name=LABELS[name])
    )


def _add_text_field(writer: Any, name: str, box: Box, picture: bytes | None) -> None:
    page_ref, _ = writer.find_page_for_modification(box.page)
    page = page_ref.get_object()
    field = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Widget"),
            pdf_name("/FT"): pdf_name("/Tx"),
            pdf_name("/T"): generic.pdf_string(name),
            pdf_name("/TU"): generic.pdf_string(LABELS[name]),
            pdf_name("/Ff"): generic.NumberObject(1),  # read-only for people; only the issuing function fills it
            pdf_name("/F"): generic.NumberObject(4),  # printed
            pdf_name("/P"): page_ref,
            pdf_name("/Rect"): generic.ArrayObject(
                generic.FloatObject(f"{v:.2f}") for v in (box.x0, box.y0, box.x1, box.y1)
            ),
        }
    )
    show(writer, field, picture or draw_lines(box.width, box.height, ()))
    reference = writer.add_object(field)
    if "/Annots" in page:
        page["/Annots"].append(reference)
        writer.update_container(page["/Annots"])
    else:
        page[pdf_name("/Annots")] = generic.ArrayObject([reference])
        writer.update_container(page)
    _form_fields(writer).append(reference)


def _form_fields(writer: Any) -> Any:
    root = writer.root
    if "/AcroForm" not in root:
        root[pdf_name("/AcroForm")] = writer.add_object(
            generic.DictionaryObject({pdf_name("/Fields"): generic.ArrayObject()})
        )
        writer.update_root()
    form = root["/AcroForm"]
    if "/Fields" not in form:
        form[pdf_name("/Fields")] = generic.ArrayObject()
    writer.update_container(form["/Fields"])
    return form["/Fields"]


def find_field(handler: Any, name: str, kind: str) -> Any | None:
    """The dictionary of a field by its full name and kind (`/Tx`, `/Sig`), or None; `handler` is a reader or writer."""
    if "/AcroForm" not in handler.root or "/Fields" not in handler.root["/AcroForm"]:
        return None
    form = handler.root["/AcroForm"]
    found = enumerate_fields_in(form["/Fields"], with_name=name, refs_seen=set(), target_field_type=kind)
    for _name, _value, reference in found:
        return reference.get_object()
    return None


def field_box(field: Any) -> tuple[float, float, float, float]:
    """Rectangle of a field's widget: x0, y0, x1, y1 in points."""
    x0, y0, x1, y1 = (float(v) for v in field["/Rect"])
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)
