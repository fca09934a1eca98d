"""Loans of closed dossiers: who lends, what is seen for how long, what remains afterwards."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from engine.audit import AuditEntry
from engine.documents import editing
from engine.documents import queries as documents
from engine.errors import Conflict, InvalidInput, NotAllowed, NotFound
from engine.occasions import Occasion
from engine.platform import Platform, system
from engine.records import commands, loans, papers, queries
from engine.records.models import Dossier, DossierLoan
from tests import builders
from tests.builders import Office, actor
from tests.engine.records.test_handover import closed

UNTIL = date(2026, 12, 1)


@pytest.fixture
def reader(platform: Platform, office: Office) -> Any:
    """Somebody of another unit, who sees nothing of it."""
    unit = builders.unit(platform, office.agency)
    return builders.person(platform, office.agency, "specialist", unit=unit, full_name="Phạm Thị Đọc")


def ask(platform: Platform, person: Any, dossier: Dossier, **more: Any) -> DossierLoan:
    values = {"year": dossier.year, "notation": dossier.notation, "purpose": "Tham khảo", "until": UNTIL} | more
    return platform.run(actor(platform, person), loans.ask, **values)


def test_it_is_seen_for_the_time_of_the_loan_only(platform: Platform, office: Office, reader: Any) -> None:
    dossier = closed(platform, office)
    with platform.reading() as session:
        (document,) = queries.documents_in(session, dossier.id)
    loan = ask(platform, reader, dossier)

    def sees() -> bool:
        with platform.reading() as session:
            try:
                queries.get(session, actor(platform, reader), dossier.id)
                documents.get(session, actor(platform, reader), document.id)
            except NotFound:
                return False
            return True

    assert not sees()
    platform.run(system(office.id), loans.lend, loan.id, office["clerk"].id)
    assert sees()
    assert platform.run(system(office.id), loans.remind, loan.id)
    assert not platform.run(system(office.id), loans.remind, loan.id)
    assert platform.run(system(office.id), loans.end, loan.id, None)
    assert not platform.run(system(office.id), loans.end, loan.id, None)
    assert not sees()
    with platform.reading() as session:
        said = session.scalars(select(AuditEntry.action).where(AuditEntry.subject_kind == "dossier")).all()
        assert {"dossier.loan_asked", "dossier.lent", "dossier.loan_ended"} <= set(said)
        told = [each.details["what"] for each in session.scalars(select(Occasion).where(Occasion.kind == "loan"))]
        assert told == ["lent", "due", "ended"]
        _sheet, rows, total = papers.loan_book(session, actor(platform, office["clerk"]), platform.clock.now())
        assert rows[0][2] == "Phạm Thị Đọc"
        assert total.said() == ("Tổng số: 1 lượt.",)


def test_who_takes_part_meanwhile_keeps_seeing_the_document(platform: Platform, office: Office, reader: Any) -> None:
    dossier = closed(platform, office)
    loan = ask(platform, reader, dossier)
    platform.run(system(office.id), loans.lend, loan.id, office["clerk"].id)
    with platform.reading() as session:
        (document,) = queries.documents_in(session, dossier.id)
    platform.run(system(office.id), editing.add_party, document.id, person_id=reader.id, reason="support")
    platform.run(system(office.id), loans.end, loan.id, reader.id)
    with platform.reading() as session:
        assert documents.get(session, actor(platform, reader), document.id)


def test_a_document_in_two_lent_dossiers_stays_seen(platform: Platform, office: Office, reader: Any) -> None:
    one = closed(platform, office)
    clerk = actor(platform, office["clerk"])
    with platform.reading() as session:
        (document,) = queries.documents_in(session, one.id)
    two = platform.run(clerk, commands.add_dossier, title="Hai", year=2026, retention_years=10)
    platform.run(clerk, commands.put, two.id, [document.id])
    two = platform.run(clerk, commands.close, two.id)
    lent = [ask(platform, reader, each) for each in (one, two)]
    for each in lent:
        platform.run(system(office.id), loans.lend, each.id, office["clerk"].id)
    platform.run(system(office.id), loans.end, lent[0].id, reader.id)
    with platform.reading() as session:
        assert documents.get(session, actor(platform, reader), document.id)
    platform.run(system(office.id), loans.end, lent[1].id, reader.id)
    with pytest.raises(NotFound), platform.reading() as session:
        documents.get(session, actor(platform, reader), document.id)


def test_what_is_of_restricted_use_is_lent_by_the_leader(platform: Platform, office: Office, reader: Any) -> None:
    dossier = closed(platform, office, rights="Hạn chế")
    loan = ask(platform, reader, dossier)
    with pytest.raises(NotAllowed, match="lãnh đạo"):
        platform.run(system(office.id), loans.lend, loan.id, office["clerk"].id)
    with platform.reading() as session:
        assert loans.lendable(session, office.id, "trat tu") == []  # not even its title is shown
    platform.run(system(office.id), loans.lend, loan.id, office["leader"].id)
    with pytest.raises(Conflict):
        platform.run(system(office.id), loans.refuse, loan.id, office["leader"].id, "Muộn")


@pytest.mark.parametrize(
    ("more", "field"),
    [({"notation": "99.X"}, "notation"), ({"until": date(2026, 11, 22)}, "until"), ({"purpose": " "}, "purpose"),
     ({"until": date(2027, 11, 22)}, "until")],
)  # fmt: skip
def test_what_is_asked_is_told_at_its_field(
    platform: Platform, office: Office, reader: Any, more: dict[str, Any], field: str
) -> None:
    dossier = closed(platform, office)
    with pytest.raises(InvalidInput) as refused:
        ask(platform, reader, dossier, **more)
    assert list(refused.value.fields) == [field]


def test_one_loan_at_a_time(platform: Platform, office: Office, other: Office, reader: Any) -> None:
    dossier = closed(platform, office)
    loan = ask(platform, reader, dossier)
    with pytest.raises(Conflict, match="đang chờ duyệt"):
        ask(platform, reader, dossier)
    with pytest.raises(InvalidInput):  # another agency's dossier isn't there at all
        ask(platform, other["specialist"], dossier)
    platform.run(system(office.id), loans.refuse, loan.id, office["clerk"].id, "Đang kiểm tra")
    assert ask(platform, reader, dossier).state == "asked"
