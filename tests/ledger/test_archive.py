"""What stands in an archive comes out whole under its passphrase, or not at all."""

import io
import random
import shutil
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pyrage
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tearline.facts.errors import Malformed
from tearline.ledger import archive
from tearline.ledger.passphrase import unlock
from tests.ledger.test_disk import no_file_larger_than

pytestmark = pytest.mark.usefixtures("cheap_passphrases")

WORDS = "correct horse battery"
CONTENT = random.Random(1).randbytes(150_000)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, cheap_passphrases: None) -> Path:
    """One archive for all that only read it."""
    path = tmp_path_factory.mktemp("archive") / "a.backup"
    with path.open("x+b") as file:
        archive.write(file, [CONTENT[:100], b"", CONTENT[100:]], WORDS)
    return path


@pytest.fixture(scope="module")
def identity(made: Path) -> bytes:
    with tarfile.open(made) as tar:
        member = tar.extractfile(archive.IDENTITY)
        assert member is not None
        return unlock(member.read(), WORDS, "identity")


def opened(content: bytes, identity: bytes, folder: Path) -> bytes:
    """The content, with the costly passphrase left out."""
    file = io.BytesIO(content)
    archive._identity(file, "archive")
    with archive.read_content(file, identity, "archive", folder) as found:
        return found.read()


def test_what_went_in_comes_out(made: Path, tmp_path: Path) -> None:
    with archive.read(made, WORDS, tmp_path) as found:
        assert found.read() == CONTENT
    assert list(tmp_path.iterdir()) == []


def test_another_passphrase_opens_nothing(made: Path, tmp_path: Path) -> None:
    with pytest.raises(Malformed, match="the passphrase under which it was made"):
        archive.read(made, WORDS + "?", tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_of_the_content_or_the_passphrase_stands_in_the_file(made: Path) -> None:
    content = made.read_bytes()
    assert CONTENT[:16] not in content
    assert WORDS.encode() not in content


def test_tar_and_age_open_it_without_us(made: Path) -> None:
    with tarfile.open(made) as tar:
        read = {member.name: file.read() for member in tar if (file := tar.extractfile(member)) is not None}
    assert list(read) == [archive.IDENTITY, archive.CONTENT]
    text = pyrage.passphrase.decrypt(read[archive.IDENTITY], WORDS).decode()
    assert pyrage.decrypt(read[archive.CONTENT], [pyrage.x25519.Identity.from_str(text)]) == CONTENT


def test_the_tar_of_this_machine_lists_it(made: Path) -> None:
    tar = shutil.which("tar")
    if tar is None:
        pytest.skip("there is no tar here")
    listed = subprocess.run([tar, "tf", made], capture_output=True, text=True, check=True)
    assert (listed.stdout, listed.stderr) == (f"{archive.IDENTITY}\n{archive.CONTENT}\n", "")


def places(made: Path) -> list[int]:
    """Every byte around the seams, and a sample of those between."""
    content = made.read_bytes()
    size = len(content)
    with tarfile.open(made) as tar:
        (_, second) = tar.getmembers()
    at = {second.offset + n for n in range(520)} | {size - 1 - n for n in range(1200)}
    return sorted(at | set(random.Random(2).sample(range(second.offset, size), 300)))


def test_a_bit_flipped_behind_the_identity_is_refused(made: Path, identity: bytes, tmp_path: Path) -> None:
    whole = made.read_bytes()
    assert opened(whole, identity, tmp_path) == CONTENT
    rng = random.Random(4)
    for at in places(made):
        changed = bytearray(whole)
        changed[at] ^= 1 << rng.randrange(8)
        with pytest.raises(Malformed):
            opened(bytes(changed), identity, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_bit_flipped_in_the_identity_or_before_it_is_refused(made: Path, tmp_path: Path) -> None:
    whole = made.read_bytes()
    with tarfile.open(made) as tar:
        (first, second) = tar.getmembers()
    damaged = tmp_path / "damaged"
    rng = random.Random(5)
    header = range(archive.BLOCK)
    padding = range(first.offset_data + first.size, second.offset)
    locked = rng.sample(
        range(first.offset_data, first.offset_data + first.size), 8
    )  # each costs a passphrase
    for at in (*header, *padding, *locked):
        changed = bytearray(whole)
        changed[at] ^= 1 << rng.randrange(8)
        damaged.write_bytes(changed)
        with pytest.raises(Malformed):
            archive.read(damaged, WORDS, tmp_path)
    damaged.unlink()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("count", [1, 511, 1024, 1025, 65_000, 100_000])
def test_an_archive_that_was_cut_is_refused(made: Path, identity: bytes, tmp_path: Path, count: int) -> None:
    with pytest.raises(Malformed):
        opened(made.read_bytes()[:-count], identity, tmp_path)


def test_an_archive_with_something_behind_it_is_refused(made: Path, identity: bytes, tmp_path: Path) -> None:
    for more in (b"\0", bytes(512), b"x"):
        with pytest.raises(Malformed, match="end"):
            opened(made.read_bytes() + more, identity, tmp_path)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=3000))
def test_any_bytes_are_an_archive_or_malformed(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any"
    path.write_bytes(content)
    with pytest.raises(Malformed, match="any"):
        archive.read(path, WORDS, tmp_path)


def test_what_cannot_be_read_is_malformed(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path):
        with pytest.raises(Malformed, match="a file that can be read"):
            archive.read(path, WORDS, tmp_path)


@pytest.mark.parametrize("room", [5_000, 151_000])
def test_a_full_disk_is_said_so_and_nothing_is_called_an_archive(tmp_path: Path, room: int) -> None:
    """151,000: the last write, of whose failure age says nothing."""
    with (
        (tmp_path / "a").open("x+b") as file,
        no_file_larger_than(room),
        pytest.raises(OSError, match="File too large"),
    ):
        archive.write(file, [CONTENT], WORDS)


def test_a_full_disk_while_reading_is_no_damage(made: Path, tmp_path: Path) -> None:
    with no_file_larger_than(100_000), pytest.raises(OSError, match="File too large"):
        archive.read(made, WORDS, tmp_path)


def test_an_error_of_what_is_archived_comes_through(tmp_path: Path) -> None:
    def pieces() -> Iterator[bytes]:
        yield b"one"
        raise LookupError("mine")

    with (tmp_path / "a").open("x+b") as file, pytest.raises(LookupError, match="mine"):
        archive.write(file, pieces(), WORDS)
