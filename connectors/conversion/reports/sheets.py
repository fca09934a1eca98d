"""Reports as rows of words and figures: the screen and the files show the same."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from connectors.conversion.reports.wording import _, day
from engine.documents import kinds
from engine.instances.practice.reporting import periods
from engine.instances.practice.reporting import traffic as traffics
from engine.instances.practice.reporting.periods import Period
from engine.instances.practice.reporting.reports import Published, Report
from engine.instances.practice.reporting.traffic import Traffic
from engine.instances.practice.reporting.work import Figures, Line

SECTION = "section"
TOTAL = "total"


@dataclass(frozen=True, slots=True)
class Row:
    """Cells as they are read; a section's name or a total is set apart."""

    cells: tuple[str, ...]
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """A column: its title, its share of the paper, whether figures stand in it."""

    title: str
    width: int
    figures: bool = True
    aside: bool = False  # left out where there is little room


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with its title."""

    title: str
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]


def count(number: int) -> str:
    """A count as people write it: 12.345."""
    return f"{number:,}".replace(",", ".")


def percent(share: float | None) -> str:
    """A share as people write it: 66,7 %; a dash of nothing."""
    return "–" if share is None else f"{share * 100:.1f} %".replace(".", ",")


def change(now: int, before: int) -> str:
    """How much more or less than before."""
    return "0" if now == before else f"{'+' if now > before else '−'}{count(abs(now - before))}"


def share_change(now: float | None, before: float | None) -> str:
    """How many points more or less than before."""
    if now is None or before is None:
        return "–"
    points = round(now * 100, 1) - round(before * 100, 1)
    sign = "+" if points > 0 else "−" if points < 0 else ""
    return _("%(points)s điểm", points=f"{sign}{abs(points):.1f}".replace(".", ","))


def dimensions() -> dict[str, str]:
    """What timeliness can be broken down by."""
    return {
        "unit": _("Đơn vị"), "person": _("Người xử lý"), "kind": _("Loại văn bản"), "urgency": _("Độ khẩn"),
        "deadline": _("Loại hạn"),
    }  # fmt: skip


def subjects() -> dict[str, str]:
    """What is counted in time."""
    return {"tasks": _("Việc"), "assignments": _("Phân công giải quyết")}


def timeliness(found: Report, dimension: str, subject: str) -> Sheet:
    """In time, late, open, line by line, then everything; with the share of the period before."""
    heads = (
        Head(dimensions()[dimension], 34, figures=False), Head(_("Xong đúng hạn"), 11), Head(_("Xong quá hạn"), 11),
        Head(_("Đang làm, còn hạn"), 11), Head(_("Đang làm, quá hạn"), 11), Head(_("Không đặt hạn"), 11),
        Head(_("Tổng số"), 10), Head(_("Tỷ lệ đúng hạn"), 11), Head(_("Kỳ trước"), 11), Head(_("Tăng, giảm"), 12),
    )  # fmt: skip
    rows = [
        Row((line.label, *_timely(line.figures, found.work_before.of(dimension, line.key))))
        for line in found.work.by.get(dimension, ())
    ]
    total = Row((_("Tổng cộng"), *_timely(found.work.total, found.work_before.total)), TOTAL)
    title = _("Tình hình thực hiện thời hạn: %(subject)s theo %(dimension)s",
              subject=subjects()[subject].lower(), dimension=dimensions()[dimension].lower())  # fmt: skip
    return Sheet(title, heads, (*rows, total) if rows else ())


def _timely(each: Figures, before: Figures) -> tuple[str, ...]:
    return (
        count(each.on_time), count(each.late), count(each.open), count(each.overdue),
        count(each.undated + each.undated_open), count(each.total), percent(each.share), percent(before.share),
        share_change(each.share, before.share),
    )  # fmt: skip


def quarterly(found: Report) -> Sheet:
    """The form of the periodic report: indicators of this period, the one before, the difference (LA-11.3)."""
    heads = (
        Head(_("Số TT"), 7, figures=False, aside=True), Head(_("Chỉ tiêu"), 56, figures=False),
        Head(_("Đơn vị tính"), 14, figures=False, aside=True), Head(_("Kỳ này"), 14), Head(_("Kỳ trước"), 14),
        Head(_("Tăng, giảm"), 14),
    )  # fmt: skip
    now, before = found.traffic, found.traffic_before
    rows = [
        *_numbered("I", _("Văn bản đến"), _came(now, before)),
        *_numbered("II", _("Văn bản trả lại theo lý do"), _refused(now, before)),
        *_numbered("III", _("Văn bản đi"), _went(now, before)),
        *_numbered("IV", _("Độ khẩn"), _urgent(now, before)),
        *_numbered("V", _("Thời hạn xử lý"), _judged(found.work.total, found.work_before.total)),
    ]
    return Sheet(_("Báo cáo gửi, nhận và xử lý văn bản điện tử"), heads, tuple(rows))


Indicator = tuple[str, str, str, str, str]


def _numbered(number: str, title: str, lines: Sequence[Indicator]) -> Iterator[Row]:
    yield Row((number, title, "", "", "", ""), SECTION)
    for place, line in enumerate(lines, 1):
        yield Row((str(place), *line))


def _number(title: str, unit: str, now: int, before: int) -> Indicator:
    return title, unit, count(now), count(before), change(now, before)


def _share(title: str, now: float | None, before: float | None) -> Indicator:
    return title, "%", percent(now), percent(before), share_change(now, before)


def _came(now: Traffic, before: Traffic) -> list[Indicator]:
    names = {
        "total": _("Tổng số văn bản đến"), "electronic": _("Nhận qua mạng (trục liên thông, nội bộ)"),
        "paper": _("Nhận bản giấy"), "registered": _("Đã vào sổ"), "refused": _("Trả lại bên gửi"),
        "recalled": _("Bên gửi thu hồi"), "resolved": _("Đã xử lý xong"), "under_way": _("Đang xử lý"),
    }  # fmt: skip
    unit = _("văn bản")
    lines = [
        _number(title, unit, getattr(now.received, name), getattr(before.received, name))
        for name, title in names.items()
    ]
    return [*lines, _share(_("Tỷ lệ nhận điện tử"), now.share_received, before.share_received)]


def _refused(now: Traffic, before: Traffic) -> list[Indicator]:
    return [
        _number(name, _("văn bản"), now.refusals.get(code, 0), before.refusals.get(code, 0))
        for code, name in kinds.REFUSAL_REASONS.items()
    ]


def _went(now: Traffic, before: Traffic) -> list[Indicator]:
    sendings = _("lượt gửi")
    names = {
        "documents": (_("Văn bản đã phát hành"), _("văn bản")), "recipients": (_("Lượt gửi đến nơi nhận"), sendings),
        "electronic": (_("Chỉ gửi điện tử"), sendings), "with_paper": (_("Gửi điện tử kèm bản giấy"), sendings),
        "paper": (_("Chỉ gửi bản giấy"), sendings), "refused": (_("Nơi nhận trả lại"), sendings),
        "failed": (_("Gửi không thành công"), sendings), "recalled": (_("Đã thu hồi"), sendings),
        "reply_on_time": (_("Được trả lời đúng hạn"), sendings), "reply_late": (_("Được trả lời quá hạn"), sendings),
        "reply_missing": (_("Chưa được trả lời"), sendings), "reminders": (_("Số lần đôn đốc"), _("lần")),
    }  # fmt: skip
    lines = [
        _number(title, unit, getattr(now.sent, name), getattr(before.sent, name))
        for name, (title, unit) in names.items()
    ]
    return [*lines, _share(_("Tỷ lệ gửi chỉ bằng điện tử"), now.share_sent, before.share_sent)]


def _urgent(now: Traffic, before: Traffic) -> list[Indicator]:
    def lines(title: str, present: Mapping[int, int], past: Mapping[int, int]) -> list[Indicator]:
        return [
            _number(f"{title}: {name}", _("văn bản"), present.get(level, 0), past.get(level, 0))
            for level, name in kinds.URGENCY.items()
        ]

    return [
        *lines(_("Văn bản đến"), now.urgency_received, before.urgency_received),
        *lines(_("Văn bản đi"), now.urgency_sent, before.urgency_sent),
    ]


def _judged(now: Figures, before: Figures) -> list[Indicator]:
    names = {
        "on_time": _("Việc xong đúng hạn"), "late": _("Việc xong quá hạn"), "open": _("Việc đang làm, còn hạn"),
        "overdue": _("Việc đang làm, quá hạn"), "undated": _("Việc xong, không đặt hạn"),
        "undated_open": _("Việc đang làm, không đặt hạn"),
    }  # fmt: skip
    lines = [_number(title, _("việc"), getattr(now, name), getattr(before, name)) for name, title in names.items()]
    return [*lines, _share(_("Tỷ lệ đúng hạn"), now.share, before.share)]


def published(found: Sequence[Published]) -> Sheet:
    """Counts per agency and together, without content (LA-11.2, QD28-14.3)."""
    heads = (
        Head(_("Số TT"), 6, figures=False, aside=True), Head(_("Cơ quan"), 34, figures=False),
        Head(_("Văn bản đến"), 11), Head(_("Tỷ lệ nhận điện tử"), 12), Head(_("Trả lại"), 9),
        Head(_("Văn bản đi"), 11), Head(_("Lượt gửi"), 11),
        Head(_("Tỷ lệ gửi điện tử"), 12), Head(_("Việc đã xong"), 11), Head(_("Tỷ lệ đúng hạn"), 11),
        Head(_("Đang quá hạn"), 11),
    )  # fmt: skip
    rows = [Row((str(place), each.name, *_public(each.traffic, each.work))) for place, each in enumerate(found, 1)]
    if len(found) > 1:
        together = traffics.added([each.traffic for each in found])
        work = sum((each.work for each in found), Figures())
        rows.append(Row(("", _("Tổng cộng"), *_public(together, work)), TOTAL))
    return Sheet(_("Số liệu gửi, nhận văn bản điện tử"), heads, tuple(rows))


def _public(traffic: Traffic, work: Figures) -> tuple[str, ...]:
    return (
        count(traffic.received.total), percent(traffic.share_received), count(traffic.received.refused),
        count(traffic.sent.documents), count(traffic.sent.recipients), percent(traffic.share_sent), count(work.done),
        percent(work.share), count(work.overdue),
    )  # fmt: skip


def public_lines(found: Sequence[Published]) -> list[Line]:
    """Agencies as lines of a chart, the busiest first."""
    lines = [Line(str(each.agency_id), each.name, each.work) for each in found]
    return sorted(lines, key=lambda line: -line.figures.total)


def two_periods(found: Report) -> list[Line]:
    """This period and the one before as lines of a chart."""
    return [
        Line(period.key, said(period), figures)
        for period, figures in ((found.period, found.work.total), (found.period.before, found.work_before.total))
    ]


def said(period: Period) -> str:
    """What a public servant calls a period."""
    if period.key == periods.RANGE:
        return _("Từ %(first)s đến %(last)s", first=day(period.first), last=day(period.last))
    if period.quarter:
        return _("Quý %(quarter)s năm %(year)s", quarter=period.quarter, year=period.first.year)
    return _("Tháng %(month)s năm %(year)s", month=period.first.month, year=period.first.year)
