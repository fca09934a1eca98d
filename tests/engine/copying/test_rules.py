"""Which copy may be made of what (ND30-25), and what a request for one must say."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from engine.copying import rules
from engine.copying.rules import COPY, ELECTRONIC, EXCERPT, PAPER, SECOND_COPY, Standing
from engine.documents.models import Document

ORIGINALS = {(COPY, PAPER, PAPER), (COPY, ELECTRONIC, PAPER), (COPY, PAPER, ELECTRONIC)} | {
    (EXCERPT, source, form) for source in rules.FORMS for form in rules.FORMS
}


def test_the_table_of_kinds_for_originals() -> None:
    every = set(product((COPY, SECOND_COPY, EXCERPT), rules.FORMS, rules.FORMS))
    assert {each for each in every if rules.may_make(Standing(each[1]), each[0], each[2])} == ORIGINALS


@pytest.mark.parametrize(
    ("of", "possible"),
    [
        (Standing(PAPER, COPY), {(SECOND_COPY, PAPER), (SECOND_COPY, ELECTRONIC)}),
        (Standing(ELECTRONIC, COPY), {(SECOND_COPY, PAPER)}),
        (Standing(PAPER, SECOND_COPY), set()),
        (Standing(ELECTRONIC, EXCERPT), set()),
    ],
)
def test_copies_of_copies_are_sao_luc_of_a_sao_y(of: Standing, possible: set[tuple[str, str]]) -> None:
    verdicts = {each: rules.may_make(of, *each) for each in product((COPY, SECOND_COPY, EXCERPT), rules.FORMS)}
    assert {each for each, verdict in verdicts.items() if verdict} == possible
    assert all(v.reason.endswith(".") and v.clause == "ND30-25" for v in verdicts.values() if not v)


def document(**fields: Any) -> Document:
    return Document(**{"direction": "incoming", "status": "registered", "source": "axis", "type_name": "Công văn",
                       "verification": {}, "frozen": False, "destroyed_at": None} | fields)  # fmt: skip


@pytest.mark.parametrize(
    ("fields", "clause"),
    [
        ({}, None), ({"status": "arrived"}, "ND30-22.1"), ({"status": "returned"}, "ND30-22.1"),
        ({"destroyed_at": 1, "status": "recalled"}, "QD28-9.2b"), ({"destroyed_at": 1}, "ND30-25"),
        ({"direction": "outgoing", "status": "issued"}, None),
        ({"direction": "outgoing", "status": "sealed"}, "ND30-3.8"),
        ({"direction": "outgoing", "status": "issued", "frozen": True}, "SYS-8"),
    ],
)  # fmt: skip
def test_only_what_is_there_whole_and_official_is_copied(fields: dict[str, Any], clause: str | None) -> None:
    verdict = rules.may_copy(document(**fields))
    assert (bool(verdict), verdict.clause) == (clause is None, clause)


@pytest.mark.parametrize(
    ("fields", "made_as", "expected"),
    [
        ({}, None, Standing(ELECTRONIC)), ({"source": "paper"}, None, Standing(PAPER)),
        ({"verification": {"conclusion": "copy"}}, None, Standing(ELECTRONIC, COPY)),
        ({"source": "paper", "verification": {"conclusion": "copy"}}, None, Standing(PAPER)),
        ({"source": "paper", "type_name": "sao y"}, None, Standing(PAPER, COPY)),
        ({"direction": "outgoing", "type_name": "Sao y"}, PAPER, Standing(PAPER, COPY)),
        ({"direction": "outgoing"}, None, Standing(ELECTRONIC)),
    ],
)  # fmt: skip
def test_what_a_document_is_in_the_eyes_of_a_copier(
    fields: dict[str, Any], made_as: str | None, expected: Standing
) -> None:
    assert rules.standing(document(**fields), made_as) == expected


@pytest.mark.parametrize(
    ("text", "pages"),
    [("1-3, 5", [1, 2, 3, 5]), ("2", [2]), ("3;1–2", [3, 1, 2]), ("1, 1-2", [1, 2]), ("0", None), ("3-1", None),
     ("a", None), ("1,,2", None)],
)  # fmt: skip
def test_pages_are_read_as_people_write_them(text: str, pages: list[int] | None) -> None:
    assert rules.page_numbers(text) == pages


def test_what_a_request_lacks_is_said_at_its_field() -> None:
    def wrong(*asked: str, to: Any = (), places: str = "", n: int = 1) -> Any:
        kind, form, pages, excerpt = (*asked, "", "")[:4]
        return set(rules.problems(kind, form, pages, excerpt, to, (), places, n))

    assert wrong(COPY, PAPER) == {"places"}
    assert wrong(COPY, PAPER, places="Thanh tra tỉnh", n=0) == {"amount"}
    assert wrong(COPY, ELECTRONIC) == {"recipients"}
    assert wrong(EXCERPT, ELECTRONIC, to=[2]) == {"pages"}
    assert wrong(EXCERPT, ELECTRONIC, "1", "Điều 1", to=[2]) == {"pages"}
    assert wrong(EXCERPT, ELECTRONIC, "1-", to=[2]) == {"pages"}
    assert wrong(EXCERPT, ELECTRONIC, "1-2", to=[2]) == set()


@pytest.mark.parametrize(
    ("kind", "form", "files", "said"),
    [
        (COPY, ELECTRONIC, [("main", "application/pdf", "a")], ""),
        (COPY, ELECTRONIC, [], "không có tệp PDF"),
        (COPY, PAPER, [], ""),
        (COPY, PAPER, [("main", "application/msword", "a")], "không có tệp PDF"),
        (COPY, PAPER, [("main", "application/pdf", "a"), ("annex", "application/zip", "b.zip")], "b.zip"),
        (EXCERPT, PAPER, [("main", "application/pdf", "a"), ("annex", "application/zip", "b.zip")], ""),
    ],
)
def test_a_full_copy_needs_every_file_as_pages(kind: str, form: str, files: Any, said: str) -> None:
    found = rules.file_problem(kind, form, document(source="paper"), files)
    assert said in found
    assert bool(found) == bool(said)
