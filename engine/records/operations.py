"""What a service task can do with dossiers."""

from __future__ import annotations

from dataclasses import dataclass

from engine.directory.queries import actor_of
from engine.errors import BusinessError, Conflict, NotAllowed, NotFound
from engine.operations import operation, parameter
from engine.platform import Work
from engine.records import commands, queries

REFUSED = "records.refused"


@dataclass(frozen=True)
class Collect:
    """Put a document and the rest of its matter into a dossier."""

    document: int = parameter("Văn bản", kind="document", help="Mã văn bản, thường là document_id.")
    dossier: int | None = parameter(
        "Hồ sơ", kind="dossier", help="Hồ sơ đang lập; bỏ trống: không đưa vào hồ sơ nào.", default=None
    )
    person: int | None = parameter(
        "Người đưa vào hồ sơ", kind="person", help="Chỉ đưa văn bản người này được xem vào hồ sơ người này được lập.",
        default=None,
    )  # fmt: skip


@dataclass(frozen=True)
class Collected:
    """Which dossier, and how many documents are new in it."""

    notation: str
    added: int


@operation(
    "records.collect", version=1, name="Đưa văn bản vào hồ sơ", errors=(REFUSED,), legal_basis=("ND30-29.3", "SYS-4")
)
def collect(given: Collect, work: Work) -> Collected:
    """Đưa văn bản cùng các văn bản liên quan của vụ việc vào hồ sơ đã chọn; không chọn hồ sơ thì bỏ qua."""
    if given.dossier is None:
        return Collected("", 0)
    before = work.actor
    try:
        if given.person is not None:
            work.actor = actor_of(work.session, given.person, work.now)
        row = queries.get(work.session, work.actor, given.dossier)
        added = commands.collect(work, row.id, given.document)
    except (NotAllowed, Conflict, NotFound) as refused:
        raise BusinessError(REFUSED, str(refused)) from refused
    finally:
        work.actor = before
    return Collected(row.notation, len(added))
