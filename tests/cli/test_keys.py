"""tearline keys: list, rotate, revoke, person new, person add."""

import json
import stat
from pathlib import Path
from typing import Any

import pytest

from tearline.facts.keys import thumbprint_of
from tearline.ledger import keyfile, strict
from tearline.ledger.handover import open_hand_over
from tearline.ledger.keys import NodeKeys
from tearline.ledger.note import Vkey, open_checkpoint
from tests.cli.conftest import Run
from tests.signing import public_key

ANA = "practice.case-agent"
LEO = "practice.liaison"


@pytest.fixture
def data(node: Path) -> tuple[str, Path]:
    return ("--data", node)


def listed(run: Run, data: tuple[str, Path]) -> list[dict[str, Any]]:
    ran = run("keys", "list", "--json", *data)
    assert ran.status == 0
    keys: list[dict[str, Any]] = json.loads(ran.out)["keys"]
    return keys


def enrolled(run: Run, data: tuple[str, Path], name: str, nth: int = 1) -> str:
    ran = run("keys", "person", "add", name, public_key(name, nth), "--by", LEO, *data)
    assert (ran.status, ran.err) == (0, "")
    return ran.out.strip()


def test_a_new_node_lists_its_two_keys(run: Run, data: tuple[str, Path]) -> None:
    fact, log = listed(run, data)
    assert (fact["purpose"], log["purpose"]) == ("fact", "log")
    assert fact["in_use"]
    assert log["in_use"]
    keys = NodeKeys.load(data[1] / "keys")
    assert log["vkey"] == str(keys.vkey)
    assert fact["public_key"] == strict.to_base64url(keys.fact.public_key().public_bytes_raw())
    assert fact["key"] == thumbprint_of(fact["public_key"])
    said = run("keys", "list", "--language", "es", *data)
    assert "el nodo, firma hechos  en uso" in said.out


def test_a_rotated_log_key_is_handed_over(run: Run, data: tuple[str, Path]) -> None:
    before = Vkey.parse(listed(run, data)[1]["vkey"])
    ran = run("keys", "rotate", "log", *data)
    assert ran.status == 0
    assert ran.err.startswith("Tell your witnesses and partners the new key")
    after = Vkey.parse(ran.out.strip())
    new = listed(run, data)[2]
    assert open_hand_over(new["hand_over"], before) == after == Vkey.parse(new["vkey"])
    assert new["replaces"] == listed(run, data)[1]["key"]
    checkpoint = run("ledger", "checkpoint", *data).out
    assert open_checkpoint(checkpoint, after).origin == before.name
    assert run("ledger", "check", *data).status == 0


def test_a_rotated_fact_key_signs_from_then_on(run: Run, data: tuple[str, Path]) -> None:
    ran = run("keys", "rotate", "fact", "--json", *data)
    made = json.loads(ran.out)
    assert (ran.status, made["purpose"], made["in_use"]) == (0, "fact", True)
    assert run("keys", "rotate", "fact", *data).status == 0
    assert [k["in_use"] for k in listed(run, data)] == [False, True, False, True]
    assert run("ledger", "check", *data).status == 0


def test_only_a_replaced_key_of_the_node_is_revoked(run: Run, data: tuple[str, Path]) -> None:
    key = listed(run, data)[0]["key"]
    refused = run("keys", "revoke", key, "--reason", "exposed", *data)
    assert (refused.status, refused.line.partition(":")[0]) == (1, "rotate-first")
    run("keys", "rotate", "fact", *data)
    done = run("keys", "revoke", key, "--reason", "exposed", "--json", *data)
    assert json.loads(done.out)["revoked"]["reason"] == "exposed"
    assert run("ledger", "check", *data).status == 0
    assert run("keys", "revoke", key, "--reason", "exposed", *data).line.startswith("once:")


def test_a_person_makes_a_key_and_another_puts_it_on_record(
    run: Run, data: tuple[str, Path], tmp_path: Path
) -> None:
    file = tmp_path / "ana.key"
    made = run("keys", "person", "new", ANA, "--out", file)
    assert made.status == 0
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    private = keyfile.private(file)
    public = made.out.strip()
    assert public == strict.to_base64url(private.public_key().public_bytes_raw())
    added = run("keys", "person", "add", ANA, public, "--by", LEO, *data)
    assert added.out.strip() == thumbprint_of(public)
    (found,) = [k for k in listed(run, data) if k["purpose"] == "person"]
    assert (found["person"], found["key"], found["in_use"]) == (ANA, thumbprint_of(public), True)


def test_a_further_key_is_vouched_for_by_its_holder(run: Run, data: tuple[str, Path], tmp_path: Path) -> None:
    files = [tmp_path / name for name in ("one.key", "two.key")]
    one, two = (run("keys", "person", "new", ANA, "--out", file).out.strip() for file in files)
    assert run("keys", "person", "add", ANA, one, "--by", LEO, *data).status == 0
    alone = run("keys", "person", "add", ANA, two, "--by", LEO, *data)
    assert (alone.status, alone.line.partition(":")[0]) == (1, "vouched-for")
    own = run("keys", "person", "vouch", ANA, two, "--key", files[1]).out.strip()
    wrong = run("keys", "person", "add", ANA, two, "--by", LEO, "--vouched", own, *data)
    assert (wrong.status, wrong.line.partition(":")[0]) == (1, "vouched-for")
    malformed = run("keys", "person", "add", ANA, two, "--by", LEO, "--vouched", "x", *data)
    assert (malformed.status, malformed.line.partition(" ")[0]) == (2, "--vouched:")
    signature = run("keys", "person", "vouch", ANA, two, "--key", files[0]).out.strip()
    assert run("keys", "person", "add", ANA, two, "--by", LEO, "--vouched", signature, *data).status == 0
    assert [k["in_use"] for k in listed(run, data)][2:] == [True, True]
    assert run("ledger", "check", *data).status == 0


def test_a_key_file_is_never_overwritten(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "ana.key"
    assert run("keys", "person", "new", ANA, "--out", file, "--json").status == 0
    before = file.read_bytes()
    again = run("keys", "person", "new", ANA, "--out", file)
    assert again.status == 2
    assert "not there yet" in again.line
    assert file.read_bytes() == before
    assert run("keys", "person", "new", ANA, "--out", tmp_path / "none" / "ana.key").status == 1


def test_a_persons_key_is_revoked_by_somebody(run: Run, data: tuple[str, Path]) -> None:
    key = enrolled(run, data, ANA)
    nobody = run("keys", "revoke", key, "--reason", "lost", *data)
    assert (nobody.status, "--by" in nobody.line) == (2, True)
    other = run("keys", "revoke", key, "--reason", "lost", "--by", "someone", "--as", "harm-desk", *data)
    assert (other.status, other.line.partition(":")[0]) == (1, "ones-own-key-or-an-enrolled-one")
    when = "2026-01-02T03:04:05Z"
    done = run("keys", "revoke", key, "--reason", "lost", "--since", when, "--by", LEO, *data)
    assert done.status == 0
    assert "revoked since 2026-01-02T03:04+00:00: lost" in done.out
    returned = run("keys", "person", "add", ANA, public_key(ANA), "--by", LEO, *data)
    assert (returned.status, returned.line.partition(":")[0]) == (1, "one-key-one-use")


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (("rotate", "master"), 2, "tearline keys rotate: Invalid value"),
        (("revoke", "x", "--reason", "lost"), 2, "KEY: x: expected the thumbprint of a key on record"),
        (("revoke", "x", "--reason", "bored"), 2, "tearline keys revoke: Invalid value"),
        (("revoke", "x", "--reason", "lost", "--since", "yesterday"), 2, "--since: yesterday: expected"),
        (("revoke", "x", "--reason", "lost", "--by", "Ana B"), 2, "--by: Ana B: expected an identifier"),
        (("person", "add", "ANA", public_key("ana"), "--by", LEO), 2, "PERSON: ANA: expected"),
        (("person", "add", "ghost", public_key("ghost"), "--by", LEO), 1, "known:"),
        (("person", "add", ANA, "x", "--by", LEO), 2, "PUBLIC: x: expected an Ed25519 public key"),
        (("person", "add", ANA, "A" * 43, "--by", LEO), 2, f"PUBLIC: {'A' * 43}: expected an Ed25519"),
        (("person", "add", ANA, public_key(ANA), "--by", ANA), 1, "nobody-introduces-their-own-key:"),
        (
            ("person", "add", ANA, public_key(ANA), "--by", LEO, "--as", "harm-desk"),
            1,
            "role-allowed:",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_what_is_wrong_is_one_line_and_changes_nothing(
    run: Run, data: tuple[str, Path], arguments: tuple[str, ...], status: int, said: str
) -> None:
    before = listed(run, data)
    ran = run("keys", *arguments, *data)
    assert ran.status == status
    assert ran.line.startswith(said)
    assert listed(run, data) == before
