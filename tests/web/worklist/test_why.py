"""A missing action says which rule, role and state keep it away."""

from __future__ import annotations

import re

from engine.platform import Platform
from tests import builders
from tests.web.conftest import SignIn
from tests.web.worklist.test_routes import arrive


def reasons(page: str) -> dict[str, str]:
    """The words behind each “Vì sao?”, by action."""
    parts = re.findall(r'<li><span class="quiet">([^<]+)</span>\s*<details class="why">(.*?)</details>', page, re.S)
    return {action: " ".join(re.sub("<[^>]+>", " ", text).split()) for action, text in parts}


def test_a_leader_is_told_why_the_registrys_task_is_not_theirs(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    office = province.department
    _document, task_id = arrive(platform, office, "Của văn thư")
    found = reasons(sign_in(office["leader"]).get(f"/tasks/{task_id}").text)
    assert list(found) == ["Hoàn thành", "Nhận việc", "Trả lại nhóm", "Chuyển người khác"]
    assert "Việc này không giao cho nhóm của bạn." in found["Nhận việc"]
    assert "Bước này giao cho Văn thư" in found["Nhận việc"]
    assert "Vai trò của bạn Lãnh đạo" in found["Nhận việc"]
    assert "Chưa có ai nhận việc" in found["Hoàn thành"]
    assert "Việc này chưa có ai nhận." in found["Trả lại nhóm"]


def test_a_colleague_is_told_who_has_it(platform: Platform, province: builders.Province, sign_in: SignIn) -> None:
    office = province.department
    _document, task_id = arrive(platform, office, "Đã có người nhận")
    clerk = sign_in(office["clerk"])
    assert list(reasons(clerk.get(f"/tasks/{task_id}").text)) == ["Trả lại nhóm", "Chuyển người khác"]
    clerk.post(f"/tasks/{task_id}/claim")
    assert reasons(clerk.get(f"/tasks/{task_id}").text) == {}
    other = builders.person(platform, office.agency, "clerk")
    found = reasons(sign_in(other).get(f"/tasks/{task_id}").text)
    assert f"{office['clerk'].full_name} đang nhận việc" in found["Nhận việc"]
    assert "Việc này đang do người khác xử lý." in found["Hoàn thành"]
    clerk.post(f"/tasks/{task_id}", data={"decision": "accept"})
    assert list(reasons(clerk.get(f"/tasks/{task_id}").text)) == ["Rút lại bước này"]
