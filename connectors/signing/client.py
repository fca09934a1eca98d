"""The signing side of an installation: identities of people and agencies, time stamps, whom a verification believes."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pyhanko.sign.timestamps import TimeStamper
from sqlalchemy.orm import Session

from connectors.pdf_fonts import FONTS
from connectors.signing.authority import LocalAuthority
from connectors.signing.identity import Identity, require_usable
from connectors.signing.pades import Desk
from connectors.signing.settings import SigningSettings
from connectors.signing.timestamps import HttpTimeStamper
from connectors.signing.trust import Trust, read_trust
from engine.directory import queries as directory
from engine.directory.models import Agency, Post
from engine.errors import BusinessError
from engine.platform import Platform
from engine.settings import Settings

_lock = threading.Lock()
_opened: dict[tuple[Path, str], LocalAuthority] = {}


@dataclass(frozen=True)
class SigningClient:
    """What signing and verifying need at one moment; made per delivery by `signing_client`."""

    settings: Settings
    own: SigningSettings
    now: datetime

    @property
    def authority(self) -> LocalAuthority:
        """The test authority of this installation; BusinessError `signing.device` when it is switched off."""
        if not self.own.test_authority:
            raise BusinessError("signing.device", "Hệ thống chưa kết nối thiết bị ký số nào.")
        folder = self.own.authority_path
        if folder == Path(""):
            folder = self.settings.data_path / "authority"
        with _lock:
            key = (folder.absolute(), self.own.authority_passphrase)
            known = _opened.get(key)
            if known is None or not folder.is_dir():
                known = _opened[key] = LocalAuthority(key[0], self.now, self.own.authority_passphrase)
        return known

    @property
    def desk(self) -> Desk:
        """Moment, time stamps and fonts for one signature."""
        return Desk(self.now, self._timestamper(), FONTS)

    def _timestamper(self) -> TimeStamper:
        if not self.settings.tsa_url:
            return self.authority.timestamper(self.now)
        return HttpTimeStamper(
            self.settings.tsa_url, self.settings.tsa_seconds, self.settings.tsa_user, self.settings.tsa_password
        )

    def trust(self) -> Trust:
        """Roots of the trust folder, and the test authority's while it is in use."""
        required = self.own.revocation_required
        folder = self.own.trust_path
        given = read_trust(folder, revocation_required=required) if folder != Path("") else Trust((), (), (), required)
        return given.with_(self.authority.trust(self.now)) if self.own.test_authority else given

    def person(self, session: Session, agency_id: int, person_id: int) -> Identity:
        """The certificate of somebody of an agency, checked to be usable now (NĐ 23/2025 Đ15).

        BusinessError `signing.certificate` when it isn't, `signing.device` without a device; NotFound for strangers.
        """
        person = directory.person(session, agency_id, person_id)
        post = session.get(Post, person.post_id) if person.post_id else None
        agency = session.get_one(Agency, agency_id)
        title = post.name if post else ""
        code = f"{person.agency_id}.{person.id}"
        return self._usable(self.authority.person(code, person.full_name, title, agency.name, self.now))

    def agency(self, session: Session, agency_id: int) -> Identity:
        """The certificate of an agency (its seal), checked like a person's."""
        agency = session.get_one(Agency, agency_id)
        code = directory.code_for(session, agency_id, directory.today(self.now)) or f"agency-{agency_id}"
        return self._usable(self.authority.agency(code, agency.name, self.now))

    def _usable(self, identity: Identity) -> Identity:
        require_usable((identity.certificate, *identity.chain), self.authority.revoked(), self.now)
        return identity


def signing_client(platform: Platform) -> SigningClient:
    """The signing side as settings say, at the platform's present."""
    return SigningClient(platform.settings, SigningSettings.from_environment(), platform.clock.now())
