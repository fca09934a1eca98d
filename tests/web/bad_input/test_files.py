"""Files that are broken, disguised, dangerous, too large, oddly named: refused at their field, nothing half done."""

from __future__ import annotations

import dataclasses
import re
import struct
from itertools import product
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import select

from engine.directory.models import Person
from engine.documents.models import Attachment
from engine.platform import Platform
from tests import builders
from tests.web.bad_input.refusals import GOOD, PAPER, refused, state, unchanged, upload
from web.app import create_app


def forged_bomb() -> bytes:
    """A small docx whose directory says that it unpacks to two gigabytes."""
    content = bytearray(builders.docx())
    at = content.index(b"PK\x01\x02")
    struct.pack_into("<I", content, at + 24, 2**31)
    return bytes(content)


BAD_FILES: list[tuple[str, bytes, str]] = [
    ("macro.docx", builders.docx(**{"word/vbaProject.bin": b"x"}), "macro"),
    ("chương trình.pdf", b"MZ\x90\x00" + bytes(300), "Định dạng không thuộc danh mục"),
    ("cụt.pdf", builders.pdf("cụt")[:-40], "không đầy đủ"),
    ("khóa.pdf", builders.pdf("k").replace(b"/Root 1 0 R", b"/Root 1 0 R /Encrypt 9 0 R"), "mật khẩu"),
    ("bom.docx", forged_bomb(), "quá nhiều hoặc quá lớn khi giải nén"),
    ("nhiều.docx", builders.package({f"{number}.txt": b"" for number in range(5_001)}), "giải nén"),
    ("hỏng.docx", b"PK\x03\x04" + bytes(100), "bị hỏng"),
    ("nén.zip", builders.package({"a.txt": b"a"}), "gửi từng tệp riêng"),
    ("trang.pdf", b"<html><script>alert(1)</script></html>", "trang web"),
    ("ảnh.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "XML"),
    ("hai mặt.pdf", builders.pdf("h") + builders.package({"a": b"a"}) + b"%%EOF", "hai định dạng"),
    ("rỗng.pdf", b"", ""),
    ("lạ.bin", bytes(range(256)), ""),
]


def test_a_bad_file_is_refused_at_its_field(
    platform: Platform, client: FlaskClient, task_id: int, office: builders.Office
) -> None:
    outgoing = {"type_name": "Công văn", "subject": "Về việc thử", "unit_id": office.unit.id}
    posts: list[tuple[str, dict[str, Any], str]] = [
        ("/documents/incoming/new", PAPER, "main_file"),
        ("/documents/outgoing/new", outgoing, "main_file"),
        (f"/tasks/{task_id}", GOOD, "files"),
    ]
    with unchanged(platform):
        for (name, content, sentence), (where, fields, key) in product(BAD_FILES, posts):
            answer = client.post(where, data={**fields, key: upload(content, name)})
            refused(answer, 422, about=(name, where))
            page = BeautifulSoup(answer.text, "lxml")
            told = page.select_one(f"#error-{key}")
            assert told is not None, (name, where, page.select(".field-error"))
            if where.startswith("/tasks"):  # other forms say first which extensions they take
                assert sentence in told.get_text(), (name, told)


def test_one_bad_file_among_good_ones_stops_all(platform: Platform, client: FlaskClient) -> None:
    before = state(platform)
    files = {"main_file": upload(builders.pdf("tốt"), "tốt.pdf"), "files": upload(b"MZ" + bytes(100), "xấu.pdf")}
    answer = client.post("/documents/incoming/new", data=PAPER | files)
    refused(answer, 422)
    assert "xấu.pdf" in BeautifulSoup(answer.text, "lxml").select_one("#error-files").get_text()  # type: ignore[union-attr]
    assert state(platform) == before


def test_too_many_files_are_refused(platform: Platform, client: FlaskClient, task_id: int) -> None:
    many = [upload(builders.pdf(str(number)), f"{number}.pdf") for number in range(60)]
    with unchanged(platform):
        said = refused(client.post(f"/tasks/{task_id}", data=GOOD | {"files": many}), 422)
        assert "tối đa 50 tệp" in said


def test_what_is_too_large_is_refused_with_the_limit(platform: Platform, all_round: Person, task_id: int) -> None:
    platform.settings = dataclasses.replace(platform.settings, max_upload_bytes=1024 * 1024)
    app = create_app(platform.settings, platform)
    app.config.update(PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    client, moment = app.test_client(), platform.clock.now().timestamp()
    with client.session_transaction() as session:
        session.update(person=all_round.id, since=moment, seen=moment, stamp="")
    large = builders.pdf("l").replace(b"%%EOF", b"%" + bytes(1_500_000).replace(b"\0", b"x") + b"\n%%EOF")
    posts: list[tuple[dict[str, Any], int, str]] = [
        ({"files": upload(large, "lớn.pdf")}, 422, "lớn quá 1 MB"),
        ({"files": upload(large * 2, "lớn.pdf")}, 413, "vượt quá 1 MB"),
        ({"note": "x" * 5_000_000}, 413, "vượt quá"),
        ({f"p{number}": "x" for number in range(2_100)} | {"files": upload(b"x", "x.pdf")}, 413, "vượt quá"),
    ]
    with unchanged(platform):
        for fields, status, sentence in posts:
            answer = client.post(f"/tasks/{task_id}", data=GOOD | fields)
            assert sentence in refused(answer, status)
            answer.request.environ["wsgi.input"].close()  # the test client keeps a large body in a file of its own


ODD_NAMES = [
    'a\r\nSet-Cookie: stolen=1\r\n.pdf', 'a"; filename="evil.exe.pdf', "../../../etc/x.pdf", "C:\\Windows\\x.pdf",
    "\u202efdp.exe.pdf", "Công văn số 12 – khẩn 😀.pdf", ";.pdf", "a\tb\x7f.pdf", "x" * 400 + ".pdf",
    ".pdf", "..", "con.pdf",
    "<img src=x onerror=alert(3)>.pdf",
]  # fmt: skip


HEADER = re.compile(r"(inline|attachment); filename=\"[ -!#-~]*\"; filename\*=UTF-8''[A-Za-z0-9%._~()*'!-]+")


def test_a_files_name_stays_a_name(platform: Platform, client: FlaskClient, office: builders.Office) -> None:
    for name in ODD_NAMES:
        main_file = builders.Upload(name, builders.pdf(name))
        document = builders.arrived(platform, office, main_file=main_file)
        page = BeautifulSoup(client.get(f"/documents/{document.id}").text, "html.parser")
        assert page.find("img", src="x") is None
        link = page.select_one(".viewer-bar a")
        assert link is not None
        for query in ("", "?download=1"):
            answer = client.get(str(link["href"]) + query)
            assert (answer.status_code, answer.data) == (200, main_file.content), name
            assert "Set-Cookie" not in answer.headers
            said = answer.headers["Content-Disposition"]
            assert HEADER.fullmatch(said), said
            assert not re.search(r"%2[fF]|%5[cC]|%0[aAdD]|\.\.[/\\]", said), said
            assert said.startswith("attachment" if query else "inline")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert not list(Path(platform.files.folder).rglob("*.pdf"))  # bytes lie under their hash, never under a name


def test_a_posted_file_name_is_cleaned(platform: Platform, client: FlaskClient) -> None:
    body = PAPER | {"main_file": upload(builders.pdf("n"), "..\\..\\<b>Công văn</b>.pdf")}
    assert client.post("/documents/incoming/new", data=body).status_code == 303
    with platform.reading() as session:
        kept = session.scalars(select(Attachment.file_name)).one()
    assert not re.search(r'[<>:"/\\|?*\x00-\x1f]', kept)
    assert kept.endswith(".pdf")
