"""Answers checked and kept as process data."""

import json
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import InvalidInput
from engine.forms.components import Option
from engine.forms.context import FormContext, Upload
from engine.forms.form import Form
from engine.forms.reading import read_form


@dataclass
class Directory:
    """Options as the web would give them, remembering what was asked for."""

    asked: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    def _give(self, what: str, narrowing: Mapping[str, str], options: Sequence[Option]) -> Sequence[Option]:
        self.asked.append((what, dict(narrowing)))
        return options

    def people(self, narrowing: Mapping[str, str]) -> Sequence[Option]:
        return self._give("people", narrowing, [Option(7, "Lê Thị Hoa", "Văn thư"), Option(8, "Trần Bình")])

    def units(self, narrowing: Mapping[str, str]) -> Sequence[Option]:
        return self._give(
            "units", narrowing, [Option(3, "Phòng Quản lý xây dựng"), Option(4, "Văn phòng"), Option(5, "Thanh tra")]
        )

    def agencies(self, narrowing: Mapping[str, str]) -> Sequence[Option]:
        return self._give("agencies", narrowing, [Option(2, "UBND xã An Phú"), Option(1, "UBND phường Bình Minh")])

    def documents(self, narrowing: Mapping[str, str]) -> Sequence[Option]:
        return self._give("documents", narrowing, [Option(40, "45/UBND-KT")])

    def registers(self, narrowing: Mapping[str, str]) -> Sequence[Option]:
        return self._give("registers", narrowing, [Option(9, "Sổ văn bản đến 2026")])

    def dossiers(self, narrowing: Mapping[str, str]) -> Sequence[Option]:
        return self._give("dossiers", narrowing, [Option(5, "01.QLXD · Trật tự xây dựng")])


def form(*components: dict[str, Any]) -> Form:
    numbered = [
        {"id": f"part-{n}", "label": f"Câu {n}", **component} for n, component in enumerate(components, start=1)
    ]
    return read_form(json.dumps({"id": "mau", "components": numbered}).encode())


def context(**data: Any) -> FormContext:
    return FormContext(data=data, choices=Directory(), today=date(2026, 11, 23))


def faults(asked: Form, values: Mapping[str, Any], given_context: FormContext | None = None) -> dict[str, str]:
    with pytest.raises(InvalidInput) as caught:
        asked.validate(values, given_context or context())
    return caught.value.fields


REQUIRED = {"required": True}


def test_texts_come_clean() -> None:
    asked = form(
        {"type": "textfield", "key": "subject", "validate": REQUIRED},
        {"type": "textarea", "key": "note"},
        {"type": "textfield", "key": "place"},
    )
    values = {
        "subject": " V/v\trà soát\u202e \x00" + unicodedata.normalize("NFD", "công trình"),
        "note": "a\r\n\x1bb",
        "place": "  ",
    }
    assert asked.validate(values, context()) == {"subject": "V/v rà soát công trình", "note": "a\nb", "place": ""}


def test_required_says_which_question() -> None:
    asked = form(
        {"type": "textfield", "key": "subject", "label": "Trích yếu", "validate": REQUIRED},
        {"type": "select", "key": "lead", "label": "Chủ trì", "properties": {"kind": "person"}, "validate": REQUIRED},
        {"type": "checkbox", "key": "agreed", "label": "Đã kiểm tra", "validate": REQUIRED},
        {"type": "filepicker", "key": "files", "label": "Tệp văn bản", "validate": REQUIRED},
        {"type": "taglist", "key": "units", "label": "Phối hợp", "properties": {"kind": "units"}, "validate": REQUIRED},
    )
    expected = {
        "subject": "Chưa nhập “Trích yếu”.",
        "lead": "Chưa chọn “Chủ trì”.",
        "agreed": "Chưa đánh dấu “Đã kiểm tra”.",
        "files": "Chưa đính kèm tệp ở mục “Tệp văn bản”.",
        "units": "Chưa chọn “Phối hợp”.",
    }
    assert faults(asked, {}) == expected
    assert faults(asked, {"subject": "\u200b\x00 ", "lead": "", "agreed": "", "files": [], "units": [""]}) == expected


def test_lengths_ranges_and_patterns() -> None:
    asked = form(
        {"type": "textfield", "key": "code", "validate": {"minLength": 3, "maxLength": 5, "pattern": "^[A-Z0-9.]+$"}},
        {"type": "number", "key": "copies", "decimalDigits": 0, "validate": {"min": 1, "max": 999}},
        {"type": "number", "key": "rate", "decimalDigits": 1},
        {"type": "textfield", "key": "mail", "validate": {"validationType": "email"}},
    )
    good = {"code": "H99", "copies": "12", "rate": "1,5", "mail": "vanthu@example.com"}
    assert asked.validate(good, context()) == {"code": "H99", "copies": 12, "rate": 1.5, "mail": "vanthu@example.com"}
    assert set(faults(asked, {"code": "h9", "copies": "0", "rate": "1,55", "mail": "vanthu@"})) == {
        "code",
        "copies",
        "rate",
        "mail",
    }
    assert set(faults(asked, {"code": "A" * 100_000, "copies": "1000", "rate": "1e3", "mail": {"a": 1}})) == {
        "code",
        "copies",
        "rate",
        "mail",
    }
    assert "nguyên" in faults(asked, {"copies": "1,5"})["copies"]
    assert set(faults(asked, {"copies": True, "rate": float("nan"), "code": ["a", "b"]})) == {"copies", "rate", "code"}


def test_dates_are_kept_as_iso() -> None:
    asked = form(
        {"type": "datetime", "subtype": "date", "key": "due_date", "label": "Hạn xử lý", "disallowPassedDates": True},
        {"type": "datetime", "subtype": "datetime", "key": "seen_at"},
        {"type": "datetime", "subtype": "time", "key": "hour"},
    )
    kept = asked.validate({"due_date": "4/12/2026", "seen_at": "23/11/2026 8:15", "hour": "8h05"}, context())
    assert kept == {"due_date": "2026-12-04", "seen_at": "2026-11-23T08:15:00+07:00", "hour": "08:05"}
    assert asked.validate({"due_date": "2026-11-23"}, context())["due_date"] == "2026-11-23"
    assert faults(asked, {"due_date": "22/11/2026"}) == {
        "due_date": "“Hạn xử lý” không được trước hôm nay (23/11/2026)."
    }
    assert set(faults(asked, {"due_date": "30/02/2026", "seen_at": "mai", "hour": "24:01"})) == {
        "due_date",
        "seen_at",
        "hour",
    }


def test_choices_must_be_offered() -> None:
    options = [{"value": "accept", "label": "Nhận"}, {"value": 2, "label": "Hai"}]
    asked = form(
        {"type": "radio", "key": "decision", "values": options},
        {"type": "checklist", "key": "several", "values": options},
        {"type": "select", "key": "level", "valuesKey": "case.levels"},
    )
    listed = context(case={"levels": [{"value": "a", "label": "A"}, "b", 3, None, {"label": "?"}]})
    kept = asked.validate({"decision": "2", "several": ["2", "accept", "2"], "level": "3"}, listed)
    assert kept == {"decision": 2, "several": ["accept", 2], "level": 3}
    assert set(faults(asked, {"decision": "refuse", "several": ["accept", "x"], "level": "c"}, listed)) == {
        "decision",
        "several",
        "level",
    }
    assert set(faults(asked, {"decision": ["accept", "2"], "level": "a"}, context())) == {"decision", "level"}


def test_pickers_give_whole_numbers_among_the_offered() -> None:
    asked = form(
        {"type": "select", "key": "lead", "properties": {"kind": "person", "role": "specialist", "unit": "{{unit}}"}},
        {"type": "checklist", "key": "supporters", "properties": {"kind": "people"}},
        {"type": "taglist", "key": "recipients", "properties": {"kind": "agencies"}},
        {"type": "textfield", "key": "reply_to", "properties": {"kind": "document", "direction": "incoming"}},
        {"type": "select", "key": "register", "properties": {"kind": "register"}},
    )
    given_context = context(unit=3)
    values = {"lead": "7", "supporters": ["8", "7"], "recipients": ["1"], "reply_to": "40", "register": 9}
    assert asked.validate(values, given_context) == {
        "lead": 7,
        "supporters": [7, 8],
        "recipients": [1],
        "reply_to": 40,
        "register": 9,
    }
    assert isinstance(given_context.choices, Directory)
    assert ("people", {"role": "specialist", "unit": "3"}) in given_context.choices.asked
    assert set(faults(asked, {"lead": "1", "supporters": ["7", "99"], "reply_to": "40' OR 1=1"})) == {
        "lead",
        "supporters",
        "reply_to",
    }


def test_hidden_answers_are_dropped_and_not_required() -> None:
    asked = form(
        {
            "type": "radio",
            "key": "decision",
            "validate": REQUIRED,
            "values": [{"value": "accept"}, {"value": "refuse"}],
        },
        {"type": "textarea", "key": "reason", "validate": REQUIRED, "conditional": {"hide": '=decision != "refuse"'}},
        {"type": "textfield", "key": "detail", "conditional": {"hide": "${reason == null}"}},
    )
    assert asked.validate({"decision": "accept", "reason": "x", "detail": "y"}, context()) == {"decision": "accept"}
    assert asked.validate({"decision": "refuse", "reason": "x", "detail": "y"}, context()) == {
        "decision": "refuse",
        "reason": "x",
        "detail": "y",
    }
    assert list(faults(asked, {"decision": "refuse"})) == ["reason"]
    # a wrong answer opens nothing
    assert list(faults(asked, {"decision": "burn", "reason": "x"})) == ["decision"]


def test_a_group_hides_what_is_in_it() -> None:
    inner = {"type": "textfield", "id": "in", "key": "note", "label": "Ghi chú", "validate": REQUIRED}
    asked = form({"type": "group", "components": [inner], "conditional": {"hide": '=direction = "outgoing"'}})
    assert asked.validate({"note": "x"}, context(direction="outgoing")) == {}
    assert asked.validate({"note": "x"}, context(direction="incoming")) == {"note": "x"}


def test_read_only_answers_cannot_be_posted() -> None:
    asked = form(
        {"type": "textfield", "key": "number", "readonly": True}, {"type": "textfield", "key": "note", "disabled": True}
    )
    assert asked.validate({"number": "999", "note": "x", "other": "y"}, context(number="125/SXD")) == {}
    assert asked.from_post(lambda name: ["999"], lambda name: []) == {}


def test_files_are_checked_by_name_and_number() -> None:
    asked = form(
        {"type": "filepicker", "key": "main", "accept": ".pdf"},
        {"type": "filepicker", "key": "others", "multiple": True},
    )
    main, other = Upload("Công văn.PDF", 10, "handle"), Upload("a.xlsx", 5)
    raw = asked.from_post(lambda name: [], lambda name: {"main": [main], "others": [other, Upload("", 0)]}[name])
    assert asked.validate(raw, context()) == {"main": [main], "others": [other]}
    assert "định dạng" in faults(asked, {"main": [other]})["main"]
    assert "một tệp" in faults(asked, {"main": [main, main]})["main"]
    assert "không có nội dung" in faults(asked, {"main": [Upload("a.pdf", 0)]})["main"]
    assert set(faults(asked, {"main": "a.pdf", "others": [other] * 51})) == {"main", "others"}


def test_a_post_is_read_by_name() -> None:
    asked = form(
        {"type": "textfield", "key": "a"}, {"type": "checklist", "key": "b", "values": [{"value": "x"}, {"value": "y"}]}
    )
    posted = {"a": ["1", "2"], "b": ["x", "y"], "__proto__": ["z"]}
    assert asked.from_post(lambda name: posted[name], lambda name: []) == {"a": "1", "b": ["x", "y"]}


def test_what_is_proposed_comes_from_the_case_then_the_form() -> None:
    asked = form(
        {"type": "textfield", "key": "subject", "defaultValue": "mặc định"},
        {"type": "number", "key": "copies", "defaultValue": 1},
        {"type": "filepicker", "key": "files"},
    )
    assert asked.proposed(context(subject="từ hồ sơ", files=[1])) == {"subject": "từ hồ sơ", "copies": 1, "files": None}
    assert asked.proposed(context())["subject"] == "mặc định"


texts = (
    st.text(max_size=30)
    | st.none()
    | st.integers()
    | st.lists(st.text(max_size=5), max_size=3)
    | st.floats()
    | st.booleans()
)


@given(st.dictionaries(st.sampled_from(["a", "b", "c", "d", "e", "f"]), texts))
def test_any_post_is_kept_or_refused_in_words(values: dict[str, Any]) -> None:
    asked = form(
        {"type": "textfield", "key": "a", "validate": {"pattern": "^[a-z ]{2,9}$"}},
        {"type": "number", "key": "b"},
        {"type": "datetime", "key": "c"},
        {"type": "select", "key": "d", "properties": {"kind": "unit"}},
        {"type": "checkbox", "key": "e"},
        {
            "type": "checklist",
            "key": "f",
            "properties": {"kind": "units"},
            "conditional": {"hide": "=e = true and b > 2"},
        },
    )
    sentences: dict[str, str] = {}
    try:
        json.dumps(asked.validate(values, context()))
    except InvalidInput as error:
        sentences = error.fields
    assert all(sentence.startswith(("“", "Chưa", "Tệp")) for sentence in sentences.values())
    assert {view.name for view in asked.view(values, context(), sentences).fields} == {"a", "b", "c", "d", "e", "f"}


LINES = (
    {"type": "select", "key": "lead", "label": "Chủ trì", "properties": {"kind": "unit"}, "validate": REQUIRED},
    {"type": "checklist", "key": "support", "label": "Phối hợp", "properties": {"kind": "units"}},
    {"type": "textfield", "key": "dues", "label": "Hạn riêng", "properties": {"kind": "dues"}},
)


def test_lines_have_days_of_their_own() -> None:
    asked = form(*LINES)
    posted = {"lead": "3", "support": ["4", "5"], "dues": ["3", "", "4", "27/11/2026", "5", " "]}
    assert asked.validate(posted, context()) == {"lead": 3, "support": [4, 5], "dues": {"4": "2026-11-27"}}
    assert asked.validate({"lead": 3, "dues": {"4": "2026-11-27"}}, context())["dues"] == {"4": "2026-11-27"}
    assert asked.validate({"lead": 3}, context())["dues"] == {}
    for dues in (["4", "31/02/2026"], ["4", "22/11/2026"], ["x", "27/11/2026"], {"4": "mai"}):
        assert "Hạn riêng" in faults(asked, {"lead": 3, "dues": dues})["dues"]


def test_pickers_of_one_people_share_rows() -> None:
    group = {"type": "group", "label": "Phân công", "properties": {"layout": "panel"}, "components": list(LINES)}
    view = form(group).view({"lead": "3", "support": ["4"], "dues": ["4", "27/11/2026"]}, context()).parts[0]
    assert view.kind == "group"
    assert view.panel
    lead, support, dues = view.parts
    assert [option.value for option in lead.options] == [option.value for option in support.options] == ["3", "4", "5"]
    assert [(option.value, option.label) for option in dues.options] == [("4", "27/11/2026")]
    hidden = {**LINES[1], "conditional": {"hide": "=lead = 3"}}
    assert not form({**group, "components": [LINES[0], hidden]}).view(None, context()).parts[0].panel


def test_phrases_are_offered_where_somebody_writes_an_opinion_not_where_a_document_is_drafted() -> None:
    asked = [
        {"type": "textarea", "key": "body", "id": "a", "label": "Nội dung", "properties": {"bind": "document.body"}},
        {"type": "textarea", "key": "text", "id": "b", "label": "Ý kiến", "properties": {"bind": "opinion.text"}},
        {"type": "textarea", "key": "note", "id": "c", "label": "Ghi chú"},
        {"type": "textfield", "key": "line", "id": "d", "label": "Dòng"},
    ]
    form = read_form(json.dumps({"type": "default", "components": asked}).encode())
    shown = form.view({}, FormContext({}))
    assert [field.name for field in shown.fields if field.phrases] == ["text", "note"]
