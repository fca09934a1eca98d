"""Play the story on an empty installation, and say where everything lies."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from sqlalchemy import select

from connectors.assembly import make_platform
from connectors.worker import wake
from engine.definitions import commands as definitions
from engine.directory.models import Agency
from engine.documents.models import Attachment, Document
from engine.inbox import Arrival
from engine.platform import Platform, Work, system
from engine.settings import Settings
from web.demo import province
from web.demo.stage import Say, Stage
from web.demo.story import running, tell_story


def play(settings: Settings, say: Say) -> None:
    """Make the sample province and play the whole story through the engine and the running worker; for the first
    start only.
    """
    platform = make_platform(settings, wake=wake(settings.redis_url))
    perform(platform, say)
    export(platform, settings.data_path / "out")
    platform.engine.dispose()


def perform(platform: Platform, say: Say, settle: Callable[[], None] | None = None) -> None:
    """Province, procedures, story; `settle` carries out what is due outside when no worker runs."""
    agencies = platform.run(system(), make_installation)
    stage = Stage(platform, say, settle)
    stage.tell("Tạo tỉnh mẫu: ba cơ quan, đơn vị, chức vụ, người dùng, sổ; ban hành các quy trình trong processes/")
    tell_story(stage, agencies)
    stage.wait_for(lambda: True if not running(stage) else None, "mọi quy trình kết thúc")


def make_installation(work: Work) -> dict[str, int]:
    """Shipped procedures in force, then the province; agency key → id."""
    definitions.load_shipped(work)
    return province.make(work)


def export(platform: Platform, folder: Path) -> None:
    """Copy the signed PDFs and the edXML messages to a folder where people find them."""
    folder.mkdir(parents=True, exist_ok=True)
    with platform.reading() as session:
        files = session.execute(
            select(Agency.abbreviation, Document.code, Attachment.file_hash)
            .join(Document, Document.id == Attachment.document_id)
            .join(Agency, Agency.id == Document.agency_id)
            .where(
                Document.direction == "outgoing",
                Attachment.part == "main",
                Attachment.current,
                Document.code.is_not(None),
            )
        ).all()
        messages = session.scalars(select(Arrival).where(Arrival.raw_hash.is_not(None)).order_by(Arrival.id)).all()
    for _, code, file_hash in files:
        (folder / f"{code.replace('/', '_')}.pdf").write_bytes(platform.files.get(file_hash))
    for message in messages:
        assert message.raw_hash is not None
        (folder / f"{message.id:03}-{message.kind}.edxml").write_bytes(platform.files.get(message.raw_hash))
