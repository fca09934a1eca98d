"""Words are made anew when what they come from changes; searches and columns are kept per person."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import func, select, text

from engine.documents import commands as documents
from engine.documents.models import Attachment
from engine.documents.searching import commands, queries
from engine.documents.searching.asking import Criteria
from engine.documents.searching.models import Content, DocumentWords, WordsDue
from engine.errors import Conflict, InvalidInput, NotFound
from engine.outbox import Delivery
from engine.platform import Platform, Work, system
from tests import builders
from tests.builders import Office


def due(platform: Platform) -> set[int]:
    with platform.reading() as session:
        return set(session.scalars(select(WordsDue.document_id)))


def test_changes_of_what_is_said_are_noted_others_are_not(platform: Platform, office: Office) -> None:
    document = builders.draft(platform, office)
    assert due(platform) == {document.id}
    assert platform.run(system(), commands.refresh) == 1
    assert due(platform) == set()
    platform.run(system(office.id), documents.set_status, document.id, "content_check")
    assert due(platform) == set()
    clerk = builders.actor(platform, office["clerk"])
    platform.run(clerk, documents.record_opinion, document.id, office["clerk"].id, "note", text="Được")
    assert due(platform) == {document.id}
    assert platform.run(system(), commands.refresh, office.id + 1000) == 0
    assert platform.run(system(), commands.refresh, office.id) == 1


def test_a_change_that_commits_later_is_not_lost(platform: Platform, office: Office) -> None:
    document = builders.draft(platform, office, subject="Cũ")
    clerk = builders.actor(platform, office["clerk"])
    changed, go_on = threading.Event(), threading.Event()

    def change(work: Work) -> None:
        documents.update_fields(work, document.id, {"subject": "Mới hẳn"})
        work.session.flush()
        changed.set()
        go_on.wait(20)

    thread = threading.Thread(target=platform.run, args=(builders.actor(platform, office["specialist"]), change))
    thread.start()
    assert changed.wait(20)
    assert platform.run(system(), commands.refresh) == 0  # in another's hands: left alone, nobody waits
    go_on.set()
    thread.join()
    assert due(platform) == {document.id}
    platform.run(system(), commands.refresh)
    with platform.reading() as session:
        assert [row.id for row in queries.find(session, clerk, Criteria(text="mới hẳn")).documents] == [document.id]


def test_words_that_stay_the_same_are_not_written_again(platform: Platform, office: Office) -> None:
    document = builders.draft(platform, office)
    platform.run(system(), commands.refresh)

    def place(work: Work) -> str:
        return str(work.session.scalar(text("select ctid::text from document_words")))

    def note(work: Work) -> None:
        work.session.add(WordsDue(document_id=document.id, agency_id=office.id))

    before = platform.run(system(), place)
    platform.run(system(), note)
    assert platform.run(system(), commands.refresh) == 1
    assert platform.run(system(), place) == before


def test_a_stored_file_is_read_once_by_whoever_holds_it(platform: Platform, office: Office, other: Office) -> None:
    same = builders.Upload("tep.pdf", builders.pdf("cùng"))
    first = builders.arrived(platform, office, main_file=same)
    with platform.reading() as session:
        wanted = session.scalars(select(Delivery).where(Delivery.operation == commands.READ_CONTENT)).one()
        file_hash = session.scalar(select(Attachment.file_hash).where(Attachment.document_id == first.id))
    assert wanted.given == {"file_hash": file_hash, "media_type": "application/pdf"}
    assert file_hash
    platform.run(system(), commands.keep_content, file_hash, "read", "chữ\x00 trong tệp")
    second = builders.arrived(platform, other, main_file=same)
    with platform.reading() as session:
        query = select(func.count()).where(Delivery.operation == commands.READ_CONTENT)
        assert session.scalar(query) == 1
        assert session.get_one(Content, file_hash).text == "chữ trong tệp"
    platform.run(system(), commands.refresh)
    with platform.reading() as session:
        assert set(session.scalars(select(DocumentWords.document_id))) == {first.id, second.id}
    assert platform.run(system(), commands.want_missing) == 0
    platform.run(system(), lambda work: work.session.execute(text("update content set reader = 0")))
    assert platform.run(system(), commands.want_missing) == 1


def test_searches_are_kept_under_names(platform: Platform, office: Office) -> None:
    clerk, leader = (builders.actor(platform, office[role]) for role in ("clerk", "leader"))
    kept = platform.run(clerk, commands.save_search, "  Việc\tđất đai ", Criteria(text="đất", urgency=1))
    assert (kept.name, kept.criteria) == ("Việc đất đai", {"q": "đất", "urgency": "1"})
    same = platform.run(clerk, commands.save_search, "Việc đất đai", Criteria(text="đất đai"))
    assert same.id == kept.id
    assert platform.run(leader, commands.save_search, "Việc đất đai", Criteria(text="x")).id != kept.id
    another = platform.run(clerk, commands.save_search, "Khác", Criteria(kind="Báo cáo"))
    with pytest.raises(Conflict):
        platform.run(clerk, commands.rename_search, another.id, "Việc đất đai")
    assert platform.run(clerk, commands.rename_search, another.id, "Báo cáo").name == "Báo cáo"
    for command in (lambda work: commands.rename_search(work, kept.id, "X"),
                    lambda work: commands.forget_search(work, kept.id)):  # fmt: skip
        with pytest.raises(NotFound):
            platform.run(leader, command)
    platform.run(clerk, commands.forget_search, kept.id)
    with platform.reading() as session:
        assert [each.name for each in queries.saved_searches(session, office["clerk"].id)] == ["Báo cáo"]
    for name, criteria in (("", Criteria(text="a")), ("a" * 200, Criteria(text="a")), ("Rỗng", Criteria())):
        with pytest.raises(InvalidInput) as refused:
            platform.run(clerk, commands.save_search, name, criteria)
        assert set(refused.value.fields) == {"name"}


def test_there_is_an_end_to_what_one_keeps(platform: Platform, office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "MOST_SAVED", 1)
    clerk = builders.actor(platform, office["clerk"])
    platform.run(clerk, commands.save_search, "Một", Criteria(text="a"))
    with pytest.raises(InvalidInput):
        platform.run(clerk, commands.save_search, "Hai", Criteria(text="a"))


def test_columns_are_remembered_per_person(platform: Platform, office: Office) -> None:
    clerk = builders.actor(platform, office["clerk"])
    for chosen in (["code"], ["code", "due"]):
        platform.run(clerk, commands.choose_columns, chosen)
        with platform.reading() as session:
            assert queries.chosen_columns(session, office["clerk"].id) == chosen
            assert queries.chosen_columns(session, office["leader"].id) == []
