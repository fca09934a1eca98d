"""Which kinds of notices there are, by which channel each comes unless chosen otherwise, and when a letter may go."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Literal

from engine.calendar import OfficeCalendar
from engine.clock import VIETNAM
from engine.platform import ALLOWED, Actor, Verdict
from engine.tasks.models import Task

Channel = Literal["bell", "mail", "push"]
Digest = Literal["at-once", "hourly", "morning"]
CHANNELS: dict[Channel, str] = {"bell": "Chuông", "mail": "Thư điện tử", "push": "Trình duyệt"}
DIGESTS: dict[Digest, str] = {
    "at-once": "Ngay khi có thông báo",
    "hourly": "Gộp theo từng giờ",
    "morning": "Gộp vào đầu giờ làm việc mỗi ngày",
}


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of notice: its name in the list of choices, its channels by default, who can get it at all."""

    name: str
    channels: frozenset[Channel]
    roles: frozenset[str] = frozenset()  # empty: anybody


_BELL: frozenset[Channel] = frozenset({"bell"})
_ALL: frozenset[Channel] = frozenset({"bell", "mail", "push"})
KINDS: dict[str, Kind] = {
    "assigned": Kind("Việc được giao cho tôi", _ALL),
    "offered": Kind("Việc được giao cho nhóm của tôi", _BELL),
    "informed": Kind("Văn bản chuyển cho tôi để biết", _BELL),
    "urgent": Kind("Việc về văn bản khẩn", _ALL),
    "returned": Kind("Dự thảo bị trả lại", _ALL),
    "rejected": Kind("Văn bản tôi đã tham gia bị trả lại", _BELL),
    "taken-back": Kind("Việc của tôi được thu lại hoặc chuyển người khác", _BELL),
    "near": Kind("Việc sắp hết thời hạn", _ALL),
    "late": Kind("Việc quá thời hạn", _ALL),
    "escalated": Kind("Việc quá hạn thuộc trách nhiệm của tôi", _ALL, frozenset({"leader", "unit-head", "clerk"})),
    "urged": Kind("Đôn đốc của lãnh đạo", _ALL),
    "refused": Kind("Nơi nhận từ chối văn bản", _ALL),
    "answered": Kind("Nơi nhận trả lời hoặc xử lý xong văn bản", _BELL),
    "standing-in": Kind("Bắt đầu được ủy quyền xử lý thay", _ALL),
    "signer": Kind("Dự thảo của tôi cần chọn người ký khác", _ALL),
    "handed-over": Kind("Công việc, hồ sơ được bàn giao cho tôi", _ALL),
    "dossiers-due": Kind("Hồ sơ tôi giữ đến hạn nộp lưu", _ALL),
    "loan": Kind("Mượn, trả hồ sơ lưu trữ", _ALL),
    "copy": Kind("Sao văn bản: kết quả, bản sao gửi cho tôi", _ALL),
    "rights-asked": Kind("Thay đổi quyền chờ xác nhận", _ALL, frozenset({"agency-admin", "leader"})),
    "clearing": Kind("Tệp bị dừng vì dấu chỉ độ mật", _ALL),
    "report": Kind("Báo cáo định kỳ đã lập xong", _ALL),
    "ready": Kind("Bản in đã tạo xong", _BELL),
    "undelivered": Kind("Thư đôn đốc không gửi được", _BELL),
    "outage": Kind("Sự cố hệ thống, giờ ngừng hoạt động", _ALL),
    "incident": Kind("Sự cố của quy trình", _ALL, frozenset({"agency-admin", "provincial-admin"})),
}
"""Every kind of notice, in the order in which they are chosen."""


@dataclass(frozen=True, slots=True)
class Preference:
    """What a person has chosen about notices, whole."""

    channels: Mapping[str, frozenset[Channel]] = field(default_factory=dict)
    digest: Digest = "at-once"
    quiet_from: time | None = None
    quiet_until: time | None = None
    working_days_only: bool = False

    def of(self, kind: str) -> frozenset[Channel]:
        """The channels a kind comes by."""
        return self.channels.get(kind, KINDS[kind].channels)

    def at_hours_of(self, kind: str) -> Preference:
        """The same, without hours for what comes at any."""
        return replace(DEFAULT, channels=self.channels) if kind in AT_ANY_HOUR else self


DEFAULT = Preference()
AT_ANY_HOUR = frozenset({"urgent"})
"""What waits for no digest and no end of quiet hours: urgent documents are handled at once (ND30-4.2.c)."""
LONGEST_MESSAGE = 500
URGERS = frozenset({"leader", "unit-head", "follow-up", "clerk"})


def may_urge(actor: Actor, task: Task, *, asked_by_actor: bool = False) -> Verdict:
    """Leaders, unit heads, clerks and who follows up urge the work of their agency; not their own (SYS-1.l–m).

    Who asks for opinions urges those who owe one.
    """
    if task.agency_id != actor.agency_id or task.state != "open":
        return Verdict(False, "Việc này không còn chờ xử lý.")
    if task.assignee_id == actor.person_id:
        return Verdict(False, "Việc này đang ở chính bạn.")
    if asked_by_actor or actor.roles & URGERS:
        return ALLOWED
    return Verdict(False, "Chỉ lãnh đạo, trưởng phòng, văn thư và người theo dõi được đôn đốc.", "SYS-1.l–m")


def mail_at(wanted: Preference, now: datetime, calendar: OfficeCalendar) -> datetime:
    """When what happened now may go into a letter: by the digest chosen, outside of quiet hours and days off."""
    moment = now.astimezone(VIETNAM)
    if wanted.digest == "morning":
        moment = _next_morning(moment, calendar)
    elif wanted.digest == "hourly":
        moment = moment.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    moment = _after_quiet(wanted, moment)
    if wanted.working_days_only and not calendar.is_working_day(moment.date()):
        day = calendar.next_working_day(moment.date())
        moment = _after_quiet(wanted, datetime.combine(day, calendar.hours_on(day)[0][0], VIETNAM))
    return moment


def push_at(wanted: Preference, now: datetime, calendar: OfficeCalendar) -> datetime:
    """When what happened now may come to a browser: at once, outside of quiet hours and days off."""
    return mail_at(replace(wanted, digest="at-once"), now, calendar)


def _next_morning(moment: datetime, calendar: OfficeCalendar) -> datetime:
    day = moment.date()
    hours = calendar.hours_on(day)
    if not hours or moment.time() >= hours[0][0]:
        day = calendar.next_working_day(day)
    return datetime.combine(day, calendar.hours_on(day)[0][0], VIETNAM)


def _after_quiet(wanted: Preference, moment: datetime) -> datetime:
    """The moment itself, or the end of the quiet hours it lies in; they may go over midnight."""
    begins, ends = wanted.quiet_from, wanted.quiet_until
    if begins is None or ends is None or begins == ends:
        return moment
    clock = moment.time().replace(tzinfo=None)
    inside = begins <= clock < ends if begins < ends else clock >= begins or clock < ends
    if not inside:
        return moment
    day = moment.date() + timedelta(days=1 if begins > ends and clock >= begins else 0)
    return datetime.combine(day, ends, VIETNAM)
