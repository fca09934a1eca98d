"""A person at a browser: signs in, finds work in the inbox, fills in forms, reads pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

from web.demo import sample

PASSWORD = sample.read()["password"]
PATIENCE = 20_000  # milliseconds a page may take on a busy machine

expect.set_options(timeout=PATIENCE)


class Desk:
    """One browser session; `complaints` collects what its console and the network had to say."""

    def __init__(self, page: Page, address: str, settle: Callable[[], None] = lambda: None) -> None:
        self.page = page
        self.address = address
        self.complaints: list[str] = []
        self._settle = settle
        page.set_default_timeout(PATIENCE)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    def sign_in(self, user_name: str, password: str = PASSWORD) -> None:
        """Sign in by name and password and arrive at the inbox."""
        self.page.goto(f"{self.address}/sign-in")
        self.page.get_by_label("Tên đăng nhập").fill(user_name)
        self.page.get_by_label("Mật khẩu", exact=True).fill(password)
        self.page.get_by_role("button", name="Đăng nhập").click()
        expect(self.heading).to_have_text("Việc của tôi")

    @property
    def heading(self) -> Locator:
        """The heading of the page."""
        return self.page.get_by_role("heading", level=1)

    @property
    def form(self) -> Locator:
        """The form that is to be filled in."""
        return self.page.locator("form[data-form]")

    @property
    def verdict(self) -> Locator:
        """The line about signatures above the document."""
        return self.page.locator(".verdict")

    @property
    def history(self) -> Locator:
        """The course of the procedure, newest first."""
        return self.page.locator(".timeline > li")

    def visit(self, where: str) -> None:
        """Go to an address inside the platform."""
        self.page.goto(self.address + where)

    def rest(self) -> None:
        """Wait until nothing is under way behind the pages."""
        self._settle()

    def inbox(self, box: str = "mine") -> Locator:
        """Open a box of the inbox once nothing is under way; its rows."""
        self.rest()
        self.visit(f"/?box={box}")
        return self.page.locator("table.inbox tbody tr")

    def row(self, step: str, subject: str, box: str = "mine") -> Locator:
        """The one line of a box for a step of a document."""
        row = self.inbox(box).filter(has_text=subject).filter(has=self.page.locator("td.step", has_text=step))
        expect(row).to_have_count(1)
        return row

    def open(self, step: str, subject: str) -> None:
        """Open a task that is mine."""
        self.row(step, subject).locator("a.row-link").click()
        expect(self.page.locator("#ask")).to_have_text(step)

    def take(self, step: str, subject: str) -> None:
        """Take a task of one of my groups; its page opens."""
        self.row(step, subject, "groups").get_by_role("button", name="Nhận việc").click()
        expect(self.page.locator("#ask")).to_have_text(step)
        expect(self.form).to_be_visible()

    def choose(self, *labels: str) -> None:
        """Mark choices by their words."""
        for label in labels:
            self.form.get_by_label(label, exact=False).first.check()

    def write(self, label: str, text: str) -> None:
        """Fill in a question."""
        self.form.get_by_label(label, exact=False).first.fill(text)

    def pick(self, label: str, option: str) -> None:
        """Pick from a list."""
        self.form.get_by_label(label, exact=False).first.select_option(label=option)

    def finish(self, step: str, button: str = "Hoàn thành") -> None:
        """Send the form of a task by its primary button and read that it is done."""
        primary = self.form.locator("[data-primary]")
        expect(primary).to_have_text(button)
        primary.click()
        self.told(f"Đã hoàn thành: {step}")

    def told(self, sentence: str) -> None:
        """Read a notice on top of the page."""
        expect(self.page.locator("#notices")).to_contain_text(sentence)

    def reads_file(self) -> None:
        """Wait until the pages of the PDF are drawn."""
        expect(self.page.locator("[data-pdf]")).to_have_attribute("data-pdf-state", "shown")
        expect(self.page.locator("[data-pdf] canvas").first).to_be_visible()

    def stands_at(self, element: str) -> None:
        """Wait until the diagram is drawn and shows the token at an element."""
        expect(self.page.locator("[data-diagram]")).to_have_attribute("data-diagram-state", "shown")
        token = self.page.locator(f'[data-diagram] .djs-element.token-here[data-element-id="{element}"]')
        expect(token).to_have_count(1)

    def _heard(self, message: Any) -> None:
        # a form that comes back with what is missing (422) is no fault, but browsers note it as one
        if message.type in ("error", "warning") and "status of 422" not in message.text:
            self.complaints.append(f"{self.page.url}: {message.text}")

    def _failed(self, request: Any) -> None:
        # leaving a page ends what it was still loading
        if "ERR_ABORTED" not in (request.failure or ""):
            self.complaints.append(f"{request.url}: {request.failure}")

    def _answered(self, response: Any) -> None:
        if response.status >= 500:
            self.complaints.append(f"{response.url}: {response.status}")
