"""Which part of the handbook is about which screen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

CHAPTERS = Path(__file__).parent / "chapters"


@dataclass(frozen=True, slots=True)
class Chapter:
    """A page of the handbook; its sections stand in `chapters/<slug>.html`, each with the id other pages point at."""

    slug: str
    title: str
    about: str

    @property
    def template(self) -> str:
        """Where its words are."""
        return f"handbook/chapters/{self.slug}.html"


BOOK = (
    Chapter("work", "Việc hằng ngày", "Hộp việc, trang xử lý một việc, hạn và cách tính hạn, phím tắt."),
    Chapter("documents", "Văn bản và sổ", "Nhập văn bản đến, soạn văn bản đi, tìm kiếm, sổ văn bản, báo cáo, nhật ký."),
    Chapter("dossiers", "Hồ sơ công việc", "Danh mục, lập, kết thúc, nộp lưu, mượn, xét hủy, khóa, xuất trọn hồ sơ."),
    Chapter("account", "Tài khoản", "Đăng nhập, mật khẩu, ủy quyền xử lý khi vắng mặt."),
    Chapter("agency", "Quản trị cơ quan", "Người dùng, vai trò, bàn giao, đơn vị, lịch, sự cố hệ thống."),
    Chapter("design", "Thiết kế quy trình", "Vẽ, kiểm tra, chạy kịch bản, so sánh, ban hành, điều chỉnh cho cơ quan."),
    Chapter("running", "Vận hành quy trình", "Hồ sơ đang chạy, chuyển phiên bản, số liệu thực tế, sự cố."),
)

# screen → chapter and section
ABOUT = {
    "worklist.inbox": "work#inbox", "worklist.task": "work#task", "worklist.deadline": "work#deadline",
    "worklist.done": "work#take-back", "phrases.index": "work#phrases", "documents.assigned": "documents#people",
    "notices.index": "work#notices", "notices.preferences": "work#notice-choice", "notices.sent": "work#urging",
    "documents.listing": "documents#lists", "documents.document": "documents#document",
    "documents.audit": "documents#audit", "intake.new": "documents#incoming",
    "intake.index": "documents#scans", "intake.scan": "documents#scans", "intake.compare": "documents#duplicates",
    "intake.saved": "documents#registration-forms",
    "documents.new_outgoing": "documents#outgoing",
    "drafting.versions": "documents#drafts", "drafting.comparison": "documents#drafts",
    "drafting.signer": "documents#signer",
    "drafting.layout": "documents#layout", "drafting.templates": "documents#templates",
    "drafting.template": "documents#templates", "search.results": "documents#search",
    "registers.index": "documents#registers", "registers.register": "documents#registers",
    "registers.manage": "documents#keeping", "registers.numbers": "documents#numbers",
    "registers.print_register": "documents#prints", "registers.paper": "documents#prints",
    "registers.own_prints": "documents#prints", "registers.resolution_slip": "documents#slip",
    "records.index": "dossiers#list", "records.new_dossier": "dossiers#open", "records.headings": "dossiers#list",
    "records.dossier": "dossiers#dossier", "records.change": "dossiers#dossier", "records.add": "dossiers#filing",
    "records.file_document": "dossiers#filing", "records.contents": "dossiers#prints",
    "archive.index": "dossiers#archive", "archive.paper": "dossiers#archive", "archive.loans": "dossiers#loans",
    "archive.propose": "dossiers#disposal", "succession.index": "agency#hand-over", "rights.index": "agency#rights",
    "clearing.index": "documents#stopped-files",
    "succession.new": "agency#hand-over", "succession.unit": "agency#hand-over",
    "succession.minutes": "agency#hand-over",
    "outages.index": "agency#outages", "outages.new": "agency#outages", "outages.outage": "agency#outages",
    "outages.correct": "agency#outages", "outages.report": "agency#outages", "outages.report_paper": "agency#outages",
    "outages.entered_paper": "agency#outages",
    "records.lists": "dossiers#prints", "records.check_package": "dossiers#packages",
    "reports.index": "documents#reports", "reports.quarterly": "documents#periodic",
    "reports.published": "documents#published", "reports.scheduled": "documents#scheduled",
    "directory.sign_in": "account#sign-in", "directory.change_password": "account#password",
    "directory.stand_ins": "account#stand-ins", "directory.people": "agency#people",
    "opinions.rounds": "documents#opinions", "copying.ask": "documents#copies",
    "authority.authorisations": "agency#authority", "authority.levels": "agency#levels",
    "directory.new_person": "agency#people", "directory.person": "agency#people", "directory.units": "agency#units",
    "calendar.index": "agency#calendar", "modeler.index": "design#procedures", "modeler.draft": "design#editor",
    "versions.history": "design#versions", "versions.version": "design#versions",
    "versions.comparison": "design#compare", "versions.publish": "design#publish",
    "adaptation.ladder": "design#adapt", "adaptation.merge": "design#merge", "waivers.index": "design#law",
    "waivers.new": "design#law", "instances.index": "running#cases", "instances.instance": "running#cases",
    "instances.incidents": "running#incidents", "instances.mend": "running#incidents", "flight.index": "running#move",
    "flight.preview": "running#move", "flight.migration": "running#move", "practice.procedure": "running#practice",
    "practice.replay": "running#replay",
}  # fmt: skip


def chapter(slug: str) -> Chapter | None:
    """The chapter of this name."""
    return next((each for each in BOOK if each.slug == slug), None)


def place(endpoint: str | None) -> tuple[str, str]:
    """Chapter and section about a screen; two empty texts when none is, as for the handbook itself."""
    slug, _, section = ABOUT.get(endpoint or "", "").partition("#")
    return slug, section
