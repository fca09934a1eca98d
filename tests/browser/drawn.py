"""What analysts have drawn: a variant in force with a case moved to it, a newer base, a draft."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from engine.definitions import commands, drafting
from engine.definitions.models import Definition, Version
from engine.instances.models import Instance
from engine.instances.moving.commands import begin_migration
from engine.platform import Actor, Platform, Work
from tests.played import carry_on
from web.demo.stage import Stage

KEY = "incoming-document"
RECEIVED = "Văn bản điện tử vừa vào hệ thống qua Trục liên thông."
NOTED = "Văn bản điện tử vừa vào hệ thống; bộ phận Một cửa cùng theo dõi."
ANSWERED = "Tự động báo cho bên gửi rằng văn bản đã đến hệ thống của cơ quan."
ANSWERED_SOONER = "Báo ngay cho bên gửi rằng văn bản đã đến hệ thống của cơ quan."
ANSWERED_LATER = "Báo cho bên gửi sau khi văn thư đã xem."  # the draft and the newer base disagree
MISTAKE = ('camunda:topic="documents.file"', 'camunda:topic="documents.files"')


def draw(platform: Platform, stage: Stage) -> dict[str, int]:
    """Bring versions in every state into the house; ids by name."""
    analyst, province = stage.actor("phantich.anphu"), stage.actor("quantri.tinh")
    shipped = in_force(platform, None)
    variant = put_in_force(platform, analyst, analyst.agency_id, shipped, RECEIVED, NOTED)
    with platform.reading() as session:
        case = session.scalars(
            select(Instance).where(Instance.agency_id == analyst.agency_id, Instance.version_id == shipped.id,
                                   Instance.status == "running")
        ).first()  # fmt: skip
    assert case is not None
    admin = stage.actor("quantri.anphu")
    migration = platform.run(admin, begin_migration, shipped.id, variant.id, instances=[case.id])
    carry_on(platform)
    newer = put_in_force(platform, province, None, shipped, ANSWERED, ANSWERED_SOONER)
    draft = platform.run(analyst, drafting.start_draft, KEY, analyst.agency_id, variant.id, "Theo dõi sát hơn")
    faulty = draft.diagram.decode().replace(ANSWERED, ANSWERED_LATER).replace(*MISTAKE)
    platform.run(analyst, drafting.keep_draft, draft.id, draft.edition, diagram=faulty.encode(), scenarios={})
    return {
        "shipped": shipped.id, "newer": newer.id, "variant": variant.id, "drawn": draft.id, "migration": migration.id,
    }  # fmt: skip


def in_force(platform: Platform, agency_id: int | None) -> Version:
    """The version of the procedure that an agency, or the province, has published."""
    line = Definition.agency_id.is_(None) if agency_id is None else Definition.agency_id == agency_id
    with platform.reading() as session:
        return session.scalars(
            select(Version).join(Definition, Definition.id == Version.definition_id)
            .where(Definition.key == KEY, line, Version.state == "published")
        ).one()  # fmt: skip


def put_in_force(platform: Platform, actor: Actor, agency_id: int | None, base: Version, old: str, new: str) -> Version:
    """Somebody changes a sentence of the diagram and publishes it in a line."""

    def make(work: Work) -> Any:
        draft = drafting.start_draft(work, KEY, agency_id, base.id, "")
        assert old.encode() in draft.diagram
        drafting.keep_draft(work, draft.id, draft.edition, diagram=draft.diagram.replace(old.encode(), new.encode()))
        return commands.publish(work, draft.id, "Theo yêu cầu của bộ phận Một cửa")

    made: Version = platform.run(actor, make)
    return made
