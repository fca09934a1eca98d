"""An analyst at the drawer “Kịch bản”: plays a draft, chooses what happens, keeps a scenario, sees coverage."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from connectors.assembly import make_platform
from engine.clock import FixedClock
from engine.definitions import drafting, queries
from engine.definitions.shipped import PROCESSES, read_folder
from engine.platform import Platform, system
from tests import builders
from tests.browser.conftest import House
from tests.browser.studio import draft_of
from tests.conftest import NOW
from tests.played import installation
from tests.servers import TestServers
from tests.serving import served
from web.app import create_app

pytestmark = pytest.mark.browser
PATIENCE = 30_000


@dataclass
class Bench:
    """The editor of one draft, opened by its analyst, with the drawer of scenarios in front."""

    page: Page
    platform: Platform
    draft_id: int
    complaints: list[str]

    @property
    def drawer(self) -> Locator:
        return self.page.get_by_role("tabpanel", name="Kịch bản")

    def kept(self) -> dict[str, Any]:
        """The scenarios of the draft as the database has them."""
        with self.platform.reading() as session:
            return dict(queries.version(session, system(), self.draft_id)[0].scenarios)

    def press(self, name: str) -> None:
        self.drawer.get_by_role("button", name=name, exact=True).click()
        expect(self.drawer.locator("[aria-busy]")).to_have_count(0)

    def marked(self, element: str, mark: str) -> Locator:
        return self.page.locator(f'.djs-element[data-element-id="{element}"].{mark}')


@pytest.fixture(scope="module")
def house(
    servers: TestServers, template_database: str, worker_number: int, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[House]:
    """An agency with an analyst and every role; the drafts are made by the tests."""
    name = f"scenarios_{worker_number}"
    servers.drop(name)
    folder: Path = tmp_path_factory.mktemp("scenarios")
    platform = make_platform(installation(servers.create(name, template_database), folder), clock=FixedClock(NOW))
    office = builders.office(platform, "Sở Kịch bản")
    analyst = builders.person(platform, office.agency, "process-analyst", user_name="phan-tich")
    app = create_app(platform.settings, platform)
    with served(app) as address:
        yield House(platform, app, address, {"agency": office.id, "analyst": analyst.id})
    platform.engine.dispose()
    servers.drop(name)


@pytest.fixture
def bench(house: House, guest: Callable[..., Any], request: pytest.FixtureRequest) -> Iterator[Bench]:
    """A draft with one or two of its scenarios, in Chromium; of incoming documents unless the test asks."""
    bundle = read_folder(PROCESSES / getattr(request, "param", "incoming-document"))
    platform, page = house.platform, guest()
    draft_id = draft_of(platform, house.ids["agency"], bundle)
    keys = {"incoming-document": ("accepted", "refused")}.get(bundle.key, tuple(bundle.scenarios)[:1])
    kept = {key: bundle.scenarios[key] for key in keys}
    platform.run(builders.actor(platform, house.ids["analyst"]), drafting.keep_draft, draft_id, 1, scenarios=kept)
    complaints: list[str] = []
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda asked: asked.accept())
    page.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    house.return_to(page, "phan-tich")
    page.goto(f"{house.address}/modeler/drafts/{draft_id}")
    expect(page.locator("[data-studio]")).to_have_attribute("data-studio-state", "ready")
    page.get_by_role("tab", name="Kịch bản").click()
    yield Bench(page, platform, draft_id, complaints)
    assert complaints == []


def test_a_scenario_is_recorded_kept_and_seen_as_coverage(bench: Bench, accessibility: Callable[..., Any]):
    drawer = bench.drawer
    expect(drawer.locator(".scenario-figure")).to_contain_text("2 kịch bản đều đạt")
    expect(bench.marked("wait-deadline", "scenario-missing")).to_have_count(1)
    expect(bench.marked("accept-document", "scenario-passed")).to_have_count(1)
    assert accessibility(bench.page) == []

    bench.press("Ghi kịch bản mới")
    drawer.get_by_label("Văn bản đến qua Trục liên thông").check()
    bench.press("Bắt đầu đi thử")
    expect(bench.marked("accept-document", "scenario-here")).to_have_count(1)
    drawer.get_by_label("Kết quả khác của Kiểm tra chữ ký số").select_option(label="Chữ ký số không hợp lệ")
    expect(drawer.get_by_text("Vừa tự làm")).to_have_count(0)

    drawer.get_by_role("button", name="Hết thời hạn").click()
    bench.press("Cho thời gian trôi tới hạn")
    expect(drawer.locator(".scenario-bar")).to_contain_text("10:15 ngày 23/11/2026")
    drawer.get_by_label("Trả lại bên gửi").check()
    bench.press("Trả lời")
    expect(drawer.get_by_role("alert").first).to_contain_text("Nội dung lý do")
    bench.press("Lùi một bước")
    drawer.get_by_role("button", name="Hết thời hạn").click()
    bench.press("Cho thời gian trôi tới hạn")
    assert accessibility(bench.page) == []
    drawer.get_by_label("Trả lại bên gửi").check()
    drawer.get_by_label("Lý do trả lại").select_option(index=1)
    drawer.get_by_label("Nội dung lý do").fill("Chữ ký số không hợp lệ, đề nghị ký lại.")
    bench.press("Trả lời")

    expect(drawer.get_by_text("Kết thúc ở")).to_be_visible()
    drawer.get_by_label("Tên kịch bản").fill("Chữ ký hỏng, quá hạn mới trả lại")
    assert accessibility(bench.page) == []
    bench.press("Lưu kịch bản")
    expect(drawer.locator(".scenario-figure")).to_contain_text("3 kịch bản đều đạt")
    expect(bench.marked("wait-deadline", "scenario-passed")).to_have_count(1)
    table = bench.kept()["chu-ky-hong-qua-han-moi-tra-lai"]
    assert [each["at"] for each in table["step"]] == ["verify-signatures", "wait-deadline", "accept-document"]
    assert "end-returned" in table["end"]["at"]
    assert table["step"][2]["answer"]["decision"] == "refuse"
    assert table["step"][2]["expect"]["due"] == "2026-11-23T10:15:00+07:00"


def test_what_no_longer_holds_is_said_and_scenarios_are_renamed_and_removed(bench: Bench):
    drawer = bench.drawer
    expect(drawer.locator(".scenario-figure")).to_contain_text("2 kịch bản đều đạt")
    bench.page.evaluate(
        """() => {
            const { modeler } = document.querySelector("[data-studio]").studio;
            const task = modeler.get("elementRegistry").get("accept-document");
            modeler.get("modeling").updateProperties(task, { dueDate: undefined });
        }"""
    )
    expect(drawer.locator(".scenario-figure")).to_contain_text("trước khi sửa")
    bench.press("Chạy tất cả")
    row = drawer.locator('[data-scenario="accepted"]')
    expect(row).to_contain_text("Chưa đạt")
    expect(row).to_contain_text("hạn là không có")

    row.get_by_text("Khác").click()
    row.get_by_role("button", name="Đổi tên…").click()
    drawer.get_by_label("Tên mới của kịch bản").fill("Tên khác")
    bench.press("Đổi tên")
    expect(drawer.locator('[data-scenario="accepted"]')).to_contain_text("Tên khác")
    other = drawer.locator('[data-scenario="refused"]')
    other.get_by_text("Khác").click()
    other.get_by_role("button", name="Xóa kịch bản").click()
    bench.press("Xóa")
    expect(drawer.locator('[data-scenario="refused"]')).to_have_count(0)
    assert {key: each["name"] for key, each in bench.kept().items()} == {"accepted": "Tên khác"}


def test_a_scenario_is_recorded_by_keyboard_alone(bench: Bench):
    drawer, keyboard = bench.drawer, bench.page.keyboard
    run = drawer.get_by_role("button", name="Chạy tất cả")
    run.press("Enter")
    expect(drawer.locator(".scenario-figure")).to_contain_text("2 kịch bản đều đạt")
    expect(run).to_be_focused()  # the list was drawn twice meanwhile
    drawer.get_by_role("button", name="Ghi kịch bản mới").press("Enter")
    expect(drawer.get_by_role("button", name="Bắt đầu đi thử")).to_be_focused()
    keyboard.press("Enter")
    expect(drawer.get_by_role("button", name="Trả lời")).to_be_visible()
    drawer.get_by_role("radio").first.focus()
    keyboard.press("Space")
    expect(drawer.get_by_role("radio").first).to_be_checked()


@pytest.mark.parametrize("bench", ["dispatch-follow-up"], indirect=True)
def test_the_outside_does_not_answer_and_then_refuses(bench: Bench):
    drawer = bench.drawer
    bench.press("Ghi kịch bản mới")
    bench.press("Bắt đầu đi thử")
    sent = drawer.get_by_label("Kết quả khác của Gửi văn bản qua Trục")
    sent.select_option(label="Quá thời gian chờ, hệ thống bên ngoài không trả lời")
    expect(drawer.get_by_role("alert")).to_contain_text("không trả lời")
    expect(bench.marked("send-dispatch", "scenario-here")).to_have_count(1)
    bench.press("Làm lại, lần này được")
    drawer.get_by_role("button", name="Có trạng thái mới").click()
    bench.press("Nơi nhận từ chối (02)")
    expect(bench.marked("handle-refusal", "scenario-here")).to_have_count(1)
    bench.press("Dừng ở đây, chọn điều mong đợi")
    drawer.get_by_label("Tên kịch bản").fill("Bị từ chối sau khi gửi lại")
    bench.press("Lưu kịch bản")
    expect(drawer.locator(".scenario-figure")).to_contain_text("2 kịch bản đều đạt")
    table = bench.kept()["bi-tu-choi-sau-khi-gui-lai"]
    assert [sorted(set(each) - {"expect"}) for each in table["step"]] == [
        ["at", "failure"], ["at", "retry"], ["answer", "at"],
    ]  # fmt: skip
    assert "handle-refusal" in table["waiting"]


@pytest.mark.parametrize("bench", ["resolution"], indirect=True)
def test_everybody_a_task_is_given_to_is_asked_in_turn(bench: Bench):
    drawer = bench.drawer
    bench.press("Ghi kịch bản mới")
    drawer.get_by_label("support_units").fill("[4]")
    bench.press("Bắt đầu đi thử")
    drawer.get_by_label("Giao người giải quyết").check()
    drawer.get_by_label("Chủ trì: Người thử 2").check()
    drawer.get_by_label("Phối hợp: Người thử 3").check()
    bench.press("Trả lời")
    drawer.get_by_role("button", name="Góp ý kiến phối hợp").click()
    expect(drawer.get_by_text("Nơi 1/2")).to_be_visible()
    drawer.get_by_role("textbox", name="Ý kiến phối hợp").fill("Thống nhất với dự thảo.")
    bench.press("Ghi và sang nơi tiếp theo")
    expect(drawer.get_by_text("Nơi 2/2")).to_be_visible()
    drawer.get_by_role("textbox", name="Ý kiến phối hợp").fill("Bổ sung căn cứ pháp lý.")
    bench.press("Trả lời")
    expect(bench.marked("give-opinion", "scenario-passed")).to_have_count(1)
    expect(drawer.locator(".scenario-bar")).to_contain_text("2 bước")
