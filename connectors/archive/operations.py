"""The operation that makes the package of a dossier in the worker, as the person who ordered it, and reads it back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.directory.queries import actor_of
from engine.errors import PermanentError, RequestError
from engine.files import FileMissing
from engine.operations import Outside, operation, parameter
from engine.platform import Work, system
from engine.records import handover
from engine.records.models import ArchivePackage


@dataclass(frozen=True)
class MakePackage:
    """Make the package of a dossier that somebody ordered."""

    package: int = parameter("Gói hồ sơ", kind="number")


@dataclass(frozen=True)
class Packaged:
    """The file by its hash, and what is in it."""

    file_hash: str
    size: int
    documents: int
    files: int


def record(given: MakePackage, result: Mapping[str, Any], work: Work) -> None:
    """The package may be taken from now on."""
    counts = {"documents": result["documents"], "files": result["files"]}
    handover.finish_package(work, given.package, result["file_hash"], result["size"], counts)


@operation(
    handover.MAKE_PACKAGE, version=1, name="Tạo gói hồ sơ", outside=True, settle=record,
    legal_basis=("SYS-4", "ND30-30.3.b"),
)  # fmt: skip
def make_package(given: MakePackage, outside: Outside) -> Packaged:
    """Đóng gói hồ sơ đã kết thúc: tệp gốc, PDF theo thời gian, siêu dữ liệu XML, mã kiểm tra; đọc lại để kiểm tra."""
    from connectors.archive import contents, package, verification

    platform = outside.platform
    try:
        with platform.reading() as session:
            row = session.get(ArchivePackage, given.package)
            if row is None:
                raise PermanentError("Không tìm thấy yêu cầu xuất hồ sơ này.")
            actor = actor_of(session, row.person_id, platform.clock.now())
            gathered = contents.gather(session, actor, row, row.created_at)
        made = package.make(gathered, platform.files)
        report = verification.verify(made)
        if not report.whole:
            first = report.differences[0]
            raise PermanentError(f"Gói vừa tạo đọc lại không khớp: {first.path} {first.sentence}")
    except (RequestError, PermanentError, FileMissing) as error:
        # rights or files have gone since it was ordered: nothing will change that by itself
        platform.run(system(outside.agency_id), handover.fail_package, given.package, str(error))
        raise PermanentError(str(error)) from error
    return Packaged(platform.files.put(made), len(made), report.documents, report.files)
