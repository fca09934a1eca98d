"""Bars drawn on the server: where each part begins and how wide it is; patterns and words, never colour alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import gettext as _

from connectors.conversion.reports.sheets import count, percent
from engine.instances.practice.reporting.traffic import Traffic
from engine.instances.practice.reporting.work import Figures, Line

MOST = 12
"""Bars of one chart; the table below has every line."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a bar, in hundredths of the chart's width."""

    look: str
    begins: float
    width: float
    said: str


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar with what it says aloud."""

    label: str
    parts: tuple[Part, ...]
    figure: str
    said: str


def legend() -> dict[str, str]:
    """Look of a part → what it is."""
    return {
        "on-time": _("Xong đúng hạn"), "late": _("Xong quá hạn"), "open": _("Đang làm, còn hạn"),
        "overdue": _("Đang làm, quá hạn"), "undated": _("Không đặt hạn"),
    }  # fmt: skip


def timeliness(lines: Sequence[Line], *, empty_too: bool = False) -> tuple[Bar, ...]:
    """Bars of everything in its parts; lines without work only where they are to be compared."""
    some = any(line.figures.total for line in lines)
    shown = [line for line in lines if line.figures.total or (some and empty_too)][:MOST]
    longest = max((line.figures.total for line in shown), default=1)
    return tuple(_bar(line, longest) for line in shown)


def _bar(line: Line, longest: int) -> Bar:
    each: Figures = line.figures
    values = (each.on_time, each.late, each.open, each.overdue, each.undated + each.undated_open)
    parts, begins = [], 0
    for (look, name), value in zip(legend().items(), values, strict=True):
        if value:
            parts.append(
                Part(look, _hundredths(begins, longest), _hundredths(value, longest), f"{name}: {count(value)}")
            )
        begins += value
    said = f"{line.label}. " + ("; ".join(part.said for part in parts) or count(0))
    return Bar(line.label, tuple(parts), count(each.total), said)


def _hundredths(value: int, of: int) -> float:
    return round(100 * value / of, 2)


def shares(rows: Sequence[tuple[str, float | None]]) -> tuple[Bar, ...]:
    """Bars of shares of a hundred; nothing has no bar."""
    return tuple(
        Bar(
            label, (Part("plain", 0, round(share * 100, 2), percent(share)),) if share else (), percent(share),
            f"{label}: {percent(share)}",
        )
        for label, share in rows
    )  # fmt: skip


def refusals(traffic: Traffic, names: dict[str, str]) -> tuple[Bar, ...]:
    """Bars of refused documents by reason, the most first."""
    found = sorted(traffic.refusals.items(), key=lambda pair: -pair[1])
    longest = max((number for _code, number in found), default=1)
    return tuple(
        Bar(
            names.get(code, code), (Part("late", 0, _hundredths(number, longest), count(number)),), count(number),
            f"{names.get(code, code)}: {count(number)}",
        )
        for code, number in found
    )  # fmt: skip
