"""The work of a migration, done case by case by a worker: each case is a transaction of its own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.directory.queries import actor_of
from engine.errors import PlatformError
from engine.instances.models import Migration, MigrationCase
from engine.instances.moving import commands
from engine.operations import Outside, operation, parameter
from engine.platform import Platform, Work

ROUND = 200  # cases of one delivery, well within a job's time


@dataclass(frozen=True)
class MoveCases:
    """A migration to be carried on, or taken back."""

    migration: int = parameter("Đợt chuyển", kind="number")
    back: bool = parameter("Hoàn lại", kind="flag", default=False)


@dataclass(frozen=True)
class Carried:
    """How many cases a round dealt with, and whether more are left."""

    cases: int
    more: bool


def go_on(given: MoveCases, result: Mapping[str, Any], work: Work) -> None:
    """Order the next round while there are cases left."""
    if result["more"]:
        commands.send(work, given.migration, back=given.back)


@operation(
    commands.MOVE_CASES, version=1, name="Chuyển hồ sơ đang chạy sang phiên bản khác", outside=True, settle=go_on
)
def move_cases(given: MoveCases, outside: Outside) -> Carried:
    """Chuyển (hoặc hoàn lại) từng hồ sơ của một đợt; hồ sơ không chuyển được thì giữ nguyên và ghi rõ lý do."""
    platform: Platform = outside.platform
    with platform.reading() as session:
        migration = session.get_one(Migration, given.migration)
        actor = actor_of(session, migration.created_by_id, platform.clock.now())
        cases = _next(session, given)
    for case_id in cases[:ROUND]:
        if given.back:
            platform.run(actor, commands.undo_case, case_id)
            continue
        try:
            platform.run(actor, commands.move_case, case_id)
        except PlatformError as error:
            platform.run(actor, commands.refuse_case, case_id, str(error))
    more = len(cases) > ROUND
    if not more:
        platform.run(actor, commands.finish, given.migration)
    return Carried(min(len(cases), ROUND), more)


def _next(session: Session, given: MoveCases) -> list[int]:
    rows = select(MigrationCase.id).where(MigrationCase.migration_id == given.migration)
    if given.back:
        rows = rows.where(MigrationCase.state == "moved", MigrationCase.sentence == "")
    else:
        rows = rows.where(MigrationCase.state == "waiting")
    return list(session.scalars(rows.order_by(MigrationCase.id).limit(ROUND + 1)))
