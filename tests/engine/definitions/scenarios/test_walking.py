"""Walking a scenario: what is expected and what came, in words; never an exception."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import count
from typing import Any

import pytest

from engine.definitions.scenarios import Limits, walk, walk_all
from engine.definitions.shipped import Bundle
from tests.bpmn_text import END, START, boundary_error, call, chain, error, flow, process
from tests.engine.definitions.scenarios import small

PASS = {"at": "check", "answer": {"decision": "pass"}}
RETURN = {"at": "check", "answer": {"decision": "return", "remark": "Thiếu căn cứ."}}


def said(bundle: Bundle, table: Mapping[str, Any], *called: Bundle, **more: Any) -> tuple[str, ...]:
    return walk(bundle, "thử", {"name": "Một lần thử", **table}, small.around(*called, **more)).sentences


def test_what_comes_out_as_expected_passes():
    table = {"name": "Đạt", "step": [PASS], "end": {"at": ["end"], "data": {"decision": "pass", "transport": "axis-1"}}}
    found = walk(small.checked(), "đạt", table, small.around())
    assert found.passed
    assert found.sentences == ()
    assert found.path == ("start", "check", "good", "send", "end")
    assert found.flows == {"start-check", "check-good", "good-send", "send-end"}
    assert found.operations == ("exchange.send 7",)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"end": {"at": ["returned"]}}, ("“returned”", "“end”")),
        ({"end": {"at": ["end"], "data": {"decision": "return"}}}, ("decision", "“pass”", "“return”")),
        ({"waiting": ["check"], "end": None}, ("đang chờ", "đã kết thúc")),
        ({"done": ["documents.file"]}, ("documents.file", "exchange.send 7")),
        ({"not_done": ["exchange.send"]}, ("exchange.send", "không được thực hiện")),
        ({"path": ["send", "check"]}, ("Kiểm tra", "không đi qua")),
        ({"thrown": [{"name": "bell"}]}, ("bell",)),
        ({"incidents": ["send"]}, ("send", "sự cố")),
        ({"end": None}, ("chưa nói mong đợi gì",)),
        ({"step": [PASS, PASS]}, ("Bước 2", "đã kết thúc")),
        ({"step": [{"at": "nowhere"}]}, ("Bước 1", "không có phần tử “nowhere”")),
        ({"step": [{"at": "send"}]}, ("Bước 1", "“send”", "“Kiểm tra” (check)")),
        ({"step": [{**PASS, "nth": 3}]}, ("việc thứ 4",)),
        ({"step": [{**PASS, "expect": {"due": "2026-11-23T09:00:00+07:00"}}]}, ("10:15", "09:00")),
        ({"step": [{**PASS, "expect": {"candidate_groups": ["leader"]}}]}, ("nhóm xử lý", "clerk", "leader")),
        ({"step": [{"at": "check", "answer": {"decision": "return"}}]}, ("Chưa nhập “Lý do”",)),
        ({"step": [{"at": "check", "answer": {"decision": "pass", "remark": "x"}}]}, ("không hỏi “remark”",)),
        ({"step": [{**PASS, "now": "2026-11-20T09:00:00+07:00"}]}, ("không lùi được",)),
        ({"step": [{**PASS, "after": "hai giờ"}]}, ("hai giờ",)),
        ({"step": [{"at": "check", "failure": "hỏng"}]}, ("không phải thao tác",)),
        ({"start": "elsewhere"}, ("Không bắt đầu được",)),
    ],
)
def test_what_differs_is_said(change: dict[str, Any], words: tuple[str, ...]):
    table = {"step": [PASS], "end": {"at": ["end"]}} | change
    sentences = " ".join(said(small.checked(), {k: v for k, v in table.items() if v is not None}))
    for word in words:
        assert word in sentences


def test_a_business_error_takes_the_way_drawn_for_it():
    step = {"at": "send", "error": "exchange.recalled"}
    assert said(small.checked(), {"step": [PASS, step], "end": {"at": ["given-up"]}}) == ()


def test_an_error_nobody_catches_waits_to_be_mended_and_can_be_mended():
    fails = {"at": "send", "error": "other.error"}
    stopped = {"step": [PASS, fails], "waiting": ["send"]}
    assert "other.error" in " ".join(said(small.checked(), stopped))
    assert said(small.checked(), {**stopped, "incidents": ["send"]}) == ()
    again = {"step": [PASS, fails, {"at": "send", "retry": True}], "end": {"at": ["end"]}}
    assert said(small.checked(), again) == ()


def test_a_time_out_is_an_incident_until_it_is_tried_again():
    fails = {"at": "send", "failure": "Trục không trả lời."}
    table = {"step": [PASS, fails], "waiting": ["send"], "incidents": ["send"], "not_done": ["exchange.send"]}
    assert said(small.checked(), table) == ()
    assert "Trục không trả lời" in " ".join(said(small.checked(), {"step": [PASS, fails], "waiting": ["send"]}))


def test_an_operation_gives_another_result_where_a_step_or_the_table_says_so():
    step = {"at": "send", "answer": {"transport_id": "axis-9"}}
    data = {"end": {"at": ["end"], "data": {"transport": "axis-9"}}, "done": ["exchange.send 7"]}
    assert said(small.checked(), {"step": [PASS, step], **data}) == ()
    special = {"operations": {"exchange.send": {"transport_id": "axis-9"}}}
    assert said(small.checked(), {"step": [PASS], **special, **data}) == ()


def test_a_result_that_does_not_fit_the_diagram_is_an_incident():
    table = {"step": [PASS, {"at": "send", "answer": {}}], "end": {"at": ["end"]}}
    assert "send" in " ".join(said(small.checked(), table))


def test_time_that_passes_lets_timers_fire_in_their_order():
    ends = {"end": {"at": ["reminded", "end"]}}
    assert said(small.checked(), {"step": [{"after": "PT3H"}, PASS], **ends}) == ()
    assert said(small.checked(), {"step": [{"at": "remind"}, PASS], **ends}) == ()
    assert said(small.checked(), {"step": [{"after": "PT30M"}, PASS], "end": {"at": ["end"]}}) == ()
    gone = said(small.checked(), {"step": [{"after": "PT3H"}, {"at": "remind"}, PASS], **ends})
    assert "remind" in gone[0]


def test_a_called_procedure_is_given_its_outcome_or_walked_in_full():
    given = {"step": [{"at": "ask", "answer": {"decision": "pass"}}], "end": {"at": ["end"]}}
    assert said(small.caller(), given) == ()
    inside = {**PASS, "at": "ask/check"}
    full = {"walk_into": ["ask"], "step": [inside], "end": {"at": ["end"], "data": {"decision": "pass"}},
            "path": ["ask", "ask/check", "ask/end", "end"]}  # fmt: skip
    assert said(small.caller(), full, small.asked()) == ()
    assert "“asked”" in " ".join(said(small.caller(), full))


def test_an_error_of_a_called_procedure_is_caught_around_the_call():
    step = {**RETURN, "at": "ask/check"}
    table = {"walk_into": ["ask"], "step": [step], "end": {"at": ["not-done"]}}
    assert said(small.caller(), table, small.asked()) == ()


@pytest.mark.parametrize("order", [("before", "work"), ("work", "before")])
def test_a_message_reaches_the_same_case_also_when_it_comes_before_it_is_awaited(order: tuple[str, str]):
    steps = [{"at": element} for element in order]
    sent = [{"name": "news", "correlation": "7", "data": {"word": "đã xong"}}]
    table = {"data": {"document_id": 7}, "step": steps, "end": {"at": ["end"]}, "thrown": sent}
    assert said(small.talking(), table) == ()
    other = {"data": {"document_id": 8}, "step": [{"at": "before"}], "waiting": ["hear", "work"]}
    assert said(small.talking(), other) == ()


def test_an_error_of_one_called_case_withdraws_the_others():
    several = '<bpmn:multiInstanceLoopCharacteristics camunda:collection="people" camunda:elementVariable="person"/>'
    caught = [boundary_error("refused", "ask", "no"), '<bpmn:endEvent id="not-done"/>', flow("refused", "not-done")]
    parts = [START, call("ask", "asked", multi=several), *caught, END, chain("start", "ask", "end")]
    several_asked = small.bundle("several", process("several", parts, declared=error("no")))
    table = {"data": {"people": [1, 2]}, "walk_into": ["ask"], "end": {"at": ["not-done"]}}
    refused = {**table, "step": [{**RETURN, "at": "ask/check", "nth": 1}]}
    assert said(several_asked, refused, small.asked()) == ()
    assert walk(several_asked, "x", {"name": "x", **refused}, small.around(small.asked())).waiting == ()
    done = {**table, "step": [{**PASS, "at": "ask/check"}] * 2, "end": {"at": ["end"]}}
    assert said(several_asked, done, small.asked()) == ()


def test_a_task_for_several_takes_as_many_answers_as_its_rule_wants():
    answers = [{"decision": "pass"}, {"decision": "return", "remark": "Chưa rõ."}, {"decision": "pass"}]
    table = {"data": {"people": [1, 2, 3]}, "end": {"at": ["end"]}}
    for enough in (2, 3):
        assert said(small.shared(), {**table, "step": [{"at": "opine", "results": answers[:enough]}]}) == ()
    for wrong in (answers[:1], [*answers, answers[0]]):
        told = said(small.shared(), {**table, "step": [{"at": "opine", "results": wrong}]})
        assert "giao cho 3 nơi" in told[0]


def test_answers_put_on_the_document_are_no_process_data():
    answer = {"decision": "pass", "subject": "Về việc khác", "days": "3"}
    step = {"at": "check", "by": 4, "answer": answer}
    found = walk(small.checked(), "x", {"name": "x", "step": [step], "end": {"at": ["end"]}}, small.around())
    assert found.passed
    assert found.data["days"] == 3
    assert found.data["completed_by"] == 4
    assert "subject" not in found.data


def test_a_task_without_a_form_asks_nothing():
    assert said(small.plain(), {"step": [{"at": "work"}], "end": {"at": ["end"]}}) == ()
    told = said(small.plain(), {"step": [{"at": "work", "answer": {"a": 1}}], "end": {"at": ["end"]}})
    assert "không có biểu mẫu" in told[0]


def test_a_loop_without_end_is_stopped_with_a_sentence():
    table = {"data": {}, "end": {"at": ["end"]}}
    assert "quay vòng" in said(small.loop(), table, limits=Limits(moves=50))[0]
    ticks = count()
    told = said(small.loop(), table, limits=Limits(moves=10**6, seconds=30), seconds=lambda: float(next(ticks)))
    assert "quá lâu" in told[0]


def test_data_that_grow_beyond_measure_are_stopped():
    table = {"data": {"text": "x" * 50_000}, "step": [PASS], "end": {"at": ["end"]}}
    assert said(small.checked(), table) == ()
    told = said(
        small.checked(), {**table, "data": {"text": list(map(str, range(999)))}}, limits=Limits(state_bytes=1_000)
    )
    assert "quá mức" in told[0]


def test_what_is_too_large_is_not_begun():
    table = {"data": {"people": list(range(1_001))}, "end": {"at": ["end"]}}
    assert "dài hơn 1000 mục" in said(small.shared(), table)[0]
    tasks = [f"t{number}" for number in range(3_000)]
    parts = [START, *(f'<bpmn:task id="{each}"/>' for each in tasks), END, chain("start", *tasks, "end")]
    assert "3002 phần tử" in said(small.bundle("large", process("large", parts)), {"end": {"at": ["end"]}})[0]


def test_a_procedure_that_calls_itself_is_stopped():
    itself = small.bundle("self", process("self", [START, call("ask", "self"), END, chain("start", "ask", "end")]))
    deep = {"walk_into": ["/".join(["ask"] * depth) for depth in range(1, 600)], "end": {"at": ["end"]}}
    assert "lồng quá sâu" in said(itself, deep, itself)[0]


def test_scenarios_for_which_no_time_is_left_say_so():
    bundle = small.checked()
    table = {"name": "x", "step": [PASS], "end": {"at": ["end"]}}
    several = Bundle("checked", "x", bundle.diagram, bundle.forms, {}, {"a": table, "b": table})
    ticks = count(step=20)
    walks = walk_all(several, small.around(limits=Limits(seconds=10**6, total_seconds=30), seconds=lambda: next(ticks)))
    assert walks[0].passed
    assert "Chưa chạy" in walks[1].sentences[0]


@pytest.mark.parametrize(
    "diagram",
    [
        b"",
        b"<x/>",
        b"not XML at all",
        b'<!DOCTYPE x [<!ENTITY e "e">]><x>&e;</x>',
        process("x", ["<bpmn:task/>"]),
    ],
)
def test_a_diagram_that_cannot_be_run_is_a_sentence(diagram: bytes):
    found = walk(small.bundle("x", diagram), "x", {"name": "x", "end": {"at": ["end"]}}, small.around())
    assert not found.passed
    assert all(len(each) > 20 for each in found.sentences)


@pytest.mark.parametrize(
    "table", [None, [], "x", 7, {"step": 1}, {"name": "x", "step": [1]}, {"name": "x", "data": []}]
)
def test_a_table_that_cannot_be_read_is_a_sentence(table: Any):
    assert not walk(small.checked(), "x", table, small.around()).passed


def test_a_form_or_table_that_cannot_be_read_is_a_sentence():
    diagram = small.checked().diagram
    for more in ({"forms": {"check": {"components": 1}}}, {"decisions": {"a.dmn": "<x"}}):
        found = walk(small.bundle("x", diagram, **more), "x", {"name": "x", "end": {"at": ["end"]}}, small.around())
        assert found.sentences
