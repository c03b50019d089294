"""A whole node comes back from its backup, or nothing does; and never more than it may."""

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from base64 import b64encode
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tearline.config import Settings
from tearline.facts.errors import Broken, Malformed
from tearline.facts.fact import Compartment
from tearline.facts.history import Actor, Role, about
from tearline.facts.identifiers import FactId, OrganisationId, PersonId, PurgeId
from tearline.facts.parties import OrganisationRegistered
from tearline.facts.release import ItemRegistered
from tearline.facts.retention import KeyBackupDestroyed, KeyBackupMade, PurgeGround, PurgeOrdered
from tearline.jobs import purge
from tearline.jobs.backup import Made, keys_beside, make_backup
from tearline.jobs.cases import load_case
from tearline.jobs.restore import Restored, restore_node
from tearline.ledger import archive, wrapping
from tearline.ledger.archive import read
from tearline.ledger.backup import unpack
from tearline.ledger.keys import NodeKeys
from tearline.ledger.passphrase import lock, unlock
from tearline.ledger.published import Published
from tearline.node import Node, Order, make_node, open_node
from tearline.rooms.retention.purges import OrderPurge, SignPurge
from tests.databases import postgresql
from tests.ledger.test_disk import no_file_larger_than
from tests.ledger.test_residue import forms
from tests.nodes import saying

ROOT = Path(__file__).parents[2]
CASE = ROOT / "cases" / "practice.yaml"
pytestmark = pytest.mark.usefixtures("cheap_passphrases")

WORDS = "correct horse battery"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


class Clock:
    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True, kw_only=True)
class Kept:
    """A node's folder, its second store and a backup of it."""

    data: Path
    second: Path
    file: Path
    made: Made

    def copied(self, folder: Path) -> "Kept":
        """All of it in another folder, to be changed there."""
        data, second = folder / "node", folder / "second"
        shutil.copytree(self.data, data)
        shutil.copytree(self.second, second)
        Settings(demo=True, published=second).write(data)
        for file in (self.file, keys_beside(self.file)):
            shutil.copy(file, folder / file.name)
        return Kept(data=data, second=second, file=folder / self.file.name, made=self.made)


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory, cheap_passphrases: None) -> Kept:
    """One backup for all that only read it."""
    folder = tmp_path_factory.mktemp("original")
    data, second, file = folder / "node", folder / "second", folder / "backup"
    with closing(
        make_node(data, origin="agency.example/node", demo=True, published=second, clock=Clock())
    ) as node:
        load_case(node, CASE, now=NOW)
        node.published_now()
        made = make_backup(node, data, file, WORDS)
    return Kept(data=data, second=second, file=file, made=made)


@pytest.fixture
def kept(original: Kept, tmp_path: Path) -> Kept:
    return original.copied(tmp_path)


def restored(kept: Kept, data: Path, *, words: str = WORDS, now: datetime = NOW, **more: object) -> Restored:
    arguments = {"keys_file": keys_beside(kept.file), "published": kept.second} | more
    return restore_node(kept.file, data, words, clock=Clock(now), **arguments)  # type: ignore[arg-type]


def record(node: Node, name: str) -> None:
    command = saying(OrganisationRegistered(organisation=OrganisationId(name), name=name, country="MX"))
    node.record(Order(command=command, by=Actor(PersonId("p-1"), min(command.allowed - {Role.CHRONICLER}))))


def nothing_but(folder: Path, *names: str) -> bool:
    return {path.name for path in folder.iterdir()} == set(names)


def opened(kept: Kept, data: Path | None = None, *, reading: bool = False) -> Node:
    return open_node(data or kept.data, clock=Clock(), reading=reading)


def test_a_restored_node_is_the_node(kept: Kept, tmp_path: Path) -> None:
    data = tmp_path / "again"
    done = restored(kept, data)
    assert (done.size, done.origin, done.behind, done.purged_again) == (
        kept.made.size,
        "agency.example/node",
        None,
        0,
    )
    assert Settings.read(data) == Settings(demo=True, published=kept.second)
    assert nothing_but(data, "keys", "ledger.db", "node.json")
    for name in ("log.key", "fact.key", "log.vkey", "master.key"):
        key = data / "keys" / name
        assert key.read_bytes() == (kept.data / "keys" / name).read_bytes()
        assert key.stat().st_mode & 0o777 == 0o600
    with closing(opened(kept)) as was, closing(opened(kept, data)) as node:
        assert node.ledger.checkpoint() == was.ledger.checkpoint()
        assert node.ledger.rows(0, 1000) == was.ledger.rows(0, 1000)
        everything = about(kinds=(ItemRegistered, KeyBackupMade))
        opening = frozenset(Compartment)
        assert node.ledger.read(everything, opening=opening) == was.ledger.read(everything, opening=opening)
        node.ledger.check()
        record(node, "later")
    with closing(opened(kept, data)) as node:
        assert node.ledger.size() == kept.made.size + 1


def test_the_key_backup_is_on_record_before_it_exists_and_in_the_backup(kept: Kept, tmp_path: Path) -> None:
    restored(kept, tmp_path / "again")
    with closing(opened(kept, tmp_path / "again")) as node:
        (made,) = node.ledger.read(about(kinds=(KeyBackupMade,))).of(KeyBackupMade)
    assert made.fact == KeyBackupMade(
        backup=kept.made.backup,  # type: ignore[arg-type]
        epoch=1,
        expires=NOW + timedelta(days=30),
    )
    assert made.position == kept.made.size - 1


def test_the_wrapping_key_and_sealed_texts_are_not_in_the_backup(kept: Kept, tmp_path: Path) -> None:
    master = NodeKeys.load(kept.data / "keys").master
    with read(kept.file, WORDS, tmp_path) as file:
        content = file.read()
    assert b"ItemRegistered" in content  # the search would find what is there
    for form in (master, b64encode(master), master.hex().encode()):
        assert form not in content
    with closing(opened(kept)) as node:
        (item, *_) = node.ledger.read(about(kinds=(ItemRegistered,)), opening=frozenset(Compartment)).of(
            ItemRegistered
        )
    assert not [form for form in forms(item.fact.content.open()[:30]) if form in content]


def test_an_older_backup_stands_but_signs_nothing(kept: Kept, tmp_path: Path) -> None:
    with closing(opened(kept)) as node:
        record(node, "later")
    data = tmp_path / "older"
    done = restored(kept, data)
    assert done.behind is not None
    assert "restore the newest backup" in done.behind
    assert "begin a new log" in done.behind
    with pytest.raises(Broken, match="older copy"):
        opened(kept, data)
    with closing(opened(kept, data, reading=True)) as node:
        node.ledger.check()
        with pytest.raises(Broken, match="older copy"):
            record(node, "never")
        assert node.ledger.size() == kept.made.size


def test_a_node_beside_a_restored_one_cannot_both_go_on(kept: Kept, tmp_path: Path) -> None:
    restored(kept, tmp_path / "twin")
    with closing(opened(kept)) as node:
        record(node, "one")
    with pytest.raises(Broken, match="older copy"):
        opened(kept, tmp_path / "twin")


def test_with_the_second_store_out_of_sight_nothing_is_signed(kept: Kept, tmp_path: Path) -> None:
    shutil.rmtree(kept.second)
    done = restored(kept, tmp_path / "again")
    assert done.behind is not None
    assert "second store is not there" in done.behind
    with pytest.raises(Broken, match="second store is not there"):
        opened(kept, tmp_path / "again")


def test_a_second_store_in_the_nodes_own_folder_is_begun_again(kept: Kept, tmp_path: Path) -> None:
    data = tmp_path / "small"
    with closing(make_node(data, origin="agency.example/small", clock=Clock())) as node:
        make_backup(node, data, tmp_path / "file", WORDS)
    shutil.rmtree(data)
    done = restore_node(tmp_path / "file", data, WORDS, clock=Clock(), keys_file=tmp_path / "file.keys")
    assert done.behind is None
    with closing(open_node(data)) as node:
        assert Published(data / "published").latest() == node.ledger.checkpoint()


@pytest.mark.parametrize("file", ["file", "keys"])
def test_another_passphrase_restores_nothing(kept: Kept, tmp_path: Path, file: str) -> None:
    data = tmp_path / "again"
    if file == "file":  # the key file opens, the node's does not
        locked = unlock(keys_beside(kept.file).read_bytes(), WORDS, "")
        keys_beside(kept.file).write_bytes(lock(locked, "wrong passphrase!!"))
    with pytest.raises(Malformed, match="the passphrase under which it was made") as wrong:
        restored(kept, data, words="wrong passphrase!!")
    assert wrong.value.file == str(kept.file if file == "file" else keys_beside(kept.file))
    assert "wrong" not in str(wrong.value)
    assert not data.exists()
    assert nothing_but(tmp_path, "node", "second", "backup", "backup.keys")


@pytest.mark.parametrize("part", [0.002, 0.005, 0.3, 0.7, 0.995])
def test_a_flipped_bit_restores_nothing(kept: Kept, tmp_path: Path, part: float) -> None:
    """Every place of the format is tried in test_archive."""
    content = bytearray(kept.file.read_bytes())
    content[int(len(content) * part)] ^= 4
    kept.file.write_bytes(content)
    with pytest.raises(Malformed, match="backup"):
        restored(kept, tmp_path / "again")
    assert nothing_but(tmp_path, "node", "second", "backup", "backup.keys")


def test_a_backup_that_does_not_lead_to_its_checkpoint_restores_nothing(kept: Kept, tmp_path: Path) -> None:
    """Whoever knows the passphrase can make any archive, but no log key's signature over other entries."""
    with read(kept.file, WORDS, tmp_path) as file:
        content = file.read()
    at = content.rindex(b"eyJ") + 40
    kept.file.unlink()
    with kept.file.open("x+b") as forged:
        archive.write(forged, [content[:at], b"x", content[at + 1 :]], WORDS)
    with pytest.raises(Broken, match="the leaf does not commit to the fact"):
        restored(kept, tmp_path / "again")
    assert nothing_but(tmp_path, "node", "second", "backup", "backup.keys")


def test_an_expired_key_backup_is_refused(kept: Kept, tmp_path: Path) -> None:
    restored(kept, tmp_path / "in-time", now=NOW + timedelta(days=30, seconds=-1))
    with pytest.raises(Malformed, match=r"expires: .*did on 2026-12-22"):
        restored(kept, tmp_path / "again", now=NOW + timedelta(days=30))
    assert not (tmp_path / "again").exists()


def test_without_the_wrapping_key_nothing_is_restored(kept: Kept, tmp_path: Path) -> None:
    keys_beside(kept.file).unlink()
    with pytest.raises(Malformed, match=r"backup\.keys: top: expected a file that can be read"):
        restored(kept, tmp_path / "again")
    assert not (tmp_path / "again").exists()


def test_the_wrapping_key_may_come_from_a_key_store(
    kept: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    line = (kept.data / "keys" / "master.key").read_text().strip()
    monkeypatch.setenv(wrapping.VARIABLE, line)
    restored(kept, tmp_path / "again", keys_file=None)
    assert not (tmp_path / "again" / "keys" / "master.key").exists()
    monkeypatch.setenv(wrapping.VARIABLE, line)
    (kept.data / "keys" / "master.key").unlink()
    with closing(opened(kept)) as node:
        made = make_backup(node, kept.data, tmp_path / "outside", WORDS)
    assert made.keys is None
    assert not keys_beside(tmp_path / "outside").exists()


def test_another_nodes_key_opens_nothing(kept: Kept, tmp_path: Path) -> None:
    data = tmp_path / "other"
    with closing(make_node(data, origin="agency.example/other", clock=Clock())) as node:
        make_backup(node, data, tmp_path / "other-file", WORDS)
    with pytest.raises(Malformed, match=r"a key of agency\.example/node, found one of agency\.example/other"):
        restored(kept, tmp_path / "again", keys_file=tmp_path / "other-file.keys")
    assert not (tmp_path / "again").exists()


def test_a_backup_replaces_nothing(kept: Kept, tmp_path: Path) -> None:
    with closing(opened(kept)) as node:
        for name in ("backup", "new"):
            (tmp_path / "new.keys").touch()
            with pytest.raises(Malformed, match="a backup never replaces another"):
                make_backup(node, kept.data, tmp_path / name, WORDS)
        with pytest.raises(Malformed, match="a folder for the backup"):
            make_backup(node, kept.data, tmp_path / "none" / "file", WORDS)
        assert node.ledger.size() == kept.made.size


def test_a_node_that_stands_is_not_restored_over(kept: Kept, tmp_path: Path) -> None:
    before = sorted(path.name for path in kept.data.iterdir())
    for data in (kept.data, kept.file):
        with pytest.raises(Malformed, match="an empty or new folder"):
            restored(kept, data)
    assert sorted(path.name for path in kept.data.iterdir()) == before
    (tmp_path / "empty").mkdir()
    restored(kept, tmp_path / "empty")


def test_a_full_disk_leaves_no_backup_and_says_that_its_key_is_gone(kept: Kept, tmp_path: Path) -> None:
    folder = tmp_path / "to"
    folder.mkdir()
    with (
        closing(opened(kept)) as node,
        no_file_larger_than(kept.file.stat().st_size - 5_000),  # enough for the ledger's own log
        pytest.raises(OSError, match="File too large"),
    ):
        make_backup(node, kept.data, folder / "file", WORDS)
    assert nothing_but(folder)
    with closing(opened(kept)) as node:
        known = node.ledger.read(about(kinds=(KeyBackupMade, KeyBackupDestroyed)))
    (_, made) = known.of(KeyBackupMade)
    (destroyed,) = known.of(KeyBackupDestroyed)
    assert destroyed.fact.backup == made.fact.backup


def test_a_full_disk_while_restoring_leaves_nothing(kept: Kept, tmp_path: Path) -> None:
    with no_file_larger_than(60_000), pytest.raises((OSError, Broken)):
        restored(kept, tmp_path / "again")
    assert nothing_but(tmp_path, "node", "second", "backup", "backup.keys")


def test_a_backup_while_others_record_is_whole_at_one_size(kept: Kept, tmp_path: Path) -> None:
    stop = threading.Event()
    with closing(opened(kept)) as node, closing(opened(kept)) as other:

        def go_on() -> None:
            n = 0
            while not stop.is_set():
                record(other, f"meanwhile-{n}")
                n += 1

        thread = threading.Thread(target=go_on)
        thread.start()
        try:
            made = make_backup(node, kept.data, tmp_path / "busy", WORDS)
        finally:
            stop.set()
            thread.join()
        assert kept.made.size < made.size < node.ledger.size()
        rows = node.ledger.rows(0, made.size)
    done = restored(
        Kept(data=kept.data, second=kept.second, file=tmp_path / "busy", made=made), tmp_path / "again"
    )
    assert done.behind is not None
    with closing(opened(kept, tmp_path / "again", reading=True)) as node:
        node.ledger.check()
        assert node.ledger.rows(0, 10_000) == rows


def start(*words: object) -> subprocess.Popen[bytes]:
    environment = os.environ | {"TEARLINE_PASSPHRASE": WORDS}
    command = [sys.executable, "-m", "tearline.cli", *map(str, words)]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT
    )


@pytest.mark.parametrize("after", [0.6, 1.5, 2.5, 3.5])
def test_a_backup_that_is_killed_leaves_no_file_of_that_name(
    kept: Kept, tmp_path: Path, after: float
) -> None:
    process = start("backup", tmp_path / "killed", "--data", kept.data)
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.wait()
    both = [(tmp_path / name).exists() for name in ("killed", "killed.keys")]
    if all(both):  # it was quicker: then it is whole
        (tmp_path / "killed").rename(kept.file)
        (tmp_path / "killed.keys").rename(keys_beside(kept.file))
        restored(kept, tmp_path / "again", now=datetime.now(UTC))
    else:
        assert not (tmp_path / "killed").exists()
    with closing(opened(kept)) as node:
        node.ledger.check()


@pytest.mark.parametrize("after", [0.8, 2.0, 3.0, 4.0])
def test_a_restore_that_is_killed_leaves_no_node(kept: Kept, tmp_path: Path, after: float) -> None:
    # The clock is the system's, so that this key must not have expired by then.
    process = start("restore", kept.file, "--data", tmp_path / "again", "--published", kept.second)
    time.sleep(after)
    process.send_signal(signal.SIGKILL)
    process.wait()
    if not (tmp_path / "again").exists():
        restored(kept, tmp_path / "again")
    with closing(opened(kept, tmp_path / "again")) as node:
        node.ledger.check()


def purged(node: Node) -> bytes:
    """The first item's sealed fields, destroyed by two people; its leaf."""
    (item, *_) = node.ledger.read(about(kinds=(ItemRegistered,))).of(ItemRegistered)
    ordered = PurgeOrdered(
        purge=PurgeId("gone"),
        refs=(FactId(item.ref),),
        ground=PurgeGround.COURT_ORDER,
        cites="Order 17",
    )
    one, other = Actor(PersonId("max"), Role.SENIOR_OFFICER), Actor(PersonId("ola"), Role.OVERSEER)
    node.record(Order(command=OrderPurge(ordered), by=one))
    node.record(Order(command=SignPurge(purge=PurgeId("gone")), by=other))
    purge.complete(node)
    return node.ledger.entry(item.position).leaf


def test_an_older_backup_does_not_bring_back_what_was_purged(kept: Kept, tmp_path: Path) -> None:
    with closing(opened(kept)) as node:
        leaf = purged(node)
        epoch = node.ledger.epoch()
        made = make_backup(node, kept.data, tmp_path / "after", WORDS)
    assert epoch == 2
    assert leaf in {one.leaf for one in Published(kept.second).purges()}
    # With the key of today, the old backup cannot be opened at all.
    with pytest.raises(Malformed, match=r"of epoch 1.*make a new backup after each purge"):
        restored(kept, tmp_path / "older", keys_file=keys_beside(tmp_path / "after"))
    assert not (tmp_path / "older").exists()
    # With the key of that time, while it is not destroyed yet, it is purged again.
    done = restored(kept, tmp_path / "older")
    assert done.purged_again == 1
    assert done.behind is not None
    with closing(opened(kept, tmp_path / "older", reading=True)) as node:
        (row,) = [row for row in node.ledger.rows(0, 10_000) if row.leaf == leaf]
        assert (row.wrapped, row.content) == (b"", b"")
        assert node.ledger.disclosures(row.position) == {}
        node.ledger.check([leaf])
        with pytest.raises(Broken, match="gone without a purge on record"):
            node.ledger.check()
    # A backup made afterwards has nothing of it, and is whole.
    with read(tmp_path / "after", WORDS, tmp_path) as file:
        contents, rows = unpack(file, "after")
        assert [row.wrapped for row in rows if row.leaf == leaf] == [b""]
    assert leaf in {one.leaf for one in contents.purged}
    after = Kept(data=kept.data, second=kept.second, file=tmp_path / "after", made=made)
    assert restored(after, tmp_path / "newer").behind is None
    with closing(opened(kept, tmp_path / "newer")) as node:
        node.ledger.check()


def test_a_node_moves_from_sqlite_to_postgresql(kept: Kept, tmp_path: Path) -> None:
    with postgresql() as server:
        database = server.new()
        done = restored(kept, tmp_path / "again", database=database.url)
        assert done.behind is None
        with (
            closing(open_node(tmp_path / "again", database=database.url, clock=Clock())) as node,
            closing(opened(kept)) as was,
        ):
            assert node.ledger.checkpoint() == was.ledger.checkpoint()
            assert node.ledger.rows(0, 10_000) == was.ledger.rows(0, 10_000)
            node.ledger.check()
            record(node, "later")
            back = make_backup(node, tmp_path / "again", tmp_path / "back", WORDS)
        with pytest.raises(Malformed, match="an empty database"):
            restored(kept, tmp_path / "once-more", database=database.url)
        assert not (tmp_path / "once-more").exists()
    file = Kept(data=kept.data, second=kept.second, file=tmp_path / "back", made=back)
    assert restored(file, tmp_path / "sqlite").behind is None
    with closing(opened(kept, tmp_path / "sqlite")) as node:
        node.ledger.check()
