"""Operations of scanning: a scan is joined, drawn and read by a worker; bytes nobody holds any more go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from engine.clock import VIETNAM
from engine.directory.models import Agency
from engine.documents import formats
from engine.documents.searching import commands as searching
from engine.files import FileMissing
from engine.intake import clearing, layout, proposing, queries
from engine.intake import commands as intake
from engine.intake.models import Scan
from engine.operations import Outside, operation, parameter
from engine.platform import system

if TYPE_CHECKING:
    from connectors.scanning.pages import Paper
    from connectors.scanning.settings import ScanningSettings

MOST_SECONDS = 120  # of one delivery for recognising; a worker's job may take VANTHU_JOB_SECONDS
MOST_SHOWN = 120


@dataclass(frozen=True)
class ReadScan:
    """Join, draw and read the pages of a scan."""

    scan: int = parameter("Bản quét", kind="number")


@dataclass(frozen=True)
class ScanRead:
    """How many pages it has and how many fields are proposed; what it says is kept with the scan and nowhere else."""

    state: str
    pages: int
    proposals: int


@operation(
    intake.READ_SCAN, version=1, name="Đọc bản quét", outside=True, legal_basis=("ND30-22.3.b", "LA-1.2", "SYS-1.h")
)
def read_scan(given: ReadScan, outside: Outside) -> ScanRead:
    """Ghép các trang, tạo ảnh xem, nhận dạng chữ in tiếng Việt và đề xuất các trường; dừng khi thấy dấu mật."""
    from connectors.scanning.pages import Paper, Unreadable, join
    from connectors.scanning.settings import ScanningSettings

    platform, who = outside.platform, system(outside.agency_id)
    with platform.reading() as session:
        row = queries.scan(session, who, given.scan)
        known = _known(session, row)
    if row.state != "waiting":
        return ScanRead(row.state, row.page_amount or 0, len(row.proposals))
    try:
        files = row.given.get("files", [])
        contents = [platform.files.get(each["hash"]) for each in files]
        pdf = contents[0] if files[0]["type"] == formats.PDF else join(contents)
        with Paper(pdf) as paper:
            pages, note = _read(paper, ScanningSettings.from_environment(), outside)
            marks = proposing.secrecy(pages)
            if marks and not platform.run(who, clearing.let_pass, given.scan):
                platform.run(who, intake.stop, given.scan, marks)
                return ScanRead("stopped", 0, 0)
            count = paper.count
            pictures = [platform.files.put(paper.shown(n)) for n in range(min(count, MOST_SHOWN))]
    except (Unreadable, FileMissing) as error:
        platform.run(who, intake.keep_failed, given.scan, str(error))
        return ScanRead("failed", 0, 0)
    today = platform.clock.now().astimezone(VIETNAM).date()
    proposals = {name: each.plain() for name, each in proposing.propose(pages, known=known, today=today).items()}
    platform.run(
        who, intake.keep_read, given.scan, file_hash=platform.files.put(pdf), pages=count, pictures=pictures,
        text="\n\n".join(page.text for page in pages), proposals=proposals, note=note,
    )  # fmt: skip
    return ScanRead("read", count, len(proposals))


def _known(session: Session, row: Scan) -> list[str]:
    agencies = session.scalars(select(Agency.name).where(Agency.id != row.agency_id).order_by(Agency.id).limit(2000))
    return list(dict.fromkeys([*queries.issuers(session, row.agency_id), *agencies]))


def _read(paper: Paper, settings: ScanningSettings, outside: Outside) -> tuple[list[layout.PageText], str]:
    """The text of every page: what the PDF brings along, else what is recognised; and what somebody should know."""
    from connectors.scanning.tesseract import NotRecognised, recognise

    began, note, pages, recognised = outside.platform.clock.now(), "", [], 0
    for number in range(paper.count):
        words = paper.words(number)
        if len(words) < FEWEST_WORDS and not note:
            spent = (outside.platform.clock.now() - began).total_seconds()
            if recognised >= settings.tesseract_pages or spent > MOST_SECONDS:
                note = f"Chỉ nhận dạng {recognised} trang đầu trong {paper.count} trang."
            else:
                try:
                    words = recognise(paper.picture(number), settings)
                    recognised += 1
                except NotRecognised as why:
                    note = str(why)
        pages.append(layout.page_of(number, words, paper.ratio(number)))
    return pages, note


FEWEST_WORDS = 5
"""A page with fewer words of its own is a picture, perhaps with a stamp of the scanner."""


@dataclass(frozen=True)
class RecogniseFile:
    """Recognise the text of a stored file that is a picture of text, so that its documents are found by it."""

    file_hash: str = parameter("Mã băm của tệp")
    media_type: str = parameter("Loại tệp")


@dataclass(frozen=True)
class FileRecognised:
    """How many letters were recognised; they are kept with the file and nowhere else (SYS-8)."""

    characters: int


@operation(
    intake.RECOGNISE, version=1, name="Nhận dạng chữ trong ảnh để tìm kiếm", outside=True, legal_basis=("SYS-6",)
)
def recognise_file(given: RecogniseFile, outside: Outside) -> FileRecognised:
    """Nhận dạng chữ in trong tệp ảnh và PDF quét để tìm được văn bản theo nội dung; không được thì ghi rõ lý do."""
    from connectors.scanning.pages import Paper, Unreadable, join
    from connectors.scanning.settings import ScanningSettings

    platform = outside.platform
    try:
        content = platform.files.get(given.file_hash)
        with Paper(content if given.media_type == formats.PDF else join([content])) as paper:
            pages, note = _read(paper, ScanningSettings.from_environment(), outside)
    except (Unreadable, FileMissing) as error:
        pages, note = [], str(error)
    said = "\n\n".join(page.text for page in pages).strip()
    state = ("partly" if note else "read") if said else "empty"
    platform.run(system(outside.agency_id), searching.keep_content, given.file_hash, state, said, note)
    platform.run(system(), searching.refresh)
    return FileRecognised(len(said))
