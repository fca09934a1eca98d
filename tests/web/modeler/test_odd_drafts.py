"""What no editor sends, sent to every address of a draft: refused in words or answered, never a crash or half kept."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

from tests import builders
from tests.web.bad_input.refusals import unchanged
from tests.web.modeler.conftest import Studio
from tests.web.modeler.test_archive import BARE

WRITING = (
    ("PUT", "content"), ("POST", "check"), ("POST", "copy"), ("POST", "scenarios/play"), ("POST", "scenarios/run"),
    ("POST", "scenarios/keep"), ("POST", "scenarios/rename"), ("POST", "scenarios/remove"),
)  # fmt: skip
NOBODYS = [
    "", "{", "null", "[]", "[" * 20_000, '{"edition": 1' + "0" * 5_000 + "}",
    '{"edition": 1, "forms": {"a": {"x": 1e999}}}', '{"edition": 1, "scenarios": {"a": {"x": NaN}}}',
    '{"edition": 1, "forms": {"a": {"x": -Infinity}}}', r'{"edition": 1, "diagram": "\ud800"}',
    r'{"edition": 1, "decisions": {"a": "\ud800"}}', r'{"edition": 1, "decisions": {"a": "a\u0000b"}}',
    r'{"edition": 1, "forms": {"\ud800": {}}}', r'{"edition": 1, "forms": {"a\u0000": {}}}',
    '{"edition": 1, "forms": {"a": {"x": ' + "[" * 900 + "]" * 900 + "}}}",
    '{"edition": 1, "scenarios": {"a": ' + '{"a":' * 900 + "1" + "}" * 900 + "}}",
    '{"edition": 1, "forms": {"a": {"x": ' + "9" * 40 + "}}}",
    '{"edition": 1, "forms": {"a": {"__proto__": {"x": 1}}}}',
]  # fmt: skip


def test_what_nobody_can_have_typed_is_refused_everywhere(studio: Studio) -> None:
    client = studio.client
    with unchanged(studio.platform):
        for text in NOBODYS:
            for method, name in WRITING:
                answer = client.open(
                    f"/modeler/drafts/{studio.draft_id}/{name}", method=method, data=text.encode(),
                    content_type="application/json",
                )  # fmt: skip
                assert answer.status_code == 422, (name, text[:80])
                assert answer.get_json()["message"].endswith("."), (name, text[:80])


def form(**question: Any) -> dict[str, Any]:
    """A form of one odd question."""
    asked = {"type": "textfield", "id": "q", "key": "q", "label": "Q", **question}
    return {"type": "default", "id": "odd", "components": [asked]}


FORMS: list[dict[str, Any]] = [
    {}, {"a": {"b": [1]}}, {"": {}}, {"components": 5}, {"components": {"x": 1}}, {"components": [None, 1, "x", []]},
    {"components": [{"type": "group", "components": 5}]}, {"components": [{}]}, {"id": 5, "type": [], "components": []},
    form(label=5, properties=[1], validate=5, conditional=5, values=5), form(key=5), form(key=""), form(type={}),
    form(properties={"default": 5, "bind": 5, "kind": []}), form(conditional={"hide": "=" + "(" * 3000}),
    form(conditional={"hide": "= q ="}), form(conditional={"hide": 5}), form(type="html", content={"x": 1}),
    form(type="select", values=[1, None, {"value": {}}, {"label": 5}]), form(validate={"pattern": "(a+)+$" * 50}),
    form(type="number", validate={"min": "x", "max": []}, decimalDigits="a"), form(type="datetime", subtype=5),
    form(validate={"pattern": "("}), form(validate={"minLength": -1, "maxLength": "x"}), form(type="iframe", url=5),
]  # fmt: skip
SCENARIOS: list[dict[str, Any]] = [
    {}, {"data": 5}, {"step": 5}, {"step": [5]}, {"step": [{"at": 5}]}, {"name": 5, "end": 5},
    {"name": "x", "end": [1]}, {"name": "x", "end": {"data": 5}},
    {"name": "x", "end": {"at": ["done"], "data": {"a": [{}]}}},
    {"name": "x", "now": "9999-12-31T23:59:59-23:59"}, {"name": "x", "step": [{"after": "PT" + "9" * 5000 + "S"}]},
    {"name": "x", "now": "0001-01-01T00:00:00+23:00", "step": [{"after": "PT1H"}]}, {"name": "x", "start": "nowhere"},
    {"name": "x", "step": [{"after": "P999999Y"}]}, {"name": "x", "walk_into": ["take-in", "x"]},
    *({"name": "x", "step": [{"at": "take-in", **more}]} for more in (
        {"answer": {"decision": {"a": 1}}}, {"answer": {"decision": ["accept"]}}, {"answer": {"decision": True}},
        {"answer": {"decision": "refuse", "reason": {"a": [1]}}}, {"nth": 2**62}, {"results": [{}]}, {"error": "x"},
        {"failure": "x"}, {"by": {"a": 1}}, {"expect": {"due": {"a": 1}, "given": [1], "name": {}}},
    )),
    {"name": "x", "document": {"due_date": {"a": [1]}, "signer_id": []}}, {"name": "x", "operations": {"a": [[]]}},
    {"name": "x", "thrown": [{"name": [1]}], "done": ["x"], "incidents": ["z"], "path": ["q"], "waiting": ["take-in"]},
]  # fmt: skip
TABLES = ["", "x", "<definitions/>", "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "<x>" * 50_000]
ODD = {
    "edition": 1,
    "forms": {"accept": FORMS[9], **{f"odd-{place}": each for place, each in enumerate(FORMS)}},
    "decisions": {f"odd-{place}": each for place, each in enumerate(TABLES)},
    "scenarios": {f"odd-{place}": each for place, each in enumerate(SCENARIOS)},
}


def test_odd_parts_are_kept_and_every_screen_shows_the_draft_all_the_same(studio: Studio) -> None:
    client, draft, shipped = studio.client, studio.draft_id, studio.shipped_id
    base = f"/modeler/drafts/{draft}"
    assert client.put(f"{base}/content", json=ODD).status_code == 200
    assert client.get(f"{base}/content").get_json()["forms"] == ODD["forms"]
    for where in (
        f"{base}/export.zip", f"{base}/scenarios", base, f"/versions/{draft}", f"/versions/{draft}/publish",
        f"/versions/{shipped}/compare/{draft}", f"/practice/replay/{draft}", f"/flight/{shipped}/{draft}", "/modeler",
        "/versions/of/incoming-document", "/adaptation/incoming-document", f"/adaptation/{draft}/merge",
    ):  # fmt: skip
        assert client.get(where).status_code < 500, where
    assert client.post(f"{base}/check", json={}).get_json()["findings"]
    ran = client.post(f"{base}/scenarios/run", json={}).get_json()["results"]
    assert [each["passed"] for each in ran] == [False] * len(SCENARIOS)
    assert all(each["sentences"] for each in ran)


def test_an_odd_scenario_is_played_as_far_as_it_goes(studio: Studio) -> None:
    client = studio.client
    for odd in SCENARIOS:
        answer = client.post(f"/modeler/drafts/{studio.draft_id}/scenarios/play", json={"scenario": odd})
        told = answer.get_json()
        assert answer.status_code in (200, 422), odd
        assert told.get("sentence") or told.get("message"), odd


def test_keys_of_another_kind_are_not_found(studio: Studio) -> None:
    for name in ("keep", "rename", "remove"):
        for key in ([1], {}, 5, True):
            sent = {"edition": 1, "key": key, "name": "x", "scenario": {"name": "x", "waiting": []}}
            answer = studio.client.post(f"/modeler/drafts/{studio.draft_id}/scenarios/{name}", json=sent)
            assert answer.status_code == 404, (name, key)
            assert answer.get_json()["message"].endswith(".")


FOUND_IN_FILES = (
    *(("f.form.json", each) for each in (
        b'{"x": NaN}', b'{"x": 1e999}', rb'{"x": "\ud800"}', rb'{"x": "\u0000"}', b'{"__proto__": {"a": 1}}',
        b'{"x": ' + b"[" * 900 + b"]" * 900 + b"}",
    )),
    *(("scenarios/s.toml", each) for each in (
        b"x = inf", b"x = nan", rb'x = "\u0000"', b"x = 99999999999999999999999", b"__proto__.a = 1",
    )),
)  # fmt: skip


def test_the_same_inside_a_file_is_refused_too(studio: Studio) -> None:
    client = studio.client
    with unchanged(studio.platform):
        for name, content in FOUND_IN_FILES:
            packed = builders.package({"a.bpmn": BARE, name: content})
            for where in ("/modeler/import", f"/modeler/drafts/{studio.draft_id}/read"):
                answer = client.post(where, data={"file": (io.BytesIO(packed), "a.zip")})
                assert answer.status_code == 422, (where, content[:40])


def test_times_in_a_scenario_of_a_file_become_text(studio: Studio) -> None:
    scenario = b'name = "x"\nnow = 2026-11-23T08:15:00+07:00\n'
    packed = builders.package({"incoming-document.bpmn": studio.version().diagram, "scenarios/s.toml": scenario})
    answer = studio.client.post("/modeler/import", data={"file": (io.BytesIO(packed), "a.zip"), "line": "own"})
    made = answer.headers["Location"].rsplit("/", 1)[-1]
    kept = studio.client.get(f"/modeler/drafts/{made}/scenarios").get_json()["scenarios"]
    assert kept == {"s": {"name": "x", "now": "2026-11-23T08:15:00+07:00"}}
    again = studio.client.get(f"/modeler/drafts/{made}/export.zip").data
    assert "scenarios/s.toml" in zipfile.ZipFile(io.BytesIO(again)).namelist()


def test_odd_names_of_files_are_only_names(studio: Studio) -> None:
    for name in (
        "../../etc/passwd",
        "a\0.bpmn",
        "x" * 5_000 + ".bpmn",
        "<script>alert(1)</script>.bpmn",
        "a\ud800.bpmn",
    ):
        try:
            data = {"file": (io.BytesIO(BARE), name), "line": "own"}
            answer = studio.client.post("/modeler/import", data=data)
        except UnicodeEncodeError:  # no browser can send it
            continue
        assert answer.status_code in (303, 400, 422), name[:40]


def test_a_request_larger_than_a_procedure_is_refused_before_it_is_read(studio: Studio) -> None:
    huge = {"edition": 1, "diagram": "x" * (16 * 1024 * 1024)}
    for method, name in WRITING[3:5]:
        answer = studio.client.open(f"/modeler/drafts/{studio.draft_id}/{name}", method=method, json=huge)
        assert answer.status_code in (413, 422), name
    content = json.dumps({"edition": 1, "forms": {"a": {"x": "x" * 6_000_000}}})
    answer = studio.client.put(
        f"/modeler/drafts/{studio.draft_id}/content", data=content, content_type="application/json"
    )
    assert (answer.status_code, studio.version().edition) == (422, 1)


def test_a_file_of_sixty_megabytes_is_refused_in_words(studio: Studio) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.bpmn"\r\n\r\n'
    sent = head + b" " * 60 * 1024 * 1024 + b"\r\n--x--\r\n"  # put together here: the client would keep a file open
    for where in ("/modeler/import", f"/modeler/drafts/{studio.draft_id}/read"):
        answer = studio.client.post(where, data=sent, content_type="multipart/form-data; boundary=x")
        assert answer.status_code in (413, 422), where
        assert "MB" in answer.text or "lớn hơn" in answer.text, where
    assert studio.version().edition == 1
