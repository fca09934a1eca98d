"""What can go wrong, sorted by who has to act on it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal


class PlatformError(Exception):
    """Root of every error the platform raises on purpose; its text is a sentence for people."""


class RequestError(PlatformError):
    """The person asked for something that can't be done; nothing has changed."""

    status = 400


class NotFound(RequestError):
    """The thing doesn't exist, or the person may not know that it does (another agency's)."""

    status = 404


class NotAllowed(RequestError):
    """The person sees the thing but has no right to do this to it."""

    status = 403


class Conflict(RequestError):
    """Somebody else was faster; the message says who, when and what."""

    status = 409


class AlreadyTaken(PlatformError):
    """This very form was taken before, by another click or another sending of it; nothing is done again.

    It is nothing that a screen has to tell at a field, so it is no RequestError.
    """


class InvalidInput(RequestError):
    """One or more fields were not as expected; `fields` maps field name to a sentence."""

    status = 422

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields: dict[str, str] = dict(fields or {})


class BusinessError(PlatformError):
    """An outcome that a diagram may draw as an error event; undrawn, it becomes an incident."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class ConnectorError(PlatformError):
    """The outside did not do what was asked."""


class TemporaryError(ConnectorError):
    """Trying again later may help: retried with growing pauses, then an incident."""


class PermanentError(ConnectorError):
    """Trying again can't help: an incident at once."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing wrong with a diagram, form or table, told at its element."""

    element: str
    rule: str
    sentence: str
    severity: Literal["error", "warning"] = "error"
    clause: str | None = None


class DefinitionError(PlatformError):
    """A definition can't be run; `findings` say what is wrong, element by element."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        super().__init__("; ".join(f"{f.element}: {f.sentence}" for f in self.findings))
