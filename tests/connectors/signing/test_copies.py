"""The agency's mark on a digitised paper document: visible, signed, kept as data, never put on twice."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from sqlalchemy import select

from connectors.delivery import carry_out_all
from connectors.scanning.pages import join
from connectors.signing import pades
from connectors.signing.authority import LocalAuthority
from connectors.signing.copies import CERTIFY_COPY
from connectors.signing.identity import Identity
from connectors.signing.pades import Desk
from connectors.signing.verification import verify
from engine.clock import FixedClock
from engine.copying import commands as copying
from engine.copying.models import DocumentCopy
from engine.documents import commands as documents
from engine.documents import queries
from engine.documents.models import Document, RegisterEntry
from engine.documents.searching.commands import keep_content
from engine.documents.searching.models import Content
from engine.outbox import Delivery
from engine.platform import Platform, Work, system
from engine.settings import Settings
from tests import builders, papers
from tests.catalog import catalog
from tests.connectors.signing.conftest import NOW


@pytest.fixture
def platform(
    settings: Settings, clock: FixedClock, tmp_path: Path, authority: LocalAuthority, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Platform]:
    monkeypatch.setenv("VANTHU_SIGNING_AUTHORITY_PATH", str(authority.folder))
    made = builders.platform(settings, clock, tmp_path / "files")
    made.catalog = catalog()
    yield made
    made.engine.dispose()


@pytest.fixture
def office(platform: Platform) -> builders.Office:
    return builders.office(platform)


def certified(platform: Platform, office: builders.Office, document: Document) -> Delivery:
    def ask(work: Work) -> Delivery:
        return work.send(CERTIFY_COPY, {"document": document.id, "clerk": office["clerk"].id}, agency_id=office.id)

    row = platform.run(system(office.id), ask)
    carry_out_all(platform)
    with platform.reading() as session:
        return session.get_one(Delivery, row.id)


def arrived(platform: Platform, office: builders.Office, content: bytes | None, **fields: Any) -> Document:
    given = {"agency_id": office.id, "source": "paper", "subject": "Giấy", **fields}
    if content is not None:
        name = "quét.pdf" if content.startswith(b"%PDF") else "thảo.docx"
        given["main_file"] = builders.Upload(name, content)
    return platform.run(builders.actor(platform, office["clerk"]), documents.create_incoming, **given)


def test_the_mark_says_what_the_norm_wants(agency: Identity, desk: Desk, authority: LocalAuthority) -> None:
    made = pades.sign_copy(papers.paper(), "Lê Thị Văn Thư", agency, desk)
    report = verify(made, authority.trust(NOW), NOW)
    assert (report.conclusion, report.proposal) == ("copy", "accept")
    assert pades.copy_lines("Sở", NOW, "Lê Thị Văn Thư") == [
        "BẢN SỐ HÓA TỪ VĂN BẢN GIẤY", "Sở", "20-11-2026 09:05:07 +07:00", "Người số hóa: Lê Thị Văn Thư",
    ]  # fmt: skip
    page = pdfium.PdfDocument(made)
    page.init_forms()
    drawn = page[0].render(scale=1, may_draw_forms=True).to_pil().convert("L")
    plain = pdfium.PdfDocument(papers.paper())[0].render(scale=1).to_pil().convert("L")
    corner = (300, 5, 560, 56)
    assert drawn.crop(corner).getextrema()[0] < 100  # the mark stands above the national title
    assert plain.crop((300, 5, 560, 45)).getextrema()[0] == 255


def test_a_copy_is_certified_once_and_keeps_its_data(platform: Platform, office: builders.Office) -> None:
    document = arrived(platform, office, join([papers.scanned()]))
    with platform.reading() as session:
        before = queries.main_file(session, document.id)
        assert before is not None
    platform.run(system(office.id), keep_content, before.file_hash, "read", "chữ đã nhận dạng")
    for _twice in range(2):
        row = certified(platform, office, document)
        assert row.state == "done", row.last_error
    with platform.reading() as session:
        main = queries.main_file(session, document.id)
        assert main is not None
        found = queries.get(session, builders.actor(platform, office["clerk"]), document.id)
        content = session.get(Content, main.file_hash)
    assert (main.origin, main.version) == ("certified", 2)
    assert found.checks["digitised"]["clerk"] == office["clerk"].full_name
    assert found.checks["digitised"]["input_hash"] == before.file_hash
    assert content is not None
    assert content.text == "chữ đã nhận dạng"


def test_what_is_no_digitised_paper_passes_unsigned(platform: Platform, office: builders.Office, sealed: bytes) -> None:
    for content, fields, said in (
        (papers.paper(), {"source": "internal"}, "không đến bằng đường giấy"), (sealed, {}, "đã có chữ ký số"),
        (None, {}, "không có tệp số hóa"), (builders.docx(), {}, "không phải là PDF"),
    ):  # fmt: skip
        document = arrived(platform, office, content, **fields)
        row = certified(platform, office, document)
        assert row.state == "done"
        assert (row.result or {})["certified"] is False
        assert said in (row.result or {})["reason"]
        with platform.reading() as session:
            assert "digitised" not in session.get_one(Document, document.id).checks


def test_a_clerk_may_leave_a_scan_unsigned(platform: Platform, office: builders.Office) -> None:
    document = arrived(platform, office, papers.paper())

    def without(work: Work) -> None:
        row = work.session.get_one(Document, document.id)
        row.checks = {**row.checks, "certify": False}

    platform.run(system(office.id), without)
    assert "chọn không ký" in (certified(platform, office, document).result or {})["reason"]


# --- Copies made here -----------------------------------------------------------------------------------------


def made(platform: Platform, office: builders.Office, original: Document, **wanted: Any) -> Document:
    """A copy asked for, granted and numbered, its pages made."""
    given = {"kind": "Sao y", "form": "electronic", "purpose": "Gửi kèm hồ sơ", "people": [office["unit-head"].id]}
    row = platform.run(builders.actor(platform, office["clerk"]), copying.ask, original.id, **given | wanted)

    def grant(work: Work) -> Document:
        document = copying.grant(work, row.id, office["leader"].id)
        documents.number_outgoing(work, document.id)
        work.send("conversion.prepare-copy", {"document": document.id})
        return document

    document = platform.run(system(office.id), grant)
    carry_out_all(platform)
    return document


def signed(platform: Platform, office: builders.Office, document: Document) -> tuple[Document, bytes]:
    """The copy after the agency's signature, and its file."""
    platform.run(system(office.id), lambda work: work.send("signing.sign-copy", {"document": document.id}))
    carry_out_all(platform)
    with platform.reading() as session:
        main = queries.main_file(session, document.id)
        assert main is not None
        return session.get_one(Document, document.id), platform.files.get(main.file_hash)


def words(content: bytes) -> str:
    opened = pdfium.PdfDocument(content)
    opened.init_forms()
    for page in opened:
        page.flatten()
    flat = pdfium.PdfDocument(written(opened))
    return "\n".join(page.get_textpage().get_text_range() for page in flat)


def written(opened: pdfium.PdfDocument) -> bytes:
    buffer = BytesIO()
    opened.save(buffer)
    return buffer.getvalue()


def test_an_electronic_copy_of_paper_bears_box_14_and_verifies_as_a_copy(
    platform: Platform, office: builders.Office, authority: LocalAuthority
) -> None:
    original = arrived(platform, office, papers.paper(), code="9/UBND", organ_name="UBND xã Bên Kia")
    register(platform, office, original)
    certified(platform, office, original)  # its own mark of a digitised paper stays out of the copy
    document, content = signed(platform, office, made(platform, office, original))
    assert (document.status, document.verification["conclusion"]) == ("sealed", "copy")
    report = verify(content, authority.trust(platform.clock.now()), platform.clock.now())
    assert (report.conclusion, report.proposal, len(report.signatures)) == ("copy", "accept", 1)
    said = words(content)
    assert "SAO Y" in said
    assert office.agency.name in said
    assert "+07:00" in said
    assert "SỐ HÓA" not in said


def test_an_excerpt_of_an_electronic_document_has_the_components_of_the_original(
    platform: Platform, office: builders.Office
) -> None:
    original = arrived(platform, office, papers.paper(), source="axis", code="9/UBND", signer_name="Nguyễn Văn Ký",
                       organ_name="UBND xã Bên Kia", issued_date=date(2026, 11, 20))  # fmt: skip
    register(platform, office, original)
    excerpt = {"kind": "Trích sao", "excerpt": "Điều 2. Báo cáo trước ngày 05 tháng 12."}
    document, content = signed(platform, office, made(platform, office, original, **excerpt))
    assert (document.status, document.code) == ("sealed", f"01/TrS-{office.agency.abbreviation}")
    said = words(content)
    for each in ("TRÍCH SAO", "9/UBND", "ngày 20 tháng 11 năm 2026", "Điều 2.", "(Đã ký)", "Nguyễn Văn Ký"):
        assert each in said


def test_a_copy_that_cannot_be_made_says_so_and_its_number_stays_as_cancelled(
    platform: Platform, office: builders.Office
) -> None:
    original = arrived(platform, office, papers.paper())
    register(platform, office, original)
    document = made(platform, office, original, kind="Trích sao", pages="7")
    with platform.reading() as session:
        row = session.scalars(select(Delivery).where(Delivery.operation == "conversion.prepare-copy")).one()
        assert "chỉ có 1 trang" in (row.last_error or "")
        copy = session.scalars(select(DocumentCopy)).one()
    platform.run(system(office.id), copying.refuse, copy.id, office["leader"].id, "Không có trang 7.")
    with platform.reading() as session:
        assert session.get_one(Document, document.id).status == "cancelled"
        assert session.get_one(DocumentCopy, copy.id).state == "failed"
        entry = session.scalars(select(RegisterEntry).where(RegisterEntry.document_id == document.id)).one()
        assert entry.state == "cancelled"


def register(platform: Platform, office: builders.Office, document: Document) -> None:
    def enter(work: Work) -> None:
        documents.check(work, document.id)
        documents.register_incoming(work, document.id)

    platform.run(builders.actor(platform, office["clerk"]), enter)
