"""Keys are replaced on disk and on record at once; a process that dies at any moment leaves keys that fit."""

import os
import random
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tearline.facts.errors import Broken, Malformed, Refused
from tearline.facts.identifiers import KeyId
from tearline.facts.keys import KeyPurpose, RevocationReason
from tearline.folds.held import ITSELF
from tearline.jobs.keys import KnownKey, known_keys, revoke, rotate, vkey
from tearline.ledger import keyfile, rotation, sdjwt, strict
from tearline.ledger.handover import open_hand_over
from tearline.ledger.keys import FACT, LOG, VKEY
from tearline.ledger.note import open_checkpoint
from tearline.node import Node, Order, make_node, open_node
from tearline.rooms.parties.keys import IntroduceNodeKey
from tearline.rooms.parties.persons import EnrolPerson
from tearline.rooms.parties.units import RegisterOrganisation
from tests.ledger.checking import check_ledger
from tests.nodes import BEGINNING
from tests.signing import private_key, with_keys
from tests.worlds import LEO, VIC, organisation, person

EACH = pytest.mark.parametrize("purpose", KeyPurpose)
STEPS = ("open", "rename", "fsync", "unlink")
ROUNDS = 12
DIED = 9


@pytest.fixture
def data(tmp_path: Path) -> Path:
    made = make_node(tmp_path / "node", origin="tearline.example/desk", demo=True)
    made.record(register("first"))
    made.close()
    return tmp_path / "node"


@pytest.fixture
def node(data: Path) -> Iterator[Node]:
    opened = open_node(data)
    yield opened
    opened.close()


def register(name: str) -> Order:
    return Order(command=RegisterOrganisation(organisation(name)), by=VIC)


def in_use(node: Node, purpose: KeyPurpose) -> KnownKey:
    (found,) = [k for k in known_keys(node) if k.purpose is purpose and k.in_use]
    return found


def on_disk(data: Path, name: str) -> str:
    private = keyfile.private(data / "keys" / name)
    return strict.to_base64url(private.public_key().public_bytes_raw())


def whole(data: Path, size: int) -> int:
    """Open the node, and make sure that files and record say the same; its new size."""
    node = open_node(data)
    assert node.ledger.size() >= size
    assert in_use(node, KeyPurpose.FACT).public_key == on_disk(data, FACT)
    assert in_use(node, KeyPurpose.LOG).public_key == on_disk(data, LOG)
    assert (data / "keys" / VKEY).read_text().strip() == str(node.ledger.vkey)
    assert {f.name for f in (data / "keys").iterdir() if not f.name.endswith(".new")} == {
        FACT,
        LOG,
        VKEY,
        "master.key",
    }
    node.record(register(f"organisation-{node.ledger.size()}"))
    check_ledger(node.ledger)
    open_checkpoint(node.ledger.checkpoint(), vkey(node, in_use(node, KeyPurpose.LOG)))
    size = node.ledger.size()
    node.close()
    return size


@EACH
def test_what_comes_after_is_signed_by_the_new_key(node: Node, data: Path, purpose: KeyPurpose) -> None:
    before = {p: in_use(node, p) for p in KeyPurpose}
    fact = rotate(node, data / "keys", purpose)
    assert in_use(node, purpose).key == fact.key != before[purpose].key
    introduction = node.ledger.entry(node.ledger.size() - 1)
    node.record(register("second"))
    check_ledger(node.ledger)
    latest = node.ledger.entry(node.ledger.size() - 1)
    name = sdjwt.thumbprint(node.ledger.keys.fact.public_key())
    assert f'"kid":"{name}"'.encode() in strict.base64url(latest.jws.split(b".")[0].decode())
    old = before[KeyPurpose.FACT].key
    assert f'"kid":"{old}"'.encode() in strict.base64url(introduction.jws.split(b".")[0].decode())
    whole(data, node.ledger.size())


def test_the_checkpoint_over_the_hand_over_bears_the_new_log_key(node: Node, data: Path) -> None:
    old = node.ledger.vkey
    fact = rotate(node, data / "keys", KeyPurpose.LOG)
    new = open_hand_over(fact.hand_over or "", old)
    assert new == node.ledger.vkey
    assert open_checkpoint(node.ledger.checkpoint(), new).size == node.ledger.size()
    with pytest.raises(Broken):
        open_checkpoint(node.ledger.checkpoint(), old)


@EACH
def test_a_process_with_the_old_key_stops(data: Path, purpose: KeyPurpose) -> None:
    """It signs nothing that would not be believed, and says what to do."""
    running, other = open_node(data), open_node(data)
    rotate(other, data / "keys", purpose)
    size = other.ledger.size()
    with pytest.raises(Broken, match="start again"):
        running.record(register("late"))
    assert other.ledger.size() == size
    other.record(register("in-time"))
    running.ledger.close()
    other.close()
    whole(data, size)


@EACH
def test_a_rotation_from_a_process_that_is_behind_is_dropped(data: Path, purpose: KeyPurpose) -> None:
    running, other = open_node(data), open_node(data)
    rotate(other, data / "keys", purpose)
    with pytest.raises(Refused, match="replaces-the-one-in-use"):
        rotate(running, data / "keys", purpose)
    running.ledger.close()
    other.close()
    whole(data, BEGINNING + 2)


def test_who_appends_while_a_key_is_replaced_is_not_hindered(node: Node, data: Path) -> None:
    """In the same process: whatever waited is signed anew by the key that is in use when it is recorded."""
    stop, errors = threading.Event(), list[BaseException]()

    def append(name: str) -> None:
        n = 0
        try:
            while not stop.is_set():
                node.record(register(f"{name}-{n}"))
                n += 1
        except BaseException as e:  # noqa: BLE001  shown in the test's own thread
            errors.append(e)

    threads = [threading.Thread(target=append, args=(f"t{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for purpose in (KeyPurpose.FACT, KeyPurpose.LOG, KeyPurpose.FACT):
        time.sleep(0.05)
        rotate(node, data / "keys", purpose)
    time.sleep(0.05)
    stop.set()
    for thread in threads:
        thread.join()
    assert not errors
    whole(data, node.ledger.size())


def test_a_refused_introduction_leaves_the_key_as_it_was(
    node: Node, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key that is on record already, as it would be if randomness failed."""
    taken = with_keys_of_ana(node)
    monkeypatch.setattr(Ed25519PrivateKey, "generate", lambda: taken)
    with pytest.raises(Refused, match="one-key-one-use"):
        rotate(node, data / "keys", KeyPurpose.FACT)
    monkeypatch.undo()
    whole(data, node.ledger.size())


def with_keys_of_ana(node: Node) -> Ed25519PrivateKey:
    node.record(register("own"))
    node.record(Order(command=EnrolPerson(person("ana", of="own")), by=LEO))
    with_keys(node, "ana")
    return private_key("ana")


def test_the_record_says_which_keys_there_were(node: Node, data: Path) -> None:
    first = in_use(node, KeyPurpose.FACT)
    rotate(node, data / "keys", KeyPurpose.FACT)
    revoke(node, first.key, RevocationReason.EXPOSED, datetime(2026, 1, 1, tzinfo=UTC), None)
    (old,) = [k for k in known_keys(node) if k.key == first.key]
    assert not old.in_use
    assert old.revoked is not None
    assert old.revoked.reason is RevocationReason.EXPOSED
    with pytest.raises(Malformed, match="on record"):
        revoke(node, KeyId("x"), RevocationReason.LOST, None, None)
    check_ledger(node.ledger)


def test_a_hand_over_that_the_old_key_did_not_sign_is_found(data: Path) -> None:
    """Whoever has the database and the fact key, but not the old log key, cannot take over the log unseen."""
    node = open_node(data)
    new = rotation.with_key(node.ledger.keys, KeyPurpose.LOG, Ed25519PrivateKey.generate())
    stranger = rotation.with_key(node.ledger.keys, KeyPurpose.LOG, Ed25519PrivateKey.generate())
    honest = rotation.introduction(new, KeyPurpose.LOG, node.ledger.keys)
    forged = replace(honest, hand_over=rotation.introduction(new, KeyPurpose.LOG, stranger).hand_over)
    node.record(Order(command=IntroduceNodeKey(forged), by=ITSELF), successor=new)
    with pytest.raises(Broken, match="entry 3: hands over another log"):
        node.ledger.check()
    node.ledger.close()


# Killed


def in_a_child(work: Callable[[], None]) -> int:
    child = os.fork()
    if child == 0:
        try:
            work()
        finally:
            os._exit(0)
    return child


def rotating(data: Path, purpose: KeyPurpose) -> None:
    node = open_node(data)
    rotate(node, data / "keys", purpose)
    node.close()


def dying_at(step: int, data: Path, purpose: KeyPurpose) -> bool:
    """Rotate in a child that ends before its ``step``-th call that changes the disk; whether it got so far."""

    def work() -> None:
        node, count = open_node(data), 0

        def counted(name: str) -> None:
            call = getattr(os, name)

            def before(*arguments: object, **named: object) -> object:
                nonlocal count
                count += 1
                if count == step:
                    os._exit(DIED)
                return call(*arguments, **named)

            setattr(os, name, before)

        for name in STEPS:
            counted(name)
        rotate(node, data / "keys", purpose)

    _, status = os.waitpid(in_a_child(work), 0)
    code = os.waitstatus_to_exitcode(status)
    assert code in (0, DIED)
    return code == DIED


@EACH
def test_a_rotation_that_dies_at_any_step_is_completed_or_dropped(data: Path, purpose: KeyPurpose) -> None:
    step, size = 1, 0
    while dying_at(step, data, purpose):
        size = whole(data, size)
        step += 1
    assert step > 5
    whole(data, size)


@EACH
def test_a_rotation_that_is_killed_at_a_random_moment_is_completed_or_dropped(
    data: Path, purpose: KeyPurpose
) -> None:
    begun = time.monotonic()
    rotating(data, purpose)
    took = time.monotonic() - begun
    size, keys = 0, set()
    for _ in range(ROUNDS):
        child = in_a_child(lambda: rotating(data, purpose))
        time.sleep(random.uniform(0, took))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        size = whole(data, size)
        keys.add(on_disk(data, rotation.FILES[purpose][0]))
    assert keys


@EACH
def test_a_start_that_dies_while_it_completes_a_rotation_is_repeated(data: Path, purpose: KeyPurpose) -> None:
    node = open_node(data)
    new = rotation.begin(data / "keys", node.ledger.keys, purpose)
    introduced = rotation.introduction(new, purpose, node.ledger.keys)
    node.record(Order(command=IntroduceNodeKey(introduced), by=ITSELF), successor=new)
    node.close()

    for step in range(1, 12):

        def work(last: int = step) -> None:
            count = 0

            def before(call: Callable[..., object]) -> Callable[..., object]:
                def counted(*arguments: object, **named: object) -> object:
                    nonlocal count
                    count += 1
                    if count == last:
                        os._exit(DIED)
                    return call(*arguments, **named)

                return counted

            for name in ("rename", "unlink"):
                setattr(os, name, before(getattr(os, name)))
            open_node(data)

        os.waitpid(in_a_child(work), 0)
    whole(data, BEGINNING + 2)
