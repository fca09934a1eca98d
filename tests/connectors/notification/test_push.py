"""Notices to browsers: as the RFC's own example says, through a real service that decrypts, and never inside."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from sqlalchemy import select

from connectors.delivery import carry_out_all
from connectors.notification import push
from connectors.notification.push import Browser
from connectors.notification.settings import PushSettings
from connectors.notification.telling import tell_people
from engine import outbox
from engine.clock import FixedClock
from engine.errors import InvalidInput, NotFound, PermanentError
from engine.notices import commands, pushing, queries
from engine.notices.rules import DEFAULT, KINDS
from engine.platform import Platform
from engine.settings import Settings, SettingsError
from tests import builders
from tests.catalog import catalog
from tests.conftest import NOW
from tests.connectors.notification.test_operations import waiting

KEY = base64.urlsafe_b64encode(bytes(range(1, 33))).decode().rstrip("=")
# RFC 8291, section 5
EXAMPLE = Browser(
    "https://push.example.net/push/JzLQ3raZJfFBR0aqvOMsLrt54w4rJUsV",
    "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
    "BTBZMqHH6r4Tts7J_aSIgg",
)
SENDER, SALT = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw", "DGv6ra1nlYgDCS1FRnbzlw"
CIPHERED = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_"
    "yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


class Service:
    """A browser and the service it is reached by, which answers as it is told to."""

    def __init__(self) -> None:
        self.key, self.secret = ec.generate_private_key(ec.SECP256R1()), bytes(range(16))
        self.answers: list[int] = []
        self.got: list[dict[str, Any]] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                service.got.append({"path": self.path, "headers": dict(self.headers), "said": service.read(body)})
                self.send_response(service.answers.pop(0) if service.answers else 201)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_given: object) -> None:
                """Say nothing."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"

    @property
    def point(self) -> bytes:
        """The browser's public key."""
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def browser(self) -> Browser:
        """What the browser gives to be reached."""
        return Browser(f"{self.address}/p/1", push.encoded(self.point), push.encoded(self.secret))

    def read(self, body: bytes) -> Any:
        """Decrypt as a browser does."""
        salt, size, theirs, rest = body[:16], body[20], body[21 : 21 + body[20]], body[21 + body[20] :]
        assert (int.from_bytes(body[16:20], "big"), size) == (4096, 65)
        shared = self.key.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), theirs))

        def derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
            return HKDF(hashes.SHA256(), length, salt, info).derive(secret)

        secret = derived(shared, self.secret, b"WebPush: info\0" + self.point + theirs, 32)
        key = derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
        plain = AESGCM(key).decrypt(derived(secret, salt, b"Content-Encoding: nonce\0", 12), rest, None)
        assert plain[-1:] == b"\x02"
        return json.loads(plain[:-1])


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The service, and settings with which it is reached."""
    made = Service()
    for name, value in {"KEY": KEY, "CONTACT": "mailto:vanthu@example.vn", "INTERNAL": "allowed"}.items():
        monkeypatch.setenv(f"VANTHU_PUSH_{name}", value)
    thread = threading.Thread(target=made.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


@pytest.fixture
def platform(settings: Settings, clock: FixedClock, tmp_path: Path) -> Iterator[Platform]:
    made = builders.platform(settings, clock, tmp_path / "files")
    made.catalog = catalog()
    yield made
    made.engine.dispose()


@pytest.fixture
def office(platform: Platform, service: Service) -> builders.Office:
    """An agency whose clerk has registered a browser."""
    made = builders.office(platform)
    register(platform, made, service, "clerk")
    return made


def register(platform: Platform, office: builders.Office, service: Service, who: str) -> None:
    browser = service.browser
    given = (browser.endpoint, browser.public_key, browser.secret, "Firefox")
    platform.run(builders.actor(platform, office[who]), pushing.register, *given)


def registered(platform: Platform, office: builders.Office, who: str = "clerk") -> list[Any]:
    with platform.reading() as session:
        return list(pushing.own(session, builders.actor(platform, office[who])))


def pushed(platform: Platform, office: builders.Office) -> list[outbox.Delivery]:
    """Tell and send what is due; all messages to browsers so far."""
    tell_people(platform)
    carry_out_all(platform)
    with platform.reading() as session:
        rows = select(outbox.Delivery).where(outbox.Delivery.operation == pushing.PUSH).order_by(outbox.Delivery.id)
        return list(session.scalars(rows))


def urge(platform: Platform, office: builders.Office) -> None:
    task_id = waiting(platform, office)
    platform.run(builders.actor(platform, office["leader"]), commands.urge, task_id, "Xin làm ngay việc mật")


def test_the_examples_of_the_rfc_come_out() -> None:
    key = ec.derive_private_key(int.from_bytes(push.decoded(SENDER), "big"), ec.SECP256R1())
    said = push.encrypt(b"When I grow up, I want to be a watermelon", EXAMPLE, salt=push.decoded(SALT), key=key)
    assert push.encoded(said) == CIPHERED


def test_a_notice_reaches_the_browser_without_the_document(
    platform: Platform, office: builders.Office, service: Service
) -> None:
    urge(platform, office)
    assert [row.state for row in pushed(platform, office)] == ["done"]
    [got] = service.got
    assert (got["path"], got["headers"]["TTL"], got["headers"]["Content-Encoding"]) == ("/p/1", "86400", "aes128gcm")
    assert got["said"] == {"title": "Vanthu", "body": "Đôn đốc của lãnh đạo", "url": got["said"]["url"]}
    with platform.reading() as session:
        [notice] = queries.notices(session, builders.actor(platform, office["clerk"]))
    assert got["said"]["url"] == f"/notices/{notice.id}"
    assert registered(platform, office)[0].sent_at == platform.clock.now()


def test_who_sends_is_signed_for_this_service(service: Service) -> None:
    settings = PushSettings.from_environment()
    push.send(settings, service.browser, b"{}", NOW)
    scheme, given = service.got[0]["headers"]["Authorization"].split(" ", 1)
    token, key = (part.partition("=")[2] for part in given.split(", "))
    head, claims, signed = token.split(".")
    assert (scheme, key, json.loads(push.decoded(head))["alg"]) == ("vapid", push.public_key(settings), "ES256")
    assert json.loads(push.decoded(claims)) == {
        "aud": service.address, "exp": int((NOW + timedelta(hours=12)).timestamp()), "sub": "mailto:vanthu@example.vn",
    }  # fmt: skip
    numbers = push.decoded(signed)
    der = encode_dss_signature(int.from_bytes(numbers[:32], "big"), int.from_bytes(numbers[32:], "big"))
    public = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), push.decoded(key))
    public.verify(der, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))


def test_a_service_that_is_busy_is_asked_again(
    platform: Platform, office: builders.Office, service: Service, clock: FixedClock
) -> None:
    service.answers = [503, 429]
    urge(platform, office)
    assert [row.state for row in pushed(platform, office)] == ["waiting"]
    clock.advance(minutes=1)
    assert [row.state for row in pushed(platform, office)] == ["waiting"]
    clock.advance(minutes=10)
    assert [row.state for row in pushed(platform, office)] == ["done"]
    assert len(service.got) == 3


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(
    platform: Platform, office: builders.Office, service: Service, status: int
) -> None:
    service.answers = [status]
    urge(platform, office)
    assert [row.state for row in pushed(platform, office)] == ["done"]
    assert registered(platform, office) == []
    urge(platform, office)
    assert len(pushed(platform, office)) == 1


def test_quiet_hours_and_choices_hold_for_browsers_too(
    platform: Platform, office: builders.Office, service: Service, clock: FixedClock
) -> None:
    clerk = builders.actor(platform, office["clerk"])
    everything = {kind: DEFAULT.of(kind) for kind in KINDS}
    hour = clock.now().astimezone(NOW.tzinfo).time().replace(minute=0)
    quiet = (hour, hour.replace(hour=(hour.hour + 2) % 24))
    platform.run(clerk, commands.choose, everything, "morning", quiet, False)
    urge(platform, office)
    [row] = pushed(platform, office)
    assert (row.state, row.not_before > clock.now(), service.got) == ("waiting", True, [])
    platform.run(clerk, commands.choose, {**everything, "urged": {"bell"}}, "at-once", (None, None), False)
    urge(platform, office)
    assert len(pushed(platform, office)) == 1


def test_several_notices_are_one_message_and_what_was_read_is_none(
    platform: Platform, office: builders.Office, service: Service, clock: FixedClock
) -> None:
    rows = [queries.Row(n, "near", NOW, False, None, None, None, None, None, None, None, {}) for n in (1, 2)]
    from connectors.notification.pushing import message

    assert json.loads(message(rows)) == {"title": "Vanthu", "body": "2 thông báo mới", "url": "/notices"}
    urge(platform, office)
    tell_people(platform)
    clerk = builders.actor(platform, office["clerk"])
    with platform.reading() as session:
        newest = queries.notices(session, clerk)[0].id
    platform.run(clerk, commands.read_all, newest)
    assert ([row.state for row in pushed(platform, office)], service.got) == (["done"], [])


def test_the_browser_follows_who_signs_in_on_it(platform: Platform, office: builders.Office, service: Service) -> None:
    register(platform, office, service, "leader")
    assert registered(platform, office) == []
    [row] = registered(platform, office, "leader")
    with pytest.raises(NotFound):
        platform.run(builders.actor(platform, office["clerk"]), pushing.remove, row.id)
    platform.run(builders.actor(platform, office["leader"]), pushing.remove, row.id)
    assert registered(platform, office, "leader") == []


@pytest.mark.parametrize("endpoint", [
    "http://push.example.net/1", "https://127.0.0.1/1", "https://10.0.0.5/1", "https://[::1]/1", "https://169.254.1.1/",
    "https://[::ffff:10.0.0.1]/1", "https://[64:ff9b::a00:1]/1", "https://user:word@push.example.net/1", "https:///1",
    "ftp://push.example.net/", "https://push.example.net:99999/", "https://push.example.net/" + "x" * 1000,
])  # fmt: skip
def test_addresses_no_browser_has_are_refused(endpoint: str) -> None:
    with pytest.raises(InvalidInput):
        push.check(Browser(endpoint, EXAMPLE.public_key, EXAMPLE.secret))


@pytest.mark.parametrize(("key", "secret"), [("", EXAMPLE.secret), (EXAMPLE.public_key, "AAAA"), ("!", "!"),
                                             (push.encoded(b"\4" + bytes(64)), EXAMPLE.secret)])  # fmt: skip
def test_keys_no_browser_has_are_refused(key: str, secret: str) -> None:
    with pytest.raises(InvalidInput):
        push.check(Browser(EXAMPLE.endpoint, key, secret))


def test_a_name_that_leads_inside_is_not_called(service: Service) -> None:
    browser = Browser(f"https://localhost:{service.server.server_port}/p/1", EXAMPLE.public_key, EXAMPLE.secret)
    with pytest.raises(PermanentError, match="nội bộ"):
        push.send(PushSettings(key=KEY), browser, b"{}", NOW)
    assert service.got == []


def test_without_a_key_nothing_is_sent(
    platform: Platform, office: builders.Office, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VANTHU_PUSH_KEY")
    assert push.public_key(PushSettings.from_environment()) == ""
    urge(platform, office)
    assert (pushed(platform, office), service.got) == ([], [])
    monkeypatch.setenv("VANTHU_PUSH_KEY", "ngắn")
    with pytest.raises(SettingsError, match="VANTHU_PUSH_KEY"):
        PushSettings.from_environment()
