"""A scan on its way: taken in once, read by a worker, stopped at a mark of secrecy, registered once, its bytes gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from connectors import delivery
from connectors.scanning import tesseract
from connectors.scanning.pages import join
from engine.clock import FixedClock
from engine.documents import queries as documents
from engine.documents.editing import Upload
from engine.documents.searching.models import Content
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.intake import commands, queries
from engine.intake.models import Scan
from engine.outbox import Delivery
from engine.platform import Platform
from engine.settings import Settings
from tests import builders, papers, recognition, removing
from tests.catalog import catalog


@pytest.fixture
def platform(settings: Settings, clock: FixedClock, tmp_path: Path) -> Iterator[Platform]:
    made = builders.platform(settings, clock, tmp_path / "files")
    made.catalog = catalog()
    yield made
    made.engine.dispose()


@pytest.fixture
def office(platform: Platform) -> builders.Office:
    return builders.office(platform)


def upload(content: bytes, name: str = "Công văn.pdf") -> Upload:
    return Upload(name, content)


def taken(platform: Platform, office: builders.Office, *files: Upload, **how: Any) -> list[Scan]:
    return platform.run(builders.actor(platform, office["clerk"]), commands.take_in, list(files), **how)


def read(platform: Platform, office: builders.Office, scan: Scan) -> Scan:
    delivery.carry_out_all(platform)
    with platform.reading() as session:
        return queries.scan(session, builders.actor(platform, office["clerk"]), scan.id)


def stored(platform: Platform) -> int:
    return sum(1 for path in platform.files.folder.rglob("*") if path.is_file())


def test_a_scan_is_read_and_proposes(platform: Platform, office: builders.Office) -> None:
    [scan] = taken(platform, office, upload(papers.paper()))
    found = read(platform, office, scan)
    assert (found.state, found.page_amount, len(found.pictures["pages"])) == ("read", 1, 1)
    assert found.proposals["code"]["value"] == "12/UBND-KT"
    assert "Kính gửi: Sở Xây dựng" in found.text
    assert not found.note


def test_the_same_bytes_again_are_the_same_scan(platform: Platform, office: builders.Office) -> None:
    [one] = taken(platform, office, upload(papers.paper()))
    [two] = taken(platform, office, upload(papers.paper(), "tên khác.pdf"))
    assert one.id == two.id
    with platform.reading() as session:
        asked = select(func.count()).select_from(Delivery).where(Delivery.operation == commands.READ_SCAN)
        assert session.scalar(asked) == 1


def test_pictures_become_one_paper_and_without_tesseract_it_is_said(
    platform: Platform, office: builders.Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VANTHU_TESSERACT", "off")
    pages = [upload(papers.scanned(), "1.jpg"), upload(papers.scanned("PNG"), "2.png")]
    [scan] = taken(platform, office, *pages, together=True)
    found = read(platform, office, scan)
    assert (found.state, found.page_amount, found.note) == ("read", 2, tesseract.ABSENT)
    assert found.proposals == {}
    assert platform.files.get(found.file_hash or "").startswith(b"%PDF-")


def test_a_mark_of_secrecy_leaves_nothing_of_the_paper(platform: Platform, office: builders.Office) -> None:
    [scan] = taken(platform, office, upload(papers.paper(secrecy="TUYỆT MẬT"), "mật.pdf"))
    found = read(platform, office, scan)
    assert (found.state, found.reason) == ("stopped", "Có dấu chỉ mức độ mật: TUYỆT MẬT.")
    assert (found.file_name, found.text, found.given, found.proposals, found.pictures) == ("", "", {}, {}, {})
    assert stored(platform) == 0


def test_what_is_no_scan_is_refused_with_its_reason(platform: Platform, office: builders.Office) -> None:
    for content, name, said in (
        (b"MZ\x90\x00" + b"\0" * 200, "virus.pdf", "virus.pdf"), (b"", "rỗng.pdf", "Tệp rỗng"),
        (builders.pdf("x")[:-40] + b"/Encrypt 1 0 R", "khóa.pdf", "khóa.pdf"), (b"v\xc4\x83n", "a.txt", "phải là PDF"),
    ):  # fmt: skip
        with pytest.raises(InvalidInput) as refused:
            taken(platform, office, upload(papers.paper()), upload(content, name))
        assert said in refused.value.fields["files"]
    with pytest.raises(InvalidInput, match="Chỉ ghép các tệp ảnh"):
        taken(platform, office, upload(papers.paper()), together=True)
    assert stored(platform) == 0


def test_damaged_pages_fail_in_words(platform: Platform, office: builders.Office) -> None:
    broken = papers.scanned("PNG")
    [scan] = taken(platform, office, upload(broken[:3000] + broken[-200:], "hỏng.png"))
    found = read(platform, office, scan)
    assert found.state == "failed"
    assert "quét lại" in found.note


def test_only_the_registry_of_the_agency(platform: Platform, office: builders.Office) -> None:
    [scan] = taken(platform, office, upload(papers.paper()))
    other = builders.office(platform)
    with pytest.raises(NotAllowed):
        platform.run(builders.actor(platform, office["leader"]), commands.take_in, [upload(papers.paper())])
    for person in (office["leader"], other["clerk"]):
        with platform.reading() as session, pytest.raises(NotFound):
            queries.scan(session, builders.actor(platform, person), scan.id)
    with pytest.raises(NotFound):
        platform.run(builders.actor(platform, other["clerk"]), commands.drop, scan.id, "x")


def test_a_dropped_scan_loses_its_bytes_but_not_those_of_others(platform: Platform, office: builders.Office) -> None:
    [scan] = taken(platform, office, upload(papers.paper()))
    other = builders.office(platform)
    [theirs] = taken(platform, other, upload(papers.paper()))
    read(platform, office, scan)
    clerk = builders.actor(platform, office["clerk"])
    with pytest.raises(InvalidInput):
        platform.run(clerk, commands.drop, scan.id, " ")
    platform.run(clerk, commands.drop, scan.id, "Quét nhầm")
    with pytest.raises(Conflict):
        platform.run(clerk, commands.drop, scan.id, "Quét nhầm")
    kept = read(platform, other, theirs)
    assert platform.files.get(kept.file_hash or "") == papers.paper()
    platform.run(builders.actor(platform, other["clerk"]), commands.drop, theirs.id, "Quét nhầm")
    delivery.carry_out_all(platform)
    removing.carry_out(platform)
    assert stored(platform) == 0


@pytest.mark.skipif(recognition.find_tesseract() is None, reason=recognition.MISSING)
def test_a_picture_that_came_another_way_is_found_by_its_text(platform: Platform, office: builders.Office) -> None:
    picture = Upload("Quét.pdf", join([papers.scanned()]))
    document = builders.arrived(platform, office, main_file=picture, source="internal")
    delivery.carry_out_all(platform)
    with platform.reading() as session:
        main = documents.main_file(session, document.id)
        content = session.get(Content, main.file_hash if main else "")
    assert content is not None
    assert content.state == "read"
    assert "Kính gửi: Sở Xây dựng" in content.text


def test_a_page_sent_twice_is_taken_once(platform: Platform, office: builders.Office) -> None:
    clerk = builders.actor(platform, office["clerk"])
    document = builders.arrived(platform, office)
    assert platform.run(clerk, commands.first_time, office.id, "a" * 24) is None
    platform.run(clerk, commands.taken, office.id, "a" * 24, document.id)
    assert platform.run(clerk, commands.first_time, office.id, "a" * 24) == document.id


def test_kept_forms_are_ones_own_or_the_registrys(platform: Platform, office: builders.Office) -> None:
    clerk = builders.actor(platform, office["clerk"])
    second = builders.actor(platform, builders.person(platform, office.agency, "clerk"))
    given = {"organ_name": "UBND xã", "type_name": "Báo cáo", "code": "1/A", "issued_date": "2026-11-01"}
    own = platform.run(clerk, commands.keep_form, "Báo cáo tháng", given)
    platform.run(clerk, commands.keep_form, "Dùng chung", given, shared=True)
    assert own.values == {"organ_name": "UBND xã", "type_name": "Báo cáo"}  # number and date are the document's
    again = platform.run(clerk, commands.keep_form, "Báo cáo tháng", {"organ_name": "UBND phường"})
    assert again.id == own.id
    with platform.reading() as session:
        assert [each.name for each in queries.forms(session, clerk)] == ["Báo cáo tháng", "Dùng chung"]
        assert [each.name for each in queries.forms(session, second)] == ["Dùng chung"]
        assert queries.forms(session, builders.actor(platform, office["leader"])) == []
    with pytest.raises(NotFound):
        platform.run(second, commands.forget_form, own.id)
    for name, values in (("", given), ("Rỗng", {"code": "1/A"}), ("x" * 61, given)):
        with pytest.raises(InvalidInput) as refused:
            platform.run(clerk, commands.keep_form, name, values)
        assert "form_name" in refused.value.fields
