"""Announce an outage, correct it, end it, report on it, close it; every edition stays (LA-14.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from engine.directory.models import Agency
from engine.documents.text import fitting
from engine.errors import Conflict, InvalidInput, NotFound
from engine.occasions import OUTAGE
from engine.outages import queries, rules
from engine.outages.models import Outage, OutageDismissal, OutageEdition, OutageEntry
from engine.platform import Work

LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class Announcement:
    """The five items (LA-14.3), whom they concern, and whether security is in doubt."""

    what: str
    stops_at: datetime
    expected_at: datetime
    measures: str
    back_entry: str
    restarted_at: datetime | None = None
    whole_province: bool = False
    security_doubt: bool = False


def announce(work: Work, given: Announcement) -> Outage:
    """Announce an outage, planned or after the fact; everybody concerned is told. InvalidInput by field."""
    work.require(rules.may_announce(work.actor, whole_province=given.whole_province))
    if work.actor.agency_id is None:
        raise NotFound("Không tìm thấy cơ quan này.")
    row = Outage(
        agency_id=work.actor.agency_id, state="announced", edition=0, announced_at=work.now,
        announced_by_id=work.actor.person_id, damage="", cause="", repair="", prevention="", handbook="",
        handbook_note="", told_whom="", told_by="", counts={}, remark="", what="", measures="", back_entry="",
    )  # fmt: skip
    _take(work, row, given)
    _announced_once(work, row)
    work.session.add(row)
    _edition(work, row, "announced")
    return row


def _announced_once(work: Work, row: Outage) -> None:
    """One notice for one time: a form sent twice, or two admins at once, make no second one."""
    work.session.execute(select(Agency.id).where(Agency.id == row.agency_id).with_for_update())
    ends = func.coalesce(Outage.restarted_at, Outage.expected_at)
    other = select(Outage).where(
        Outage.agency_id == row.agency_id, Outage.whole_province == row.whole_province, Outage.state != "cancelled",
        Outage.stops_at < (row.restarted_at or row.expected_at), ends > row.stops_at,
    )  # fmt: skip
    if (found := work.session.scalar(other.limit(1))) is not None:
        said = f"Đã có thông báo sự cố từ {rules.at(found.stops_at)} trùng thời gian này; sửa thông báo đó."
        raise InvalidInput(said, {"stops_at": said})


def correct(work: Work, outage_id: int, given: Announcement, reason: str) -> Outage:
    """Correct what was announced, with the reason; the banner comes back to who had put it away.

    Conflict when a document entered afterwards would then lie outside of the outage.
    """
    row = locked(work, outage_id)
    work.require(rules.may_correct(work.actor, row))
    work.require(rules.may_announce(work.actor, whole_province=given.whole_province))
    why = fitting("reason", "lý do sửa", reason, 500, required=True)
    if row.state == "ended" and given.restarted_at is None:
        said = "Hệ thống đã hoạt động lại; ghi giờ hoạt động lại thật."
        raise InvalidInput(said, {"restarted_at": said})
    if row.state == "announced" and given.restarted_at is not None:
        said = "Giờ hoạt động lại thật ghi ở việc “Ghi giờ hoạt động lại”, không ghi ở đây."
        raise InvalidInput(said, {"restarted_at": said})
    _take(work, row, given)
    _all_inside(work, row)
    _edition(work, row, "corrected", why)
    return row


def _take(work: Work, row: Outage, given: Announcement) -> None:
    wrong = rules.times_wrong(given.stops_at, given.expected_at, given.restarted_at, work.now)
    texts = {}
    for name, label in (
        ("what", "sự cố"), ("measures", "biện pháp tạm thời"), ("back_entry", "cách nhập văn bản sau sự cố"),
    ):  # fmt: skip
        try:
            texts[name] = fitting(name, label, getattr(given, name), LONGEST, required=True, lines=True)
        except InvalidInput as refused:
            wrong |= refused.fields
    if wrong:
        raise InvalidInput(" ".join(wrong.values()), wrong)
    for name, text in texts.items():
        setattr(row, name, text)
    row.stops_at, row.expected_at, row.restarted_at = given.stops_at, given.expected_at, given.restarted_at
    row.whole_province, row.security_doubt = given.whole_province, given.security_doubt
    if row.restarted_at is not None:
        row.state = "ended"


def _all_inside(work: Work, row: Outage) -> None:
    """What was entered afterwards stays inside of the outage."""
    if row.restarted_at is None:
        return
    first, last = work.session.execute(
        select(func.min(OutageEntry.happened_at), func.max(OutageEntry.happened_at)).where(
            OutageEntry.outage_id == row.id
        )
    ).one()
    if first is not None and (first < row.stops_at or last > row.restarted_at):
        raise Conflict(
            f"Đã có văn bản nhập bổ sung với thời điểm từ {rules.at(first)} đến {rules.at(last)}; thời gian sự cố phải "
            "bao gồm các thời điểm đó."
        )


def _edition(work: Work, row: Outage, turn: str, reason: str = "") -> None:
    """Keep what people are told from now on, and tell them: one occasion, however many there are."""
    row.edition += 1
    work.session.flush()
    given = {
        "what": row.what, "stops_at": row.stops_at.isoformat(), "expected_at": row.expected_at.isoformat(),
        "restarted_at": row.restarted_at.isoformat() if row.restarted_at else None, "measures": row.measures,
        "back_entry": row.back_entry, "whole_province": row.whole_province, "security_doubt": row.security_doubt,
    }  # fmt: skip
    work.session.add(
        OutageEdition(
            outage_id=row.id, number=row.edition, turn=turn, given=given, reason=reason, at=work.now,
            by_id=work.actor.person_id,
        )
    )  # fmt: skip
    work.note(f"outage.{turn}", "outage", row.id, row.agency_id, edition=row.edition, reason=reason, **given)
    about = {"outage": row.id, "edition": row.edition, "turn": turn, "everywhere": row.whole_province}
    work.tell(OUTAGE, row.agency_id, details=about)


STARTED = "Chỉ thôi được lần ngừng chưa bắt đầu; hệ thống đã ngừng thì ghi giờ hoạt động lại."


def fill(work: Work, outage_id: int, given: Mapping[str, Any]) -> None:
    """Take what a task of the case was answered with, so that no text lies in process data: `restarted_at` (ISO),
    `remark` (why it is called off or the report returned), `report` (it is whole). InvalidInput by field.
    """
    row = locked(work, outage_id)
    if given.get("restarted_at"):
        moment = datetime.fromisoformat(str(given["restarted_at"]))
        if said := rules.restart_wrong(row.stops_at, moment, work.now):
            raise InvalidInput(said, {"restarted_at": said})
        row.restarted_at = moment
    if given.get("remark"):
        if row.state == "announced" and rules.phase(row, work.now) != "planned":
            raise InvalidInput(STARTED, {"remark": STARTED})
        row.remark = fitting("remark", "lý do", str(given["remark"]), 1_000, lines=True)
    if given.get("report") and (missing := rules.report_missing(row)):
        said = "Báo cáo sự cố chưa đủ: " + " ".join(missing.values())
        raise InvalidInput(said, {"report": said})


def end(work: Work, outage_id: int, restarted_at: datetime | None = None) -> Outage:
    """Note when the system really ran again (or as it was filled in); the banner goes. InvalidInput for a time that
    can't be.
    """
    row = locked(work, outage_id)
    if row.state != "announced":
        raise Conflict(f"Không ghi được giờ hoạt động lại: {rules.PHASES[row.state].lower()}.")
    moment = restarted_at or row.restarted_at
    if moment is None:
        raise Conflict("Chưa ghi giờ hệ thống hoạt động lại.")
    if said := rules.restart_wrong(row.stops_at, moment, work.now):
        raise InvalidInput(said, {"restarted_at": said})
    row.restarted_at, row.state = moment, "ended"
    _edition(work, row, "ended")
    return row


def cancel(work: Work, outage_id: int, reason: str = "") -> Outage:
    """The planned stop doesn't take place, for the reason given or filled in."""
    row = locked(work, outage_id)
    if rules.phase(row, work.now) != "planned":
        raise Conflict(STARTED)
    row.remark = fitting("reason", "lý do", reason or row.remark, 1_000, required=True, lines=True)
    row.state, row.closed_at, row.closed_by_id = "cancelled", work.now, work.actor.person_id
    _edition(work, row, "cancelled", row.remark)
    return row


def dismiss(work: Work, outage_id: int) -> None:
    """Put the banner away for oneself until the notice changes."""
    row = queries.get(work.session, work.actor, outage_id)
    kept = insert(OutageDismissal).values(outage_id=row.id, person_id=work.actor.person_id, edition=row.edition)
    work.session.execute(
        kept.on_conflict_do_update(index_elements=["outage_id", "person_id"], set_={"edition": row.edition})
    )


# --- The report -----------------------------------------------------------------------------------------------


def keep_report(work: Work, outage_id: int, given: Mapping[str, Any]) -> Outage:
    """Keep the report as far as it is written; `given` holds the parts, handbook and who told the ICT department."""
    row = locked(work, outage_id)
    work.require(rules.may_report(work.actor, row))
    for part in rules.PARTS:
        setattr(row, part.name, fitting(part.name, part.label.lower(), given.get(part.name) or "", 5_000, lines=True))
    wanted = str(given.get("handbook") or "")
    if wanted and wanted not in rules.HANDBOOKS:
        raise InvalidInput("Chọn lại tình trạng sổ tay.", {"handbook": "Chọn một trong hai."})
    row.handbook = wanted
    row.handbook_note = fitting("handbook_note", "phần sổ tay", given.get("handbook_note") or "", 1_000, lines=True)
    row.security_doubt = bool(given.get("security_doubt"))
    for name, label in (("told_whom", "nơi đã báo"), ("told_by", "người đã báo")):
        setattr(row, name, fitting(name, label, given.get(name) or "", 200) if row.security_doubt else "")
    told_at = given.get("told_at") if row.security_doubt else None
    if told_at is not None and not row.stops_at <= told_at <= work.now:
        said = f"Thời điểm báo phải từ lúc xảy ra sự cố ({rules.at(row.stops_at)}) đến nay."
        raise InvalidInput(said, {"told_at": said})
    row.told_at = told_at
    work.note("outage.report_kept", "outage", row.id, row.agency_id, security_doubt=row.security_doubt)
    return row


def submit(work: Work, outage_id: int, by: int | None) -> Outage:
    """Hand the report to the head of the agency; InvalidInput by field for what it lacks."""
    row = locked(work, outage_id)
    if row.state != "ended":
        raise Conflict(f"Không trình được báo cáo: {rules.PHASES[row.state].lower()}.")
    if missing := rules.report_missing(row):
        raise InvalidInput("Báo cáo sự cố chưa đủ: " + " ".join(missing.values()), missing)
    row.state, row.submitted_at, row.submitted_by_id, row.remark = "submitted", work.now, by, ""
    work.note("outage.report_submitted", "outage", row.id, row.agency_id)
    return row


def give_back(work: Work, outage_id: int, reason: str = "") -> Outage:
    """Return the report to who wrote it, with the reason given or filled in."""
    row = locked(work, outage_id)
    if row.state != "submitted":
        raise Conflict(f"Báo cáo không chờ duyệt: {rules.PHASES[row.state].lower()}.")
    said = fitting("reason", "lý do trả lại", reason or row.remark, 1_000, required=True, lines=True)
    row.remark, row.state = said, "ended"
    work.note("outage.report_returned", "outage", row.id, row.agency_id, reason=row.remark)
    return row


def close(work: Work, outage_id: int, by: int | None) -> Outage:
    """Approve the report and close the outage, with what had been entered afterwards until now."""
    row = locked(work, outage_id)
    if row.state != "submitted":
        raise Conflict(f"Báo cáo không chờ duyệt: {rules.PHASES[row.state].lower()}.")
    if missing := rules.report_missing(row):
        raise InvalidInput("Báo cáo sự cố chưa đủ: " + " ".join(missing.values()), missing)
    found = queries.counts(work.session, row.id)
    row.counts = {"incoming": found.incoming, "outgoing": found.outgoing, "agencies": found.agencies}
    row.state, row.closed_at, row.closed_by_id = "closed", work.now, by
    work.note("outage.closed", "outage", row.id, row.agency_id, counts=row.counts)
    return row


def locked(work: Work, outage_id: int) -> Outage:
    """An outage that concerns the actor's agency with its row locked; NotFound for any other."""
    query = select(Outage).where(Outage.id == outage_id).with_for_update()
    if not work.actor.is_system or work.actor.agency_id is not None:
        query = query.where(queries.concerns(work.actor.agency_id))
    row = work.session.scalar(query.execution_options(populate_existing=True))
    if row is None:
        raise NotFound(queries.NOT_FOUND)
    return row
