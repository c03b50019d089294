"""Publishing with real witnesses on loopback: what is cosigned, what holds, and what never waits or goes back."""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing
from itertools import pairwise
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.types import ASGIApp

from tearline.config import Settings, WitnessAddress
from tearline.facts.errors import Broken, Conflict, Malformed
from tearline.jobs.publication import Publication, Publisher, policy_of, publish, witnesses_of
from tearline.ledger.note import COSIGNATURE, Note, Vkey, open_checkpoint, vkey_of
from tearline.ledger.policy import Policy, is_covered
from tearline.ledger.published import Published
from tearline.ledger.witness import Witness
from tearline.peers.witnesses import RemoteWitness
from tearline.web.witness import create_witness_app
from tests.ledger.told import Clock
from tests.ledger.witnessing import PlainLog
from tests.peers.serving import answering, dripping, served

NAMES = ("overseer.example/w", "partner.example/w", "press.example/w")


class Growing:
    """A log that grows, and that can be set back as a restored database is."""

    def __init__(self, log: PlainLog, size: int = 0) -> None:
        self.log = log
        self.size = size

    @property
    def vkey(self) -> Vkey:
        return self.log.vkey

    def checkpoint(self) -> str:
        return self.log.note(self.size)

    def consistency(self, old: int, new: int) -> Sequence[bytes]:
        return self.log.proof(old, new)


class Ring:
    """Three witnesses, each served, and what a node needs to ask them."""

    def __init__(self, folder: Path, log: PlainLog, stack: ExitStack) -> None:
        self.stack = stack
        self.remotes: dict[str, RemoteWitness] = {}
        self.vkeys: dict[str, Vkey] = {}
        self.published = Published(folder / "published")
        self.published.make()
        for n, name in enumerate(NAMES):
            witness = stack.enter_context(closing(Witness.make(folder / f"w{n}", name, Clock())))
            witness.trust(log.vkey)
            self.vkeys[name] = witness.vkey
            self.answers_with(name, create_witness_app(witness))
        self.policy = Policy(
            log=log.vkey, witnesses=tuple(self.vkeys.values()), quorum=2, required=frozenset(NAMES[:1])
        )

    def answers_with(self, name: str, app: ASGIApp) -> None:
        url = self.stack.enter_context(served(app))
        self.remotes[name] = self.stack.enter_context(closing(RemoteWitness(self.vkeys[name], url)))

    def publish(self, log: Growing, *, seconds: float = 5.0) -> Publication:
        return publish(log, self.published, self.policy, list(self.remotes.values()), seconds=seconds)


@pytest.fixture
def log() -> Growing:
    return Growing(PlainLog.of(60))


@pytest.fixture
def ring(tmp_path: Path, log: Growing) -> Iterator[Ring]:
    with ExitStack() as stack:
        yield Ring(tmp_path, log.log, stack)


def test_what_is_recorded_is_cosigned_by_all_and_published(ring: Ring, log: Growing) -> None:
    for size in (0, 3, 20, 20, 59):
        log.size = size
        done = ring.publish(log)
        assert done.holds
        assert done.silent == ()
        assert set(done.at) == set(ring.vkeys.values())
        assert ring.published.read() == done.note
        assert done.note.startswith(log.checkpoint())
        assert ring.policy.open(done.note).at == done.at
        assert done.note.count("—") == 4
    assert is_covered(58, ring.published.read(), ring.policy)
    assert not is_covered(59, ring.published.read(), ring.policy)


def test_without_a_witness_everything_is_published_and_nothing_is_covered(
    tmp_path: Path, log: Growing
) -> None:
    published = Published(tmp_path / "published")
    published.make()
    policy = Policy(log=log.vkey, witnesses=(), quorum=0)
    log.size = 5
    assert publish(log, published, policy, []).holds
    assert published.read() == log.checkpoint()
    assert not is_covered(0, published.read(), policy)


def test_where_too_few_answer_what_was_published_stays(ring: Ring, log: Growing) -> None:
    """The last checkpoint that held stays; what came after waits, and is covered once enough answer again."""
    log.size = 10
    held = ring.publish(log).note
    stopped = ring.remotes[NAMES[0]]
    ring.answers_with(NAMES[0], answering(503))
    log.size = 20
    done = ring.publish(log)
    assert not done.holds
    assert done.absent == (NAMES[0],)
    assert [(s.witness.name, s.why) for s in done.silent] == [(NAMES[0], "it answered 503")]
    assert ring.published.read() == held
    assert open_checkpoint(ring.published.latest() or "", log.vkey).size == 20
    assert is_covered(9, held, ring.policy)
    assert not is_covered(10, held, ring.policy)
    ring.remotes[NAMES[0]] = stopped
    assert ring.publish(log).holds
    assert is_covered(19, ring.published.read(), ring.policy)


def test_one_silent_witness_of_three_is_named_and_nothing_waits_for_it(ring: Ring, log: Growing) -> None:
    log.size = 10
    for app in (dripping(0.05), answering(200, "— x AAAAAAAA\n")):
        ring.answers_with(NAMES[2], app)
        begun = time.monotonic()
        done = ring.publish(log, seconds=1.5)
        assert time.monotonic() - begun < 4
        assert done.holds
        assert [s.witness.name for s in done.silent] == [NAMES[2]]
        assert set(done.at) == {ring.vkeys[name] for name in NAMES[:2]}


def test_a_cosignature_that_was_published_stands_while_its_witness_is_silent(
    ring: Ring, log: Growing
) -> None:
    log.size = 10
    before = ring.publish(log)
    ring.answers_with(NAMES[0], answering(503))
    after = ring.publish(log)
    assert after.holds
    assert after.at[ring.vkeys[NAMES[0]]] == before.at[ring.vkeys[NAMES[0]]]
    assert after.at[ring.vkeys[NAMES[1]]] > before.at[ring.vkeys[NAMES[1]]]
    assert ring.published.read() == after.note


def test_an_older_cosignature_that_is_sent_again_replaces_none(ring: Ring, log: Growing) -> None:
    log.size = 10
    first = ring.publish(log)
    second = ring.publish(log)
    witness = ring.vkeys[NAMES[1]]
    (line,) = Note.parse(first.note).signed_by([witness])[witness]
    ring.answers_with(NAMES[1], answering(200, str(line)))
    assert ring.publish(log).at[witness] == second.at[witness] > first.at[witness]


def test_a_restored_ledger_is_contradicted_by_what_its_own_key_signed(ring: Ring, log: Growing) -> None:
    log.size = 40
    ring.publish(log)
    log.size = 30
    with pytest.raises(Broken, match="40 entries that this log signed"):
        ring.publish(log)
    assert open_checkpoint(ring.published.read() or "", log.vkey).size == 40


def test_a_forked_ledger_is_contradicted_by_what_its_own_key_signed(ring: Ring, log: Growing) -> None:
    log.size = 40
    held = ring.publish(log).note
    log.log = log.log.forked(20, 60)
    for log.size in (40, 50):
        with pytest.raises(Broken, match="fork"):
            ring.publish(log)
    assert ring.published.read() == held


def test_a_lying_witness_stops_nothing(ring: Ring, log: Growing) -> None:
    """It says that it holds more, or another history, and has nothing that our key signed."""
    log.size = 10
    for lie in (answering(409, "50\n", "text/x.tlog.size"), answering(422), answering(200, log.log.note(5))):
        ring.answers_with(NAMES[2], lie)
        done = ring.publish(log)
        assert done.holds
        assert [s.witness.name for s in done.silent] == [NAMES[2]]


def test_the_second_store_alone_notices_a_restored_ledger(tmp_path: Path, log: Growing) -> None:
    published = Published(tmp_path / "published")
    published.make()
    policy = Policy(log=log.vkey, witnesses=(), quorum=0)
    log.size = 20
    publish(log, published, policy, [])
    log.size = 10
    with pytest.raises(Broken, match="restored from an old copy"):
        publish(log, published, policy, [])


def test_two_processes_that_publish_at_once_only_go_forward(ring: Ring, log: Growing) -> None:
    sizes: list[int] = []
    failed: list[BaseException] = []

    def one() -> None:
        mine = Published(ring.published.folder)
        try:
            for size in range(1, 30):
                log.size = max(log.size, size)
                publish(log, mine, ring.policy, list(ring.remotes.values()), seconds=5.0)
                sizes.append(open_checkpoint(mine.read() or "", log.vkey).size)
        except (Broken, Conflict, TimeoutError) as wrong:
            failed.append(wrong)

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert max(sizes) == 29


def test_a_ledger_that_fails_to_prove_is_no_silence(ring: Ring, log: Growing) -> None:
    log.size = 10
    ring.publish(log)

    class Damaged(Growing):
        def consistency(self, old: int, new: int) -> Sequence[bytes]:
            raise Broken("tile 0/0 is gone")

    with pytest.raises(Broken, match="tile 0/0"):
        ring.publish(Damaged(log.log, 20))


def test_the_publisher_publishes_what_is_new_and_no_oftener_than_its_period(ring: Ring, log: Growing) -> None:
    attempts: list[float] = []

    def attempt() -> Publication:
        attempts.append(time.monotonic())
        return ring.publish(log)

    stopped: list[Broken] = []
    with Publisher(log, attempt, stop=stopped.append, period=0.2):
        for log.size in range(1, 60):
            time.sleep(0.02)
        until = time.monotonic() + 5
        while not is_covered(58, ring.published.read(), ring.policy) and time.monotonic() < until:
            time.sleep(0.05)
    assert is_covered(58, ring.published.read(), ring.policy)
    assert stopped == []
    assert all(b - a >= 0.2 for a, b in pairwise(attempts))
    count = len(attempts)
    time.sleep(0.5)
    assert len(attempts) == count


def test_the_publisher_stops_for_good_when_a_history_is_contradicted(ring: Ring, log: Growing) -> None:
    log.size = 40
    ring.publish(log)
    log.size = 30
    stopped: list[Broken] = []
    with Publisher(log, lambda: ring.publish(log), stop=stopped.append, period=0.05):
        until = time.monotonic() + 5
        while not stopped and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.3)
    assert ["restored" in str(broken) for broken in stopped] == [True]


def test_the_settings_say_whom_to_ask_and_whose_word_is_needed(log: Growing) -> None:
    key = Ed25519PrivateKey.from_private_bytes(b"5" * 32)
    good = str(vkey_of("w.example", key, COSIGNATURE))
    address = WitnessAddress(vkey=good, url="https://w.example/witness")
    settings = Settings(demo=False, witnesses=(address,), quorum=1, required=("w.example",))
    policy = policy_of(settings, log.vkey)
    assert (policy.quorum, *policy.required) == (1, "w.example")
    with witnesses_of(settings) as remotes:
        assert [r.vkey for r in remotes] == [Vkey.parse(good)]
    as_log = Settings(
        demo=False, witnesses=(WitnessAddress(vkey=str(vkey_of("w", key)), url="https://w.example"),)
    )
    with pytest.raises(Malformed, match="signature type 4"):
        policy_of(as_log, log.vkey)
    elsewhere = Settings(demo=False, witnesses=(WitnessAddress(vkey=good, url="http://w.example"),))
    with pytest.raises(Malformed, match="https"), witnesses_of(elsewhere):
        pass
