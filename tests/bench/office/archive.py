"""So many documents with all that hangs on them, made by the database itself in a few statements.

Everything grows with the archive but what people have before them: the acting agencies' open tasks are as many over
ten thousand documents as over a million. What is missing on purpose: file bytes, states of ended cases (nobody opens
them), true hashes of the audit trail.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

import psycopg

from engine.documents.text import fold
from tests.bench.office import words
from tests.bench.office.town import ACTING, Office, name_of

FIRST = 1_000_000  # id of the first document; its case has the same number
YEARS = 3
Connection = psycopg.Connection[tuple[object, ...]]
Columns = Mapping[str, str]

PAPER = """
create unlogged table bench_paper as
with told as (
  select n, abs(hashint8extended(n, 1)) a, abs(hashint8extended(n, 2)) b, abs(hashint8extended(n, 3)) c,
    %(begins)s::timestamptz + (n::float8 / %(size)s) * %(span)s::interval as passed,
    case when n * 389 %% 1000 < 100 then 1 when n * 389 %% 1000 < 300 then 2 + n * 389 %% 1000 / 50 %% (%(acting)s - 1)
      else %(acting)s + 1 + (n / 1000 * 700 + n * 389 %% 1000) %% (%(agencies)s - %(acting)s) end as office
  from generate_series(0::bigint, %(size)s - 1) n
), dated as (
  select n, a, b, c, office, (case when a %% 100 < 65 then 'incoming' else 'outgoing' end) direction,
    (passed at time zone 'Asia/Ho_Chi_Minh')::date as day
  from told
), placed as (
  select *, (day + time '08:00' + make_interval(mins => (b %% 500)::int)) at time zone 'Asia/Ho_Chi_Minh' as at,
    extract(year from day)::int as year,
    1000 + row_number() over (partition by office, direction, extract(year from day) order by n) as number
  from dated
)
select n, %(first)s + n as id, o.agency_id as agency, p.direction, p.at, p.day, p.year, p.number,
  n > %(size)s * 0.98 as recent, a %% 31 = 0 as refused,
  (case when a %% 40 = 0 then 1 + a %% 3 else 0 end)::bigint as urgency,
  k.said as kind, k.abbreviation, k.sign, p.number || '/' || k.abbreviation || '-VP' as code,
  (b %% (select count(*) from bench_text where kind = 'subject'))::int as subject_i,
  (c %% (select count(*) from bench_text where kind = 'content'))::int as content_i,
  (a %% (select count(*) from bench_text where kind = 'agency'))::int as organ_i,
  (c / 7 %% (select count(*) from bench_text where kind = 'name'))::int as signer_i,
  o.clerks[1 + a / 7 %% cardinality(o.clerks)] as clerk, o.leaders[1 + b / 7 %% cardinality(o.leaders)] as leader,
  o.heads[1 + w.unit_i %% cardinality(o.heads)] as head, w.person as specialist, w.unit, w.unit_i, w.name_i,
  o.registers[case when p.direction = 'incoming' then 1 else 2 end] as register
from placed p join bench_office o on o.place = p.office
join bench_kind k on k.i = a / 11 %% 20
join bench_specialist w on w.office = p.office and w.i = b / 11 %% cardinality(o.specialists)
"""

DOCUMENT = {
    "id": "p.id", "agency_id": "agency", "direction": "direction",
    "status": "case when direction = 'outgoing' then case when recent and n % 3 = 0 then 'draft' else 'issued' end "
              "when recent then 'in_progress' when refused then 'returned' else 'filed' end",
    "type_name": "p.kind", "code": "code", "code_number": "number::text", "code_notation": "p.abbreviation || '-VP'",
    "issued_date": "day", "organ_id": "'H99.' || organ.i", "organ_name": "organ.said", "subject": "subject.said",
    "language": f"'{words.LANGUAGE}'", "page_amount": "1 + n % 9", "urgency": "urgency", "secrecy": "'none'",
    "due_date": "case when n % 5 = 0 then day + 10 end", "signer_name": "signer.said",
    "unit_id": "case when direction = 'outgoing' then p.unit end",
    "drafter_id": "case when direction = 'outgoing' then specialist end",
    "source": "case when direction = 'outgoing' then 'drafted' when n % 4 = 0 then 'paper' else 'axis' end",
    "entered_at": "case when direction = 'incoming' then at end",
    "received_at": "case when direction = 'incoming' then at end",
    "arrival_date": "case when direction = 'incoming' then day end",
    "arrival_number": "case when direction = 'incoming' then number end",
    "issued_at": "case when direction = 'outgoing' and not (recent and n % 3 = 0) then at end",
    "refusal_code": "case when direction = 'incoming' and refused then 'FORMAT' else '' end",
    "created_at": "at", "version": "1",
    "folded": "concat_ws(' ', number || '/' || p.sign || '-vp', subject.folded, organ.folded, kinds.folded, "
              "signer.folded)",
}  # fmt: skip
TEXTS = """ from bench_paper p
  join bench_text subject on subject.kind = 'subject' and subject.i = subject_i
  join bench_text content on content.kind = 'content' and content.i = content_i
  join bench_text organ on organ.kind = 'agency' and organ.i = organ_i
  join bench_text signer on signer.kind = 'name' and signer.i = signer_i
  join bench_kind kinds on kinds.first and kinds.said = p.kind """

TOLD = """ concat_ws(' | ', number || ' ' || p.sign || ' vp', subject.told, organ.told, kinds.told, signer.told,
  case when direction = 'incoming' then number::text end, tongue.told,
  case when direction = 'outgoing' then drafter.told || ' | ' || units.told || ' | ' || recipient.told end,
  case when direction = 'incoming' then instruction.told end, file.told, content.told) """
SIGN = "chr(31)"
LEXEMES = f""" string_to_array(replace(concat_ws({SIGN},
  '@k:' || kinds.told, '@u:' || urgency, signer.signed, organ.named,
  '@:' || number, '@:' || p.sign, '@:vp', '@+' || number || ' ' || p.sign,
  '@+' || p.sign || ' vp', subject.words, organ.words, kinds.words, signer.words, tongue.words,
  file.words, content.words, case when direction = 'incoming' then instruction.words
    else drafter.words || {SIGN} || units.words || {SIGN} || recipient.words || {SIGN} || recipient.named end),
  '@', agency::text), {SIGN}) """
ALL_TEXTS = (
    TEXTS
    + f"""
  join bench_text tongue on tongue.kind = 'fixed' and tongue.said = '{words.LANGUAGE}'
  join bench_text file on file.kind = 'fixed' and file.said = '{words.FILE_NAME}'
  join bench_text instruction on instruction.kind = 'fixed' and instruction.said = '{words.INSTRUCTION}'
  join bench_text recipient on recipient.kind = 'agency' and recipient.i = organ_i
  join bench_text drafter on drafter.kind = 'name' and drafter.i = name_i
  join bench_text units on units.kind = 'unit' and units.i = unit_i """
)
HASH = "md5(p.id::text) || md5(p.n::text)"
INCOMING = " from bench_paper p where direction = 'incoming'"
OUTGOING = " from bench_paper p where direction = 'outgoing'"
CASE = {
    "incoming": (("accept-document", "clerk", 1), ("instruct-document", "leader", 3), ("file-document", "", 90)),
    "outgoing": (("check-content", "head", 2), ("sign-document", "leader", 5), ("number-document", "clerk", 7)),
}


def fill(connection: Connection, offices: list[Office], size: int, now: datetime) -> None:
    """Make so many documents; nothing else may use the database meanwhile."""
    connection.execute("set session_replication_role = replica")  # neither triggers nor foreign keys
    connection.execute("set synchronous_commit = off")
    connection.execute("set work_mem = '256MB'")
    connection.execute("set maintenance_work_mem = '1GB'")
    indexes = _without_indexes(connection)
    _offices(connection, offices)
    span = timedelta(days=365 * YEARS)
    given = {
        "size": size, "first": FIRST, "acting": ACTING, "agencies": len(offices), "begins": now - span, "span": span,
    }  # fmt: skip
    connection.execute(PAPER, given)
    connection.execute("analyze bench_paper")
    for table, columns, source in (*_papers(), *_courses()):
        insert(connection, table, columns, source)
    connection.execute(
        "insert into register_year (register_id, year, next_number) select register, year, max(number) + 1 "
        "from bench_paper group by 1, 2 on conflict (register_id, year) do update set "
        "next_number = excluded.next_number"
    )
    connection.commit()
    for each in indexes:
        connection.execute(each)
    connection.commit()


def insert(connection: Connection, table: str, columns: Columns, source: str) -> None:
    """Insert; columns that may not be empty and aren't given get the neutral value of their kind."""
    neutral = {"text": "''", "character varying": "''", "bigint": "0", "boolean": "false", "jsonb": "'{}'",
               "timestamp with time zone": "now()", "bytea": "''", "integer": "0", "date": "current_date"}  # fmt: skip
    rows = connection.execute(
        "select column_name, data_type from information_schema.columns where table_schema = 'public' and "
        "table_name = %s and is_nullable = 'NO' and is_identity = 'NO' and column_default is null",
        [table],
    ).fetchall()
    missing = {str(name): neutral[str(kind)] for name, kind in rows if name not in columns}
    given = {**columns, **missing}
    names, values = ", ".join(f'"{name}"' for name in given), ", ".join(given.values())
    connection.execute(f"insert into {table} ({names}) overriding system value select {values} {source}")


TABLES = ("document", "attachment", "content", "document_words", "party", "register_entry", "instruction",
          "assignment", "opinion", "dispatch", "dispatch_status", "instance", "passage", "task", "task_candidate",
          "audit_entry")  # fmt: skip


def _without_indexes(connection: Connection) -> list[str]:
    """Drop the indexes that are no constraints; what makes them again."""
    found = connection.execute(
        "select i.indexname, i.indexdef from pg_indexes i where i.schemaname = 'public' and i.tablename = any(%s) "
        "and not exists (select from pg_constraint c where c.conname = i.indexname)",
        [list(TABLES)],
    ).fetchall()
    for name, _ in found:
        connection.execute(f'drop index "{name}"')
    return [str(definition) for _, definition in found]


def _offices(connection: Connection, offices: list[Office]) -> None:
    connection.execute(
        "create unlogged table bench_office (place int primary key, agency_id bigint, clerks bigint[], "
        "leaders bigint[], heads bigint[], specialists bigint[], registers bigint[])"
    )
    connection.execute(
        "create unlogged table bench_specialist (office int, i int, person bigint, unit bigint, unit_i int, name_i int)"
    )
    with connection.cursor().copy("copy bench_office from stdin") as copy:
        for place, office in enumerate(offices, 1):
            people = [office.people[role] for role in ("clerk", "leader", "unit-head", "specialist")]
            registers = [office.registers["incoming"], office.registers["outgoing"]]
            copy.write_row((place, office.id, *people, registers))
    with connection.cursor().copy("copy bench_specialist from stdin") as copy:
        for place, office in enumerate(offices, 1):
            for number, person in enumerate(office.people["specialist"]):
                unit = office.unit_of[person]
                copy.write_row((place, number, person, unit, office.units.index(unit), name_of(person)))
    connection.execute(
        "create unlogged table bench_kind as select *, ''::text as abbreviation, ''::text as sign, "
        "row_number() over (partition by said order by i) = 1 as first from bench_text where kind = 'kind'"
    )
    for kind in set(words.KINDS):
        short = words.abbreviation(kind)
        connection.execute(
            "update bench_kind set abbreviation = %s, sign = %s where said = %s", [short, fold(short), kind]
        )
    connection.execute(
        "create unlogged table bench_version as select key, version.id from version "
        "join definition on definition.id = definition_id where state = 'published'"
    )
    connection.execute("analyze bench_office, bench_specialist, bench_kind")


def _papers() -> list[tuple[str, Columns, str]]:
    """The documents and what belongs to them."""
    party = {"document_id": "id", "since": "at"}
    return [
        ("document", DOCUMENT, TEXTS),
        ("attachment", {
            "document_id": "id", "part": "'main'", "number": "1", "version": "1", "current": "true",
            "file_hash": HASH, "file_name": f"'{words.FILE_NAME}'", "media_type": "'application/pdf'",
            "size": "1000 + n % 90000", "origin": "'received'", "created_at": "at",
        }, " from bench_paper p"),
        ("content", {
            "file_hash": HASH, "state": "'read'", "text": "content.said", "note": "''", "reader": "1000",
            "read_at": "at",
        }, TEXTS),
        ("document_words", {
            "document_id": "p.id", "words": f"array_to_tsvector({LEXEMES})", "told": f"' ' || {TOLD} || ' '",
        }, ALL_TEXTS),
        ("party", {**party, "person_id": "specialist", "reason": "'lead'"}, " from bench_paper p"),
        ("party", {**party, "unit_id": "unit", "reason": "'unit'"}, " from bench_paper p"),
        ("party", {**party, "person_id": "leader", "reason": "'leader'"}, " from bench_paper p"),
        ("register_entry", {
            "register_id": "register", "year": "year", "number": "number", "suffix": "''", "dated": "day",
            "state": "'used'", "document_id": "id", "entered_at": "at", "entered_by_id": "clerk",
        }, " from bench_paper p"),
        ("instruction", {
            "document_id": "id", "person_id": "leader", "text": f"'{words.INSTRUCTION}'", "at": "at + interval '1h'",
        }, INCOMING),
        *((
            "assignment", {
                "document_id": "id", "unit_id": "unit", "person_id": "specialist", "part": f"'{part}'",
                "due_at": "at + interval '10d'", "state": "case when recent then 'open' else 'done' end",
                "created_at": "at + interval '1h'",
                "settled_at": "case when not recent then at + make_interval(hours => (n % 300)::int) end",
            }, INCOMING + extra,
        ) for part, extra in (("lead", ""), ("support", " and n % 2 = 0"))),
        *((
            "opinion", {
                "document_id": "id", "person_id": person, "kind": f"'{kind}'", "verdict": "'pass'",
                "at": "at - interval '1d'",
            }, OUTGOING,
        ) for kind, person in (("content-check", "head"), ("approval", "leader"))),
        ("dispatch", {
            "agency_id": "agency", "document_id": "p.id", "recipient_code": "'H99.' || organ_i",
            "recipient_id": "office.agency_id", "recipient_name": "organ.said", "for_action": "true",
            "state": "'accepted'", "paper_reason": "''", "issued_at": "at", "sent_at": "at", "reminders": "n % 2",
            "due_date": "case when n % 4 = 0 then day + 15 end", "id": "p.id",
        }, " from bench_paper p join bench_text organ on organ.kind = 'agency' and organ.i = organ_i "
           "join bench_office office on office.place = 1 + organ_i where direction = 'outgoing'"),
        ("dispatch_status", {
            "dispatch_id": "id", "code": "'03'", "at": "at + interval '2h'", "arrived_at": "at + interval '2h'",
        }, OUTGOING),
    ]  # fmt: skip


def _courses() -> list[tuple[str, Columns, str]]:
    """The cases they went through: tasks, history, audit lines; and what is open today."""
    found: list[tuple[str, Columns, str]] = []
    tasks = 20_000_000
    for direction, steps in CASE.items():
        key = f"{direction}-document"
        source = f" from bench_paper p, bench_version v where v.key = '{key}' and direction = '{direction}'"
        about = {"version_id": "v.id"}
        found.append(("instance", {
            **about, "id": "p.id", "agency_id": "agency", "procedure": f"'{key}'", "document_id": "p.id",
            "status": "'ended'", "started_at": "at", "ended_at": "at + interval '9d'",
        }, source))  # fmt: skip
        for element, who, hours in steps:
            person = who or "null::bigint"
            for event, shift in (("entered", hours - 1), ("left", hours)):
                found.append(("passage", {
                    **about, "instance_id": "p.id", "element": f"'{element}'", "token": f"'{element}'",
                    "event": f"'{event}'", "at": f"at + interval '{shift}h'", "person_id": person,
                }, source))  # fmt: skip
            if who:
                tasks += 10_000_000
                group = "'unit-head@' || unit" if who == "head" else f"'{who}'"
                found.append(("task_candidate", {
                    "task_id": f"{tasks} + n", "group": group, "agency_id": "agency",
                }, source))  # fmt: skip
                found.append(("task", {
                    "id": f"{tasks} + n", "agency_id": "agency", "instance_id": "p.id", "token": f"'{element}'",
                    "element": f"'{element}'",
                    "name": f"'{element}'", "procedure": f"'{key}'", "document_id": "p.id", "state": "'completed'",
                    "assignee_id": who, "completed_by_id": who, "created_at": f"at + interval '{hours - 1}h'",
                    "due_at": f"at + interval '{hours}h' + make_interval(hours => (n % 30)::int - 4)",
                    "completed_at": f"at + interval '{hours}h'", "version": "2", "priority": "urgency * 10",
                    "data": "jsonb_build_object('document_id', p.id, 'urgency', urgency)",
                    "answers": "jsonb_build_object('decision', 'accept')",
                }, source))  # fmt: skip
    found += [
        ("audit_entry", {
            "chain": "agency",
            "sequence": f"1000000 + {place} * 2000000 + row_number() over (partition by agency order by n)",
            "at": "at", "agency_id": "agency", "person_id": "clerk", "person_name": "'Văn thư'",
            "action": f"'{action}'", "subject_kind": "'document'", "subject_id": "id::text",
            "previous_hash": HASH, "hash": HASH,
        }, " from bench_paper p")
        for place, action in enumerate(("document.arrived", "document.registered", "document.read"))
    ]  # fmt: skip
    return found
