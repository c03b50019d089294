"""``tearline ledger verify-bundle``: what a bundle proves, in words and as JSON, with nothing but the log's key."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.ledger.handmade import LOG, OTHER, HandMade, person_key, private, revoked, vkey_of

VKEY = vkey_of(LOG)
WITNESS = private("9")
WATCH = vkey_of(WITNESS, "watch.example/w", b"\x04")


def told() -> HandMade:
    log = HandMade.begun()
    log.add("PersonKeyIntroduced", person_key("p-1", OTHER), by="clerk", role="vetting-officer")
    log.add(
        "ItemRegistered", {"item": "i-1"}, {"title": "A título\x1b[2J", "content": "secret"}, person=OTHER
    )
    log.add("OfNoKindThatWeKnow", {"word": "\u202ereversed"})
    return log


@pytest.fixture
def bundle(tmp_path: Path) -> Path:
    log = told()
    log.cosigned.append((WITNESS, "watch.example/w", 1_800_000_000))
    file = tmp_path / "item.bundle.json"
    file.write_bytes(log.bundle({0: (), 1: (), 2: ("title",), 3: ()}))
    return file


def test_what_is_proven_is_printed(run: Run, bundle: Path) -> None:
    ran = run("ledger", "verify-bundle", bundle, "--vkey", VKEY, "--witness", WATCH)
    assert ran.status == 0
    for words in (
        "on record in tearline.example/desk, under its checkpoint of 4 entries",
        "Cosigned by watch.example/w at 2027-01-15T08:00:00+00:00",
        "Entry 2: ItemRegistered (An item was registered), fact refaaaaaaaaaaaa2",
        "recorded at 2026-11-22T12:00:02.000000Z",
        "by p-1, as case-agent; signed by p-1 with key",
        'title: "A título',
        "7 digests more: sealed fields that are not shown, or decoys",
        "Entry 3: OfNoKindThatWeKnow, fact",
        "not signed by the person",
    ):
        assert words in ran.out
    assert "secret" not in ran.out


def test_nothing_in_a_bundle_moves_the_readers_cursor(run: Run, bundle: Path) -> None:
    out = run("ledger", "verify-bundle", bundle, "--vkey", VKEY).out
    assert all(c.isprintable() or c == "\n" for c in out)


def test_what_is_proven_is_one_document_for_machines(run: Run, bundle: Path) -> None:
    found = json.loads(run("ledger", "verify-bundle", bundle, "--vkey", VKEY, "--json").out)
    assert (found["verified"], found["origin"], found["size"]) == (True, "tearline.example/desk", 4)
    assert found["cosigned"] == []
    fact = found["facts"][2]
    assert (fact["position"], fact["kind"], fact["by"]) == (2, "ItemRegistered", "p-1")
    assert fact["shown"] == {"title": "A título\x1b[2J"}
    assert fact["clear"] == {"item": "i-1"}
    assert fact["hidden"] == 7
    assert (fact["signed"]["person"], fact["signed"]["introduced_at"]) == ("p-1", 1)
    assert found["facts"][3]["signed"] is None


def test_a_key_that_was_revoked_later_is_said_to_be(run: Run, tmp_path: Path) -> None:
    log = told()
    log.add("PersonKeyRevoked", revoked(OTHER, person="p-1"))
    file = tmp_path / "b.json"
    file.write_bytes(log.bundle({0: (), 1: (), 2: (), 4: ()}))
    out = " ".join(run("ledger", "verify-bundle", file, "--vkey", VKEY).out.split())
    assert "which entry 4 revoked: not to be believed since 2026-11-22T12:00:00Z" in out


def test_a_proof_that_fails_is_one_line_and_exit_1(run: Run, bundle: Path) -> None:
    for wrong in (("--vkey", vkey_of(OTHER)), ("--vkey", VKEY, "--witness", vkey_of(OTHER, "w/2", b"\x04"))):
        ran = run("ledger", "verify-bundle", bundle, *wrong)
        assert ran.status == 1
        assert ran.line
    bundle.write_bytes(bundle.read_bytes().replace(b"index 2", b"index 1", 1))
    ran = run("ledger", "verify-bundle", bundle, "--vkey", VKEY)
    assert (ran.status, ran.line) == (1, f"{bundle}: entry 1: does not follow the one before it")


@pytest.mark.parametrize(
    ("content", "words", "said"),
    [
        (b"{}", ("--vkey", VKEY), "top: expected format, version and facts"),
        (None, ("--vkey", VKEY), "top: expected a file that can be read"),
        (b"{}", ("--vkey", "none"), "--vkey: top: expected name+key id+key"),
        (b"{}", ("--vkey", VKEY, "--witness", "w"), "--witness: top: expected name+key id+key"),
        (b"{}", (), "--vkey"),
    ],
)
def test_what_is_malformed_is_one_line_and_exit_2(
    run: Run, tmp_path: Path, content: bytes | None, words: tuple[str, ...], said: str
) -> None:
    file = tmp_path / "b.json"
    if content is not None:
        file.write_bytes(content)
    ran = run("ledger", "verify-bundle", file, *words)
    assert ran.status == 2
    assert said in ran.line
