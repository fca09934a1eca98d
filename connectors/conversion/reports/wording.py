"""The language reports are written in: Vietnamese, unless the web says otherwise for who looks at the page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from engine.clock import VIETNAM

Say = Callable[..., str]


def plain(sentence: str, **values: Any) -> str:
    """The sentence itself with its values in it."""
    return sentence % values if values else sentence


class _Speaker:
    say: Say = staticmethod(plain)


def speak_with(say: Say) -> None:
    """Let sentences be said by `say` (a translation) from now on."""
    _Speaker.say = staticmethod(say)


def _(sentence: str, **values: Any) -> str:
    return _Speaker.say(sentence, **values)


def day(value: date) -> str:
    """23/11/2026."""
    return value.strftime("%d/%m/%Y")


def moment(value: Any) -> str:
    """23/11/2026 08:15 in Viet Nam's zone."""
    return str(value.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M"))
