"""The operations on a real database, each as a delivery: draft to PDF, signature, number, seal, verification."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

import connectors.conversion.operations
import connectors.signing.operations  # noqa: F401
from connectors.delivery import deliver
from connectors.signing.authority import LocalAuthority
from connectors.signing.client import signing_client
from connectors.signing.verification import verify
from engine import outbox
from engine.clock import FixedClock
from engine.directory.authority import commands as authority_commands
from engine.documents import commands as documents
from engine.documents import queries
from engine.documents.commands import Upload
from engine.documents.models import Attachment, Document
from engine.platform import Platform, Work, system
from engine.settings import Settings
from tests import builders


@pytest.fixture
def platform(
    settings: Settings, clock: FixedClock, tmp_path: Path, authority: LocalAuthority, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Platform]:
    """An installation that signs with the test authority of all these tests: its keys take long to make."""
    monkeypatch.setenv("VANTHU_SIGNING_AUTHORITY_PATH", str(authority.folder))
    made = builders.platform(settings, clock, tmp_path / "files")
    yield made
    made.engine.dispose()


@pytest.fixture
def office(platform: Platform) -> builders.Office:
    names = {"abbreviation": "SXD", "code": "H99.15", "place": "Mẫu", "unit_abbreviation": "QLXD"}
    return builders.office(platform, "Sở Xây dựng", **names)


def send(platform: Platform, office: builders.Office, operation: str, **given: Any) -> int:
    """Order an operation; the id of its delivery."""
    return platform.run(system(office.id), lambda work: ordered(work, operation, given)).id


def ordered(work: Work, operation: str, given: dict[str, Any]) -> outbox.Delivery:
    delivery = work.send(operation, given)
    work.session.flush()
    return delivery


def done(platform: Platform, office: builders.Office, operation: str, **given: Any) -> outbox.Delivery:
    """Order an operation and carry it out; the delivery afterwards."""
    delivery_id = send(platform, office, operation, **given)
    deliver(platform, delivery_id)
    with platform.reading() as session:
        return session.get_one(outbox.Delivery, delivery_id)


def read(platform: Platform, document: Document) -> tuple[Document, Attachment | None]:
    with platform.reading() as session:
        return session.get_one(Document, document.id), queries.main_file(session, document.id)


def approved(platform: Platform, office: builders.Office, **fields: Any) -> Document:
    """A draft that has been approved, with its signer named."""
    body = "Đề nghị các địa phương rà soát quy hoạch."
    document = builders.draft(platform, office, body=body, **{"signer_id": office["leader"].id, **fields})

    def approve(work: Work) -> None:
        for status in ("content_check", "form_check", "approval", "approved"):
            documents.set_status(work, document.id, status)

    platform.run(system(office.id), approve)
    return document


def signed(platform: Platform, office: builders.Office, **fields: Any) -> Document:
    document = approved(platform, office, **fields)
    assert done(platform, office, "conversion.render-draft", document=document.id).state == "done"
    row = done(platform, office, "signing.sign", document=document.id, signer=office["leader"].id)
    assert row.state == "done", row.last_error
    return document


def sealed(platform: Platform, office: builders.Office, **fields: Any) -> Document:
    document = signed(platform, office, **fields)
    platform.run(system(office.id), documents.number_outgoing, document.id)
    row = done(platform, office, "signing.seal", document=document.id)
    assert row.state == "done", row.last_error
    return document


def test_a_draft_becomes_a_sealed_original(platform: Platform, office: builders.Office) -> None:
    document, main = read(platform, sealed(platform, office))
    assert document.status == "sealed"
    assert document.person_signed_at == platform.clock.now()
    assert main is not None
    assert main.origin == "sealed"
    report = verify(platform.files.get(main.file_hash), signing_client(platform).trust(), platform.clock.now())
    assert report.conclusion == "original"
    assert report.number == document.code == "01/SXD-QLXD"
    assert report.issued == "ngày 23 tháng 11 năm 2026"
    assert [s.signer_name for s in report.signatures] == [office["leader"].full_name, "Sở Xây dựng"]
    assert document.verification["conclusion"] == "original"
    assert document.verification["valid"]
    assert document.verification["sentence"]


def test_every_version_of_the_file_is_kept(platform: Platform, office: builders.Office) -> None:
    document = sealed(platform, office)
    with platform.reading() as session:
        versions = [a.origin for a in queries.attachments(session, document.id, all_versions=True) if a.part == "main"]
    assert sorted(versions) == ["rendered", "sealed", "signed"]


def test_rendering_tells_its_pages_and_reads_the_document(platform: Platform, office: builders.Office) -> None:
    other = builders.agency(platform, "UBND xã An Phú")
    document = approved(platform, office, recipients=[other.id], to_places="Lưu: VT, P1; Thanh tra Sở")
    row = done(platform, office, "conversion.render-draft", document=document.id)
    assert row.result["pages"] == 1
    import pypdfium2 as pdfium

    pdf = pdfium.PdfDocument(platform.files.get(row.result["file_hash"]))
    text = pdf[0].get_textpage().get_text_range()
    pdf.close()
    for part in ("SỞ XÂY DỰNG", "Kính gửi: UBND xã An Phú", "- Như trên;", "- Thanh tra Sở;", "- Lưu: VT, P1."):
        assert part in text, part
    assert office["leader"].full_name in text


def test_an_uploaded_pdf_is_used_instead_of_the_text(platform: Platform, office: builders.Office) -> None:
    document = approved(platform, office, main_file=Upload("du-thao.pdf", builders.pdf("own page")))
    row = done(platform, office, "conversion.render-draft", document=document.id)
    content = platform.files.get(row.result["file_hash"])
    assert "/AcroForm" in PdfFileReader(BytesIO(content)).root
    assert b"Tinos" not in content
    assert done(platform, office, "signing.sign", document=document.id, signer=office["leader"].id).state == "done"


def test_an_uploaded_text_without_a_pdf_is_an_outcome(platform: Platform, office: builders.Office) -> None:
    document = builders.draft(platform, office, main_file=Upload("du-thao.docx", builders.docx()))
    row = done(platform, office, "conversion.render-draft", document=document.id)
    assert row.state == "failed"
    assert "không phải là PDF" in (row.last_error or "")


def test_a_delivery_repeated_after_a_crash_signs_once(platform: Platform, office: builders.Office) -> None:
    document = approved(platform, office)
    done(platform, office, "conversion.render-draft", document=document.id)
    _, before = read(platform, document)
    delivery_id = send(platform, office, "signing.sign", document=document.id, signer=office["leader"].id)
    operation = platform.catalog.get("signing.sign")
    from engine.operations import Outside

    given = operation.read({"document": document.id, "signer": office["leader"].id})
    operation.function(given, Outside(delivery_id, 1, office.id, platform))  # the worker dies before settling
    assert deliver(platform, delivery_id)
    assert not deliver(platform, delivery_id)
    _, after = read(platform, document)
    assert before is not None
    assert after is not None
    embedded = PdfFileReader(BytesIO(platform.files.get(after.file_hash))).embedded_signatures
    assert len(embedded) == 1
    assert platform.files.get(after.file_hash).startswith(platform.files.get(before.file_hash))


def test_a_file_replaced_while_signing_is_not_overwritten(platform: Platform, office: builders.Office) -> None:
    document = approved(platform, office)
    done(platform, office, "conversion.render-draft", document=document.id)
    delivery_id = send(platform, office, "signing.sign", document=document.id, signer=office["leader"].id)
    operation = platform.catalog.get("signing.sign")

    def interrupted(given: Any, outside: Any) -> Any:
        result = operation.function(given, outside)
        done(platform, office, "conversion.render-draft", document=document.id)
        return result

    once = dataclasses.replace(operation, function=interrupted)
    catalog = platform.catalog
    platform.catalog = type(catalog)([once, *(o for o in catalog if o.key != "signing.sign")])
    deliver(platform, delivery_id)
    platform.catalog = catalog
    found, main = read(platform, document)
    assert found.status == "approved"
    assert main is not None
    assert main.origin == "rendered"
    platform.clock.advance(timedelta(minutes=5))  # type: ignore[attr-defined]
    deliver(platform, delivery_id)
    found, main = read(platform, document)
    assert found.status == "signed"


def test_only_the_person_named_may_sign(platform: Platform, office: builders.Office) -> None:
    document = approved(platform, office)
    done(platform, office, "conversion.render-draft", document=document.id)
    row = done(platform, office, "signing.sign", document=document.id, signer=office["specialist"].id)
    assert row.state == "failed"
    assert "không ký thay" in (row.last_error or "")


def test_people_of_other_agencies_cant_sign(platform: Platform, office: builders.Office) -> None:
    stranger = builders.person(platform, builders.agency(platform), "leader")
    document = builders.draft(platform, office, body="Nội dung.")
    done(platform, office, "conversion.render-draft", document=document.id)
    assert done(platform, office, "signing.sign", document=document.id, signer=stranger.id).state == "failed"


def test_other_agencies_documents_are_not_found(platform: Platform, office: builders.Office) -> None:
    other = builders.office(platform)
    document = approved(platform, office)
    for operation in ("conversion.render-draft", "signing.seal", "signing.verify"):
        row = done(platform, other, operation, document=document.id)
        assert row.state == "failed"
        assert "Không tìm thấy" in (row.last_error or "")


def test_a_revoked_certificate_stops_signing(
    platform: Platform, office: builders.Office, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VANTHU_SIGNING_AUTHORITY_PATH", str(tmp_path / "authority"))  # what it revokes is its own
    document = approved(platform, office)
    done(platform, office, "conversion.render-draft", document=document.id)
    client = signing_client(platform)
    with platform.reading() as session:
        identity = client.person(session, office.id, office["leader"].id)
    client.authority.revoke(identity.serial, platform.clock.now())
    row = done(platform, office, "signing.sign", document=document.id, signer=office["leader"].id)
    assert row.state == "failed"
    assert "thu hồi" in (row.last_error or "")


def test_the_agency_signs_only_after_the_person(platform: Platform, office: builders.Office) -> None:
    document = builders.signed(platform, office)  # make-believe signature: a PDF without one
    platform.run(system(office.id), documents.number_outgoing, document.id)
    row = done(platform, office, "signing.seal", document=document.id)
    assert row.state == "failed"
    assert "người có thẩm quyền" in (row.last_error or "")


def test_the_agency_signs_only_what_has_a_number(platform: Platform, office: builders.Office) -> None:
    document = signed(platform, office)
    row = done(platform, office, "signing.seal", document=document.id)
    assert row.state == "failed"
    assert "chưa được cấp số" in (row.last_error or "")


def test_each_separate_annex_is_signed_too(platform: Platform, office: builders.Office) -> None:
    files = [Upload("phu-luc-1.pdf", builders.pdf("annex")), Upload("so-lieu.docx", builders.docx())]
    document = sealed(platform, office, files=files)
    with platform.reading() as session:
        annexes = {a.file_name: a for a in queries.attachments(session, document.id) if a.part == "annex"}
    assert annexes["phu-luc-1.pdf"].origin == "sealed"
    assert annexes["so-lieu.docx"].origin == "uploaded"
    content = platform.files.get(annexes["phu-luc-1.pdf"].file_hash)
    report = verify(content, signing_client(platform).trust(), platform.clock.now())
    assert (report.verdict, report.conclusion) == ("VALID", "missing-person")


@pytest.fixture(scope="module")
def sealed_bytes(sealed: bytes) -> bytes:
    """An original of somebody else, whom the same authority certified."""
    return sealed


def verified(platform: Platform, office: builders.Office, **files: Any) -> tuple[outbox.Delivery, Document]:
    document = builders.arrived(platform, office, **files)
    row = done(platform, office, "signing.verify", document=document.id)
    return row, read(platform, document)[0]


def test_a_received_original_is_reported_as_one(
    platform: Platform, office: builders.Office, sealed_bytes: bytes
) -> None:
    row, document = verified(platform, builders.office(platform), main_file=Upload("cv.pdf", sealed_bytes))
    assert row.state == "done"
    assert (row.result["conclusion"], row.result["valid"]) == ("original", True)
    assert "như bản gốc" in row.result["sentence"]
    assert document.verification["signatures"][0]["signer_name"] == "Nguyễn Thị Ánh Tuyết"
    lists = document.verification["revocation_lists"]
    assert lists
    assert all(platform.files.get(sha256) for sha256 in lists)


def test_a_received_file_without_signatures(platform: Platform, office: builders.Office) -> None:
    row, document = verified(platform, office)
    assert (row.state, row.result["conclusion"], row.result["valid"]) == ("done", "unsigned", False)
    assert "tham khảo" in document.verification["sentence"]


def test_a_tampered_file_is_a_result_not_a_failure(
    platform: Platform, office: builders.Office, sealed_bytes: bytes
) -> None:
    at = sealed_bytes.index(b"stream") + 300
    broken = sealed_bytes[:at] + bytes([sealed_bytes[at] ^ 1]) + sealed_bytes[at + 1 :]
    row, document = verified(platform, office, main_file=Upload("cv.pdf", broken))
    assert (row.state, row.result["conclusion"]) == ("done", "invalid")
    assert document.verification["reasons"]


def test_a_tampered_annex_spoils_the_whole(platform: Platform, office: builders.Office, sealed_bytes: bytes) -> None:
    at = sealed_bytes.index(b"stream") + 300
    broken = sealed_bytes[:at] + bytes([sealed_bytes[at] ^ 1]) + sealed_bytes[at + 1 :]
    row, document = verified(
        platform, office, main_file=Upload("cv.pdf", sealed_bytes), files=[Upload("phu-luc.pdf", broken)]
    )
    assert row.result["conclusion"] == "invalid"
    assert "phu-luc.pdf" in document.verification["sentence"]


def test_verifying_again_gives_the_same(platform: Platform, office: builders.Office, sealed_bytes: bytes) -> None:
    document = builders.arrived(platform, office, main_file=Upload("cv.pdf", sealed_bytes))
    first = done(platform, office, "signing.verify", document=document.id)
    second = done(platform, office, "signing.verify", document=document.id)
    assert first.result["conclusion"] == second.result["conclusion"] == "original"


def test_without_the_test_authority_nothing_is_signed_or_believed(
    platform: Platform, office: builders.Office, sealed_bytes: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VANTHU_SIGNING_TEST_AUTHORITY", "false")
    row, _ = verified(platform, office, main_file=Upload("cv.pdf", sealed_bytes))
    assert row.result["conclusion"] == "indeterminate"
    document = approved(platform, office)
    done(platform, office, "conversion.render-draft", document=document.id)
    row = done(platform, office, "signing.sign", document=document.id, signer=office["leader"].id)
    assert row.state == "failed"
    assert "thiết bị ký số" in (row.last_error or "")


def test_who_signs_by_authorisation_needs_one_on_the_day_of_signing(
    platform: Platform, office: builders.Office
) -> None:
    checker, day = office["form-checker"].id, platform.clock.now().date()
    admin = builders.actor(platform, office["agency-admin"])
    row = platform.run(
        admin, authority_commands.add_authorisation, giver_id=office["leader"].id, receiver_id=checker,
        code="12/GUQ-SXD", dated=day, valid_from=day, valid_to=day, type_names=["Công văn"],
    )  # fmt: skip
    document = approved(platform, office, signer_id=checker)
    assert document.signer_capacity.startswith("TUQ.")
    assert done(platform, office, "conversion.render-draft", document=document.id).state == "done"
    platform.run(admin, authority_commands.revoke_authorisation, row.id, "Giám đốc đã về.")
    refused = done(platform, office, "signing.sign", document=document.id, signer=checker)
    assert refused.state != "done"
    assert "giấy ủy quyền số 12/GUQ-SXD đã bị thu hồi" in refused.last_error
