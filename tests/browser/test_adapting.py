"""An agency makes the shipped procedure its own: draws, tests, publishes, moves a running case, takes a newer base."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from engine.definitions import commands, drafting
from engine.definitions.models import Definition, Version
from engine.directory.models import Agency
from engine.documents.models import Document
from engine.instances import cases
from tests.browser.conftest import House
from tests.browser.people import Desk
from web.demo.stage import Stage
from web.demo.story import unit_of

STEP = "Thẩm tra"
OPINION = "Đã đối chiếu với hồ sơ, đồng ý kết quả."
AGENCIES = {"anphu": "An Phú", "sxd": "Sở Xây dựng"}

Visitor = Callable[..., Any]


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_an_agency_adapts_its_procedure_and_takes_a_newer_base(house: House, visitor: Visitor) -> None:
    paper = Paper(house)
    kept, moved = (paper.assigned("anphu", f"Đơn đề nghị số {number}") for number in (1, 2))
    analyst = Analyst(house.return_to(visitor(), "phantich.anphu"))
    analyst.begins_from_the_shipped_one()
    analyst.draws_the_step()
    analyst.makes_its_form()
    analyst.tests_it()
    analyst.compares()
    analyst.publishes()
    later, elsewhere = paper.assigned("anphu", "Đơn đề nghị số 3"), paper.assigned("sxd", "Đơn đề nghị số 4")
    specialist, head = (house.return_to(visitor(), f"{who}.anphu") for who in ("chuyenvien", "truongphong"))
    resolves(specialist, "Đơn đề nghị số 3")
    appraises(head, "Đơn đề nghị số 3")
    resolves(house.return_to(visitor(), "chuyenvien.sxd"), "Đơn đề nghị số 4")
    resolves(specialist, "Đơn đề nghị số 1")
    paper.filed(later, elsewhere, kept)
    analyst.moves()
    resolves(specialist, "Đơn đề nghị số 2")
    appraises(head, "Đơn đề nghị số 2")
    paper.filed(moved)
    paper.moves_the_base_on()
    analyst.merges()
    for desk in (analyst.desk, specialist, head):
        assert desk.complaints == []


class Paper:
    """What happens beside the browser: documents on paper come in and get as far as the specialist."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.stage = Stage(house.platform, lambda line: None, house.settle)

    def assigned(self, place: str, subject: str) -> int:
        """A document that the specialist of an agency has on the desk; its id."""
        platform, stage = self.house.platform, self.stage
        with platform.reading() as session:
            agency_id = session.scalars(select(Agency.id).where(Agency.name.contains(AGENCIES[place]))).one()
        document, _case = platform.run(
            stage.actor(f"vanthu.{place}"), cases.begin_incoming, agency_id=agency_id, subject=subject,
            organ_name="Một tổ chức", code=f"{subject[-1]}/TC",
        )  # fmt: skip
        route = {"decision": "accept", "route": "transfer", "lead_unit": unit_of(stage, f"truongphong.{place}")}
        stage.do(f"vanthu.{place}", "accept-document", {**route, "support_units": []}, "", document.id)
        lead = {"decision": "assign", "lead_person": stage.person_id(f"chuyenvien.{place}"), "supporters": []}
        stage.do(f"truongphong.{place}", "assign-work", lead, "", document.id)
        return document.id

    def filed(self, *document_ids: int) -> None:
        """Everything about these documents is over."""
        self.house.settle()
        with self.house.platform.reading() as session:
            assert [session.get_one(Document, each).status for each in document_ids] == ["filed"] * len(document_ids)

    def moves_the_base_on(self) -> None:
        """The province gives the assignment two office hours and calls the reminder otherwise."""
        platform, admin = self.house.platform, self.stage.actor("quantri.tinh")
        with platform.reading() as session:
            base = session.scalars(
                select(Version).join(Definition, Definition.id == Version.definition_id)
                .where(Definition.key == "resolution", Definition.agency_id.is_(None), Version.state == "published")
            ).one()  # fmt: skip
        before = base.diagram.decode()
        task = before.index('<bpmn:userTask id="assign-work"')
        after = before[:task] + before[task:].replace("PT4H", "PT2H", 1)
        after = after.replace('name="Đôn đốc việc quá hạn"', 'name="Nhắc việc quá hạn"')
        draft = platform.run(admin, drafting.start_draft, "resolution", None, base.id, "")
        platform.run(admin, drafting.keep_draft, draft.id, draft.edition, diagram=after.encode())
        platform.run(admin, commands.publish, draft.id, "Phân công sớm hơn")


def resolves(desk: Desk, subject: str) -> None:
    """The specialist says that nothing is to be done but to know."""
    desk.open("Giải quyết văn bản", subject)
    desk.choose("Lưu để biết")
    desk.page.locator("form[data-form] [data-primary]").click()
    desk.told("Đã hoàn thành: Giải quyết văn bản")


def appraises(desk: Desk, subject: str) -> None:
    """The head of a unit takes the new step and fills in its form."""
    row = desk.row(STEP, subject, "groups")
    expect(row).to_contain_text("còn ")
    desk.take(STEP, subject)
    desk.write("Ý kiến thẩm tra", OPINION)
    desk.form.locator("[data-primary]").click()
    desk.told(f"Đã hoàn thành: {STEP}")


@dataclass
class Analyst:
    """The analyst of An Phú at the editor."""

    desk: Desk

    @property
    def page(self) -> Page:
        return self.desk.page

    @property
    def panel(self) -> Locator:
        return self.page.get_by_label("Thuộc tính", exact=True)

    def begins_from_the_shipped_one(self) -> None:
        """From the list of procedures, over the ladder, into a draft of the agency's own."""
        self.desk.visit("/modeler")
        row = self.page.locator(
            ".procedure", has=self.page.get_by_role("heading", name="Giải quyết văn bản", exact=True)
        )
        expect(row).to_contain_text("Bản dùng chung")
        row.get_by_role("link", name="Các phiên bản").click()
        self.page.get_by_role("link", name="Điều chỉnh cho cơ quan…").click()
        for _rung in ("data", "part"):
            self.page.get_by_role("link", name="Không đủ, cần thay đổi nhiều hơn").click()
        self.page.get_by_role("button", name="Lập bản riêng từ bản đang áp dụng…").click()
        self.ready()

    def ready(self) -> None:
        """Wait until the editor is there."""
        expect(self.page.locator("[data-studio]")).to_have_attribute("data-studio-state", "ready")

    def goes_to(self, name: str) -> None:
        """Select an element by its name, without the mouse."""
        self.page.locator("[data-canvas] svg").first.focus()
        self.page.keyboard.press("g")
        self.picks(name)

    def picks(self, typed: str) -> None:
        """Choose from the open list by typing."""
        dialog = self.page.locator("dialog.pick")
        dialog.get_by_role("searchbox").fill(typed)
        self.page.keyboard.press("Enter")
        expect(dialog).to_have_count(0)

    def draws_the_step(self) -> None:
        """The step is added, is not yet connected, which is told on the elements, and is connected."""
        keys = self.page.keyboard
        self.page.locator("[data-canvas] svg").first.focus()
        keys.press("n")
        self.picks("tham tra")
        badge = self.page.get_by_role("button", name=re.compile(rf"vấn đề ở {STEP}"))
        expect(badge).to_be_visible()
        badge.click()
        problems = self.page.locator("#drawer-body-problems")
        expect(problems).to_contain_text(f"Không có đường nào đi tới “{STEP}”")
        self.goes_to("Đã có kết quả")
        keys.press("c")
        self.picks("tham tra")
        self.goes_to("tham tra")
        keys.press("c")
        self.picks("ghi ket qua")
        expect(badge).to_have_count(0)
        expect(problems).to_contain_text("Chưa thấy vấn đề nào")

    def makes_its_form(self) -> None:
        """A form with one question, by keyboard; the step gets it, its role and its deadline."""
        page = self.page
        page.get_by_role("tab", name="Biểu mẫu").click()
        page.get_by_role("button", name="Tạo biểu mẫu…").click()
        page.get_by_label("Mã (chữ thường").fill("tham-tra")
        page.get_by_role("button", name="Đồng ý").click()
        expect(page.locator(".shelf-name[aria-current]")).to_have_text("tham-tra")
        page.locator('.fjs-palette-field[data-field-type="textarea"]').press("Enter")
        page.locator(".fjs-form-editor .fjs-element textarea").click(position={"x": 5, "y": 5}, force=True)
        field = page.locator(".fjs-properties-container")
        field.get_by_text("Thông tin chung").click()
        field.get_by_role("textbox", name="Nhãn", exact=True).fill("Ý kiến thẩm tra")
        field.get_by_label("Khóa").fill("appraisal")
        expect(page.locator(".fjs-form-editor .fjs-element label", has_text="Ý kiến thẩm tra")).to_be_visible()
        page.get_by_role("tab", name="Sơ đồ").click()
        self.goes_to("tham tra")
        self.panel.get_by_label("Vai trò thực hiện").select_option(label="Trưởng phòng")
        self.panel.get_by_label("Hạn xử lý").select_option(label="1 ngày làm việc (8 giờ)")
        self.panel.get_by_label("Biểu mẫu", exact=True).select_option("tham-tra")
        self.goes_to("Phân công giải quyết")
        self.panel.get_by_label("Hạn xử lý").select_option(label="1 ngày làm việc (8 giờ)")
        expect(page.locator("[data-saved]")).to_have_attribute("data-state", "saved")

    @property
    def drawer(self) -> Locator:
        return self.page.get_by_role("tabpanel", name="Kịch bản")

    def press(self, name: str) -> None:
        """Press a button of the drawer and wait until it has worked."""
        self.drawer.get_by_role("button", name=name, exact=True).click()
        expect(self.drawer.locator("[aria-busy]")).to_have_count(0)

    def answers_the_step(self) -> None:
        """In a scenario: somebody appraises."""
        expect(self.drawer.locator(".scenario-answer h3")).to_be_visible()
        waits = self.drawer.locator(".scenario-wait", has_text=STEP)
        if waits.count():
            waits.click()
        self.drawer.get_by_label("Ý kiến thẩm tra").fill(OPINION)
        self.press("Trả lời")

    def tests_it(self) -> None:
        """Six scenarios end too early now and are walked on; a new one lets the deadline pass; coverage is drawn."""
        page, drawer = self.page, self.drawer
        page.get_by_role("tab", name="Kịch bản").click()
        figure = drawer.locator(".scenario-figure")
        for left in (6, 5, 4, 3, 2, 1):
            expect(figure).to_contain_text(f"{left}/10 kịch bản chưa đạt")
            failed = drawer.locator("[data-scenario]", has_text="Chưa đạt").first
            failed.get_by_role("button", name="Đi lại").click()
            expect(drawer.get_by_role("heading", name="Đi lại:")).to_be_visible()
            self.answers_the_step()
            self.press("Lưu kịch bản")
        expect(figure).to_contain_text("10 kịch bản đều đạt")
        self.press("Ghi kịch bản mới")
        self.press("Bắt đầu đi thử")
        drawer.get_by_label("Giao người giải quyết").check()
        drawer.get_by_label("Chủ trì: ").first.check()
        self.press("Trả lời")
        drawer.get_by_label("Lưu để biết").check()
        self.press("Trả lời")
        self.press("Cho thời gian trôi tới hạn")
        self.answers_the_step()
        drawer.get_by_label("Tên kịch bản").fill("Thẩm tra đúng vào lúc hết hạn")
        self.press("Lưu kịch bản")
        expect(figure).to_contain_text("11 kịch bản đều đạt")
        expect(page.locator(".djs-element.scenario-passed", has_text=STEP)).to_have_count(1)
        expect(page.locator(".djs-element.scenario-missing")).to_have_count(0)

    def compares(self) -> None:
        """What the draft changes against the version in force."""
        page = self.page
        page.locator(".studio-actions summary").click()
        page.get_by_role("link", name="Các phiên bản").click()
        page.get_by_role("link", name="So với bản dựa theo").click()
        added = page.locator("section", has=page.get_by_role("heading", name="Thêm mới"))
        expect(added).to_contain_text(STEP)
        page.go_back()

    def publishes(self) -> None:
        """Every gate is passed; what runs is told; the reason is given."""
        page = self.page
        page.get_by_role("link", name="Ban hành…").click()
        expect(page.locator(".gates > li")).to_have_count(8)
        expect(page.locator(".gates .tone-late")).to_have_count(0)
        expect(page.get_by_text("Có 2 hồ sơ đang chạy")).to_be_visible()
        page.get_by_label("Lý do ban hành").fill("Kết quả giải quyết phải được thẩm tra")
        page.get_by_role("button", name="Ban hành", exact=True).click()
        self.desk.told("Đã ban hành")

    def moves(self) -> None:
        """What moving would mean is looked at, then it is done."""
        page = self.page
        page.get_by_role("link", name="Hồ sơ theo phiên bản").first.click()
        page.get_by_role("link", name="Xem trước việc chuyển").click()
        expect(page.get_by_text("1 hồ sơ đang chạy")).to_be_visible()
        page.get_by_role("button", name="Chuyển hồ sơ").click()
        expect(page.get_by_text("Đã xong 1 hồ sơ.")).to_be_visible()

    def merges(self) -> None:
        """The base has moved on: three sides, one thing to settle, a new draft."""
        page = self.page
        self.desk.visit("/versions/of/resolution")
        page.get_by_role("link", name="Xem và hợp nhất").click()
        expect(page.locator("[data-pane]")).to_have_count(4)
        expect(page.locator(".conflict")).to_have_count(1)
        expect(page.locator(".conflict")).to_contain_text("Phân công giải quyết")
        expect(
            page.locator("section", has=page.get_by_role("heading", name="Ghép vào từ bản gốc mới"))
        ).to_contain_text("Nhắc việc quá hạn")
        page.get_by_label("Giữ bản riêng").check()
        page.get_by_role("button", name="Tạo bản nháp đã hợp nhất").click()
        self.ready()
        for kept_or_taken in (STEP, "Nhắc việc quá hạn"):
            expect(page.locator(".djs-element", has_text=kept_or_taken).last).to_be_visible()
        page.get_by_role("link", name="Ban hành…").click()
        expect(page.locator(".gates > li")).to_have_count(8)
        expect(page.locator(".gates .tone-late")).to_have_count(0)
