"""The English catalogue: complete, compiled from its text, and true to the placeholders."""

from __future__ import annotations

import gettext
import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from engine.documents import kinds
from engine.intake import clearing
from engine.outages import rules as outages

WEB = Path(__file__).parents[2] / "web"
REPORTS = WEB.parent / "connectors" / "conversion" / "reports"
FOLDER = WEB / "translations" / "en" / "LC_MESSAGES"
METHODS = [("launcher/**", "ignore"), ("demo/**", "ignore"), ("assets/**", "ignore"), ("static/**", "ignore"),
           ("**.py", "python"), ("**.html", "jinja2")]  # fmt: skip


NAMES = (kinds.OUTGOING_STATUSES, kinds.INCOMING_STATUSES, kinds.DISPATCH_STATES, kinds.STATUS_CODES, kinds.RESOLUTIONS,
         kinds.OPINION_KINDS, kinds.SOURCES, kinds.URGENCY, outages.PHASES, outages.TURNS, outages.HANDBOOKS,
         clearing.STATES)  # fmt: skip
SAYING = {"label", "dateLabel", "description", "text", "suffixAdorner"}  # where a form of a screen speaks


def spoken(part: Any) -> set[str]:
    """What a form says: the words of its questions, helps and options."""
    if isinstance(part, list):
        return set().union(*map(spoken, part))
    if not isinstance(part, dict):
        return set()
    own = {said for key, said in part.items() if key in SAYING and isinstance(said, str) and said.strip()}
    return own.union(*(spoken(inner) for inner in part.values()))


@cache
def said() -> frozenset[str]:
    """Every sentence the screens wrap for translation, of their forms and of the states they name."""
    forms = (spoken(json.loads(each.read_text("utf-8"))) for each in sorted(WEB.glob("*/*.form.json")))
    return wrapped().union(*forms, *(names.values() for names in NAMES))


@cache
def wrapped() -> frozenset[str]:
    """Every sentence inside a call of gettext; to read it out of the code takes seconds."""
    found = [*extract_from_dir(WEB, METHODS, {"**.html": {"encoding": "utf-8"}}), *extract_from_dir(REPORTS, METHODS)]
    return frozenset(message for _file, _line, message, _comments, _context in found if isinstance(message, str))


def translations() -> dict[str, str]:
    """Vietnamese → English, as the catalogue's text has it."""
    with (FOLDER / "messages.po").open("rb") as file:
        return {str(each.id): str(each.string) for each in read_po(file, locale="en") if each.id}


def test_every_sentence_has_its_english() -> None:
    known = translations()
    assert {sentence for sentence in said() if not known.get(sentence)} == set()


def test_no_translation_is_left_over() -> None:
    assert set(translations()) - said() == set()


def test_scripts_take_their_words_from_the_page() -> None:
    """All but the editor of procedures and its drawer of scenarios, which speak Vietnamese alone."""
    letter = re.compile("[ăâđêôơưĂÂĐÊÔƠƯ\u1ea0-\u1ef9]")
    found = [
        f"{path.relative_to(WEB)}: {line.strip()}"
        for path in sorted(WEB.rglob("*.js"))
        if path.relative_to(WEB).parts[0] not in ("modeler", "scenarios", "static") and "node_modules" not in path.parts
        for line in path.read_text(encoding="utf-8").splitlines()
        if letter.search(line) and not line.lstrip().startswith(("//", "/*", "*", "<")) and "replace(/đ/" not in line
    ]
    assert found == []


def test_placeholders_survive() -> None:
    wrong = [
        vi
        for vi, en in translations().items()
        if set(re.findall(r"%\(\w+\)s", vi)) != set(re.findall(r"%\(\w+\)s", en))
    ]
    assert wrong == []


def test_the_compiled_catalogue_is_the_one_in_the_text() -> None:
    with (FOLDER / "messages.mo").open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    assert {vi: compiled.gettext(vi) for vi in translations()} == translations()
