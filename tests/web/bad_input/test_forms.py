"""Form posts without token, with wrong or hostile answers, sent twice, stale, or no form at all."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from flask.testing import FlaskClient
from sqlalchemy import func, select

from engine.directory.models import Person
from engine.documents.models import Document
from engine.instances.models import Instance
from engine.platform import Platform
from engine.tasks.models import Task
from tests import builders
from tests.web.bad_input.refusals import FOREVER, GOOD, HOSTILE, addressed, refused, unchanged, upload
from web.app import create_app


def test_a_post_without_its_token_is_told_so(platform: Platform, all_round: Person, office: builders.Office) -> None:
    app = create_app(platform.settings, platform)
    app.config.update(PROPAGATE_EXCEPTIONS=False)
    client, moment = app.test_client(), platform.clock.now().timestamp()
    with client.session_transaction() as session:
        session.update(person=all_round.id, since=moment, seen=moment, stamp="")
    stranger = app.test_client()
    stranger.get("/sign-in")
    with stranger.session_transaction() as session:
        foreign = session.get("csrf_token", "x")
    with unchanged(platform):
        for rule in app.url_map.iter_rules():
            if "POST" not in (rule.methods or set()):
                continue
            for token in ({}, {"csrf_token": ""}, {"csrf_token": str(foreign)}):
                answer = client.post(addressed(app, rule, 1), data={"reason": "Thử", "do": "unlock"} | token)
                said = refused(answer, 400, about=rule.rule)
                assert "Tải lại trang rồi" in said


WRONG_ANSWERS: list[tuple[dict[str, Any], str]] = [
    ({"line": ""}, "Chưa nhập “Dòng chữ”."),
    ({"line": "\u200b\u2060 \u00a0"}, "Chưa nhập “Dòng chữ”."),
    ({"line": "dài" * 40}, "dài quá 100 ký tự"),
    (GOOD | {"note": "x" * 1_000_000}, "Ghi chú"),
    (GOOD | {"amount": "0"}, "không được nhỏ hơn 1"),
    (GOOD | {"amount": "1e999"}, "phải là một số"),
    (GOOD | {"amount": "NaN"}, "phải là một số"),
    (GOOD | {"amount": "9" * 400}, "phải là một số"),
    (GOOD | {"amount": "1,5"}, "số nguyên"),
    (GOOD | {"until": "31/02/2027"}, "phải là ngày có thật"),
    (GOOD | {"until": "0000-00-00"}, "phải là ngày có thật"),
    (GOOD | {"until": "01/01/99999"}, "phải là ngày có thật"),
    (GOOD | {"until": "01/01/2020"}, "không được trước hôm nay"),
    (GOOD | {"units": ["1", "999999"]}, "không có trong danh sách"),
    (GOOD | {"units": ["abc"]}, "không có trong danh sách"),
    (GOOD | {"person": "999999"}, "không có trong danh sách"),
    (GOOD | {"person": HOSTILE}, "không có trong danh sách"),
    (GOOD | {"urgency": "7"}, "không có trong danh sách"),
    (GOOD | {"urgency": str(FOREVER)}, "không có trong danh sách"),
]


def test_a_wrong_answer_is_told_at_its_field(platform: Platform, client: FlaskClient, task_id: int) -> None:
    client.post(f"/tasks/{task_id}/claim")
    with unchanged(platform):
        for answers, sentence in WRONG_ANSWERS:
            answer = client.post(f"/tasks/{task_id}", data=answers)
            said = refused(answer, 422, about=answers)
            assert sentence in said, (answers.keys(), said)
            page = BeautifulSoup(answer.text, "lxml")
            assert page.select(".field-error"), answers.keys()
            assert page.select(".error-summary a[href^='#']"), answers.keys()
            assert len(answer.text) < 6_000_000


def test_a_person_of_another_agency_is_no_option(
    platform: Platform, client: FlaskClient, task_id: int, province: builders.Province
) -> None:
    with unchanged(platform):
        for answers in ({"person": province.commune["clerk"].id}, {"units": [province.commune.unit.id]}):
            refused(client.post(f"/tasks/{task_id}", data=GOOD | answers), 422)


def test_what_the_form_does_not_ask_changes_nothing(platform: Platform, client: FlaskClient, task_id: int) -> None:
    more = {
        "status": "filed", "agency_id": "2", "document_id": "1", "state": "completed", "completed_by": "1",
        "secrecy": "secret", "document.subject": "Đổi", "subject": "Đổi", "__class__": "x", "assignee_id": "1",
        "csrf_token": "x" * 5_000,
    }  # fmt: skip
    answer = client.post(f"/tasks/{task_id}", data=GOOD | more)
    assert answer.status_code == 303
    with platform.reading() as session:
        task = session.get_one(Task, task_id)
        assert set(task.answers) <= {
            "line", "note", "amount", "until", "units", "person", "completed_by", "completed_at",
        }  # fmt: skip
        document = session.scalars(select(Document)).one()
        assert (document.subject, document.secrecy, document.status) == ("Văn bản thử", "none", "arrived")


def test_sent_twice_the_second_is_told(platform: Platform, client: FlaskClient, task_id: int) -> None:
    assert client.post(f"/tasks/{task_id}", data=GOOD).status_code == 303
    with unchanged(platform):
        said = refused(client.post(f"/tasks/{task_id}", data=GOOD), 409)
        assert "Người Đủ Vai đã hoàn thành việc này" in said
        refused(client.post(f"/tasks/{task_id}/claim"), 409)
        refused(client.post(f"/tasks/{task_id}/release"), 403, 409)
    with platform.reading() as session:
        assert session.scalar(select(func.count()).select_from(Instance)) == 1


def test_a_stale_form_is_told(platform: Platform, client: FlaskClient, task_id: int, office: builders.Office) -> None:
    client.post(f"/tasks/{task_id}/claim")
    with unchanged(platform):
        said = refused(client.post(f"/tasks/{task_id}", data=GOOD | {"version": "1"}), 409)
        assert "Xem lại rồi gửi lần nữa" in said
        for odd in (str(FOREVER), "-1", "0"):
            refused(client.post(f"/tasks/{task_id}", data=GOOD | {"version": odd}), 409, about=odd)


def test_bodies_that_are_no_form_change_nothing(platform: Platform, client: FlaskClient, task_id: int) -> None:
    form = "multipart/form-data; boundary=x"
    part = b'--x\r\nContent-Disposition: form-data; name="line"\r\n\r\n'
    bodies: list[tuple[bytes, str]] = [
        (b"", "application/x-www-form-urlencoded"),
        (b"line=%ff%fe%00", "application/x-www-form-urlencoded"),
        (b"\xff\xfe\x00=\x80", "application/x-www-form-urlencoded"),
        (b'{"line": "x"}', "application/json"),
        (b"<line>x</line>", "text/xml"),
        (b"line=x", "text/plain"),
        (b"line=x", "none/none"),
        (b"", form),
        (part + b"cut", form),
        (part, "multipart/form-data"),
        (b"--x\r\nContent-Disposition: form-data\r\n\r\nx\r\n--x--\r\n", form),
        (b'--x\r\nContent-Disposition: form-data; name="line"; filename="\xff\xfe"\r\n\r\nx\r\n--x--\r\n', form),
        (b"--x\r\n" + b"A: b\r\n" * 5_000 + b"\r\nx\r\n--x--\r\n", form),
    ]
    with unchanged(platform):
        for body, kind in bodies:
            answer = client.post(f"/tasks/{task_id}", data=body, content_type=kind)
            refused(answer, 400, 413, 422, about=(body[:60], kind))


def test_control_signs_are_cleaned_or_refused(platform: Platform, client: FlaskClient, task_id: int) -> None:
    with unchanged(platform):
        refused(client.post(f"/tasks/{task_id}", data={"line": "a\x00b"}), 400)
    odd = {"line": "\u202ema\u0301y\x07 \ufeffđo\x00\r\n", "files": upload(builders.pdf("p"), "p.pdf")}
    answer = client.post(f"/tasks/{task_id}", data=odd)
    assert answer.status_code == 303
    with platform.reading() as session:
        assert session.get_one(Task, task_id).answers["line"] == "máy đo"
