"""Copies of a real installation: made while it runs, checked, pruned, brought back elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import select

from connectors import anchoring
from connectors.assembly import make_platform
from engine.clock import FixedClock
from engine.documents.models import Document
from engine.errors import InvalidInput
from engine.files import FileStore
from engine.instances import cases
from engine.platform import Platform
from engine.settings import Settings
from tests import builders
from tests.servers import plain
from web import cli
from web.launcher.administration import verify_audit
from web.safekeeping import database, making, manifest, restoring

VERSION = "0.1.0"


@dataclass
class Kept:
    """An installation with one letter, and where its copies go."""

    settings: Settings
    target: Path
    clock: FixedClock
    letter: bytes
    document: int

    def copy(self) -> making.Made:
        """A copy, a minute after the one before."""
        self.clock.advance(timedelta(minutes=1))
        return making.make(self.settings, self.target, self.clock, VERSION)


@pytest.fixture
def kept(platform: Platform, province: builders.Province, tmp_path: Path, clock: FixedClock) -> Kept:
    """A department whose registry has taken in one letter."""
    office, letter, subject = province.department, builders.pdf("Công văn cần giữ"), "Công văn cần giữ"
    document, _instance = platform.run(
        builders.actor(platform, office["clerk"]), cases.begin_incoming, agency_id=office.id, subject=subject,
        code="7/UBND", organ_name="UBND xã Bên Kia", main_file=builders.Upload("a.pdf", letter),
    )  # fmt: skip
    anchoring.lay_down(platform)
    return Kept(platform.settings, tmp_path.parent / f"{tmp_path.name}-copies", clock, letter, document.id)


@pytest.fixture
def elsewhere(kept: Kept, empty_database_url: str, tmp_path: Path) -> Settings:
    """Another machine with nothing on it."""
    new = tmp_path / "new"
    return replace(kept.settings, database_url=empty_database_url, data_path=new, files_path=new / "files")


def test_a_copy_comes_back_whole_on_an_empty_machine(kept: Kept, elsewhere: Settings) -> None:
    made = kept.copy()
    assert made.files == made.fresh >= 1
    assert making.check(kept.target, made.folder) == []
    found = restoring.restore(elsewhere, kept.target, restoring.newest(kept.target))
    assert found.version == VERSION
    platform = make_platform(elsewhere)
    try:
        with platform.reading() as session:
            document = session.scalars(select(Document)).one()
            assert (document.id, document.subject) == (kept.document, "Công văn cần giữ")
    finally:
        platform.engine.dispose()
    before = {path.name for path in manifest.below(kept.settings.files_path)}
    assert {path.name for path in manifest.below(elsewhere.files_path)} == before
    assert kept.letter in [FileStore(elsewhere.files_path).get(name) for name in before]
    assert list(anchoring.folder(elsewhere).iterdir()) != []
    assert verify_audit(elsewhere)[0] is True


def test_a_second_copy_takes_only_what_is_new(kept: Kept) -> None:
    first, second = kept.copy(), kept.copy()
    assert (second.files, second.fresh) == (first.files, 0)
    assert manifest.copies(kept.target) == [first.folder, second.folder]


@pytest.mark.parametrize("harm", ["dump", "file", "missing", "added"])
def test_a_damaged_copy_is_told_and_restores_nothing(kept: Kept, elsewhere: Settings, harm: str) -> None:
    folder = kept.copy().folder
    file = next(manifest.below(kept.target / making.STORE))
    if harm == "dump":
        with (folder / manifest.DATABASE).open("ab") as dump:
            dump.write(b"x")
    elif harm == "file":
        file.write_bytes(b"another letter")
    elif harm == "missing":
        file.unlink()
    else:
        (folder / "added.pem").write_text("not ours", encoding="utf-8")
    assert len(making.check(kept.target, folder)) == 1
    with pytest.raises(InvalidInput, match="không nguyên vẹn"):
        restoring.restore(elsewhere, kept.target, folder)
    assert not elsewhere.files_path.exists()


def test_nothing_is_overwritten_and_nothing_newer_is_taken(kept: Kept, elsewhere: Settings) -> None:
    folder = kept.copy().folder
    with pytest.raises(InvalidInput, match="không trống"):
        restoring.restore(kept.settings, kept.target, folder)
    replace(manifest.read(folder), revision="9999_later").write(folder)
    with pytest.raises(InvalidInput, match="mới hơn"):
        restoring.restore(elsewhere, kept.target, folder)
    with pytest.raises(InvalidInput, match="không phải là một bản sao lưu"):
        manifest.read(kept.target)


def test_old_copies_go_with_the_files_only_they_needed(kept: Kept) -> None:
    first = kept.copy()
    store = FileStore(kept.settings.files_path)
    (destroyed,) = [each for each in manifest.read(first.folder).files if store.get(each) == kept.letter]
    store.remove(destroyed)
    second = kept.copy()
    assert making.prune(kept.target, keep=2) == ([], 0)
    assert making.prune(kept.target, keep=1) == ([first.folder.name], 1)
    assert not FileStore(kept.target / making.STORE).path(destroyed).exists()
    assert making.check(kept.target, second.folder) == []


def test_a_file_the_installation_has_damaged_is_left_out_and_named(kept: Kept) -> None:
    path = next(manifest.below(kept.settings.files_path))
    path.write_bytes(b"bit rot")
    made = kept.copy()
    assert made.damaged == (path.name,)
    assert path.name not in manifest.read(made.folder).files


def test_copies_don_t_lie_among_the_data(kept: Kept) -> None:
    with pytest.raises(InvalidInput, match="ngoài thư mục dữ liệu"):
        making.make(kept.settings, kept.settings.data_path / "copies", kept.clock, VERSION)


def test_a_server_that_says_no_is_told_without_the_password(kept: Kept) -> None:
    wrong = kept.settings.database_url.rsplit("/", 1)[0] + "/nothing_here"
    kept.target.mkdir()
    with pytest.raises(database.ProgramFailed) as told:
        database.dump(wrong, kept.target / "dump")
    password = psycopg.conninfo.conninfo_to_dict(plain(wrong))["password"]
    assert "nothing_here" in str(told.value)
    assert str(password) not in str(told.value)


def test_the_commands_back_up_check_and_refuse(
    kept: Kept, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(cli, "settings_now", lambda: kept.settings)
    target = str(kept.target)
    assert cli.main(["backup", target, "--check"]) == 1  # nothing there yet
    assert cli.main(["backup", target, "--keep", "3"]) == 0
    assert "Đã sao lưu vào" in capsys.readouterr().out
    assert cli.main(["backup", target, "--check"]) == 0
    assert "1 bản sao lưu, 0 chỗ" in capsys.readouterr().out
    assert cli.main(["backup", target, "--keep", "0"]) == 1
    assert cli.main(["restore", target]) == 1
    assert "không trống" in capsys.readouterr().err
