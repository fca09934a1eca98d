"""What is destroyed with a document: versions of its draft, what the check of layout saw of its pages."""

from __future__ import annotations

import pytest
from sqlalchemy import func, select

from engine.documents import commands as documents
from engine.documents import queries, recall
from engine.documents.commands import Upload
from engine.documents.models import DraftReason, DraftText, LayoutCheck
from engine.drafts import commands
from engine.files import FileMissing
from engine.platform import Platform, Work, system
from tests import builders, removing
from tests.builders import Office

SECRET = "Nội dung phải biến mất"


@pytest.fixture
def drafted(platform: Platform, office: Office) -> tuple[int, str]:
    """An outgoing document with a version that was checked; its id and the hash of a page's picture."""
    document = builders.draft(platform, office)
    drafter = builders.actor(platform, office["specialist"])

    def work_on(work: Work) -> str:
        documents.update_fields(work, document.id, {"body": SECRET})
        version = commands.add_version(work, document.id, Upload("du-thao.pdf", builders.pdf("a")), "Sửa câu chữ")
        picture = work.files.put(b"a page as it looks")
        commands.record_check(work, document.id, version.id, {"pages": 1, "errors": 0}, {"0": picture})
        return picture

    return document.id, platform.run(drafter, work_on)


def destroy(platform: Platform, document_id: int) -> None:
    """Destroy a document as when its dossier's retention has run out, and carry out what follows."""

    def expire(work: Work) -> None:
        recall.destroy_expired(work, queries.locked(work, document_id), "Hết thời hạn bảo quản")

    platform.run(system(), expire)
    assert removing.carry_out(platform)


def test_nothing_of_a_draft_outlives_its_document(platform: Platform, drafted: tuple[int, str]) -> None:
    document_id, picture = drafted
    destroy(platform, document_id)
    with platform.reading() as session:
        for table in (DraftText, DraftReason, LayoutCheck):
            assert session.scalar(select(func.count()).select_from(table)) == 0, table.__tablename__
    with pytest.raises(FileMissing):
        platform.files.get(picture)


def test_what_a_template_or_another_draft_s_check_holds_stays(
    platform: Platform, office: Office, drafted: tuple[int, str]
) -> None:
    document_id, picture = drafted
    other = builders.draft(platform, office)

    def same_page(work: Work) -> None:
        version = commands.add_version(work, other.id, Upload("khac.pdf", builders.pdf("b")), "Bản khác")
        commands.record_check(work, other.id, version.id, {"pages": 1}, {"0": picture})

    platform.run(builders.actor(platform, office["specialist"]), same_page)
    destroy(platform, document_id)
    assert platform.files.get(picture) == b"a page as it looks"
