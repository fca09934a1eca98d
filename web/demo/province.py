"""Make the sample province: agencies with units, posts, people, roles, registers and calendar."""

from __future__ import annotations

from datetime import date
from typing import Any

from engine.directory import calendars
from engine.directory import commands as directory
from engine.documents.models import Register
from engine.platform import Work
from web.demo.sample import read

SINCE = date(2025, 7, 1)  # the sample agencies exist since the administrative merger


def make(work: Work) -> dict[str, int]:
    """Enter everything; agency key → id. Runs as the installation itself."""
    province = read()
    calendar = calendars.add_calendar(work, "Giờ hành chính tỉnh Mẫu")
    made: dict[str, int] = {}
    for about in province["agency"]:
        agency = directory.add_agency(
            work,
            about["name"],
            abbreviation=about["abbreviation"],
            codes=about["codes"],
            valid_from=SINCE,
            parent_name=about["parent_name"],
            kind=about["kind"],
            place=about["place"],
            address=about["address"],
            email=about["email"],
            telephone=about["telephone"],
            calendar_id=calendar.id,
        )
        made[about["key"]] = agency.id
        _people(work, agency.id, about, province["password"])
        _registers(work, agency.id)
    return made


def _people(work: Work, agency_id: int, about: dict[str, Any], password: str) -> None:
    units = {
        u["key"]: directory.add_unit(work, agency_id, u["name"], abbreviation=u["abbreviation"], valid_from=SINCE).id
        for u in about["units"]
    }
    posts: dict[tuple[str, str], int] = {}
    for person in about["people"]:
        title = (person["post"], person.get("capacity", ""))
        if title not in posts:
            posts[title] = directory.add_post(
                work, agency_id, person["post"], rank=person["rank"], capacity=person.get("capacity", "")
            ).id
        entered = directory.add_person(
            work,
            agency_id,
            person["full_name"],
            user_name=person["user_name"],
            password=password,
            unit_id=units[person["unit"]],
            post_id=posts[title],
            email=f"{person['user_name']}@example.com",
            must_change_password=False,
        )
        for role in person["roles"]:
            name, _, unit = role.partition("@")
            directory.grant_role(work, entered.id, name, unit_id=units.get(unit), valid_from=SINCE)


def _registers(work: Work, agency_id: int) -> None:
    work.session.add_all(
        [
            Register(agency_id=agency_id, direction="incoming", name="Sổ đăng ký văn bản đến", type_names={}),
            Register(agency_id=agency_id, direction="outgoing", name="Sổ đăng ký văn bản đi", type_names={}),
        ]
    )
    work.session.flush()
