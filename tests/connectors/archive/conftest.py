"""A closed dossier of three documents: an issued PDF, one received with an annex and a report, one as Word file."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from reportlab.pdfgen.canvas import Canvas

from connectors.catalog import catalog
from connectors.delivery import deliver
from engine.clock import FixedClock
from engine.documents import commands as documents
from engine.documents.models import Document
from engine.outbox import Delivery
from engine.platform import Platform, Work, system
from engine.records import commands, handover
from engine.records.models import ArchivePackage, Dossier
from tests import builders
from tests.builders import Office, actor
from tests.conftest import NOW
from tests.furnished import Furnished
from tests.played import installation


@contextmanager
def opened(made_office: Furnished, clock: FixedClock, folder: Path) -> Iterator[Platform]:
    """A platform with every operation on a copy of that database."""
    with made_office.copied() as url:
        made = builders.platform(installation(url, folder), clock, folder)
        made.catalog = catalog()
        yield made
        made.engine.dispose()


@pytest.fixture
def platform(made_office: Furnished, clock: FixedClock, tmp_path: Path) -> Iterator[Platform]:
    with opened(made_office, clock, tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def content(made_office: Furnished, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A whole package, made once: whoever changes it changes a copy."""
    with opened(made_office, FixedClock(NOW), tmp_path_factory.mktemp("package")) as platform:
        office = made_office.made()
        made = package_of(platform, office, closed(platform, office))
        assert made.file_hash, made.problem
        return platform.files.get(made.file_hash)


def paper(*pages: str) -> bytes:
    """A real PDF with a line of text on each page."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    for page in pages:
        canvas.drawString(72, 700, page)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


ASKED, ANNEX, ANSWER = paper("Asked one", "Asked two"), paper("Annex"), paper("Answer")


@pytest.fixture
def dossier(platform: Platform, office: Office) -> Dossier:
    return closed(platform, office)


def closed(platform: Platform, office: Office) -> Dossier:
    """The dossier, closed."""
    asked = builders.registered(
        platform, office, subject="Hỏi về <quy hoạch> & đất đai", issued_date="2026-03-04", page_amount=2,
        main_file=builders.Upload("Công văn đến.pdf", ASKED), files=[builders.Upload("Phụ lục số 1.pdf", ANNEX)],
    )  # fmt: skip
    word = builders.registered(
        platform, office, subject="Gửi biểu mẫu", issued_date="2026-01-02",
        main_file=builders.Upload("bieu-mau.docx", builders.docx()),
    )  # fmt: skip
    answer = builders.issued(platform, office, to_places="Như trên", answers=[asked.id], subject="Trả lời về quy hoạch")

    def settle(work: Work) -> None:
        for row in (asked, word):
            documents.instruct(work, row.id, text="Giao phòng xem xét", lead_unit=office.unit.id)
            documents.resolve(work, row.id, "result", "Đã xong")
        work.session.get_one(Document, asked.id).verification = {"verdict": "valid", "signatures": []}

    platform.run(actor(platform, office["leader"]), settle)
    clerk = actor(platform, office["clerk"])
    row = platform.run(clerk, commands.add_dossier, title="Quy hoạch An Phú", year=2026, retention_years=None)
    platform.run(clerk, commands.put, row.id, [asked.id, word.id, answer.id])
    return platform.run(clerk, commands.close, row.id)


@pytest.fixture
def make(platform: Platform, office: Office, dossier: Dossier) -> Any:
    """Order the package and carry the order out, as the worker does."""

    return lambda by="clerk", purpose="export": package_of(platform, office, dossier, by, purpose)


def package_of(
    platform: Platform, office: Office, dossier: Dossier, by: str = "clerk", purpose: str = "export"
) -> ArchivePackage:
    """The package of a dossier, ordered and made."""
    ordered = platform.run(actor(platform, office[by]), handover.order_package, dossier.id, purpose)
    carry_out(platform, ordered)
    with platform.reading() as session:
        return session.get_one(ArchivePackage, ordered.id)


def carry_out(platform: Platform, ordered: ArchivePackage) -> None:
    def waiting(work: Work) -> list[int]:
        rows = work.session.query(Delivery).filter(Delivery.operation == handover.MAKE_PACKAGE).all()
        return [row.id for row in rows if row.given == {"package": ordered.id}]

    for delivery_id in platform.run(system(), waiting):
        deliver(platform, delivery_id)
