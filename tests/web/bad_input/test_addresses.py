"""Unknown ids, other methods, odd questions, paths out of a folder, other sites: refused in words, nothing changed."""

from __future__ import annotations

from collections import defaultdict
from itertools import cycle, product

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import MethodNotAllowed

from engine.documents import queries
from engine.platform import Platform
from tests import builders
from tests.web.bad_input.refusals import FOREVER, NOT_IDS, addressed, refused, unchanged
from web.session import inside


def test_unknown_ids_are_not_found_on_any_route(app: Flask, platform: Platform, client: FlaskClient) -> None:
    body = {"person": "1", "reason": "Thử", "do": "unlock", "version": "1", "decision": "accept", "role": "clerk"}
    with unchanged(platform):
        for rule in app.url_map.iter_rules():
            if not rule.arguments - set(NOT_IDS):
                continue
            for method, number in product({"GET", "POST"} & (rule.methods or set()), (0, 987654, 2**63 - 1)):
                where = addressed(app, rule, number)
                answer = client.open(where, method=method, data=body if method == "POST" else None)
                refused(answer, 404, about=f"{method} {where}")


RARE = ("PUT", "PATCH", "DELETE", "BREW")


def test_every_other_method_is_told(app: Flask, platform: Platform, client: FlaskClient) -> None:
    """No address takes another method; a browser's two are sent to each, of those only scripts send one in turn."""
    known: dict[str, set[str]] = defaultdict(set)
    for rule in app.url_map.iter_rules():
        known[addressed(app, rule, 1)] |= rule.methods or set()
    routes = app.url_map.bind("localhost")
    with unchanged(platform):
        for rare, (where, methods) in zip(cycle(RARE), sorted(known.items())):
            for method in {"GET", "POST", *RARE} - methods:
                with pytest.raises(MethodNotAllowed):
                    routes.match(where, method)
                if method in ("GET", "POST", rare):
                    said = refused(client.open(where, method=method), 405, about=f"{method} {where}")
                    assert "không nhận cách gửi đó" in said


ODD_QUESTIONS = [
    "/?start=-5", "/?start=abc", f"/?start={FOREVER}", "/?q=%25%5f%5c'", "/?q=%ff%fe%00", "/?box=%3Cscript%3E",
    "/tasks/news?box=none&shown=x", f"/tasks/news?shown={FOREVER}", "/search?q=%ed%a0%80", "/search?q=%27%20or%201=1--",
    f"/documents/incoming?before={FOREVER}", "/documents/outgoing?before=-1&status=none", "/documents/none",
    f"/documents/outgoing/new?answers={FOREVER}", "/documents/outgoing/new?answers=x", "/registers/1?year=x",
    "/registers/1?print", f"/registers/1?year={FOREVER}", "/registers/1?year=-1&below=x",
    f"/registers/1?below={FOREVER}",
    f"/instances?before={FOREVER}&status=x", "/instances?before=-1", "/%ff", "/documents/%ff/files/1/x",
    "/tasks/1e3", "/tasks/-1", "/tasks/١", "/documents/1;drop", "/sign-in?next=%ff&reason=%00",
]  # fmt: skip


def test_odd_questions_are_answered_or_refused_in_words(platform: Platform, client: FlaskClient) -> None:
    with unchanged(platform):
        for where in ODD_QUESTIONS:
            answer = client.get(where)
            if answer.status_code >= 400:
                refused(answer, 400, 404, about=where)


def test_huge_questions_are_cut_short(client: FlaskClient) -> None:
    for where in ("/search?q=", "/?q=", "/?box=groups&q="):
        answer = client.get(where + "đ" * 20_000)
        assert answer.status_code == 200
        assert len(answer.text) < 100_000
    assert client.get("/search?" + "&".join(f"a{number}=1" for number in range(5_000))).status_code == 200
    refused(client.get("/" + "a" * 50_000), 404)


OUTWARD = [
    "../../../../etc/passwd", "..%2f..%2f..%2fetc%2fpasswd", "%2e%2e/%2e%2e/app.py", "..\\..\\app.py",
    "....//....//app.py", "%2fetc%2fpasswd", "app.py%00.js", "/etc/passwd",
]  # fmt: skip


def test_no_path_leads_out_of_a_folder(platform: Platform, client: FlaskClient, office: builders.Office) -> None:
    content = builders.pdf("của cơ quan")
    document = builders.arrived(platform, office, main_file=builders.Upload("a.pdf", content))
    with platform.reading() as session:
        file_id = queries.attachments(session, document.id)[0].id
    for path in OUTWARD:
        for where in (f"/static/{path}", f"/documents/{document.id}/files/{file_id}/{path}", f"/{path}"):
            answer = client.get(where)
            assert answer.status_code in (200, 308, 400, 404), where
            assert b"root:" not in answer.data
            assert b"create_app" not in answer.data
            if answer.status_code == 200:  # the name is only for people: the id says which file it is
                assert answer.data == content


ELSEWHERE = [
    "https://evil.example/", "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "javascript:alert(1)", "data:text/html,x", "http:evil.example", " //evil.example",
    "/\r\nLocation: //evil.example", "/\t/evil.example", "https:/evil.example", "%2f%2fevil.example",
    "evil.example", "//[", "/%5cevil.example",
]  # fmt: skip


def test_nobody_is_sent_to_another_site(client: FlaskClient) -> None:
    for elsewhere in ELSEWHERE:
        answer = client.post("/language", data={"language": "vi", "next": elsewhere})
        where = answer.headers["Location"]
        assert where.startswith("/"), elsewhere
        assert not where.startswith(("//", "/\\")), elsewhere
        assert "\n" not in where
        signed_in = client.get("/sign-in", query_string={"next": elsewhere}).headers["Location"]
        assert signed_in == (inside(elsewhere) or "/"), elsewhere
