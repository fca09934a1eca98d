"""Which language a page speaks; a page says hundreds of sentences, so its translations are looked up once."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any

from babel.support import NullTranslations
from flask import Flask, g, session
from flask_babel import Babel, Domain, get_domain
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

LANGUAGES = ("vi", "en")
FOLDER = Path(__file__).parent / "translations"


def language() -> str:
    """Return the language of this request."""
    chosen = session.get("language")
    return chosen if chosen in LANGUAGES else "vi"


def speak(app: Flask) -> None:
    """Let `gettext` and templates speak the language of each request; Vietnamese is the source."""
    app.config.update(
        BABEL_DEFAULT_LOCALE="vi",
        BABEL_DEFAULT_TIMEZONE="Asia/Ho_Chi_Minh",
        BABEL_TRANSLATION_DIRECTORIES=str(FOLDER),
    )
    _Speaking(app, locale_selector=language)
    # Jinja's own would go through three calls and ask for the request four times, per sentence.
    app.jinja_env.globals["_"] = app.jinja_env.globals["gettext"] = _said
    app.jinja_env.filters["told"] = told


class _Remembering(Domain):
    """Flask-Babel's messages, asked for the language once in a request and not once in a sentence."""

    def get_translations(self) -> NullTranslations:
        """Return the translations of this request."""
        if not g:
            return NullTranslations()
        found: NullTranslations | None = g.get("translations")
        if found is None:
            g.translations = found = super().get_translations()
        return found


class _Speaking(Babel):
    @cached_property
    def domain_instance(self) -> Domain:
        return _Remembering(domain=self.domain)


def told(words: str) -> str:
    """Return words that come from data (a question of a form, a state) in the language of this request, if known."""
    if not words:
        return words
    found: str = (g.get("translations") or get_domain().get_translations()).ugettext(words)
    return found


@pass_context
def _said(context: Context, sentence: str, /, **variables: Any) -> str:
    """Return a sentence of a template, what is put into it escaped."""
    translations = g.get("translations") or get_domain().get_translations()
    said = translations.ugettext(sentence)
    if not variables and "%" not in said:  # most of the hundreds a page has
        return Markup(said) if context.eval_ctx.autoescape else said  # noqa: S704  # our own sentences
    return (Markup(said) if context.eval_ctx.autoescape else said) % variables  # noqa: S704  # our own sentences
