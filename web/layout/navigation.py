"""What stands in the sidebar, the bar and the bottom bar for the person who is signed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from flask import g, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from engine.notices import queries as notices
from engine.outages import queries as outages
from engine.outages.models import Outage
from engine.platform import Actor
from web.session import now, platform


@dataclass(frozen=True, slots=True)
class Item:
    """One place to go."""

    label: str
    endpoint: str
    icon: str
    values: dict[str, Any] = field(default_factory=dict)
    count: str = ""  # which of the inbox counts stands behind it
    waiting: int = 0

    @property
    def address(self) -> str:
        """Where it leads."""
        return _address(request.script_root, self.endpoint, tuple(self.values.items()))

    @property
    def here(self) -> bool:
        """True on the page it leads to."""
        if request.endpoint != self.endpoint:
            return False
        given = {**request.args.to_dict(), **(request.view_args or {})}
        if "kept" in given and "kept" not in self.values:
            return False  # a kept filter is shown, not the box it narrows
        return all(given.get(name, DEFAULTS.get(name)) == value for name, value in self.values.items())


@lru_cache(maxsize=1000)
def _address(root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
    """An address as `url_for` makes it; a page has sixty of them, nearly all the same as the last one's."""
    return url_for(endpoint, **dict(values))


@dataclass(frozen=True, slots=True)
class Group:
    """Places under one heading."""

    label: str
    items: tuple[Item, ...]


DEFAULTS = {"box": "mine"}
ADMIN_ROLES = frozenset({"agency-admin", "provincial-admin"})
PROCEDURE_ROLES = ADMIN_ROLES | {"process-analyst"}


def boxes() -> tuple[Item, ...]:
    """Return the inbox: mine, my groups', stand-in, due soon, each with how much waits there."""
    counts: Mapping[str, int] = beside().waiting.boxes
    return tuple(replace(each, waiting=counts.get(each.count, 0)) for each in _boxes())


def _boxes() -> tuple[Item, ...]:
    return (
        Item(_("Việc của tôi"), "worklist.inbox", "inbox", {"box": "mine"}, "mine"),
        Item(_("Nhóm của tôi"), "worklist.inbox", "group", {"box": "groups"}, "groups"),
        Item(_("Được ủy quyền"), "worklist.inbox", "stand-in", {"box": "stand-in"}, "stand-in"),
        Item(_("Sắp đến hạn"), "worklist.inbox", "clock", {"box": "due-soon"}, "due-soon"),
        Item(_("Việc đã làm"), "worklist.done", "check"),
    )


def sidebar(actor: Actor) -> tuple[Group, ...]:
    """Return the sidebar below the inbox, by what the roles of `actor` let them do."""
    scans = (Item(_("Bản quét chờ nhập"), "intake.index", "file"),) if "clerk" in actor.roles else ()
    groups = [
        Group(
            _("Văn bản"),
            (
                Item(_("Văn bản đến"), "documents.listing", "arrive", {"direction": "incoming"}),
                *scans,
                Item(_("Văn bản đi"), "documents.listing", "send", {"direction": "outgoing"}),
                Item(_("Sổ văn bản"), "registers.index", "book"),
                Item(_("Mẫu văn bản"), "drafting.templates", "pen"),
                Item(_("Hồ sơ công việc"), "records.index", "file"),
                Item(_("Mượn hồ sơ"), "archive.loans", "file"),
                *_archive(actor),
                Item(_("Báo cáo"), "reports.index", "chart"),
                *((_outages(),) if "clerk" in actor.roles and not actor.roles & (ADMIN_ROLES | {"leader"}) else ()),
            ),
        )
    ]
    if actor.roles & PROCEDURE_ROLES:
        items = [
            Item(_("Thiết kế quy trình"), "modeler.index", "pen"),
            Item(_("Hồ sơ quy trình"), "instances.index", "flow"),
            Item(_("Hồ sơ theo phiên bản"), "flight.index", "retry"),
            Item(_("Thực tế vận hành"), "practice.index", "clock"),
            Item(_("Quy tắc pháp lý"), "waivers.index", "flag"),
        ]
        if actor.roles & ADMIN_ROLES:
            items.append(Item(_("Sự cố quy trình"), "instances.incidents", "alert"))
        groups.append(Group(_("Quy trình"), tuple(items)))
    if actor.roles & ADMIN_ROLES:
        hours = Item(_("Lịch làm việc"), "calendar.index", "clock")
        people = Item(_("Người dùng"), "directory.people", "person")
        units = Item(_("Đơn vị"), "directory.units", "building")
        signing = Item(_("Ủy quyền ký"), "authority.authorisations", "pen")
        handing = Item(_("Bàn giao công việc"), "succession.index", "out")
        own = (people, units, signing, handing, _rights(), hours, _outages())
        some = (people, units, signing, hours, _outages())
        groups.append(Group(_("Quản trị"), own if "agency-admin" in actor.roles else some))
    elif "leader" in actor.roles:
        groups.append(Group(_("Quản trị"), (_rights(), _clearing(), _outages())))
    return tuple(groups)


def _archive(actor: Actor) -> tuple[Item, ...]:
    may = actor.roles & {"clerk", "archivist", "leader"}
    return (Item(_("Lưu trữ"), "archive.index", "book"),) if may else ()


def _outages() -> Item:
    return Item(_("Sự cố hệ thống"), "outages.index", "bolt")


def _clearing() -> Item:
    return Item(_("Tệp bị dừng"), "clearing.index", "lock")


def _rights() -> Item:
    return Item(_("Thay đổi quyền"), "rights.index", "lock")


def kept() -> tuple[Item, ...]:
    """Return the filters of the inbox that somebody has kept or that a role of theirs shares."""
    found = beside().waiting
    return tuple(
        Item(
            each.name, "worklist.inbox", "group" if each.role else "flag", {"kept": str(each.id)}, f"kept-{each.id}",
            found.filters.get(each.id, 0),
        )
        for each in found.kept
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Beside:
    """What stands around every whole page: what waits, and notices of outages until they are put away."""

    waiting: notices.Waiting
    outages: Sequence[Outage]


def beside(reading: Session | None = None) -> Beside:
    """Return it, read once for a page: in one transaction, or in the one the page reads in."""
    if "beside" not in g:
        try:
            with nullcontext(reading) if reading else platform().reading() as session:
                g.beside = Beside(notices.waiting(session, g.actor, now()), outages.showing(session, g.actor))
        except SQLAlchemyError:  # the page that says what is wrong with the database has a sidebar too
            g.beside = Beside(notices.Waiting({}, (), {}, 0), ())
    found: Beside = g.beside
    return found


def new_documents(actor: Actor) -> tuple[Item, ...]:
    """Return what “+ Văn bản” offers: drafting is everybody's, taking in paper is the registry clerk's."""
    items = [Item(_("Soạn văn bản đi"), "documents.new_outgoing", "send")]
    if "clerk" in actor.roles:
        items.append(Item(_("Nhập văn bản đến"), "intake.new", "arrive"))
        items.append(Item(_("Quét văn bản giấy"), "intake.index", "file"))
    return tuple(items)


def context() -> dict[str, Any]:
    """Give templates the navigation of whoever is signed in."""
    if getattr(g, "actor", None) is None:
        return {"actor": None}
    return {
        "actor": g.actor, "person": g.person, "agency": g.agency,
        "sidebar": sidebar(g.actor), "new_documents": new_documents(g.actor), "moment_now": now,
        "boxes": boxes, "kept_filters": kept, "beside": beside,  # asked by whole pages only, not by their parts
        "most_counted": notices.MOST_COUNTED,
    }  # fmt: skip
