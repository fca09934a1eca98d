"""A shipped procedure in force, an analyst, drafts and variants made from it: what tests of versions begin with."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from engine.definitions import commands, drafting
from engine.definitions.models import Version
from engine.definitions.shipped import PROCESSES, Bundle, read_folder
from engine.directory.models import Person
from engine.platform import Platform, Work, system
from tests import builders
from tests.web.conftest import SignIn

KEY = "resolution"
SHIPPED = read_folder(PROCESSES / KEY)


@dataclass
class Place:
    """The department with a shipped procedure in force, its analyst, and what was made from it."""

    platform: Platform
    province: builders.Province
    sign_in: SignIn
    shipped: int

    def analyst(self, office: builders.Office | None = None) -> Person:
        return builders.person(self.platform, (office or self.province.department).agency, "process-analyst")

    def draft(self, office: builders.Office | None = None, key: str = KEY, based_on: int = 0, **content: Any) -> int:
        """A draft of an agency's variant, changed in `content`."""
        place = office or self.province.department

        def make(work: Work) -> int:
            made = drafting.start_draft(work, key, place.id, based_on or self.shipped, "Thử")
            return drafting.keep_draft(work, made.id, made.edition, **content).id if content else made.id

        return self.platform.run(system(), make)

    def variant(self, office: builders.Office | None = None, **content: Any) -> int:
        """An agency's variant in force."""
        return self.platform.run(system(), commands.publish, self.draft(office, **content)).id

    def ship(self, bundle: Bundle) -> int:
        """The next version of the shipped line, in force."""

        def make(work: Work) -> int:
            return commands.publish(work, drafting.add_version(work, bundle, None, None, "Bản đầu").id).id

        return self.platform.run(system(), make)

    def version(self, version_id: int) -> Version:
        with self.platform.reading() as session:
            return session.get_one(Version, version_id)


def make_place(platform: Platform, province: builders.Province, sign_in: SignIn) -> Place:
    """Put the shipped procedure in force."""
    place = Place(platform, province, sign_in, 0)
    place.shipped = place.ship(SHIPPED)
    return place


def renamed(*pairs: tuple[str, str], bundle: Bundle = SHIPPED) -> bytes:
    """The shipped diagram with words swapped; each must be there."""
    text = bundle.diagram.decode()
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text.encode()
