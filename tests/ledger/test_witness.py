"""A witness never cosigns two histories of one log, whatever it is sent, and remembers what it signed."""

import shutil
import sqlite3
import tempfile
import threading
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tlog_scales import signing, tlog

from tearline.facts.errors import Broken, Malformed
from tearline.ledger import witnessed
from tearline.ledger.add_checkpoint import AddCheckpoint
from tearline.ledger.forks import fits
from tearline.ledger.note import (
    COSIGNATURE,
    Checkpoint,
    Note,
    Vkey,
    cosign,
    open_checkpoint,
    open_cosigned,
    sign,
    signature_line,
    vkey_of,
)
from tearline.ledger.witness import Answer, Reply, Witness
from tests.ledger.damage import flip
from tests.ledger.test_disk import no_file_larger_than
from tests.ledger.told import NOON, Clock
from tests.ledger.witnessing import KEY, ORIGIN, PlainLog

NAME = "witness.example/w1"
LOG = PlainLog.of(40)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "witness"


@pytest.fixture
def witness(folder: Path, clock: Clock) -> Iterator[Witness]:
    made = Witness.make(folder, NAME, clock)
    made.trust(LOG.vkey)
    yield made
    made.close()


def cosigned(witness: Witness, log: PlainLog, size: int, reply: Reply) -> int:
    """When the witness cosigned, as we and a stranger verify it."""
    assert reply.answer is Answer.COSIGNED
    note = log.note(size) + reply.body
    tlog.Checkpoint.from_text(note).verify(signing.Vkey.from_string(str(witness.vkey)))
    opened = open_cosigned(note, log.vkey, [witness.vkey])
    assert opened.checkpoint == log.checkpoint(size)
    return opened.at[witness.vkey]


def test_a_log_that_grows_is_cosigned_at_every_step(witness: Witness, folder: Path) -> None:
    old, times = 0, []
    for size in (0, 0, 1, 2, 2, 7, 8, 16, 17, 40, 40):
        times.append(cosigned(witness, LOG, size, witness.add_checkpoint(LOG.request(old, size))))
        old = size
    assert times == sorted(times)
    witness.close()
    again = Witness(folder, Clock())
    assert again.add_checkpoint(LOG.request(0, 40)) == Reply(Answer.STALE, "40\n")
    cosigned(again, LOG, 40, again.add_checkpoint(LOG.request(40, 40)))
    again.close()


def test_a_stale_submission_is_told_the_size_to_prove_from(witness: Witness) -> None:
    witness.add_checkpoint(LOG.request(0, 8))
    assert witness.add_checkpoint(LOG.request(0, 20)) == Reply(Answer.STALE, "8\n")
    assert witness.add_checkpoint(LOG.request(7, 20)) == Reply(Answer.STALE, "8\n")
    assert witness.add_checkpoint(LOG.request(9, 20)) == Reply(Answer.STALE, "8\n")
    cosigned(witness, LOG, 20, witness.add_checkpoint(LOG.request(8, 20)))


def test_a_forked_history_is_not_cosigned(witness: Witness) -> None:
    witness.add_checkpoint(LOG.request(0, 20))
    for at in range(20):
        fork = LOG.forked(at, 40)
        assert witness.add_checkpoint(fork.request(20, 30)).answer is Answer.INCONSISTENT
        assert witness.add_checkpoint(fork.request(20, 20)).answer is Answer.INCONSISTENT
    cosigned(witness, LOG, 30, witness.add_checkpoint(LOG.request(20, 30)))


def test_a_fork_is_kept_as_evidence_that_needs_no_trust_in_the_witness(witness: Witness) -> None:
    """Of one size, or with hashes that are the fork's own; a bad proof by anyone else accuses nobody."""
    witness.add_checkpoint(LOG.request(0, 20))
    stale = AddCheckpoint(old=20, proof=tuple(LOG.proof(20, 31)), note=Note.parse(LOG.note(30)))
    for harmless in (LOG.request(0, 30), LOG.request(7, 30), str(stale).encode()):
        assert witness.add_checkpoint(harmless).answer is not Answer.COSIGNED
    assert witness.forks() == ()
    fork = LOG.forked(11, 40)
    forged = cosign(fork.checkpoint(20).text(), NAME, KEY, 1)
    assert witness.add_checkpoint(fork.request(20, 20, more=forged)).answer is Answer.INCONSISTENT
    assert witness.add_checkpoint(fork.request(20, 31)).answer is Answer.INCONSISTENT
    kept = witness.forks()
    assert [AddCheckpoint.parse(shown.encode()).checkpoint.size for _, shown in kept] == [20, 31]
    for held, shown in kept:
        first, request = open_checkpoint(held, LOG.vkey), AddCheckpoint.parse(shown.encode())
        second = open_checkpoint(str(request.note), LOG.vkey)
        assert not fits(first, second, request.proof)
        assert len(request.note.signatures) == 1
    for _ in range(2 * witnessed.MOST_FORKS):
        witness.add_checkpoint(fork.request(20, 20))
    assert len(witness.forks()) == witnessed.MOST_FORKS


def test_a_rolled_back_history_is_not_cosigned(witness: Witness) -> None:
    witness.add_checkpoint(LOG.request(0, 20))
    for size in range(20):
        assert witness.add_checkpoint(LOG.request(size, size)) == Reply(Answer.STALE, "20\n")
        assert witness.add_checkpoint(LOG.request(0, size)) == Reply(Answer.STALE, "20\n")
    shrunk = AddCheckpoint(old=20, proof=(), note=Note.parse(LOG.note(10)))
    assert witness.add_checkpoint(str(shrunk).encode()).answer is Answer.MALFORMED


def test_the_first_size_is_proved_too(witness: Witness) -> None:
    """An empty tree has one root; and where there is nothing to prove, no proof is sent."""
    empty = AddCheckpoint(old=0, proof=(), note=Note.parse(sign(f"{ORIGIN}\n0\n{'A' * 43}=\n", ORIGIN, KEY)))
    assert witness.add_checkpoint(str(empty).encode()).answer is Answer.INCONSISTENT
    padded = AddCheckpoint(old=0, proof=(bytes(32),), note=Note.parse(LOG.note(3)))
    assert witness.add_checkpoint(str(padded).encode()).answer is Answer.INCONSISTENT
    assert witness.latest(witnessed.hash_of(ORIGIN)) is None


def test_no_bit_of_a_proof_can_be_turned(witness: Witness) -> None:
    witness.add_checkpoint(LOG.request(0, 20))
    proof = LOG.proof(20, 37)
    whole = b"".join(proof)
    for bit in range(0, 8 * len(whole), 5):
        turned = flip(whole, bit)
        hashes = tuple(turned[n : n + 32] for n in range(0, len(turned), 32))
        request = AddCheckpoint(old=20, proof=hashes, note=Note.parse(LOG.note(37)))
        assert witness.add_checkpoint(str(request).encode()).answer is Answer.INCONSISTENT
    for hashes in (tuple(proof[1:]), tuple(proof[:-1]), (*proof, bytes(32)), ()):
        request = AddCheckpoint(old=20, proof=hashes, note=Note.parse(LOG.note(37)))
        assert witness.add_checkpoint(str(request).encode()).answer is Answer.INCONSISTENT
    cosigned(witness, LOG, 37, witness.add_checkpoint(LOG.request(20, 37)))


def test_a_log_that_is_not_trusted_is_not_known(witness: Witness) -> None:
    stranger = PlainLog(LOG.entries, "someone.example/log", Ed25519PrivateKey.from_private_bytes(b"9" * 32))
    assert witness.add_checkpoint(stranger.request(0, 3)).answer is Answer.UNKNOWN
    impostor = PlainLog(LOG.entries, ORIGIN, stranger.key)
    assert witness.add_checkpoint(impostor.request(0, 3)).answer is Answer.NOT_SIGNED
    renamed = sign(LOG.checkpoint(3).text(), "someone.example/log", KEY)
    request = AddCheckpoint(old=0, proof=(), note=Note.parse(renamed))
    assert witness.add_checkpoint(str(request).encode()).answer is Answer.NOT_SIGNED


def test_a_bad_signature_by_a_trusted_key_is_not_saved_by_a_good_one(witness: Witness) -> None:
    forged = f"— {ORIGIN} {b64encode(LOG.vkey.key_id + bytes(64)).decode()}\n"
    assert witness.add_checkpoint(LOG.request(0, 3, more=forged)).answer is Answer.NOT_SIGNED
    cosigned(witness, LOG, 3, witness.add_checkpoint(LOG.request(0, 3)))


def test_what_is_no_request_is_malformed(witness: Witness) -> None:
    for body in (b"", b"old 0\n", b"\xff", LOG.request(0, 3)[:-1], LOG.request(0, 3) + b"\n"):
        assert witness.add_checkpoint(body).answer is Answer.MALFORMED
    assert witness.latest(witnessed.hash_of(ORIGIN)) is None


def test_lines_in_the_witnesss_own_name_are_neither_believed_nor_passed_on(witness: Witness) -> None:
    """Forged, foreign, or its own true line of a later time: only what it makes now is answered and kept."""
    other = Ed25519PrivateKey.from_private_bytes(b"8" * 32)
    text = LOG.checkpoint(5).text()
    forged = f"— {NAME} {b64encode(witness.vkey.key_id + bytes(72)).decode()}\n"
    impostor = cosign(text, NAME, other, 4_000_000_000)
    stranger = cosign(text, "witness.example/w2", other, 4_000_000_000) + signature_line(text, ORIGIN, other)
    reply = witness.add_checkpoint(LOG.request(0, 5, more=forged + impostor + stranger))
    at = cosigned(witness, LOG, 5, reply)
    assert reply.body.count("\n") == 1
    assert witness.latest(witnessed.hash_of(ORIGIN)) == LOG.note(5) + reply.body
    later = witness.add_checkpoint(LOG.request(5, 5, more=reply.body))
    assert cosigned(witness, LOG, 5, later) == at + 1
    assert witness.latest(witnessed.hash_of(ORIGIN)) == LOG.note(5) + later.body


def test_extension_lines_are_cosigned_as_they_stand(witness: Witness) -> None:
    text = LOG.checkpoint(5).text() + "an extension\n"
    request = AddCheckpoint(old=0, proof=(), note=Note.parse(sign(text, ORIGIN, KEY)))
    reply = witness.add_checkpoint(str(request).encode())
    note = sign(text, ORIGIN, KEY) + reply.body
    assert set(open_cosigned(note, LOG.vkey, [witness.vkey]).at) == {witness.vkey}


def test_the_time_of_a_cosignature_never_goes_back(folder: Path, witness: Witness, clock: Clock) -> None:
    """Not when the clock is set back, not for another log, and not after a new start."""
    other = PlainLog(LOG.entries, "other.example/log", Ed25519PrivateKey.from_private_bytes(b"9" * 32))
    witness.trust(other.vkey)
    first = cosigned(witness, LOG, 5, witness.add_checkpoint(LOG.request(0, 5)))
    clock.now = NOON - timedelta(days=400)
    assert cosigned(witness, LOG, 5, witness.add_checkpoint(LOG.request(5, 5))) == first
    witness.close()
    again = Witness(folder, lambda: datetime(1970, 1, 1, tzinfo=UTC))
    assert cosigned(again, other, 6, again.add_checkpoint(other.request(0, 6))) == first
    assert cosigned(again, LOG, 7, again.add_checkpoint(LOG.request(5, 7))) == first
    again.close()


def test_a_log_changes_its_key_and_its_history_stays_known(witness: Witness) -> None:
    witness.add_checkpoint(LOG.request(0, 5))
    new = PlainLog(LOG.entries, ORIGIN, Ed25519PrivateKey.from_private_bytes(b"7" * 32))
    assert witness.add_checkpoint(new.request(5, 6)).answer is Answer.NOT_SIGNED
    witness.trust(new.vkey)
    assert set(witness.trusted()) == {LOG.vkey, new.vkey}
    cosigned(witness, new, 6, witness.add_checkpoint(new.request(5, 6)))
    witness.distrust(LOG.vkey)
    assert witness.add_checkpoint(LOG.request(6, 7)).answer is Answer.NOT_SIGNED
    witness.distrust(new.vkey)
    assert witness.add_checkpoint(new.request(6, 7)).answer is Answer.UNKNOWN
    with pytest.raises(Malformed, match="trusted"):
        witness.distrust(new.vkey)
    witness.trust(new.vkey)
    assert witness.add_checkpoint(new.request(0, 7)) == Reply(Answer.STALE, "6\n")


@pytest.mark.parametrize("log", [vkey_of(NAME, KEY), vkey_of("x", KEY, COSIGNATURE)], ids=["name", "type"])
def test_a_witness_trusts_logs_only(witness: Witness, log: Vkey) -> None:
    with pytest.raises(Malformed, match="log's key"):
        witness.trust(log)
    with pytest.raises(Malformed, match="own"):
        witness.trust(Vkey("x", witness.vkey.public))


def test_of_submissions_at_once_one_is_cosigned_and_the_others_are_stale(
    folder: Path, witness: Witness
) -> None:
    """Two histories race on two open states; whichever wins is the log's history from then on."""
    second = Witness(folder, Clock())
    history = LOG
    for size in range(1, 30):
        replies: list[tuple[PlainLog, Answer]] = []
        barrier = threading.Barrier(4)

        def submit(to: Witness, log: PlainLog, body: bytes) -> None:
            barrier.wait()  # noqa: B023  this round's threads end in this round
            replies.append((log, to.add_checkpoint(body).answer))  # noqa: B023  as above

        rivals = (history, history.forked(size - 1, 40))
        threads = [
            threading.Thread(target=submit, args=(to, log, log.request(size - 1, size)))
            for to in (witness, second)
            for log in rivals
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answer.value for _, answer in replies) == [200, 409, 409, 409]
        history = next(log for log, answer in replies if answer is Answer.COSIGNED)
        (loser,) = (log for log in rivals if log is not history)
        assert witness.add_checkpoint(loser.request(size, size)).answer is Answer.INCONSISTENT
    second.close()


def test_two_histories_at_once_and_only_one_is_ever_cosigned(folder: Path, witness: Witness) -> None:
    second = Witness(folder, Clock())
    histories = (LOG, LOG.forked(0, 40))
    said: list[tuple[int, Checkpoint]] = []

    def push(to: Witness, log: PlainLog) -> None:
        old = 0
        for new in range(1, 40):
            reply = to.add_checkpoint(log.request(old, new))
            if reply.answer is Answer.COSIGNED:
                said.append((new, log.checkpoint(new)))
            if reply.answer in (Answer.COSIGNED, Answer.STALE):
                old = new if reply.answer is Answer.COSIGNED else min(int(reply.body), new)

    threads = [threading.Thread(target=push, args=(w, log)) for w in (witness, second) for log in histories]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    second.close()
    roots = {(size, checkpoint.root) for size, checkpoint in said}
    assert len({size for size, _ in roots}) == len(roots) > 0
    winner = next(log for log in histories if said[0][1] == log.checkpoint(said[0][0]))
    assert all(checkpoint == winner.checkpoint(size) for size, checkpoint in said)


def test_a_full_disk_stops_the_witness_for_good(folder: Path, witness: Witness) -> None:
    witness.add_checkpoint(LOG.request(0, 5))
    wal = folder / "witness.db-wal"
    with no_file_larger_than(wal.stat().st_size + 100), pytest.raises(Broken, match="cannot be written"):
        witness.add_checkpoint(LOG.request(5, 6))
    for call in (
        lambda: witness.add_checkpoint(LOG.request(5, 6)),
        lambda: witness.latest(witnessed.hash_of(ORIGIN)),
        witness.trusted,
    ):
        with pytest.raises(Broken, match="stopped"):
            call()
    witness.close()
    again = Witness(folder, Clock())
    assert again.add_checkpoint(LOG.request(0, 6)) == Reply(Answer.STALE, "5\n")
    cosigned(again, LOG, 6, again.add_checkpoint(LOG.request(5, 6)))
    again.close()


def test_a_state_held_by_another_process_is_no_failure(
    folder: Path, witness: Witness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(witnessed, "BUSY_SECONDS", 0)
    hurried = Witness(folder, Clock())
    holder = sqlite3.connect(folder / "witness.db", isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(TimeoutError, match="nothing was cosigned"):
        hurried.add_checkpoint(LOG.request(0, 5))
    holder.execute("ROLLBACK")
    holder.close()
    cosigned(hurried, LOG, 5, hurried.add_checkpoint(LOG.request(0, 5)))
    hurried.close()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE logs SET note = replace(note, char(10) || '5' || char(10), char(10) || '4' || char(10))",
        "UPDATE logs SET note = substr(note, 1, 20)",
        "UPDATE logs SET note = replace(note, 'witness.example/w1', 'witness.example/w2')",
        "UPDATE logs SET origin = 'other.example'",
        "UPDATE witness SET latest = 0",
        "DELETE FROM logs",
    ],
)
def test_a_damaged_state_stops_the_witness(folder: Path, witness: Witness, damage: str) -> None:
    witness.add_checkpoint(LOG.request(0, 5))
    witness.close()
    connection = sqlite3.connect(folder / "witness.db")
    connection.execute(damage)
    connection.commit()
    connection.close()
    again = Witness(folder, Clock())
    with pytest.raises(Broken):
        again.add_checkpoint(LOG.request(5, 6))
    with pytest.raises(Broken, match="stopped"):
        again.add_checkpoint(LOG.request(5, 6))
    again.close()


def test_no_bit_of_the_stored_note_can_be_turned(folder: Path, witness: Witness) -> None:
    """A fork is never cosigned on the ground of a damaged state; where only the log's own line suffered, nothing is."""
    witness.add_checkpoint(LOG.request(0, 5))
    witness.close()
    fork = LOG.forked(4, 40)
    stored = sqlite3.connect(folder / "witness.db").execute("SELECT note FROM logs").fetchone()[0].encode()
    for bit in range(0, 8 * len(stored), 3):
        connection = sqlite3.connect(folder / "witness.db")
        connection.execute("UPDATE logs SET note = ?", (flip(stored, bit).decode("utf-8", errors="replace"),))
        connection.commit()
        connection.close()
        again = Witness(folder, Clock())
        for size in (5, 6):
            try:
                answer = again.add_checkpoint(fork.request(5, size)).answer
            except Broken:
                continue
            assert answer is Answer.INCONSISTENT
        again.close()


def test_a_witness_whose_state_is_lost_or_anothers_does_not_start(folder: Path, witness: Witness) -> None:
    witness.close()
    other = folder.parent / "other"
    Witness.make(other, NAME, Clock()).close()
    state = (folder / "witness.db").read_bytes()
    shutil.copy(other / "witness.db", folder / "witness.db")
    with pytest.raises(Malformed, match="the state of"):
        Witness(folder, Clock())
    (folder / "witness.db").write_bytes(b"no database at all, and long enough to be told apart")
    with pytest.raises(Malformed, match="read and written"):
        Witness(folder, Clock())
    (folder / "witness.db").unlink()
    with pytest.raises(Malformed, match="new witness, key and all"):
        Witness(folder, Clock())
    (folder / "witness.db").write_bytes(state)
    shutil.copy(other / "witness.key", folder / "witness.key")
    with pytest.raises(Malformed, match="belongs to"):
        Witness(folder, Clock())


def test_a_witness_is_made_once_and_its_key_is_its_owners_alone(folder: Path, witness: Witness) -> None:
    assert {p.name: p.stat().st_mode & 0o777 for p in folder.iterdir() if "db-" not in p.name} == {
        "witness.key": 0o600,
        "witness.vkey": 0o600,
        "witness.db": 0o600,
    }
    with pytest.raises(Malformed, match="made once"):
        Witness.make(folder, NAME, Clock())
    (folder / "witness.key").chmod(0o644)
    with pytest.raises(Malformed, match="0600"):
        Witness(folder, Clock())
    with pytest.raises(Malformed, match="without spaces"):
        Witness.make(folder.parent / "new", "no name", Clock())


def test_every_cosignature_is_synced(witness: Witness) -> None:
    run = witness._state._connection
    assert run.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert run.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL


class Submissions(RuleBasedStateMachine):
    """Anyone submits anything, in any order, with new starts between: never two roots, never backwards."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = Clock()
        self.path = Path(self.folder.name) / "witness"
        self.witness = Witness.make(self.path, NAME, self.clock)
        self.witness.trust(LOG.vkey)
        self.histories = [LOG, LOG.forked(3, 40), LOG.forked(11, 40)]
        self.roots: dict[int, bytes] = {}
        self.cosigned: list[bytes] = []
        self.sizes: list[int] = []
        self.times: list[int] = []

    @rule(history=st.integers(0, 2), old=st.integers(0, 39), new=st.integers(0, 39), told=st.booleans())
    def submit(self, *, history: int, old: int, new: int, told: bool) -> None:
        log = self.histories[history]
        if told and self.sizes:
            old = self.sizes[-1]
        proof = tuple(log.proof(old, new)) if old <= new else ()
        request = AddCheckpoint(old=old, proof=proof, note=Note.parse(log.note(new)))
        reply = self.witness.add_checkpoint(str(request).encode())
        if old > new:
            assert reply.answer is Answer.MALFORMED
        elif old != len(self.cosigned):
            assert reply == Reply(Answer.STALE, f"{len(self.cosigned)}\n")
        elif log.entries[:old] != self.cosigned:
            assert reply.answer is Answer.INCONSISTENT
        else:
            self.times.append(cosigned(self.witness, log, new, reply))
            assert self.roots.setdefault(new, log.checkpoint(new).root) == log.checkpoint(new).root
            self.sizes.append(new)
            self.cosigned = log.entries[:new]

    @rule(days=st.integers(-400, 400))
    def set_the_clock(self, days: int) -> None:
        self.clock.now = NOON + timedelta(days=days)

    @rule()
    def start_anew(self) -> None:
        self.witness.close()
        self.witness = Witness(self.path, self.clock)

    @invariant()
    def nothing_goes_back(self) -> None:
        assert self.sizes == sorted(self.sizes)
        assert self.times == sorted(self.times)
        note = self.witness.latest(witnessed.hash_of(ORIGIN))
        if self.sizes:
            assert note is not None
            opened = open_cosigned(note, LOG.vkey, [self.witness.vkey])
            assert (opened.checkpoint.size, opened.at[self.witness.vkey]) == (self.sizes[-1], self.times[-1])

    def teardown(self) -> None:
        self.witness.close()
        self.folder.cleanup()


TestSubmissions = Submissions.TestCase
TestSubmissions.settings = settings(max_examples=25, stateful_step_count=25, deadline=None)
