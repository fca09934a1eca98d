"""What a person sees when something goes wrong: a sentence, the right status, never a trace."""

from __future__ import annotations

import logging
import re

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError

from engine.errors import BusinessError, Conflict, InvalidInput, NotAllowed, NotFound, TemporaryError
from tests import builders
from tests.web.conftest import SignIn

ERRORS = [
    (NotFound("Không tìm thấy sổ này."), 404),
    (NotAllowed("Chỉ văn thư được vào sổ."), 403),
    (Conflict("Chị Thư đã nhận việc này lúc 08:15."), 409),
    (InvalidInput("Trích yếu còn trống.", {"subject": "Nhập trích yếu."}), 422),
    (BusinessError("document.transition", "Văn bản chưa ký."), 409),
    (TemporaryError("Máy chủ cấp dấu thời gian chưa trả lời."), 503),
]


def failing(app: Flask, error: Exception) -> None:
    """Make the inbox raise."""

    def fail() -> None:
        raise error

    app.view_functions["worklist.inbox"] = fail


def test_an_error_on_purpose_is_its_own_sentence(app: Flask, sign_in: SignIn, province: builders.Province) -> None:
    client = sign_in(province.department["clerk"])
    for error, status in ERRORS:
        failing(app, error)
        answer = client.get("/")
        assert answer.status_code == status
        assert str(error) in answer.text
        assert "<h1>" in answer.text


def test_a_bug_is_a_number_and_the_log_has_the_rest(
    app: Flask, sign_in: SignIn, province: builders.Province, caplog: pytest.LogCaptureFixture
) -> None:
    failing(app, ZeroDivisionError("mật khẩu nội bộ"))
    with caplog.at_level(logging.ERROR, "vanthu.web"):
        answer = sign_in(province.department["clerk"]).get("/")
    assert answer.status_code == 500
    assert "Traceback" not in answer.text
    assert "ZeroDivisionError" not in answer.text
    assert "mật khẩu nội bộ" not in answer.text
    number = re.search(r"<code[^>]*>([0-9A-F]{8})</code>", answer.text)
    assert number
    assert number.group(1) in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_a_database_that_is_away_is_said(app: Flask, sign_in: SignIn, province: builders.Province) -> None:
    failing(app, OperationalError("select 1", {}, Exception("connection refused")))
    answer = sign_in(province.department["clerk"]).get("/")
    assert answer.status_code == 503
    assert "Cơ sở dữ liệu chưa trả lời" in answer.text
    assert "connection refused" not in answer.text


def test_htmx_gets_a_notice(app: Flask, sign_in: SignIn, province: builders.Province) -> None:
    answer = sign_in(province.department["clerk"]).get("/documents/1", headers={"HX-Request": "true"})
    assert answer.status_code == 404
    assert answer.headers["HX-Retarget"] == "#notices"
    assert "<html" not in answer.text


ODD_ADDRESSES = (
    "/documents/99999999999999999999", "/documents/0", "/documents/x", "/nowhere", "/?box=other",
    "/registers/1?year=x", "/tasks/9223372036854775807", "/documents/1/files/1/..%2f..%2fetc%2fpasswd",
)  # fmt: skip
ODD_QUESTIONS = ("/search?q=%00", "/?q=a%00b", "/documents/incoming?before=99999999999999999999", "/registers?x=%ff%fe")


def test_odd_addresses_are_not_found(sign_in: SignIn, province: builders.Province) -> None:
    client = sign_in(province.ward["clerk"])
    assert {where: client.get(where).status_code for where in ODD_ADDRESSES} == dict.fromkeys(ODD_ADDRESSES, 404)


def test_odd_questions_are_no_bug(sign_in: SignIn, province: builders.Province) -> None:
    client = sign_in(province.department["clerk"])
    assert {where for where in ODD_QUESTIONS if client.get(where).status_code not in (200, 400)} == set()


def test_the_wrong_method_is_told(sign_in: SignIn, province: builders.Province) -> None:
    answer = sign_in(province.department["clerk"]).post("/documents/incoming")
    assert answer.status_code == 405
    assert "không nhận cách gửi đó" in answer.text


def test_too_much_is_refused_with_the_limit(app: Flask, sign_in: SignIn, province: builders.Province) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 1000
    answer = sign_in(province.department["clerk"]).post("/documents/incoming/new", data={"subject": "x" * 5000})
    assert answer.status_code == 413
    assert "50 MB" in answer.text
