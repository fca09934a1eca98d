"""The first day of an installation: from nothing to a paper document with its number, by the containers' commands."""

from __future__ import annotations

import http.cookiejar
import re
import subprocess
import time
import urllib.error
import urllib.parse
import urllib.request
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import redis
from bs4 import BeautifulSoup
from sqlalchemy import select
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from engine.database import connect
from engine.directory.models import Agency
from engine.documents.models import Register
from engine.settings import Settings
from tests import builders
from tests.docker.test_compose import SERVICES
from tests.docker.test_entry_commands import answer, environment, run, running  # noqa: F401
from tests.rules.sources import ROOT
from web.launcher.administration import create_admin
from web.launcher.children import free_port

PASSWORD = "mot-cau-dai-de-nho-2026"
NEW = "cau-khac-cung-dai-2027"


class Visitor:
    """A browser without a window: cookies, forms with their tokens."""

    def __init__(self, address: str) -> None:
        self.address = address
        cookies = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self.opener = urllib.request.build_opener(cookies)

    def get(self, path: str) -> str:
        """The page at a path."""
        with self.opener.open(self.address + path, timeout=60) as found:
            return str(found.read().decode())

    def post(self, path: str, fields: dict[str, Any], form: str = "") -> str:
        """Fill in the form of a page (`form`: the page it stands on) and send it; the page that follows."""
        token = BeautifulSoup(self.get(form or path), "html.parser").select_one('[name="csrf_token"]')
        assert token is not None
        boundary, body = encode_multipart({"csrf_token": str(token["value"]), **fields})
        kind = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Referer": self.address + path}
        request = urllib.request.Request(self.address + path, data=body, headers=kind)
        try:
            with self.opener.open(request, timeout=60) as found:
                return str(found.read().decode())
        except urllib.error.HTTPError as refused:
            said = BeautifulSoup(refused.read(), "html.parser").get_text(" ", strip=True)
            raise AssertionError(f"{path}: {refused.code} {said[:1500]}") from refused

    def sign_in(self, user_name: str, password: str, new: str = NEW) -> None:
        """Sign in for the first time, which asks for a password of one's own."""
        self.post("/sign-in", {"user_name": user_name, "password": password})
        self.post("/password", {"old": password, "new": new, "again": new})


def test_an_agency_has_calendar_and_registers_however_often_it_is_asked(settings: Settings) -> None:
    for login, name in (("quantri", "Sở Xây dựng"), ("quantri2", None)):
        create_admin(settings, login, "Nguyễn Quản Trị", PASSWORD, "H99.15", name)
    engine = connect(settings.database_url)
    with engine.connect() as connection:
        assert connection.execute(select(Register.direction).order_by(Register.direction)).scalars().all() == [
            "incoming", "outgoing",
        ]  # fmt: skip
        [calendar_id] = connection.execute(select(Agency.calendar_id)).scalars()
    engine.dispose()
    assert calendar_id is not None


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_the_first_day(environment: dict[str, str], redis_url: str, tmp_path: Path) -> None:  # noqa: F811
    assert run("migrate", environment, "--check").returncode == 1
    migrated = run("migrate", environment)
    assert migrated.returncode == 0, migrated.stderr
    assert run("migrate", environment, "--check").returncode == 0
    (tmp_path / "password").write_text(PASSWORD)
    command = [
        ROOT / "vanthu", "create-admin", "--login", "quantri", "--name", "Nguyễn Quản Trị", "--agency", "H99.15",
        "--agency-name", "Sở Xây dựng tỉnh Mẫu", "--password-file", tmp_path / "password",
    ]  # fmt: skip
    made = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=100)
    assert made.returncode == 0, made.stderr
    port = free_port()
    serve = [ROOT / "vanthu", *(str(port) if word == "8000" else word for word in SERVICES["web"]["command"])]
    worker = [ROOT / "vanthu", *SERVICES["worker"]["command"]]
    with (
        running(serve, environment, tmp_path / "web.log") as web,
        running(worker, environment, tmp_path / "worker.log") as working,
        redis.Redis.from_url(redis_url) as queue,
    ):
        _until(lambda: answer(port, "/healthz") == 200, web)
        assert answer(port, "/readyz") == 200
        _until(lambda: queue.smembers("rq:workers"), working)
        address = f"http://127.0.0.1:{port}"
        admin = Visitor(address)
        admin.sign_in("quantri", PASSWORD)
        page = admin.post("/people/new", {"full_name": "Trần Văn Thư", "user_name": "vanthu"})
        handed_out = BeautifulSoup(page, "html.parser").select_one(".secret")
        assert handed_out is not None, page
        person = re.search(r"/people/(\d+)", page)
        assert person is not None
        admin.post(f"/people/{person[1]}", {"do": "grant", "role": "clerk"}, f"/people/{person[1]}")
        clerk = Visitor(address)
        clerk.sign_in("vanthu", handed_out.get_text(strip=True))
        clerk.post(
            "/documents/incoming/new",
            {
                "source": "paper", "organ_name": "UBND xã An Phú", "code": "12/UBND-KT", "issued_date": "20/11/2026",
                "type_name": "Công văn", "subject": "Về việc rà soát quy hoạch", "urgency": "0",
                "main_file": FileStorage(BytesIO(builders.pdf("quét")), "cong-van.pdf", content_type="application/pdf"),
            },
        )  # fmt: skip
        task = _until(lambda: re.search(r'href="/tasks/(\d+)"', clerk.get("/?box=groups")), web)
        path = f"/tasks/{task[1]}"
        version = BeautifulSoup(clerk.get(path), "html.parser").select_one('[name="version"]')
        assert version is not None
        clerk.post(path, {"decision": "accept", "route": "submit", "version": str(version["value"])})
        _until(lambda: "Về việc rà soát quy hoạch" in clerk.get(_register(clerk)), web)


def _register(clerk: Visitor) -> str:
    links = BeautifulSoup(clerk.get("/registers"), "html.parser").select("a.row-link")
    return next(str(link["href"]) for link in links if "văn bản đến" in link.get_text())


def _until(check: Any, web: Any) -> Any:
    deadline = time.monotonic() + 120
    while not (found := check()):
        assert web.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.1)
    return found
