"""The inbox and the page of a task, as people use them."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from engine.documents.models import Document
from engine.instances import cases
from engine.instances.models import Instance
from engine.notices import commands as notices
from engine.platform import Platform, Work, system
from engine.tasks import reminders
from engine.tasks.models import Task
from tests import builders
from tests.web.conftest import SignIn


@pytest.fixture
def office(province: builders.Province) -> builders.Office:
    """The department."""
    return province.department


def arrive(platform: Platform, office: builders.Office, subject: str, **more: Any) -> tuple[Document, int]:
    """A document on paper and the task it opens for the registry."""
    values: dict[str, Any] = {"code": "12/UBND-KT", "organ_name": "UBND xã Bên Kia"} | more
    document, instance = platform.run(
        builders.actor(platform, office["clerk"]), cases.begin_incoming, agency_id=office.id, subject=subject, **values
    )
    with platform.reading() as session:
        task_id = session.scalar(select(Task.id).where(Task.instance_id == instance.id))
    assert task_id
    return document, task_id


def test_a_group_task_is_claimed_done_and_gone(platform: Platform, office: builders.Office, sign_in: SignIn) -> None:
    _document, task_id = arrive(platform, office, "Về việc rà soát quy hoạch", urgency=3)
    client = sign_in(office["clerk"])
    listed = client.get("/?box=groups").text
    for said in ("Về việc rà soát quy hoạch", "12/UBND-KT", "UBND xã Bên Kia", "Tiếp nhận văn bản", "Hỏa tốc"):
        assert said in listed
    assert client.post(f"/tasks/{task_id}/claim").headers["Location"] == f"/tasks/{task_id}"
    assert "Về việc rà soát quy hoạch" in client.get("/").text
    page = client.get(f"/tasks/{task_id}").text
    assert "Xem văn bản rồi quyết định." in page
    assert "Quá trình xử lý" in page
    answer = client.post(f"/tasks/{task_id}", data={"decision": "accept", "version": "2"}, follow_redirects=True)
    assert "Đã hoàn thành: Tiếp nhận văn bản." in answer.text
    with platform.reading() as session:
        assert session.scalar(select(Instance.status)) == "ended"


def test_the_next_task_opens_when_asked_for(platform: Platform, office: builders.Office, sign_in: SignIn) -> None:
    ids = [arrive(platform, office, f"Việc {number}", code=f"{number}/UBND")[1] for number in range(3)]
    client = sign_in(office["clerk"])
    client.post(f"/tasks/{ids[0]}/claim")
    onwards = 'name="then" value="next"'
    assert onwards not in client.get(f"/tasks/{ids[0]}").text  # nothing else of mine waits
    client.post(f"/tasks/{ids[1]}/claim")
    assert onwards in client.get(f"/tasks/{ids[0]}").text
    done = client.post(f"/tasks/{ids[0]}", data={"decision": "accept", "version": "2", "then": "next"})
    assert done.headers["Location"] == f"/tasks/{ids[1]}"
    last = client.post(f"/tasks/{ids[1]}", data={"decision": "accept", "version": "2", "then": "next"})
    assert last.headers["Location"] == "/"


def test_what_was_wrong_is_told_at_the_field_and_nothing_is_lost(
    platform: Platform, office: builders.Office, sign_in: SignIn
) -> None:
    _document, task_id = arrive(platform, office, "Thiếu lý do")
    client = sign_in(office["clerk"])
    answer = client.post(f"/tasks/{task_id}", data={"decision": "refuse", "reason": " "})
    assert answer.status_code == 422
    assert "Chưa nhập “Lý do”." in answer.text
    assert 'value="refuse"' in answer.text
    assert "checked" in answer.text.split('value="refuse"')[1][:40]
    with platform.reading() as session:
        assert session.get_one(Task, task_id).state == "open"


def test_two_at_once_one_wins_and_the_other_is_told(
    platform: Platform, office: builders.Office, sign_in: SignIn
) -> None:
    _document, task_id = arrive(platform, office, "Hai người một việc")
    other = builders.person(platform, office.agency, "clerk", full_name="Trần Thị Nhanh")
    sign_in(other).post(f"/tasks/{task_id}", data={"decision": "accept"})
    late = sign_in(office["clerk"]).post(f"/tasks/{task_id}", data={"decision": "accept"})
    assert late.status_code == 409
    assert "Trần Thị Nhanh đã hoàn thành việc này" in late.text


def test_a_task_goes_back_or_on_to_a_colleague(platform: Platform, office: builders.Office, sign_in: SignIn) -> None:
    _document, task_id = arrive(platform, office, "Chuyển tay")
    client = sign_in(office["clerk"])
    client.post(f"/tasks/{task_id}/claim")
    client.post(f"/tasks/{task_id}/release")
    assert "Chuyển tay" in client.get("/?box=groups").text
    client.post(f"/tasks/{task_id}/claim")
    assert client.post(f"/tasks/{task_id}/hand-over", data={}).status_code == 422
    second = builders.person(platform, office.agency, "clerk")
    client.post(f"/tasks/{task_id}/hand-over", data={"person": second.id, "note": "Nhờ xử lý trước 10 giờ"})
    theirs = sign_in(second)
    assert "Chuyển tay" in theirs.get("/").text
    assert "Lời nhắn: Nhờ xử lý trước 10 giờ" in theirs.get(f"/tasks/{task_id}").text


def test_counts_and_news_come_without_the_list(platform: Platform, office: builders.Office, sign_in: SignIn) -> None:
    client = sign_in(office["clerk"])
    assert "việc mới" not in client.get("/tasks/news?box=groups&shown=0").text
    arrive(platform, office, "Vừa đến")
    counts = client.get("/tasks/counts").text
    assert 'id="count-groups" hx-swap-oob="true">1' in counts
    assert "Có 1 việc mới" in client.get("/tasks/news?box=groups&shown=0").text


def test_an_empty_inbox_says_what_to_do_next(platform: Platform, office: builders.Office, sign_in: SignIn) -> None:
    client = sign_in(office["clerk"])
    assert "Soạn văn bản đi." in client.get("/").text
    arrive(platform, office, "Chờ nhận")
    assert "Xem 1 việc chờ nhận của nhóm." in client.get("/").text


def test_the_list_is_narrowed_without_diacritics(platform: Platform, office: builders.Office, sign_in: SignIn) -> None:
    arrive(platform, office, "Về việc đất đai")
    arrive(platform, office, "Về việc nhà ở")
    page = sign_in(office["clerk"]).get("/?box=groups&q=dat dai").text
    assert "Về việc đất đai" in page
    assert "Về việc nhà ở" not in page


def test_a_text_that_looks_like_html_stays_text(platform: Platform, office: builders.Office, sign_in: SignIn) -> None:
    document, task_id = arrive(platform, office, "<script>alert(1)</script> & “nháy”")
    client = sign_in(office["clerk"])
    for where in ("/?box=groups", f"/tasks/{task_id}", f"/documents/{document.id}", "/search?q=script"):
        page = re.sub("</?mark[^>]*>", "", client.get(where).text)  # a hit is marked where it stands
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("version", ["abc", "", "-1", "1e3", "٣", "9" * 40, "1 or 1=1"])
def test_a_version_that_is_none_is_not_taken_for_the_newest(
    platform: Platform, office: builders.Office, sign_in: SignIn, version: str
) -> None:
    _document, task_id = arrive(platform, office, "Phiên bản lạ")
    typed = {"decision": "refuse", "reason": "Gửi nhầm nơi nhận", "version": version}
    answer = sign_in(office["clerk"]).post(f"/tasks/{task_id}", data=typed)
    assert answer.status_code == 409
    assert "những gì bạn đã nhập vẫn còn" in answer.text
    assert 'value="Gửi nhầm nơi nhận"' in answer.text
    with platform.reading() as session:
        assert session.get_one(Task, task_id).state == "open"


def test_an_old_page_keeps_what_was_typed_and_can_be_sent_again(
    platform: Platform, office: builders.Office, sign_in: SignIn
) -> None:
    _document, task_id = arrive(platform, office, "Trang cũ")
    client = sign_in(office["clerk"])
    client.post(f"/tasks/{task_id}/claim")
    typed = {"decision": "refuse", "reason": "Gửi nhầm nơi nhận"}
    answer = client.post(f"/tasks/{task_id}", data=typed | {"version": "1"})
    assert answer.status_code == 409
    assert 'value="Gửi nhầm nơi nhận"' in answer.text
    assert 'name="version" value="2"' in answer.text
    assert client.post(f"/tasks/{task_id}", data=typed | {"version": "2"}).status_code == 303


def test_a_deadline_stands_still_and_its_page_says_since_when_and_why(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    office = province.department
    _document, task_id = arrive(platform, office, "Về việc rà soát quy hoạch")
    platform.run(system(), _due_tomorrow, task_id)
    clerk = sign_in(office["clerk"])
    assert "Tạm dừng thời hạn…" in clerk.get(f"/tasks/{task_id}").text
    assert "Tạm dừng" not in sign_in(office["specialist"]).get(f"/tasks/{task_id}").text
    page = clerk.post(f"/tasks/{task_id}/suspend", data={"reason": " "}, follow_redirects=True).text
    assert "lý do tạm dừng" in page
    page = clerk.post(f"/tasks/{task_id}/suspend", data={"reason": "Chờ <phụ lục>"}, follow_redirects=True).text
    assert "Thời hạn tạm dừng từ" in page
    assert "tạm dừng" in clerk.get("/?box=groups").text
    assert "Chờ &lt;phụ lục&gt;" in clerk.get(f"/tasks/{task_id}/deadline").text
    page = clerk.post(f"/tasks/{task_id}/suspend", data={"do": "resume"}, follow_redirects=True).text
    assert "Thời hạn tạm dừng từ" not in page
    assert "Tính tiếp lúc" in clerk.get(f"/tasks/{task_id}/deadline").text
    platform.run(system(), reminders.remind_due)
    platform.run(builders.actor(platform, office["leader"]), notices.urge, task_id, "Xong trong sáng nay")
    page = clerk.get(f"/tasks/{task_id}").text
    assert "Đã nhắc, đôn đốc 1 lần" in page
    assert "Xong trong sáng nay" in page


def _due_tomorrow(work: Work, task_id: int) -> None:
    task = work.session.get_one(Task, task_id)
    task.due_at = task.remind_at = work.now + timedelta(days=1)
