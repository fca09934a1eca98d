"""The operation that makes the summary of opinions and keeps it with the draft."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.conversion.tables import Column, Table
from engine.operations import Outside, operation, parameter
from engine.opinions import commands, queries
from engine.opinions import summary as summaries
from engine.opinions.models import OpinionRound
from engine.platform import Work, system


@dataclass(frozen=True)
class SummariseOpinions:
    """Make the table of opinions of a round."""

    round: int = parameter("Đợt lấy ý kiến", kind="number")


@dataclass(frozen=True)
class Summarised:
    """The PDF by its hash and name."""

    file_hash: str
    file_name: str


def record_summary(given: SummariseOpinions, result: Mapping[str, Any], work: Work) -> None:
    """Keep the PDF as the summary of the document."""
    commands.keep_summary(work, given.round, result["file_hash"], result["file_name"])


@operation(
    "conversion.summarise-opinions", version=1, name="Lập bảng tổng hợp ý kiến", outside=True, settle=record_summary,
    legal_basis=("SYS-5.a",),
)  # fmt: skip
def summarise(given: SummariseOpinions, outside: Outside) -> Summarised:
    """Lập bảng tổng hợp ý kiến, tiếp thu, giải trình thành PDF và lưu cùng văn bản."""
    from connectors.conversion.tables import write_pdf

    platform = outside.platform
    with platform.reading() as session:
        found, _ = queries.get(session, system(outside.agency_id), given.round)
        content = write_pdf(table_of(summaries.summary(session, found)))
    return Summarised(platform.files.put(content), file_name(found, "pdf"))


def file_name(found: OpinionRound, kind: str) -> str:
    """What the file of a round is called."""
    return f"tong-hop-y-kien-{found.id}.{kind}"


def table_of(found: summaries.Summary) -> Table:
    """The summary as a table to be printed."""
    columns = tuple(Column(title, width) for title, width in summaries.COLUMNS)
    return Table(summaries.TITLE, found.heads, columns, found.rows)
