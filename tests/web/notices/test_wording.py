"""What the engine says in notices is known to the translation, and said in English to who has chosen it."""

from __future__ import annotations

from engine.notices.rules import CHANNELS, DIGESTS, KINDS
from engine.notices.sentences import HEADLINES
from engine.tasks.reminders import NAMES
from tests.web.test_translations import said, translations


def test_every_sentence_of_a_notice_has_its_english() -> None:
    names = {kind.name for kind in KINDS.values()}
    ours = {*HEADLINES.values(), *NAMES.values(), *names, *CHANNELS.values(), *DIGESTS.values()}
    assert ours - said() == set()
    assert {each for each in ours if not translations().get(each)} == set()
