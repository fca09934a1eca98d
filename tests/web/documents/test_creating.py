"""New documents made in the browser."""

from __future__ import annotations

import io
from typing import Any

from sqlalchemy import func, select

from engine.documents import queries
from engine.documents.models import Document
from engine.platform import Platform
from tests import builders
from tests.web.conftest import SignIn

PAPER = {
    "source": "paper", "organ_name": "UBND xã Bên Kia", "code": "12/UBND-KT", "issued_date": "20/11/2026",
    "type_name": "Công văn", "subject": "Về việc rà soát", "urgency": "1",
}  # fmt: skip


def a_file(content: bytes = b"", name: str = "Công văn số 12.pdf") -> tuple[io.BytesIO, str]:
    return io.BytesIO(content or builders.pdf("x")), name


def documents_held(platform: Platform) -> int:
    with platform.reading() as session:
        return session.scalar(select(func.count()).select_from(Document)) or 0


def test_a_clerk_takes_in_a_paper_document(platform: Platform, province: builders.Province, sign_in: SignIn) -> None:
    client = sign_in(province.department["clerk"])
    answer = client.post(
        "/documents/incoming/new", data=PAPER | {"main_file": a_file(), "files": [a_file(name="Phụ lục.pdf")]}
    )
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/tasks/")
    with platform.reading() as session:
        document = session.scalars(select(Document)).one()
        names = [row.file_name for row in queries.attachments(session, document.id)]
    assert (document.subject, document.code, document.urgency, document.source) == (
        "Về việc rà soát",
        "12/UBND-KT",
        1,
        "paper",
    )
    assert names == ["Công văn số 12.pdf", "Phụ lục.pdf"]


def test_what_is_missing_is_said_and_nothing_is_kept(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    client = sign_in(province.department["clerk"])
    answer = client.post("/documents/incoming/new", data=PAPER | {"subject": " ", "issued_date": "31/02/2026"})
    assert answer.status_code == 422
    for said in ("Chưa nhập “Trích yếu”.", "phải là ngày có thật", "Chưa đính kèm tệp", "12/UBND-KT"):
        assert said in answer.text
    assert documents_held(platform) == 0


def test_a_bad_file_is_refused_in_words(platform: Platform, province: builders.Province, sign_in: SignIn) -> None:
    client = sign_in(province.department["clerk"])
    for content, name in ((b"MZ\x90\x00" + b"\0" * 200, "virus.pdf"), (b"", "rỗng.pdf"), (b"%PDF-1.7 cut", "cụt.pdf")):
        files: dict[str, Any] = {"main_file": (io.BytesIO(content), name)}
        answer = client.post("/documents/incoming/new", data=PAPER | files)
        assert answer.status_code == 422, name
        assert "field-error" in answer.text, name
    assert documents_held(platform) == 0


def test_only_the_registry_takes_in(province: builders.Province, sign_in: SignIn) -> None:
    assert sign_in(province.department["specialist"]).get("/documents/incoming/new").status_code == 404


def test_a_draft_leads_to_its_first_task(platform: Platform, province: builders.Province, sign_in: SignIn) -> None:
    office = province.department
    client = sign_in(office["specialist"])
    fields = {"type_name": "Công văn", "subject": "Về việc đôn đốc", "unit_id": office.unit.id}
    answer = client.post("/documents/outgoing/new", data=fields)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/tasks/")
    assert "Về việc đôn đốc" in client.get("/documents/outgoing").text


def test_an_answer_is_chosen_among_what_one_may_see(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    office = province.department
    seen = builders.registered(platform, office, subject="Đề nghị hướng dẫn")
    foreign = builders.registered(platform, province.commune, subject="Của xã khác")
    client = sign_in(office["clerk"])
    page = client.get(f"/documents/outgoing/new?answers={seen.id}").text
    assert "Đề nghị hướng dẫn" in page
    assert "Của xã khác" not in page
    fields = {"type_name": "Công văn", "subject": "Trả lời", "unit_id": office.unit.id}
    assert client.post("/documents/outgoing/new", data=fields | {"answers": foreign.id}).status_code == 422
    client.post("/documents/outgoing/new", data=fields | {"answers": seen.id})
    with platform.reading() as session:
        reply = session.scalars(select(Document).where(Document.subject == "Trả lời")).one()
    assert "Đề nghị hướng dẫn" in client.get(f"/documents/{reply.id}").text
    assert "Được trả lời bằng" in client.get(f"/documents/{seen.id}").text
