"""The check itself: every finding of a laid-out document, the nine components, and how they are kept as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from engine.drafts.layout.anatomy import anatomy
from engine.drafts.layout.components import component_findings, components
from engine.drafts.layout.pages import page_findings
from engine.drafts.layout.sheet import ERROR, WARNING, Component, Expected, Finding, Place, Sheet

CHECKER = 1  # raised when the rules change, so that older results are told from newer ones
MOST_FINDINGS = 200
UNREADABLE = "ND30 PL I.I.4"


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found: findings in the order of the page, the nine components, sizes of the pages."""

    findings: tuple[Finding, ...]
    components: tuple[Component, ...] = ()
    pages: tuple[tuple[float, float], ...] = ()
    problem: str = ""  # why it couldn't be checked, or not all of it

    @property
    def errors(self) -> int:
        """How many findings are against the norm."""
        return sum(each.severity == ERROR for each in self.findings)

    @property
    def warnings(self) -> int:
        """How many findings somebody should look at."""
        return sum(each.severity == WARNING for each in self.findings)

    @property
    def checked(self) -> bool:
        """Whether the file could be looked at."""
        return bool(self.pages)


def check(sheet: Sheet, expected: Expected | None = None) -> Report:
    """Every finding of a document; `expected` adds what the platform knows of it. ND30-8, PL I. Never raises."""
    sizes = tuple((page.width, page.height) for page in sheet.pages)
    if not sheet.pages:
        return Report((), problem="Tệp không có trang nào.")
    if sum(len(each.text) for each in sheet.lines) < 40:
        said = "Tệp không có chữ, có thể là ảnh quét; chỉ kiểm tra được khổ giấy."
        paper = tuple(each for each in page_findings(sheet, anatomy(sheet)) if each.rule.startswith("paper."))
        return Report(paper, (), sizes, said)
    found = anatomy(sheet)
    everything = [*component_findings(sheet, found, expected or Expected()), *page_findings(sheet, found)]
    everything.sort(key=_order)
    return Report(tuple(everything[:MOST_FINDINGS]), tuple(components(found)), sizes, sheet.partly)


def _order(finding: Finding) -> tuple[int, float, float]:
    place = finding.place
    return (place.page, place.top, place.left) if place else (0, 0.0, 0.0)


def plain(report: Report) -> dict[str, Any]:
    """A report as JSON keeps it; places in thousandths of the page, so that any picture of it will do."""
    return {
        "findings": [_placed(asdict(each), each.place, report) for each in report.findings],
        "components": [_placed(asdict(each), each.place, report) for each in report.components],
        "pages": [[round(width, 1), round(height, 1)] for width, height in report.pages],
        "errors": report.errors, "warnings": report.warnings, "problem": report.problem, "checker": CHECKER,
    }  # fmt: skip


def _placed(data: dict[str, Any], place: Place | None, report: Report) -> dict[str, Any]:
    if place is None or place.page >= len(report.pages):
        return {**data, "place": None}
    width, height = report.pages[place.page]
    box = (place.left / width, place.top / height, place.right / width, place.bottom / height)
    return {**data, "place": {"page": place.page, "box": [round(min(max(each, 0), 1) * 1000) for each in box]}}


def summary(data: Mapping[str, Any]) -> str:
    """A kept report in a sentence."""
    if not data.get("pages"):
        return str(data.get("problem") or "Chưa kiểm tra được tệp này.")
    errors, warnings = int(data.get("errors", 0)), int(data.get("warnings", 0))
    if not errors and not warnings:
        return "Không thấy lỗi thể thức."
    parts: Sequence[str] = [
        *([f"{errors} lỗi thể thức"] if errors else []), *([f"{warnings} điểm cần xem lại"] if warnings else []),
    ]  # fmt: skip
    return ", ".join(parts) + "."
