"""Who works in the measured installation: agencies, their units and registers, people with roles; all invented."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

import psycopg

from engine.definitions import commands as definitions
from engine.directory import calendars
from engine.directory import commands as directory
from engine.documents.commands import open_usual_registers
from engine.platform import Platform, Work, system

SINCE = date(2020, 1, 1)
UNITS = 6
ACTING = 5  # agencies whose people are watched; the first of them is the large one
ROLES = ("clerk", "leader", "unit-head", "specialist")
ADMINISTRATOR = ("provincial-admin", "agency-admin")  # held by the last specialist of the first agency
FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Ngô")
MIDDLE = ("Văn", "Thị", "Hữu", "Minh", "Ngọc", "Quang", "Thanh", "Đức")
GIVEN = ("An", "Bình", "Chi", "Dũng", "Giang", "Hà", "Hạnh", "Khoa", "Lan", "Mai", "Nam", "Oanh", "Phúc", "Quân", "Sơn",
         "Thảo", "Tú", "Uyên", "Vinh", "Xuân", "Yến")  # fmt: skip
NAMES = tuple(f"{family} {middle} {given}" for given in GIVEN for middle in MIDDLE for family in FAMILY)


@dataclass
class Office:
    """One agency: its units and registers, its people by role; heads and specialists beside their units."""

    id: int
    name: str
    units: list[int] = field(default_factory=list)
    registers: dict[str, int] = field(default_factory=dict)
    people: dict[str, list[int]] = field(default_factory=lambda: {role: [] for role in ROLES})
    unit_of: dict[int, int] = field(default_factory=dict)


def settle(platform: Platform, agencies: int, people: int) -> list[Office]:
    """Enter everything; the largest agency first."""
    offices = platform.run(system(), _agencies, agencies)
    with psycopg.connect(platform.settings.database_url.replace("+psycopg", "")) as connection:
        _people(connection, offices, platform.clock.now(), people)
    return offices


def _agencies(work: Work, count: int) -> list[Office]:
    definitions.load_shipped(work)
    year = work.now.year
    calendar = calendars.add_calendar(work, "Giờ hành chính", years=(year, year + 1))
    offices = []
    for number in range(1, count + 1):
        made = directory.add_agency(
            work, f"Cơ quan số {number}", abbreviation=f"CQ{number}", codes={"QD20": f"H99.{number}"},
            valid_from=SINCE, calendar_id=calendar.id,
        )  # fmt: skip
        office = Office(made.id, made.name)
        for each in range(1, UNITS + 1):
            name, short = f"Phòng Nghiệp vụ {each}", f"NV{each}"
            office.units.append(directory.add_unit(work, made.id, name, abbreviation=short, valid_from=SINCE).id)
        office.registers = {row.direction: row.id for row in open_usual_registers(work, made.id)}
        offices.append(office)
    return offices


def sizes(agencies: int, people: int) -> list[int]:
    """How many people each agency has: the acting ones are large, the others share the rest."""
    large = [people * 3 // 100] + [people * 2 // 100] * (min(ACTING, agencies) - 1)
    large = [max(each, 20) for each in large]
    others = agencies - len(large)
    rest = max(people - sum(large), others * 10)
    return large + [rest // others + (number < rest % others) for number in range(others)]


def _people(
    connection: psycopg.Connection[tuple[object, ...]], offices: list[Office], now: datetime, count: int
) -> None:
    person_columns = (
        "id, agency_id, unit_id, user_name, full_name, email, telephone, password_hash, must_change_password, "
        "failed_sign_ins, active, version, password_changed_at"
    )
    rows, grants = [], []
    for office, person_id, unit_id, role in _posts(offices, sizes(len(offices), count)):
        name = NAMES[name_of(person_id)]
        rows.append((person_id, office.id, unit_id, f"nguoi{person_id}", name, "", "", "", False, 0, True, 1, now))
        within = unit_id if role in ("unit-head", "specialist") else None
        grants.append((office.id, person_id, role, within, SINCE))
        office.people[role].append(person_id)
        office.unit_of[person_id] = unit_id
    keeper = offices[0]
    grants += [(keeper.id, keeper.people["specialist"][-1], role, None, SINCE) for role in ADMINISTRATOR]
    for table, columns, lines in (
        (f"person ({person_columns})", 13, rows),
        ("role_grant (agency_id, person_id, role, unit_id, valid_from)", 5, grants),
    ):
        with connection.cursor().copy(f"copy {table} from stdin") as copy:
            for line in lines:
                assert len(line) == columns
                copy.write_row(line)
    connection.execute("select setval(pg_get_serial_sequence('person', 'id'), max(id)) from person")


def name_of(person_id: int) -> int:
    """Which of the names somebody bears."""
    return person_id * 7919 % len(NAMES)


def _posts(offices: list[Office], counts: list[int]) -> Iterator[tuple[Office, int, int, str]]:
    """Office, person, unit, role: a few clerks and leaders, a head for each unit, everybody else works on matters."""
    person_id = 1000
    for office, count in zip(offices, counts, strict=True):
        few = 4 if count >= 100 else 2
        roles = ["clerk"] * few + ["leader"] * few + ["unit-head"] * UNITS
        roles += ["specialist"] * (count - len(roles))
        for number, role in enumerate(roles):
            person_id += 1
            yield office, person_id, office.units[number % UNITS], role
