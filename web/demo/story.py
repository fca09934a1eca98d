"""The main job of the platform, played by its people: issue, receive, resolve, answer; and refuse."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from engine.clock import VIETNAM
from engine.directory import queries as directory
from engine.documents.models import Dispatch, Document, DocumentLink
from engine.instances import cases
from engine.instances.models import Instance
from web.demo.stage import Stage

SUBJECT = "Rà soát công trình xây dựng trên địa bàn"
BODY = (
    "Thực hiện Kế hoạch công tác năm 2026, Sở Xây dựng đề nghị Ủy ban nhân dân xã An Phú và Ủy ban nhân dân phường "
    "Bình Minh rà soát toàn bộ công trình xây dựng khởi công từ ngày 01/7/2025 trên địa bàn quản lý.\n\n"
    "Nội dung rà soát gồm: số công trình đã được cấp giấy phép; số công trình khởi công không có giấy phép hoặc sai "
    "giấy phép; biện pháp đã xử lý và kết quả.\n\n"
    "Đề nghị các đơn vị gửi báo cáo kết quả rà soát về Sở Xây dựng đúng thời hạn để tổng hợp, báo cáo Ủy ban nhân "
    "dân tỉnh."
)
ANSWER_SUBJECT = "Kết quả rà soát công trình xây dựng trên địa bàn xã An Phú"
ANSWER_BODY = (
    "Phúc đáp công văn của Sở Xây dựng về việc rà soát công trình xây dựng trên địa bàn, Ủy ban nhân dân xã An Phú "
    "báo cáo kết quả như sau.\n\n"
    "Từ ngày 01/7/2025 đến nay, trên địa bàn xã có 42 công trình khởi công, trong đó 40 công trình có giấy phép xây "
    "dựng và 02 công trình được miễn giấy phép theo quy định. Không phát hiện công trình xây dựng sai giấy phép."
)

Agencies = Mapping[str, int]


def tell_story(stage: Stage, agencies: Agencies) -> None:
    """Play everything; every sentence told is something that has happened in the database."""
    request = issue_request(stage, agencies)
    arrived = receive_and_assign(stage, agencies, request)
    answer = answer_request(stage, agencies, arrived)
    refuse_request(stage, agencies, request)
    see_answer(stage, agencies, request, answer, arrived)


def issue_request(stage: Stage, agencies: Agencies) -> int:
    """The department drafts, checks, signs, numbers, seals and issues a letter that asks for a reply."""
    drafter = stage.actor("chuyenvien.sxd")
    due = (stage.platform.clock.now().astimezone(VIETNAM) + timedelta(days=11)).date()
    document_id = begin(
        stage,
        "chuyenvien.sxd",
        agency_id=agencies["sxd"],
        subject=SUBJECT,
        body=BODY,
        signer_id=stage.person_id("lanhdao.sxd"),
        recipients=[agencies["anphu"], agencies["binhminh"]],
        urgency=1,
        due_date=due.isoformat(),
        reply_required=True,
        reply_requirement="Báo cáo bằng văn bản kết quả rà soát công trình xây dựng.",
        to_places="Như trên\nLưu: VT, QLXD",
    )
    stage.tell(f"{drafter.name} (Sở Xây dựng) mở hồ sơ soạn công văn “{SUBJECT}”")
    write_and_sign(
        stage,
        "sxd",
        document_id,
        {
            "drafter": "chuyenvien.sxd",
            "head": "truongphong.sxd",
            "form": "thethuc.sxd",
            "leader": "lanhdao.sxd",
            "clerk": "vanthu.sxd",
        },
    )
    return document_id


def begin(stage: Stage, user_name: str, **draft: Any) -> int:
    """Open a draft in somebody's name; the document's id."""
    actor = stage.actor(user_name)
    draft.setdefault("unit_id", min(actor.unit_ids))
    document, _ = stage.platform.run(actor, cases.begin_outgoing, drafter_id=actor.person_id, **draft)
    return document.id


def write_and_sign(stage: Stage, agency: str, document_id: int, people: Mapping[str, str]) -> None:
    """From the draft to the issued document, by the five people the norm wants (ND30-10 to 18)."""
    with stage.platform.reading() as session:
        document = session.get_one(Document, document_id)
        recipients = list(session.scalars(select(Dispatch.recipient_id).where(Dispatch.document_id == document_id)))
    draft = {
        "type_name": document.type_name,
        "subject": document.subject,
        "body": document.body,
        "recipients": recipients,
        "to_places": document.to_places,
        "signer_id": document.signer_id,
        "urgency": document.urgency,
        "reply_required": document.reply_required,
        "reply_requirement": document.reply_requirement,
        "due_date": document.due_date.isoformat() if document.due_date else "",
    }
    stage.do(people["drafter"], "draft-document", draft, "trình dự thảo", document_id)
    stage.do(people["head"], "check-content", {"decision": "pass"}, "kiểm tra nội dung, đồng ý", document_id)
    stage.do(people["form"], "check-form", {"decision": "pass"}, "kiểm tra thể thức, đồng ý", document_id)
    approved = {"decision": "pass", "signer_id": document.signer_id}
    stage.do(people["leader"], "approve-draft", approved, "duyệt dự thảo", document_id)
    stage.do(people["leader"], "sign-document", {}, "ký số văn bản", document_id)
    stage.do(people["clerk"], "number-document", {}, "cấp số và vào sổ văn bản đi", document_id)
    stage.do(people["clerk"], "seal-document", {}, "ký số của cơ quan (đóng dấu)", document_id)
    stage.do(people["clerk"], "issue-document", {"checked": "on"}, "phát hành", document_id)
    with stage.platform.reading() as session:
        code = session.get_one(Document, document_id).code
    stage.tell(f"Công văn {code} đã phát hành đến {len(recipients)} nơi nhận")


def arrived_at(stage: Stage, agency_id: int, subject: str) -> int:
    """Wait for a document with this subject to come to an agency; its id there."""

    def look() -> int | None:
        with stage.platform.reading() as session:
            return session.scalar(
                select(Document.id)
                .where(Document.agency_id == agency_id, Document.direction == "incoming", Document.subject == subject)
                .order_by(Document.id.desc())
                .limit(1)
            )

    return stage.wait_for(look, f"văn bản “{subject}” đến cơ quan")


def receive_and_assign(stage: Stage, agencies: Agencies, request: int) -> int:
    """The commune accepts, registers, instructs and assigns; the id of the document there."""
    arrived = arrived_at(stage, agencies["anphu"], SUBJECT)
    stage.tell("Văn bản vào hệ thống của UBND xã An Phú, tự động báo “đã đến” (01)")
    stage.do(
        "vanthu.anphu",
        "accept-document",
        {"decision": "accept", "route": "submit"},
        "tiếp nhận, đăng ký, trình lãnh đạo",
        arrived,
    )
    unit = unit_of(stage, "truongphong.anphu")
    due = (stage.platform.clock.now().astimezone(VIETNAM) + timedelta(days=7)).date()
    instruction = {
        "instruction": "Phòng Kinh tế chủ trì rà soát, tham mưu văn bản trả lời đúng hạn.",
        "lead_unit": unit,
        "support_units": [],
        "inform_units": [unit_of(stage, "vanhoa.anphu")],
        "due_date": due.isoformat(),
    }
    stage.do(
        "lanhdao.anphu", "instruct-document", instruction, "cho ý kiến chỉ đạo, giao Phòng Kinh tế chủ trì", arrived
    )
    assigned = {
        "decision": "assign",
        "lead_person": stage.person_id("chuyenvien.anphu"),
        "supporters": [stage.person_id("phoihop.anphu")],
        "note": "Đối chiếu với sổ cấp phép xây dựng.",
    }
    stage.do("truongphong.anphu", "assign-work", assigned, "phân công chuyên viên chủ trì và phối hợp", arrived)
    stage.do(
        "phoihop.anphu",
        "give-opinion",
        {"opinion": "Số liệu cấp phép khớp với sổ theo dõi: 40 giấy phép."},
        "góp ý kiến phối hợp",
        arrived,
    )
    return arrived


def unit_of(stage: Stage, user_name: str) -> int:
    """The unit a person heads or belongs to."""
    with stage.platform.reading() as session:
        person = directory.person(session, None, stage.person_id(user_name))
        assert person.unit_id is not None
        return person.unit_id


def answer_request(stage: Stage, agencies: Agencies, arrived: int) -> int:
    """The specialist answers with a linked letter of the commune; its id."""
    stage.do("chuyenvien.anphu", "resolve-document", {"decision": "answer"}, "đề xuất trả lời bằng văn bản", arrived)
    answer = begin(
        stage,
        "chuyenvien.anphu",
        agency_id=agencies["anphu"],
        subject=ANSWER_SUBJECT,
        body=ANSWER_BODY,
        signer_id=stage.person_id("lanhdao.anphu"),
        recipients=[agencies["sxd"]],
        answers=[arrived],
        to_places="Như trên\nLưu: VT, KT",
    )
    stage.tell("Đặng Văn Giải soạn công văn trả lời, gắn với văn bản đến")
    write_and_sign(
        stage,
        "anphu",
        answer,
        {
            "drafter": "chuyenvien.anphu",
            "head": "truongphong.anphu",
            "form": "thethuc.anphu",
            "leader": "lanhdao.anphu",
            "clerk": "vanthu.anphu",
        },
    )
    stage.wait_for(lambda: _status(stage, arrived, "filed"), "văn bản đến ở An Phú giải quyết xong")
    stage.tell("Văn bản đến ở UBND xã An Phú đã giải quyết xong và lưu hồ sơ (06)")
    return answer


def refuse_request(stage: Stage, agencies: Agencies, request: int) -> None:
    """The ward refuses with a reason, and the refusal comes back into the sender's case."""
    arrived = arrived_at(stage, agencies["binhminh"], SUBJECT)
    refusal = {
        "decision": "refuse",
        "reason_code": "WRONG_ADDRESSEE",
        "reason": "Phường không có công trình thuộc phạm vi rà soát; việc này thuộc Ban Quản lý khu đô thị.",
    }
    stage.do("vanthu.binhminh", "accept-document", refusal, "từ chối tiếp nhận, nêu lý do (02)", arrived)
    handled = {"decision": "close", "note": "Đã trao đổi với UBND phường, không gửi lại."}
    stage.do("vanthu.sxd", "handle-refusal", handled, "xử lý nơi nhận từ chối: kết thúc, không gửi lại", request)


def see_answer(stage: Stage, agencies: Agencies, request: int, answer: int, arrived: int) -> None:
    """The department receives the answer; both sides are linked and the case is closed."""
    reply = arrived_at(stage, agencies["sxd"], ANSWER_SUBJECT)
    stage.do(
        "vanthu.sxd",
        "accept-document",
        {
            "decision": "accept",
            "route": "transfer",
            "lead_unit": unit_of(stage, "truongphong.sxd"),
            "support_units": [],
        },
        "tiếp nhận văn bản trả lời, chuyển thẳng Phòng Quản lý xây dựng",
        reply,
    )
    stage.do(
        "truongphong.sxd",
        "assign-work",
        {"decision": "assign", "lead_person": stage.person_id("chuyenvien.sxd"), "supporters": []},
        "giao người soạn công văn theo dõi",
        reply,
    )
    stage.do(
        "chuyenvien.sxd", "resolve-document", {"decision": "information"}, "ghi nhận để biết, tổng hợp báo cáo", reply
    )
    stage.wait_for(lambda: _status(stage, request, "closed"), "công văn đề nghị kết thúc theo dõi")
    linked(stage, reply, request)
    linked(stage, answer, arrived)
    stage.tell("Hai văn bản được liên kết hai chiều ở cả hai cơ quan; mọi nơi nhận đã xong")


def _status(stage: Stage, document_id: int, status: str) -> bool | None:
    with stage.platform.reading() as session:
        return True if session.get_one(Document, document_id).status == status else None


def linked(stage: Stage, from_id: int, to_id: int) -> None:
    """Make sure that the answer is linked; the story must not tell what isn't so."""
    with stage.platform.reading() as session:
        link = select(DocumentLink.id).where(DocumentLink.from_id == from_id, DocumentLink.to_id == to_id)
        session.scalars(link).one()


def running(stage: Stage) -> int:
    """How many procedures still run."""
    with stage.platform.reading() as session:
        return len(session.scalars(select(Instance.id).where(Instance.status == "running")).all())
