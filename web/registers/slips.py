"""Phiếu giải quyết văn bản đến and dấu “ĐẾN” of a registered document; a marked copy to be looked at and printed."""

from __future__ import annotations

from typing import Any

from flask import Response, render_template
from flask_babel import gettext as _

from engine.documents import commands, formats, queries
from engine.documents.prints import slip
from engine.errors import NotFound
from web.layout.headers import download
from web.registers.routes import screen
from web.session import actor, platform


@screen.get("/registers/slips/<int:document_id>")
def resolution_slip(document_id: int) -> Any:
    """Show the slip and the stamp of a document, ready for paper."""
    with platform().reading() as session:
        found = slip.slip_of(session, actor(), document_id)
        stamp = slip.stamp_of(session, actor(), document_id)
        main = queries.main_file(session, document_id)
    may_mark = main is not None and main.media_type == formats.PDF
    return render_template(
        "registers/slip.html", slip=found, stamp=stamp, title=slip.SLIP_TITLE, word=slip.STAMP_WORD,
        document_id=document_id, may_mark=may_mark,
    )  # fmt: skip


@screen.get("/registers/slips/<int:document_id>.pdf")
def slip_pdf(document_id: int) -> Response:
    """Return the slip as PDF."""
    from connectors.conversion.prints import slip as files
    from connectors.pdf_fonts import FONTS

    with platform().reading() as session:
        found = slip.slip_of(session, actor(), document_id)
    platform().run(actor(), commands.note_read, document_id, printed=f"{slip.SLIP_TITLE.lower()} (PDF)")
    return download(files.slip_pdf(found, FONTS), f"phieu-giai-quyet-{document_id}.pdf", formats.PDF, inline=True)


@screen.get("/registers/slips/<int:document_id>.docx")
def slip_word(document_id: int) -> Response:
    """Return the slip as a Word file."""
    from connectors.conversion.prints import slip as files

    with platform().reading() as session:
        found = slip.slip_of(session, actor(), document_id)
    platform().run(actor(), commands.note_read, document_id, printed=f"{slip.SLIP_TITLE.lower()} (Word)")
    return download(files.slip_word(found), f"phieu-giai-quyet-{document_id}.docx", formats.WORD)


@screen.get("/registers/stamps/<int:document_id>.pdf")
def stamp_file(document_id: int) -> Response:
    """Return the stamp alone, 50 × 35 mm."""
    from connectors.conversion.prints.stamp import stamp_pdf
    from connectors.pdf_fonts import FONTS

    with platform().reading() as session:
        stamp = slip.stamp_of(session, actor(), document_id)
    platform().run(actor(), commands.note_read, document_id, printed=f"dấu {slip.STAMP_WORD}")
    return download(stamp_pdf(stamp, FONTS), f"dau-den-{document_id}.pdf", formats.PDF, inline=True)


@screen.get("/registers/copies/<int:document_id>.pdf")
def stamped_copy(document_id: int) -> Response:
    """Return a copy of the main file with the stamp on its first page; what was signed stays as it is."""
    from connectors.conversion.prints.stamp import stamped_copy
    from connectors.pdf_fonts import FONTS

    with platform().reading() as session:
        stamp = slip.stamp_of(session, actor(), document_id)
        main = queries.main_file(session, document_id)
    if main is None or main.media_type != formats.PDF:
        raise NotFound(_("Văn bản này không có tệp PDF để in dấu đến."))
    platform().run(actor(), commands.note_read, document_id, printed=f"bản có dấu {slip.STAMP_WORD}")
    content = stamped_copy(platform().files.get(main.file_hash), stamp, FONTS)
    return download(content, f"ban-co-dau-den-{document_id}.pdf", formats.PDF, inline=True)
