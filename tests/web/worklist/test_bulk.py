"""Many tasks at once: each row by itself, refusals in words, back again where there is a way back."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from engine.definitions.shipped import Bundle
from engine.platform import Platform, system
from engine.tasks import commands as tasks
from engine.tasks.models import Task
from tests import builders
from tests.web.conftest import SignIn, procedure, publish
from tests.web.worklist.test_routes import arrive


@pytest.fixture
def office(province: builders.Province) -> builders.Office:
    """The department."""
    return province.department


def owners(platform: Platform, ids: list[int]) -> list[int | None]:
    with platform.reading() as session:
        return [session.get_one(Task, each).assignee_id for each in ids]


def bring(platform: Platform, office: builders.Office, count: int = 3) -> list[int]:
    return [arrive(platform, office, f"Việc thứ {number}")[1] for number in range(count)]


def test_rows_are_claimed_one_by_one_and_given_back_together(
    platform: Platform, office: builders.Office, sign_in: SignIn
) -> None:
    ids = bring(platform, office)
    other = builders.person(platform, office.agency, "clerk", full_name="Trần Thị Nhanh")
    platform.run(builders.actor(platform, other), tasks.claim_task, ids[1])
    client, clerk = sign_in(office["clerk"]), office["clerk"].id
    said = client.post("/tasks/bulk", data={"do": "claim", "task": ids, "back": "/?box=groups&q=x"}).text
    assert "2 việc đã thực hiện, 1 việc không thực hiện được" in said
    assert "Trần Thị Nhanh đã nhận việc này lúc" in said
    assert 'href="/?box=groups&amp;q=x"' in said
    assert owners(platform, ids) == [clerk, other.id, clerk]
    undo = re.findall(r'name="task" value="(\d+)"', said)
    assert undo == [str(ids[0]), str(ids[2])]
    assert 'name="do" value="release"' in said
    back = client.post("/tasks/bulk", data={"do": "release", "task": undo}).text
    assert "2 việc đã thực hiện, 0 việc" in back
    assert owners(platform, ids) == [None, other.id, None]
    assert 'name="do" value="claim"' in back


def test_what_was_mine_already_is_not_taken_back(platform: Platform, office: builders.Office, sign_in: SignIn) -> None:
    ids = bring(platform, office, 2)
    client = sign_in(office["clerk"])
    client.post(f"/tasks/{ids[0]}/claim")
    said = client.post("/tasks/bulk", data={"do": "claim", "task": ids}).text
    assert re.findall(r'name="task" value="(\d+)"', said) == [str(ids[1])]


def test_handing_over_asks_to_whom_and_is_not_taken_back(
    platform: Platform, office: builders.Office, sign_in: SignIn
) -> None:
    ids = bring(platform, office, 2)
    client = sign_in(office["clerk"])
    client.post("/tasks/bulk", data={"do": "claim", "task": ids})
    second = builders.person(platform, office.agency, "clerk")
    asked = client.post("/tasks/bulk", data={"do": "hand-over", "task": ids}).text
    assert "Việc thứ 0" in asked
    assert "Chuyển 2 việc" in asked
    assert f'value="{second.id}"' in asked
    unanswered = client.post("/tasks/bulk", data={"do": "hand-over", "task": ids, "person": ""})
    assert unanswered.status_code == 422
    assert "Chọn người nhận việc rồi chuyển lại." in unanswered.text
    sent = {"do": "hand-over", "task": ids, "person": office["specialist"].id}
    assert "không giữ vai trò mà bước này giao cho" in client.post("/tasks/bulk", data=sent).text
    said = client.post("/tasks/bulk", data={**sent, "person": second.id}).text
    assert f"Người nhận việc: {second.full_name}." in said
    assert "Hoàn tác" not in said
    assert owners(platform, ids) == [second.id] * 2


def test_nobody_learns_of_rows_they_may_not_see(
    platform: Platform, province: builders.Province, office: builders.Office, sign_in: SignIn
) -> None:
    ids = bring(platform, office, 1)
    strangers = (
        builders.person(platform, province.commune.agency, "clerk", "agency-admin"),
        builders.person(platform, office.agency, "specialist", unit=office.unit),
    )
    for stranger in strangers:
        client = sign_in(stranger)
        for do in ("claim", "release"):
            said = client.post("/tasks/bulk", data={"do": do, "task": [*ids, 999_999]}).text
            assert said.count("Không tìm thấy việc này.") == 2
            assert "Việc thứ 0" not in said
        assert client.post("/tasks/bulk", data={"do": "hand-over", "task": ids}).status_code == 404
    assert owners(platform, ids) == [None]


@pytest.mark.parametrize(
    "sent",
    [
        {}, {"do": "claim"}, {"do": "destroy", "task": "1"}, {"do": "claim", "task": ["x", "-1", "٣", "9" * 30]},
        {"do": "claim", "task": list(range(1, 102))},
    ],
)  # fmt: skip
def test_nothing_chosen_nothing_done(office: builders.Office, sign_in: SignIn, sent: dict[str, object]) -> None:
    assert sign_in(office["clerk"]).post("/tasks/bulk", data=sent).status_code == 422


def test_the_way_back_stays_inside(platform: Platform, office: builders.Office, sign_in: SignIn) -> None:
    ids = bring(platform, office, 1)
    sent = {"do": "claim", "task": ids, "back": "https://example.com/"}
    assert "example.com" not in sign_in(office["clerk"]).post("/tasks/bulk", data=sent).text


def test_rows_say_what_can_be_done_with_them(platform: Platform, office: builders.Office, sign_in: SignIn) -> None:
    ids = bring(platform, office, 2)
    client = sign_in(office["clerk"])
    client.post(f"/tasks/{ids[0]}/claim")
    assert f'value="{ids[0]}" data-can="release hand-over answer"' in client.get("/").text
    page = client.get("/?box=groups").text
    assert f'value="{ids[1]}" data-can="claim answer"' in page
    assert 'name="do" value="release"' not in page


def test_tasks_of_one_step_are_answered_together_and_taken_back_together(
    platform: Platform, office: builders.Office, sign_in: SignIn
) -> None:
    platform.run(system(), publish, two_steps())
    ids = bring(platform, office)
    client = sign_in(office["clerk"])
    asked = client.post("/tasks/bulk", data={"do": "answer", "task": ids}).text
    assert "3 việc, một nội dung" in asked
    refused = client.post("/tasks/bulk", data={"do": "answer", "answered": "1", "task": ids, "decision": "refuse"})
    assert (refused.status_code, "Chưa nhập “Lý do”." in refused.text) == (422, True)
    other = builders.person(platform, office.agency, "clerk", full_name="Trần Thị Nhanh")
    platform.run(builders.actor(platform, other), tasks.claim_task, ids[1])
    answer = {"do": "answer", "answered": "1", "decision": "accept"}
    assert "Có việc bạn không hoàn thành được" in client.post("/tasks/bulk", data={**answer, "task": ids}).text
    platform.run(builders.actor(platform, other), tasks.release_task, ids[1])
    stale = {f"version-{ids[1]}": "1"}
    said = client.post("/tasks/bulk", data={**answer, "task": ids, **stale, "back": "/?box=groups"}).text
    assert "2 việc đã thực hiện, 1 việc không thực hiện được" in said
    assert "đã thay đổi sau khi bạn mở biểu mẫu" in said
    undo = re.findall(r'name="task" value="(\d+)"', said)
    assert undo == [str(ids[0]), str(ids[2])]
    back = client.post("/tasks/bulk", data={"do": "take-back", "task": undo}).text
    assert "2 việc đã thực hiện, 0 việc" in back
    assert owners(platform, ids) == [office["clerk"].id, None, office["clerk"].id]


def test_what_cannot_be_answered_together_says_why(
    platform: Platform, office: builders.Office, sign_in: SignIn
) -> None:
    ids = bring(platform, office, 1)
    platform.run(system(), publish, two_steps())
    ids += bring(platform, office, 1)
    said = sign_in(office["clerk"]).post("/tasks/bulk", data={"do": "answer", "task": ids}).text
    assert "Chỉ xử lý chung được các việc cùng một bước" in said


def two_steps() -> Bundle:
    """The small procedure with a second task, so that the first can be taken back."""
    bundle = procedure("incoming-document", "clerk")
    second = (
        '<bpmn:userTask id="check-it" name="Xem lại" camunda:candidateGroups="leader"/>'
        '<bpmn:sequenceFlow id="check-it-to-end" sourceRef="check-it" targetRef="done"/>'
        '<bpmn:sequenceFlow id="begin-to-take-in"'
    )
    diagram = bundle.diagram.decode().replace('targetRef="done" />', 'targetRef="check-it" />')
    diagram = diagram.replace("<bpmn:incoming>take-in-to-end</bpmn:incoming></bpmn:endEvent>", "</bpmn:endEvent>")
    return replace(bundle, diagram=diagram.replace('<bpmn:sequenceFlow id="begin-to-take-in"', second).encode())
