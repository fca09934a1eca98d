"""CEL in diagrams: what it gives, what it refuses, and that hostile text or data can't hang or crash it."""

from __future__ import annotations

import enum
import threading
import time
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.bpmn.expressions import MAX_LENGTH, ExpressionError, as_text, compile_expression, parse_value

NOON = datetime(2026, 11, 23, 5, 0, tzinfo=UTC)
FUNCTIONS: dict[str, Any] = {
    "now": lambda: NOON,
    "office_deadline": lambda start, duration: NOON + timedelta(hours=int(duration[2:-1])),
}
DATA: dict[str, Any] = {
    "decision": "approve",
    "copies": [1, 2, 3],
    "count": 3,
    "amount": 1.5,
    "nothing": None,
    "ký": "không dùng được tên này",
    "document": {"số": "15/QĐ-UBND", "trich_yeu": "Về việc Đắk Lắk", "pages": 4, "urgent": True},
    "people": [{"id": 1, "role": "clerk"}, {"id": 2, "role": "leader"}],
    "received_at": "2026-11-23T08:00:00+07:00",
}


def evaluated(text: str, **more: Any) -> Any:
    return compile_expression(text).evaluate({**DATA, **more}, FUNCTIONS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("decision == 'approve' && size(copies) > 0", True),
        ("document['số']", "15/QĐ-UBND"),
        ("document.trich_yeu.contains('Đắk')", True),
        ("size('Đặng')", 4),
        ("has(document.missing)", False),
        ("has(document.pages)", True),
        ("has(data.missing)", False),
        ("has(data.count) && data.count == 3", True),
        ("count == 3.0", True),
        ("count < 3.5", True),
        ("amount > count", False),
        ("double(count) * amount", 4.5),
        ("nothing == null", True),
        ("people.map(p, p.id)", [1, 2]),
        ("people.filter(p, p.role == 'leader')", [{"id": 2, "role": "leader"}]),
        ("people.exists(p, p.role == 'clerk')", True),
        ("people.all(p, p.id > 1)", False),
        ("copies + [4]", [1, 2, 3, 4]),
        ("{'a': count, 'b': [1, null]}", {"a": 3, "b": [1, None]}),
        ("'x' in ['x', 'y']", True),
        ("'số' in document", True),
        ("count > 1 ? 'nhiều' : 'ít'", "nhiều"),
        ("has(document.urgent) ? string(document.urgent) : null", "true"),
        ("has(document.absent) ? document.absent : null", None),
        ("(count == 3 ? 'a' : 2) + 'b'", "ab"),
        ("count == 3 ? now() : 'nay'", NOON),
        ("decision.matches('^app.*')", True),
        ("decision.startsWith('app')", True),
        ("false && absent", False),
        ("true || absent", True),
        ("7 / 2", 3),
        ("-count", -3),
        ("now()", NOON),
        ("now() + duration('90m')", NOON + timedelta(minutes=90)),
        ("timestamp(received_at) < now()", True),
        ("timestamp(received_at).getHours('Asia/Ho_Chi_Minh')", 8),
        ("now() - timestamp(received_at)", timedelta(hours=4)),
        ("office_deadline(received_at, 'PT2H')", NOON + timedelta(hours=2)),
        ("office_deadline(now(), 'PT3H') > now()", True),
        ("received_at", "2026-11-23T08:00:00+07:00"),
    ],
)
def test_gives(text: str, expected: Any) -> None:
    result = evaluated(text)
    assert result == expected
    assert type(result) is type(expected)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "để trống"),
        ("1 +", "ký tự thứ"),
        ("document.số", "ký tự thứ"),
        ("count > 1\0", "không hợp lệ"),
        ("import os", "dành riêng"),
        ("type == 'a'", "viết data.type hoặc"),
        ("size(list)", "viết data.list hoặc"),
        ("__import__('os')", "hàm __import__() không có"),
        ("decision.__class__.__mro__()", "hàm __mro__() không có"),
        ("bytes('a')", "hàm bytes() không có"),
        ("'a' + 1", "chữ và số nguyên"),
        ("'a' ? 1 : 2", "đúng hoặc sai"),
        ("(count == 1 ? 'a' : 2) + ('b' + 1)", "chữ và số nguyên"),
        ("1" + " + 1" * 300, "lồng nhau"),
        ("(" * 300 + "1" + ")" * 300, "lồng nhau"),
        ("a" + ".b" * 300, "lồng nhau"),
        ("'" + "x" * MAX_LENGTH + "'", "dài quá"),
        ("[decision]" + ".map(a, a + a + a + a + a + a + a + a)" * 6, "lặp quá nhiều"),
        ("[1]" + ".map(a, a)" * 7, "lặp quá nhiều"),
    ],
)
def test_refuses_when_compiling(text: str, part: str) -> None:
    with pytest.raises(ExpressionError, match=part.replace("(", r"\(").replace(")", r"\)")):
        compile_expression(text)


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("absent > 1", "“absent” chưa có giá trị"),
        ("has(absent.inner)", "“absent” chưa có giá trị"),
        ("document.absent", "“absent”"),
        ("count + amount", "double"),
        ("nothing > 1", "giá trị rỗng và số nguyên"),
        ("received_at > now()", "chữ và mốc thời gian"),
        ("count ? 1 : 2", "đúng hoặc sai"),
        ("count / 0", "chia cho 0"),
        ("count * 9223372036854775807", "quá lớn"),
        ("copies[9]", "vị trí"),
        ("timestamp(decision)", "mốc thời gian"),
        ("duration('PT2H')", "khoảng thời gian"),
        ("decision.x", "không có mục bên trong"),
        ("type(count)", "không lưu được"),
        ("office_deadline(count, 'PT2H')", "office_deadline"),
        ("decision.matches('(')", "không tính được"),
    ],
)
def test_refuses_when_evaluating(text: str, part: str) -> None:
    with pytest.raises(ExpressionError, match=part):
        evaluated(text)


def test_names_are_the_free_variables() -> None:
    expression = compile_expression(
        "people.exists(p, p.id == author && p.role in roles) && has(document.x) && data.z && type(y) == int"
        " && now() != t"
    )
    assert expression.names == {"people", "author", "roles", "document", "y", "t"}
    assert expression.text.startswith("people")


def test_loop_variable_hides_only_inside_the_loop() -> None:
    assert compile_expression("x.map(x, x + 1) == [x]").names == {"x"}
    assert compile_expression("l.map(x, x + 1)").names == {"l"}
    assert evaluated("copies.map(x, copies.map(y, x * y))") == [[1, 2, 3], [2, 4, 6], [3, 6, 9]]


def test_compiled_once() -> None:
    assert compile_expression("count > 1") is compile_expression("count > 1")


def test_times_in_data_reach_the_expression_as_text() -> None:
    assert evaluated("when", when=NOON) == NOON.isoformat()
    assert evaluated("day > '2026-11-01'", day=date(2026, 11, 23)) is True
    assert evaluated("timestamp(when) == now()", when=NOON) is True
    assert evaluated("duration(span) == duration('90s')", span=timedelta(seconds=90)) is True


def test_other_python_values() -> None:
    class Urgency(enum.StrEnum):
        HIGH = "high"

    assert evaluated("u == 'high'", u=Urgency.HIGH) is True
    assert evaluated("t", t=(1, (2, 3))) == [1, [2, 3]]
    with pytest.raises(ExpressionError, match="kiểu object"):
        evaluated("o", o=object())
    with pytest.raises(ExpressionError, match="không hợp lệ"):
        evaluated("s == 'approve'", s="approve\0d")
    with pytest.raises(ExpressionError, match="không hợp lệ"):
        evaluated("m", m={"a\0": 1})
    with pytest.raises(ExpressionError):
        evaluated("n", n=2**70)
    with pytest.raises(ExpressionError):
        evaluated("s", s="\ud800")


def test_function_not_handed_in() -> None:
    with pytest.raises(ExpressionError, match=r"now\(\) không dùng được"):
        compile_expression("now()").evaluate({})


def test_what_a_function_raises_is_told() -> None:
    def refuse(start: Any, duration: str) -> datetime:
        raise ValueError("khoảng thời gian sai")

    with pytest.raises(ExpressionError, match="khoảng thời gian sai") as caught:
        compile_expression("office_deadline('x', 'y')").evaluate({}, {"office_deadline": refuse})
    assert isinstance(caught.value.__cause__, ValueError)


def test_a_function_may_evaluate_another_expression() -> None:
    def outer(start: Any, duration: str) -> datetime:
        assert compile_expression("now()").evaluate({}, {"now": lambda: NOON}) == NOON
        return NOON

    assert compile_expression("[office_deadline('a', 'b'), office_deadline('c', 'd')]").evaluate(
        {}, {"office_deadline": outer}
    ) == [NOON, NOON]


def test_threads_keep_their_own_functions() -> None:
    expression = compile_expression("office_deadline('a', 'b') == timestamp(expected)")
    wrong: list[int] = []

    def work(number: int) -> None:
        mine = NOON + timedelta(days=number)
        for _ in range(300):
            if not expression.evaluate({"expected": mine}, {"office_deadline": lambda *_: mine}):
                wrong.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


@pytest.mark.parametrize(
    "text",
    [
        "l.map(a, l.map(b, l.map(c, l.map(d, 1)))).size()",
        "l.all(a, l.all(b, l.all(c, l.all(d, true))))",
        "l.map(a, l.size())",
        "l.map(a, s + s).map(b, b + b)",
    ],
)
def test_loops_over_much_data_end_soon(text: str) -> None:
    expression = compile_expression(text)
    started = time.process_time()
    for length, letters in ((4_000, 20_000), (100_000, 10), (10, 5_000_000)):
        with suppress(ExpressionError):
            expression.evaluate({"l": list(range(length)), "s": "x" * letters})
    assert time.process_time() - started < 20


def test_deep_data_is_refused() -> None:
    deep: list[Any] = []
    for _ in range(50_000):
        deep = [deep]
    with pytest.raises(ExpressionError, match="quá sâu"):
        evaluated("deep == deep", deep=deep)
    while deep:  # taking it apart by hand: its destructor would recurse
        deep = deep.pop()


def test_fast_enough() -> None:
    expression = compile_expression("decision == 'approve' && size(copies) > 0")
    best = min(_seconds(expression) for _ in range(5))
    assert best / 2_000 < 60e-6  # 10 µs on an idle machine; the bound allows for busy ones


def _seconds(expression: Any) -> float:
    started = time.process_time()
    for _ in range(2_000):
        expression.evaluate(DATA, FUNCTIONS)
    return time.process_time() - started


@given(st.text(max_size=60))
def test_any_text_compiles_or_is_refused(text: str) -> None:
    with suppress(ExpressionError):
        compile_expression(text).evaluate(DATA, FUNCTIONS)


_text = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=8)
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False) | _text,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_text, inner, max_size=4),
    max_leaves=12,
)


@given(_json)
def test_json_passes_through_unchanged(value: Any) -> None:
    assert evaluated("value", value=value) == value
    assert evaluated("[value]", value=value) == [value]


@given(st.integers(-50, 50), st.integers(-50, 50), st.booleans())
def test_agrees_with_python(a: int, b: int, c: bool) -> None:
    text = "(a + b * 2 > b - a) == c || a == b ? a * b : a - b"
    expected = a * b if ((a + b * 2 > b - a) == c or a == b) else a - b
    assert evaluated(text, a=a, b=b, c=c) == expected


@pytest.mark.parametrize(
    ("text", "literal", "expected"),
    [
        ("clerk", True, "clerk"),
        ("", True, ""),
        ("${count}", False, 3),
        (" ${copies} ", False, [1, 2, 3]),
        ("role@${count}", False, "role@3"),
        ("Số ${document['số']} gồm ${count} bản", False, "Số 15/QĐ-UBND gồm 3 bản"),
        ("${ {'a': '}'}['a'] }", False, "}"),
        ("${'it\\'s } ok'}", False, "it's } ok"),
        ("${nothing}|${document.urgent}|${copies}|${now()}", False, "|true|[1, 2, 3]|2026-11-23T05:00:00+00:00"),
    ],
)
def test_values(text: str, literal: bool, expected: Any) -> None:
    value = parse_value(text)
    assert value.is_literal is literal
    assert value.evaluate(DATA, FUNCTIONS) == expected


def test_value_names() -> None:
    assert parse_value("${a + b} và ${b + c}").names == {"a", "b", "c"}
    assert parse_value("a").names == frozenset()


@pytest.mark.parametrize("text", ["${count", "${}", "#{count}", "${count} ${", "a ${'}"])
def test_bad_values(text: str) -> None:
    with pytest.raises(ExpressionError):
        parse_value(text)


def test_as_text_of_other_values() -> None:
    assert as_text(timedelta(hours=1)) == "1:00:00"
    assert as_text({"a": "Đ"}) == '{"a": "Đ"}'
