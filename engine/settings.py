"""Settings from the environment; the only module that reads os.environ."""

from __future__ import annotations

import os
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, field, fields
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol, TypeVar

from engine.errors import PlatformError

Environment = Literal["demo", "production", "test"]


class SettingsError(PlatformError):
    """A setting is missing or can't be read; the message names the variable."""


class _Dataclass(Protocol):
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


T = TypeVar("T", bound=_Dataclass)


def setting(help: str, default: Any = MISSING, secret: bool = False, factory: Any = MISSING) -> Any:
    """Declare a field of a settings class: `help` is the line shown in the README, `secret` hides the value."""
    metadata = {"help": help, "secret": secret}
    if factory is not MISSING:
        return field(default_factory=factory, metadata=metadata, repr=not secret)
    if default is MISSING:
        return field(metadata=metadata, repr=not secret)
    return field(default=default, metadata=metadata, repr=not secret)


@dataclass(frozen=True)
class Settings:
    """What an installation decides; each field comes from VANTHU_<NAME> or a file named by VANTHU_<NAME>_FILE."""

    environment: Environment = setting("`demo`, `production` or `test`; production refuses defaults", default="demo")
    base_url: str = setting("address people and notices use to reach the web", default="http://127.0.0.1:8000")
    data_path: Path = setting("folder of everything the demo keeps: servers, logs, files", default=Path(".var"))
    files_path: Path = setting("folder of document bytes; empty: `files` in the data folder", default=Path(""))

    database_url: str = setting("PostgreSQL address; empty: the launcher starts its own", default="", secret=True)
    redis_url: str = setting("Redis or Valkey address; empty: the launcher starts its own", default="", secret=True)
    database_pool: int = setting("database connections a process keeps", default=10)
    secret_key: str = setting("signs sessions and form tokens, 32 characters or more", default="", secret=True)

    sweep_seconds: int = setting("pause between looks for lost wake-ups and due timers", default=5)
    job_seconds: int = setting("longest time one delivery may take in a worker", default=180)
    lease_seconds: int = setting("time until an unsettled delivery is sent again; over job_seconds + 90", default=300)

    session_minutes: int = setting("idle time after which a person signs in again", default=60)
    session_hours: int = setting("longest session, however busy", default=12)
    lockout_attempts: int = setting("wrong passwords before a name is locked", default=5)
    lockout_minutes: int = setting("how long a name stays locked", default=15)
    password_days: int = setting("age at which a password must be changed (LA-14.2.b); 0: never", default=180)
    password_length: int = setting("fewest characters of a password", default=10)
    trusted_proxies: int = setting("proxies in front whose forwarded address is believed", default=0)

    max_upload_bytes: int = setting("largest file a person may attach", default=50 * 1024 * 1024)

    tsa_url: str = setting("time-stamp authority; empty: the built-in test authority", default="", secret=False)
    tsa_user: str = setting("name at the time-stamp authority", default="")
    tsa_password: str = setting("password at the time-stamp authority", default="", secret=True)
    tsa_seconds: int = setting("longest wait for a time stamp", default=20)

    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = setting(
        "`DEBUG`, `INFO`, `WARNING` or `ERROR`", default="INFO"
    )
    log_json: bool = setting("one JSON object per log line", default=False)

    def __post_init__(self) -> None:
        if str(self.files_path) in ("", "."):
            object.__setattr__(self, "files_path", self.data_path / "files")
        if self.lease_seconds < self.job_seconds + 90:
            raise SettingsError("VANTHU_LEASE_SECONDS phải lớn hơn VANTHU_JOB_SECONDS ít nhất 90 giây.")
        if self.environment == "production":
            self._refuse_defaults()

    def _refuse_defaults(self) -> None:
        for name in ("database_url", "redis_url", "secret_key"):
            if not getattr(self, name):
                variable = f"VANTHU_{name.upper()}"
                raise SettingsError(
                    f"Thiếu {variable} (hoặc {variable}_FILE): môi trường production bắt buộc khai báo."
                )
        if len(self.secret_key) < 32:
            raise SettingsError("VANTHU_SECRET_KEY phải có ít nhất 32 ký tự.")

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read every field; SettingsError names the variable that is missing or unreadable."""
        return read_settings(cls, "VANTHU_", environ)


def read_settings(cls: type[T], prefix: str, environ: Mapping[str, str] | None = None) -> T:
    """Fill the dataclass `cls` from `<prefix><NAME>` or the file `<prefix><NAME>_FILE` names, else defaults."""
    source = os.environ if environ is None else environ
    hints = typing.get_type_hints(cls)
    given: dict[str, Any] = {}
    for each in fields(cls):
        variable = prefix + each.name.upper()
        text = _text(variable, source)
        if text is not None:
            given[each.name] = _convert(variable, text, hints[each.name])
        elif each.default is MISSING and each.default_factory is MISSING:
            raise SettingsError(f"Thiếu {variable} (hoặc {variable}_FILE): thiết lập này không có giá trị mặc định.")
    return cls(**given)


def helps(cls: type[_Dataclass], prefix: str = "VANTHU_") -> dict[str, str]:
    """Return variable name → one-line help, for documentation and its test."""
    return {prefix + each.name.upper(): str(each.metadata.get("help", "")) for each in fields(cls)}


def environment_with(**extra: str) -> dict[str, str]:
    """Return a copy of this process's environment with `extra` on top, for starting other programs."""
    return {**os.environ, **extra}


def _text(variable: str, source: Mapping[str, str]) -> str | None:
    if variable in source:
        return source[variable].strip()
    path = source.get(variable + "_FILE")
    if not path:
        return None
    try:
        return Path(path).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"{variable}_FILE trỏ tới {path} nhưng không đọc được tệp này.") from error


def _convert(variable: str, text: str, kind: Any) -> Any:
    if typing.get_origin(kind) is Literal:
        return _choose(variable, text, [str(choice) for choice in typing.get_args(kind)])
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        members = [member for member in typing.get_args(kind) if member is not type(None)]
        return None if not text else _convert(variable, text, members[0])
    reader = _READERS.get(kind)
    if reader is None:
        raise SettingsError(f"{variable}: kiểu {kind} chưa được hỗ trợ.")
    try:
        return reader(text)
    except ValueError as error:
        raise SettingsError(f"{variable} = “{text}” không phải là {_KINDS.get(kind, 'giá trị hợp lệ')}.") from error


def _choose(variable: str, text: str, choices: list[str]) -> str:
    if text not in choices:
        raise SettingsError(f"{variable} = “{text}” không hợp lệ; chọn một trong: {', '.join(choices)}.")
    return text


def _boolean(text: str) -> bool:
    if text.lower() in ("1", "true", "yes", "on"):
        return True
    if text.lower() in ("0", "false", "no", "off", ""):
        return False
    raise ValueError(text)


_READERS: Mapping[Any, Callable[[str], Any]] = {str: str, int: int, float: float, bool: _boolean, Path: Path}
_KINDS: Mapping[Any, str] = {int: "số nguyên", float: "số", bool: "true hoặc false"}
