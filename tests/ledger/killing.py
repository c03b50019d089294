"""Rounds in which whoever writes is killed at a random moment, and what has to be true after each.

1. No fact that was acknowledged is lost: key, position and reference are as they were told.
2. None is doubled: a client that was not answered sends again under its key, and then there is exactly one.
3. No fork: every checkpoint that any process was ever given is a beginning of the tree that is stored now.
4. Nothing was signed that is not stored: none is larger than that tree.
5. What an acknowledged purge took is gone, and everything else opens under the wrapping key that is there.

The ledger verifies itself as well, every fact from its bytes up. Run as ``python -m tests.ledger.killing``.
"""

import argparse
import os
import random
import tempfile
import time
from base64 import b64decode
from contextlib import ExitStack, closing
from dataclasses import dataclass, fields
from pathlib import Path

from tearline.facts.fact import Compartment
from tearline.facts.history import about
from tearline.facts.leaks import CompromiseReported
from tearline.facts.retention import Purged
from tearline.ledger.keys import NodeKeys
from tearline.ledger.ledger import Ledger
from tearline.ledger.note import open_checkpoint
from tearline.ledger.tree import verify_consistency
from tests.databases import Database, Server, Sqlite, postgresql
from tests.ledger import failing_disk
from tests.ledger.told import Clock, compromise, draft
from tests.ledger.writer import THREADS, Child, Nursery, Task

ORIGIN = "tearline.example/desk"
ENDLESS = 1_000_000
OLD_NOTES = 20
"""How many notes of earlier rounds are held against the tree again in each round, beside all of its own."""


@dataclass
class Figures:
    """What happened in all rounds."""

    rounds: int = 0
    writers: int = 0
    server_kills: int = 0
    acknowledged: int = 0
    unanswered: int = 0
    """durable, though nobody was told: what idempotency keys are for"""
    purges: int = 0
    rewraps: int = 0
    checkpoints: int = 0

    def __str__(self) -> str:
        return ", ".join(f"{getattr(self, f.name)} {f.name.replace('_', ' ')}" for f in fields(self))


class Killing:
    """One ledger, whose writers are killed round after round."""

    def __init__(
        self,
        folder: Path,
        database: Database,
        nursery: Nursery,
        chance: random.Random,
        *,
        server: Server | None = None,
        figures: Figures,
    ) -> None:
        self._folder, self._url, self._nursery, self._chance = folder, database.url, nursery, chance
        self._server, self.figures = server, figures
        self._keys = NodeKeys.make(folder / "keys", ORIGIN)
        Ledger.make(self._url, self._keys, Clock()).close()
        self._told: dict[str, tuple[int, str]] = {}
        self._purged: dict[str, str] = {}
        self._notes: dict[int, bytes] = {}
        self._known: set[str] = set()

    def play(self) -> None:
        """One round, and everything verified."""
        n, chance = self.figures.rounds, self._chance
        children = [
            self._nursery.start(
                Task(
                    url=self._url,
                    folder=str(self._folder),
                    name=f"r{n}w{one}",
                    count=ENDLESS,
                    seed=str(chance.random()),
                )
            )
            for one in range(chance.choice([1, 1, 2]))
        ]
        if chance.random() < 0.9:
            for child in children:
                child.wait_until_ready()
        time.sleep(chance.uniform(0, 0.3))
        if self._server is not None and self._server.ours and chance.random() < 0.25:
            self._server.kill()
            self.figures.server_kills += 1
            time.sleep(chance.uniform(0, 0.05))
            self._server.start()
        for child in children:
            child.kill()
            time.sleep(chance.choice([0, chance.uniform(0, 0.1)]))
        self.figures.rounds += 1
        self.figures.writers += len(children)
        fresh = [size for child in children for size in self._hear(child)]
        with closing(Ledger(self._url, NodeKeys.load(self._folder / "keys"), Clock())) as ledger:
            self._verify(ledger, fresh)
            for child in children:
                self._send_again(ledger, child)

    def end(self) -> None:
        """After the last round: every checkpoint that was ever given out, and every fact."""
        with closing(Ledger(self._url, NodeKeys.load(self._folder / "keys"), Clock())) as ledger:
            self._verify(ledger, list(self._notes))

    def _hear(self, child: Child) -> list[int]:
        fresh = []
        for said in child.said():
            match said:
                case ["fact", key, position, ref]:
                    assert key not in self._told
                    self._told[key] = (int(position), ref)
                    self._known.add(key)
                    self.figures.acknowledged += 1
                case ["purge", key, _, ref]:
                    self._purged[ref] = key
                    self.figures.purges += 1
                case ["rewrapped", _]:
                    self.figures.rewraps += 1
                case ["note", note]:
                    checkpoint = open_checkpoint(b64decode(note).decode(), self._keys.vkey)
                    self.figures.checkpoints += checkpoint.size not in self._notes
                    assert self._notes.setdefault(checkpoint.size, checkpoint.root) == checkpoint.root
                    fresh.append(checkpoint.size)
                case ["broken", *words]:
                    assert self.figures.server_kills, " ".join(words)
        return fresh

    def _verify(self, ledger: Ledger, fresh: list[int]) -> None:
        ledger.check()
        history = ledger.read(about("item:i-1"), opening=frozenset(Compartment)).of(CompromiseReported)
        stored = {str(r.fact.compromise): (r.position, r.ref) for r in history}
        assert len(stored) == len(history), "a fact was recorded twice under one key"
        lost = {key: where for key, where in self._told.items() if stored.get(key) != where}
        assert not lost, f"acknowledged, and lost: {lost}"
        self.figures.unanswered += len(stored.keys() - self._known)
        self._known |= stored.keys()
        gone = {r.ref for r in history if r.fact.seen.purged}
        assert self._purged.keys() <= gone
        purges = ledger.read(about(kinds=[Purged])).of(Purged)
        assert sorted(gone) == sorted(str(ref) for r in purges for ref in r.fact.refs)
        size, root = ledger.size(), ledger.root(ledger.size())
        assert size == len(history) + len(purges)
        again = self._chance.sample(sorted(self._notes), min(OLD_NOTES, len(self._notes)))
        for old in {*fresh, *again}:
            assert old <= size, f"a checkpoint over {old} facts was given out, {size} are stored"
            assert ledger.root(old) == self._notes[old], f"a fork at {old}"
        for old in again[:3]:
            verify_consistency(old, self._notes[old], size, root, ledger.consistency(old, size))

    def _send_again(self, ledger: Ledger, child: Child) -> None:
        """What each thread had sent, or was about to, when it was killed."""
        for thread in range(THREADS):
            prefix = f"{child.task.name}-{thread}-"
            told = [int(key.removeprefix(prefix)) for key in self._told if key.startswith(prefix)]
            key = f"{prefix}{max(told, default=-1) + 1}"
            recalled, size = ledger.recall(key), ledger.size()
            sent = ledger.append([draft(compromise(key, "i-1"))], unless=None, after=0, key=key)
            assert sent.repeated == (recalled is not None)
            assert ledger.size() == size + (not sent.repeated)
            assert recalled is None or (recalled.first, recalled.refs) == (sent.first, sent.refs)
            self._told[key] = (sent.first, sent.refs[0])
            self._known.add(key)


def soak(sort: str, rounds: int, seed: int, each: int = 20) -> Figures:
    """So many rounds, with a new ledger every ``each``."""
    chance, figures = random.Random(seed), Figures()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        nursery = stack.enter_context(closing(Nursery()))
        server = stack.enter_context(postgresql()) if sort == "postgresql" else None
        for n in range(0, rounds, each):
            place = folder / str(n)
            place.mkdir()
            database = server.new() if server else Sqlite(place / "ledger.db")
            killing = Killing(place, database, nursery, chance, server=server, figures=figures)
            for _ in range(min(rounds - n, each)):
                killing.play()
            killing.end()
    return figures


def main() -> None:
    """Print the seed first: with it the same choices are made again, though not at the same instants."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=200, help="on each database")
    parser.add_argument("--seed", type=int, default=int.from_bytes(os.urandom(4), "big"))
    parser.add_argument("--database", choices=["sqlite", "postgresql"], action="append")
    given = parser.parse_args()
    for database in given.database or ["sqlite", "postgresql"]:
        print(f"{database}: seed {given.seed}, load {os.getloadavg()[0]:.1f}", flush=True)  # noqa: T201
        began = time.monotonic()
        figures = soak(database, given.rounds, given.seed)
        print(f"{database}: {figures}, {time.monotonic() - began:.0f} s", flush=True)  # noqa: T201
    failing_disk.main()


if __name__ == "__main__":
    main()
