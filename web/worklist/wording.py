"""Names of kinds of reminders that the engine has in Vietnamese, named here to be translated."""

from __future__ import annotations

from flask_babel import lazy_gettext as _

REMINDERS = (
    _("Nhắc khi qua 50% thời hạn"),
    _("Nhắc khi qua 80% thời hạn"),
    _("Nhắc khi hết thời hạn"),
    _("Báo người phụ trách việc quá hạn"),
    _("Nhắc theo quy trình"),
    _("Đôn đốc của người phụ trách"),
)
