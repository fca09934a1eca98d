"""What people have before them today: open tasks of their own and of their groups, as many whatever the archive."""

from __future__ import annotations

from dataclasses import dataclass

from tests.bench.office.archive import Connection, insert
from tests.bench.office.town import ACTING, Office

OWN, GROUP = 30, 40
FIRST = 20_000_000  # id of the first open task and its case


@dataclass(frozen=True)
class Visitor:
    """Somebody who works while it is measured."""

    person_id: int
    office: int  # place among the agencies
    role: str
    unit_id: int


def visitors(offices: list[Office]) -> list[Visitor]:
    """Fifty people of the acting agencies: nearly half of them in the large one."""
    found = []
    for place, office in enumerate(offices[:ACTING]):
        wanted = (4, 3, 4, 7) if place == 0 else (2, 1, 2, 3)
        for role, count in zip(("clerk", "leader", "unit-head", "specialist"), wanted, strict=True):
            for person in office.people[role][:count]:
                found.append(Visitor(person, place, role, office.unit_of[person]))
    return found


def open_tasks(connection: Connection, offices: list[Office], people: list[Visitor]) -> None:
    """Give everybody who is watched so many tasks, their groups too; elsewhere one document in twenty has one."""
    connection.execute("set session_replication_role = replica")
    connection.execute(
        "create unlogged table bench_open (agency bigint, person bigint, grp text, key text, element text, name text, "
        "place int, n bigint, id bigint generated always as identity)"
    )
    rows = [(offices[each.office].id, each.person_id, None, "resolution", "resolve-document", "Giải quyết văn bản",
             number, OWN) for number, each in enumerate(people)]  # fmt: skip
    for office in offices[:ACTING]:
        rows.append((office.id, None, "clerk", "incoming-document", "accept-document", "Tiếp nhận văn bản", 50, GROUP))
        rows.append(
            (office.id, None, "leader", "incoming-document", "instruct-document", "Cho ý kiến chỉ đạo", 51, GROUP)
        )
        rows += [
            (office.id, None, f"unit-head@{unit}", "resolution", "assign-work", "Phân công giải quyết", 52, GROUP // 2)
            for unit in office.units
        ]  # fmt: skip
    for *row, count in rows:
        connection.execute(
            "insert into bench_open (agency, person, grp, key, element, name, place, n) "
            "select %s, %s, %s, %s, %s, %s, %s::int, g from generate_series(0, %s - 1) g",
            [*row, count],
        )
    connection.execute(
        "insert into bench_open (agency, person, key, element, name, place, n) select agency, specialist, "
        "'resolution', 'resolve-document', 'Giải quyết văn bản', -1, n from bench_paper where n %% 20 = 7 "
        "and direction = 'incoming' and not agency = any(%s)",
        [[office.id for office in offices[:ACTING]]],
    )
    _enter(connection)
    connection.commit()


def _enter(connection: Connection) -> None:
    connection.execute(
        "create unlogged table bench_waiting as "
        "with newest as (select *, row_number() over (partition by agency order by n desc) - 1 as behind, "
        "count(*) over (partition by agency) as held from bench_paper where direction = 'incoming') "
        "select o.id + %s as id, o.agency, o.person, o.grp, o.key, o.element, o.name, o.n + o.place * 7 as n, "
        "d.id as document, d.urgency, d.at, v.id as version from bench_open o join bench_version v on v.key = o.key "
        "join newest d on d.agency = o.agency and case when o.place < 0 then d.n = o.n "
        "else d.behind = (o.n * 3 + o.place * 5) %% least(d.held, 400) end",
        [FIRST],
    )
    insert(connection, "instance", {
        "id": "id", "agency_id": "agency", "version_id": "version", "procedure": "key", "document_id": "document",
        "status": "'running'", "started_at": "at",
    }, "from bench_waiting")  # fmt: skip
    insert(connection, "passage", {
        "instance_id": "id", "version_id": "version", "element": "element", "token": "element", "event": "'entered'",
        "at": "now() - interval '3d'",
    }, "from bench_waiting")  # fmt: skip
    insert(connection, "task", {
        "id": "id", "agency_id": "agency", "instance_id": "id", "token": "element", "element": "element",
        "name": "name", "procedure": "key", "form": "element", "document_id": "document", "state": "'open'",
        "assignee_id": "person", "priority": "urgency * 10", "created_at": "now() - interval '3d'",
        "due_at": "now() + make_interval(hours => ((n * 17) % 240)::int - 60)", "version": "1",
        "data": "jsonb_build_object('document_id', document, 'urgency', urgency)",
    }, "from bench_waiting")  # fmt: skip
    taking_part = "from (select distinct person, document from bench_waiting where person is not null) w"
    insert(connection, "party", {
        "document_id": "document", "person_id": "person", "reason": "'lead'", "since": "now()",
    }, f"{taking_part} on conflict do nothing")  # fmt: skip
    insert(connection, "task_candidate", {
        "task_id": "id", "group": "grp", "agency_id": "agency",
    }, "from bench_waiting where grp is not null")  # fmt: skip
