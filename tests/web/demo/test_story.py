"""What the demo's story leaves behind: in the registers, the files, the audit trail, on both sides of the axis."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from connectors.exchange.edxml import messages as m
from connectors.exchange.edxml.reading import read_message
from connectors.signing.client import signing_client
from connectors.signing.verification import verify
from engine import audit
from engine.audit import AuditEntry
from engine.directory import queries as directory
from engine.directory.models import Agency, Person
from engine.documents import queries
from engine.documents.models import (
    Assignment,
    Attachment,
    Dispatch,
    DispatchStatus,
    Document,
    DocumentLink,
    Instruction,
    Opinion,
    Register,
    RegisterEntry,
)
from engine.inbox import Arrival
from engine.instances.models import Incident, Instance, Passage, PendingMessage, Subscription
from engine.outbox import Delivery
from engine.platform import Actor, Platform, system
from engine.tasks.models import Task
from tests.played import Played
from web.demo import sample
from web.demo.play import export
from web.demo.stage import Stage
from web.demo.story import ANSWER_SUBJECT, SUBJECT

pytestmark = pytest.mark.timeout(300)  # the first test of a run plays the story


def rows(platform: Platform, of: Any, *conditions: Any) -> Sequence[Any]:
    with platform.reading() as session:
        return session.scalars(select(of).where(*conditions).order_by(of.id)).all()


def held(session: Session, agency: str, direction: str) -> Document:
    """The one document of a direction that an agency has."""
    one = select(Document).join(Agency, Agency.id == Document.agency_id)
    return session.scalars(one.where(Agency.name == agency, Document.direction == direction)).one()


DEPARTMENT, COMMUNE, WARD = (each["name"] for each in sample.read()["agency"])


@pytest.fixture
def papers(platform: Platform) -> dict[str, Document]:
    """The five documents of the story: one letter, where it came to, and the answer on both sides."""
    with platform.reading() as session:
        return {
            "request": held(session, DEPARTMENT, "outgoing"),
            "arrived": held(session, COMMUNE, "incoming"),
            "returned": held(session, WARD, "incoming"),
            "answer": held(session, COMMUNE, "outgoing"),
            "reply": held(session, DEPARTMENT, "incoming"),
        }


def test_it_is_told_in_numbered_sentences(played: Played) -> None:
    assert [int(re.match(r" *(\d+)\. \S", line).group(1)) for line in played.told] == [*range(1, len(played.told) + 1)]
    assert len(played.told) > 30
    assert "liên kết hai chiều" in played.told[-1]
    assert not [line for line in played.told if re.search(r"[!]|None|\{|_", line)]


def test_every_document_ends_where_it_should(papers: dict[str, Document]) -> None:
    assert {name: paper.status for name, paper in papers.items()} == {
        "request": "closed", "arrived": "filed", "returned": "returned", "answer": "closed", "reply": "filed",
    }  # fmt: skip
    assert papers["request"].subject == papers["arrived"].subject == papers["returned"].subject == SUBJECT
    assert papers["answer"].subject == papers["reply"].subject == ANSWER_SUBJECT
    assert papers["request"].identifier == papers["arrived"].identifier == papers["returned"].identifier
    assert papers["answer"].code == papers["reply"].code
    assert papers["arrived"].due_date == papers["request"].due_date
    assert papers["arrived"].urgency == papers["request"].urgency == 1
    assert papers["returned"].refusal_code == "WRONG_ADDRESSEE"
    assert papers["returned"].arrival_number is None
    assert papers["arrived"].resolution == "answer"
    assert papers["reply"].resolution == "information"


def test_question_and_answer_are_linked_both_ways(platform: Platform, papers: dict[str, Document]) -> None:
    pairs = [("answer", "arrived"), ("reply", "request")]
    assert len(rows(platform, DocumentLink)) == len(pairs)
    with platform.reading() as session:
        for answer, question in pairs:
            who = system(papers[answer].agency_id)
            [there] = queries.links(session, who, papers[answer].id)
            assert (there.document.id, there.kind, there.outward) == (papers[question].id, "answers", True)
            [back] = queries.links(session, who, papers[question].id)
            assert (back.document.id, back.kind, back.outward) == (papers[answer].id, "answers", False)


def test_one_dispatch_is_answered_and_one_refused(platform: Platform, papers: dict[str, Document]) -> None:
    with platform.reading() as session:
        sent = {row.recipient_name: row for row in queries.dispatches(session, papers["request"].id)}
        codes = {n: [s.code for s in queries.dispatch_statuses(session, row.id)] for n, row in sent.items()}
    answered, refused = sent[COMMUNE], sent[WARD]
    assert (answered.state, answered.reply_id) == ("done", papers["reply"].id)
    assert codes[COMMUNE] == ["01", "03", "04", "05", "06"]
    assert (refused.state, refused.reply_id) == ("refused", None)
    assert "thuộc Ban Quản lý khu đô thị" in refused.reason
    assert codes[WARD] == ["01", "02"]
    [back] = rows(platform, Dispatch, Dispatch.document_id == papers["answer"].id)
    assert back.state == "done"
    for row in (answered, refused, back):
        assert row.issued_at is not None
        assert row.acknowledged_at is not None
        assert row.issued_at <= row.acknowledged_at
        assert row.sent_at is not None
        assert row.transport_id
        assert row.late_at is None


def test_statuses_say_who_and_when(platform: Platform) -> None:
    for status in rows(platform, DispatchStatus):
        assert status.raw_hash
        assert status.at.tzinfo is not None
        assert status.staff, status.code
    times = [status.at for status in rows(platform, DispatchStatus)]
    assert times == sorted(times)


def test_registers_run_from_one_without_gap(platform: Platform, papers: dict[str, Document]) -> None:
    numbers: dict[tuple[int, int], list[int]] = defaultdict(list)
    for entry in rows(platform, RegisterEntry):
        assert (entry.state, entry.document_id is not None) == ("used", True)
        numbers[entry.register_id, entry.year].append(entry.number)
    assert all(found == [*range(1, len(found) + 1)] for found in numbers.values())
    assert len(numbers) == 4  # the ward has returned its only document: nothing to register
    assert papers["request"].code == "01/SXD-QLXD"
    assert papers["answer"].code == "01/UBND-KT"
    assert papers["arrived"].arrival_number == papers["reply"].arrival_number == 1
    assert len(rows(platform, Register)) == 6


def test_the_audit_trail_holds_and_names_every_step(platform: Platform, papers: dict[str, Document]) -> None:
    with platform.reading() as session:
        assert list(audit.verify(session)) == []
        assert audit.count(session) > 100
        said = select(AuditEntry.action).where(AuditEntry.subject_kind == "document")
        of = {n: set(session.scalars(said.where(AuditEntry.subject_id == str(d.id)))) for n, d in papers.items()}
        people = set(session.scalars(select(AuditEntry.person_name).where(AuditEntry.person_id.is_not(None))))
    went_out = {"drafted", "signed", "numbered", "sealed", "issued"}
    assert {f"document.{each}" for each in went_out} <= of["request"] & of["answer"]
    assert {"document.arrived", "document.registered", "document.instructed", "document.assigned"} <= of["arrived"]
    assert "document.refused" in of["returned"]
    assert "document.registered" not in of["returned"]
    assert len(people) == 12  # five of the department, six of the commune, the ward's clerk


def test_nothing_is_left_open(platform: Platform) -> None:
    assert {row.status for row in rows(platform, Instance)} == {"ended"}
    assert {row.procedure for row in rows(platform, Instance)} == {
        "outgoing-document", "incoming-document", "resolution", "dispatch-follow-up",
    }  # fmt: skip
    assert rows(platform, Incident) == []
    assert rows(platform, Subscription) == []
    assert rows(platform, PendingMessage) == []
    assert {row.state for row in rows(platform, Task)} == {"completed", "withdrawn"}
    assert {(row.state, row.attempts, row.last_error) for row in rows(platform, Delivery)} == {("done", 1, None)}
    assert {(row.state, row.last_error) for row in rows(platform, Arrival)} == {("handled", None)}


def test_every_element_entered_was_left(platform: Platform) -> None:
    balance: dict[tuple[int, str], int] = defaultdict(int)
    for passage in rows(platform, Passage):
        balance[passage.instance_id, passage.element] += 1 if passage.event == "entered" else -1
    assert {place: still for place, still in balance.items() if still} == {}


def test_what_arrived_was_found_to_be_original(papers: dict[str, Document]) -> None:
    for name in ("arrived", "returned", "reply"):
        report = papers[name].verification
        assert (report["conclusion"], report["valid"]) == ("original", True), name
        assert {s["role"] for s in report["signatures"]} == {"person", "agency"}
        assert {s["verdict"] for s in report["signatures"]} == {"VALID"}
        assert all(s["time_source"] == "timestamp" and s["test"] for s in report["signatures"])
        assert papers[name].checks


def test_signatures_on_every_main_file_are_valid(platform: Platform, papers: dict[str, Document]) -> None:
    client = signing_client(platform)
    hashes: dict[str, set[str]] = defaultdict(set)
    for name, paper in papers.items():
        with platform.reading() as session:
            main = queries.main_file(session, paper.id)
        assert main is not None
        content = platform.files.get(main.file_hash)
        report = verify(content, client.trust(), client.now)
        assert (report.conclusion, report.reasons) == ("original", ()), name
        assert report.number == paper.code
        document = pypdfium2.PdfDocument(BytesIO(content))
        text = " ".join(" ".join(page.get_textpage().get_text_range().split()) for page in document)
        assert paper.subject in text
        assert paper.signer_name in text
        hashes[paper.identifier or ""].add(main.file_hash)
    # what the recipients hold is the sender's file, bit for bit
    assert all(len(found) == 1 for found in hashes.values())
    assert len(hashes) == 2


def test_every_message_on_the_axis_is_edxml_that_can_be_read(platform: Platform, papers: dict[str, Document]) -> None:
    documents, statuses = [], []
    for arrival in rows(platform, Arrival, Arrival.raw_hash.is_not(None)):
        message = read_message(platform.files.get(arrival.raw_hash))
        assert not message.warnings
        (documents if isinstance(message, m.DocumentMessage) else statuses).append(message)
    assert len(documents) == 3
    assert len(statuses) == 12
    for message in documents:
        assert message.files
        assert not [file.problem for file in message.files if file.problem]
    [answer] = [message for message in documents if message.answers]
    assert answer.answers[0].document_id == papers["request"].identifier
    [refusal] = [message for message in statuses if message.status == "02"]
    assert "khu đô thị" in refusal.description


def test_what_people_said_is_kept(platform: Platform, papers: dict[str, Document]) -> None:
    opinions = rows(platform, Opinion, Opinion.document_id == papers["arrived"].id)
    assert [o.kind for o in opinions].count("support") == 1
    [instruction] = rows(platform, Instruction, Instruction.document_id == papers["arrived"].id)
    assert instruction.text.startswith("Phòng Kinh tế chủ trì")
    parts = rows(platform, Assignment, Assignment.document_id == papers["arrived"].id, Assignment.state != "replaced")
    assert [a.part for a in parts if a.person_id is None] == ["lead", "inform"]  # units, by the leader
    assert [a.part for a in parts if a.person_id is not None] == ["lead", "support"]  # people, by the head of the unit
    checks = rows(platform, Opinion, Opinion.document_id == papers["request"].id)
    assert [o.kind for o in checks if o.verdict == "pass"] == ["content-check", "form-check", "approval"]
    assert "không gửi lại" in checks[-1].text


def everybody(session: Session, platform: Platform) -> list[Actor]:
    people = session.scalars(select(Person.id).order_by(Person.id))
    return [directory.actor_of(session, person, platform.clock.now()) for person in people]


def test_nobody_sees_anything_of_another_agency(platform: Platform) -> None:
    with platform.reading() as session:
        actors = everybody(session, platform)
        assert len({actor.agency_id for actor in actors}) == 3
        for actor in actors:
            seen = session.scalars(queries.visible(actor)).all()
            assert {document.agency_id for document in seen} <= {actor.agency_id}, actor.name
            for document in seen:
                tied = queries.links(session, actor, document.id)
                assert {link.document.agency_id for link in tied} <= {actor.agency_id}


def test_inside_an_agency_only_who_takes_part_sees_a_document(platform: Platform) -> None:
    with platform.reading() as session:
        names = {p.full_name: p.user_name for p in session.scalars(select(Person))}
        found = {
            names[actor.name]: len(session.scalars(queries.visible(actor)).all())
            for actor in everybody(session, platform)
        }
    assert found["vanthu.sxd"] == found["chuyenvien.sxd"] == 2
    assert found["chuyenvien2.sxd"] == found["phoihop.anphu"] == 2  # of the unit that drafts and resolves
    assert found["quyhoach.sxd"] == found["quantri.sxd"] == found["quantri.tinh"] == 0
    assert found["vanhoa.anphu"] == 1  # told for information
    assert found["chuyenvien.binhminh"] == 0


def test_rows_that_belong_together_belong_to_one_agency(platform: Platform) -> None:
    with platform.reading() as session:
        for child, key in ((Task, Task.instance_id), (Delivery, Delivery.instance_id)):
            strays = select(func.count()).select_from(child).join(Instance, Instance.id == key)
            assert session.scalar(strays.where(child.agency_id != Instance.agency_id)) == 0
        strays = select(func.count()).select_from(Instance).join(Document, Document.id == Instance.document_id)
        assert session.scalar(strays.where(Document.agency_id != Instance.agency_id)) == 0


def test_the_files_are_laid_out_for_people(platform: Platform, papers: dict[str, Document], tmp_path: Any) -> None:
    export(platform, tmp_path / "out")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert [name for name in names if name.endswith(".pdf")] == ["01_SXD-QLXD.pdf", "01_UBND-KT.pdf"]
    assert len([name for name in names if name.endswith(".edxml")]) == 15
    with platform.reading() as session:
        main = queries.main_file(session, papers["request"].id)
    assert main is not None
    assert (tmp_path / "out" / "01_SXD-QLXD.pdf").read_bytes() == platform.files.get(main.file_hash)


def test_the_accounts_told_are_the_accounts_there_are(platform: Platform) -> None:
    told = "\n".join(sample.accounts())
    assert sample.read()["password"] in told
    for person in rows(platform, Person):
        assert re.search(rf"^  {re.escape(person.user_name)} +{person.full_name} ", told, re.MULTILINE)


def test_every_file_kept_is_whole(platform: Platform) -> None:
    for attachment in rows(platform, Attachment):
        assert len(platform.files.get(attachment.file_hash)) == attachment.size


def test_people_of_the_stage_act_with_their_roles(platform: Platform) -> None:
    stage = Stage(platform, lambda line: None)
    assert "clerk" in stage.actor("vanthu.anphu").roles
    assert stage.actor("chuyenvien.sxd").person_id == stage.person_id("chuyenvien.sxd")
