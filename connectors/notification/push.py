"""Notices to browsers: encrypted for one browser (RFC 8291, RFC 8188), signed by us (RFC 8292), sent to its service.

Whoever registers a browser names the address we send to, so it is checked every time: https, and only addresses that
are open to the world; the one that was checked is the one that is called.
"""

from __future__ import annotations

import base64
import http.client
import ipaddress
import json
import os
import socket
import ssl
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from connectors.notification.settings import PushSettings
from engine.errors import ConnectorError, InvalidInput, PermanentError, TemporaryError

RECORD = 4096
KEPT_SECONDS = 86_400  # by the service, for a browser that is off
LONGEST_WAIT = 15
LONGEST = 3000  # services take 4096 bytes, frame included
LIVES = timedelta(hours=12)  # of a signature; RFC 8292 allows a day
_LAST = b"\x02"
_TUNNELS = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("2002::/16"), ipaddress.ip_network("2001::/32"))


class Gone(ConnectorError):
    """The browser's service doesn't know the subscription any more (404, 410)."""


@dataclass(frozen=True, slots=True)
class Browser:
    """What a browser has given to be reached."""

    endpoint: str
    public_key: str
    secret: str


def public_key(settings: PushSettings) -> str:
    """What browsers are told to take messages from: our public key, base64url; empty where no key is set."""
    return encoded(_point(_private(settings.key).public_key())) if settings.key else ""


def encoded(some: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(some).rstrip(b"=").decode("ascii")


def decoded(text: str) -> bytes:
    """The bytes of base64url; ValueError for anything else."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def _private(text: str) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(decoded(text), "big"), ec.SECP256R1())


def _point(key: ec.EllipticCurvePublicKey) -> bytes:
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def check(browser: Browser, *, internal: bool = False) -> None:
    """Refuse what no browser would have given: InvalidInput names what is wrong. Names are looked up when sending."""
    try:
        address = urlsplit(browser.endpoint)
        host, _port = address.hostname or "", address.port
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), decoded(browser.public_key))
        long_enough = len(decoded(browser.secret)) == 16
    except ValueError as error:
        raise InvalidInput("Trình duyệt gửi thông tin đăng ký không đúng; hãy đăng ký lại.") from error
    literal = _literal(host)
    wrong = not host or len(browser.endpoint) > 1000 or not long_enough or bool(address.username or address.password)
    if wrong or (not internal and (address.scheme != "https" or (literal is not None and not _open(literal)))):
        raise InvalidInput("Địa chỉ nhận thông báo của trình duyệt không hợp lệ.")


def _literal(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _open(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    """Whether an address is open to the world, and doesn't lead to another inside of it."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return _open(address.ipv4_mapped)
        if any(address in network for network in _TUNNELS):
            return False
    return address.is_global and not address.is_multicast


def encrypt(message: bytes, browser: Browser, *, salt: bytes = b"", key: Any = None) -> bytes:
    """The message as only this browser can read it, in one record (RFC 8291, section 4); `salt` and `key` for tests."""
    salt, key = salt or os.urandom(16), key or ec.generate_private_key(ec.SECP256R1())
    theirs, ours = decoded(browser.public_key), _point(key.public_key())
    shared = key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))
    secret = _derived(shared, decoded(browser.secret), b"WebPush: info\0" + theirs + ours, 32)
    content_key = _derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\0", 12)
    head = salt + RECORD.to_bytes(4, "big") + bytes([len(ours)]) + ours
    return head + AESGCM(content_key).encrypt(nonce, message + _LAST, None)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


def signature(settings: PushSettings, endpoint: str, now: datetime) -> str:
    """Who sends, as the browser's service wants it said (RFC 8292)."""
    address = urlsplit(endpoint)
    claims = {"aud": f"{address.scheme}://{address.netloc}", "exp": int((now + LIVES).timestamp())}
    if settings.contact:
        claims["sub"] = settings.contact
    said = ".".join(encoded(json.dumps(part).encode()) for part in ({"typ": "JWT", "alg": "ES256"}, claims))
    signed = _private(settings.key).sign(said.encode("ascii"), ec.ECDSA(hashes.SHA256()))
    numbers = b"".join(each.to_bytes(32, "big") for each in decode_dss_signature(signed))
    return f"vapid t={said}.{encoded(numbers)}, k={public_key(settings)}"


def send(settings: PushSettings, browser: Browser, message: bytes, now: datetime) -> None:
    """Send a message to a browser.

    Gone when its service doesn't know it any more, TemporaryError when the service can't be reached or asks to come
    back, PermanentError when it refuses or the address leads inside.
    """
    check(browser, internal=settings.internal == "allowed")
    if len(message) > LONGEST:
        raise PermanentError("Thông báo dài hơn mức dịch vụ của trình duyệt nhận.")
    headers = {
        "Authorization": signature(settings, browser.endpoint, now), "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream", "TTL": str(KEPT_SECONDS), "Urgency": "normal",
    }  # fmt: skip
    address = urlsplit(browser.endpoint)
    path = address.path + (f"?{address.query}" if address.query else "")
    connection = _connection(settings, address.scheme, address.hostname or "", address.port)
    try:
        connection.request("POST", path or "/", encrypt(message, browser), headers)
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        raise TemporaryError(f"Không gửi được thông báo đến dịch vụ của trình duyệt: {error}") from error
    finally:
        connection.close()
    if status in (404, 410):
        raise Gone(f"Trình duyệt không còn nhận thông báo (mã {status}).")
    if status == 429 or status >= 500:
        raise TemporaryError(f"Dịch vụ của trình duyệt chưa nhận thông báo (mã {status}).")
    if status >= 300:
        raise PermanentError(f"Dịch vụ của trình duyệt từ chối thông báo (mã {status}).")


class _Pinned(http.client.HTTPConnection):
    """A connection to the address that was checked; the name serves the certificate and the Host header alone."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext | None) -> None:
        super().__init__(host, port, timeout=LONGEST_WAIT)
        self._address, self._context = address, context

    def connect(self) -> None:
        """Open the socket."""
        self.sock = socket.create_connection((self._address, self.port), self.timeout)
        if self._context is not None:
            self.sock = self._context.wrap_socket(self.sock, server_hostname=self.host)


def _connection(settings: PushSettings, scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
    port = port or (443 if scheme == "https" else 80)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise TemporaryError(f"Không tìm được địa chỉ của {host}.") from error
    addresses = [str(each[4][0]) for each in found]
    if settings.internal != "allowed" and not all(_open(ipaddress.ip_address(a.partition("%")[0])) for a in addresses):
        raise PermanentError("Địa chỉ nhận thông báo của trình duyệt dẫn vào mạng nội bộ nên không gửi.")
    context = ssl.create_default_context() if scheme == "https" else None
    return _Pinned(host, port, addresses[0], context)
