"""Adapting a procedure: the ladder in its order, a newer base told and merged, one agency apart from another."""

from __future__ import annotations

import html
import re
from dataclasses import replace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from engine.audit import AuditEntry
from engine.definitions import commands, queries
from engine.definitions.comparison import compare
from engine.definitions.shipped import PROCESSES, read_folder
from engine.instances import cases
from engine.platform import system
from tests import builders
from tests.web.procedures import KEY, SHIPPED, Place, renamed

NAMES = ("Phân công giải quyết", "Ghi phân công")


def newer(place: Place, *pairs: tuple[str, str]) -> int:
    """The base moves on."""
    return place.ship(replace(SHIPPED, diagram=renamed(*pairs)))


def client(place: Place) -> FlaskClient:
    return place.sign_in(place.analyst())


def questions(text: str) -> list[str]:
    """Names of the radio buttons that ask for a side."""
    return list(dict.fromkeys(html.unescape(each) for each in re.findall(r'name="(choice:[^"]*)"', text)))


def test_the_smallest_step_is_asked_for_first(place: Place) -> None:
    mine = client(place)
    first = mine.get(f"/adaptation/{KEY}").text
    assert "1. Chỉ thay dữ liệu" in first
    assert "step=part" in first
    assert 'value="variant"' not in first
    second = mine.get(f"/adaptation/{KEY}?step=part").text
    assert 'value="variant"' not in second
    assert "step=variant" in second
    assert 'value="variant"' in mine.get(f"/adaptation/{KEY}?step=variant").text
    assert "Chỉ thay dữ liệu" in mine.get(f"/adaptation/{KEY}?step=nonsense").text


def test_shared_parts_are_offered_by_name(place: Place) -> None:
    place.ship(read_folder(PROCESSES / "incoming-document"))
    mine = client(place)
    assert "Sửa bảng quyết định" in mine.get("/adaptation/incoming-document").text
    assert "Lập bản riêng của “Giải quyết văn bản”" in mine.get("/adaptation/incoming-document?step=part").text
    assert "Sửa bảng quyết định" not in mine.get(f"/adaptation/{KEY}").text


@pytest.mark.parametrize("step", ["data", "part", "variant"])
def test_a_step_begins_a_draft_of_the_own_variant(place: Place, step: str) -> None:
    answer = client(place).post(f"/adaptation/{KEY}/start", data={"step": step})
    address, _, part = answer.location.partition("#")
    assert part == ("tab-tables" if step == "data" else ""), "data means the tables, so the editor opens there"
    made = int(address.rpartition("/")[2])
    version = place.version(made)
    assert (version.state, version.based_on_id, version.content_hash) == ("draft", place.shipped, SHIPPED.content_hash)
    with place.platform.reading() as session:
        found, line = queries.version(session, system(), made)
        assert (found.id, line.agency_id, line.key) == (made, place.province.department.id, KEY)
    assert client(place).post(f"/adaptation/{KEY}/start", data={"step": "other"}).status_code == 422


def test_an_own_variant_in_force_is_what_the_next_draft_begins_from(place: Place) -> None:
    variant = place.variant(diagram=renamed((NAMES[0], "Giao việc")))
    answer = client(place).post(f"/adaptation/{KEY}/start", data={"step": "variant"})
    assert place.version(int(answer.location.rpartition("/")[2])).based_on_id == variant


def test_provincial_admins_have_no_agency_variant_to_adapt_unless_they_are_its_admin(place: Place) -> None:
    assert place.sign_in(place.province.admin).get(f"/adaptation/{KEY}").status_code == 403


def test_a_base_that_moved_on_is_told_to_those_who_changed_it(place: Place) -> None:
    variant = place.variant(diagram=renamed((NAMES[0], "Giao việc")))
    mine, badge = client(place), "Bản gốc đã có phiên bản mới"
    assert badge not in mine.get(f"/versions/of/{KEY}").text
    assert badge not in mine.get("/modeler").text
    assert "Không có gì phải hợp nhất" in mine.get(f"/adaptation/{variant}/merge").text
    newer(place, (NAMES[1], "Ghi việc"))
    assert badge in mine.get(f"/versions/of/{KEY}").text
    assert badge in mine.get(f"/adaptation/{KEY}").text
    assert f"/adaptation/{variant}/merge" in mine.get("/modeler").text
    stranger = place.sign_in(place.analyst(place.province.commune))
    assert badge not in stranger.get(f"/versions/of/{KEY}").text
    assert "Giao việc" not in stranger.get(f"/versions/of/{KEY}").text


def test_what_merges_cleanly_becomes_a_draft_on_the_new_base(place: Place) -> None:
    variant = place.variant(diagram=renamed((NAMES[0], "Giao việc")))
    base = newer(place, (NAMES[1], "Ghi việc"))
    mine = client(place)
    text = mine.get(f"/adaptation/{variant}/merge").text
    assert "Tên: “Ghi phân công” → “Ghi việc”" in text
    assert "Tên: “Phân công giải quyết” → “Giao việc”" in text
    assert questions(text) == []
    answer = mine.post(f"/adaptation/{variant}/merge", data={"do": "draft", "theirs": base, "edition": 2})
    made = place.version(int(answer.location.rpartition("/")[2]))
    assert (made.state, made.based_on_id, made.reason) == ("draft", base, "Hợp nhất với bản gốc 2")
    assert "Giao việc" in made.diagram.decode()
    assert "Ghi việc" in made.diagram.decode()
    assert "Không có gì phải hợp nhất" in mine.get(f"/adaptation/{made.id}/merge").text
    place.platform.run(system(), commands.publish, made.id)
    assert "Bản gốc đã có phiên bản mới" not in mine.get(f"/versions/of/{KEY}").text


def test_nothing_is_made_until_every_conflict_is_settled(place: Place) -> None:
    variant = place.variant(diagram=renamed((NAMES[0], "Giao việc"), (NAMES[1], "Ghi của Sở")))
    base = newer(place, (NAMES[0], "Phân việc"), (NAMES[1], "Ghi việc"))
    mine = client(place)
    asked = questions(mine.get(f"/adaptation/{variant}/merge").text)
    assert len(asked) == 2
    form = {"do": "draft", "theirs": base, "edition": 2, asked[0]: "theirs", "reason": "Theo tỉnh"}
    refused = mine.post(f"/adaptation/{variant}/merge", data=form)
    assert refused.status_code == 422
    assert "Còn xung đột chưa chọn bên nào" in refused.text
    assert "còn 1 trong 2" in refused.text
    assert "checked" in refused.text
    assert "còn 1 trong 2" in mine.post(f"/adaptation/{variant}/merge", data={**form, "do": "look"}).text
    answer = mine.post(f"/adaptation/{variant}/merge", data={**form, asked[1]: "mine"})
    made = place.version(int(answer.location.rpartition("/")[2]))
    assert made.reason == "Theo tỉnh"
    assert "Phân việc" in made.diagram.decode()
    assert "Ghi của Sở" in made.diagram.decode()
    with place.platform.reading() as session:
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "version.merged")).one()
        assert sorted(entry.details["choices"].values()) == ["mine", "theirs"]
    assert place.version(variant).state == "published"


def test_a_base_that_moved_again_meanwhile_is_not_merged_unseen(place: Place) -> None:
    variant = place.variant(diagram=renamed((NAMES[0], "Giao việc")))
    seen = newer(place, (NAMES[1], "Ghi việc"))
    newer(place, (NAMES[1], "Ghi lại việc"))
    answer = client(place).post(f"/adaptation/{variant}/merge", data={"do": "draft", "theirs": seen, "edition": 2})
    assert answer.status_code == 409


def test_a_variant_that_only_changed_a_table_merges_as_such(place: Place) -> None:
    incoming = read_folder(PROCESSES / "incoming-document")
    base = place.ship(incoming)
    changed = {name: text.replace('"P10D"', '"P7D"') for name, text in incoming.decisions.items()}
    variant = place.draft(key="incoming-document", based_on=base, decisions=changed)
    place.platform.run(system(), commands.publish, variant)
    moved = place.ship(replace(incoming, diagram=renamed(("Tiếp nhận văn bản", "Nhận văn bản"), bundle=incoming)))
    answer = client(place).post(f"/adaptation/{variant}/merge", data={"do": "draft", "theirs": moved, "edition": 2})
    with place.platform.reading() as session:
        made, line = queries.version(session, system(), int(answer.location.rpartition("/")[2]))
        found = compare(replace(incoming, decisions=changed), queries.content(made, line.key, line.name))
    assert {change.part for change in found.changes} == {"diagram"}
    assert '"P7D"' in "".join(made.decisions.values())


def test_one_agencys_variant_is_not_run_by_another(place: Place) -> None:
    variant = place.draft(
        place.province.commune, key="incoming-document", based_on=shared(place),
        diagram=taken_in(place).replace(b"Ti\xe1\xba\xbfp nh\xe1\xba\xadn v\xc4\x83n b\xe1\xba\xa3n", b"An Ph\xc3\xba"),
    )  # fmt: skip
    place.platform.run(system(), commands.publish, variant)
    used = []
    for office in (place.province.commune, place.province.department):
        _document, instance = place.platform.run(
            builders.actor(place.platform, office["clerk"]), cases.begin_incoming, agency_id=office.id,
            subject="Văn bản", code="1/UBND", organ_name="UBND", main_file=builders.Upload("a.pdf", builders.pdf("a")),
        )  # fmt: skip
        used.append(instance.version_id)
    assert used == [variant, shared(place)]


def shared(place: Place) -> int:
    with place.platform.reading() as session:
        return queries.current(session, "incoming-document", place.province.ward.id)


def taken_in(place: Place) -> bytes:
    return place.version(shared(place)).diagram
