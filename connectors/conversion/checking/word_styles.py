"""How text of a Word file looks once styles, defaults and theme are put together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from lxml import etree

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DEEPEST = 12  # styles based on styles


@dataclass(frozen=True, slots=True)
class Look:
    """What a run of letters looks like."""

    font: str = ""
    size: float | None = None
    bold: bool = False
    italic: bool = False
    caps: bool = False
    colour: tuple[int, int, int] | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """How a paragraph is set: alignment, distances in points, lines as a multiple (None: exact or unknown)."""

    align: str = "left"
    before: float = 0
    after: float = 0
    line: float | None = 1.0
    exact: float | None = None
    left: float = 0
    right: float = 0
    first: float = 0
    ruled: bool = False  # a line below


class Styles:
    """The styles of one file."""

    def __init__(self, styles: Any | None, theme: Any | None) -> None:
        self._known: dict[str, Any] = {}
        self._fonts = _theme_fonts(theme)
        self.look, self.setting = Look(), Setting()
        self._default = ""
        if styles is None:
            return
        for each in styles.iterfind(f"{W}style"):
            name = each.get(f"{W}styleId", "")
            self._known[name] = each
            if each.get(f"{W}type") == "paragraph" and each.get(f"{W}default") in ("1", "true", "on"):
                self._default = name
        self.look = self.looking(self.look, styles.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))
        self.setting = self.set(self.setting, styles.find(f"{W}docDefaults/{W}pPrDefault/{W}pPr"))

    def paragraph(self, properties: Any | None) -> tuple[Look, Setting]:
        """Look and setting of a paragraph from its own properties and its style."""
        named = properties.find(f"{W}pStyle") if properties is not None else None
        look, setting = self.look, self.setting
        for style in self._chain(named.get(f"{W}val", "") if named is not None else self._default):
            look = self.looking(look, style.find(f"{W}rPr"))
            setting = self.set(setting, style.find(f"{W}pPr"))
        return look, self.set(setting, properties)

    def run(self, look: Look, properties: Any | None) -> Look:
        """Look of a run within a paragraph that looks so."""
        if properties is None:
            return look
        named = properties.find(f"{W}rStyle")
        if named is not None:
            for style in self._chain(named.get(f"{W}val", "")):
                look = self.looking(look, style.find(f"{W}rPr"))
        return self.looking(look, properties)

    def _chain(self, name: str) -> list[Any]:
        """A style and what it is based on, the deepest first."""
        found: list[Any] = []
        while name in self._known and len(found) < _DEEPEST:
            style = self._known[name]
            found.insert(0, style)
            base = style.find(f"{W}basedOn")
            name = base.get(f"{W}val", "") if base is not None else ""
        return found

    def looking(self, look: Look, given: Any | None) -> Look:
        """`look` changed by run properties."""
        if given is None:
            return look
        changes: dict[str, Any] = {}
        for name, key in (("b", "bold"), ("i", "italic"), ("caps", "caps"), ("vanish", "hidden")):
            mark = given.find(f"{W}{name}")
            if mark is not None:
                changes[key] = mark.get(f"{W}val", "true") not in ("0", "false", "off", "none")
        size = _number(given.find(f"{W}sz"))
        if size:
            changes["size"] = size / 2
        font = self._font(given.find(f"{W}rFonts"))
        if font:
            changes["font"] = font
        colour = given.find(f"{W}color")
        if colour is not None:
            changes["colour"] = _colour(colour.get(f"{W}val", "auto"))
        return replace(look, **changes) if changes else look

    def _font(self, fonts: Any | None) -> str:
        if fonts is None:
            return ""
        for name in ("ascii", "hAnsi"):
            theme = fonts.get(f"{W}{name}Theme")
            if theme:
                return self._fonts.get("major" if theme.startswith("major") else "minor", "")
            if given := fonts.get(f"{W}{name}"):
                return str(given)
        return ""

    def set(self, setting: Setting, given: Any | None) -> Setting:
        """`setting` changed by paragraph properties."""
        if given is None:
            return setting
        changes: dict[str, Any] = {}
        align = given.find(f"{W}jc")
        if align is not None:
            changes["align"] = {"center": "center", "right": "right", "end": "right", "both": "justify",
                                "distribute": "justify"}.get(align.get(f"{W}val", ""), "left")  # fmt: skip
        border = given.find(f"{W}pBdr/{W}bottom")
        if border is not None:
            changes["ruled"] = border.get(f"{W}val") not in ("none", "nil")
        spacing = given.find(f"{W}spacing")
        if spacing is not None:
            changes |= _spacing(spacing)
        indent = given.find(f"{W}ind")
        if indent is not None:
            changes |= _indent(indent)
        return replace(setting, **changes) if changes else setting


def _spacing(spacing: Any) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for name in ("before", "after"):
        if (value := _points(spacing.get(f"{W}{name}"))) is not None:
            changes[name] = min(max(value, 0), 200)
    line = _points(spacing.get(f"{W}line"))
    if line is not None and line > 0:
        if spacing.get(f"{W}lineRule", "auto") == "auto":
            changes |= {"line": line / 12, "exact": None}
        else:
            changes |= {"line": None, "exact": line}
    return changes


def _indent(indent: Any) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    for name, keys in (("left", ("left", "start")), ("right", ("right", "end")), ("first", ("firstLine",))):
        for key in keys:
            if (value := _points(indent.get(f"{W}{key}"))) is not None:
                changes[name] = min(max(value, -100), 300)
    if (hanging := _points(indent.get(f"{W}hanging"))) is not None:
        changes["first"] = -min(max(hanging, 0), 200)
    return changes


def _points(text: str | None) -> float | None:
    """Twentieths of a point as points."""
    try:
        return float(text) / 20 if text else None
    except ValueError:
        return None


def _number(element: Any | None) -> float | None:
    try:
        return float(element.get(f"{W}val", "")) if element is not None else None
    except ValueError:
        return None


def _colour(value: str) -> tuple[int, int, int] | None:
    try:
        return (int(value[0:2], 16), int(value[2:4], 16), int(value[4:6], 16)) if len(value) == 6 else None
    except ValueError:
        return None


def _theme_fonts(theme: Any | None) -> dict[str, str]:
    found = {}
    if theme is not None:
        for name in ("major", "minor"):
            latin = theme.find(f".//{_A}{name}Font/{_A}latin")
            if latin is not None:
                found[name] = str(latin.get("typeface", ""))
    return found


def parsed(part: bytes | None) -> Any | None:
    """A part of the file as a tree, without entities or network; None when there is none."""
    if part is None:
        return None
    parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, recover=False)
    return etree.fromstring(part, parser)
