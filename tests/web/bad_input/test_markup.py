"""Markup that people or other systems bring is text on every page, whatever it tries to be."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from engine.directory.models import Agency, Person
from engine.documents.models import Attachment, Document
from engine.instances import cases
from engine.platform import Platform, Work, system
from engine.tasks.models import Task
from tests import builders
from tests.web.bad_input.refusals import HOSTILE, PAPER, refused, upload


@pytest.fixture
def hostile_ids(platform: Platform, office: builders.Office) -> dict[str, int]:
    """Markup in every text that people or systems can bring, straight in the database where rules would cut it."""
    document = builders.registered(platform, office, subject=HOSTILE, organ_name=HOSTILE, description=HOSTILE)
    builders.draft(platform, office, subject=HOSTILE, body=HOSTILE, to_places=HOSTILE)
    person = builders.person(platform, office.agency, "leader", unit=office.unit, full_name="Người Đủ Vai")
    clerk = builders.actor(platform, office["clerk"])
    begun, instance = platform.run(
        clerk, cases.begin_incoming, agency_id=office.id, subject=HOSTILE, code="7/X", organ_name=HOSTILE
    )

    def spoil(work: Work) -> int:
        for row in work.session.scalars(select(Document).where(Document.agency_id == office.id)):
            row.signer_name = row.signer_position = HOSTILE
            row.code = HOSTILE[:60]
            row.result = row.refusal_reason = row.reply_requirement = row.type_name = HOSTILE
            row.reply_required = True
            row.verification = {
                "sentence": HOSTILE, "conclusion": HOSTILE,
                "signatures": [{"signer_name": HOSTILE, "issuer": HOSTILE, "reasons": [HOSTILE], "signed_at": HOSTILE}],
            }  # fmt: skip
        for attachment in work.session.scalars(select(Attachment)):
            attachment.file_name = HOSTILE
        work.session.get_one(Person, person.id).full_name = HOSTILE
        work.session.get_one(Agency, office.id).name = HOSTILE
        task = work.session.scalars(select(Task).where(Task.instance_id == instance.id)).one()
        task.name = HOSTILE
        return task.id

    task_id = platform.run(system(office.id), spoil)
    assert office.registers
    return {
        "document": document.id, "begun": begun.id, "task": task_id, "instance": instance.id, "person": person.id,
        "register": office.registers[0].id, "outgoing": office.registers[1].id,
    }  # fmt: skip


PAGES = [
    "/", "/?box=groups", "/documents/incoming", "/documents/outgoing", "/documents/{document}", "/documents/{begun}",
    "/documents/{document}/audit", "/tasks/{task}", "/search?q=alert", "/registers", "/registers/{register}",
    "/registers/{register}?print=1", "/registers/{outgoing}", "/people", "/people/{person}", "/units", "/stand-ins",
    "/instances", "/instances/{instance}", "/incidents", "/documents/outgoing/new", "/documents/incoming/new",
    "/password",
]  # fmt: skip


def test_markup_in_data_is_text_on_every_page(client: FlaskClient, hostile_ids: dict[str, int]) -> None:
    seen = 0
    for where in PAGES:
        answer = client.get(where.format(**hostile_ids))
        assert answer.status_code == 200, where
        harmless(answer.text, where)
        seen += answer.text.count("&lt;script&gt;alert(1)")
    assert seen > 30


def test_markup_in_questions_is_text_in_the_answer(client: FlaskClient, app: Flask, task_id: int) -> None:
    harmless(client.get("/search", query_string={"q": HOSTILE}).text, "search")
    harmless(client.get("/", query_string={"q": HOSTILE, "box": "groups"}).text, "inbox")
    harmless(client.get("/", query_string={"box": HOSTILE}).text, "box")
    harmless(client.get("/" + "%3Cscript%3Ealert(1)%3C/script%3E").text, "address")
    stranger = app.test_client()
    harmless(stranger.get("/sign-in", query_string={"next": "/" + HOSTILE, "reason": HOSTILE}).text, "sign-in")
    harmless(stranger.post("/sign-in", data={"user_name": HOSTILE[:60], "password": "x"}).text, "sign-in refused")
    harmless(
        client.post(f"/tasks/{task_id}", data={"line": HOSTILE * 3, "note": HOSTILE, "amount": HOSTILE}).text, "task"
    )
    harmless(client.post("/documents/incoming/new", data=dict.fromkeys(PAPER, HOSTILE)).text, "new incoming")
    harmless(client.post("/units", data={"name": "", "abbreviation": HOSTILE}).text, "units")
    bad = {"main_file": upload(b"MZ" + bytes(99), "<img src=x onerror=alert(2)>.pdf")}
    harmless(client.post("/documents/incoming/new", data=PAPER | bad).text, "file name")


def harmless(html: str, where: str) -> None:
    """What was brought stands on the page as text: no element, attribute or template of it came to life."""
    page = BeautifulSoup(html, "html.parser")
    assert page.find("img", src="x") is None, where
    assert not [script for script in page.find_all("script") if not script.get("src")], where
    assert not [tag for tag in page.find_all(True) for name in tag.attrs if name.startswith("on")], where
    assert "{{7*7}}" in html or "49" not in page.get_text() or "alert" not in page.get_text(), where


def test_htmx_is_told_without_a_page(client: FlaskClient) -> None:
    for where, method, status in (
        ("/documents/987654", "GET", 404),
        ("/tasks/987654/claim", "POST", 404),
        ("/", "PUT", 405),
    ):
        answer = client.open(where, method=method, headers={"HX-Request": "true"})
        refused(answer, status, about=where)
        assert answer.headers["HX-Retarget"] == "#notices"
        assert "<html" not in answer.text


def test_broken_cookies_and_headers_mean_nobody(app: Flask, client: FlaskClient) -> None:
    for value in ("x", "eyJ.x.y", "." * 5_000, "\x80\xff", '{"person":1}'):
        stranger = app.test_client()
        answer = stranger.get("/", headers={"Cookie": f"vanthu={value}"})
        assert answer.status_code == 302, value[:20]
        assert answer.headers["Location"].startswith("/sign-in")
    odd = {
        "Accept-Language": "\xff\xfe;q=x",
        "X-Forwarded-For": "<script>",
        "If-None-Match": '"' * 500,
        "Range": "bytes=9-1",
    }
    assert client.get("/", headers=odd).status_code == 200
