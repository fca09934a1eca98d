"""The way back of a stopped file on the screens: from where the stop is told to the leader's word."""

from __future__ import annotations

import io
import re

from engine.intake import clearing, commands
from engine.platform import Platform, system
from tests import builders, papers
from tests.web.conftest import SignIn

STAMPED = "MẬT\nđộ xây dựng".encode()


def test_a_clerk_asks_where_the_stop_is_told_and_a_leader_decides(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    office = province.department
    clerk = sign_in(office["clerk"])
    form = {
        "source": "paper", "organ_name": "UBND xã Bên Kia", "code": "12/UBND-KT", "issued_date": "05/11/2026",
        "type_name": "Công văn", "subject": "Về việc rà soát", "urgency": "1",
    }  # fmt: skip

    def register() -> tuple[int, str]:
        given = {**form, "main_file": (io.BytesIO(STAMPED), "a.txt")}
        answer = clerk.post("/documents/incoming/new", data=given, content_type="multipart/form-data")
        return answer.status_code, answer.text

    status, page = register()
    assert (status, 'href="/stopped-files"' in page) == (422, True)
    short = clerk.post("/stopped-files", data={"reason": "", "file": (io.BytesIO(STAMPED), "a.txt")})
    assert short.status_code == 422
    asked = {"reason": "Tên cột mật độ", "file": (io.BytesIO(STAMPED), "a.txt")}
    assert "Giữ nguyên tệp" in clerk.post("/stopped-files", data=asked, follow_redirects=True).text
    assert "Chỉ lãnh đạo cơ quan quyết định" in clerk.get("/stopped-files").text
    leader = sign_in(office["leader"])
    assert leader.post("/stopped-files/1/refuse", data={"reason": ""}).status_code == 422
    assert "Đã cho qua" in leader.post("/stopped-files/1/confirm", follow_redirects=True).text
    clerk = sign_in(office["clerk"])
    assert register()[0] == 303
    page = clerk.get("/stopped-files").text
    assert "Mở văn bản" in page
    assert office["leader"].full_name in page
    history = clerk.get(re.search(r"/documents/\d+", page).group() + "/audit").text  # type: ignore[union-attr]
    assert f"{office['clerk'].full_name} đề nghị: Tên cột mật độ {office['leader'].full_name} cho qua." in history


def test_a_stopped_scan_leads_to_it(platform: Platform, province: builders.Province, sign_in: SignIn) -> None:
    office = province.department
    actor = builders.actor(platform, office["clerk"])
    [scan] = platform.run(actor, commands.take_in, [builders.Upload("a.pdf", builders.pdf("x"))])
    platform.run(system(office.id), commands.stop, scan.id, ["MẬT"])
    clerk = sign_in(office["clerk"])
    assert f"/stopped-files?scan={scan.id}#ask" in clerk.get(f"/intake/{scan.id}").text
    assert "Có dấu chỉ mức độ mật: MẬT." in clerk.get(f"/stopped-files?scan={scan.id}").text
    assert clerk.post("/stopped-files", data={"scan": scan.id, "reason": " "}).status_code == 422
    clerk.post("/stopped-files", data={"scan": scan.id, "reason": "Dấu của đơn vị vận chuyển"})
    assert "Đã có đề nghị cho tệp này qua." in clerk.get(f"/intake/{scan.id}").text
    assert sign_in(office["agency-admin"]).get("/stopped-files").status_code == 404


def test_a_scan_that_may_pass_is_registered(platform: Platform, province: builders.Province, sign_in: SignIn) -> None:
    office = province.department
    clerk, leader = (builders.actor(platform, office[role]) for role in ("clerk", "leader"))
    pdf = papers.paper(secrecy="MẬT")
    [first] = platform.run(clerk, commands.take_in, [builders.Upload("a.pdf", pdf)])
    platform.run(system(office.id), commands.stop, first.id, ["MẬT"])
    row = platform.run(clerk, clearing.ask_for_scan, first.id, "Dấu của đơn vị vận chuyển")
    platform.run(leader, clearing.grant, row.id)
    [scan] = platform.run(clerk, commands.take_in, [builders.Upload("a.pdf", pdf)])
    assert platform.run(system(office.id), clearing.let_pass, scan.id)
    read = {"file_hash": platform.files.put(pdf), "pages": 1, "pictures": [], "text": "x", "proposals": {}}
    platform.run(system(office.id), commands.keep_read, scan.id, **read)
    given = {"organ_name": "UBND", "code": "12/UBND-KT", "issued_date": "05/11/2026", "type_name": "Công văn",
             "subject": "Về việc rà soát", "urgency": "1"}  # fmt: skip
    client = sign_in(office["clerk"])
    assert client.post(f"/intake/{scan.id}", data=given).status_code == 303
    page = client.get("/stopped-files").text
    assert page.count("Mở văn bản") == 1
