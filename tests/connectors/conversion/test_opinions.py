"""A round of opinions from the question to the summary: the shipped procedure, real rows, the PDF kept."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from connectors.delivery import carry_out_all
from connectors.exchange.receive import handle
from engine.clock import VIETNAM, FixedClock
from engine.definitions import commands as definitions
from engine.definitions.shipped import PROCESSES, read_folder
from engine.directory.authority import commands as authority
from engine.directory.models import Person, Unit
from engine.documents import queries as documents
from engine.documents.models import Document
from engine.errors import Conflict, InvalidInput
from engine.forms.context import Upload
from engine.instances import cases
from engine.instances.commands import cancel_instance, complete_task
from engine.opinions import queries
from engine.opinions.queries import Report
from engine.platform import Platform, Work, system
from engine.tasks.models import Task
from tests import builders
from tests.conftest import NOW
from tests.furnished import Furnished, furnished
from tests.played import installation
from tests.servers import TestServers


class Asked:
    """A draft about which two people and a unit are asked."""

    def __init__(self, platform: Platform, office: builders.Office) -> None:
        self.platform, self.office = platform, office
        self.first, self.second = (builders.person(platform, office.agency, "specialist", unit=office.unit)
                                   for _ in range(2))  # fmt: skip
        self.unit: Unit = builders.unit(platform, office.agency, "Phòng Quy hoạch", abbreviation="QH")
        self.head = builders.person(platform, office.agency, "unit-head", unit=self.unit)
        self.other = builders.agency(platform).id
        self.document: Document = builders.draft(platform, office)
        platform.run(self.actor(office["specialist"]), cases.begin_opinions, self.document.id)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "platform"}

    def actor(self, person: Person) -> Any:
        return builders.actor(self.platform, person)

    def ask(self, due: str = "2026-11-25", **more: Any) -> None:
        people = [self.first.id, self.second.id, self.office["specialist"].id]
        answers = {"question": "Góp ý về thời hạn.", "people": people, "units": [self.unit.id], "due_date": due}
        self.do(self.office["specialist"], "ask-opinions", answers | more)

    def task(self, element: str, person: Person | None = None, state: str = "open") -> Task:
        with self.platform.reading() as session:
            rows = select(Task).where(Task.document_id == self.document.id, Task.element == element)
            rows = rows.where(Task.state == state).order_by(Task.id)
            if person is not None and person is not self.head:
                rows = rows.where(Task.assignee_id == person.id)
            elif person is self.head and element == "give-opinion":
                rows = rows.where(Task.assignee_id.is_(None))
            return session.scalars(rows).all()[0]

    def do(self, person: Person, element: str, answers: dict[str, Any]) -> None:
        self.platform.run(self.actor(person), complete_task, self.task(element, person).id, answers)

    def report(self) -> Report:
        with self.platform.reading() as session:
            return queries.of_document(session, self.document.id)[0]

    def files(self, part: str) -> list[Any]:
        with self.platform.reading() as session:
            return [row for row in documents.attachments(session, self.document.id) if row.part == part]


def furnish(platform: Platform) -> Asked:
    def publish(work: Work) -> None:
        for key in ("opinions", "dispatch-follow-up", "outgoing-document"):
            definitions.publish(work, definitions.save_draft(work, read_folder(PROCESSES / key), None, None).id)

    platform.run(system(), publish)
    return Asked(platform, builders.office(platform, "Sở Xây dựng", abbreviation="SXD"))


@pytest.fixture(scope="module")
def prepared(
    servers: TestServers, template_database: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Furnished]:
    folder = tmp_path_factory.mktemp("asked")
    with furnished(servers, template_database, FixedClock(NOW), folder, furnish) as made:
        yield made


@pytest.fixture
def platform(prepared: Furnished, clock: FixedClock, tmp_path: Path) -> Iterator[Platform]:
    with prepared.copied() as url:
        made = builders.platform(installation(url, tmp_path), clock, tmp_path / "files")
        yield made
        made.engine.dispose()


@pytest.fixture
def asked(platform: Platform, prepared: Furnished) -> Asked:
    made: Asked = prepared.made()
    made.platform = platform
    return made


def test_from_the_question_to_the_summary(asked: Asked, platform: Platform) -> None:
    asked.ask()
    report = asked.report()
    assert report.round.due_at == datetime(2026, 11, 25, 17, tzinfo=VIETNAM)
    assert report.waiting == len(report.lines) == 3  # who asks isn't asked
    with pytest.raises(InvalidInput) as refused:
        asked.do(asked.first, "give-opinion", {"verdict": "disagree", "text": ""})
    assert refused.value.fields == {"text": "Ghi rõ ý kiến."}
    file = Upload("gop-y.pdf", 100, io.BytesIO(builders.pdf()))
    asked.do(asked.first, "give-opinion", {"verdict": "disagree", "text": "Thời hạn quá ngắn.", "file": [file]})
    assert [row.file_name for row in asked.files("opinion")] == ["gop-y.pdf"]
    asked.do(asked.second, "give-opinion", {"verdict": "agree", "text": ""})
    assert asked.report().counts == {"disagree": 1, "agree": 1, "": 1}
    asked.do(asked.head, "give-opinion", {"verdict": "agree-with", "text": "Thêm căn cứ."})

    report = asked.report()
    assert (report.round.ended_by, report.waiting) == ("complete", 0)
    drafter = asked.office["specialist"]
    with pytest.raises(InvalidInput, match="tiếp thu, giải trình"):
        asked.do(drafter, "explain-opinion", {"handling": "explained", "explanation": ""})
    asked.do(drafter, "explain-opinion", {"handling": "accepted", "explanation": ""})
    asked.do(drafter, "explain-opinion", {"handling": "explained", "explanation": "Căn cứ đã đủ."})
    carry_out_all(platform, handle)

    [summary] = asked.files("summary")
    said = " ".join(page.extract_text() for page in PdfReader(platform.files.path(summary.file_hash)).pages)
    for words in ("Thời hạn quá ngắn.", "Giải trình, giữ nguyên: Căn cứ đã đủ.", "Phòng Quy hoạch", "đồng ý 1;"):
        assert words in " ".join(said.split()), words
    assert asked.report().round.summary_id == summary.id


def test_the_deadline_closes_the_round_and_late_opinions_are_told_so(
    asked: Asked, platform: Platform, clock: FixedClock
) -> None:
    asked.ask()
    late = asked.task("give-opinion", asked.first).id
    clock.set(datetime(2026, 11, 25, 17, 0, 1, tzinfo=VIETNAM))
    carry_out_all(platform, handle)

    report = asked.report()
    assert (report.round.ended_by, report.counts) == ("deadline", {"silent": 3})
    with pytest.raises(Conflict, match="đã đóng khi hết thời hạn 17:00 ngày 25/11/2026"):
        platform.run(asked.actor(asked.first), complete_task, late, {"verdict": "agree", "text": ""})
    assert len(asked.files("summary")) == 1


def test_an_early_end_needs_a_reason_and_leaves_the_rest_silent(asked: Asked) -> None:
    asked.ask()
    asked.do(asked.second, "give-opinion", {"verdict": "agree", "text": ""})
    asked.do(asked.office["specialist"], "follow-opinions", {"reason": "Cần trình trong ngày."})
    report = asked.report()
    assert (report.round.ended_by, report.round.reason) == ("early", "Cần trình trong ngày.")
    assert report.counts == {"agree": 1, "silent": 2}


def test_what_is_wrong_with_a_request_comes_back_to_who_asks(asked: Asked, platform: Platform) -> None:
    asked.ask(people=[], units=[])
    assert asked.task("ask-opinions").data["problem"].startswith("Chọn ít nhất một người")
    asked.ask()

    def again(work: Work) -> None:
        cases.begin_opinions(work, asked.document.id)

    with pytest.raises(Exception, match="đang có một đợt lấy ý kiến"):
        platform.run(asked.actor(asked.office["specialist"]), again)


def test_a_round_whose_case_was_stopped_is_closed_by_the_next(asked: Asked, platform: Platform) -> None:
    asked.ask()
    instance = asked.task("follow-opinions").instance_id
    platform.run(asked.actor(asked.office["agency-admin"]), cancel_instance, instance, "Hỏi nhầm người.")
    platform.run(asked.actor(asked.office["specialist"]), cases.begin_opinions, asked.document.id)
    assert asked.report().counts == {"silent": 3}
    asked.ask(units=[])
    assert asked.report().waiting == 2


def test_a_draft_asks_first_and_passes_the_levels_of_its_agency(asked: Asked, platform: Platform) -> None:
    office, act = asked.office, asked.actor
    drafter, checker, leader = office["specialist"], office["form-checker"], office["leader"]
    platform.run(act(office["agency-admin"]), authority.add_level, "Cấp phòng", role="unit-head", own_unit=True)
    platform.run(act(office["agency-admin"]), authority.add_level, "Chánh Văn phòng", person_id=checker.id)
    values = {"subject": "Báo cáo nhà ở", "body": "Kính gửi.", "unit_id": office.unit.id, "signer_id": leader.id}
    asked.document, _ = platform.run(
        act(drafter), cases.begin_outgoing, agency_id=office.id, drafter_id=drafter.id, to_places="Như trên", **values
    )
    draft = {
        "type_name": "Công văn", "subject": "Báo cáo nhà ở", "body": "Kính gửi.", "signer_id": leader.id,
        "to_places": "Như trên", "recipients": [asked.other],
    }  # fmt: skip

    def step(person: Person, element: str, **answers: Any) -> None:
        platform.run(act(person), complete_task, asked.task(element).id, answers)
        carry_out_all(platform, handle)

    def to_the_levels() -> None:
        step(office["unit-head"], "check-content", decision="pass")
        step(checker, "check-form", decision="pass")
        step(office["unit-head"], "approve-level", decision="pass")

    step(drafter, "draft-document", **draft, ask_opinions=True)
    asked.ask(units=[])
    step(drafter, "follow-opinions", reason="Đã thống nhất ở cuộc họp.")
    assert len(asked.files("summary")) == 1
    step(drafter, "draft-document", **draft)
    to_the_levels()
    step(checker, "approve-level", decision="return", remark="Thiếu căn cứ.")
    step(office["unit-head"], "forward-comments")
    step(drafter, "draft-document", **draft)
    to_the_levels()
    step(checker, "approve-level", decision="pass")
    step(leader, "approve-draft", decision="pass", signer_id=leader.id)

    with platform.reading() as session:
        rows = documents.opinions(session, asked.document.id)
    said = [(row.kind, row.verdict, bool(row.judged_version)) for row in rows if row.kind.endswith("approval")]
    level = ("level-approval", "pass", True)
    assert said == [level, ("level-approval", "return", True), level, level, ("approval", "pass", True)]
    assert asked.task("sign-document").assignee_id == leader.id
