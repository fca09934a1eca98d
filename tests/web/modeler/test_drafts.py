"""What the editor asks: content, saving with editions, checks, copies, files."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from sqlalchemy import select

from engine.definitions.models import Version
from tests import builders
from tests.web.modeler.conftest import Studio

FORM = {"type": "default", "id": "note", "components": []}


def content(studio: Studio) -> dict[str, Any]:
    answer = studio.client.get(f"/modeler/drafts/{studio.draft_id}/content")
    assert answer.status_code == 200
    return answer.get_json()


def keep(studio: Studio, person: Any = None, **sent: Any) -> Any:
    client = studio.sign_in(person or studio.analyst)
    return client.put(f"/modeler/drafts/{studio.draft_id}/content", json=sent)


def test_the_editor_gets_everything_the_draft_is_made_of(studio: Studio):
    given = content(studio)
    assert given["key"] == "incoming-document"
    assert "<bpmn:process" in given["diagram"]
    assert list(given["forms"]) == ["accept"]
    assert given["edition"] == 1
    assert given["may_change"] is True
    assert given["by"] == "Trần Thị Vẽ"
    assert given["saved_at"] == "09:00"
    assert {"key": "outgoing-document", "name": "Quy trình thử"} in given["procedures"]


def test_a_shipped_version_is_content_that_can_not_be_changed(studio: Studio):
    given = studio.client.get(f"/modeler/drafts/{studio.shipped_id}/content").get_json()
    assert given["may_change"] is False


def test_saving_makes_the_next_edition_and_keeps_what_was_not_sent(studio: Studio):
    diagram = content(studio)["diagram"].replace("Tiếp nhận văn bản", "Nhận văn bản")
    answer = keep(studio, edition=1, diagram=diagram)
    assert answer.get_json() == {"edition": 2, "saved_at": "09:00", "at": "09:00 23/11/2026", "by": "Trần Thị Vẽ"}
    assert keep(studio, edition=2, forms={"accept": FORM, "note": FORM}).get_json()["edition"] == 3
    saved = content(studio)
    assert "Nhận văn bản" in saved["diagram"]
    assert sorted(saved["forms"]) == ["accept", "note"]


def test_also_a_broken_diagram_is_kept(studio: Studio):
    assert keep(studio, edition=1, diagram="<half").status_code == 200
    assert studio.version().diagram == b"<half"


def test_a_stale_edition_is_told_who_and_when_and_overwrites_nothing(studio: Studio):
    with studio.platform.reading() as session:
        agency_id = studio.analyst.agency_id
        agency = session.get_one(type(builders.agency(studio.platform)), agency_id)
    colleague = builders.person(studio.platform, agency, "process-analyst", full_name="Lê Văn Nhanh")
    assert keep(studio, colleague, edition=1, diagram="<theirs/>").status_code == 200
    answer = keep(studio, edition=1, diagram="<mine/>")
    assert answer.status_code == 409
    told = answer.get_json()
    assert told["message"].startswith("Lê Văn Nhanh đã lưu bản nháp này lúc 09:00 ngày 23/11/2026")
    assert (told["edition"], told["by"], told["at"]) == (2, "Lê Văn Nhanh", "09:00 23/11/2026")
    assert studio.version().diagram == b"<theirs/>"


def test_ones_own_part_becomes_a_draft_beside(studio: Studio):
    answer = studio.client.post(f"/modeler/drafts/{studio.draft_id}/copy", json={"diagram": "<mine/>"})
    made = answer.get_json()["id"]
    with studio.platform.reading() as session:
        copy, old = session.get_one(Version, made), session.get_one(Version, studio.draft_id)
    assert copy.diagram == b"<mine/>"
    assert (copy.definition_id, copy.state, copy.based_on_id) == (old.definition_id, "draft", old.based_on_id)
    assert copy.forms == old.forms
    assert "Trần Thị Vẽ" in copy.reason
    assert old.diagram != b"<mine/>"


def test_a_check_says_what_is_wrong_at_which_element_and_saves_nothing(studio: Studio):
    diagram = content(studio)["diagram"].replace('camunda:formRef="accept"', 'camunda:formRef="gone"')
    answer = studio.client.post(f"/modeler/drafts/{studio.draft_id}/check", json={"diagram": diagram}).get_json()
    found = [each for each in answer["findings"] if each["rule"] == "operations.form"]
    assert found[0]["element"] == "take-in"
    assert found[0]["severity"] == "error"
    assert "gone" in found[0]["sentence"]
    assert answer["milliseconds"] >= 0
    assert studio.version().edition == 1


def test_a_check_of_what_is_fine_and_of_what_is_no_bpmn_at_all(studio: Studio):
    where = f"/modeler/drafts/{studio.draft_id}/check"
    fine = studio.client.post(where, json={}).get_json()["findings"]
    assert [each for each in fine if each["severity"] == "error" and not each["rule"].startswith("law.")] == []
    for broken in ("", "<half", "<html/>", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'):
        findings = studio.client.post(where, json={"diagram": broken}).get_json()["findings"]
        assert findings
        assert all(each["sentence"] for each in findings)


def test_the_same_sentence_is_told_once(studio: Studio):
    findings = studio.client.post(f"/modeler/drafts/{studio.draft_id}/check", json={"diagram": "<half"}).get_json()
    told = [(each["element"], each["sentence"]) for each in findings["findings"]]
    assert len(told) == len(set(told))


@pytest.mark.parametrize(
    "sent",
    [
        [],
        {"diagram": "<x/>"},
        {"edition": "1"},
        {"edition": True},
        {"edition": 1, "diagram": 5},
        {"edition": 1, "forms": []},
        {"edition": 1, "forms": {"a": "b"}},
        {"edition": 1, "decisions": {"a": {}}},
    ],
)
def test_what_no_editor_sends_is_refused_in_words(studio: Studio, sent: Any):
    answer = studio.client.put(f"/modeler/drafts/{studio.draft_id}/content", json=sent)
    assert answer.status_code == 422
    assert answer.get_json()["message"].endswith(".")
    assert studio.version().edition == 1


def test_too_large_a_diagram_is_refused(studio: Studio):
    answer = keep(studio, edition=1, diagram="x" * (5 * 1024 * 1024 + 1))
    assert (answer.status_code, studio.version().edition) == (422, 1)
    assert "5 MB" in answer.get_json()["message"]


def test_others_may_not(studio: Studio):
    base = f"/modeler/drafts/{studio.draft_id}"
    routes = [("GET", "content"), ("PUT", "content"), ("POST", "check"), ("POST", "copy"), ("POST", "read"),
              ("GET", "export.bpmn"), ("GET", "export.zip")]  # fmt: skip
    for method, name in routes:
        for person, status in ((studio.clerk, 403), (studio.stranger, 404)):
            answer = studio.sign_in(person).open(
                f"{base}/{name}", method=method, json={"edition": 1, "diagram": "<x/>"}
            )
            assert answer.status_code == status, (method, name)
            assert answer.get_json()["message"]
    with studio.platform.reading() as session:
        assert len(session.scalars(select(Version).where(Version.state == "draft")).all()) == 1


def test_a_version_that_is_no_draft_is_not_saved(studio: Studio):
    answer = studio.sign_in(studio.provincial).put(
        f"/modeler/drafts/{studio.shipped_id}/content", json={"edition": 1, "diagram": "<x/>"}
    )
    assert answer.status_code == 409
    assert answer.get_json()["state"] == "published"


def test_the_diagram_leaves_as_it_was_drawn(studio: Studio):
    answer = studio.client.get(f"/modeler/drafts/{studio.draft_id}/export.bpmn")
    assert answer.data == studio.version().diagram
    assert answer.headers["Content-Disposition"] == 'attachment; filename="incoming-document.bpmn"'


def test_everything_leaves_in_a_zip_and_can_be_read_in_again(studio: Studio):
    keep(studio, edition=1, forms={"accept": FORM}, decisions={"limits.dmn": "<definitions/>"})
    data = studio.client.get(f"/modeler/drafts/{studio.draft_id}/export.zip").data
    names = zipfile.ZipFile(io.BytesIO(data)).namelist()
    assert names == ["incoming-document.bpmn", "accept.form.json", "limits.dmn"]
    answer = studio.client.post(
        f"/modeler/drafts/{studio.draft_id}/read", data={"file": (io.BytesIO(data), "incoming-document.zip")}
    ).get_json()
    assert answer["diagram"].encode() == studio.version().diagram
    assert answer["forms"] == {"accept": FORM}
    assert answer["decisions"] == {"limits.dmn": "<definitions/>"}
    assert studio.version().edition == 2


def test_a_file_that_is_no_procedure_is_refused_in_words(studio: Studio):
    for data in ({}, {"file": (io.BytesIO(b"hello"), "x.bpmn")}):
        answer = studio.client.post(f"/modeler/drafts/{studio.draft_id}/read", data=data)
        assert answer.status_code == 422
        assert answer.get_json()["message"].endswith(".")


def test_errors_of_http_itself_are_words_too(studio: Studio):
    answer = studio.client.delete(f"/modeler/drafts/{studio.draft_id}/content")
    assert answer.status_code == 405
