"""Backing up, restoring and looking at the second store from the command line."""

import json
import shutil
from pathlib import Path

import pytest

from tearline.ledger.passphrase import lock
from tests.cli.conftest import CASES, Run

WORDS = "correct horse battery"

pytestmark = pytest.mark.usefixtures("cheap_passphrases")


@pytest.fixture
def words(tmp_path: Path) -> Path:
    file = tmp_path / "words"
    file.write_text(f"{WORDS}\n")
    return file


@pytest.fixture
def data(run: Run, tmp_path: Path) -> Path:
    """A node with its second store outside its folder."""
    data = tmp_path / "data"
    made = run("init", "--data", data, "--origin", "agency.example/node", "--published", tmp_path / "second")
    assert made.status == 0
    return data


def test_a_node_is_backed_up_and_restored(run: Run, data: Path, words: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    made = run("backup", file, "--data", data, "--passphrase-file", words, "--json")
    said = json.loads(made.out)
    assert made.err == ""
    assert (said["file"], said["keys"], said["epoch"], said["size"]) == (str(file), f"{file}.keys", 1, 3)
    shutil.rmtree(data)
    back = run("restore", file, "--data", data, "--passphrase-file", words)
    assert back.status == 0
    assert back.out.startswith(f"The node agency.example/node stands in {data}: 3 entries, as of 20")
    assert json.loads(run("ledger", "check", "--data", data, "--json").out) == {"whole": True, "size": 3}
    more = run("restore", file, "--data", tmp_path / "b", "--passphrase-file", words, "--json")
    assert json.loads(more.out)["signs"] is True


def test_the_passphrase_may_come_from_the_environment_which_then_forgets_it(
    run: Run, data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEARLINE_PASSPHRASE", WORDS)
    made = run("backup", tmp_path / "file", "--data", data, "--keys-expire", "7")
    assert made.status == 0
    assert "Keep it elsewhere; destroy it by 20" in made.out
    missing = run("backup", tmp_path / "other", "--data", data)
    assert missing.status == 2
    assert missing.line.startswith("TEARLINE_PASSPHRASE: top: expected a passphrase there")
    assert WORDS not in made.out + made.err + missing.err


@pytest.mark.parametrize("text", [b"", b"\n", b"two\nlines and more\n", b"\xff" * 20, b"short\n"])
def test_a_passphrase_is_one_line_of_some_length(run: Run, data: Path, tmp_path: Path, text: bytes) -> None:
    (tmp_path / "bad").write_bytes(text)
    ran = run("backup", tmp_path / "file", "--data", data, "--passphrase-file", tmp_path / "bad")
    assert ran.status == 2
    assert ran.line.startswith(str(tmp_path / "bad"))
    assert not (tmp_path / "file").exists()


def test_a_wrong_passphrase_is_one_line(run: Run, data: Path, words: Path, tmp_path: Path) -> None:
    run("backup", tmp_path / "file", "--data", data, "--passphrase-file", words)
    words.write_text("another passphrase\n")
    ran = run("restore", tmp_path / "file", "--data", tmp_path / "again", "--passphrase-file", words)
    assert ran.status == 2
    assert ran.line.startswith(f"{tmp_path / 'file'}.keys: top: expected the passphrase")
    assert not (tmp_path / "again").exists()


def test_a_backup_without_the_key_says_so(run: Run, data: Path, words: Path, tmp_path: Path) -> None:
    first = run("backup", tmp_path / "a", "--data", data, "--passphrase-file", words, "--json")
    ran = run("backup", tmp_path / "b", "--data", data, "--passphrase-file", words, "--without-keys")
    assert "without which sealed fields stay closed" in ran.out
    assert not (tmp_path / "b.keys").exists()
    assert json.loads(first.out)["size"] == 3  # and nothing more was recorded
    words_and = ("--passphrase-file", words, "--data")
    assert run("restore", tmp_path / "b", *words_and, tmp_path / "no").status == 2
    assert (
        run("restore", tmp_path / "b", *words_and, tmp_path / "yes", "--keys", tmp_path / "a.keys").status
        == 0
    )


def test_a_node_that_is_behind_is_read_and_records_nothing(
    run: Run, data: Path, words: Path, tmp_path: Path
) -> None:
    run("backup", tmp_path / "file", "--data", data, "--passphrase-file", words)
    assert run("case", "load", CASES / "nogales.yaml", "--data", data).status == 0
    older = tmp_path / "older"
    back = run("restore", tmp_path / "file", "--data", older, "--passphrase-file", words)
    assert back.status == 0
    assert "begin a new log" in back.err
    for reads in ("check", "audit", "checkpoint"):
        assert run("ledger", reads, "--data", older).status == 0
    assert run("ledger", "prove", "0", "--data", older).status == 0
    refused = run("case", "load", CASES / "nogales.yaml", "--data", older)
    assert refused.status == 1
    assert "restore the newest backup" in refused.line
    assert run("serve", "--data", older, "--port", "0").status == 1


def test_the_second_store_goes_with_the_commands(run: Run, data: Path, tmp_path: Path) -> None:
    before = json.loads(run("published", "--data", data, "--json").out)
    assert before == {"folder": str(tmp_path / "second"), "published": None, "latest": 2, "purged": 0}
    run("case", "load", CASES / "nogales.yaml", "--data", data)
    after = json.loads(run("published", "--data", data, "--json").out)
    assert after["latest"] == json.loads(run("ledger", "check", "--data", data, "--json").out)["size"] > 2
    assert f"committed: {after['latest']} entries" in run("published", "--data", data).out


def test_a_second_store_that_is_lost_is_begun_again_on_purpose_only(
    run: Run, data: Path, tmp_path: Path
) -> None:
    kept = run("published", "--begin", "--data", data)
    assert kept.status == 2
    assert "only when the old one is lost" in kept.line
    shutil.rmtree(tmp_path / "second")
    lost = run("case", "load", CASES / "nogales.yaml", "--data", data)
    assert lost.status == 1
    assert "tearline published --begin" in lost.line
    assert run("published", "--begin", "--data", data).status == 0
    assert run("case", "load", CASES / "nogales.yaml", "--data", data).status == 0


def test_another_nodes_second_store_is_not_taken(run: Run, data: Path, tmp_path: Path) -> None:
    ran = run("init", "--data", tmp_path / "other", "--published", tmp_path / "second")
    assert ran.status == 2
    assert "holds no other node's checkpoint" in ran.line
    assert not (tmp_path / "other").exists()


def test_no_bytes_are_a_backup_by_chance(run: Run, words: Path, tmp_path: Path) -> None:
    file = tmp_path / "file"
    for content in (b"", b"x" * 2000, lock(b"x", WORDS)):
        file.write_bytes(content)
        (tmp_path / "file.keys").write_bytes(content)
        ran = run("restore", file, "--data", tmp_path / "again", "--passphrase-file", words)
        assert ran.status == 2
        assert ran.line.startswith(f"{file}.keys: ")
    assert not (tmp_path / "again").exists()
