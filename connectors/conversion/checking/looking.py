"""Look at one file of a draft: its report, and pictures of the pages it speaks of; never raises for the file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from connectors.conversion.checking.limits import Unreadable
from engine.documents import formats
from engine.drafts.layout.checking import Report, check, plain
from engine.drafts.layout.sheet import Expected


@dataclass(frozen=True, slots=True)
class Looked:
    """The report as it is kept, and PNG pictures by page."""

    report: dict[str, Any]
    pictures: dict[int, bytes] = field(default_factory=dict)


def look(content: bytes, media_type: str, expected: Expected) -> Looked:
    """Check a PDF or Word file; what can't be checked is told in the report."""
    try:
        if media_type == formats.PDF:
            return _pdf(content, expected)
        if media_type == formats.WORD:
            return _word(content, expected)
    except Unreadable as why:
        return Looked(plain(Report((), problem=str(why))))
    except Exception as error:  # whatever a parser finds in a stranger's file
        said = f"Tệp hỏng, không kiểm tra được ({type(error).__name__})."
        return Looked(plain(Report((), problem=said)))
    return Looked(plain(Report((), problem="Chỉ kiểm tra thể thức của tệp Word (.docx) và PDF.")))


def _pdf(content: bytes, expected: Expected) -> Looked:
    from connectors.conversion.checking.pdf import read_pdf

    report = check(read_pdf(content), expected)
    return Looked(plain(report), _pictures(content, report))


def _word(content: bytes, expected: Expected) -> Looked:
    from connectors.conversion.checking.rendition import rendition
    from connectors.conversion.checking.word import read_word

    made = rendition(read_word(content))
    report = check(made.sheet, expected)
    return Looked(plain(report), _pictures(made.pdf, report))


def _pictures(content: bytes, report: Report) -> dict[int, bytes]:
    from connectors.conversion.checking.pictures import pictures

    places = [*(each.place for each in report.findings), *(each.place for each in report.components)]
    return pictures(content, [0, *(place.page for place in places if place is not None)])
