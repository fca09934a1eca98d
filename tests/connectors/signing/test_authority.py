"""The test authority: made once, kept secret, marked as a test, safe when two processes start."""

from __future__ import annotations

import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from asn1crypto import crl

from connectors.signing.authority import LocalAuthority
from connectors.signing.identity import Identity, read_holder
from connectors.signing.trust import TrustUnreadable, read_trust
from tests.connectors.signing.conftest import AGENCY, NOW


def test_person_certificate_says_name_title_and_agency(person: Identity) -> None:
    holder = person.holder
    assert (holder.name, holder.title, holder.agency) == ("Nguyễn Thị Ánh Tuyết", "Phó Giám đốc", AGENCY)
    assert holder.role == "person"
    assert holder.test


def test_agency_certificate_carries_its_code(agency: Identity) -> None:
    assert (agency.holder.name, agency.holder.agency_code, agency.holder.role) == (AGENCY, "H99.15", "agency")
    assert agency.holder.test


def test_every_authority_is_plainly_a_test(authority: LocalAuthority, person: Identity) -> None:
    trust = authority.trust(NOW)
    for certificate in (*trust.roots, *trust.intermediates, authority.timestamper(NOW).tsa_cert):
        assert "THỬ NGHIỆM" in certificate.subject.human_friendly


def test_keys_are_readable_by_the_owner_only(authority: LocalAuthority, person: Identity, agency: Identity) -> None:
    assert stat.S_IMODE(authority.folder.stat().st_mode) == 0o700
    files = list(authority.folder.glob("*.pem"))
    assert len(files) >= 5
    assert {stat.S_IMODE(f.stat().st_mode) for f in files} == {0o600}


def test_opening_again_gives_the_same_certificates(authority: LocalAuthority, person: Identity) -> None:
    again = LocalAuthority(authority.folder, NOW + timedelta(days=30))
    same = again.person("tuyet", "Nguyễn Thị Ánh Tuyết", "Phó Giám đốc", AGENCY, NOW + timedelta(days=30))
    assert same.serial == person.serial
    assert again.trust(NOW).roots[0].dump() == authority.trust(NOW).roots[0].dump()


def test_a_new_title_or_a_near_end_gives_a_new_certificate(tmp_path: Path) -> None:
    own = LocalAuthority(tmp_path, NOW)
    first = own.person("a", "Lê Văn An", "Chuyên viên", AGENCY, NOW)
    second = own.person("a", "Lê Văn An", "Trưởng phòng", AGENCY, NOW)
    assert first.serial != second.serial
    late = NOW + timedelta(days=1080)
    assert own.person("a", "Lê Văn An", "Trưởng phòng", AGENCY, late).serial != second.serial


def test_codes_that_look_alike_as_file_names_stay_apart(tmp_path: Path) -> None:
    own = LocalAuthority(tmp_path, NOW)
    one = own.agency("H99/15", "Cơ quan một", NOW)
    other = own.agency("H99 15", "Cơ quan hai", NOW)
    assert one.serial != other.serial
    assert own.agency("H99/15", "Cơ quan một", NOW).serial == one.serial


def test_long_names_fit_the_certificate(tmp_path: Path) -> None:
    name = "Ban Quản lý dự án đầu tư xây dựng các công trình giao thông và hạ tầng kỹ thuật tỉnh Mẫu"
    own = LocalAuthority(tmp_path, NOW)
    found = own.agency("H99.99", name, NOW)
    assert found.holder.name.endswith("…")
    assert own.agency("H99.99", name, NOW).serial == found.serial


def test_a_passphrase_encrypts_the_keys(tmp_path: Path) -> None:
    LocalAuthority(tmp_path, NOW, "a long passphrase")
    assert b"ENCRYPTED" in (tmp_path / "root.pem").read_bytes()
    LocalAuthority(tmp_path, NOW, "a long passphrase")
    with pytest.raises(ValueError):
        LocalAuthority(tmp_path, NOW, "another")


def test_two_processes_starting_at_once_make_one_authority(tmp_path: Path) -> None:
    code = (
        "import sys; from datetime import datetime; from pathlib import Path;"
        "from connectors.signing.authority import LocalAuthority;"
        "now = datetime.fromisoformat(sys.argv[2]); a = LocalAuthority(Path(sys.argv[1]), now);"
        "sys.stdout.write(f\"{a.trust(now).roots[0].serial_number} {a.agency('X', 'Cơ quan X', now).serial}\")"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", code, str(tmp_path), NOW.isoformat()], stdout=subprocess.PIPE)
        for _ in range(2)
    ]
    answers = {process.communicate(timeout=100)[0] for process in started}
    assert len(answers) == 1
    assert b"" not in answers
    assert all(process.returncode == 0 for process in started)


def test_revocation_is_listed_once_and_signed(tmp_path: Path) -> None:
    own = LocalAuthority(tmp_path, NOW)
    holder = own.agency("X", "Cơ quan X", NOW)
    own.revoke(holder.serial, NOW)
    own.revoke(holder.serial, NOW + timedelta(days=2))
    assert own.revoked() == {holder.serial}
    lists = [crl.CertificateList.load(der) for der in own.trust(NOW).revocation_lists]
    entries = [e for c in lists for e in (c["tbs_cert_list"]["revoked_certificates"] or ())]
    assert [e["user_certificate"].native for e in entries] == [holder.serial]
    assert entries[0]["revocation_date"].native == NOW


def test_trust_is_read_from_a_folder(authority: LocalAuthority, tmp_path: Path) -> None:
    trust = authority.trust(NOW)
    (tmp_path / "root.crt").write_bytes(trust.roots[0].dump())
    (tmp_path / "issuing.cer").write_bytes(trust.intermediates[0].dump())
    (tmp_path / "list.crl").write_bytes(trust.revocation_lists[0])
    (tmp_path / "notes.txt").write_text("ignored")
    found = read_trust(tmp_path)
    assert [len(found.roots), len(found.intermediates), len(found.revocation_lists)] == [1, 1, 1]
    assert read_holder(found.roots[0]).name == read_holder(trust.roots[0]).name
    (tmp_path / "broken.pem").write_text("-----BEGIN CERTIFICATE-----\nnothing\n-----END CERTIFICATE-----")
    with pytest.raises(TrustUnreadable, match=r"broken\.pem"):
        read_trust(tmp_path)
    assert read_trust(tmp_path / "nowhere").roots == ()
