"""Recording: where a draft stands after some steps, what can be answered there, what a scenario could expect."""

from __future__ import annotations

from typing import Any

import pytest

from engine.definitions.scenarios import Standing, play, walk
from engine.definitions.scenarios.contents import Waiting
from engine.definitions.shipped import PROCESSES, Bundle, read_folder
from tests.engine.definitions.scenarios import small

PASS = {"at": "check", "answer": {"decision": "pass"}}


def standing(bundle: Bundle, *steps: dict[str, Any], **more: Any) -> Standing:
    called = more.pop("called", ())
    return play(bundle, {"step": list(steps), **more}, small.around(*called))


def at(found: Standing, place: str) -> Waiting:
    return next(each for each in found.waiting if each.place == place)


def test_a_waiting_task_shows_its_real_form():
    found = standing(small.checked())
    task = found.waiting[0]
    assert (task.place, task.kind, task.title, task.who) == ("check", "user_task", "Kiểm tra", ("Văn thư",))
    assert task.due is not None
    assert task.lines[0].view is not None
    assert [each.name for each in task.lines[0].view.fields] == ["decision", "remark", "days", "subject"]
    assert task.lines[0].view.fields[3].name == "subject"
    assert found.sentence == "Hồ sơ đang chờ ở “Kiểm tra” (check)."
    assert (at(found, "remind").kind, at(found, "remind").host) == ("timer", "check")


def test_answers_are_kept_as_process_data_keeps_them():
    raw = {"at": "check", "answer": {"decision": "pass", "days": "3", "remark": "bị ẩn", "subject": ""}}
    found = standing(small.checked(), raw)
    assert found.problem == ""
    assert found.steps == ({"at": "check", "answer": {"decision": "pass", "days": 3}},)
    assert found.ended


def test_a_wrong_answer_stays_in_the_form_with_its_error_and_no_step_is_done():
    found = standing(small.checked(), {"at": "check", "answer": {"decision": "return", "days": "ba"}})
    assert found.steps == ()
    assert "Số ngày" in found.problem
    view = found.waiting[0].lines[0].view
    assert view is not None
    errors = {each.name: each.error for each in view.fields if each.error}
    assert set(errors) == {"remark", "days"}
    assert next(each.value for each in view.fields if each.name == "days") == "ba"


def test_an_operation_that_answered_by_itself_can_answer_otherwise_afterwards():
    found = standing(small.checked(), PASS)
    (sent,) = found.answered
    assert (sent.place, sent.operation) == ("send", "Gửi văn bản qua trục liên thông")
    labels = {each.label: each.step for each in sent.others}
    recalled = next(step for step in labels.values() if step.get("error") == "exchange.recalled")
    assert standing(small.checked(), PASS, {"at": "send", **recalled}).passed[-1] == "given-up"
    held = standing(small.checked(), PASS, {"at": "send", "failure": "Không trả lời."})
    assert at(held, "send").held
    assert "Không trả lời" in held.troubles[0]
    assert standing(small.checked(), PASS, *held.steps[1:], {"at": "send", "retry": True}).ended


def test_what_is_proposed_holds_when_the_scenario_is_walked():
    found = standing(small.checked(), {"at": "remind"}, PASS)
    table: dict[str, Any] = {"name": "Ghi lại", "step": [dict(each) for each in found.steps]}
    for each in found.proposals:
        place: Any = table
        for name in each.place[:-1]:
            place = place.setdefault(name, {}) if isinstance(place, dict) else place[name]
        if each.listed:
            place.setdefault(each.place[-1], []).append(each.value)
        else:
            place[each.place[-1]] = each.value
    assert {each.group for each in found.proposals} >= {"Kết thúc", "Đường đi", "Kết quả", "Thời hạn", "Việc đã làm"}
    assert table["step"][0]["expect"]["due"] == "2026-11-23T09:15:00+07:00"
    assert walk(small.checked(), "ghi", table, small.around()).sentences == ()


def test_a_draft_that_is_stopped_on_the_way_proposes_what_waits():
    found = standing(small.checked())
    first = found.proposals[0]
    assert (first.place, first.value, first.fixed) == (("waiting",), ["check", "remind"], True)


def test_a_message_offers_what_the_platform_sends_and_a_call_what_it_gives_back():
    incoming = read_folder(PROCESSES / "incoming-document")
    resolution = read_folder(PROCESSES / "resolution")
    table = incoming.scenarios["accepted"]
    begun = {"start": table["start"], "data": table["data"], "called": (resolution,)}
    found = standing(incoming, *table["step"][:2], **begun)
    recall = at(found, "receive-recall")
    assert [each.name for each in recall.entries] == ["reason"]
    assert recall.others[0].step["answer"]["reason"]
    outcome = next(each for each in at(found, "resolve-document").entries if each.name == "outcome")
    assert set(outcome.suggestions) == {"resolved", "returned"}
    assert {each.element for each in found.openings} == {"receive-document", "take-in-document"}
    inside = standing(incoming, *table["step"][:2], walk_into=["resolve-document"], **begun)
    assert at(inside, "resolve-document/assign-work").lines[0].view is not None


def test_a_task_for_several_shows_a_form_for_each():
    found = standing(small.shared(), data={"people": [1, 2]})
    assert (found.waiting[0].count, [each.label for each in found.waiting[0].lines]) == (
        2,
        ["người thử 1", "người thử 2"],
    )
    answers = [{"decision": "pass", "remark": "ẩn"}, {"decision": "pass"}]
    done = standing(small.shared(), {"at": "opine", "results": answers}, data={"people": [1, 2]})
    assert done.steps == ({"at": "opine", "results": [{"decision": "pass"}, {"decision": "pass"}]},)


def test_pickers_offer_a_list_one_can_read_but_take_any_number():
    picker = {"type": "select", "id": "person", "key": "person", "label": "Người", "properties": {"kind": "person"}}
    diagram = small.checked().diagram
    bundle = small.bundle("checked", diagram, forms={"check": {"type": "default", "id": "c", "components": [picker]}})
    view = standing(bundle).waiting[0].lines[0].view
    assert view is not None
    assert len(view.fields[0].options) == 12
    assert standing(bundle, {"at": "check", "answer": {"person": "400"}}).steps[0]["answer"] == {"person": 400}


@pytest.mark.parametrize("table", [None, 5, {"step": [{"at": 5}]}, {"step": "x"}])
def test_what_cannot_be_read_is_said(table: Any):
    assert play(small.checked(), table, small.around()).problem


def test_a_draft_that_cannot_be_run_is_said():
    found = play(small.bundle("x", b"<x/>"), {"step": []}, small.around())
    assert found.problem
    assert "còn lỗi" in found.sentence


def test_a_missing_form_and_an_endless_loop_are_said():
    bundle = small.bundle("checked", small.checked().diagram, forms={})
    assert "biểu mẫu" in standing(bundle).waiting[0].lines[0].sentence
    assert "quay vòng" in standing(small.loop()).problem
