"""Taking a step back as people do it: right after, from the list of what they have done, and why not."""

from __future__ import annotations

import re

from engine.platform import Platform, system
from tests import builders
from tests.web.conftest import SignIn, publish
from tests.web.worklist.test_bulk import two_steps
from tests.web.worklist.test_routes import arrive


def test_a_step_is_taken_back_right_after_it_and_not_once_it_is_opened(
    platform: Platform, province: builders.Province, sign_in: SignIn
) -> None:
    office = province.department
    platform.run(system(), publish, two_steps())
    _document, task_id = arrive(platform, office, "Rút lại được")
    client, leader = sign_in(office["clerk"]), sign_in(office["leader"])
    assert "Bạn chưa hoàn thành việc nào." in client.get("/tasks/done").text
    after = client.post(f"/tasks/{task_id}", data={"decision": "accept"}, follow_redirects=True).text
    assert re.search(rf'href="/tasks/{task_id}">.*Rút lại bước vừa làm…', after)
    assert f'action="/tasks/{task_id}/take-back"' in client.get(f"/tasks/{task_id}").text
    page = client.post(f"/tasks/{task_id}/take-back", follow_redirects=True).text
    assert "Đã rút lại bước “Tiếp nhận văn bản”" in page
    assert re.search(r'value="accept"\s+checked', page), "what was answered is still there"
    client.post(f"/tasks/{task_id}", data={"decision": "accept"})
    listed = client.get("/tasks/done").text
    assert "Rút lại được" in listed
    assert f'action="/tasks/{task_id}/take-back"' in listed
    following = re.findall(r'href="/tasks/(\d+)"', leader.get("/?box=groups").text)[0]
    leader.get(f"/tasks/{following}")
    name = office["leader"].full_name
    assert f"{name} đã mở việc “Xem lại” lúc 09:00 ngày 23/11/2026." in client.get("/tasks/done").text
    refused = client.post(f"/tasks/{task_id}/take-back")
    assert refused.status_code == 403
    assert f"{name} đã mở việc “Xem lại”" in refused.text
