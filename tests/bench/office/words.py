"""What the documents say: made-up sentences, and for each the words of the index as the platform would make them."""

from __future__ import annotations

from collections.abc import Iterable

import psycopg

from engine.documents import kinds
from engine.documents.searching import words
from engine.documents.text import fold
from tests.bench.office.town import NAMES
from tests.bench.search import Speech

SUBJECTS, CONTENTS = 20_000, 1_500
SEPARATOR = "\x1f"
AGENCY = 0  # stands in words until it is known whose they are
KINDS = ("Công văn",) * 12 + ("Báo cáo",) * 3 + ("Quyết định", "Thông báo", "Kế hoạch", "Tờ trình", "Giấy mời")
INSTRUCTION = "Giao phòng chủ trì giải quyết đúng thời hạn"
FILE_NAME = "van-ban.pdf"
LANGUAGE = "Tiếng Việt"


def teach(connection: psycopg.Connection[tuple[object, ...]], speech: Speech, share: float = 1.0) -> None:
    """Fill the table of texts; `share` of the usual number of them."""
    connection.execute(
        "create unlogged table bench_text (kind text, i int, said text, folded text, told text, words text, "
        "signed text, named text, primary key (kind, i))"
    )
    texts: dict[str, Iterable[str]] = {
        "subject": (speech.say(8) for _ in range(max(20, int(SUBJECTS * share)))),
        "content": (speech.say(30) for _ in range(max(20, int(CONTENTS * share)))),
        "kind": KINDS,
        "name": NAMES,
        "agency": _names(connection, "agency"),
        "unit": dict.fromkeys(_names(connection, "unit")),
        "fixed": (INSTRUCTION, FILE_NAME, LANGUAGE),
    }
    columns = "kind, i, said, folded, told, words, signed, named"
    with connection.cursor().copy(f"copy bench_text ({columns}) from stdin") as copy:
        for kind, said in texts.items():
            for number, each in enumerate(said):
                copy.write_row((kind, number, each, fold(each), *_indexed(each)))
    connection.execute("analyze bench_text")


def _names(connection: psycopg.Connection[tuple[object, ...]], table: str) -> list[str]:
    found = connection.execute(f"select name from {table} order by id").fetchall()
    return [str(row[0]) for row in found]


def _indexed(said: str) -> tuple[str, str, str, str]:
    """In order; as words and pairs; as words of a signer; as words of an agency's name."""
    found = words.tokens(said)
    plain = [words.word(AGENCY, each) for each in found] + words.pairs(AGENCY, found)
    tagged = ([f"{tag}{each}" for each in found] for tag in (words.signed(AGENCY), words.named(AGENCY)))
    return " ".join(found), *(SEPARATOR.join(_open(each) for each in some) for some in (plain, *tagged))


def _open(lexeme: str) -> str:
    """With a sign in place of the agency."""
    return "@" + lexeme.removeprefix(str(AGENCY))


def abbreviation(kind: str) -> str:
    """What stands in the number of a kind."""
    return kinds.abbreviation_of(kind) or "CV"
