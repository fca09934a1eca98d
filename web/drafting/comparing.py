"""Two versions of a draft side by side in one text: what was put in, what was left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from engine.drafts import queries, rules
from engine.drafts.comparison import SAME, Comparison, compare
from web.drafting.routes import origin, screen
from web.session import actor, platform

AROUND = 30  # words shown before and after a place that differs
MOST_PLACES = 1_000


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of the compared text as it is shown; `place` numbers the places that differ."""

    kind: str
    text: str
    place: int = 0
    words: int = 0


@screen.get("/documents/<int:outgoing_id>/drafts/compare")
def comparison(outgoing_id: int) -> Any:
    """Compare two versions on their text; the older is named first whichever was chosen first."""
    one, two = request.args.get("older", ""), request.args.get("newer", "")
    with platform().reading() as session:
        document = queries.draft_of(session, actor(), outgoing_id)
        if not (may := rules.may_compare(one, two, 2)):
            flash(may.reason, "today")
            return redirect(url_for("drafting.versions", outgoing_id=outgoing_id), 303)
        chosen = queries.chosen(session, document, (one, two))
        said = [queries.said(session, each) for each in chosen]
    readable = [each for each in said if each.text.strip()]
    found = compare(said[0].text, said[1].text) if len(readable) == 2 else Comparison(())
    return render_template(
        "drafting/compare.html", document=document, older=chosen[0], newer=chosen[1], said=said, found=found,
        pieces=pieces(found), origin=origin, readable=len(readable) == 2, called=called, most=MOST_PLACES,
    )  # fmt: skip


def pieces(found: Comparison) -> list[Piece]:
    """Return the text in stretches; long ones without a difference are folded up in their middle."""
    made: list[Piece] = []
    place, before = 0, SAME
    for number, part in enumerate(found.parts):
        if part.kind == SAME:
            made += _unchanged(part.words, first=number == 0, last=number == len(found.parts) - 1)
        else:
            place += before == SAME
            if place > MOST_PLACES:
                break
            made.append(Piece(part.kind, part.text, place, len(part.words)))
        before = part.kind
    return made


def _unchanged(words: tuple[str, ...], *, first: bool, last: bool) -> list[Piece]:
    head, tail = 0 if first else AROUND, 0 if last else AROUND
    if len(words) <= head + tail + AROUND:
        return [Piece(SAME, " ".join(words), words=len(words))]
    middle = words[head : len(words) - tail]
    made = [Piece(SAME, " ".join(words[:head]))] if head else []
    made.append(Piece("folded", " ".join(middle), words=len(middle)))
    return [*made, Piece(SAME, " ".join(words[len(words) - tail :]))] if tail else made


def called(version: queries.Version) -> str:
    """Return a version's name in a sentence."""
    if version.file is None:
        return _("nội dung lần %(number)s", number=version.number)
    return _("tệp bản %(number)s", number=version.number)
