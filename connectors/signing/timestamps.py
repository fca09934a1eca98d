"""Time stamps of RFC 3161: from a local test authority, or over HTTP from the one in the settings."""

from __future__ import annotations

import asyncio
import base64
import urllib.error
import urllib.request
from collections.abc import Iterable
from datetime import UTC, datetime

from asn1crypto import cms, core, keys, tsp, x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from pyhanko.sign.general import as_signing_certificate_v2, simple_cms_attribute
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from engine.clock import SystemClock
from engine.errors import PermanentError, TemporaryError

_LARGEST_ANSWER = 256 * 1024
_ALGORITHMS: dict[str, type[hashes.SHA256 | hashes.SHA384 | hashes.SHA512]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}


class LocalTimeStamper(DummyTimeStamper):  # type: ignore[misc,unused-ignore]
    """Answers requests in this process with the test authority's key; the interface is that of an HTTP authority."""

    def __init__(
        self,
        certificate: x509.Certificate,
        key: keys.PrivateKeyInfo,
        chain: Iterable[x509.Certificate],
        moment: datetime | None = None,
    ) -> None:
        """`moment` is the time certified; without it, the machine's at each request."""
        super().__init__(certificate, key)
        self.certs_to_embed = list(chain)
        self.fixed_dt = moment

    def request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Certify the requested hash at the current moment."""
        fixed = self.fixed_dt
        try:
            self.fixed_dt = (fixed or SystemClock().now()).astimezone(UTC).replace(microsecond=0)
            return super().request_tsa_response(req)
        finally:
            self.fixed_dt = fixed

    def _sign_tst_info(self, tst_info_data: bytes, md_algorithm: str, dt: datetime) -> tuple[bytes, cms.CMSAttributes]:
        """As the base class, but naming the certificate by SHA-256 (RFC 5816) instead of SHA-1."""
        algorithm = _ALGORITHMS[md_algorithm]()
        digest = hashes.Hash(algorithm)
        digest.update(tst_info_data)
        attributes = cms.CMSAttributes(
            [
                simple_cms_attribute("content_type", "tst_info"),
                simple_cms_attribute("signing_time", cms.Time({"utc_time": core.UTCTime(dt)})),
                simple_cms_attribute("signing_certificate_v2", as_signing_certificate_v2(self.tsa_cert)),
                simple_cms_attribute("message_digest", digest.finalize()),
            ]
        )
        key = serialization.load_der_private_key(self.tsa_key.dump(), password=None)
        assert isinstance(key, RSAPrivateKey)
        return key.sign(attributes.dump(), PKCS1v15(), algorithm), attributes


class HttpTimeStamper(TimeStamper):  # type: ignore[misc,unused-ignore]
    """Asks an RFC 3161 authority over HTTP; slow ones are normal (2–131 s were seen), so the wait is a setting."""

    def __init__(self, url: str, seconds: float, user: str = "", password: str = "") -> None:
        """`url` comes from the settings, never from a document."""
        super().__init__()  # type: ignore[no-untyped-call,unused-ignore]
        if not url.startswith(("http://", "https://")):
            raise PermanentError("Địa chỉ dịch vụ dấu thời gian không hợp lệ.")
        self.url, self.seconds = url, seconds
        self._credentials = base64.b64encode(f"{user}:{password}".encode()).decode() if user else ""

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """Send the request; TemporaryError when the authority can't be reached, PermanentError when it refuses."""
        return await asyncio.to_thread(self._ask, req.dump())

    def _ask(self, body: bytes) -> tsp.TimeStampResp:
        headers = {"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"}
        if self._credentials:
            headers["Authorization"] = f"Basic {self._credentials}"
        request = urllib.request.Request(self.url, body, headers)  # noqa: S310 (scheme checked above)
        try:
            with urllib.request.urlopen(request, timeout=self.seconds) as answer:  # noqa: S310
                content = answer.read(_LARGEST_ANSWER + 1)
        except urllib.error.HTTPError as error:
            error.close()
            kind = PermanentError if 400 <= error.code < 500 and error.code not in (408, 429) else TemporaryError
            raise kind(f"Dịch vụ dấu thời gian trả lời mã lỗi {error.code}.") from error
        except OSError as error:
            raise TemporaryError("Không kết nối được dịch vụ dấu thời gian.") from error
        if len(content) > _LARGEST_ANSWER:
            raise TemporaryError("Dịch vụ dấu thời gian trả lời quá dài.")
        try:
            answered = tsp.TimeStampResp.load(content, strict=True)
            answered["status"]["status"].native  # noqa: B018 (asn1crypto parses on access)
        except (ValueError, TypeError) as error:
            raise TemporaryError("Dịch vụ dấu thời gian trả lời không đúng chuẩn RFC 3161.") from error
        return answered
