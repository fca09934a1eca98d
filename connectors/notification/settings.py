"""What an installation decides about letters; read from VANTHU_MAIL_… ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

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
