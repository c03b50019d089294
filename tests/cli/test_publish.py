"""``tearline ledger publish``, with witnesses served on loopback."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest

from tearline.config import Settings, WitnessAddress
from tearline.ledger.keys import NodeKeys
from tearline.ledger.note import Vkey, open_cosigned
from tearline.ledger.published import Published
from tearline.ledger.witness import Witness
from tearline.web.witness import create_witness_app
from tests.cli.conftest import Run
from tests.ledger.told import Clock
from tests.peers.serving import answering, served

NAMES = ("overseer.example/w", "partner.example/w")


@pytest.fixture
def witnesses(node: Path, tmp_path: Path) -> Iterator[list[WitnessAddress]]:
    """Two witnesses of the node's log, served."""
    log = NodeKeys.load(node / "keys").vkey
    with ExitStack() as stack:
        found = []
        for n, name in enumerate(NAMES):
            witness = stack.enter_context(closing(Witness.make(tmp_path / f"w{n}", name, Clock())))
            witness.trust(log)
            url = stack.enter_context(served(create_witness_app(witness)))
            found.append(WitnessAddress(vkey=str(witness.vkey), url=url))
        yield found


def configure(node: Path, witnesses: list[WitnessAddress]) -> Published:
    settings = Settings.read(node)
    replace(settings, witnesses=tuple(witnesses), quorum=len(witnesses), required=NAMES[:1]).write(node)
    return Published(settings.second_store(node))


def test_a_cosigned_checkpoint_is_published_and_exported(
    run: Run, node: Path, witnesses: list[WitnessAddress], tmp_path: Path
) -> None:
    published = configure(node, witnesses)
    ran = run("ledger", "publish", "--data", node, "--export", tmp_path / "public", "--json")
    assert (ran.status, ran.err) == (0, "")
    said = json.loads(ran.out)
    assert said["published"] is True
    assert [c["witness"] for c in said["cosigned"]] == list(NAMES)
    vkeys = [Vkey.parse(w.vkey) for w in witnesses]
    log = NodeKeys.load(node / "keys").vkey
    assert set(open_cosigned(said["checkpoint"], log, vkeys).at) == set(vkeys)
    assert published.read() == said["checkpoint"] == (tmp_path / "public" / "checkpoint").read_text()
    checked = ["ledger", "verify", tmp_path / "public", "--vkey", log]
    assert run(*checked, "--witness", vkeys[0], "--witness", vkeys[1]).status == 0
    again = run("ledger", "publish", "--data", node)
    assert again.status == 0
    assert "It is published." in again.out


def test_without_the_overseer_nothing_is_published(
    run: Run, node: Path, witnesses: list[WitnessAddress], tmp_path: Path
) -> None:
    with served(answering(503)) as url:
        published = configure(node, [replace(witnesses[0], url=url), witnesses[1]])
        before = published.read()
        ran = run("ledger", "publish", "--data", node, "--export", tmp_path / "public")
    assert ran.status == 1
    assert f"not cosigned by {NAMES[0]}: it answered 503" in ran.out
    assert ran.err == f"not published: cosigned by 1 of 2 witnesses, without {NAMES[0]}\n"
    assert published.read() == before
    assert not (tmp_path / "public").exists()


def test_a_node_without_witnesses_publishes_what_it_has(run: Run, node: Path) -> None:
    ran = run("ledger", "publish", "--data", node)
    assert ran.status == 0
    checkpoint = run("ledger", "checkpoint", "--data", node).out
    assert Published(Settings.read(node).second_store(node)).read() == checkpoint


def test_an_address_that_is_not_safe_is_one_line(
    run: Run, node: Path, witnesses: list[WitnessAddress]
) -> None:
    configure(node, [replace(witnesses[0], url="http://witness.example")])
    ran = run("ledger", "publish", "--data", node)
    assert ran.status == 2
    assert "https" in ran.line


def test_a_served_node_publishes_by_itself(node: Path, witnesses: list[WitnessAddress]) -> None:
    published = configure(node, witnesses)
    command = [sys.executable, "-m", "tearline.cli", "serve", "--port", "0", "--data", str(node)]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        until = time.monotonic() + 30
        while published.read() is None and time.monotonic() < until and server.poll() is None:
            time.sleep(0.1)
    finally:
        server.terminate()
        server.wait(20)
    vkeys = [Vkey.parse(w.vkey) for w in witnesses]
    log = NodeKeys.load(node / "keys").vkey
    assert set(open_cosigned(published.read() or "", log, vkeys).at) == set(vkeys)
