"""What an installation decides about letters and about notices to browsers: VANTHU_MAIL_…, VANTHU_PUSH_… ."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import ClassVar, Literal

from engine.settings import SettingsError, read_settings, setting

PREFIX = "VANTHU_MAIL_"


@dataclass(frozen=True)
class MailSettings:
    """Which mail server letters go through; without a host none are written."""

    host: str = setting("mail server for notices; empty: no letters", default="")
    port: int = setting("its port", default=587)
    encryption: Literal["starttls", "tls", "none"] = setting("`starttls`, `tls` or `none`", default="starttls")
    user: str = setting("name at the mail server; empty: without signing in", default="")
    password: str = setting("password at the mail server", default="", secret=True)
    sender: str = setting("address letters come from", default="")
    seconds: int = setting("longest wait for the mail server", default=20)

    def __post_init__(self) -> None:
        if self.host and "@" not in self.sender:
            raise SettingsError("Thiếu VANTHU_MAIL_SENDER: địa chỉ thư điện tử mà hệ thống dùng để gửi thông báo.")

    @classmethod
    def from_environment(cls) -> MailSettings:
        """Read every field; SettingsError names the variable that can't be read."""
        return read_settings(cls, PREFIX)


@dataclass(frozen=True)
class PushSettings:
    """Our own key for notices to browsers; without one no browser is offered any."""

    PREFIX: ClassVar[str] = "VANTHU_PUSH_"
    key: str = setting("32 random bytes in base64url, our key for browsers; empty: no push", default="", secret=True)
    contact: str = setting("`mailto:` or `https:` address browsers' services may write to", default="")
    internal: Literal["refused", "allowed"] = setting(
        "addresses inside the network; `allowed` in tests only", default="refused"
    )

    def __post_init__(self) -> None:
        try:
            right = not self.key or len(base64.urlsafe_b64decode(self.key + "=" * (-len(self.key) % 4))) == 32
        except ValueError:
            right = False
        if not right:
            raise SettingsError("VANTHU_PUSH_KEY phải là 32 byte ngẫu nhiên viết theo base64url.")

    @classmethod
    def from_environment(cls) -> PushSettings:
        """Read every field; SettingsError names the variable that can't be read."""
        return read_settings(cls, cls.PREFIX)
