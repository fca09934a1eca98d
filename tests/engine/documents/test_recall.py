"""Recall: destroyed at the receiver down to a tombstone, frozen at the issuer, bytes gone only after the commit."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from engine.documents import commands, queries
from engine.documents.commands import Upload
from engine.documents.models import Attachment, Document, RegisterEntry
from engine.documents.recall import REMOVE_BYTES
from engine.errors import InvalidInput, NotAllowed
from engine.files import FileMissing
from engine.outbox import Delivery
from engine.platform import Platform, Work, system
from tests import builders, removing
from tests.builders import Office


def test_a_destroyed_document_leaves_a_tombstone_only(platform: Platform, office: Office) -> None:
    secret = "Nội dung phải biến mất"
    document = builders.registered(platform, office, subject=secret, description=secret, signer_name=secret)
    with platform.reading() as session:
        (file,) = queries.attachments(session, document.id)

    gone = platform.run(system(office.id), commands.destroy, document.id, "Ban hành nhầm")

    assert gone.status == "recalled"
    assert gone.tombstone["arrival_number"] == 1
    assert gone.tombstone["identifier"] == document.identifier
    assert gone.tombstone["file_hashes"] == [file.file_hash]
    assert gone.tombstone["reason"] == "Ban hành nhầm"
    columns = {c.key: getattr(gone, c.key) for c in Document.__mapper__.column_attrs}
    assert not [name for name, value in columns.items() if secret in str(value)]
    with platform.reading() as session:
        assert session.scalars(select(Attachment).where(Attachment.document_id == document.id)).all() == []
        entry = session.scalars(select(RegisterEntry).where(RegisterEntry.document_id == document.id)).one()
        assert (entry.number, entry.state) == (1, "used")
    assert builders.registered(platform, office).arrival_number == 2  # the number is never used again


def test_the_bytes_go_after_the_commit_and_again_without_harm(platform: Platform, office: Office) -> None:
    document = builders.registered(platform, office)
    with platform.reading() as session:
        (file,) = queries.attachments(session, document.id)
    platform.run(system(office.id), commands.destroy, document.id, "Ban hành nhầm")
    assert platform.files.get(file.file_hash)

    for _ in range(2):
        removing.carry_out(platform)
        with pytest.raises(FileMissing):
            platform.files.get(file.file_hash)


def test_bytes_another_document_holds_stay(platform: Platform, office: Office, other: Office) -> None:
    same = Upload("cong-van.pdf", builders.pdf("dùng chung"))
    document = builders.registered(platform, office, main_file=same)
    theirs = builders.registered(platform, other, main_file=same)
    platform.run(system(office.id), commands.destroy, document.id, "Ban hành nhầm")

    removing.carry_out(platform)

    with platform.reading() as session:
        (file,) = queries.attachments(session, theirs.id)
    assert platform.files.get(file.file_hash) == same.content


def test_a_destruction_that_rolls_back_destroys_nothing(platform: Platform, office: Office) -> None:
    document = builders.registered(platform, office)

    def failing(work: Work) -> None:
        commands.destroy(work, document.id, "Ban hành nhầm")
        raise RuntimeError

    with pytest.raises(RuntimeError):
        platform.run(system(office.id), failing)
    with platform.reading() as session:
        (file,) = queries.attachments(session, document.id)
        assert session.scalars(select(Delivery).where(Delivery.operation == REMOVE_BYTES)).all() == []
    assert platform.files.get(file.file_hash)


def test_a_recall_reaches_a_document_in_every_state(platform: Platform, office: Office) -> None:
    arrived = builders.arrived(platform, office)
    returned = builders.arrived(platform, office)
    platform.run(system(office.id), commands.refuse, returned.id, "OTHER", "Lý do")
    filed = builders.registered(platform, office)

    def finish(work: Work) -> None:
        commands.assign(work, filed.id, person_id=office["specialist"].id)
        commands.resolve(work, filed.id, "information")
        commands.file(work, filed.id)

    platform.run(system(office.id), finish)
    for document in (arrived, returned, filed):
        assert platform.run(system(office.id), commands.destroy, document.id, "Thu hồi").destroyed_at is not None


def test_a_destroyed_document_is_never_touched_again(platform: Platform, office: Office) -> None:
    document = builders.registered(platform, office)
    platform.run(system(office.id), commands.destroy, document.id, "Thu hồi")

    again = platform.run(system(office.id), commands.destroy, document.id, "Lần nữa")
    assert again.tombstone["reason"] == "Thu hồi"
    with pytest.raises(NotAllowed):
        platform.run(system(office.id), commands.update_fields, document.id, {"description": "x"})
    with pytest.raises(NotAllowed):
        platform.run(system(office.id), commands.set_status, document.id, "registered")
    with pytest.raises(NotAllowed):
        platform.run(system(office.id), commands.add_attachment, document.id, "notice", Upload("a.pdf", builders.pdf()))


def test_a_recalled_document_is_frozen_at_the_issuer_and_kept_whole(
    platform: Platform, office: Office, other: Office
) -> None:
    document = builders.issued(platform, office, [other.id])

    frozen = platform.run(system(office.id), commands.freeze, document.id, "Sai thẩm quyền")

    assert (frozen.status, frozen.frozen, frozen.code) == ("recalled", True, document.code)
    assert frozen.subject == document.subject
    with pytest.raises(NotAllowed):
        platform.run(system(office.id), commands.update_fields, document.id, {"subject": "x"})
    with pytest.raises(NotAllowed):
        platform.run(system(office.id), commands.set_status, document.id, "closed")
    assert platform.run(system(office.id), commands.freeze, document.id, "Lần nữa").version == frozen.version


def test_a_recall_needs_a_reason_and_an_issued_document(platform: Platform, office: Office, other: Office) -> None:
    draft = builders.draft(platform, office)
    issued = builders.issued(platform, office, [other.id])

    with pytest.raises(NotAllowed):
        platform.run(system(office.id), commands.freeze, draft.id, "Lý do")
    with pytest.raises(InvalidInput):
        platform.run(system(office.id), commands.freeze, issued.id, "  ")
    incoming = builders.registered(platform, office)
    with pytest.raises(InvalidInput):
        platform.run(system(office.id), commands.destroy, incoming.id, "")


def test_what_has_not_left_yet_is_recalled_without_a_message(platform: Platform, office: Office, other: Office) -> None:
    document = builders.issued(platform, office, [other.id])
    with platform.reading() as session:
        (row,) = queries.dispatches(session, document.id)

    assert platform.run(system(office.id), commands.recall_queued, row.id)
    second = builders.issued(platform, office, [other.id])
    with platform.reading() as session:
        (left,) = queries.dispatches(session, second.id)
    platform.run(system(office.id), commands.record_acknowledgement, left.id, "axis-1", platform.clock.now())
    assert not platform.run(system(office.id), commands.recall_queued, left.id)
