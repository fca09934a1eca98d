"""Hands that know only a keyboard, and ears that know only what Chromium tells a screen reader."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import CDPSession, Locator, Page, expect

FAR = 150  # presses of Tab from anywhere to anywhere on one page; who needs more has lost the way
_AHEAD = """target => {
  const at = document.activeElement;
  const kinds = "a[href], button, input, select, textarea, summary, [tabindex]";
  const dialog = document.querySelector("dialog:modal");
  return [...document.querySelectorAll(kinds)].filter((each) =>
    (at === document.body || at.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING)
    && each.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_FOLLOWING
    && each.tabIndex === 0 && !each.disabled && !["radio", "hidden"].includes(each.type) && !each.closest("[inert]")
    && (!dialog || dialog.contains(each)) && each.checkVisibility({ visibilityProperty: true })).length;
}"""
_WHERE = """target => {
  const at = document.activeElement;
  if (at === target) return "here";
  if (!at || at === document.body) return "after";
  return at.compareDocumentPosition(target) & Node.DOCUMENT_POSITION_PRECEDING ? "before" : "after";
}"""


class Hands:
    """The keyboard of one page; nothing here clicks, and focus moves by keys alone."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._ears: CDPSession | None = None

    def reach(self, target: Locator) -> None:
        """Press Tab, or Shift and Tab, until the target has the focus and shows it; one that can't be reached fails."""
        expect(target).to_be_visible()
        expect(target).to_be_enabled()
        for _ in range(min(target.evaluate(_AHEAD), FAR)):  # not asking after each press where we are halves the time
            self._page.keyboard.press("Tab")
        for _ in range(FAR):
            where = target.evaluate(_WHERE)
            if where == "here":
                assert target.evaluate("each => each.matches(':focus-visible')"), f"focus not shown: {target}"
                return
            self._page.keyboard.press("Shift+Tab" if where == "before" else "Tab")
        raise AssertionError(f"no way by Tab to {target}")

    def press(self, target: Locator, key: str = "Enter") -> None:
        """Reach a link or a button and press it."""
        self.reach(target)
        self._page.keyboard.press(key)

    def write(self, field: Locator, text: str, label: str = "") -> None:
        """Replace what stands in a field, as an input method hands text over: whole, without a key for each letter."""
        self.reach(field)
        self._hear(label)
        self._page.keyboard.press("Control+A")
        self._page.keyboard.insert_text(text)

    def check(self, choice: Locator, label: str = "") -> None:
        """Tick a box with Space, or move to a choice of its group with the arrows."""
        if choice.get_attribute("type") != "radio":
            self.reach(choice)
            self._hear(label)
            if not choice.is_checked():
                self._page.keyboard.press("Space")
            return
        self._enter_group(choice)
        for _ in range(FAR):
            if choice.evaluate("each => each === document.activeElement && each.checked"):
                self._hear(label)
                return
            alone = choice.evaluate("each => each === document.activeElement")
            self._page.keyboard.press("Space" if alone else "ArrowDown")
        raise AssertionError(f"the arrows don't lead to {choice}")

    def pick(self, field: Locator, option: str, label: str = "") -> None:
        """Go through a list with the arrows until the option is the chosen one."""
        self.reach(field)
        self._hear(label)
        order = field.locator("option").all_inner_texts()
        wanted = next(number for number, text in enumerate(order) if text == option)
        for _ in range(len(order)):
            at: int = field.evaluate("each => each.selectedIndex")
            if at == wanted:
                return
            self._page.keyboard.press("ArrowDown" if at < wanted else "ArrowUp")
        raise AssertionError(f"the arrows don't lead to {option}")

    def _enter_group(self, choice: Locator) -> None:
        """Tab stops once at a group: at the chosen one, or where the group begins."""
        expect(choice).to_be_visible()
        for _ in range(FAR):
            where = choice.evaluate(
                "each => document.activeElement?.type === 'radio' && document.activeElement.name === each.name"
            )
            if where:
                return
            before = choice.evaluate(_WHERE) == "before"
            self._page.keyboard.press("Shift+Tab" if before else "Tab")
        raise AssertionError(f"no way by Tab to the group of {choice}")

    def _hear(self, label: str) -> None:
        """What has the focus is told to a screen reader under this name."""
        said = self.heard()
        name = re.sub(r" +(?=[:,.])", "", said["name"])  # parts of a name are joined with spaces
        assert label.casefold() in name.casefold(), f"a screen reader hears {said}, not “{label}”"

    def heard(self) -> dict[str, Any]:
        """What Chromium's accessibility tree says of what has the focus: its role and its name."""
        if self._ears is None:
            self._ears = self._page.context.new_cdp_session(self._page)
        focused = self._ears.send("Runtime.evaluate", {"expression": "document.activeElement"})["result"]
        asked = {"objectId": focused["objectId"], "fetchRelatives": False}
        node = self._ears.send("Accessibility.getPartialAXTree", asked)["nodes"][0]
        return {part: node.get(part, {}).get("value", "") for part in ("role", "name")}
