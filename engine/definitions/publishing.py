"""What a draft has to pass before it is put in force: gates, each with a verdict and what was found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from engine.bpmn import checks
from engine.definitions import queries
from engine.definitions.catalog import called_keys, catalog_for, in_force
from engine.definitions.models import Definition, Version
from engine.definitions.rules import sound
from engine.definitions.scenarios import Coverage, Surroundings, Walked, coverage, walk_all
from engine.definitions.shipped import Bundle
from engine.errors import DefinitionError, Finding
from engine.operations import Catalog
from engine.platform import Actor

MOST_CALLED = 20


@dataclass(frozen=True, slots=True)
class Gate:
    """One thing a draft is judged by; a warning among the findings doesn't close it."""

    key: str
    name: str
    passed: bool
    sentence: str
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class _Family:
    key: str
    name: str
    prefixes: frozenset[str]  # of rule ids, up to the dot
    good: str


FAMILIES = (
    _Family("readable", "Đọc được và chạy được", frozenset({"readable", "reading", "supported", "support", "decision",
            "forms", "form"}), "Hệ thống đọc và chạy được mọi phần tử, biểu mẫu, bảng."),
    _Family("sound", "Hợp lý", frozenset({"structure", "soundness", "sound", "choices"}),
            "Không có ngõ cụt, không có bước bị bỏ quên."),
    _Family("data", "Dữ liệu", frozenset({"operations", "data", "variables"}), "Mọi dữ liệu được đọc đều đã có."),
    _Family("people", "Người xử lý", frozenset({"people"}), "Mọi bước đều có người làm được."),
    _Family("time", "Thời hạn", frozenset({"time", "times"}), "Mọi thời hạn đều tính được."),
    _Family("law", "Quy định pháp luật", frozenset({"law"}), "Không thấy trái quy định nào."),
)  # fmt: skip
TECHNICAL = frozenset({"readable", "sound", "data"})


def gates(session: Session, actor: Actor, version: Version, operations: Catalog, now: datetime) -> tuple[Gate, ...]:
    """Judge a version as it stands; it may be published when every gate is passed. Never raises for bad content.

    What the system itself puts in force comes with the software, whose tests have walked its scenarios and judged it by
    the law: there only what depends on this installation is looked at again.
    """
    definition = session.get_one(Definition, version.definition_id)
    content = queries.content(version, definition.key, definition.name)
    catalog = catalog_for(session, content, definition.agency_id, operations, now)
    findings = [*checks.check(version.diagram, catalog), *_once(sound(content))]
    judged = tuple(_judged(family, findings, definition) for family in FAMILIES)
    if actor.is_system:
        return tuple(gate for gate in judged if gate.key in TECHNICAL)
    around = Surroundings(operations, _called(session, content, definition.agency_id))
    walks = walk_all(content, around)
    return (*judged, _walked(walks), _covered(coverage(content, walks), walks))


def require(judged: Iterable[Gate]) -> None:
    """DefinitionError with everything that closes a gate; nothing when all are passed."""
    closed = [gate for gate in judged if not gate.passed]
    found = [each for gate in closed for each in gate.findings if each.severity == "error"]
    found += [Finding("", gate.key, gate.sentence) for gate in closed if not gate.findings]
    if closed:
        raise DefinitionError(found)


def _once(findings: Iterable[Finding]) -> Iterable[Finding]:
    """What only the forms, tables and starts tell; the diagram itself has been through the checks."""
    return [each for each in findings if each.rule not in ("support", "reading")]


def _judged(family: _Family, findings: Iterable[Finding], definition: Definition) -> Gate:
    mine = tuple(dict.fromkeys(each for each in findings if _family_of(each) == family.key))
    errors = sum(1 for each in mine if each.severity == "error")
    hints = len(mine) - errors
    sentence = family.good
    if family.key == "people" and definition.agency_id is None:
        sentence = "Quy trình dùng chung không gắn với người của một cơ quan nào; từng cơ quan kiểm tra khi áp dụng."
    if errors:
        sentence = f"Có {errors} lỗi phải sửa."
    elif hints:
        sentence = f"Đạt; có {hints} điều nên xem lại."
    return Gate(family.key, family.name, not errors, sentence, mine)


def _family_of(finding: Finding) -> str:
    prefix = finding.rule.partition(".")[0]
    return next((family.key for family in FAMILIES if prefix in family.prefixes), "readable")


def _walked(walks: tuple[Walked, ...]) -> Gate:
    failed = [walk for walk in walks if not walk.passed]
    findings = tuple(
        Finding("", "scenario", f"Kịch bản “{walk.name}”: {sentence}")
        for walk in failed
        for sentence in walk.sentences[:5]
    )
    sentence = f"Cả {len(walks)} kịch bản đều đạt." if walks else "Chưa có kịch bản nào để chạy."
    if failed:
        sentence = f"{len(failed)} trong {len(walks)} kịch bản không ra kết quả mong đợi."
    return Gate("scenarios", "Kịch bản đạt", not failed, sentence, findings)


def _covered(found: Coverage, walks: tuple[Walked, ...]) -> Gate:
    name = "Độ phủ phần tử"
    if not found.elements:
        return Gate("coverage", name, False, "Chưa tính được độ phủ vì sơ đồ chưa chạy được.")
    if not walks:
        return Gate("coverage", name, False, "Chưa có kịch bản nào; hãy ghi ít nhất một kịch bản rồi ban hành.")
    findings = tuple(
        Finding(element, "coverage", "Chưa có kịch bản nào đi qua phần tử này.") for element in found.missing_elements
    ) + tuple(
        Finding(flow, "coverage", "Chưa có kịch bản nào đi theo luồng này.", "warning") for flow in found.missing_flows
    )
    sentence = f"Kịch bản đi qua {found.figure}."
    if found.missing_elements:
        sentence += " Mọi phần tử đều phải có kịch bản đi qua."
    return Gate("coverage", name, not found.missing_elements, sentence, findings)


def _called(session: Session, content: Bundle, agency_id: int | None) -> Mapping[str, Bundle]:
    """The procedures a scenario may walk in full: those called by name, and those they call."""
    found: dict[str, Bundle] = {}
    waiting = sorted(called_keys(content.diagram))
    while waiting and len(found) < MOST_CALLED:
        key = waiting.pop()
        bundle = None if key in found else content if key == content.key else in_force(session, agency_id, key)
        if bundle is not None:
            found[key] = bundle
            waiting += sorted(set(called_keys(bundle.diagram)) - set(found))
    return found


__all__ = ["Gate", "gates", "require"]
