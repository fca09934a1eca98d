"""Work that waits: a letter that has just arrived, drafts at several steps, a stand-in, an incident."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import select

from connectors.notification.telling import tell_people
from engine.directory import commands as directory
from engine.directory import rights
from engine.directory.models import Agency
from engine.directory.queries import actor_of
from engine.documents import commands as documents
from engine.documents.editing import Upload
from engine.documents.models import Document, DraftText, Register
from engine.drafts import commands as drafting
from engine.instances.models import Incident, Instance
from engine.intake import commands as intake
from engine.notices import commands as notices
from engine.notices.models import Letter, Notice
from engine.outages import commands as outages
from engine.outages.commands import Announcement
from engine.platform import Actor, Platform, Work, system
from engine.records import commands as records
from engine.records import handover
from engine.tasks import commands as tasks
from engine.tasks.filters import Filter
from engine.tasks.kept import keep_filter
from engine.tasks.models import Task
from engine.tasks.succession import commands as succession
from tests import papers
from tests.browser.drawn import draw
from tests.connectors.conversion.checking.papers import paper
from tests.played import carry_on
from web.demo.stage import Stage
from web.demo.story import begin, unit_of, write_and_sign

LETTER = "Tăng cường quản lý trật tự xây dựng dịp cuối năm"
LONG = (
    "Triển khai thực hiện kế hoạch rà soát, thống kê, phân loại và đề xuất phương án xử lý đối với các công trình xây "
    "dựng, nhà ở riêng lẻ khởi công trước ngày 01 tháng 7 năm 2025 trên địa bàn các xã, phường thuộc tỉnh theo ý kiến "
    "chỉ đạo của Ủy ban nhân dân tỉnh tại công văn số 4567/UBND-XD-KTTH-NC-VX-2026-PHULUC-SO-01-VA-SO-02"
)
BODY = (
    "Dịp cuối năm, hoạt động xây dựng trên địa bàn tỉnh tăng nhanh. Sở Xây dựng đề nghị Ủy ban nhân dân các xã, phường "
    "thực hiện các nội dung sau.\n\n"
    "Tổ chức kiểm tra các công trình đang thi công; xử lý ngay từ đầu các trường hợp xây dựng không có giấy phép hoặc "
    "sai nội dung giấy phép.\n\n"
    "Công khai số điện thoại tiếp nhận phản ánh của người dân; trả lời kết quả xử lý trong thời hạn quy định.\n\n"
    "Đề nghị các đơn vị quan tâm, tổ chức thực hiện."
)
SMALL = ("Cung cấp số liệu nhà ở xã hội", "Mời họp giao ban tháng 12", "Góp ý quy chế phối hợp", "Kiểm tra kho lưu trữ")
PEOPLE = {"drafter": "chuyenvien.sxd", "head": "truongphong.sxd", "form": "thethuc.sxd", "leader": "lanhdao.sxd",
          "clerk": "vanthu.sxd"}  # fmt: skip


def bring(platform: Platform) -> dict[str, int]:
    """Bring the work and return the ids of what pages are about, by name."""
    stage = Stage(platform, lambda line: None, lambda: carry_on(platform))
    recipients = [agency(platform, "An Phú"), agency(platform, "Bình Minh")]
    letter = draft(stage, LETTER, urgency=2, recipients=recipients, body=BODY)
    write_and_sign(stage, "sxd", letter, PEOPLE)
    carry_on(platform)
    drafts = {subject: draft(stage, subject, urgency=number % 4) for number, subject in enumerate((LONG, *SMALL))}
    for subject in SMALL[:3]:
        submit(stage, drafts[subject])
    away(stage)
    with platform.reading() as session:
        found = {
            "letter": letter,
            "draft": drafts[LONG],
            "request": first(session, Document.id, Document.direction == "outgoing", Document.status == "closed"),
            "arrived": first(session, Document.id, Document.direction == "incoming", Document.status == "filed"),
            "register": first(session, Register.id, Register.direction == "incoming"),
            "outgoing_register": first(session, Register.id, Register.direction == "outgoing"),
            "instance": first(session, Instance.id, Instance.document_id == letter),
            "accept": task(session, "accept-document", agency(platform, "An Phú")),
            "draft_task": first(session, Task.id, Task.document_id == drafts[LONG], Task.state == "open"),
            "person": stage.person_id("chuyenvien.sxd"),
        }
    found["incident"] = platform.run(system(), trouble, found["instance"])
    found["outage"] = platform.run(stage.actor("quantri.sxd"), stood_still)
    found |= platform.run(
        clerk_of(platform, stage), dossiers, int(found["request"] or 0), stage.person_id("chuyenvien.sxd")
    )
    found |= draw(platform, stage)
    found |= changes_of_people(stage)
    found |= scans(platform, stage)
    remind(stage, int(found["accept"] or 0))
    urgent = platform.run(
        stage.actor("vanthu.anphu"), keep_filter, "Thượng khẩn, trình trước", "groups", Filter(urgency=2), "", "clerk"
    )  # fmt: skip
    found["kept"] = urgent.id
    found |= versions(stage)
    assert all(found.values()), found
    return {name: int(value or 0) for name, value in found.items()}


def stood_still(work: Work) -> int:
    """An outage that is over, so that nothing stands above other pages."""
    since = work.now - timedelta(hours=3)
    given = Announcement(LONG, since, work.now, LONG, LONG, restarted_at=work.now, security_doubt=True)
    return outages.announce(work, given).id


def clerk_of(platform: Platform, stage: Stage) -> Actor:
    """The clerk of the department."""
    with platform.reading() as session:
        return actor_of(session, stage.person_id("vanthu.sxd"), platform.clock.now())


def scans(platform: Platform, stage: Stage) -> dict[str, int]:
    """On the clerk's desk: a scan with what it proposes, one like a document that came, one stopped; a kept form."""
    clerk = clerk_of(platform, stage)
    files = [
        Upload("Công văn 12 xã Bên Kia.pdf", papers.paper(urgency="KHẨN")),
        Upload("Văn bản đã dừng.pdf", papers.paper(secrecy="MẬT")),
        Upload(f"{LONG[:120]}.pdf", papers.paper(code="15/UBND-KT", subject=("V/v " + LONG[:60],))),
    ]
    rows = platform.run(clerk, intake.take_in, files)
    carry_on(platform)
    kept = {"organ_name": "UBND xã Bên Kia", "type_name": "Báo cáo", "subject": "Báo cáo tháng", "urgency": "1"}
    platform.run(clerk, intake.keep_form, "Báo cáo tháng của xã", kept, shared=True)
    given = {"agency_id": clerk.agency_id, "code": "12/UBND-KT", "organ_name": "Ủy ban nhân dân xã Bên Kia"}
    for subject in ("Báo cáo công tác tháng 10", "Báo cáo công tác tháng 10 (bản gửi lại)"):
        twin = platform.run(clerk, documents.create_incoming, subject=subject, source="paper", **given)
    return {"scan": rows[0].id, "twin": twin.id}


def dossiers(work: Work, document_id: int, keeper_id: int) -> dict[str, int | None]:
    """A closed dossier with the whole matter of a document, an open one of a specialist, one that is only planned."""
    year = work.now.year
    heading = records.add_heading(work, year, "QLXD", "Quản lý xây dựng, trật tự xây dựng")
    for title, planned in ((LONG, True), ("Kiểm tra công trình quý IV", True)):
        records.add_dossier(
            work,
            title=title,
            year=year,
            retention_years=10,
            heading_id=heading.id,
            keeper_id=keeper_id,
            planned=planned,
        )
    opened = records.add_dossier(work, title=LONG, year=year, retention_years=None, keeper_id=keeper_id)
    closed = records.add_dossier(
        work, title="Rà soát quy hoạch", year=year, retention_years=20, construction=True, heading_id=heading.id
    )
    for row in (opened, closed):
        records.collect(work, row.id, document_id)
    records.close(work, closed.id)
    closed.due_date = work.now.date()
    old = records.add_dossier(work, title="Hồ sơ hết thời hạn", year=2015, retention_years=5)
    old.state, old.start_date, old.end_date = "closed", date(2015, 2, 3), date(2015, 11, 5)
    given = records.add_dossier(work, title="Cấp phép xây dựng quý II", year=year, retention_years=20)
    given.state, given.start_date, given.end_date = "offered", date(year, 4, 1), date(year, 6, 30)
    work.session.flush()
    minutes = handover.receive_many(work, [given.id])[0]
    waiting = records.add_dossier(work, title=LONG, year=year, retention_years=20)
    waiting.state = "offered"
    return {"dossier": closed.id, "open_dossier": opened.id, "archive_minutes": minutes.id}


def changes_of_people(stage: Stage) -> dict[str, int | None]:
    """Somebody who is leaving and has handed over, a role that waits to be confirmed, a unit of the department."""
    admin, unit = stage.actor("quantri.sxd"), unit_of(stage, "chuyenvien.sxd")

    def change(work: Work) -> dict[str, int | None]:
        leaver = directory.add_person(
            work, admin.agency_id or 0, "Hoàng Thị Nghỉ", user_name="nghi.sxd", unit_id=unit
        )  # fmt: skip
        rights.ask_grant(work, stage.person_id("chuyenvien.sxd"), "archivist", reason="Kiêm nhiệm lưu trữ")
        receivers = {"all": stage.person_id("chuyenvien.sxd")}
        made = succession.hand_over(
            work, leaver.id, receivers, cause="leave", closes_on=work.now.date() + timedelta(days=7), reason="Nghỉ hưu"
        )
        return {"hand_over": made.id, "unit": unit}

    return stage.platform.run(admin, change)


def versions(stage: Stage) -> dict[str, int | None]:
    """A draft outside of any procedure, so nobody has a task: its text changed, a badly laid out file checked."""
    platform, drafter = stage.platform, stage.actor("chuyenvien.sxd")
    made = platform.run(
        drafter, documents.create_draft, agency_id=drafter.agency_id or 0, subject=LETTER, body=BODY,
        unit_id=unit_of(stage, "chuyenvien.sxd"),
    )  # fmt: skip
    platform.run(drafter, documents.update_fields, made.id, {"body": BODY.replace("cuối năm", "Tết Nguyên đán")})
    wrong = paper(number="Số: 5 / CV_SXD", left=20, words={"Nơi nhận:": "Nơi nhận", "NGHĨA VIỆT NAM": "NGHĨA VN"})
    upload = documents.Upload("du-thao-can-sua.docx", wrong)
    file = platform.run(drafter, drafting.add_version, made.id, upload, "Sửa theo ý kiến của trưởng phòng")
    platform.run(drafter, drafting.ask_check, made.id, file.id)
    carry_on(platform)
    with platform.reading() as session:
        text = first(session, DraftText.id, DraftText.document_id == made.id)
    return {"written": made.id, "laid_out": file.id, "text": text}


def first(session: Any, key: Any, *conditions: Any) -> int | None:
    """The id of the oldest row of which these hold."""
    found: int | None = session.scalar(select(key).where(*conditions).order_by(key).limit(1))
    return found


def task(session: Any, element: str, agency_id: int) -> int | None:
    """The open task at an element in an agency."""
    rows = select(Task.id).where(Task.element == element, Task.state == "open", Task.agency_id == agency_id)
    found: int | None = session.scalar(rows.order_by(Task.id.desc()))
    return found


def agency(platform: Platform, name: str) -> int:
    """The id of the agency whose name ends so."""
    with platform.reading() as session:
        return session.scalars(select(Agency.id).where(Agency.name.endswith(name))).one()


def draft(stage: Stage, subject: str, **fields: Any) -> int:
    """A draft of the department's specialist; the document's id."""
    sxd = agency(stage.platform, "Sở Xây dựng tỉnh Mẫu")
    values: dict[str, Any] = {
        "recipients": [agency(stage.platform, "An Phú")], "body": "Đề nghị đơn vị thực hiện.\n\nTrân trọng.",
        "to_places": "Như trên\nLưu: VT", "signer_id": stage.person_id("lanhdao.sxd"),
        "unit_id": unit_of(stage, "chuyenvien.sxd"),
    } | fields  # fmt: skip
    return begin(stage, "chuyenvien.sxd", agency_id=sxd, subject=subject, **values)


def submit(stage: Stage, document_id: int) -> None:
    """The specialist submits a draft as it is: the head of the unit has it next."""
    with stage.platform.reading() as session:
        document = session.get_one(Document, document_id)
    answers = {
        "type_name": document.type_name, "subject": document.subject, "body": document.body,
        "recipients": [agency(stage.platform, "An Phú")], "to_places": document.to_places,
        "signer_id": document.signer_id, "urgency": document.urgency,
    }  # fmt: skip
    stage.do("chuyenvien.sxd", "draft-document", answers, "trình dự thảo", document_id)


def away(stage: Stage) -> None:
    """The head of the unit is away and the deputy director acts; one task is already in the head's hands."""
    platform = stage.platform
    head, deputy = stage.actor("truongphong.sxd"), stage.person_id("phogiamdoc.sxd")
    begins = platform.clock.now()
    platform.run(
        head, directory.add_stand_in, head.person_id, deputy, valid_from=begins, valid_to=begins + timedelta(days=3),
        reason="Đi công tác",
    )  # fmt: skip
    with platform.reading() as session:
        first = task(session, "check-content", head.agency_id or 0)
    assert first is not None
    platform.run(head, tasks.claim_task, first)


def remind(stage: Stage, task_id: int) -> None:
    """The chairman urges the registry; everybody is told, and the letter about it is lost."""
    urged = stage.actor("lanhdao.anphu")
    stage.platform.run(urged, notices.urge, task_id, "Tiếp nhận và trình trong buổi sáng.")
    tell_people(stage.platform)

    def lose(work: Work) -> None:
        notice = work.session.scalars(select(Notice).where(Notice.kind == "urged").limit(1)).one()
        letter = Letter(
            agency_id=notice.agency_id, person_id=notice.person_id, state="failed", created_at=work.now,
            settled_at=work.now, problem="Máy chủ thư từ chối (mã 550): hộp thư không tồn tại",
        )  # fmt: skip
        work.session.add(letter)
        work.session.flush()
        notice.letter_id = letter.id

    stage.platform.run(system(), lose)


def trouble(work: Work, instance_id: int) -> int:
    """An incident of the letter's procedure, as a failing outside leaves it."""
    instance = work.session.get_one(Instance, instance_id)
    incident = Incident(
        agency_id=instance.agency_id, instance_id=instance.id, element="apply-seal", token="none", kind="operation",
        message="Máy chủ cấp dấu thời gian chưa trả lời sau 8 lần thử.", state="open", raised_at=work.now, note="",
    )  # fmt: skip
    work.session.add(incident)
    work.session.flush()
    return incident.id
