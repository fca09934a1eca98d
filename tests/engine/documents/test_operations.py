"""The operations diagrams name: typed input, plain results, errors an event can catch."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

import engine.documents.operations  # noqa: F401
from engine.documents import commands, queries
from engine.errors import BusinessError, InvalidInput
from engine.operations import Catalog, as_data
from engine.platform import Platform, Work, system
from tests import builders
from tests.builders import Office

KEYS = {
    "documents.check", "documents.register-incoming", "documents.refuse", "documents.instruct", "documents.assign",
    "documents.record-opinion", "documents.set-status", "documents.number", "documents.issue", "documents.link-answer",
    "documents.resolve", "documents.file", "documents.destroy", "documents.freeze", "documents.late-dispatch",
    "documents.remove-bytes", "documents.postpone", "documents.plan-approval",
    "documents.replace-lead", "documents.deadline-setter", "documents.suspend-deadline", "documents.resume-deadline",
    "documents.announce-supplement",
}  # fmt: skip


def run(platform: Platform, agency_id: int, key: str, **given: Any) -> dict[str, Any]:
    operation = platform.catalog.get(key)

    def carry_out(work: Work) -> dict[str, Any]:
        return as_data(operation.function(operation.read(given), work))

    return platform.run(system(agency_id), carry_out)


def test_the_catalog_offers_them_with_vietnamese_names_and_the_law() -> None:
    offered = {o.key: o for o in Catalog.registered() if o.key.startswith("documents.")}

    assert set(offered) == KEYS
    for operation in offered.values():
        assert operation.name
        assert operation.help
        assert operation.legal_basis
        assert all(p.label for p in operation.parameters)


def test_an_incoming_document_from_arrival_to_the_file(platform: Platform, office: Office) -> None:
    document = builders.arrived(platform, office).id
    support = builders.unit(platform, office.agency)

    checked = run(platform, office.id, "documents.check", document=document)
    registered = run(platform, office.id, "documents.register-incoming", document=document, register=None)
    instructed = run(
        platform, office.id, "documents.instruct", document=document, text="Giao xử lý", lead_unit=office.unit.id,
        support_units=[support.id], due_date="2026-12-01", person=office["leader"].id,
    )  # fmt: skip
    run(platform, office.id, "documents.assign", document=document, person=office["specialist"].id, supporters=[])
    run(
        platform, office.id, "documents.record-opinion", document=document, person=office["specialist"].id,
        kind="proposal", verdict="agreed", text="Đề xuất",
    )  # fmt: skip
    run(platform, office.id, "documents.resolve", document=document, resolution="result", text="Đã xong")
    run(platform, office.id, "documents.file", document=document)

    assert checked == {"passed": True, "duplicate": False, "complete": True, "findings": [], "secret": False}
    assert registered == {"number": 1, "arrival_date": "2026-11-23"}
    assert instructed == {
        "lead_unit": office.unit.id, "support_units": [support.id], "due_at": "2026-12-01T17:00:00+07:00",
    }  # fmt: skip
    with platform.reading() as session:
        assert queries.get(session, system(office.id), document).status == "filed"


def test_an_outgoing_document_from_signature_to_recall(platform: Platform, office: Office, other: Office) -> None:
    incoming = builders.registered(platform, office)
    document = builders.signed(platform, office, recipients=[other.id])

    numbered = run(platform, office.id, "documents.number", document=document.id)
    run(platform, office.id, "documents.link-answer", document=document.id, answers=[incoming.id])
    sha256 = platform.files.put(builders.pdf("sealed"))
    platform.run(system(office.id), commands.record_seal, document.id, sha256, "a.pdf", platform.clock.now())
    issued = run(platform, office.id, "documents.issue", document=document.id, person=office["clerk"].id)
    reminded = run(platform, office.id, "documents.late-dispatch", dispatch=issued["dispatches"][0])
    run(platform, office.id, "documents.freeze", document=document.id, reason="Sai")

    assert numbered == {
        "number": 1, "code": "01/SXD-QLXD", "issued_date": "2026-11-23",
        "identifier": "000.00.15.H99,2026/11/23,01/SXD-QLXD",
    }  # fmt: skip
    assert len(issued["dispatches"]) == 1
    assert reminded == {"reminders": 1}


@pytest.mark.parametrize(
    ("key", "given"),
    [
        ("documents.register-incoming", {}),
        ("documents.file", {}),
        ("documents.assign", {"person": 1}),
        ("documents.set-status", {"status": "filed"}),
        ("documents.set-status", {"status": "nonsense"}),
    ],
)
def test_a_step_out_of_order_is_an_error_the_diagram_can_catch(
    platform: Platform, office: Office, key: str, given: dict[str, Any]
) -> None:
    document = builders.arrived(platform, office)

    with pytest.raises(BusinessError) as refused:
        run(platform, office.id, key, document=document.id, **given)
    assert refused.value.code == "document.transition"
    assert "document.transition" in platform.catalog.get(key).errors


def test_wrong_input_is_said_in_words(platform: Platform, office: Office) -> None:
    document = builders.registered(platform, office)

    with pytest.raises(InvalidInput, match="Thiếu tham số"):
        run(platform, office.id, "documents.refuse", document=document.id)
    with pytest.raises(InvalidInput, match="không đúng kiểu"):
        run(platform, office.id, "documents.check", document="7")
    with pytest.raises(InvalidInput, match="năm-tháng-ngày"):
        run(
            platform, office.id, "documents.instruct", document=document.id, text="", lead_unit=office.unit.id,
            due_date="01/12/2026",
        )  # fmt: skip


def test_an_extension_reaches_the_assignments(platform: Platform, office: Office) -> None:
    document = builders.registered(platform, office).id
    run(platform, office.id, "documents.instruct", document=document, text="Giao xử lý", lead_unit=office.unit.id,
        support_units=[], due_date="2026-12-01", person=office["leader"].id)  # fmt: skip
    run(platform, office.id, "documents.assign", document=document, person=office["specialist"].id, supporters=[])

    for given, expected in (
        ("2026-12-08T11:30:00+07:00", "2026-12-08T11:30:00+07:00"),
        ("2026-12-08", "2026-12-08T17:00:00+07:00"),
    ):
        assert run(platform, office.id, "documents.postpone", document=document, due_at=given) == {"due_at": expected}
        with platform.reading() as session:
            open_ones = [a for a in queries.assignments(session, document) if a.state == "open"]
        assert {a.due_at for a in open_ones} == {datetime.fromisoformat(expected)}
    for wrong in ("", "mai", "2026-11-01", "2026-11-01T00:00:00Z"):
        with pytest.raises(InvalidInput):
            run(platform, office.id, "documents.postpone", document=document, due_at=wrong)
