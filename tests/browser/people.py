"""A person at a browser, by keyboard alone: signs in, finds work in the inbox, fills in forms, reads pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.browser.hands import Hands
from web.demo import sample

PASSWORD = sample.read()["password"]
PATIENCE = 20_000  # milliseconds a page may take on a busy machine

expect.set_options(timeout=PATIENCE)


class Desk:
    """One browser session; `complaints` collects what its console and the network had to say."""

    def __init__(self, page: Page, address: str, settle: Callable[[], None] = lambda: None) -> None:
        self.page = page
        self.address = address
        self.hands = Hands(page)
        self.keys = True  # the platform's own keys, which need scripts; without them there is Tab
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
        self.hands.write(self.page.get_by_label("Tên đăng nhập"), user_name, "Tên đăng nhập")
        self.hands.write(self.page.get_by_label("Mật khẩu", exact=True), password, "Mật khẩu")
        self.page.keyboard.press("Enter")
        expect(self.heading).to_have_text("Việc của tôi")

    @property
    def heading(self) -> Locator:
        """The heading of the page."""
        return self.page.get_by_role("heading", level=1)

    @property
    def form(self) -> Locator:
        """The form that is to be filled in; what else can be done with a task comes after it."""
        return self.page.locator("main form[data-form]").first

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
        self._down_to(self.row(step, subject))
        self.page.keyboard.press("Enter")
        expect(self.page.locator("#ask")).to_have_text(step)

    def take(self, step: str, subject: str) -> None:
        """Take a task of one of my groups; its page opens."""
        row = self.row(step, subject, "groups")
        self._down_to(row)
        self.hands.press(row.get_by_role("button", name="Nhận việc"))
        expect(self.page.locator("#ask")).to_have_text(step)
        expect(self.form).to_be_visible()

    def choose(self, *labels: str) -> None:
        """Mark choices by their words."""
        for label in labels:
            self._begin()
            self.hands.check(self.form.get_by_label(label, exact=False).first, label)

    def write(self, label: str, text: str) -> None:
        """Fill in a question."""
        self._begin()
        self.hands.write(self.form.get_by_label(label, exact=False).first, text, label)

    def pick(self, label: str, option: str) -> None:
        """Pick from a list."""
        self._begin()
        self.hands.pick(self.form.get_by_label(label, exact=False).first, option, label)

    def press(self, target: Locator) -> None:
        """Reach a link or a button by Tab and press it."""
        self.hands.press(target)

    def send(self) -> None:
        """Send the form by its keys, from wherever one is."""
        if self.keys:
            self.page.keyboard.press("Control+Enter")
        else:
            self.hands.press(self.form.locator("[data-primary]"))

    def finish(self, step: str, button: str = "Hoàn thành") -> None:
        """Send the form of a task, whose primary button says what will happen, and read that it is done."""
        expect(self.form.locator("[data-primary]")).to_have_text(button)
        self.send()
        self.told(f"Đã hoàn thành: {step}")

    def _down_to(self, row: Locator) -> None:
        """Go down the list until a row has the focus."""
        link = row.locator("a.row-link")
        if not self.keys:
            self.hands.reach(link)
            return
        for _ in range(50):
            self.page.keyboard.press("j")
            if link.evaluate("each => each === document.activeElement"):
                return
        raise AssertionError("the row isn't reached by going down")

    def _begin(self) -> None:
        """Go to the form's first field by its key, unless the form has the focus already."""
        expect(self.form).to_be_visible()
        if self.keys and not self.form.evaluate("each => each.contains(document.activeElement)"):
            self.page.keyboard.press("f")

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
