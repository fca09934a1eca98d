"""Copies as commands: numbers without gap from one register, who hears and sees, what a recall stops."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select

from engine.copying import commands, queries
from engine.copying.models import DocumentCopy
from engine.documents import commands as documents
from engine.documents import queries as document_queries
from engine.documents.models import Document, Register
from engine.errors import BusinessError, Conflict, InvalidInput, NotAllowed
from engine.occasions import Occasion
from engine.platform import Platform, Work, system
from engine.records import queries as records
from tests import builders


def ask(platform: Platform, office: builders.Office, original: Document, **more: Any) -> DocumentCopy:
    given = {"kind": "Sao y", "form": "paper", "places": "Thanh tra tỉnh", "purpose": "Gửi kèm"} | more
    return platform.run(builders.actor(platform, office["clerk"]), commands.ask, original.id, **given)


def grant(platform: Platform, office: builders.Office, copy: DocumentCopy) -> Document:
    def carry_out(work: Work) -> Document:
        document = commands.grant(work, copy.id, office["leader"].id)
        documents.number_outgoing(work, document.id)
        return document

    return platform.run(system(office.id), carry_out)


def make(platform: Platform, office: builders.Office, document: Document) -> None:
    def carry_out(work: Work) -> None:
        commands.keep_prepared(work, document.id, work.files.put(builders.pdf("sao")), "sao-y.pdf")

    platform.run(system(office.id), carry_out)


def test_the_first_copies_at_once_open_one_register_and_leave_no_gap(
    platform: Platform, office: builders.Office
) -> None:
    original = builders.registered(platform, office)
    kinds = ["Sao y", "Trích sao"] * 3
    copies = [
        ask(platform, office, original, kind=kind, places=f"Nơi {n}", pages="1" if kind != "Sao y" else "")
        for n, kind in enumerate(kinds)
    ]
    with ThreadPoolExecutor(6) as pool:
        made = list(pool.map(lambda each: grant(platform, office, each), copies))
    with platform.reading() as session:
        codes = session.scalars(select(Document.code).where(Document.id.in_([each.id for each in made]))).all()
        registers = session.scalars(select(Register).where(Register.name == "Sổ đăng ký bản sao")).all()
    assert sorted(int(str(code).split("/")[0]) for code in codes) == [1, 2, 3, 4, 5, 6]
    assert len(registers) == 1


def test_who_gets_a_copy_sees_it_and_it_belongs_to_the_matter(platform: Platform, office: builders.Office) -> None:
    original = builders.registered(platform, office)
    head = office["specialist"]
    copy = ask(platform, office, original, places="", people=[head.id], amount=3)
    document = grant(platform, office, copy)
    make(platform, office, document)
    platform.run(builders.actor(platform, office["clerk"]), commands.issue, copy.id, office["clerk"].id, "Đã giao.")
    with platform.reading() as session:
        told = {row.details["what"]: row.person_id for row in session.scalars(select(Occasion)) if row.kind == "copy"}
        assert told["received"] == head.id
        assert document_queries.get(session, builders.actor(platform, head), document.id).status == "issued"
        clerk = builders.actor(platform, office["clerk"])
        assert {each.id for each in records.case_of(session, clerk, original.id)} == {original.id, document.id}
        [line] = queries.of_document(session, clerk, original.id)
        assert line.document is not None
        assert (line.copy.state, line.copy.remark, line.document.id) == ("issued", "Đã giao.", document.id)


def test_a_recall_stops_a_copy_before_it_is_granted_and_before_it_is_issued(
    platform: Platform, office: builders.Office
) -> None:
    early, late = (builders.registered(platform, office) for _each in range(2))
    waiting, running = ask(platform, office, early), ask(platform, office, late)
    document = grant(platform, office, running)
    make(platform, office, document)
    for each in (early, late):
        platform.run(system(office.id), documents.destroy, each.id, "Gửi nhầm")
    for name, given in (
        ("copying.grant", {"copy": waiting.id, "person": office["leader"].id}), ("copying.issue", {"copy": running.id})
    ):  # fmt: skip
        operation = platform.catalog.get(name)
        with pytest.raises(BusinessError, match="thu hồi"):
            platform.run(system(office.id), lambda work, o=operation, g=given: o.function(o.read(g), work))
    platform.run(system(office.id), commands.refuse, running.id, None, "Văn bản gốc đã thu hồi.")
    with platform.reading() as session:
        assert session.get_one(Document, document.id).status == "cancelled"
    with pytest.raises(Conflict, match="không làm được"):
        platform.run(system(office.id), commands.refuse, running.id, None, "Lần nữa.")


def test_what_a_request_may_not_say(platform: Platform, office: builders.Office) -> None:
    original = builders.registered(platform, office)
    wrong: list[tuple[dict[str, Any], str]] = [
        ({"form": "electronic"}, "kind"), ({"places": ""}, "places"), ({"kind": "Sao lục"}, "kind"),
        ({"kind": "Trích sao", "form": "electronic", "pages": "1", "recipients": [office.id]}, "recipients"),
    ]  # fmt: skip
    for more, field in wrong:
        with pytest.raises(InvalidInput) as refused:
            ask(platform, office, original, **more)
        assert field in refused.value.fields
    with pytest.raises(NotAllowed, match="đã phát hành"):
        ask(platform, office, builders.sealed(platform, office))
    ask(platform, office, original)
    with pytest.raises(Conflict, match="không gửi lại"):
        ask(platform, office, original)
