"""The pages: who sees which procedures and drafts, and what may be begun, imported, set aside."""

from __future__ import annotations

import io

from bs4 import BeautifulSoup
from sqlalchemy import select

from engine.definitions.models import Definition, Version
from tests.web.modeler.conftest import Studio
from tests.web.modeler.test_archive import BARE


def page(studio: Studio, person: object, where: str = "/modeler") -> BeautifulSoup:
    answer = studio.sign_in(person).get(where)  # type: ignore[arg-type]
    assert answer.status_code == 200
    return BeautifulSoup(answer.text, "html.parser")


def test_the_list_says_what_is_in_force_and_what_is_being_drawn(studio: Studio):
    seen = page(studio, studio.analyst)
    rows = seen.select("li.procedure")
    assert len(rows) == 2
    row = next(each for each in rows if "incoming-document" in each.text)
    assert "Bản dùng chung" in row.text
    draft = row.select_one(".drafts li")
    assert draft is not None
    assert "Bản nháp 1" in draft.text
    assert "Trần Thị Vẽ" in draft.text
    assert "23/11/2026 09:00" in draft.text
    assert "Thêm bước" in draft.text
    assert row.select_one(f'a[href="/modeler/drafts/{studio.draft_id}"]')


def test_another_agency_sees_the_shipped_ones_but_not_the_draft(studio: Studio):
    seen = page(studio, studio.stranger)
    assert len(seen.select("li.procedure")) == 2
    assert "Bản nháp" not in seen.select_one("ul.procedures").text  # type: ignore[union-attr]
    client = studio.sign_in(studio.stranger)
    assert client.get(f"/modeler/drafts/{studio.draft_id}").status_code == 404
    assert client.get(f"/versions/{studio.draft_id}").status_code == 404
    assert client.post(f"/modeler/drafts/{studio.draft_id}/discard").status_code == 404
    assert client.post("/modeler/drafts", data={"version": studio.draft_id}).status_code == 404


def test_without_the_role_every_page_is_forbidden(studio: Studio):
    client = studio.sign_in(studio.clerk)
    for where in ("/modeler", f"/modeler/drafts/{studio.draft_id}", f"/versions/{studio.shipped_id}",
                  f"/versions/{studio.shipped_id}/diagram.bpmn", "/modeler/templates.json"):  # fmt: skip
        assert client.get(where).status_code == 403, where
    for where in ("/modeler/drafts", "/modeler/import", f"/modeler/drafts/{studio.draft_id}/discard"):
        file = (io.BytesIO(BARE), "a.bpmn")
        answer = client.post(where, data={"version": studio.shipped_id, "file": file})
        assert answer.status_code == 403, where
    assert len(page(studio, studio.analyst).select(".drafts li")) == 1


def test_a_draft_is_begun_from_what_is_in_force(studio: Studio):
    answer = studio.client.post("/modeler/drafts", data={"version": studio.shipped_id, "line": "own"})
    made = int(answer.headers["Location"].rsplit("/", 1)[-1])
    with studio.platform.reading() as session:
        version = session.get_one(Version, made)
        line = session.get_one(Definition, version.definition_id)
    assert (version.state, version.number, version.based_on_id) == ("draft", 2, studio.shipped_id)
    assert line.agency_id == studio.analyst.agency_id


def test_the_shipped_line_is_the_provincial_admins(studio: Studio):
    asked = {"version": studio.shipped_id, "line": "shipped"}
    assert studio.client.post("/modeler/drafts", data=asked).status_code == 403
    answer = studio.sign_in(studio.provincial).post("/modeler/drafts", data=asked)
    assert answer.status_code == 303
    with studio.platform.reading() as session:
        version = session.get_one(Version, int(answer.headers["Location"].rsplit("/", 1)[-1]))
        assert session.get_one(Definition, version.definition_id).agency_id is None
    assert studio.client.post("/modeler/drafts", data={}).status_code == 422


def test_the_editor_page_names_the_draft_and_its_addresses(studio: Studio):
    seen = page(studio, studio.analyst, f"/modeler/drafts/{studio.draft_id}")
    place = seen.select_one("[data-studio]")
    assert place is not None
    assert f"/modeler/drafts/{studio.draft_id}/content" in str(place["data-urls"])
    assert seen.h1 is not None
    assert seen.h1.text == "Quy trình thử"
    assert [each.text for each in seen.select(".studio-tabs [role=tab]")] == ["Sơ đồ", "Biểu mẫu", "Bảng quyết định"]
    assert seen.find(string="Bỏ bản nháp…")


def test_one_who_may_only_read_is_shown_the_draft_without_the_editor(studio: Studio):
    made = studio.sign_in(studio.provincial).post(
        "/modeler/drafts", data={"version": studio.shipped_id, "line": "shipped"}
    )
    answer = studio.sign_in(studio.stranger).get(made.headers["Location"], follow_redirects=True)
    assert answer.request.path == made.headers["Location"].replace("/modeler/drafts", "/versions")
    assert "Bản nháp" in answer.text
    assert "data-studio" not in answer.text


def test_the_editor_keeps_the_strict_policy(studio: Studio):
    policy = studio.client.get(f"/modeler/drafts/{studio.draft_id}").headers["Content-Security-Policy"]
    assert "unsafe" not in policy


def test_a_discarded_draft_leaves_the_list_and_is_only_read(studio: Studio):
    answer = studio.client.post(f"/modeler/drafts/{studio.draft_id}/discard")
    assert answer.headers["Location"] == "/modeler"
    assert studio.version().state == "discarded"
    assert page(studio, studio.analyst).select(".drafts li") == []
    again = studio.client.get(f"/modeler/drafts/{studio.draft_id}")
    assert again.headers["Location"] == f"/versions/{studio.draft_id}"
    assert "Đã bỏ" in page(studio, studio.analyst, f"/versions/{studio.draft_id}").text


def test_a_version_is_shown_to_be_read(studio: Studio):
    seen = page(studio, studio.analyst, f"/versions/{studio.shipped_id}")
    assert seen.select_one(f'[data-diagram="/versions/{studio.shipped_id}/diagram.bpmn"]')
    diagram = studio.client.get(f"/versions/{studio.shipped_id}/diagram.bpmn")
    assert b"take-in" in diagram.data


def test_a_file_becomes_a_draft_of_its_own_procedure(studio: Studio):
    answer = studio.client.post("/modeler/import", data={"file": (io.BytesIO(BARE), "thẩm tra.bpmn"), "line": "own"})
    with studio.platform.reading() as session:
        version = session.get_one(Version, int(answer.headers["Location"].rsplit("/", 1)[-1]))
        line = session.get_one(Definition, version.definition_id)
    assert (line.key, line.name, line.agency_id) == ("tham-tra", "Thẩm tra", studio.analyst.agency_id)
    assert (version.state, version.diagram, version.based_on_id) == ("draft", BARE, None)
    assert version.reason == "Nhập từ tệp thẩm tra.bpmn"


def test_a_file_of_a_known_procedure_is_based_on_what_is_in_force(studio: Studio):
    data = studio.client.get(f"/modeler/drafts/{studio.shipped_id}/export.zip").data
    answer = studio.client.post("/modeler/import", data={"file": (io.BytesIO(data), "p.zip"), "line": "own"})
    with studio.platform.reading() as session:
        version = session.get_one(Version, int(answer.headers["Location"].rsplit("/", 1)[-1]))
    assert (version.based_on_id, version.number) == (studio.shipped_id, 2)


def test_a_file_that_is_none_is_refused_and_nothing_begins(studio: Studio):
    assert studio.client.post("/modeler/import", data={}).status_code == 422
    answer = studio.client.post("/modeler/import", data={"file": (io.BytesIO(b"x"), "a.bpmn")})
    assert answer.status_code == 422
    assert "Không đọc được sơ đồ" in answer.text
    with studio.platform.reading() as session:
        assert len(session.scalars(select(Version).where(Version.state == "draft")).all()) == 1


def test_the_palette_is_given_in_words(studio: Studio):
    given = studio.client.get("/modeler/templates.json").get_json()
    assert {"name": "clerk", "label": "Văn thư"} in given["roles"]
    assert any(each["id"] == "vanthu.task.receive" for each in given["templates"])
