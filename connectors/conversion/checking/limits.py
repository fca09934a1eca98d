"""How much of a stranger's file is looked at, and what is said when it can't be."""

from __future__ import annotations

MOST_PAGES = 100
MOST_LETTERS = 12_000  # of one page
MOST_PARAGRAPHS = 4_000
SECONDS = 20.0
PICTURE_WIDTH = 1000  # pixels
MOST_PICTURES = 12


class Unreadable(Exception):
    """The file can't be looked at; the text is the sentence for people."""
