"""The body of a Word draft as text: what stands between the head and the signature, a paragraph a line."""

from __future__ import annotations

from connectors.conversion.checking.limits import Unreadable
from connectors.conversion.checking.rendition import rendition
from connectors.conversion.checking.word import read_word
from engine.drafts.layout.anatomy import anatomy
from engine.errors import InvalidInput


def body_of(content: bytes) -> str:
    """The paragraphs of the body; InvalidInput when the file can't be read or has none."""
    try:
        found = anatomy(rendition(read_word(content)).sheet).body
    except Unreadable as why:
        raise InvalidInput(str(why)) from why
    said = "\n".join(each.text for each in found if each.text.strip())
    if not said:
        raise InvalidInput("Không thấy nội dung giữa phần đầu và phần ký của tệp Word này.")
    return said
