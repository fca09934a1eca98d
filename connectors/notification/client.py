"""The mail server: one letter to one person, and what its refusal means for trying again."""

from __future__ import annotations

import smtplib
import ssl
from email.message import EmailMessage

from connectors.notification.settings import MailSettings
from engine.errors import PermanentError, TemporaryError


def send(settings: MailSettings, message: EmailMessage) -> None:
    """Hand a letter to the mail server.

    TemporaryError when it doesn't answer or asks to come back (4xx), PermanentError when it refuses for good (5xx).
    """
    try:
        with _connected(settings) as server:
            if settings.encryption == "starttls":
                server.starttls(context=ssl.create_default_context())
            if settings.user:
                server.login(settings.user, settings.password)
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code, said = next(iter(error.recipients.values()))
        raise _refusal(code, said) from error
    except smtplib.SMTPResponseException as error:
        raise _refusal(error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPNotSupportedError as error:
        raise PermanentError(f"Máy chủ thư không hỗ trợ cách gửi đã thiết lập: {error}") from error
    except (OSError, smtplib.SMTPException) as error:
        raise TemporaryError(f"Không kết nối được máy chủ thư: {error}") from error


def _connected(settings: MailSettings) -> smtplib.SMTP:
    if settings.encryption == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(settings.host, settings.port, timeout=settings.seconds, context=context)
    return smtplib.SMTP(settings.host, settings.port, timeout=settings.seconds)


def _refusal(code: int, said: bytes | str) -> TemporaryError | PermanentError:
    words = said.decode("utf-8", "replace") if isinstance(said, bytes) else said
    sentence = f"Máy chủ thư từ chối (mã {code}): {words}"[:1000]
    return TemporaryError(sentence) if 400 <= code < 500 else PermanentError(sentence)
