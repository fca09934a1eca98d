"""What a search finds: by every field, by content, within scope, in pages that neither repeat nor leave out."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text

from engine.documents import commands as documents
from engine.documents.models import Attachment, Document
from engine.documents.searching import commands, excerpts, queries
from engine.documents.searching.asking import Criteria, read, terms
from engine.documents.searching.models import Content, DocumentWords, WordsDue
from engine.errors import NotFound
from engine.platform import Actor, Platform, Work, system
from tests import builders
from tests.builders import Office


def find(platform: Platform, actor: Actor, said: Mapping[str, str] | str, **more: Any) -> list[int]:
    """Ids of what somebody finds on the first page."""
    platform.run(system(), commands.refresh, limit=500)
    criteria = read({"q": said} if isinstance(said, str) else said)
    with platform.reading() as session:
        page = queries.find(session, actor, criteria, **more)
        assert queries.count(session, actor, criteria, loose=page.loose) >= len(page.documents)
        return [row.id for row in page.documents]


@pytest.fixture
def clerk(platform: Platform, office: Office) -> Actor:
    return builders.actor(platform, office["clerk"])


def told(platform: Platform, document: Document, said: str) -> str:
    """Keep what the document's main file says, as a worker would; its hash."""
    with platform.reading() as session:
        file_hash = session.scalar(select(Attachment.file_hash).where(Attachment.document_id == document.id))
    assert file_hash
    assert platform.run(system(document.agency_id), commands.keep_content, file_hash, "read", said)
    return file_hash


def test_words_phrases_beginnings_and_codes(platform: Platform, office: Office, clerk: Actor) -> None:
    one = builders.arrived(platform, office, subject="Trật tự xây dựng trên đất đai", code="112/SXD-QLXD").id
    two = builders.arrived(platform, office, subject="Dựng cột, xây nhà và cấp đất", code="7/UBND-KT").id
    for said, expected in {
        "xay dung": [two, one], "“xây dựng”": [one], '"tự xây dựng"': [one], '"trật tự dựng"': [],
        '"trat tu xay dung tren dat"': [one], "DAT": [two, one], "trat* dai": [one], "tratu": [], "112/SXD-QLXD": [one],
        "112/SXD*": [one], "sxd qlxd": [one], "qlxd/sxd": [], "đất -": [two, one], "khongco": [],
    }.items():  # fmt: skip
        assert find(platform, clerk, said) == expected, said


def test_a_phrase_of_three_words_stands_side_by_side(platform: Platform, office: Office, clerk: Actor) -> None:
    builders.arrived(platform, office, subject="quản lý đất, rồi lý đất đai")
    assert find(platform, clerk, '"quản lý đất đai"') == []  # every pair is there, the phrase is not


def test_part_of_a_word_is_found_when_nothing_else_is(platform: Platform, office: Office, clerk: Actor) -> None:
    one = builders.arrived(platform, office, code="1125/SXD-QLXD").id
    assert find(platform, clerk, "25/SX") == [one]
    with platform.reading() as session:
        for _ in range(2):  # of a search that looks twice, and of the next transaction of the same session
            assert session.scalar(text("show enable_seqscan")) == "on"
            queries.find(session, clerk, Criteria(text="25/SX"))
            assert session.scalar(text("show enable_seqscan")) == "off"
            session.commit()
    assert find(platform, clerk, "%") == find(platform, clerk, "_") == find(platform, clerk, "1%5") == []


def test_every_field_and_every_voice_is_found(platform: Platform, office: Office, other: Office, clerk: Actor) -> None:
    document = builders.draft(
        platform, office, subject="Trích yếu", body="Nội dung soạn thảo", description="Ghi chú riêng",
        to_places="Lưu VT", recipients=[other.id], reply_required=True, reply_requirement="Báo số liệu",
        due_date=date(2026, 12, 1),
    )  # fmt: skip
    platform.run(clerk, documents.record_opinion, document.id, office["clerk"].id, "note", text="Ý kiến góp thêm")
    drafter = office["specialist"].full_name
    for said in ("trich yeu", "noi dung soan", "ghi chu rieng", "luu vt", "an phu", "bao so lieu", "gop them",
                 f'"{drafter}"', f'"{office.unit.name}"', "tieng viet"):  # fmt: skip
        assert find(platform, clerk, said) == [document.id], said


def test_filters(platform: Platform, office: Office, other: Office, clerk: Actor) -> None:
    incoming = builders.registered(
        platform, office, subject="Về đất", issued_date=date(2026, 5, 4), urgency=2, signer_name="Lê Văn Tám",
        organ_name="UBND xã Bên Kia", files=[builders.Upload("phu-luc.pdf", builders.pdf("phụ lục"))],
    ).id  # fmt: skip
    outgoing = builders.draft(platform, office, subject="Về đất", type_name="Báo cáo", recipients=[other.id]).id
    assert office.registers
    for said, expected in (
        ({}, [outgoing, incoming]), ({"direction": "incoming"}, [incoming]), ({"kind": "Báo cáo"}, [outgoing]),
        ({"register": str(office.registers[0].id)}, [incoming]), ({"register": str(office.registers[1].id)}, []),
        ({"urgency": "2"}, [incoming]), ({"urgency": "0"}, [outgoing]), ({"since": "04/05/2026"}, [incoming]),
        ({"since": "05/05/2026"}, []), ({"until": "04/05/2026"}, [incoming]), ({"until": "03/05/2026"}, []),
        ({"status": "incoming:registered"}, [incoming]), ({"status": "outgoing:draft"}, [outgoing]),
        ({"status": "outgoing:draft", "direction": "incoming"}, []), ({"organ": "ben kia"}, [incoming]),
        ({"organ": "AN PHU"}, [outgoing]), ({"organ": "lê"}, []), ({"signer": "tam le"}, [incoming]),
        ({"signer": "kia"}, []), ({"unit": str(office.unit.id)}, [outgoing]), ({"unit": str(other.unit.id)}, []),
        ({"attached": "yes"}, [incoming]), ({"attached": "no"}, [outgoing]),
    ):  # fmt: skip
        for asked in (said, {**said, "q": "đất"}):
            if asked:
                assert find(platform, clerk, asked) == expected, asked


@pytest.mark.parametrize(
    ("looked_at", "few"),
    [((1, 1), 1), ((1, 1), 100), ((1, 2, 100), 1), ((100, 100), 1)],
    ids=["from the index", "rare words", "among many next", "among the next"],
)
@pytest.mark.parametrize("order", ["newest", "oldest", "issued", "due"])
def test_pages_neither_repeat_nor_leave_out(
    platform: Platform, office: Office, clerk: Actor, monkeypatch: pytest.MonkeyPatch, order: str,
    looked_at: tuple[int, int], few: int,
) -> None:  # fmt: skip
    monkeypatch.setattr(queries, "LOOKED_AT", looked_at)
    monkeypatch.setattr(queries, "FEW", few)
    days = (None, date(2026, 3, 1), date(2026, 3, 1), date(2025, 1, 1), None)
    made = [builders.arrived(platform, office, subject="Đất", issued_date=day, due_date=day) for day in days]
    platform.run(system(), commands.refresh)
    seen: list[int] = []
    after = ""
    with platform.reading() as session:
        for _ in range(4):
            page = queries.find(session, clerk, Criteria(text="đất", order=order), after=after, limit=2)
            seen += [row.id for row in page.documents]
            after = page.after
            if not after:
                break
        assert queries.count(session, clerk, Criteria(text="đất"), most=3) == 4  # more than three
        assert queries.count(session, clerk, Criteria(text="đất")) == 5
    ids = [row.id for row in made]
    expected = {
        "newest": ids[::-1], "oldest": ids, "issued": [ids[2], ids[1], ids[3], ids[4], ids[0]],
        "due": [ids[3], ids[1], ids[2], ids[0], ids[4]],
    }  # fmt: skip
    assert seen == expected[order]


@pytest.mark.parametrize("looked_at", [(100, 100), (1, 100, 100), (1, 1, 100), (1, 1)])
def test_frequent_words_are_found_in_what_one_takes_part_in(
    platform: Platform, office: Office, clerk: Actor, monkeypatch: pytest.MonkeyPatch, looked_at: tuple[int, ...]
) -> None:
    monkeypatch.setattr(queries, "LOOKED_AT", looked_at)
    monkeypatch.setattr(queries, "FEW", 1)
    made = [builders.arrived(platform, office, subject="Đất").id for _ in range(6)]
    specialist = builders.actor(platform, office["specialist"])
    for each in made[::2]:
        platform.run(clerk, documents.add_party, each, person_id=specialist.person_id, reason="lead")
    platform.run(system(), commands.refresh)
    with platform.reading() as session:
        for order, expected in (("newest", made[::2][::-1]), ("issued", made[::2][::-1]), ("oldest", made[::2])):
            page = queries.find(session, specialist, Criteria(text="đất", order=order), limit=3)
            assert [row.id for row in page.documents] == expected
        assert queries.count(session, specialist, Criteria(text="đất")) == 3


def test_places_nobody_gave_begin_at_the_first(platform: Platform, office: Office, clerk: Actor) -> None:
    one = builders.arrived(platform, office, subject="Đất").id
    for after in ("x", "9" * 40, "2026-99-99.5", "٣", "' or 1=1", "-1"):
        for order in ("newest", "issued"):
            assert find(platform, clerk, {"q": "đất", "order": order}, after=after) == [one]


def test_content_is_found_with_its_excerpt(platform: Platform, office: Office, clerk: Actor) -> None:
    document = builders.arrived(platform, office, subject="Về việc khác")
    told(platform, document, "Mở đầu. " * 40 + "Khu tái định cư <b>Bình Minh</b> đã bàn giao. " + "Kết. " * 60)
    assert find(platform, clerk, '"tái định cư"') == [document.id]
    with platform.reading() as session:
        row = session.get_one(Document, document.id)
        found = excerpts.of_documents(session, [row], terms('"tai dinh cu" binh minh'))
    pieces = found[document.id]
    assert [piece for piece, hit in pieces if hit] == ["tái định cư", "Bình Minh"]  # side by side they are one mark
    assert "".join(piece for piece, _ in pieces).startswith("… ")
    assert "<b>Bình" in "".join(piece for piece, _ in pieces)  # text as it is: whoever shows it escapes it


def test_a_newer_file_takes_the_place_of_the_older_ones_words(platform: Platform, office: Office, clerk: Actor) -> None:
    document = builders.draft(platform, office, main_file=builders.Upload("a.pdf", builders.pdf("một")))
    told(platform, document, "chuồng trại")
    assert find(platform, clerk, "chuong trai") == [document.id]
    newer = {"main_file": builders.Upload("a.pdf", builders.pdf("hai"))}
    platform.run(builders.actor(platform, office["specialist"]), documents.update_fields, document.id, newer)
    assert find(platform, clerk, "chuong trai") == []


def test_a_destroyed_document_is_forgotten_in_the_same_transaction(
    platform: Platform, office: Office, clerk: Actor
) -> None:
    document = builders.registered(platform, office, subject="Chuyện cần giấu")
    file_hash = told(platform, document, "điều bí ẩn")
    assert find(platform, clerk, "bi an") == find(platform, clerk, "can giau") == [document.id]

    def destroy(work: Work) -> tuple[object, ...]:
        documents.destroy(work, document.id, "Ban hành nhầm")
        work.session.flush()
        return (
            work.session.get(DocumentWords, document.id), work.session.get(WordsDue, document.id),
            work.session.get(Content, file_hash),
        )  # fmt: skip

    assert platform.run(system(office.id), destroy) == (None, None, None)
    assert find(platform, clerk, "bi an") == find(platform, clerk, "can giau") == []
    # a worker that had begun to read the file before comes too late
    assert platform.run(system(office.id), commands.keep_content, file_hash, "read", "điều bí ẩn") is False
    with platform.reading() as session:
        page = queries.find(session, clerk, Criteria(status="incoming:recalled"))
        assert excerpts.of_documents(session, page.documents, terms("bi an can giau")) == {}


def test_what_another_holds_is_kept_for_them_alone(platform: Platform, office: Office, other: Office) -> None:
    same = builders.Upload("cung-mot-tep.pdf", builders.pdf("cùng"))
    mine, theirs = (builders.registered(platform, each, main_file=same) for each in (office, other))
    file_hash = told(platform, mine, "điều chung")
    platform.run(system(office.id), documents.destroy, mine.id, "Ban hành nhầm")
    assert find(platform, builders.actor(platform, office["clerk"]), "dieu chung") == []
    assert find(platform, builders.actor(platform, other["clerk"]), "dieu chung") == [theirs.id]
    with platform.reading() as session:
        assert session.get_one(Content, file_hash).text == "điều chung"


def test_each_role_finds_its_share_by_words_filters_and_parts(
    platform: Platform, office: Office, other: Office
) -> None:
    draft = builders.draft(platform, office, subject="Đất đai của ta").id
    incoming = builders.registered(platform, office, subject="Đất đai của ta").id
    theirs = {builders.draft(platform, other, subject="Đất đai của ta").id,
              builders.registered(platform, other, subject="Đất đai của ta").id}  # fmt: skip
    shares = {
        "clerk": {draft, incoming}, "leader": {draft, incoming}, "form-checker": {draft, incoming},
        "specialist": {draft}, "unit-head": set(), "agency-admin": set(),
    }  # fmt: skip
    people = {role: builders.actor(platform, office[role]) for role in shares}
    for role in ("process-analyst", "provincial-admin", "archivist"):
        people[role] = builders.actor(platform, builders.person(platform, office.agency, role))
    for role, actor in people.items():
        for said in ({"q": "đất đai"}, {"q": '"dat dai cua"'}, {"q": "da*"}, {"q": "đất đa"}, {"kind": "Công văn"},
                     {"since": "01/01/2000", "order": "issued"}, {"attached": "no", "order": "due"}):  # fmt: skip
            found = set(find(platform, actor, said))
            assert found <= shares.get(role, set()), (role, said)
            assert not found & theirs
            if "q" in said:
                assert found == shares.get(role, set()), (role, said)
    nobody = Actor(1, None, "Không thuộc cơ quan nào")
    assert find(platform, nobody, "đất đai") == []


def test_words_of_an_agency_are_no_words_of_another(platform: Platform, office: Office, other: Office) -> None:
    builders.registered(platform, office, subject="Bí mật nội bộ")
    platform.run(system(), commands.refresh)
    with platform.reading() as session:
        for each in session.scalars(select(DocumentWords.words)):
            assert f"{office.id}:mat" in each
            assert f"{other.id}:" not in each


def test_the_plan_of_a_search_uses_the_index(platform: Platform, office: Office, clerk: Actor) -> None:
    builders.arrived(platform, office, subject="Đất đai")
    platform.run(system(), commands.refresh)
    said = f"select document_id from document_words where words @@ cast('''{office.id}:dat''' as tsquery)"
    with platform.engine.begin() as connection:
        connection.execute(text("set local enable_seqscan = off"))
        assert len(connection.execute(text(said)).all()) == 1
        plan = "\n".join(connection.scalars(text(f"explain {said}")))
    assert "ix_document_words" in plan


def test_nobody_opens_what_another_keeps(platform: Platform, office: Office, clerk: Actor) -> None:
    kept = platform.run(clerk, commands.save_search, "Của tôi", Criteria(text="đất"))
    leader = office["leader"].id
    with platform.reading() as session:
        assert [each.name for each in queries.saved_searches(session, office["clerk"].id)] == ["Của tôi"]
        assert queries.saved_searches(session, leader) == []
        for person in (leader, None):
            with pytest.raises(NotFound):
                queries.saved_search(session, person, kept.id)
